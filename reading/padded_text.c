/* ASCII is copied, UTF-8 checked, everything else converted by iconv. */
#include "reading/padded_text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/file_facts.h"
#include "reading/encoding.h"
#include "reading/reader.h"

enum { CHARACTER_BYTES_MAX = 4, QUOTED_BYTES = 60 };

status padded_texts_check(const char *encoding, const char *title, error *err) {
  converter *c = NULL;
  if (encoding == NULL) {
    return STATUS_OK;
  }
  if (!encoding_keeps_ascii(encoding)) {
    return error_set(err, STATUS_SPECIFICATION,
                     "%s: its texts cannot be in %s, in which even letters and digits are other bytes", title,
                     encoding);
  }
  TRY(converter_open(encoding, title, &c, err));
  converter_close(c);
  return STATUS_OK;
}

void padded_texts_fini(padded_texts *t) {
  if (t->handle != NULL) {
    iconv_close((iconv_t)t->handle);
    t->handle = NULL;
  }
}

void padded_texts_use(padded_texts *t, const char *encoding) {
  if (t->encoding != encoding) {
    padded_texts_fini(t);
    t->encoding = encoding;
  }
}

/* Copies without NUL bytes; whether all of it is ASCII. */
static bool copy_ascii(const uint8_t *bytes, size_t length, char *out, size_t *written) {
  uint8_t all = 0;
  size_t n = 0;
  for (size_t i = 0; i < length; i++) {
    all |= bytes[i];
    out[n] = (char)bytes[i];
    n += bytes[i] != 0;
  }
  *written = n;
  return all < 0x80;
}

/* Whether the bytes from AT on are the beginning of a character and nothing more. */
static bool is_cut(const char *bytes, size_t length, size_t at) {
  const uint8_t first = (uint8_t)bytes[at];
  const size_t due = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || length - at >= due) {
    return false;
  }
  for (size_t i = at + 1; i < length; i++) {
    if (((uint8_t)bytes[i] & 0xc0) != 0x80) {
      return false;
    }
  }
  return true;
}

/* The end of a field may cut a character off; the end of a text that does not fill its field does not. */
static void watch_text(padded_watch *w, const char *text, size_t length, bool is_full) {
  if (atomic_load_explicit(&w->is_other, memory_order_relaxed)) {
    return;
  }
  const size_t good = text_utf8_check(text, length);
  if (good < length && !(is_full && is_cut(text, length, good))) {
    atomic_store_explicit(&w->is_other, true, memory_order_relaxed);
    return;
  }
  uint64_t characters = 0;
  for (size_t i = 0; i < good; i++) {
    characters += (uint8_t)text[i] >= 0xc0;
  }
  atomic_fetch_add_explicit(&w->characters, characters, memory_order_relaxed);
}

uint32_t padded_watch_notices(padded_watch *w, const char *encoding) {
  const encoding_watch seen = {
      .encoding = encoding, .characters = atomic_load(&w->characters), .is_other = atomic_load(&w->is_other)};
  return encoding != NULL && encoding_watch_is_utf8(&seen) ? 1U << FILE_NOTICE_UTF8_ALREADY : 0;
}

static padded_outcome as_utf8(char *text, size_t *length, size_t *bad) {
  const size_t good = text_utf8_check(text, *length);
  if (good < *length && !is_cut(text, *length, good)) {
    *bad = good;
    return PADDED_BAD;
  }
  *length = good;
  return PADDED_WELL;
}

static padded_outcome convert(padded_texts *t, char *from, size_t length, arena *memory, slice *out,
                              size_t *bad) {
  if (t->handle == NULL) {
    const iconv_t handle = iconv_open("UTF-8", t->encoding);
    if (handle == (iconv_t)-1) { /* it was known when the file was opened */
      return PADDED_NO_MEMORY;
    }
    t->handle = handle;
  }
  const size_t capacity = length * CHARACTER_BYTES_MAX;
  char *text = arena_alloc(memory, capacity + INPUT_MARGIN);
  if (text == NULL) {
    return PADDED_NO_MEMORY;
  }
  char *in = from;
  char *to = text;
  size_t in_left = length;
  size_t to_left = capacity;
  (void)iconv((iconv_t)t->handle, NULL, NULL, NULL, NULL);
  const size_t result = iconv((iconv_t)t->handle, &in, &in_left, &to, &to_left);
  if (result == (size_t)-1 && errno != EINVAL) {
    *bad = length - in_left;
    return PADDED_BAD;
  }
  *out = (slice){text, capacity - to_left};
  return text_utf8_check(out->bytes, out->length) == out->length &&
                 memchr(out->bytes, '\0', out->length) == NULL
             ? PADDED_WELL
             : PADDED_BAD;
}

padded_outcome padded_text(padded_texts *t, const uint8_t *bytes, size_t length, arena *memory, slice *out,
                           size_t *bad) {
  const size_t field = length;
  *bad = 0;
  while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == 0)) {
    length--;
  }
  char *text = arena_alloc(memory, length + INPUT_MARGIN);
  if (text == NULL) {
    return PADDED_NO_MEMORY;
  }
  padded_outcome outcome = PADDED_WELL;
  const bool is_full = length == field;
  const bool is_ascii = copy_ascii(bytes, length, text, &length);
  *out = (slice){text, length};
  if (!is_ascii && t->encoding == NULL) {
    outcome = as_utf8(text, &out->length, bad);
  } else if (!is_ascii) {
    if (t->watch != NULL) {
      watch_text(t->watch, text, length, is_full);
    }
    outcome = convert(t, text, length, memory, out, bad);
  }
  *out = slice_trim(*out);
  return outcome;
}

static status refuse(const padded_texts *t, slice bytes, size_t bad, const padded_naming *naming,
                     error *err) {
  const slice named = text_cut(naming->name, QUOTED_BYTES);
  const slice shown = {named.bytes, text_harmless(named)};
  return error_set(
      err, STATUS_DATA, "%s: %s '%.*s': byte %zu (0x%02X) is not %s; %s", naming->title, naming->what,
      SLICE_ARG(shown), bad + 1, bad < bytes.length ? (unsigned)(uint8_t)bytes.bytes[bad] : 0,
      t->encoding != NULL ? t->encoding : "UTF-8", encoding_hint((const uint8_t *)bytes.bytes, bytes.length));
}

status padded_text_read(padded_texts *t, slice bytes, const padded_naming *naming, arena *memory, slice *out,
                        error *err) {
  size_t bad;
  switch (padded_text(t, (const uint8_t *)bytes.bytes, bytes.length, memory, out, &bad)) {
    case PADDED_WELL:
      return STATUS_OK;
    case PADDED_BAD:
      return refuse(t, bytes, bad, naming, err);
    case PADDED_NO_MEMORY:
      break;
  }
  return error_no_memory(err, naming->title);
}

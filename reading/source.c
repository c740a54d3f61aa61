/* The layers put together.  The stage holds unpacked bytes that are not given out yet: at first those
 * that were read to see a byte-order mark, later what waits for conversion. */
#include "reading/source.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "reading/encoding.h"
#include "reading/unpack.h"

enum { STAGE_BYTES = 256 << 10, CHARACTER_BYTES_MAX = 8 };

struct text_source {
  const char *path, *called, *encoding; /* as they were given */
  const atomic_bool *stop;
  const char *title;
  raw_file *raw;
  unpacker *unpack;
  converter *converter; /* NULL: UTF-8 already */
  uint8_t *stage;
  size_t stage_from;
  size_t stage_to;
  bool ended;
  bool of_bytes; /* nothing is text */
  uint32_t notices;
  bool watches; /* whether what is converted is UTF-8 already */
  encoding_watch watch;
  uint8_t head[SOURCE_HEAD_BYTES]; /* what source_head read ahead */
  size_t head_from;
  size_t head_to;
};

static status fill_stage(text_source *s, error *err) {
  memmove(s->stage, s->stage + s->stage_from, s->stage_to - s->stage_from);
  s->stage_to -= s->stage_from;
  s->stage_from = 0;
  size_t got = 0;
  assert(s->stage_to < STAGE_BYTES); /* or it would look like the end */
  TRY(unpack_read(s->unpack, s->stage + s->stage_to, STAGE_BYTES - s->stage_to, &got, err));
  if (s->watches) {
    encoding_watch_bytes(&s->watch, s->stage + s->stage_to, got);
  }
  s->stage_to += got;
  s->ended = got == 0;
  return STATUS_OK;
}

/* "UTF-16" without a mark: the zero bytes of ASCII characters show the order. */
static const char *byte_order(const char *encoding, const uint8_t *bytes, size_t length) {
  if (encoding == NULL || strcmp(encoding, "UTF-16") != 0) {
    return encoding;
  }
  const char *guess = encoding_guess_utf16(bytes, length);
  return guess != NULL ? guess : length > 0 && bytes[0] == 0 ? "UTF-16BE" : "UTF-16LE";
}

static status start(text_source *s, const char *encoding, error *err) {
  while (s->stage_to < ENCODING_GUESS_BYTES && !s->ended) {
    TRY(fill_stage(s, err));
  }
  if (s->of_bytes) {
    return STATUS_OK;
  }
  size_t mark_bytes = 0;
  const char *told = encoding_mark(s->stage, s->stage_to, &mark_bytes);
  s->stage_from = mark_bytes;
  const char *meant = encoding_resolve(told != NULL ? told : encoding);
  meant = byte_order(meant, s->stage, s->stage_to);
  s->notices = 0;
  s->watches = told == NULL && meant != NULL && encoding_keeps_ascii(meant);
  if (s->watches) {
    s->watch = (encoding_watch){.encoding = meant};
    encoding_watch_bytes(&s->watch, s->stage, s->stage_to);
  } else if (told == NULL && meant == NULL) {
    meant = encoding_guess_utf16(s->stage, s->stage_to);
    s->notices |= meant != NULL ? 1U << FILE_NOTICE_UTF16 : 0;
  }
  return meant == NULL ? STATUS_OK : converter_open(meant, s->title, &s->converter, err);
}

static status open_layers(text_source *s, error *err) {
  TRY(raw_open(s->path, s->called, s->stop, &s->raw, err));
  TRY(unpack_open(s->raw, s->title, &s->unpack, err));
  return start(s, s->encoding, err);
}

static void close_layers(text_source *s) {
  converter_close(s->converter);
  unpack_close(s->unpack);
  raw_close(s->raw);
  s->converter = NULL;
  s->unpack = NULL;
  s->raw = NULL;
}

status source_open(const char *path, const char *called, const char *encoding, const atomic_bool *stop,
                   text_source **out, error *err) {
  text_source *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, path);
  }
  s->path = path;
  s->called = called;
  s->encoding = encoding;
  s->stop = stop;
  s->title = raw_title(called);
  s->stage = malloc(STAGE_BYTES);
  const status st = s->stage == NULL ? error_no_memory(err, path) : open_layers(s, err);
  if (st != STATUS_OK) {
    source_close(s);
    return st;
  }
  *out = s;
  return STATUS_OK;
}

slice source_first_bytes(const text_source *s) {
  return (slice){(const char *)s->stage, s->stage_to};
}

void source_take_bytes(text_source *s) {
  assert(s->head_to == 0);
  converter_close(s->converter);
  s->converter = NULL;
  s->of_bytes = true;
  s->watches = false;
  s->notices = 0;
  s->stage_from = 0;
}

const char *source_path(const text_source *s) {
  return s->path;
}

const atomic_bool *source_stop(const text_source *s) {
  return s->stop;
}

bool source_is_packed(const text_source *s) {
  return unpack_is_packed(s->unpack);
}

void source_close(text_source *s) {
  if (s == NULL) {
    return;
  }
  close_layers(s);
  free(s->stage);
  free(s);
}

status source_restart(text_source *s, error *err) {
  if (!raw_rewind(s->raw)) {
    return error_set(
        err, STATUS_DATA,
        "%s: is a pipe, but must be read twice; save it as a file, or give it as standard input (-)",
        s->title);
  }
  close_layers(s);
  s->watches = false;
  s->stage_from = s->stage_to = 0;
  s->head_from = s->head_to = 0;
  s->ended = false;
  return open_layers(s, err);
}

static status read_converted(text_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) {
  *got = 0;
  while (*got == 0) {
    const uint8_t *from = s->stage + s->stage_from;
    size_t left = s->stage_to - s->stage_from;
    if (left > 0) {
      TRY(converter_run(s->converter, &from, &left, out, capacity, got, err));
      s->stage_from = s->stage_to - left;
    }
    if (*got == 0 && s->ended) {
      return converter_finish(s->converter, left, err);
    }
    if (*got == 0) {
      TRY(fill_stage(s, err));
    }
  }
  return STATUS_OK;
}

static status read_text(text_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) {
  if (s->converter != NULL) {
    return read_converted(s, out, capacity, got, err);
  }
  const size_t staged = s->stage_to - s->stage_from;
  if (staged > 0) {
    *got = staged < capacity ? staged : capacity;
    memcpy(out, s->stage + s->stage_from, *got);
    s->stage_from += *got;
    return STATUS_OK;
  }
  *got = 0;
  return s->ended ? STATUS_OK : unpack_read(s->unpack, out, capacity, got, err);
}

status source_head(text_source *s, slice *head, error *err) {
  size_t got = 1;
  while (got > 0 && s->head_to + CHARACTER_BYTES_MAX <= sizeof s->head) {
    TRY(read_text(s, s->head + s->head_to, sizeof s->head - s->head_to, &got, err));
    s->head_to += got;
  }
  *head = (slice){(const char *)s->head, s->head_to};
  return STATUS_OK;
}

status source_read(text_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) {
  assert(capacity > 0);
  if (s->head_from == s->head_to) {
    return read_text(s, out, capacity, got, err);
  }
  const size_t left = s->head_to - s->head_from;
  *got = left < capacity ? left : capacity;
  memcpy(out, s->head + s->head_from, *got);
  s->head_from += *got;
  return STATUS_OK;
}

void source_finish(text_source *s, digest *sha256, uint64_t *bytes) {
  unpack_finish(s->unpack, sha256, bytes);
}

slice source_name(const text_source *s, const char *name) {
  return unpack_name(s->unpack, name);
}

uint64_t source_position(const text_source *s) {
  return raw_position(s->raw);
}

const char *source_title(const text_source *s) {
  return s->title;
}

uint32_t source_notices(const text_source *s) {
  const bool is_already = s->watches && encoding_watch_is_utf8(&s->watch);
  return s->notices | (is_already ? 1U << FILE_NOTICE_UTF8_ALREADY : 0);
}

uint64_t source_size(const text_source *s) {
  return raw_size(s->path);
}

#include "reading/xlsx/strings.h"

#include <string.h>

#include "reading/reader.h"
#include "reading/xlsx/xml.h"

typedef struct reading_strings {
  xml_part *xml;
  strings *out;
  buf text; /* of the current item */
  bool in_text;
  unsigned phonetic; /* depth of elements that say how the text is read aloud, which are left out */
} reading_strings;

static bool is_hex(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static unsigned hex(char c) {
  return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The character that "_xHHHH_" at TEXT stands for; 0 when TEXT does not begin like that. */
static uint32_t escaped(const char *text, size_t left) {
  enum { BYTES = 7 };
  if (left < BYTES || text[1] != 'x' || text[6] != '_') {
    return 0;
  }
  uint32_t point = 0;
  for (int i = 2; i < 6; i++) {
    if (!is_hex(text[i])) {
      return 0;
    }
    point = point * 16 + hex(text[i]);
  }
  return point >= 0xd800 && point < 0xe000 ? 0 : point;
}

size_t strings_unescape(char *text, size_t length) {
  char *to = memchr(text, '_', length);
  if (to == NULL) {
    return length;
  }
  for (const char *from = to; from < text + length;) {
    const uint32_t point = *from == '_' ? escaped(from, (size_t)(text + length - from)) : 0;
    if (point != 0) {
      to = text_put_utf8(to, point);
      from += 7;
    } else {
      *to++ = *from++;
    }
  }
  return (size_t)(to - text);
}

static void take_begin(void *context, const char *name, const char *const *attributes) {
  reading_strings *r = context;
  (void)attributes;
  if (strcmp(name, "si") == 0) {
    buf_clear(&r->text);
  } else if (strcmp(name, "rPh") == 0) {
    r->phonetic++;
  } else if (strcmp(name, "t") == 0) {
    r->in_text = r->phonetic == 0;
  }
}

static void keep(reading_strings *r) {
  error why;
  const size_t length = strings_unescape((char *)r->text.data, r->text.length);
  status st = spill_put(&r->out->texts, r->text.data, length, &why);
  const uint64_t end = spill_length(&r->out->texts);
  if (st == STATUS_OK) {
    st = spill_put(&r->out->ends, &end, sizeof end, &why);
  }
  if (st != STATUS_OK) {
    xml_fail(r->xml, st, &why);
  }
}

static void take_end(void *context, const char *name) {
  reading_strings *r = context;
  if (strcmp(name, "t") == 0) {
    r->in_text = false;
  } else if (strcmp(name, "rPh") == 0) {
    r->phonetic -= r->phonetic > 0;
  } else if (strcmp(name, "si") == 0) {
    keep(r);
  }
}

static void take_text(void *context, slice text) {
  reading_strings *r = context;
  if (!r->in_text) {
    return;
  }
  if (r->text.length + text.length > INPUT_RECORD_BYTES_MAX) {
    xml_refuse(r->xml, "has a text of more than %d MiB", INPUT_RECORD_BYTES_MAX >> 20);
    return;
  }
  buf_put(&r->text, text.bytes, text.length);
  if (r->text.failed) {
    xml_out_of_memory(r->xml);
  }
}

status strings_read(package *p, slice part, size_t in_memory, strings *s, error *err) {
  static const xml_handlers handlers = {take_begin, take_end, take_text, NULL};
  spill_init(&s->texts, in_memory);
  spill_init(&s->ends, in_memory);
  if (part.length > 0 && package_has(p, part)) {
    reading_strings r = {.out = s};
    buf_init(&r.text);
    if (!buf_reserve(&r.text, 1)) {
      return error_no_memory(err, package_title(p));
    }
    const status st = xml_read(p, part, &handlers, &r, &r.xml, err);
    buf_fini(&r.text);
    TRY(st);
  }
  TRY(spill_finish(&s->texts, err));
  return spill_finish(&s->ends, err);
}

void strings_fini(strings *s) {
  spill_fini(&s->texts);
  spill_fini(&s->ends);
}

uint64_t strings_count(const strings *s) {
  return spill_length(&s->ends) / sizeof(uint64_t);
}

status strings_at(strings *s, uint64_t index, slice *text, error *err) {
  uint64_t range[2] = {0, 0};
  const size_t ends = index == 0 ? 1 : 2;
  const uint8_t *bytes;
  TRY(spill_get(&s->ends, (index + 1 - ends) * sizeof range[0], ends * sizeof range[0], &bytes, err));
  memcpy(&range[2 - ends], bytes, ends * sizeof range[0]);
  TRY(spill_get(&s->texts, range[0], (size_t)(range[1] - range[0]), &bytes, err));
  *text = (slice){(const char *)bytes, (size_t)(range[1] - range[0])};
  return STATUS_OK;
}

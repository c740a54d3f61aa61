/* The header and the records of the dictionary, as bytes.  Lengths and counts are checked here; the texts
 * wait until the encoding is known, whose record may come last. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/sav/sav.h"
#include "store/shard.h"

enum {
  HEADER_BYTES = 176,
  HEADER_LAYOUT = 64, /* offsets in the header */
  HEADER_COMPRESSION = 72,
  HEADER_WEIGHT = 76,
  HEADER_CASES = 80,
  HEADER_BIAS = 84,
  RECORD_VARIABLE = 2,
  RECORD_LABELS = 3,
  RECORD_LABELLED = 4,
  RECORD_DOCUMENT = 6,
  RECORD_INFORMATION = 7,
  RECORD_END = 999,
  DOCUMENT_LINE = 80,
  NAME_BYTES = 8,
  WIDTH_MAX = 255,
  MISSING_MAX = 3,
  LABEL_BYTES_MAX = 1 << 16,
  CONTINUED = -1,
};

static const char within[] = "its dictionary";

static const uint8_t subtypes[SAV_INFORMATIONS] = {
    [SAV_INTEGERS] = 3,         [SAV_FLOATS] = 4,        [SAV_SETS] = 7,
    [SAV_SETS_MORE] = 19,       [SAV_DISPLAY] = 11,      [SAV_LONG_NAMES] = 13,
    [SAV_VERY_LONG_TEXTS] = 14, [SAV_CASES] = 16,        [SAV_ENCODING] = 20,
    [SAV_LONG_LABELS] = 21,     [SAV_LONG_MISSING] = 22,
};

static status damaged(const input_file *f, const char *problem, error *err) {
  const sav_file *s = f->self;
  return byte_stream_damaged(&s->in, problem, err);
}

/* Takes COUNT bytes, which stay valid. */
static status take(input_file *f, sav_records *r, uint64_t count, const uint8_t **out, error *err) {
  sav_file *s = f->self;
  if (count > SAV_DICTIONARY_BYTES_MAX - r->bytes) {
    return error_set(err, STATUS_DATA, "%s: its dictionary claims more than %d MiB; the file is damaged",
                     f->title, SAV_DICTIONARY_BYTES_MAX >> 20);
  }
  r->bytes += count;
  return byte_stream_keep(&s->in, (size_t)count, within, f->memory, out, err);
}

static status take_number(input_file *f, uint32_t *out, error *err) {
  sav_file *s = f->self;
  TRY(byte_stream_need(&s->in, sizeof *out, within, err));
  *out = sav_u32(&s->numbers, byte_stream_bytes(&s->in));
  byte_stream_take(&s->in, sizeof *out);
  return STATUS_OK;
}

/* ---- The header ------------------------------------------------------------------------------------- */

static status read_compression(input_file *f, const uint8_t *header, error *err) {
  sav_file *s = f->self;
  const uint32_t compression = sav_u32(&s->numbers, header + HEADER_COMPRESSION);
  if (compression > SAV_ZLIB) {
    return error_set(err, STATUS_DATA,
                     "%s: is compressed by method %u, which is not known; save it as .sav again", f->title,
                     compression);
  }
  s->compression = (sav_compression)compression;
  return STATUS_OK;
}

static status read_header(input_file *f, sav_records *r, error *err) {
  sav_file *s = f->self;
  TRY(byte_stream_check_first(&s->in, err));
  TRY(byte_stream_ask(&s->in, HEADER_BYTES, err));
  const uint8_t *header = byte_stream_bytes(&s->in);
  if (byte_stream_left(&s->in) < 4 || (memcmp(header, "$FL2", 4) != 0 && memcmp(header, "$FL3", 4) != 0)) {
    return error_set(err, STATUS_DATA, "%s: is not an SPSS system file, which begins with $FL2 or $FL3",
                     f->title);
  }
  TRY(byte_stream_need(&s->in, HEADER_BYTES, "its header", err));
  header = byte_stream_bytes(&s->in);
  uint32_t layout = sav_u32(&s->numbers, header + HEADER_LAYOUT);
  s->numbers.is_swapped = layout != 2 && layout != 3;
  layout = sav_u32(&s->numbers, header + HEADER_LAYOUT);
  if (layout != 2 && layout != 3) {
    return damaged(f, "its header does not state the order of bytes", err);
  }
  TRY(read_compression(f, header, err));
  r->weight = (int32_t)sav_u32(&s->numbers, header + HEADER_WEIGHT);
  s->cases = (int32_t)sav_u32(&s->numbers, header + HEADER_CASES);
  s->cases = s->cases < 0 ? -1 : s->cases;
  s->numbers.bias = sav_double(&s->numbers, header + HEADER_BIAS);
  byte_stream_take(&s->in, HEADER_BYTES);
  return STATUS_OK;
}

/* ---- Records ---------------------------------------------------------------------------------------- */

static status read_label(input_file *f, sav_records *r, sav_record *v, error *err) {
  uint32_t length = 0;
  const uint8_t *bytes;
  TRY(take_number(f, &length, err));
  if (length > LABEL_BYTES_MAX) {
    return damaged(f, "the label of a variable is too long", err);
  }
  TRY(take(f, r, (length + 3) / 4 * 4, &bytes, err));
  v->label = (slice){(const char *)bytes, length};
  return STATUS_OK;
}

static status check_variable(const input_file *f, const sav_records *r, const sav_record *v,
                             uint32_t has_label, error *err) {
  if (v->width < CONTINUED || v->width > WIDTH_MAX || has_label > 1) {
    return damaged(f, "a variable has an impossible width", err);
  }
  if (v->missing_count > MISSING_MAX || v->missing_count < -MISSING_MAX || v->missing_count == -1) {
    return damaged(f, "a variable has an impossible number of missing values", err);
  }
  if (v->width == CONTINUED && (r->count == 0 || r->list[r->count - 1].elements * SAV_ELEMENT_BYTES >=
                                                     (uint32_t)r->list[r->count - 1].width)) {
    return damaged(f, "a variable continues, but the text before it is complete", err);
  }
  return STATUS_OK;
}

static status read_variable(input_file *f, sav_records *r, error *err) {
  enum { BYTES = 28, PRINT_FORMAT = 12, NAME = 20 };
  sav_file *s = f->self;
  const uint8_t *bytes;
  TRY(take(f, r, BYTES, &bytes, err));
  const uint32_t has_label = sav_u32(&s->numbers, bytes + 4);
  sav_record v = {.width = (int32_t)sav_u32(&s->numbers, bytes),
                  .missing_count = (int32_t)sav_u32(&s->numbers, bytes + 8),
                  .format = (uint8_t)(sav_u32(&s->numbers, bytes + PRINT_FORMAT) >> 16),
                  .name = slice_trim((slice){(const char *)bytes + NAME, NAME_BYTES}),
                  .first_element = s->elements,
                  .elements = 1};
  TRY(check_variable(f, r, &v, has_label, err));
  if (has_label == 1) {
    TRY(read_label(f, r, &v, err));
  }
  TRY(take(f, r, (uint64_t)abs(v.missing_count) * SAV_ELEMENT_BYTES, &v.missing, err));
  if (++s->elements > SAV_ELEMENTS_MAX) {
    return damaged(f, "its cases are too long", err);
  }
  if (v.width == CONTINUED) {
    r->list[r->count - 1].elements++;
    return STATUS_OK;
  }
  if (!ARRAY_ROOM_IN(f->memory, r->list, r->count, r->capacity)) {
    return error_no_memory(err, f->title);
  }
  r->list[r->count++] = v;
  return STATUS_OK;
}

/* An entry is a value, the length of its label, and the label, padded so that the entry is whole elements. */
static status take_label_entries(input_file *f, sav_records *r, sav_labels *l, error *err) {
  sav_file *s = f->self;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < l->count; i++) {
    const uint64_t at = bytes + SAV_ELEMENT_BYTES;
    if (at >= SAV_DICTIONARY_BYTES_MAX) {
      return damaged(f, "there are too many labels of values", err);
    }
    TRY(byte_stream_need(&s->in, (size_t)at + 1, within, err));
    const uint32_t length = byte_stream_bytes(&s->in)[at];
    bytes = at + (length + SAV_ELEMENT_BYTES) / SAV_ELEMENT_BYTES * SAV_ELEMENT_BYTES;
  }
  return take(f, r, bytes, &l->entries, err);
}

static status read_labels(input_file *f, sav_records *r, error *err) {
  sav_labels l = {0};
  uint32_t kind = 0;
  TRY(take_number(f, &l.count, err));
  TRY(take_label_entries(f, r, &l, err));
  TRY(take_number(f, &kind, err));
  if (kind != RECORD_LABELLED) {
    return damaged(f, "labels of values belong to no variables", err);
  }
  TRY(take_number(f, &l.elements_count, err));
  TRY(take(f, r, (uint64_t)l.elements_count * sizeof(uint32_t), &l.elements, err));
  if (!ARRAY_ROOM_IN(f->memory, r->labels, r->labels_count, r->labels_capacity)) {
    return error_no_memory(err, f->title);
  }
  r->labels[r->labels_count++] = l;
  return STATUS_OK;
}

static status read_information(input_file *f, sav_records *r, error *err) {
  sav_file *s = f->self;
  uint32_t subtype = 0;
  uint32_t size = 0;
  uint32_t count = 0;
  TRY(take_number(f, &subtype, err));
  TRY(take_number(f, &size, err));
  TRY(take_number(f, &count, err));
  const uint64_t bytes = (uint64_t)size * count;
  for (int i = 0; i < SAV_INFORMATIONS; i++) {
    if (subtypes[i] == subtype) {
      const uint8_t *content;
      TRY(take(f, r, bytes, &content, err));
      r->information[i] = (slice){(const char *)content, (size_t)bytes};
      return STATUS_OK;
    }
  }
  return byte_stream_pass(&s->in, bytes, within, err);
}

static status read_record(input_file *f, sav_records *r, bool *ended, error *err) {
  sav_file *s = f->self;
  uint32_t kind = 0;
  uint32_t number = 0;
  TRY(take_number(f, &kind, err));
  switch (kind) {
    case RECORD_VARIABLE:
      return read_variable(f, r, err);
    case RECORD_LABELS:
      return read_labels(f, r, err);
    case RECORD_DOCUMENT:
      TRY(take_number(f, &number, err));
      return byte_stream_pass(&s->in, (uint64_t)number * DOCUMENT_LINE, within, err);
    case RECORD_INFORMATION:
      return read_information(f, r, err);
    case RECORD_END:
      *ended = true;
      return take_number(f, &number, err);
    default:
      return damaged(f, "a record of its dictionary is of an unknown kind", err);
  }
}

status sav_read_records(input_file *f, sav_records *out, error *err) {
  bool ended = false;
  TRY(read_header(f, out, err));
  while (!ended) {
    TRY(read_record(f, out, &ended, err));
  }
  for (uint32_t i = 0; i < out->count; i++) {
    const sav_record *v = &out->list[i];
    if (v->width > 0 && v->elements * SAV_ELEMENT_BYTES < (uint32_t)v->width) {
      return damaged(f, "a text of its dictionary is not complete", err);
    }
  }
  return out->count > 0 ? STATUS_OK
                        : error_set(err, STATUS_DATA, "%s: its dictionary has no variables", f->title);
}

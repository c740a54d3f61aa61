/* The facts of a file as bytes.  The reader checks what others rely on: texts are UTF-8 (they go into
 * reports), and no more records are left out than there are. */
#include "base/file_facts.h"

enum { TEXT_BYTES_MAX = 1 << 20, NOTICES_MAX = (1 << FILE_NOTICES) - 1 };

void file_skipped_note(file_skipped *s, uint64_t line) {
  s->count++;
  if (s->lines_count < FILE_PLACES) {
    s->lines[s->lines_count++] = line;
  }
}

void file_skipped_add(file_skipped *into, const file_skipped *from) {
  into->count += from->count;
  for (uint32_t i = 0; i < from->lines_count && into->lines_count < FILE_PLACES; i++) {
    into->lines[into->lines_count++] = from->lines[i];
  }
}

uint64_t file_facts_left_out(const file_facts *f) {
  uint64_t count = f->quarantined;
  for (int i = 0; i < FILE_SKIPS; i++) {
    count += f->skipped[i].count;
  }
  return count;
}

file_facts file_facts_copy(const file_facts *from, arena *memory) {
  file_facts copy = *from;
  copy.name = arena_slice(memory, from->name);
  copy.reading.format = arena_slice(memory, from->reading.format);
  copy.reading.sheet = arena_slice(memory, from->reading.sheet);
  for (uint32_t i = 0; i < from->places_count; i++) {
    copy.places[i].problem = arena_slice(memory, from->places[i].problem);
  }
  return copy;
}

static void encode_skipped(const file_skipped *s, int kinds, buf *out) {
  for (int i = 0; i < kinds; i++) {
    buf_put_varint(out, s[i].count);
    for (uint32_t k = 0; k < s[i].lines_count; k++) {
      buf_put_varint(out, s[i].lines[k]);
    }
  }
}

void file_facts_encode(const file_facts *f, buf *out) {
  buf_put_slice(out, f->name);
  buf_put(out, f->sha256.bytes, DIGEST_BYTES);
  buf_put_varint(out, f->bytes);
  buf_put_varint(out, f->records);
  buf_put_varint(out, f->quarantined);
  buf_put_varint(out, f->places_count);
  for (uint32_t i = 0; i < f->places_count; i++) {
    buf_put_varint(out, f->places[i].line);
    buf_put_slice(out, f->places[i].problem);
  }
  encode_skipped(f->skipped, FILE_SKIPS, out);
  buf_put_slice(out, f->reading.format);
  buf_put_varint(out, f->reading.header_rows);
  buf_put_varint(out, f->reading.skipped);
  buf_put_varint(out, f->reading.notices);
  buf_put_slice(out, f->reading.sheet);
  encode_skipped(f->reading.remarks, FILE_REMARKS, out);
}

static void decode_skipped(reader *r, uint64_t records, uint64_t most, file_skipped *s) {
  s->count = reader_count(r, records);
  s->lines_count = s->count < FILE_PLACES ? (uint32_t)s->count : FILE_PLACES;
  for (uint32_t i = 0; i < s->lines_count; i++) {
    s->lines[i] = reader_count(r, most);
  }
}

static void decode_reading(reader *r, uint64_t most, arena *memory, file_reading *out) {
  out->format = reader_text(r, TEXT_BYTES_MAX, memory);
  out->header_rows = (uint32_t)reader_count(r, UINT32_MAX);
  out->skipped = reader_count(r, most);
  out->notices = (uint32_t)reader_count(r, NOTICES_MAX);
}

void file_facts_decode(reader *r, uint64_t most, file_facts_extent extent, arena *memory, file_facts *out) {
  *out = (file_facts){.name = reader_text(r, TEXT_BYTES_MAX, memory)};
  reader_copy(r, out->sha256.bytes, DIGEST_BYTES);
  out->bytes = reader_count(r, most);
  out->records = reader_count(r, most);
  out->quarantined = reader_count(r, most);
  out->places_count = (uint32_t)reader_count(r, FILE_PLACES);
  if (out->quarantined > out->records) {
    reader_fail(r, "a file has more quarantined rows than rows");
  }
  for (uint32_t i = 0; i < out->places_count; i++) {
    out->places[i].line = reader_count(r, most);
    out->places[i].problem = reader_text(r, TEXT_BYTES_MAX, memory);
  }
  const int skips = extent < FILE_FACTS_SKIPPED ? 0 : extent >= FILE_FACTS_TOTALS ? FILE_SKIPS : FILE_TOTALS;
  for (int i = 0; i < skips && r->problem == NULL; i++) {
    decode_skipped(r, out->records - file_facts_left_out(out), most, &out->skipped[i]);
  }
  if (extent >= FILE_FACTS_READING) {
    decode_reading(r, most, memory, &out->reading);
  }
  if (extent >= FILE_FACTS_SHEETS) {
    out->reading.sheet = reader_text(r, TEXT_BYTES_MAX, memory);
  }
  const int remarks = extent < FILE_FACTS_TOTALS ? 0
                      : extent == FILE_FACTS_ALL ? FILE_REMARKS
                                                 : FILE_MAYBE_TOTALS;
  for (int i = 0; i < remarks && r->problem == NULL; i++) {
    decode_skipped(r, most, most, &out->reading.remarks[i]);
  }
}

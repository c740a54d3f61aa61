/* Reading numbers, texts and references. */
#include "stats/plan/getters.h"

#include <math.h>
#include <string.h>

double plan_get_double(reader *r) {
  const uint64_t bits = reader_u64(r);
  double v = 0;
  memcpy(&v, &bits, sizeof v);
  if (!isfinite(v)) {
    reader_fail(r, "a number that is not finite");
    return 0;
  }
  return v;
}

const char *plan_get_text(reader *r, arena *a) {
  const slice s = reader_slice(r, PLAN_TEXT_MAX);
  if (memchr(s.bytes, 0, s.length) != NULL || text_utf8_check(s.bytes, s.length) != s.length) {
    reader_fail(r, "a text that is not UTF-8");
    return "";
  }
  const char *copy = arena_copy(a, s);
  return copy != NULL ? copy : "";
}

const char *plan_get_optional(reader *r, arena *a) {
  return reader_flag(r) ? plan_get_text(r, a) : NULL;
}

void plan_get_label(reader *r, arena *a, plan_label *out) {
  for (int i = 0; i < LANGUAGES; i++) {
    out->text[i] = plan_get_optional(r, a);
  }
}

/* An index below LIMIT. */
uint32_t plan_get_index(reader *r, uint32_t limit) {
  const uint64_t v = reader_varint(r);
  if (v >= limit) {
    reader_fail(r, "a reference to something that does not exist");
    return 0;
  }
  return (uint32_t)v;
}

/* An array for COUNT elements; on failure the reader knows, and the count is 0. */
void *plan_get_array(reader *r, arena *a, uint64_t *count, size_t size) {
  void *array = r->problem != NULL ? NULL : arena_array(a, (size_t)*count + 1, size);
  if (array == NULL) {
    reader_fail(r, "out of memory");
    *count = 0;
  }
  return array;
}

uint32_t plan_get_optional_index(reader *r, uint32_t limit) {
  const uint32_t v = reader_u32(r);
  if (v != PROGRAM_NONE && v >= limit) {
    reader_fail(r, "a reference to something that does not exist");
    return PROGRAM_NONE;
  }
  return v;
}

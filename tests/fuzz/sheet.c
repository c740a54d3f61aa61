/* Sheets (stats/sheet/sheet.h): only canonical bytes are read, and whatever is read writes rows or says why
 * not. */
#include "stats/sheet/sheet.h"

#include "tests/fuzz/fuzz.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"

static fixture *made_rows(void) {
  static const char *const cells[] = {"3", "", "=\"x\""};
  static const char *const names[] = {"satisfaction", "region", "media"};
  fixture *f = fixture_new(3);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    fixture_column(f, names[i], PACKED_CODES, cells);
  }
  return f;
}

static void check_use(const sheet *s) {
  fixture *f = made_rows();
  error err = {STATUS_OK, ""};
  buf lines;
  buf_init(&lines);
  sheet_write_titles(s, &lines);
  const status st = sheet_write_rows(s, fixture_rows(f), &lines, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
  }
  buf_fini(&lines);
  fixture_destroy(f);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  sheet *s = NULL;
  error err = {STATUS_OK, ""};
  reader r;
  reader_init(&r, bytes, length);
  const status st = sheet_decode(&r, &s, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT, "what is no sheet is corrupt");
    fuzz_require_told(st, &err);
    return 0;
  }
  buf again;
  buf_init(&again);
  sheet_encode(s, &again);
  fuzz_require_same((slice){(const char *)bytes, length - reader_left(&r)}, fuzz_slice(&again),
                    "a sheet writes the bytes that it was read from");
  buf_fini(&again);
  check_use(s);
  sheet_destroy(s);
  return 0;
}

/* Every variable of P, its reason beside it, as far as it is of whole records. */
static void add(fuzz_corpus *out, program *p) {
  sheet *s = sheet_new();
  program_destroy(s->program);
  s->program = p;
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const uint32_t filter = p->filters_count > 0 ? 0 : PROGRAM_NONE;
    const sheet_column columns[] = {{SHEET_VALUE, slice_of(p->variables[i].name), i, PROGRAM_NONE},
                                    {SHEET_REASON, slice_of("why"), i, filter},
                                    {SHEET_NOTHING, slice_of("nothing"), 0, PROGRAM_NONE},
                                    {SHEET_ROW, slice_of("row"), 0, PROGRAM_NONE}};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
      (void)!sheet_add(s, &columns[k], NULL);
    }
  }
  buf b;
  buf_init(&b);
  sheet_encode(s, &b);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
  sheet_destroy(s);
}

void fuzz_seeds(fuzz_corpus *out) {
  add(out, program_new());
  add(out, sample_program_new(SAMPLE_PLAIN).program);
  add(out, sample_computed_new());
}

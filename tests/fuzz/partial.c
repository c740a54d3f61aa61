/* States of every kind of accumulator.  The first byte says of which case of accumulator_cases.c. */
#include "stats/accumulators/accumulator.h"

#include "tests/fuzz/fuzz.h"
#include "tests/stats/accumulator_cases.h"

enum { CASES_MAX = 256, SURVEY_ROWS = 30 };

static const program *program_of(size_t index) {
  static program *programs[CASES_MAX];
  fuzz_require(accumulator_cases_count <= CASES_MAX, "one byte tells all cases");
  if (programs[index] == NULL) {
    programs[index] = accumulator_case_program(&accumulator_cases[index]);
  }
  return programs[index];
}

/* What is read merges with what is empty and with itself, and what comes of it is read again. */
static void check_merge(const accumulator_kind *kind, const program *p, const void *state) {
  const program_accumulator *a = &p->accumulators[0];
  error err;
  void *sum = NULL, *back = NULL;
  fuzz_require_ok(kind->empty(p, a, &sum, &err), &err, "an empty state can be made");
  status st = kind->merge(sum, state, &err);
  st = st == STATUS_OK ? kind->merge(sum, state, &err) : st;
  if (st == STATUS_OK) {
    buf b;
    reader r;
    buf_init(&b);
    kind->encode(sum, &b);
    reader_init(&r, b.data, b.length);
    const status decoded = kind->decode(p, a, &r, &back, &err);
    if (decoded == STATUS_OK) {
      kind->destroy(back);
    }
    buf_fini(&b);
  } else {
    fuzz_require_told(st, &err);
  }
  kind->destroy(sum);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length == 0) {
    return 0;
  }
  const size_t index = bytes[0] % accumulator_cases_count;
  const program *p = program_of(index);
  const accumulator_kind *kind = accumulator_find(accumulator_cases[index].kind);
  error err = {STATUS_OK, ""};
  void *state = NULL;
  reader r;
  reader_init(&r, bytes + 1, length - 1);
  const status st = kind->decode(p, &p->accumulators[0], &r, &state, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
    return 0;
  }
  buf again;
  buf_init(&again);
  kind->encode(state, &again);
  fuzz_require_same((slice){(const char *)bytes + 1, length - 1 - reader_left(&r)}, fuzz_slice(&again),
                    "a state writes the bytes that it was read from");
  buf_fini(&again);
  check_merge(kind, p, state);
  kind->destroy(state);
  return 0;
}

static void add(fuzz_corpus *out, size_t index, survey_flavour flavour, uint32_t rows) {
  const program *p = program_of(index);
  const accumulator_kind *kind = accumulator_find(accumulator_cases[index].kind);
  fixture *data = survey_new(flavour, rows, index);
  frame *f = NULL;
  void *state = NULL;
  error err;
  buf b;
  fuzz_require_ok(frame_new(p, fixture_rows(data), &f, &err), &err, "a survey has a frame");
  fuzz_require_ok(kind->map(f, &p->accumulators[0], &state, &err), &err, "a survey has a state");
  buf_init(&b);
  buf_put_u8(&b, (uint8_t)index);
  kind->encode(state, &b);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
  kind->destroy(state);
  frame_destroy(f);
  fixture_destroy(data);
}

void fuzz_seeds(fuzz_corpus *out) {
  for (size_t i = 0; i < accumulator_cases_count; i++) {
    add(out, i, SURVEY_ORDINARY, 0);
    add(out, i, SURVEY_ORDINARY, SURVEY_ROWS);
    add(out, i, SURVEY_HEAVY, SURVEY_ROWS);
  }
}

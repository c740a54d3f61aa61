/* Programs (stats/program/program.h): only canonical bytes are read, and whatever is read can be used. */
#include "stats/program/program.h"

#include "stats/accumulators/accumulator.h"
#include "tests/fuzz/fuzz.h"
#include "tests/stats/accumulator_cases.h"
#include "tests/stats/sample_program.h"

static void check_use(const program *p) {
  arena *memory = arena_new();
  const char **names;
  uint32_t count;
  error err;
  for (uint32_t i = 0; i < p->accumulators_count; i++) {
    digest d;
    uint64_t bytes_max = 0;
    fuzz_require_ok(program_accumulator_digest(p, i, &d, &err), &err, "each accumulator has a digest");
    /* Whether it suits its variables is for its kind to say. */
    const status st =
        accumulator_find(p->accumulators[i].kind)->check(p, &p->accumulators[i], &bytes_max, &err);
    if (st != STATUS_OK) {
      fuzz_require_told(st, &err);
    }
  }
  fuzz_require_ok(program_columns(p, memory, &names, &count, &err), &err, "the columns can be told");
  arena_destroy(memory);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  program *p = NULL;
  error err = {STATUS_OK, ""};
  reader r;
  reader_init(&r, bytes, length);
  const status st = program_decode(&r, &p, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT, "what is no program is corrupt");
    fuzz_require_told(st, &err);
    return 0;
  }
  buf again;
  buf_init(&again);
  program_encode(p, &again);
  fuzz_require_same((slice){(const char *)bytes, length - reader_left(&r)}, fuzz_slice(&again),
                    "a program writes the bytes that it was read from");
  buf_fini(&again);
  check_use(p);
  program_destroy(p);
  return 0;
}

static void add(fuzz_corpus *out, program *p) {
  buf b;
  buf_init(&b);
  program_encode(p, &b);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
  program_destroy(p);
}

void fuzz_seeds(fuzz_corpus *out) {
  add(out, program_new());
  add(out, sample_program_new(SAMPLE_PLAIN).program);
  add(out, sample_program_new(SAMPLE_RENAMED_AND_SHIFTED).program);
  add(out, sample_computed_new());
  for (size_t i = 0; i < accumulator_cases_count; i++) {
    add(out, accumulator_case_program(&accumulator_cases[i]));
  }
}

/* Programs, byte by byte: every kind of variable and of filter. */
#include <string.h>

#include "stats/program/item.h"
#include "tests/check.h"
#include "tests/golden/golden.h"
#include "tests/stats/sample_program.h"

#define ADVICE "; install the same version on clients and workers, and submit the job again"

enum { KINDS_MAX = 64 };

static const golden_version current = {PROGRAM_VERSION, "PROGRAM_VERSION (stats/program/program.h)"};

static program *decoded(const golden *g, const char *entry) {
  const slice bytes = golden_bytes(g, entry);
  program *p = NULL;
  error err;
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  if (program_decode(&r, &p, &err) != STATUS_OK) {
    fail_msg("%s: %s", entry, err.message);
  }
  assert_int_equal(reader_left(&r), 0);
  return p;
}

/* P is written so, and what is read is written so again. */
static void check(const golden *g, const char *entry, program *p) {
  program *back = decoded(g, entry);
  program *const both[] = {p, back};
  for (size_t i = 0; i < 2; i++) {
    buf b;
    buf_init(&b);
    program_encode(both[i], &b);
    golden_expect(g, entry, &b, current);
    buf_fini(&b);
    program_destroy(both[i]);
  }
}

static program *comparisons_new(void) {
  static const filter_kind kinds[] = {FILTER_EQ, FILTER_NE, FILTER_LE, FILTER_GT};
  program *p = program_new();
  uint32_t index;
  sample_scale(p, "q", 1, 5, &index);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    filter_value three = {.number = {3, 0}};
    filter_node node = {.kind = kinds[i], .variable = index, .values = &three, .values_count = 1};
    assert_int_equal(program_add_filter(p, &(program_filter){&node, 1}, NULL, NULL), STATUS_OK);
  }
  assert_int_equal(program_add_weight(p, (program_weight){index, WEIGHT_FREQUENCY}, NULL, NULL), STATUS_OK);
  return p;
}

static void bytes_of_programs_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("program");
  check(g, "empty", program_new());
  check(g, "sample", sample_program_new(SAMPLE_PLAIN).program);
  check(g, "comparisons", comparisons_new());
  check(g, "computed", sample_computed_new());
  golden_close(g);
}

static void every_kind_of_variable_and_filter_is_in_a_golden(void **state) {
  (void)state;
  static const char *const entries[] = {"sample", "comparisons", "computed"};
  golden *g = golden_open("program");
  bool variables[KINDS_MAX] = {false}, filters[KINDS_MAX] = {false}, operations[COMPUTE_OPS] = {false};
  for (size_t e = 0; e < sizeof entries / sizeof entries[0]; e++) {
    program *p = decoded(g, entries[e]);
    for (uint32_t i = 0; i < p->variables_count; i++) {
      variables[p->variables[i].kind] = true;
      for (uint32_t k = 0; k < p->variables[i].nodes_count; k++) {
        operations[p->variables[i].nodes[k].op] = true;
      }
    }
    for (uint32_t i = 0; i < p->filters_count; i++) {
      for (uint32_t k = 0; k < p->filters[i].nodes_count; k++) {
        filters[p->filters[i].nodes[k].kind] = true;
      }
    }
    program_destroy(p);
  }
  for (uint32_t kind = 0; kind < KINDS_MAX; kind++) {
    if (variable_traits_of(kind) != NULL && !variables[kind]) {
      fail_msg(
          "no golden program has a variable of kind '%s': add one to tests/stats/sample_program.c and "
          "tests/golden/program.py",
          variable_traits_of(kind)->name);
    }
  }
  for (int kind = FILTER_AND; kind <= FILTER_HAS; kind++) {
    if (!filters[kind]) {
      fail_msg("no golden program has a filter of kind %d", kind);
    }
  }
  for (uint32_t op = COMPUTE_BEFORE_FIRST + 1; op < COMPUTE_OPS; op++) {
    if (!operations[op]) {
      fail_msg("no golden program has the operation %s", compute_traits_of(op)->name);
    }
  }
  golden_close(g);
}

static status decode(const char *entry, slice bytes, error *err) {
  (void)entry;
  program *p = NULL;
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  const status st = program_decode(&r, &p, err);
  if (st == STATUS_OK) {
    program_destroy(p);
    return reader_finish(&r, "program", err);
  }
  return st;
}

/* "comparisons": the variable's name has its length at 2, its kind stands at 4, its column's length at 5,
 * rules at 7, the range's flag at 8, low at 9, high at 10, reversed at 11; filters at 12: nodes, kind (14),
 * variable (15), values (16), a text? (17), the number (18, 19). */
static const golden_refusal refusals[] = {
    {"comparisons", GOLDEN_BYTE, 0, PROGRAM_VERSION + 1, STATUS_CORRUPT,
     "program: made by a newer version of canvass" ADVICE},
    {"comparisons", GOLDEN_BYTE, 0, PROGRAM_VERSION - 1, STATUS_CORRUPT,
     "program: made by an older version of canvass" ADVICE},
    {"comparisons", GOLDEN_BYTE, 1, 0x7f, STATUS_CORRUPT,
     "program: a count is above what the bytes can hold"},
    {"comparisons", GOLDEN_BYTE, 3, 0, STATUS_CORRUPT, "program: a name with a NUL in it"},
    {"comparisons", GOLDEN_BYTE, 3, 0xff, STATUS_CORRUPT, "program: a name that is not UTF-8"},
    {"comparisons", GOLDEN_BYTE, 4, 99, STATUS_CORRUPT, "program: an unknown kind of variable"},
    {"comparisons", GOLDEN_BYTE, 8, 2, STATUS_CORRUPT, "program: a flag that is neither 0 nor 1"},
    {"comparisons", GOLDEN_BYTE, 16, 13, STATUS_CORRUPT, "program: an unknown kind of filter"},
    {"comparisons", GOLDEN_BYTE, 21, 19, STATUS_CORRUPT, "program: a decimal with too large a scale"},
    {"comparisons", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "program: bytes are left over at the end"},
    {"empty", GOLDEN_CUT, 3, 0, STATUS_CORRUPT, "program: ends too early"},
};

static void refusals_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("program");
  golden_refuse(g, refusals, sizeof refusals / sizeof refusals[0], decode, NULL);
  for (size_t i = 0; i < golden_count(g); i++) {
    golden_refuse_beginnings(g, golden_name(g, i), decode, NULL);
  }
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_programs_are_fixed),
      cmocka_unit_test(every_kind_of_variable_and_filter_is_in_a_golden),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* States of every kind of accumulator over one small survey, byte by byte: workers' caches and brokers keep
 * them across releases, under the version of their kind.  partial.py shows the survey and works out the
 * figures. */
#include <stdio.h>
#include <string.h>

#include "stats/accumulators/kmeans.h"
#include "stats/accumulators/partial.h"
#include "tests/check.h"
#include "tests/golden/golden.h"
#include "tests/stats/fixture.h"

#define ADVICE "; install the same version on clients and workers, and submit the job again"

enum { ROWS = 5, PARTIAL_VERSION = 1, A = 0, B, G, X, W, M, T, VARIABLES, R = VARIABLES };

/* ---- The survey ---------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *cells[ROWS];
} columns[VARIABLES] = {
    [A] = {"a", {"5", "3", "", "9", "1"}},
    [B] = {"b", {"4", "3", "2", "1", "5"}},
    [G] = {"g", {"north", "south", "north", "", "south"}},
    [X] = {"x", {"1.5", "-2.0", "n/a", "0.25", "1.5"}},
    [W] = {"w", {"1.00", "0.50", "2.00", "1.005", ""}},
    [M] = {"m", {"web;app", "web", "", "app", "web"}},
    [T] = {"t", {"p1", "p2", "p1", "p3", "p1"}},
};

static fixture *survey(void) {
  fixture *f = fixture_new(ROWS);
  for (int i = 0; i < VARIABLES; i++) {
    fixture_column(f, columns[i].name, PACKED_TEXTS, columns[i].cells);
  }
  return f;
}

static void add_variables(program *p) {
  const program_variable variables[VARIABLES] = {
      [A] = {.kind = VARIABLE_SCALE, .has_range = true, .low = 1, .high = 5},
      [B] = {.kind = VARIABLE_SCALE, .has_range = true, .low = 1, .high = 5},
      [G] = {.kind = VARIABLE_NOMINAL},
      [X] = {.kind = VARIABLE_NUMBER, .decimals = 1},
      [W] = {.kind = VARIABLE_NUMBER, .decimals = 2},
      [M] = {.kind = VARIABLE_MULTI_CELL, .delimiter = ";"},
      [T] = {.kind = VARIABLE_TEXT},
  };
  for (uint32_t i = 0; i < VARIABLES; i++) {
    program_variable v = variables[i];
    v.name = v.column = columns[i].name;
    uint32_t index = 0;
    assert_int_equal(program_add_variable(p, &v, &index, NULL), STATUS_OK);
    assert_int_equal(index, i);
  }
  const program_variable random = {.kind = VARIABLE_REPLICATE, .name = "r", .groups = 256, .seed = 9};
  uint32_t index = 0;
  assert_int_equal(program_add_variable(p, &random, &index, NULL), STATUS_OK);
  assert_int_equal(index, R);
  filter_value three = {.number = {3, 0}};
  filter_node node = {.kind = FILTER_GE, .variable = A, .values = &three, .values_count = 1};
  assert_int_equal(program_add_filter(p, &(program_filter){&node, 1}, NULL, NULL), STATUS_OK);
  assert_int_equal(program_add_weight(p, (program_weight){W, WEIGHT_SAMPLING}, NULL, NULL), STATUS_OK);
}

/* ---- One accumulator of each kind ---------------------------------------------------------------- */

/* Doubles by their bits. */
#define D(v) bits_of_double(v)
enum { PARAMS_MAX = 32 };

typedef struct golden_case {
  uint32_t variables[5];
  uint32_t variables_count;
  bool by_g, filtered, weighted;
  int64_t params[PARAMS_MAX];
  uint32_t params_count;
} golden_case;

/* Nothing for a kind that has no case. */
static golden_case case_of(accumulator_id kind) {
  switch (kind) {
    case ACCUMULATOR_FACTS:
      return (golden_case){.variables = {A, G, X, M, T}, .variables_count = 5};
    case ACCUMULATOR_FREQUENCY:
      return (golden_case){.variables = {A}, .variables_count = 1, .by_g = true, .weighted = true};
    case ACCUMULATOR_MOMENTS:
      return (golden_case){.variables = {X}, .variables_count = 1, .by_g = true, .weighted = true};
    case ACCUMULATOR_VALUES:
      return (golden_case){
          .variables = {X}, .variables_count = 1, .weighted = true, .params = {100}, .params_count = 1};
    case ACCUMULATOR_BUCKETS:
      return (golden_case){.variables = {X},
                           .variables_count = 1,
                           .weighted = true,
                           .params = {-20, 19, 10},
                           .params_count = 3};
    case ACCUMULATOR_CROSS:
      return (golden_case){
          .variables = {A, B}, .variables_count = 2, .weighted = true, .params = {0}, .params_count = 1};
    case ACCUMULATOR_JOINT:
      return (golden_case){
          .variables = {A, B}, .variables_count = 2, .weighted = true, .params = {0, 100}, .params_count = 2};
    case ACCUMULATOR_SAMPLE:
      return (golden_case){.variables = {A, B},
                           .variables_count = 2,
                           .weighted = true,
                           .params = {10, 12345},
                           .params_count = 2};
    case ACCUMULATOR_KMEANS: /* centres (4, 4) and (3, 2); the second answer counts a quarter */
      return (golden_case){
          .variables = {A, B},
          .variables_count = 2,
          .weighted = true,
          .params = {1, 2, 1, 0, 0, 0, 32, -8, -8, 13, -6, -4, D(4), D(4), D(3), D(2), D(1), D(0.25)},
          .params_count = 18};
    case ACCUMULATOR_SILHOUETTE: /* the same, with V and W of each */
      return (golden_case){
          .variables = {A, B},
          .variables_count = 2,
          .weighted = true,
          .params = {0,  1,    2,       0,    0,    0,    32,     -8,   -8,   13,     -6,
                     -4, D(1), D(0.25), D(4), D(4), D(1), D(200), D(3), D(2), D(0.5), D(100)},
          .params_count = 22};
    case ACCUMULATOR_DISTINCT:
    case ACCUMULATOR_DUPLICATES:
      return (golden_case){.variables = {T}, .variables_count = 1};
    case ACCUMULATOR_BASE:
      return (golden_case){.filtered = true, .weighted = true};
    case ACCUMULATOR_RANKS: /* one pair, no groups; three values of each, of weight 1 */
      return (golden_case){.variables = {A, B},
                           .variables_count = 2,
                           .params = {1, 0, 0, 0, 1, 3, 1, 1, 3, 1, 5, 1, 3, 3, 1, 4, 1, 5, 1},
                           .params_count = 19};
    case ACCUMULATOR_LOGISTIC: /* eta = x / 16 - 1 */
      return (golden_case){.variables = {B, X},
                           .variables_count = 2,
                           .weighted = true,
                           .params = {1, 50, 0, 0, 0, -(INT64_C(1) << 50), INT64_C(1) << 46},
                           .params_count = 7};
    case ACCUMULATOR_SCATTER: /* 2^-10 (2^10 b - 2^6 x - 2^10), in units of 2^-5, then of 2^-3 */
      return (golden_case){.variables = {X, B},
                           .variables_count = 2,
                           .weighted = true,
                           .params = {5, 2, 0, 6, 10, -(1 << 10), -1, 1},
                           .params_count = 8};
    case ACCUMULATOR_INVALID:
      return (golden_case){.variables = {A}, .variables_count = 1};
    case ACCUMULATOR_WEIGHTS:
      return (golden_case){.weighted = true};
    case ACCUMULATOR_PRODUCTS: /* pairwise, by random groups */
      return (golden_case){.variables = {A, B, R},
                           .variables_count = 3,
                           .weighted = true,
                           .params = {1, 1},
                           .params_count = 2};
  }
  return (golden_case){0};
}

static void add_accumulator(program *p, accumulator_id kind) {
  golden_case c = case_of(kind);
  const program_accumulator a = {.kind = kind,
                                 .variables = c.variables,
                                 .variables_count = c.variables_count,
                                 .by = {G},
                                 .by_count = c.by_g ? 1 : 0,
                                 .filter = c.filtered ? 0 : PROGRAM_NONE,
                                 .weight = c.weighted ? 0 : PROGRAM_NONE,
                                 .params = c.params,
                                 .params_count = c.params_count};
  error err;
  uint64_t bytes_max;
  if (accumulator_find(kind)->check(p, &a, &bytes_max, &err) != STATUS_OK ||
      program_add_accumulator(p, &a, NULL, &err) != STATUS_OK) {
    fail_msg(
        "%s: %s (a new kind of accumulator needs its case here and its state in tests/golden/partial.py)",
        accumulator_find(kind)->name, err.message);
  }
}

/* Every kind in the registry's order. */
static program *program_of_all(void) {
  program *p = program_new();
  assert_non_null(p);
  add_variables(p);
  for (size_t i = 0; i < accumulator_count(); i++) {
    add_accumulator(p, accumulator_at(i)->id);
  }
  return p;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static golden_version version_of(const accumulator_kind *kind, char where[64]) {
  snprintf(where, 64, ".version in stats/accumulators/%s.c", kind->name);
  return (golden_version){kind->version, where};
}

static void expect_state(const golden *g, const accumulator_kind *kind, const void *state) {
  char where[64];
  buf b;
  buf_init(&b);
  kind->encode(state, &b);
  golden_expect(g, kind->name, &b, version_of(kind, where));
  buf_fini(&b);
}

static void states_of_every_accumulator_are_fixed(void **unused) {
  (void)unused;
  golden *g = golden_open("partial");
  fixture *data = survey();
  program *p = program_of_all();
  partial *mapped = NULL;
  error err;
  if (partial_map(p, fixture_rows(data), &mapped, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  for (uint32_t i = 0; i < p->accumulators_count; i++) {
    const accumulator_kind *kind = accumulator_find(p->accumulators[i].kind);
    const slice bytes = golden_bytes(g, kind->name);
    void *state = NULL;
    reader r;
    expect_state(g, kind, partial_state(mapped, i));
    reader_init(&r, bytes.bytes, bytes.length);
    if (kind->decode(p, &p->accumulators[i], &r, &state, &err) != STATUS_OK) {
      fail_msg("%s: %s", kind->name, err.message);
    }
    assert_int_equal(reader_left(&r), 0);
    expect_state(g, kind, state);
    kind->destroy(state);
  }
  partial_destroy(mapped);
  program_destroy(p);
  fixture_destroy(data);
  golden_close(g);
}

static void bytes_of_a_partial_are_fixed(void **unused) {
  (void)unused;
  static const golden_version current = {PARTIAL_VERSION, "PARTIAL_VERSION (stats/accumulators/partial.c)"};
  golden *g = golden_open("partial");
  program *p = program_of_all();
  const slice bytes = golden_bytes(g, "whole");
  partial *read = NULL;
  error err;
  reader r;
  buf b;
  reader_init(&r, bytes.bytes, bytes.length);
  if (partial_decode(p, &r, &read, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(reader_left(&r), 0);
  buf_init(&b);
  partial_encode(read, &b);
  golden_expect(g, "whole", &b, current);
  partial_destroy(read);
  buf_fini(&b);
  program_destroy(p);
  golden_close(g);
}

/* ---- Refusals ------------------------------------------------------------------------------------ */

static status decode_partial(const program *p, slice bytes, error *err) {
  partial *read = NULL;
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  const status st = partial_decode(p, &r, &read, err);
  if (st == STATUS_OK) {
    partial_destroy(read);
    return reader_finish(&r, "partial", err);
  }
  return st;
}

/* An entry's bytes as the state of its kind, or as the whole partial. */
static status decode(const char *entry, slice bytes, error *err) {
  program *p = program_of_all();
  uint32_t i = 0;
  while (i < p->accumulators_count && strcmp(accumulator_find(p->accumulators[i].kind)->name, entry) != 0) {
    i++;
  }
  status st;
  if (i == p->accumulators_count) {
    st = decode_partial(p, bytes, err);
  } else {
    const accumulator_kind *kind = accumulator_find(p->accumulators[i].kind);
    void *state = NULL;
    reader r;
    reader_init(&r, bytes.bytes, bytes.length);
    st = kind->decode(p, &p->accumulators[i], &r, &state, err);
    if (st == STATUS_OK) {
      kind->destroy(state);
      st = reader_finish(&r, kind->name, err);
    }
  }
  program_destroy(p);
  return st;
}

/* The whole begins: version, accumulators, then of facts the kind (2), its version (3) and the length (4).
 * Groups and keys of a frequency: 2, "north" from 2 on, "south" from 8 on; 2, 3, 5. */
static const golden_refusal refusals[] = {
    {"whole", GOLDEN_BYTE, 0, PARTIAL_VERSION + 1, STATUS_CORRUPT,
     "partial: made by a newer version of canvass" ADVICE},
    {"whole", GOLDEN_BYTE, 1, 15, STATUS_CORRUPT, "partial: a partial of another program"},
    {"whole", GOLDEN_BYTE, 2, 2, STATUS_CORRUPT, "partial: a state of another program"},
    {"whole", GOLDEN_BYTE, 3, 2, STATUS_CORRUPT, "partial: made by an older version of canvass" ADVICE},
    {"whole", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "partial: bytes are left over at the end"},
    {"frequency", GOLDEN_BYTE, 2, 't', STATUS_CORRUPT, "frequency: keys are not in ascending order"},
    {"frequency", GOLDEN_BYTE, 14, 12, STATUS_CORRUPT, "frequency: keys are not in ascending order"},
    {"values", GOLDEN_BYTE, 0, 2, STATUS_CORRUPT, "values: a count is above its limit"},
    {"joint", GOLDEN_BYTE, 1, 0x60, STATUS_CORRUPT, "joint: a count is above what the bytes can hold"},
    {"sample", GOLDEN_BYTE, 0, 11, STATUS_CORRUPT, "sample: a count is above its limit"},
};

static void refusals_are_fixed(void **unused) {
  (void)unused;
  golden *g = golden_open("partial");
  golden_refuse(g, refusals, sizeof refusals / sizeof refusals[0], decode, NULL);
  for (size_t i = 0; i < accumulator_count(); i++) {
    golden_refuse_beginnings(g, accumulator_at(i)->name, decode, NULL);
  }
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(states_of_every_accumulator_are_fixed),
      cmocka_unit_test(bytes_of_a_partial_are_fixed),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

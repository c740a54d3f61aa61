/* Stacks against the long table that people make of such data by hand: the same rows, so the same figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { SPEC_BYTES = 4096, DATA_BYTES = 1 << 16, RECORDS = 150, LOOPS = 3 };

#define STACKED                                                                           \
  "variables:\n"                                                                          \
  "  id: {type: id}\n"                                                                    \
  "  region: {type: nominal}\n"                                                           \
  "  w: {type: weight, kind: sampling}\n"                                                 \
  "stack:\n"                                                                              \
  "  brand:\n"                                                                            \
  "    loops: {b1: Alpha, b2: Beta, b3: Gamma}\n"                                         \
  "    variables:\n"                                                                      \
  "      sat: {column: \"*_sat\", type: scale, range: [1, 5], missing: {9: dont_know}}\n" \
  "      use: {column: \"*_use\", type: nominal}\n"                                       \
  "      spent: {column: \"*_spent\", type: number}\n"                                    \
  "      why: {column: \"*_why\", type: multi, delimiter: \"|\"}\n"                       \
  "      note: {column: \"*_note\", type: text}\n"
#define LONG                                                                           \
  "variables:\n"                                                                       \
  "  id: {type: id}\n"                                                                 \
  "  region: {type: nominal}\n"                                                        \
  "  w: {type: weight, kind: sampling}\n"                                              \
  "  brand: {type: nominal, values: {b1: Alpha, b2: Beta, b3: Gamma}, closed: true}\n" \
  "  sat: {type: scale, range: [1, 5], missing: {9: dont_know}}\n"                     \
  "  use: {type: nominal}\n"                                                           \
  "  spent: {type: number}\n"                                                          \
  "  why: {type: multi, column: why, delimiter: \"|\"}\n"                              \
  "  note: {type: text}\n"
/* What is the same in both; %s is the request for stacked rows. */
#define REST                                                                                           \
  "derived:\n"                                                                                         \
  "  high: {top: sat}\n"                                                                               \
  "  per: {compute: \"spent / sat\", decimals: 6}\n"                                                   \
  "  good: {compute: \"sat >= 4 and (region == 'N' or brand == 'b2')\"}\n"                             \
  "  old: {recode: use, map: {was: [no, maybe]}, else: keep}\n"                                        \
  "constructs: {c: {items: [sat, high]}}\n"                                                            \
  "small_base: 0\n"                                                                                    \
  "analyses:\n"                                                                                        \
  "  - describe: {items: [sat, use, spent, why, note, region, high, per, good, old, c], "              \
  "by: [brand, \"brand * region\", good]%s}\n"                                                         \
  "  - describe: {items: [sat, spent], where: \"not missing(use) and brand != 'b3'\", weight: w, by: " \
  "region%s}\n"                                                                                        \
  "  - csat: {items: sat, by: brand, weight: w%s}\n"                                                   \
  "  - compare: {items: [sat, spent], groups: brand, weight: w%s}\n"                                   \
  "  - crosstab: {rows: [use, why], columns: brand%s}\n"                                               \
  "  - correlate: {items: [sat, spent, per], method: both, by: brand%s}\n"                             \
  "  - index: {construct: c, by: brand%s}\n"

static const char *const uses[] = {"yes", "no", "maybe", ""};
static const char *const reasons[] = {"price", "price|service", "", "service|other", "other"};

typedef struct loop {
  char cells[128]; /* "sat,use,spent,why,note" */
} loop;

static uint32_t next(uint32_t *state) {
  *state = *state * 1664525U + 1013904223U;
  return *state >> 9;
}

static loop random_loop(uint32_t *state, unsigned which) {
  loop l;
  const uint32_t sat = next(state) % 8; /* 6, 7 blank; 0 invalid */
  char text[16] = "";
  char spent[24] = "";
  if (sat < 6) {
    snprintf(text, sizeof text, "%u", sat == 0 ? 9 : sat);
  }
  if (next(state) % 4 > 0) { /* as many decimals as the loop's number: each column has others */
    snprintf(spent, sizeof spent, "%u.%0*u", next(state) % 300, (int)which + 1, next(state) % 10);
  }
  snprintf(l.cells, sizeof l.cells, "%s,%s,%s,%s,%s", text, uses[next(state) % 4], spent,
           reasons[next(state) % 5], next(state) % 3 == 0 ? "" : uses[next(state) % 3]);
  return l;
}

static void tables(char *wide, char *tall) {
  static const char *const regions[] = {"N", "S", ""};
  uint32_t state = 11;
  int at = snprintf(wide, DATA_BYTES, "id,region,w");
  int end = snprintf(tall, DATA_BYTES, "id,region,w,brand,sat,use,spent,why,note\n");
  for (unsigned k = 1; k <= LOOPS; k++) {
    at += snprintf(wide + at, DATA_BYTES - (size_t)at, ",b%u_sat,b%u_use,b%u_spent,b%u_why,b%u_note", k, k, k,
                   k, k);
  }
  at += snprintf(wide + at, DATA_BYTES - (size_t)at, "\n");
  for (unsigned i = 0; i < RECORDS; i++) {
    char head[64];
    snprintf(head, sizeof head, "%u,%s,%u.%u", i, regions[next(&state) % 3], next(&state) % 3,
             next(&state) % 10);
    at += snprintf(wide + at, DATA_BYTES - (size_t)at, "%s", head);
    for (unsigned k = 0; k < LOOPS; k++) {
      const loop l = random_loop(&state, k);
      at += snprintf(wide + at, DATA_BYTES - (size_t)at, ",%s", l.cells);
      end += snprintf(tall + end, DATA_BYTES - (size_t)end, "%s,b%u,%s\n", head, k + 1, l.cells);
    }
    at += snprintf(wide + at, DATA_BYTES - (size_t)at, "\n");
  }
}

static char wide[DATA_BYTES], tall[DATA_BYTES];

static void page_of(const char *head, const char *ask, char page[SPEC_BYTES]) {
  int length = snprintf(page, SPEC_BYTES, "%s", head);
  length += snprintf(page + length, SPEC_BYTES - (size_t)length, REST, ask, ask, ask, ask, ask, ask, ask);
  assert_true(length < SPEC_BYTES);
}

static void assert_same(const json *a, const json *b, const char *what) {
  buf left, right;
  buf_init(&left);
  buf_init(&right);
  json_write(a, &left);
  json_write(b, &right);
  buf_put_u8(&left, 0);
  buf_put_u8(&right, 0);
  if (strcmp((const char *)left.data, (const char *)right.data) != 0) {
    fail_msg("%s: stacked\n%s\nlong\n%s", what, (const char *)left.data, (const char *)right.data);
  }
  buf_fini(&left);
  buf_fini(&right);
}

static void a_stack_has_the_figures_of_the_long_table(void **state) {
  scene *s = *state;
  char page[SPEC_BYTES];
  tables(wide, tall);
  page_of(STACKED, ", stack: brand", page);
  const json *stacked = json_get(scene_report(s, page, wide), "analyses");
  page_of(LONG, "", page);
  const json *whole = json_get(scene_report(s, page, tall), "analyses");
  assert_int_equal(json_count(stacked), 7);
  for (size_t i = 0; i < json_count(stacked); i++) {
    const json *a = json_at(stacked, i);
    const json *b = json_at(whole, i);
    char what[64];
    snprintf(what, sizeof what, "%.*s", SLICE_ARG(json_as_text(json_get(a, "analysis"))));
    assert_same(json_get(a, "tables"), json_get(b, "tables"), what);
    assert_same(json_get(a, "warnings"), json_get(b, "warnings"), what);
  }
}

static void a_report_says_rows_and_respondents(void **state) {
  scene *s = *state;
  const json *report = scene_report(s,
                                    "variables: {id: {type: id}}\nstack:\n  b: {loops: [x, y], variables: "
                                    "{q: {column: \"*q\", type: nominal}}}\n"
                                    "analyses:\n  - describe: {items: q, where: not missing(q), stack: b}\n",
                                    "id,xq,yq\n1,a,b\n2,,a\n3,,\n4,c,\n");
  const json *analysis = json_at(json_get(report, "analyses"), 0);
  const json *settings = json_get(analysis, "settings");
  const json *base = json_get(settings, "base");
  assert_int_equal(json_as_integer(json_get(settings, "loops")), 2);
  assert_int_equal(json_as_integer(json_get(base, "rows")), 8);
  assert_int_equal(json_as_integer(json_get(base, "used")), 4);
  assert_int_equal(json_as_integer(json_get(base, "respondents")), 3);
  const json *note = json_at(json_get(analysis, "notes"), 0);
  assert_slice_equal(json_as_text(json_get(note, "code")), slice_of("note_stack"));
  assert_int_equal(json_as_integer(json_get(json_get(note, "detail"), "n")), 3);
  assert_int_equal(json_as_integer(json_get(json_get(report, "data"), "rows")), 4);
}

static void shards_and_threads_change_no_byte(void **state) {
  scene *s = *state;
  char page[SPEC_BYTES];
  tables(wide, tall);
  page_of(STACKED, ", stack: brand", page);
  scene_write(s, page, wide);
  process_result one = scene_run(s, "run", "--workers", "1");
  process_result many = scene_run(s, "run", "--shard-rows", "7");
  assert_int_equal(one.exit_code, 0);
  assert_string_equal(one.out, many.out);
  process_result_fini(&one);
  process_result_fini(&many);
}

static void invalid_cells_are_named_by_their_column(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables: {id: {type: id}}\n"
              "stack:\n  b: {loops: [x, y], variables: {q: {column: \"*q\", type: scale, range: [1, 5]}}}\n"
              "analyses:\n  - describe: {items: q, stack: b}\n",
              "id,xq,yq\n1,4,7\n2,,3\n");
  process_result r = scene_run(s, "run", "--strict", NULL);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "yq");
  assert_contains(r.err, "'7'");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_stack_has_the_figures_of_the_long_table),
      SCENE_TEST(a_report_says_rows_and_respondents),
      SCENE_TEST(shards_and_threads_change_no_byte),
      SCENE_TEST(invalid_cells_are_named_by_their_column),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

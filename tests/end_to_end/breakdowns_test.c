/* Breakdowns by multiple choice and by crossings of three, from files to figures: each group has the figures
 * of the same respondents picked out by a filter. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { SPEC_BYTES = 4096, DATA_BYTES = 1 << 14, ROWS = 200 };

#define VARIABLES                                                                          \
  "variables:\n"                                                                           \
  "  x: {type: scale, range: [1, 5]}\n"                                                    \
  "  ch: {type: multi, columns: {web: a, app: b}}\n"                                       \
  "  m: {type: multi, column: m, delimiter: \"|\", values: [P, Q, never], closed: true}\n" \
  "  o: {type: multi, column: m, delimiter: \"|\", values: [P], other: rest}\n"            \
  "  id: {type: number, decimals: 0}\n"                                                    \
  "  region: {type: nominal}\n"                                                            \
  "  r: {column: x, type: scale, range: [0, 10]}\n"                                        \
  "  y: {type: nominal}\n"                                                                 \
  "small_base: 0\n"

/* A breakdown, one of its groups, and who they are. */
static const struct group_case {
  const char *by, *group, *where;
} groups[] = {
    {"ch", "{\"ch\":\"web\"}", "has(ch, 'web')"},
    {"ch", "{\"ch\":\"app\"}", "has(ch, 'app')"},
    {"m", "{\"m\":\"Q\"}", "has(m, 'Q')"},
    {"o", "{\"o\":\"rest\"}", "has(o, 'rest')"},
    {"ch * region", "{\"ch\":\"app\",\"region\":\"S\"}", "has(ch, 'app') and region == 'S'"},
    {"region * ch", "{\"ch\":\"web\",\"region\":null}", "has(ch, 'web') and missing(region)"},
    {"region * y * m", "{\"m\":\"P\",\"region\":\"N\",\"y\":\"2025\"}",
     "has(m, 'P') and region == 'N' and y == '2025'"},
    {"region * y * x", "{\"region\":\"N\",\"x\":4,\"y\":\"2024\"}",
     "region == 'N' and y == '2024' and x == 4"},
    {"y * region * x", "{\"region\":null,\"x\":2,\"y\":\"2025\"}",
     "missing(region) and y == '2025' and x == 2"},
};

static const char *table_of_answers(void) {
  static const char *const sets[] = {"P", "Q", "P|Q", ""};
  static const char *const marks[] = {"1", "0", ""};
  static const char *const regions[] = {"N", "S", ""};
  static char data[DATA_BYTES];
  uint32_t state = 7;
  int length = snprintf(data, sizeof data, "id,x,a,b,m,region,y\n");
  for (int i = 0; i < ROWS; i++) {
    state = state * 1664525U + 1013904223U;
    const uint32_t r = state >> 8;
    length += snprintf(data + length, sizeof data - (size_t)length, "%d,%u,%s,%s,%s,%s,%u\n", i, 1 + r % 5,
                       marks[r / 5 % 3], marks[r / 15 % 3], sets[r / 45 % 4], regions[r / 180 % 3],
                       2024 + r / 540 % 2);
  }
  return data;
}

static const json *row_of(const json *report, size_t analysis, slice group) {
  const json *rows =
      json_get(json_at(json_get(json_at(json_get(report, "analyses"), analysis), "tables"), 0), "rows");
  for (size_t i = 0; i < json_count(rows); i++) {
    buf shown;
    buf_init(&shown);
    json_write(json_get(json_at(rows, i), "group"), &shown);
    const bool is_it = slice_equal((slice){(const char *)shown.data, shown.length}, group);
    buf_fini(&shown);
    if (is_it) {
      return json_at(rows, i);
    }
  }
  return NULL;
}

static void assert_same(const json *a, const json *b) {
  buf left, right;
  buf_init(&left);
  buf_init(&right);
  json_write(a, &left);
  json_write(b, &right);
  assert_int_equal(left.length, right.length);
  assert_memory_equal(left.data, right.data, left.length);
  buf_fini(&left);
  buf_fini(&right);
}

static void a_group_is_who_a_filter_picks(void **state) {
  scene *s = *state;
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    char page[SPEC_BYTES];
    snprintf(page, sizeof page,
             VARIABLES
             "analyses:\n  - describe: {items: x, by: [\"%s\"], name: one}\n"
             "  - describe: {items: x, where: \"%s\", name: two}\n",
             groups[i].by, groups[i].where);
    const json *report = scene_report(s, page, table_of_answers());
    const json *group = row_of(report, 0, slice_of(groups[i].group));
    const json *filtered = row_of(report, 1, slice_of("null"));
    if (group == NULL || filtered == NULL) {
      fail_msg("by %s: no group %s", groups[i].by, groups[i].group);
    }
    assert_true(json_as_integer(json_get(group, "n")) > 2);
    static const char *const figures[] = {"n", "mean", "sd", "se", "ci_low", "ci_high"};
    for (size_t k = 0; k < sizeof figures / sizeof figures[0]; k++) {
      assert_same(json_get(group, figures[k]), json_get(filtered, figures[k]));
    }
  }
}

/* 2 + 3 + 3 options in the columns of the data; nobody chose "never", and nobody is in a group for it. */
static void options_that_nobody_chose_make_no_group(void **state) {
  scene *s = *state;
  const json *report =
      scene_report(s, VARIABLES "analyses: [describe: {items: x, by: [ch, m]}]\n", table_of_answers());
  const json *analysis = json_at(json_get(report, "analyses"), 0);
  const json *rows = json_get(json_at(json_get(analysis, "tables"), 0), "rows");
  assert_int_equal(json_count(rows), 1 + 2 + 2);
  assert_null(row_of(report, 0, slice_of("{\"m\":\"never\"}")));
  const json *notes = json_get(analysis, "notes");
  assert_true(
      slice_equal(json_as_text(json_get(json_at(notes, 0), "code")), slice_of("note_groups_overlap")));
}

static void every_analysis_with_breakdowns_takes_them(void **state) {
  scene *s = *state;
  static const char *const analyses[] = {"describe: {items: [x, m, ch]",
                                         "nps: {items: r",
                                         "csat: {items: x",
                                         "ces: {items: x, variant: own, direction: high_is_easy",
                                         "index: {construct: c",
                                         "correlate: {items: [x, z], method: both",
                                         "crosstab: {rows: [x, m], columns: z",
                                         "compare: {items: x, groups: z"};
  for (size_t i = 0; i < sizeof analyses / sizeof analyses[0]; i++) {
    char page[SPEC_BYTES];
    snprintf(page, sizeof page,
             VARIABLES
             "derived: {z: {top: x}}\nconstructs: {c: {items: [x]}}\n"
             "analyses: [%s, by: [ch, \"m * region\"]}]\n",
             analyses[i]);
    const json *report = scene_report(s, page, table_of_answers());
    const json *notes = json_get(json_at(json_get(report, "analyses"), 0), "notes");
    assert_true(
        slice_equal(json_as_text(json_get(json_at(notes, 0), "code")), slice_of("note_groups_overlap")));
  }
}

/* The row of "spearman_pairs" of a group and the K-th pair. */
static const json *rho_of(const json *report, size_t analysis, slice group, size_t k) {
  const json *tables = json_get(json_at(json_get(report, "analyses"), analysis), "tables");
  for (size_t t = 0; t < json_count(tables); t++) {
    const json *rows = json_get(json_at(tables, t), "rows");
    for (size_t i = 0; i < json_count(rows); i++) {
      buf shown;
      buf_init(&shown);
      json_write(json_get(json_at(rows, i), "group"), &shown);
      const bool is_it =
          slice_equal(json_as_text(json_get(json_at(tables, t), "name")), slice_of("spearman_pairs")) &&
          slice_equal((slice){(const char *)shown.data, shown.length}, group);
      buf_fini(&shown);
      if (is_it && k-- == 0) {
        return json_at(rows, i);
      }
    }
  }
  fail_msg("no row of %.*s", SLICE_ARG(group));
  return NULL;
}

/* In one stage (x and r have few answers), and in several (id has two hundred). */
static void rank_correlations_of_a_group_are_those_of_who_a_filter_picks(void **state) {
  scene *s = *state;
  enum { PAIRS = 3 };
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    if (strchr(groups[i].by, '*') != strrchr(groups[i].by, '*')) {
      continue; /* of three variables, which are too many for ranks */
    }
    char page[SPEC_BYTES];
    snprintf(page, sizeof page,
             VARIABLES
             "derived: {z: {compute: \"(id - 50) * (id - 50) - 300 * x\", decimals: 0}}\n"
             "analyses:\n  - correlate: {items: [x, id, z], method: spearman, by: [\"%s\"], name: one}\n"
             "  - correlate: {items: [x, id, z], method: spearman, where: \"%s\", name: two}\n",
             groups[i].by, groups[i].where);
    const json *report = scene_report(s, page, table_of_answers());
    for (size_t k = 0; k < PAIRS; k++) {
      const json *group = rho_of(report, 0, slice_of(groups[i].group), k);
      const json *filtered = rho_of(report, 1, slice_of("null"), k);
      static const char *const figures[] = {"item", "other_item", "n", "rho", "t", "df", "p", "p_adjusted"};
      assert_true(json_kind_of(json_get(group, "rho")) == JSON_NUMBER);
      for (size_t f = 0; f < sizeof figures / sizeof figures[0]; f++) {
        assert_same(json_get(group, figures[f]), json_get(filtered, figures[f]));
      }
    }
  }
}

/* The rows of TABLE of an analysis, "value" and "other_value" in that order. */
static const json *cell_of(const json *report, size_t analysis, const char *table, const char *value,
                           const char *other_value) {
  const json *tables = json_get(json_at(json_get(report, "analyses"), analysis), "tables");
  for (size_t t = 0; t < json_count(tables); t++) {
    const json *rows = json_get(json_at(tables, t), "rows");
    for (size_t i = 0; i < json_count(rows); i++) {
      const json *row = json_at(rows, i);
      if (slice_equal(json_as_text(json_get(json_at(tables, t), "name")), slice_of(table)) &&
          slice_equal(json_as_text(json_get(row, "value")), slice_of(value)) &&
          slice_equal(json_as_text(json_get(row, "other_value")), slice_of(other_value))) {
        return row;
      }
    }
  }
  fail_msg("no %s of %s and %s", table, value, other_value);
  return NULL;
}

/* As rows, a multiple choice is held against R elsewhere. */
static void a_multiple_choice_as_columns_is_the_turned_table(void **state) {
  scene *s = *state;
  static const char *const sets[] = {"m", "ch"};
  static const char *const options[][2] = {{"P", "Q"}, {"web", "app"}};
  static const char *const regions[] = {"N", "S"};
  for (size_t k = 0; k < 2; k++) {
    char page[SPEC_BYTES];
    snprintf(page, sizeof page,
             VARIABLES
             "analyses:\n  - crosstab: {rows: region, columns: %s, name: one}\n"
             "  - crosstab: {rows: %s, columns: region, name: two}\n",
             sets[k], sets[k]);
    const json *report = scene_report(s, page, table_of_answers());
    for (size_t i = 0; i < 4; i++) {
      const char *region = regions[i / 2], *option = options[k][i % 2];
      assert_same(json_get(cell_of(report, 0, "counts", region, option), "n"),
                  json_get(cell_of(report, 1, "counts", option, region), "n"));
      assert_same(json_get(cell_of(report, 0, "column_percents", region, option), "column_percent"),
                  json_get(cell_of(report, 1, "row_percents", option, region), "row_percent"));
      assert_same(json_get(cell_of(report, 0, "row_percents", region, option), "row_percent"),
                  json_get(cell_of(report, 1, "column_percents", option, region), "column_percent"));
      assert_same(json_get(cell_of(report, 0, "total_percents", region, option), "total_percent"),
                  json_get(cell_of(report, 1, "total_percents", option, region), "total_percent"));
      assert_same(json_get(cell_of(report, 0, "option_tests", "", option), "p_adjusted"),
                  json_get(cell_of(report, 1, "option_tests", option, ""), "p_adjusted"));
    }
  }
}

/* A crossing as columns has the respondents of the crossed groups. */
static void a_crossing_is_one_variable(void **state) {
  scene *s = *state;
  const json *report = scene_report(
      s,
      VARIABLES
      "derived: {k: {cross: [region, y, x]}, v: {cross: [ch1, region]}, ch1: {chosen: ch, option: web, "
      "values: {0: no, 1: web}}}\n"
      "analyses:\n  - describe: {items: x, by: [\"region * y * x\"]}\n  - describe: {items: x, by: k}\n"
      "  - crosstab: {rows: m, columns: v}\n",
      table_of_answers());
  const json *crossed = row_of(report, 0, slice_of("{\"region\":\"N\",\"x\":4,\"y\":\"2024\"}"));
  const json *one = row_of(report, 1, slice_of("{\"k\":\"N × 2024 × 4\"}"));
  assert_non_null(crossed);
  assert_non_null(one);
  assert_same(json_get(crossed, "n"), json_get(one, "n"));
  assert_same(json_get(crossed, "mean"), json_get(one, "mean"));
  (void)cell_of(report, 2, "counts", "P", "1 × N");
}

/* The whole numbers that MEMBER has in the rows of TABLE, each where it is new: "1 2 3 ". */
static void codes_of(const json *report, size_t analysis, const char *table, const char *member,
                     bool in_group, char out[64]) {
  const json *tables = json_get(json_at(json_get(report, "analyses"), analysis), "tables");
  int64_t last = 0;
  size_t at = 0;
  out[0] = '\0';
  for (size_t t = 0; t < json_count(tables); t++) {
    const json *rows = json_get(json_at(tables, t), "rows");
    for (size_t i = 0; i < json_count(rows); i++) {
      const json *row = json_at(rows, i);
      const json *code = json_get(in_group ? json_get(row, "group") : row, member);
      if (slice_equal(json_as_text(json_get(json_at(tables, t), "name")), slice_of(table)) &&
          json_kind_of(code) == JSON_INTEGER && json_as_integer(code) != last && at < 50) {
        last = json_as_integer(code);
        at += (size_t)snprintf(out + at, 64 - at, "%d ", (int)last);
      }
    }
  }
}

/* Only the end points have labels, as questionnaires print them. */
static void the_codes_of_a_scale_stay_in_order_whichever_are_labelled(void **state) {
  scene *s = *state;
  const json *report =
      scene_report(s,
                   "variables:\n  q: {type: scale, range: [1, 5], values: {5: Very good, 1: Very bad}}\n"
                   "  r: {type: nominal}\n  x: {type: number}\n"
                   "analyses:\n  - crosstab: {rows: q, columns: r}\n  - describe: {items: x, by: q}\n"
                   "  - compare: {items: x, groups: q}\n",
                   "q,r,x\n3,N,1\n5,S,2\n1,N,3\n2,S,4\n4,N,5\n3,S,6\n5,S,7\n1,N,8\n2,N,9\n4,S,10\n");
  char codes[64];
  codes_of(report, 0, "counts", "value", false, codes);
  assert_string_equal(codes, "1 2 3 4 5 ");
  codes_of(report, 1, "summary", "q", true, codes);
  assert_string_equal(codes, "1 2 3 4 5 ");
  codes_of(report, 2, "group_means", "q", true, codes);
  assert_string_equal(codes, "1 2 3 4 5 ");
  report = scene_report(s,
                        "variables:\n  w: {type: scale, range: [1, 100], values: {1: Worst, 100: Best}}\n"
                        "analyses:\n  - describe: {items: w}\n",
                        "w\n50\n1\n100\n7\n");
  codes_of(report, 0, "distribution", "value", false, codes);
  assert_string_equal(codes, "1 7 50 100 ");
}

/* The texts that MEMBER has in the rows of TABLE, each where it is new. */
static void texts_of(const json *report, size_t analysis, const char *table, const char *member,
                     bool in_group, char out[512]) {
  const json *tables = json_get(json_at(json_get(report, "analyses"), analysis), "tables");
  slice last = {"", 0};
  size_t at = 0;
  out[0] = '\0';
  for (size_t t = 0; t < json_count(tables); t++) {
    const json *rows = json_get(json_at(tables, t), "rows");
    for (size_t i = 0; i < json_count(rows); i++) {
      const json *row = json_at(rows, i);
      const slice text = json_as_text(json_get(in_group ? json_get(row, "group") : row, member));
      if (slice_equal(json_as_text(json_get(json_at(tables, t), "name")), slice_of(table)) &&
          text.length > 0 && !slice_equal(text, last) && at < 400) {
        last = text;
        at += (size_t)snprintf(out + at, 512 - at, "%.*s; ", SLICE_ARG(text));
      }
    }
  }
}

/* Not all values are declared: S and N come first, as the codebook has them, then E and W; waves in natural
 * order, and the scale by its codes, which may be negative. */
static void a_crossing_has_the_order_of_its_variables(void **state) {
  scene *s = *state;
  const json *report = scene_report(
      s,
      "variables:\n  region: {type: nominal, values: {S: South, N: North}}\n  wave: {type: nominal}\n"
      "  q: {type: scale, range: [-1, 10]}\n  x: {type: number}\nsmall_base: 0\n"
      "derived: {k: {cross: [region, wave]}, m: {cross: [q, region]}, n: {cross: [k, q]}}\n"
      "analyses:\n  - describe: {items: x, by: [k, m, n]}\n  - describe: {items: k}\n",
      "region,wave,q,x\nE,W10,10,1\nN,W2,2,2\nS,W10,-1,3\nS,W2,10,4\nN,W10,2,5\nE,W2,-1,6\nW,W2,2,7\n"
      "S,W2,9,8\n");
  char texts[512];
  texts_of(report, 0, "summary", "k", true, texts);
  assert_string_equal(texts, "S × W2; S × W10; N × W2; N × W10; E × W2; E × W10; W × W2; ");
  texts_of(report, 0, "summary", "m", true, texts);
  assert_string_equal(texts, "-1 × S; -1 × E; 2 × N; 2 × W; 9 × S; 10 × S; 10 × E; ");
  texts_of(report, 0, "summary", "n", true, texts);
  assert_string_equal(texts,
                      "S × W2 × 9; S × W2 × 10; S × W10 × -1; N × W2 × 2; N × W10 × 2; E × W2 × -1; "
                      "E × W10 × 10; W × W2 × 2; ");
  texts_of(report, 1, "distribution", "value", false, texts);
  assert_string_equal(texts, "S × W2; S × W10; N × W2; N × W10; E × W2; E × W10; W × W2; ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_group_is_who_a_filter_picks),
      SCENE_TEST(options_that_nobody_chose_make_no_group),
      SCENE_TEST(every_analysis_with_breakdowns_takes_them),
      SCENE_TEST(rank_correlations_of_a_group_are_those_of_who_a_filter_picks),
      SCENE_TEST(a_crossing_has_the_order_of_its_variables),
      SCENE_TEST(a_multiple_choice_as_columns_is_the_turned_table),
      SCENE_TEST(a_crossing_is_one_variable),
      SCENE_TEST(the_codes_of_a_scale_stay_in_order_whichever_are_labelled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

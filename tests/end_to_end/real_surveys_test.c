/* Real surveys as people export them, from the file to the figures: titles that are whole questions, two
 * encodings, answers in words, multiple choice in one cell.
 *
 * The data lie outside the repository, and a test skips, saying so, where they are not there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define DATA_FOLDER CANVASS_SOURCE_DIR "/../shared/data"
#define SPEC_FOLDER CANVASS_SOURCE_DIR "/tests/end_to_end"

enum { PATH_BYTES = 512, ANSWERS = 5, CATEGORIES = 6, FEATURES = 5, COHORTS = 4 };

static const char category_letters[CATEGORIES + 1] = "AOMIRQ";

/* Berger et al. 1993: rows functional, columns dysfunctional; like, must-be, neutral, live-with, dislike. */
static const char kano_table[ANSWERS][ANSWERS + 1] = {"QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"};

/* A part of a specification to be replaced wherever it stands. */
typedef struct replacement {
  const char *from, *to;
} replacement;

/* TEXT with every FROM as TO; takes TEXT. */
static char *replace_all(char *text, replacement part) {
  size_t found = 0;
  for (const char *at = strstr(text, part.from); at != NULL; at = strstr(at + strlen(part.from), part.from)) {
    found++;
  }
  assert_true(found > 0);
  char *out = malloc(strlen(text) + found * strlen(part.to) + 1);
  assert_non_null(out);
  char *end = out;
  const char *rest = text;
  for (const char *at = strstr(rest, part.from); at != NULL; at = strstr(rest, part.from)) {
    end += sprintf(end, "%.*s%s", (int)(at - rest), rest, part.to);
    rest = at + strlen(part.from);
  }
  strcpy(end, rest);
  free(text);
  return out;
}

/* Runs the specification SPEC (a file's name), with COUNT replacements made in it, over DATA.  Nothing may be
 * invalid or quarantined. */
static const json *evaluate(scene *s, const char *spec, const replacement *parts, size_t count,
                            const char *data) {
  char path[PATH_BYTES];
  snprintf(path, sizeof path, SPEC_FOLDER "/%s", spec);
  size_t length = 0;
  char *page = process_read_file(path, &length);
  assert_non_null(page);
  for (size_t i = 0; i < count; i++) {
    page = replace_all(page, parts[i]);
  }
  process_write_file(s->directory, spec, page, strlen(page), s->spec, sizeof s->spec);
  free(page);
  process_result r;
  CANVASS(&r, "run", s->spec, data, "--format", "json", "--strict", "--shard-rows", "50");
  return report_printed(s->memory, &r);
}

static void expect_rows(const json *document, int64_t rows) {
  const json *data = json_get(document, "data");
  assert_int_equal(json_as_integer(json_get(data, "rows")), rows);
  assert_int_equal(json_as_integer(json_get(data, "quarantined")), 0);
  assert_int_equal(json_as_integer(json_get(data, "invalid")), 0);
}

/* The member of LIST whose KEY is the text WANTED. */
static const json *named(const json *list, const char *key, const char *wanted) {
  for (size_t i = 0; i < json_count(list); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(list, i), key)), wanted) == 0) {
      return json_at(list, i);
    }
  }
  fail_msg("no %s '%s'", key, wanted);
  return NULL;
}

static const json *section(const json *document, const char *name) {
  return named(json_get(document, "analyses"), "name", name);
}

static const json *rows_of(const json *document, const char *name, const char *table) {
  return json_get(named(json_get(section(document, name), "tables"), "name", table), "rows");
}

/* The first row of ITEM: the one of the total. */
static const json *row_of(const json *document, const char *name, const char *table, const char *item) {
  return named(rows_of(document, name, table), "item", item);
}

static void expect_figure(const json *row, const char *column, double wanted, double tolerance) {
  const double figure = json_as_number(json_get(row, column));
  if (!(fabs(figure - wanted) <= tolerance)) {
    fail_msg("%s: %s is %.17g, wanted %.17g", json_as_cstring(json_get(row, "item")), column, figure, wanted);
  }
}

static void expect_same_text(const json *a, const json *b) {
  buf left = {0};
  buf right = {0};
  json_write(a, &left);
  json_write(b, &right);
  assert_true(left.length > 2);
  assert_int_equal(left.length, right.length);
  assert_memory_equal(left.data, right.data, left.length);
  buf_fini(&left);
  buf_fini(&right);
}

/* Where KEY stands among the declared values of VARIABLE. */
static size_t place_of(const json *document, const char *variable, const json *key) {
  const json *values = json_get(json_get(json_get(document, "variables"), variable), "values");
  assert_int_equal(json_count(values), ANSWERS);
  for (size_t i = 0; i < ANSWERS; i++) {
    const json *declared = json_get(json_at(values, i), "key");
    if (json_kind_of(declared) == json_kind_of(key) && json_as_integer(declared) == json_as_integer(key) &&
        strcmp(json_as_cstring(declared), json_as_cstring(key)) == 0) {
      return i;
    }
  }
  fail_msg("an answer to %s that is not declared", variable);
  return 0;
}

/* The cross table NAME summed to Kano's categories. */
static void expect_categories(const json *document, const char *name, const int64_t wanted[CATEGORIES]) {
  int64_t counts[CATEGORIES] = {0};
  const json *rows = rows_of(document, name, "counts");
  for (size_t i = 0; i < json_count(rows); i++) {
    const json *row = json_at(rows, i);
    const size_t functional =
        place_of(document, json_as_cstring(json_get(row, "item")), json_get(row, "value"));
    const size_t dysfunctional =
        place_of(document, json_as_cstring(json_get(row, "other_item")), json_get(row, "other_value"));
    const char category = kano_table[functional][dysfunctional];
    counts[strchr(category_letters, category) - category_letters] += json_as_integer(json_get(row, "n"));
  }
  for (size_t i = 0; i < CATEGORIES; i++) {
    if (counts[i] != wanted[i]) {
      fail_msg("%s: %d answers are %c, wanted %d", name, (int)counts[i], category_letters[i], (int)wanted[i]);
    }
  }
}

static const json *evaluate_kiosk(scene *s, const char *encoding) {
  char data[PATH_BYTES];
  snprintf(data, sizeof data, DATA_FOLDER "/servqual/kiosk_%s.csv", encoding);
  process_skip_without(data);
  const bool is_utf8 = strcmp(encoding, "utf8") == 0;
  const replacement other = {"encoding: utf-8", "encoding: cp949"};
  return evaluate(s, "kiosk.yaml", &other, is_utf8 ? 0 : 1, data);
}

static void both_encodings_give_the_same_analyses(void **state) {
  scene *s = *state;
  const json *utf8 = evaluate_kiosk(s, "utf8");
  const json *cp949 = evaluate_kiosk(s, "cp949");
  expect_rows(utf8, 211);
  expect_rows(cp949, 211);
  expect_same_text(json_get(utf8, "analyses"), json_get(cp949, "analyses"));
  expect_same_text(json_get(utf8, "variables"), json_get(cp949, "variables"));
  expect_same_text(json_get(json_get(utf8, "data"), "variables"),
                   json_get(json_get(cp949, "data"), "variables"));
}

static void exact_titles_and_patterns_read_every_column(void **state) {
  scene *s = *state;
  const json *document = evaluate_kiosk(s, "utf8");
  const json *variables = json_get(json_get(document, "data"), "variables");
  assert_int_equal(json_count(variables), 163);
  /* Sex, age, use and the two multiple choices are answered by all; four people answered nothing else. */
  size_t complete = 0;
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    const int64_t answered = json_as_integer(json_get(variable, "answered"));
    complete += answered == 211;
    assert_true(answered == 211 || answered == 207);
    assert_int_equal(json_as_integer(json_get(json_get(variable, "missing"), "blank")), 211 - answered);
  }
  assert_int_equal(complete, 5);
}

/* Gaps of SERVQUAL (Parasuraman, Zeithaml & Berry 1988), by R over the 207 who answered all 24 pairs. */
static void gaps_are_those_of_the_complete_respondents(void **state) {
  static const struct {
    const char *item;
    double mean;
  } cases[] = {{"gap_1", -.545894},
               {"gap_4", .280193},
               {"gap_15", -1.942029},
               {"gap_23", -1.980676},
               {"gap", -1.102053}};
  scene *s = *state;
  const json *document = evaluate_kiosk(s, "utf8");
  const json *base = json_get(json_get(section(document, "gaps"), "settings"), "base");
  assert_int_equal(json_as_integer(json_get(base, "used")), 207);
  assert_int_equal(json_as_integer(json_get(base, "filtered_out")), 4);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json *row = row_of(document, "gaps", "summary", cases[i].item);
    assert_int_equal(json_as_integer(json_get(row, "n")), 207);
    expect_figure(row, "mean", cases[i].mean, 5e-7);
  }
}

/* Counted with Python's csv from the same file. */
static void kano_pairs_give_the_reference_categories(void **state) {
  scene *s = *state;
  const json *document = evaluate_kiosk(s, "utf8");
  expect_categories(document, "kano_2", (const int64_t[]){13, 62, 117, 9, 2, 4});
  expect_categories(document, "kano_5", (const int64_t[]){85, 23, 7, 91, 1, 0});
  expect_categories(document, "kano_27", (const int64_t[]){157, 22, 7, 20, 0, 1});
}

/* Counted by splitting the cells at ", " with Python; an option that holds the delimiter counts once. */
static void choices_in_one_cell_are_counted_apart(void **state) {
  static const struct {
    const char *item, *option;
    int64_t n;
  } cases[] = {{"used", "패스트 푸드점 키오스크", 196},
               {"used", "ATM", 143},
               {"used", "공항", 2},
               {"reasons", "다른 주문 방법이 없어서", 127},
               {"reasons", "주문/결제시간이 절약되어서", 99},
               {"reasons", "메뉴의 선택/편집이 쉬워서", 60}};
  scene *s = *state;
  const json *document = evaluate_kiosk(s, "utf8");
  const json *rows = rows_of(document, "choices", "distribution");
  assert_int_equal(json_count(rows), 9 + 10);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json *row = named(rows, "value", cases[i].option);
    assert_string_equal(json_as_cstring(json_get(row, "item")), cases[i].item);
    assert_int_equal(json_as_integer(json_get(row, "n")), cases[i].n);
  }
  const json *ages = rows_of(document, "people", "distribution");
  assert_int_equal(json_as_integer(json_get(named(ages, "value", "50+"), "n")), 3);
}

typedef struct cohort {
  int64_t rows;
  const char *words[ANSWERS];
} cohort;

static const cohort cohorts[COHORTS] = {
    {91,
     {"I like it that way", "I must be that way", "I am neutral", "I can live with it that way",
      "I dislike it that way"}},
    {97,
     {"I enjoy it that way", "It is a basic necessity or I expect it that way", "I am neutral",
      "I dislike it, but I can live with it that way", "I dislike it, and I can’t accept it"}},
    {89,
     {"This would be very helpful to me", "This is a basic requirement for me", "This would not affect me",
      "This would be a minor inconvenience", "This would be a major problem for me"}},
    {86, {"I like it", "I expect it", "I’m neutral", "I can tolerate it", "I dislike it"}},
};

static const json *evaluate_cohort(scene *s, size_t index) {
  char data[PATH_BYTES];
  snprintf(data, sizeof data, DATA_FOLDER "/kano/storage--cohort%zu-clean.csv", index + 1);
  static const char *const places[ANSWERS] = {"@1", "@2", "@3", "@4", "@5"};
  replacement parts[ANSWERS];
  for (size_t i = 0; i < ANSWERS; i++) {
    parts[i] = (replacement){places[i], cohorts[index].words[i]};
  }
  return evaluate(s, "kano.yaml", parts, ANSWERS, data);
}

/* Reference: golden/kano.R.  Cohort 1: F1 A13 O6 M5 I48 R15 Q4, F3 A7 O54 M14 I14 R2 were found before. */
static void every_cohort_is_read_in_its_own_words(void **state) {
  process_skip_without(DATA_FOLDER "/kano");
  size_t length = 0;
  char *golden = process_read_file(SPEC_FOLDER "/golden/kano.txt", &length);
  assert_non_null(golden);
  const char *line = strchr(golden, '\n') + 1;
  for (size_t i = 0; i < COHORTS; i++) {
    const json *document = evaluate_cohort(*state, i);
    expect_rows(document, cohorts[i].rows);
    for (unsigned feature = 1; feature <= FEATURES; feature++) {
      unsigned long read_cohort = 0;
      unsigned read_feature = 0;
      long long n[CATEGORIES] = {0};
      double importance = 0;
      assert_int_equal(sscanf(line, "%lu %u %lld %lld %lld %lld %lld %lld %lf", &read_cohort, &read_feature,
                              &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &importance),
                       9);
      assert_true(read_cohort == i + 1 && read_feature == feature);
      line = strchr(line, '\n') + 1;
      char name[32];
      snprintf(name, sizeof name, "F%u", feature);
      expect_categories(document, name, (const int64_t[]){n[0], n[1], n[2], n[3], n[4], n[5]});
      snprintf(name, sizeof name, "F%u_importance", feature);
      const json *row = row_of(document, "importance", "summary", name);
      assert_int_equal(json_as_integer(json_get(row, "n")), cohorts[i].rows);
      expect_figure(row, "mean", importance, 1e-13);
    }
  }
  free(golden);
}

static const json *evaluate_mobi(scene *s) {
  process_skip_without(DATA_FOLDER "/mobi/mobi.csv");
  const json *document = evaluate(s, "mobi.yaml", NULL, 0, DATA_FOLDER "/mobi/mobi.csv");
  expect_rows(document, 250);
  return document;
}

/* R 4.2: cor.test(CUSA1, CUSL1); cor.test(CUSA1, CUSL1, method = "spearman", exact = FALSE). */
static void satisfaction_and_loyalty_correlate_as_in_r(void **state) {
  scene *s = *state;
  const json *document = evaluate_mobi(s);
  const json *pearson = row_of(document, "correlate", "pearson_pairs", "CUSA1");
  expect_figure(pearson, "n", 250, 0);
  expect_figure(pearson, "r", .343292187664255, 1e-14);
  expect_figure(pearson, "t", 5.75596871507389, 1e-13);
  expect_figure(pearson, "p", 2.53365663056745e-08, 1e-19);
  expect_figure(pearson, "ci_low", .228977621814609, 1e-14);
  expect_figure(pearson, "ci_high", .448266950480655, 1e-14);
  const json *spearman = row_of(document, "correlate", "spearman_pairs", "CUSA1");
  expect_figure(spearman, "rho", .357279654876575, 1e-14);
  expect_figure(spearman, "p", 6.10719502956729e-09, 1e-19);
}

/* R 4.2: kmeans(d[, items], d[1:3, items], algorithm = "Lloyd", iter.max = 100). */
static void segments_from_three_given_rows_are_those_of_r(void **state) {
  static const int64_t sizes[] = {109, 98, 43};
  scene *s = *state;
  const json *document = evaluate_mobi(s);
  const json *models = rows_of(document, "segment", "segment_models");
  assert_int_equal(json_count(models), 1);
  expect_figure(json_at(models, 0), "within_ss", 1542.11492708882, 1e-9);
  const json *rows = rows_of(document, "segment", "segment_sizes");
  assert_int_equal(json_count(rows), 3);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(json_as_integer(json_get(json_at(rows, i), "n")), sizes[i]);
  }
}

/* R 4.2: x = (rowMeans(CUSA1..3) - 1) / 9 * 100, its mean and sd(x) / sqrt(250); shares of 9 and 10, and
 * prop.test(67, 250, correct = FALSE). */
static void index_and_top_boxes_of_satisfaction_are_those_of_r(void **state) {
  scene *s = *state;
  const json *document = evaluate_mobi(s);
  static const char *const methods[] = {"by_person", "by_means"};
  for (size_t i = 0; i < 2; i++) {
    const json *row = row_of(document, methods[i], "index_values", "satisfaction");
    expect_figure(row, "index", 71.9703703703704, 1e-11);
    expect_figure(row, "se", .931232037213932, 1e-11);
  }
  const json *first = row_of(document, "csat", "top_boxes", "CUSA1");
  expect_figure(first, "csat", 26.8, 1e-13);
  expect_figure(first, "ci_low", 21.6911321459057, 1e-12);
  expect_figure(first, "ci_high", 32.6110529506829, 1e-12);
  expect_figure(row_of(document, "csat", "top_boxes", "CUSA2"), "csat", 18.4, 1e-13);
  expect_figure(row_of(document, "csat", "top_boxes", "CUSA3"), "csat", 21.6, 1e-13);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(both_encodings_give_the_same_analyses),
      SCENE_TEST(exact_titles_and_patterns_read_every_column),
      SCENE_TEST(gaps_are_those_of_the_complete_respondents),
      SCENE_TEST(kano_pairs_give_the_reference_categories),
      SCENE_TEST(choices_in_one_cell_are_counted_apart),
      SCENE_TEST(every_cohort_is_read_in_its_own_words),
      SCENE_TEST(satisfaction_and_loyalty_correlate_as_in_r),
      SCENE_TEST(segments_from_three_given_rows_are_those_of_r),
      SCENE_TEST(index_and_top_boxes_of_satisfaction_are_those_of_r),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

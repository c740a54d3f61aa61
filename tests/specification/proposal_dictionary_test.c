/* What `canvass init` makes of the labels, the missing codes and the sets of a file's dictionary. */
#include "tests/reading/sav_by_hand.h"
#include "tests/specification/proposal_scene.h"

enum { LABELS_MAX = 6, CELLS_MAX = 12, VARIABLES_MAX = 2, REPEATS = 10 };

typedef struct labelled_variable {
  const char *name;
  double missing; /* the code that is declared; 0: none */
  struct {
    double code;
    const char *label;
  } labels[LABELS_MAX];
  double cells[CELLS_MAX];
} labelled_variable;

typedef struct labelled_case {
  labelled_variable variables[VARIABLES_MAX];
  const char *has[PARTS_MAX], *lacks;
} labelled_case;

static const labelled_case labelled_cases[] = {
    /* A neighbour's code of no answer does not make its scale longer. */
    {{{"q1",
       0,
       {{1, "Very dissatisfied"},
        {2, "Dissatisfied"},
        {3, "Neither"},
        {4, "Satisfied"},
        {5, "Very satisfied"}},
       {1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5}},
      {"q2",
       0,
       {{1, "Very dissatisfied"},
        {2, "Dissatisfied"},
        {3, "Neither"},
        {4, "Satisfied"},
        {5, "Very satisfied"},
        {6, "Does not apply"}},
       {1, 2, 3, 4, 5, 6, 6, 6, 5, 5, 5, 5}}},
     {"  q1: {type: scale}", "  q2: {type: scale}", "  - csat:"},
     "range"},
    /* Codes that are found do not switch off those that are declared. */
    {{{"age", 999, {{999, "refused"}}, {18.5, 35, 70, 22, 41, 33, 19, 20, 21, 999, -1, -1}}},
     {"  age: {type: number, missing: {-1: other, 999: refused}}"},
     NULL},
    {{{"q",
       9,
       {{1, "Very dissatisfied"}, {5, "Very satisfied"}, {9, "Refused"}},
       {1, 2, 3, 4, 5, 9, 99, 99, 3, 3, 3, 3}}},
     {"  q: {type: scale, missing: {99: other, 9: refused}}"},
     NULL},
    /* The best code first; then, codes of which nobody knows which is best. */
    {{{"sat",
       0,
       {{1, "Very satisfied"},
        {2, "Satisfied"},
        {3, "Neither"},
        {4, "Dissatisfied"},
        {5, "Very dissatisfied"}},
       {1, 2, 3, 4, 5, 1, 1, 1, 1, 1, 1, 1}}},
     {"  sat: {type: scale, reverse: true}", "  - csat:"},
     NULL},
    /* Only the ends have labels, which say which one is the good one. */
    {{{"rate_1", 0, {{1, "best"}, {5, "worst"}}, {1, 2, 3, 4, 5, 1, 1, 1, 1, 1, 1, 1}},
      {"satisf", 0, {{1, "not at all"}, {5, "completely satisfied"}}, {1, 2, 3, 4, 5, 1, 1, 1, 1, 1, 1, 1}}},
     {"  rate_1: {type: scale, reverse: true}  # 1..5 by its labels, the best first",
      "  satisf: {type: scale}", "  - csat:  # satisfied: the best 2 of 5 codes\n      items: [satisf]"},
     NULL},
    {{{"satisfac", 0, {{1, "top"}, {5, "flop"}}, {1, 2, 3, 4, 5, 1, 1, 1, 1, 1, 1, 1}}},
     {"  satisfac: {type: scale}"},
     "\n  - csat"},
    {{{"satisfac",
       0,
       {{1, "gut"}, {5, "schlecht"}, {99, "nichts davon"}},
       {1, 2, 3, 4, 5, 1, 1, 1, 1, 1, 99, 99}}},
     {"  satisfac: {type: scale, range: [1, 5], missing: {99: other}}",
      "# If the high end of satisfac is the good"},
     "\n  - csat"},
    /* Answers in order, whose codes are in another one. */
    {{{"satisf_1",
       0,
       {{1, "Satisfied"}, {2, "Dissatisfied"}, {3, "Neutral"}},
       {1, 2, 3, 1, 2, 3, 1, 1, 1, 1, 1, 1}},
      {"satisf_2",
       0,
       {{1, "Good"}, {2, "Bad"}, {3, "So so"}, {4, "Very good"}},
       {1, 2, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1}}},
     {"  satisf_1: {type: nominal}", "  satisf_2: {type: nominal}",
      "ambiguous: the labels are answers in order, but the codes are not in that order"},
     "reverse"},
    /* Between agreement and disagreement, "not sure" is the middle. */
    {{{"fair",
       0,
       {{1, "Strongly disagree"}, {2, "Disagree"}, {3, "Not sure"}, {4, "Agree"}, {5, "Strongly agree"}},
       {1, 2, 3, 4, 5, 3, 3, 3, 1, 1, 1, 1}}},
     {"'Not sure' is taken for the middle of the scale; if it is no answer: missing: {3: dont_know}",
      "  fair: {type: scale}  # 1..5 by its labels, 120 of 120 rows"},
     NULL},
    /* Labels without an order. */
    {{{"region",
       0,
       {{1, "North"}, {2, "South"}, {3, "East"}, {4, "West"}, {5, "Centre"}},
       {1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2}},
      {"job",
       0,
       {{1, "Clerk"}, {2, "Manager"}, {3, "Worker"}, {4, "Student"}, {5, "Retired"}},
       {1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2}}},
     {"  region: {type: nominal}", "  job: {type: nominal}"},
     "scale"},
};

static void put_labelled(by_hand *h, const labelled_variable *v) {
  put_u32(h, 2);
  put_u32(h, 0);
  put_u32(h, 0);
  put_u32(h, v->missing != 0 ? 1 : 0);
  put_u32(h, 5U << 16 | 8U << 8);
  put_u32(h, 5U << 16 | 8U << 8);
  put_padded(h, v->name, 8);
  if (v->missing != 0) {
    put_double(h, v->missing);
  }
}

static void put_labels(by_hand *h, const labelled_variable *v, uint32_t place) {
  uint32_t count = 0;
  while (count < LABELS_MAX && v->labels[count].label != NULL) {
    count++;
  }
  put_u32(h, 3);
  put_u32(h, count);
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t length = (uint8_t)strlen(v->labels[i].label);
    put_double(h, v->labels[i].code);
    buf_put_u8(&h->file, length);
    put_padded(h, v->labels[i].label, (size_t)(length + 8) / 8 * 8 - 1);
  }
  put_u32(h, 4);
  put_u32(h, 1);
  put_u32(h, place);
}

static uint32_t count_variables(const labelled_case *c) {
  uint32_t count = 0;
  while (count < VARIABLES_MAX && c->variables[count].name != NULL) {
    count++;
  }
  return count;
}

static by_hand make_labelled(const labelled_case *c) {
  by_hand h = begin_by_hand(false, 0, CELLS_MAX * REPEATS);
  const uint32_t count = count_variables(c);
  for (uint32_t i = 0; i < count; i++) {
    put_labelled(&h, &c->variables[i]);
  }
  for (uint32_t i = 0; i < count; i++) {
    put_labels(&h, &c->variables[i], i + 1);
  }
  end_dictionary(&h);
  for (uint32_t row = 0; row < CELLS_MAX * REPEATS; row++) {
    for (uint32_t i = 0; i < count; i++) {
      put_double(&h, c->variables[i].cells[row % CELLS_MAX]);
    }
  }
  return h;
}

static void what_a_files_dictionary_says_goes_before_what_cells_look_like(void **state) {
  const scene *s = *state;
  for (size_t i = 0; i < sizeof labelled_cases / sizeof labelled_cases[0]; i++) {
    const labelled_case *c = &labelled_cases[i];
    char path[PATH_BYTES];
    by_hand h = make_labelled(c);
    process_write_file(s->directory, "labelled.sav", h.file.data, h.file.length, path, sizeof path);
    buf_fini(&h.file);
    const char *given = path;
    char *page = propose(s, &given, 1);
    for (size_t k = 0; k < PARTS_MAX && c->has[k] != NULL; k++) {
      assert_contains(page, c->has[k]);
    }
    if (c->lacks != NULL && strstr(page, c->lacks) != NULL) {
      fail_msg("'%s' is in:\n%s", c->lacks, page);
    }
    check_compiles(s, page, &given, 1);
    free(page);
  }
}

/* $used counts 1 in A and B; $cats joins C and D. */
static void a_multiple_response_set_is_one_variable(void **state) {
  const scene *s = *state;
  by_hand h = begin_by_hand(false, 0, 20);
  put_variable(&h, "A", 0);
  put_variable(&h, "B", 0);
  put_variable(&h, "C", 0);
  put_variable(&h, "D", 0);
  put_information(&h, 7, "$used=D1 1 4 Used a b\n$cats=C 4 Cats c d\n");
  end_dictionary(&h);
  for (int row = 0; row < 20; row++) {
    put_double(&h, row % 2);
    put_double(&h, row % 3 == 0);
    put_double(&h, 1 + row % 4);
    put_double(&h, 5 + row % 3);
  }
  char path[PATH_BYTES];
  process_write_file(s->directory, "sets.sav", h.file.data, h.file.length, path, sizeof path);
  buf_fini(&h.file);
  const char *given = path;
  char *page = propose(s, &given, 1);
  assert_contains(page, "  used: {type: multi}");
  assert_contains(page, "  cats: {type: multi}");
  assert_contains(page, "      items: [used, cats]");
  assert_contains(page, "  # left out: B, a column of the set used");
  assert_contains(page, "  # left out: D, a column of the set cats");
  check_compiles(s, page, &given, 1);
  free(page);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_a_files_dictionary_says_goes_before_what_cells_look_like, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(a_multiple_response_set_is_one_variable, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

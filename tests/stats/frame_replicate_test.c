/* Random groups of rows: by ordinal, or by the unit that the rows are of. */
#include "stats/frame/frame.h"
#include "stats/frame/random.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"

enum { ROWS = 6 };

typedef struct scene {
  program *p;
  fixture *f;
  frame *view;
} scene;

/* The variables are added by the tests. */
static scene scene_new(const char *const *ids) {
  scene s = {.p = program_new(), .f = fixture_new(ROWS)};
  fixture_column(s.f, "id", PACKED_TEXTS, ids);
  return s;
}

static uint32_t add(const scene *s, program_variable v) {
  uint32_t index = 0;
  error err;
  v.name = "v";
  if (program_add_variable(s->p, &v, &index, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return index;
}

static uint32_t add_unit(const scene *s, variable_kind kind) {
  return add(s, (program_variable){.kind = kind, .column = "id"});
}

static uint32_t add_groups(const scene *s, uint32_t *unit, uint32_t groups, uint64_t seed) {
  return add(s, (program_variable){.kind = VARIABLE_REPLICATE,
                                   .inputs = unit,
                                   .inputs_count = unit != NULL ? 1 : 0,
                                   .groups = groups,
                                   .seed = seed});
}

static const uint16_t *groups_of(scene *s, uint32_t variable) {
  coded_view view;
  if (s->view == NULL) {
    assert_int_equal(frame_new(s->p, fixture_rows(s->f), &s->view, NULL), STATUS_OK);
  }
  assert_int_equal(frame_coded(s->view, variable, &view, NULL), STATUS_OK);
  assert_non_null(view.wide);
  return view.wide;
}

static void scene_fini(scene *s) {
  frame_destroy(s->view);
  fixture_destroy(s->f);
  program_destroy(s->p);
}

static const char *const ids[ROWS] = {"17", "18", "17.0", "", "18", "abc"};

static void rows_without_a_unit_are_by_ordinal(void **unused) {
  (void)unused;
  scene s = scene_new(ids);
  const uint32_t groups = add_groups(&s, NULL, 1024, 7);
  const uint16_t *of = groups_of(&s, groups);
  for (uint32_t r = 0; r < ROWS; r++) {
    assert_int_equal(of[r], random_bits(7, RANDOM_REPLICATE, r, 0) & 1023);
  }
  scene_fini(&s);
}

static void rows_of_a_unit_are_in_one_group_and_rows_that_lack_it_by_ordinal(void **unused) {
  (void)unused;
  scene s = scene_new(ids);
  uint32_t text = add_unit(&s, VARIABLE_TEXT);
  const uint32_t groups = add_groups(&s, &text, 1024, 7);
  const uint16_t *of = groups_of(&s, groups);
  assert_int_equal(of[1], of[4]);
  assert_int_equal(of[3], random_bits(7, RANDOM_REPLICATE, 3, 0) & 1023);
  assert_true(of[0] != of[1] && of[0] != of[5]); /* of three units, with this seed */
  scene_fini(&s);
}

/* As text "17" and "17.0" are two; as numbers they are one, and the one that the text "17" is. */
static void a_unit_is_the_same_as_text_as_category_and_as_number(void **unused) {
  (void)unused;
  scene s = scene_new(ids);
  uint32_t units[] = {add_unit(&s, VARIABLE_TEXT), add_unit(&s, VARIABLE_NOMINAL),
                      add_unit(&s, VARIABLE_NUMBER)};
  uint32_t groups[3];
  for (int i = 0; i < 3; i++) {
    groups[i] = add_groups(&s, &units[i], 1024, 7);
  }
  const uint16_t *text = groups_of(&s, groups[0]);
  const uint16_t *nominal = groups_of(&s, groups[1]);
  const uint16_t *number = groups_of(&s, groups[2]);
  assert_memory_equal(text, nominal, ROWS * sizeof *text);
  assert_int_equal(number[0], text[0]);
  assert_int_equal(number[1], text[1]);
  assert_int_equal(number[2], text[0]);
  assert_int_equal(number[5], random_bits(7, RANDOM_REPLICATE, 5, 0) & 1023); /* "abc" is not a number */
  scene_fini(&s);
}

static void fewer_groups_are_the_same_put_together_and_another_seed_deals_anew(void **unused) {
  (void)unused;
  scene s = scene_new(ids);
  uint32_t text = add_unit(&s, VARIABLE_TEXT);
  const uint32_t many = add_groups(&s, &text, 1024, 7);
  const uint32_t few = add_groups(&s, &text, 256, 7);
  const uint32_t other = add_groups(&s, &text, 1024, 8);
  const uint16_t *of_many = groups_of(&s, many);
  const uint16_t *of_few = groups_of(&s, few);
  for (uint32_t r = 0; r < ROWS; r++) {
    assert_int_equal(of_few[r], of_many[r] % 256);
  }
  assert_true(memcmp(of_many, groups_of(&s, other), ROWS * sizeof *of_many) != 0);
  scene_fini(&s);
}

/* Two rows a record, one for each loop; an id that is of the record, or none at all. */
static void stacked_rows_are_in_the_group_of_their_record(void **unused) {
  (void)unused;
  scene s = scene_new(ids);
  uint32_t text = add_unit(&s, VARIABLE_TEXT);
  const uint32_t groups[] = {add_groups(&s, &text, 1024, 7), add_groups(&s, NULL, 1024, 7)};
  for (int i = 0; i < 2; i++) {
    const uint16_t *records = groups_of(&s, groups[i]);
    frame *stacked = NULL;
    coded_view rows;
    assert_int_equal(frame_stacked(s.view, 2, &stacked, NULL), STATUS_OK);
    assert_int_equal(frame_coded(stacked, groups[i], &rows, NULL), STATUS_OK);
    for (uint32_t r = 0; r < 2 * ROWS; r++) {
      assert_int_equal(rows.keys.numbers[rows.wide != NULL ? rows.wide[r] : rows.slots[r]], records[r / 2]);
    }
  }
  scene_fini(&s);
}

static void numbers_of_groups_that_cannot_be_folded_are_refused(void **unused) {
  (void)unused;
  static const uint32_t wrong[] = {0, 100, 128, 300, 2048};
  scene s = scene_new(ids);
  error err;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const program_variable v = {.kind = VARIABLE_REPLICATE, .name = "v", .groups = wrong[i]};
    assert_int_equal(program_add_variable(s.p, &v, NULL, &err), STATUS_USAGE);
    assert_contains(err.message, "there may be 256, 512 or 1024");
  }
  scene_fini(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_without_a_unit_are_by_ordinal),
      cmocka_unit_test(rows_of_a_unit_are_in_one_group_and_rows_that_lack_it_by_ordinal),
      cmocka_unit_test(a_unit_is_the_same_as_text_as_category_and_as_number),
      cmocka_unit_test(fewer_groups_are_the_same_put_together_and_another_seed_deals_anew),
      cmocka_unit_test(stacked_rows_are_in_the_group_of_their_record),
      cmocka_unit_test(numbers_of_groups_that_cannot_be_folded_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* `replicates`: the random groups of rows, and the mistakes that can be made about them. */
#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define COLUMNS "s|t|n|a|b|x|d|w|i|j"

static void without_a_word_the_only_id_is_the_unit(void **unused) {
  (void)unused;
  plan *p = page_plan(PAGE("seed: 5\n"), COLUMNS);
  assert_int_equal(p->replicates.groups, 1024);
  assert_int_equal(p->replicates.seed, 5);
  assert_string_equal(p->variables[p->replicates.unit].name, "i");
  plan_destroy(p);
  p = page_plan(CODEBOOK "  j: {type: id}\nanalyses: [describe: {items: s}]\n", COLUMNS);
  assert_int_equal(p->replicates.unit, PROGRAM_NONE); /* of two ids, neither */
  plan_destroy(p);
}

static void groups_seed_and_unit_are_given(void **unused) {
  (void)unused;
  plan *p = page_plan(PAGE("replicates: {groups: 256, seed: 9, unit: n}\n"), COLUMNS);
  assert_int_equal(p->replicates.groups, 256);
  assert_int_equal(p->replicates.seed, 9);
  assert_string_equal(p->variables[p->replicates.unit].name, "n");
  plan_destroy(p);
  p = page_plan(PAGE("replicates: {unit: none}\n"), COLUMNS);
  assert_int_equal(p->replicates.unit, PROGRAM_NONE);
  assert_int_equal(p->replicates.seed, 1);
  plan_destroy(p);
}

static void a_page_with_other_random_groups_is_another_page(void **unused) {
  (void)unused;
  plan *one = page_plan(PAGE("replicates: {seed: 1}\n"), COLUMNS);
  plan *other = page_plan(PAGE("replicates: {seed: 2}\n"), COLUMNS);
  assert_false(digest_equal(&one->specification, &other->specification));
  plan_destroy(one);
  plan_destroy(other);
}

static void analyses_with_replicates_look_at_the_unit(void **unused) {
  (void)unused;
  static const struct {
    const char *page;
    bool uses;
  } cases[] = {{ANALYSES("  - reliability: {items: [s, t]}\n"), true},
               {ANALYSES("  - describe: {items: [s, t]}\n"), false}};
  for (size_t i = 0; i < 2; i++) {
    bool used[32] = {false};
    plan *p = page_plan(cases[i].page, COLUMNS);
    assert_true(p->variables_count <= 32);
    assert_int_equal(plan_uses(p, used, NULL), STATUS_OK);
    assert_true(used[p->replicates.unit] == cases[i].uses);
    plan_destroy(p);
  }
}

static void mistakes_are_told(void **unused) {
  (void)unused;
  static const mistake_case cases[] = {
      {PAGE("replicates: 512\n"), "10:13: replicates: expected a map of groups, seed, unit, found '512'"},
      {PAGE("replicates: {groups: 300}\n"), "10:22: groups: expected 256, 512 or 1024, found '300'"},
      {PAGE("replicates: {groups: 128}\n"),
       "10:22: groups: expected a whole number from 256 to 1024, found '128'"},
      {PAGE("replicates: {group: 512}\n"), "10:14: replicates: unknown key 'group'; did you mean 'groups'?"},
      {PAGE("replicates: {seed: -1}\n"),
       "10:20: seed: expected a whole number from 0 to 9223372036854775807, found '-1'"},
      {PAGE("replicates: {unit: nn}\n"), "10:20: unknown variable 'nn'; did you mean 'n'?"},
      {PAGE("replicates: {unit: m}\n"),
       "10:20: unit: 'm' is a multiple choice; name an id, a number or a nominal variable of whole records, "
       "or none"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_word_the_only_id_is_the_unit),
      cmocka_unit_test(groups_seed_and_unit_are_given),
      cmocka_unit_test(a_page_with_other_random_groups_is_another_page),
      cmocka_unit_test(analyses_with_replicates_look_at_the_unit),
      cmocka_unit_test(mistakes_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

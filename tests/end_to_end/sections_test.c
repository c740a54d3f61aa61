/* Sections of the text report as a reader finds them: what each is called, and whose a row of a table is. */
#include "tests/check.h"
#include "tests/end_to_end/scene.h"

static const char data[] =
    "id,q,p,r\n"
    "1,1,5,North\n"
    "2,2,4,South\n"
    "3,3,3,South\n"
    "4,3,2,North\n";

#define VARIABLES                                                 \
  "variables:\n"                                                  \
  "  q: {type: scale, range: [1, 5], label: Delivery}\n"          \
  "  p: {type: scale, range: [1, 5], label: Price}\n"             \
  "  r: {type: nominal, values: [North, South], label: Region}\n" \
  "analyses:\n"

static process_result text_of(scene *s, const char *spec) {
  scene_write(s, spec, data);
  process_result r = scene_run(s, "run", "--format", "text");
  assert_int_equal(r.exit_code, 0);
  return r;
}

static void sections_of_one_kind_are_called_by_their_items(void **state) {
  process_result r = text_of(*state, VARIABLES
                             "  - csat: {items: q}\n"
                             "  - csat: {items: [p, q]}\n"
                             "  - crosstab: {rows: q, columns: r}\n"
                             "  - crosstab: {rows: p, columns: r}\n"
                             "  - describe: {items: p}\n");
  assert_contains(r.out, "\n2  Customer satisfaction (top boxes): Price, Delivery\n");
  assert_contains(r.out, "\n4  Cross table: Price × Region\n");
  assert_contains(r.out, "\n5  Descriptive statistics\n"); /* there is one of it */
  assert_null(strstr(r.out, "csat_2"));
  assert_null(strstr(r.out, "crosstab_2"));
  process_result_fini(&r);
}

static void names_and_labels_of_sections_stand(void **state) {
  process_result r = text_of(*state, VARIABLES
                             "  - csat: {items: q, name: csat_late}\n"
                             "  - csat: {items: p, label: Prices}\n"
                             "  - csat: {items: [p, q]}\n");
  assert_contains(r.out, "\n1  csat_late · Customer satisfaction (top boxes)\n");
  assert_contains(r.out, "\n2  Prices · Customer satisfaction (top boxes)\n");
  assert_contains(r.out, "\n3  Customer satisfaction (top boxes)\n");
  process_result_fini(&r);
}

/* "Delivery" was once above five rows of North and five of South. */
static void an_item_is_named_again_where_the_group_changes(void **state) {
  process_result r = text_of(*state, VARIABLES "  - describe: {items: [q, p], by: r}\n");
  assert_contains(r.out, "\n   Delivery  Total   1 ");
  assert_contains(r.out, "\n   Delivery  North   1 ");
  assert_contains(r.out, "\n   Delivery  South   1 ");
  assert_contains(r.out, "\n                     2 ");
  process_result_fini(&r);
}

/* "No answers: factors" named the analysis, and a banner table without a row said nothing. */
static void sections_without_answers_say_so(void **state) {
  process_result r = text_of(*state, VARIABLES
                             "  - tables: {questions: [q, p], banner: r, where: \"q == 5\"}\n"
                             "  - factors: {items: [q, p], where: \"q == 5\"}\n");
  assert_contains(r.out, "! No answers: Delivery.");
  assert_contains(r.out, "! No answers: Price.");
  assert_contains(r.out, "! No row answers all of the items");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(sections_of_one_kind_are_called_by_their_items),
      SCENE_TEST(names_and_labels_of_sections_stand),
      SCENE_TEST(an_item_is_named_again_where_the_group_changes),
      SCENE_TEST(sections_without_answers_say_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A codebook as a table beside the page: what it gives to variables, and mistakes with their places in it. */
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define PAGE_OF_FIVE                                                                   \
  "variables:\n"                                                                       \
  "  q1: {type: scale, range: [1, 5], label: Ours}\n"                                  \
  "  \"s_*\": {column: \"S*\", type: scale, range: [0, 1], values: {0: no, 1: yes}}\n" \
  "  sex: {type: nominal}\n"                                                           \
  "  age: {type: number}\n"                                                            \
  "  used: {type: multi, columns: {web: u1, app: u2}}\n"                               \
  "analyses: [describe: {items: q1}]\n"
#define COLUMNS_OF_FIVE "q1|S1|sex|age|u1|u2"

static status read_both(const char *page, const char *table, const char *columns, plan **out, buf *told) {
  spec *s = NULL;
  spec_problems problems = {0};
  error err = {STATUS_OK, ""};
  manifest *dataset = page_columns(columns);
  const spec_text codebook = {"codes.csv", slice_of(table)};
  *out = NULL;
  status st = spec_parse_with((spec_text){"spec.yaml", slice_of(page)}, &codebook, &s, &problems, &err);
  st = st == STATUS_OK ? spec_plan(s, dataset, out, &problems, &err) : st;
  buf_put(told, problems.text.data, problems.text.length);
  buf_put_u8(told, 0);
  spec_problems_fini(&problems);
  manifest_destroy(dataset);
  spec_destroy(s);
  return st;
}

static plan *plan_with(const char *page, const char *table, const char *columns) {
  plan *p;
  buf told;
  buf_init(&told);
  if (read_both(page, table, columns, &p, &told) != STATUS_OK) {
    fail_msg("%s", (const char *)told.data);
  }
  buf_fini(&told);
  return p;
}

static const char *label_of(const plan *p, const char *name, uint32_t i) {
  const plan_variable *v = plan_find(p, name);
  return i < v->values_count ? v->values[i].label.text[0] : NULL;
}

static void a_table_gives_what_the_page_does_not_say(void **state) {
  (void)state;
  static const char *const tables[] = {
      "variable,label,value,value label,missing\n"
      "q1,Theirs,1,Bad,\n,,5,\"Very \"\"good\"\"\",\n,,9,No idea,dont_know\n"
      "S1,A column,0,nein,\n"
      "sex,Sex,2,Female,no\nsex,,1,Male,\n"
      "age,Age,-1,,x\n"
      "used,,web,The web,\n"
      "unknown,Whatever,1,a,\n",
      /* other names, order, delimiter, line ends and a mark at the start; further columns */
      "\xEF\xBB\xBF"
      "Missing;Code;Name;Variable_Label;Value_Labels;Remark\r\n"
      ";1;q1;Theirs;Bad;x\r\n;5;;;\"Very \"\"good\"\"\"\r\ndont_know;9;q1;;No idea\r\n"
      ";0;S1;A column;nein\r\n0;2;sex;Sex;Female\r\n;1;;;Male\r\nyes;-1;age;Age;\r\n;web;used;;The "
      "web\r\n;1;unknown;Whatever;a",
  };
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    plan *p = plan_with(PAGE_OF_FIVE, tables[i], COLUMNS_OF_FIVE);
    assert_string_equal(plan_find(p, "q1")->label.text[0], "Ours"); /* the page's own label stays */
    assert_int_equal(plan_find(p, "q1")->values_count, 2);
    assert_string_equal(label_of(p, "q1", 1), "Very \"good\"");
    const program_variable *q1 = plan_program_variable(p, "q1");
    assert_int_equal(q1->rules_count, 1);
    assert_int_equal(q1->rules[0].reason, MISSING_DONT_KNOW);
    assert_string_equal(plan_find(p, "s_1")->label.text[0], "A column"); /* found by its column */
    assert_string_equal(label_of(p, "s_1", 0), "no");                    /* its own values, as a whole */
    assert_string_equal(label_of(p, "sex", 0), "Female");                /* in the table's order */
    assert_string_equal(label_of(p, "sex", 1), "Male");
    assert_int_equal(plan_program_variable(p, "age")->rules[0].reason, MISSING_OTHER);
    assert_string_equal(label_of(p, "used", 0), "The web");
    plan_destroy(p);
  }
}

static void a_table_is_worth_the_same_as_the_page(void **state) {
  (void)state;
  plan *one = plan_with("variables: {q: {type: scale, range: [1, 3]}}\nanalyses: [describe: {items: q}]\n",
                        "variable,label,value,value label,missing\nq,Q,1,a,\nq,,8,,refused\n", "q");
  plan *other = page_plan(
      "variables: {q: {type: scale, range: [1, 3], label: Q, values: {1: a}, missing: {8: refused}}}\n"
      "analyses: [describe: {items: q}]\n",
      "q");
  assert_memory_equal(&one->specification, &other->specification, sizeof(digest));
  plan_destroy(one);
  plan_destroy(other);
}

/* As exports write it in each row. */
static void a_label_may_be_repeated(void **state) {
  (void)state;
  plan *p = plan_with("variables: {sex: {type: nominal}}\nanalyses: [describe: {items: sex}]\n",
                      "variable,label,value,value label\nsex,Sex,1,Male\nsex,Sex,2,Female\n", "sex");
  assert_string_equal(plan_find(p, "sex")->label.text[0], "Sex");
  assert_string_equal(label_of(p, "sex", 1), "Female");
  plan_destroy(p);
}

static void mistakes_have_their_place_in_the_table(void **state) {
  (void)state;
  static const struct {
    const char *table, *told;
  } cases[] = {
      {"",
       "codes.csv:1:1: codebook: the first row has to name the columns: variable, label, value, value label, "
       "missing\n"},
      {"variable,what\nq1,x\n",
       "codes.csv:1:1: codebook: the first row has to name the columns: variable, label, value, value label, "
       "missing\n"},
      {"variable,label\nq1,\"x\n", "codes.csv:2:4: codebook: this quote is not closed\n"},
      {"variable,value\n,1\n", "codes.csv:2:1: codebook: no variable, and none above it\n"},
      {"variable,value\nq1,1\nq1,1\n", "codes.csv:3:4: codebook: the value '1' stands twice\n"},
      {"variable,label\nq1,Ours\nq1,Theirs\n",
       "codes.csv:3:4: codebook: the variable has a second label, 'Theirs'; the first, in line 2, is "
       "'Ours'\n"},
      {"variable,label\ns_1,One\nS1,Two\n",
       "codes.csv:3:1: codebook: 'S1' is the column of 's_1', which the table describes by its name in line "
       "2; "
       "leave one of them out\n"},
      {"variable,value,value label\nq1,1,a\nq1,7,b\n",
       "codes.csv:3:4: values: 7 is outside the range [1, 5] of 'q1'\n"},
      {"variable,value,missing\nq1,9,gone\n",
       "codes.csv:2:6: unknown reason 'gone'; expected one of: blank, not_asked, not_applicable, refused, "
       "dont_know, "
       "other\n"},
      {"variable,label\nzz,Z\n",
       "codes.csv:1:1: codebook: it says nothing of any variable of the specification\n"},
      {"variable,label\nq1,\xff\n", "codes.csv:1:1: codebook: the text is not UTF-8; save it as UTF-8\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    plan *p;
    buf told;
    buf_init(&told);
    assert_int_equal(read_both(PAGE_OF_FIVE, cases[i].table, COLUMNS_OF_FIVE, &p, &told),
                     STATUS_SPECIFICATION);
    assert_string_equal((const char *)told.data, cases[i].told);
    buf_fini(&told);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_table_gives_what_the_page_does_not_say),
      cmocka_unit_test(a_table_is_worth_the_same_as_the_page),
      cmocka_unit_test(a_label_may_be_repeated),
      cmocka_unit_test(mistakes_have_their_place_in_the_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What `canvass init` makes of small files, each from a situation that people meet; and of tables at random.
 * Every proposal compiles over the file that it was made from. */
#include "tests/seeded.h"
#include "tests/specification/proposal_scene.h"

enum { FILES_MAX = 2, TABLES = 60, TABLE_COLUMNS = 12, TABLE_ROWS = 60 };

/* ---- Small files --------------------------------------------------------------------------------- */

typedef struct file_case {
  const char *files[FILES_MAX];
  const char *has[PARTS_MAX], *lacks;
} file_case;

#define R3(row)  row row row
#define R9(row)  R3(R3(row))
#define TENS(n)  "$" n "1\n$" n "2\n$" n "3\n$" n "4\n$" n "5\n$" n "6\n$" n "7\n$" n "8\n"
#define R36(row) R9(row) R9(row) R9(row) R9(row)

static const file_case cases[] = {
    /* Leading zeros do not belong to numbers. */
    {{"branch,x\n" R3("007,1\n010,2\n")}, {"  branch: {type: nominal}", "some have leading zeros"}, NULL},
    /* Nor do 18 digits: they are ids. */
    {{"order,x\n110105199001011234,1\n110105199001011235,2\n"},
     {"  order: {type: text}"},
     "order: {type: number"},
    /* Blanks do not turn numbers into text; thousands separators and units are taken off. */
    {{"spent,n\n\"1,234.50元\",\n800元,3\n300,4\n"},
     {"  spent: {type: number, thousands: \",\", suffix: 元}"},
     NULL},
    {{"paid\n$3\n$4.50\n$1200\n"}, {"  paid: {type: number, prefix: \"$\"}  # 3..1200"}, NULL},
    /* All of them are per cent, or it is not known what the others are. */
    {{"share\n45%\n30%\n"}, {"  share: {type: number, suffix: \"%\"}"}, "ambiguous"},
    {{"share\n45%\n0.3\n30%\n"}, {"ambiguous: 1 of the numbers are without %"}, "{type: number"},
    /* Amounts are not ids, although none occurs twice. */
    {{"spent\n" TENS("1") TENS("2") TENS("3")}, {"  spent: {type: number, prefix: \"$\"}"}, "type: id"},
    {{"n,x\n1.5,1\n#DIV/0!,2\n2.5,3\n#REF!,4\n"},
     {"  n: {type: number, missing: {\"#DIV/0!\": other, \"#REF!\": other}}"},
     NULL},
    /* A comma is the decimal mark where nothing else has one. */
    {{"a;b\n0,5;12,25\n1,5;3\n"},
     {"data: {decimal: \",\"}", "  a: {type: number}", "  b: {type: number}"},
     NULL},
    /* 1,3 as Qualtrics writes it is a list. */
    {{"used;x\n1,3;1\n2;2\n1,4;3\n"}, {"  used: {type: multi, delimiter: \",\"}"}, "decimal"},
    /* Codes of no answer are found before the type is. */
    {{"overall\n" R36("1\n2\n3\n4\n5\n") "99\n"},
     {"  overall: {type: scale, range: [1, 5], missing: {99: other}}", "no answer: 99 1"},
     NULL},
    {{"overall\n" R36("1\n2\n3\n4\n5\n") "9\n"}, {"missing: {9: other}", "ambiguous: 8 and 9"}, NULL},
    {{"overall\n" R9("4\n5\nN/A\ndon't know\n")},
     {"type: scale, range: [1, 5], missing: {\"N/A\": not_applicable, \"don't know\": dont_know}"},
     NULL},
    {{"age\n18\n35\n70\n22\n41\n33\n19\n20\n21\n23\n24\n25\n26\n999\n"},
     {"  age: {type: number, missing: {999: other}}", "ambiguous: 999"},
     NULL},
    /* Ten points, nobody at the low end. */
    {{"q1,q2,q3\n" R9("4,10,7\n10,3,10\n9,9,2\n8,10,10\n")},
     {"  points_1_10: {range: [1, 10]}  # 3 variables", "  q1: {scale: points_1_10}  # 4..10, 36 of 36 rows",
      "  - correlate:\n      items: [q1, q2, q3]"},
     "csat:\n"},
    /* 0 and 1 are not always yes and no: alone they are codes. */
    {{"flag,other_q\n" R9("0,1\n1,2\n")}, {"  flag: {type: nominal}", "  other_q: {type: nominal}"}, NULL},
    {{"region\n" R9("1\n2\n3\n4\n")}, {"  region: {type: nominal}", "ambiguous: taken for codes"}, NULL},
    /* 0 to 10 with "recommend" is for the net promoter score, in three scripts. */
    {{"How likely are you to recommend us?\n0\n10\n9\n"},
     {"type: scale, range: [0, 10]", "  - nps:\n      items: [how_likely_are_you_to_recommend_us]"},
     "ambiguous"},
    {{"您愿意推荐我们吗\n7\n10\n9\n"}, {"range: [0, 10]", "ambiguous: nobody answered 0", "- nps:"}, NULL},
    {{"推薦意願,x\n10 - 非常願意,1\n3,2\n0 - 完全不願意,2\n"},
     {"range: [0, 10], leading_number: true", "- nps:"},
     NULL},
    {{"recommend\n" R9("1\n11\n10\n7\n")},
     {"type: scale, range: [1, 11]", "if 1..11 stand for 0..10"},
     "- nps:"},
    {{"trust,recommend,like\n" R9("1,7,2\n7,1,7\n4,5,6\n2,3,1\n")},
     {"points_1_7: {range: [1, 7]}  # 3 variables"},
     "- nps:"},
    {{"flight_type,flight_class\n" R9("1,3\n7,1\n4,2\n2,3\n")},
     {"  flight_class: {type: nominal}"},
     "scales"},
    {{"recommend\n1\n5\n4\n"}, {"type: scale, range: [1, 5]"}, "nps"},
    {{"你的评分（1-7）\n3\n4\n2\n"}, {"type: scale, range: [1, 7]"}, NULL},
    /* Ladders, whatever stands around the words. */
    {{"How satisfied?\nVery satisfied\nSatisfied\nVery dissatisfied\n"},
     {"texts: {Very dissatisfied: 1, Dissatisfied: 2, Neutral: 3, Satisfied: 4, Very satisfied: 5}",
      "  - csat:  # satisfied: the best 2 of 5 codes"},
     NULL},
    {{"服务\nA.非常满意\nC.一般\nE.非常不满意\n"},
     {"texts: {\"E.非常不满意\": 1, 不满意: 2, \"C.一般\": 3, 满意: 4, \"A.非常满意\": 5}", "- csat:"},
     NULL},
    {{"服務\n非常滿意\n普通\n不滿意\n不清楚\n"}, {"普通: 3", "missing: {不清楚: dont_know}"}, NULL},
    {{"Visits\nNever\nOften\nSometimes\n"},
     {"Never: 1, Rarely: 2, Sometimes: 3, Often: 4, Always: 5"},
     "csat"},
    {{"s1,s2\nAgree,Strongly agree\nDisagree,Agree\nStrongly disagree,agree\n"},
     {"  agree5: {range: [1, 5], texts: {Strongly disagree: 1, Disagree: 2", "Agree: 4, agree: 4",
      "  s1: {scale: agree5}"},
     NULL},
    {{"cat\nlikes\nneutral\nhates\nlikes\n"}, {"  cat: {type: nominal}"}, "scale"},
    /* Dates, and two readings. */
    {{"Start Date,d\n03/04/2025 9:10,1\n04/05/2025 9:10,2\n"},
     {"start_date: {column: Start Date, type: text",
      "so it stays text, until the right one is written: type: date, format: \"%m/%d/%Y *\" or \"%d/%m/%Y "
      "*\""},
     "type: date, format: \"%m/%d/%Y *\"}"},
    {{"d\n13/04/2025\n04/05/2025\n"}, {"  d: {type: date, format: \"%d/%m/%Y\"}"}, "ambiguous"},
    {{"d\n2025-03-01\n45748\n2025/4/2\n"},
     {"  d: {type: date, format: [\"%Y-%m-%d\", \"%Y/%m/%d\", excel]}"},
     NULL},
    {{"n\n45748\n45749\n45760\n"}, {"  n: {type: number}"}, "date"},
    /* Ids, weights. */
    {{"Respondent ID,wt\n17,0.8\n18,1.2\n19,1\n"},
     {"  respondent_id: {column: Respondent ID, type: id", "  wt: {type: weight, kind: sampling}",
      "# weight: wt"},
     "\nweight:"},
    /* Several answers: in one cell, in columns of marks, of texts, of flags. */
    {{"Which?\n\"Web shop, App\"\nApp\n\"App, Phone\"\nWeb shop\n"},
     {"type: multi, delimiter: \", \""},
     NULL},
    {{"why\n\"Fast, friendly, cheap\"\n\"I had to wait, which I hate\"\n\"Nice people, bad coffee\"\n"},
     {"  why: {type: text}"},
     "multi"},
    {{"rank\nA;B;C;\nB;C;A;\nC;A;B;\n"},
     {"  rank: {type: ranking, delimiter: \";\", values: [A, B, C]}", "a ranking of 3",
      "if the order says nothing: type: multi"},
     NULL},
    {{"id,use_web,use_app,sat\n1,1,0,5\n2,0,1,4\n3,1,,5\n"},
     {"  use:  # 2 columns of marks", "      web: use_web  # 2 chose it"},
     "chosen: any"},
    {{"Q | Web,Q | App,Q | Other\nWeb,,\n,App,kiosk\nWeb,App,\n"},
     {"      Other: \"Q | Other\"", "    chosen: any"},
     NULL},
    {{"use___1,use___2\nChecked,Unchecked\nUnchecked,Checked\n"},
     {"    texts: {Checked: 1, Unchecked: 0}"},
     NULL},
    /* A matrix is a construct; an item that goes against the others is told. */
    {{"How do you like us? [Price],How do you like us? [Speed]\n4,5\n3,2\n1,1\n"},
     {"    label: \"How do you like us?\"", "  - index: {construct: how_do_you_like_us}"},
     NULL},
    {{"v1,v2,v3\n" R9("1,1,5\n2,2,4\n4,4,2\n5,5,1\n")},
     {"# r = -1.00 with the rest of its battery"},
     "reverse: true}"},
    /* Rare zeros beside a scale from 1. */
    {{"a1,a2,a3\n" R36("1,2,3\n5,1,5\n3,5,1\n") "0,4,4\n4,0,3\n"},
     {"missing: {0: not_applicable}", "if it is an answer: range: [0, 5]"},
     NULL},
    /* Words of a title that say which end is the good one. */
    {{"满意度（1=非常满意，5=非常不满意）,x\n" R9("1,a\n2,a\n5,b\n4,b\n")},
     {"# reversed: its title says 1=非常满意", "type: scale, range: [1, 5], reverse: true",
      "satisfied: the best 2"},
     NULL},
    {{"\"How satisfied are you? (1 = best, 5 = worst)\"\n" R9("1\n2\n5\n4\n")},
     {"its title says 1 = best", "range: [1, 5], reverse: true"},
     NULL},
    {{"服务满意度(1 非常不满意 … 5 非常满意)\n" R9("1\n2\n5\n4\n")},
     {"type: scale, range: [1, 5], label:", "# satisfied: the best 2 of 5 codes\n"},
     "reverse"},
    {{"Satisfaction 1=A 5=E\n" R9("1\n2\n5\n4\n")},
     {"unclear which end is the good one", "# - csat:"},
     "- csat:  "},
    /* Where nothing says so, the page does. */
    {{"Satisfaction\n" R9("1\n2\n5\n4\n")}, {"the high ones: nothing in the file says otherwise"}, "reverse"},
    /* Words among numbers are no answers, known or not; among codes of categories they are. */
    {{"age,n\n" R9("18,1\n35,1\n70,2\nKeine Angabe,2\n") R3("41,1\nweg,1\n")},
     {"  age: {type: number, missing: {Keine Angabe: refused, weg: other}}",
      "ambiguous: 'weg', in 3 rows, is a word among numbers"},
     "'Keine Angabe', in"},
    {{"visits\n" R9("1.5\n2.5\n3.5\n无\n")}, {"missing: {无: other}", "if it means 0: texts: {无: 0}"}, NULL},
    {{"wait\n" R9("1.5\nn.v.t.\n3.5\n2.5\n")}, {"missing: {\"n.v.t.\": not_applicable}"}, "nominal"},
    {{"region\n" R9("1\n2\n3\nabroad\n")}, {"  region: {type: nominal}"}, "missing"},
    {{"d,x\n2025-03-01,1\n2025-04-05,2\nlater,3\n2025-04-06,3\n"},
     {"  d: {type: date, missing: {later: other}}", "ambiguous: 'later', in 1 rows"},
     NULL},
    /* Day and month that a spreadsheet has exchanged. */
    {{"d\n2025-03-01\n2025-04-02\n2025-05-12\n13/03/2025\n25/04/2025\n"},
     {"format: [\"%Y-%m-%d\", \"%d/%m/%Y\"]", "ambiguous: 3 dates are read as \"%Y-%m-%d\" and none of them"},
     NULL},
    {{"d\n2025-03-01\n2025-04-20\n2025-05-12\n13/03/2025\n25/04/2025\n"}, {"  d: {type: date"}, "exchanged"},
    /* Rows of totals are no respondents: their cells are not looked at, and no analysis has them. */
    {{"编号,满意度,金额\n1,5,10\n2,4,20\n3,5,30\n4,4,40\n合计,18,100\n平均：,4.5,25\n"},
     {"from all 4 rows", "rows of totals or notes, left out: 2 (lines 6, 7)",
      "满意度: {type: scale, range: [1, 5]}", "  金额: {type: number}  # 10..40"},
     "where"},
    {{"编号,满意度,金额\nA1,5,10\nA2,4,20\nA3,5,30\nA4,4,40\n合计,17,101\n"}, /* the reader is not certain */
     {"from all 4 rows", "rows that may be totals, and are counted as respondents: 1 (lines 6)",
      "line 6: a total ('合计')", "编号: {type: id, missing: {合计: other}}",
      "满意度: {type: scale, range: [1, 5]}", "  金额: {type: number}  # 10..40",
      "      where: not missing(编号)"},
     "invalid_"},
    {{"id,sat,x\n1,5,a\n2,4,b\n注：满分5分,,\n"},
     {"rows of totals or notes, left out: 1 (lines 4)", "from all 2 rows"},
     "a total"},
    {{"id,sat,x\n1,5,a\n2,4,b\nnote: good,3,\n"}, {"from all 3 rows"}, "a note"},
    {{"name,sat\nTotal,5\nb,4\nTotal,5\n"}, {"from all 3 rows"}, "a total"},
    /* Columns of marks with the option in brackets; brackets without a neighbour are a remark. */
    {{"\"2、渠道(朋友)\",\"2、渠道(其他(请注明))\",消费（元）\n1,0,5.5\n0,1,6.5\n1,1,7\n"},
     {"  q2_渠道:  # 2 columns of marks", "      朋友: \"2、渠道(朋友)\"",
      "      \"其他(请注明)\": ", "  消费_元: {column: \"消费（元）\", type: number"},
     NULL},
    {{"In-flight food,In-flight wifi\n" R9("1,5\n5,4\n3,3\n")}, {"in_flight_food: {"}, "constructs"},
    /* Rankings, and what is written in. */
    {{"顺序,用过\n价格→质量,App┋其他〖小程序〗\n质量→价格,网站┋App\n价格,网站\n"},
     {"  顺序: {type: ranking, delimiter: \"→\", values: [价格, 质量]}",
      "  用过: {type: multi, delimiter: \"┋\", other: 其他}"},
     NULL},
    {{"used,n\n\"App\nWeb\",1\nWeb,2\n\"Web\nApp\",3\nApp,4\n"},
     {"  used: {type: multi, delimiter: \"\\u000A\"}"},
     NULL},
    {{"Q4(1)价格,Q4(2)服务\n" R9("1,5\n5,4\n3,3\n")}, {"  Q4:\n    items: [价格, 服务]"}, NULL},
    /* What people write is not a category, even where most write nothing else than "none". */
    {{"您的建议\n" R9("无\n无\n送货太慢，等了三天\n")},
     {"  您的建议: {type: text}  # its title asks for a comment"},
     NULL},
    /* Hostile titles and texts. */
    {{"\"a: {b}\",\"q*\",\"# x\",\"yes\",\"say \"\"hi\"\" \\\"\n1,2,3,4,5\n"},
     {"column: \"a: {b}\"", "column: \"q*\"", "column: \"# x\"", "  \"yes\": {",
      "column: \"say \\\"hi\\\" \\\\\""},
     NULL},
    {{"t\n\"- [x]: {y}\"\n\"- [x]: {y}\"\n\"#\"\n"},
     {"  t: {type: nominal}  # 2 different: - [x]: {y} 2, # 1"},
     NULL},
    /* Files of several waves. */
    {{"id,sat\n1,5\n2,4\n", "id,sat,rec\n3,3,9\n4,5,10\n"},
     {"  rec: {type: nominal, optional: true}", "and 1 more"},
     "sat: {type: scale, range: [1, 5], optional"},
};

static void columns_become_what_people_take_them_for(void **state) {
  const scene *s = *state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char paths[FILES_MAX][PATH_BYTES];
    const char *given[FILES_MAX];
    size_t count = 0;
    for (; count < FILES_MAX && cases[i].files[count] != NULL; count++) {
      char name[32];
      (void)snprintf(name, sizeof name, "%zu-%zu.csv", i, count);
      process_write_file(s->directory, name, cases[i].files[count], strlen(cases[i].files[count]),
                         paths[count], PATH_BYTES);
      given[count] = paths[count];
    }
    char *page = propose(s, given, count);
    for (size_t k = 0; k < PARTS_MAX && cases[i].has[k] != NULL; k++) {
      assert_contains(page, cases[i].has[k]);
    }
    if (cases[i].lacks != NULL && strstr(page, cases[i].lacks) != NULL) {
      fail_msg("'%s' is in:\n%s", cases[i].lacks, page);
    }
    check_compiles(s, page, given, count);
    free(page);
  }
}

static void a_file_that_is_not_utf_8_is_read_in_the_probable_encoding(void **state) {
  const scene *s = *state;
  /* 满意度 / 非常满意 / 一般 / 不满意 in GBK */
  static const char text[] =
      "\xc2\xfa\xd2\xe2\xb6\xc8,x\n\xb7\xc7\xb3\xa3\xc2\xfa\xd2\xe2,1\n\xd2\xbb\xb0\xe3,"
      "2\n\xb2\xbb\xc2\xfa\xd2\xe2,3\n";
  char path[PATH_BYTES];
  process_write_file(s->directory, "gbk.csv", text, sizeof text - 1, path, sizeof path);
  const char *given = path;
  char *page = propose(s, &given, 1);
  assert_contains(page, "data: {encoding: gb18030}");
  assert_contains(page, "非常满意: 5");
  check_compiles(s, page, &given, 1);
  free(page);
}

/* ---- Tables at random ---------------------------------------------------------------------------- */

static const char *const titles[] = {"q1",   "q2",       "q3",     "Q | A",  "Q | B", "Q | Other",
                                     "id",   "满意度",   "wt",     "date",   "m___1", "m___2",
                                     "a[1]", "a[2]",     "推荐?",  "x y: z", "q*",    "a #1",
                                     "note", "\"\"\"\"", "used_1", "used_2", "12",    "null"};

static const char *const cells[] = {
    "",        "0",        "1",        "2",        "5",          "9",      "10",           "99",
    "-9",      "N/A",      "满意",     "非常满意", "一般",       "Agree",  "Yes",          "No",
    "A;B",     "A;",       "\"A, B\"", "\"x, y\"", "2025-03-01", "3/4/25", "007",          "1.5",
    "\"1,5\"", "\"\"\"\"", "# - {",    "5 - good", "good (3)",   "$4",     "\xef\xbc\x95", "\xe2\x80\x8b"};

/* A column has cells of a few kinds: purely random ones would all be categories. */
static void put_table(seeded *r, buf *out) {
  uint64_t first[TABLE_COLUMNS];
  uint64_t kinds[TABLE_COLUMNS];
  const uint64_t columns = 1 + seeded_below(r, TABLE_COLUMNS);
  const uint64_t begin = seeded_below(r, sizeof titles / sizeof titles[0]);
  buf_printf(out, "sep=,\n"); /* titles hold other delimiters, and the reader would have to guess */
  for (uint64_t i = 0; i < columns; i++) {
    buf_printf(out, "%s%s", i > 0 ? "," : "", titles[(begin + i) % (sizeof titles / sizeof titles[0])]);
    first[i] = seeded_below(r, sizeof cells / sizeof cells[0]);
    kinds[i] = 1 + seeded_below(r, 6);
  }
  buf_printf(out, "\n");
  const uint64_t rows = 1 + seeded_below(r, TABLE_ROWS);
  for (uint64_t row = 0; row < rows; row++) {
    for (uint64_t i = 0; i < columns; i++) {
      const uint64_t cell = (first[i] + seeded_below(r, kinds[i])) % (sizeof cells / sizeof cells[0]);
      buf_printf(out, "%s%s", i > 0 ? "," : "", cells[cell]);
    }
    buf_printf(out, "\n");
  }
  buf_printf(out, "%s", seeded_below(r, 2) == 0 ? "end" : "合计"); /* so that there is a row */
  for (uint64_t i = 1; i < columns; i++) {
    buf_printf(out, ",");
  }
  buf_printf(out, "\n");
}

static void any_table_has_a_proposal_that_compiles(void **state) {
  const scene *s = *state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < TABLES; i++) {
    buf table;
    char path[PATH_BYTES];
    buf_init(&table);
    put_table(&r, &table);
    process_write_file(s->directory, "random.csv", table.data, table.length, path, sizeof path);
    const char *given = path;
    char *page = propose(s, &given, 1);
    check_compiles(s, page, &given, 1);
    free(page);
    buf_fini(&table);
  }
}

/* Not on how the rows are cut. */
static void a_proposal_depends_on_the_file_alone(void **state) {
  const scene *s = *state;
  seeded r = {seeded_seed()};
  buf table;
  char path[PATH_BYTES];
  buf_init(&table);
  put_table(&r, &table);
  process_write_file(s->directory, "cut.csv", table.data, table.length, path, sizeof path);
  const char *given = path;
  char *first = propose(s, &given, 1);
  for (uint32_t rows = 1; rows <= 64; rows *= 4) {
    manifest *m = NULL;
    error err;
    proposal_source source;
    const reading_options reading = {.shard_rows = rows, .threads = 3};
    buf page;
    buf_init(&page);
    assert_int_equal(proposal_read(&reading, &given, 1, s->blobs, &m, &source, &err), STATUS_OK);
    assert_int_equal(proposal_make(m, s->blobs, &source, 0, &page, &err), STATUS_OK);
    assert_int_equal(page.length, strlen(first));
    assert_memory_equal(page.data, first, page.length);
    buf_fini(&page);
    manifest_destroy(m);
  }
  free(first);
  buf_fini(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(columns_become_what_people_take_them_for, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_file_that_is_not_utf_8_is_read_in_the_probable_encoding, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(any_table_has_a_proposal_that_compiles, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_proposal_depends_on_the_file_alone, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rows that add up the others, and remarks below a table: left out where there is no doubt, told where there
 * is, and never a respondent who merely writes such a word. */
#include "reading/total_words.h"
#include "tests/reading/xlsx_reading.h"

enum { LINES_BYTES = 128 };

static const char *lines_of(const file_skipped *s, char out[LINES_BYTES]) {
  out[0] = '\0';
  for (uint32_t i = 0; i < s->lines_count; i++) {
    const size_t used = strlen(out);
    snprintf(out + used, LINES_BYTES - used, "%s%llu", i > 0 ? " " : "", (unsigned long long)s->lines[i]);
  }
  return out;
}

/* ---- Words --------------------------------------------------------------------------------------- */

static void words_are_known_however_they_are_written(void **state) {
  (void)state;
  static const struct {
    const char *text;
    total_word is;
  } cases[] = {
      {"合计", TOTAL_WORD_SURE},
      {"合 计", TOTAL_WORD_SURE},
      {"合　计：", TOTAL_WORD_SURE},
      {"合计（40份）", TOTAL_WORD_SURE},
      {"小计(北京)", TOTAL_WORD_SURE},
      {"总 计", TOTAL_WORD_SURE},
      {"平均分", TOTAL_WORD_SURE},
      {"平均分(满分5)", TOTAL_WORD_SURE},
      {"得分率", TOTAL_WORD_SURE},
      {"满意率：", TOTAL_WORD_SURE},
      {"标准差", TOTAL_WORD_SURE},
      {"最大值", TOTAL_WORD_SURE},
      {"Grand Total", TOTAL_WORD_SURE},
      {"SUBTOTAL", TOTAL_WORD_SURE},
      {"Std. Dev.", TOTAL_WORD_SURE},
      {"std.dev", TOTAL_WORD_SURE},
      {"Total", TOTAL_WORD_PLAIN},
      {"ＴＯＴＡＬ", TOTAL_WORD_PLAIN},
      {"\xe2\x80\x8bTotal:", TOTAL_WORD_PLAIN},
      {"Total (n=40)", TOTAL_WORD_PLAIN},
      {"Average", TOTAL_WORD_PLAIN},
      {"Mean", TOTAL_WORD_PLAIN},
      {"北京店 汇总", TOTAL_WORD_PLAIN},
      {"北京店小计：", TOTAL_WORD_PLAIN},
      {"平均满意度", TOTAL_WORD_PLAIN},
      {"Count", TOTAL_WORD_WEAK},
      {"N", TOTAL_WORD_WEAK},
      {"N = 40", TOTAL_WORD_WEAK},
      {"Max", TOTAL_WORD_WEAK},
      {"Total respondents", TOTAL_WORD_WEAK},
      {"North total", TOTAL_WORD_WEAK},
      {"制表：张三", TOTAL_WORD_NOTE},
      {"审核：", TOTAL_WORD_NOTE},
      {"注：本表仅供内部使用", TOTAL_WORD_NOTE},
      {"备注:略", TOTAL_WORD_NOTE},
      {"Source: CRM export of May, without the branches that closed, and with all that is very long behind "
       "it",
       TOTAL_WORD_NOTE},
      {"note: n/a", TOTAL_WORD_NOTE},
      {"", TOTAL_WORD_NONE},
      {"(空)", TOTAL_WORD_NONE},
      {"Totally", TOTAL_WORD_NONE},
      {"Totalenergies", TOTAL_WORD_NONE},
      {"Meaning", TOTAL_WORD_NONE},
      {"注意服务", TOTAL_WORD_NONE},
      {"备注", TOTAL_WORD_NONE}, /* without a colon: an answer */
      {"Summer", TOTAL_WORD_NONE},
      {"Nord", TOTAL_WORD_NONE},
      {"17", TOTAL_WORD_NONE},
      {"张三", TOTAL_WORD_NONE},
  };
  static total_words words;
  total_words_init(&words);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const slice text = slice_of(cases[i].text);
    const total_word got = total_word_of(&words, text);
    char beside[200];
    (void)snprintf(beside, sizeof beside, ",%s,", cases[i].text);
    const uint8_t *begin = (const uint8_t *)beside + 1;
    const bool is_passed = text.length > 0 && total_words_may(&words, text) &&
                           total_words_may_be(&words, begin, begin + text.length);
    if (got != cases[i].is || (got != TOTAL_WORD_NONE && !is_passed)) {
      fail_msg("'%s' is %d, expected %d", cases[i].text, (int)got, (int)cases[i].is);
    }
  }
}

/* ---- Files --------------------------------------------------------------------------------------- */

typedef struct totals_case {
  const char *name, *text;
  const char *left_out, *doubtful; /* lines */
} totals_case;

static const totals_case cases[] = {
    {"a total", "id,q1,q2\n1,5,4\n2,3,2\n合 计,8,6\n", "4", ""},
    {"in brackets, means, shares", "id,q1,q2\n1,5,4\n2,3,2\n合计（2份）,8,6\n平均：,4,3\n得分率,80%,60%\n",
     "4 5 6", ""},
    {"figures of every kind",
     "id,q1,q2\n1,5,4\n2,3,2\nMean,4.0,3.0\nStd. Dev.,1.41,1.41\nCount,2,2\nN,2,2\nMax,5,4\nMin,3,2\n"
     "Grand Total (n=2),8,6\n",
     "4 5 6 7 8 9 10", ""},
    {"below the header", "id,q1,q2\n合计,8,6\n1,5,4\n2,3,2\n", "2", ""},
    {"below the header, with names", "name,q1,q2\nTotal,8,6\nAnna,5,4\nBen,3,2\n", "2", ""},
    {"sums below names", "name,q1,q2\nAnna,5,4\nBen,3,2\nTotal,8,6\n", "4", ""},
    {"means below names", "name,q1,q2\nAnna,5,4\nBen,4,2\nAverage,4.5,3\n", "4", ""},
    {"means cut off", "name,q1,q2\nAnna,5,4\nBen,4,2\nCid,5,1\nMean,4.66,2.33\n", "5", ""},
    {"groups",
     "门店,q1,q2\n北京店,5,4\n北京店,3,2\n北京店 汇总,8,6\n上海店,1,4\n上海店,3,2\n上海店 "
     "汇总,4,6\n总计,12,12\n",
     "4 7 8", ""},
    {"groups above their rows", "门店,q1\n小计,8\n北京店,5\n北京店,3\n小计,4\n上海店,1\n上海店,3\n", "2 5",
     ""},
    {"thousands and per cent", "name,q1,q2\nAnna,1500,50%\nBen,2500,25%\nTotal,\"4,000\",75%\n", "4", ""},
    {"a column of comments", "id,q1,why\n1,5,good\n2,3,bad\n合计,8,\n", "4", ""},
    {"a count of comments", "id,q1,why\n1,5,good\n2,3,bad\n合计,8,2条\n", "4", ""},
    {"remarks below", "id,q1,q2\n1,5,4\n2,3,2\n合计,8,6\n制表：张三,,审核：李四\n注：内部资料,,\n", "4 5 6",
     ""},
    {"remarks below names", "name,q1,q2\na,5,4\nb,3,2\nSource: CRM,,\n", "4", ""},
    {"no word at all", "id,q1,q2\n1,5,4\n2,3,2\n3,5,5\n,13,11\n", "5", ""},
    {"beside the ids", "id,name,q1,q2\n1,Anna,5,4\n2,Ben,3,2\n3,Al,1,1\n,合计,9,7\n", "5", ""},
    {"behind times", "when,q1\n2025-03-01 09:10,5\n2025-03-02 09:10,4\n平均值,4.5\n", "4", ""},
    {"with a tail of blank rows", "id,q1\n1,5\n2,3\n,\n合计,8\n,\n", "5", ""},
    {"ids with letters", "ref,q1,q2\nR_1,5,4\nR_2,3,2\nR_3,3,2\n合计,11,8\n", "5", ""},
    {"two kinds of sums", "name,q1,q2\nAnna,5,4\nBen,3,2\nTotal Gas,4,4\nTotal,12,10\n", "5", ""},
    {"a mean beside a sum", "ref,q1,q2\nR_1,5,10.5\nR_2,3,20\nTotal,8,30.5\nMean,4,15.25\nCount,2,2\n",
     "4 5 6", ""},
    {"a mean before a sum", "ref,q1,q2\nR_1,5,10.5\nR_2,3,20\nMean,4,15.25\nTotal,8,30.5\n", "4 5", ""},
    /* Those that stay. */
    {"somebody's name", "name,q1,q2\nAnna,5,4\nTotal,3,5\nBen,3,2\n", "", "3"},
    {"a comment", "comment,q1,q2\ngood,5,4\nTotal,3,5\nbad,3,2\n", "", "3"},
    {"behind an id", "id,comment,q1\n1,Total,5\n2,Ben,3\n3,合计,8\n", "", ""},
    {"the only answer of a row", "comment,q1,q2\ngood,5,4\nTotal,,\nbad,3,2\nbad,,\n", "", "3"},
    {"a name with a mean that everybody could give", "brand,q1\nShell,4\nBP,4\nTotal,4\n", "", "4"},
    {"a brand that few rows add up", "brand,q1\nBP,1\nShell,1\nTotal,2\nBP,5\nTotal,4\nShell,5\n", "", "4 6"},
    {"a total of brands, one of which is called so", "brand,q1\nBP,1\nTotal,2\nTotal,4\nShell,5\n合计,12\n",
     "6", "3 4"},
    {"comments that few rows add up",
     "why,q1\nok,1\nbad,2\nTotal waste,3\nok,4\nTotal waste,4\nAverage,4\nok,1\n", "", "7"},
    {"yes and no", "member,q1,q2\nY,5,4\nN,3,2\nN,4,4\nY,5,4\n", "", ""},
    {"words with a total in them", "why,q1\nTotal waste of time,1\nok,5\nAverage food,3\n", "", ""},
    {"other words beside it", "id,q1,why\n1,5,good\n合计,8,太贵\n2,3,bad\n", "", "3"},
    {"who begins with a remark, and goes on", "comment,q1\nNote: slow,3\nok,4\n", "", ""},
    {"an answer without an id", "id,q1,q2\n1,5,4\n2,4,4\n3,3,4\n,4,4\n", "", ""},
    {"wrong sums", "name,q1,q2\nAnna,5,4\nBen,3,2\n合计,8,7\n", "", "4"},
    {"nothing else", "id,q1\n合计,8\n", "", "2"},
};

static dataset read_case(const totals_case *c, reading_totals totals, uint32_t shard_rows, unsigned threads) {
  const reading_options options = {.totals = totals, .shard_rows = shard_rows, .threads = threads};
  dataset d = read_text(&options, c->text, strlen(c->text));
  if (d.code != STATUS_OK) {
    fail_msg("%s: %s", c->name, d.err.message);
  }
  return d;
}

static void expect(const totals_case *c, const dataset *d, uint32_t shard_rows) {
  char lines[2][LINES_BYTES];
  const file_facts *f = &d->facts->files[0];
  lines_of(&f->skipped[FILE_TOTALS], lines[0]);
  lines_of(&f->reading.remarks[FILE_MAYBE_TOTALS], lines[1]);
  if (strcmp(lines[0], c->left_out) != 0 || strcmp(lines[1], c->doubtful) != 0) {
    fail_msg("%s, shards of %u: left out '%s', doubtful '%s'", c->name, shard_rows, lines[0], lines[1]);
  }
  assert_int_equal(d->rows_count, f->records - file_facts_left_out(f));
}

static void what_adds_up_the_others_is_no_respondent_whatever_the_cut(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (uint32_t shard_rows = 1; shard_rows <= 16; shard_rows += 5) {
      dataset d = read_case(&cases[i], READING_TOTALS_CERTAIN, shard_rows, 1 + shard_rows % 3);
      expect(&cases[i], &d, shard_rows);
      drop_dataset(&d);
    }
  }
}

static void what_is_left_out_leaves_no_trace_in_the_columns(void **state) {
  (void)state;
  static const char with[] = "id,q1\n1,5\n2,4\n3,4\n合计,13\n平均,4.3333\n";
  static const char without[] = "id,q1\n1,5\n2,4\n3,4\n";
  const reading_options options = {0};
  dataset a = read_text(&options, with, sizeof with - 1);
  dataset b = read_text(&options, without, sizeof without - 1);
  assert_int_equal(a.facts->shards_count, 1);
  assert_true(digest_equal(&a.facts->shards[0].name, &b.facts->shards[0].name));
  assert_int_equal(a.facts->columns[1].decimals_max, 0);
  assert_int_equal(decimal_magnitude_compare(a.facts->columns[1].largest, b.facts->columns[1].largest), 0);
  drop_dataset(&a);
  drop_dataset(&b);
}

static void the_specification_may_leave_out_all_or_keep_all(void **state) {
  (void)state;
  static const totals_case all = {"leave_out", "name,q1\nAnna,5\nTotal,3\nNote: x,1\nN,2\nTotal gas,2\n",
                                  "3 4", ""};
  static const totals_case none = {"keep", "id,q1,q2\n1,5,4\n2,3,2\n合计,8,6\n", "", ""};
  static const totals_case of_platform = {
      "keep", "序号,提交答卷时间,所用时间,q\n1,2025/3/1 9:10:11,9秒,5\n合计,,,5\n", "", ""};
  dataset d = read_case(&all, READING_TOTALS_LEAVE_OUT, 0, 1);
  expect(&all, &d, 0);
  drop_dataset(&d);
  d = read_case(&none, READING_TOTALS_KEEP, 0, 1);
  expect(&none, &d, 0);
  drop_dataset(&d);
  d = read_case(&of_platform, READING_TOTALS_KEEP, 0, 1);
  expect(&of_platform, &d, 0);
  drop_dataset(&d);
}

/* Shorter than 200 rows that begin so they would be subtotals. */
static void a_word_that_hundreds_of_rows_have_is_an_answer(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "brand,q1\n");
  for (int i = 0; i < 300; i++) {
    buf_printf(&text, "Total,5\nShell,4\n");
  }
  const reading_options options = {.shard_rows = 7};
  dataset d = read_text(&options, text.data, text.length);
  assert_int_equal(d.rows_count, 600);
  assert_int_equal(d.facts->files[0].reading.remarks[FILE_MAYBE_TOTALS].count, 300);
  buf_fini(&text);
  drop_dataset(&d);
}

static void each_file_is_judged_by_itself(void **state) {
  (void)state;
  static const char first[] = "id,q1\n1,5\n2,3\n合计,8\n";
  static const char second[] = "name,q1\nAnna,5\nTotal,3\n";
  char *paths[] = {make_file(first, sizeof first - 1), make_file(second, sizeof second - 1)};
  static const reading_column wanted[] = {{"q1", READING_HINT_NUMBER, false}};
  const reading_options options = {.columns = wanted, .columns_count = 1, .shard_rows = 2};
  dataset d = read_dataset(&options, (const char *const *)paths, 2);
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, 4);
  assert_int_equal(d.facts->files[0].skipped[FILE_TOTALS].lines[0], 4);
  assert_int_equal(d.facts->files[1].skipped[FILE_TOTALS].count, 0);
  assert_int_equal(d.facts->files[1].reading.remarks[FILE_MAYBE_TOTALS].lines[0], 3);
  drop_dataset(&d);
  drop_file(paths[0]);
  drop_file(paths[1]);
}

/* ---- Workbooks ----------------------------------------------------------------------------------- */

static void rows_of_sheets_are_judged_as_well(void **state) {
  (void)state;
  static const char rows[] =
      DATA(ROW(TEXT("id") TEXT("q1") TEXT("q2")) ROW(NUMBER("1") NUMBER("5") NUMBER("4"))
               ROW(NUMBER("2") NUMBER("3") NUMBER("2")) ROW(TEXT("合 计") NUMBER("8") NUMBER("6"))
                   ROW(TEXT("平均分") NUMBER("4") NUMBER("3")) ROW(TEXT("") TEXT("") TEXT(""))
                       ROW(TEXT("制表：张三") TEXT("")));
  for (uint32_t shard_rows = 1; shard_rows < 9; shard_rows += 3) {
    const reading_options options = {.shard_rows = shard_rows};
    dataset d = read_workbook(&options, &(workbook_texts){.sheet = slice_of(rows)});
    char lines[LINES_BYTES];
    assert_int_equal(d.code, STATUS_OK);
    assert_int_equal(d.rows_count, 2);
    assert_string_equal(lines_of(&d.facts->files[0].skipped[FILE_TOTALS], lines), "4 5 7");
    drop_dataset(&d);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_known_however_they_are_written),
      cmocka_unit_test(what_adds_up_the_others_is_no_respondent_whatever_the_cut),
      cmocka_unit_test(what_is_left_out_leaves_no_trace_in_the_columns),
      cmocka_unit_test(the_specification_may_leave_out_all_or_keep_all),
      cmocka_unit_test(a_word_that_hundreds_of_rows_have_is_an_answer),
      cmocka_unit_test(each_file_is_judged_by_itself),
      cmocka_unit_test(rows_of_sheets_are_judged_as_well),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

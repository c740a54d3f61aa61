/* Files of which more than one reading is possible: what `canvass init` is sure of, what it leaves alone, and
 * what its comments say, in each language.  Every proposal compiles over the file that it was made from. */
#include "tests/specification/proposal_scene.h"

enum { SAID_IN = 3 /* English, simplified and traditional Chinese */, LACKS_MAX = 3 };

typedef struct doubt {
  const char *file;
  const char *has[PARTS_MAX]; /* of the page in any language */
  const char *said[SAID_IN];  /* in a comment; NULL: nothing in particular */
  const char *lacks[LACKS_MAX];
} doubt;

#define R3(row)      row row row
#define R9(row)      R3(R3(row))
#define R36(row)     R9(row) R9(row) R9(row) R9(row)
#define NOTHING_SAYS "nothing in the file says otherwise"

static const doubt doubts[] = {
    /* ---- Which end is the good one ------------------------------------------------------------------ */
    /* Only the ends have words, beside their numbers. */
    {"满意度,x\n" R9("1（非常满意）,1\n2,1\n3,1\n4,2\n5（非常不满意）,2\n"),
     {"  满意度: {type: scale, range: [1, 5], leading_number: true, reverse: true}", "  - csat:  # "},
     {"# reversed: its cells say 1（非常满意）", "# 已反向：单元格写明 1（非常满意）",
      "# 已反向：儲存格寫明 1（非常满意）"},
     {NOTHING_SAYS}},
    {"Satisfaction\n" R9("1 = very satisfied\n2\n3\n4\n5 = very dissatisfied\n"),
     {"type: scale, range: [1, 5], leading_number: true, reverse: true}"},
     {"its cells say 1 = very satisfied", "单元格写明 1 = very satisfied", "儲存格寫明 1 = very satisfied"},
     {NOTHING_SAYS}},
    /* One end is enough, and the words may stand in front. */
    {"Satisfaction\n" R9("1\n2\n3\n4\n5-非常不满意\n"),
     {"leading_number: true, reverse: true}"},
     {"its cells say 5-非常不满意", "单元格写明 5-非常不满意", "儲存格寫明 5-非常不满意"},
     {NOTHING_SAYS}},
    {"Satisfaction\n" R9("very satisfied (1)\n2\n3\n4\n5\n"),
     {"leading_number: true, reverse: true}"},
     {"its cells say very satisfied (1)", "单元格写明 very satisfied (1)", "儲存格寫明 very satisfied (1)"},
     {NOTHING_SAYS}},
    {"Satisfaction\n" R9("1\n2\n3\n4\n5 - very satisfied\n"),
     {"  Satisfaction: {type: scale, range: [1, 5], leading_number: true}",
      "# satisfied: the best 2 of 5 codes\n"},
     {NULL},
     {"reverse"}},
    /* Words of which nobody knows what they mean. */
    {"Satisfaction\n" R9("1 (top)\n2\n3\n4\n5 (flop)\n"),
     {"type: scale, range: [1, 5], leading_number: true}", "# - csat:"},
     {"it is unclear which end is the good one: its cells say 5 (flop)", "哪一端是好的？单元格写 5 (flop)",
      "哪一端是好的？儲存格寫 5 (flop)"},
     {NOTHING_SAYS, "\n  - csat"}},
    /* Titles: words in front of codes, ranges, and numbers of questions. */
    {"满意度（非常满意=1，非常不满意=5）\n" R9("1\n2\n5\n4\n"),
     {"range: [1, 5], reverse: true"},
     {"its title says 非常满意=1", "标题写明 非常满意=1", "標題寫明 非常满意=1"},
     {NOTHING_SAYS}},
    {"\"Satisfaction, 1-5, from very satisfied to very dissatisfied\"\n" R9("1\n2\n5\n4\n"),
     {"range: [1, 5], reverse: true"},
     {"its title says from very satisfied to very dissatisfied", "标题写明 from very", "標題寫明 from very"},
     {NOTHING_SAYS}},
    {"\"How satisfied or dissatisfied are you, from 1 to 5?\"\n" R9("1\n2\n5\n4\n"),
     {"type: scale, range: [1, 5], label:", NOTHING_SAYS},
     {NULL},
     {"reverse"}},
    {"\"1、总体满意度\",2季度满意度\n" R9("1,5\n2,4\n5,1\n4,2\n"),
     {"points_1_5: {range: [1, 5]}"},
     {NULL},
     {"reverse"}},
    /* What a neighbour says may hold for others, too. */
    {"服务（1=最好，5=最差）,满意度\n" R9("1,2\n2,3\n5,5\n4,1\n"),
     {"  满意度: {type: scale, range: [1, 5]}", "range: [1, 5], reverse: true, label"},
     {"the column 服务（1=最好，5=最差） begins with the best, which may hold here",
      "列“服务（1=最好，5=最差）”以最好的一端开始", "欄「服务（1=最好，5=最差）」以最好的一端開始"},
     {NOTHING_SAYS, "\n  - csat"}},
    {"说明：1=非常满意，5=非常不满意,,\n编号,满意度,x\n" R9("101,1,2\n102,5,3\n103,4,9\n104,2,10\n"),
     {"data: {skip: 1}", "  满意度: {type: scale, range: [1, 5]}"},
     {"the lines beside the table say 1=非常满意", "表格旁的文字写 1=非常满意", "表格旁的文字寫 1=非常满意"},
     {NOTHING_SAYS, "\n  - csat"}},
    {"滿意度（1＝非常滿意）,環境\n" R9("1,5\n2,4\n5,非常不滿意\n4,3\n"),
     {"texts: {非常不滿意: 1"},
     {"9 are words for the same answers", "9 个是文字", "9 個是文字"},
     {NOTHING_SAYS}},
    /* Dissatisfaction is satisfaction the other way round, and has no share of satisfied ones. */
    {"不满意程度,x\n" R9("1,a\n2,b\n5,b\n4,b\n"),
     {"  不满意程度: {type: scale, range: [1, 5], reverse: true}"},
     {"its title asks how dissatisfied one is", "标题问的是不满意的程度", "標題問的是不滿意的程度"},
     {"csat"}},
    /* Its reasons are codes, and so are yes and no. */
    {"不满意原因,是否满意\n" R9("1,1\n2,2\n5,1\n4,2\n"),
     {"  不满意原因: {type: nominal}", "  是否满意: {type: nominal}"},
     {NULL},
     {"reverse"}},
    /* ---- Recommending ------------------------------------------------------------------------------ */
    {"How often have you recommended us?,Would not recommend us,不推荐的可能性\n" R9(
         "0,0,0\n3,3,9\n9,10,10\n4,7,7\n"),
     {NULL},
     {NULL},
     {"nps"}},
    /* ---- Dates ------------------------------------------------------------------------------------- */
    {"d,x\n25/03/14,1\n25/03/15,2\n25/04/01,3\n25/04/11,3\n25/05/20,4\n25/06/30,4\n",
     {"  d: {type: date, format: \"%y/%m/%d\"}"},
     {NULL},
     {"ambiguous: dates"}},
    {"d,x\n14/03/25,1\n15/03/25,2\n16/04/25,3\n",
     {"  d: {type: text}"},
     {"type: date, format: \"%y/%m/%d\" or \"%d/%m/%y\"", "type: date, format: \"%y/%m/%d\" 或 \"%d/%m/%y\"",
      "確定後寫：type: date, format: \"%y/%m/%d\" 或"},
     {NULL}},
    {"d,x\n14/03/25,1\n28/03/25,2\n01/04/25,3\n02/12/24,3\n",
     {"  d: {type: date, format: \"%d/%m/%y\"}"},
     {NULL},
     {"ambiguous: dates"}},
    {"d,x\n3/14/25,1\n3/9/25,2\n12/1/24,3\n",
     {"  d: {type: date, format: \"%m/%d/%y\"}"},
     {NULL},
     {"ambiguous: dates"}},
    /* What another column of dates shows. */
    {"begun,ended\n03/04/2025,13/04/2025\n05/04/2025,16/04/2025\n",
     {"  begun: {type: date, format: \"%d/%m/%Y\"}"},
     {"is taken from the column ended", "顺序取自列“ended”", "順序取自欄「ended」"},
     {NULL}},
    /* ---- Numbers in front of something else ---------------------------------------------------------- */
    {"用时,日子,月份,季度\n" R9(
         "3分15秒,03月15日,3月,2季度\n4分1秒,04月16日,4月,1季度\n1分7秒,05月01日,5月,3季度\n"),
     {"  用时: {type: nominal}", "  日子: {type: nominal}", "  月份: {type: nominal}",
      "  季度: {type: nominal}"},
     {NULL},
     {"scale"}},
    {"评价,等级\n" R9("5星,1 - North\n4星,2 - South\n1星,3 - East\n"),
     {"  评价: {type: scale, range: [1, 5], leading_number: true}", "  等级: {type: nominal}"},
     {NULL},
     {NULL}},
    {"Stars,x\n" R9("★★★★☆,1\n★★★★★,2\n★★☆☆☆,2\n"),
     {"range: [1, 5], texts: {\"★\": 1, \"★★☆☆☆\": 2"},
     {NULL},
     {"ambiguous: a scale"}},
    {"年级,x\n" R9("1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n"),
     {"  年级: {type: nominal}"},
     {"taken for codes of categories; if they have an order: type: scale, range: [1, 6]",
      "视为类别代码；若有顺序：type: scale, range: [1, 6]",
      "視為類別代碼；若有順序：type: scale, range: [1, 6]"},
     {NULL}},
    /* ---- Words and numbers for the same answers ------------------------------------------------------- */
    {"服务\n" R9("5\n4\n非常不满意\n3\n"),
     {"  服务: {type: scale, range: [1, 5], texts: {非常不满意: 1, 不满意: 2, 一般: 3, 满意: 4, 非常满意: "
      "5}}",
      NOTHING_SAYS},
     {"27 cells are numbers and 9 are words for the same answers", "27 个单元格是数字，9 个是文字",
      "27 個儲存格是數字，9 個是文字"},
     {"missing"}},
    {"服务\n" R9("5\n4分\n非常不满意\n3分\n"),
     {"type: scale, range: [1, 5], texts: {非常不满意: 1", "非常满意: 5}, leading_number: true}"},
     {NULL},
     {"missing"}},
    {"How often do you visit?\n" R9("0\n9\n3\n1\n"),
     {"{column: \"How often do you visit?\", type: nominal"},
     {NULL},
     {"scale, range: [0, 9], label"}},
    {"服务\n" R9("10\n4\n非常不满意\n3\n"), {"  服务: {type: nominal}"}, {NULL}, {"missing: {非"}},
    /* ---- Ladders ------------------------------------------------------------------------------------- */
    {"服务\n" R9("满意\n基本满意\n不满意\n满意\n"),
     {"  服务: {type: scale, range: [1, 3], texts: {不满意: 1, 基本满意: 2, 满意: 3}}", "the best 1 of 3"},
     {NULL},
     {NULL}},
    {"服务\n" R9("同意\n一般\n不同意\n同意\n"),
     {"  服务: {type: scale, range: [1, 3], texts: {不同意: 1, 一般: 2, 同意: 3}}"},
     {"a scale of 3 steps, as nobody answered '非常不同意', '非常同意'",
      "视为 3 级量表，因为没有人选 '非常不同意', '非常同意'",
      "視為 3 級量表，因為沒有人選 '非常不同意', '非常同意'"},
     {NULL}},
    {"多久\n" R9("从不\n偶尔\n经常\n经常\n"),
     {"  多久: {type: scale, range: [1, 3], texts: {从不: 1, 偶尔: 2, 经常: 3}}"},
     {"nobody answered '很少', '总是'", "没有人选 '很少', '总是'", "沒有人選 '很少', '总是'"},
     {NULL}},
    {"服务\n" R36("同意\n不同意\n"),
     {"  服务: {type: nominal}"},
     {"two answers in order; as a scale:", "两种有顺序的答案；作为量表：", "兩種有順序的答案；作為量表："},
     {NULL}},
    {"服务\n" R3("同意\n一般\n不同意\n"),
     {"range: [1, 5]"},
     {"nobody answered with either end of the scale", "没有人选量表的两端", "沒有人選量表的兩端"},
     {NULL}},
    {"a,b,c\n" R9(
         "非常满意,不满意,—\n满意,一般,满意\n一般,未评价,不满意\n不满意,满意,/\n很不满意,非常满意,一般\n"),
     {"missing: {未评价: blank, \"—\": blank, \"/\": blank}", "  b: {scale: 满意5}", "no answer: 未评价 9",
      "  c: {scale: 满意5}"},
     {NULL},
     {"a: {scale: 满意5}  # 5 texts for 5 answers in order, 45 of 45 rows; no"}},
    {"服务\n" R9("非常满意\n满意\n一般\n随便\n"),
     {"  服务: {type: nominal}"},
     {"in order but for '随便', which is not known", "只是不认识“随便”", "只是不認識「随便」"},
     {NULL}},
    {"服务\n" R9("非常满意\n满意\n一般\n尚可\n"),
     {"  服务: {type: nominal}"},
     {"two of them seem to mean the same", "有两个似乎意思相同", "有兩個似乎意思相同"},
     {NULL}},
    {"星,级\n" R9("★★★★★,A\n★★★,B\n★,C\n"),
     {"{type: scale, range: [1, 5], texts: {\"★\": 1, \"★★\": 2, \"★★★\": 3", "  级: {type: nominal}"},
     {"if these are steps in order: type: scale, range: [1, 3], texts: {A: 1, B: 2, C: 3}",
      "若这些是有顺序的等级：type: scale, range: [1, 3]", "若這些是有順序的等級：type: scale, range: [1, 3]"},
     {NULL}},
    {"Opinion\n" R9("Strongly agree\nAgree\nNot sure\nDisagree\n"),
     {"Not sure: 3"},
     {"'Not sure' is taken for the middle of the scale", "“Not sure”视为量表的中间",
      "「Not sure」視為量表的中間"},
     {"missing: {Not sure: dont_know}}"}},
    /* ---- No answer, or one ---------------------------------------------------------------------------- */
    {"情况,知道吗,了解\n" R9("适用,知道,非常了解\n不适用,不知道,不了解\n不适用,知道,一般\n"),
     {"  情况: {type: nominal}", "  知道吗: {type: nominal}", "不了解: 2, "},
     {NULL},
     {"missing"}},
    {"投诉次数,年龄\n" R9("无,20.5\n1,31\n2,无\n14,50\n"),
     {"  投诉次数: {type: number, texts: {无: 0}}", "  年龄: {type: number, missing: {无: other}}"},
     {"'无', in 9 rows, is taken for 0; if it is no answer", "“无”（9 行）视为 0；若是未作答",
      "「无」（9 列）視為 0；若是未作答"},
     {NULL}},
    /* The counts stand at the variable that has them. */
    {"q1,q2,q3\n" R9("5,4,99\n4,3,3\n1,1,1\n2,5,5\n"),
     {"missing: {99: other}}  # 3 variables",
      "  q3: {scale: points_1_5}  # 1..5, 36 of 36 rows; no answer: 99 9"},
     {NULL},
     {"q1: {scale: points_1_5}  # 1..5, 36 of 36 rows; no"}},
    /* ---- Options --------------------------------------------------------------------------------------- */
    {"购买\n" R9("是，价格好\n是，质量好\n否，太贵\n"), {"  购买: {type: nominal}"}, {NULL}, {"multi"}},
    {"渠道\n" R9("微信、门店\n门店\n广告、微信\n微信、其他（报纸、电台）\n"),
     {"  渠道: {type: multi, delimiter: \"、\", values: [广告, 微信, 门店], other: 其他}"},
     {"some of them with the delimiter in brackets: they count as 其他", "有的括号里有分隔符：计为“其他”",
      "有的括號裡有分隔符：計為「其他」"},
     {NULL}},
    {"渠道,x\n" R9("\"1,2,3\",a\n1,a\n\"2,3\",b\n\"1,2\",b\n"),
     {"  渠道: {type: multi, delimiter: \",\"}"},
     {NULL},
     {"no answer"}},
    /* ---- Batteries ------------------------------------------------------------------------------------- */
    {"排序_价格,排序_质量,排序_服务\n" R9("1,2,3\n2,3,1\n3,1,2\n"),
     {"  排序_价格: {type: nominal}"},
     {"ranks: each of 1 to 3 stands in 27 rows of these 3 columns", "名次：1 到 3 在这 3 列中各出现 27 次",
      "名次：1 到 3 在這 3 欄中各出現 27 次"},
     {"index", "scales"}},
    {"s_a,s_b,s_c\n" R9("1,0,4\n5,4,2\n3,5,5\n4,1,1\n"),
     {"points_1_5: {range: [1, 5]}  # 2 variables", "  s_b: {type: scale, range: [0, 5]}"},
     {"some answered 0, which the columns beside it do not have", "有人答 0，相邻各列没有",
      "有人答 0，相鄰各欄沒有"},
     {NULL}},
    /* ---- The table --------------------------------------------------------------------------------------
     */
    {"客户调查,,,,\n编号,门店,满意度,,渠道\n,,服务,价格,\n1,东店,5,4,门店\n2,西店,4,3,微信\n3,东店,5,5,"
     "门店\n",
     {"data: {skip: 1, header: 2}", "title: "},
     {NULL},
     {NULL}},
    {"序号,门店,满意度\n" R9("1,东,满意\n2,西,非常满意\n3,东,不满意\n") "制表：张三,,审核：李四\n",
     {"texts: {非常不满意: 1"},
     {"rows of totals or notes, left out: 1 (lines 29)", "有 1 行合计或备注，未计入：第 29 行",
      "有 1 列合計或備註，未計入：第 29 列"},
     {NULL}},
    {"卡号,x\n" R9("6222021000000000000,1\n6222021100000000000,2\n"),
     {"  卡号: {type: text}"},
     {"a spreadsheet has rounded them", "被电子表格舍入了", "被試算表捨入了"},
     {"nominal}  # 2 different: 62"}},
};

static void check_page(const doubt *d, const char *page, int language) {
  for (size_t k = 0; language == 0 && k < PARTS_MAX && d->has[k] != NULL; k++) {
    assert_contains(page, d->has[k]);
  }
  if (d->said[language] != NULL) {
    assert_contains(page, d->said[language]);
  }
  for (size_t k = 0; k < LACKS_MAX && d->lacks[k] != NULL; k++) {
    if (strstr(page, d->lacks[k]) != NULL) {
      fail_msg("'%s' is in:\n%s", d->lacks[k], page);
    }
  }
}

static void what_is_not_sure_is_left_alone_and_told(void **state) {
  const scene *s = *state;
  for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++) {
    char path[PATH_BYTES];
    char name[32];
    (void)snprintf(name, sizeof name, "%zu.csv", i);
    process_write_file(s->directory, name, doubts[i].file, strlen(doubts[i].file), path, sizeof path);
    const char *given = path;
    for (int language = 0; language < SAID_IN; language++) {
      char *page = propose_in(s, &given, 1, language);
      check_page(&doubts[i], page, language);
      check_compiles(s, page, &given, 1);
      free(page);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_not_sure_is_left_alone_and_told, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

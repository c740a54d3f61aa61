/* Where `canvass init` finds the header: behind lines of a title, or in two rows; and where it leaves it. */
#include "tests/specification/proposal_scene.h"

#define TENS(row) row row row row row row row row row row

typedef struct header_case {
  const char *file;
  const char *has[PARTS_MAX], *lacks;
} header_case;

static const header_case cases[] = {
    /* A title and a blank line. */
    {"2025年客户满意度调查,,,\n,,,\n编号,城市,满意度,推荐\n1,北京,5,9\n2,上海,4,10\n3,北京,3,8\n",
     {"title: \"2025年客户满意度调查\"", "data: {skip: 2}",
      "lines with a text before the header: 1: 2025年客户满意度调查", "  编号: {type: id}",
      "from all 3 rows"},
     "header: 2"},
    /* The same, the title without delimiters. */
    {"Customer survey\n\nid;region;score\n1;North;4\n2;South;5\n3;North;2\n",
     {"title: Customer survey", "data: {skip: 1}", "  score: {type: scale"},
     NULL},
    /* Two lines, one of them with two cells. */
    {"Survey,,,,,\nExported:,2025-03-01,,,,\nid,a,b,c,d,e\n1,2,3,4,5,x\n2,3,4,5,1,y\n",
     {"title: Survey", "data: {skip: 2}", "header: 2: Survey · Exported: · 2025-03-01"},
     NULL},
    /* Questions above their options, with gaps as spreadsheets leave them. */
    {"编号,满意度,,渠道,,推荐\n,价格,质量,网站,门店,\n1,5,4,1,0,9\n2,4,3,0,1,10\n3,5,5,1,1,7\n",
     {"data: {header: 2}", "the header has 2 rows: below '满意度' stands '价格'", "column: \"满意度 | 价格\"",
      "  渠道:  # 2 columns of marks", "  推荐: {type: scale, range: [0, 10]}"},
     "ambiguous: if the row"},
    /* All of them are words: the answers may begin one line earlier. */
    {"服务,,环境,\n速度,态度,卫生,噪音\n满意,一般,满意,不满意\n一般,满意,满意,满意\n不满意,满意,一般,满意\n",
     {"data: {header: 2}", "ambiguous: if the row below the titles is an answer: header: 1"},
     NULL},
    /* Names above the questions' texts. */
    {"Q1,Q2,Q3\nHow satisfied are you?,Would you recommend us?,How old are you?\n4,9,34\n5,10,45\n3,7,61\n",
     {"data: {header: 2, labels: 2}",
      "  Q1: {type: scale, range: [1, 5], label: \"How satisfied are you?\"}"},
     "ambiguous: if the row"},
    /* Title, and two rows. */
    {"Title,,,,\nid,Quality,,Uses,\n,Speed,Price,Web,App\n1,5,4,1,0\n2,4,3,0,1\n3,3,2,1,1\n",
     {"title: Title", "data: {skip: 1, header: 2}", "\"Quality | Speed\""},
     NULL},
    /* Three rows. */
    {"id,Satisfaction,,,,Recommend\n,Product,,Service,,\n,Quality,Price,Staff,Speed,\n1,5,4,1,2,9\n2,4,3,5,1,"
     "10\n3,3,2,1,1,7\n",
     {"data: {header: 3}", "the header has 3 rows", "\"Satisfaction | Product | Quality\"",
      "  id: {type: id}"},
     "ambiguous: if the row"},
    /* An option has the name of another column. */
    {"Survey,,,,\nid,Shop,Satisfaction,,Found by\n,,Price,Staff,\n1,A,5,4,Shop\n2,B,4,3,Web\n3,A,5,5,Shop\n",
     {"title: Survey", "data: {skip: 1, header: 2}"},
     NULL},
    /* None of these has anything but one row of titles. */
    {"id,Comment,Comment,x\n1,good,bad,5\n2,fine,,4\n3,,slow,3\n", {"  id: {type: id}"}, "data:"},
    {"rank\nA;B;C\nB;C;A\nC;A;B\n", {"  rank: {type: ranking"}, "data:"},
    {"comment\nGood, fast, cheap\nSlow, but nice\nBad\n", {"  comment: {"}, "data:"},
    {"a,b,c\nx,y,z\nu,v,w\nx,v,z\n", {"  a: {type: nominal}"}, "data:"},
    {"n\n1\n2\n3\n", {"  n: "}, "data:"},
};

static void titles_are_found_where_they_stand(void **state) {
  const scene *s = *state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char path[PATH_BYTES];
    char name[32];
    (void)snprintf(name, sizeof name, "%zu.csv", i);
    process_write_file(s->directory, name, cases[i].file, strlen(cases[i].file), path, sizeof path);
    const char *given = path;
    char *page = propose(s, &given, 1);
    for (size_t k = 0; k < PARTS_MAX && cases[i].has[k] != NULL; k++) {
      assert_contains(page, cases[i].has[k]);
    }
    if (cases[i].lacks != NULL && strstr(page, cases[i].lacks) != NULL) {
      fail_msg("'%s' is in:\n%s", cases[i].lacks, page);
    }
    check_compiles(s, page, &given, 1);
    free(page);
  }
}

/* One page has one `data`. */
static void a_file_with_its_header_elsewhere_is_told(void **state) {
  const scene *s = *state;
  static const char first[] = "Title,,\nid,a,b\n1,2,x\n2,3,y\n";
  static const char second[] = "id,a,b\n1,2,x\n2,3,y\n";
  char paths[2][PATH_BYTES];
  process_write_file(s->directory, "one.csv", first, sizeof first - 1, paths[0], PATH_BYTES);
  process_write_file(s->directory, "two.csv", second, sizeof second - 1, paths[1], PATH_BYTES);
  const char *const given[] = {paths[0], paths[1]};
  char *page = propose(s, given, 2);
  assert_contains(page, "two.csv has another header than one.csv");
  free(page);
}

/* What the reader leaves out stands in the page. */
static void what_is_left_out_is_told_with_its_lines(void **state) {
  const scene *s = *state;
  static const char text[] = "id,a\n1,2\n\n,\nid,a\n2,3,4\n3,4\n";
  char path[PATH_BYTES];
  process_write_file(s->directory, "left.csv", text, sizeof text - 1, path, sizeof path);
  const char *given = path;
  char *page = propose(s, &given, 1);
  assert_contains(page, "# left.csv: blank rows, left out: 1 (lines 4)");
  assert_contains(page, "# left.csv: rows that repeat the header, left out: 1 (lines 5)");
  assert_contains(page, "# left.csv: broken rows, left out: 1: line 6 (3 cells, the header has 2)");
  free(page);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(titles_are_found_where_they_stand, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_file_with_its_header_elsewhere_is_told, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_left_out_is_told_with_its_lines, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Records that belong to no respondent: blank rows, and headers repeated where files were joined. */
#include "tests/reading/csv_reading.h"

#define MARK "\xef\xbb\xbf"

typedef struct skip_case {
  const char *name, *text;
  size_t rows;
  const char *blank, *repeated; /* their lines */
} skip_case;

static const skip_case cases[] = {
    {"empty cells", "a,b\n1,2\n,\n3,\n", 2, "3", ""},
    {"blanks of all kinds", "a,b\n \t,\xc2\xa0\n\xe3\x80\x80,\xe2\x80\x8b\n" MARK ",\xe2\x81\xa0\n1,2\n", 1,
     "2 3 4", ""},
    {"quoted blanks", "a,b\n\"\",\" \"\n\"\n\",\n1,2\n", 1, "2 3", ""},
    {"blank lines of one column", "a\n1\n  \n2\n\"\"\n", 2, "3 5", ""},
    {"CRLF", "a,b\r\n,\r\n1,2\r\na,b\r\n", 1, "2", "4"},
    {"another number of cells is quarantined", "a,b\n,,\n1,2\n", 1, "", ""},
    {"something in the last cell", "a,b\n,x\n", 1, "", ""},
    {"a header in the middle", "id,sat\n1,5\nid,sat\n2,4\n", 2, "", "3"},
    {"with a byte-order mark", MARK "id,sat\n1,5\n" MARK "id,sat\n2,4\n", 2, "", "3"},
    {"quoted otherwise, with blanks", "\"id\",sat\n1,5\n id , \"sat\" \n2,4\n", 2, "", "3"},
    {"with a line break in a title", "id,\"sat\nq1\"\n1,5\nid,\"sat\nq1\"\n2,4\n", 2, "", "4"},
    {"with an empty title", "id,,x\n1,2,3\nid,,x\n", 1, "", "3"},
    {"but for one cell", "id,sat\n1,5\nid,sat2\n", 2, "", ""},
    {"in another order", "id,sat\n1,5\nsat,id\n", 2, "", ""},
    {"more than ten", "a,b\n1,1\n,\n,\n,\n,\n,\n,\n,\n,\n,\n,\n,\n", 1, "3 4 5 6 7 8 9 10 11 12", ""},
};

static dataset read_case(const skip_case *c, bool keeps, uint32_t shard_rows, unsigned threads) {
  const reading_options options = {.keeps_blank_rows = keeps, .shard_rows = shard_rows, .threads = threads};
  char *path = make_file(c->text, strlen(c->text));
  const char *paths[] = {path};
  dataset d = read_dataset(&options, paths, 1);
  if (d.code != STATUS_OK) {
    fail_msg("%s: %s", c->name, d.err.message);
  }
  drop_file(path);
  return d;
}

static void check_lines(const skip_case *c, const file_skipped *s, const char *expected) {
  char lines[128] = "";
  for (uint32_t i = 0; i < s->lines_count; i++) {
    const size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s%llu", i > 0 ? " " : "", (unsigned long long)s->lines[i]);
  }
  if (strcmp(lines, expected) != 0) {
    fail_msg("%s: lines %s, expected %s", c->name, lines, expected);
  }
}

static void records_of_no_respondent_are_left_out_and_named_whatever_the_cut(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (uint32_t shard_rows = 1; shard_rows <= 16; shard_rows += 5) {
      dataset d = read_case(&cases[i], false, shard_rows, 1 + shard_rows % 3);
      const file_facts *f = &d.facts->files[0];
      if (d.rows_count != cases[i].rows || f->records - file_facts_left_out(f) != cases[i].rows) {
        fail_msg("%s: %zu rows, expected %zu", cases[i].name, d.rows_count, cases[i].rows);
      }
      check_lines(&cases[i], &f->skipped[FILE_BLANK_ROWS], cases[i].blank);
      check_lines(&cases[i], &f->skipped[FILE_REPEATED_HEADERS], cases[i].repeated);
      drop_dataset(&d);
    }
  }
}

static void blank_rows_stay_when_they_can_be_answers(void **state) {
  (void)state;
  static const skip_case c = {"kept", "a,b\n,\n1,2\na,b\n , \n", 3, "", "4"};
  dataset d = read_case(&c, true, 0, 1);
  assert_int_equal(d.rows_count, c.rows);
  assert_int_equal(d.rows[2].line, 5);
  assert_int_equal(d.facts->files[0].skipped[FILE_BLANK_ROWS].count, 0);
  check_lines(&c, &d.facts->files[0].skipped[FILE_REPEATED_HEADERS], c.repeated);
  drop_dataset(&d);
}

/* "Three answers can be reported as 1,003 rows." */
static void a_thousand_blank_rows_are_not_respondents(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "id,sat\n1,5\n2,4\n3,3\n");
  for (int i = 0; i < 1000; i++) {
    buf_printf(&text, ",\n");
  }
  buf_put_u8(&text, 0);
  const skip_case c = {"a thousand", (const char *)text.data, 3, "", ""};
  dataset d = read_case(&c, false, 100, 2);
  assert_int_equal(d.rows_count, 3);
  assert_int_equal(manifest_rows(d.facts), 3);
  assert_int_equal(d.facts->files[0].skipped[FILE_BLANK_ROWS].count, 1000);
  assert_int_equal(d.facts->files[0].records, 1003);
  drop_dataset(&d);
  buf_fini(&text);
}

static void a_file_of_nothing_but_blank_rows_is_refused_with_the_reason(void **state) {
  (void)state;
  char *path = make_file("a,b\n,\n,\n", 8);
  const char *paths[] = {path};
  const reading_options options = {.shard_rows = 0};
  dataset d = read_dataset(&options, paths, 1);
  assert_int_equal(d.code, STATUS_DATA);
  assert_contains(d.err.message, "2 blank rows, repeated headers or totals");
  drop_dataset(&d);
  drop_file(path);
}

static void manifests_keep_what_was_left_out(void **state) {
  (void)state;
  dataset d = read_case(&cases[4], false, 0, 1);
  buf bytes;
  buf_init(&bytes);
  manifest_encode(d.facts, &bytes);
  manifest *again = NULL;
  error err;
  assert_int_equal(manifest_decode(bytes.data, bytes.length, &again, &err), STATUS_OK);
  for (int i = 0; i < FILE_TOTALS; i++) {
    assert_int_equal(again->files[0].skipped[i].count, 1);
    assert_int_equal(again->files[0].skipped[i].lines_count, 1);
    assert_int_equal(again->files[0].skipped[i].lines[0], d.facts->files[0].skipped[i].lines[0]);
  }
  manifest_destroy(again);
  buf_fini(&bytes);
  drop_dataset(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_of_no_respondent_are_left_out_and_named_whatever_the_cut),
      cmocka_unit_test(blank_rows_stay_when_they_can_be_answers),
      cmocka_unit_test(a_thousand_blank_rows_are_not_respondents),
      cmocka_unit_test(a_file_of_nothing_but_blank_rows_is_refused_with_the_reason),
      cmocka_unit_test(manifests_keep_what_was_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is told of the rows of a workbook: totals, which are left out, and what is odd about others. */
#include "tests/reading/xlsx_reading.h"

static void assert_lines(const file_skipped *s, const char *expected) {
  char lines[128] = "";
  for (uint32_t i = 0; i < s->lines_count; i++) {
    const size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s%llu", i > 0 ? " " : "", (unsigned long long)s->lines[i]);
  }
  assert_string_equal(lines, expected);
}

/* Rows 1 and 2 stand before the header, in row 3. */
static void rows_that_are_hidden_or_have_long_numbers_or_far_cells_are_told(void **state) {
  (void)state;
  static const char rows[] = DATA(
      "<row hidden=\"1\">" NUMBER("0.30000000000000004") "<c r=\"XFD1\"><v>1</v></c></row>" ROW(TEXT("about"))
          TITLES_AB
      "<row hidden=\"1\">" NUMBER("1")
          NUMBER("2") "</row>" ROW(NUMBER("0.30000000000000004") NUMBER(
              "0.1")) "<row hidden=\"true\">" NUMBER("3") "<c r=\"XFD6\" "
                                                          "t=\"str\"><v>stray</v></c></row>" ROW(NUMBER("4") "<c r=\"IY7\"><v>1</v></c>"));
  for (uint32_t shard_rows = 1; shard_rows < 9; shard_rows += 3) {
    const reading_options options = {.header = {.skip = 2}, .shard_rows = shard_rows};
    dataset d = read_workbook(&options, &(workbook_texts){.sheet = slice_of(rows)});
    assert_int_equal(d.code, STATUS_OK);
    assert_int_equal(d.facts->columns_count, 2);
    assert_int_equal(d.rows_count, 4);
    const file_skipped *remarks = d.facts->files[0].reading.remarks;
    assert_lines(&remarks[FILE_HIDDEN_ROWS], "4 6");
    assert_lines(&remarks[FILE_LONG_NUMBERS], "5");
    assert_lines(&remarks[FILE_FAR_CELLS], "6 7");
    drop_dataset(&d);
  }
}

/* Below the rows that tell how wide the table is, too; one that is near may be an answer. */
static void far_cells_are_left_alone_wherever_they_stand(void **state) {
  (void)state;
  buf rows;
  buf_init(&rows);
  buf_printf(&rows, "<sheetData><row>" TEXT("a") "<c r=\"XFD1\"><v>1</v></c></row>");
  for (int i = 0; i < 1500; i++) {
    buf_printf(&rows, ROW(NUMBER("1")));
  }
  buf_printf(&rows, "<row r=\"1600\">" NUMBER("1") "<c r=\"IX1600\"><v>2</v></c></row>"
                    "<row r=\"1601\">" NUMBER("1") "<c r=\"IW1601\"><v>2</v></c></row></sheetData>");
  const reading_options options = {0};
  dataset d = read_workbook(&options, &(workbook_texts){.sheet = {(const char *)rows.data, rows.length}});
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.facts->columns_count, 1);
  assert_int_equal(d.rows_count, 1501);
  assert_lines(&d.facts->files[0].reading.remarks[FILE_FAR_CELLS], "1 1600");
  assert_int_equal(d.facts->files[0].quarantined, 1);
  assert_int_equal(d.facts->files[0].places[0].line, 1601);
  buf_fini(&rows);
  drop_dataset(&d);
}

static void totals_of_tables_are_no_respondents_where_nothing_stands_beside_them(void **state) {
  (void)state;
  static const char rows[] = DATA(TITLES_AB ROW(TEXT("x") NUMBER("1")) ROW(TEXT("y") NUMBER("2"))
                                      ROW(TEXT("Ergebnis") NUMBER("3")) ROW(TEXT("z") NUMBER("4")));
  static const struct {
    const char *table, *totals;
    size_t rows;
  } tables[] = {
      {"ref=\"A1:B4\" totalsRowCount=\"1\"", "4", 3},   {"ref=\"A1:B4\" totalsRowShown=\"0\"", "", 4},
      {"ref=\"A1:B5\" totalsRowCount=\"2\"", "4 5", 2}, {"ref=\"B1:B4\" totalsRowCount=\"1\"", "", 4},
      {"ref=\"A1:C4\" totalsRowCount=\"1\"", "4", 3},   {"ref=\"A4\" totalsRowCount=\"1\"", "", 4},
      {"ref=\"A1:B4\" totalsRowCount=\"4\"", "", 4},    {"totalsRowCount=\"1\"", "", 4},
  };
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    const reading_options options = {.shard_rows = 1 + (uint32_t)i % 3};
    dataset d = read_workbook(&options,
                              &(workbook_texts){.sheet = slice_of(rows), .table = slice_of(tables[i].table)});
    if (d.code != STATUS_OK || d.rows_count != tables[i].rows) {
      fail_msg("%s: %zu rows", tables[i].table, d.rows_count);
    }
    assert_lines(&d.facts->files[0].skipped[FILE_TOTALS], tables[i].totals);
    drop_dataset(&d);
  }
}

static void totals_of_platforms_are_none_in_workbooks_either(void **state) {
  (void)state;
  static const char rows[] = DATA(ROW(TEXT("序号") TEXT("提交答卷时间") TEXT("所用时间"))
                                      ROW(NUMBER("1") "<c s=\"2\"><v>45748.5</v></c>" TEXT("9秒"))
                                          ROW("<c/><c/>" TEXT("平均分")) ROW(TEXT("合计")));
  const reading_options options = {0};
  dataset d =
      read_workbook(&options, &(workbook_texts){.sheet = slice_of(rows), .styles = slice_of(formats)});
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, 1);
  assert_lines(&d.facts->files[0].skipped[FILE_TOTALS], "3 4");
  drop_dataset(&d);
}

/* The name lives as long as what has it. */
static void the_header_alone_knows_its_sheet(void **state) {
  (void)state;
  buf bytes;
  buf_init(&bytes);
  workbook_put(&bytes, &(workbook_texts){.sheet = slice_of(DATA(TITLES_AB ROW(NUMBER("1") NUMBER("2"))))});
  char *path = make_file(bytes.data, bytes.length);
  const reading_options options = {0};
  dataset d = read_text(&options, bytes.data, bytes.length);
  manifest *m = NULL;
  error err;
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(reading_header(&options, path, &m, NULL, &err), STATUS_OK);
  assert_true(m->files[0].reading.sheet.length > 0);
  assert_true(slice_equal(m->files[0].reading.sheet, d.facts->files[0].reading.sheet));
  manifest_destroy(m);
  drop_dataset(&d);
  drop_file(path);
  buf_fini(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_that_are_hidden_or_have_long_numbers_or_far_cells_are_told),
      cmocka_unit_test(far_cells_are_left_alone_wherever_they_stand),
      cmocka_unit_test(totals_of_tables_are_no_respondents_where_nothing_stands_beside_them),
      cmocka_unit_test(totals_of_platforms_are_none_in_workbooks_either),
      cmocka_unit_test(the_header_alone_knows_its_sheet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

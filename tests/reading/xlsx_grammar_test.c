/* What the reader of workbooks promises, case by case (reading/xlsx/xlsx.h). */
#include "reading/reader.h"
#include "reading/xlsx/sheet.h"
#include "tests/reading/xlsx_reading.h"

static void put_rows(const dataset *d, buf *out) {
  for (uint32_t c = 0; c < d->facts->columns_count; c++) {
    buf_printf(out, "%s%.*s", c > 0 ? "," : "", SLICE_ARG(d->facts->columns[c].name));
  }
  for (size_t row = 0; row < d->rows_count; row++) {
    buf_printf(out, " %llu<", (unsigned long long)d->rows[row].line);
    for (uint32_t c = 0; c < d->facts->columns_count; c++) {
      buf_printf(out, "%s%.*s", c > 0 ? "|" : "", SLICE_ARG(d->rows[row].cells[c]));
    }
    buf_put(out, ">", 1);
  }
  buf_put_u8(out, '\0');
}

/* ---- Cells --------------------------------------------------------------------------------------- */

static const char shared[] =
    "<si><t>one</t></si><si><r><rPr><b/></rPr><t>ri</t></r><r><t xml:space=\"preserve\">ch "
    "</t></r></si><si><t>客户</t><rPh sb=\"0\" eb=\"2\"><t>kehu</t></rPh></si>"
    "<si><t>a_x000D_b_x005F_x</t></si><si/>";

/* Expected: titles, then rows with their numbers in the sheet, ` 2<a|b>`. */
typedef struct sheet_case {
  const char *what, *sheet, *expected;
  const char *book; /* NULL: nothing */
} sheet_case;

static const sheet_case cases[] = {
    {"texts inside cells", DATA(TITLES_AB ROW(TEXT("x") TEXT("y"))), "a,b 2<x|y>", NULL},
    {"texts that cells share, rich ones and how they are read aloud",
     DATA(TITLE_A ROW("<c t=\"s\"><v>0</v></c>") ROW("<c t=\"s\"><v>1</v></c>") ROW("<c t=\"s\"><v>2</v></c>")
              ROW("<c t=\"s\"><v>3</v></c>")),
     "a 2<one> 3<rich> 4<客户> 5<a\rb_x>", NULL},
    {"cells and rows say where they stand",
     DATA("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"str\"><v>b</v></c></row>"
          "<row r=\"3\"><c r=\"B3\"><v>7</v></c></row>"),
     "a,b 3<|7>", NULL},
    {"numbers have the 15 digits that spreadsheets show, and whole ones all",
     DATA(TITLE_A ROW(NUMBER("0.30000000000000004")) ROW(NUMBER("0.66666666666666663"))
              ROW(NUMBER("1.0000000000000002")) ROW(NUMBER("12345678901234567"))
                  ROW(NUMBER("9007199254740993")) ROW(NUMBER("1.1000000000000001E-7"))),
     "a 2<0.3> 3<0.666666666666667> 4<1> 5<12345678901234567> 6<9007199254740993> 7<0.00000011>", NULL},
    {"numbers are the shortest that read back",
     DATA(TITLE_A ROW(NUMBER("4.2000000000000002")) ROW(NUMBER("0.10000000000000001")) ROW(NUMBER("1E-3"))
              ROW(NUMBER("-12.50")) ROW(NUMBER("007")) ROW(NUMBER("123456789012345678"))
                  ROW(NUMBER("1.2345E+20"))),
     "a 2<4.2> 3<0.1> 4<0.001> 5<-12.5> 6<7> 7<123456789012345678> 8<1.2345e+20>", NULL},
    {"errors, truth and results of formulas",
     DATA(TITLE_A ROW("<c t=\"e\"><v>#N/A</v></c>") ROW("<c t=\"b\"><v>1</v></c>")
              ROW("<c t=\"b\"><v>0</v></c>") ROW("<c t=\"str\"><f>B1&amp;\"x\"</f><v>yx</v></c>")
                  ROW("<c><f>1+1</f><v>2</v></c>")),
     "a 2<#N/A> 3<TRUE> 4<FALSE> 5<yx> 6<2>", NULL},
    {"dates and times by their formats",
     DATA(TITLE_A ROW("<c s=\"1\"><v>45748</v></c>") ROW("<c s=\"2\"><v>43290.534872685188</v></c>")
              ROW("<c s=\"3\"><v>0.5</v></c>") ROW("<c s=\"4\"><v>1.5</v></c>")
                  ROW("<c s=\"5\"><v>45748</v></c>") ROW("<c s=\"6\"><v>45748.25</v></c>")
                      ROW("<c s=\"7\"><v>0.25</v></c>") ROW("<c s=\"1\"><v>45748.75</v></c>")),
     "a 2<2025-04-01> 3<2018-07-09 12:50:13> 4<12:00:00> 5<36:00:00> 6<2025-04-01> 7<2025-04-01 06:00:00>"
     " 8<0.25> 9<2025-04-01 18:00:00>",
     NULL},
    {"days that count from 1904", DATA(TITLE_A ROW("<c s=\"1\"><v>44286</v></c>")), "a 2<2025-04-01>",
     "<workbookPr date1904=\"1\"/>"},
    {"dates that are written as such", DATA(TITLE_A ROW("<c t=\"d\"><v>2025-04-01T09:10:11</v></c>")),
     "a 2<2025-04-01 09:10:11>", NULL},
    {"rows that only have a format are none",
     DATA(TITLE_A ROW(NUMBER("1")) "<row r=\"5\"><c s=\"1\"/></row><row r=\"1048576\"><c s=\"1\"/></row>"),
     "a 2<1>", NULL},
    {"blank rows are left out, also those that the sheet leaves out",
     DATA(TITLE_A ROW(NUMBER("1")) ROW("<c/>") "<row r=\"9\">" NUMBER("2") "</row>"), "a 2<1> 9<2>", NULL},
    {"a header that is repeated is left out", DATA(TITLES_AB ROW(NUMBER("1")) TITLES_AB ROW(NUMBER("2"))),
     "a,b 2<1|> 4<2|>", NULL},
    {"columns without a title are numbered, as far as there are cells",
     DATA(ROW(TEXT("a")) ROW(NUMBER("1") NUMBER("2"))), "a,column_2 2<1|2>", NULL},
    {"merged titles stand in each of their cells",
     DATA(ROW(TEXT("a") "<c/>") ROW(NUMBER("1") NUMBER("2"))) "<mergeCells count=\"1\"><mergeCell "
                                                              "ref=\"A1:B1\"/></mergeCells>",
     "a #1,a #2 2<1|2>", NULL},
    {"elements may have a prefix, and others stand between",
     "<x:sheetData xmlns:x=\"u\"><x:row><x:c t=\"str\"><x:v>a</x:v></x:c></x:row><x:row><x:c><x:v>1</x:v>"
     "</x:c></x:row></x:sheetData><extLst><ext><row/></ext></extLst>",
     "a 2<1>", NULL},
    {"hidden rows are read, and blank rows between are not",
     DATA(TITLE_A
          "<row hidden=\"1\">" NUMBER("1") "</row>" ROW("<c/>") "<row hidden=\"1\"/>" ROW(NUMBER("2"))),
     "a 2<1> 5<2>", NULL},
    {"cells outside of rows are none", DATA(TITLE_A NUMBER("5") ROW(NUMBER("1"))), "a 2<1>", NULL},
    {"texts are trimmed", DATA(TITLE_A ROW(TEXT(" x&#160;")) ROW(TEXT(" ") NUMBER("1"))),
     "a,column_2 2<x|> 3<|1>", NULL},
};

static void every_case_of_workbooks_reads_as_stated(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const reading_options options = {0};
    dataset d = read_workbook(&options, &(workbook_texts){.sheet = slice_of(cases[i].sheet),
                                                          .strings = slice_of(shared),
                                                          .styles = slice_of(formats),
                                                          .book = slice_of(cases[i].book)});
    if (d.code != STATUS_OK) {
      fail_msg("%s: %s", cases[i].what, d.err.message);
    }
    buf rows;
    buf_init(&rows);
    put_rows(&d, &rows);
    if (strcmp((const char *)rows.data, cases[i].expected) != 0) {
      fail_msg("%s: %s, and not %s", cases[i].what, (const char *)rows.data, cases[i].expected);
    }
    buf_fini(&rows);
    drop_dataset(&d);
  }
}

/* ---- Formats ------------------------------------------------------------------------------------- */

static void format_codes_tell_dates_from_numbers(void **state) {
  (void)state;
  static const struct {
    const char *code;
    number_kind kind;
  } codes[] = {
      {"General", NUMBER_PLAIN},
      {"0.00", NUMBER_PLAIN},
      {"#,##0.00_);[Red](#,##0.00)", NUMBER_PLAIN},
      {"0.00E+00", NUMBER_PLAIN},
      {"0\" days\"", NUMBER_PLAIN},
      {"0\\d", NUMBER_PLAIN},
      {"[$-409]General", NUMBER_PLAIN},
      {"@", NUMBER_PLAIN},
      {"0%", NUMBER_PLAIN},
      {"[>=1000]#,##0;0", NUMBER_PLAIN},
      {"0.0;\"d\"", NUMBER_PLAIN},
      {"_-* #,##0.00 \"EUR\"_-", NUMBER_PLAIN},
      {"yyyy-mm-dd", NUMBER_DATE},
      {"DD.MM.YYYY", NUMBER_DATE},
      {"mmm", NUMBER_DATE},
      {"[$-804]yyyy\"年\"m\"月\"d\"日\";@", NUMBER_DATE},
      {"yyyy年m月", NUMBER_DATE},
      {"[$-411]ge.m.d", NUMBER_DATE},
      {"m/d/yy h:mm", NUMBER_DATE_TIME},
      {"yyyy\\-mm\\-dd\\Thh:mm:ss.000", NUMBER_DATE_TIME},
      {"h:mm AM/PM", NUMBER_TIME},
      {"mm:ss.0", NUMBER_TIME},
      {"[h]:mm:ss", NUMBER_DURATION},
      {"[mm]:ss", NUMBER_DURATION},
  };
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
    if (number_kind_of_code(slice_of(codes[i].code)) != codes[i].kind) {
      fail_msg("%s", codes[i].code);
    }
  }
}

/* Known days: Excel's own documentation of the 1900 date system (day 1 is 1900-01-01, 60 the day that was
 * not, 39448 is 2008-01-01), and of the 1904 one (37986 is 2008-01-01). */
static void day_numbers_are_the_days_that_excel_shows(void **state) {
  (void)state;
  static const struct {
    double value;
    number_kind kind;
    bool from_1904;
    const char *text;
  } days[] = {
      {1, NUMBER_DATE, false, "1900-01-01"},
      {59, NUMBER_DATE, false, "1900-02-28"},
      {60, NUMBER_DATE, false, "1900-02-29"},
      {61, NUMBER_DATE, false, "1900-03-01"},
      {39448, NUMBER_DATE, false, "2008-01-01"},
      {37986, NUMBER_DATE, true, "2008-01-01"},
      {0, NUMBER_DATE, true, "1904-01-01"},
      {2958465, NUMBER_DATE, false, "9999-12-31"},
      {2958466, NUMBER_DATE, false, ""},
      {-1, NUMBER_DATE, false, ""},
      {0, NUMBER_DATE, false, ""},
      {0.999999999, NUMBER_TIME, false, "00:00:00"},
      {1.5, NUMBER_TIME, false, "36:00:00"},
      {1.5, NUMBER_TIME, true, "36:00:00"},
      {366, NUMBER_TIME, false, "8784:00:00"},
      {1.5, NUMBER_DURATION, false, "36:00:00"},
      {1.5, NUMBER_DATE_TIME, false, "1900-01-01 12:00:00"},
      {45748.5, NUMBER_TIME, false, "2025-04-01 12:00:00"},
      {45748.999999999, NUMBER_DATE_TIME, false, "2025-04-02 00:00:00"},
      {45748.3821875, NUMBER_DATE_TIME, false, "2025-04-01 09:10:21"},
      {45748.382188657406, NUMBER_DATE_TIME, false, "2025-04-01 09:10:21.100"},
      {1e300, NUMBER_DATE, false, ""},
  };
  for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
    char text[SERIAL_TEXT_BYTES];
    const size_t length = serial_format(days[i].value, days[i].kind, days[i].from_1904, text);
    if (!slice_equal((slice){text, length}, slice_of(days[i].text))) {
      fail_msg("%g: %.*s, and not %s", days[i].value, (int)length, text, days[i].text);
    }
  }
}

static void letters_of_columns_go_both_ways(void **state) {
  (void)state;
  for (uint32_t column = 0; column < SHEET_COLUMNS_MAX; column++) {
    char reference[COLUMN_LETTERS_BYTES + 8];
    uint32_t back = 0;
    uint64_t row = 0;
    sheet_column_letters(column, reference);
    strcat(reference, "12");
    assert_true(sheet_parse_reference(reference, &back, &row));
    assert_int_equal(back, column);
    assert_int_equal(row, 12);
  }
  static const char *const wrong[] = {
      "", "A", "1", "A0", "XFE1", "A1048577", "A1x", "A99999999999999999999", "AAAAAAAAAAAAAAAAAA1"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    uint32_t column;
    uint64_t row;
    assert_false(sheet_parse_reference(wrong[i], &column, &row));
  }
}

/* ---- What is told -------------------------------------------------------------------------------- */

static void what_is_left_out_of_a_sheet_is_told(void **state) {
  (void)state;
  static const char rows[] = DATA(TITLES_AB ROW("<c><f>1+1</f><v></v></c>" NUMBER("1")) ROW("<c/><c/>")
                                       TITLES_AB ROW(NUMBER("3") NUMBER("4"))) "<mergeCells><mergeCell "
                                                                                "ref='A40:B41'/></mergeCells>";
  const reading_options options = {0};
  dataset d = read_workbook(
      &options, &(workbook_texts){
                    .sheet = slice_of(rows),
                    .sheets = slice_of("<sheet name=\"Hidden\" state=\"hidden\" r:id=\"rId1\"/><sheet "
                                       "name=\"Chart\" r:id=\"rId4\"/><sheet name=\"客户\" r:id=\"rId1\"/>"
                                       "<sheet name=\"More\" r:id=\"rId1\"/>")});
  assert_int_equal(d.code, STATUS_OK);
  const file_facts *f = &d.facts->files[0];
  assert_true(slice_is(f->reading.sheet, "客户"));
  assert_int_equal(f->reading.notices, 1U << FILE_NOTICE_OTHER_SHEETS | 1U << FILE_NOTICE_MERGED_CELLS |
                                           1U << FILE_NOTICE_FORMULAS);
  assert_int_equal(f->skipped[FILE_BLANK_ROWS].count, 1);
  assert_int_equal(f->skipped[FILE_BLANK_ROWS].lines[0], 3);
  assert_int_equal(f->skipped[FILE_REPEATED_HEADERS].lines[0], 4);
  assert_int_equal(d.rows_count, 2);
  drop_dataset(&d);
}

/* The cell that is too far right stands below the rows that tell how wide the table is. */
static void a_row_with_a_cell_beyond_the_titles_is_quarantined(void **state) {
  (void)state;
  buf rows;
  buf_init(&rows);
  buf_printf(&rows, "<sheetData>" TITLE_A);
  for (int i = 0; i < 1500; i++) {
    buf_printf(&rows, ROW(NUMBER("1")));
  }
  buf_printf(&rows, "<row r=\"1600\">" NUMBER("1") "<c r=\"AB1600\"><v>2</v></c></row></sheetData>");
  const reading_options options = {0};
  dataset d = read_workbook(&options, &(workbook_texts){.sheet = {(const char *)rows.data, rows.length}});
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, 1500);
  const file_facts *f = &d.facts->files[0];
  assert_int_equal(f->quarantined, 1);
  assert_int_equal(f->places[0].line, 1600);
  assert_true(slice_is(f->places[0].problem,
                       "a cell in column AB, where the header ends with A; give the column a "
                       "title, or clear it"));
  buf_fini(&rows);
  drop_dataset(&d);
}

static void the_sheet_is_taken_by_name_or_number(void **state) {
  (void)state;
  static const struct {
    const char *sheet, *taken; /* NULL: refused */
  } choices[] = {{NULL, "First"}, {"First", "First"}, {"second", "second"}, {"1", "First"},
                 {"2", "second"}, {"3", NULL},        {"0", NULL},          {"Chart", NULL}};
  for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
    const reading_options options = {.sheet = choices[i].sheet};
    dataset d = read_workbook(
        &options, &(workbook_texts){.sheet = slice_of(DATA(TITLE_A ROW(NUMBER("1")))),
                                    .sheets = slice_of("<sheet name=\"First\" r:id=\"rId1\"/><sheet "
                                                       "name=\"Chart\" r:id=\"rId4\"/><sheet "
                                                       "name=\"second\" r:id=\"rId1\"/>")});
    if (choices[i].taken != NULL) {
      assert_int_equal(d.code, STATUS_OK);
      assert_true(slice_is(d.facts->files[0].reading.sheet, choices[i].taken));
    } else {
      assert_int_equal(d.code, STATUS_DATA);
      assert_non_null(strstr(d.err.message, "it has 'First', 'second'"));
    }
    drop_dataset(&d);
  }
}

/* ---- What is refused ----------------------------------------------------------------------------- */

static void damaged_sheets_are_refused_with_what_is_wrong(void **state) {
  (void)state;
  static const struct {
    const char *sheet, *message;
  } wrong[] = {
      {DATA(""), "the sheet 'Answers' is empty"},
      {DATA(TITLE_A), "has a header but no rows"},
      {"<sheetData><row>", "its part xl/worksheets/sheet1.xml is damaged (line 1: "},
      {DATA(TITLE_A "<row r=\"1\"/>"), "a row after row 1 that is not a later one"},
      {DATA(TITLE_A "<row r=\"1048577\"/>"), "a row after row 1 that is not a later one"},
      {DATA("<row>" TEXT("a") "<row r=\"2\"/></row>"), "a row after row 1 that is not a later one"},
      {DATA("<row><c r=\"B1\"/><c r=\"A1\"/></row>"), "a cell in row 1 that is out of place"},
      {DATA("<row><c r=\"XFE1\"/></row>"), "a cell in row 1 that is out of place"},
      {DATA("<row><c t=\"s\"><v>99</v></c></row>"), "cell A1 has a text that the workbook does not hold"},
      {DATA("<row><c t=\"s\"><v>-1</v></c></row>"), "cell A1 has a text that the workbook does not hold"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const reading_options options = {0};
    dataset d = read_workbook(&options, &(workbook_texts){.sheet = slice_of(wrong[i].sheet)});
    if (d.code != STATUS_DATA || strstr(d.err.message, wrong[i].message) == NULL) {
      fail_msg("%s: %s", wrong[i].sheet, d.code == STATUS_OK ? "it was read" : d.err.message);
    }
    drop_dataset(&d);
  }
}

static void a_document_type_and_deep_elements_are_refused(void **state) {
  (void)state;
  const reading_options options = {0};
  static const char type[] = "<!DOCTYPE sst [<!ENTITY a \"aaaa\">]><sst><si><t>&a;</t></si></sst>";
  buf deep, bytes;
  buf_init(&deep);
  buf_init(&bytes);
  for (int i = 0; i < 100; i++) {
    buf_printf(&deep, "<x>");
  }
  dataset d = read_workbook(&options, &(workbook_texts){.sheet = {(const char *)deep.data, deep.length}});
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, "deep"));
  drop_dataset(&d);
  const workbook_part parts[] = {{"xl/workbook.xml", slice_of(type)}};
  workbook_put_parts(&bytes, parts, 1);
  d = read_text(&options, bytes.data, bytes.length);
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, "declares a document type"));
  drop_dataset(&d);
  buf_fini(&deep);
  buf_fini(&bytes);
}

/* 600 MiB of blanks in half a MiB. */
static void a_part_that_unpacks_beyond_measure_is_refused(void **state) {
  (void)state;
  enum { BOMB_BYTES = 600 << 20 };
  char *blanks = malloc(BOMB_BYTES);
  assert_non_null(blanks);
  memset(blanks, ' ', BOMB_BYTES);
  const reading_options options = {0};
  dataset d = read_workbook(&options, &(workbook_texts){.sheet = {blanks, BOMB_BYTES}});
  free(blanks);
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, "unpacks to more than"));
  drop_dataset(&d);
}

static void other_archives_are_refused_by_name(void **state) {
  (void)state;
  static const struct {
    const char *member, *message;
  } others[] = {{"xl/workbook.bin", "a binary Excel workbook"},
                {"word/document.xml", "a Word document"},
                {"META-INF/manifest.xml", "an OpenDocument file"},
                {"answers.csv", "a ZIP archive of other files, which cannot be read; unpack it (unzip "}};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    const reading_options options = {0};
    const workbook_part part = {others[i].member, slice_of("x")};
    buf bytes;
    buf_init(&bytes);
    workbook_put_parts(&bytes, &part, 1);
    dataset d = read_text(&options, bytes.data, bytes.length);
    assert_int_equal(d.code, STATUS_DATA);
    if (strstr(d.err.message, others[i].message) == NULL) {
      fail_msg("%s: %s", others[i].member, d.err.message);
    }
    buf_fini(&bytes);
    drop_dataset(&d);
  }
}

/* A compound file of one sector each for the table of sectors and the directory. */
static void compound_files_are_refused_by_what_is_in_them(void **state) {
  (void)state;
  static const struct {
    const char *stream, *message;
  } kinds[] = {{"EncryptedPackage", "a workbook with a password"},
               {"Workbook", "an old Excel workbook (.xls)"},
               {"WordDocument", "an old Office document"}};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    uint8_t bytes[3 * 512] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    bytes[30] = 9; /* sectors of 512 bytes */
    bytes[48] = 1; /* the directory's sector; the table's is 0 */
    memset(bytes + 512, 0xff, 512);
    uint8_t *entry = bytes + 1024 + 128;
    for (size_t k = 0; kinds[i].stream[k] != '\0'; k++) {
      entry[2 * k] = (uint8_t)kinds[i].stream[k];
    }
    entry[64] = (uint8_t)(2 * strlen(kinds[i].stream) + 2);
    const reading_options options = {0};
    dataset d = read_text(&options, bytes, sizeof bytes);
    assert_int_equal(d.code, STATUS_DATA);
    if (strstr(d.err.message, kinds[i].message) == NULL) {
      fail_msg("%s: %s", kinds[i].stream, d.err.message);
    }
    drop_dataset(&d);
  }
}

/* ---- Texts beyond memory ------------------------------------------------------------------------- */

static void shared_texts_beyond_memory_are_the_same_texts(void **state) {
  (void)state;
  enum { TEXTS = 5000 };
  buf texts, bytes;
  buf_init(&texts);
  buf_init(&bytes);
  for (int i = 0; i < TEXTS; i++) {
    buf_printf(&texts, "<si><t>text %d</t></si>", i);
  }
  workbook_put(&bytes, &(workbook_texts){.strings = {(const char *)texts.data, texts.length}});
  char *path = make_file(bytes.data, bytes.length);
  package *p;
  error err;
  strings all;
  assert_int_equal(package_open(path, path, NULL, &p, &err), STATUS_OK);
  assert_int_equal(strings_read(p, slice_of("xl/sharedStrings.xml"), 100, &all, &err), STATUS_OK);
  assert_true(all.texts.has_file && all.ends.has_file);
  for (int i = 0; i < TEXTS; i++) {
    char wanted[32];
    slice text;
    snprintf(wanted, sizeof wanted, "text %d", i);
    assert_int_equal(strings_at(&all, (uint64_t)i, &text, &err), STATUS_OK);
    assert_true(slice_is(text, wanted));
  }
  assert_int_equal(strings_count(&all), TEXTS);
  strings_fini(&all);
  package_close(p);
  drop_file(path);
  buf_fini(&texts);
  buf_fini(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_case_of_workbooks_reads_as_stated),
      cmocka_unit_test(format_codes_tell_dates_from_numbers),
      cmocka_unit_test(day_numbers_are_the_days_that_excel_shows),
      cmocka_unit_test(letters_of_columns_go_both_ways),
      cmocka_unit_test(what_is_left_out_of_a_sheet_is_told),
      cmocka_unit_test(a_row_with_a_cell_beyond_the_titles_is_quarantined),
      cmocka_unit_test(the_sheet_is_taken_by_name_or_number),
      cmocka_unit_test(damaged_sheets_are_refused_with_what_is_wrong),
      cmocka_unit_test(a_document_type_and_deep_elements_are_refused),
      cmocka_unit_test(a_part_that_unpacks_beyond_measure_is_refused),
      cmocka_unit_test(other_archives_are_refused_by_name),
      cmocka_unit_test(compound_files_are_refused_by_what_is_in_them),
      cmocka_unit_test(shared_texts_beyond_memory_are_the_same_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

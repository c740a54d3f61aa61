/* Cells that are read without the parser of XML: that they are the cells that it gives
 * (reading/xlsx/plain_cell.h).  Two blanks after <c make a cell one for the parser. */
#include "reading/xlsx/plain_cell.h"
#include "tests/reading/xlsx_reading.h"
#include "tests/seeded.h"

/* TEXT with every FROM replaced. */
static void put_replaced(buf *out, const char *text, const char *from, const char *to) {
  for (const char *found; (found = strstr(text, from)) != NULL; text = found + strlen(from)) {
    buf_put(out, text, (size_t)(found - text));
    buf_put_text(out, to);
  }
  buf_put_text(out, text);
}

static void check_same(const char *sheet) {
  static const char shared[] = "<si><t>one</t></si><si><t>two</t></si>";
  const reading_options options = {0};
  buf parsed;
  buf_init(&parsed);
  put_replaced(&parsed, sheet, "<c r=", "<c  r=");
  const workbook_texts plain = {
      .sheet = slice_of(sheet), .strings = slice_of(shared), .styles = slice_of(formats)};
  workbook_texts other = plain;
  other.sheet = (slice){(const char *)parsed.data, parsed.length};
  dataset a = read_workbook(&options, &plain);
  dataset b = read_workbook(&options, &other);
  assert_int_equal(a.code, b.code);
  if (a.code == STATUS_OK) {
    assert_same_data(&a, &b);
  } else {
    const char *why[] = {strchr(a.err.message, ':'), strchr(b.err.message, ':')}; /* after the file's name */
    assert_true(why[0] != NULL && why[1] != NULL);
    assert_string_equal(why[0], why[1]);
  }
  drop_dataset(&a);
  drop_dataset(&b);
  buf_fini(&parsed);
}

static void put_cell(buf *out, seeded *random, int row, char column) {
  static const char *const attributes[] = {"", " s=\"1\"", " s=\"2\" t=\"n\"", " t=\"n\"", " s=\"4\""};
  switch (seeded_below(random, 12)) {
    case 0:
      break;
    case 1:
      buf_printf(out, "<c r=\"%c%d\" s=\"3\"/>", column, row);
      break;
    case 2:
      buf_printf(out, "<c r=\"%c%d\" t=\"str\"><v>x<![CDATA[</c><row a=\"1\">]]></v></c>", column, row);
      break;
    case 3:
      buf_printf(out, "<!-- <c r=\"%c%d\"><v>9</v></c> -->", column, row);
      break;
    case 4:
    case 5:
      buf_printf(out, "<c r=\"%c%d\" t=\"s\"><v>%d</v></c>", column, row, (int)seeded_below(random, 2));
      break;
    case 6:
      buf_printf(out, "<c r=\"%c%d\"><v>-%dE-%d</v></c>", column, row, (int)seeded_below(random, 1000),
                 (int)seeded_below(random, 20));
      break;
    default:
      buf_printf(out, "<c r=\"%c%d\"%s><v>%d.%d</v></c>", column, row, attributes[seeded_below(random, 5)],
                 (int)seeded_below(random, 60000), (int)seeded_below(random, 100));
  }
}

/* Of more bytes than are read at once: cells lie across the ends of what is there. */
static void plain_cells_are_those_that_the_parser_gives(void **state) {
  (void)state;
  enum { ROWS = 3000 };
  seeded random = {seeded_seed()};
  buf sheet;
  buf_init(&sheet);
  buf_printf(&sheet, "<sheetData><row r=\"1\">");
  for (char column = 'A'; column <= 'F'; column++) {
    buf_printf(&sheet, "<c r=\"%c1\" t=\"str\"><v>%c</v></c>", column, column);
  }
  buf_printf(&sheet, "</row>");
  for (int row = 2; row < ROWS; row++) {
    buf_printf(&sheet, "<row r=\"%d\"%s>", row, row % 50 == 0 ? " x=\">\"" : "");
    for (char column = 'A'; column <= 'F'; column++) {
      put_cell(&sheet, &random, row, column);
    }
    buf_printf(&sheet, row % 70 == 0 ? "</row>\n" : "</row>");
  }
  buf_printf(&sheet, "</sheetData>");
  buf_put_u8(&sheet, '\0');
  assert_true(sheet.length > 200000);
  check_same((const char *)sheet.data);
  buf_fini(&sheet);
}

static void what_the_parser_refuses_is_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "<c r=\"A3\"><v>1</v></c>",                             /* of another row */
      "<c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c>",     /* backwards */
      "<c r=\"B2\"><v>1</v></c><c r=\"B2\"><v>1</v></c>",     /* twice */
      "<c r=\"ZZZ2\"><v>1</v></c>",                           /* beyond all sheets */
      "<c r=\"A2\" t=\"s\"><v>2</v></c>",                     /* a text that is not there */
      "<c r=\"A2\" t=\"s\"><v>1.5</v></c>",                   /* no text at all */
      "<c r=\"A2\"><v>1.2.3</v></c><c r=\"B2\"><v>-</v></c>", /* no numbers, which are texts */
      "<c r=\"A2\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>2</v></c>",
      "<c r=\"A2\"><v>1</v></c><row r=\"3\"><c r=\"A3\"><v>2</v></c></row>",
      "<c r=\"A2\"><v>1</v></c></v>",
      "<!-- a > <row r=\"2\"> <c r=\"A2\"><v>1</v></c> --><c r=\"B2\"><v>3</v></c>",
      "<x a=\"<row\"/><c r=\"A2\"><v>1</v></c>",
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    buf sheet;
    buf_init(&sheet);
    buf_printf(
        &sheet,
        "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"str\"><v>b</v></c></row>"
        "<row r=\"2\">%s</row></sheetData>%c",
        rows[i], '\0');
    check_same((const char *)sheet.data);
    buf_fini(&sheet);
  }
}

static void a_cell_is_known_from_its_last_byte_on(void **state) {
  (void)state;
  static const char text[] = "<c r=\"BC12\" s=\"34\" t=\"s\"><v>567</v></c><c";
  const size_t whole = sizeof text - 1 - 2;
  plain_cell cell;
  for (size_t length = 0; length < whole; length++) {
    slice bytes = {text, length};
    assert_int_equal(plain_cell_read(&bytes, &cell), PLAIN_MORE);
    assert_int_equal(bytes.length, length);
  }
  slice bytes = slice_of(text);
  assert_int_equal(plain_cell_read(&bytes, &cell), PLAIN_CELL);
  assert_int_equal(bytes.length, 2);
  assert_int_equal(cell.column, 54); /* AA is 26, BA 52 */
  assert_int_equal(cell.row, 12);
  assert_int_equal(cell.style, 34);
  assert_true(cell.is_shared && slice_is(cell.value, "567"));
  static const char *const others[] = {
      "</row>",
      "<c r='A1'><v>1</v></c>",
      "<c r=\"1\"><v>1</v></c>",
      "<c r=\"A1\" t=\"str\"><v>1</v></c>",
      "<c r=\"A1\"><f>1</f><v>1</v></c>",
      "<c r=\"A1\"><v></v></c>",
      "<c r=\"A1\"><v>x</v></c>",
      "<c r=\"A1\"/>",
      "<c r=\"A12345678901\"><v>1</v></c>",
      "<c r=\"A1\"><v>12345678901234567890123456789012345678901</v></c>",
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    slice other = slice_of(others[i]);
    assert_int_equal(plain_cell_read(&other, &cell), PLAIN_OTHER);
    assert_int_equal(other.length, strlen(others[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_cells_are_those_that_the_parser_gives),
      cmocka_unit_test(what_the_parser_refuses_is_refused),
      cmocka_unit_test(a_cell_is_known_from_its_last_byte_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

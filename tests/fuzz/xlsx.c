/* Workbooks (reading/xlsx/xlsx.h).  The first byte is how the file is read, the second what follows: the file
 * itself, or its sheet, its shared texts, its styles, its table or what the book says of itself, in an
 * otherwise valid workbook.  Shared texts are also read into a file, where those go that memory does not
 * hold. */
#include <string.h>

#include "reading/xlsx/strings.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/read_twice.h"
#include "tests/reading/workbook.h"

enum { HOW_BYTES = 2, PARTS = 6, SPILLED_FROM = 8 };

static const char sheet[] =
    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>b</t></is></c></row>"
    "<row><c><v>1.50</v></c><c s=\"1\"><v>45748.25</v></c></row><row r=\"5\"><c t=\"e\"><v>#N/A</v></c>"
    "<c t=\"b\"><f>A1</f><v>1</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>";
static const char texts[] = "<si><t>a</t></si><si><r><t>x_x000A_</t></r><rPh><t>y</t></rPh></si>";
static const char formats[] =
    "<numFmts><numFmt numFmtId=\"164\" formatCode=\"[h]:mm;@\"/></numFmts><cellXfs>"
    "<xf numFmtId=\"0\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/></cellXfs>";

static const char table[] = "ref=\"A1:B5\" totalsRowCount=\"1\"";

static workbook_texts well_parts(void) {
  return (workbook_texts){.sheet = slice_of(sheet),
                          .strings = slice_of(texts),
                          .styles = slice_of(formats),
                          .table = slice_of(table)};
}

static const char book[] =
    "<workbookPr date1904=\"1\"/><bookViews><workbookView activeTab=\"0\"/></bookViews>";

/* The shared texts of a workbook, of which memory holds IN_MEMORY bytes. */
static status read_texts(const buf *workbook, size_t in_memory, buf *out) {
  fuzz_file file = fuzz_file_new(workbook->data, workbook->length);
  package *p = NULL;
  strings all;
  slice text;
  error err = {STATUS_OK, ""};
  fuzz_require_ok(package_open(file.path, "fuzz.xlsx", NULL, &p, &err), &err, "the archive is well");
  const status st = strings_read(p, slice_of("xl/sharedStrings.xml"), in_memory, &all, &err);
  for (uint64_t i = 0; st == STATUS_OK && i < strings_count(&all); i++) {
    fuzz_require_ok(strings_at(&all, i, &text, &err), &err, "a text that is there can be read");
    buf_put_slice(out, text);
  }
  strings_fini(&all);
  package_close(p);
  fuzz_file_close(&file);
  return st;
}

static void read_texts_both_ways(const buf *workbook) {
  buf held, spilled;
  buf_init(&held);
  buf_init(&spilled);
  fuzz_require(read_texts(workbook, STRINGS_IN_MEMORY, &held) == read_texts(workbook, SPILLED_FROM, &spilled),
               "a file takes the texts that memory takes");
  fuzz_require_same(fuzz_slice(&held), fuzz_slice(&spilled), "and gives the same ones");
  buf_fini(&held);
  buf_fini(&spilled);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length < HOW_BYTES) {
    return 0;
  }
  const reading_options options = {.decimal_mark = bytes[0] & 1 ? ',' : '.',
                                   .keeps_blank_rows = (bytes[0] & 2) != 0,
                                   .header = {.skip = bytes[0] >> 2 & 1, .rows = bytes[0] >> 3 & 3},
                                   .shard_rows = bytes[0] >> 5};
  const slice rest = {(const char *)bytes + HOW_BYTES, length - HOW_BYTES};
  workbook_texts parts = well_parts();
  buf file;
  buf_init(&file);
  switch (bytes[1] % PARTS) {
    case 0:
      buf_put(&file, rest.bytes, rest.length);
      break;
    case 1:
      parts.sheet = rest;
      break;
    case 2:
      parts.strings = rest;
      break;
    case 3:
      parts.styles = rest;
      break;
    case 4:
      parts.table = rest;
      break;
    default:
      parts.book = rest;
  }
  if (bytes[1] % PARTS != 0) {
    workbook_put(&file, &parts);
  }
  if (bytes[1] % PARTS == 2) {
    read_texts_both_ways(&file);
  }
  read_twice(&options, "fuzz.xlsx", file.data, file.length);
  buf_fini(&file);
  return 0;
}

static void add(fuzz_corpus *out, uint8_t how, uint8_t part, slice text) {
  buf bytes;
  buf_init(&bytes);
  buf_put_u8(&bytes, how);
  buf_put_u8(&bytes, part);
  buf_put(&bytes, text.bytes, text.length);
  fuzz_corpus_add(out, bytes.data, bytes.length);
  buf_fini(&bytes);
}

void fuzz_seeds(fuzz_corpus *out) {
  const workbook_texts parts = well_parts();
  buf file;
  buf_init(&file);
  workbook_put(&file, &parts);
  add(out, 0, 0, (slice){(const char *)file.data, file.length});
  add(out, 2, 0, slice_of("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
  for (uint8_t how = 0; how < 16; how++) {
    add(out, (uint8_t)(how * 17), 1, parts.sheet);
  }
  add(out, 0, 2, parts.strings);
  add(out, 0, 3, parts.styles);
  add(out, 0, 4, parts.table);
  add(out, 0, 5, slice_of(book));
  /* Merged titles over two rows, and merged cells below. */
  add(out, 2 << 3, 1,
      slice_of(
          "<sheetData><row><c t=\"str\"><v>a</v></c><c/><c t=\"str\"><v>b</v></c></row><row><c "
          "t=\"str\"><v>x</v></c>"
          "<c "
          "t=\"str\"><v>y</v></c></row><row><c><v>1</v></c><c><v>2E-3</v></c></row></sheetData><mergeCells>"
          "<mergeCell ref=\"A1:B1\"/><mergeCell ref=\"C1:C2\"/><mergeCell ref=\"A3:A4\"/></mergeCells>"));
  /* Dates and times of every kind, blank rows, and a cell right of the titles. */
  add(out, 2, 1,
      slice_of("<sheetData><row r=\"2\"><c t=\"str\"><v>a</v></c></row><row r=\"4\"><c "
               "s=\"1\"><v>60</v></c></row><row><c s=\"2\">"
               "<v>1.5</v></c></row><row r=\"9\"><c t=\"d\"><v>2025-04-01T09:10:11</v></c></row><row><c "
               "r=\"A10\" s=\"1\"><v>-1</v>"
               "</c></row><row><c><v>1</v></c><c r=\"XFD11\"><v>2</v></c></row></sheetData>"));
  buf_fini(&file);
}

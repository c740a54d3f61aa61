/* Workbooks (reading/xlsx/xlsx.h).  The first byte is how the file is read, the second what follows: the file
 * itself, or its sheet, its shared texts, its styles or its table in an otherwise valid workbook. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/read_twice.h"
#include "tests/reading/workbook.h"

enum { HOW_BYTES = 2, PARTS = 5 };

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
    default:
      parts.table = rest;
  }
  if (bytes[1] % PARTS != 0) {
    workbook_put(&file, &parts);
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
  buf_fini(&file);
}

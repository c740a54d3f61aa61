/* For the tests of workbooks: sheets written as text, and read. */
#ifndef CANVASS_TESTS_READING_XLSX_READING_H
#define CANVASS_TESTS_READING_XLSX_READING_H

#include "tests/reading/csv_reading.h"
#include "tests/reading/workbook.h"

#define ROW(cells)     "<row>" cells "</row>"
#define TEXT(text)     "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define NUMBER(number) "<c><v>" number "</v></c>"
#define DATA(rows)     "<sheetData>" rows "</sheetData>"
#define TITLE_A        ROW(TEXT("a"))
#define TITLES_AB      ROW(TEXT("a") TEXT("b"))

static inline dataset read_workbook(const reading_options *options, const workbook_texts *texts) {
  buf bytes;
  buf_init(&bytes);
  workbook_put(&bytes, texts);
  dataset d = read_text(options, bytes.data, bytes.length);
  buf_fini(&bytes);
  return d;
}

/* Formats of cells: `s="1"` is a date, 2 a date with a time, 3 a time of day, 4 a duration, 7 per cent. */
static const char formats[] =
    "<numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"[$-409]d/m/yy h:mm AM/PM;@\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"20\"/>"
    "<xf numFmtId=\"46\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"10\"/></cellXfs>";

#endif

#include "tests/reading/workbook.h"

#include <minizip/zip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A failure here is the test's own: it ends the program. */
static void must(bool well, const char *what) {
  if (!well) {
    perror(what);
    abort();
  }
}

static void put_file(buf *out, const char *path) {
  FILE *file = fopen(path, "rb");
  must(file != NULL, path);
  uint8_t block[4096];
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) {
    buf_put(out, block, got);
  }
  must(fclose(file) == 0, path);
}

void workbook_put_parts(buf *out, const workbook_part *parts, size_t count) {
  char path[] = "/tmp/canvass-workbook-XXXXXX";
  const int fd = mkstemp(path);
  must(fd >= 0 && close(fd) == 0, path);
  zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
  must(zip != NULL, path);
  for (size_t i = 0; i < count; i++) {
    static const zip_fileinfo same_time;
    must(zipOpenNewFileInZip(zip, parts[i].name, &same_time, NULL, 0, NULL, 0, NULL, Z_DEFLATED,
                             Z_DEFAULT_COMPRESSION) == ZIP_OK &&
             zipWriteInFileInZip(zip, parts[i].text.bytes, (unsigned)parts[i].text.length) == ZIP_OK &&
             zipCloseFileInZip(zip) == ZIP_OK,
         parts[i].name);
  }
  must(zipClose(zip, NULL) == ZIP_OK, path);
  put_file(out, path);
  (void)unlink(path);
}

#define MAIN     "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static slice text_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

void workbook_put(buf *out, const workbook_texts *texts) {
  static const char package[] =
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
      "Id=\"rId1\" Type=\"" RELATION "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
  static const char relations[] =
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
      "<Relationship Id=\"rId1\" Type=\"" RELATION
      "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
      "<Relationship Id=\"rId2\" Type=\"" RELATION
      "/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
      "<Relationship Id=\"rId3\" Type=\"" RELATION
      "/styles\" Target=\"styles.xml\"/>"
      "<Relationship Id=\"rId4\" Type=\"" RELATION
      "/chartsheet\" Target=\"chartsheets/sheet1.xml\"/>"
      "</Relationships>";
  static const char of_sheet[] =
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
      "<Relationship Id=\"rId1\" Type=\"" RELATION
      "/hyperlink\" Target=\"https://example.org/\" TargetMode=\"External\"/>"
      "<Relationship Id=\"rId2\" Type=\"" RELATION
      "/table\" Target=\"../tables/table1.xml\"/>"
      "<Relationship Id=\"rId3\" Type=\"" RELATION "/table\" Target=\"../tables/lost.xml\"/></Relationships>";
  const slice sheets = texts->sheets.length > 0
                           ? texts->sheets
                           : slice_of("<sheet name=\"Answers\" sheetId=\"1\" r:id=\"rId1\"/>");
  buf book, sheet, strings, styles;
  buf_init(&book);
  buf_init(&sheet);
  buf_init(&strings);
  buf_init(&styles);
  buf_printf(&book,
             "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATION "\">%.*s<sheets>%.*s</sheets></workbook>",
             SLICE_ARG(texts->book), SLICE_ARG(sheets));
  buf_printf(&sheet, "<worksheet xmlns=\"" MAIN "\">");
  buf_put(&sheet, texts->sheet.bytes, texts->sheet.length);
  buf_printf(&sheet, "</worksheet>");
  buf_printf(&strings, "<sst xmlns=\"" MAIN "\">");
  buf_put(&strings, texts->strings.bytes, texts->strings.length);
  buf_printf(&strings, "</sst>");
  buf_printf(&styles, "<styleSheet xmlns=\"" MAIN "\">%.*s</styleSheet>", SLICE_ARG(texts->styles));
  const workbook_part parts[] = {{"_rels/.rels", slice_of(package)},
                                 {"xl/workbook.xml", text_of(&book)},
                                 {"xl/_rels/workbook.xml.rels", slice_of(relations)},
                                 {"xl/worksheets/sheet1.xml", text_of(&sheet)},
                                 {"xl/sharedStrings.xml", text_of(&strings)},
                                 {"xl/styles.xml", text_of(&styles)}};
  enum { PARTS = sizeof parts / sizeof parts[0] };
  workbook_part all[PARTS + 2];
  memcpy(all, parts, sizeof parts);
  buf table;
  buf_init(&table);
  buf_printf(&table, "<table xmlns=\"" MAIN "\" id=\"1\" name=\"T\" %.*s/>", SLICE_ARG(texts->table));
  all[PARTS] = (workbook_part){"xl/worksheets/_rels/sheet1.xml.rels", slice_of(of_sheet)};
  all[PARTS + 1] = (workbook_part){"xl/tables/table1.xml", text_of(&table)};
  workbook_put_parts(out, all, texts->table.length > 0 ? PARTS + 2 : PARTS);
  buf_fini(&table);
  buf_fini(&book);
  buf_fini(&sheet);
  buf_fini(&strings);
  buf_fini(&styles);
}

/* Workbooks for tests, written part by part. */
#ifndef CANVASS_TESTS_READING_WORKBOOK_H
#define CANVASS_TESTS_READING_WORKBOOK_H

#include "base/buf.h"

typedef struct workbook_part {
  const char *name;
  slice text;
} workbook_part;

/* Appends an archive of the parts to OUT. */
void workbook_put_parts(buf *out, const workbook_part *parts, size_t count);

/* A workbook of one sheet.  What is empty is left out. */
typedef struct workbook_texts {
  slice sheet;   /* inside <worksheet> */
  slice strings; /* inside <sst> */
  slice styles;  /* inside <styleSheet> */
  slice book;    /* inside <workbook>, before the sheets */
  slice sheets;  /* instead of the one sheet "Answers", which is rId1 */
  slice table;   /* attributes of a <table> on that sheet */
} workbook_texts;
void workbook_put(buf *out, const workbook_texts *texts);

#endif

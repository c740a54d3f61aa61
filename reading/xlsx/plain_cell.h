/* A cell as nearly all are, read without a parser of XML: <c r="B2" s="1" t="s"><v>12</v></c>, where s and t
 * may be missing, t is s or n, and the value is a number. */
#ifndef CANVASS_READING_XLSX_PLAIN_CELL_H
#define CANVASS_READING_XLSX_PLAIN_CELL_H

#include "base/text.h"

typedef struct plain_cell {
  uint32_t column; /* from 0 */
  uint64_t row;    /* from 1 */
  uint64_t style;
  bool is_shared; /* the value is the number of a shared text */
  slice value;    /* characters of numbers, though it need not be one */
} plain_cell;

typedef enum plain_outcome {
  PLAIN_CELL,
  PLAIN_MORE, /* BYTES end before it is known */
  PLAIN_OTHER,
} plain_outcome;

/* Reads the cell at the beginning of *BYTES, which then begin after it. */
plain_outcome plain_cell_read(slice *bytes, plain_cell *out);

#endif

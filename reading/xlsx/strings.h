/* The texts that cells share: a workbook stores each once, and cells refer to it by its number. */
#ifndef CANVASS_READING_XLSX_STRINGS_H
#define CANVASS_READING_XLSX_STRINGS_H

#include "reading/xlsx/package.h"
#include "reading/xlsx/spill.h"

typedef struct strings {
  spill texts, ends; /* ENDS: where each text ends, as uint64_t */
} strings;

enum { STRINGS_IN_MEMORY = 8 << 20 };

/* Zeroes S, and reads PART (empty: there are none).  IN_MEMORY: the most bytes that TEXTS and ENDS may each
 * keep in memory. */
status strings_read(package *p, slice part, size_t in_memory, strings *s, error *err) MUST_USE;
void strings_fini(strings *s);
uint64_t strings_count(const strings *s);
/* The text INDEX, below their number; valid until the next call. */
status strings_at(strings *s, uint64_t index, slice *text, error *err) MUST_USE;

/* Replaces escapes such as "_x000D_" by the characters they stand for, which XML cannot have.  In place;
 * returns the new length. */
size_t strings_unescape(char *text, size_t length);

#endif

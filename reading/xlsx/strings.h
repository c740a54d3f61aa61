/* The texts that cells share: a workbook keeps each once, and cells have its number. */
#ifndef CANVASS_READING_XLSX_STRINGS_H
#define CANVASS_READING_XLSX_STRINGS_H

#include "reading/xlsx/package.h"
#include "reading/xlsx/spill.h"

typedef struct strings {
  spill texts, ends; /* ENDS: where each text ends, as uint64_t */
} strings;

enum { STRINGS_IN_MEMORY = 32 << 20 };

/* Zeroes S, and reads PART (empty: there are none).  IN_MEMORY: bytes of each of both at most. */
status strings_read(package *p, slice part, size_t in_memory, strings *s, error *err) MUST_USE;
void strings_fini(strings *s);
/* The text INDEX; false: there is none. */
bool strings_at(const strings *s, uint64_t index, slice *text);

/* A text as it is meant, of one that was written into XML: "_x000D_" is a character that XML has not.  In
 * place. */
size_t strings_unescape(char *text, size_t length);

#endif

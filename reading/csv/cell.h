/* The text of a raw cell: without its quotes, doubled quotes single, trimmed. */
#ifndef CANVASS_READING_CSV_CELL_H
#define CANVASS_READING_CSV_CELL_H

#include "base/arena.h"

/* RAW is a cell of a well-formed record (perhaps with the carriage return of its line), and the byte after it
 * is what separates it from the next.  The text lies in RAW, or, when it has doubled quotes, in MEMORY.
 * False: out of memory. */
bool csv_cell_text(slice raw, arena *memory, slice *text);

#endif

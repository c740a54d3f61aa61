/* Binary numbers as cells: the shortest decimal that reads back as the same number. */
#ifndef CANVASS_READING_SHORTEST_H
#define CANVASS_READING_SHORTEST_H

#include "reading/reader.h"

/* V is finite.  A text, in MEMORY with MARK, where a cell cannot be a number (reader.h).  False: out of
 * memory. */
bool shortest_double(double v, char mark, arena *memory, input_cell *out);
/* The same for a number of single precision: 0.1f is 0.1. */
bool shortest_float(float v, char mark, arena *memory, input_cell *out);

#endif

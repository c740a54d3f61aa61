/* Binary numbers as cells: the shortest decimal that reads back as the same number. */
#ifndef CANVASS_READING_SHORTEST_H
#define CANVASS_READING_SHORTEST_H

#include "reading/reader.h"

enum { SHORTEST_TEXT_BYTES = 40 };

/* V, which is finite, as a decimal of up to 15 decimals, the fewest; false: it has more digits, or is larger
 * than 2^53: TEXT has them, as printf does. */
bool shortest_decimal(double v, decimal *out, char text[SHORTEST_TEXT_BYTES]);

/* V is finite.  A text, in MEMORY with MARK, where a cell cannot be a number (reader.h).  False: out of
 * memory. */
bool shortest_double(double v, char mark, arena *memory, input_cell *out);
/* The same for a number of single precision: 0.1f is 0.1. */
bool shortest_float(float v, char mark, arena *memory, input_cell *out);

#endif

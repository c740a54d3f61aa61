/* Carriage returns without a newline, in files whose first line does not end with one.
 *
 * They are text, as where somebody pressed a key in a cell, unless they end lines, as in a part from an old
 * program that was appended.  A line tells by its cells: one that has not the header's number of them, while
 * more than half of what they separate has it, is so many lines.  In a file of one column nothing tells, and
 * they are text. */
#ifndef CANVASS_READING_CSV_CARRIAGES_H
#define CANVASS_READING_CSV_CARRIAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether TEXT[from, to), behind which a byte is readable, has one. */
bool csv_carriages_are_in(const uint8_t *text, size_t from, size_t to);
/* LINE is a record of one line, with its newline, of a file whose header has CELLS cells.  Those that end
 * lines become newlines; false: none did. */
bool csv_carriages_end_lines(uint8_t *line, size_t length, char delimiter, uint32_t cells);

#endif

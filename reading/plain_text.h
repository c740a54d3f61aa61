/* Checks that apply to every text format. */
#ifndef CANVASS_READING_PLAIN_TEXT_H
#define CANVASS_READING_PLAIN_TEXT_H

#include <stdint.h>

#include "base/status.h"

/* STATUS_DATA for TEXT that is not UTF-8 or holds a NUL byte: the line (FIRST_LINE is the text's), the byte
 * in it, and what the encoding probably is.  STATUS_OK when all is well. */
status plain_text_check(const uint8_t *text, size_t length, uint64_t first_line, const char *title,
                        error *err) MUST_USE;
/* The position of the first byte that is NUL or not UTF-8; LENGTH: there is none. */
size_t plain_text_good(const uint8_t *text, size_t length);
uint64_t plain_text_lines(const uint8_t *text, size_t length); /* newlines */

#endif

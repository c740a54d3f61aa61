/* Text: borrowed slices of bytes, UTF-8, and what readers see of them.
 *
 * A slice never owns its bytes and needs no terminator.  Lengths are bytes; `text_width` gives the
 * columns a terminal uses (East Asian wide characters take two, combining marks none).
 */
#ifndef CANVASS_BASE_TEXT_H
#define CANVASS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct slice {
  const char *bytes;
  size_t length;
} slice;

/* For printf("%.*s", SLICE_ARG(s)). */
#define SLICE_ARG(s) (int)(s).length, (s).bytes

slice slice_of(const char *terminated); /* NULL gives the empty slice */
bool slice_equal(slice a, slice b);
/* Bytewise order, a prefix first; <0, 0, >0. */
int slice_compare(slice a, slice b);
/* Without leading and trailing spaces, tabs, CR, NBSP and U+3000. */
slice slice_trim(slice s);
/* True when a reader would see nothing: only blanks, line breaks, zero-width characters, byte-order marks;
 * also for the empty slice. */
bool slice_is_invisible(slice s);
/* A fresh terminated copy, to be freed by the caller; NULL when out of memory. */
char *slice_copy(slice s);

/* Index of the first byte that is not well-formed UTF-8, or LENGTH when all is well. */
size_t text_utf8_check(const char *bytes, size_t length);
/* How many bytes at the beginning of S may go to a terminal or a log as they are: up to a control character,
 * a line or paragraph separator, a mark that changes the direction of text, or a byte that is not UTF-8. */
size_t text_harmless(slice s);
/* Terminal columns of well-formed UTF-8. */
size_t text_width(slice s);
/* The longest prefix of at most COLUMNS terminal columns, never cutting a character. */
slice text_fit(slice s, size_t columns);
/* The longest prefix of at most BYTES bytes, never cutting a character: for messages and what has little
 * room. (Of a text that is not UTF-8 up to three bytes fewer.) */
slice text_cut(slice s, size_t bytes);
/* "Natural" order for value keys: numbers by value (-2, 1.5, 10) and before other texts, those bytewise but
 * for digits in them, which count as whole numbers (Q2, Q10).  0 for equal texts only. */
int text_compare_natural(slice a, slice b);
/* Damerau-Levenshtein distance in characters, at most LIMIT + 1. */
size_t text_distance(slice a, slice b, size_t limit);
/* The candidate nearest to NAME if NAME may be a mistyping of it: by characters, in another case, or the only
 * one that NAME is a part of; else NULL. */
const char *text_nearest(slice name, const char *const *candidates, size_t count);

/* "14,400": a count as messages have it. */
enum { TEXT_COUNT_BYTES = 32 };
const char *text_of_count(uint64_t n, char out[TEXT_COUNT_BYTES]); /* OUT */
/* ONE where N is 1, otherwise MANY: English words, or formats of the same arguments, which the compiler then
 * checks. */
const char *text_plural(uint64_t n, const char *one, const char *many)
    __attribute__((format_arg(2), format_arg(3)));

/* Writes POINT, a code point and no surrogate, to TO, which has room for 4 bytes; returns the position after
 * it. */
char *text_put_utf8(char *to, uint32_t point);

#endif

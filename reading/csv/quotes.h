/* The quoting automaton on 64 bytes at a time.
 *
 * Bit i of a mask is byte i of a block.  A quote outside a quoted cell opens one at the start of a cell, or
 * behind blanks there when the cell also ends on that line; a quote inside closes it, and when the next byte
 * is a quote too it opens again at once, which is how a doubled quote reads.  So as long as every quote
 * outside stands at the start of a cell or behind a closing quote, "inside" is the running parity of quotes;
 * a block in which that is not so is walked quote by quote.  Both give the automaton's states exactly.
 */
#ifndef CANVASS_READING_CSV_QUOTES_H
#define CANVASS_READING_CSV_QUOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct csv_quotes {
  uint64_t inside; /* all ones: the block begins inside a quoted cell */
  uint64_t edge;   /* 1: the byte before lets a quote open (separator, start, closing quote) */
  uint64_t closed; /* 1: the byte before is a closing quote */
} csv_quotes;

/* A block: its text, of which the line that the block ends in is there to its end, and WIDTH (1 to 64) bytes
 * of it; QUOTE and SEPARATOR (delimiters and newlines, inside or not) have no bits beyond. */
typedef struct csv_block {
  const uint8_t *text;
  unsigned width;
  char delimiter;
  uint64_t quote, separator;
} csv_block;

/* Spaces and tabs, of which one may be the delimiter: what may stand around a quoted cell. */
static inline bool csv_is_blank(uint8_t c, char delimiter) {
  return (c == ' ' || c == '\t') && c != (uint8_t)delimiter;
}

/* Whether the cell ends at P, after blanks at most. */
bool csv_ends_cell(const uint8_t *p, char delimiter);
/* Does the quote at P, outside and not first in its cell, open a quoted cell? */
bool csv_opens_behind_blanks(const uint8_t *p, char delimiter);

/* At the start of a record. */
static inline csv_quotes csv_quotes_start(void) {
  return (csv_quotes){.inside = 0, .edge = 1, .closed = 0};
}

static inline uint64_t csv_quotes_walk(const csv_quotes *state, const csv_block *b, uint64_t *closing) {
  bool inside = state->inside != 0;
  uint64_t within = 0;
  unsigned opened_at = 0;
  *closing = 0;
  for (uint64_t quote = b->quote; quote != 0; quote &= quote - 1) {
    const unsigned i = (unsigned)__builtin_ctzll(quote);
    const uint64_t below = (UINT64_C(1) << i) - 1;
    if (inside) {
      inside = false;
      within |= below & ~((UINT64_C(1) << opened_at) - 1);
      *closing |= UINT64_C(1) << i;
    } else if ((i == 0 ? state->edge != 0 : (((b->separator | *closing) >> (i - 1)) & 1) != 0) ||
               csv_opens_behind_blanks(b->text + i, b->delimiter)) {
      inside = true;
      opened_at = i;
    }
  }
  return inside ? within | ~((UINT64_C(1) << opened_at) - 1) : within;
}

/* Returns the bytes of B inside quoted cells, the opening quote included and the closing one not; CLOSING
 * gets the closing quotes (each first quote of a doubled one among them).  STATE moves on to the next block.
 */
static inline uint64_t csv_quotes_step(csv_quotes *state, const csv_block *b, uint64_t *closing) {
  uint64_t within = b->quote;
  for (unsigned shift = 1; shift < 64; shift *= 2) {
    within ^= within << shift;
  }
  within ^= state->inside;
  *closing = b->quote & ~within;
  const uint64_t may_open = (((b->separator & ~within) | *closing) << 1) | state->edge;
  if ((b->quote & within & ~may_open) != 0) {
    within = csv_quotes_walk(state, b, closing);
  }
  const unsigned last = b->width - 1;
  state->inside = (within >> 63) != 0 ? ~UINT64_C(0) : 0;
  state->edge = (((b->separator & ~within) | *closing) >> last) & 1;
  state->closed = (*closing >> last) & 1;
  return within;
}

#endif

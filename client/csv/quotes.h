/* The quoting automaton on 64 bytes at a time.
 *
 * Bit i of a mask is byte i of a block.  A quote outside a quoted cell opens one only at the start of a
 * cell; a quote inside closes it, and when the next byte is a quote too it opens again at once, which is
 * how a doubled quote reads.  So as long as every quote outside stands at the start of a cell or behind
 * a closing quote, "inside" is the running parity of quotes; a block in which that is not so is walked
 * quote by quote.  Both give the automaton's states exactly.
 */
#ifndef CANVASS_CLIENT_CSV_QUOTES_H
#define CANVASS_CLIENT_CSV_QUOTES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct csv_quotes {
  uint64_t inside; /* all ones: the block begins inside a quoted cell */
  uint64_t edge;   /* 1: the byte before lets a quote open (separator, start, closing quote) */
  uint64_t closed; /* 1: the byte before is a closing quote */
} csv_quotes;

/* At the start of a record. */
static inline csv_quotes csv_quotes_start(void) {
  return (csv_quotes){.inside = 0, .edge = 1, .closed = 0};
}

static inline uint64_t csv_quotes_walk(const csv_quotes *state, uint64_t quote, uint64_t separator,
                                       uint64_t *closing) {
  bool inside = state->inside != 0;
  uint64_t within = 0;
  unsigned opened_at = 0;
  *closing = 0;
  for (; quote != 0; quote &= quote - 1) {
    const unsigned i = (unsigned)__builtin_ctzll(quote);
    const uint64_t below = (UINT64_C(1) << i) - 1;
    if (inside) {
      inside = false;
      within |= below & ~((UINT64_C(1) << opened_at) - 1);
      *closing |= UINT64_C(1) << i;
    } else if (i == 0 ? state->edge != 0 : (((separator | *closing) >> (i - 1)) & 1) != 0) {
      inside = true;
      opened_at = i;
    }
  }
  return inside ? within | ~((UINT64_C(1) << opened_at) - 1) : within;
}

/* QUOTE and SEPARATOR (delimiters and newlines, inside or not) of the block.  Returns the bytes inside
 * quoted cells, the opening quote included and the closing one not; CLOSING gets the closing quotes
 * (each first quote of a doubled one among them).  STATE moves on to the next block. */
static inline uint64_t csv_quotes_step(csv_quotes *state, uint64_t quote, uint64_t separator,
                                       uint64_t *closing) {
  uint64_t within = quote;
  for (unsigned shift = 1; shift < 64; shift *= 2) {
    within ^= within << shift;
  }
  within ^= state->inside;
  *closing = quote & ~within;
  const uint64_t may_open = (((separator & ~within) | *closing) << 1) | state->edge;
  if ((quote & within & ~may_open) != 0) {
    within = csv_quotes_walk(state, quote, separator, closing);
  }
  state->inside = (within >> 63) != 0 ? ~UINT64_C(0) : 0;
  state->edge = ((separator & ~within) | *closing) >> 63;
  state->closed = *closing >> 63;
  return within;
}

#endif

/* The forms of a number that a text may have.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_NUMERALS_H
#define CANVASS_SPECIFICATION_PROPOSAL_NUMERALS_H

#include <stdbool.h>

#include "base/decimal.h"

typedef struct numeral {
  bool plain;        /* "4", "-0.5", "1e3" */
  bool comma;        /* PLAIN, or with a decimal comma: "0,5" */
  bool has_fraction; /* with a comma that hardly separates a list: "0,25", "3,14", "1,234.5" */
  bool whole;        /* PLAIN, without a fraction */
  bool padded;       /* PLAIN, with leading zeros: "007" */
  bool lengthy;      /* PLAIN, with more digits than spreadsheets keep */
  bool leading;      /* "5 - very good", "good (5)"; PLAIN ones are, too */
  bool dressed;      /* "1,234.50元", "$3", "12%"; PLAIN ones are, too */
  bool thousands;
  const char *prefix, *suffix; /* static; "": none */
  decimal value;               /* in whichever form */
} numeral;

/* TEXT is tidy. */
void numeral_read(slice text, numeral *out);

#endif

/* What a text is as a number.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_NUMERALS_H
#define CANVASS_SPECIFICATION_PROPOSAL_NUMERALS_H

#include <stdbool.h>

#include "base/decimal.h"

typedef struct numeral {
  bool plain;        /* "4", "-0.5", "1e3" */
  bool comma;        /* the same, or with a decimal comma: "0,5" */
  bool has_fraction; /* a comma that hardly divides a list: "0,25", "3,14", "1,234.5" */
  bool whole;        /* PLAIN, without a part */
  bool padded;       /* PLAIN, with zeros in front: "007" */
  bool lengthy;      /* PLAIN, more digits than a number in a spreadsheet keeps */
  bool leading;      /* "5 - very good", "good (5)"; PLAIN ones are, too */
  bool dressed;      /* "1,234.50元", "$3", "12%"; PLAIN ones are, too */
  bool thousands;
  const char *prefix, *suffix; /* static; "": none */
  decimal value;               /* of whichever it is */
} numeral;

/* TEXT is tidy. */
void numeral_read(slice text, numeral *out);

#endif

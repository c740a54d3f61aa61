/* Slips of the pen and the keyboard, and what was meant: for messages alone.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_SLIPS_H
#define CANVASS_SPECIFICATION_SLIPS_H

#include "base/text.h"

/* A sign of East Asian keyboards where the page needs one of ASCII. */
typedef struct wide_sign {
  slice sign;        /* "：" */
  const char *shown; /* "：", "U+3000" */
  const char *meant; /* "':' and a space" */
} wide_sign;

/* The first of TEXT, and in *AT its byte; NULL: there is none. */
const wide_sign *slip_wide(slice text, size_t *at);
/* The sign that TEXT begins with, or NULL. */
const wide_sign *slip_wide_at(slice text);

/* What is written in `where` instead of WORD, a word that has no meaning there: "and" for AND; NULL: unknown.
 */
const char *slip_of_where(slice word);

#endif

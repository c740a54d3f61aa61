/* Slips of the pen and the keyboard, and what was meant: used in messages only.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_SLIPS_H
#define CANVASS_SPECIFICATION_SLIPS_H

#include "base/text.h"

/* A sign of East Asian keyboards where the page needs an ASCII one. */
typedef struct wide_sign {
  slice sign;        /* "：" */
  const char *shown; /* "：", "U+3000" */
  const char *meant; /* "':' and a space" */
} wide_sign;

/* The first such sign in TEXT, whose position in bytes is in *AT; NULL: there is none. */
const wide_sign *slip_wide(slice text, size_t *at);
/* The sign that TEXT begins with, or NULL. */
const wide_sign *slip_wide_at(slice text);

/* What to write in `where` instead of WORD, which has no meaning there ("and" for AND); NULL: not known. */
const char *slip_of_where(slice word);

#endif

/* Words by which columns and answers are known.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_WORDS_H
#define CANVASS_SPECIFICATION_PROPOSAL_WORDS_H

#include <stdbool.h>

#include "base/text.h"

enum { WORD_BYTES = 160 };

/* TEXT in lower case (ASCII only), with straight apostrophes and without blanks between Chinese characters,
 * in ROOM; empty when it is too long for a word. */
slice words_fold(slice text, char room[WORD_BYTES]);
/* The same for an answer, without what numbers it ("A.", "3 -", "(5分)") and the full stop at its end. */
slice words_answer(slice text, char room[WORD_BYTES]);

typedef enum word_kind {
  WORD_RECOMMEND,    /* in a question: how likely to recommend */
  WORD_SATISFACTION, /* in a question: how satisfied */
  WORD_RATING,       /* in a question: its answers have an order */
  WORD_ID,           /* a whole title: a different value for each respondent */
  WORD_WEIGHT,       /* a whole title */
  WORD_DATE,         /* in a title: numbers in it may be days or dates */
  WORD_OTHER,        /* in an option: another answer can be written in */
  WORD_CODE,         /* in a title: its digits are not a quantity */
  WORD_STEM,         /* a whole stem without a meaning: q of q1 */
  WORD_COMMENT,      /* in a title: it asks for free words */
  WORD_ADDRESS,      /* a whole title: unique, and yet not the respondent's */
  WORD_QUANTITY,     /* in a title: numbers are quantities, however few */
  WORD_TOTAL,        /* a whole cell: its row has sums or means */
  WORD_NOTE,         /* how a remark below a table begins */
  WORD_NOT_ASKED,    /* in a question with WORD_RECOMMEND: it asks for something else */
  WORD_DISSATISFIED, /* in a question: what takes the sense of WORD_SATISFACTION away */
  WORD_COUNT,        /* in a title: its numbers count something, and "none" is 0 */
  WORD_NO_RATING,    /* in a title with WORD_RATING: its numbers are codes all the same */
  WORD_RANK,         /* in a title: its numbers may be ranks */
  WORD_KINDS,
} word_kind;

bool words_have(word_kind kind, slice text);
/* Whether TEXT begins with one of them. */
bool words_begin(word_kind kind, slice text);
/* Whether TEXT has a word of KIND that is not within one of kind BUT. */
bool words_have_but(word_kind kind, word_kind but, slice text);

/* How options of a multiple choice are marked. */
typedef struct word_mark {
  const char *chosen, *not_chosen; /* in lower case; not_chosen NULL: the cell is blank */
} word_mark;
const word_mark *words_mark_at(size_t index); /* NULL after the last */

#endif

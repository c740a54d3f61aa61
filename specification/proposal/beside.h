/* What stands beside the numbers of a column: points, words that have an order, or something that makes no
 * points of them.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_BESIDE_H
#define CANVASS_SPECIFICATION_PROPOSAL_BESIDE_H

#include "specification/proposal/direction.h"
#include "specification/proposal/facts.h"

typedef enum beside_kind {
  BESIDE_POINTS,  /* nothing, or a word that may be of points: "4分" */
  BESIDE_STARS,   /* "3 stars" */
  BESIDE_ORDER,   /* words of an order, beside some of the codes at least: "5 - very good" */
  BESIDE_UNKNOWN, /* words of which it is not known whether they have an order: "1 - North" */
  BESIDE_OTHER,   /* a month, a duration, a count: "3月", "3分15秒", "2 times" */
} beside_kind;

/* Whether TEXT is a number with nothing, or a word for points, beside it; *CODE: the number, if it is whole.
 */
bool beside_is_points(slice text, int64_t *code);
/* What the cells of C, each with a number, have beside it.  *TOLD: which end their words call the good one,
 * where codes go from LOW to HIGH; *TEXT: a cell that says so. */
beside_kind beside_look(const column_facts *c, int64_t low, int64_t high, told_direction *told, slice *text);

#endif

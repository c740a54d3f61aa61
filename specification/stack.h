/* Stacks: see stack.c.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_STACK_H
#define CANVASS_SPECIFICATION_STACK_H

#include "specification/compile.h"

struct stack {
  const char *name; /* NULL: broken */
  const node *key;
  slice *keys; /* of the loops */
  uint32_t loops;
  const node *labels; /* a map, parallel to KEYS; NULL: none */
};

/* The `stack` of an analysis whose arguments, breakdowns, filter and weight have been read; reports variables
 * of other rows. */
bool stack_read(compilation *c, const node *key, const node *body, plan_analysis *out);

#endif

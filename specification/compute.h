/* Parsing `compute`: what the grammar (compute.c, compute_conditions.c) and its functions
 * (compute_functions.c) share.  Private to
 * specification.
 *
 * Nodes are written in postfix order as they are read.  An operand that no node can stand for yet (the name
 * of a nominal variable, a text in quotes) waits for what is done with it. */
#ifndef CANVASS_SPECIFICATION_COMPUTE_H
#define CANVASS_SPECIFICATION_COMPUTE_H

#include "specification/definitions.h"
#include "specification/lexer.h"

typedef enum operand_kind {
  OPERAND_BROKEN, /* a mistake was reported; whatever uses it stays silent */
  OPERAND_NUMBER,
  OPERAND_DATE,
  OPERAND_TRUTH,
  OPERAND_NOTHING, /* `missing`: fits numbers and dates */
  OPERAND_TEXT,    /* in quotes; not in the nodes yet, as the following */
  OPERAND_NAME,    /* of a variable that is neither number nor date */
} operand_kind;

typedef struct operand {
  operand_kind kind;
  token at;       /* its first word */
  symbol *s;      /* when it is a variable and nothing else */
  slice text;     /* of a number or text that is a constant and nothing else; else empty */
  decimal number; /* of such a number */
  /* How large a number can be, and how fine: below 10^whole, and a multiple of 1 / d with d at most 10^fine.
   * `exact` when all its decimals are within `fine`. */
  unsigned whole, fine;
  bool exact;
} operand;

typedef struct compute_parser {
  compilation *c;
  const node *source;
  lexer lexer;
  token next;
  compute_node *nodes;
  uint32_t count;
  size_t capacity;
  symbol **inputs;
  uint32_t inputs_count;
  size_t inputs_capacity;
  uint32_t depth;
  bool open;   /* a pattern has columns to come */
  bool stuck;  /* after a mistake of grammar nothing more is reported */
  bool broken; /* after any mistake there is no expression */
} compute_parser;

/* Grammar: what was expected at the word at hand; a broken operand. */
operand compute_stop(compute_parser *p, const char *expected);
/* Any other mistake, at a word. */
operand compute_wrong(compute_parser *p, const token *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool compute_accept(compute_parser *p, const char *sign);
void compute_advance(compute_parser *p);
void compute_emit(compute_parser *p, compute_node n);
uint32_t compute_input_of(compute_parser *p, symbol *s);
operand compute_expression(compute_parser *p);
operand compute_comparison(compute_parser *p);
operand compute_sum(compute_parser *p);
operand compute_sign(compute_parser *p);
place compute_place(const compute_parser *p, const token *t);
operand compute_variable(compute_parser *p, symbol *s, const token *at);
const char *compute_shown(const compute_parser *p, const token *t);
const char *compute_kind_name(const operand *o);
/* Whether O is of KIND, or `missing` where that is a number or a date; else reported. */
bool compute_is(compute_parser *p, const operand *o, operand_kind kind);
/* OP, LT to GE, of the period LEFT and the constant O, as nodes; a mistake is reported. */
bool compute_period(compute_parser *p, const operand *left, compute_op op, const operand *o);
/* After the name of a function, at its parenthesis.  NAME is its word. */
operand compute_call(compute_parser *p, const token *name);

#endif

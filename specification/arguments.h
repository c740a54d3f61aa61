/* Arguments of analyses, read by the kind's own table.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_ARGUMENTS_H
#define CANVASS_SPECIFICATION_ARGUMENTS_H

#include "specification/fields.h"

/* The outcome of one argument. */
typedef enum argument_outcome {
  ARGUMENT_READ,
  ARGUMENT_WRONG, /* reported */
  ARGUMENT_OPEN,  /* a pattern has columns to come */
} argument_outcome;

argument_outcome argument_read(compilation *c, const analysis_argument *a, const node *n,
                               argument_value *out);
/* The default of the table; leaves OUT alone when there is none. */
void argument_default(compilation *c, const analysis_argument *a, argument_value *out);
json *argument_normal(compilation *c, const analysis_argument *a, const argument_value *v);
/* Whether the argument accepts variables like S; reported where it does not. */
bool argument_accepts(compilation *c, const analysis_argument *a, const symbol *s, place at);

/* QUESTIONS (questions.c). */
argument_outcome questions_read(compilation *c, const analysis_argument *a, const node *n,
                                argument_value *out);
json *questions_normal(compilation *c, const argument_value *v);

#endif

/* Whether factors are the codebook's constructs.  Part of factors; see factors_model.h. */
#ifndef CANVASS_STATS_ANALYSES_FACTORS_CONSTRUCTS_H
#define CANVASS_STATS_ANALYSES_FACTORS_CONSTRUCTS_H

#include "stats/analyses/factors_model.h"
#include "stats/plan/plan.h"

/* The items of constructs, or those named: plan variables, each once. */
typedef struct factors_items {
  uint32_t *items, count;
  uint32_t *construct; /* of each: the first construct that has it as an item of its own; PROGRAM_NONE */
} factors_items;
/* Of the request, in A: its items, else those of all constructs.  STATUS_SPECIFICATION: an item is named
 * twice, or there are too many. */
status factors_items_make(arena *a, const plan *p, const argument_value *named, factors_items *out,
                          error *err) MUST_USE;

/* A construct that has items among those used. */
typedef struct factors_construct {
  uint32_t construct;
  uint32_t items;     /* used */
  double *congruence; /* with each factor: Tucker's (1951), of 1 for its items and 0 for others with the
                         pattern */
  uint32_t factor;    /* where it is largest: the construct's own */
  uint32_t there;     /* of its items: those whose main factor that is */
} factors_construct;

typedef struct factors_agreement {
  factors_construct *at;
  uint32_t count;
} factors_agreement;
/* Of M's factors, which are FINE, in A. */
status factors_agreement_make(arena *a, const plan *p, const factors_items *items, const factors_model *m,
                              factors_agreement *out, error *err) MUST_USE;
/* The entry of the used item I's construct; NULL: it has none. */
const factors_construct *factors_agreement_of(const factors_agreement *g, const factors_items *items,
                                              const factors_model *m, uint32_t i);

#endif

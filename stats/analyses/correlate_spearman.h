/* Spearman's rho stage by stage: the rows of "spearman_matrix" and "spearman_pairs" are written without it in
 * the first stage, and filled as ranks become known.
 *
 * A pair of items with few levels gets its ranks from its joint table.  Any other pair gets them from the
 * tables of distinct values of both items (MARGINS), which become the parameters of a further stage's sums
 * (SUMS); where answers to the partner are missing, the table is that of the rows that answer both.  Both
 * ways give the same whole numbers, so that no figure depends on the other items of the request; and whether
 * there is a figure depends on the pair alone: both tables, over all groups of a breakdown, have at most
 * SPEARMAN_VALUES_MAX entries.
 */
#ifndef CANVASS_STATS_ANALYSES_CORRELATE_SPEARMAN_H
#define CANVASS_STATS_ANALYSES_CORRELATE_SPEARMAN_H

#include "stats/analyses/correlate.h"

enum {
  SPEARMAN_VALUES_MAX = 1 << 19,  /* distinct values of an item in a pair's own cases, group by group */
  SPEARMAN_ENTRIES_MAX = 1 << 20, /* of all tables of one stage, of either kind */
};

/* What a group's rows of a pair allow. */
typedef enum rank_figures { FIGURES_NONE, FIGURES_RHO, FIGURES_RHO_AND_P } rank_figures;

/* The groups of one breakdown (or the total). */
typedef struct rank_family {
  const grouping *groups;
  uint32_t places;
  uint32_t *rows;    /* per place: the first of its rows in "spearman_pairs"; UINT32_MAX: it has none */
  uint32_t *refused; /* per place: pairs that would have a p, were their tables not too long */
  uint8_t *figures;  /* per place and pair; in the first stage alone */
} rank_family;

typedef enum rank_way { WAY_JOINT, WAY_MARGINS, WAY_SUMS } rank_way;

typedef struct rank_pair {
  uint32_t which, i, j;
  rank_way way;
  bool given[2];     /* margins: of the rows that answer the partner too */
  uint32_t stage;    /* whose results it waits for */
  uint64_t bound[2]; /* entries that the tables can have; a joint table: the first.  For planning */
  uint8_t *figures;  /* per place of the family */
  exact *w2;         /* per place, with sampling weights */
} rank_pair;

/* The current sums of one breakdown, for its pairs with WAY_SUMS in their order. */
typedef struct rank_asked {
  uint32_t columns_count;
  uint32_t *columns; /* items; none: no sums in progress */
  int64_t *params;   /* of ACCUMULATOR_RANKS */
  uint32_t params_count;
} rank_asked;

/* What is remembered from stage to stage. */
typedef struct rank_course {
  const correlation *c;
  uint32_t families_count;
  rank_family *families;
  rank_asked *asked; /* per family */
  rank_pair *pairs;
  uint32_t pairs_count;
} rank_course;

/* ---- Stages (correlate_spearman.c)
 * ------------------------------------------------------------------------- */

/* Asks for what the first stage is to find out, after the products of all pairs. */
status spearman_begin(const correlation *c, error *err) MUST_USE;
/* Families with their rows written, and figures known: fills what joint tables give, plans the rest, and asks
 * for it or finishes.  PRODUCTS is the first result of the products. */
status spearman_first(const correlation *c, rank_family *families, uint32_t products, error *err) MUST_USE;
/* Each further stage. */
status spearman_next(const correlation *c, error *err) MUST_USE;
status spearman_ask_again(const correlation *c, error *err) MUST_USE;

/* ---- Parts --------------------------------------------------------------------------------------------- */

/* What the first stage asks for (spearman_first.c). */
typedef struct rank_first {
  bool *small;        /* items with few levels: their pairs have joint tables */
  uint32_t *small_at; /* their places among these */
  pair_list small_pairs;
  bool joint;          /* tables of small pairs are asked for at once */
  bool *valued;        /* items that are in a pair which is not small */
  uint32_t *valued_at; /* their places among these */
  uint32_t valued_count;
  int64_t values_max; /* entries of each of their tables */
} rank_first;
status rank_first_of(const correlation *c, rank_first *out, error *err) MUST_USE;
/* Small items: how many answers they can have; 0: more than a few. */
uint64_t rank_levels(const correlation *c, uint32_t item);

/* The pairs of the first stage that are not done, each with its way; stages are for rank_plan
 * (spearman_plan.c). */
status rank_course_begin(rank_course *r, const rank_first *first, uint32_t products, error *err) MUST_USE;
/* Spreads pairs without a stage over the stages from FIRST_STAGE on, so that the tables of each stay within
 * SPEARMAN_ENTRIES_MAX. */
status rank_plan(rank_course *r, uint32_t first_stage, error *err) MUST_USE;

/* Asks for whatever waits for STAGE, and carries the course (spearman_ask.c). */
status rank_ask(rank_course *r, uint32_t stage, error *err) MUST_USE;
/* Pairs of a joint accumulator: those from AT on of the same family and item. */
uint32_t rank_joint_run(const rank_course *r, uint32_t at, uint32_t stage);

/* Figures (spearman_fill.c). */
status rank_fill(const rank_course *r, const rank_pair *p, uint32_t place, const product_sums *ranks,
                 uint8_t weight_decimals, error *err) MUST_USE;
/* The pair gets no figures but a warning; it still counts in Holm's m. */
void rank_refuse(rank_course *r, const rank_pair *p);
/* Adjusts p once everything is filled. */
status rank_finish(const rank_course *r, error *err) MUST_USE;

/* Tables of pairs become the parameters of sums (spearman_sums.c), for the pairs of WHICH that wait for the
 * sums of STAGE. */
typedef const values_state *rank_table_source(void *context, const rank_pair *p, unsigned side);
status rank_begin_sums(rank_course *r, uint32_t stage, uint32_t which, rank_table_source *source,
                       void *context, error *err) MUST_USE;

/* Bytes between stages (spearman_state.c). */
void rank_course_encode(const rank_course *r, buf *out);
status rank_course_decode(rank_course *r, const correlation *c, reader *in, error *err) MUST_USE;

#endif

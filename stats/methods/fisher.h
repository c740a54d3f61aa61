/* The probability of a table of whole counts among all tables with its margins, when rows and columns are
 * independent: Fisher's exact test, after Freeman & Halton (1951, Biometrika 38:141-149) where the table is
 * larger than 2 x 2.
 *
 * p is the probability of all tables that are at most as probable as the one observed (R's fisher.test):
 * added up, where that takes at most FISHER_STEPS_MAX steps (fisher_paths.h).  Of larger tables FISHER_DRAWS
 * with these margins are drawn, cell by cell from the hypergeometric distribution that the cells before leave
 * (Patefield 1981, Applied Statistics 30:91-97, AS 159), and p = (1 + those at most as probable) / (1 +
 * draws), as fisher.test(simulate.p.value = TRUE).
 */
#ifndef CANVASS_STATS_METHODS_FISHER_H
#define CANVASS_STATS_METHODS_FISHER_H

#include "stats/methods/contingency.h"

enum { FISHER_DRAWS = 10000, FISHER_N_MAX = 100000, FISHER_CELLS_MAX = 1000 };

typedef struct fisher {
  double p;      /* NaN where there is none */
  bool is_drawn; /* p is an estimate, with this error */
  double se;     /* sqrt(p (1 - p) / draws) */
} fisher;

/* Counts are whole numbers, at most FISHER_N_MAX of them in at most FISHER_CELLS_MAX cells, unweighted or
 * with frequency weights. */
bool fisher_fits(const contingency *t);
/* T fits (asserted); no row and no column of it is empty. */
status fisher_make(const contingency *t, uint64_t seed, fisher *out, error *err) MUST_USE;
/* The same of drawn tables, whatever its size.  Equal seeds, equal p. */
status fisher_draw(const contingency *t, uint64_t seed, fisher *out, error *err) MUST_USE;

#endif

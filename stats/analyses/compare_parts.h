/* A comparison in the making: what compare.c reads and tests, and what it has beside on demand. */
#ifndef CANVASS_STATS_ANALYSES_COMPARE_PARTS_H
#define CANVASS_STATS_ANALYSES_COMPARE_PARTS_H

#include "stats/analyses/groups.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/anova.h"

enum {
  PAIRED_GROUPS_MAX = 60,
  COMPARE_DIFFERENCES_MAX = 1 << 19, /* different values of the difference of two items, in all groups */
  COMPARE_ITEMS_MAX = 40,            /* that are compared two by two */
};
/* The arguments "adjust" and "multiple". */
enum { ADJUST_HOLM, ADJUST_BENJAMINI_HOCHBERG, ADJUST_CHOICES };
enum { MULTIPLE_NONE, MULTIPLE_TUKEY, MULTIPLE_GAMES_HOWELL, MULTIPLE_BOTH, MULTIPLE_CHOICES };

/* Tables of shares or of net scores. */
typedef struct share_tables {
  table *groups, *test, *pairs;
} share_tables;

typedef struct comparison {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  estimate_options options;
  table *means, *anova, *welch, *pairs;
  table *tukey, *games_howell, *against, *equivalence, *effects; /* those asked for, as below */
  table *kruskal, *dunn, *rank_test, *rank_pairs;
  share_tables shares, scores;
  uint32_t item;
  const group_walk *walk;
  const void *state; /* of the item: frequencies when it is coded, else moments */
  sums *groups;      /* with answers, in the order of the report; and their keys */
  uint32_t *keys;
  uint32_t count;
} comparison;

/* Starts a row of T with item and group. */
void comparison_start_row(const comparison *c, table *t);
/* The same with the pair of groups A and B. */
void comparison_start_pair(const comparison *c, table *t, uint32_t a, uint32_t b);
/* The breakdown's group with the compared group in it, KEY of the axis. */
json *comparison_group(const comparison *c, uint32_t key);
/* "item" and "group" for a warning. */
json *comparison_detail(const comparison *c);
bool comparison_is_coded(const analysis_run *run, uint32_t item);
/* Warns of too many groups for pairs. */
void comparison_warn_many(const comparison *c, const char *code);
/* P adjusted in place as the request says. */
status comparison_adjust(const comparison *c, double *p, size_t count, error *err) MUST_USE;

/* Each opens its tables when asked for, writes those of the groups at hand, and notes how they were made. */

/* "multiple", "against", "margin", "effects". */
void compare_means_open(comparison *c);
status compare_means_write(const comparison *c, error *err) MUST_USE;
void compare_means_note(const comparison *c);
/* What a test of equivalence means, where there is ANY. */
void compare_note_equivalence(const comparison *c, bool any);

/* "ranks". */
void compare_ranks_open(comparison *c);
status compare_ranks_write(const comparison *c, error *err) MUST_USE;
void compare_ranks_note(const comparison *c);

/* "top_boxes" and "nps". */
status compare_shares_check(const plan *p, const plan_analysis *a, error *err) MUST_USE;
void compare_shares_open(comparison *c);
status compare_shares_write(const comparison *c, error *err) MUST_USE;
void compare_shares_note(const comparison *c);

/* "paired": its own requests and the whole section. */
status compare_paired_check(const plan *p, const plan_analysis *a, error *err) MUST_USE;
status compare_paired_begin(analysis_run *run, error *err) MUST_USE;
status compare_paired_step(comparison *c, error *err) MUST_USE;

#endif

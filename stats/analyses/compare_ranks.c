/* compare by ranks: Kruskal & Wallis over all groups, Dunn for each pair; with sampling weights the
 * design-based tests of mean rank scores (Lumley & Scott 2013, Biometrika 100:831-842; survey's svyranktest).
 */
#include <math.h>
#include <stdlib.h>

#include "stats/analyses/compare_parts.h"
#include "stats/analyses/levels.h"
#include "stats/methods/estimate.h"
#include "stats/methods/kruskal.h"

void compare_ranks_open(comparison *c) {
  const bool pairs = run_argument(c->run, "pairs")->integer != 0;
  if (run_argument(c->run, "ranks")->integer && c->weighting == WEIGHTING_SAMPLING) {
    c->rank_test = table_new(c->run, "rank_test", "item group f df df_within p");
    c->rank_pairs =
        pairs ? table_new(c->run, "rank_pairs", "item group other_group score_difference t df p p_adjusted")
              : NULL;
  } else if (run_argument(c->run, "ranks")->integer) {
    c->kruskal = table_new(c->run, "kruskal", "item group h df p epsilon2");
    c->dunn = table_new(c->run, "dunn", "item group other_group difference z p p_adjusted");
  }
}

/* The answers in the order of their codes, group after group; NULL when out of memory. */
static const i128 *count_answers(const comparison *c, const frequency_state *s) {
  const axis *ax = &s->keys;
  i128 *counts = ARENA_ARRAY(c->memory, i128, (size_t)c->count * ax->count + 1);
  const uint32_t *order = levels_natural(c->memory, run_plan(c->run), c->item, ax);
  if (counts == NULL || order == NULL) {
    return NULL;
  }
  for (uint32_t g = 0; g < c->count; g++) {
    const uint32_t place = group_walk_place(c->walk, c->keys[g]);
    for (uint32_t k = 0; k < ax->count; k++) {
      counts[(size_t)g * ax->count + k] =
          c->weighting == WEIGHTING_NONE ? frequency_n(s, place, order[k]) : frequency_w(s, place, order[k]);
    }
  }
  return counts;
}

static status write_dunn(const comparison *c, const kruskal *k, const double *ranks, const double *bases,
                         error *err) {
  const size_t count = (size_t)c->count * (c->count - 1) / 2;
  double *p = ARENA_ARRAY(c->memory, double, 2 * count + 1), *adjusted = p == NULL ? NULL : p + count;
  if (p == NULL) {
    return error_no_memory(err, "pairs of groups");
  }
  size_t at = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, at++) {
      p[at] = adjusted[at] = two_sided_z(dunn_z(k, ranks, bases, a, b));
    }
  }
  TRY(comparison_adjust(c, adjusted, count, err));
  at = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, at++) {
      comparison_start_pair(c, c->dunn, a, b);
      table_number(c->dunn, "difference", ranks[a] - ranks[b]);
      table_number(c->dunn, "z", dunn_z(k, ranks, bases, a, b));
      table_number(c->dunn, "p", p[at]);
      table_number(c->dunn, "p_adjusted", adjusted[at]);
    }
  }
  return STATUS_OK;
}

/* ---- Sampling weights ---------------------------------------------------------------------------------- */

/* Rank scores are multiples of 2^-50 here, so that their sums are exact. */
enum { SCORE_BITS = 50 };

/* The rank scores of the answers among WHICH of the groups: the share of the population that answers less,
 * and half of those who answer the same. */
static void score_answers(const comparison *c, const uint32_t *order, const uint32_t *which, uint32_t count,
                          int64_t *scores) {
  const frequency_state *s = c->state;
  i128 whole = 0, below = 0;
  for (uint32_t pass = 0; pass < 2; pass++) {
    for (uint32_t k = 0; k < s->keys.count; k++) {
      i128 here = 0;
      for (uint32_t g = 0; g < count; g++) {
        here += frequency_w(s, group_walk_place(c->walk, c->keys[which[g]]), order[k]);
      }
      if (pass == 0) {
        whole += here;
      } else {
        scores[order[k]] = (int64_t)ldexp((double)(2 * below + here) / (double)(2 * whole), SCORE_BITS);
        below += here;
      }
    }
  }
}

static sums score_sums(const comparison *c, uint32_t group, const int64_t *scores) {
  return sums_of_frequency(c->state, group_walk_place(c->walk, c->keys[group]), c->weighting, scores);
}

static status write_rank_pairs(const comparison *c, const uint32_t *order, int64_t *scores, error *err) {
  const size_t count = (size_t)c->count * (c->count - 1) / 2;
  pair_test *tests = ARENA_ARRAY(c->memory, pair_test, count + 1);
  double *p = ARENA_ARRAY(c->memory, double, count + 1);
  if (tests == NULL || p == NULL) {
    return error_no_memory(err, "pairs of groups");
  }
  size_t at = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, at++) {
      const uint32_t two[] = {a, b};
      score_answers(c, order, two, 2, scores);
      const sums one = score_sums(c, a, scores), other = score_sums(c, b, scores);
      TRY(pair_make(&one, &other, &c->options, &tests[at], err));
      p[at] = tests[at].p;
    }
  }
  TRY(comparison_adjust(c, p, count, err));
  at = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, at++) {
      table *t = c->rank_pairs;
      comparison_start_pair(c, t, a, b);
      table_number(t, "score_difference", ldexp(tests[at].difference, -SCORE_BITS));
      table_number(t, "t", tests[at].t);
      table_number(t, "df", tests[at].df);
      table_number(t, "p", tests[at].p);
      table_number(t, "p_adjusted", p[at]);
    }
  }
  return STATUS_OK;
}

static status write_weighted(const comparison *c, error *err) {
  const frequency_state *s = c->state;
  const uint32_t *order = levels_natural(c->memory, run_plan(c->run), c->item, &s->keys);
  int64_t *scores = ARENA_ARRAY(c->memory, int64_t, (size_t)s->keys.count + 1);
  sums *groups = ARENA_ARRAY(c->memory, sums, c->count);
  uint32_t *all = ARENA_ARRAY(c->memory, uint32_t, c->count);
  if (order == NULL || scores == NULL || groups == NULL || all == NULL) {
    return error_no_memory(err, "ranks of groups");
  }
  for (uint32_t g = 0; g < c->count; g++) {
    all[g] = g;
  }
  score_answers(c, order, all, c->count, scores);
  for (uint32_t g = 0; g < c->count; g++) {
    groups[g] = score_sums(c, g, scores);
  }
  mean_test test;
  TRY(wald_make(groups, c->count, &c->options, &test, err));
  comparison_start_row(c, c->rank_test);
  table_number(c->rank_test, "f", test.f);
  table_number(c->rank_test, "df", test.df_between);
  table_number(c->rank_test, "df_within", test.df_within);
  table_number(c->rank_test, "p", test.p);
  if (c->rank_pairs != NULL && c->count > PAIRED_GROUPS_MAX) {
    comparison_warn_many(c, "multiple_left_out");
    return STATUS_OK;
  }
  return c->rank_pairs != NULL ? write_rank_pairs(c, order, scores, err) : STATUS_OK;
}

/* ---- All ----------------------------------------------------------------------------------------------- */

static status write_counted(const comparison *c, error *err) {
  const frequency_state *s = c->state;
  double *ranks = ARENA_ARRAY(c->memory, double, 2 * (size_t)c->count + 1);
  const ranked_groups g = {.groups = c->count,
                           .answers = s->keys.count,
                           .counts = count_answers(c, s),
                           .decimals = c->weighting == WEIGHTING_NONE ? 0 : s->weight_decimals};
  if (ranks == NULL || g.counts == NULL) {
    return error_no_memory(err, "ranks of groups");
  }
  kruskal k;
  TRY(kruskal_make(&g, &k, ranks, ranks + c->count, err));
  comparison_start_row(c, c->kruskal);
  table_number(c->kruskal, "h", k.h);
  table_number(c->kruskal, "df", k.df);
  table_number(c->kruskal, "p", k.p);
  table_number(c->kruskal, "epsilon2", k.epsilon2);
  if (c->count > PAIRED_GROUPS_MAX) {
    comparison_warn_many(c, "multiple_left_out");
    return STATUS_OK;
  }
  return write_dunn(c, &k, ranks, ranks + c->count, err);
}

status compare_ranks_write(const comparison *c, error *err) {
  if (c->kruskal == NULL && c->rank_test == NULL) {
    return STATUS_OK;
  }
  if (!comparison_is_coded(c->run, c->item)) {
    run_warn(c->run, "ranks_of_numbers", comparison_detail(c));
    return STATUS_OK;
  }
  return c->rank_test != NULL ? write_weighted(c, err) : write_counted(c, err);
}

void compare_ranks_note(const comparison *c) {
  if (run_argument(c->run, "ranks")->integer) {
    run_note(c->run, c->weighting == WEIGHTING_SAMPLING ? "note_ranks_sampling" : "note_ranks", NULL);
  }
}

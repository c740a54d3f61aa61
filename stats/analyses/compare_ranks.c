/* compare by ranks: Kruskal & Wallis over all groups, Dunn for each pair. */
#include <math.h>
#include <stdlib.h>

#include "stats/analyses/compare_parts.h"
#include "stats/analyses/levels.h"
#include "stats/methods/estimate.h"
#include "stats/methods/kruskal.h"

void compare_ranks_open(comparison *c) {
  if (run_argument(c->run, "ranks")->integer && c->weighting != WEIGHTING_SAMPLING) {
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

status compare_ranks_write(const comparison *c, error *err) {
  if (c->kruskal == NULL) {
    return STATUS_OK;
  }
  if (!comparison_is_coded(c->run, c->item)) {
    run_warn(c->run, "ranks_of_numbers", comparison_detail(c));
    return STATUS_OK;
  }
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
    json *detail = comparison_detail(c);
    json_set_integer(detail, "n", c->count);
    json_set_integer(detail, "threshold", PAIRED_GROUPS_MAX);
    run_warn(c->run, "multiple_left_out", detail);
    return STATUS_OK;
  }
  return write_dunn(c, &k, ranks, ranks + c->count, err);
}

void compare_ranks_note(const comparison *c) {
  if (run_argument(c->run, "ranks")->integer) {
    run_note(c->run, c->weighting == WEIGHTING_SAMPLING ? "note_ranks_sampling" : "note_ranks", NULL);
  }
}

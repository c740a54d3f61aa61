/* Values of an index. */
#include "stats/analyses/index_values.h"

#include <math.h>

#include "stats/accumulators/pairs.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/workspace.h"

bool index_is_coded(const plan *p, uint32_t item) {
  return program_variable_form(variable_of(p, item)) == FORM_CODED;
}

static const void *node_state(const indexing *x, uint32_t node, const group_walk *w) {
  return run_result(x->run, x->result[node] + w->which);
}

sums index_node_sums(const indexing *x, uint32_t node, const group_walk *w) {
  const index_node *n = &x->tree.nodes[node];
  const void *state = node_state(x, node, w);
  return !n->is_construct && index_is_coded(x->plan, n->item)
             ? sums_of_frequency(state, w->place, x->weighting, NULL)
             : sums_of_moments(state, w->place, x->weighting);
}

status index_node_estimate(const indexing *x, uint32_t node, const group_walk *w, estimate *out, error *err) {
  estimate_options options = run_estimate_options(x->run);
  if (!x->tree.nodes[node].is_construct) {
    options.rescaled = true;
    options.rescale_low = x->tree.nodes[node].low;
    options.rescale_high = x->tree.nodes[node].high;
  }
  const sums s = index_node_sums(x, node, w);
  return estimate_make(&s, &options, out, err);
}

/* ---- Means first --------------------------------------------------------------------------------- */

/* Combines the children of NODE that have a value.  The bases are the smallest of theirs, each separately:
 * the child with the fewest rows need not be the one with the smallest weight. */
static void combine(const indexing *x, index_means *m, uint32_t node) {
  const index_tree *t = &x->tree;
  double sum = 0, weights = 0;
  estimate e = {.n = 0, .weighted_n = NAN, .mean = NAN, .se = NAN, .ci_low = NAN, .ci_high = NAN, .df = NAN};
  for (uint32_t k = node + 1; k < t->count && t->nodes[k].level > t->nodes[node].level; k++) {
    if (t->nodes[k].parent == node && !isnan(m->at[k].mean) && t->nodes[k].weight > 0) {
      sum += (double)t->nodes[k].weight * m->at[k].mean;
      weights += (double)t->nodes[k].weight;
      e.n = e.n == 0 || m->at[k].n < e.n ? m->at[k].n : e.n;
      e.weighted_n = fmin(e.weighted_n, m->at[k].weighted_n); /* the other where one is NaN */
    }
  }
  e.mean = weights > 0 ? sum / weights : NAN;
  m->at[node] = e;
}

/* Shares of the items in NODE, added up by distinct item. */
static void spread_shares(const indexing *x, index_means *m, uint32_t node, uint32_t end) {
  const index_tree *t = &x->tree;
  for (uint32_t s = 0; s < x->items_count; s++) {
    m->coefficient[s] = 0;
  }
  m->share[node] = 1;
  for (uint32_t k = node + 1; k < end; k++) {
    double weights = 0;
    const uint32_t parent = t->nodes[k].parent;
    for (uint32_t sibling = parent + 1; sibling < end && t->nodes[sibling].level > t->nodes[parent].level;
         sibling++) {
      if (t->nodes[sibling].parent == parent && !isnan(m->at[sibling].mean)) {
        weights += (double)t->nodes[sibling].weight;
      }
    }
    const bool counts = !isnan(m->at[k].mean) && weights > 0;
    m->share[k] = counts ? m->share[parent] * (double)t->nodes[k].weight / weights : 0;
    if (!t->nodes[k].is_construct) {
      m->coefficient[x->slot[k]] += m->share[k];
      m->example[x->slot[k]] = k;
    }
  }
}

static double range_of(const index_node *node) {
  return (double)(node->high.mantissa - node->low.mantissa) / (double)decimal_power10(node->high.scale);
}

/* Covariance of the means of two items: n_ij s_ij / (n_i n_j), s_ij over the rows that answer both. */
static double mean_covariance(const cross_sums *c, const cross_state *s, uint32_t i, uint32_t j, double ni,
                              double nj, workspace *w) {
  ratio *n = w->at[0], *x = w->at[1], *y = w->at[2], *xy = w->at[3], *r = w->at[4];
  const unsigned wd = s->weighted ? s->weight_decimals : 0;
  ratio_set_i128(n, s->weighted ? c->w : c->n);
  ratio_scale10(n, -(int)wd);
  ratio_set_exact_scaled(x, s->weighted ? &c->wx : &c->x, s->decimals[i] + wd);
  ratio_set_exact_scaled(y, s->weighted ? &c->wy : &c->y, s->decimals[j] + wd);
  ratio_set_exact_scaled(xy, s->weighted ? &c->wxy : &c->xy, (unsigned)s->decimals[i] + s->decimals[j] + wd);
  ratio_set_i64(r, 1);
  if (ratio_compare(n, r) <= 0) {
    return 0;
  }
  const double count = ratio_to_double(n);
  ratio_mul(x, x, y);
  ratio_div(x, x, n);
  ratio_sub(xy, xy, x);
  ratio_sub(n, n, r);
  ratio_div(xy, xy, n);
  return ratio_to_double(xy) * count / (ni * nj);
}

static double combined_se(const indexing *x, const index_means *m, const group_walk *w, workspace *space) {
  double variance = 0;
  const pair_list l = {x->items_count, 0};
  const cross_state *products = x->products == UINT32_MAX ? NULL : run_result(x->run, x->products + w->which);
  for (uint32_t i = 0; i < x->items_count; i++) {
    if (!(m->coefficient[i] > 0)) {
      continue;
    }
    const estimate *a = &m->at[m->example[i]];
    variance += m->coefficient[i] * m->coefficient[i] * a->se * a->se;
    for (uint32_t j = i + 1; products != NULL && j < x->items_count; j++) {
      if (m->coefficient[j] > 0) {
        const estimate *b = &m->at[m->example[j]];
        const cross_sums *c = &products->at[(size_t)w->place * products->pairs_count + pair_index(l, i, j)];
        const double ranges =
            range_of(&x->tree.nodes[m->example[i]]) * range_of(&x->tree.nodes[m->example[j]]);
        variance += 2 * m->coefficient[i] * m->coefficient[j] * 1e4 / ranges *
                    mean_covariance(c, products, i, j, a->weighted_n, b->weighted_n, space);
      }
    }
  }
  return variance >= 0 ? sqrt(variance) : NAN;
}

status index_means_estimate(const indexing *x, index_means *m, uint32_t node, const group_walk *w,
                            estimate *out, error *err) {
  const index_tree *t = &x->tree;
  uint32_t end = node + 1;
  while (end < t->count && t->nodes[end].level > t->nodes[node].level) {
    end++;
  }
  for (uint32_t k = end; k-- > node;) {
    if (t->nodes[k].is_construct) {
      combine(x, m, k);
    } else {
      TRY(index_node_estimate(x, k, w, &m->at[k], err));
    }
  }
  *out = m->at[node];
  if (!t->nodes[node].is_construct || x->weighting == WEIGHTING_SAMPLING || isnan(out->mean)) {
    return STATUS_OK;
  }
  workspace space;
  TRY(workspace_init(&space, err));
  spread_shares(x, m, node, end);
  out->se = combined_se(x, m, w, &space);
  workspace_fini(&space);
  const double half = critical_t(run_request(x->run)->confidence,
                                 (x->weighting == WEIGHTING_NONE ? (double)out->n : out->weighted_n) - 1) *
                      out->se;
  out->ci_low = out->mean - half;
  out->ci_high = out->mean + half;
  return STATUS_OK;
}

/* Entropy weights.  They are rounded to whole units once, before the stage that uses them. */
#include "stats/analyses/index_entropy.h"

#include <math.h>

/* The number of respondents that those who gave KEY stand for, whatever the unit of the weights.  All ANSWERS
 * together weigh ALL. */
static double respondents(const frequency_state *s, weighting kind, uint32_t key, int64_t answers, i128 all) {
  if (kind == WEIGHTING_NONE) {
    return (double)frequency_n(s, 0, key);
  }
  exact num = {0};
  exact_add_product(&num, frequency_w(s, 0, key), kind == WEIGHTING_SAMPLING ? answers : 1);
  const exact den = exact_from_i128(kind == WEIGHTING_SAMPLING ? all : decimal_power10(s->weight_decimals));
  return exact_ratio(&num, &den);
}

double entropy_of(const frequency_state *s, int64_t low, weighting kind) {
  i128 all = 0;
  int64_t answers = 0;
  for (uint32_t key = 0; key < s->keys.count; key++) {
    answers += frequency_n(s, 0, key);
    all += frequency_w(s, 0, key);
  }
  if (answers == 0 || (kind != WEIGHTING_NONE && all == 0)) {
    return NAN;
  }
  double n = 0;
  double total = 0;
  uint32_t levels = 0;
  for (uint32_t key = 0; key < s->keys.count; key++) {
    const double count = respondents(s, kind, key, answers, all);
    levels += count > 0 ? 1 : 0;
    n += count;
    total += count * (double)(s->keys.numbers[key] - low);
  }
  if (levels < 2) {
    return 1;
  }
  double sum = 0;
  for (uint32_t key = 0; key < s->keys.count; key++) {
    const double count = respondents(s, kind, key, answers, all);
    const double p = (double)(s->keys.numbers[key] - low) / total;
    if (count > 0 && p > 0) {
      sum += count * p * log(p);
    }
  }
  return -sum / log(n);
}

void entropy_weights(index_tree *t, double *divergence) {
  for (uint32_t k = t->count; k-- > 0;) {
    if (t->nodes[k].is_construct) {
      divergence[k] = 0;
      for (uint32_t child = k + 1; child < t->count && t->nodes[child].level > t->nodes[k].level; child++) {
        divergence[k] += t->nodes[child].parent == k ? divergence[child] : 0;
      }
    }
  }
  for (uint32_t k = 1; k < t->count; k++) {
    const double whole = divergence[t->nodes[k].parent];
    t->nodes[k].weight = whole > 0 ? llrint(divergence[k] / whole * ENTROPY_UNIT) : 1;
  }
}

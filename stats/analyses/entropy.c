/* Entropy weights.  They are rounded to whole units once, before the stage that uses them. */
#include "stats/analyses/entropy.h"

#include <math.h>

double entropy_of(const frequency_state *s, int64_t low, weighting kind) {
  double n = 0, total = 0, answers = 0;
  uint32_t levels = 0;
  for (uint32_t key = 0; key < s->keys.count; key++) {
    const double weight = kind == WEIGHTING_NONE ? 0 : (double)frequency_w(s, 0, key);
    const double count = kind == WEIGHTING_NONE ? (double)frequency_n(s, 0, key) : weight;
    levels += count > 0 ? 1 : 0;
    n += count;
    total += count * (double)(s->keys.numbers[key] - low);
    answers += (double)frequency_n(s, 0, key);
  }
  if (!(n > 0)) {
    return NAN;
  }
  if (levels < 2) {
    return 1;
  }
  const double unit = kind == WEIGHTING_NONE       ? 1
                      : kind == WEIGHTING_SAMPLING ? answers / n
                                                   : 1 / (double)decimal_power10(s->weight_decimals);
  double sum = 0;
  for (uint32_t key = 0; key < s->keys.count; key++) {
    const double count =
        kind == WEIGHTING_NONE ? (double)frequency_n(s, 0, key) : (double)frequency_w(s, 0, key);
    const double p = (double)(s->keys.numbers[key] - low) / (total * unit);
    if (count > 0 && p > 0) {
      sum += count * unit * p * log(p);
    }
  }
  return -sum / log(n * unit);
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

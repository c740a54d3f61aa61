/* Order statistics of exact distributions. */
#include "stats/methods/quantile.h"

#include <assert.h>

#include "base/decimal.h"
#include "stats/methods/workspace.h"

static i128 smaller(i128 a, i128 b) {
  return a < b ? a : b;
}

/* Type 7 over TOTAL cases, each of UNIT mantissas. */
static quantile_rank type7(i128 total, i128 unit, unsigned quarter) {
  if (total <= unit) {
    return (quantile_rank){.low = total, .high = total, .denominator = 1};
  }
  const i128 position = (total - unit) * quarter; /* times 4 and the unit, from the first case */
  const i128 whole = position / (4 * unit);
  return (quantile_rank){.low = (whole + 1) * unit,
                         .high = smaller((whole + 2) * unit, total),
                         .numerator = position % (4 * unit),
                         .denominator = 4 * unit};
}

quantile_rank quantile_rank_of(weighting kind, int64_t n, i128 w, unsigned weight_decimals,
                               unsigned quarter) {
  switch (kind) {
    case WEIGHTING_FREQUENCY:
      return type7(w, decimal_power10(weight_decimals), quarter);
    case WEIGHTING_SAMPLING: {
      const i128 target = (w * quarter + 3) / 4;
      return (quantile_rank){.low = target, .high = target, .denominator = 1};
    }
    case WEIGHTING_NONE:
      break;
  }
  return type7(n, 1, quarter);
}

status quantile_value(const quantile_rank *rank, int64_t x_low, int64_t x_high, unsigned decimals,
                      double *out, error *err) {
  workspace w;
  TRY(workspace_init(&w, err));
  ratio *value = w.at[0], *step = w.at[1], *part = w.at[2];
  ratio_set_i64(value, x_low);
  ratio_set_i64(step, x_high);
  ratio_sub(step, step, value);
  ratio_set_i128(part, rank->numerator);
  ratio_mul(step, step, part);
  ratio_set_i128(part, rank->denominator);
  ratio_div(step, step, part);
  ratio_add(value, value, step);
  ratio_scale10(value, -(int)decimals);
  *out = ratio_to_double(value);
  workspace_fini(&w);
  return STATUS_OK;
}

distribution distribution_of_frequency(arena *a, const frequency_state *s, uint32_t place, weighting kind) {
  value_entry *entries = ARENA_ARRAY(a, value_entry, (size_t)s->keys.count + 1);
  uint32_t count = 0;
  for (uint32_t key = 0; entries != NULL && key < s->keys.count; key++) {
    int64_t n = frequency_n(s, place, key);
    if (n > 0) {
      entries[count++] = (value_entry){s->keys.numbers[key], n, frequency_w(s, place, key)};
    }
  }
  return (distribution){.entries = entries, .count = count, .weighted = kind != WEIGHTING_NONE};
}

distribution distribution_of_values(const value_table *table, weighting kind) {
  return (distribution){.entries = table->entries, .count = table->count, .weighted = kind != WEIGHTING_NONE};
}

static i128 entry_count(const distribution *d, uint32_t i) {
  return d->weighted ? d->entries[i].w : d->entries[i].n;
}

int64_t distribution_order_statistic(const distribution *d, i128 target) {
  assert(d->count > 0);
  i128 cumulated = 0;
  for (uint32_t i = 0; i < d->count; i++) {
    cumulated += entry_count(d, i);
    if (cumulated >= target) {
      return d->entries[i].value;
    }
  }
  return d->entries[d->count - 1].value;
}

int64_t distribution_mode(const distribution *d) {
  assert(d->count > 0);
  uint32_t mode = 0;
  for (uint32_t i = 1; i < d->count; i++) {
    if (entry_count(d, i) > entry_count(d, mode)) {
      mode = i;
    }
  }
  return d->entries[mode].value;
}

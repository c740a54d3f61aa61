/* Pairs of CROSS with a wide column (numbers, scales of many points), one pair after the other. */
#include <stdlib.h>

#include "stats/accumulators/cross.h"
#include "stats/accumulators/wide_sum.h"

enum { OF_X, OF_Y, OF_XX, OF_YY, OF_XY, OF_ALL };

static inline void add_row(wide_sum *sums, int64_t x, int64_t y, uint32_t weight) {
  wide_sum_add(&sums[OF_X], x, weight);
  wide_sum_add(&sums[OF_Y], y, weight);
  wide_sum_add(&sums[OF_XX], (i128)x * x, weight);
  wide_sum_add(&sums[OF_YY], (i128)y * y, weight);
  wide_sum_add(&sums[OF_XY], (i128)x * y, weight);
}

static inline void add_heavy_row(wide_sum *sums, int64_t x, int64_t y, int64_t weight) {
  wide_sum_add_heavy(&sums[OF_X], x, weight);
  wide_sum_add_heavy(&sums[OF_Y], y, weight);
  wide_sum_add_heavy(&sums[OF_XX], (i128)x * x, weight);
  wide_sum_add_heavy(&sums[OF_YY], (i128)y * y, weight);
  wide_sum_add_heavy(&sums[OF_XY], (i128)x * y, weight);
}

static void flush(const wide_sum *sums, exact *const into[OF_ALL]) {
  for (int k = 0; k < OF_ALL; k++) {
    wide_sum_flush(&sums[k], into[k]);
  }
}

static void add_pair(const cross_shard *s, uint32_t group, const int64_t *x, const int64_t *y,
                     cross_sums *into) {
  wide_sum plain[OF_ALL] = {0}, weighted[OF_ALL] = {0};
  i128 w = 0;
  u192 w2 = {{0}};
  for (uint32_t i = s->order.starts[group]; i < s->order.starts[group + 1]; i++) {
    uint32_t row = row_order_row(&s->order, i);
    if (number_is_missing(x[row]) || number_is_missing(y[row])) {
      continue;
    }
    into->n++;
    add_row(plain, x[row], y[row], 1);
    if (s->weights.narrow != NULL) {
      const uint32_t weight = s->weights.narrow[row];
      w += weight;
      u192_add_u128(&w2, (u128)weight * weight);
      add_row(weighted, x[row], y[row], weight);
    } else if (s->weights.wide != NULL) {
      const int64_t weight = s->weights.wide[row];
      w += weight;
      u192_add_u128(&w2, (u128)weight * (u128)weight);
      add_heavy_row(weighted, x[row], y[row], weight);
    }
  }
  const exact squares = exact_from_u192(&w2);
  into->w += w;
  exact_add(&into->w2, &squares);
  flush(plain, (exact *[]){&into->x, &into->y, &into->xx, &into->yy, &into->xy});
  flush(weighted, (exact *[]){&into->wx, &into->wy, &into->wxx, &into->wyy, &into->wxy});
}

/* A narrow column as numbers, for the pairs with a wide one: one at a time, for all of them would take eight
 * times the memory of the bytes. */
typedef struct widened {
  int64_t *values;
  uint32_t column; /* UINT32_MAX: none yet */
} widened;

static const int64_t *values_of(const cross_shard *s, uint32_t column, widened *room) {
  const byte_keys *keys = &s->columns[column].keys;
  if (keys->slots == NULL) {
    return s->columns[column].values_wide;
  }
  if (room->column != column) {
    int64_t of_slot[UINT8_MAX + 1] = {0};
    for (uint32_t slot = 0; slot <= BYTE_KEYS_SPAN_MAX; slot++) {
      of_slot[slot] = keys->low + keys->of_slot[slot];
    }
    for (uint32_t slot = SLOT_MISSING; slot <= UINT8_MAX; slot++) {
      of_slot[slot] = INT64_MIN + (int64_t)(slot - SLOT_MISSING);
    }
    for (uint32_t row = 0; row < s->rows; row++) {
      room->values[row] = of_slot[keys->slots[row]];
    }
    room->column = column;
  }
  return room->values;
}

static void add_pairs(const cross_shard *s, widened *first, widened *second) {
  for (uint32_t i = 0; i < pairs_end(s->pairs); i++) {
    for (uint32_t j = pairs_first(s->pairs, i); j < s->pairs.variables_count; j++) {
      if (s->columns[i].keys.slots != NULL && s->columns[j].keys.slots != NULL) {
        continue;
      }
      const int64_t *x = values_of(s, i, first);
      const int64_t *y = values_of(s, j, second);
      for (uint32_t g = 0; g < s->order.groups_count; g++) {
        if (s->order.starts[g] < s->order.starts[g + 1]) {
          add_pair(s, g, x, y, cross_shard_sums(s, g, i, j));
        }
      }
    }
  }
}

static bool has_wide(const cross_shard *s) {
  for (uint32_t i = 0; i < s->pairs.variables_count; i++) {
    if (s->columns[i].keys.slots == NULL) {
      return true;
    }
  }
  return false;
}

status cross_add_wide(const cross_shard *s, error *err) {
  if (!has_wide(s)) {
    return STATUS_OK;
  }
  widened first = {calloc((size_t)s->rows + 1, sizeof(int64_t)), UINT32_MAX};
  widened second = {calloc((size_t)s->rows + 1, sizeof(int64_t)), UINT32_MAX};
  const bool well = first.values != NULL && second.values != NULL;
  if (well) {
    add_pairs(s, &first, &second);
  }
  free(first.values);
  free(second.values);
  return well ? STATUS_OK : error_no_memory(err, "cross");
}

#include "stats/accumulators/row_score.h"

#include "stats/accumulators/points.h"
#include "stats/program/long_score.h"

bool row_score_is_valid(const int64_t *shifts, const int64_t *coefficients, uint32_t size) {
  uint8_t narrow[ROW_SCORE_SIZE_MAX];
  if (size == 0 || size > ROW_SCORE_SIZE_MAX || !points_shifts_are_valid(shifts, size)) {
    return false;
  }
  for (uint32_t d = 0; d < size; d++) {
    narrow[d] = (uint8_t)shifts[d];
  }
  return long_score_fits(coefficients, narrow, size - 1);
}

static bool is_fast(const row_score *s, const int64_t *magnitudes) {
  u128 sum = 0;
  for (uint32_t d = 0; d < s->size; d++) {
    const i128 coefficient = s->coefficients[d];
    if (s->shifts[d] != 0) {
      return false;
    }
    sum += (u128)(coefficient < 0 ? -coefficient : coefficient) * (u128)magnitudes[d];
    if (sum >= (u128)1 << 62) {
      return false;
    }
  }
  return true;
}

row_score row_score_of(const int64_t *shifts, const int64_t *coefficients, uint32_t size, unsigned drop,
                       int64_t limit, const int64_t *magnitudes) {
  row_score s = {.size = size, .shifts = shifts, .coefficients = coefficients, .drop = drop, .limit = limit};
  s.fast = is_fast(&s, magnitudes);
  return s;
}

static int64_t cut(const row_score *s, i128 score) {
  return score > s->limit ? s->limit : score < -s->limit ? -s->limit : (int64_t)score;
}

int64_t row_score_of_sum(const row_score *s, int64_t sum) {
  return cut(s, (i128)sum >> s->drop);
}

int64_t row_score_at(const row_score *s, const int64_t *x) {
  if (s->fast) {
    int64_t sum = 0;
    for (uint32_t d = 0; d < s->size; d++) {
      sum += s->coefficients[d] * x[d];
    }
    return row_score_of_sum(s, sum);
  }
  long_score sum = {0};
  for (uint32_t d = 0; d < s->size; d++) {
    long_score_add(&sum, (i128)s->coefficients[d] * x[d], (unsigned)s->shifts[d]);
  }
  return cut(s, long_score_down(&sum, s->drop));
}

void row_add_exact(exact *sum, i128 a, int64_t b, int64_t c) {
  exact part = {{0}};
  exact_add_product(&part, a, b);
  exact_add_scaled(sum, &part, c);
}

/* Points and their nearest centres.
 *
 * Scores are whole numbers.  While all columns fit bytes and every score stays below 2^53, doubles compute
 * them exactly in any order of operations, and a kernel does; otherwise integers of 128 bits do while
 * only constants are shifted, else of 192. */
#include "stats/accumulators/points.h"

#include <stdlib.h>
#include <string.h>

#include "stats/kernels/kernels.h"
#include "stats/program/long_score.h"

static status look_at_values(frame *f, uint32_t variable, point_column *c, error *err) {
  number_view view;
  TRY(frame_number(f, variable, &view, err));
  c->values = view.values;
  c->magnitude = 0;
  for (uint32_t r = 0; r < frame_rows(f); r++) {
    int64_t v = view.values[r];
    if (!number_is_missing(v) && (v > c->magnitude || -v > c->magnitude)) {
      c->magnitude = v < 0 ? -v : v;
    }
  }
  return STATUS_OK;
}

static status look_at_columns(frame *f, const program_accumulator *a, points *p, error *err) {
  p->narrow = true;
  for (uint32_t d = 0; d < a->variables_count && p->narrow; d++) {
    point_column *c = &p->columns[d];
    TRY(byte_keys_of(f, a->variables[d], BYTE_KEYS_SPAN_MAX, &c->keys, err));
    p->narrow = c->keys.slots != NULL;
    const int64_t high = c->keys.low + c->keys.span;
    c->magnitude = -c->keys.low > high ? -c->keys.low : high;
  }
  for (uint32_t d = 0; d < a->variables_count && !p->narrow; d++) {
    TRY(look_at_values(f, a->variables[d], &p->columns[d], err));
  }
  return STATUS_OK;
}

static status allocate_block(points *p, error *err) {
  size_t columns = p->narrow ? p->variables_count : 0;
  p->bytes = malloc((columns + 1) * sizeof *p->bytes);
  p->used = aligned_alloc(64, (columns + 1) * POINTS_BLOCK_ROWS);
  if (p->bytes == NULL || p->used == NULL) {
    return error_no_memory(err, "points");
  }
  for (size_t d = 0; d < columns; d++) {
    p->bytes[d] = p->used + (d + 1) * POINTS_BLOCK_ROWS;
  }
  return STATUS_OK;
}

status points_init(frame *f, const program_accumulator *a, points *out, error *err) {
  *out =
      (points){.variables_count = a->variables_count, .rows_count = frame_rows(f), .source = frame_source(f)};
  TRY(frame_mask(f, a->filter, a->weight, &out->mask, err));
  TRY(frame_weights(f, a->weight, &out->weights, err));
  out->columns = calloc(a->variables_count, sizeof *out->columns);
  status st = out->columns != NULL ? look_at_columns(f, a, out, err) : error_no_memory(err, "points");
  if (st == STATUS_OK) {
    st = allocate_block(out, err);
  }
  if (st != STATUS_OK) {
    points_fini(out);
  }
  return st;
}

void points_fini(points *p) {
  free(p->columns);
  free(p->bytes);
  free(p->used);
  *p = (points){0};
}

/* ---- Blocks -------------------------------------------------------------------------------------- */

static void take_mask(points *p, uint32_t padded) {
  if (p->mask != NULL) {
    memcpy(p->used, p->mask + p->from, p->rows);
  } else {
    memset(p->used, 1, p->rows);
  }
  memset(p->used + p->rows, 0, padded - p->rows);
}

static void take_bytes(points *p, uint32_t padded) {
  const stats_kernels *kernels = stats_kernels_current();
  for (uint32_t d = 0; d < p->variables_count; d++) {
    const point_column *c = &p->columns[d];
    const uint8_t *restrict slots = c->keys.slots + p->from;
    uint8_t *restrict used = p->used;
    kernels->look_up(slots, padded, c->keys.of_slot, p->bytes[d]);
    for (uint32_t r = 0; r < padded; r++) {
      used[r] = (uint8_t)(used[r] & (slots[r] < SLOT_MISSING));
    }
  }
}

bool points_next(points *p) {
  p->from += p->rows;
  if (p->from >= p->rows_count) {
    return false;
  }
  uint32_t left = p->rows_count - p->from;
  p->rows = left < POINTS_BLOCK_ROWS ? left : POINTS_BLOCK_ROWS;
  uint32_t padded = (p->rows + 63) / 64 * 64;
  take_mask(p, padded);
  if (p->narrow) {
    take_bytes(p, padded);
    return true;
  }
  for (uint32_t d = 0; d < p->variables_count; d++) {
    const int64_t *values = p->columns[d].values + p->from;
    uint8_t *restrict used = p->used;
    for (uint32_t r = 0; r < p->rows; r++) {
      used[r] = (uint8_t)(used[r] & !number_is_missing(values[r]));
    }
  }
  return true;
}

/* ---- Nearest centres ----------------------------------------------------------------------------- */

static u128 size_of(int64_t v) {
  return v < 0 ? (u128)0 - (u128)(i128)v : (u128)v;
}

/* Puts the coefficients for X = low + byte into FAST.  False when a score could reach 2^53. */
static bool shift_to_bytes(const points *p, const int64_t *coefficients, double *fast) {
  const u128 limit = (u128)1 << 53;
  i128 constant = coefficients[0];
  u128 bound = 0;
  for (uint32_t d = 0; d < p->variables_count; d++) {
    constant += (i128)coefficients[1 + d] * p->columns[d].keys.low;
    bound += size_of(coefficients[1 + d]) * p->columns[d].keys.span;
    fast[1 + d] = (double)coefficients[1 + d];
    if (size_of(coefficients[1 + d]) >= limit) {
      return false;
    }
  }
  bound += constant < 0 ? (u128)-constant : (u128)constant;
  fast[0] = (double)constant;
  return bound < limit;
}

/* Whether scores stay below 2^126 when only the constant is shifted. */
static bool scores_fit(const points *p, const int64_t *coefficients, int64_t shift) {
  const u128 limit = (u128)1 << 126;
  u128 bound = size_of(coefficients[0]) << shift;
  for (uint32_t d = 0; d < p->variables_count && bound < limit; d++) {
    bound += size_of(coefficients[1 + d]) * size_of(p->columns[d].magnitude);
  }
  return bound < limit;
}

bool points_shifts_are_valid(const int64_t *shifts, uint64_t count) {
  for (uint64_t d = 0; d < count; d++) {
    if (shifts[d] < 0 || shifts[d] > SCORE_SHIFT_MAX) {
      return false;
    }
  }
  return true;
}

/* Keeps SHIFTS when slopes have any, or when scores are long anyway. */
static status take_shifts(const points *p, const int64_t *shifts, point_model *m, error *err) {
  const size_t stride = (size_t)p->variables_count + 1;
  bool needed = false;
  m->constants_shift = (uint8_t)shifts[0];
  for (size_t d = 1; d < stride; d++) {
    needed = needed || shifts[d] > 0;
  }
  for (uint32_t j = 0; j < m->clusters && !needed; j++) {
    needed = !scores_fit(p, m->coefficients + j * stride, shifts[0]);
  }
  if (!needed) {
    return STATUS_OK;
  }
  m->shifts = malloc(stride);
  if (m->shifts == NULL) {
    return error_no_memory(err, "points");
  }
  for (size_t d = 0; d < stride; d++) {
    m->shifts[d] = (uint8_t)shifts[d];
  }
  for (uint32_t j = 0; j < m->clusters; j++) {
    if (!long_score_fits(m->coefficients + j * stride, m->shifts, p->variables_count)) {
      return error_set(err, STATUS_LIMIT, "the coefficients of cluster %u are too large for exact distances",
                       j + 1);
    }
  }
  return STATUS_OK;
}

static status speed_up(const points *p, point_model *m, error *err) {
  const size_t stride = (size_t)p->variables_count + 1;
  m->fast = malloc(m->clusters * stride * sizeof *m->fast);
  if (m->fast == NULL) {
    return error_no_memory(err, "points");
  }
  for (uint32_t j = 0; j < m->clusters; j++) {
    if (!shift_to_bytes(p, m->coefficients + j * stride, m->fast + j * stride)) {
      free(m->fast);
      m->fast = NULL;
      break;
    }
  }
  return STATUS_OK;
}

status point_model_init(const points *p, uint32_t clusters, const int64_t *shifts,
                        const int64_t *coefficients, point_model *out, error *err) {
  *out = (point_model){.clusters = clusters, .coefficients = coefficients};
  status st = take_shifts(p, shifts, out, err);
  if (st == STATUS_OK && p->narrow && out->shifts == NULL && out->constants_shift == 0) {
    st = speed_up(p, out, err);
  }
  if (st != STATUS_OK) {
    point_model_fini(out);
  }
  return st;
}

void point_model_fini(point_model *m) {
  free(m->shifts);
  free(m->fast);
  m->shifts = NULL;
  m->fast = NULL;
}

static uint8_t nearest_of(const points *p, const point_model *m, uint32_t r) {
  uint8_t nearest = 0;
  i128 smallest = 0;
  const int64_t *c = m->coefficients;
  for (uint32_t j = 0; j < m->clusters; j++, c += p->variables_count + 1) {
    i128 score = c[0] * ((i128)1 << m->constants_shift);
    for (uint32_t d = 0; d < p->variables_count; d++) {
      score += (i128)c[1 + d] * points_value(p, d, r);
    }
    if (j == 0 || score < smallest) {
      smallest = score;
      nearest = (uint8_t)j;
    }
  }
  return nearest;
}

static uint8_t nearest_of_long(const points *p, const point_model *m, uint32_t r) {
  uint8_t nearest = 0;
  long_score smallest = {0, 0};
  const int64_t *c = m->coefficients;
  for (uint32_t j = 0; j < m->clusters; j++, c += p->variables_count + 1) {
    long_score score = {0, 0};
    long_score_add(&score, c[0], m->shifts[0]);
    for (uint32_t d = 0; d < p->variables_count; d++) {
      long_score_add(&score, (i128)c[1 + d] * points_value(p, d, r), m->shifts[1 + d]);
    }
    if (j == 0 || long_score_is_less(&score, &smallest)) {
      smallest = score;
      nearest = (uint8_t)j;
    }
  }
  return nearest;
}

static void leave_out_unused(const uint8_t *restrict used, uint32_t rows, uint8_t *restrict own) {
  for (uint32_t r = 0; r < rows; r++) {
    own[r] = used[r] ? own[r] : POINTS_UNUSED;
  }
}

void points_assign(const points *p, const point_model *m, uint8_t *own) {
  if (m->fast != NULL) {
    const nearest_model kernel = {.clusters = m->clusters,
                                  .columns_count = p->variables_count,
                                  .columns = (const uint8_t *const *)p->bytes,
                                  .coefficients = m->fast,
                                  .rows = (p->rows + 63) / 64 * 64};
    stats_kernels_current()->nearest_bytes(&kernel, own);
    leave_out_unused(p->used, p->rows, own);
    return;
  }
  for (uint32_t r = 0; r < p->rows; r++) {
    if (!p->used[r]) {
      own[r] = POINTS_UNUSED;
    } else {
      own[r] = m->shifts != NULL ? nearest_of_long(p, m, r) : nearest_of(p, m, r);
    }
  }
}

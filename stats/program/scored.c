/* Variables that say of a row what a model makes of it: SCORE and DISTANCE, their bytes and their limits. */
#include <math.h>
#include <string.h>

#include "stats/program/item.h"
#include "stats/program/long_score.h"

static status check_decimals(const program_variable *v, error *err) {
  return v->decimals <= PROGRAM_COMPUTE_DECIMALS_MAX
             ? STATUS_OK
             : error_set(err, STATUS_LIMIT, "variable '%s': %d decimals; at most %d are kept",
                         variable_shown(v), v->decimals, PROGRAM_COMPUTE_DECIMALS_MAX);
}

/* ---- SCORE ----------------------------------------------------------------------------------------- */

void item_score_encode(const program_variable *v, buf *out) {
  buf_put_u8(out, (uint8_t)v->link);
  buf_put_u8(out, v->drop);
  for (uint32_t d = 0; d <= v->inputs_count; d++) {
    buf_put_u8(out, v->shifts != NULL ? v->shifts[d] : 0);
    buf_put_signed(out, v->coefficients[d]);
  }
}

void item_score_decode(reader *r, arena *a, program_variable *v) {
  const size_t count = (size_t)v->inputs_count + 1;
  v->link = (score_link)reader_u8(r);
  v->drop = reader_u8(r);
  v->shifts = ARENA_ARRAY(a, uint8_t, count);
  v->coefficients = ARENA_ARRAY(a, int64_t, count);
  for (size_t d = 0; d < count && r->problem == NULL && !arena_failed(a); d++) {
    v->shifts[d] = reader_u8(r);
    v->coefficients[d] = reader_signed(r);
  }
}

status score_check(const program *p, const program_variable *v, error *err) {
  (void)p;
  TRY(check_decimals(v, err));
  if (v->link >= SCORE_LINKS || v->drop > SCORE_DROP_MAX || v->coefficients == NULL) {
    return error_set(err, STATUS_USAGE, "variable '%s': a score that cannot be", variable_shown(v));
  }
  return long_score_fits(v->coefficients, v->shifts, v->inputs_count)
             ? STATUS_OK
             : error_set(err, STATUS_LIMIT, "variable '%s': coefficients too large for exact scores",
                         variable_shown(v));
}

/* ---- DISTANCE -------------------------------------------------------------------------------------- */

static void put_doubles(const double *values, size_t count, buf *out) {
  for (size_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    buf_put_u64(out, bits);
  }
}

static double *get_doubles(reader *r, arena *a, size_t count) {
  double *values = ARENA_ARRAY(a, double, count + 1);
  for (size_t i = 0; values != NULL && i < count && r->problem == NULL; i++) {
    const uint64_t bits = reader_u64(r);
    memcpy(&values[i], &bits, sizeof bits);
  }
  return values;
}

void item_distance_encode(const program_variable *v, buf *out) {
  buf_put_varint(out, v->metric_count);
  buf_put_varint(out, v->clusters);
  put_doubles(v->metric, v->metric_count, out);
  put_doubles(v->centres, (size_t)v->clusters * v->metric_count, out);
}

void item_distance_decode(reader *r, arena *a, program_variable *v) {
  v->metric_count = item_get_count(r, PROGRAM_INPUTS_MAX, sizeof(double));
  v->clusters = item_get_count(r, PROGRAM_CLUSTERS_MAX, sizeof(double) * v->metric_count);
  v->metric = get_doubles(r, a, v->metric_count);
  v->centres = get_doubles(r, a, (size_t)v->clusters * v->metric_count);
}

status distance_check(const program *p, const program_variable *v, error *err) {
  const program_variable *cluster = &p->variables[v->inputs[0]];
  TRY(check_decimals(v, err));
  bool fits = v->clusters == cluster->clusters && v->metric_count == cluster->inputs_count &&
              v->centres != NULL && v->metric != NULL;
  for (uint32_t d = 0; fits && d < v->metric_count; d++) {
    fits = isfinite(v->metric[d]) && !signbit(v->metric[d]);
  }
  for (size_t i = 0; fits && i < (size_t)v->clusters * v->metric_count; i++) {
    fits = isfinite(v->centres[i]);
  }
  return fits ? STATUS_OK
              : error_set(err, STATUS_USAGE, "variable '%s': its centres are not those of '%s'",
                          variable_shown(v), variable_shown(cluster));
}

/* The bytes of variables that combine others by numbers of their own: means and clusters. */
#include "stats/program/item.h"
#include "stats/program/long_score.h"

static bool weights_all_one(const program_variable *v) {
  for (uint32_t i = 0; v->weights != NULL && i < v->inputs_count; i++) {
    if (v->weights[i] != 1) {
      return false;
    }
  }
  return true;
}

void item_mean_encode(const program_variable *v, buf *out) {
  bool weighted = !weights_all_one(v);
  buf_put_u8(out, weighted);
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    bool rescaled = v->rescaled != NULL && v->rescaled[i];
    if (weighted) {
      buf_put_signed(out, v->weights[i]);
    }
    buf_put_u8(out, rescaled);
    if (rescaled) {
      item_put_decimal(v->rescale_low[i], out);
      item_put_decimal(v->rescale_high[i], out);
    }
  }
  buf_put_varint(out, v->valid_min);
}

void item_mean_decode(reader *r, arena *a, program_variable *v) {
  bool weighted = reader_flag(r);
  v->weights = weighted ? ARENA_ARRAY(a, int64_t, v->inputs_count) : NULL;
  v->rescaled = ARENA_ARRAY(a, bool, v->inputs_count);
  v->rescale_low = ARENA_ARRAY(a, decimal, v->inputs_count);
  v->rescale_high = ARENA_ARRAY(a, decimal, v->inputs_count);
  for (uint32_t i = 0; i < v->inputs_count && r->problem == NULL && !arena_failed(a); i++) {
    if (weighted) {
      v->weights[i] = reader_signed(r);
    }
    v->rescaled[i] = reader_flag(r);
    if (v->rescaled[i]) {
      v->rescale_low[i] = item_get_decimal(r);
      v->rescale_high[i] = item_get_decimal(r);
    }
  }
  v->valid_min = (uint32_t)reader_count(r, PROGRAM_INPUTS_MAX);
}

void item_cluster_encode(const program_variable *v, buf *out) {
  for (uint32_t d = 0; d <= v->inputs_count; d++) {
    buf_put_u8(out, v->shifts != NULL ? v->shifts[d] : 0);
  }
  buf_put_varint(out, v->clusters);
  size_t count = (size_t)v->clusters * (1 + (size_t)v->inputs_count);
  for (size_t i = 0; i < count; i++) {
    buf_put_signed(out, v->coefficients[i]);
  }
}

void item_cluster_decode(reader *r, arena *a, program_variable *v) {
  v->shifts = ARENA_ARRAY(a, uint8_t, (size_t)v->inputs_count + 1);
  for (uint32_t d = 0; v->shifts != NULL && d <= v->inputs_count && r->problem == NULL; d++) {
    v->shifts[d] = reader_u8(r);
    if (v->shifts[d] > SCORE_SHIFT_MAX) {
      reader_fail(r, "a shift that is too large");
    }
  }
  v->clusters = item_get_count(r, PROGRAM_CLUSTERS_MAX, 1 + (size_t)v->inputs_count);
  size_t count = (size_t)v->clusters * (1 + (size_t)v->inputs_count);
  v->coefficients = ARENA_ARRAY(a, int64_t, count);
  for (size_t i = 0; v->coefficients != NULL && i < count && r->problem == NULL; i++) {
    v->coefficients[i] = reader_signed(r);
  }
}

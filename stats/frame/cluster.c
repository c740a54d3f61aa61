/* CLUSTER: the nearest centre, as the smallest of linear scores; ties go to the lowest number.
 *
 * score_j = coefficients[j][0] + sum_d coefficients[j][1 + d] * x_d, each term shifted, exact: in 64 bits
 * when nothing is shifted and the declared ranges keep every partial sum below 2^62, else in 192.
 */
#include <stdlib.h>

#include "stats/frame/state.h"
#include "stats/program/item.h"
#include "stats/program/long_score.h"

enum { BLOCK_ROWS = 256 };

typedef struct cluster_work {
  const program_variable *variable;
  const int64_t **inputs; /* mantissas */
  int64_t *block;         /* BLOCK_ROWS of each input, 0 where missing */
  int64_t scores[BLOCK_ROWS];
  int64_t best[BLOCK_ROWS];
} cluster_work;

static const int64_t *coefficients_of(const program_variable *v, uint32_t cluster) {
  return v->coefficients + (size_t)cluster * (1 + (size_t)v->inputs_count);
}

static void fill_block(cluster_work *w, size_t first, size_t rows) {
  for (uint32_t d = 0; d < w->variable->inputs_count; d++) {
    const int64_t *x = w->inputs[d] + first;
    int64_t *block = w->block + (size_t)d * BLOCK_ROWS;
    for (size_t r = 0; r < rows; r++) {
      block[r] = number_is_missing(x[r]) ? 0 : x[r];
    }
  }
}

static void nearest_narrow(cluster_work *w, size_t first, size_t rows, uint16_t *out) {
  const program_variable *v = w->variable;
  fill_block(w, first, rows);
  for (uint32_t j = 0; j < v->clusters; j++) {
    const int64_t *row = coefficients_of(v, j);
    for (size_t r = 0; r < rows; r++) {
      w->scores[r] = row[0];
    }
    for (uint32_t d = 0; d < v->inputs_count; d++) {
      const int64_t *x = w->block + (size_t)d * BLOCK_ROWS;
      for (size_t r = 0; r < rows; r++) {
        w->scores[r] += row[1 + d] * x[r];
      }
    }
    for (size_t r = 0; r < rows; r++) {
      bool better = j == 0 || w->scores[r] < w->best[r];
      w->best[r] = better ? w->scores[r] : w->best[r];
      out[r] = better ? (uint16_t)j : out[r];
    }
  }
}

static void nearest_wide(const cluster_work *w, size_t first, size_t rows, uint16_t *out) {
  const program_variable *v = w->variable;
  for (size_t r = 0; r < rows; r++) {
    long_score best = {0, 0};
    for (uint32_t j = 0; j < v->clusters; j++) {
      const int64_t *row = coefficients_of(v, j);
      long_score score = {0, 0};
      long_score_add(&score, row[0], v->shifts[0]);
      for (uint32_t d = 0; d < v->inputs_count; d++) {
        const int64_t x = w->inputs[d][first + r];
        long_score_add(&score, number_is_missing(x) ? 0 : (i128)row[1 + d] * x, v->shifts[1 + d]);
      }
      if (j == 0 || long_score_is_less(&score, &best)) {
        best = score;
        out[r] = (uint16_t)j;
      }
    }
  }
}

static void mark_missing(const frame *f, const cluster_work *w, uint16_t *out) {
  for (uint32_t d = 0; d < w->variable->inputs_count; d++) {
    const int64_t *x = w->inputs[d];
    for (size_t r = 0; r < f->padded; r++) {
      out[r] = number_is_missing(x[r]) ? slot_missing(MISSING_TOO_FEW) : out[r];
    }
  }
  for (size_t r = f->count; r < f->padded; r++) {
    out[r] = slot_missing(MISSING_BLANK);
  }
}

static status cluster_keys(frame *f, const program_variable *v, coded_view *out, error *err) {
  int64_t *numbers = frame_array(f, v->clusters, sizeof *numbers);
  if (numbers == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t j = 0; j < v->clusters; j++) {
    numbers[j] = (int64_t)j + 1;
  }
  out->keys = (coded_keys){.numbers = numbers, .count = v->clusters};
  return STATUS_OK;
}

static status make_cluster(frame *f, const program_variable *v, cluster_work *w, coded_view *out,
                           error *err) {
  const bool narrow = cluster_is_narrow(f->program, v);
  w->variable = v;
  w->inputs = frame_array(f, v->inputs_count, sizeof *w->inputs);
  w->block = frame_array(f, v->inputs_count, BLOCK_ROWS * sizeof *w->block);
  uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
  uint8_t *slots = frame_memory(f, f->padded);
  if (w->inputs == NULL || w->block == NULL || wide == NULL || slots == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t d = 0; d < v->inputs_count; d++) {
    number_view view;
    TRY(frame_number(f, v->inputs[d], &view, err));
    w->inputs[d] = view.values;
  }
  for (size_t first = 0; first < f->padded; first += BLOCK_ROWS) {
    size_t rows = f->padded - first < BLOCK_ROWS ? f->padded - first : BLOCK_ROWS;
    if (narrow) {
      nearest_narrow(w, first, rows, wide + first);
    } else {
      nearest_wide(w, first, rows, wide + first);
    }
  }
  mark_missing(f, w, wide);
  if (v->clusters > SLOT_MISSING) {
    out->wide = wide;
    return STATUS_OK;
  }
  for (size_t r = 0; r < f->padded; r++) {
    slots[r] = (uint8_t)wide[r];
  }
  out->slots = slots;
  return STATUS_OK;
}

status frame_make_cluster(frame *f, const program_variable *v, frame_variable *out, error *err) {
  TRY(cluster_keys(f, v, &out->coded, err));
  cluster_work *w = malloc(sizeof *w);
  status st = w != NULL ? make_cluster(f, v, w, &out->coded, err) : frame_no_memory(err);
  free(w);
  return st;
}

#include "specification/proposal/rest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/tidy.h"
#include "stats/frame/frame.h"
#include "store/shard.h"

enum { ITEMS_MIN = 3, NOT_ANSWERED = INT16_MIN };

static const double ERRORS_MIN = 2; /* standard errors of an r of 0, 1 / sqrt(n), from which it is told */

/* Sums of integers, which do not depend on the order of rows. */
typedef struct rest_sums {
  int64_t n, x, xx;
  i128 y, yy, xy;
} rest_sums;

typedef struct rest {
  guesses *g;
  rest_sums *sums;   /* one for each guess */
  int16_t *values;   /* of the battery's items in the shard, item after item */
  uint32_t *items;   /* their guesses */
  int32_t *totals;   /* of each row */
  uint16_t *answers; /* of each row */
  uint32_t items_count;
} rest;

/* Twice the distance from the middle. */
static int16_t value_of(const guess *at, slice cell) {
  const program_variable v = {.kind = VARIABLE_SCALE, .leading_number = true};
  char room[TIDY_GROWTH * 512];
  decimal number;
  int64_t code;
  if (cell.length == 0 || cell.length > sizeof room / TIDY_GROWTH) {
    return NOT_ANSWERED;
  }
  const slice text = tidy_text(cell, room);
  if (at->ladder != NULL) {
    const int rung = ladder_rung(at->ladder, text);
    code = rung >= 0 ? at->low + rung : at->low - 1;
  } else {
    const bool is_number = frame_notation_number(&v, '.', text, &number);
    number = decimal_normalise(number);
    code = is_number && number.scale == 0 ? number.mantissa : at->low - 1;
  }
  return code < at->low || code > at->high ? NOT_ANSWERED : (int16_t)(2 * code - at->low - at->high);
}

static status open_item(const guess *at, shard *s, int16_t *values, error *err) {
  packed_column p;
  char *name = slice_copy(at->facts->title);
  status st = name == NULL ? error_no_memory(err, "the columns") : shard_find(s, name, &p, err);
  free(name);
  const uint32_t rows = shard_rows(s);
  if (st == STATUS_NOT_FOUND) {
    for (uint32_t row = 0; row < rows; row++) {
      values[row] = NOT_ANSWERED;
    }
    return STATUS_OK;
  }
  TRY(st);
  if (!packed_column_is_coded(&p)) {
    for (uint32_t row = 0; row < rows; row++) {
      values[row] = value_of(at, packed_column_cell(&p, row).text);
    }
    return STATUS_OK;
  }
  int16_t *of_code = calloc((size_t)p.texts_count + 1, sizeof *of_code);
  if (of_code == NULL) {
    return error_no_memory(err, "the columns");
  }
  for (uint32_t i = 0; i < p.texts_count; i++) {
    of_code[i] = value_of(at, p.texts[i]);
  }
  for (uint32_t row = 0; row < rows; row++) {
    values[row] = of_code[packed_column_code(&p, row)];
  }
  free(of_code);
  return STATUS_OK;
}

static void add_item(rest *r, uint32_t item, uint32_t rows) {
  const int16_t *values = r->values + (size_t)item * rows;
  rest_sums *s = &r->sums[r->items[item]];
  for (uint32_t row = 0; row < rows; row++) {
    if (values[row] == NOT_ANSWERED || r->answers[row] < 2) {
      continue;
    }
    const int64_t x = values[row];
    const int64_t y = r->totals[row] - x;
    s->n++;
    s->x += x;
    s->xx += x * x;
    s->y += y;
    s->yy += (i128)y * y;
    s->xy += (i128)x * y;
  }
}

static status add_battery(rest *r, shard *s, error *err) {
  const uint32_t rows = shard_rows(s);
  r->values = calloc((size_t)r->items_count * rows + 1, sizeof *r->values);
  r->totals = calloc((size_t)rows + 1, sizeof *r->totals);
  r->answers = calloc((size_t)rows + 1, sizeof *r->answers);
  status st = r->values == NULL || r->totals == NULL || r->answers == NULL
                  ? error_no_memory(err, "the columns")
                  : STATUS_OK;
  for (uint32_t i = 0; st == STATUS_OK && i < r->items_count; i++) {
    int16_t *values = r->values + (size_t)i * rows;
    st = open_item(&r->g->at[r->items[i]], s, values, err);
    for (uint32_t row = 0; st == STATUS_OK && row < rows; row++) {
      const bool is_answered = values[row] != NOT_ANSWERED;
      r->totals[row] += is_answered ? values[row] : 0;
      r->answers[row] = (uint16_t)(r->answers[row] + is_answered);
    }
  }
  for (uint32_t i = 0; st == STATUS_OK && i < r->items_count; i++) {
    add_item(r, i, rows);
  }
  free(r->values);
  free(r->totals);
  free(r->answers);
  return st;
}

static status add_shard(rest *r, store *shards, const digest *name, error *err) {
  store_blob blob;
  shard *s = NULL;
  TRY(store_get(shards, name, &blob, err));
  status st = shard_open(blob.bytes, blob.length, "a shard", &s, err);
  for (uint32_t k = 0; st == STATUS_OK && k < r->g->scales_count; k++) {
    r->items_count = 0;
    for (uint32_t i = 0; i < r->g->count; i++) {
      if (r->g->at[i].type == GUESS_SCALE && r->g->at[i].scale == k) {
        r->items[r->items_count++] = i;
      }
    }
    if (r->items_count >= ITEMS_MIN) {
      st = add_battery(r, s, err);
    }
  }
  shard_close(s);
  store_release(&blob);
  return st;
}

static double r_of(const rest_sums *s) {
  const double n = (double)s->n;
  const double xx = n * (double)s->xx - (double)s->x * (double)s->x;
  const double yy = n * (double)s->yy - (double)s->y * (double)s->y;
  const double xy = n * (double)s->xy - (double)s->x * (double)s->y;
  const double r = s->n < GUESS_ROW_MANY || xx <= 0 || yy <= 0 ? 0 : xy / sqrt(xx * yy);
  return fabs(r) * sqrt(n) < ERRORS_MIN ? 0 : r;
}

status rest_correlate(guesses *g, const manifest *dataset, store *shards, error *err) {
  rest r = {.g = g};
  r.sums = calloc((size_t)g->count + 1, sizeof *r.sums);
  r.items = calloc((size_t)g->count + 1, sizeof *r.items);
  status st = r.sums == NULL || r.items == NULL ? error_no_memory(err, "the columns") : STATUS_OK;
  for (uint32_t i = 0; st == STATUS_OK && i < dataset->shards_count; i++) {
    st = add_shard(&r, shards, &dataset->shards[i].name, err);
  }
  for (uint32_t i = 0; st == STATUS_OK && i < g->count; i++) {
    g->at[i].rest_r = r_of(&r.sums[i]);
  }
  free(r.sums);
  free(r.items);
  return st;
}

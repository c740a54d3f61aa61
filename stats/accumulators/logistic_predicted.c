/* Predicted values in ascending order, each with its rows.  When there are more than LOGISTIC_PREDICTED_MAX,
 * the list becomes one of classes: the union only grows, so no order of merging matters. */
#include "stats/accumulators/logistic_predicted.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/shape.h"

enum { CLASS_BITS = LOGISTIC_PREDICTED_BITS - LOGISTIC_COARSE_BITS };
#define ETA_MAX ((int64_t)700 << LOGISTIC_PREDICTED_BITS)

/* The middle of the class of ETA; itself for a middle. */
static int64_t class_of(int64_t eta) {
  const int64_t width = INT64_C(1) << CLASS_BITS;
  const int64_t rest = ((eta % width) + width) % width;
  return eta - rest + width / 2;
}

static status add_entry(logistic_predicted *into, const logistic_predicted *from, error *err) {
  for (int y = 0; y < 2; y++) {
    TRY(accumulator_add_rows(&into->n[y], from->n[y], err));
    into->w[y] += from->w[y];
    u192_add(&into->w2[y], &from->w2[y]);
  }
  return STATUS_OK;
}

/* Puts what stands side by side in one class together. */
static status make_coarse(logistic_state *s, error *err) {
  if (s->coarse) {
    return STATUS_OK;
  }
  s->coarse = true;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < s->predicted_count; i++) {
    const int64_t eta = class_of(s->predicted[i].eta);
    if (kept > 0 && s->predicted[kept - 1].eta == eta) {
      TRY(add_entry(&s->predicted[kept - 1], &s->predicted[i], err));
    } else {
      s->predicted[kept] = s->predicted[i];
      s->predicted[kept++].eta = eta;
    }
  }
  s->predicted_count = kept;
  return STATUS_OK;
}

enum { DIGIT_BITS = 11, DIGIT_VALUES = 1 << DIGIT_BITS };

/* One pass: OUT has ROWS in the order of the digit at SHIFT of eta - LOW, equal ones as they stood. */
static void sort_by_digit(const predicted_row *rows, uint32_t count, int64_t low, unsigned shift,
                          predicted_row *out) {
  uint32_t starts[DIGIT_VALUES + 1] = {0};
  for (uint32_t i = 0; i < count; i++) {
    starts[((uint64_t)(rows[i].eta - low) >> shift) % DIGIT_VALUES + 1]++;
  }
  for (uint32_t v = 0; v < DIGIT_VALUES; v++) {
    starts[v + 1] += starts[v];
  }
  for (uint32_t i = 0; i < count; i++) {
    out[starts[((uint64_t)(rows[i].eta - low) >> shift) % DIGIT_VALUES]++] = rows[i];
  }
}

/* Ascending by eta.  Of the digits of eta from the lowest on, as many as its range has. */
static status sort_by_eta(predicted_row *rows, uint32_t count, error *err) {
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (uint32_t i = 0; i < count; i++) {
    low = rows[i].eta < low ? rows[i].eta : low;
    high = rows[i].eta > high ? rows[i].eta : high;
  }
  if (count < 2) {
    return STATUS_OK;
  }
  predicted_row *room = malloc(count * sizeof *room);
  if (room == NULL) {
    return error_no_memory(err, "logistic");
  }
  predicted_row *from = rows, *to = room;
  for (unsigned shift = 0; shift < 64 && (uint64_t)(high - low) >> shift != 0; shift += DIGIT_BITS) {
    sort_by_digit(from, count, low, shift, to);
    predicted_row *sorted = to;
    to = from;
    from = sorted;
  }
  if (from != rows) {
    memcpy(rows, from, count * sizeof *rows);
  }
  free(room);
  return STATUS_OK;
}

static void add_row(logistic_predicted *into, const predicted_row *row, bool weighted) {
  into->n[row->event]++;
  if (weighted) {
    into->w[row->event] += row->weight;
    u192_add_u128(&into->w2[row->event], (u128)row->weight * (u128)row->weight);
  }
}

status predicted_from_rows(logistic_state *s, predicted_row *rows, uint32_t count, error *err) {
  TRY(sort_by_eta(rows, count, err));
  uint32_t different = count > 0;
  for (uint32_t i = 1; i < count; i++) {
    different += rows[i].eta != rows[i - 1].eta;
  }
  s->predicted = calloc((size_t)different + 1, sizeof *s->predicted);
  if (s->predicted == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t i = 0; i < count; i++) {
    if (i == 0 || rows[i].eta != rows[i - 1].eta) {
      s->predicted[s->predicted_count++].eta = rows[i].eta;
    }
    add_row(&s->predicted[s->predicted_count - 1], &rows[i], s->weighted);
  }
  return different > LOGISTIC_PREDICTED_MAX ? make_coarse(s, err) : STATUS_OK;
}

/* ---- Merge --------------------------------------------------------------------------------------- */

/* The union of the lists of A and B, both coarse or neither, in OUT, which has room for both. */
static status unite(const logistic_state *a, const logistic_state *b, logistic_predicted *out,
                    uint32_t *count, error *err) {
  uint32_t i = 0, k = 0, n = 0;
  while (i < a->predicted_count || k < b->predicted_count) {
    const bool from_a =
        k == b->predicted_count || (i < a->predicted_count && a->predicted[i].eta <= b->predicted[k].eta);
    if (!from_a) {
      out[n++] = b->predicted[k++];
      continue;
    }
    out[n] = a->predicted[i++];
    if (k < b->predicted_count && b->predicted[k].eta == out[n].eta) {
      TRY(add_entry(&out[n], &b->predicted[k++], err));
    }
    n++;
  }
  *count = n;
  return STATUS_OK;
}

static status merge_alike(logistic_state *into, const logistic_state *from, error *err) {
  logistic_predicted *united =
      malloc(((size_t)into->predicted_count + from->predicted_count + 1) * sizeof *united);
  if (united == NULL) {
    return error_no_memory(err, "logistic");
  }
  uint32_t count = 0;
  const status st = unite(into, from, united, &count, err);
  if (st != STATUS_OK) {
    free(united);
    return st;
  }
  free(into->predicted);
  into->predicted = united;
  into->predicted_count = count;
  return count > LOGISTIC_PREDICTED_MAX && !into->coarse ? make_coarse(into, err) : STATUS_OK;
}

/* FROM, which is not coarse, as a copy that is. */
static status coarse_copy(const logistic_state *from, logistic_state *out, error *err) {
  *out = (logistic_state){.predicted_count = from->predicted_count};
  out->predicted = malloc(((size_t)from->predicted_count + 1) * sizeof *out->predicted);
  if (out->predicted == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t i = 0; i < from->predicted_count; i++) {
    out->predicted[i] = from->predicted[i];
  }
  return make_coarse(out, err);
}

status predicted_merge(logistic_state *into, const logistic_state *from, error *err) {
  if (from->coarse) {
    TRY(make_coarse(into, err));
  }
  if (!into->coarse || from->coarse) {
    return merge_alike(into, from, err);
  }
  logistic_state copy;
  status st = coarse_copy(from, &copy, err);
  if (st == STATUS_OK) {
    st = merge_alike(into, &copy, err);
  }
  free(copy.predicted);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

void predicted_encode(const logistic_state *s, buf *out) {
  buf_put_u8(out, s->coarse);
  buf_put_varint(out, s->predicted_count);
  int64_t before = -ETA_MAX;
  for (uint32_t i = 0; i < s->predicted_count; i++) {
    const logistic_predicted *entry = &s->predicted[i];
    buf_put_signed(out, entry->eta - before);
    before = entry->eta;
    for (int y = 0; y < 2; y++) {
      buf_put_varint(out, (uint64_t)entry->n[y]);
      if (s->weighted && entry->n[y] > 0) {
        const exact w2 = exact_from_u192(&entry->w2[y]);
        buf_put_i128(out, entry->w[y]);
        buf_put_exact(out, &w2);
      }
    }
  }
}

static void read_entry(reader *r, bool weighted, logistic_predicted *entry) {
  for (int y = 0; y < 2; y++) {
    entry->n[y] = reader_rows(r);
    if (weighted && entry->n[y] > 0) {
      exact w2;
      reader_weights(r, entry->n[y], &entry->w[y], &w2);
      if (r->problem == NULL && !exact_fits_u192(&w2, &entry->w2[y])) {
        reader_fail(r, "a sum of squares is too large");
      }
    }
  }
  if (entry->n[0] == 0 && entry->n[1] == 0) {
    reader_fail(r, "a predicted value without rows");
  }
}

status predicted_decode(reader *r, logistic_state *s, error *err) {
  const int64_t middle = INT64_C(1) << (CLASS_BITS - 1);
  s->coarse = reader_flag(r);
  const uint32_t classes_max = 2 * 700 * (1 << LOGISTIC_COARSE_BITS) + 1;
  const uint32_t count = (uint32_t)reader_count_of(r, s->coarse ? classes_max : LOGISTIC_PREDICTED_MAX, 3);
  s->predicted = calloc((size_t)count + 1, sizeof *s->predicted);
  if (s->predicted == NULL) {
    return error_no_memory(err, "logistic");
  }
  int64_t before = -ETA_MAX;
  for (uint32_t i = 0; i < count && r->problem == NULL; i++) {
    const int64_t step = reader_signed(r);
    if (step < (i > 0) || step > 2 * ETA_MAX + 2 * middle || before + step > ETA_MAX + middle ||
        (s->coarse && class_of(before + step) != before + step)) {
      reader_fail(r, "predicted values are not in order");
      break;
    }
    before += step;
    s->predicted[i].eta = before;
    read_entry(r, s->weighted, &s->predicted[i]);
    s->predicted_count = i + 1;
  }
  return STATUS_OK;
}

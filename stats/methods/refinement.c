/* Radix refinement of order statistics.  Intervals lie within -2^62..2^62, so their widths fit into
 * int64. */
#include "stats/methods/refinement.h"

#include <stdlib.h>

enum { BUCKETS_MAX = 1 << 16, BUCKETS_BYTES_MAX = 32 << 20, PLACES_MAX = 1 << 24 };

static bool refinement_allocate(refinement *r, arena *a) {
  r->rows = ARENA_ARRAY(a, uint32_t, r->places);
  r->searches = ARENA_ARRAY(a, search, (size_t)r->places * SEARCHES);
  r->ranks = ARENA_ARRAY(a, quantile_rank, (size_t)r->places * QUARTILES);
  return r->rows != NULL && r->searches != NULL && r->ranks != NULL;
}

bool refinement_begin(refinement *r, arena *a, const values_state *s, weighting kind) {
  r->places = grouping_places(&s->groups);
  if (!refinement_allocate(r, a)) {
    return false;
  }
  int64_t min = INT64_MAX, max = INT64_MIN;
  for (uint32_t place = 0; place < r->places; place++) {
    const value_table *t = &s->at[place];
    min = t->n > 0 && t->min < min ? t->min : min;
    max = t->n > 0 && t->max > max ? t->max : max;
    r->rows[place] = UINT32_MAX;
  }
  for (uint32_t place = 0; place < r->places; place++) {
    const value_table *t = &s->at[place];
    for (unsigned q = 0; q < QUARTILES && t->n > 0; q++) {
      quantile_rank *rank = &r->ranks[place * QUARTILES + q];
      *rank = quantile_rank_of(kind, t->n, t->w, s->weight_decimals, q + 1);
      search *pair = &r->searches[place * SEARCHES + 2 * q];
      pair[0] = (search){min, max, rank->low};
      pair[1] = (search){min, max, rank->high};
    }
  }
  return true;
}

bool refinement_done(const refinement *r) {
  for (size_t i = 0; i < (size_t)r->places * SEARCHES; i++) {
    if (r->searches[i].low < r->searches[i].high) {
      return false;
    }
  }
  return true;
}

static int compare_searches(const void *a, const void *b) {
  const search *x = a;
  const search *y = b;
  return (x->low > y->low) - (x->low < y->low);
}

void refinement_params(const refinement *r, arena *a, bool weighted, int64_t **params, uint32_t *count) {
  const size_t all = (size_t)r->places * SEARCHES;
  search *open = ARENA_ARRAY(a, search, all);
  *params = NULL;
  *count = 0;
  if (open == NULL) {
    return;
  }
  size_t found = 0;
  for (size_t i = 0; i < all; i++) {
    if (r->searches[i].low < r->searches[i].high) {
      open[found++] = r->searches[i];
    }
  }
  qsort(open, found, sizeof *open, compare_searches);
  size_t distinct = 0;
  for (size_t i = 0; i < found; i++) {
    if (distinct == 0 || open[distinct - 1].low != open[i].low) {
      open[distinct++] = open[i];
    }
  }
  const size_t each = weighted ? sizeof(int64_t) + sizeof(i128) : sizeof(int64_t);
  size_t budget = BUCKETS_BYTES_MAX / each / r->places;
  budget = budget < BUCKETS_MAX ? budget : BUCKETS_MAX;
  const size_t buckets = distinct > 0 ? budget / distinct : 0;
  if (buckets < 2) {
    return;
  }
  *params = ARENA_ARRAY(a, int64_t, 3 * distinct);
  for (size_t i = 0; *params != NULL && i < distinct; i++) {
    const uint64_t span = (uint64_t)open[i].high - (uint64_t)open[i].low; /* values less one */
    (*params)[3 * i] = open[i].low;
    (*params)[3 * i + 1] = open[i].high;
    (*params)[3 * i + 2] = (int64_t)(span / buckets + 1);
  }
  *count = *params != NULL ? (uint32_t)(3 * distinct) : 0;
}

static uint32_t interval_buckets(const int64_t *interval) {
  return (uint32_t)(((uint64_t)interval[1] - (uint64_t)interval[0]) / (uint64_t)interval[2] + 1);
}

static void narrow(search *s, const buckets_state *state, uint32_t place, const int64_t *interval,
                   uint32_t first) {
  const size_t row = (size_t)place * state->buckets_count + first;
  const uint32_t buckets = interval_buckets(interval);
  for (uint32_t b = 0; b < buckets; b++) {
    const i128 here = state->weighted ? state->w[row + b] : state->n[row + b];
    if (s->target > here && b + 1 < buckets) {
      s->target -= here;
      continue;
    }
    const i128 low = (i128)interval[0] + (i128)b * interval[2];
    const i128 high = low + interval[2] - 1;
    s->low = (int64_t)low;
    s->high = high < interval[1] ? (int64_t)high : interval[1];
    return;
  }
}

void refinement_narrow(refinement *r, const buckets_state *state, const int64_t *params, uint32_t count) {
  const size_t all = (size_t)r->places * SEARCHES;
  for (size_t i = 0; i < all; i++) {
    search *s = &r->searches[i];
    uint32_t first = 0;
    for (uint32_t k = 0; k < count && s->low < s->high; k += 3) {
      if (params[k] == s->low) {
        narrow(s, state, (uint32_t)(i / SEARCHES), &params[k], first);
        break;
      }
      first += interval_buckets(&params[k]);
    }
  }
}

void refinement_encode(const refinement *r, buf *out) {
  buf_put_varint(out, r->item);
  buf_put_varint(out, r->which);
  buf_put_varint(out, r->places);
  for (uint32_t place = 0; place < r->places; place++) {
    buf_put_u32(out, r->rows[place]);
  }
  for (size_t i = 0; i < (size_t)r->places * SEARCHES; i++) {
    buf_put_signed(out, r->searches[i].low);
    buf_put_signed(out, r->searches[i].high);
    buf_put_i128(out, r->searches[i].target);
  }
  for (size_t i = 0; i < (size_t)r->places * QUARTILES; i++) {
    buf_put_i128(out, r->ranks[i].low);
    buf_put_i128(out, r->ranks[i].high);
    buf_put_i128(out, r->ranks[i].numerator);
    buf_put_i128(out, r->ranks[i].denominator);
  }
}

bool refinement_decode(refinement *r, arena *a, reader *in) {
  *r = (refinement){0};
  r->item = (uint32_t)reader_count(in, UINT32_MAX);
  r->which = (uint32_t)reader_count(in, UINT32_MAX);
  r->places = (uint32_t)reader_count_of(in, PLACES_MAX, sizeof(uint32_t));
  if (in->problem != NULL || !refinement_allocate(r, a)) {
    return false;
  }
  for (uint32_t place = 0; place < r->places; place++) {
    r->rows[place] = reader_u32(in);
  }
  for (size_t i = 0; i < (size_t)r->places * SEARCHES; i++) {
    r->searches[i].low = reader_signed(in);
    r->searches[i].high = reader_signed(in);
    r->searches[i].target = reader_i128(in);
  }
  for (size_t i = 0; i < (size_t)r->places * QUARTILES; i++) {
    r->ranks[i].low = reader_i128(in);
    r->ranks[i].high = reader_i128(in);
    r->ranks[i].numerator = reader_i128(in);
    r->ranks[i].denominator = reader_i128(in);
    if (r->ranks[i].denominator < 0) {
      reader_fail(in, "a quartile between nothing");
    }
  }
  return in->problem == NULL;
}

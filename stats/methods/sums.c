/* Sums of powers from frequency tables and moments.  All of it is integer arithmetic. */
#include "stats/methods/sums.h"

#include <math.h>

sums sums_of_moments(const moments_state *s, uint32_t place, weighting w) {
  return (sums){
      .at = s->at[place], .decimals = s->decimals, .weight_decimals = s->weight_decimals, .weighting = w};
}

static size_t cell_index(const frequency_state *s, uint32_t place, uint32_t cell) {
  return (size_t)place * frequency_places(s) + cell;
}

int64_t frequency_n(const frequency_state *s, uint32_t place, uint32_t cell) {
  return s->n[cell_index(s, place, cell)];
}

i128 frequency_w(const frequency_state *s, uint32_t place, uint32_t cell) {
  return s->w != NULL ? s->w[cell_index(s, place, cell)] : 0;
}

exact frequency_w2(const frequency_state *s, uint32_t place, uint32_t cell) {
  return s->w2 != NULL ? exact_from_u192(&s->w2[cell_index(s, place, cell)]) : (exact){0};
}

/* An option that is not on the axis: none was asked it when it has its own base, else none chose it.
 */
static bool has_base(const frequency_state *s, uint32_t key) {
  return key < s->keys.count || !s->own_bases;
}

int64_t frequency_base_n(const frequency_state *s, uint32_t place, uint32_t key) {
  return has_base(s, key) ? frequency_n(s, place, frequency_base_at(s, key)) : 0;
}

i128 frequency_base_w(const frequency_state *s, uint32_t place, uint32_t key) {
  return has_base(s, key) ? frequency_w(s, place, frequency_base_at(s, key)) : 0;
}

int64_t frequency_answers(const frequency_state *s, uint32_t place) {
  return frequency_n(s, place, frequency_answered_at(s));
}

int64_t frequency_rows(const frequency_state *s, uint32_t place) {
  int64_t rows = frequency_answers(s, place);
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    rows += frequency_n(s, place, frequency_missing_at(s, (missing_reason)r));
  }
  return rows;
}

/* Adds COUNT * X^k to powers[k - 1] for k = 1 .. 4. */
static void add_powers(exact count, int64_t x, exact *const powers[4]) {
  exact term = count;
  for (int k = 0; k < 4; k++) {
    exact next = {0};
    exact_add_scaled(&next, &term, x);
    exact_add(powers[k], &next);
    term = next;
  }
}

static void add_key(moments *m, int64_t x, int64_t n, i128 w, exact w2) {
  m->min = m->n == 0 || x < m->min ? x : m->min;
  m->max = m->n == 0 || x > m->max ? x : m->max;
  m->n += n;
  m->w += w;
  exact_add(&m->w2, &w2);
  add_powers(exact_from_i64(n), x, (exact *const[4]){&m->x, &m->x2, &m->x3, &m->x4});
  add_powers(exact_from_i128(w), x, (exact *const[4]){&m->wx, &m->wx2, &m->wx3, &m->wx4});
  exact unused = {0};
  add_powers(w2, x, (exact *const[4]){&m->w2x, &m->w2x2, &unused, &unused});
}

sums sums_of_frequency(const frequency_state *s, uint32_t place, weighting w, const int64_t *values) {
  sums out = {.weight_decimals = s->weight_decimals, .weighting = w};
  for (uint32_t key = 0; key < s->keys.count; key++) {
    int64_t n = frequency_n(s, place, key);
    if (n > 0) {
      add_key(&out.at, values != NULL ? values[key] : s->keys.numbers[key], n, frequency_w(s, place, key),
              frequency_w2(s, place, key));
    }
  }
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    out.at.missing[r] = frequency_n(s, place, frequency_missing_at(s, (missing_reason)r));
  }
  return out;
}

void sums_add(sums *into, const sums *from) {
  moments *a = &into->at;
  const moments *b = &from->at;
  if (b->n > 0) {
    a->min = a->n == 0 || b->min < a->min ? b->min : a->min;
    a->max = a->n == 0 || b->max > a->max ? b->max : a->max;
  }
  a->n += b->n;
  a->w += b->w;
  exact_add(&a->w2, &b->w2);
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    a->missing[r] += b->missing[r];
  }
  exact *const sums_into[] = {&a->x,   &a->x2,  &a->x3,   &a->x4,  &a->wx,
                              &a->w2x, &a->wx2, &a->w2x2, &a->wx3, &a->wx4};
  const exact *const sums_from[] = {&b->x,   &b->x2,  &b->x3,   &b->x4,  &b->wx,
                                    &b->w2x, &b->wx2, &b->w2x2, &b->wx3, &b->wx4};
  for (size_t i = 0; i < sizeof sums_into / sizeof sums_into[0]; i++) {
    exact_add(sums_into[i], sums_from[i]);
  }
}

double percent_of(i128 part, i128 whole) {
  if (whole == 0) {
    return NAN;
  }
  exact num = {0};
  exact_add_product(&num, part, 100);
  const exact den = exact_from_i128(whole);
  return exact_ratio(&num, &den);
}

void sums_read(const sums *s, ratio *count, ratio *sum, ratio *square) {
  const moments *m = &s->at;
  const bool weighted = s->weighting != WEIGHTING_NONE;
  const unsigned wd = weighted ? s->weight_decimals : 0;
  ratio_set_i128(count, weighted ? m->w : m->n);
  ratio_scale10(count, -(int)wd);
  ratio_set_exact_scaled(sum, weighted ? &m->wx : &m->x, s->decimals + wd);
  ratio_set_exact_scaled(square, weighted ? &m->wx2 : &m->x2, 2u * s->decimals + wd);
}

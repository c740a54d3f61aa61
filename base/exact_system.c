#include "base/exact_system.h"

#include <assert.h>
#include <stdlib.h>

#include "base/ratio_value.h"

struct exact_system {
  uint32_t size, swept;
  mpz_t *at;  /* the lower triangle row by row: entries times `unit` */
  mpz_t unit; /* the determinant of what is swept */
  mpz_t spare;
};

static size_t cells_of(uint32_t size) {
  return (size_t)size * (size + 1) / 2;
}

static size_t cell(uint32_t i, uint32_t k) {
  return i >= k ? cells_of(i) + k : cells_of(k) + i;
}

exact_system *exact_system_new(uint32_t size) {
  exact_system *s = calloc(1, sizeof *s);
  mpz_t *at = s != NULL ? calloc(cells_of(size) + 1, sizeof *at) : NULL;
  if (at == NULL) {
    free(s);
    return NULL;
  }
  s->size = size;
  s->at = at;
  for (size_t i = 0; i < cells_of(size); i++) {
    mpz_init(s->at[i]);
  }
  mpz_init_set_ui(s->unit, 1);
  mpz_init(s->spare);
  return s;
}

void exact_system_destroy(exact_system *s) {
  if (s == NULL) {
    return;
  }
  for (size_t i = 0; i < cells_of(s->size); i++) {
    mpz_clear(s->at[i]);
  }
  mpz_clear(s->unit);
  mpz_clear(s->spare);
  free(s->at);
  free(s);
}

void exact_system_set(exact_system *s, uint32_t i, uint32_t k, const ratio *v) {
  assert(mpz_cmp_ui(mpq_denref(v->value), 1) == 0);
  mpz_set(s->at[cell(i, k)], mpq_numref(v->value));
}

/* Every entry but those of row P becomes (pivot * entry - its two entries of row P) / unit, which leaves no
 * rest: all of them are minors of the matrix that was given. */
static void sweep_others(exact_system *s, uint32_t p) {
  const mpz_t *pivot = &s->at[cell(p, p)];
  for (uint32_t i = 0; i < s->size; i++) {
    for (uint32_t k = 0; k <= i && i != p; k++) {
      if (k == p) {
        continue;
      }
      mpz_t *entry = &s->at[cell(i, k)];
      mpz_mul(s->spare, s->at[cell(i, p)], s->at[cell(k, p)]);
      mpz_mul(*entry, *entry, *pivot);
      mpz_sub(*entry, *entry, s->spare);
      mpz_divexact(*entry, *entry, s->unit);
    }
  }
}

bool exact_system_sweep(exact_system *s, uint32_t count) {
  for (uint32_t p = 0; p < count; p++) {
    mpz_t *pivot = &s->at[cell(p, p)];
    if (mpz_sgn(*pivot) == 0) {
      return false;
    }
    sweep_others(s, p);
    mpz_swap(*pivot, s->unit);
    mpz_neg(*pivot, *pivot);
  }
  s->swept = count;
  return true;
}

void exact_system_entry(const exact_system *s, uint32_t i, uint32_t k, ratio *out) {
  mpz_set(mpq_numref(out->value), s->at[cell(i, k)]);
  mpz_set(mpq_denref(out->value), s->unit);
  mpq_canonicalize(out->value);
  if (i < s->swept && k < s->swept) {
    mpq_neg(out->value, out->value);
  }
}

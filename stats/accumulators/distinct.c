/* DISTINCT: about how many different answers there are (HyperLogLog, 2^14 registers).
 *
 * A hash's first 14 bits choose the register, which keeps the largest number of leading zeros of the
 * other 50, plus one.  The estimate is the improved raw estimator of O. Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches", 2017 (arXiv:1702.01284), algorithm 6: without bias
 * from zero to the largest counts, no tables, no thresholds; relative standard error 1.04 / 2^7.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/accumulators/value_hash.h"

enum {
  INDEX_BITS = 14,
  RANK_MAX = 64 - INDEX_BITS + 1,
  SPARSE_MAX = DISTINCT_REGISTERS / 2, /* with fewer registers in use they are listed */
};

static status distinct_check(const program *p, const program_accumulator *a, uint64_t *bytes_max,
                             error *err) {
  enum { HEAD_BYTES = 20 };
  static const accumulator_shape shape = {
      .variables_min = 1, .variables_max = 1, .forms = SHAPE_ANY, .takes_weight = true};
  *bytes_max = DISTINCT_REGISTERS + HEAD_BYTES;
  return accumulator_check_shape(p, a, &shape, err);
}

static void distinct_destroy(void *state) {
  free(state);
}

static status distinct_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  (void)a;
  *state = calloc(1, sizeof(distinct_state));
  return *state != NULL ? STATUS_OK : error_no_memory(err, "distinct");
}

static void add_hash(distinct_state *s, uint64_t hash) {
  uint64_t rest = hash << INDEX_BITS;
  uint8_t rank = rest == 0 ? RANK_MAX : (uint8_t)(__builtin_clzll(rest) + 1);
  uint8_t *at = &s->registers[hash >> (64 - INDEX_BITS)];
  *at = rank > *at ? rank : *at;
}

static status distinct_map(frame *f, const program_accumulator *a, void **state, error *err) {
  const uint8_t *mask;
  void *made;
  hashed_variable v;
  TRY(frame_mask(f, a->filter, a->weight, &mask, err));
  TRY(hashed_variable_init(f, a->variables[0], &v, err));
  status st = distinct_empty(frame_program(f), a, &made, err);
  for (uint32_t row = 0; st == STATUS_OK && row < frame_rows(f); row++) {
    value_hash h;
    if ((mask == NULL || mask[row]) && hashed_variable_at(&v, row, &h)) {
      ((distinct_state *)made)->n++;
      add_hash(made, h.low);
    }
  }
  hashed_variable_fini(&v);
  if (st == STATUS_OK) {
    *state = made;
  }
  return st;
}

static status distinct_merge(void *into, const void *from, error *err) {
  distinct_state *s = into;
  const distinct_state *other = from;
  TRY(accumulator_add_rows(&s->n, other->n, err));
  for (uint32_t i = 0; i < DISTINCT_REGISTERS; i++) {
    s->registers[i] = other->registers[i] > s->registers[i] ? other->registers[i] : s->registers[i];
  }
  return STATUS_OK;
}

static uint32_t registers_in_use(const distinct_state *s) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < DISTINCT_REGISTERS; i++) {
    used += s->registers[i] > 0;
  }
  return used;
}

static void distinct_encode(const void *state, buf *out) {
  const distinct_state *s = state;
  uint32_t used = registers_in_use(s);
  buf_put_varint(out, (uint64_t)s->n);
  buf_put_varint(out, used);
  if (used >= SPARSE_MAX) {
    buf_put(out, s->registers, DISTINCT_REGISTERS);
    return;
  }
  for (uint32_t i = 0, next = 0; i < DISTINCT_REGISTERS; i++) {
    if (s->registers[i] > 0) {
      buf_put_varint(out, i - next);
      buf_put_u8(out, s->registers[i]);
      next = i + 1;
    }
  }
}

static void read_sparse(reader *r, distinct_state *s, uint64_t used) {
  uint64_t at = 0;
  for (uint64_t k = 0; k < used && r->problem == NULL; k++, at++) {
    if (at == DISTINCT_REGISTERS) {
      reader_fail(r, "a register past the last");
      return;
    }
    at += reader_count(r, DISTINCT_REGISTERS - 1 - at);
    s->registers[at] = reader_u8(r);
  }
}

static void read_registers(reader *r, distinct_state *s) {
  s->n = reader_rows(r);
  uint64_t used = reader_count(r, DISTINCT_REGISTERS);
  if (used < SPARSE_MAX) {
    read_sparse(r, s, used);
  } else {
    const uint8_t *bytes = reader_bytes(r, DISTINCT_REGISTERS);
    for (uint32_t i = 0; bytes != NULL && i < DISTINCT_REGISTERS; i++) {
      s->registers[i] = bytes[i];
    }
  }
  bool possible = registers_in_use(s) == used && (int64_t)used <= s->n && (used > 0 || s->n == 0);
  for (uint32_t i = 0; i < DISTINCT_REGISTERS; i++) {
    possible = possible && s->registers[i] <= RANK_MAX;
  }
  if (!possible) {
    reader_fail(r, "registers out of bounds");
  }
}

static status distinct_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                              error *err) {
  void *made;
  TRY(distinct_empty(p, a, &made, err));
  read_registers(r, made);
  status st = reader_status(r, "distinct", err);
  return accumulator_give(st, made, distinct_destroy, state);
}

/* Ertl's sigma: x + sum over k >= 1 of x^(2^k) * 2^(k - 1); for 0 <= x < 1. */
static double sigma(double x) {
  double y = 1, z = x, before;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (z != before);
  return z;
}

/* Ertl's tau: (1 - x - sum over k >= 1 of (1 - x^(2^-k))^2 * 2^-k) / 3; for 0 <= x <= 1. */
static double tau(double x) {
  if (x == 0 || x == 1) {
    return 0;
  }
  double y = 1, z = 1 - x, before;
  do {
    x = sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (z != before);
  return z / 3;
}

double distinct_estimate(const distinct_state *s) {
  const double m = DISTINCT_REGISTERS;
  const double half_over_log2 = 0.72134752044448170368; /* 1 / (2 ln 2) */
  uint32_t counts[RANK_MAX + 1] = {0};
  for (uint32_t i = 0; i < DISTINCT_REGISTERS; i++) {
    counts[s->registers[i]]++;
  }
  if (counts[0] == DISTINCT_REGISTERS) {
    return 0;
  }
  double z = m * tau(1 - counts[RANK_MAX] / m);
  for (uint32_t k = RANK_MAX - 1; k >= 1; k--) {
    z = 0.5 * (z + counts[k]);
  }
  z += m * sigma(counts[0] / m);
  return half_over_log2 * m * m / z;
}

const accumulator_kind accumulator_distinct = {
    .id = ACCUMULATOR_DISTINCT,
    .name = "distinct",
    .summary = "approximate number of different answers",
    .version = 1,
    .check = distinct_check,
    .empty = distinct_empty,
    .map = distinct_map,
    .merge = distinct_merge,
    .encode = distinct_encode,
    .decode = distinct_decode,
    .destroy = distinct_destroy,
};

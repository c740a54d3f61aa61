/* The kernels of logistic regressions: every form gives what base/elementary.h gives, to the bit, and the
 * sums over bytes are those over the rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "stats/accumulators/logistic_bytes.h"
#include "stats/accumulators/row_score.h"
#include "stats/kernels/kernels.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/seeded.h"

static const char *const forms[] = {"portable", "avx2", "avx512"};
enum { FORMS = sizeof forms / sizeof forms[0], ROWS_MAX = 4096 };

static uint64_t pick(seeded *random, uint64_t below) {
  return seeded_next(random) % below;
}

/* ---- Terms ---------------------------------------------------------------------------------------- */

typedef struct terms {
  int64_t scores[ROWS_MAX], residuals[ROWS_MAX], log_likelihoods[ROWS_MAX], curvatures[ROWS_MAX],
      squares[ROWS_MAX];
  uint8_t events[ROWS_MAX];
} terms;

static void check_row(const terms *t, uint32_t r) {
  const double eta = (double)t->scores[r] * 0x1p-50;
  const double small = elementary_exp(eta < 0 ? eta : -eta);
  const double likely = 1 / (1 + small), unlikely = small / (1 + small);
  const bool is_missed = (eta < 0) == (t->events[r] == 1);
  const double loss = elementary_log_1_plus(small) + (is_missed ? fabs(eta) : 0);
  const double miss = is_missed ? likely : unlikely;
  const int64_t event = t->events[r];
  assert_int_equal(t->residuals[r],
                   event * (INT64_C(1) << 46) - elementary_quantised(eta < 0 ? unlikely : likely, 46));
  assert_int_equal(t->log_likelihoods[r], -elementary_quantised(loss, 46));
  assert_int_equal(t->curvatures[r], elementary_quantised(likely * unlikely, 46));
  assert_int_equal(t->squares[r], elementary_quantised(miss * miss, 46));
}

static int64_t any_score(seeded *random) {
  static const int64_t special[] = {0, 1, -1, INT64_C(700) << 50, -(INT64_C(700) << 50), INT64_C(1) << 50};
  const uint64_t kind = pick(random, 8);
  if (kind == 0) {
    return special[pick(random, sizeof special / sizeof special[0])];
  }
  const int64_t limit = (INT64_C(700) << 50) >> pick(random, 40);
  return (int64_t)pick(random, 2 * (uint64_t)limit + 1) - limit;
}

static void every_form_gives_the_terms_of_the_elementary_functions(void **state) {
  (void)state;
  terms *t = calloc(1, sizeof *t);
  assert_non_null(t);
  for (uint64_t seed = 1; seed <= 30; seed++) {
    seeded random = {seed};
    const uint32_t rows = (uint32_t)(seed == 1 ? 1 : 1 + pick(&random, 700));
    for (uint32_t r = 0; r < rows; r++) {
      t->scores[r] = any_score(&random);
      t->events[r] = (uint8_t)pick(&random, 2);
    }
    for (size_t f = 0; f < FORMS; f++) {
      if (stats_kernels_choose(forms[f], NULL) != STATUS_OK) {
        continue;
      }
      memset(t->residuals, 0, sizeof t->residuals);
      stats_kernels_current()->logit_terms(&(logit_rows){t->scores, t->events, rows, t->residuals,
                                                         t->log_likelihoods, t->curvatures, t->squares});
      for (uint32_t r = 0; r < rows; r++) {
        check_row(t, r);
      }
    }
  }
  free(t);
}

/* ---- Sums ----------------------------------------------------------------------------------------- */

enum { COLUMNS_MAX = 24 };

/* Points of random bytes, and what their rows contribute. */
typedef struct byte_points {
  points p;
  point_column columns[COLUMNS_MAX];
  uint8_t *bytes[COLUMNS_MAX];
  uint8_t used[ROWS_MAX];
  int64_t residuals[ROWS_MAX], curvatures[ROWS_MAX];
  uint32_t size;
} byte_points;

static byte_points *make_points(seeded *random) {
  byte_points *b = calloc(1, sizeof *b);
  assert_non_null(b);
  b->size = (uint32_t)(2 + pick(random, COLUMNS_MAX - 2));
  b->p = (points){
      .variables_count = b->size, .narrow = true, .columns = b->columns, .used = b->used, .bytes = b->bytes};
  b->p.rows = (uint32_t)(1 + pick(random, pick(random, 2) == 0 ? 100 : ROWS_MAX));
  for (uint32_t d = 0; d < b->size; d++) {
    b->bytes[d] = aligned_alloc(64, ROWS_MAX);
    assert_non_null(b->bytes[d]);
    memset(b->bytes[d], 0, ROWS_MAX);
    b->columns[d].keys.low = (int64_t)pick(random, 2001) - 1000;
    b->columns[d].keys.span = (uint8_t)pick(random, 12);
  }
  for (uint32_t r = 0; r < b->p.rows; r++) {
    b->used[r] = pick(random, 5) > 0;
    for (uint32_t d = 0; d < b->size; d++) { /* rows that are not used may have answers */
      b->bytes[d][r] = (uint8_t)pick(random, (uint64_t)b->columns[d].keys.span + 1);
    }
    const int64_t one = INT64_C(1) << 46;
    b->residuals[r] = b->used[r] == 0        ? 0
                      : pick(random, 9) == 0 ? one
                                             : (int64_t)pick(random, 2 * (uint64_t)one) - one;
    b->curvatures[r] = b->used[r] == 0 ? 0 : (int64_t)pick(random, (uint64_t)one / 4 + 1);
  }
  return b;
}

static void free_points(byte_points *b) {
  for (uint32_t d = 0; d < b->size; d++) {
    free(b->bytes[d]);
  }
  free(b);
}

static i128 x_of(const byte_points *b, uint32_t d, uint32_t r) {
  return d == 0 ? 1 : b->columns[d].keys.low + b->bytes[d][r];
}

static void check_sums(const byte_points *b, const logistic_state *s) {
  for (uint32_t d = 0, at = 0; d < b->size; d++) {
    i128 first = 0;
    for (uint32_t r = 0; r < b->p.rows; r++) {
      first += b->residuals[r] * x_of(b, d, r);
    }
    exact wanted = {{0}};
    exact_add_i128(&wanted, first);
    assert_memory_equal(&s->gradient[d], &wanted, sizeof wanted);
    for (uint32_t k = 0; k <= d; k++, at++) {
      i128 second = 0;
      for (uint32_t r = 0; r < b->p.rows; r++) {
        second += b->curvatures[r] * x_of(b, d, r) * x_of(b, k, r);
      }
      wanted = (exact){{0}};
      exact_add_i128(&wanted, second);
      assert_memory_equal(&s->information[at], &wanted, sizeof wanted);
    }
  }
}

static void sums_over_bytes_are_those_over_rows(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    seeded random = {seed};
    byte_points *b = make_points(&random);
    assert_true(logistic_bytes_fit(&b->p, b->size));
    for (size_t f = 0; f < FORMS; f++) {
      if (stats_kernels_choose(forms[f], NULL) != STATUS_OK) {
        continue;
      }
      exact gradient[COLUMNS_MAX] = {{{0}}};
      exact information[COLUMNS_MAX * (COLUMNS_MAX + 1) / 2] = {{{0}}};
      logistic_state s = {.predictors_count = b->size - 1, .gradient = gradient, .information = information};
      logistic_bytes *sums = logistic_bytes_new(b->size);
      assert_non_null(sums);
      logistic_bytes_add(sums, &b->p, b->residuals, b->curvatures);
      logistic_bytes_finish(sums, &b->p, &s);
      logistic_bytes_destroy(sums);
      check_sums(b, &s);
    }
    free_points(b);
  }
}

static void wider_answers_are_not_taken_for_bytes(void **state) {
  (void)state;
  seeded random = {1};
  byte_points *b = make_points(&random);
  b->columns[1].keys.span = 12;
  assert_false(logistic_bytes_fit(&b->p, b->size));
  b->columns[1].keys.span = 11;
  b->p.narrow = false;
  assert_false(logistic_bytes_fit(&b->p, b->size));
  free_points(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form_gives_the_terms_of_the_elementary_functions),
      cmocka_unit_test(sums_over_bytes_are_those_over_rows),
      cmocka_unit_test(wider_answers_are_not_taken_for_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

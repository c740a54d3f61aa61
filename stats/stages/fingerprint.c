/* The numeric fingerprint: the results of this machine's libm, r-mathlib and LAPACK for a fixed set of
 * arguments.
 *
 * STEP may use them, and their bits may differ between processors and versions.  Workers with equal
 * fingerprints give equal bytes, so the STEPs of one job go to one fingerprint. */
#define MATHLIB_STANDALONE 1
#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/methods/linear.h"
#include "stats/stats.h"

/* Bumped when STEP's own arithmetic changes, so that old and new releases never mix in a job. */
enum { ARITHMETIC_VERSION = 2 };

static void add(buf *b, double v) {
  uint64_t bits = 0;
  memcpy(&bits, &v, sizeof bits);
  buf_put_u64(b, bits);
}

static void answer_functions(buf *b) {
  for (int i = 1; i <= 64; i++) {
    const double x = (double)i * 0.37 + 1.0 / (double)i;
    add(b, exp(-x));
    add(b, log(x));
    add(b, log1p(x));
    add(b, expm1(-x));
    add(b, sqrt(x));
    add(b, tanh(x / 9.0));
    add(b, atanh(1.0 / (1.0 + x)));
    add(b, pow(x, 0.731));
    add(b, pt(x / 7.0, 3.0 + x, 0, 0));
    add(b, qt(1.0 - 0.4 / x, 2.0 + x, 1, 0));
    add(b, pnorm5(x / 11.0, 0.0, 1.0, 0, 0));
    add(b, qnorm5(0.5 + 0.4 / (1.0 + x), 0.0, 1.0, 1, 0));
    add(b, pchisq(x, 1.0 + x, 0, 0));
    add(b, pf(x / 5.0, 2.0 + x, 30.0 + x, 0, 0));
  }
}

/* Of a matrix that is positive definite and nothing else: all that linear.h does. */
static void answer_matrices(buf *b) {
  enum { N = 24 };
  double a[N * N], factor[N * N], values[N], vectors[N * N], right[N];
  error err;
  bool solved = false;
  for (uint32_t i = 0; i < N; i++) {
    for (uint32_t j = 0; j < N; j++) {
      const double apart = i > j ? i - j : j - i;
      a[i * N + j] = 1 / (1 + apart * apart) + (i == j ? 0.125 * i : 0);
    }
    right[i] = 1 / (1.0 + i);
  }
  b->failed = linear_eigen(a, N, values, vectors, &err) != STATUS_OK || b->failed;
  memcpy(factor, a, sizeof a);
  (void)linear_cholesky(factor, N, NULL);
  add(b, linear_log_determinant(factor, N));
  linear_solve(factor, N, right, 1);
  linear_invert(factor, N);
  for (uint32_t i = 0; i < N; i++) {
    add(b, values[i]);
    add(b, vectors[i * N + N - 1 - i]);
    add(b, right[i]);
    add(b, factor[i * N + (i * 7) % N]);
  }
  b->failed = linear_solve_general(a, N, right, &solved, &err) != STATUS_OK || b->failed;
  for (uint32_t i = 0; i < N; i++) {
    add(b, right[i]);
  }
}

digest stats_fingerprint(void) {
  buf b;
  buf_init(&b);
  buf_put_u32(&b, ARITHMETIC_VERSION);
  answer_functions(&b);
  answer_matrices(&b);
  digest out = {{0}};
  if (b.failed || digest_of(b.data, b.length, &out, NULL) != STATUS_OK) {
    out = (digest){{0}}; /* without memory there is no job to mix up */
  }
  buf_fini(&b);
  return out;
}

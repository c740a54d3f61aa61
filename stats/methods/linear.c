/* LAPACK behind a few functions; see linear.h.
 *
 * What is lower by rows is upper by columns, and a symmetric matrix is both. */
#include "stats/methods/linear.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fortran passes the lengths of texts last. */
extern void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
                   double *work, const int *lwork, int *info, size_t jobz_length, size_t uplo_length);
extern void dpotrs_(const char *uplo, const int *n, const int *columns, const double *a, const int *lda,
                    double *b, const int *ldb, int *info, size_t uplo_length);
extern void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t uplo_length);
extern void dgesv_(const int *n, const int *columns, double *a, const int *lda, int *pivots, double *b,
                   const int *ldb, int *info);

/* ---- Eigenvalues ---------------------------------------------------------------------------------- */

static void point_upwards(double *vector, uint32_t n) {
  uint32_t largest = 0;
  for (uint32_t i = 1; i < n; i++) {
    largest = fabs(vector[i]) > fabs(vector[largest]) ? i : largest;
  }
  const bool turn = vector[largest] < 0;
  for (uint32_t i = 0; turn && i < n; i++) {
    vector[i] = vector[i] == 0 ? 0 : -vector[i];
  }
}

/* ASCENDING values and vectors of LAPACK, turned round. */
static void take_eigen(const double *vectors_up, const double *ascending, uint32_t n, double *values,
                       double *vectors) {
  for (uint32_t k = 0; k < n; k++) {
    values[k] = ascending[n - 1 - k];
    if (vectors != NULL) {
      memcpy(vectors + (size_t)k * n, vectors_up + (size_t)(n - 1 - k) * n, n * sizeof *vectors);
      point_upwards(vectors + (size_t)k * n, n);
    }
  }
}

static bool is_finite(const double *a, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(a[i])) {
      return false;
    }
  }
  return true;
}

status linear_eigen(const double *a, uint32_t n, double *values, double *vectors, error *err) {
  enum { BLOCK = 34 }; /* rooms of N for dsyev: what ilaenv of the reference implementation asks for */
  if (n == 0) {
    return STATUS_OK;
  }
  if (!is_finite(a, (size_t)n * n)) {
    return error_set(err, STATUS_DATA, "eigenvalues of a matrix with missing entries");
  }
  const size_t entries = (size_t)n * n;
  double *room = malloc((entries + n + (size_t)BLOCK * n) * sizeof *room);
  if (room == NULL) {
    return error_no_memory(err, "eigenvalues");
  }
  memcpy(room, a, entries * sizeof *room);
  const int order = (int)n;
  const int work = (int)(BLOCK * n);
  int info = 0;
  dsyev_(vectors != NULL ? "V" : "N", "U", &order, room, &order, room + entries, room + entries + n, &work,
         &info, 1, 1);
  if (info == 0) {
    take_eigen(room, room + entries, n, values, vectors);
  }
  free(room);
  return info == 0 ? STATUS_OK : error_set(err, STATUS_DATA, "eigenvalues: the iteration does not converge");
}

/* ---- Positive definite matrices ------------------------------------------------------------------- */

bool linear_cholesky(double *a, uint32_t n, uint32_t *at) {
  for (uint32_t j = 0; j < n; j++) {
    double *row = a + (size_t)j * n;
    double pivot = row[j];
    for (uint32_t k = 0; k < j; k++) {
      pivot -= row[k] * row[k];
    }
    if (!(pivot > n * DBL_EPSILON * fabs(row[j]))) {
      if (at != NULL) {
        *at = j;
      }
      return false;
    }
    row[j] = sqrt(pivot);
    for (uint32_t i = j + 1; i < n; i++) {
      double *below = a + (size_t)i * n;
      double sum = below[j];
      for (uint32_t k = 0; k < j; k++) {
        sum -= below[k] * row[k];
      }
      below[j] = sum / row[j];
      row[i] = 0;
    }
  }
  return true;
}

void linear_solve(const double *cholesky, uint32_t n, double *b, uint32_t columns) {
  const int order = (int)n;
  const int sides = (int)columns;
  int info = 0;
  dpotrs_("U", &order, &sides, cholesky, &order, b, &order, &info, 1);
}

void linear_invert(double *cholesky, uint32_t n) {
  const int order = (int)n;
  int info = 0;
  dpotri_("U", &order, cholesky, &order, &info, 1);
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t j = i + 1; j < n; j++) {
      cholesky[(size_t)i * n + j] = cholesky[(size_t)j * n + i];
    }
  }
}

double linear_log_determinant(const double *cholesky, uint32_t n) {
  double sum = 0;
  for (uint32_t i = 0; i < n; i++) {
    sum += log(cholesky[(size_t)i * n + i]);
  }
  return 2 * sum;
}

/* ---- General matrices ----------------------------------------------------------------------------- */

status linear_solve_general(double *a, uint32_t n, double *b, bool *solved, error *err) {
  int *pivots = malloc(((size_t)n + 1) * sizeof *pivots);
  double *columns = malloc(((size_t)n * n + 1) * sizeof *columns);
  if (pivots == NULL || columns == NULL) {
    free(pivots);
    free(columns);
    return error_no_memory(err, "linear equations");
  }
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t j = 0; j < n; j++) {
      columns[(size_t)j * n + i] = a[(size_t)i * n + j];
    }
  }
  const int order = (int)n;
  const int one = 1;
  int info = 0;
  dgesv_(&order, &one, columns, &order, pivots, b, &order, &info);
  *solved = info == 0;
  free(pivots);
  free(columns);
  return STATUS_OK;
}

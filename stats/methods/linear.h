/* Linear algebra of small dense matrices: LAPACK's, the reference implementation.
 *
 * Matrices are n x n doubles; symmetric ones are given whole, so rows and columns are the same to LAPACK.
 * Everything is the same bits on every processor: the archive is compiled for the oldest one of its kind
 * (docs/decisions/031).  Functions that need room say so with STATUS_NO_MEMORY.
 */
#ifndef CANVASS_STATS_METHODS_LINEAR_H
#define CANVASS_STATS_METHODS_LINEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* The eigenvalues of symmetric A in VALUES, the largest first; *VECTORS (n * n, may be NULL) gets their
 * vectors as rows, of length 1, the component of largest size positive (of equal ones the first).  A is
 * kept.  STATUS_DATA when the iteration does not converge (or A is not finite). */
status linear_eigen(const double *a, uint32_t n, double *values, double *vectors, error *err) MUST_USE;

/* A = L L': A becomes L, below the diagonal and on it; above it zeros.  False: A is not positive definite,
 * judged by a pivot at or below n * epsilon of its diagonal element; A is then lost, and *AT (may be NULL) is
 * the first column that depends on those before it. */
bool linear_cholesky(double *a, uint32_t n, uint32_t *at);
/* Of A that is L: solves L L' x = b for COLUMNS right sides, each N numbers one after the other, in place. */
void linear_solve(const double *cholesky, uint32_t n, double *b, uint32_t columns);
/* Of A that is L: the inverse of L L', whole. */
void linear_invert(double *cholesky, uint32_t n);
/* Of A that is L: log |L L'|. */
double linear_log_determinant(const double *cholesky, uint32_t n);

/* Solves A x = b for a general A by rows, with partial pivoting; A is lost.  False: A is singular. */
status linear_solve_general(double *a, uint32_t n, double *b, bool *solved, error *err) MUST_USE;

#endif

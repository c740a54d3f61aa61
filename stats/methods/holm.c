/* Adjusting p-values.
 *
 * Holm's step-down adjustment: the smallest of m p-values times m, the next times m - 1, and so on,
 * never below the one before it and never above 1.  Benjamini & Hochberg's goes up instead: the largest of
 * m times 1, the k-th smallest times m / k, never above the one after it. */
#include "stats/methods/holm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct ranked {
  double p;
  size_t at;
} ranked;

static int compare_ranked(const void *a, const void *b) {
  const ranked *x = a;
  const ranked *y = b;
  if (x->p != y->p) {
    return x->p < y->p ? -1 : 1;
  }
  return x->at < y->at ? -1 : x->at > y->at;
}

status holm_adjust(const double *p, double *adjusted, size_t count, error *err) {
  return holm_adjust_among(p, adjusted, count, 0, err);
}

/* The known p-values from the smallest up, *TESTS of them; NULL when out of memory. ADJUSTED begins as P. */
static ranked *rank_known(const double *p, double *adjusted, size_t count, size_t *tests) {
  ranked *order = calloc(count + 1, sizeof *order);
  *tests = 0;
  for (size_t i = 0; order != NULL && i < count; i++) {
    if (!isnan(p[i])) {
      order[(*tests)++] = (ranked){p[i], i};
    }
  }
  if (order != NULL) {
    qsort(order, *tests, sizeof *order, compare_ranked);
    memmove(adjusted, p, count * sizeof *p);
  }
  return order;
}

status holm_adjust_among(const double *p, double *adjusted, size_t count, size_t unknown, error *err) {
  size_t tests = 0;
  ranked *order = rank_known(p, adjusted, count, &tests);
  if (order == NULL) {
    return error_no_memory(err, "adjusting p-values");
  }
  double highest = 0;
  for (size_t i = 0; i < tests; i++) {
    highest = fmax(highest, fmin(1, order[i].p * (double)(tests + unknown - i)));
    adjusted[order[i].at] = highest;
  }
  free(order);
  return STATUS_OK;
}

status benjamini_hochberg_adjust(const double *p, double *adjusted, size_t count, error *err) {
  return benjamini_hochberg_adjust_among(p, adjusted, count, 0, err);
}

status benjamini_hochberg_adjust_among(const double *p, double *adjusted, size_t count, size_t unknown,
                                       error *err) {
  size_t tests = 0;
  ranked *order = rank_known(p, adjusted, count, &tests);
  if (order == NULL) {
    return error_no_memory(err, "adjusting p-values");
  }
  double lowest = 1;
  for (size_t i = tests; i-- > 0;) {
    lowest = fmin(lowest, order[i].p * (double)(tests + unknown) / (double)(i + 1));
    adjusted[order[i].at] = lowest;
  }
  free(order);
  return STATUS_OK;
}

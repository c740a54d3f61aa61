/* Holm's step-down adjustment: the smallest of m p-values times m, the next times m - 1, and so on,
 * never below the one before it and never above 1. */
#include "stats/methods/holm.h"

#include <math.h>
#include <stdlib.h>

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

status holm_adjust_among(const double *p, double *adjusted, size_t count, size_t unknown, error *err) {
  if (count == 0) {
    return STATUS_OK;
  }
  ranked *order = calloc(count, sizeof *order);
  if (order == NULL) {
    return error_no_memory(err, "adjusting p-values");
  }
  size_t tests = 0;
  for (size_t i = 0; i < count; i++) {
    if (!isnan(p[i])) {
      order[tests++] = (ranked){p[i], i};
    }
  }
  qsort(order, tests, sizeof *order, compare_ranked);
  for (size_t i = 0; i < count; i++) {
    adjusted[i] = p[i];
  }
  double highest = 0;
  for (size_t i = 0; i < tests; i++) {
    highest = fmax(highest, fmin(1, order[i].p * (double)(tests + unknown - i)));
    adjusted[order[i].at] = highest;
  }
  free(order);
  return STATUS_OK;
}

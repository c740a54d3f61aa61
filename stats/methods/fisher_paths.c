/* Nodes stage by stage: a stage has filled one column more than the one before. */
#include "stats/methods/fisher_paths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

enum { SLOTS = 524288, UNIT_BITS = 40 };

typedef struct node {
  int64_t past;                    /* sum of the cells so far, in log factorials */
  double weight;                   /* the probability of coming here */
  uint32_t left[FISHER_LINES_MAX]; /* of each line, the largest first */
} node;

typedef struct stage {
  node *at;
  uint32_t count;
} stage;

typedef struct network {
  uint32_t lines, columns; /* lines are the rows, or the columns where those are fewer */
  uint32_t *sums;          /* of the columns, the largest first */
  int64_t *even; /* of the columns from the K-th on: no table has less than this in log factorials */
  int64_t n;
  double *log_factorial; /* of 0 .. n */
  int64_t *unit;         /* the same, in units */
  int64_t observed;
  stage now, next;
  uint32_t *slots; /* node of `next` + 1 by hash; 0: empty */
  uint32_t steps;
  double p;
  bool is_over; /* a limit is passed */
} network;

/* ---- Making --------------------------------------------------------------------------------------- */

static int falling(const void *left, const void *right) {
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a < b) - (a > b);
}

/* TOTAL over COUNT cells as evenly as can be: the least sum of log factorials. */
static int64_t spread(const network *w, uint32_t total, uint32_t count) {
  const uint32_t low = total / count, more = total % count;
  return (int64_t)more * w->unit[low + (more > 0 ? 1 : 0)] + (int64_t)(count - more) * w->unit[low];
}

/* TOTAL into cells of at most LIMITS each, the largest first: the largest sum. */
static int64_t heap(const network *w, uint32_t total, const uint32_t *limits) {
  int64_t sum = 0;
  for (uint32_t i = 0; total > 0; i++) {
    const uint32_t here = total < limits[i] ? total : limits[i];
    sum += w->unit[here];
    total -= here;
  }
  return sum;
}

static bool network_allocate(network *w) {
  w->sums = calloc(w->columns, sizeof *w->sums);
  w->even = calloc((size_t)w->columns + 1, sizeof *w->even);
  w->log_factorial = calloc((size_t)w->n + 1, sizeof *w->log_factorial);
  w->unit = calloc((size_t)w->n + 1, sizeof *w->unit);
  w->now.at = calloc(FISHER_NODES_MAX, sizeof(node));
  w->next.at = calloc(FISHER_NODES_MAX, sizeof(node));
  w->slots = calloc(SLOTS, sizeof *w->slots);
  return w->sums != NULL && w->even != NULL && w->log_factorial != NULL && w->unit != NULL &&
         w->now.at != NULL && w->next.at != NULL && w->slots != NULL;
}

static void network_free(network *w) {
  free(w->sums);
  free(w->even);
  free(w->log_factorial);
  free(w->unit);
  free(w->now.at);
  free(w->next.at);
  free(w->slots);
}

static void network_read(network *w, const int64_t *cells, uint32_t rows, uint32_t columns) {
  node *first = &w->now.at[0];
  for (int64_t i = 1; i <= w->n; i++) {
    w->log_factorial[i] = lgammafn((double)i + 1);
    w->unit[i] = llround(ldexp(w->log_factorial[i], UNIT_BITS));
  }
  for (size_t k = 0; k < (size_t)rows * columns; k++) {
    const uint32_t row = (uint32_t)(k / columns), column = (uint32_t)(k % columns);
    first->left[rows <= columns ? row : column] += (uint32_t)cells[k];
    w->sums[rows <= columns ? column : row] += (uint32_t)cells[k];
    w->observed += w->unit[cells[k]];
  }
  qsort(first->left, w->lines, sizeof first->left[0], falling);
  qsort(w->sums, w->columns, sizeof w->sums[0], falling);
  for (uint32_t j = w->columns; j-- > 0;) {
    w->even[j] = w->even[j + 1] + spread(w, w->sums[j], w->lines);
  }
  first->weight = 1;
  w->now.count = 1;
}

/* ---- Following ------------------------------------------------------------------------------------- */

/* Bounds of what the columns from J on add to a node that leaves LEFT. */
static void bounds(const network *w, const uint32_t *left, uint32_t j, int64_t *least, int64_t *most) {
  const uint32_t columns = w->columns - j;
  int64_t even = 0, by_lines = 0, by_columns = 0;
  for (uint32_t i = 0; i < w->lines; i++) {
    even += spread(w, left[i], columns);
    by_lines += heap(w, left[i], w->sums + j);
  }
  for (uint32_t k = j; k < w->columns; k++) {
    by_columns += heap(w, w->sums[k], left);
  }
  *least = even > w->even[j] ? even : w->even[j];
  *most = by_lines < by_columns ? by_lines : by_columns;
}

/* The node of the next stage with PAST and LEFT; NULL when there are too many. */
static node *find_node(network *w, int64_t past, const uint32_t *left) {
  uint64_t hash = (uint64_t)past;
  for (uint32_t i = 0; i < w->lines; i++) {
    hash = (hash ^ left[i]) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 29;
  }
  for (uint32_t slot = hash % SLOTS;; slot = (slot + 1) % SLOTS) {
    if (w->slots[slot] == 0) {
      if (w->next.count == FISHER_NODES_MAX) {
        return NULL;
      }
      node *fresh = &w->next.at[w->next.count++];
      w->slots[slot] = w->next.count;
      *fresh = (node){.past = past};
      memcpy(fresh->left, left, w->lines * sizeof *left);
      return fresh;
    }
    node *known = &w->next.at[w->slots[slot] - 1];
    if (known->past == past && memcmp(known->left, left, w->lines * sizeof *left) == 0) {
      return known;
    }
  }
}

/* A node at column J: all its tables count, or none, or it is one of the next stage. */
static void arrive(network *w, int64_t past, const uint32_t *left, uint32_t j, double weight) {
  /* Probabilities that differ by rounding alone are equal: R's 1 + 1e-7. */
  static const int64_t slack = (int64_t)(1e-7 * (double)(INT64_C(1) << UNIT_BITS));
  uint32_t sorted[FISHER_LINES_MAX];
  int64_t least, most;
  memcpy(sorted, left, w->lines * sizeof *left);
  for (uint32_t i = 1; i < w->lines; i++) {
    const uint32_t one = sorted[i];
    uint32_t at = i;
    for (; at > 0 && sorted[at - 1] < one; at--) {
      sorted[at] = sorted[at - 1];
    }
    sorted[at] = one;
  }
  bounds(w, sorted, j, &least, &most);
  if (past + least >= w->observed - slack) {
    w->p += weight;
  } else if (past + most >= w->observed - slack) {
    node *to = find_node(w, past, sorted);
    w->is_over = w->is_over || to == NULL;
    if (to != NULL) {
      to->weight += weight;
    }
  }
}

/* A column being filled: lines before I have theirs. */
typedef struct filling {
  const node *from;
  uint32_t j;
  double shared; /* log of 1 / the ways to choose the column of all that is left */
  uint32_t left[FISHER_LINES_MAX];
  uint64_t room[FISHER_LINES_MAX + 1]; /* of the lines from I on */
} filling;

static void fill(network *w, filling *f, uint32_t i, uint32_t rest, int64_t past, double log_ways) {
  if (w->is_over) {
    return;
  }
  if (i == w->lines) {
    w->is_over = ++w->steps > FISHER_STEPS_MAX;
    arrive(w, past, f->left, f->j + 1, f->from->weight * exp(log_ways + f->shared));
    return;
  }
  const uint32_t have = f->from->left[i];
  const uint64_t behind = f->room[i + 1];
  const uint32_t low = rest > behind ? (uint32_t)(rest - behind) : 0, high = rest < have ? rest : have;
  for (uint32_t x = low; x <= high; x++) {
    f->left[i] = have - x;
    fill(w, f, i + 1, rest - x, past + w->unit[x],
         log_ways + w->log_factorial[have] - w->log_factorial[x] - w->log_factorial[have - x]);
  }
}

static void follow(network *w, const node *from, uint32_t j) {
  filling f = {.from = from, .j = j};
  for (uint32_t i = w->lines; i-- > 0;) {
    f.room[i] = f.room[i + 1] + from->left[i];
  }
  const uint64_t all = f.room[0];
  f.shared = w->log_factorial[w->sums[j]] + w->log_factorial[all - w->sums[j]] - w->log_factorial[all];
  fill(w, &f, 0, w->sums[j], from->past, 0);
}

static void run_stages(network *w) {
  const node first = w->now.at[0];
  w->now.count = 0;
  arrive(w, 0, first.left, 0, 1);
  for (uint32_t j = 0; w->next.count > 0 && !w->is_over; j++) {
    const stage swap = w->now;
    w->now = w->next;
    w->next = (stage){.at = swap.at};
    memset(w->slots, 0, SLOTS * sizeof *w->slots);
    for (uint32_t k = 0; k < w->now.count && !w->is_over; k++) {
      follow(w, &w->now.at[k], j);
    }
  }
}

status fisher_paths(const int64_t *cells, uint32_t rows, uint32_t columns, double *p, bool *done,
                    error *err) {
  network w = {.lines = rows < columns ? rows : columns, .columns = rows < columns ? columns : rows};
  *done = false;
  if (w.lines > FISHER_LINES_MAX) {
    return STATUS_OK;
  }
  for (size_t k = 0; k < (size_t)rows * columns; k++) {
    w.n += cells[k];
  }
  status st = STATUS_OK;
  if (network_allocate(&w)) {
    network_read(&w, cells, rows, columns);
    run_stages(&w);
    *done = !w.is_over;
    *p = fmin(1, w.p);
  } else {
    st = error_no_memory(err, "an exact test");
  }
  network_free(&w);
  return st;
}

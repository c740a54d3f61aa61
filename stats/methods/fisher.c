/* Fisher's exact test: added up, or from drawn tables. */
#include "stats/methods/fisher.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/frame/random.h"
#include "stats/methods/fisher_paths.h"

static i128 unit_of(const contingency *t) {
  i128 unit = 1;
  for (unsigned d = 0; d < t->decimals; d++) {
    unit *= 10;
  }
  return unit;
}

bool fisher_fits(const contingency *t) {
  const size_t cells = (size_t)t->rows * t->columns;
  const i128 unit = unit_of(t);
  i128 all = 0;
  bool are_whole = true;
  for (size_t k = 0; k < cells && cells <= FISHER_CELLS_MAX; k++) {
    are_whole = are_whole && t->counts[k] % unit == 0;
    all += t->counts[k] / unit;
  }
  return t->weighting != WEIGHTING_SAMPLING && cells <= FISHER_CELLS_MAX && are_whole && all <= FISHER_N_MAX;
}

/* ---- 2 x 2 ----------------------------------------------------------------------------------------- */

/* Tables whose probability differs from the observed one's by rounding alone count: R's 1 + 1e-7. */
static double added_up(const int64_t *cells) {
  static const double slack = 1 + 1e-7;
  const double row = (double)(cells[0] + cells[1]), column = (double)(cells[0] + cells[2]);
  const double rest = (double)(cells[1] + cells[3]);
  const double low = fmax(0, row - rest), high = fmin(row, column);
  const double observed = dhyper((double)cells[0], column, rest, row, 0);
  double sum = 0, all = 0;
  for (double x = low; x <= high; x++) {
    const double p = dhyper(x, column, rest, row, 0);
    all += p;
    sum += p <= observed * slack ? p : 0;
  }
  return fmin(1, sum / all);
}

/* ---- Larger tables ----------------------------------------------------------------------------------- */

typedef struct deck {
  uint32_t rows, columns;
  int64_t n;
  int64_t *cells, *row_sums, *column_sums;
  int64_t *left;         /* of each column, for the rows not yet drawn */
  double *log_factorial; /* of 0 .. n */
  uint64_t seed;
} deck;

static bool deck_allocate(deck *d, const contingency *t) {
  const size_t cells = (size_t)t->rows * t->columns;
  const i128 unit = unit_of(t);
  *d = (deck){.rows = t->rows, .columns = t->columns};
  d->cells = calloc(cells + t->rows + 2 * (size_t)t->columns, sizeof *d->cells);
  if (d->cells == NULL) {
    return false;
  }
  d->row_sums = d->cells + cells;
  d->column_sums = d->row_sums + t->rows;
  d->left = d->column_sums + t->columns;
  for (size_t k = 0; k < cells; k++) {
    d->cells[k] = (int64_t)(t->counts[k] / unit);
    d->row_sums[k / t->columns] += d->cells[k];
    d->column_sums[k % t->columns] += d->cells[k];
    d->n += d->cells[k];
  }
  d->log_factorial = calloc((size_t)d->n + 1, sizeof *d->log_factorial);
  for (int64_t i = 1; d->log_factorial != NULL && i <= d->n; i++) {
    d->log_factorial[i] = lgammafn((double)i + 1);
  }
  return d->log_factorial != NULL;
}

static void deck_free(deck *d) {
  free(d->cells);
  free(d->log_factorial);
}

/* How many of ROW answers fall into a column that has COLUMN of the ALL left, by inverting U from the most
 * probable number outwards. */
static int64_t draw_cell(const deck *d, int64_t row, int64_t column, int64_t all, double u) {
  const double *f = d->log_factorial;
  const int64_t low = row + column > all ? row + column - all : 0, high = row < column ? row : column;
  const int64_t other = all - row - column; /* below 0 by low at most */
  int64_t mode = (row + 1) * (column + 1) / (all + 2);
  mode = mode < low ? low : mode > high ? high : mode;
  double up_p = exp(f[row] + f[all - row] + f[column] + f[all - column] - f[all] - f[mode] - f[row - mode] -
                    f[column - mode] - f[other + mode]);
  double down_p = up_p;
  u -= up_p;
  for (int64_t up = mode, down = mode; u >= 0 && (up < high || down > low);) {
    if (up < high) {
      up_p *= (double)(row - up) * (double)(column - up) / ((double)(up + 1) * (double)(other + up + 1));
      up++;
      u -= up_p;
      if (u < 0) {
        return up;
      }
    }
    if (down > low) {
      down_p *=
          (double)down * (double)(other + down) / ((double)(row - down + 1) * (double)(column - down + 1));
      down--;
      u -= down_p;
      if (u < 0) {
        return down;
      }
    }
  }
  return mode; /* also when rounding leaves something of U */
}

/* The sum of the logarithms of the factorials of a table drawn: the larger, the less probable it is. */
static double draw_table(const deck *d, uint64_t draw) {
  double sum = 0;
  int64_t all = d->n;
  for (uint32_t j = 0; j < d->columns; j++) {
    d->left[j] = d->column_sums[j];
  }
  for (uint32_t i = 0; i < d->rows; i++) {
    int64_t row = d->row_sums[i], rest = all;
    for (uint32_t j = 0; j < d->columns; j++) {
      const uint32_t cell = i * d->columns + j;
      const int64_t column = d->left[j];
      const int64_t count =
          j + 1 == d->columns || i + 1 == d->rows
              ? (i + 1 == d->rows ? column : row)
              : draw_cell(d, row, column, rest, random_unit(d->seed, RANDOM_TABLE, draw, cell));
      sum += d->log_factorial[count];
      d->left[j] -= count;
      row -= count;
      rest -= column;
    }
    all -= d->row_sums[i];
  }
  return sum;
}

static void drawn(const deck *d, fisher *out) {
  static const double slack = 1 - 64 * 0x1p-52;
  double observed = 0;
  for (size_t k = 0; k < (size_t)d->rows * d->columns; k++) {
    observed += d->log_factorial[d->cells[k]];
  }
  uint32_t extreme = 1;
  for (uint64_t draw = 0; draw < FISHER_DRAWS; draw++) {
    extreme += draw_table(d, draw) >= observed * slack ? 1 : 0;
  }
  out->is_drawn = true;
  out->p = (double)extreme / (FISHER_DRAWS + 1);
  out->se = sqrt(out->p * (1 - out->p) / FISHER_DRAWS);
}

status fisher_draw(const contingency *t, uint64_t seed, fisher *out, error *err) {
  assert(fisher_fits(t));
  *out = (fisher){.p = NAN, .se = NAN};
  if (t->rows < 2 || t->columns < 2) {
    return STATUS_OK;
  }
  deck d;
  status st = STATUS_OK;
  if (deck_allocate(&d, t)) {
    d.seed = seed;
    drawn(&d, out);
  } else {
    st = error_no_memory(err, "an exact test");
  }
  deck_free(&d);
  return st;
}

status fisher_make(const contingency *t, uint64_t seed, fisher *out, error *err) {
  assert(fisher_fits(t));
  *out = (fisher){.p = NAN, .se = NAN};
  if (t->rows < 2 || t->columns < 2) {
    return STATUS_OK;
  }
  const i128 unit = unit_of(t);
  int64_t *cells = calloc((size_t)t->rows * t->columns, sizeof *cells);
  if (cells == NULL) {
    return error_no_memory(err, "an exact test");
  }
  for (size_t k = 0; k < (size_t)t->rows * t->columns; k++) {
    cells[k] = (int64_t)(t->counts[k] / unit);
  }
  bool done = t->rows == 2 && t->columns == 2;
  status st = STATUS_OK;
  if (done) {
    out->p = added_up(cells);
  } else {
    st = fisher_paths(cells, t->rows, t->columns, &out->p, &done, err);
  }
  free(cells);
  if (st != STATUS_OK || done) {
    return st;
  }
  return fisher_draw(t, seed, out, err);
}

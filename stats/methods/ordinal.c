/* Concordant and discordant pairs, and the errors of what is made of them. */
#include "stats/methods/ordinal.h"

#include <math.h>
#include <stdlib.h>

#include "stats/methods/estimate.h"

/* Counts as shares of them all; cells row after row. */
typedef struct shares {
  uint32_t rows, columns;
  double all;             /* in the unit of the counts */
  double *count, *square; /* of a cell; squares: S w^2 over the square of all */
  double *agree, *differ; /* A and D of a cell */
  double *row, *column;   /* margins */
  double *before; /* of rows above and columns to the left, one of each more than there are; not divided
                   * by all, so that what is empty comes out as 0 */
  double p, q;    /* P and Q */
  double row_pairs, column_pairs;
} shares;

static bool shares_allocate(shares *s, const contingency *t) {
  const size_t cells = (size_t)t->rows * t->columns;
  const size_t corners = ((size_t)t->rows + 1) * ((size_t)t->columns + 1);
  double *memory = calloc(4 * cells + t->rows + t->columns + corners, sizeof *memory);
  *s = (shares){.rows = t->rows, .columns = t->columns, .count = memory};
  if (memory == NULL) {
    return false;
  }
  s->square = memory + cells;
  s->agree = memory + 2 * cells;
  s->differ = memory + 3 * cells;
  s->row = memory + 4 * cells;
  s->column = s->row + t->rows;
  s->before = s->column + t->columns;
  return true;
}

/* A count of 1 has a square of 1 in the unit of the counts, which may have decimals. */
static void shares_read(shares *s, const contingency *t) {
  i128 all = 0, unit = 1;
  for (unsigned d = 0; d < t->decimals; d++) {
    unit *= 10;
  }
  for (size_t k = 0; k < (size_t)t->rows * t->columns; k++) {
    all += t->counts[k];
  }
  const exact whole = exact_from_i128(all);
  exact whole_squared = {0};
  s->all = exact_to_double(&whole);
  exact_add_product(&whole_squared, all, all);
  for (size_t k = 0; k < (size_t)t->rows * t->columns; k++) {
    const exact count = exact_from_i128(t->counts[k]);
    exact square = {0};
    exact_add_product(&square, t->counts[k], unit);
    s->count[k] = exact_ratio(&count, &whole);
    s->before[(k / t->columns + 1) * ((size_t)t->columns + 1) + k % t->columns + 1] = exact_to_double(&count);
    s->square[k] = exact_ratio(t->weighting == WEIGHTING_SAMPLING ? &t->squares[k] : &square, &whole_squared);
    s->row[k / t->columns] += s->count[k];
    s->column[k % t->columns] += s->count[k];
  }
}

/* What is in the rows before ROW and the columns before COLUMN. */
static double before(const shares *s, uint32_t row, uint32_t column) {
  return s->before[(size_t)row * (s->columns + 1) + column];
}

static void find_pairs(shares *s) {
  const uint32_t rows = s->rows, columns = s->columns;
  for (uint32_t i = 0; i < rows; i++) {
    double line = 0;
    for (uint32_t j = 0; j < columns; j++) {
      line += before(s, i + 1, j + 1); /* until now the cell alone */
      s->before[(size_t)(i + 1) * (columns + 1) + j + 1] = before(s, i, j + 1) + line;
    }
  }
  s->p = s->q = 0;
  s->row_pairs = s->column_pairs = 0;
  for (uint32_t i = 0; i < rows; i++) {
    s->row_pairs += s->row[i] * (1 - s->row[i]);
    for (uint32_t j = 0; j < columns; j++) {
      const size_t k = (size_t)i * columns + j;
      const double above_left = before(s, i, j), above_right = before(s, i, columns) - before(s, i, j + 1);
      const double below_left = before(s, rows, j) - before(s, i + 1, j);
      const double below_right = before(s, rows, columns) - before(s, i + 1, columns) -
                                 before(s, rows, j + 1) + before(s, i + 1, j + 1);
      s->agree[k] = (above_left + below_right) / s->all;
      s->differ[k] = (above_right + below_left) / s->all;
      s->p += s->count[k] * s->agree[k];
      s->q += s->count[k] * s->differ[k];
    }
  }
  for (uint32_t j = 0; j < columns; j++) {
    s->column_pairs += s->column[j] * (1 - s->column[j]);
  }
}

/* ---- Influences of one answer in cell K ------------------------------------------------------------ */

typedef double influence(const shares *s, size_t k);

static double of_gamma(const shares *s, size_t k) {
  const double pairs = s->p + s->q;
  return 4 * (s->q * s->agree[k] - s->p * s->differ[k]) / (pairs * pairs);
}

static double of_tau_b(const shares *s, size_t k) {
  const double pairs = sqrt(s->row_pairs * s->column_pairs), tau = (s->p - s->q) / pairs;
  const double margins = s->row[k / s->columns] * s->column_pairs + s->column[k % s->columns] * s->row_pairs;
  return (2 * pairs * (s->agree[k] - s->differ[k]) + tau * (margins - s->row_pairs - s->column_pairs)) /
         (pairs * pairs);
}

static double of_d_columns(const shares *s, size_t k) {
  const double other = s->row[k / s->columns];
  return 2 * (s->row_pairs * (s->agree[k] - s->differ[k]) - (s->p - s->q) * (1 - other)) /
         (s->row_pairs * s->row_pairs);
}

static double of_d_rows(const shares *s, size_t k) {
  const double other = s->column[k % s->columns];
  return 2 * (s->column_pairs * (s->agree[k] - s->differ[k]) - (s->p - s->q) * (1 - other)) /
         (s->column_pairs * s->column_pairs);
}

static double of_difference(const shares *s, size_t k) {
  return 2 * (s->agree[k] - s->differ[k] - (s->p - s->q));
}

static double error_of(const shares *s, influence *of, double factor) {
  double sum = 0;
  for (size_t k = 0; k < (size_t)s->rows * s->columns; k++) {
    const double u = of(s, k);
    sum += s->square[k] * u * u;
  }
  return sqrt(factor * sum);
}

static void fill(const shares *s, double factor, ordinal *out) {
  const double difference = s->p - s->q;
  out->tau_b =
      (ordinal_figure){difference / sqrt(s->row_pairs * s->column_pairs), error_of(s, of_tau_b, factor)};
  out->d_columns = (ordinal_figure){difference / s->row_pairs, error_of(s, of_d_columns, factor)};
  out->d_rows = (ordinal_figure){difference / s->column_pairs, error_of(s, of_d_rows, factor)};
  out->gamma = (ordinal_figure){difference / (s->p + s->q), error_of(s, of_gamma, factor)};
  const double se = error_of(s, of_difference, factor);
  if (se > 0) {
    out->z = difference / se;
    out->p = two_sided_z(out->z);
  }
}

status ordinal_make(const contingency *t, ordinal *out, error *err) {
  const ordinal_figure none = {NAN, NAN};
  *out = (ordinal){.gamma = none, .tau_b = none, .d_columns = none, .d_rows = none, .z = NAN, .p = NAN};
  if (t->rows < 2 || t->columns < 2) {
    return STATUS_OK;
  }
  shares s;
  if (!shares_allocate(&s, t)) {
    return error_no_memory(err, "pairs of answers");
  }
  shares_read(&s, t);
  find_pairs(&s);
  const double rows = (double)t->design_rows;
  fill(&s, t->weighting == WEIGHTING_SAMPLING ? rows / (rows - 1) : 1, out);
  free(s.count);
  return STATUS_OK;
}

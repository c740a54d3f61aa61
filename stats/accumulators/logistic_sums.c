/* Rows into sums.
 *
 * How wide the sums of a block must be follows from the largest |X| and weight of the shard: 64 bits without
 * weights and with small answers, else 128, else 384.  The choice changes no figure, only the time. */
#include "stats/accumulators/logistic_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "stats/accumulators/row_score.h"

enum { BLOCK_BITS = 9, BLOCK_ROWS = 1 << BLOCK_BITS }; /* sums of fixed width are made of so many rows */

typedef enum sum_width { WIDTH_64, WIDTH_128, WIDTH_EXACT } sum_width;

/* What a row contributes, before its weight and its X. */
typedef struct row_terms {
  int64_t score; /* eta in units of 2^-50 */
  bool event;
  int64_t weight;
  int64_t residual, log_likelihood, curvature, square; /* 2^-46 */
} row_terms;

typedef struct logistic_sums {
  const points *p;
  const logistic_params *params;
  logistic_state *s;
  uint32_t size; /* 1 + predictors */
  row_score score;
  sum_width width;
  int64_t *x; /* of the row at hand, the constant 1 first */
  /* of the block at hand: */
  int64_t *narrow; /* gradient, then information */
  i128 *wide;      /* gradient, information, scatter */
  i128 likelihood;
  uint32_t block_rows;
  predicted_row *rows;
  uint32_t rows_count;
} logistic_sums;

static unsigned bits_of(int64_t magnitude) {
  return magnitude == 0 ? 0 : 64 - (unsigned)__builtin_clzll((unsigned long long)magnitude);
}

/* ---- One row -------------------------------------------------------------------------------------- */

static row_terms terms_of(int64_t score, bool event, int64_t weight, bool weighted) {
  const double eta = (double)score * 0x1p-50;
  const double small = elementary_exp(eta < 0 ? eta : -eta); /* exp(-|eta|) */
  const double likely = 1 / (1 + small), unlikely = small / (1 + small);
  const double probability = eta < 0 ? unlikely : likely;
  /* log(1 + exp(-+eta)), of which the log likelihood is the negative */
  const double loss = elementary_log_1_plus(small) + ((eta < 0) == event ? (eta < 0 ? -eta : eta) : 0);
  const double miss = (eta < 0) == event ? likely : unlikely; /* |y - pi| */
  const int64_t rounded = elementary_quantised(probability, LOGISTIC_ROW_BITS);
  return (row_terms){
      .score = score,
      .event = event,
      .weight = weight,
      .residual = ((int64_t)event << LOGISTIC_ROW_BITS) - rounded,
      .log_likelihood = -elementary_quantised(loss, LOGISTIC_ROW_BITS),
      .curvature = elementary_quantised(likely * unlikely, LOGISTIC_ROW_BITS),
      .square = weighted ? elementary_quantised(miss * miss, LOGISTIC_ROW_BITS) : 0,
  };
}

static void count_row(logistic_sums *m, const row_terms *t) {
  logistic_state *s = m->s;
  s->n++;
  s->events += t->event;
  if (s->weighted) {
    s->w += t->weight;
    s->w_events += t->event ? t->weight : 0;
    exact_add_product(&s->w2, t->weight, t->weight);
  }
  if (!s->detailed) {
    return;
  }
  if ((t->score >= m->params->cut) == t->event) {
    s->right_n[t->event]++;
    s->right_w[t->event] += s->weighted ? t->weight : 0;
  }
  const int64_t eta = t->score >> (LOGISTIC_SCORE_BITS - LOGISTIC_PREDICTED_BITS);
  m->rows[m->rows_count++] = (predicted_row){.eta = eta, .weight = t->weight, .event = t->event};
}

/* Compiled separately for 64 and 128 bits (TYPE): SUMS are gradient, then information. */
#define ADD_PRODUCTS(type, sums, residual, curvature) \
  do {                                                \
    const uint32_t size_ = m->size;                   \
    const int64_t *restrict x_ = m->x;                \
    type *restrict gradient_ = (sums);                \
    for (uint32_t d = 0; d < size_; d++) {            \
      gradient_[d] += (residual)*x_[d];               \
    }                                                 \
    type *restrict information_ = gradient_ + size_;  \
    for (uint32_t d = 0; d < size_; d++) {            \
      const type part_ = (curvature)*x_[d];           \
      for (uint32_t k = 0; k <= d; k++) {             \
        information_[k] += part_ * x_[k];             \
      }                                               \
      information_ += d + 1;                          \
    }                                                 \
  } while (0)

static void add_narrow(logistic_sums *m, const row_terms *t) {
  ADD_PRODUCTS(int64_t, m->narrow, t->residual, t->curvature);
}

static void add_wide(logistic_sums *m, const row_terms *t) {
  const i128 w = t->weight;
  ADD_PRODUCTS(i128, m->wide, t->residual * w, t->curvature * w);
  if (m->s->scatter != NULL) {
    row_add_squares(m->wide + m->size + row_cells(m->size), t->square * w * w, m->x, m->size);
  }
}

static void add_exact(logistic_sums *m, const row_terms *t) {
  logistic_state *s = m->s;
  for (uint32_t d = 0, at = 0; d < m->size; d++) {
    exact_add_product(&s->gradient[d], (i128)t->residual * t->weight, m->x[d]);
    for (uint32_t k = 0; k <= d; k++, at++) {
      row_add_exact(&s->information[at], (i128)t->curvature * t->weight, m->x[d], m->x[k]);
      if (s->scatter != NULL) {
        exact part = {{0}};
        row_add_exact(&part, (i128)t->square * t->weight, m->x[d], m->x[k]);
        exact_add_scaled(&s->scatter[at], &part, t->weight);
      }
    }
  }
}

/* ---- Blocks --------------------------------------------------------------------------------------- */

static void flush_block(logistic_sums *m) {
  logistic_state *s = m->s;
  const uint32_t cells = row_cells(m->size);
  for (uint32_t i = 0; m->width == WIDTH_64 && i < m->size + cells; i++) {
    exact_add_i128(i < m->size ? &s->gradient[i] : &s->information[i - m->size], m->narrow[i]);
    m->narrow[i] = 0;
  }
  for (uint32_t i = 0; m->width == WIDTH_128 && i < m->size + cells; i++) {
    exact_add_i128(i < m->size ? &s->gradient[i] : &s->information[i - m->size], m->wide[i]);
    m->wide[i] = 0;
  }
  for (uint32_t i = 0; m->width == WIDTH_128 && s->scatter != NULL && i < cells; i++) {
    exact_add_i128(&s->scatter[i], m->wide[m->size + cells + i]);
    m->wide[m->size + cells + i] = 0;
  }
  exact_add_i128(&s->log_likelihood, m->likelihood);
  m->likelihood = 0;
  m->block_rows = 0;
}

static void add_block(logistic_sums *m) {
  const points *p = m->p;
  for (uint32_t r = 0; r < p->rows; r++) {
    if (p->used[r] == 0) {
      continue;
    }
    for (uint32_t d = 1; d < m->size; d++) {
      m->x[d] = points_value(p, d, r);
    }
    const bool event = points_value(p, 0, r) == 1;
    const row_terms t =
        terms_of(row_score_at(&m->score, m->x), event, points_weight(p, r), m->s->scatter != NULL);
    count_row(m, &t);
    if (m->width == WIDTH_64) {
      add_narrow(m, &t);
    } else if (m->width == WIDTH_128) {
      add_wide(m, &t);
    } else {
      add_exact(m, &t);
    }
    m->likelihood += (i128)t.log_likelihood * t.weight;
    if (++m->block_rows == BLOCK_ROWS) {
      flush_block(m);
    }
  }
  flush_block(m);
}

/* ---- A shard -------------------------------------------------------------------------------------- */

/* Residuals have 47 bits, curvatures 45, squares 47. */
static sum_width choose_width(const points *p, uint32_t size, bool scatter) {
  unsigned x = 1, w = 0;
  for (uint32_t d = 1; d < size; d++) {
    const unsigned bits = bits_of(p->columns[d].magnitude);
    x = bits > x ? bits : x;
  }
  if (!weight_is_given(&p->weights)) {
    w = 0;
  } else {
    w = p->weights.narrow != NULL ? 30 : 62;
  }
  const unsigned rows = BLOCK_BITS, second = 45 + 2 * x + w + rows, first = 47 + x + w + rows;
  const unsigned fourth = scatter ? 47 + 2 * x + 2 * w + rows : 0;
  if (w == 0 && !scatter && second <= 62 && first <= 62) {
    return WIDTH_64;
  }
  return second <= 125 && first <= 125 && fourth <= 125 ? WIDTH_128 : WIDTH_EXACT;
}

/* Uses x, which is not yet set, for magnitudes. */
static row_score score_of_shard(const logistic_sums *m) {
  const logistic_params *c = m->params;
  m->x[0] = 1;
  for (uint32_t d = 1; d < m->size; d++) {
    m->x[d] = m->p->columns[d].magnitude;
  }
  return row_score_of(c->shifts, c->coefficients, m->size, c->units - LOGISTIC_SCORE_BITS, LOGISTIC_SCORE_MAX,
                      m->x);
}

status logistic_add_rows(points *p, const logistic_params *params, logistic_state *s, predicted_row *rows,
                         uint32_t *rows_count, error *err) {
  const uint32_t size = 1 + s->predictors_count, cells = row_cells(size);
  logistic_sums m = {.p = p, .params = params, .s = s, .size = size, .rows = rows};
  m.width = choose_width(p, size, s->scatter != NULL);
  m.x = calloc(size, sizeof *m.x);
  m.narrow = calloc((size_t)size + cells, sizeof *m.narrow);
  m.wide = calloc((size_t)size + 2 * (size_t)cells, sizeof *m.wide);
  const bool made = m.x != NULL && m.narrow != NULL && m.wide != NULL;
  if (made) {
    m.score = score_of_shard(&m);
    m.x[0] = 1;
    while (points_next(p)) {
      add_block(&m);
    }
    *rows_count = m.rows_count;
  }
  free(m.x);
  free(m.narrow);
  free(m.wide);
  return made ? STATUS_OK : error_no_memory(err, "logistic");
}

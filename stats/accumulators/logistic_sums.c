/* Rows into sums.
 *
 * How wide the sums of a block must be follows from the largest |X| and weight of the shard: 64 bits without
 * weights and with small answers, else 128, else 384; of answers within bytes a kernel makes the sums
 * (logistic_bytes.h).  The choice changes no figure, only the time. */
#include "stats/accumulators/logistic_sums.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/logistic_bytes.h"
#include "stats/accumulators/row_score.h"
#include "stats/kernels/kernels.h"

_Static_assert((int)LOGIT_BITS == (int)LOGISTIC_ROW_BITS, "the kernel makes whole numbers of the same unit");

enum { BLOCK_BITS = 9, BLOCK_ROWS = 1 << BLOCK_BITS }; /* sums of fixed width are made of so many rows */

typedef enum sum_width { WIDTH_BYTES, WIDTH_64, WIDTH_128, WIDTH_EXACT } sum_width;

/* What a row contributes, before its weight and its X. */
typedef struct row_terms {
  int64_t score; /* eta in units of 2^-50 */
  bool event;
  int64_t weight;
  int64_t residual, curvature, square; /* 2^-46 */
} row_terms;

typedef struct logistic_sums {
  const points *p;
  const logistic_params *params;
  logistic_state *s;
  uint32_t size; /* 1 + predictors */
  row_score score;
  bool scores_bytes;
  sum_width width;
  int64_t *x; /* of the row at hand, the constant 1 first */
  /* of the block at hand: */
  int64_t *narrow; /* gradient, then information */
  i128 *wide;      /* gradient, information, scatter */
  i128 likelihood;
  uint32_t block_rows;
  logistic_bytes *bytes; /* WIDTH_BYTES */
  /* of the rows of a block of points: */
  int64_t *scores, *residuals, *log_likelihoods, *curvatures, *squares;
  uint8_t *events;
  predicted_row *rows;
  uint32_t rows_count;
} logistic_sums;

static unsigned bits_of(int64_t magnitude) {
  return magnitude == 0 ? 0 : 64 - (unsigned)__builtin_clzll((unsigned long long)magnitude);
}

/* ---- One row -------------------------------------------------------------------------------------- */

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

static void add_row(logistic_sums *m, const row_terms *t) {
  switch (m->width) {
    case WIDTH_BYTES:
      break; /* block after block */
    case WIDTH_64:
      add_narrow(m, t);
      break;
    case WIDTH_128:
      add_wide(m, t);
      break;
    case WIDTH_EXACT:
      add_exact(m, t);
      break;
  }
}

static void take_row(logistic_sums *m, uint32_t r) {
  for (uint32_t d = 1; d < m->size; d++) {
    m->x[d] = points_value(m->p, d, r);
  }
}

/* Whether scores of rows of bytes can be formed in 64 bits, low and b apart. */
static bool bytes_can_be_scored(const logistic_sums *m) {
  const points *p = m->p;
  u128 sum = 0;
  for (uint32_t d = 0; d < m->size && p->narrow; d++) {
    const i128 coefficient = m->score.coefficients[d];
    const i128 low = d == 0 ? 1 : p->columns[d].keys.low;
    const u128 x = (u128)(low < 0 ? -low : low) + (d == 0 ? 0 : p->columns[d].keys.span);
    sum += (u128)(coefficient < 0 ? -coefficient : coefficient) * x;
  }
  return p->narrow && m->score.fast && sum < (u128)1 << 62;
}

/* Scores of rows of bytes: X = low + b. */
static void score_bytes(logistic_sums *m) {
  const points *p = m->p;
  int64_t constant = m->score.coefficients[0];
  for (uint32_t d = 1; d < m->size; d++) {
    constant += m->score.coefficients[d] * p->columns[d].keys.low;
  }
  stats_kernels_current()->score_bytes(
      &(byte_scores){constant, m->score.coefficients + 1, (const uint8_t *const *)p->bytes + 1, m->size - 1,
                     p->rows},
      m->scores);
  for (uint32_t r = 0; r < p->rows; r++) {
    m->scores[r] = row_score_of_sum(&m->score, m->scores[r]);
  }
}

/* Scores and outcomes; whatever they are, those of rows that are not used count for nothing. */
static void score_block(logistic_sums *m) {
  const points *p = m->p;
  if (m->scores_bytes) {
    score_bytes(m);
  }
  for (uint32_t r = 0; r < p->rows; r++) {
    const bool is_used = p->used[r] != 0;
    m->events[r] = is_used && points_value(p, 0, r) == 1;
    if (!is_used) {
      m->scores[r] = 0;
    } else if (!m->scores_bytes) {
      take_row(m, r);
      m->scores[r] = row_score_at(&m->score, m->x);
    }
  }
}

static void add_block(logistic_sums *m) {
  const points *p = m->p;
  score_block(m);
  stats_kernels_current()->logit_terms(&(logit_rows){m->scores, m->events, p->rows, m->residuals,
                                                     m->log_likelihoods, m->curvatures, m->squares});
  for (uint32_t r = 0; r < p->rows; r++) {
    if (p->used[r] == 0) {
      m->residuals[r] = m->curvatures[r] = 0;
      continue;
    }
    const row_terms t = {.score = m->scores[r],
                         .event = m->events[r] == 1,
                         .weight = points_weight(p, r),
                         .residual = m->residuals[r],
                         .curvature = m->curvatures[r],
                         .square = m->squares[r]};
    if (m->width != WIDTH_BYTES) {
      take_row(m, r);
    }
    count_row(m, &t);
    add_row(m, &t);
    m->likelihood += (i128)m->log_likelihoods[r] * t.weight;
    if (++m->block_rows == BLOCK_ROWS) {
      flush_block(m);
    }
  }
  flush_block(m);
  if (m->width == WIDTH_BYTES) {
    logistic_bytes_add(m->bytes, p, m->residuals, m->curvatures);
  }
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
    return logistic_bytes_fit(p, size) ? WIDTH_BYTES : WIDTH_64;
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

static bool take_room(logistic_sums *m) {
  const uint32_t size = m->size, cells = row_cells(size);
  m->narrow = calloc((size_t)size + cells, sizeof *m->narrow);
  m->wide = calloc((size_t)size + 2 * (size_t)cells, sizeof *m->wide);
  m->scores = calloc(5 * (size_t)POINTS_BLOCK_ROWS, sizeof *m->scores);
  m->events = calloc(POINTS_BLOCK_ROWS, sizeof *m->events);
  m->bytes = m->width == WIDTH_BYTES ? logistic_bytes_new(size) : NULL;
  if (m->narrow == NULL || m->wide == NULL || m->scores == NULL || m->events == NULL ||
      (m->bytes == NULL && m->width == WIDTH_BYTES)) {
    return false;
  }
  m->residuals = m->scores + POINTS_BLOCK_ROWS;
  m->log_likelihoods = m->residuals + POINTS_BLOCK_ROWS;
  m->curvatures = m->log_likelihoods + POINTS_BLOCK_ROWS;
  m->squares = m->curvatures + POINTS_BLOCK_ROWS;
  return true;
}

static void give_room_back(logistic_sums *m) {
  logistic_bytes_destroy(m->bytes);
  free(m->x);
  free(m->narrow);
  free(m->wide);
  free(m->scores);
  free(m->events);
}

status logistic_add_rows(points *p, const logistic_params *params, logistic_state *s, predicted_row *rows,
                         uint32_t *rows_count, error *err) {
  const uint32_t size = 1 + s->predictors_count;
  logistic_sums m = {.p = p, .params = params, .s = s, .size = size, .rows = rows};
  m.width = choose_width(p, size, s->scatter != NULL);
  m.x = calloc(size, sizeof *m.x);
  const bool made = m.x != NULL && take_room(&m);
  if (made) {
    m.score = score_of_shard(&m);
    m.scores_bytes = bytes_can_be_scored(&m);
    m.x[0] = 1;
    while (points_next(p)) {
      add_block(&m);
    }
    *rows_count = m.rows_count;
  }
  if (made && m.width == WIDTH_BYTES) {
    logistic_bytes_finish(m.bytes, p, s);
  }
  give_room_back(&m);
  return made ? STATUS_OK : error_no_memory(err, "logistic");
}

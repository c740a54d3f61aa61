/* LOGISTIC: what one step of a logistic regression needs, at given coefficients.
 *
 * Variables: the outcome (1 is the event, every other answer is none), then p predictors; rows that answer
 * all of them are used.  The linear predictor of a row X (mantissas, or keys of coded variables) is
 *
 *   eta = 2^-q (c_0 2^s_0 + c_1 2^s_1 X_1 + .. + c_p 2^s_p X_p),
 *
 * rounded down to a multiple of 2^-50 and cut at -+700, beyond which no probability differs from 0 or 1. With
 * pi = 1 / (1 + exp(-eta)) and y the outcome each row contributes y - pi, its log likelihood, pi (1 - pi) and
 * (y - pi)^2, each rounded half to even once to a whole number of 2^-46 (base/elementary.h has their errors).
 * So the mean gradient is wrong by at most 2^-47 times the largest |X|.
 *
 * params: {detailed, q, cut, 1 + p shifts, 1 + p coefficients}; 50 <= q <= 100, CUT in units of 2^-50.
 */
#ifndef CANVASS_STATS_ACCUMULATORS_LOGISTIC_H
#define CANVASS_STATS_ACCUMULATORS_LOGISTIC_H

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/row_score.h"

enum {
  LOGISTIC_PREDICTORS_MAX = 200,
  LOGISTIC_SCORE_BITS = 50, /* of eta */
  LOGISTIC_UNITS_MAX = 100, /* q */
  LOGISTIC_ROW_BITS = 46,
  LOGISTIC_PREDICTED_BITS = 40, /* of eta in the list of predicted values */
  LOGISTIC_COARSE_BITS = 10,    /* of eta in a coarse list */
  LOGISTIC_PREDICTED_MAX = 1 << 18,
};
#define LOGISTIC_SCORE_MAX ((int64_t)700 << LOGISTIC_SCORE_BITS)

/* The rows with one predicted value: [0] those without the event, [1] those with it. */
typedef struct logistic_predicted {
  int64_t eta; /* in units of 2^-40; of a coarse list the middle of a class of 2^-10 */
  int64_t n[2];
  i128 w[2]; /* weighted only, as the following: sums of weights and of their squares */
  u192 w2[2];
} logistic_predicted;

typedef struct logistic_state {
  uint32_t predictors_count;
  bool weighted, detailed;
  uint8_t weight_decimals;
  int64_t n, events;
  i128 w, w_events; /* weighted only */
  exact w2;
  exact log_likelihood; /* of the weighted likelihood, as all that follows */
  exact *gradient;      /* 1 + p: sums of (y - pi) X, the constant first */
  exact *information;   /* sums of pi (1 - pi) X X', the lower triangle row by row */
  /* Detailed only: */
  exact *scatter;     /* sums of w^2 (y - pi)^2 X X', likewise; NULL without sampling weights */
  int64_t right_n[2]; /* of those without the event eta < cut, of those with it eta >= cut */
  i128 right_w[2];
  bool coarse; /* more than LOGISTIC_PREDICTED_MAX different predicted values */
  uint32_t predicted_count;
  logistic_predicted *predicted; /* ascending */
} logistic_state;

#endif

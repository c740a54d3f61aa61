/* Nearest centres, 64 rows at a time. */
#include "stats/kernels/nearest.h"

enum { STEP = 64 };

static void score_rows(const nearest_model *m, uint32_t row, const double *c, double *scores) {
  for (uint32_t r = 0; r < STEP; r++) {
    scores[r] = c[0];
  }
  for (uint32_t d = 0; d < m->columns_count; d++) {
    const uint8_t *x = m->columns[d] + row;
    for (uint32_t r = 0; r < STEP; r++) {
      scores[r] += c[1 + d] * x[r];
    }
  }
}

void nearest_bytes_portable(const nearest_model *m, uint8_t *nearest) {
  double scores[STEP], smallest[STEP];
  for (uint32_t row = 0; row < m->rows; row += STEP) {
    score_rows(m, row, m->coefficients, smallest);
    for (uint32_t r = 0; r < STEP; r++) {
      nearest[row + r] = 0;
    }
    for (uint32_t j = 1; j < m->clusters; j++) {
      score_rows(m, row, m->coefficients + (size_t)j * (m->columns_count + 1), scores);
      for (uint32_t r = 0; r < STEP; r++) {
        nearest[row + r] = scores[r] < smallest[r] ? (uint8_t)j : nearest[row + r];
        smallest[r] = scores[r] < smallest[r] ? scores[r] : smallest[r];
      }
    }
  }
}

void nearest_add_distances_portable(const double *restrict x, double centre, double scale,
                                    double *restrict sum) {
  for (uint32_t r = 0; r < DISTANCE_ROWS; r++) {
    double off = x[r] - centre;
    sum[r] += off * off * scale;
  }
}

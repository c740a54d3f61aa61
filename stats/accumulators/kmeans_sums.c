/* Sums by cluster.
 *
 * Narrow columns without weights: membership in each cluster is a column of 0 and 1, and the sums are
 * products of byte columns (xtx kernels).  Everything else is added row by row. */
#include "stats/accumulators/kmeans_sums.h"

#include <stdlib.h>
#include <string.h>

#include "stats/kernels/kernels.h"

/* Squares of all columns, one column per cluster. */
static size_t block_columns(const points *p, uint32_t clusters) {
  return p->narrow && !weight_is_given(&p->weights) ? (size_t)p->variables_count + clusters : 0;
}

status cluster_sums_init(const points *p, uint32_t clusters, cluster_sums *out, error *err) {
  const size_t entries = (size_t)clusters * p->variables_count, columns = block_columns(p, clusters);
  *out = (cluster_sums){.clusters = clusters};
  out->n = calloc(clusters, sizeof *out->n);
  out->w = calloc(clusters, sizeof *out->w);
  out->bytes = calloc(entries, sizeof *out->bytes);
  out->squares = calloc(entries, sizeof *out->squares);
  out->all_bytes = calloc(entries, sizeof *out->all_bytes);
  out->all_squares = calloc(entries, sizeof *out->all_squares);
  out->x = calloc(p->narrow ? 1 : entries, sizeof *out->x);
  out->xx = calloc(p->narrow ? 1 : entries, sizeof *out->xx);
  out->block = aligned_alloc(64, (columns + 1) * POINTS_BLOCK_ROWS);
  out->columns = malloc((columns + 1) * sizeof *out->columns);
  if (out->n == NULL || out->w == NULL || out->bytes == NULL || out->squares == NULL ||
      out->all_bytes == NULL || out->all_squares == NULL || out->x == NULL || out->xx == NULL ||
      out->block == NULL || out->columns == NULL) {
    return error_no_memory(err, "kmeans");
  }
  for (size_t c = 0; c < columns; c++) {
    out->columns[c] = out->block + c * POINTS_BLOCK_ROWS;
  }
  return STATUS_OK;
}

void cluster_sums_fini(cluster_sums *s) {
  free(s->n);
  free(s->w);
  free(s->bytes);
  free(s->squares);
  free(s->all_bytes);
  free(s->all_squares);
  free(s->x);
  free(s->xx);
  free(s->block);
  free(s->columns);
  *s = (cluster_sums){0};
}

static void count_rows(cluster_sums *s, const points *p, const uint8_t *own) {
  const bool weighted = weight_is_given(&p->weights);
  for (uint32_t r = 0; r < p->rows; r++) {
    if (own[r] != POINTS_UNUSED) {
      s->n[own[r]]++;
      s->w[own[r]] += weighted ? points_weight(p, r) : 0;
    }
  }
}

static void multiply(const uint8_t *const *left, const uint8_t *const *right, const points *p,
                     uint32_t clusters, uint32_t product_max, int64_t *sums) {
  byte_products products = {.left = left,
                            .right = right,
                            .left_count = p->variables_count,
                            .right_count = clusters,
                            .stride = clusters,
                            .rows = (p->rows + 63) / 64 * 64,
                            .product_max = product_max};
  stats_kernels_current()->multiply_bytes(&products, sums);
}

/* Marks the rows that are OWN to cluster J with 1; how many there are. */
static int64_t mark_members(const uint8_t *restrict own, uint32_t rows, uint32_t j,
                            uint8_t *restrict member) {
  uint32_t count = 0;
  for (uint32_t r = 0; r < rows; r++) {
    member[r] = own[r] == j;
    count += member[r];
  }
  return count;
}

/* Here sums are kept variable after variable: bytes[d * clusters + j]. */
static void add_by_products(cluster_sums *s, const points *p, const uint8_t *own) {
  const uint32_t padded = (p->rows + 63) / 64 * 64, width = p->variables_count;
  for (uint32_t d = 0; d < width; d++) {
    uint8_t table[16];
    for (uint32_t k = 0; k < 16; k++) {
      table[k] = (uint8_t)(p->columns[d].keys.of_slot[k] * p->columns[d].keys.of_slot[k]);
    }
    stats_kernels_current()->look_up(p->columns[d].keys.slots + p->from, padded, table, s->columns[d]);
  }
  uint8_t **members = s->columns + width;
  for (uint32_t j = 0; j < s->clusters; j++) {
    uint8_t *member = members[j];
    s->n[j] += mark_members(own, p->rows, j, member);
    memset(member + p->rows, 0, padded - p->rows);
  }
  multiply((const uint8_t *const *)p->bytes, (const uint8_t *const *)members, p, s->clusters, 15, s->bytes);
  multiply((const uint8_t *const *)s->columns, (const uint8_t *const *)members, p, s->clusters, 225,
           s->squares);
}

/* Narrow weights: w * x^2 < 2^38, and a block's sums fit 64 bits. */
static void add_weighted_bytes(cluster_sums *s, const points *p, const uint8_t *own) {
  const uint32_t *weights = p->weights.narrow + p->from;
  for (uint32_t d = 0; d < p->variables_count; d++) {
    int64_t *bytes = s->bytes + (size_t)d * s->clusters, *squares = s->squares + (size_t)d * s->clusters;
    const uint8_t *x = p->bytes[d];
    for (uint32_t r = 0; r < p->rows; r++) {
      if (own[r] != POINTS_UNUSED) {
        int64_t wx = (int64_t)weights[r] * x[r];
        bytes[own[r]] += wx;
        squares[own[r]] += wx * x[r];
      }
    }
  }
}

/* Wide ones: straight into the sums of all blocks. */
static void add_widely_weighted_bytes(cluster_sums *s, const points *p, const uint8_t *own) {
  const int64_t *weights = p->weights.wide + p->from;
  for (uint32_t d = 0; d < p->variables_count; d++) {
    i128 *bytes = s->all_bytes + (size_t)d * s->clusters, *squares = s->all_squares + (size_t)d * s->clusters;
    const uint8_t *x = p->bytes[d];
    for (uint32_t r = 0; r < p->rows; r++) {
      if (own[r] != POINTS_UNUSED) {
        const i128 wx = (i128)weights[r] * x[r];
        bytes[own[r]] += wx;
        squares[own[r]] += wx * x[r];
      }
    }
  }
}

static void add_wide(cluster_sums *s, const points *p, const uint8_t *own) {
  for (uint32_t d = 0; d < p->variables_count; d++) {
    wide_sum *x = s->x + (size_t)d * s->clusters, *xx = s->xx + (size_t)d * s->clusters;
    const int64_t *values = p->columns[d].values + p->from;
    for (uint32_t r = 0; r < p->rows; r++) {
      if (own[r] != POINTS_UNUSED) {
        if (p->weights.wide != NULL) {
          wide_sum_add_heavy(&x[own[r]], values[r], p->weights.wide[p->from + r]);
          wide_sum_add_heavy(&xx[own[r]], (i128)values[r] * values[r], p->weights.wide[p->from + r]);
          continue;
        }
        uint32_t weight = p->weights.narrow != NULL ? p->weights.narrow[p->from + r] : 1;
        wide_sum_add(&x[own[r]], values[r], weight);
        wide_sum_add(&xx[own[r]], (i128)values[r] * values[r], weight);
      }
    }
  }
}

void cluster_sums_add(cluster_sums *s, const points *p, const uint8_t *own) {
  if (p->narrow && !weight_is_given(&p->weights)) {
    add_by_products(s, p, own);
  } else {
    count_rows(s, p, own);
  }
  if (!p->narrow) {
    add_wide(s, p, own);
    return;
  }
  if (p->weights.wide != NULL) {
    add_widely_weighted_bytes(s, p, own);
    return;
  }
  if (p->weights.narrow != NULL) {
    add_weighted_bytes(s, p, own);
  }
  for (size_t i = 0; i < (size_t)p->variables_count * s->clusters; i++) {
    s->all_bytes[i] += s->bytes[i];
    s->all_squares[i] += s->squares[i];
    s->bytes[i] = s->squares[i] = 0;
  }
}

/* Undoes X = low + byte: COUNT is the rows' weight. */
static void flush_bytes(const point_column *c, i128 count, i128 bytes, i128 squares, exact *x, exact *xx) {
  exact_add_i128(x, bytes);
  exact_add_product(x, count, c->keys.low);
  exact_add_i128(xx, squares);
  exact_add_product(xx, 2 * bytes, c->keys.low);
  exact_add_product(xx, count, (i128)c->keys.low * c->keys.low);
}

void cluster_sums_flush(const cluster_sums *s, const points *p, kmeans_model *into) {
  const size_t width = p->variables_count;
  for (uint32_t j = 0; j < s->clusters; j++) {
    into->n[j] += s->n[j];
    into->w[j] += s->w[j];
    for (size_t d = 0; d < width; d++) {
      const size_t from = d * s->clusters + j, to = j * width + d;
      if (p->narrow) {
        flush_bytes(&p->columns[d], weight_is_given(&p->weights) ? s->w[j] : s->n[j], s->all_bytes[from],
                    s->all_squares[from], &into->x[to], &into->xx[to]);
      } else {
        wide_sum_flush(&s->x[from], &into->x[to]);
        wide_sum_flush(&s->xx[from], &into->xx[to]);
      }
    }
  }
}

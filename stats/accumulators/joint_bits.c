/* Joint tables of coded pairs with few levels: each level of a variable is a row of bits, one per used
 * row of the shard, and a cell of the table is the number of common bits of two levels. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/joint.h"
#include "stats/kernels/kernels.h"

/* Rows at a time, so that all bits stay in the second-level cache; cells of all pairs. */
enum { BLOCK_ROWS = 16384, BLOCK_WORDS = BLOCK_ROWS / 64, CELLS_ALL_MAX = 1 << 23 };

bool joint_suits_bits(const joint_shard *s, const joint_column *x, const joint_column *y) {
  return !weight_is_given(&s->order.grouped.weights) && s->suits_bits && x->ranks != NULL &&
         y->ranks != NULL && x->count * y->count <= stats_kernels_current()->common_bits_cells;
}

bool joint_cells_fit(const joint_shard *s, const joint_column *columns) {
  uint64_t cells = 0;
  for (uint32_t i = 0; i < pairs_end(s->pairs); i++) {
    for (uint32_t j = pairs_first(s->pairs, i); j < s->pairs.variables_count; j++) {
      cells += (uint64_t)columns[i].count * columns[j].count;
    }
  }
  return cells <= CELLS_ALL_MAX;
}

typedef struct bit_rows {
  uint64_t *bits;  /* all levels of all columns */
  uint64_t **rows; /* per column: its first level */
  uint32_t *cells; /* of all suitable pairs, one table after the other */
} bit_rows;

static void bit_rows_fini(bit_rows *b) {
  free(b->bits);
  free(b->rows);
  free(b->cells);
}

static status bit_rows_init(bit_rows *b, const joint_shard *s, const joint_column *columns, error *err) {
  size_t levels = 0, cells = 0;
  for (uint32_t i = 0; i < s->pairs.variables_count; i++) {
    levels += columns[i].ranks != NULL ? columns[i].count : 0;
  }
  for (uint32_t i = 0; i < pairs_end(s->pairs); i++) {
    for (uint32_t j = pairs_first(s->pairs, i); j < s->pairs.variables_count; j++) {
      cells += joint_suits_bits(s, &columns[i], &columns[j]) ? columns[i].count * columns[j].count : 0;
    }
  }
  b->bits = aligned_alloc(64, (levels + 1) * BLOCK_WORDS * sizeof *b->bits);
  b->rows = malloc(s->pairs.variables_count * sizeof *b->rows);
  b->cells = calloc(cells + 1, sizeof *b->cells);
  if (b->bits == NULL || b->rows == NULL || b->cells == NULL) {
    bit_rows_fini(b);
    return error_no_memory(err, "joint");
  }
  uint64_t *at = b->bits;
  for (uint32_t i = 0; i < s->pairs.variables_count; i++) {
    b->rows[i] = at;
    at += columns[i].ranks != NULL ? (size_t)columns[i].count * BLOCK_WORDS : 0;
  }
  return STATUS_OK;
}

/* WORDS * 64 ranks from FROM on; those from END on belong to another group. */
static void mark_block(const bit_rows *b, const joint_shard *s, const joint_column *columns, uint32_t from,
                       uint32_t end, uint32_t words) {
  uint8_t ranks[BLOCK_ROWS];
  for (uint32_t i = 0; i < s->pairs.variables_count; i++) {
    if (columns[i].ranks != NULL) {
      memcpy(ranks, columns[i].ranks + from, end - from);
      memset(ranks + (end - from), 0, words * 64 - (end - from));
      for (uint32_t level = 0; level < columns[i].count; level++) {
        stats_kernels_current()->mark_equal(ranks, words, (uint8_t)(level + 1),
                                            b->rows[i] + (size_t)level * BLOCK_WORDS);
      }
    }
  }
}

static void count_block(const bit_rows *b, const joint_shard *s, const joint_column *columns,
                        uint32_t words) {
  uint32_t *cells = b->cells;
  for (uint32_t i = 0; i < pairs_end(s->pairs); i++) {
    for (uint32_t j = pairs_first(s->pairs, i); j < s->pairs.variables_count; j++) {
      if (joint_suits_bits(s, &columns[i], &columns[j])) {
        const bit_table table = {.left = b->rows[i],
                                 .right = b->rows[j],
                                 .left_count = columns[i].count,
                                 .right_count = columns[j].count,
                                 .stride = BLOCK_WORDS,
                                 .words = words};
        stats_kernels_current()->count_common_bits(&table, cells);
        cells += columns[i].count * columns[j].count;
      }
    }
  }
}

static status keep_tables(const bit_rows *b, joint_shard *s, const joint_column *columns, uint32_t group,
                          error *err) {
  const uint32_t *cells = b->cells;
  joint_table *tables = s->at + s->order.grouped.places[group] * pairs_count(s->pairs);
  for (uint32_t i = 0; i < pairs_end(s->pairs); i++) {
    for (uint32_t j = pairs_first(s->pairs, i); j < s->pairs.variables_count; j++) {
      if (joint_suits_bits(s, &columns[i], &columns[j])) {
        joint_table *t = &tables[pair_index(s->pairs, i, j)];
        TRY(joint_keep_dense(s, &columns[i], &columns[j], cells, NULL, columns[j].count, t, err));
        cells += columns[i].count * columns[j].count;
      }
    }
  }
  return STATUS_OK;
}

status joint_add_bits(joint_shard *s, const joint_column *columns, uint32_t group, error *err) {
  if (weight_is_given(&s->order.grouped.weights) || !s->suits_bits) {
    return STATUS_OK;
  }
  bit_rows b;
  TRY(bit_rows_init(&b, s, columns, err));
  for (uint32_t from = s->order.starts[group]; from < s->order.starts[group + 1]; from += BLOCK_ROWS) {
    uint32_t left = s->order.starts[group + 1] - from, rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
    uint32_t words = (rows + 511) / 512 * 8;
    mark_block(&b, s, columns, from, from + rows, words);
    count_block(&b, s, columns, words);
  }
  status st = keep_tables(&b, s, columns, group, err);
  bit_rows_fini(&b);
  return st;
}

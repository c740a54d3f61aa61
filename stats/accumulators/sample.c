/* SAMPLE: the complete rows with the smallest random keys, a simple random sample without replacement
 * that does not depend on the shards. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/points.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/frame/random.h"

static uint64_t row_bytes(const program_accumulator *a) {
  return sizeof(sample_row) + a->variables_count * sizeof(int64_t);
}

static status sample_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = CLUSTER_ITEMS_MAX,
                                          .forms = SHAPE_NUMERIC,
                                          .takes_weight = true,
                                          .params_min = 2,
                                          .params_max = 2};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params[0] < 1 || a->params[0] > SAMPLE_ROWS_MAX) {
    return error_set(err, STATUS_USAGE, "sample: %lld rows are not within 1..%d", (long long)a->params[0],
                     SAMPLE_ROWS_MAX);
  }
  TRY(accumulator_check_bytes(p, a, (uint64_t)a->params[0], row_bytes(a), err));
  *bytes_max = 10 + (uint64_t)a->params[0] * (20 + 10 * (uint64_t)a->variables_count);
  return STATUS_OK;
}

static void sample_destroy(void *state) {
  sample_state *s = state;
  if (s != NULL) {
    free(s->rows);
    free(s->values);
    free(s);
  }
}

/* A state with room for CAPACITY rows. */
static status sample_new(const program_accumulator *a, uint32_t capacity, sample_state **out, error *err) {
  sample_state *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, "sample");
  }
  *s = (sample_state){.rows_max = (uint32_t)a->params[0],
                      .seed = (uint64_t)a->params[1],
                      .variables_count = a->variables_count,
                      .weighted = a->weight != PROGRAM_NONE};
  s->rows = calloc((size_t)capacity + 1, sizeof *s->rows);
  s->values = calloc(((size_t)capacity + 1) * a->variables_count, sizeof *s->values);
  if (s->rows == NULL || s->values == NULL) {
    sample_destroy(s);
    return error_no_memory(err, "sample");
  }
  *out = s;
  return STATUS_OK;
}

static status sample_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  sample_state *s;
  TRY(sample_new(a, 0, &s, err));
  *state = s;
  return STATUS_OK;
}

/* ---- Map ----------------------------------------------------------------------------------------- */

/* The rows kept so far, as a heap with the largest key on top. */
typedef struct kept_row {
  uint64_t key, ordinal;
  uint32_t row;
} kept_row;

static bool is_before(const kept_row *a, const kept_row *b) {
  return a->key != b->key ? a->key < b->key : a->ordinal < b->ordinal;
}

static void swap_rows(kept_row *a, kept_row *b) {
  kept_row t = *a;
  *a = *b;
  *b = t;
}

static void heap_push(kept_row *heap, uint32_t *count, kept_row row) {
  uint32_t at = (*count)++;
  heap[at] = row;
  while (at > 0 && is_before(&heap[(at - 1) / 2], &heap[at])) {
    swap_rows(&heap[(at - 1) / 2], &heap[at]);
    at = (at - 1) / 2;
  }
}

static void heap_replace_top(kept_row *heap, uint32_t count, kept_row row) {
  heap[0] = row;
  for (uint32_t at = 0;;) {
    uint32_t child = 2 * at + 1;
    if (child >= count) {
      return;
    }
    child += child + 1 < count && is_before(&heap[child], &heap[child + 1]);
    if (!is_before(&heap[at], &heap[child])) {
      return;
    }
    swap_rows(&heap[at], &heap[child]);
    at = child;
  }
}

static int compare_kept(const void *left, const void *right) {
  const kept_row *a = left, *b = right;
  return is_before(a, b) ? -1 : is_before(b, a);
}

static uint32_t choose_rows(points *p, uint64_t seed, uint32_t rows_max, kept_row *heap) {
  uint32_t count = 0;
  while (points_next(p)) {
    for (uint32_t r = 0; r < p->rows; r++) {
      if (!p->used[r]) {
        continue;
      }
      kept_row row = {.ordinal = stats_rows_ordinal(p->source, p->from + r), .row = p->from + r};
      row.key = random_bits(seed, RANDOM_SAMPLE, row.ordinal, 0);
      if (count < rows_max) {
        heap_push(heap, &count, row);
      } else if (is_before(&row, &heap[0])) {
        heap_replace_top(heap, count, row);
      }
    }
  }
  return count;
}

static status keep_rows(frame *f, const program_accumulator *a, const points *p, const kept_row *kept,
                        sample_state *s, error *err) {
  for (uint32_t i = 0; i < s->count; i++) {
    s->rows[i] =
        (sample_row){kept[i].key, kept[i].ordinal, s->weighted ? weight_at(&p->weights, kept[i].row) : 0};
  }
  for (uint32_t d = 0; d < a->variables_count; d++) {
    number_view view;
    TRY(frame_number(f, a->variables[d], &view, err));
    for (uint32_t i = 0; i < s->count; i++) {
      s->values[(size_t)i * a->variables_count + d] = view.values[kept[i].row];
    }
  }
  return STATUS_OK;
}

static status sample_map(frame *f, const program_accumulator *a, void **state, error *err) {
  points p;
  TRY(points_init(f, a, &p, err));
  sample_state *s = NULL;
  kept_row *kept = malloc((size_t)a->params[0] * sizeof *kept);
  status st = kept != NULL ? STATUS_OK : error_no_memory(err, "sample");
  if (st == STATUS_OK) {
    uint32_t count = choose_rows(&p, (uint64_t)a->params[1], (uint32_t)a->params[0], kept);
    qsort(kept, count, sizeof *kept, compare_kept);
    st = sample_new(a, count, &s, err);
    if (st == STATUS_OK) {
      s->count = count;
      st = keep_rows(f, a, &p, kept, s, err);
    }
  }
  free(kept);
  points_fini(&p);
  return accumulator_give(st, s, sample_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static bool row_is_before(const sample_row *a, const sample_row *b) {
  return a->key != b->key ? a->key < b->key : a->ordinal < b->ordinal;
}

static status sample_merge(void *into_state, const void *from_state, error *err) {
  sample_state *into = into_state;
  const sample_state *from = from_state;
  const size_t width = into->variables_count;
  uint64_t both = (uint64_t)into->count + from->count;
  uint32_t count = both < into->rows_max ? (uint32_t)both : into->rows_max;
  sample_row *rows = malloc(((size_t)count + 1) * sizeof *rows);
  int64_t *values = malloc(((size_t)count + 1) * width * sizeof *values);
  if (rows == NULL || values == NULL) {
    free(rows);
    free(values);
    return error_no_memory(err, "sample");
  }
  for (uint32_t k = 0, i = 0, j = 0; k < count; k++) {
    bool left = j == from->count || (i < into->count && row_is_before(&into->rows[i], &from->rows[j]));
    const sample_state *source = left ? into : from;
    uint32_t at = left ? i++ : j++;
    rows[k] = source->rows[at];
    memcpy(values + k * width, source->values + at * width, width * sizeof *values);
  }
  free(into->rows);
  free(into->values);
  into->rows = rows;
  into->values = values;
  into->count = count;
  return STATUS_OK;
}

/* ---- Bytes: keys follow from ordinals -------------------------------------------------------------- */

static void sample_encode(const void *state, buf *out) {
  const sample_state *s = state;
  buf_put_varint(out, s->count);
  for (uint32_t i = 0; i < s->count; i++) {
    buf_put_varint(out, s->rows[i].ordinal);
    if (s->weighted) {
      buf_put_varint(out, (uint64_t)s->rows[i].weight);
    }
    for (uint32_t d = 0; d < s->variables_count; d++) {
      buf_put_signed(out, s->values[(size_t)i * s->variables_count + d]);
    }
  }
}

static void read_rows(reader *r, sample_state *s) {
  for (uint32_t i = 0; i < s->count && r->problem == NULL; i++) {
    sample_row *row = &s->rows[i];
    row->ordinal = reader_varint(r);
    row->key = random_bits(s->seed, RANDOM_SAMPLE, row->ordinal, 0);
    row->weight = s->weighted ? (int64_t)reader_count(r, (uint64_t)NUMBER_MAX) : 0;
    for (uint32_t d = 0; d < s->variables_count; d++) {
      int64_t v = reader_signed(r);
      s->values[(size_t)i * s->variables_count + d] = v;
      if (v > NUMBER_MAX || v < -NUMBER_MAX) {
        reader_fail(r, "a sampled row has a value out of range");
      }
    }
    if (i > 0 && !row_is_before(row - 1, row)) {
      reader_fail(r, "sampled rows are not in the order of their keys");
    }
  }
}

static status sample_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                            error *err) {
  (void)p;
  uint64_t count = reader_count_of(r, (uint64_t)a->params[0], 1 + (size_t)a->variables_count);
  TRY(reader_status(r, "sample", err));
  sample_state *s;
  TRY(sample_new(a, (uint32_t)count, &s, err));
  s->count = (uint32_t)count;
  read_rows(r, s);
  status st = reader_status(r, "sample", err);
  return accumulator_give(st, s, sample_destroy, state);
}

const accumulator_kind accumulator_sample = {
    .id = ACCUMULATOR_SAMPLE,
    .name = "sample",
    .summary = "a random sample of complete rows",
    .version = 2,
    .check = sample_check,
    .empty = sample_empty,
    .map = sample_map,
    .merge = sample_merge,
    .encode = sample_encode,
    .decode = sample_decode,
    .destroy = sample_destroy,
};

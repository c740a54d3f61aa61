/* One model of a segmentation: from the sums of a pass to the centres of the next, and its figures. */
#include "stats/analyses/segment_model.h"

#include <math.h>
#include <string.h>

status segment_model_init(segment_model *m, arena *a, uint32_t clusters, uint32_t items_count, error *err) {
  const size_t entries = (size_t)clusters * items_count;
  *m = (segment_model){.clusters = clusters};
  m->coefficients = ARENA_ARRAY(a, int64_t, entries + clusters);
  m->n = ARENA_ARRAY(a, int64_t, clusters);
  m->w = ARENA_ARRAY(a, i128, clusters);
  m->x = ARENA_ARRAY(a, exact, entries);
  m->xx = ARENA_ARRAY(a, exact, entries);
  m->silhouettes = ARENA_ARRAY(a, silhouette_cluster, clusters);
  return arena_failed(a) ? error_no_memory(err, "segment") : STATUS_OK;
}

bool segment_model_place(segment_model *m, const segment_space *s, const double *centres) {
  bool moved = false;
  int64_t *c = m->coefficients;
  for (uint32_t j = 0; j < m->clusters; j++, centres += s->items_count, c += 1 + s->items_count) {
    double constant = 0;
    for (uint32_t d = 0; d < s->items_count; d++) {
      int64_t slope = llrint(ldexp(-2 * centres[d] * s->scale[d], s->exponent - s->shifts[1 + d]));
      constant += centres[d] * centres[d] * s->scale[d];
      moved = moved || slope != c[1 + d];
      c[1 + d] = slope;
    }
    int64_t rounded = llrint(ldexp(constant, s->exponent - s->shifts[0]));
    moved = moved || rounded != c[0];
    c[0] = rounded;
  }
  return moved;
}

void segment_model_centres(const segment_model *m, const segment_space *s, double *centres) {
  for (uint32_t j = 0; j < m->clusters; j++) {
    const exact w = exact_from_i128(m->w[j]);
    for (uint32_t d = 0; d < s->items_count && m->w[j] > 0; d++) {
      const size_t at = (size_t)j * s->items_count + d;
      centres[at] = exact_ratio(&m->x[at], &w);
    }
  }
}

static void take_sums(segment_model *m, const segment_space *s, const kmeans_model *pass) {
  const bool weighted = s->weighting != WEIGHTING_NONE;
  for (uint32_t j = 0; j < m->clusters; j++) {
    m->n[j] = pass->n[j];
    m->w[j] = weighted ? pass->w[j] : pass->n[j];
  }
  memcpy(m->x, pass->x, (size_t)m->clusters * s->items_count * sizeof *m->x);
  memcpy(m->xx, pass->xx, (size_t)m->clusters * s->items_count * sizeof *m->xx);
}

static bool any_is_empty(const segment_model *m) {
  bool any = false;
  for (uint32_t j = 0; j < m->clusters; j++) {
    any = any || m->w[j] == 0;
  }
  return any;
}

/* The first empty cluster takes the farthest row, the next one the next. */
static void fill_empty(const segment_model *m, const segment_space *s, const kmeans_model *pass,
                       double *centres) {
  uint32_t used = 0;
  for (uint32_t j = 0; j < m->clusters; j++) {
    if (m->w[j] == 0 && used < pass->far_count) {
      for (uint32_t d = 0; d < s->items_count; d++) {
        centres[(size_t)j * s->items_count + d] = (double)pass->far_values[(size_t)used * s->items_count + d];
      }
      used++;
    }
  }
}

/* Takes the sums of a pass.  *GAINED is false when the rows are no nearer to their centres than after the
 * pass before: rounded coefficients may move a row between two equally near centres forever. */
static status take_pass(segment_model *m, const segment_space *s, const kmeans_model *pass, bool *gained,
                        error *err) {
  ratio *before = ratio_new(), *now = ratio_new();
  if (before == NULL || now == NULL) {
    ratio_destroy(before);
    ratio_destroy(now);
    return error_no_memory(err, "segment");
  }
  segment_model_within_all(m, s, before);
  take_sums(m, s, pass);
  segment_model_within_all(m, s, now);
  *gained = m->passes == 0 || any_is_empty(m) || ratio_compare(now, before) < 0;
  m->passes++;
  ratio_destroy(before);
  ratio_destroy(now);
  return STATUS_OK;
}

status segment_model_advance(segment_model *m, const segment_space *s, const kmeans_model *pass,
                             uint32_t passes_max, arena *a, error *err) {
  const size_t entries = (size_t)m->clusters * s->items_count;
  double *centres = ARENA_ARRAY(a, double, entries);
  int64_t *before = ARENA_ARRAY(a, int64_t, entries + m->clusters);
  if (centres == NULL || before == NULL) {
    return error_no_memory(err, "segment");
  }
  bool gained = true;
  TRY(take_pass(m, s, pass, &gained, err));
  if (!gained) {
    m->phase = MODEL_SETTLED;
    return STATUS_OK;
  }
  if (m->passes >= passes_max) {
    m->phase = MODEL_STOPPED;
    return STATUS_OK;
  }
  if (any_is_empty(m) && m->phase == MODEL_MOVING) {
    m->phase = MODEL_FARTHEST;
    return STATUS_OK;
  }
  memcpy(before, m->coefficients, (entries + m->clusters) * sizeof *before);
  segment_model_centres(m, s, centres);
  fill_empty(m, s, pass, centres);
  m->phase = segment_model_place(m, s, centres) ? MODEL_MOVING : MODEL_SETTLED;
  return STATUS_OK;
}

/* ---- Figures ------------------------------------------------------------------------------------- */

void segment_model_within(const segment_model *m, const segment_space *s, uint32_t cluster, ratio *out) {
  ratio *squares = ratio_new(), *spare = ratio_new();
  ratio_set_i64(out, 0);
  for (uint32_t d = 0; squares != NULL && spare != NULL && m->w[cluster] > 0 && d < s->items_count; d++) {
    const size_t at = (size_t)cluster * s->items_count + d;
    ratio_set_exact(squares, &m->x[at]);
    ratio_mul(squares, squares, squares);
    ratio_set_i128(spare, m->w[cluster]);
    ratio_div(squares, squares, spare);
    ratio_set_exact(spare, &m->xx[at]);
    ratio_sub(squares, spare, squares);
    segment_space_metric(s, d, spare);
    ratio_mul(squares, squares, spare);
    ratio_add(out, out, squares);
  }
  if (s->weighting != WEIGHTING_NONE) {
    ratio_scale10(out, -(int)s->weight_decimals);
  }
  ratio_destroy(squares);
  ratio_destroy(spare);
}

void segment_model_within_all(const segment_model *m, const segment_space *s, ratio *out) {
  ratio *one = ratio_new();
  ratio_set_i64(out, 0);
  for (uint32_t j = 0; one != NULL && j < m->clusters; j++) {
    segment_model_within(m, s, j, one);
    ratio_add(out, out, one);
  }
  ratio_destroy(one);
}

double segment_model_calinski(const segment_model *m, const segment_space *s) {
  ratio *within = ratio_new(), *between = ratio_new(), *rows = ratio_new(), *k = ratio_new();
  double figure = NAN;
  if (within != NULL && between != NULL && rows != NULL && k != NULL && m->clusters > 1) {
    segment_model_within_all(m, s, within);
    segment_space_total(s, between);
    ratio_sub(between, between, within);
    if (s->weighting == WEIGHTING_FREQUENCY) {
      segment_space_size(s, s->w, rows);
    } else {
      ratio_set_i64(rows, s->n);
    }
    ratio_set_i64(k, m->clusters);
    ratio_sub(rows, rows, k);
    ratio_mul(between, between, rows);
    ratio_set_i64(k, (int64_t)m->clusters - 1);
    ratio_mul(within, within, k);
    if (ratio_sign(within) > 0 && ratio_sign(rows) > 0) {
      ratio_div(between, between, within);
      figure = ratio_to_double(between);
    }
  }
  ratio_destroy(within);
  ratio_destroy(between);
  ratio_destroy(rows);
  ratio_destroy(k);
  return figure;
}

double segment_model_silhouette(const segment_model *m, uint32_t cluster) {
  exact s = {0};
  i128 w = 0;
  for (uint32_t j = 0; j < m->clusters; j++) {
    if (cluster == m->clusters || cluster == j) {
      exact_add(&s, &m->silhouettes[j].s);
      w += m->silhouettes[j].w;
    }
  }
  if (w == 0) {
    return NAN;
  }
  exact den = {0};
  exact_add_product(&den, w, (i128)1 << SILHOUETTE_BITS);
  return exact_ratio(&s, &den);
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

void segment_model_encode(const segment_model *m, uint32_t items_count, buf *out) {
  const size_t entries = (size_t)m->clusters * items_count;
  buf_put_varint(out, m->clusters);
  buf_put_u8(out, (uint8_t)m->phase);
  buf_put_varint(out, m->passes);
  for (size_t i = 0; i < entries + m->clusters; i++) {
    buf_put_signed(out, m->coefficients[i]);
  }
  for (uint32_t j = 0; j < m->clusters; j++) {
    buf_put_varint(out, (uint64_t)m->n[j]);
    buf_put_i128(out, m->w[j]);
    buf_put_varint(out, (uint64_t)m->silhouettes[j].n);
    buf_put_i128(out, m->silhouettes[j].w);
    buf_put_exact(out, &m->silhouettes[j].s);
  }
  for (size_t i = 0; i < entries; i++) {
    buf_put_exact(out, &m->x[i]);
    buf_put_exact(out, &m->xx[i]);
  }
}

status segment_model_decode(segment_model *m, arena *a, uint32_t items_count, reader *r, error *err) {
  const uint32_t clusters = (uint32_t)reader_count(r, CLUSTERS_MAX);
  TRY(segment_model_init(m, a, clusters, items_count, err));
  const size_t entries = (size_t)clusters * items_count;
  m->phase = (model_phase)reader_u8(r);
  m->passes = (uint32_t)reader_count(r, UINT32_MAX);
  for (size_t i = 0; i < entries + clusters; i++) {
    m->coefficients[i] = reader_signed(r);
  }
  for (uint32_t j = 0; j < clusters; j++) {
    m->n[j] = (int64_t)reader_count(r, INT64_MAX);
    m->w[j] = reader_i128(r);
    m->silhouettes[j].n = (int64_t)reader_count(r, INT64_MAX);
    m->silhouettes[j].w = reader_i128(r);
    reader_exact(r, &m->silhouettes[j].s);
  }
  for (size_t i = 0; i < entries; i++) {
    reader_exact(r, &m->x[i]);
    reader_exact(r, &m->xx[i]);
  }
  if (m->phase > MODEL_IMPOSSIBLE || clusters < 1) {
    reader_fail(r, "a model that cannot be");
  }
  return reader_status(r, "the state of a segmentation", err);
}

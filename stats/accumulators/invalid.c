/* INVALID: the texts of a variable's invalid cells, with their counts and first places; see accumulator.h for
 * which are kept. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/accumulators/value_hash.h"

enum { CHARACTER_BYTES_MAX = 4 };

static status invalid_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  enum { VARINT_BYTES_MAX = 10, VARINTS = 6, HASH_BYTES = 16 };
  static const accumulator_shape shape = {.variables_min = 1, .variables_max = 1, .forms = SHAPE_ANY};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->filter != PROGRAM_NONE || p->variables[a->variables[0]].kind >= VARIABLE_RECODE) {
    char title[256];
    accumulator_title(p, a, title, sizeof title);
    return error_set(err, STATUS_USAGE, "%s: it is of all cells of a variable that is read from a file",
                     title);
  }
  const uint64_t each = VARINTS * VARINT_BYTES_MAX + INVALID_TEXT_BYTES_MAX + HASH_BYTES;
  *bytes_max = 2 * VARINT_BYTES_MAX + INVALID_TEXTS_MAX * each;
  return STATUS_OK;
}

/* ---- Texts and their order ----------------------------------------------------------------------- */

/* At most INVALID_TEXT_BYTES_MAX bytes, cut before a character. */
static slice cut_text(slice s) {
  if (s.length > INVALID_TEXT_BYTES_MAX) {
    s.length = INVALID_TEXT_BYTES_MAX;
    while (s.length > INVALID_TEXT_BYTES_MAX - CHARACTER_BYTES_MAX &&
           ((unsigned char)s.bytes[s.length] & 0xC0) == 0x80) {
      s.length--;
    }
  }
  return s;
}

static bool has_digit(slice s) {
  for (size_t i = 0; i < s.length; i++) {
    if (s.bytes[i] >= '0' && s.bytes[i] <= '9') {
      return true;
    }
  }
  return false;
}

/* The order by which texts are kept; 0: the same text. */
static int compare_texts(const invalid_text *a, const invalid_text *b) {
  if (a->has_digit != b->has_digit) {
    return a->has_digit ? 1 : -1;
  }
  if (a->length != b->length) {
    return a->length < b->length ? -1 : 1;
  }
  const int order = slice_compare(a->first.text, b->first.text);
  if (order != 0) {
    return order;
  }
  for (int i = 0; i < 2; i++) {
    if (a->hash[i] != b->hash[i]) {
      return a->hash[i] < b->hash[i] ? -1 : 1;
    }
  }
  return 0;
}

static int compare_entries(const void *a, const void *b) {
  return compare_texts(a, b);
}

/* A shard that was counted twice has two places with one ordinal; then file and line decide. */
static bool is_before(const fact_place *a, const fact_place *b) {
  const uint64_t keys[2][3] = {{a->ordinal, a->file, a->line}, {b->ordinal, b->file, b->line}};
  for (int i = 0; i < 3; i++) {
    if (keys[0][i] != keys[1][i]) {
      return keys[0][i] < keys[1][i];
    }
  }
  return false;
}

/* ---- States -------------------------------------------------------------------------------------- */

static void free_texts(invalid_text *texts, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    free((char *)(uintptr_t)texts[i].first.text.bytes);
  }
  free(texts);
}

static void invalid_destroy(void *state) {
  invalid_state *s = state;
  if (s != NULL) {
    free_texts(s->texts, s->count);
    free(s);
  }
}

static status invalid_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  (void)a;
  *state = calloc(1, sizeof(invalid_state));
  return *state != NULL ? STATUS_OK : error_no_memory(err, "invalid cells");
}

/* Room for COUNT texts, of which the state then has none. */
static status make_room(invalid_state *s, uint64_t count, error *err) {
  s->texts = malloc((count + 1) * sizeof *s->texts);
  s->count = 0;
  return s->texts != NULL ? STATUS_OK : error_no_memory(err, "invalid cells");
}

/* Appends T with a copy of its text. */
static status add_text(invalid_state *s, const invalid_text *t, error *err) {
  char *copy = slice_copy(t->first.text);
  if (copy == NULL) {
    return error_no_memory(err, "invalid cells");
  }
  s->texts[s->count] = *t;
  s->texts[s->count++].first.text.bytes = copy;
  return STATUS_OK;
}

/* ---- Map ----------------------------------------------------------------------------------------- */

static invalid_text text_of(const stats_rows *rows, const invalid_cells *cells) {
  invalid_text t = {.first = {.ordinal = stats_rows_ordinal(rows, cells->first_row),
                              .file = rows->file,
                              .line = stats_rows_line(rows, cells->first_row),
                              .text = cut_text(cells->text)},
                    .length = cells->text.length,
                    .n = cells->cells};
  t.has_digit = has_digit(t.first.text);
  if (t.first.text.length < t.length) {
    const value_hash h = value_hash_of(cells->text.bytes, cells->text.length);
    t.hash[0] = h.high;
    t.hash[1] = h.low;
  }
  return t;
}

/* TEXTS, borrowed from the frame, become the state's. */
static status keep_first(invalid_state *s, invalid_text *texts, uint32_t count, error *err) {
  qsort(texts, count, sizeof *texts, compare_entries);
  const uint32_t kept = count < INVALID_TEXTS_MAX ? count : INVALID_TEXTS_MAX;
  TRY(make_room(s, kept, err));
  for (uint32_t i = 0; i < count; i++) {
    s->n += texts[i].n;
    if (i < kept) {
      TRY(add_text(s, &texts[i], err));
    }
  }
  return STATUS_OK;
}

static status invalid_map(frame *f, const program_accumulator *a, void **state, error *err) {
  const invalid_cells *cells;
  uint32_t count;
  void *made;
  TRY(frame_invalid(f, a->variables[0], &cells, &count, err));
  TRY(invalid_empty(frame_program(f), a, &made, err));
  status st = STATUS_OK;
  if (count > 0) {
    invalid_text *texts = malloc(count * sizeof *texts);
    st = texts != NULL ? STATUS_OK : error_no_memory(err, "invalid cells");
    for (uint32_t i = 0; texts != NULL && i < count; i++) {
      texts[i] = text_of(frame_source(f), &cells[i]);
    }
    if (st == STATUS_OK) {
      st = keep_first(made, texts, count, err);
    }
    free(texts);
  }
  return accumulator_give(st, made, invalid_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

/* The first texts of both, each once. */
static status merge_texts(const invalid_state *a, const invalid_state *b, invalid_state *out, error *err) {
  const uint64_t most = (uint64_t)a->count + b->count;
  uint32_t i = 0;
  uint32_t k = 0;
  TRY(make_room(out, most < INVALID_TEXTS_MAX ? most : INVALID_TEXTS_MAX, err));
  while (out->count < INVALID_TEXTS_MAX && (i < a->count || k < b->count)) {
    const int order = i == a->count ? 1 : k == b->count ? -1 : compare_texts(&a->texts[i], &b->texts[k]);
    invalid_text t = order <= 0 ? a->texts[i] : b->texts[k];
    if (order == 0) {
      TRY(accumulator_add_rows(&t.n, b->texts[k].n, err));
      t.first = is_before(&b->texts[k].first, &t.first) ? b->texts[k].first : t.first;
    }
    TRY(add_text(out, &t, err));
    i += order <= 0;
    k += order >= 0;
  }
  return STATUS_OK;
}

static status invalid_merge(void *into, const void *from, error *err) {
  invalid_state *s = into;
  const invalid_state *other = from;
  invalid_state merged = {.n = s->n};
  status st = accumulator_add_rows(&merged.n, other->n, err);
  if (st == STATUS_OK) {
    st = merge_texts(s, other, &merged, err);
  }
  if (st != STATUS_OK) {
    free_texts(merged.texts, merged.count);
    return st;
  }
  free_texts(s->texts, s->count);
  *s = merged;
  return STATUS_OK;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void invalid_encode(const void *state, buf *out) {
  const invalid_state *s = state;
  buf_put_varint(out, (uint64_t)s->n);
  buf_put_varint(out, s->count);
  for (uint32_t i = 0; i < s->count; i++) {
    const invalid_text *t = &s->texts[i];
    buf_put_varint(out, t->length);
    buf_put_slice(out, t->first.text);
    if (t->first.text.length < t->length) {
      buf_put_u64(out, t->hash[0]);
      buf_put_u64(out, t->hash[1]);
    }
    buf_put_varint(out, (uint64_t)t->n);
    buf_put_varint(out, t->first.ordinal);
    buf_put_varint(out, t->first.file);
    buf_put_varint(out, t->first.line);
  }
}

static void read_text(reader *r, invalid_text *t) {
  t->length = reader_varint(r);
  t->first.text = reader_slice(r, INVALID_TEXT_BYTES_MAX);
  if (t->length > INVALID_TEXT_BYTES_MAX) {
    if (t->first.text.length < INVALID_TEXT_BYTES_MAX - CHARACTER_BYTES_MAX) {
      reader_fail(r, "an invalid text that is cut too short");
    }
    t->hash[0] = reader_u64(r);
    t->hash[1] = reader_u64(r);
  } else if (t->first.text.length != t->length) {
    reader_fail(r, "an invalid text of another length");
  }
  t->has_digit = has_digit(t->first.text);
  t->n = reader_rows(r);
  t->first.ordinal = reader_varint(r);
  t->first.file = (uint32_t)reader_count(r, UINT32_MAX);
  t->first.line = reader_varint(r);
}

static status read_state(reader *r, invalid_state *s, error *err) {
  s->n = reader_rows(r);
  const uint64_t count = reader_count(r, INVALID_TEXTS_MAX);
  TRY(reader_status(r, "invalid cells", err));
  TRY(make_room(s, count, err));
  int64_t told = 0;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    invalid_text t = {.n = 0};
    read_text(r, &t);
    if (t.n == 0 || t.n > s->n - told || (i > 0 && compare_texts(&s->texts[i - 1], &t) >= 0)) {
      reader_fail(r, "invalid texts out of order");
    }
    told += t.n;
    if (r->problem == NULL) {
      TRY(add_text(s, &t, err));
    }
  }
  if (count < INVALID_TEXTS_MAX && told != s->n) {
    reader_fail(r, "invalid cells without a text");
  }
  return reader_status(r, "invalid cells", err);
}

static status invalid_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                             error *err) {
  void *made;
  TRY(invalid_empty(p, a, &made, err));
  const status st = read_state(r, made, err);
  return accumulator_give(st, made, invalid_destroy, state);
}

const accumulator_kind accumulator_invalid = {
    .id = ACCUMULATOR_INVALID,
    .name = "invalid",
    .summary = "the texts of a variable's invalid cells",
    .version = 3,
    .check = invalid_check,
    .empty = invalid_empty,
    .map = invalid_map,
    .merge = invalid_merge,
    .encode = invalid_encode,
    .decode = invalid_decode,
    .destroy = invalid_destroy,
};

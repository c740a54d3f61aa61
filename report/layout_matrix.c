/* Tables as matrices: columns[0] gives the lines, columns[1] the columns, columns[2] the cells.
 *
 * What else names a row (its group, its items) divides the table into one matrix each.  A matrix of the same
 * items in lines and columns that holds each pair once is a triangle. */
#include "report/layout.h"

#include <assert.h>
#include "report/sentence.h"

enum { SIDE_MAX = 400, PARTS_MAX = 1000, ROWS_MAX = 200000 };

/* Distinct cells of one side, in the order of their first appearance. */
typedef struct side {
  slice keys[SIDE_MAX];   /* canonical text */
  slice labels[SIDE_MAX]; /* as shown */
  size_t count;
} side;

typedef struct division {
  const document *d;
  const layout_table *table;
  const figure_column *line, *column, *cell;
  figure_column *others; /* key columns that divide the table */
  size_t others_count;
  slice *parts;          /* per row: what it belongs to */
  side *lines, *columns; /* of the part being made */
  bool is_square;
} division;

static slice canonical(const document *d, const json *cell) {
  buf text;
  buf_init(&text);
  json_write(cell, &text);
  slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

static size_t side_find(const side *s, slice key) {
  size_t i = 0;
  while (i < s->count && !slice_equal(s->keys[i], key)) {
    i++;
  }
  return i;
}

static bool side_add(side *s, slice key, slice label) {
  size_t i = side_find(s, key);
  if (i == s->count && s->count < SIDE_MAX) {
    s->keys[i] = key;
    s->labels[i] = label;
    s->count++;
  }
  return i < SIDE_MAX;
}

/* ---- What is divided by what --------------------------------------------------------------------- */

static bool find_columns(division *v) {
  const layout_table *t = v->table;
  v->others = ARENA_ARRAY(v->d->memory, figure_column, t->columns_count);
  v->parts = ARENA_ARRAY(v->d->memory, slice, t->rows_count);
  v->lines = ARENA_NEW(v->d->memory, side);
  v->columns = ARENA_NEW(v->d->memory, side);
  if (t->columns_count < 3 || v->others == NULL || v->parts == NULL || v->lines == NULL ||
      v->columns == NULL) {
    return false;
  }
  const figure_column *columns = layout_columns(v->d, t);
  v->line = &columns[0];
  v->column = &columns[1];
  v->cell = &columns[2];
  for (size_t c = 3; c < t->columns_count; c++) {
    if (columns[c].is_key && !columns[c].is_empty) {
      v->others[v->others_count++] = columns[c];
    }
  }
  return true;
}

static bool find_parts(division *v) {
  const layout_table *t = v->table;
  size_t changes = 0;
  for (size_t r = 0; r < t->rows_count; r++) {
    buf text;
    buf_init(&text);
    for (size_t k = 0; k < v->others_count; k++) {
      json_write(json_get(json_at(t->rows, r), v->others[k].key), &text);
      buf_put(&text, "\n", 1);
    }
    v->parts[r] = arena_slice(v->d->memory, (slice){(const char *)text.data, text.length});
    buf_fini(&text);
    changes += r == 0 || !slice_equal(v->parts[r], v->parts[r - 1]) ? 1 : 0;
  }
  return changes <= PARTS_MAX;
}

static bool is_first_of_part(const division *v, size_t r) {
  if (r > 0 && slice_equal(v->parts[r], v->parts[r - 1])) {
    return false;
  }
  for (size_t i = 0; i < r; i++) {
    if (slice_equal(v->parts[i], v->parts[r])) {
      return false;
    }
  }
  return true;
}

/* ---- One matrix ---------------------------------------------------------------------------------- */

/* The name of ROW's column; a bare number says of what: "Segment 2"; null means all together. */
static slice column_label(const division *v, const json *row) {
  slice label = figure_cell(v->d, v->column, row);
  json_kind kind = json_kind_of(json_get(row, v->column->key));
  if (!v->column->is_key && kind == JSON_NULL) {
    return v->table->whole;
  }
  if (v->column->is_key || (kind != JSON_INTEGER && kind != JSON_NUMBER)) {
    return label;
  }
  const sentence_place places[] = {{"title", v->column->title}, {"n", label}};
  return sentence_fill(v->d, "{title} {n}", places, 2);
}

static bool add_sides(division *v, const json *row) {
  return side_add(v->lines, canonical(v->d, json_get(row, v->line->key)), figure_cell(v->d, v->line, row)) &&
         side_add(v->columns, canonical(v->d, json_get(row, v->column->key)), column_label(v, row));
}

/* Where items are in lines and columns, both sides have them all. */
static bool make_square(division *v) {
  const bool are_items = v->line->format == TERM_ITEM && v->column->format == TERM_ITEM;
  bool fits = true;
  for (size_t i = 0; are_items && i < v->columns->count; i++) {
    v->is_square = v->is_square || side_find(v->lines, v->columns->keys[i]) < v->lines->count;
  }
  for (size_t i = 0; v->is_square && i < v->columns->count; i++) {
    fits = fits && side_add(v->lines, v->columns->keys[i], v->columns->labels[i]);
  }
  if (v->is_square) {
    *v->columns = *v->lines;
  }
  return fits;
}

static bool find_sides(division *v, slice part) {
  bool fits = true;
  v->lines->count = 0;
  v->columns->count = 0;
  v->is_square = false;
  for (size_t r = 0; fits && r < v->table->rows_count; r++) {
    if (slice_equal(v->parts[r], part)) {
      fits = add_sides(v, json_at(v->table->rows, r));
    }
  }
  return fits && make_square(v);
}

/* Cells of the part, line after line; NULL where there is none. */
static const json **place_cells(const division *v, slice part) {
  const json **cells = ARENA_ARRAY(v->d->memory, const json *, v->lines->count * v->columns->count);
  for (size_t r = 0; cells != NULL && r < v->table->rows_count; r++) {
    const json *row = json_at(v->table->rows, r);
    if (slice_equal(v->parts[r], part)) {
      size_t i = side_find(v->lines, canonical(v->d, json_get(row, v->line->key)));
      size_t j = side_find(v->columns, canonical(v->d, json_get(row, v->column->key)));
      if (i == v->lines->count || j == v->columns->count) {
        return NULL; /* they were there before: memory is out */
      }
      cells[i * v->columns->count + j] = row;
    }
  }
  return cells;
}

static bool holds_both_halves(const layout_matrix *m) {
  size_t n = m->lines_count;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < i; j++) {
      if (m->cells[i * n + j] != NULL && m->cells[j * n + i] != NULL) {
        return true;
      }
    }
  }
  return false;
}

static const slice *labels_of(const division *v, const side *s) {
  slice *labels = ARENA_ARRAY(v->d->memory, slice, s->count);
  for (size_t i = 0; labels != NULL && i < s->count; i++) {
    labels[i] = s->labels[i];
  }
  return labels;
}

/* The part whose first row is R; false when it does not fit. */
static bool make_matrix(division *v, size_t r, layout_matrix *out) {
  if (!find_sides(v, v->parts[r])) {
    return false;
  }
  *out = (layout_matrix){.first = json_at(v->table->rows, r),
                         .others = v->others,
                         .others_count = v->others_count,
                         .cell = v->cell,
                         .corner = v->line->title,
                         .lines = labels_of(v, v->lines),
                         .columns = labels_of(v, v->columns),
                         .lines_count = v->lines->count,
                         .columns_count = v->columns->count,
                         .cells = place_cells(v, v->parts[r]),
                         .is_square = v->is_square};
  out->is_triangle = out->cells != NULL && out->is_square && !holds_both_halves(out);
  return out->cells != NULL;
}

const layout_matrix *layout_matrices(const document *d, const layout_table *table, size_t *count) {
  division v = {.d = d, .table = table};
  *count = 0;
  if (table->rows_count > ROWS_MAX || !find_columns(&v) || !find_parts(&v)) {
    return NULL;
  }
  size_t parts = 0;
  for (size_t r = 0; r < table->rows_count; r++) {
    parts += is_first_of_part(&v, r) ? 1 : 0;
  }
  layout_matrix *out = ARENA_ARRAY(d->memory, layout_matrix, parts);
  size_t made = 0;
  for (size_t r = 0; out != NULL && r < table->rows_count; r++) {
    if (is_first_of_part(&v, r) && !make_matrix(&v, r, &out[made++])) {
      return NULL;
    }
  }
  *count = arena_failed(d->memory) ? 0 : made;
  return out;
}

const json *layout_matrix_row(const layout_matrix *m, size_t line, size_t column) {
  assert(line < m->lines_count && column < m->columns_count);
  const json *row = m->cells[line * m->columns_count + column];
  if (m->is_triangle && column > line) {
    return NULL;
  }
  return row == NULL && m->is_triangle && column < line ? m->cells[column * m->columns_count + line] : row;
}

/* Tables as matrices: columns[0] gives the lines, columns[1] the columns, columns[2] the cells.
 *
 * What else names a row (its group, its items) divides the table into one matrix each.  Long names of
 * columns become numbers, [1] [2] ..., with their legend in the lines or below the title.  A matrix of
 * the same items in lines and columns that holds each pair once is drawn as a triangle. */

#include "report/grid.h"
#include "report/sentence.h"
#include "report/text_table.h"
#include "stats/analyses/presentation.h"

enum { SIDE_MAX = 400, PARTS_MAX = 1000, ROWS_MAX = 200000, NAME_LINES_MAX = 3, FIGURE_COLUMNS = 6, GAP = 2 };

/* Distinct cells of one side, in the order of their first appearance. */
typedef struct side {
  slice keys[SIDE_MAX];   /* canonical text */
  slice labels[SIDE_MAX]; /* as shown */
  size_t count;
} side;

typedef struct matrix {
  const document *d;
  const json *rows;
  figure_column line, column, cell;
  figure_column *others; /* key columns that divide the table */
  size_t others_count;
  slice *parts; /* per row: what it belongs to */
  side *lines, *columns;
  bool is_square;
  slice whole; /* the name of the column of all others together */
} matrix;

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

static bool find_columns(matrix *m, const json *table) {
  const json *keys = json_get(table, "columns");
  size_t count = json_count(keys);
  m->others = ARENA_ARRAY(m->d->memory, figure_column, count);
  m->parts = ARENA_ARRAY(m->d->memory, slice, json_count(m->rows));
  m->lines = ARENA_NEW(m->d->memory, side);
  m->columns = ARENA_NEW(m->d->memory, side);
  if (count < 3 || m->others == NULL || m->parts == NULL || m->lines == NULL || m->columns == NULL) {
    return false;
  }
  figure_column *first_three[] = {&m->line, &m->column, &m->cell};
  for (size_t c = 0; c < count; c++) {
    figure_column column = figure_column_of(m->d, json_as_cstring(json_at(keys, c)), m->rows);
    if (c < 3) {
      *first_three[c] = column;
    } else if (column.is_key && !column.is_empty) {
      m->others[m->others_count++] = column;
    }
  }
  return true;
}

static bool find_parts(matrix *m) {
  size_t changes = 0;
  for (size_t r = 0; r < json_count(m->rows); r++) {
    buf text;
    buf_init(&text);
    for (size_t k = 0; k < m->others_count; k++) {
      json_write(json_get(json_at(m->rows, r), m->others[k].key), &text);
      buf_put(&text, "\n", 1);
    }
    m->parts[r] = arena_slice(m->d->memory, (slice){(const char *)text.data, text.length});
    buf_fini(&text);
    changes += r == 0 || !slice_equal(m->parts[r], m->parts[r - 1]) ? 1 : 0;
  }
  return changes <= PARTS_MAX;
}

/* ---- One matrix ---------------------------------------------------------------------------------- */

/* The name of ROW's column; a bare number says of what: "Segment 2"; null stands for all together. */
static slice column_label(const matrix *m, const json *row) {
  slice label = figure_cell(m->d, &m->column, row);
  json_kind kind = json_kind_of(json_get(row, m->column.key));
  if (!m->column.is_key && kind == JSON_NULL) {
    return m->whole;
  }
  if (m->column.is_key || (kind != JSON_INTEGER && kind != JSON_NUMBER)) {
    return label;
  }
  const sentence_place places[] = {{"title", m->column.title}, {"n", label}};
  return sentence_fill(m->d, "{title} {n}", places, 2);
}

static bool find_sides(matrix *m, slice part) {
  m->lines->count = 0;
  m->columns->count = 0;
  m->is_square = false;
  const json *rows = m->rows;
  bool fits = true;
  for (size_t r = 0; r < json_count(rows); r++) {
    if (slice_equal(m->parts[r], part)) {
      const json *row = json_at(rows, r);
      fits = fits && side_add(m->lines, canonical(m->d, json_get(row, m->line.key)),
                              figure_cell(m->d, &m->line, row));
      fits =
          fits && side_add(m->columns, canonical(m->d, json_get(row, m->column.key)), column_label(m, row));
    }
  }
  for (size_t i = 0;
       fits && m->line.format == TERM_ITEM && m->column.format == TERM_ITEM && i < m->columns->count; i++) {
    m->is_square = m->is_square || side_find(m->lines, m->columns->keys[i]) < m->lines->count;
  }
  for (size_t i = 0; m->is_square && i < m->columns->count; i++) {
    fits = fits && side_add(m->lines, m->columns->keys[i], m->columns->labels[i]);
  }
  if (m->is_square) {
    *m->columns = *m->lines;
  }
  return fits;
}

/* Cells of the part, line after line; NULL where there is none. */
static const json **place_cells(const matrix *m, slice part) {
  const json **cells = ARENA_ARRAY(m->d->memory, const json *, m->lines->count * m->columns->count);
  for (size_t r = 0; cells != NULL && r < json_count(m->rows); r++) {
    const json *row = json_at(m->rows, r);
    if (slice_equal(m->parts[r], part)) {
      size_t i = side_find(m->lines, canonical(m->d, json_get(row, m->line.key)));
      size_t j = side_find(m->columns, canonical(m->d, json_get(row, m->column.key)));
      cells[i * m->columns->count + j] = row;
    }
  }
  return cells;
}

static bool holds_both_halves(const matrix *m, const json *const *cells) {
  size_t n = m->lines->count;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < i; j++) {
      if (cells[i * n + j] != NULL && cells[j * n + i] != NULL) {
        return true;
      }
    }
  }
  return false;
}

static slice numbered(const matrix *m, size_t i, slice label) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "[%zu]%s", i + 1, label.length > 0 ? " " : "");
  buf_put(&text, label.bytes, label.length);
  slice copy = arena_slice(m->d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

/* Do the names of the columns fit, folded to a few lines, beside two fifths of the page for the lines? */
static bool names_are_long(const matrix *m, size_t page) {
  size_t width = page * 2 / 5;
  for (size_t j = 0; j < m->columns->count; j++) {
    slice label = m->columns->labels[j];
    size_t own = grid_title_width(label);
    width += (own < FIGURE_COLUMNS ? FIGURE_COLUMNS : own) + GAP;
    if (pen_fold_count(label, own) > NAME_LINES_MAX) {
      return true;
    }
  }
  return width > page;
}

static void write_legend(const matrix *m, const pen *p, size_t indent) {
  buf legend;
  buf_init(&legend);
  for (size_t j = 0; j < m->columns->count; j++) {
    slice entry = numbered(m, j, m->columns->labels[j]);
    buf_put(&legend, "  ", j > 0 ? 2 : 0);
    buf_put(&legend, entry.bytes, entry.length);
  }
  slice text = arena_slice(m->d->memory, (slice){(const char *)legend.data, legend.length});
  buf_fini(&legend);
  pen_paragraph(p, PEN_PLAIN, indent, "", text);
}

static grid *build_grid(const matrix *m, const json *const *cells, bool by_number) {
  size_t n = m->columns->count;
  grid_column *plan = ARENA_ARRAY(m->d->memory, grid_column, n + 1);
  if (plan == NULL) {
    return NULL;
  }
  plan[0] = (grid_column){m->line.title, GRID_TEXT, true, false, 0};
  for (size_t j = 0; j < n; j++) {
    slice title = by_number ? numbered(m, j, slice_of("")) : m->columns->labels[j];
    plan[j + 1] = (grid_column){title, GRID_FIGURE, false, false, 0};
  }
  bool is_triangle = m->is_square && !holds_both_halves(m, cells);
  grid *g = grid_new(m->d->memory, plan, n + 1, m->lines->count);
  for (size_t i = 0; i < m->lines->count; i++) {
    slice label = m->lines->labels[i];
    grid_set(g, i, 0, by_number && m->is_square ? numbered(m, i, label) : label);
    for (size_t j = 0; j < n; j++) {
      const json *row = cells[i * n + j];
      if (is_triangle && row == NULL && j < i) {
        row = cells[j * n + i];
      }
      bool is_hidden = row == NULL || (is_triangle && j > i);
      slice empty = slice_of(m->is_square && i == j ? "·" : "");
      grid_set(g, i, j + 1, is_hidden ? empty : figure_cell(m->d, &m->cell, row));
    }
  }
  return g;
}

static void write_part_title(const matrix *m, const pen *p, size_t indent, const json *row) {
  for (size_t k = 0; k < m->others_count; k++) {
    bool is_group = m->others[k].format == TERM_GROUP;
    pen_blanks(p, k == 0 ? indent : 2);
    if (!is_group || m->others[k].group_of.length > 0) {
      pen_text(p, PEN_DIM, m->others[k].title);
      pen_text(p, PEN_DIM, document_word(m->d, WORD_COLON));
    }
    pen_text(p, PEN_PLAIN, figure_cell(m->d, &m->others[k], row));
  }
  if (m->others_count > 0) {
    pen_line_end(p);
  }
}

static bool is_first_of_part(const matrix *m, size_t r) {
  for (size_t i = 0; i < r; i++) {
    if (slice_equal(m->parts[i], m->parts[r])) {
      return false;
    }
  }
  return true;
}

/* As the analysis' presentation names it; in a table that this version does not know, as a total. */
static slice whole_of(const document *d, const json *section, const json *table) {
  const analysis_presentation *p = analysis_presentation_of(json_as_text(json_get(section, "analysis")));
  const presentation_table *told = presentation_table_of(p, json_as_text(json_get(table, "name")));
  return told != NULL && told->whole != NULL ? figure_title(d, told->whole) : document_word(d, WORD_TOTAL);
}

/* With P a dry run when it is NULL: can all parts be drawn? */
static bool walk_parts(matrix *m, const pen *p, size_t indent) {
  for (size_t r = 0; r < json_count(m->rows); r++) {
    bool is_candidate = r == 0 || !slice_equal(m->parts[r], m->parts[r - 1]);
    if (!is_candidate || !is_first_of_part(m, r)) {
      continue;
    }
    if (!find_sides(m, m->parts[r])) {
      return false;
    }
    const json **cells = p == NULL ? NULL : place_cells(m, m->parts[r]);
    if (cells == NULL) {
      continue;
    }
    bool by_number = names_are_long(m, p->columns - indent);
    if (r > 0) {
      pen_line_end(p);
    }
    write_part_title(m, p, indent, json_at(m->rows, r));
    if (by_number && !m->is_square) {
      write_legend(m, p, indent);
    }
    grid_write(build_grid(m, cells, by_number), p, indent, true, document_word(m->d, WORD_PANEL));
  }
  return true;
}

bool text_matrix_write(const document *d, const pen *p, size_t indent, const json *section,
                       const json *table) {
  matrix m = {.d = d, .rows = json_get(table, "rows"), .whole = whole_of(d, section, table)};
  if (json_count(m.rows) > ROWS_MAX || !find_columns(&m, table) || !find_parts(&m) ||
      !walk_parts(&m, NULL, 0)) {
    return false;
  }
  return walk_parts(&m, p, indent);
}

/* Laying out a grid: widths first, then panels, then lines. */
#include "report/grid.h"

#include <assert.h>
#include <string.h>

enum {
  GAP = 2,
  FOLD_LINES_MAX = 3,
  TEXT_COLUMNS_MIN = 8,
  TITLE_COLUMNS = 10,
  WORD_COLUMNS_MAX = 16,
  ONE_LINE_COLUMNS = 28
};

typedef struct extent {
  size_t width; /* of the column */
  size_t left;  /* GRID_FIGURE: columns before the decimal mark ... */
  size_t right; /* ... and from it on */
} extent;

struct grid {
  grid_column *columns;
  extent *extents;
  size_t *narrowest;   /* per key column: the least width */
  size_t *shown_lines; /* per column: lines of the key that are above the row being written */
  slice *cells;        /* row after row */
  size_t columns_count;
  size_t rows_count;
  size_t keys_count; /* leading key columns */
};

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}
static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

grid *grid_new(arena *memory, const grid_column *columns, size_t columns_count, size_t rows_count) {
  grid *g = ARENA_NEW(memory, grid);
  size_t cells = 0;
  if (g == NULL || __builtin_mul_overflow(columns_count, rows_count, &cells)) {
    return NULL;
  }
  g->columns = ARENA_ARRAY(memory, grid_column, columns_count);
  g->extents = ARENA_ARRAY(memory, extent, columns_count);
  g->narrowest = ARENA_ARRAY(memory, size_t, columns_count);
  g->shown_lines = ARENA_ARRAY(memory, size_t, columns_count);
  g->cells = ARENA_ARRAY(memory, slice, cells);
  if (g->columns == NULL || g->extents == NULL || g->narrowest == NULL || g->shown_lines == NULL ||
      g->cells == NULL) {
    return NULL;
  }
  memcpy(g->columns, columns, columns_count * sizeof *columns);
  g->columns_count = columns_count;
  g->rows_count = rows_count;
  while (g->keys_count < columns_count && columns[g->keys_count].is_key) {
    g->keys_count++;
  }
  return g;
}

void grid_set(grid *g, size_t row, size_t column, slice text) {
  if (g != NULL) {
    assert(row < g->rows_count && column < g->columns_count);
    g->cells[row * g->columns_count + column] = text;
  }
}

static slice cell_at(const grid *g, size_t row, size_t column) {
  return g->cells[row * g->columns_count + column];
}

/* ---- Widths -------------------------------------------------------------------------------------- */

/* Texts without a digit among figures, such as the dash of a missing one, are right-aligned. */
static bool has_digit(slice text) {
  for (size_t i = 0; i < text.length; i++) {
    if (text.bytes[i] >= '0' && text.bytes[i] <= '9') {
      return true;
    }
  }
  return false;
}

static size_t before_mark(slice figure) {
  const char *mark = figure.length == 0 ? NULL : memchr(figure.bytes, '.', figure.length);
  return text_width(mark == NULL ? figure : (slice){figure.bytes, (size_t)(mark - figure.bytes)});
}

static extent measure(const grid *g, size_t column) {
  extent e = {0, 0, 0};
  size_t widest = 0;
  for (size_t row = 0; row < g->rows_count; row++) {
    slice text = cell_at(g, row, column);
    size_t width = text_width(text);
    widest = larger(widest, width);
    if (has_digit(text)) {
      size_t left = before_mark(text);
      e.left = larger(e.left, left);
      e.right = larger(e.right, width - left);
    }
  }
  e.width = g->columns[column].align == GRID_FIGURE ? larger(widest, e.left + e.right) : widest;
  return e;
}

size_t grid_title_width(slice title) {
  return larger(smaller(text_width(title), TITLE_COLUMNS), pen_word_width(title));
}

/* A key column is at least so wide that few words break. */
static size_t narrowest_key(const grid *g, size_t column) {
  size_t word = 0;
  if (g->columns[column].lines_max == 1) {
    return smaller(g->extents[column].width, ONE_LINE_COLUMNS);
  }
  for (size_t row = 0; row < g->rows_count; row++) {
    word = larger(word, pen_word_width(cell_at(g, row, column)));
  }
  return smaller(g->extents[column].width, larger(TEXT_COLUMNS_MIN, smaller(word, WORD_COLUMNS_MAX)));
}

/* Narrows the keys, the widest first, until all columns fit, or else until the keys take half of the page. */
static void narrow_keys(const grid *g, size_t page) {
  size_t others = 0;
  for (size_t c = g->keys_count; c < g->columns_count; c++) {
    others += g->extents[c].width + GAP;
  }
  size_t total = 0;
  size_t least = 0;
  for (size_t k = 0; k < g->keys_count; k++) {
    g->narrowest[k] = narrowest_key(g, k);
    total += g->extents[k].width + GAP;
    least += g->narrowest[k] + GAP;
  }
  size_t allowed = least + others <= page + GAP ? page + GAP - others : page / 2;
  while (total > allowed) {
    size_t widest = g->keys_count;
    for (size_t k = 0; k < g->keys_count; k++) {
      bool can_give = g->extents[k].width > g->narrowest[k];
      bool is_wider = widest == g->keys_count || g->extents[k].width > g->extents[widest].width;
      widest = can_give && is_wider ? k : widest;
    }
    if (widest == g->keys_count) {
      return;
    }
    g->extents[widest].width--;
    total--;
  }
}

static void measure_all(const grid *g, size_t page, bool header) {
  for (size_t c = 0; c < g->columns_count; c++) {
    g->extents[c] = measure(g, c);
    g->extents[c].width = larger(g->extents[c].width, header ? grid_title_width(g->columns[c].title) : 0);
    if (c >= g->keys_count && g->columns[c].align == GRID_TEXT) {
      g->extents[c].width = smaller(g->extents[c].width, larger(page * 2 / 5, TEXT_COLUMNS_MIN));
    }
  }
  narrow_keys(g, page);
}

/* ---- Lines --------------------------------------------------------------------------------------- */

/* A line being written: blanks are held back until something follows them, so that no line ends in blanks. */
typedef struct line_state {
  const pen *p;
  size_t owed;
} line_state;

/* Writes TEXT (and an ellipsis when CUT) SHIFT columns into a column of WIDTH. */
static void put_part(line_state *line, pen_style style, size_t width, size_t shift, slice text, bool cut) {
  size_t used = shift + text_width(text) + (cut ? 1 : 0);
  if (text.length == 0 && !cut) {
    line->owed += width + GAP;
    return;
  }
  pen_blanks(line->p, line->owed + shift);
  pen_text(line->p, style, text);
  pen_words(line->p, style, cut ? "…" : "");
  line->owed = width + GAP > used ? width + GAP - used : 1;
}

/* Columns of a panel: the keys and [FIRST, END). */
typedef struct panel {
  size_t first, end;
} panel;

static size_t next_column(const grid *g, panel part, size_t column) {
  return column + 1 == g->keys_count ? part.first : column + 1;
}

static size_t first_column(const grid *g, panel part) {
  return g->keys_count > 0 ? 0 : part.first;
}

/* Are all keys but the last those of the row above?  Where one changes, all are written again, so that no
 * reader must look for them further up; the last always stands. */
static bool is_repeated_key(const grid *g, size_t row, size_t column) {
  if (row == 0 || row >= g->rows_count || column + 1 >= g->keys_count) {
    return false;
  }
  for (size_t c = 0; c + 1 < g->keys_count; c++) {
    if (!slice_equal(cell_at(g, row, c), cell_at(g, row - 1, c))) {
      return false;
    }
  }
  return true;
}

/* The LINE-th line of a folded text; CUT when it is the last one and text is left. */
static slice folded_line(slice text, size_t width, size_t line, bool is_last, bool *cut) {
  assert(width > 0);
  slice rest = text;
  for (size_t i = 0; i < line && rest.length > 0; i++) {
    (void)pen_fold(&rest, width);
  }
  slice whole = rest;
  slice part = pen_fold(&rest, width);
  *cut = is_last && rest.length > 0;
  return *cut ? text_fit(whole, width - 1) : part;
}

/* A one-line text with nothing after it may be as wide as the page. */
static bool may_spill(const grid *g, panel part, size_t row, size_t column) {
  if (g->columns[column].lines_max != 1) {
    return false;
  }
  for (size_t c = next_column(g, part, column); c < part.end; c = next_column(g, part, c)) {
    if (cell_at(g, row, c).length > 0) {
      return false;
    }
  }
  return true;
}

static void write_row_line(const grid *g, const pen *p, size_t indent, panel part, size_t row, size_t line,
                           size_t lines) {
  line_state state = {p, indent};
  for (size_t c = first_column(g, part); c < part.end; c = next_column(g, part, c)) {
    const grid_column *column = &g->columns[c];
    extent e = g->extents[c];
    slice text = cell_at(g, row, c);
    size_t shift = 0;
    bool is_cut = false;
    if (column->align == GRID_FIGURE) {
      text = line == 0 ? text : slice_of("");
      assert(e.width >= (has_digit(text) ? e.right + before_mark(text) : text_width(text)));
      shift = has_digit(text) ? e.width - e.right - before_mark(text) : e.width - text_width(text);
    } else if (e.width > 0) {
      bool is_last = line + 1 == lines && !is_repeated_key(g, row + 1, c);
      size_t width = may_spill(g, part, row, c) ? p->columns - indent : e.width;
      text = folded_line(text, width, g->shown_lines[c] + line, is_last, &is_cut);
    }
    pen_style style = column->is_bold ? PEN_BOLD : PEN_PLAIN;
    put_part(&state, style, e.width, shift, text, is_cut);
  }
  pen_line_end(p);
}

static size_t lines_max(const grid_column *column) {
  return column->lines_max == 0 ? FOLD_LINES_MAX : column->lines_max;
}

/* Lines that ROW needs.  A folded key goes on beside the rows that repeat it. */
static size_t row_lines(const grid *g, panel part, size_t row) {
  size_t lines = 1;
  for (size_t c = first_column(g, part); c < part.end; c = next_column(g, part, c)) {
    if (g->columns[c].align == GRID_TEXT && !is_repeated_key(g, row + 1, c)) {
      size_t all =
          smaller(pen_fold_count(cell_at(g, row, c), g->extents[c].width), lines_max(&g->columns[c]));
      lines = larger(lines, all > g->shown_lines[c] ? all - g->shown_lines[c] : 0);
    }
  }
  return lines;
}

static bool is_same_over(const grid *g, size_t a, size_t b) {
  return g->columns[a].over.length > 0 && slice_equal(g->columns[a].over, g->columns[b].over);
}

/* The end of the columns from C on, in the panel, that are of the same; *WIDTH is theirs together. */
static size_t over_end(const grid *g, panel part, size_t c, size_t *width) {
  size_t end = c;
  *width = 0;
  for (; end < part.end && (end == c || is_same_over(g, end, c)); end++) {
    *width += g->extents[end].width + (end > c ? GAP : 0);
  }
  return end;
}

/* What the columns are of, over those of them that are in the panel. */
static void write_over(const grid *g, const pen *p, size_t indent, panel part) {
  size_t lines = 0, width = 0;
  for (size_t c = part.first, end = c; c < part.end; c = end) {
    end = over_end(g, part, c, &width);
    lines = g->columns[c].over.length == 0 ? lines : larger(lines, pen_fold_count(g->columns[c].over, width));
  }
  lines = smaller(lines, FOLD_LINES_MAX);
  for (size_t line = 0; line < lines; line++) {
    line_state state = {p, indent};
    for (size_t k = 0; k < g->keys_count; k++) {
      state.owed += g->extents[k].width + GAP;
    }
    for (size_t c = part.first, end = c; c < part.end; c = end) {
      bool is_cut = false;
      end = over_end(g, part, c, &width);
      const slice text = folded_line(g->columns[c].over, width, line, line + 1 == lines, &is_cut);
      put_part(&state, PEN_DIM, width, 0, text, is_cut);
    }
    pen_line_end(p);
  }
}

/* Titles are at the bottom of the header, over figures to the right. */
static void write_header(const grid *g, const pen *p, size_t indent, panel part) {
  size_t lines = 1;
  size_t width = 0;
  write_over(g, p, indent, part);
  for (size_t c = first_column(g, part); c < part.end; c = next_column(g, part, c)) {
    lines = larger(lines, pen_fold_count(g->columns[c].title, g->extents[c].width));
    width += g->extents[c].width + GAP;
  }
  for (size_t line = 0; line < lines; line++) {
    line_state state = {p, indent};
    for (size_t c = first_column(g, part); c < part.end; c = next_column(g, part, c)) {
      extent e = g->extents[c];
      slice rest = g->columns[c].title;
      size_t blank_lines = lines - pen_fold_count(rest, e.width);
      slice text = slice_of("");
      for (size_t i = blank_lines; i <= line; i++) {
        text = pen_fold(&rest, e.width);
      }
      bool is_figure = g->columns[c].align == GRID_FIGURE;
      size_t shift = is_figure ? e.width - smaller(e.width, text_width(text)) : 0;
      put_part(&state, PEN_BOLD, e.width, shift, text, false);
    }
    pen_line_end(p);
  }
  pen_blanks(p, indent);
  pen_repeat(p, PEN_DIM, "─", width > GAP ? width - GAP : 0);
  pen_line_end(p);
}

static void write_panel(const grid *g, const pen *p, size_t indent, panel part, bool header) {
  if (header) {
    write_header(g, p, indent, part);
  }
  for (size_t row = 0; row < g->rows_count; row++) {
    size_t lines = row_lines(g, part, row);
    for (size_t line = 0; line < lines; line++) {
      write_row_line(g, p, indent, part, row, line, lines);
    }
    for (size_t k = 0; k < g->keys_count; k++) {
      g->shown_lines[k] = is_repeated_key(g, row + 1, k) ? g->shown_lines[k] + lines : 0;
    }
  }
}

static size_t page_columns(const pen *p, size_t indent) {
  return p->columns > indent + 20 ? p->columns - indent : 20;
}

size_t grid_width(const grid *g, const pen *p, size_t indent, bool header) {
  size_t width = 0;
  if (g == NULL) {
    return 0;
  }
  measure_all(g, page_columns(p, indent), header);
  for (size_t c = 0; c < g->columns_count; c++) {
    width += g->extents[c].width + GAP;
  }
  return width;
}

/* The end of a panel from FIRST that could go on to END: where what the columns are of changes, if it does.
 */
static size_t break_between(const grid *g, size_t first, size_t end) {
  size_t at = end;
  while (at > first && is_same_over(g, at - 1, at)) {
    at--;
  }
  return at > first ? at : end;
}

void grid_write(const grid *g, const pen *p, size_t indent, bool header, slice continued) {
  if (g == NULL || g->columns_count == 0) {
    return;
  }
  size_t page = page_columns(p, indent);
  measure_all(g, page, header);
  size_t keys_width = 0;
  for (size_t k = 0; k < g->keys_count; k++) {
    keys_width += g->extents[k].width + GAP;
  }
  size_t first = g->keys_count;
  do {
    size_t end = first;
    size_t width = keys_width;
    while (end < g->columns_count && (end == first || width + g->extents[end].width <= page)) {
      width += g->extents[end].width + GAP;
      end++;
    }
    end = end < g->columns_count ? break_between(g, first, end) : end;
    if (first > g->keys_count) {
      pen_line_end(p);
      pen_blanks(p, indent);
      pen_text(p, PEN_DIM, continued);
      pen_line_end(p);
    }
    write_panel(g, p, indent, (panel){first, end}, header);
    first = end;
  } while (header && first < g->columns_count);
}

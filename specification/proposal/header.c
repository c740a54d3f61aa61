#include "specification/proposal/header.h"

#include <stdio.h>
#include <string.h>

#include "reading/raw.h"
#include "reading/standard_input.h"
#include "specification/proposal/dates.h"
#include "specification/proposal/numerals.h"

enum {
  ROWS_LOOKED_AT = 14,
  TITLES_COMPARED = 64,
  TITLES_PER_ANSWER = 3,  /* at most one of so many titles is also an answer */
  ROWS_BELOW = 3,         /* records behind a header that tell whether it has a second row */
  WIDTH_MIN = 3,          /* columns of a table that may have a title above it */
  WIDTH_WIDE = 5,         /* and of one that may have two cells above it */
  SMALL_BYTES = 16 << 20, /* a larger file is opened again only where its first record is not a header */
  SMALL_WORKBOOK_BYTES = 1 << 20,
};

typedef struct record {
  slice *cells;
  uint32_t count, filled, different, numbers;
  uint32_t skip; /* lines before it */
} record;

typedef struct records {
  const reading_options *options;
  const char *path;
  arena *memory;
  record at[ROWS_LOOKED_AT];
  uint32_t count, next; /* lines */
  bool ended;
} records;

/* ---- Records ------------------------------------------------------------------------------------- */

static bool is_value(slice text) {
  numeral n;
  numeral_read(text, &n);
  return n.plain || n.comma || n.dressed || date_ways_of(text, n.plain, NULL) != 0;
}

/* As the file has it: without the number that tells equal titles apart, and empty where there is none. */
static slice written(slice name, uint32_t column) {
  char none[32];
  (void)snprintf(none, sizeof none, "column_%u", column + 1);
  if (slice_equal(name, slice_of(none))) {
    return (slice){"", 0};
  }
  size_t at = name.length;
  while (at > 0 && name.bytes[at - 1] >= '0' && name.bytes[at - 1] <= '9') {
    at--;
  }
  const bool is_numbered =
      at > 2 && at < name.length && name.bytes[at - 1] == '#' && name.bytes[at - 2] == ' ';
  return is_numbered ? (slice){name.bytes, at - 2} : name;
}

static bool take_record(records *r, const manifest *m, record *out) {
  *out = (record){.cells = ARENA_ARRAY(r->memory, slice, (size_t)m->columns_count + 1),
                  .count = m->columns_count};
  for (uint32_t i = 0; out->cells != NULL && i < out->count; i++) {
    const slice cell = written(m->columns[i].name, i);
    out->cells[i] = arena_slice(r->memory, cell);
    bool is_new = cell.length > 0;
    for (uint32_t k = 0; k < i && k < WIDTH_WIDE && is_new; k++) {
      is_new = !slice_equal(out->cells[k], cell);
    }
    is_new = is_new && (i == 0 || !slice_equal(out->cells[i - 1], cell));
    out->filled += cell.length > 0;
    out->different += is_new;
    out->numbers += cell.length > 0 && is_value(cell);
  }
  return !arena_failed(r->memory);
}

static bool is_same(const record *a, const record *b) {
  bool same = a->count == b->count;
  for (uint32_t i = 0; same && i < a->count; i++) {
    same = slice_equal(a->cells[i], b->cells[i]);
  }
  return same;
}

/* The next record; a blank line is passed over, so the one behind it is seen twice. */
static status look(records *r, error *err) {
  while (!r->ended && r->count < ROWS_LOOKED_AT) {
    manifest *m = NULL;
    error none;
    reading_options o = *r->options;
    o.header = (reading_header_rows){.skip = r->next, .rows = 1};
    if (strcmp(r->path, "-") == 0) {
      TRY(standard_input_rewind(err));
    }
    const status st = reading_header(&o, r->path, &m, NULL, &none);
    if (st == STATUS_NO_MEMORY || st == STATUS_INTERRUPTED) {
      *err = none;
      return st;
    }
    r->ended = st != STATUS_OK; /* there are no more, or they are none that a header can be */
    if (r->ended) {
      return STATUS_OK;
    }
    record *found = &r->at[r->count];
    const bool well = take_record(r, m, found);
    manifest_destroy(m);
    if (!well) {
      return error_no_memory(err, r->path);
    }
    found->skip = r->next++;
    if (r->count == 0 || !is_same(found, found - 1)) {
      r->count++;
      return STATUS_OK;
    }
  }
  return STATUS_OK;
}

static status look_at(records *r, uint32_t count, error *err) {
  for (uint32_t before = r->count; r->count < count && !r->ended && r->count < ROWS_LOOKED_AT;) {
    TRY(look(r, err));
    if (r->count == before) {
      break;
    }
    before = r->count;
  }
  return STATUS_OK;
}

/* ---- Titles above -------------------------------------------------------------------------------- */

static uint32_t width_of(const records *r) {
  uint32_t width = 0;
  for (uint32_t i = 0; i < r->count; i++) {
    width = r->at[i].count > width ? r->at[i].count : width;
  }
  return width;
}

static bool is_above(const record *row, uint32_t width) {
  return (width >= WIDTH_MIN && row->different <= 1) || (width >= WIDTH_WIDE && row->different <= 2);
}

static bool is_header(const record *row, uint32_t width) {
  return row->different >= 2 && row->count * 2 > width && row->filled * 2 >= row->count &&
         row->numbers * 5 <= row->filled;
}

/* How many of the cells in the rows below the titles are titles of other columns; UINT32_MAX: one is that of
 * its own column, which then has no title. */
static uint32_t count_titles_below(const records *r, uint32_t first) {
  const record *titles = &r->at[first];
  bool found[TITLES_COMPARED] = {false};
  uint32_t count = 0;
  for (uint32_t i = first + 1; i < r->count; i++) {
    const record *row = &r->at[i];
    for (uint32_t k = 0; k < row->count; k++) {
      for (uint32_t t = 0; t < titles->count && t < TITLES_COMPARED && row->cells[k].length > 0; t++) {
        const bool is_same_text = slice_equal(row->cells[k], titles->cells[t]);
        const bool is_second = i == first + 1 && k == t; /* a title of two rows */
        if (is_same_text && k == t && !is_second) {
          return UINT32_MAX;
        }
        count += is_same_text && !is_second && !found[t];
        found[t] = found[t] || (is_same_text && !is_second);
      }
    }
  }
  return count;
}

/* Titles are no answers: they do not stand in the records below, which have as many cells; but an option may
 * have the name of another column.  Above a table with delimiters stands a line without any: then one of its
 * cells is a number or a date. */
static bool is_above_answers(const records *r, uint32_t first) {
  const record *titles = &r->at[first];
  bool has_value = false;
  bool well = first + 1 < r->count;
  for (uint32_t i = first + 1; i < r->count && well; i++) {
    well = r->at[i].count == titles->count;
    has_value = has_value || r->at[i].numbers > 0;
  }
  const uint32_t below = well ? count_titles_below(r, first) : UINT32_MAX;
  return below != UINT32_MAX && below * TITLES_PER_ANSWER <= titles->filled &&
         (has_value || r->at[0].count > 1);
}

static void put_line(const record *row, header_finding *out) {
  slice before = {"", 0};
  for (uint32_t i = 0; i < row->count; i++) {
    if (row->cells[i].length > 0 && !slice_equal(row->cells[i], before)) {
      const size_t used = strlen(out->above);
      const slice shown = text_cut(row->cells[i], HEADER_TEXT_BYTES / 4);
      (void)snprintf(out->above + used, sizeof out->above - used, "%s%.*s", used > 0 ? " · " : "",
                     SLICE_ARG(shown));
      out->above[text_utf8_check(out->above, strlen(out->above))] = '\0';
      before = row->cells[i];
    }
  }
}

/* The record with the titles; 0: the first one, or none. */
static status find_titles(records *r, header_finding *out, uint32_t *first, error *err) {
  TRY(look_at(r, 2, err));
  uint32_t at = 0;
  *first = 0;
  while (at + 1 < r->count && is_above(&r->at[at], width_of(r))) {
    at++;
    TRY(look_at(r, at + 2, err));
  }
  TRY(at > 0 ? look_at(r, at + 2 + ROWS_BELOW, err) : STATUS_OK);
  if (at == 0 || at >= r->count || is_above(&r->at[at], width_of(r)) || !is_header(&r->at[at], width_of(r)) ||
      !is_above_answers(r, at)) {
    return STATUS_OK;
  }
  *first = at;
  out->skip = r->at[at].skip;
  const slice title = r->at[0].different == 1 ? r->at[0].cells[0] : (slice){"", 0};
  (void)snprintf(out->title, sizeof out->title, "%.*s", SLICE_ARG(text_cut(title, sizeof out->title - 1)));
  for (uint32_t i = 0; i < at; i++) {
    out->lines += r->at[i].filled > 0;
    put_line(&r->at[i], out);
  }
  return STATUS_OK;
}

/* ---- A second row -------------------------------------------------------------------------------- */

typedef struct second_row {
  uint32_t spans, spans_told;   /* columns that share a title, and those of them with a text below it */
  uint32_t single, single_same; /* others, and those with nothing or the same below */
  uint32_t texts, numbers;      /* of the second row */
  uint32_t contrasts;           /* columns of numbers or dates, but for its text */
} second_row;

static slice cell_of(const record *row, uint32_t column) {
  return column < row->count ? row->cells[column] : (slice){"", 0};
}

static bool is_gap(const record *row, uint32_t column) {
  const slice cell = cell_of(row, column);
  return cell.length == 0 || (column > 0 && slice_equal(cell, cell_of(row, column - 1)));
}

/* All cells below that are not empty are numbers or dates, and one is. */
static bool has_contrast(const records *r, uint32_t first, uint32_t column) {
  bool any = false;
  for (uint32_t i = first; i < r->count; i++) {
    const slice cell = cell_of(&r->at[i], column);
    if (cell.length > 0 && !is_value(cell)) {
      return false;
    }
    any = any || cell.length > 0;
  }
  return any;
}

/* TITLES, and BELOW, which the record before NEXT is. */
static second_row compare_rows(const records *r, const record *titles, const record *below, uint32_t next) {
  second_row s = {.spans = 0};
  const uint32_t width = titles->count > below->count ? titles->count : below->count;
  for (uint32_t i = 0; i < width; i++) {
    const slice cell = cell_of(below, i);
    const bool is_text = cell.length > 0 && !is_value(cell);
    const bool is_span = is_gap(titles, i) || (i + 1 < width && is_gap(titles, i + 1));
    s.spans += is_span;
    s.spans_told += is_span && is_text;
    s.single += !is_span;
    s.single_same += !is_span && (cell.length == 0 || slice_equal(cell, cell_of(titles, i)));
    s.texts += is_text;
    s.numbers += cell.length > 0 && !is_text;
    s.contrasts += is_text && !slice_equal(cell, cell_of(titles, i)) && has_contrast(r, next, i);
  }
  return s;
}

static void put_pair(const records *r, uint32_t first, header_finding *out) {
  const record *titles = &r->at[first];
  slice over = {"", 0};
  for (uint32_t i = 0; i < titles->count; i++) {
    const slice below = cell_of(&r->at[first + 1], i);
    over = cell_of(titles, i).length > 0 ? cell_of(titles, i) : over;
    if (over.length > 0 && below.length > 0 && !slice_equal(over, below)) {
      (void)snprintf(out->over, sizeof out->over, "%.*s", SLICE_ARG(text_cut(over, sizeof out->over - 1)));
      (void)snprintf(out->below, sizeof out->below, "%.*s",
                     SLICE_ARG(text_cut(below, sizeof out->below - 1)));
      return;
    }
  }
}

/* Short titles above the questions' texts: these are labels. */
static bool are_labels(const records *r, uint32_t first) {
  const record *titles = &r->at[first];
  size_t above = 0;
  size_t below = 0;
  for (uint32_t i = 0; i < titles->count; i++) {
    above += titles->cells[i].length;
    below += cell_of(&r->at[first + 1], i).length;
  }
  return titles->different == titles->count && below > 2 * above;
}

/* Below two rows of titles, of which the second divides what the first spans, a third that divides what this
 * one spans, and above numbers. */
static status find_third(records *r, uint32_t first, header_finding *out, error *err) {
  TRY(look_at(r, first + 3 + ROWS_BELOW, err));
  const record *above = &r->at[first];
  if (first + 3 >= r->count || r->at[first + 2].count != above->count) {
    return STATUS_OK;
  }
  record titles = {.cells = ARENA_ARRAY(r->memory, slice, (size_t)above->count + 1), .count = above->count};
  for (uint32_t i = 0; titles.cells != NULL && i < titles.count; i++) {
    const slice below = cell_of(&r->at[first + 1], i);
    titles.cells[i] = below.length > 0 || is_gap(above, i) ? below : above->cells[i];
  }
  if (titles.cells == NULL) {
    return error_no_memory(err, r->path);
  }
  const second_row s = compare_rows(r, &titles, &r->at[first + 2], first + 3);
  if (s.spans > 0 && s.spans_told == s.spans && s.numbers == 0 && s.single_same == s.single &&
      s.contrasts > 0 && s.contrasts * 2 >= s.texts) {
    out->rows = 3;
  }
  return STATUS_OK;
}

static status find_second(records *r, uint32_t first, header_finding *out, error *err) {
  TRY(look_at(r, first + 2 + ROWS_BELOW, err));
  if (first + 2 >= r->count || r->at[first].count != r->at[first + 1].count) {
    return STATUS_OK; /* nothing is left that could be an answer, or the rows are not of one table */
  }
  const second_row s = compare_rows(r, &r->at[first], &r->at[first + 1], first + 2);
  const bool has_spans = s.spans > 0 && s.spans_told * 5 >= s.spans * 4 && s.numbers == 0;
  const bool is_told = s.contrasts > 0 && s.contrasts * 2 >= s.texts;
  if (s.spans_told > 0 && s.numbers == 0) {
    TRY(find_third(r, first, out, err));
  }
  if (out->rows == 3) {
    out->is_ambiguous = false;
  } else if (has_spans && (s.single_same == s.single || is_told)) {
    out->rows = 2;
    out->is_ambiguous = !is_told && (s.single == 0 || s.contrasts == 0);
  } else if (s.spans == 0 && s.numbers == 0 && s.texts * 10 >= r->at[first].count * 9 && s.contrasts >= 3 &&
             is_told) {
    out->rows = 2;
    out->is_labels = are_labels(r, first);
  } else if (has_spans) {
    out->is_ambiguous = true;
  } else {
    return STATUS_OK;
  }
  put_pair(r, first, out);
  return STATUS_OK;
}

/* Opening a workbook again takes time in proportion to its texts. */
static bool is_small(const char *path, const manifest *seen) {
  const uint64_t bytes = strcmp(path, "-") != 0 ? raw_size(path) : 0;
  return bytes > 0 && bytes <= (seen->files[0].reading.sheet.length > 0 ? SMALL_WORKBOOK_BYTES : SMALL_BYTES);
}

status header_find(const reading_options *options, const char *path, const manifest *seen,
                   header_finding *out, error *err) {
  records r = {.options = options, .path = path, .memory = arena_new(), .count = 1, .next = 1};
  uint32_t first = 0;
  *out = (header_finding){.skip = 0};
  if (r.memory == NULL || !take_record(&r, seen, &r.at[0])) {
    arena_destroy(r.memory);
    return error_no_memory(err, path);
  }
  status st = STATUS_OK;
  const bool is_odd = r.at[0].different < r.at[0].count || r.at[0].count < WIDTH_MIN;
  if (is_odd || is_small(path, seen)) {
    st = find_titles(&r, out, &first, err);
    st = st == STATUS_OK ? find_second(&r, first, out, err) : st;
  }
  arena_destroy(r.memory);
  return st;
}

/* Reading the first records: as many as signs of platforms refer to, or as the header is said to have. */
#include "reading/csv/header.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reading/csv/cell.h"
#include "reading/csv/delimiter.h"
#include "reading/csv/walk.h"
#include "reading/header_use.h"
#include "reading/plain_text.h"
#include "reading/titles.h"

enum {
  ROWS_MAX = READING_HEADER_ROWS_MAX,
  /* Records after the first are looked at only up to here: a stray quote takes in no more. */
  LOOK_BYTES_MAX = 4 << 20,
  FIRST_LINE_BYTES = 1000,
};

static_assert((int)ROWS_MAX >= (int)PLATFORM_ROWS_MAX, "signs may refer to every row of a sample");

/* A record, by its place in the rest of the splitter. */
typedef struct first_row {
  size_t begin, end;
  uint32_t cells;
  bool wrong;
  uint32_t wrong_cell;
  slice *texts;
} first_row;

typedef struct first_rows {
  csv_splitter *splitter;
  const reading_options *options;
  arena *memory;  /* of what is kept */
  arena *scratch; /* of the rows that are looked at */
  char delimiter;
  first_row list[ROWS_MAX];
  uint32_t count;
} first_rows;

static const char *title_of(const first_rows *r) {
  return source_title(r->splitter->source);
}

static status no_memory(const first_rows *r, error *err) {
  return error_no_memory(err, title_of(r));
}

/* The line of the byte at AT of the rest. */
static unsigned long long line_of(const first_rows *r, size_t at) {
  return r->splitter->line + plain_text_lines(r->splitter->rest.text, at);
}

/* ---- Before the header --------------------------------------------------------------------------- */

static status skip_lines(first_rows *r, uint64_t lines, error *err) {
  csv_splitter *s = r->splitter;
  for (uint64_t i = 0; i < lines;) {
    const uint8_t *newline = s->rest.length > 0 ? memchr(s->rest.text, '\n', s->rest.length) : NULL;
    if (newline != NULL) {
      csv_splitter_skip(s, (size_t)(newline - s->rest.text) + 1);
      i++;
    } else if (s->ended) {
      return error_set(err, STATUS_DATA, "%s: has %llu lines, and `data: {skip: %llu}` leaves out more",
                       title_of(r), (unsigned long long)i, (unsigned long long)lines);
    } else {
      TRY(csv_splitter_more(s, err));
    }
  }
  return STATUS_OK;
}

static status skip_empty_lines(first_rows *r, error *err) {
  csv_splitter *s = r->splitter;
  while (true) {
    const size_t empty = csv_walk_empty_lines(s->rest.text, s->rest.length);
    if (empty > 0) {
      csv_splitter_skip(s, empty);
    }
    if (s->rest.length > 1 || s->ended) {
      return STATUS_OK;
    }
    TRY(csv_splitter_more(s, err));
  }
}

/* "sep=;", which spreadsheets write and read: the delimiter; '\0': the rest begins otherwise. */
static char sep_delimiter(const csv_splitter *s, size_t *bytes) {
  static const char word[] = "sep=";
  const size_t word_bytes = sizeof word - 1;
  const char *text = (const char *)s->rest.text;
  const size_t length = s->rest.length;
  const size_t from = length > 0 && text[0] == '"' ? 1 : 0;
  if (length < from + word_bytes + 2 || strncasecmp(text + from, word, word_bytes) != 0) {
    return '\0';
  }
  size_t at = from + word_bytes;
  const char delimiter = text[at++];
  at += from > 0 && at < length && text[at] == '"';
  at += at < length && text[at] == '\r';
  if (at >= length || text[at] != '\n' || delimiter == '\r') {
    return '\0';
  }
  *bytes = at + 1;
  return delimiter;
}

static status take_sep_line(first_rows *r, csv_file_header *out, error *err) {
  size_t bytes = 0;
  const char delimiter = sep_delimiter(r->splitter, &bytes);
  if (delimiter == '\0') {
    return STATUS_OK;
  }
  if (!csv_delimiter_possible(delimiter)) {
    return error_set(err, STATUS_DATA,
                     "%s:%llu: the line `sep=` names a delimiter that cannot be one; state `data: {skip: 1, "
                     "delimiter: ...}`",
                     title_of(r), line_of(r, 0));
  }
  csv_splitter_skip(r->splitter, bytes);
  r->delimiter = r->delimiter != 0 ? r->delimiter : delimiter;
  out->reading.notices |= 1U << FILE_NOTICE_SEP_LINE;
  return skip_empty_lines(r, err);
}

/* ---- Records ------------------------------------------------------------------------------------- */

/* The first record must be there. */
static status find_first(first_rows *r, csv_walk *found, error *err) {
  csv_splitter *s = r->splitter;
  while (true) {
    *found = csv_walk_record(s->rest.text, s->rest.length, r->delimiter, NULL);
    if (found->end > 0) {
      return STATUS_OK;
    }
    if (s->ended && s->rest.length == 0) {
      return error_set(err, STATUS_DATA, "%s: is empty", title_of(r));
    }
    if (s->ended || s->rest.length > INPUT_RECORD_BYTES_MAX) {
      return error_set(err, STATUS_DATA, "%s:%llu: the header %s", title_of(r), line_of(r, found->open),
                       found->open < s->rest.length ? "has a quote that opens on this line and never closes"
                                                    : "does not end; is this a CSV file?");
    }
    TRY(csv_splitter_more(s, err));
  }
}

/* The texts of a record's cells. */
static status take_texts(first_rows *r, first_row *row, error *err) {
  const uint8_t *text = r->splitter->rest.text + row->begin;
  size_t *ends = calloc(row->cells, sizeof *ends);
  row->texts = ARENA_ARRAY(r->scratch, slice, row->cells);
  if (ends == NULL || row->texts == NULL) {
    free(ends);
    return no_memory(r, err);
  }
  (void)csv_walk_record(text, row->end - row->begin, r->delimiter, ends);
  bool well = true;
  for (uint32_t i = 0; well && i < row->cells; i++) {
    const size_t begin = i == 0 ? 0 : ends[i - 1] + 1;
    slice cell;
    well = csv_cell_text((slice){(const char *)text + begin, ends[i] - begin}, r->scratch, &cell);
    row->texts[i] = well ? arena_slice(r->scratch, cell) : row->texts[i];
  }
  free(ends);
  return well && !arena_failed(r->scratch) ? STATUS_OK : no_memory(r, err);
}

static status add_row(first_rows *r, size_t begin, const csv_walk *found, error *err) {
  first_row *row = &r->list[r->count++];
  *row = (first_row){.begin = begin,
                     .end = begin + found->end,
                     .cells = found->cells,
                     .wrong = found->wrong,
                     .wrong_cell = found->wrong_cell};
  return take_texts(r, row, err);
}

/* The next record, unless the file has none or it does not end where it is looked for: then the count stays.
 */
static status look_at_next(first_rows *r, error *err) {
  csv_splitter *s = r->splitter;
  const size_t most = r->list[0].end + LOOK_BYTES_MAX;
  while (true) {
    const size_t length = s->rest.length < most ? s->rest.length : most;
    const size_t after = r->list[r->count - 1].end;
    const size_t begin = after + csv_walk_empty_lines(s->rest.text + after, length - after);
    const csv_walk found = csv_walk_record(s->rest.text + begin, length - begin, r->delimiter, NULL);
    if (found.end > 0) {
      return add_row(r, begin, &found, err);
    }
    if (s->ended || s->rest.length >= most) {
      return STATUS_OK;
    }
    TRY(csv_splitter_more(s, err));
  }
}

static status look_at(first_rows *r, uint32_t rows, error *err) {
  for (uint32_t before = 0; before < r->count && r->count < rows;) {
    before = r->count;
    TRY(look_at_next(r, err));
  }
  return STATUS_OK;
}

static status find_rows(first_rows *r, csv_file_header *out, error *err) {
  csv_walk found;
  TRY(find_first(r, &found, err));
  if (r->delimiter == 0) {
    bool is_tied = false;
    TRY(csv_delimiter_find(r->splitter, found.end, &r->delimiter, &is_tied, err));
    out->reading.notices |= is_tied ? 1U << FILE_NOTICE_DELIMITER_TIED : 0;
  }
  found = csv_walk_record(r->splitter->rest.text, r->splitter->rest.length, r->delimiter, NULL);
  if (found.end == 0) {
    return error_set(err, STATUS_DATA, "%s:%llu: the header has a quote that never closes", title_of(r),
                     line_of(r, 0));
  }
  return add_row(r, 0, &found, err);
}

/* ---- How it is cut ---------------------------------------------------------------------------------- */

/* "','", "a tab" */
static const char *shown_delimiter(char delimiter, char out[4]) {
  static const char form[] = "' '";
  memcpy(out, form, sizeof form);
  out[1] = delimiter;
  return delimiter == '\t' ? "tabs" : out;
}

static const char *reason_of(const first_rows *r, const csv_file_header *h) {
  if (r->options->delimiter != 0) {
    return "`data: {delimiter}` says so";
  }
  if ((h->reading.notices >> FILE_NOTICE_SEP_LINE & 1) != 0) {
    return "its line `sep=` says so";
  }
  return (h->reading.notices >> FILE_NOTICE_DELIMITER_TIED & 1) != 0
             ? "a guess: another delimiter fits as well; `data: {delimiter: ...}` states it"
             : "header and first records agree on it";
}

/* The account of it for messages; NULL texts: out of memory. */
static bool tell_manner(const first_rows *r, csv_file_header *h) {
  char delimiter[4];
  char text[400];
  const char *more = h->reading.header_rows > 1 ? " and those after it" : "";
  const bool is_found = r->list[0].cells > 1 || r->options->delimiter != 0;
  if (is_found) {
    (void)snprintf(text, sizeof text, "its header, line %llu%s, is cut at %s (%s) into",
                   (unsigned long long)h->line, more, shown_delimiter(h->delimiter, delimiter),
                   reason_of(r, h));
  } else {
    (void)snprintf(
        text, sizeof text,
        "its header, line %llu%s, has none of , ; | and tabs (`data: {delimiter: ...}` states another "
        "delimiter, `data: {skip: N}` how many lines stand before the header) and is read as",
        (unsigned long long)h->line, more);
  }
  h->manner = arena_slice(r->memory, slice_of(text));
  const uint8_t *from = r->splitter->rest.text + r->list[0].begin;
  const size_t bytes = r->list[0].end - r->list[0].begin;
  const uint8_t *end = memchr(from, '\n', bytes);
  const slice line = {(const char *)from, end != NULL ? (size_t)(end - from) : bytes};
  h->first_line = arena_slice(r->memory, text_cut(slice_trim(line), FIRST_LINE_BYTES));
  return !arena_failed(r->memory);
}

/* ---- What the header is -------------------------------------------------------------------------- */

/* A record with a cell that cannot be told shows nothing, nor does any after it. */
static platform_sample sample_of(const first_rows *r) {
  platform_sample sample = {.rows = 0};
  while (sample.rows < r->count && sample.rows < PLATFORM_ROWS_MAX && !r->list[sample.rows].wrong) {
    sample.cells[sample.rows] = r->list[sample.rows].texts;
    sample.counts[sample.rows] = r->list[sample.rows].cells;
    sample.rows++;
  }
  return sample;
}

static status check_rows(const first_rows *r, uint32_t rows, error *err) {
  for (uint32_t i = 0; i < r->count && i < rows; i++) {
    const first_row *row = &r->list[i];
    TRY(plain_text_check(r->splitter->rest.text + row->begin, row->end - row->begin, line_of(r, row->begin),
                         title_of(r), err));
    if (row->wrong) {
      return error_set(err, STATUS_DATA, "%s:%llu: the header has text after the closing quote of cell %u",
                       title_of(r), line_of(r, row->begin), row->wrong_cell + 1);
    }
  }
  if (r->count < rows) {
    return error_set(err, STATUS_DATA,
                     "%s:%llu: the header is to have %u rows, and after row %u no record ends", title_of(r),
                     line_of(r, r->list[r->count - 1].begin), rows, r->count);
  }
  return STATUS_OK;
}

/* Rows with fewer cells than others are empty behind them. */
static bool take_rows(const first_rows *r, uint32_t rows, csv_file_header *out) {
  out->rows = ARENA_ARRAY(r->memory, slice *, rows);
  out->rows_count = rows;
  for (uint32_t i = 0; i < rows; i++) {
    out->count = r->list[i].cells > out->count ? r->list[i].cells : out->count;
  }
  for (uint32_t i = 0; out->rows != NULL && i < rows; i++) {
    out->rows[i] = ARENA_ARRAY(r->memory, slice, out->count);
    for (uint32_t k = 0; out->rows[i] != NULL && k < r->list[i].cells; k++) {
      out->rows[i][k] = arena_slice(r->memory, r->list[i].texts[k]);
    }
  }
  return !arena_failed(r->memory);
}

static bool make_titles(const header_use *u, csv_file_header *out, arena *memory) {
  titles t = {.rows = out->rows, .rows_count = out->rows_count, .count = out->count};
  const bool well = titles_make(&t, u->titles, u->labels, header_use_cleans(u), memory);
  out->names = t.names;
  out->labels = t.labels;
  return well;
}

/* Blank, quoted, beyond ASCII, an empty cell, or what a row of the header or a total begins with. */
static void find_possible(csv_file_header *h) {
  for (int c = 0; c < 256; c++) {
    const bool is_letter = c >= 0xe4 && c <= 0xed; /* Chinese, Korean */
    h->skip_possible[c] = c <= ' ' || c == '"' || (c >= 0x7f && !is_letter) || c == (uint8_t)h->delimiter;
  }
  for (uint32_t i = 0; i < h->rows_count; i++) {
    if ((h->telling >> i & 1) != 0 && h->rows[i][0].length > 0) {
      h->skip_possible[(uint8_t)h->rows[i][0].bytes[0]] = true;
    }
  }
  if (h->totals_of != NULL) {
    platform_total_bytes(h->totals_of, h->skip_possible);
  }
  total_words_init(&h->words);
}

static status read_header(first_rows *r, csv_file_header *out, error *err) {
  const reading_options *o = r->options;
  header_use u;
  TRY(skip_lines(r, o->header.skip, err));
  TRY(skip_empty_lines(r, err));
  TRY(take_sep_line(r, out, err));
  TRY(find_rows(r, out, err));
  TRY(header_use_wants_sample(o) ? look_at(r, PLATFORM_ROWS_MAX, err) : STATUS_OK);
  const platform_sample sample = sample_of(r);
  TRY(header_use_find(o, &sample, title_of(r), &u, err));
  TRY(look_at(r, u.rows, err));
  TRY(check_rows(r, u.rows, err));
  out->delimiter = r->delimiter;
  out->line = r->splitter->line;
  out->options = o;
  out->totals_of = u.has_totals && o->totals != READING_TOTALS_KEEP ? u.platform : NULL;
  out->seeks_totals = o->totals != READING_TOTALS_KEEP && o->left_out_count == 0;
  out->looks_for_totals = out->seeks_totals || out->totals_of != NULL;
  out->reading.format = slice_of(u.platform != NULL ? u.platform->title : NULL);
  out->reading.header_rows = u.rows;
  out->reading.skipped = o->header.skip;
  if (!tell_manner(r, out) || !take_rows(r, u.rows, out) || !make_titles(&u, out, r->memory)) {
    return no_memory(r, err);
  }
  out->telling = header_use_telling(&u);
  find_possible(out);
  csv_splitter_skip(r->splitter, r->list[u.rows - 1].end);
  return csv_splitter_start(r->splitter, out->delimiter, out->count, err);
}

status csv_header_read(csv_splitter *s, const reading_options *options, arena *memory, csv_file_header *out,
                       error *err) {
  *out = (csv_file_header){.delimiter = '\0'};
  first_rows *r = calloc(1, sizeof *r);
  arena *scratch = arena_new();
  status st = error_no_memory(err, source_title(s->source));
  if (r != NULL && scratch != NULL) {
    *r = (first_rows){.splitter = s,
                      .options = options,
                      .memory = memory,
                      .scratch = scratch,
                      .delimiter = options->delimiter};
    st = read_header(r, out, err);
  }
  arena_destroy(scratch);
  free(r);
  return st;
}

/* Reading and matching headers, with a plain automaton: this text is short. */
#include "reading/csv/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "reading/csv/cell.h"
#include "reading/encoding.h"

enum { HINT_BYTES = 64 << 10 };

static const uint32_t MISSING = UINT32_MAX;

/* In order of preference where two stand equally often. */
static const char delimiters[] = {',', ';', '\t', '|'};
enum { DELIMITERS = sizeof delimiters };

/* What one walk over a record finds. */
typedef struct walk {
  size_t end;  /* behind the newline; 0: the record is not complete */
  size_t open; /* where a quote opened that is not closed */
  uint32_t cells;
  uint32_t counts[DELIMITERS]; /* outside quotes */
  bool wrong;                  /* text after a closing quote */
  uint32_t wrong_cell;
} walk;

/* Which delimiter C is; -1: none.  DELIMITER 0: any of the candidates. */
static int delimiter_index(uint8_t c, char delimiter) {
  if (delimiter != 0) {
    return c == (uint8_t)delimiter ? 0 : -1;
  }
  for (int i = 0; i < DELIMITERS; i++) {
    if (c == (uint8_t)delimiters[i]) {
      return i;
    }
  }
  return -1;
}

static size_t pass_blanks(const uint8_t *text, size_t at, size_t length, char delimiter) {
  while (at < length && (text[at] == ' ' || text[at] == '\t') && delimiter_index(text[at], delimiter) < 0) {
    at++;
  }
  return at;
}

static bool ends_cell(const uint8_t *text, size_t at, size_t length, char delimiter) {
  at = pass_blanks(text, at, length, delimiter);
  return at < length && (text[at] == '\n' || delimiter_index(text[at], delimiter) >= 0 ||
                         (text[at] == '\r' && at + 1 < length && text[at + 1] == '\n'));
}

/* Behind the closing quote of what the quote at AT opens; LENGTH + 1: it does not close. */
static size_t pass_quoted(const uint8_t *text, size_t at, size_t length) {
  for (at++; at < length; at++) {
    if (text[at] == '"' && (at + 1 == length || text[at + 1] != '"')) {
      return at + 1;
    }
    at += text[at] == '"';
  }
  return length + 1;
}

/* Does the quote at AT, behind blanks, open a quoted cell?  Only if the cell ends on its line. */
static bool opens_behind_blanks(const uint8_t *text, size_t at, size_t length, char delimiter) {
  const uint8_t *newline = memchr(text + at, '\n', length - at);
  const size_t line = newline != NULL ? (size_t)(newline - text) + 1 : length;
  const size_t behind = pass_quoted(text, at, line);
  return behind < line && ends_cell(text, behind, line, delimiter);
}

/* Walks over the first record of TEXT.  DELIMITER 0: any of the candidates.  ENDS (may be NULL) gets the
 * end of each cell. */
static walk walk_record(const uint8_t *text, size_t length, char delimiter, size_t *ends) {
  walk w = {0};
  for (size_t at = 0; at < length; at++) {
    const size_t quote = pass_blanks(text, at, length, delimiter);
    if (quote < length && text[quote] == '"' &&
        (quote == at || opens_behind_blanks(text, quote, length, delimiter))) {
      w.open = quote;
      at = pass_quoted(text, quote, length);
      if (at > length) {
        return w;
      }
      if (!w.wrong && !ends_cell(text, at, length, delimiter)) {
        w.wrong = true;
        w.wrong_cell = w.cells;
      }
    }
    while (at < length && text[at] != '\n' && delimiter_index(text[at], delimiter) < 0) {
      at++;
    }
    if (at == length) {
      break;
    }
    if (ends != NULL) {
      ends[w.cells] = at;
    }
    w.cells++;
    if (text[at] == '\n') {
      w.end = at + 1;
      return w;
    }
    w.counts[delimiter_index(text[at], delimiter)]++;
  }
  w.open = length;
  return w;
}

static char choose_delimiter(const walk *w) {
  int best = 0;
  for (int i = 1; i < DELIMITERS; i++) {
    if (w->counts[i] > w->counts[best]) {
      best = i;
    }
  }
  return delimiters[best];
}

status csv_check_text(const uint8_t *text, size_t length, uint64_t first_line, const char *title,
                      error *err) {
  const size_t good = text_utf8_check((const char *)text, length);
  const uint8_t *zero = memchr(text, '\0', length);
  const size_t nul = zero != NULL ? (size_t)(zero - text) : length;
  const size_t at = nul < good ? nul : good;
  if (at == length) {
    return STATUS_OK;
  }
  size_t begin = at;
  while (begin > 0 && text[begin - 1] != '\n') {
    begin--;
  }
  const uint64_t line = first_line + csv_count_lines(text, begin);
  const size_t sample = length - begin < HINT_BYTES ? length - begin : HINT_BYTES;
  const char *hint = encoding_hint(text + begin, sample);
  if (nul < good) {
    return error_set(err, STATUS_DATA, "%s:%llu: byte %zu of the line is NUL, which no text has; %s", title,
                     (unsigned long long)line, at - begin + 1,
                     strstr(hint, "utf-16") != NULL ? hint : "the file is damaged or no CSV");
  }
  return error_set(err, STATUS_DATA, "%s:%llu: byte %zu of the line (0x%02X) is not UTF-8; %s", title,
                   (unsigned long long)line, at - begin + 1, text[at], hint);
}

/* Skips empty lines, then reads on until the first record is complete. */
static status find_first_record(csv_splitter *s, char delimiter, walk *found, error *err) {
  const char *title = source_title(s->source);
  while (true) {
    size_t skip = 0;
    while (skip < s->rest.length &&
           (s->rest.text[skip] == '\n' ||
            (s->rest.text[skip] == '\r' && skip + 1 < s->rest.length && s->rest.text[skip + 1] == '\n'))) {
      skip++;
    }
    if (skip > 0) {
      csv_splitter_skip(s, skip);
    }
    *found = walk_record(s->rest.text, s->rest.length, delimiter, NULL);
    if (found->end > 0) {
      return STATUS_OK;
    }
    if (s->ended && s->rest.length == 0) {
      return error_set(err, STATUS_DATA, "%s: is empty", title);
    }
    if (s->ended || s->rest.length > CSV_RECORD_BYTES_MAX) {
      return error_set(err, STATUS_DATA, "%s:%llu: the header %s", title,
                       (unsigned long long)(s->line + csv_count_lines(s->rest.text, found->open)),
                       found->open < s->rest.length ? "has a quote that opens on this line and never closes"
                                                    : "does not end; is this a CSV file?");
    }
    TRY(csv_splitter_more(s, err));
  }
}

static status no_memory(const csv_splitter *s, error *err) {
  return error_no_memory(err, source_title(s->source));
}

static int compare_by_name(const void *left, const void *right) {
  const slice *const *a = left;
  const slice *const *b = right;
  const int order = slice_compare(**a, **b);
  return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* The names in order, for finding twins and wanted ones.  To be freed; NULL: out of memory. */
static const slice **sort_names(const csv_file_header *h) {
  const slice **sorted = malloc((h->count + 1) * sizeof(const slice *));
  for (uint32_t i = 0; sorted != NULL && i < h->count; i++) {
    sorted[i] = &h->names[i];
  }
  if (sorted != NULL) {
    qsort(sorted, h->count, sizeof(const slice *), compare_by_name);
  }
  return sorted;
}

static status check_twins(const csv_splitter *s, const csv_file_header *h, error *err) {
  const slice **sorted = sort_names(h);
  if (sorted == NULL) {
    return no_memory(s, err);
  }
  status result = STATUS_OK;
  for (uint32_t i = 1; i < h->count && result == STATUS_OK; i++) {
    if (slice_equal(*sorted[i - 1], *sorted[i])) {
      result = error_set(err, STATUS_DATA,
                         "%s:%llu: columns %td and %td have the same name \"%.*s\"; rename one of them",
                         source_title(s->source), (unsigned long long)s->line, sorted[i - 1] - h->names + 1,
                         sorted[i] - h->names + 1, SLICE_ARG(*sorted[i]));
    }
  }
  free(sorted);
  return result;
}

static status take_names(const csv_splitter *s, const size_t *ends, uint32_t count, arena *memory,
                         csv_file_header *out, error *err) {
  out->count = count;
  out->names = ARENA_ARRAY(memory, slice, count);
  out->titles = ARENA_ARRAY(memory, slice, count);
  if (arena_failed(memory)) {
    return no_memory(s, err);
  }
  for (uint32_t i = 0; i < count; i++) {
    const size_t begin = i == 0 ? 0 : ends[i - 1] + 1;
    slice text;
    if (!csv_cell_text((slice){(const char *)s->rest.text + begin, ends[i] - begin}, memory, &text)) {
      return no_memory(s, err);
    }
    out->titles[i] = arena_slice(memory, text);
    char numbered[32];
    if (text.length == 0) {
      text = (slice){numbered, (size_t)snprintf(numbered, sizeof numbered, "column_%u", i + 1)};
    }
    out->names[i] = arena_slice(memory, text);
  }
  return arena_failed(memory) ? no_memory(s, err) : STATUS_OK;
}

status csv_header_read(csv_splitter *s, char delimiter, arena *memory, csv_file_header *out, error *err) {
  walk found;
  TRY(find_first_record(s, delimiter, &found, err));
  out->delimiter = delimiter != 0 ? delimiter : choose_delimiter(&found);
  found = walk_record(s->rest.text, s->rest.length, out->delimiter, NULL);
  const char *title = source_title(s->source);
  if (found.end == 0) {
    return error_set(err, STATUS_DATA, "%s:%llu: the header has a quote that never closes", title,
                     (unsigned long long)s->line);
  }
  TRY(csv_check_text(s->rest.text, found.end, s->line, title, err));
  if (found.wrong) {
    return error_set(err, STATUS_DATA, "%s:%llu: the header has text after the closing quote of cell %u",
                     title, (unsigned long long)s->line, found.wrong_cell + 1);
  }
  size_t *ends = calloc(found.cells, sizeof *ends);
  if (ends == NULL) {
    return no_memory(s, err);
  }
  (void)walk_record(s->rest.text, found.end, out->delimiter, ends);
  status result = take_names(s, ends, found.cells, memory, out, err);
  free(ends);
  if (result == STATUS_OK) {
    result = check_twins(s, out, err);
  }
  if (result == STATUS_OK) {
    csv_splitter_skip(s, found.end);
    result = csv_splitter_start(s, out->delimiter, out->count, err);
  }
  return result;
}

/* The names of the header that none of the COUNT CELLS stands for: what is used already was not meant. */
static const char **list_free(const csv_file_header *h, const uint32_t *cells, uint32_t count, arena *memory,
                              uint32_t *free_count) {
  const char **names = ARENA_ARRAY(memory, const char *, (size_t)h->count + 1);
  bool *used = ARENA_ARRAY(memory, bool, (size_t)h->count + 1);
  if (arena_failed(memory)) {
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    used[cells[i] != MISSING ? cells[i] : h->count] = true;
  }
  *free_count = 0;
  for (uint32_t i = 0; i < h->count; i++) {
    if (!used[i]) {
      names[(*free_count)++] = arena_copy(memory, h->names[i]);
    }
  }
  return names;
}

/* All wanted columns whose cell is MISSING, each with the name that was probably meant. */
static status report_missing(const csv_file_header *h, const slice *wanted, uint32_t count, const char *title,
                             const uint32_t *cells, error *err) {
  arena *memory = arena_new();
  uint32_t free_count = 0;
  const char **names = memory != NULL ? list_free(h, cells, count, memory, &free_count) : NULL;
  if (names == NULL || arena_failed(memory)) {
    arena_destroy(memory);
    return error_no_memory(err, title);
  }
  buf list;
  buf_init(&list);
  for (uint32_t i = 0; i < count; i++) {
    if (cells[i] != MISSING) {
      continue;
    }
    const char *nearest = text_nearest(wanted[i], names, free_count);
    buf_printf(&list, "%s\"%.*s\"", list.length > 0 ? ", " : "", SLICE_ARG(wanted[i]));
    if (nearest != NULL) {
      buf_printf(&list, " (did you mean \"%s\"?)", nearest);
    }
  }
  const status result = error_set(err, STATUS_DATA, "%s: these columns are not in the header: %.*s", title,
                                  (int)list.length, (const char *)list.data);
  buf_fini(&list);
  arena_destroy(memory);
  return result;
}

static int compare_name(const void *key, const void *element) {
  const slice *wanted = key;
  const slice *const *name = element;
  return slice_compare(*wanted, **name);
}

status csv_header_match(const csv_file_header *h, const slice *wanted, uint32_t count, const char *title,
                        uint32_t *cells, error *err) {
  const slice **sorted = sort_names(h);
  if (sorted == NULL) {
    return error_no_memory(err, title);
  }
  bool complete = true;
  for (uint32_t i = 0; i < count; i++) {
    const slice **found = bsearch(&wanted[i], sorted, h->count, sizeof(const slice *), compare_name);
    cells[i] = found != NULL ? (uint32_t)(*found - h->names) : MISSING;
    complete = complete && found != NULL;
  }
  free(sorted);
  return complete ? STATUS_OK : report_missing(h, wanted, count, title, cells, err);
}

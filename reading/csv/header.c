/* Reading headers, with a plain automaton: this text is short. */
#include "reading/csv/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/csv/cell.h"
#include "reading/plain_text.h"

/* In order of preference where two stand equally often. */
static const char delimiters[] = {',', ';', '\t', '|'};
enum { DELIMITERS = sizeof delimiters };

/* What one walk over a record finds. */
typedef struct walk {
  size_t end;  /* after the newline; 0: the record is incomplete */
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

/* The position after the quoted cell that begins at AT; LENGTH + 1: it does not close. */
static size_t pass_quoted(const uint8_t *text, size_t at, size_t length) {
  for (at++; at < length; at++) {
    if (text[at] == '"' && (at + 1 == length || text[at + 1] != '"')) {
      return at + 1;
    }
    at += text[at] == '"';
  }
  return length + 1;
}

/* Whether the quote at AT, after blanks, opens a quoted cell.  Only if the cell ends on its line. */
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
    if (s->ended || s->rest.length > INPUT_RECORD_BYTES_MAX) {
      return error_set(err, STATUS_DATA, "%s:%llu: the header %s", title,
                       (unsigned long long)(s->line + plain_text_lines(s->rest.text, found->open)),
                       found->open < s->rest.length ? "has a quote that opens on this line and never closes"
                                                    : "does not end; is this a CSV file?");
    }
    TRY(csv_splitter_more(s, err));
  }
}

static status no_memory(const csv_splitter *s, error *err) {
  return error_no_memory(err, source_title(s->source));
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
  out->line = s->line;
  out->delimiter = delimiter != 0 ? delimiter : choose_delimiter(&found);
  found = walk_record(s->rest.text, s->rest.length, out->delimiter, NULL);
  const char *title = source_title(s->source);
  if (found.end == 0) {
    return error_set(err, STATUS_DATA, "%s:%llu: the header has a quote that never closes", title,
                     (unsigned long long)s->line);
  }
  TRY(plain_text_check(s->rest.text, found.end, s->line, title, err));
  if (found.wrong) {
    return error_set(err, STATUS_DATA, "%s:%llu: the header has text after the closing quote of cell %u",
                     title, (unsigned long long)s->line, found.wrong_cell + 1);
  }
  size_t *ends = calloc(found.cells, sizeof *ends);
  if (ends == NULL) {
    return no_memory(s, err);
  }
  (void)walk_record(s->rest.text, found.end, out->delimiter, ends);
  status st = take_names(s, ends, found.cells, memory, out, err);
  free(ends);
  if (st == STATUS_OK) {
    csv_splitter_skip(s, found.end);
    st = csv_splitter_start(s, out->delimiter, out->count, err);
  }
  return st;
}

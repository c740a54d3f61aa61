#include "tests/reading/csv_reference.h"

#include <string.h>

/* The text that is read; its last line has a newline, and only real ones count as such. */
typedef struct page {
  char delimiter;
  char *text;
  size_t length;
} page;

/* A record as the automaton reads it, were it not given up. */
typedef struct walked {
  size_t end; /* behind its newline; 0: the text ends inside quotes */
  size_t first_line_end;
  bool spans; /* there is a newline inside quotes */
  uint32_t cells;
  slice *texts;
  size_t wrong; /* the first byte of text behind a closing quote; 0: none */
  size_t many;  /* the delimiter that gives it a cell too many; 0: none */
} walked;

static bool blank(const page *p, size_t at) {
  return (p->text[at] == ' ' || p->text[at] == '\t') && p->text[at] != p->delimiter;
}

static size_t pass_blanks(const page *p, size_t at) {
  while (at < p->length && blank(p, at)) {
    at++;
  }
  return at;
}

static bool cell_ends(const page *p, size_t at) {
  at = pass_blanks(p, at);
  return p->text[at] == p->delimiter || p->text[at] == '\n' ||
         (p->text[at] == '\r' && p->text[at + 1] == '\n');
}

/* The quote that closes what the one at AT opens, before LIMIT; LIMIT: none. */
static size_t closing_quote(const page *p, size_t at, size_t limit) {
  for (at++; at < limit; at++) {
    if (p->text[at] == '"') {
      if (at + 1 < limit && p->text[at + 1] == '"') {
        at++;
      } else {
        return at;
      }
    }
  }
  return limit;
}

static size_t line_end(const page *p, size_t at) {
  while (p->text[at] != '\n') {
    at++;
  }
  return at + 1;
}

/* The quote that opens the cell at AT; LENGTH: it is not quoted. */
static size_t opening_quote(const page *p, size_t at) {
  const size_t quote = pass_blanks(p, at);
  if (quote == p->length || p->text[quote] != '"') {
    return p->length;
  }
  const size_t line = line_end(p, quote);
  const size_t closing = closing_quote(p, quote, line);
  return quote == at || (closing < line && cell_ends(p, closing + 1)) ? quote : p->length;
}

/* The text of a cell between quotes. */
static slice unquoted(const page *p, size_t from, size_t to, arena *memory) {
  char *copy = arena_alloc(memory, to - from + 1);
  size_t length = 0;
  for (; from < to; from++) {
    copy[length++] = p->text[from];
    from += p->text[from] == '"';
  }
  return slice_trim((slice){copy, length});
}

/* COLUMNS 0: the header itself. */
static walked walk(const page *p, size_t begin, uint32_t columns, arena *memory) {
  walked w = {.first_line_end = line_end(p, begin)};
  w.texts = ARENA_ARRAY(memory, slice, columns + 1);
  for (size_t at = begin; at < p->length; at++) {
    const size_t from = at;
    const size_t quote = opening_quote(p, at);
    if (quote < p->length) {
      const size_t closing = closing_quote(p, quote, p->length);
      w.spans = w.spans || memchr(p->text + quote, '\n', closing - quote) != NULL;
      if (closing == p->length) {
        return w;
      }
      if (w.cells < columns) {
        w.texts[w.cells] = unquoted(p, quote + 1, closing, memory);
      }
      at = closing + 1;
      w.wrong = w.wrong == 0 && !cell_ends(p, at) ? at : w.wrong;
    }
    while (p->text[at] != p->delimiter && p->text[at] != '\n') {
      at++;
    }
    if (quote == p->length && w.cells < columns) {
      w.texts[w.cells] = slice_trim((slice){p->text + from, at - from});
    }
    w.cells++;
    if (p->text[at] == '\n') {
      w.end = at + 1;
      return w;
    }
    if (w.cells == columns && w.many == 0) {
      w.many = at;
    }
  }
  return w;
}

typedef enum kind { WHOLE, EMPTY, OTHER } kind;

/* The text before the first delimiter, quotes and the blanks around it aside. */
static kind first_kind(const page *p, size_t begin) {
  char cell[64] = {0};
  size_t length = 0;
  for (size_t at = begin; p->text[at] != p->delimiter && p->text[at] != '\n'; at++) {
    if (p->text[at] != '"') {
      if (length == sizeof cell - 1) {
        return OTHER; /* no number of a test is that long */
      }
      cell[length++] = p->text[at] == '\t' || p->text[at] == '\r' ? ' ' : p->text[at];
    }
  }
  const char *from = cell + strspn(cell, " ");
  if (*from == '\0') {
    return EMPTY;
  }
  from += *from == '-' || *from == '+';
  const size_t digits = strspn(from, "0123456789");
  return digits > 0 && strspn(from + digits, " ") == strlen(from + digits) ? WHOLE : OTHER;
}

static uint32_t cells_by_delimiters(const page *p, size_t begin) {
  uint32_t cells = 1;
  for (size_t at = begin; p->text[at] != '\n'; at++) {
    cells += p->text[at] == p->delimiter;
  }
  return cells;
}

/* Of the line alone: what is not closed on it goes to its end. */
static uint32_t cells_of_line(const page *p, size_t begin) {
  const size_t end = line_end(p, begin) - 1;
  uint32_t cells = 1;
  for (size_t at = begin; at < end; at++) {
    const size_t quote = opening_quote(p, at);
    if (quote < p->length) {
      at = closing_quote(p, quote, end);
    }
    while (at < end && p->text[at] != p->delimiter) {
      at++;
    }
    cells += at < end;
  }
  return cells;
}

static bool takes_in_records(const page *p, size_t begin, const walked *w, uint32_t columns) {
  if (columns < 3) {
    return false;
  }
  for (size_t line = w->first_line_end; line < w->end; line = line_end(p, line)) {
    const bool counts = cells_of_line(p, line) == columns || cells_by_delimiters(p, line) == columns;
    if (!counts || first_kind(p, line) != first_kind(p, begin)) {
      return false;
    }
  }
  return true;
}

static uint64_t lines_between(const page *p, size_t from, size_t to) {
  uint64_t lines = 0;
  for (; from < to; from++) {
    lines += p->text[from] == '\n';
  }
  return lines;
}

static void leave_out(reference *r, uint64_t line, const char *words, uint64_t to_line) {
  r->left_out[r->left_out_count++] = (reference_problem){line, words, to_line};
}

/* Why the record, which spans lines, is given up.  True: it is not. */
static bool stands(reference *r, const page *p, size_t begin, const walked *w, uint64_t line) {
  const bool wrong_first = w->wrong > 0 && w->wrong < w->first_line_end;
  if (w->wrong > 0 && (wrong_first || w->many == 0 || w->wrong < w->many)) {
    leave_out(r, line, "has text after a closing quote on line", line + lines_between(p, begin, w->wrong));
  } else if (w->many > 0) {
    leave_out(r, line, "has more than the", 0);
  } else if (w->end == 0) {
    leave_out(r, line, "never closes", 0);
  } else if (w->cells != r->columns) {
    leave_out(r, line, "ends on line", line + lines_between(p, begin, w->end) - 1);
  } else if (takes_in_records(p, begin, w, r->columns)) {
    leave_out(r, line, "which all look like records", line + lines_between(p, begin, w->end) - 1);
  } else {
    return true;
  }
  return false;
}

static bool is_empty_line(const page *p, size_t begin) {
  return p->text[begin] == '\n' || (p->text[begin] == '\r' && p->text[begin + 1] == '\n');
}

/* The texts that tests make show nothing only with these. */
static bool shows_nothing(slice text) {
  size_t blanks = 0;
  while (blanks < text.length && memchr(" \t\r\n", text.bytes[blanks], 4) != NULL) {
    blanks++;
  }
  return blanks == text.length;
}

/* Counts a record that has nothing to be seen in its cells, or the header's cells. */
static bool is_skipped(reference *r, const walked *w, uint64_t line) {
  bool blank = true;
  bool repeated = true;
  for (uint32_t i = 0; i < r->columns; i++) {
    blank = blank && shows_nothing(w->texts[i]);
    repeated = repeated && slice_equal(w->texts[i], r->titles[i]);
  }
  if (blank) {
    r->blank_line = r->blank_count++ == 0 ? line : r->blank_line;
  } else if (repeated) {
    r->repeated_line = r->repeated_count++ == 0 ? line : r->repeated_line;
  }
  return blank || repeated;
}

/* In a file whose header has several cells, carriage returns outside quotes are line ends of the line from
 * BEGIN to END where most of what stands between them are records.  False: they are none. */
static bool carriages_end_its_lines(const reference *r, page *p, size_t begin, size_t end) {
  const page parts = {p->delimiter, arena_alloc(r->memory, end - begin + 1), end - begin};
  memcpy(parts.text, p->text + begin, parts.length);
  parts.text[parts.length] = '\0';
  for (size_t i = 0; i + 1 < parts.length; i++) {
    parts.text[i] = parts.text[i] == '\r' && parts.text[i + 1] != '\n' ? '\n' : parts.text[i];
  }
  int64_t more = 0;
  size_t fitting = 0;
  size_t ends[1024];
  size_t count = 0;
  for (size_t at = 0; at < parts.length;) {
    walked w = {.end = line_end(&parts, at)};
    if (!is_empty_line(&parts, at)) {
      w = walk(&parts, at, r->columns, r->memory);
      const bool fits = w.cells == r->columns && w.wrong == 0;
      fitting += fits;
      more += fits ? 1 : -1;
    }
    if (w.end == 0 || count == sizeof ends / sizeof ends[0]) {
      return false;
    }
    ends[count++] = w.end;
    at = w.end;
  }
  const bool separate = r->columns > 1 && fitting > 1 && more > 0;
  for (size_t i = 0; separate && i < count; i++) {
    p->text[begin + ends[i] - 1] = '\n';
  }
  return separate;
}

/* One record; the position behind it. */
static size_t read_record(reference *r, page *p, size_t begin, uint64_t line) {
  if (is_empty_line(p, begin)) {
    return line_end(p, begin);
  }
  const walked w = walk(p, begin, r->columns, r->memory);
  if (r->columns == 0) {
    r->columns = w.cells;
    r->titles = walk(p, begin, w.cells, r->memory).texts;
    return w.end;
  }
  if (!w.spans && carriages_end_its_lines(r, p, begin, w.end)) {
    return read_record(r, p, begin, line);
  }
  const uint64_t ordinal = r->records++;
  if (w.spans && !stands(r, p, begin, &w, line)) {
    return w.first_line_end;
  }
  if (w.cells != r->columns) {
    leave_out(r, line, ", the header has", 0);
  } else if (w.wrong > 0) {
    leave_out(r, line, "text after the closing quote of", 0);
  } else if (!is_skipped(r, &w, line)) {
    r->rows[r->rows_count++] = (reference_row){ordinal, line, w.texts};
  }
  return w.end;
}

/* By the first line end outside quotes.  Headers of tests have no stray ones. */
static bool carriages_end_lines(const page *p) {
  size_t quotes = 0;
  size_t at = 0;
  while (at < p->length && (quotes % 2 == 1 || strchr("\r\n", p->text[at]) == NULL)) {
    quotes += p->text[at++] == '"';
  }
  const size_t run = strspn(p->text + at, "\r");
  return run > 0 && p->text[at + run] != '\n';
}

void reference_read(const char *text, size_t length, char delimiter, reference *out) {
  *out = (reference){.delimiter = delimiter, .memory = arena_new()};
  char *copy = arena_alloc(out->memory, length + 2);
  memcpy(copy, text, length);
  page p = {delimiter, copy, length};
  if (length > 0 && text[length - 1] != '\n') {
    copy[p.length++] = '\n';
  }
  copy[p.length] = '\0';
  const bool carriages = carriages_end_lines(&p);
  for (size_t i = 0; i + 1 < p.length; i++) {
    const bool is_twice = i + 2 < p.length && memcmp(copy + i, "\r\r\n", 3) == 0;
    if (is_twice || (carriages && copy[i] == '\r' && copy[i + 1] != '\n')) {
      copy[i] = '\n';
    }
  }
  out->rows = ARENA_ARRAY(out->memory, reference_row, length + 2);
  out->left_out = ARENA_ARRAY(out->memory, reference_problem, length + 2);
  uint64_t line = 1;
  for (size_t at = 0; at < p.length;) {
    const size_t end = read_record(out, &p, at, line);
    line += lines_between(&p, at, end);
    at = end;
  }
}

void reference_drop(reference *r) {
  arena_destroy(r->memory);
  *r = (reference){0};
}

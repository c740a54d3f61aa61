/* Looking ahead, 64 bytes at a time. */
#include "reading/csv/spans.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 64, COLUMNS_MIN = 3 };

bool csv_spans_init(csv_spans *s, char delimiter, uint32_t cells, size_t record_bytes_max) {
  *s = (csv_spans){.delimiter = delimiter, .cells = cells, .record_bytes_max = record_bytes_max};
  s->first.begin = UINT64_MAX;
  /* A path is walked on only for a record that has not too many cells yet. */
  s->path.ring = (size_t)cells + BLOCK_BYTES;
  s->path.delimiters = calloc(s->path.ring, sizeof *s->path.delimiters);
  return s->path.delimiters != NULL;
}

void csv_spans_forget(csv_spans *s) {
  s->first.begin = UINT64_MAX;
  s->path.from = UINT64_MAX;
}

void csv_spans_fini(csv_spans *s) {
  free(s->path.delimiters);
  *s = (csv_spans){0};
}

static uint64_t first_bits(unsigned count) {
  return count < BLOCK_BYTES ? (UINT64_C(1) << count) - 1 : ~UINT64_C(0);
}

/* ---- Lines --------------------------------------------------------------------------------------- */

static csv_line start_line(uint64_t begin) {
  return (csv_line){.begin = begin, .quotes = csv_quotes_start(), .kind = CSV_KIND_EMPTY};
}

static csv_kind next_kind(csv_kind before, uint8_t c) {
  if (c == '"') {
    return before;
  }
  if (c == ' ' || c == '\t' || c == '\r') {
    return before == CSV_KIND_WHOLE ? CSV_KIND_BEHIND : before == CSV_KIND_SIGN ? CSV_KIND_OTHER : before;
  }
  if (c >= '0' && c <= '9') {
    return before < CSV_KIND_BEHIND ? CSV_KIND_WHOLE : CSV_KIND_OTHER;
  }
  return (c == '-' || c == '+') && before == CSV_KIND_EMPTY ? CSV_KIND_SIGN : CSV_KIND_OTHER;
}

/* What the first cell of a whole line is. */
static csv_kind kind_of(const csv_line *l) {
  static const csv_kind kinds[] = {[CSV_KIND_EMPTY] = CSV_KIND_EMPTY,
                                   [CSV_KIND_SIGN] = CSV_KIND_OTHER,
                                   [CSV_KIND_WHOLE] = CSV_KIND_WHOLE,
                                   [CSV_KIND_BEHIND] = CSV_KIND_WHOLE,
                                   [CSV_KIND_OTHER] = CSV_KIND_OTHER};
  return kinds[l->kind];
}

static void take_kind(csv_line *l, const csv_block *b) {
  const unsigned end = b->separator != 0 ? (unsigned)__builtin_ctzll(b->separator) : b->width;
  for (unsigned i = 0; i < end && l->kind != CSV_KIND_OTHER; i++) {
    l->kind = next_kind(l->kind, b->text[i]);
  }
  l->kind_done = b->separator != 0;
}

/* The first place of AFTER, bytes after closing quotes, where the cell goes on; B's width: none. */
static unsigned find_wrong(const csv_block *b, uint64_t after) {
  for (after &= ~(b->separator | b->quote) & first_bits(b->width); after != 0; after &= after - 1) {
    const unsigned i = (unsigned)__builtin_ctzll(after);
    if (!csv_ends_cell(b->text + i, b->delimiter)) {
      return i;
    }
  }
  return b->width;
}

/* Reads on in the line; B is of this line alone. */
static void take_line(csv_line *l, const csv_block *b, uint64_t delimiters) {
  if (!l->kind_done) {
    take_kind(l, b);
  }
  l->delimiters += (unsigned)__builtin_popcountll(delimiters);
  if ((b->quote | l->quotes.inside | l->quotes.closed) != 0) {
    const uint64_t closed = l->quotes.closed;
    uint64_t closing;
    delimiters &= ~csv_quotes_step(&l->quotes, b, &closing);
    l->wrong = l->wrong || find_wrong(b, closing << 1 | closed) < b->width;
  } else {
    l->quotes.edge = (b->separator >> (b->width - 1)) & 1;
  }
  l->outside += (unsigned)__builtin_popcountll(delimiters);
}

static bool looks_like_record(const csv_spans *s, const csv_line *l) {
  return l->outside + 1 == s->cells || l->delimiters + 1 == s->cells;
}

static void read_first_line(csv_spans *s, const csv_window *w, const csv_span *record) {
  s->first = start_line(record->begin);
  for (uint64_t at = record->begin; at < record->line_end; at += BLOCK_BYTES) {
    const uint64_t left = record->line_end - at;
    csv_block b = {.text = w->text + (at - w->base), .delimiter = s->delimiter};
    b.width = left < BLOCK_BYTES ? (unsigned)left : BLOCK_BYTES;
    const csv_masks m = w->kernels->masks(b.text, s->delimiter, b.width);
    b.quote = m.quote;
    b.separator = m.newline | m.delimiter;
    take_line(&s->first, &b, m.delimiter);
    s->looked_ahead += b.width;
  }
}

/* ---- Paths --------------------------------------------------------------------------------------- */

static void start_path(csv_path *p, uint64_t at, uint64_t line) {
  p->end = CSV_PATH_GOES_ON;
  p->from = p->at = at;
  p->line = line;
  p->quotes = (csv_quotes){.inside = ~UINT64_C(0)};
  p->count = 0;
  p->alone = start_line(at);
  p->alike_from = at;
  p->alike = CSV_KIND_OTHER;
}

/* Does a record that is inside quotes at AT, the start of a line, go the way of the path? */
static bool joins(const csv_path *p, uint64_t at) {
  return p->from <= at && (at < p->at || (at == p->at && p->end == CSV_PATH_GOES_ON));
}

static void forget_before(csv_path *p, uint64_t position) {
  while (p->count > 0 && p->delimiters[p->first] < position) {
    p->first = p->first + 1 < p->ring ? p->first + 1 : 0;
    p->count--;
  }
}

static void note_delimiters(csv_path *p, uint64_t delimiters) {
  for (; delimiters != 0; delimiters &= delimiters - 1) {
    const size_t at = p->first + p->count++;
    p->delimiters[at < p->ring ? at : at - p->ring] = p->at + (unsigned)__builtin_ctzll(delimiters);
  }
}

static void end_line(csv_spans *s, uint64_t next) {
  csv_path *p = &s->path;
  if (!looks_like_record(s, &p->alone)) {
    p->alike_from = next;
  } else if (p->alike_from == p->alone.begin || p->alike != kind_of(&p->alone)) {
    p->alike_from = p->alone.begin;
    p->alike = kind_of(&p->alone);
  }
  p->alone = start_line(next);
  p->line++;
}

/* The block's lines, each for itself. */
static void take_lines(csv_spans *s, const csv_block *b, const csv_masks *m) {
  csv_path *p = &s->path;
  for (unsigned from = 0, to; from < b->width; from = to) {
    const uint64_t newlines = m->newline >> from << from;
    to = newlines != 0 ? (unsigned)__builtin_ctzll(newlines) + 1 : b->width;
    const uint64_t here = first_bits(to - from);
    const csv_block part = {.text = b->text + from,
                            .width = to - from,
                            .delimiter = b->delimiter,
                            .quote = (b->quote >> from) & here,
                            .separator = (b->separator >> from) & here};
    take_line(&p->alone, &part, (m->delimiter >> from) & here);
    if (newlines != 0) {
      end_line(s, p->at + to);
    }
  }
}

/* Walks on, not beyond LIMIT. */
static void walk(csv_spans *s, const csv_window *w, uint64_t limit) {
  csv_path *p = &s->path;
  csv_block b = {.text = w->text + (p->at - w->base), .delimiter = s->delimiter};
  b.width = limit - p->at < BLOCK_BYTES ? (unsigned)(limit - p->at) : BLOCK_BYTES;
  csv_masks m = w->kernels->masks(b.text, s->delimiter, b.width);
  b.quote = m.quote;
  b.separator = m.newline | m.delimiter;
  const uint64_t closed = p->quotes.closed;
  uint64_t closing;
  const uint64_t within = csv_quotes_step(&p->quotes, &b, &closing);
  const uint64_t ends = m.newline & ~within;
  const unsigned end = ends != 0 ? (unsigned)__builtin_ctzll(ends) + 1 : b.width;
  const unsigned wrong = find_wrong(&b, closing << 1 | closed);
  if (wrong < end) {
    p->end = CSV_PATH_WRONG;
    b.width = wrong;
  } else if (ends != 0) {
    p->end = CSV_PATH_ENDS;
    b.width = end;
  }
  const uint64_t here = first_bits(b.width);
  note_delimiters(p, m.delimiter & ~within & here);
  m.newline &= here;
  take_lines(s, &b, &m);
  p->at += b.width;
  s->looked_ahead += b.width;
}

/* ---- Judging ------------------------------------------------------------------------------------- */

static csv_verdict give_up(csv_span *record, csv_why why, uint64_t to_line, uint32_t cells) {
  record->given_up = (csv_given_up){.why = why, .line = record->line, .to_line = to_line, .cells = cells};
  return CSV_VERDICT_GIVEN_UP;
}

static bool takes_in_records(const csv_spans *s, const csv_span *record) {
  const csv_path *p = &s->path;
  return s->cells >= COLUMNS_MIN && p->alike_from <= record->line_end && p->alike == kind_of(&s->first);
}

/* By what is known of the way. */
static csv_verdict judge(const csv_spans *s, csv_span *record) {
  const csv_path *p = &s->path;
  const size_t delimiters = s->first.outside + p->count;
  if (s->first.wrong) {
    return give_up(record, CSV_WHY_TEXT, record->line, 0);
  }
  if (delimiters >= s->cells) {
    return give_up(record, CSV_WHY_MANY, 0, 0);
  }
  if (p->end == CSV_PATH_WRONG) {
    return give_up(record, CSV_WHY_TEXT, p->line, 0);
  }
  if (p->end == CSV_PATH_GOES_ON) {
    return CSV_VERDICT_MORE_TEXT;
  }
  if (delimiters + 1 < s->cells) {
    return give_up(record, CSV_WHY_FEW, p->line - 1, (uint32_t)delimiters + 1);
  }
  if (takes_in_records(s, record)) {
    return give_up(record, CSV_WHY_ROWS, p->line - 1, 0);
  }
  record->end = p->at;
  record->lines = p->line - record->line;
  return CSV_VERDICT_STANDS;
}

csv_verdict csv_spans_judge(csv_spans *s, const csv_window *w, csv_span *record) {
  csv_path *p = &s->path;
  if (s->first.begin != record->begin) {
    read_first_line(s, w, record);
  }
  if (!joins(p, record->line_end)) {
    start_path(p, record->line_end, record->line + 1);
  }
  forget_before(p, record->line_end);
  const uint64_t farthest = record->begin + s->record_bytes_max;
  const uint64_t there = w->base + w->length;
  const uint64_t limit = farthest < there ? farthest : there;
  csv_verdict verdict = judge(s, record);
  while (verdict == CSV_VERDICT_MORE_TEXT && p->at < limit) {
    walk(s, w, limit);
    verdict = judge(s, record);
  }
  if (verdict == CSV_VERDICT_STANDS && record->end > there) {
    return CSV_VERDICT_MORE_TEXT; /* the path was walked in a window that reached farther */
  }
  if (verdict != CSV_VERDICT_MORE_TEXT) {
    return verdict;
  }
  if (p->at >= farthest) {
    return give_up(record, CSV_WHY_LONG, 0, 0);
  }
  return w->all ? give_up(record, CSV_WHY_OPEN, 0, 0) : CSV_VERDICT_MORE_TEXT;
}

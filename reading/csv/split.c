/* The splitter.  A kernel runs over the blocks in which nothing happens but ends of records; the block
 * where a piece ends or a record spans lines, and the last bytes of a file, are examined bit by bit. */
#include "reading/csv/split.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "reading/csv/carriages.h"
#include "reading/plain_text.h"
#include "reading/reader.h"

enum { CHUNK_BYTES = 256 << 10, BLOCK_BYTES = 64, CARRIAGES_MAX = 2 };

void csv_splitter_init(csv_splitter *s, text_source *source, uint64_t ordinal) {
  *s = (csv_splitter){.source = source, .kernels = csv_kernels_best(), .ordinal = ordinal, .line = 1};
}

void csv_splitter_fini(csv_splitter *s) {
  csv_piece_fini(&s->rest);
  csv_spans_fini(&s->spans);
}

static status no_memory(const csv_splitter *s, error *err) {
  return error_no_memory(err, source_title(s->source));
}

/* Where cells begin. */
static bool opens_quote(const uint8_t *text, size_t at) {
  return at == 0 || ispunct(text[at - 1]) != 0 || isblank(text[at - 1]) != 0;
}

/* The first line end outside quotes; if there is none, the first one at all. */
static size_t first_line_end(const uint8_t *text, size_t length) {
  bool is_quoted = false;
  size_t quoted = length;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"' && is_quoted && i + 1 < length && text[i + 1] == '"') {
      i++;
    } else if (text[i] == '"') {
      is_quoted = !is_quoted && opens_quote(text, i);
    } else if (text[i] == '\n' || text[i] == '\r') {
      if (!is_quoted) {
        return i;
      }
      quoted = quoted == length ? i : quoted;
    }
  }
  return quoted;
}

/* A file whose first line ends so has lines that end in carriage returns; in others they are text. */
static bool carriage_ends_first_line(const uint8_t *text, size_t length) {
  const size_t end = first_line_end(text, length);
  size_t after = end;
  while (after < length && text[after] == '\r') {
    after++;
  }
  return after > end && (after == length || text[after] != '\n');
}

/* Carriage returns that end lines become newlines; that of a line end that was converted twice, "\r\r\n",
 * too. What follows the last bytes is not known yet. */
static void end_lines(const csv_splitter *s, uint8_t *text, size_t length) {
  for (uint8_t *at = text; (at = memchr(at, '\r', length - (size_t)(at - text))) != NULL; at++) {
    const size_t next = (size_t)(at - text) + 1;
    const bool is_twice = next + 1 < length && text[next] == '\r' && text[next + 1] == '\n';
    if (is_twice || (s->carriages_end_lines && next < length && text[next] != '\n')) {
      *at = '\n';
    }
  }
}

/* Trailing carriage returns whose meaning depends on what follows. */
static unsigned carriages_at_end(const uint8_t *text, size_t length) {
  unsigned count = 0;
  while (count < CARRIAGES_MAX && count < length && text[length - 1 - count] == '\r') {
    count++;
  }
  return count;
}

/* Appends text from the source, and the newline that the last line of the file may lack.  How lines end is
 * decided on the first CHUNK_BYTES, however they arrive. */
static status read_source(csv_splitter *s, csv_piece *into, error *err) {
  if (s->ended) {
    return STATUS_OK;
  }
  if (!csv_piece_reserve(into, into->length + CHUNK_BYTES)) {
    return no_memory(s, err);
  }
  uint8_t *text = into->text + into->length;
  size_t length = s->carriages;
  memset(text, '\r', length);
  do {
    size_t got = 0;
    TRY(source_read(s->source, text + length, CHUNK_BYTES - 1 - length, &got, err));
    length += got;
    s->ended = got == 0;
  } while (!s->has_begun && !s->ended && length < CHUNK_BYTES - 1);
  if (!s->has_begun) {
    s->has_begun = true;
    s->carriages_end_lines = carriage_ends_first_line(text, length);
  }
  if (s->ended && into->length + length > 0 && text[(ptrdiff_t)length - 1] != '\n') {
    text[length++] = '\n';
  }
  s->carriages = s->ended ? 0 : carriages_at_end(text, length);
  end_lines(s, text, length);
  into->length += length - s->carriages;
  return STATUS_OK;
}

status csv_splitter_more(csv_splitter *s, error *err) {
  return read_source(s, &s->rest, err);
}

/* Appends the next text to the piece. */
static status fetch(csv_splitter *s, csv_piece *p, error *err) {
  const size_t left = s->rest.length - s->rest_from;
  if (left == 0) {
    s->fresh = true;
    return read_source(s, p, err);
  }
  const size_t taken = left < CHUNK_BYTES ? left : CHUNK_BYTES;
  if (!csv_piece_reserve(p, p->length + taken)) {
    return no_memory(s, err);
  }
  memcpy(p->text + p->length, s->rest.text + s->rest_from, taken);
  p->length += taken;
  s->rest_from += taken;
  return STATUS_OK;
}

static bool all_fetched(const csv_splitter *s) {
  return s->ended && s->rest_from == s->rest.length;
}

void csv_splitter_skip(csv_splitter *s, size_t bytes) {
  assert(s->rest_from == 0 && bytes <= s->rest.length);
  s->line += plain_text_lines(s->rest.text, bytes);
  memmove(s->rest.text, s->rest.text + bytes, s->rest.length - bytes);
  s->rest.length -= bytes;
}

status csv_splitter_start(csv_splitter *s, char delimiter, uint32_t cells, error *err) {
  s->delimiter = delimiter;
  csv_spans_fini(&s->spans);
  return csv_spans_init(&s->spans, delimiter, cells, INPUT_RECORD_BYTES_MAX) ? STATUS_OK : no_memory(s, err);
}

/* A piece in the making. */
typedef struct making {
  csv_piece *piece;
  csv_scan scan;
  size_t lines_end; /* after the last newline of the text */
  size_t spans_to;  /* the first line of a record that goes on inside quotes ends here; 0: none was found */
  size_t cut;       /* where the piece ends; 0: not found yet */
} making;

/* Sets the scan to the start of a record at POSITION, after LINES newlines. */
static void restart(csv_scan *scan, size_t position, uint64_t lines) {
  scan->lines = lines;
  scan->quotes = csv_quotes_start();
  scan->newlines = UINT64_C(1) << 63;
  scan->carriages = 0;
  scan->has_carriage = false;
  scan->at = position;
  scan->record_begin = position;
}

static bool is_empty_line(const uint8_t *text, size_t begin, size_t newline) {
  return newline == begin || (newline == begin + 1 && text[begin] == '\r');
}

/* Ends the piece at END, the end of a record, when it is full. */
static bool cut_if_full(making *m, size_t end) {
  if (m->scan.records == m->scan.records_max || end >= INPUT_PIECE_BYTES_MAX) {
    m->cut = end;
  }
  return m->cut > 0;
}

static status refuse_long(const csv_splitter *s, const making *m, error *err) {
  return error_set(
      err, STATUS_DATA, "%s:%llu: the record that begins here is longer than %d MiB; is this a CSV file?",
      source_title(s->source), (unsigned long long)(s->line + m->scan.lines), INPUT_RECORD_BYTES_MAX >> 20);
}

/* Where carriage returns end lines in the record up to END, the scan begins anew at its first line. */
static status open_up(csv_splitter *s, making *m, size_t end, bool *opened, error *err) {
  csv_scan *scan = &m->scan;
  const size_t begin = scan->record_begin;
  *opened = csv_carriages_end_lines(m->piece->text + begin, end - begin, s->delimiter, s->spans.cells);
  if (!*opened) {
    return STATUS_OK;
  }
  csv_spans_forget(&s->spans);
  restart(scan, begin, scan->lines);
  return csv_piece_note_opened(m->piece, begin, end - 1) ? STATUS_OK : no_memory(s, err);
}

/* One block (the last one of the text may be short), record by record, up to the end of the piece or a
 * newline inside quotes. */
static status step(csv_splitter *s, making *m, error *err) {
  csv_scan *scan = &m->scan;
  const uint8_t *text = m->piece->text;
  assert(scan->at < m->lines_end && scan->record_begin <= scan->at);
  const size_t left = m->lines_end - scan->at;
  const unsigned width = left < BLOCK_BYTES ? (unsigned)left : BLOCK_BYTES;
  const csv_masks masks = s->kernels->masks(text + scan->at, scan->delimiter, width);
  const csv_block block = {text + scan->at, width, scan->delimiter, masks.quote,
                           masks.newline | masks.delimiter};
  uint64_t closing;
  const uint64_t within = csv_quotes_step(&scan->quotes, &block, &closing);
  for (uint64_t newlines = masks.newline; newlines != 0; newlines &= newlines - 1) {
    const unsigned i = (unsigned)__builtin_ctzll(newlines);
    const size_t end = scan->at + i + 1;
    if (end - scan->record_begin > scan->record_bytes_max) {
      return refuse_long(s, m, err);
    }
    if ((within >> i & 1) != 0) {
      m->spans_to = end;
      return STATUS_OK;
    }
    bool opened;
    TRY(open_up(s, m, end, &opened, err));
    if (opened) {
      return STATUS_OK;
    }
    scan->has_carriage = false;
    scan->records += !is_empty_line(text, scan->record_begin, end - 1);
    scan->record_begin = end;
    scan->lines++;
    if (cut_if_full(m, end)) {
      return STATUS_OK;
    }
  }
  const size_t from = scan->at > scan->record_begin ? scan->at - 1 : scan->record_begin;
  scan->newlines = masks.newline;
  scan->at += width;
  scan->has_carriage = scan->has_carriage || csv_carriages_are_in(text, from, scan->at);
  scan->carriages = text[scan->at - 1] == '\r' ? UINT64_C(1) << 63 : 0;
  return scan->at - scan->record_begin > scan->record_bytes_max ? refuse_long(s, m, err) : STATUS_OK;
}

/* Accepts the record that spans lines, or gives it up for its first line; *MORE: more text is needed. */
static status judge_record(csv_splitter *s, making *m, bool *more, error *err) {
  csv_scan *scan = &m->scan;
  const csv_window window = {.kernels = s->kernels,
                             .text = m->piece->text,
                             .base = s->offset,
                             .length = m->lines_end,
                             .all = all_fetched(s)};
  csv_span record = {.begin = s->offset + scan->record_begin,
                     .line_end = s->offset + m->spans_to,
                     .line = s->line + scan->lines};
  const csv_verdict verdict = csv_spans_judge(&s->spans, &window, &record);
  *more = verdict == CSV_VERDICT_MORE_TEXT;
  if (*more) {
    return STATUS_OK;
  }
  if (verdict == CSV_VERDICT_STANDS) {
    restart(scan, (size_t)(record.end - s->offset), scan->lines + record.lines);
  } else {
    record.given_up.begin = scan->record_begin;
    record.given_up.end = m->spans_to;
    if (!csv_piece_note_given_up(m->piece, record.given_up)) {
      return no_memory(s, err);
    }
    restart(scan, m->spans_to, scan->lines + 1);
  }
  m->spans_to = 0;
  scan->records++;
  (void)cut_if_full(m, scan->at);
  return STATUS_OK;
}

/* Returns the text after CUT to the rest. */
static status cut_piece(csv_splitter *s, csv_piece *p, size_t cut, error *err) {
  const size_t left = p->length - cut;
  assert(cut <= p->length);
  assert(s->fresh ? s->rest_from == s->rest.length : left <= s->rest_from); /* no text gets lost */
  if (!s->fresh) {
    s->rest_from -= left;
    memcpy(s->rest.text + s->rest_from, p->text + cut, left); /* it may have other line ends now */
  } else if (!csv_piece_reserve(&s->rest, left)) {
    return no_memory(s, err);
  } else {
    memcpy(s->rest.text, p->text + cut, left);
    s->rest.length = left;
    s->rest_from = 0;
  }
  p->length = cut;
  memset(p->text + cut, 0, CSV_MARGIN);
  return STATUS_OK;
}

/* Scans until the piece is full, or more text is needed. */
static status scan_text(csv_splitter *s, making *m, error *err) {
  csv_scan *scan = &m->scan;
  const bool is_last = all_fetched(s);
  const bool is_long = m->piece->length - m->lines_end > scan->record_bytes_max;
  bool more = false;
  while (m->cut == 0 && !more) {
    if (m->spans_to > 0) {
      TRY(judge_record(s, m, &more, err));
      continue;
    }
    if (!scan->has_carriage) {
      s->kernels->scan(scan, m->piece->text,
                       m->lines_end < INPUT_PIECE_BYTES_MAX ? m->lines_end : INPUT_PIECE_BYTES_MAX - 1);
    }
    if (scan->at + BLOCK_BYTES <= m->lines_end || ((is_last || is_long) && scan->at < m->lines_end)) {
      TRY(step(s, m, err));
    } else if (is_long) {
      return refuse_long(s, m, err);
    } else {
      more = true;
    }
  }
  return STATUS_OK;
}

/* Finds the last newline in the text from FROM on. */
static void find_lines_end(making *m, size_t from) {
  const csv_piece *p = m->piece;
  const uint8_t *newline = memrchr(p->text + from, '\n', p->length - from);
  if (newline != NULL) {
    m->lines_end = (size_t)(newline - p->text) + 1;
  }
}

status csv_splitter_next(csv_splitter *s, uint32_t rows, csv_piece *piece, error *err) {
  csv_piece_clear(piece);
  if (!csv_piece_reserve(piece, CHUNK_BYTES)) {
    return no_memory(s, err);
  }
  s->fresh = false;
  making m = {.piece = piece};
  m.scan =
      (csv_scan){.delimiter = s->delimiter, .records_max = rows, .record_bytes_max = INPUT_RECORD_BYTES_MAX};
  restart(&m.scan, 0, 0);
  while (true) {
    TRY(scan_text(s, &m, err));
    if (m.cut > 0 || all_fetched(s)) {
      break;
    }
    const size_t before = piece->length;
    TRY(fetch(s, piece, err));
    find_lines_end(&m, before);
  }
  TRY(cut_piece(s, piece, m.cut > 0 ? m.cut : piece->length, err));
  piece->records = m.scan.records;
  piece->first_ordinal = s->ordinal;
  piece->first_line = s->line;
  s->ordinal += m.scan.records;
  s->line += m.scan.lines;
  s->offset += piece->length;
  return STATUS_OK;
}

status csv_splitter_undo(csv_splitter *s, const csv_piece *piece, error *err) {
  const size_t left = s->rest.length - s->rest_from;
  if (!csv_piece_reserve(&s->rest, piece->length + left)) {
    return no_memory(s, err);
  }
  memmove(s->rest.text + piece->length, s->rest.text + s->rest_from, left);
  memcpy(s->rest.text, piece->text, piece->length);
  s->rest.length = piece->length + left;
  s->rest_from = 0;
  for (size_t i = 0; i < piece->opened_count; i++) {
    s->rest.text[piece->opened[i]] = '\r';
  }
  csv_spans_forget(&s->spans);
  s->ordinal = piece->first_ordinal;
  s->line = piece->first_line;
  s->offset -= piece->length;
  return STATUS_OK;
}

/* The splitter.  A kernel runs over the blocks in which nothing happens but ends of records; the block
 * where a piece ends, and the last bytes of a file, are looked at bit by bit. */
#include "client/csv/split.h"

#include <string.h>

enum { CHUNK_BYTES = 256 << 10, BLOCK_BYTES = 64 };

void csv_splitter_init(csv_splitter *s, csv_source *source, uint64_t ordinal) {
  *s = (csv_splitter){.source = source, .kernels = csv_kernels_best(), .ordinal = ordinal, .line = 1};
}

void csv_splitter_fini(csv_splitter *s) {
  csv_piece_fini(&s->rest);
}

static status no_memory(const csv_splitter *s, error *err) {
  return error_no_memory(err, csv_source_title(s->source));
}

/* Appends text from the source, and the newline that the last line of the file may lack. */
static status read_source(csv_splitter *s, csv_piece *into, error *err) {
  if (s->ended) {
    return STATUS_OK;
  }
  if (!csv_piece_reserve(into, into->length + CHUNK_BYTES)) {
    return no_memory(s, err);
  }
  size_t got = 0;
  TRY(csv_source_read(s->source, into->text + into->length, CHUNK_BYTES - 1, &got, err));
  into->length += got;
  if (got == 0) {
    s->ended = true;
    if (into->length > 0 && into->text[into->length - 1] != '\n') {
      into->text[into->length++] = '\n';
    }
  }
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
  s->line += csv_count_lines(s->rest.text, bytes);
  memmove(s->rest.text, s->rest.text + bytes, s->rest.length - bytes);
  s->rest.length -= bytes;
}

/* Sets the scan to the start of a record at POSITION, behind LINES newlines. */
static void restart(csv_scan *scan, size_t position, uint64_t lines) {
  scan->lines = lines;
  scan->quotes = csv_quotes_start();
  scan->newlines = UINT64_C(1) << 63;
  scan->carriages = 0;
  scan->at = position;
  scan->record_begin = position;
}

static bool is_empty_line(const uint8_t *text, size_t begin, size_t newline) {
  return newline == begin || (newline == begin + 1 && text[begin] == '\r');
}

/* One block (the last one of a file may be short), record by record.  True: the piece is full and ends
 * at *CUT.  The scan is left where it was when the record grows too long. */
static bool step(csv_scan *scan, const csv_piece *p, size_t *cut, bool *too_long) {
  const uint8_t *text = p->text;
  const size_t left = p->length - scan->at;
  uint64_t newline = 0;
  uint64_t carriage = 0;
  uint64_t quote = 0;
  uint64_t separator = 0;
  for (unsigned i = 0; i < BLOCK_BYTES && i < left; i++) {
    const uint8_t c = text[scan->at + i];
    newline |= (uint64_t)(c == '\n') << i;
    carriage |= (uint64_t)(c == '\r') << i;
    quote |= (uint64_t)(c == '"') << i;
    separator |= (uint64_t)(c == '\n' || c == (uint8_t)scan->delimiter) << i;
  }
  csv_quotes quotes = scan->quotes;
  uint64_t closing;
  const uint64_t within = csv_quotes_step(&quotes, quote, separator, &closing);
  size_t begin = scan->record_begin;
  uint32_t records = scan->records;
  for (uint64_t ends = newline & ~within; ends != 0; ends &= ends - 1) {
    const size_t at = scan->at + (unsigned)__builtin_ctzll(ends);
    if (at + 1 - begin > scan->record_bytes_max) {
      *too_long = true;
      return false;
    }
    records += !is_empty_line(text, begin, at);
    begin = at + 1;
    if (records == scan->records_max || begin >= CSV_PIECE_BYTES_MAX) {
      scan->records = records;
      scan->lines += (unsigned)__builtin_popcountll(newline & (ends ^ (ends - 1)));
      *cut = begin;
      return true;
    }
  }
  const size_t next = scan->at + (left < BLOCK_BYTES ? left : BLOCK_BYTES);
  if (next - begin > scan->record_bytes_max) {
    *too_long = true;
    return false;
  }
  scan->records = records;
  scan->lines += (unsigned)__builtin_popcountll(newline);
  scan->record_begin = begin;
  scan->quotes = quotes;
  scan->newlines = newline;
  scan->carriages = carriage;
  scan->at = next;
  return false;
}

/* Where the quoted cell opened that TEXT[begin, end) ends in; END when it does not end in one. */
static size_t find_open_quote(const uint8_t *text, size_t begin, size_t end, char delimiter) {
  enum { CELL_START, PLAIN, QUOTED, CLOSED } state = CELL_START;
  size_t opened = end;
  for (size_t i = begin; i < end; i++) {
    const uint8_t c = text[i];
    if (state == QUOTED) {
      state = c == '"' ? CLOSED : QUOTED;
    } else if (c == (uint8_t)delimiter || c == '\n') {
      state = CELL_START;
    } else if (c == '"' && state == CELL_START) {
      state = QUOTED;
      opened = i;
    } else {
      state = c == '"' && state == CLOSED ? QUOTED : PLAIN;
    }
  }
  return state == QUOTED || state == CLOSED ? opened : end;
}

/* The record at the scan's record_begin opened a quote that does not close: makes it one line. */
static status give_up_record(const csv_splitter *s, csv_scan *scan, csv_piece *p, error *err) {
  const size_t begin = scan->record_begin;
  size_t end = p->length;
  if (end - begin > scan->record_bytes_max) {
    end = begin + scan->record_bytes_max;
  }
  const size_t opened = find_open_quote(p->text, begin, end, scan->delimiter);
  const uint8_t *newline = opened < end ? memchr(p->text + opened, '\n', end - opened) : NULL;
  if (newline == NULL) {
    return error_set(
        err, STATUS_DATA, "%s:%llu: the record that begins here is longer than %d MiB; is this a CSV file?",
        csv_source_title(s->source), (unsigned long long)(s->line + csv_count_lines(p->text, begin)),
        CSV_RECORD_BYTES_MAX >> 20);
  }
  const csv_unclosed record = {.begin = begin,
                               .end = (size_t)(newline - p->text) + 1,
                               .quote_line = s->line + csv_count_lines(p->text, opened)};
  if (!csv_piece_note_unclosed(p, record)) {
    return no_memory(s, err);
  }
  restart(scan, record.end, csv_count_lines(p->text, record.end));
  scan->records++;
  return STATUS_OK;
}

/* Gives the text behind CUT back to the rest. */
static status cut_piece(csv_splitter *s, csv_piece *p, size_t cut, error *err) {
  const size_t left = p->length - cut;
  if (!s->fresh) {
    s->rest_from -= left;
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

/* Scans until the piece is full (*CUT > 0), or more text is needed. */
static status scan_text(csv_splitter *s, csv_scan *scan, csv_piece *p, size_t *cut, error *err) {
  *cut = 0;
  while (*cut == 0) {
    const size_t end = p->length < CSV_PIECE_BYTES_MAX ? p->length : CSV_PIECE_BYTES_MAX - 1;
    s->kernels->scan(scan, p->text, end);
    bool too_long = false;
    if (scan->at + BLOCK_BYTES <= p->length || (all_fetched(s) && scan->at < p->length)) {
      if (step(scan, p, cut, &too_long)) {
        break;
      }
    } else if (!all_fetched(s) || scan->quotes.inside == 0) {
      break;
    } else {
      too_long = true;
    }
    if (too_long) {
      TRY(give_up_record(s, scan, p, err));
      *cut = scan->records == scan->records_max || scan->at >= CSV_PIECE_BYTES_MAX ? scan->at : 0;
    }
  }
  return STATUS_OK;
}

status csv_splitter_next(csv_splitter *s, uint32_t rows, csv_piece *piece, error *err) {
  csv_piece_clear(piece);
  if (!csv_piece_reserve(piece, CHUNK_BYTES)) {
    return no_memory(s, err);
  }
  s->fresh = false;
  csv_scan scan = {.delimiter = s->delimiter, .records_max = rows, .record_bytes_max = CSV_RECORD_BYTES_MAX};
  restart(&scan, 0, 0);
  size_t cut = 0;
  while (cut == 0) {
    const bool last = all_fetched(s);
    TRY(scan_text(s, &scan, piece, &cut, err));
    if (last) {
      break;
    }
    if (cut == 0) {
      TRY(fetch(s, piece, err));
    }
  }
  TRY(cut_piece(s, piece, cut > 0 ? cut : piece->length, err));
  piece->records = scan.records;
  piece->first_ordinal = s->ordinal;
  piece->first_line = s->line;
  s->ordinal += scan.records;
  s->line += scan.lines;
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
  s->ordinal = piece->first_ordinal;
  s->line = piece->first_line;
  return STATUS_OK;
}

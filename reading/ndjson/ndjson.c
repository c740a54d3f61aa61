/* The row of NDJSON, and cutting at newlines. */
#include "reading/ndjson/ndjson.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 256 << 10 };

/* ---- Cutting ------------------------------------------------------------------------------------- */

/* Appends text from the source, and the newline that the last line of the file may lack. */
static status read_more(input_file *f, buf *into, error *err) {
  ndjson_file *n = f->self;
  size_t got = 0;
  if (!piece_bytes_reserve(into, CHUNK_BYTES + 1 + INPUT_MARGIN)) {
    return error_no_memory(err, f->title);
  }
  TRY(source_read(f->source, into->data + into->length, CHUNK_BYTES, &got, err));
  into->length += got;
  if (got == 0) {
    n->ended = true;
    if (into->length > 0 && into->data[into->length - 1] != '\n') {
      into->data[into->length++] = '\n';
    }
  }
  return STATUS_OK;
}

/* A piece in the making. */
typedef struct making {
  size_t line_begin, looked_at; /* in the text */
  uint32_t records;
  uint64_t lines;
} making;

/* The available lines, up to the end of a full piece: then true. */
static bool take_lines(making *m, const buf *text, uint32_t records_max) {
  while (m->looked_at < text->length) {
    const uint8_t *from = text->data + m->looked_at;
    const uint8_t *newline = memchr(from, '\n', text->length - m->looked_at);
    if (newline == NULL) {
      m->looked_at = text->length;
      break;
    }
    const size_t end = (size_t)(newline - text->data);
    m->records += !line_is_blank((slice){(const char *)text->data + m->line_begin, end - m->line_begin});
    m->lines++;
    m->line_begin = m->looked_at = end + 1;
    if (m->records == records_max || m->line_begin >= INPUT_PIECE_BYTES_MAX) {
      return true;
    }
  }
  return false;
}

static status refuse_long(const input_file *f, const making *m, error *err) {
  const ndjson_file *n = f->self;
  return error_set(err, STATUS_DATA,
                   "%s:%llu: the line is longer than %d MiB; is this newline-delimited JSON?", f->title,
                   (unsigned long long)(n->line + m->lines), INPUT_RECORD_BYTES_MAX >> 20);
}

status ndjson_cut(input_file *f, uint32_t records, buf *text, input_piece *out, error *err) {
  ndjson_file *n = f->self;
  making m = {0};
  buf_clear(text);
  buf_put(text, n->rest.data, n->rest.length);
  bool is_full = !text->failed && take_lines(&m, text, records);
  while (!is_full && !n->ended) {
    if (text->length - m.line_begin > INPUT_RECORD_BYTES_MAX) {
      return refuse_long(f, &m, err);
    }
    TRY(read_more(f, text, err));
    is_full = take_lines(&m, text, records);
  }
  buf_clear(&n->rest);
  if (text->length > m.line_begin) { /* else there may be no text at all */
    buf_put(&n->rest, text->data + m.line_begin, text->length - m.line_begin);
  }
  text->length = m.line_begin;
  if (!buf_reserve(text, INPUT_MARGIN) || n->rest.failed) {
    return error_no_memory(err, f->title);
  }
  memset(text->data + text->length, 0, INPUT_MARGIN);
  out->first_ordinal = n->ordinal;
  out->first_line = n->line;
  out->records = m.records;
  out->is_end = text->length == 0;
  n->ordinal += m.records;
  n->line += m.lines;
  return STATUS_OK;
}

slice ndjson_next_line(const buf *text, size_t *at) {
  const uint8_t *begin = text->data + *at;
  const uint8_t *newline = memchr(begin, '\n', text->length - *at);
  *at = (size_t)(newline - text->data) + 1;
  return (slice){(const char *)begin, (size_t)(newline - begin)};
}

/* ---- The row ------------------------------------------------------------------------------------- */

static void start_pass(input_file *f) {
  ndjson_file *n = f->self;
  buf_clear(&n->rest);
  n->ended = false;
  n->ordinal = f->first_ordinal;
  n->line = 1;
}

static status open_ndjson(input_file *f, const input_watch *watch, error *err) {
  const reading_header_rows *h = &f->options->header;
  if (h->skip > 0 || h->rows > 0 || h->titles != 0 || h->labels > 0) {
    return error_set(
        err, STATUS_DATA,
        "%s: is newline-delimited JSON, which has no header: `data: {skip, header, titles, labels}` "
        "are of CSV files",
        f->title);
  }
  ndjson_file *n = calloc(1, sizeof *n);
  if (n == NULL || !dictionary_init(&n->names, f->memory)) {
    free(n);
    return error_no_memory(err, f->title);
  }
  f->self = n;
  dictionary_clear(&n->names, UINT32_MAX);
  start_pass(f);
  TRY(ndjson_find_keys(f, watch, err));
  TRY(source_restart(f->source, err));
  n->is_second = true;
  start_pass(f);
  return STATUS_OK;
}

static void close_ndjson(input_file *f) {
  ndjson_file *n = f->self;
  if (n != NULL) {
    dictionary_fini(&n->names);
    buf_fini(&n->rest);
    free(n);
    f->self = NULL;
  }
}

/* Half of the file's bytes are done with when it was read once. */
static uint64_t position(const input_file *f) {
  const ndjson_file *n = f->self;
  const uint64_t before = n->is_second ? source_size(f->source) : 0;
  return (before + source_position(f->source)) / 2;
}

static status cut(input_file *f, uint32_t records, input_piece *piece, error *err) {
  ndjson_file *n = f->self;
  TRY(ndjson_cut(f, records, piece->content, piece, err));
  if (piece->is_end) {
    buf_fini(&n->rest);
  }
  return STATUS_OK;
}

/* The first byte that is to be seen. */
static bool begins_with_brace(slice head) {
  size_t i = 0;
  while (i < head.length && strchr(" \t\r\n", head.bytes[i]) != NULL && head.bytes[i] != '\0') {
    i++;
  }
  return i < head.length && head.bytes[i] == '{';
}

static const char *const endings[] = {".ndjson", ".jsonl", ".json", NULL};

const input_format input_ndjson = {
    .name = "ndjson",
    .endings = endings,
    .recognise = begins_with_brace,
    .names_stand = "among the keys of its objects",
    .may_lack_columns = true,
    .open = open_ndjson,
    .close = close_ndjson,
    .position = position,
    .piece_new = piece_bytes_new,
    .piece_free = piece_bytes_free,
    .cut = cut,
    .decoder_new = ndjson_decoder_new,
    .decoder_free = ndjson_decoder_free,
    .decode = ndjson_decode,
    .find = ndjson_find,
};

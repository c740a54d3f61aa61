/* The format's row, and cutting after a number of rows. */
#include "reading/dta/dta.h"

#include <stdlib.h>
#include <string.h>

static status open_dta(input_file *f, const input_watch *watch, error *err) {
  dta_file *d = calloc(1, sizeof *d);
  if (d == NULL) {
    return error_no_memory(err, f->title);
  }
  f->self = d;
  d->texts.watch = d->watch = ARENA_NEW(f->memory, padded_watch);
  if (d->watch == NULL) {
    return error_no_memory(err, f->title);
  }
  byte_stream_init(&d->in, f->source, f->title);
  TRY(dta_read_header(f, err));
  TRY(dta_read_tail(f, watch, err));
  padded_texts_fini(&d->texts);
  TRY(source_restart(f->source, err));
  byte_stream_fini(&d->in);
  byte_stream_init(&d->in, f->source, f->title);
  return byte_stream_pass(&d->in, d->rows_begin, "its header", err);
}

static void close_dta(input_file *f) {
  dta_file *d = f->self;
  if (d != NULL) {
    padded_texts_fini(&d->texts);
    byte_stream_fini(&d->in);
    free(d->long_texts);
    free(d);
    f->self = NULL;
  }
}

/* The file is read twice: after the first time half of the work is done. */
static uint64_t position(const input_file *f) {
  const dta_file *d = f->self;
  const uint64_t before = d->rows_cut > 0 ? source_size(f->source) : 0;
  return (before + source_position(f->source)) / 2;
}

static uint32_t notices(const input_file *f) {
  const dta_file *d = f->self;
  return padded_watch_notices(d->watch, d->encoding);
}

static status cut(input_file *f, uint32_t records, input_piece *piece, error *err) {
  dta_file *d = f->self;
  buf *rows = piece->content;
  buf_clear(rows);
  piece->first_ordinal = f->first_ordinal + d->rows_cut;
  piece->first_line = d->rows_cut + 1;
  piece->records = 0;
  while (piece->records < records && d->rows_cut < d->rows && rows->length < INPUT_PIECE_BYTES_MAX) {
    if (!piece_bytes_reserve(rows, d->row_bytes)) {
      return error_no_memory(err, f->title);
    }
    TRY(byte_stream_need(&d->in, d->row_bytes, "its rows", err));
    buf_put(rows, byte_stream_bytes(&d->in), d->row_bytes);
    byte_stream_take(&d->in, d->row_bytes);
    piece->records++;
    d->rows_cut++;
  }
  piece->is_end = piece->records == 0;
  return piece->is_end ? byte_stream_pass_rest(&d->in, err) : STATUS_OK;
}

/* Files before format 117 begin with their format, the byte order, 1 and 0. */
static bool begins_with_magic(slice head) {
  static const char tag[] = "<stata_dta>";
  const uint8_t *bytes = (const uint8_t *)head.bytes;
  return (head.length >= sizeof tag - 1 && memcmp(bytes, tag, sizeof tag - 1) == 0) ||
         (head.length >= 4 && bytes[0] >= 102 && bytes[0] <= 115 && (bytes[1] == 1 || bytes[1] == 2) &&
          bytes[2] == 1 && bytes[3] == 0);
}

static const char *const endings[] = {".dta", NULL};

const input_format input_dta = {
    .name = "dta",
    .endings = endings,
    .recognise = begins_with_magic,
    .of_bytes = true,
    .names_stand = "among its variables",
    .open = open_dta,
    .close = close_dta,
    .position = position,
    .notices = notices,
    .piece_new = piece_bytes_new,
    .piece_free = piece_bytes_free,
    .cut = cut,
    .decoder_new = dta_decoder_new,
    .decoder_free = dta_decoder_free,
    .decode = dta_decode,
    .find = dta_find,
};

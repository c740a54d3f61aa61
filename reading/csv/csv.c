/* The row of CSV: cutting is the splitter's work (split.h), decoding the decoder's (csv.h). */
#include "reading/csv/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reading/csv/cell.h"

bool csv_delimiter_possible(char delimiter) {
  return delimiter > 0 && !isalnum((unsigned char)delimiter) && strchr("\"\n\r-+", delimiter) == NULL;
}

static status check_delimiter(char delimiter, error *err) {
  return delimiter == 0 || csv_delimiter_possible(delimiter)
             ? STATUS_OK
             : error_set(err, STATUS_SPECIFICATION, "byte 0x%02X cannot be a delimiter; use , ; | or a tab",
                         (unsigned char)delimiter);
}

/* The names that the header has. */
static status give_header(const csv_file *c, input_file *f, error *err) {
  f->header.columns = ARENA_ARRAY(f->memory, input_column, (size_t)c->header.count + 1);
  if (f->header.columns == NULL) {
    return error_no_memory(err, f->title);
  }
  f->header.line = c->header.line;
  f->header.reading = c->header.reading;
  f->header.manner = c->header.manner;
  f->header.first_line = c->header.first_line;
  f->header.count = c->header.count;
  for (uint32_t i = 0; i < c->header.count; i++) {
    f->header.columns[i].name = c->header.names[i];
    f->header.columns[i].label = c->header.labels != NULL ? c->header.labels[i] : (slice){NULL, 0};
  }
  return STATUS_OK;
}

static status open_csv(input_file *f, const input_watch *watch, error *err) {
  (void)watch; /* a header is soon read */
  TRY(check_delimiter(f->options->delimiter, err));
  csv_file *c = calloc(1, sizeof *c);
  if (c == NULL) {
    return error_no_memory(err, f->title);
  }
  f->self = c;
  csv_splitter_init(&c->splitter, f->source, f->first_ordinal);
  TRY(csv_header_read(&c->splitter, f->options, f->memory, &c->header, err));
  return give_header(c, f, err);
}

static void close_csv(input_file *f) {
  csv_file *c = f->self;
  if (c != NULL) {
    csv_splitter_fini(&c->splitter);
    free(c);
    f->self = NULL;
  }
}

static uint64_t position(const input_file *f) {
  return source_position(f->source);
}

static void *piece_new(void) {
  return calloc(1, sizeof(csv_piece));
}

static void piece_free(void *content) {
  csv_piece_fini(content);
  free(content);
}

static status cut(input_file *f, uint32_t records, input_piece *piece, error *err) {
  csv_file *c = f->self;
  csv_piece *text = piece->content;
  TRY(csv_splitter_next(&c->splitter, records, text, err));
  piece->first_ordinal = text->first_ordinal;
  piece->first_line = text->first_line;
  piece->records = text->records;
  piece->is_end = text->length == 0;
  if (piece->is_end) {
    csv_splitter_fini(&c->splitter); /* decoders need the file yet, but not its rest */
  }
  return STATUS_OK;
}

static status undo(input_file *f, const input_piece *piece, error *err) {
  csv_file *c = f->self;
  return csv_splitter_undo(&c->splitter, piece->content, err);
}

static void *decoder_new(void) {
  return csv_decoder_new();
}

static void decoder_free(void *decoder) {
  csv_decoder_destroy(decoder);
}

static status decode(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                     error *err) {
  return csv_decoder_run(decoder, f->self, f->title, piece->content, sink, err);
}

static bool find(void *decoder, uint32_t row, uint32_t cell, slice *text) {
  return csv_decoder_find(decoder, row, cell, text);
}

static const char *const endings[] = {".csv", ".tsv", NULL};

const input_format input_csv = {
    .name = "csv",
    .endings = endings,
    .names_stand = "in the header",
    .open = open_csv,
    .close = close_csv,
    .position = position,
    .piece_new = piece_new,
    .piece_free = piece_free,
    .cut = cut,
    .undo = undo,
    .decoder_new = decoder_new,
    .decoder_free = decoder_free,
    .decode = decode,
    .text_of = csv_cell_text,
    .find = find,
};

/* The format's row, and cutting after a number of cases. */
#include "reading/sav/sav.h"

#include <stdlib.h>
#include <string.h>

static status open_sav(input_file *f, const input_watch *watch, error *err) {
  sav_records records = {0};
  (void)watch; /* nothing but the dictionary is read */
  sav_file *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, f->title);
  }
  f->self = s;
  s->watch = ARENA_NEW(f->memory, padded_watch);
  if (s->watch == NULL) {
    return error_no_memory(err, f->title);
  }
  byte_stream_init(&s->in, f->source, f->title);
  TRY(sav_read_records(f, &records, err));
  TRY(sav_make_columns(f, &records, err));
  return sav_unpacker_new(f, err);
}

static void close_sav(input_file *f) {
  sav_file *s = f->self;
  if (s != NULL) {
    sav_unpacker_free(s->unpacker);
    byte_stream_fini(&s->in);
    free(s);
    f->self = NULL;
  }
}

static uint64_t position(const input_file *f) {
  return source_position(f->source);
}

static uint32_t notices(const input_file *f) {
  const sav_file *s = f->self;
  return padded_watch_notices(s->watch, s->encoding);
}

static status cut(input_file *f, uint32_t records, input_piece *piece, error *err) {
  sav_file *s = f->self;
  buf *codes = piece->content;
  bool end = false;
  buf_clear(codes);
  piece->first_ordinal = f->first_ordinal + s->cases_cut;
  piece->first_line = s->cases_cut + 1;
  piece->records = 0;
  while (piece->records < records && codes->length < INPUT_PIECE_BYTES_MAX) {
    TRY(sav_next_case(f, codes, &end, err));
    if (end) {
      break;
    }
    piece->records++;
  }
  piece->is_end = piece->records == 0;
  return piece->is_end ? sav_pass_end(f, err) : STATUS_OK;
}

static bool begins_with_magic(slice head) {
  return head.length >= 4 && (memcmp(head.bytes, "$FL2", 4) == 0 || memcmp(head.bytes, "$FL3", 4) == 0);
}

static const char *const endings[] = {".sav", ".zsav", NULL};

const input_format input_sav = {
    .name = "sav",
    .endings = endings,
    .recognise = begins_with_magic,
    .of_bytes = true,
    .names_stand = "among its variables",
    .open = open_sav,
    .close = close_sav,
    .position = position,
    .notices = notices,
    .piece_new = piece_bytes_new,
    .piece_free = piece_bytes_free,
    .cut = cut,
    .decoder_new = sav_decoder_new,
    .decoder_free = sav_decoder_free,
    .decode = sav_decode,
    .find = sav_find,
};

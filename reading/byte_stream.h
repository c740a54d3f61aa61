/* The bytes of a file that is not text, taken from its source front to back. */
#ifndef CANVASS_READING_BYTE_STREAM_H
#define CANVASS_READING_BYTE_STREAM_H

#include "base/buf.h"
#include "reading/source.h"

typedef struct byte_stream {
  text_source *source; /* borrowed */
  const char *title;
  buf held; /* what was read; from AT on it has not been taken */
  size_t at;
  uint64_t before; /* bytes of the file in front of HELD */
  bool ended;      /* the source has no more */
} byte_stream;

/* SOURCE is at its start. */
void byte_stream_init(byte_stream *b, text_source *source, const char *title);
void byte_stream_fini(byte_stream *b);

/* Reads until COUNT bytes can be taken, or the file ends: then there may be fewer. */
status byte_stream_ask(byte_stream *b, size_t count, error *err) MUST_USE;
/* The same; fewer are STATUS_DATA: the file was cut off in WHAT. */
status byte_stream_need(byte_stream *b, size_t count, const char *what, error *err) MUST_USE;
/* Passes COUNT bytes over, however many; a file that ends before is STATUS_DATA. */
status byte_stream_pass(byte_stream *b, uint64_t count, const char *what, error *err) MUST_USE;
/* Passes all that is left over: the digest of a file is of all its bytes. */
status byte_stream_pass_rest(byte_stream *b, error *err) MUST_USE;
/* Takes COUNT bytes, which stay in MEMORY with INPUT_MARGIN readable ones after them; as byte_stream_need. */
status byte_stream_keep(byte_stream *b, size_t count, const char *what, arena *memory, const uint8_t **out,
                        error *err) MUST_USE;
/* STATUS_DATA when the file has no byte at all. */
status byte_stream_check_first(byte_stream *b, error *err) MUST_USE;
/* STATUS_DATA: PROBLEM, where the next byte stands. */
status byte_stream_damaged(const byte_stream *b, const char *problem, error *err);

/* Nothing may follow but bytes that fill a block: zeros and blanks.  STATUS_DATA otherwise. */
status byte_stream_end(byte_stream *b, error *err) MUST_USE;
/* For what is known to be something. */
status byte_stream_refuse_more(const byte_stream *b, error *err);

static inline size_t byte_stream_left(const byte_stream *b) {
  return b->held.length - b->at;
}

/* The next bytes; valid until more are asked for. */
static inline const uint8_t *byte_stream_bytes(const byte_stream *b) {
  return b->held.data + b->at;
}

/* Takes COUNT of those that are there. */
static inline void byte_stream_take(byte_stream *b, size_t count) {
  b->at += count;
}

/* Where in the file the next byte stands. */
static inline uint64_t byte_stream_position(const byte_stream *b) {
  return b->before + b->at;
}

#endif

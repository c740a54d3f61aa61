/* A buffer whose front moves. */
#include "reading/byte_stream.h"

#include <string.h>

#include "reading/reader.h"

enum { CHUNK_BYTES = 256 << 10 };

void byte_stream_init(byte_stream *b, text_source *source, const char *title) {
  *b = (byte_stream){.source = source, .title = title};
  buf_init(&b->held);
}

void byte_stream_fini(byte_stream *b) {
  buf_fini(&b->held);
}

static status read_more(byte_stream *b, error *err) {
  buf *held = &b->held;
  size_t got = 0;
  if (b->at > 0) {
    memmove(held->data, held->data + b->at, held->length - b->at);
    held->length -= b->at;
    b->before += b->at;
    b->at = 0;
  }
  if (!buf_reserve(held, CHUNK_BYTES)) {
    return error_no_memory(err, b->title);
  }
  TRY(source_read(b->source, held->data + held->length, CHUNK_BYTES, &got, err));
  held->length += got;
  b->ended = got == 0;
  return STATUS_OK;
}

status byte_stream_ask(byte_stream *b, size_t count, error *err) {
  while (byte_stream_left(b) < count && !b->ended) {
    TRY(read_more(b, err));
  }
  return STATUS_OK;
}

static status cut_off(const byte_stream *b, const char *what, error *err) {
  return error_set(err, STATUS_DATA, "%s: ends within %s, at byte %llu; the file was cut off, copy it again",
                   b->title, what, (unsigned long long)(b->before + b->held.length));
}

status byte_stream_need(byte_stream *b, size_t count, const char *what, error *err) {
  TRY(byte_stream_ask(b, count, err));
  return byte_stream_left(b) >= count ? STATUS_OK : cut_off(b, what, err);
}

status byte_stream_pass(byte_stream *b, uint64_t count, const char *what, error *err) {
  while (count > 0) {
    const size_t left = byte_stream_left(b);
    const size_t now = count < left ? (size_t)count : left;
    byte_stream_take(b, now);
    count -= now;
    if (count > 0 && b->ended) {
      return cut_off(b, what, err);
    }
    if (count > 0) {
      TRY(read_more(b, err));
    }
  }
  return STATUS_OK;
}

status byte_stream_refuse_more(const byte_stream *b, error *err) {
  return error_set(
      err, STATUS_DATA,
      "%s: goes on after its end, at byte %llu; files were joined, or it is damaged: copy it again", b->title,
      (unsigned long long)byte_stream_position(b) + 1);
}

status byte_stream_end(byte_stream *b, error *err) {
  while (true) {
    TRY(byte_stream_ask(b, 1, err));
    if (byte_stream_left(b) == 0) {
      return STATUS_OK;
    }
    for (; byte_stream_left(b) > 0; byte_stream_take(b, 1)) {
      const uint8_t c = *byte_stream_bytes(b);
      if (c != 0 && c != ' ') {
        return byte_stream_refuse_more(b, err);
      }
    }
  }
}

status byte_stream_pass_rest(byte_stream *b, error *err) {
  while (!b->ended) {
    byte_stream_take(b, byte_stream_left(b));
    TRY(read_more(b, err));
  }
  return STATUS_OK;
}

status byte_stream_keep(byte_stream *b, size_t count, const char *what, arena *memory, const uint8_t **out,
                        error *err) {
  TRY(byte_stream_need(b, count, what, err));
  uint8_t *copy = arena_alloc(memory, count + INPUT_MARGIN);
  if (copy == NULL) {
    return error_no_memory(err, b->title);
  }
  memcpy(copy, byte_stream_bytes(b), count);
  byte_stream_take(b, count);
  *out = copy;
  return STATUS_OK;
}

status byte_stream_check_first(byte_stream *b, error *err) {
  TRY(byte_stream_ask(b, 1, err));
  return byte_stream_left(b) > 0 ? STATUS_OK : error_set(err, STATUS_DATA, "%s: is empty", b->title);
}

status byte_stream_damaged(const byte_stream *b, const char *problem, error *err) {
  return error_set(err, STATUS_DATA, "%s: is damaged at byte %llu: %s", b->title,
                   (unsigned long long)byte_stream_position(b), problem);
}

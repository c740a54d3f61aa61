/* Two bits for each chunk: requested, and arrived.  What has arrived counts as requested. */
#include "proto/chunks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool bit(const uint8_t *bits, uint64_t i) {
  return (bits[i / 8] >> (i % 8) & 1) != 0;
}

static void set_bit(uint8_t *bits, uint64_t i) {
  bits[i / 8] = (uint8_t)(bits[i / 8] | 1U << (i % 8));
}

static size_t bits_bytes(const chunks *c) {
  return (size_t)(c->count / 8 + 1);
}

status chunks_init(chunks *c, uint64_t bytes, error *err) {
  *c = (chunks){.bytes = bytes, .count = bytes / MESSAGE_FRAME_MAX + (bytes % MESSAGE_FRAME_MAX != 0)};
  c->asked = calloc(bits_bytes(c), 1);
  c->have = calloc(bits_bytes(c), 1);
  if (c->asked == NULL || c->have == NULL) {
    chunks_fini(c);
    return error_no_memory(err, "a blob that arrives");
  }
  return STATUS_OK;
}

void chunks_fini(chunks *c) {
  free(c->asked);
  free(c->have);
  *c = (chunks){.bytes = 0};
}

bool chunks_has_more(chunks *c) {
  while (c->first_unasked < c->count && bit(c->asked, c->first_unasked)) {
    c->first_unasked++;
  }
  return c->first_unasked < c->count;
}

bool chunks_ask(chunks *c, uint64_t *offset, uint64_t *length) {
  if (!chunks_has_more(c)) {
    return false;
  }
  set_bit(c->asked, c->first_unasked);
  c->under_way++;
  *offset = c->first_unasked * MESSAGE_FRAME_MAX;
  *length = chunks_length_at(c, *offset);
  return true;
}

void chunks_not_asked(chunks *c, uint64_t offset) {
  assert(chunks_expects(c, offset));
  const uint64_t chunk = offset / MESSAGE_FRAME_MAX;
  c->asked[chunk / 8] = (uint8_t)(c->asked[chunk / 8] & ~(1U << (chunk % 8)));
  c->under_way--;
  c->first_unasked = chunk < c->first_unasked ? chunk : c->first_unasked;
}

void chunks_ask_again(chunks *c) {
  memcpy(c->asked, c->have, bits_bytes(c));
  c->first_unasked = c->under_way = 0;
}

void chunks_restart(chunks *c) {
  memset(c->have, 0, bits_bytes(c));
  c->have_count = 0;
  chunks_ask_again(c);
}

bool chunks_expects(const chunks *c, uint64_t offset) {
  const uint64_t chunk = offset / MESSAGE_FRAME_MAX;
  return offset % MESSAGE_FRAME_MAX == 0 && chunk < c->count && bit(c->asked, chunk) && !bit(c->have, chunk);
}

uint64_t chunks_length_at(const chunks *c, uint64_t offset) {
  assert(offset < c->bytes);
  const uint64_t left = c->bytes - offset;
  return left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
}

void chunks_take(chunks *c, uint64_t offset) {
  assert(chunks_expects(c, offset));
  set_bit(c->have, offset / MESSAGE_FRAME_MAX);
  c->have_count++;
  c->under_way--;
}

bool chunks_is_whole(const chunks *c) {
  return c->have_count == c->count;
}

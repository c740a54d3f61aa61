/* Names and bytes of lost shards. */
#include "proto/lost.h"

#include <string.h>

static const struct {
  lost_cause cause;
  const char *name;
} causes[] = {
#define X(id, number, name) {id, name},
    LOST_CAUSE_TABLE(X)
#undef X
};
enum { CAUSES = sizeof causes / sizeof causes[0] };

const char *lost_cause_name(lost_cause cause) {
  size_t at = 0;
  while (at + 1 < CAUSES && causes[at].cause != cause) {
    at++;
  }
  return causes[at].name;
}

bool lost_cause_of(slice name, lost_cause *out) {
  for (size_t i = 0; i < CAUSES; i++) {
    if (slice_equal(name, slice_of(causes[i].name))) {
      *out = causes[i].cause;
      return true;
    }
  }
  return false;
}

static void write_number(uint32_t v, uint8_t *out) {
  for (int i = 0; i < 4; i++) {
    out[i] = (uint8_t)(v >> (8 * i));
  }
}

static uint32_t read_number(const uint8_t *bytes) {
  uint32_t v = 0;
  for (int i = 3; i >= 0; i--) {
    v = v << 8 | bytes[i];
  }
  return v;
}

void lost_shard_write(const lost_shard *one, uint8_t out[LOST_SHARD_BYTES]) {
  write_number(one->shard, out);
  write_number((uint32_t)one->cause, out + 4);
}

bool lost_shard_read(const void *bytes, lost_shard *out) {
  const uint8_t *at = bytes;
  const uint32_t cause = read_number(at + 4);
  out->shard = read_number(at);
  for (size_t i = 0; i < CAUSES; i++) {
    if ((uint32_t)causes[i].cause == cause) {
      out->cause = causes[i].cause;
      return true;
    }
  }
  return false;
}

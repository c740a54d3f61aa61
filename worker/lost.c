/* Places of lost shards: from the broker's list and the manifest to files and rows. */
#include "worker/lost.h"

#include <stdlib.h>

#include "proto/lost.h"
#include "store/manifest.h"

/* One pass over the dataset: the list is in its order. */
static status find_places(const manifest *m, slice list, stats_lost *out, size_t count, error *err) {
  uint64_t row = 1;
  size_t found = 0;
  for (uint32_t i = 0; i < m->shards_count && found < count; i++) {
    const manifest_shard *s = &m->shards[i];
    lost_shard one;
    row = i > 0 && m->shards[i - 1].file == s->file ? row : 1;
    if (!lost_shard_read(list.bytes + found * LOST_SHARD_BYTES, &one)) {
      return error_set(err, STATUS_PROTOCOL, "a shard is said to be lost for an unknown cause");
    }
    if (one.shard == i) {
      out[found++] = (stats_lost){
          .file = s->file, .first_row = row, .rows = s->rows, .cause = lost_cause_name(one.cause)};
    }
    row += s->rows;
  }
  return found == count
             ? STATUS_OK
             : error_set(err, STATUS_PROTOCOL, "shards that the dataset does not have are said to be lost");
}

static status open_manifest(slice bytes, manifest **out, error *err) {
  error said;
  const status st = manifest_decode(bytes.bytes, bytes.length, out, &said);
  return st == STATUS_OK ? st
                         : error_set(err, st == STATUS_CORRUPT ? STATUS_PROTOCOL : st,
                                     "the manifest of lost shards: %.900s", said.message);
}

status lost_step(const slice payloads[LOST_PAYLOADS], slice plan, slice partial, stats_outcome *out,
                 error *err) {
  const slice list = payloads[1];
  const size_t count = list.length / LOST_SHARD_BYTES;
  if (list.length % LOST_SHARD_BYTES != 0 || count == 0 || count > LOST_SHARDS_MAX) {
    return error_set(err, STATUS_PROTOCOL, "a list of lost shards has %zu bytes", list.length);
  }
  manifest *m = NULL;
  stats_lost *lost = calloc(count, sizeof *lost);
  status st = lost != NULL ? open_manifest(payloads[0], &m, err) : error_no_memory(err, "a step");
  if (st == STATUS_OK) {
    st = find_places(m, list, lost, count, err);
  }
  if (st == STATUS_OK) {
    st = stats_step_without(lost, count, plan, partial, out, err);
  }
  manifest_destroy(m);
  free(lost);
  return st;
}

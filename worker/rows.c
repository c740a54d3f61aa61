#include "worker/rows.h"

#include "stats/stats.h"
#include "store/shard.h"
#include "worker/assignment.h"
#include "worker/shard_rows.h"

/* The shard at hand. */
typedef struct opening {
  const map_source *source;
  digest name;
  uint64_t bytes;
  store_blob blob;
  shard *open;
  stats_rows rows;
} opening;

static status open_rows(void *context, const stats_rows **rows, error *err) {
  opening *o = context;
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&o->name, hex);
  TRY(o->source->get(o->source->context, &o->name, o->bytes, &o->blob, err));
  TRY(shard_open(o->blob.bytes, o->blob.length, hex, &o->open, err));
  shard_rows_view(o->open, &o->rows);
  *rows = &o->rows;
  return STATUS_OK;
}

static status add_shard(const stats_sheet *s, opening *o, buf *lines, error *err) {
  const status st = stats_sheet_add(s, open_rows, o, lines, err);
  if (st == STATUS_CORRUPT) {
    o->source->damaged(o->source->context, &o->name);
  }
  shard_close(o->open);
  o->open = NULL;
  store_release(&o->blob);
  return st;
}

status rows_of_shards(slice sheet, bool is_first, slice names, const map_source *source,
                      const atomic_bool *stop, buf *lines, error *err) {
  opening o = {.source = source, .blob = {.bytes = ""}};
  stats_sheet *s = NULL;
  TRY(stats_sheet_open(sheet, &s, err));
  if (is_first) {
    stats_sheet_titles(s, lines);
  }
  status st = STATUS_OK;
  for (size_t at = 0; at + BLOB_NAME_BYTES <= names.length && st == STATUS_OK; at += BLOB_NAME_BYTES) {
    blob_name_read(names.bytes + at, &o.name, &o.bytes);
    st = atomic_load(stop) ? error_set(err, STATUS_INTERRUPTED, "the worker stops")
                           : add_shard(s, &o, lines, err);
  }
  stats_sheet_destroy(s);
  return st == STATUS_OK ? buf_status(lines, "rows", err) : st;
}

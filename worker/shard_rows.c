/* Columns are decoded when stats first asks for them, and passed on without copying. */
#include "worker/shard_rows.h"

static status find_column(void *context, const char *name, packed_column *out, error *err) {
  return shard_find(context, name, out, err);
}

void shard_rows_view(shard *s, stats_rows *out) {
  *out = (stats_rows){
      .count = shard_rows(s),
      .first_ordinal = shard_first_ordinal(s),
      .ordinal_offsets = shard_ordinal_offsets(s),
      .file = shard_file(s),
      .first_line = shard_first_line(s),
      .line_offsets = shard_line_offsets(s),
      .decimal_mark = shard_decimal_mark(s),
      .column = find_column,
      .context = s,
  };
}

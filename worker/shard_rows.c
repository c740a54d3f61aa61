/* Columns are decoded when stats first asks for them, and passed on without copying. */
#include "worker/shard_rows.h"

static stats_column_kind kind_of(shard_kind kind) {
  switch (kind) {
    case SHARD_CODES:
      return STATS_COLUMN_CODES;
    case SHARD_WIDE:
      return STATS_COLUMN_WIDE;
    case SHARD_DECIMALS:
      return STATS_COLUMN_DECIMALS;
    case SHARD_SCALED:
      return STATS_COLUMN_SCALED;
    case SHARD_TEXTS:
      return STATS_COLUMN_TEXTS;
  }
  return STATS_COLUMN_TEXTS;
}

static status find_column(void *context, const char *name, stats_column *out, error *err) {
  shard_column c;
  TRY(shard_find(context, name, &c, err));
  *out = (stats_column){
      .kind = kind_of(c.kind),
      .codes = c.codes,
      .wide_codes = c.wide_codes,
      .texts = c.texts,
      .texts_count = c.texts_count,
      .mantissas = c.mantissas,
      .scale = c.scale,
      .scales = c.scales,
      .exception_rows = c.exception_rows,
      .exception_texts = c.exception_texts,
      .exceptions_count = c.exceptions_count,
      .offsets = c.offsets,
      .bytes = c.bytes,
  };
  return STATUS_OK;
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

#include "tests/stats/golden_report.h"

#include <stdio.h>
#include <stdlib.h>

static void require(status st, const char *what, const error *err) {
  if (st != STATUS_OK) {
    fprintf(stderr, "golden report: %s: %s\n", what, err->message);
    abort();
  }
}

buf golden_report_bytes(plan *p, const fixture *survey, uint32_t shard) {
  error err = {0};
  const uint32_t rows = fixture_rows(survey)->count, count = (rows + shard - 1) / shard;
  fixture **cuts = calloc(count, sizeof(fixture *));
  stats_rows *shards = calloc(count, sizeof *shards);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t first = i * shard;
    cuts[i] = fixture_cut(survey, first, rows - first < shard ? rows - first : shard);
    shards[i] = *fixture_rows(cuts[i]);
  }
  buf report;
  require(drive(p, shards, count, &report, &err), "drive", &err);
  for (uint32_t i = 0; i < count; i++) {
    fixture_destroy(cuts[i]);
  }
  free(cuts);
  free(shards);
  return report;
}

json *golden_report(arena *a, plan *p, const fixture *survey, uint32_t shard) {
  error err = {0};
  buf bytes = golden_report_bytes(p, survey, shard);
  json *out = NULL;
  require(json_parse(a, (slice){(const char *)bytes.data, bytes.length}, "report", &out, &err), "report",
          &err);
  buf_fini(&bytes);
  return out;
}

static json *read_file(arena *a, const char *path) {
  error err = {0};
  FILE *file = fopen(path, "rb");
  require(file != NULL ? STATUS_OK : error_set(&err, STATUS_IO, "cannot be opened"), path, &err);
  buf bytes;
  buf_init(&bytes);
  char block[4096];
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) {
    buf_put(&bytes, block, got);
  }
  fclose(file);
  json *out = NULL;
  require(json_parse(a, (slice){(const char *)bytes.data, bytes.length}, path, &out, &err), path, &err);
  buf_fini(&bytes);
  return out;
}

static unsigned entry_differences(const json *report, const json *entry, double tolerance) {
  const json *row = report_find(report, json_as_text(json_get(entry, "analysis")),
                                json_as_text(json_get(entry, "table")), json_get(entry, "match"));
  const json *figures = json_get(entry, "figures");
  unsigned wrong = 0;
  for (size_t i = 0; i < json_count(figures); i++) {
    const char *key = NULL;
    const json *expected = json_member(figures, i, &key);
    if (row != NULL && figure_is_near(json_get(row, key), expected, tolerance)) {
      continue;
    }
    buf text;
    buf_init(&text);
    json_write(entry, &text);
    buf_put_u8(&text, 0);
    fprintf(stderr, "%s: got %.17g (%s) in %.300s\n", key, json_as_number(json_get(row, key)),
            row != NULL ? "row found" : "no such row", (const char *)text.data);
    buf_fini(&text);
    wrong++;
  }
  return wrong;
}

unsigned golden_differences(arena *a, const json *report, const char *path, double tolerance) {
  const json *golden = read_file(a, path);
  unsigned wrong = 0;
  for (size_t i = 0; i < json_count(golden); i++) {
    wrong += entry_differences(report, json_at(golden, i), tolerance);
  }
  return wrong;
}

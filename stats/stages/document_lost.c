/* The rows that a job went on without: a member of each file that they are of, and totals. */
#include <string.h>

#include "stats/stages/run.h"

static bool follows(const stats_lost *before, const stats_lost *one) {
  return before->file == one->file && before->first_row + before->rows == one->first_row &&
         strcmp(before->cause, one->cause) == 0;
}

/* Neighbours that were lost for one cause are one place. */
static json *places_json(arena *a, const stats_lost *lost, size_t count) {
  json *places = json_array(a);
  for (size_t i = 0; i < count && json_count(places) < FILE_PLACES;) {
    json *place = json_object(a);
    uint64_t rows = lost[i].rows;
    json_set_integer(place, "row", (int64_t)lost[i].first_row);
    json_set_text(place, "cause", lost[i].cause);
    while (++i < count && follows(&lost[i - 1], &lost[i])) {
      rows += lost[i].rows;
    }
    json_set_integer(place, "rows", (int64_t)rows);
    json_push(places, place);
  }
  return places;
}

static uint64_t rows_of(const stats_lost *lost, size_t count) {
  uint64_t rows = 0;
  for (size_t i = 0; i < count; i++) {
    rows += lost[i].rows;
  }
  return rows;
}

void document_lost_of_file(json *file, uint32_t number, const stats_lost *lost, size_t count) {
  size_t first = 0;
  while (first < count && lost[first].file != number) {
    first++;
  }
  size_t end = first;
  while (end < count && lost[end].file == number) {
    end++;
  }
  if (end == first) {
    return;
  }
  arena *a = json_arena(file);
  json *o = json_object(a);
  json_set_integer(o, "n", (int64_t)rows_of(lost + first, end - first));
  json_set_integer(o, "shards", (int64_t)(end - first));
  json_set(o, "places", places_json(a, lost + first, end - first));
  json_set(file, "lost_rows", o);
}

uint64_t document_lost(json *data, const stats_lost *lost, size_t count) {
  const uint64_t rows = rows_of(lost, count);
  if (count > 0) {
    json_set_integer(data, "lost_rows", (int64_t)rows);
    json_set_integer(data, "lost_shards", (int64_t)count);
  }
  return rows;
}

status document_check_lost(const plan *p, const stats_lost *lost, size_t count, error *err) {
  if (count > 0 && !p->may_lose) {
    return error_set(err, STATUS_JOB,
                     "shards were given up, and the specification does not say on_lost_shard: report");
  }
  for (size_t i = 0; i < count; i++) {
    if (lost[i].file >= p->files_count) {
      return error_set(err, STATUS_JOB, "the shards that were given up are not of the plan's files");
    }
  }
  return STATUS_OK;
}

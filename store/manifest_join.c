/* Joins datasets one after the other.  Columns are matched by name; those of the first part count. */
#include <assert.h>
#include <stdlib.h>

#include "store/manifest.h"

static int column_order(const void *left, const void *right) {
  const manifest_column *const *a = left;
  const manifest_column *const *b = right;
  return slice_compare((*a)->name, (*b)->name);
}

static int column_match(const void *key, const void *element) {
  const manifest_column *const *column = element;
  return slice_compare(*(const slice *)key, (*column)->name);
}

/* SORTED: the columns of M by name. */
static void add_facts(const manifest *part, manifest_column **sorted, uint32_t count) {
  for (uint32_t i = 0; i < part->columns_count; i++) {
    const manifest_column *from = &part->columns[i];
    manifest_column **found = bsearch(&from->name, sorted, count, sizeof *sorted, column_match);
    if (found != NULL) {
      manifest_column *to = *found;
      to->decimals_max = from->decimals_max > to->decimals_max ? from->decimals_max : to->decimals_max;
      to->largest = decimal_magnitude_max(from->largest, to->largest);
      to->largest_known = to->largest_known && from->largest_known;
      to->as_numbers = to->as_numbers || from->as_numbers;
    }
  }
}

/* The columns of the first part, each with the facts of all parts. */
static void join_columns(const manifest *const *parts, size_t count, manifest *m) {
  const manifest *first = parts[0];
  manifest_column **sorted = ARENA_ARRAY(m->memory, manifest_column *, (size_t)first->columns_count + 1);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, (size_t)first->columns_count + 1);
  if (arena_failed(m->memory)) {
    return;
  }
  m->columns_count = first->columns_count;
  for (uint32_t i = 0; i < first->columns_count; i++) {
    m->columns[i] = (manifest_column){.name = arena_slice(m->memory, first->columns[i].name),
                                      .label = arena_slice(m->memory, first->columns[i].label),
                                      .largest_known = true};
    sorted[i] = &m->columns[i];
  }
  qsort(sorted, m->columns_count, sizeof *sorted, column_order);
  for (size_t k = 0; k < count; k++) {
    add_facts(parts[k], sorted, m->columns_count);
  }
}

static void add_part(const manifest *part, manifest *m) {
  const uint32_t files_before = m->files_count;
  for (uint32_t i = 0; i < part->shards_count; i++) {
    m->shards[m->shards_count] = part->shards[i];
    m->shards[m->shards_count++].file += files_before;
  }
  for (uint32_t i = 0; i < part->files_count; i++) {
    m->files[m->files_count++] = file_facts_copy(&part->files[i], m->memory);
  }
}

static status check_size(size_t files, size_t shards, error *err) {
  if (files > MANIFEST_FILES_MAX) {
    return error_set(err, STATUS_LIMIT, "%zu files are more than a dataset can have (%d)", files,
                     MANIFEST_FILES_MAX);
  }
  if (shards > MANIFEST_SHARDS_MAX) {
    return error_set(err, STATUS_LIMIT,
                     "%zu shards are more than a dataset can have (%d); use more rows per shard", shards,
                     MANIFEST_SHARDS_MAX);
  }
  return STATUS_OK;
}

static status fill(const manifest *const *parts, size_t count, manifest *m, error *err) {
  size_t files = 0;
  size_t shards = 0;
  for (size_t i = 0; i < count; i++) {
    files += parts[i]->files_count;
    shards += parts[i]->shards_count;
  }
  TRY(check_size(files, shards, err));
  m->files = ARENA_ARRAY(m->memory, file_facts, files + 1);
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, shards + 1);
  join_columns(parts, count, m);
  for (size_t i = 0; i < count && !arena_failed(m->memory); i++) {
    add_part(parts[i], m);
  }
  return arena_failed(m->memory) ? error_no_memory(err, "the dataset") : STATUS_OK;
}

status manifest_join(const manifest *const *parts, size_t count, manifest **out, error *err) {
  assert(count > 0);
  manifest *m = manifest_new();
  if (m == NULL) {
    return error_no_memory(err, "the dataset");
  }
  const status st = fill(parts, count, m, err);
  if (st != STATUS_OK) {
    manifest_destroy(m);
    return st;
  }
  *out = m;
  return STATUS_OK;
}

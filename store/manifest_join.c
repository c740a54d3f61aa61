/* Joins datasets one after the other.  Columns are matched by name: those of the first part, then those that
 * each later one adds. */
#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/table.h"
#include "store/manifest.h"
#include "store/shard.h"

/* The columns so far, each with the number of the last part that has it, from 1. */
typedef struct joined_columns {
  manifest *m;
  size_t capacity, parts_capacity;
  uint32_t *last_parts;
  uint32_t parts_count; /* of last_parts: as many as columns */
  hash_table places;
} joined_columns;

static uint32_t place_of(const joined_columns *j, uint64_t hash, slice name) {
  hash_search search = hash_table_search(&j->places, hash);
  while (hash_table_next(&search) && !slice_equal(j->m->columns[search.place].name, name)) {
  }
  return search.place;
}

/* A column that the FILES_BEFORE do not have; PLACE_NONE: out of memory. */
static uint32_t add_column(joined_columns *j, uint64_t hash, const manifest_column *from,
                           uint32_t files_before) {
  manifest *m = j->m;
  const uint32_t place = m->columns_count;
  if (!ARRAY_ROOM_IN(m->memory, m->columns, m->columns_count, j->capacity) ||
      !ARRAY_ROOM_IN(m->memory, j->last_parts, j->parts_count, j->parts_capacity) ||
      !hash_table_add(&j->places, hash, place)) {
    return PLACE_NONE;
  }
  m->columns[m->columns_count++] = (manifest_column){.name = arena_slice(m->memory, from->name),
                                                     .label = arena_slice(m->memory, from->label),
                                                     .largest_known = true,
                                                     .codes = column_codes_copy(&from->codes, m->memory)};
  j->last_parts[j->parts_count++] = 0;
  for (uint32_t i = 0; i < files_before; i++) {
    manifest_column_lacks(m, &m->columns[place], i);
  }
  return place;
}

static void add_codes(manifest_column *to, const manifest_column *from, uint32_t files_before) {
  const bool is_other = column_codes_bytes(&from->codes) > 0 && !column_codes_equal(&from->codes, &to->codes);
  if (to->codes_differ == 0 && (is_other || from->codes_differ > 0)) {
    to->codes_differ = files_before + (is_other ? 1 : from->codes_differ);
  }
}

static void add_facts(manifest *m, manifest_column *to, const manifest_column *from, uint32_t files_before) {
  to->decimals_max = from->decimals_max > to->decimals_max ? from->decimals_max : to->decimals_max;
  to->largest = decimal_magnitude_max(from->largest, to->largest);
  to->largest_known = to->largest_known && from->largest_known;
  to->as_numbers = to->as_numbers || from->as_numbers;
  add_codes(to, from, files_before);
  for (uint32_t i = 0; i < from->lacking_count; i++) {
    manifest_column_lacks(m, to, files_before + from->lacking[i]);
  }
}

/* PART is number NUMBER, from 1.  False: out of memory. */
static bool join_part(joined_columns *j, const manifest *part, uint32_t number, uint32_t files_before) {
  for (uint32_t i = 0; i < part->columns_count; i++) {
    const manifest_column *from = &part->columns[i];
    const uint64_t hash = digest_xxh3(from->name.bytes, from->name.length);
    uint32_t place = place_of(j, hash, from->name);
    place = place != PLACE_NONE ? place : add_column(j, hash, from, files_before);
    if (place == PLACE_NONE) {
      return false;
    }
    if (j->last_parts[place] < number) { /* a hostile part may have a name twice */
      j->last_parts[place] = number;
      add_facts(j->m, &j->m->columns[place], from, files_before);
    }
  }
  for (uint32_t i = 0; i < j->m->columns_count; i++) {
    for (uint32_t k = 0; j->last_parts[i] < number && k < part->files_count; k++) {
      manifest_column_lacks(j->m, &j->m->columns[i], files_before + k);
    }
  }
  return true;
}

/* The columns of the first part stay where they are. */
static bool join_sets(const manifest *first, manifest *m) {
  m->sets = ARENA_ARRAY(m->memory, code_set, (size_t)first->sets_count + 1);
  for (uint32_t i = 0; m->sets != NULL && i < first->sets_count; i++) {
    m->sets[m->sets_count++] = code_set_copy(&first->sets[i], m->memory);
  }
  return m->sets != NULL;
}

static bool join_columns(const manifest *const *parts, size_t count, manifest *m) {
  joined_columns j = {.m = m};
  uint32_t files_before = 0;
  bool good = true;
  for (size_t i = 0; good && i < count; i++) {
    good = join_part(&j, parts[i], (uint32_t)i + 1, files_before);
    files_before += parts[i]->files_count;
  }
  hash_table_fini(&j.places);
  return good && join_sets(parts[0], m);
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
  const bool joined = join_columns(parts, count, m);
  for (size_t i = 0; joined && i < count && !arena_failed(m->memory); i++) {
    add_part(parts[i], m);
  }
  if (!joined || arena_failed(m->memory)) {
    return error_no_memory(err, "the dataset");
  }
  return m->columns_count <= SHARD_COLUMNS_MAX
             ? STATUS_OK
             : error_set(err, STATUS_LIMIT,
                         "the files have %u different columns together; at most %d are allowed",
                         m->columns_count, SHARD_COLUMNS_MAX);
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

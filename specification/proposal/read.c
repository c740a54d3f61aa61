/* Reads files about which nothing is known yet: all their columns, as texts. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/table.h"
#include "reading/probable.h"
#include "reading/standard_input.h"
#include "specification/proposal/proposal.h"

/* The columns of all files, each once, in the order in which they first appear. */
typedef struct column_list {
  reading_column *at;
  size_t count, capacity;
  char **names;
  size_t names_capacity;
  hash_table places;
} column_list;

static bool add_column(column_list *l, slice name) {
  const uint64_t hash = digest_xxh3(name.bytes, name.length);
  hash_search s = hash_table_search(&l->places, hash);
  while (hash_table_next(&s)) {
    if (slice_equal(slice_of(l->names[s.place]), name)) {
      return true;
    }
  }
  if (!ARRAY_ROOM(l->at, l->count, l->capacity) || !ARRAY_ROOM(l->names, l->count, l->names_capacity) ||
      !hash_table_add(&l->places, hash, (uint32_t)l->count)) {
    return false;
  }
  l->names[l->count] = slice_copy(name);
  if (l->names[l->count] == NULL) {
    return false;
  }
  l->at[l->count] = (reading_column){l->names[l->count], READING_HINT_TEXT_CODES, true};
  l->count++;
  return true;
}

static void list_fini(column_list *l) {
  for (size_t i = 0; i < l->count; i++) {
    free(l->names[i]);
  }
  free(l->names);
  free(l->at);
  hash_table_fini(&l->places);
}

/* The options for file INDEX alone. */
static reading_options options_of(const reading_options *options, size_t index) {
  reading_options o = *options;
  o.names = options->names != NULL ? options->names + index : NULL;
  o.titles = options->titles != NULL ? options->titles + index : NULL;
  o.places = options->places != NULL ? options->places + index : NULL;
  return o;
}

static status list_columns(column_list *l, const reading_options *options, const char *path, error *err) {
  manifest *header = NULL;
  TRY(reading_header(options, path, &header, NULL, err));
  bool well = true;
  for (uint32_t i = 0; well && i < header->columns_count; i++) {
    well = add_column(l, header->columns[i].name);
  }
  manifest_destroy(header);
  return well ? STATUS_OK : error_no_memory(err, path);
}

static status read_with(const reading_options *options, const char *const *paths, size_t count, store *into,
                        manifest **out, error *err) {
  column_list list = {.count = 0};
  status st = STATUS_OK;
  for (size_t i = 0; st == STATUS_OK && i < count; i++) {
    const reading_options o = options_of(options, i);
    st = list_columns(&list, &o, paths[i], err);
    if (st == STATUS_OK && strcmp(paths[i], "-") == 0) {
      st = standard_input_rewind(err);
    }
  }
  if (st == STATUS_OK) {
    reading_options o = *options;
    o.columns = list.at;
    o.columns_count = list.count;
    st = reading_read(&o, paths, count, into, out, err);
  }
  list_fini(&list);
  return st;
}

static status keep_standard_input(const reading_options *options, const char *const *paths, size_t count,
                                  error *err) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(paths[i], "-") == 0) {
      return standard_input_keep(options, err);
    }
  }
  return STATUS_OK;
}

/* NULL when all of them are UTF-8, or one cannot be read. */
static const char *probable_encoding(const char *const *paths, size_t count) {
  const char *encoding = NULL;
  for (size_t i = 0; encoding == NULL && i < count; i++) {
    encoding = strcmp(paths[i], "-") != 0 ? probable_encoding_of(paths[i]) : NULL;
  }
  return encoding;
}

status proposal_read(const reading_options *options, const char *const *paths, size_t count, store *into,
                     manifest **out, const char **encoding, error *err) {
  if (count == 0) {
    return error_set(err, STATUS_USAGE, "no data file is given");
  }
  *encoding = options->encoding;
  TRY(keep_standard_input(options, paths, count, err));
  status st = read_with(options, paths, count, into, out, err);
  const char *probable =
      st == STATUS_DATA && options->encoding == NULL ? probable_encoding(paths, count) : NULL;
  if (probable != NULL) {
    reading_options o = *options;
    error second;
    o.encoding = probable;
    if (read_with(&o, paths, count, into, out, &second) == STATUS_OK) {
      *encoding = probable;
      return STATUS_OK;
    }
  }
  return st;
}

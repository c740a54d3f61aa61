/* Reads files about which nothing is known yet: all their columns, as texts. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/table.h"
#include "reading/platform.h"
#include "reading/probable.h"
#include "reading/standard_input.h"
#include "specification/proposal/header.h"

enum { TABLE_COLUMNS_MIN = 3 };

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

/* Rewinds what is to be read again. */
static status again(const char *path, error *err) {
  return strcmp(path, "-") == 0 ? standard_input_rewind(err) : STATUS_OK;
}

/* Nothing of it is stated, and SEEN is not of a file that says so itself. */
static bool wants_header(const reading_options *o, const manifest *seen) {
  return o->header.skip == 0 && o->header.rows == 0 && o->header.titles == 0 && o->header.labels == 0 &&
         (o->format == NULL || platform_named(slice_of(o->format)) == NULL) &&
         seen->files[0].reading.header_rows > 0 && seen->files[0].reading.format.length == 0;
}

static void use_header(reading_options *o, const header_finding *found) {
  o->header.skip = found->skip > 0 ? found->skip : o->header.skip;
  o->header.rows = found->rows > 0 ? found->rows : o->header.rows;
  o->header.labels = found->is_labels ? 2 : o->header.labels;
}

/* The first sheet of a workbook, which SEEN is of, may have a few words about the others. */
static const char *find_sheet(const reading_options *o, const char *path, const manifest *seen) {
  static const char *const numbers[] = {"2", "3", "4", "5", "6"};
  const bool is_list = strcmp(path, "-") != 0 && seen->columns_count < TABLE_COLUMNS_MIN &&
                       (seen->files[0].reading.notices >> FILE_NOTICE_OTHER_SHEETS & 1) != 0;
  for (size_t i = 0; is_list && i < sizeof numbers / sizeof numbers[0]; i++) {
    reading_options other = *o;
    manifest *m = NULL;
    error none;
    other.sheet = numbers[i];
    const bool is_table =
        reading_header(&other, path, &m, NULL, &none) == STATUS_OK && m->columns_count >= TABLE_COLUMNS_MIN;
    manifest_destroy(m);
    if (is_table) {
      return numbers[i];
    }
  }
  return NULL;
}

/* *FOUND: of a file, whose usual header is read first; of a workbook also its sheet. */
static status find_header(reading_options *o, const char *path, proposal_source *source,
                          header_finding *found, error *err) {
  manifest *seen = NULL;
  TRY(reading_header(o, path, &seen, NULL, err));
  TRY(again(path, err));
  const char *sheet = o->sheet == NULL ? find_sheet(o, path, seen) : NULL;
  if (sheet != NULL) {
    o->sheet = sheet;
    source->sheet = source->sheet != NULL ? source->sheet : sheet;
    manifest_destroy(seen);
    TRY(reading_header(o, path, &seen, NULL, err));
  }
  *found = (header_finding){.skip = 0};
  const status st = wants_header(o, seen) ? header_find(o, path, seen, found, err) : STATUS_OK;
  manifest_destroy(seen);
  TRY(st);
  return again(path, err);
}

/* In the first file, and whether the others have theirs in the same place. */
static status find_headers(reading_options *o, const char *const *paths, size_t count,
                           proposal_source *source, error *err) {
  for (size_t i = 0; i < count; i++) {
    reading_options one = options_of(o, i);
    header_finding found;
    one.header = source->stated.header;
    TRY(find_header(&one, paths[i], source, &found, err));
    if (i == 0) {
      source->header = found;
      o->sheet = one.sheet;
      use_header(o, &found);
    } else if (found.skip != source->header.skip || found.rows != source->header.rows) {
      source->differs = source->differs == 0 ? (uint32_t)i + 1 : source->differs;
    }
  }
  return STATUS_OK;
}

static status read_with(const reading_options *options, const char *const *paths, size_t count, store *into,
                        manifest **out, proposal_source *source, error *err) {
  column_list list = {.count = 0};
  reading_options all = *options;
  status st = find_headers(&all, paths, count, source, err);
  for (size_t i = 0; st == STATUS_OK && i < count; i++) {
    const reading_options o = options_of(&all, i);
    st = list_columns(&list, &o, paths[i], err);
    st = st == STATUS_OK ? again(paths[i], err) : st;
  }
  if (st == STATUS_OK) {
    all.columns = list.at;
    all.columns_count = list.count;
    st = reading_read(&all, paths, count, into, out, err);
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
                     manifest **out, proposal_source *source, error *err) {
  *source = (proposal_source){.stated = *options};
  if (count == 0) {
    return error_set(err, STATUS_USAGE, "no data file is given");
  }
  TRY(keep_standard_input(options, paths, count, err));
  status st = read_with(options, paths, count, into, out, source, err);
  const char *probable =
      st == STATUS_DATA && options->encoding == NULL ? probable_encoding(paths, count) : NULL;
  if (probable != NULL) {
    reading_options o = *options;
    proposal_source decoded = {.stated = *options, .encoding = probable};
    error second;
    o.encoding = probable;
    if (read_with(&o, paths, count, into, out, &decoded, &second) == STATUS_OK) {
      *source = decoded;
      return STATUS_OK;
    }
  }
  return st;
}

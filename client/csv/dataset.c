/* A file's part of the dataset is a manifest of its own: it is kept as a record of the store, under a digest
 * of all that it depends on, behind the hints with which its columns were read.  The dataset is the parts
 * joined. */
#include "client/csv/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "client/csv/raw.h"
#include "store/shard.h"

enum {
  READING_VERSION = 1, /* change it whenever the same file gives other shards */
  PASSES = 2,          /* hashing and parsing, for the bar of progress */
};

typedef struct part {
  manifest *m;
  slice name; /* borrowed from the path */
} part;

typedef struct dataset {
  const csv_options *options;
  const char *const *paths;
  store *into;
  const csv_column **wanted; /* the options' columns by name */
  part *parts;
  uint32_t parts_count, parts_done;
  uint64_t records, rows;
  uint32_t parsed;
  uint64_t bytes_total;  /* of all files on disk; 0: unknown */
  uint64_t bytes_before; /* of the files that are done */
  uint64_t bytes_pass;   /* of this file, in passes that are done */
} dataset;

/* ---- Progress ------------------------------------------------------------------------------------ */

static bool tell_progress(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total) {
  (void)bytes_total;
  const dataset *d = context;
  const csv_options *o = d->options;
  return o->progress == NULL ||
         o->progress(o->context, d->rows + rows, d->bytes_before * PASSES + d->bytes_pass + bytes_done,
                     d->bytes_total * PASSES);
}

static uint64_t total_bytes(const char *const *paths, size_t count) {
  uint64_t total = 0;
  for (size_t i = 0; i < count; i++) {
    const uint64_t size = csv_raw_size(paths[i]);
    if (size == 0) {
      return 0;
    }
    total += size;
  }
  return total;
}

/* ---- Hints --------------------------------------------------------------------------------------- */

static int wanted_order(const void *left, const void *right) {
  const csv_column *const *a = left;
  const csv_column *const *b = right;
  return strcmp((*a)->name, (*b)->name);
}

static int wanted_match(const void *key, const void *element) {
  const csv_column *const *column = element;
  return slice_compare(*(const slice *)key, slice_of((*column)->name));
}

static csv_hint hint_of(const dataset *d, slice name) {
  const csv_column **found =
      bsearch(&name, d->wanted, d->options->columns_count, sizeof *d->wanted, wanted_match);
  return found != NULL ? (*found)->hint : CSV_HINT_TEXT_CODES;
}

/* Numbers lose how they were written; all other hints lose nothing. */
static bool hint_suits(csv_hint kept, csv_hint wanted) {
  return kept != CSV_HINT_NUMBER || wanted == CSV_HINT_NUMBER;
}

/* Are all wanted columns there, in a form that suits? */
static bool columns_suit(const dataset *d, const manifest *m, const uint8_t *hints) {
  size_t found = 0;
  for (uint32_t i = 0; i < m->columns_count; i++) {
    const slice *name = &m->columns[i].name;
    const bool is_wanted =
        bsearch(name, d->wanted, d->options->columns_count, sizeof *d->wanted, wanted_match) != NULL;
    if (is_wanted && !hint_suits((csv_hint)hints[i], hint_of(d, *name))) {
      return false;
    }
    found += is_wanted;
  }
  return found == d->options->columns_count;
}

/* ---- Records ------------------------------------------------------------------------------------- */

static status key_of(const dataset *d, const digest *sha256, digest *out, error *err) {
  const csv_options *o = d->options;
  buf b;
  buf_init(&b);
  buf_put_text(&b, "canvass reading");
  buf_put_varint(&b, READING_VERSION);
  buf_put_varint(&b, SHARD_VERSION);
  buf_put(&b, sha256->bytes, DIGEST_BYTES);
  buf_put_text(&b, o->encoding != NULL ? o->encoding : "");
  buf_put_u8(&b, (uint8_t)o->delimiter);
  buf_put_u8(&b, (uint8_t)(o->decimal_mark != 0 ? o->decimal_mark : '.'));
  buf_put_varint(&b, o->shard_rows > 0 ? o->shard_rows : CSV_SHARD_ROWS_DEFAULT);
  buf_put_varint(&b, d->records);
  buf_put_varint(&b, d->parts_done);
  status st = buf_status(&b, "reading", err);
  if (st == STATUS_OK) {
    st = digest_of(b.data, b.length, out, err);
  }
  buf_fini(&b);
  return st;
}

static bool shards_are_there(const dataset *d, const manifest *m) {
  bool all = true;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    all = store_has(d->into, &m->shards[i].name, m->shards[i].bytes) && all;
  }
  return all;
}

/* The part that RECORD holds; NULL when it does not suit any more. */
static manifest *decode_record(const dataset *d, const buf *record) {
  reader r;
  reader_init(&r, record->data, record->length);
  const slice hints = reader_slice(&r, SHARD_COLUMNS_MAX);
  const slice bytes = reader_slice(&r, reader_left(&r));
  manifest *m = NULL;
  error ignored; /* the file is parsed instead */
  if (reader_finish(&r, "record", &ignored) != STATUS_OK ||
      manifest_decode(bytes.bytes, bytes.length, &m, &ignored) != STATUS_OK) {
    return NULL;
  }
  if (m->files_count != 1 || hints.length != m->columns_count ||
      !columns_suit(d, m, (const uint8_t *)hints.bytes) || !shards_are_there(d, m)) {
    manifest_destroy(m);
    return NULL;
  }
  return m;
}

static manifest *find_record(const dataset *d, const digest *key) {
  buf record;
  buf_init(&record);
  manifest *m = store_record_get(d->into, key, &record) ? decode_record(d, &record) : NULL;
  buf_fini(&record);
  return m;
}

static status keep_record(const dataset *d, const manifest *m, error *err) {
  digest key;
  TRY(key_of(d, &m->files[0].sha256, &key, err));
  buf hints, bytes, record;
  buf_init(&hints);
  buf_init(&bytes);
  buf_init(&record);
  for (uint32_t i = 0; i < m->columns_count; i++) {
    buf_put_u8(&hints, (uint8_t)hint_of(d, m->columns[i].name));
  }
  manifest_encode(m, &bytes);
  buf_put_slice(&record, (slice){(const char *)hints.data, hints.length});
  buf_put_slice(&record, (slice){(const char *)bytes.data, bytes.length});
  if (!hints.failed && !bytes.failed && !record.failed) {
    store_record_put(d->into, &key, record.data, record.length);
  }
  buf_fini(&hints);
  buf_fini(&bytes);
  buf_fini(&record);
  return STATUS_OK;
}

/* ---- Parts --------------------------------------------------------------------------------------- */

static status parse_part(dataset *d, const char *path, part *out, error *err) {
  csv_options o = *d->options;
  o.others_too = true;
  o.is_part = true;
  o.records_before = d->records;
  o.files_before = d->parts_done;
  o.progress = tell_progress;
  o.context = d;
  TRY(csv_read(&o, &path, 1, d->into, &out->m, err));
  out->name = out->m->files[0].name;
  for (uint32_t i = 0; i < out->m->shards_count; i++) {
    out->m->shards[i].file = 0;
  }
  d->parsed++;
  return strcmp(path, "-") == 0 ? STATUS_OK : keep_record(d, out->m, err);
}

static status read_part(dataset *d, const char *path, part *out, error *err) {
  d->bytes_pass = 0;
  const uint64_t size = csv_raw_size(path);
  /* What has no size may be a pipe, and can be read but once. */
  if (strcmp(path, "-") != 0 && size > 0) {
    const csv_options o = {.progress = tell_progress, .context = d};
    csv_identity identity;
    digest key;
    TRY(csv_identify(&o, path, &identity, err));
    TRY(key_of(d, &identity.sha256, &key, err));
    out->m = find_record(d, &key);
    out->name = identity.name;
    d->bytes_pass = size;
  }
  return out->m != NULL ? STATUS_OK : parse_part(d, path, out, err);
}

static status read_parts(dataset *d, error *err) {
  for (uint32_t i = 0; i < d->parts_count; i++) {
    TRY(read_part(d, d->paths[i], &d->parts[i], err));
    const manifest *m = d->parts[i].m;
    if (__builtin_add_overflow(d->records, m->files[0].records, &d->records)) {
      return error_set(err, STATUS_LIMIT, "%s: too many records", d->paths[i]);
    }
    d->rows += manifest_rows(m);
    d->parts_done++;
    d->bytes_before += csv_raw_size(d->paths[i]);
  }
  return STATUS_OK;
}

/* ---- Joining ------------------------------------------------------------------------------------- */

static int column_order(const void *left, const void *right) {
  const manifest_column *const *a = left;
  const manifest_column *const *b = right;
  return slice_compare((*a)->name, (*b)->name);
}

static int column_match(const void *key, const void *element) {
  const manifest_column *const *column = element;
  return slice_compare(*(const slice *)key, (*column)->name);
}

/* The columns of the first file, each with the most decimals of all files. */
static bool join_columns(const dataset *d, manifest *m) {
  const manifest *first = d->parts[0].m;
  m->columns = ARENA_ARRAY(m->memory, manifest_column, (size_t)first->columns_count + 1);
  manifest_column **sorted = ARENA_ARRAY(m->memory, manifest_column *, (size_t)first->columns_count + 1);
  if (arena_failed(m->memory)) {
    return false;
  }
  m->columns_count = first->columns_count;
  for (uint32_t i = 0; i < first->columns_count; i++) {
    m->columns[i] = (manifest_column){arena_slice(m->memory, first->columns[i].name), 0};
    sorted[i] = &m->columns[i];
  }
  qsort(sorted, m->columns_count, sizeof *sorted, column_order);
  for (uint32_t k = 0; k < d->parts_count; k++) {
    for (uint32_t i = 0; i < d->parts[k].m->columns_count; i++) {
      const manifest_column *c = &d->parts[k].m->columns[i];
      manifest_column **found = bsearch(&c->name, sorted, m->columns_count, sizeof *sorted, column_match);
      if (found != NULL && c->decimals_max > (*found)->decimals_max) {
        (*found)->decimals_max = c->decimals_max;
      }
    }
  }
  return !arena_failed(m->memory);
}

static void join_file(manifest *m, const part *p) {
  const manifest_file *from = &p->m->files[0];
  manifest_file *f = &m->files[m->files_count];
  *f = *from;
  f->name = arena_slice(m->memory, p->name);
  for (uint32_t i = 0; i < f->places_count; i++) {
    f->places[i].problem = arena_slice(m->memory, from->places[i].problem);
  }
  for (uint32_t i = 0; i < p->m->shards_count; i++) {
    m->shards[m->shards_count] = p->m->shards[i];
    m->shards[m->shards_count++].file = m->files_count;
  }
  m->files_count++;
}

static status join(const dataset *d, manifest *m, error *err) {
  size_t shards = 0;
  for (uint32_t i = 0; i < d->parts_count; i++) {
    shards += d->parts[i].m->shards_count;
  }
  m->files = ARENA_ARRAY(m->memory, manifest_file, d->parts_count);
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, shards + 1);
  if (arena_failed(m->memory) || !join_columns(d, m)) {
    return error_no_memory(err, "reading");
  }
  for (uint32_t i = 0; i < d->parts_count; i++) {
    join_file(m, &d->parts[i]);
  }
  return arena_failed(m->memory) ? error_no_memory(err, "reading") : csv_check_rows(m, d->paths, err);
}

/* ---- The dataset --------------------------------------------------------------------------------- */

static status dataset_init(dataset *d, error *err) {
  const csv_options *o = d->options;
  d->parts = calloc((size_t)d->parts_count + 1, sizeof *d->parts);
  d->wanted = calloc(o->columns_count + 1, sizeof *d->wanted);
  if (d->parts == NULL || d->wanted == NULL) {
    return error_no_memory(err, "reading");
  }
  for (size_t i = 0; i < o->columns_count; i++) {
    d->wanted[i] = &o->columns[i];
  }
  qsort(d->wanted, o->columns_count, sizeof *d->wanted, wanted_order);
  return STATUS_OK;
}

static void dataset_fini(dataset *d) {
  for (uint32_t i = 0; d->parts != NULL && i < d->parts_count; i++) {
    manifest_destroy(d->parts[i].m);
  }
  free(d->parts);
  free(d->wanted);
}

static status read_and_join(dataset *d, manifest **out, error *err) {
  TRY(dataset_init(d, err));
  TRY(read_parts(d, err));
  manifest *m = manifest_new();
  if (m == NULL) {
    return error_no_memory(err, "reading");
  }
  const status st = join(d, m, err);
  if (st != STATUS_OK) {
    manifest_destroy(m);
    return st;
  }
  *out = m;
  return STATUS_OK;
}

status dataset_read(const csv_options *options, const char *const *paths, size_t paths_count, store *into,
                    uint32_t *parsed, manifest **out, error *err) {
  if (paths_count == 0 || paths_count > UINT32_MAX) {
    return error_set(err, STATUS_USAGE, "no data file is named");
  }
  dataset d = {.options = options,
               .paths = paths,
               .into = into,
               .parts_count = (uint32_t)paths_count,
               .bytes_total = total_bytes(paths, paths_count)};
  const status st = read_and_join(&d, out, err);
  if (parsed != NULL) {
    *parsed = d.parsed;
  }
  dataset_fini(&d);
  return st;
}

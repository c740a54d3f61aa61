/* A file's part of the dataset is a separate manifest: it is kept as a record of the store, under a digest
 * of all that it depends on, after the hints with which its columns were read.  The dataset is the parts
 * joined. */
#include "reading/dataset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "reading/known.h"
#include "reading/raw.h"
#include "reading/reader.h"
#include "store/shard.h"

enum {
  READING_VERSION = 7, /* change it whenever the same file gives other shards or facts */
  PASSES = 2,          /* hashing and parsing, for the bar of progress */
};

typedef struct dataset {
  const reading_options *options;
  const char *const *paths;
  uint32_t paths_count;
  const manifest *before; /* NULL: nothing */
  bool appending;         /* each content once by a name, and nothing that depends on what was kept */
  store *into;
  const reading_column **wanted; /* the options' columns by name */
  bool *taken;                   /* of the files before: known_look */
  manifest **parts;
  const char **titles; /* parallel to the parts: what messages call them */
  uint32_t parts_count;
  uint64_t records, rows;
  uint32_t parsed;
  uint64_t bytes_total;       /* of all files on disk; 0: unknown */
  uint64_t bytes_before;      /* of the files that are done */
  uint64_t bytes_pass;        /* of this file, in passes that are done */
  const input_format *format; /* of this file; NULL: of a pipe */
} dataset;

/* ---- Progress ------------------------------------------------------------------------------------ */

static bool tell_progress(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total) {
  (void)bytes_total;
  const dataset *d = context;
  const reading_options *o = d->options;
  return o->progress == NULL ||
         o->progress(o->context, d->rows + rows, d->bytes_before * PASSES + d->bytes_pass + bytes_done,
                     d->bytes_total * PASSES);
}

static uint64_t total_bytes(const char *const *paths, size_t count) {
  uint64_t total = 0;
  for (size_t i = 0; i < count; i++) {
    const uint64_t size = raw_size(paths[i]);
    if (size == 0) {
      return 0;
    }
    total += size;
  }
  return total;
}

/* ---- Hints --------------------------------------------------------------------------------------- */

static int wanted_order(const void *left, const void *right) {
  const reading_column *const *a = left;
  const reading_column *const *b = right;
  return strcmp((*a)->name, (*b)->name);
}

static int wanted_match(const void *key, const void *element) {
  const reading_column *const *column = element;
  return slice_compare(*(const slice *)key, slice_of((*column)->name));
}

static reading_hint hint_of(const dataset *d, slice name) {
  const reading_column **found =
      bsearch(&name, d->wanted, d->options->columns_count, sizeof *d->wanted, wanted_match);
  return found != NULL ? (*found)->hint : READING_HINT_TEXT_CODES;
}

/* Numbers lose how they were written; all other hints lose nothing.  What is appended must be the same
 * wherever it is read, whatever has been read there before. */
static bool hint_suits(const dataset *d, reading_hint kept, reading_hint wanted) {
  return kept == wanted || (kept != READING_HINT_NUMBER && !d->appending);
}

/* Are all wanted columns there that the file may not lack, and all in a form that suits? */
static bool columns_suit(const dataset *d, const manifest *m, const uint8_t *hints) {
  size_t found = 0;
  size_t needed = 0;
  size_t needed_in_all = 0;
  for (uint32_t i = 0; i < m->columns_count; i++) {
    if (m->columns[i].lacking_count > 0) {
      continue; /* its shards do not have it */
    }
    const slice *name = &m->columns[i].name;
    const reading_column **wanted =
        bsearch(name, d->wanted, d->options->columns_count, sizeof *d->wanted, wanted_match);
    if ((wanted != NULL || d->appending) && !hint_suits(d, (reading_hint)hints[i], hint_of(d, *name))) {
      return false;
    }
    found += wanted != NULL;
    needed += wanted != NULL && !(*wanted)->optional;
  }
  for (size_t i = 0; i < d->options->columns_count; i++) {
    needed_in_all += !d->options->columns[i].optional;
  }
  return needed == needed_in_all && (found > 0 || d->options->columns_count == 0);
}

/* ---- Records ------------------------------------------------------------------------------------- */

static uint32_t files_before(const dataset *d) {
  return (d->before != NULL ? d->before->files_count : 0) + d->parts_count;
}

/* Where a file may lack any column, an optional one is not in its shards, and another one is blank. */
static void put_optional(const dataset *d, buf *out) {
  for (size_t i = 0; d->format->may_lack_columns && i < d->options->columns_count; i++) {
    if (d->wanted[i]->optional) {
      buf_put_text(out, d->wanted[i]->name);
    }
  }
}

static status key_of(const dataset *d, const digest *sha256, digest *out, error *err) {
  const reading_options *o = d->options;
  buf b;
  buf_init(&b);
  buf_put_text(&b, "canvass reading");
  buf_put_varint(&b, READING_VERSION);
  buf_put_varint(&b, SHARD_VERSION);
  buf_put(&b, sha256->bytes, DIGEST_BYTES);
  buf_put_text(&b, o->encoding != NULL ? o->encoding : "");
  buf_put_u8(&b, (uint8_t)o->delimiter);
  buf_put_u8(&b, (uint8_t)(o->decimal_mark != 0 ? o->decimal_mark : '.'));
  buf_put_u8(&b, o->keeps_blank_rows);
  buf_put_u8(&b, (uint8_t)o->totals);
  buf_put_varint(&b, o->shard_rows > 0 ? o->shard_rows : READING_SHARD_ROWS_DEFAULT);
  buf_put_varint(&b, d->records);
  buf_put_varint(&b, files_before(d));
  buf_put_slice(&b, slice_of(o->format));
  buf_put_slice(&b, slice_of(o->sheet));
  buf_put_varint(&b, o->header.skip);
  buf_put_varint(&b, o->header.rows);
  buf_put_varint(&b, o->header.titles);
  buf_put_varint(&b, o->header.labels);
  if (d->format != input_format_at(0)) { /* which leaves no trace: it is older than the others */
    buf_put_text(&b, d->format->name);
  }
  put_optional(d, &b);
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

/* The options for file INDEX alone. */
static reading_options options_of(dataset *d, uint32_t index) {
  reading_options o = *d->options;
  o.names = d->options->names != NULL ? d->options->names + index : NULL;
  o.titles = d->options->titles != NULL ? d->options->titles + index : NULL;
  o.others_too = true;
  o.is_part = true;
  o.records_before = d->records;
  o.files_before = files_before(d);
  o.progress = tell_progress;
  o.context = d;
  return o;
}

static status parse_part(dataset *d, uint32_t index, manifest **out, error *err) {
  const reading_options o = options_of(d, index);
  const char *path = d->paths[index];
  TRY(reading_read(&o, &path, 1, d->into, out, err));
  for (uint32_t i = 0; i < (*out)->shards_count; i++) {
    (*out)->shards[i].file = 0;
  }
  assert((*out)->files_count == 1);
  d->parsed++;
  /* What came through a pipe is not known again. */
  return d->format == NULL ? STATUS_OK : keep_record(d, *out, err);
}

static const char *title_of(const dataset *d, uint32_t index) {
  const reading_options *o = d->options;
  return raw_title(o->titles != NULL ? o->titles[index] : d->paths[index]);
}

static status refuse_name(const dataset *d, uint32_t index, slice name, const char *owner, error *err) {
  return error_set(err, STATUS_DATA,
                   "%s: %s has a file named %.*s with different content; rename this one, or put it "
                   "into another dataset",
                   title_of(d, index), owner, SLICE_ARG(name));
}

/* The path of file INDEX as far as NAME, its end, goes. */
static slice place_of(const dataset *d, uint32_t index, slice name) {
  const reading_options *o = d->options;
  if (o->places == NULL || o->names == NULL) {
    return (slice){NULL, 0};
  }
  const char *place = o->places[index];
  return (slice){place, strlen(place) - strlen(o->names[index]) + name.length};
}

/* Is file INDEX, called NAME, in the dataset already?  Only when appending. */
static status find_earlier(const dataset *d, uint32_t index, slice name, const digest *sha256, bool *found,
                           error *err) {
  known_is is = KNOWN_NOT;
  if (d->appending && d->before != NULL) {
    const known_file file = {.name = name, .place = place_of(d, index, name), .sha256 = sha256};
    is = known_look(d->before, d->taken, &file);
    if (is == KNOWN_OTHERWISE) {
      return refuse_name(d, index, name, d->options->dataset != NULL ? d->options->dataset : "the dataset",
                         err);
    }
  }
  for (uint32_t i = 0; d->appending && is == KNOWN_NOT && i < d->parts_count; i++) {
    const known_file file = {.name = name, .sha256 = sha256};
    is = known_look(d->parts[i], NULL, &file);
    if (is == KNOWN_OTHERWISE) {
      return refuse_name(d, index, name, "this call", err);
    }
  }
  *found = is == KNOWN_THERE;
  return STATUS_OK;
}

static status find_format(dataset *d, uint32_t index, error *err) {
  const reading_options *o = d->options;
  const char *path = d->paths[index];
  const char *name = o->names != NULL ? o->names[index] : raw_base(path);
  text_source *source = NULL;
  TRY(source_open(path, o->titles != NULL ? o->titles[index] : path, o->encoding, NULL, &source, err));
  const status st = input_format_of(o, slice_of(name), source, &d->format, err);
  source_close(source);
  return st;
}

/* Without parsing, by what the file unpacks to: *OUT stays NULL when its part is not kept. */
static status recognise_part(dataset *d, uint32_t index, bool *earlier, manifest **out, error *err) {
  const reading_options o = options_of(d, index);
  reading_identity identity;
  digest key;
  TRY(reading_identify(&o, d->paths[index], &identity, err));
  TRY(find_earlier(d, index, identity.name, &identity.sha256, earlier, err));
  if (*earlier) {
    return STATUS_OK;
  }
  TRY(find_format(d, index, err));
  TRY(key_of(d, &identity.sha256, &key, err));
  *out = find_record(d, &key);
  d->bytes_pass = raw_size(d->paths[index]);
  if (*out != NULL) {
    (*out)->files[0].name = arena_slice((*out)->memory, identity.name);
    return arena_failed((*out)->memory) ? error_no_memory(err, d->paths[index]) : STATUS_OK;
  }
  return STATUS_OK;
}

/* *OUT stays NULL for a file that is in the dataset EARLIER. */
static status read_part(dataset *d, uint32_t index, bool *earlier, manifest **out, error *err) {
  const char *path = d->paths[index];
  d->bytes_pass = 0;
  d->format = NULL;
  /* What has no size may be a pipe, and can be read but once. */
  const bool is_file = strcmp(path, "-") != 0 && raw_size(path) > 0;
  if (is_file) {
    TRY(recognise_part(d, index, earlier, out, err));
  }
  if (*earlier || *out != NULL) {
    return STATUS_OK;
  }
  TRY(parse_part(d, index, out, err));
  return is_file ? STATUS_OK
                 : find_earlier(d, index, (*out)->files[0].name, &(*out)->files[0].sha256, earlier, err);
}

static status add_part(dataset *d, manifest *m, uint32_t index, error *err) {
  d->titles[d->parts_count] = title_of(d, index);
  d->parts[d->parts_count++] = m;
  d->rows += manifest_rows(m);
  if (__builtin_add_overflow(d->records, m->files[0].records, &d->records)) {
    return error_set(err, STATUS_LIMIT, "%s: too many records", title_of(d, index));
  }
  return STATUS_OK;
}

static status read_parts(dataset *d, error *err) {
  for (uint32_t i = 0; i < d->paths_count; i++) {
    manifest *m = NULL;
    bool earlier = false;
    const status st = read_part(d, i, &earlier, &m, err);
    if (st != STATUS_OK || earlier) {
      manifest_destroy(m);
      TRY(st);
    } else {
      TRY(add_part(d, m, i, err));
    }
    d->bytes_before += raw_size(d->paths[i]);
  }
  return STATUS_OK;
}

/* ---- The dataset --------------------------------------------------------------------------------- */

/* Records before the first part; what BEFORE says may be anybody's. */
static status count_before(dataset *d, error *err) {
  const manifest *m = d->before;
  for (uint32_t i = 0; m != NULL && i < m->files_count; i++) {
    if (__builtin_add_overflow(d->records, m->files[i].records, &d->records)) {
      return error_set(err, STATUS_LIMIT, "the dataset has too many records");
    }
  }
  const manifest_shard *last = m != NULL && m->shards_count > 0 ? &m->shards[m->shards_count - 1] : NULL;
  if (last != NULL && last->first_ordinal + last->rows > d->records) {
    return error_set(err, STATUS_CORRUPT, "the dataset's shards have more records than its files");
  }
  return STATUS_OK;
}

static status dataset_init(dataset *d, error *err) {
  const reading_options *o = d->options;
  d->parts = calloc((size_t)d->paths_count + 1, sizeof(manifest *));
  d->wanted = calloc(o->columns_count + 1, sizeof *d->wanted);
  d->titles = calloc((size_t)d->paths_count + 1, sizeof *d->titles);
  d->taken = calloc((d->before != NULL ? (size_t)d->before->files_count : 0) + 1, sizeof *d->taken);
  if (d->parts == NULL || d->wanted == NULL || d->titles == NULL || d->taken == NULL) {
    return error_no_memory(err, "reading");
  }
  for (size_t i = 0; i < o->columns_count; i++) {
    d->wanted[i] = &o->columns[i];
  }
  qsort(d->wanted, o->columns_count, sizeof *d->wanted, wanted_order);
  return count_before(d, err);
}

static void dataset_fini(dataset *d) {
  for (uint32_t i = 0; i < d->parts_count; i++) {
    manifest_destroy(d->parts[i]);
  }
  free(d->parts);
  free(d->titles);
  free(d->taken);
  free(d->wanted);
}

static status join(const dataset *d, manifest **out, error *err) {
  const manifest **all = calloc((size_t)d->parts_count + 1, sizeof *all);
  if (all == NULL) {
    return error_no_memory(err, "reading");
  }
  size_t count = 0;
  if (d->before != NULL) {
    all[count++] = d->before;
  }
  for (uint32_t i = 0; i < d->parts_count; i++) {
    all[count++] = d->parts[i];
  }
  manifest *m = NULL;
  status st = manifest_join(all, count, &m, err);
  free(all);
  if (st == STATUS_OK) {
    st = reading_check_rows(m, d->titles, d->before != NULL ? d->before->files_count : 0, err);
  }
  if (st != STATUS_OK) {
    manifest_destroy(m);
    return st;
  }
  *out = m;
  return STATUS_OK;
}

static status read_and_join(dataset *d, manifest **out, error *err) {
  if (d->paths_count == 0) {
    return error_set(err, STATUS_USAGE, "no data file is named");
  }
  TRY(dataset_init(d, err));
  TRY(read_parts(d, err));
  return join(d, out, err);
}

status dataset_read(const reading_options *options, const char *const *paths, size_t paths_count, store *into,
                    uint32_t *parsed, manifest **out, error *err) {
  dataset d = {.options = options,
               .paths = paths,
               .paths_count = (uint32_t)(paths_count < UINT32_MAX ? paths_count : 0),
               .into = into,
               .bytes_total = total_bytes(paths, paths_count)};
  const status st = read_and_join(&d, out, err);
  if (parsed != NULL) {
    *parsed = d.parsed;
  }
  dataset_fini(&d);
  return st;
}

status dataset_append(const reading_options *options, const manifest *before, const char *const *paths,
                      size_t paths_count, store *into, uint32_t *added, manifest **out, error *err) {
  dataset d = {.options = options,
               .paths = paths,
               .paths_count = (uint32_t)(paths_count < UINT32_MAX ? paths_count : 0),
               .before = before,
               .appending = true,
               .into = into,
               .bytes_total = total_bytes(paths, paths_count)};
  const status st = read_and_join(&d, out, err);
  if (added != NULL) {
    *added = d.parts_count;
  }
  dataset_fini(&d);
  return st;
}

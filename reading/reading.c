/* Reading a dataset: its files one after the other, and the manifest of what was read. */
#include "reading/reading.h"

#include <stdlib.h>

#include "base/text.h"
#include "reading/account.h"
#include "reading/matching.h"
#include "reading/once.h"
#include "reading/pipeline.h"
#include "reading/raw.h"

enum { GUESS_ROWS = 1000 };

/* A file of the dataset.  Header and cells live in the reading's memory. */
typedef struct reading_file {
  input_file input;
  encoder_layout layout;
  slice name;
  digest sha256;
  uint64_t bytes;
  uint64_t records;
} reading_file;

typedef struct reading {
  const reading_options *options;
  const char *const *paths;
  reading_file *files;
  uint32_t files_count;
  encoder_schema schema;
  arena *memory;
  atomic_bool stop;
  _Atomic uint64_t bytes_done;
  uint64_t bytes_total;
  bool is_splitting; /* on the splitting thread */
} reading;

/* What file INDEX is called in messages; "-" for standard input. */
static const char *called(const reading *r, uint32_t index) {
  return r->options->titles != NULL ? r->options->titles[index] : r->paths[index];
}

static const char *name_of(const reading *r, uint32_t index) {
  return r->options->names != NULL ? r->options->names[index] : raw_base(r->paths[index]);
}

static status no_memory(error *err) {
  return error_no_memory(err, "reading");
}

static status check_options(const reading_options *o, error *err) {
  if (o->decimal_mark != '.' && o->decimal_mark != ',' && o->decimal_mark != 0) {
    return error_set(err, STATUS_SPECIFICATION, "the decimal mark '%c' is neither '.' nor ','",
                     o->decimal_mark);
  }
  const reading_header_rows *h = &o->header;
  if (h->rows > READING_HEADER_ROWS_MAX || h->labels > READING_HEADER_ROWS_MAX ||
      h->titles >> READING_HEADER_ROWS_MAX != 0) {
    return error_set(err, STATUS_LIMIT, "a header has at most %d rows", READING_HEADER_ROWS_MAX);
  }
  if (o->shard_rows > SHARD_ROWS_MAX) {
    return error_set(err, STATUS_LIMIT, "shards of %u rows; at most %d are allowed", o->shard_rows,
                     SHARD_ROWS_MAX);
  }
  return STATUS_OK;
}

/* Asked while a file is opened, by whichever thread opens it: progress is the caller's alone. */
static bool go_on_opening(void *context, const input_file *f) {
  reading *r = context;
  if (atomic_load(&r->stop)) {
    return false;
  }
  const reading_options *o = r->options;
  const uint64_t done = f->format->position(f);
  return r->is_splitting || o->progress == NULL || o->progress(o->context, 0, done, r->bytes_total);
}

/* Opens file INDEX and reads its header. */
static status open_file(reading *r, uint32_t index, uint64_t ordinal, error *err) {
  reading_file *f = &r->files[index];
  const input_watch watch = {go_on_opening, r};
  f->input = (input_file){.options = r->options, .memory = r->memory, .first_ordinal = ordinal};
  f->layout = (encoder_layout){.input = &f->input, .file = r->options->files_before + index};
  return input_open(&f->input, r->paths[index], name_of(r, index), called(r, index), &r->stop, &watch, err);
}

/* Finds the wanted columns in the header of file INDEX. */
static status match_file(reading *r, uint32_t index, error *err) {
  reading_file *f = &r->files[index];
  uint32_t *cells;
  TRY(matching_find(&r->schema, &f->input, raw_title(called(r, index)), r->memory, &cells, err));
  f->layout.cells = cells;
  return STATUS_OK;
}

/* Are nine in ten of the cells that are not empty numbers? */
static bool looks_numeric(const packed_column *c, uint32_t rows, char mark) {
  uint64_t filled = 0;
  uint64_t numbers = 0;
  for (uint32_t row = 0; row < rows; row++) {
    const slice text = c->texts[packed_column_code(c, row)];
    decimal number;
    filled += text.length > 0;
    numbers += decimal_parse(text, mark, &number);
  }
  return filled > 0 && numbers * 10 >= filled * 9;
}

static status guess_from(reading *r, input_piece *sample, encoder *coder, error *err) {
  reading_file *f = &r->files[0];
  reading_hint *hints = (reading_hint *)r->schema.hints;
  shard_content content;
  if (!input_piece_prepare(sample, &f->input)) {
    return no_memory(err);
  }
  TRY(f->input.format->cut(&f->input, GUESS_ROWS, sample, err));
  TRY(encoder_run(coder, &f->layout, sample, &content, err));
  for (uint32_t i = 0; i < content.columns_count; i++) {
    if (looks_numeric(&content.columns[i], content.rows, r->schema.decimal_mark)) {
      hints[i] = READING_HINT_NUMBER;
    }
  }
  return f->input.format->undo(&f->input, sample, err);
}

/* Hints for all columns from the first rows of the first file. */
static status guess_hints(reading *r, error *err) {
  input_piece sample = {0};
  encoder *coder = encoder_new(&r->schema);
  const status st = coder != NULL ? guess_from(r, &sample, coder, err) : no_memory(err);
  encoder_destroy(coder);
  input_piece_fini(&sample);
  return st;
}

/* Cuts file INDEX into pieces and closes it. */
static status split_file(reading *r, pipeline *p, uint32_t index, error *err) {
  reading_file *f = &r->files[index];
  const input_format *format = f->input.format;
  const uint32_t rows = r->options->shard_rows > 0 ? r->options->shard_rows : READING_SHARD_ROWS_DEFAULT;
  const uint64_t bytes_before = atomic_load(&r->bytes_done);
  while (true) {
    input_piece *piece = pipeline_piece(p);
    if (piece == NULL) {
      return STATUS_OK;
    }
    if (!input_piece_prepare(piece, &f->input)) {
      return no_memory(err);
    }
    TRY(format->cut(&f->input, rows, piece, err));
    atomic_store(&r->bytes_done, bytes_before + format->position(&f->input));
    f->records += piece->records;
    const bool is_end = piece->is_end;
    pipeline_push(p, piece, &f->layout);
    if (is_end) {
      break;
    }
  }
  f->name = source_name(f->input.source, name_of(r, index));
  input_end(&f->input, &f->sha256, &f->bytes);
  return STATUS_OK;
}

static status split_files(void *context, pipeline *p, error *err) {
  reading *r = context;
  r->is_splitting = true;
  uint64_t ordinal = r->options->records_before;
  for (uint32_t i = 0; i < r->files_count && !atomic_load(&r->stop); i++) {
    if (i > 0) {
      TRY(open_file(r, i, ordinal, err));
      TRY(match_file(r, i, err));
    }
    TRY(split_file(r, p, i, err));
    ordinal += r->files[i].records;
  }
  return STATUS_OK;
}

static bool tell_progress(void *context, uint64_t rows) {
  const reading *r = context;
  const reading_options *o = r->options;
  return o->progress == NULL || o->progress(o->context, rows, atomic_load(&r->bytes_done), r->bytes_total);
}

static void describe_file(const reading *r, uint32_t index, manifest *m) {
  const reading_file *f = &r->files[index];
  m->files[index] = (file_facts){.name = arena_slice(m->memory, f->name),
                                 .sha256 = f->sha256,
                                 .bytes = f->bytes,
                                 .records = f->records,
                                 .reading = f->input.header.reading};
  if (f->input.format->notices != NULL) {
    m->files[index].reading.notices |= f->input.format->notices(&f->input);
  }
  m->files[index].reading.format = arena_slice(m->memory, f->input.header.reading.format);
  m->files[index].reading.sheet = arena_slice(m->memory, f->input.header.reading.sheet);
}

static void add_outcome(manifest *m, const pipeline_outcome *o, uint32_t files_before) {
  file_facts *f = &m->files[o->shard.file - files_before];
  f->quarantined += o->quarantined;
  for (int i = 0; i < FILE_SKIPS; i++) {
    file_skipped_add(&f->skipped[i], &o->skipped[i]);
  }
  for (uint32_t i = 0; i < o->places_count && f->places_count < FILE_PLACES; i++) {
    f->places[f->places_count++] =
        (file_place){.line = o->places[i].line, .problem = arena_slice(m->memory, o->places[i].problem)};
  }
  if (o->shard.rows > 0) {
    m->shards[m->shards_count++] = o->shard;
  }
}

/* Which files lack column INDEX. */
static void note_absence(const reading *r, uint32_t index, manifest *m) {
  manifest_column *c = &m->columns[index];
  for (uint32_t i = 0; i < r->files_count; i++) {
    if (!encoder_has(&r->schema, &r->files[i].layout, index)) {
      manifest_column_lacks(m, c, i);
    }
  }
}

/* What the files' own dictionaries say of column INDEX. */
static void describe_codes(const reading *r, uint32_t index, manifest *m) {
  manifest_column *c = &m->columns[index];
  bool is_taken = false;
  for (uint32_t i = 0; i < r->files_count; i++) {
    const reading_file *f = &r->files[i];
    const uint32_t cell = f->layout.cells[index];
    if (cell == INPUT_ABSENT) {
      continue;
    }
    const column_codes *codes = &f->input.header.columns[cell].codes;
    if (!is_taken) {
      c->codes = column_codes_copy(codes, m->memory);
      is_taken = true;
    } else if (c->codes_differ == 0 && column_codes_bytes(codes) > 0 &&
               !column_codes_equal(codes, &c->codes)) {
      c->codes_differ = i + 1;
    }
  }
}

/* The sets of the first file whose columns are all wanted.  CELLS: of the COUNT columns of M, in the file. */
static void describe_sets(const input_header *h, const uint32_t *cells, manifest *m) {
  uint32_t *place_of = ARENA_ARRAY(m->memory, uint32_t, (size_t)h->count + 1);
  m->sets = ARENA_ARRAY(m->memory, code_set, (size_t)h->sets_count + 1);
  if (arena_failed(m->memory)) {
    return;
  }
  for (uint32_t i = 0; i < m->columns_count; i++) {
    if (cells[i] != INPUT_ABSENT) {
      place_of[cells[i]] = i + 1;
    }
  }
  for (uint32_t i = 0; i < h->sets_count; i++) {
    code_set set = code_set_copy(&h->sets[i], m->memory);
    uint32_t *columns = (uint32_t *)set.columns;
    bool is_whole = columns != NULL;
    for (uint32_t k = 0; is_whole && k < set.columns_count; k++) {
      is_whole = place_of[columns[k]] > 0;
      columns[k] = is_whole ? place_of[columns[k]] - 1 : 0;
    }
    if (is_whole) {
      m->sets[m->sets_count++] = set;
    }
  }
}

static status fill_manifest(const reading *r, const pipeline *p, manifest *m, error *err) {
  size_t outcomes_count;
  const pipeline_outcome *outcomes = pipeline_outcomes(p, &outcomes_count);
  const column_facts *columns = pipeline_columns(p);
  m->files = ARENA_ARRAY(m->memory, file_facts, r->files_count);
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, outcomes_count + 1);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, (size_t)r->schema.count + 1);
  if (arena_failed(m->memory)) {
    return no_memory(err);
  }
  m->files_count = r->files_count;
  for (uint32_t i = 0; i < r->files_count; i++) {
    describe_file(r, i, m);
  }
  for (size_t i = 0; i < outcomes_count; i++) {
    add_outcome(m, &outcomes[i], r->options->files_before);
  }
  m->columns_count = r->schema.count;
  const reading_file *first = &r->files[0];
  for (uint32_t i = 0; i < r->schema.count; i++) {
    const uint32_t cell = first->layout.cells[i];
    const slice label = cell != INPUT_ABSENT ? first->input.header.columns[cell].label : (slice){NULL, 0};
    m->columns[i] = (manifest_column){.name = arena_slice(m->memory, r->schema.names[i]),
                                      .label = arena_slice(m->memory, label),
                                      .decimals_max = columns[i].decimals_max,
                                      .largest = columns[i].largest,
                                      .largest_known = true,
                                      .as_numbers = columns[i].as_numbers};
    note_absence(r, i, m);
    describe_codes(r, i, m);
  }
  describe_sets(&first->input.header, first->layout.cells, m);
  return arena_failed(m->memory) ? no_memory(err) : STATUS_OK;
}

/* What messages call file INDEX of M. */
static slice title_in(const manifest *m, uint32_t index, const char *const *titles, uint32_t first) {
  if (titles != NULL && index >= first) {
    return slice_of(raw_title(titles[index - first]));
  }
  const slice name = m->files[index].name;
  return slice_equal(name, slice_of("-")) ? slice_of("standard input") : name;
}

status reading_check_rows(const manifest *m, const char *const *titles, uint32_t first, error *err) {
  char count[TEXT_COUNT_BYTES];
  if (m->shards_count > 0) {
    return STATUS_OK;
  }
  for (uint32_t i = 0; i < m->files_count; i++) {
    const file_facts *f = &m->files[i];
    if (f->places_count > 0) {
      const slice title = title_in(m, i, titles, first);
      return error_set(err, STATUS_DATA,
                       text_plural(f->records, "%.*s: its %s row cannot be used; line %llu: %.*s",
                                   "%.*s: none of the %s rows can be used; line %llu: %.*s"),
                       SLICE_ARG(title), text_of_count(f->records, count),
                       (unsigned long long)f->places[0].line, SLICE_ARG(f->places[0].problem));
    }
  }
  const slice title = title_in(m, 0, titles, first);
  const uint64_t skipped = m->files_count > 0 ? file_facts_left_out(&m->files[0]) : 0;
  if (skipped > 0) {
    return error_set(err, STATUS_DATA,
                     "%.*s: has a header but no rows, only %s blank rows, repeated headers or totals",
                     SLICE_ARG(title), text_of_count(skipped, count));
  }
  return error_set(err, STATUS_DATA, "%.*s: has a header but no rows", SLICE_ARG(title));
}

static status build_manifest(const reading *r, const pipeline *p, manifest **out, error *err) {
  manifest *m = manifest_new();
  if (m == NULL) {
    return no_memory(err);
  }
  status st = fill_manifest(r, p, m, err);
  if (st == STATUS_OK && !r->options->is_part) {
    st = reading_check_rows(m, r->options->titles != NULL ? r->options->titles : r->paths, 0, err);
  }
  if (st != STATUS_OK) {
    manifest_destroy(m);
    return st;
  }
  *out = m;
  return STATUS_OK;
}

static void count_suspects(const reading *r, const pipeline *p, reading_suspects *suspects) {
  size_t count;
  const pipeline_outcome *outcomes = pipeline_outcomes(p, &count);
  for (size_t i = 0; i < count; i++) {
    reading_suspects *s = &suspects[outcomes[i].shard.file - r->options->files_before];
    s->count += outcomes[i].suspects;
    file_skipped_add(&s->named, &outcomes[i].named);
    s->has_nameless = s->has_nameless || outcomes[i].has_nameless;
  }
}

static status read_files(reading *r, store *into, manifest **out, reading_suspects *suspects, error *err) {
  TRY(open_file(r, 0, r->options->records_before, err));
  bool open = false;
  const reading_file *first = &r->files[0];
  TRY(matching_choose(r->options, &first->input, raw_title(called(r, 0)), r->memory, &r->schema, &open, err));
  TRY(match_file(r, 0, err));
  if (open) {
    TRY(guess_hints(r, err));
  }
  const pipeline_options options = {.threads = r->options->threads > 0 ? r->options->threads : 1,
                                    .schema = &r->schema,
                                    .into = into,
                                    .split = split_files,
                                    .progress = tell_progress,
                                    .context = r,
                                    .stop = &r->stop};
  pipeline *p;
  status st = pipeline_run(&options, &p, err);
  if (st == STATUS_OK) {
    count_suspects(r, p, suspects);
    st = build_manifest(r, p, out, err);
  }
  pipeline_destroy(p);
  return st;
}

/* The size of all files together; 0 when one of them is unknown. */
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

static status reading_init(reading *r, const reading_options *options, const char *const *paths, size_t count,
                           error *err) {
  *r = (reading){.options = options, .paths = paths, .files_count = (uint32_t)count};
  TRY(check_options(options, err));
  if (count == 0 || count > UINT32_MAX) {
    return error_set(err, STATUS_USAGE, "no data file is named");
  }
  r->memory = arena_new();
  r->files = calloc(count, sizeof *r->files);
  return r->memory == NULL || r->files == NULL ? no_memory(err) : STATUS_OK;
}

static void reading_fini(reading *r) {
  for (uint32_t i = 0; r->files != NULL && i < r->files_count; i++) {
    input_close(&r->files[i].input);
  }
  free(r->files);
  arena_destroy(r->memory);
}

status reading_read_once(const reading_options *options, const char *const *paths, size_t paths_count,
                         store *into, manifest **out, reading_suspects *suspects, error *err) {
  reading r;
  status st = reading_init(&r, options, paths, paths_count, err);
  if (st == STATUS_OK) {
    r.bytes_total = total_bytes(paths, paths_count);
    st = read_files(&r, into, out, suspects, err);
  }
  reading_fini(&r);
  return st;
}

static status header_manifest(const input_header *header, const char *title, manifest **out, error *err) {
  manifest *m = manifest_new();
  if (m == NULL) {
    return no_memory(err);
  }
  m->files = ARENA_NEW(m->memory, file_facts);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, (size_t)header->count + 1);
  if (m->files != NULL && m->columns != NULL) {
    m->files_count = 1;
    m->files[0].name = arena_slice(m->memory, slice_of(title));
    m->files[0].reading = header->reading;
    m->files[0].reading.sheet = arena_slice(m->memory, header->reading.sheet);
    m->columns_count = header->count;
    for (uint32_t i = 0; i < header->count; i++) {
      m->columns[i].name = arena_slice(m->memory, header->columns[i].name);
      m->columns[i].label = arena_slice(m->memory, header->columns[i].label);
      m->columns[i].codes = column_codes_copy(&header->columns[i].codes, m->memory);
    }
    m->sets = ARENA_ARRAY(m->memory, code_set, (size_t)header->sets_count + 1);
    m->sets_count = m->sets != NULL ? header->sets_count : 0;
    for (uint32_t i = 0; i < m->sets_count; i++) {
      m->sets[i] = code_set_copy(&header->sets[i], m->memory);
    }
  }
  if (arena_failed(m->memory)) {
    manifest_destroy(m);
    return no_memory(err);
  }
  *out = m;
  return STATUS_OK;
}

status reading_header(const reading_options *options, const char *path, manifest **out, buf *account,
                      error *err) {
  reading r;
  status st = reading_init(&r, options, &path, 1, err);
  if (st == STATUS_OK) {
    st = open_file(&r, 0, 0, err);
  }
  if (st == STATUS_OK) {
    st = header_manifest(&r.files[0].input.header, raw_title(called(&r, 0)), out, err);
    if (account != NULL) {
      buf_printf(account, "%s: ", raw_title(called(&r, 0)));
      input_account(&r.files[0].input, account);
    }
  }
  reading_fini(&r);
  return st;
}

/* From the command line's paths to a plan over shards. */
#include "cli/evaluation.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "reading/dataset.h"
#include "reading/platform.h"
#include "reading/raw.h"
#include "specification/preparation.h"

enum { SPEC_BYTES_MAX = 16 << 20, PLACES_SHOWN = 3 };

/* ---- The specification --------------------------------------------------------------------------- */

static void say_lines(const buf *text) {
  slice rest = {(const char *)text->data, text->length};
  while (rest.length > 0) {
    const char *end = memchr(rest.bytes, '\n', rest.length);
    slice line = {rest.bytes, end == NULL ? rest.length : (size_t)(end - rest.bytes)};
    size_t used = line.length + (end == NULL ? 0 : 1);
    output_complain("%.*s", SLICE_ARG(line));
    rest = (slice){rest.bytes + used, rest.length - used};
  }
}

status evaluation_say_problems(spec_problems *problems, status s, error *err) {
  if (s != STATUS_OK && problems->count > 0) {
    say_lines(&problems->text);
    say_lines(&problems->account);
    (void)error_set(err, s, "%s", "");
  }
  spec_problems_fini(problems);
  return s;
}

static status read_file(const char *path, const char *what, buf *out, error *err) {
  const char *title = raw_title(path);
  const bool is_input = title != path;
  const int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, STATUS_SPECIFICATION, "cannot open %s %s: %s", what, path, strerror(errno));
  }
  const status st = file_read_whole(fd, title, what, SPEC_BYTES_MAX, out, err);
  if (!is_input) {
    (void)close(fd);
  }
  if (st != STATUS_OK) {
    err->code = STATUS_SPECIFICATION;
    return STATUS_SPECIFICATION;
  }
  return STATUS_OK;
}

static slice whole(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

status evaluation_load_spec(evaluation *e, const char *path, error *err) {
  TRY(read_file(path, "the specification", &e->page, err));
  spec_text codebook = {.name = e->settings->codebook};
  if (codebook.name != NULL) {
    TRY(read_file(codebook.name, "the codebook", &e->codebook, err));
    codebook.bytes = whole(&e->codebook);
  }
  spec_problems problems = {.count = 0};
  const status st =
      spec_parse_with((spec_text){raw_title(path), whole(&e->page)}, codebook.name != NULL ? &codebook : NULL,
                      &e->specification, &problems, err);
  return evaluation_say_problems(&problems, st, err);
}

/* ---- What the files are -------------------------------------------------------------------------- */

status evaluation_name_files(evaluation *e, const char *const *paths, size_t count, error *err) {
  return e->names != NULL ? STATUS_OK : reading_names_new(paths, count, &e->names, err);
}

slice evaluation_title(const evaluation *e, slice name) {
  const char *path = e->names != NULL ? reading_names_path(e->names, name) : NULL;
  return path != NULL ? slice_of(raw_title(path)) : name;
}

/* "survey.csv:17: 9 cells where the header has 10" for the first places; one message names the rest. */
static status refuse_quarantined(const evaluation *e, uint32_t first, error *err) {
  uint64_t quarantined = 0;
  unsigned shown = 0;
  for (uint32_t i = first; i < e->dataset->files_count; i++) {
    const file_facts *file = &e->dataset->files[i];
    quarantined += file->quarantined;
    for (uint32_t k = 0; k < file->places_count && shown < PLACES_SHOWN; k++, shown++) {
      const slice title = evaluation_title(e, file->name);
      output_complain("%.*s:%llu: %.*s", SLICE_ARG(title), (unsigned long long)file->places[k].line,
                      SLICE_ARG(file->places[k].problem));
    }
  }
  if (quarantined == 0) {
    return STATUS_OK;
  }
  char count[TEXT_COUNT_BYTES];
  return error_set(err, STATUS_DATA, "--strict: quarantined records: %s", text_of_count(quarantined, count));
}

/* Its letters are others than the file's. */
static status refuse_encoding(const evaluation *e, uint32_t first, error *err) {
  for (uint32_t i = first; i < e->dataset->files_count; i++) {
    const file_facts *file = &e->dataset->files[i];
    if ((file->reading.notices >> FILE_NOTICE_UTF8_ALREADY & 1) != 0) {
      const slice title = evaluation_title(e, file->name);
      return error_set(
          err, STATUS_DATA,
          "--strict: %.*s is valid UTF-8, and the encoding that is stated makes other letters of "
          "it; `data: {encoding: utf-8}` reads its own",
          SLICE_ARG(title));
    }
  }
  return STATUS_OK;
}

static int by_content(const void *left, const void *right) {
  const file_facts *const *a = left;
  const file_facts *const *b = right;
  const int order = memcmp((*a)->sha256.bytes, (*b)->sha256.bytes, DIGEST_BYTES);
  return order != 0 ? order : (*a > *b) - (*a < *b);
}

static status tell_copies(const evaluation *e, const file_facts **sorted, uint32_t first, error *err) {
  const manifest *m = e->dataset;
  uint32_t original = 0;
  for (uint32_t i = 1; i < m->files_count; i++) {
    if (!digest_equal(&sorted[i]->sha256, &sorted[original]->sha256)) {
      original = i;
    } else if (sorted[i] >= m->files + first && sorted[i]->records > 0) {
      const slice copy = sorted[i]->name;
      const slice other = sorted[original]->name;
      if (e->settings->strict) {
        return error_set(err, STATUS_DATA,
                         "--strict: %.*s has the same content as %.*s: its rows count twice", SLICE_ARG(copy),
                         SLICE_ARG(other));
      }
      output_complain("warning: %.*s has the same content as %.*s: its rows count twice", SLICE_ARG(copy),
                      SLICE_ARG(other));
    }
  }
  return STATUS_OK;
}

/* What is no answer in one file may be one in another. */
static status tell_platforms(const evaluation *e, uint32_t from, error *err) {
  const manifest *m = e->dataset;
  uint32_t first;
  uint32_t other;
  (void)platform_of_files(m->files, m->files_count, &first, &other);
  if (other == m->files_count || from == m->files_count) {
    return STATUS_OK;
  }
  const file_facts *a = &m->files[first];
  const file_facts *b = &m->files[other];
  error told;
  (void)error_set(
      &told, STATUS_DATA,
      "%.*s is read as %.*s and %.*s as %.*s: the cells that stand for no answer there are taken for "
      "answers, unless `missing` declares them",
      SLICE_ARG(a->name), SLICE_ARG(a->reading.format), SLICE_ARG(b->name), SLICE_ARG(b->reading.format));
  if (e->settings->strict) {
    return error_set(err, STATUS_DATA, "--strict: %s", told.message);
  }
  output_complain("warning: %s", told.message);
  return STATUS_OK;
}

status evaluation_judge_files(const evaluation *e, uint32_t first, error *err) {
  const manifest *m = e->dataset;
  const file_facts **sorted = calloc((size_t)m->files_count + 1, sizeof *sorted);
  if (sorted == NULL) {
    return error_no_memory(err, "the files");
  }
  for (uint32_t i = 0; i < m->files_count; i++) {
    sorted[i] = &m->files[i];
  }
  qsort(sorted, m->files_count, sizeof *sorted, by_content);
  const status st = tell_copies(e, sorted, first, err);
  free(sorted);
  TRY(st);
  TRY(tell_platforms(e, first, err));
  if (e->settings->strict) {
    TRY(refuse_encoding(e, first, err));
    TRY(refuse_quarantined(e, first, err));
  }
  return STATUS_OK;
}

/* ---- The data ------------------------------------------------------------------------------------ */

static bool on_reading(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total) {
  evaluation *e = context;
  progress_show(&e->progress, language_say("Reading", "正在读取", "正在讀取"), 0, rows, bytes_done,
                bytes_total);
  return !interrupt_requested();
}

unsigned evaluation_workers(const evaluation *e) {
  if (e->settings->workers > 0) {
    return e->settings->workers;
  }
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return count > 0 ? (unsigned)count : 1;
}

static void say_warning(void *context, const char *message) {
  (void)context;
  output_complain("warning: %s", message);
}

static status open_store(evaluation *e, error *err) {
  const settings *s = e->settings;
  if (e->shards != NULL) {
    return STATUS_OK;
  }
  if (s->store == NULL) {
    return store_new_temporary(NULL, &e->shards, err);
  }
  const store_options options = {
      .cache_bytes = s->cache_bytes, .network_allowed = s->network_store, .warn = say_warning};
  return store_open(s->store, &options, &e->shards, err);
}

static status read_data(evaluation *e, const reading_options *options, const char *const *paths, size_t count,
                        error *err) {
  manifest_destroy(e->dataset);
  e->dataset = NULL;
  if (e->settings->store != NULL) {
    return dataset_read(options, paths, count, e->shards, NULL, &e->dataset, err);
  }
  return reading_read(options, paths, count, e->shards, &e->dataset, err);
}

status evaluation_load_data(evaluation *e, const char *const *paths, size_t count, error *err) {
  TRY(evaluation_name_files(e, paths, count, err));
  reading_options options = {
      .shard_rows = e->settings->shard_rows,
      .threads = evaluation_workers(e),
      .progress = on_reading,
      .context = e,
  };
  reading_names_give(e->names, &options);
  TRY(open_store(e, err));
  spec_problems problems = {.count = 0};
  status st = preparation_columns(e->specification, NULL, paths, count, &options, &problems, err);
  TRY(evaluation_say_problems(&problems, st, err));
  st = read_data(e, &options, paths, count, err);
  progress_clear(&e->progress);
  (void)malloc_trim(0); /* what reading took, and computing will not take in the same sizes */
  return st;
}

status evaluation_make_plan(evaluation *e, error *err) {
  spec_problems problems = {.count = 0};
  plan_destroy(e->plan);
  e->plan = NULL;
  status st = spec_plan(e->specification, e->dataset, &e->plan, &problems, err);
  TRY(evaluation_say_problems(&problems, st, err));
  if (e->settings->rows && !e->plan->rows.wanted) {
    return error_set(err, STATUS_SPECIFICATION,
                     "the specification does not say what is to come back for each row; list it, such as "
                     "`rows: [weight, satisfaction]`");
  }
  e->plan->rows.wanted = e->settings->rows;
  return STATUS_OK;
}

void evaluation_fini(evaluation *e) {
  progress_clear(&e->progress);
  plan_destroy(e->plan);
  manifest_destroy(e->dataset);
  reading_names_destroy(e->names);
  store_destroy(e->shards);
  spec_destroy(e->specification);
  buf_fini(&e->page);
  buf_fini(&e->codebook);
}

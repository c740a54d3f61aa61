/* Reading files, and where some of their rows were totals, reading them again without these. */
#include <stdlib.h>
#include <string.h>

#include "reading/once.h"
#include "reading/raw.h"
#include "reading/standard_input.h"
#include "reading/totals.h"

/* What was found among the rows of the files. */
typedef struct examined {
  reading_suspects *suspects; /* by file */
  file_skipped *doubtful;
  totals_found certain;
} examined;

/* A pipe has no second time. */
static bool can_read_again(const char *path) {
  error ignored;
  return strcmp(path, "-") == 0 ? standard_input_rewind(&ignored) == STATUS_OK : raw_size(path) > 0;
}

static bool can_read_all_again(const char *const *paths, size_t count) {
  bool all = true;
  for (size_t i = 0; all && i < count; i++) {
    all = can_read_again(paths[i]);
  }
  return all;
}

static status examine_file(const reading_options *o, const char *path, uint32_t index, uint64_t ordinal,
                           uint64_t end, examined *e, error *err) {
  const char *name = o->names != NULL ? o->names[index] : raw_base(path);
  input_file f = {.options = o, .memory = arena_new(), .first_ordinal = ordinal};
  if (f.memory == NULL) {
    return error_no_memory(err, path);
  }
  status st = input_open(&f, path, name, o->titles != NULL ? o->titles[index] : path, NULL, NULL, err);
  st = st == STATUS_OK ? totals_examine(&f, end, &e->certain, &e->doubtful[index], err) : st;
  input_close(&f);
  arena_destroy(f.memory);
  return st;
}

/* Where very many rows begin like totals, or the files cannot be read again, those that usually are some are
 * told of. */
static status examine(const reading_options *o, const char *const *paths, const manifest *m, examined *e,
                      error *err) {
  uint64_t ordinal = o->records_before;
  const bool can_again = can_read_all_again(paths, m->files_count);
  for (uint32_t i = 0; i < m->files_count; i++) {
    const reading_suspects *s = &e->suspects[i];
    const uint64_t end = ordinal + m->files[i].records;
    if (s->count > TOTALS_SUSPECTS_MAX || !can_again) {
      e->doubtful[i] = s->named;
    } else if (s->count > 0 || s->has_nameless) {
      TRY(examine_file(o, paths[i], i, ordinal, end, e, err));
    }
    ordinal = end;
  }
  return STATUS_OK;
}

static status rewind_input(const char *const *paths, size_t count, error *err) {
  for (size_t i = 0; i < count; i++) {
    TRY(strcmp(paths[i], "-") == 0 ? standard_input_rewind(err) : STATUS_OK);
  }
  return STATUS_OK;
}

/* Takes the place of *OUT. */
static status read_without(const reading_options *o, const char *const *paths, size_t count,
                           const examined *e, store *into, manifest **out, error *err) {
  reading_options without = *o;
  without.left_out = e->certain.ordinals;
  without.left_out_count = e->certain.count;
  manifest_destroy(*out);
  *out = NULL;
  TRY(rewind_input(paths, count, err));
  return reading_read_once(&without, paths, count, into, out, e->suspects, err);
}

static bool has_suspects(const examined *e, size_t count) {
  bool has = false;
  for (size_t i = 0; !has && i < count; i++) {
    has = e->suspects[i].count > 0 || e->suspects[i].has_nameless;
  }
  return has;
}

static status read_and_examine(const reading_options *o, const char *const *paths, size_t count, examined *e,
                               store *into, manifest **out, error *err) {
  TRY(reading_read_once(o, paths, count, into, out, e->suspects, err));
  if (!has_suspects(e, count)) {
    return STATUS_OK;
  }
  TRY(examine(o, paths, *out, e, err));
  if (e->certain.count > 0) {
    TRY(read_without(o, paths, count, e, into, out, err));
  }
  for (uint32_t i = 0; i < (*out)->files_count; i++) {
    (*out)->files[i].reading.remarks[FILE_MAYBE_TOTALS] = e->doubtful[i];
  }
  return STATUS_OK;
}

status reading_read(const reading_options *options, const char *const *paths, size_t paths_count, store *into,
                    manifest **out, error *err) {
  examined e = {.suspects = calloc(paths_count + 1, sizeof *e.suspects),
                .doubtful = calloc(paths_count + 1, sizeof *e.doubtful)};
  *out = NULL;
  status st = e.suspects != NULL && e.doubtful != NULL
                  ? read_and_examine(options, paths, paths_count, &e, into, out, err)
                  : error_no_memory(err, "reading");
  if (st != STATUS_OK) {
    manifest_destroy(*out);
    *out = NULL;
  }
  free(e.suspects);
  free(e.doubtful);
  free(e.certain.ordinals);
  return st;
}

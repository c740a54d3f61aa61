/* The work of tasks.  Specifications, manifests and names are hostile input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/names.h"
#include "reading/raw.h"
#include "specification/preparation.h"

enum { AND_MORE_BYTES = 40 }; /* room for "and N more" */

/* The name in messages of a specification that arrived without one. */
static const char PAGE_NAME[] = "specification";

/* What explains the problems, as far as there is room. */
static void tell_account(const spec_problems *problems, status st, error *err) {
  if (st == STATUS_OK || problems->account.length == 0 || err == NULL) {
    return;
  }
  const error before = *err;
  const slice account = slice_trim((slice){(const char *)problems->account.data,
                                           problems->account.length - 1}); /* without the line's end */
  (void)error_set(err, st, "%s\n%.*s", before.message, SLICE_ARG(account));
}

/* All problems into the message, whole lines as far as they fit, then how many are left. */
static status tell_problems(spec_problems *problems, status st, error *err) {
  if (st != STATUS_OK && problems->count > 1 && !problems->text.failed) {
    const char *text = (const char *)problems->text.data;
    size_t taken = 0;
    size_t lines = 0;
    const char *end;
    while (taken < problems->text.length &&
           (end = memchr(text + taken, '\n', problems->text.length - taken)) != NULL &&
           (size_t)(end + 1 - text) <= sizeof err->message - AND_MORE_BYTES) {
      taken = (size_t)(end + 1 - text);
      lines++;
    }
    if (lines == problems->count) {
      (void)error_set(err, st, "%.*s", (int)(taken - 1), text);
    } else if (lines > 0) {
      (void)error_set(err, st, "%.*sand %zu more", (int)taken, text, problems->count - lines);
    }
  }
  tell_account(problems, st, err);
  spec_problems_fini(problems);
  return st;
}

static status parse_page(slice page, spec **out, error *err) {
  spec_problems problems = {.count = 0};
  const status st = spec_parse(PAGE_NAME, page.bytes, page.length, out, &problems, err);
  return tell_problems(&problems, st, err);
}

static status plan_over(spec *specification, const manifest *dataset, buf *plan_bytes, buf *program_bytes,
                        error *err) {
  spec_problems problems = {.count = 0};
  plan *p = NULL;
  const status st = spec_plan(specification, dataset, &p, &problems, err);
  TRY(tell_problems(&problems, st, err));
  plan_encode(p, plan_bytes);
  program_encode(p->program, program_bytes);
  plan_destroy(p);
  TRY(buf_status(plan_bytes, "the plan", err));
  return buf_status(program_bytes, "the program", err);
}

status preparation_plan_task(slice page, slice dataset, buf *plan_bytes, buf *program_bytes, error *err) {
  spec *specification = NULL;
  manifest *m = NULL;
  TRY(parse_page(page, &specification, err));
  status st = manifest_decode(dataset.bytes, dataset.length, &m, err);
  if (st == STATUS_OK) {
    st = plan_over(specification, m, plan_bytes, program_bytes, err);
    manifest_destroy(m);
  }
  spec_destroy(specification);
  return st;
}

/* Names are hostile input, and so are directories in them: those are dropped. */
static status take_names(const char *const *names, size_t count, const char ***out, error *err) {
  const char **taken = calloc(count + 1, sizeof *taken);
  if (taken == NULL) {
    return error_no_memory(err, "the names of files");
  }
  status st = STATUS_OK;
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    taken[i] = raw_base(names[i]);
    st = reading_name_check(taken[i], taken[i], err);
  }
  if (st != STATUS_OK) {
    free(taken);
    return st;
  }
  *out = taken;
  return STATUS_OK;
}

/* The paths are those of blobs and mean nothing to a user. */
static status read_after(spec *specification, const manifest *before, const char *const *paths,
                         const char *const *names, size_t count, uint32_t shard_rows, store *into,
                         buf *dataset, error *err) {
  const char **taken = NULL;
  TRY(take_names(names, count, &taken, err));
  const reading_options options = {.names = taken, .titles = taken, .shard_rows = shard_rows, .threads = 1};
  spec_problems problems = {.count = 0};
  manifest *m = NULL;
  const status st =
      preparation_append(specification, &options, before, paths, count, into, &m, NULL, &problems, err);
  free(taken);
  TRY(tell_problems(&problems, st, err));
  manifest_encode(m, dataset);
  manifest_destroy(m);
  return buf_status(dataset, "the dataset", err);
}

status preparation_read_task(slice page, slice before, const char *const *paths, const char *const *names,
                             size_t count, uint32_t shard_rows, store *into, buf *dataset, error *err) {
  spec *specification = NULL;
  manifest *m = NULL;
  TRY(parse_page(page, &specification, err));
  status st = STATUS_OK;
  if (before.length > 0) {
    st = manifest_decode(before.bytes, before.length, &m, err);
  }
  if (st == STATUS_OK) {
    st = read_after(specification, m, paths, names, count, shard_rows, into, dataset, err);
  }
  manifest_destroy(m);
  spec_destroy(specification);
  return st;
}

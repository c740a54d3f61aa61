/* canvass workers, datasets: tables for people, the broker's JSON for programs; cancel and drop. */
#include <inttypes.h>

#include "cli/link.h"
#include "cli/listing.h"
#include "cli/output.h"
#include "cli/words.h"

static const option list_options[] = {
    LISTING_JSON_OPTION,
    LINK_OPTIONS,
};
static const option link_options[] = {
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL, "nothing said about success"},
};

/* ---- Workers, datasets --------------------------------------------------------------------------- */

static const table_column worker_columns[] = {
    {"WORKER", false, LISTING_TITLE_COLUMNS},
    {"TASKS GIVEN", true, 0},
    {"DONE", true, 0},
    {"SHARDS", true, 0},
    {"HEARD", true, 0},
    {"FINGERPRINT", false, 0},
    {"NOTE", false, 0},
};

static void put_workers(table *t, const listed *l) {
  for (size_t i = 0; i < l->count; i++) {
    const json *worker = l->items[i];
    char heard[WORDS_BYTES];
    words_of_age(json_as_integer(json_get(worker, "heard_seconds")), heard);
    listing_put_text(t, worker, "title");
    table_printf(t, "%" PRIu64 " of %" PRIu64, listing_figure(worker, "running"),
                 listing_figure(worker, "capacity"));
    listing_put_count(t, worker, "tasks_done");
    listing_put_count(t, worker, "shards");
    table_put(t, slice_of(heard));
    table_printf(t, "%.8s", json_as_cstring(json_get(worker, "fingerprint")));
    table_put(t,
              slice_of(json_as_bool(json_get(worker, "set_aside")) ? "set aside: its results differ" : ""));
  }
}

static const table_column dataset_columns[] = {
    {"DATASET", false, LISTING_NAME_COLUMNS},
    {"VERSION", true, 0},
    {"ROWS", true, 0},
    {"FILES", true, 0},
    {"SHARDS", true, 0},
    {"SIZE", true, 0},
    {"CHANGED", true, 0},
};

static void put_datasets(table *t, const listed *l) {
  for (size_t i = 0; i < l->count; i++) {
    const json *dataset = l->items[i];
    char size[WORDS_BYTES];
    words_of_bytes(listing_figure(dataset, "bytes"), size);
    listing_put_text(t, dataset, "name");
    listing_put_count(t, dataset, "version");
    listing_put_count(t, dataset, "rows");
    listing_put_count(t, dataset, "files");
    listing_put_count(t, dataset, "shards");
    table_put(t, slice_of(size));
    listing_put_since(t, dataset, "changed");
  }
}

/* ---- Both ---------------------------------------------------------------------------------------- */

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
static const listing workers_listing = {"workers",   "no workers", worker_columns, COUNT_OF(worker_columns),
                                        put_workers, NULL};
static const listing datasets_listing = {"datasets",      "no datasets; 'canvass put' makes one",
                                         dataset_columns, COUNT_OF(dataset_columns),
                                         put_datasets,    NULL};

static status workers(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return listing_print(s, &workers_listing, err);
}

static status datasets(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return listing_print(s, &datasets_listing, err);
}

/* ---- cancel and drop ----------------------------------------------------------------------------- */

static status cancel_steps(const settings *s, session *link, const char *prefix, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  TRY(session_cancel(link, id, err));
  if (!s->quiet) {
    output_complain("job %.8s is cancelled", id);
  }
  return STATUS_OK;
}

static status cancel(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  session *link = NULL;
  TRY(link_open(s, &link, err));
  const status result = cancel_steps(s, link, operands[0], err);
  session_close(link);
  return result;
}

static status drop(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  session *link = NULL;
  uint64_t using = 0;
  TRY(link_open(s, &link, err));
  const status result = session_drop(link, operands[0], &using, err);
  session_close(link);
  TRY(result);
  if (!s->quiet && using > 0) {
    output_complain("dataset %s is dropped; its data stay until %" PRIu64 " unfinished %s ended", operands[0],
                    using, using == 1 ? "job has" : "jobs have");
  } else if (!s->quiet) {
    output_complain("dataset %s is dropped", operands[0]);
  }
  return STATUS_OK;
}

/* ---- Screens ------------------------------------------------------------------------------------- */

#define ENDING_SUMMARY "end a job; remove a dataset"

const subcommand subcommand_workers = {
    .name = "workers",
    .summary = LISTING_SUMMARY,
    .usage = "[OPTIONS]",
    .about =
        "Lists the workers that are there: tasks given and done, shards that they hold,\n"
        "when they were heard.  '3 of 4' tasks are given: the worker takes 4, twice as\n"
        "many as it has threads, and computes half of them while the others wait.\n"
        "Workers of equal fingerprints give equal bytes.\n",
    .example = "canvass workers\ncanvass workers --json\n",
    .options = list_options,
    .options_count = COUNT_OF(list_options),
    .run = workers,
};

const subcommand subcommand_datasets = {
    .name = "datasets",
    .summary = LISTING_SUMMARY,
    .usage = "[OPTIONS]",
    .about = "Lists the datasets that 'canvass put' made.\n",
    .example = "canvass datasets\ncanvass datasets --json\n",
    .options = list_options,
    .options_count = COUNT_OF(list_options),
    .run = datasets,
};

const subcommand subcommand_cancel = {
    .name = "cancel",
    .summary = ENDING_SUMMARY,
    .usage = "[OPTIONS] JOB",
    .about =
        "Ends a job.  What was computed for it stays in the workers' caches.\n"
        "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n",
    .example = "canvass cancel 1f0e3dad\n",
    .options = link_options,
    .options_count = COUNT_OF(link_options),
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id",
    .run = cancel,
};

const subcommand subcommand_drop = {
    .name = "drop",
    .summary = ENDING_SUMMARY,
    .usage = "[OPTIONS] NAME",
    .about =
        "Removes a dataset.  Its name is free at once; jobs that use its data go on, and\n"
        "the data go when these have ended.\n",
    .example = "canvass drop airline\n",
    .options = link_options,
    .options_count = COUNT_OF(link_options),
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a dataset's name",
    .run = drop,
};

/* canvass jobs, workers, datasets: tables for people, the broker's JSON for programs; cancel and drop. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/words.h"

enum {
  ID_DIGITS_MIN = 8,
  /* Terminal columns; --json has all of each text. */
  NAME_COLUMNS = 32,
  TITLE_COLUMNS = 32,
  MESSAGE_COLUMNS = 80, /* with the title before it */
};

static const option list_options[] = {
    {0, "json", NULL, OPTION_FLAG, offsetof(settings, json), 0, 0, NULL, "one JSON object, for programs"},
    LINK_OPTIONS,
};
static const option link_options[] = {
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL, "nothing said about success"},
};

/* ---- Cells --------------------------------------------------------------------------------------- */

static uint64_t figure(const json *item, const char *key) {
  const int64_t v = json_as_integer(json_get(item, key));
  return v < 0 ? 0 : (uint64_t)v;
}

static void put_text(table *t, const json *item, const char *key) {
  table_put(t, json_as_text(json_get(item, key)));
}

static void put_count(table *t, const json *item, const char *key) {
  char words[WORDS_BYTES];
  words_of_count(figure(item, key), words);
  table_put(t, slice_of(words));
}

static void put_since(table *t, const json *item, const char *key) {
  char words[WORDS_BYTES];
  words_of_age((int64_t)time(NULL) - json_as_integer(json_get(item, key)), words);
  table_put(t, slice_of(words));
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

static const table_column job_columns[] = {
    {"JOB", false, 0},     {"STATE", false, 0}, {"DATASET", false, 0},  {"ROWS", true, 0},
    {"COMPUTED", true, 0}, {"CACHED", true, 0}, {"SUBMITTED", true, 0}, {"TITLE", false, MESSAGE_COLUMNS},
};

static int compare_ids(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* So many digits that all ids differ: in their order, those that share most are neighbours. */
static int id_digits(const json *jobs, arena *memory) {
  const size_t count = json_count(jobs);
  size_t digits = ID_DIGITS_MIN;
  const char **ids = ARENA_ARRAY(memory, const char *, count);
  if (ids == NULL) {
    return (int)digits;
  }
  for (size_t i = 0; i < count; i++) {
    ids[i] = json_as_cstring(json_get(json_at(jobs, i), "id"));
  }
  qsort(ids, count, sizeof *ids, compare_ids);
  for (size_t i = 1; i < count; i++) {
    size_t same = 0;
    while (ids[i][same] != '\0' && ids[i][same] == ids[i - 1][same]) {
      same++;
    }
    digits = same + 1 > digits ? same + 1 : digits;
  }
  return (int)digits;
}

static void put_state(table *t, const json *job) {
  const char *state = json_as_cstring(json_get(job, "state"));
  const uint64_t total = figure(job, "rows_total");
  if (strcmp(state, "running") == 0 && total > 0) {
    table_printf(t, "stage %" PRIu64 ", %d%%", figure(job, "stage") + 1,
                 (int)((double)figure(job, "rows_done") / (double)total * 100));
  } else {
    put_text(t, job, "state");
  }
}

static void put_job(table *t, const json *job, int digits) {
  table_printf(t, "%.*s", digits, json_as_cstring(json_get(job, "id")));
  put_state(t, job);
  const slice dataset = table_shorten(t, json_as_text(json_get(job, "dataset")), NAME_COLUMNS);
  table_printf(t, "%.*s:%" PRIu64, SLICE_ARG(dataset), figure(job, "version"));
  put_count(t, job, "rows_total");
  put_count(t, job, "computed");
  put_count(t, job, "cached");
  put_since(t, job, "submitted");
  const slice message = json_as_text(json_get(job, "message"));
  const slice title = table_shorten(t, json_as_text(json_get(job, "title")),
                                    message.length > 0 ? TITLE_COLUMNS : MESSAGE_COLUMNS);
  table_printf(t, message.length > 0 ? "%.*s: %.*s" : "%.*s%.*s", SLICE_ARG(title), SLICE_ARG(message));
}

static void put_jobs(table *t, const json *jobs) {
  const int digits = id_digits(jobs, t->memory);
  for (size_t i = json_count(jobs); i > 0; i--) { /* they come in the order of submission */
    put_job(t, json_at(jobs, i - 1), digits);
  }
}

/* ---- Workers, datasets --------------------------------------------------------------------------- */

static const table_column worker_columns[] = {
    {"WORKER", false, TITLE_COLUMNS},
    {"TASKS GIVEN", true, 0},
    {"DONE", true, 0},
    {"SHARDS", true, 0},
    {"HEARD", true, 0},
    {"FINGERPRINT", false, 0},
    {"NOTE", false, 0},
};

static void put_workers(table *t, const json *workers) {
  for (size_t i = 0; i < json_count(workers); i++) {
    const json *worker = json_at(workers, i);
    char heard[WORDS_BYTES];
    words_of_age(json_as_integer(json_get(worker, "heard_seconds")), heard);
    put_text(t, worker, "title");
    table_printf(t, "%" PRIu64 " of %" PRIu64, figure(worker, "running"), figure(worker, "capacity"));
    put_count(t, worker, "tasks_done");
    put_count(t, worker, "shards");
    table_put(t, slice_of(heard));
    table_printf(t, "%.8s", json_as_cstring(json_get(worker, "fingerprint")));
    table_put(t,
              slice_of(json_as_bool(json_get(worker, "set_aside")) ? "set aside: its results differ" : ""));
  }
}

static const table_column dataset_columns[] = {
    {"DATASET", false, NAME_COLUMNS},
    {"VERSION", true, 0},
    {"ROWS", true, 0},
    {"FILES", true, 0},
    {"SHARDS", true, 0},
    {"SIZE", true, 0},
    {"CHANGED", true, 0},
};

static void put_datasets(table *t, const json *datasets) {
  for (size_t i = 0; i < json_count(datasets); i++) {
    const json *dataset = json_at(datasets, i);
    char size[WORDS_BYTES];
    words_of_bytes(figure(dataset, "bytes"), size);
    put_text(t, dataset, "name");
    put_count(t, dataset, "version");
    put_count(t, dataset, "rows");
    put_count(t, dataset, "files");
    put_count(t, dataset, "shards");
    table_put(t, slice_of(size));
    put_since(t, dataset, "changed");
  }
}

/* ---- All three ----------------------------------------------------------------------------------- */

typedef struct listing {
  const char *what, *none;
  const table_column *columns;
  size_t columns_count;
  void (*fill)(table *t, const json *items);
} listing;

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
static const listing jobs_listing = {"jobs", "no jobs", job_columns, COUNT_OF(job_columns), put_jobs};
static const listing workers_listing = {"workers", "no workers", worker_columns, COUNT_OF(worker_columns),
                                        put_workers};
static const listing datasets_listing = {"datasets", "no datasets; 'canvass put' makes one", dataset_columns,
                                         COUNT_OF(dataset_columns), put_datasets};

static status print_table(const listing *l, const buf *text, arena *memory, error *err) {
  json *document = NULL;
  TRY(json_parse(memory, (slice){(const char *)text->data, text->length}, "the broker's list", &document,
                 err));
  const json *items = json_get(document, l->what);
  if (json_count(items) == 0) {
    output_complain("%s", l->none);
    return STATUS_OK;
  }
  table t;
  buf out;
  buf_init(&out);
  table_init(&t, l->columns, l->columns_count);
  l->fill(&t, items);
  status s = table_write(&t, &out, err);
  if (s == STATUS_OK) {
    s = output_write(NULL, &out, err);
  }
  table_fini(&t);
  buf_fini(&out);
  return s;
}

static status print_json(buf *text, error *err) {
  buf_put(text, "\n", 1);
  TRY(buf_status(text, "the list", err));
  return output_write(NULL, text, err);
}

static status list(const settings *s, const listing *l, error *err) {
  session *link = NULL;
  TRY(link_open(s, &link, err));
  buf text;
  buf_init(&text);
  arena *memory = arena_new();
  status result = memory == NULL ? error_no_memory(err, "the list") : session_list(link, l->what, &text, err);
  if (result == STATUS_OK) {
    result = s->json ? print_json(&text, err) : print_table(l, &text, memory, err);
  }
  arena_destroy(memory);
  buf_fini(&text);
  session_close(link);
  return result;
}

static status jobs(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return list(s, &jobs_listing, err);
}

static status workers(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return list(s, &workers_listing, err);
}

static status datasets(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return list(s, &datasets_listing, err);
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

#define LISTING_SUMMARY "list what there is; --json for programs"
#define ENDING_SUMMARY  "end a job; remove a dataset"

const subcommand subcommand_jobs = {
    .name = "jobs",
    .summary = LISTING_SUMMARY,
    .usage = "[OPTIONS]",
    .about =
        "Lists jobs, the newest first: how far they are, how many partial statistics\n"
        "(one for each shard and accumulator) were computed, and how many workers had.\n"
        "Long texts are cut; --json has all of them.\n",
    .example = "canvass jobs\ncanvass jobs --json\n",
    .options = list_options,
    .options_count = COUNT_OF(list_options),
    .run = jobs,
};

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

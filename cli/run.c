/* canvass run: files and a specification in, the report out.  Broker and workers live on threads of this
 * process for as long as the job takes. */
#include <stdlib.h>

#include "cli/destination.h"
#include "cli/embedded.h"
#include "cli/evaluation.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/submission.h"
#include "cli/words.h"
#include "client/session.h"
#include "stats/stats.h"
#include "store/shard.h"

enum { WORKERS_MAX = 256, PLACES_SHOWN = 3, CACHE_MIB_MIN = 1 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'w', "workers", "N", OPTION_COUNT, AT(workers), 1, WORKERS_MAX, NULL,
     "worker threads; default: one per processor"},
    {0, "shard-rows", "N", OPTION_COUNT, AT(shard_rows), 1, SHARD_ROWS_MAX, NULL,
     "rows per shard; default: 65536; the report is the same"},
    {0, "store", "DIR", OPTION_TEXT, AT(store), 0, 0, NULL,
     "keep data and statistics there, compute what is new"},
    {0, "cache-bytes", "N", OPTION_BYTES, AT(cache_bytes), CACHE_MIB_MIN, 0, NULL,
     "how much --store keeps, such as 500M; default: 16G"},
    {0, "network-store", NULL, OPTION_FLAG, AT(network_store), 0, 0, NULL,
     "allow --store on a network file system"},
    RENDERING_OPTIONS,
    {0, "strict", NULL, OPTION_FLAG, AT(strict), 0, 0, NULL,
     "refuse broken rows, invalid answers, copies of files"},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, "no progress"},
};

/* ---- The job ------------------------------------------------------------------------------------- */

static bool on_progress(void *context, const session_progress *p) {
  evaluation *e = context;
  progress_show(&e->progress, p->finishing ? "Finishing" : "Evaluating", p->stage + 1, p->rows_done,
                p->rows_done, p->rows_total);
  return !interrupt_requested();
}

static status submit_and_wait(evaluation *e, session *link, buf *report, session_progress *last, error *err) {
  char job[SESSION_JOB_BYTES];
  submission parts;
  submission_init(&parts);
  status s = submission_encode(&parts, e->plan, e->dataset, err);
  if (s == STATUS_OK) {
    s = session_submit(link, &parts.job, job, err);
  }
  if (s == STATUS_OK) {
    s = session_wait(link, job, on_progress, e, report, last, err);
  }
  progress_clear(&e->progress);
  submission_fini(&parts);
  return s;
}

static status evaluate_once(evaluation *e, buf *report, session_progress *last, error *err) {
  embedded *cluster = NULL;
  session *link = NULL;
  TRY(embedded_start(e->shards, evaluation_workers(e), &cluster, err));
  const session_options here = {.zmq_context = embedded_context(cluster),
                                .endpoint = embedded_endpoint(cluster)};
  status s = session_connect(&here, &link, err);
  if (s == STATUS_OK) {
    s = submit_and_wait(e, link, report, last, err);
    session_close(link);
  }
  embedded_stop(cluster);
  return s;
}

/* A shard that turns out to be altered is set aside and thereby gone: then its file is read again, which
 * makes good all shards of that file.  So there is one more try for each file. */
static status evaluate(evaluation *e, const char *const *paths, size_t count, buf *report,
                       session_progress *last, error *err) {
  status s = evaluate_once(e, report, last, err);
  for (size_t i = 0; i < count && s == STATUS_NOT_FOUND && e->settings->store != NULL; i++) {
    TRY(evaluation_load_data(e, paths, count, err));
    TRY(evaluation_make_plan(e, err));
    s = evaluate_once(e, report, last, err);
  }
  return s;
}

static void say_what_was_new(const settings *s, const session_progress *last) {
  if (s->store == NULL || s->quiet) {
    return;
  }
  char computed[WORDS_BYTES];
  char total[WORDS_BYTES];
  words_of_count(last->states_computed, computed);
  words_of_count(last->states_computed + last->states_cached, total);
  output_complain("computed %s of %s partial statistics, %s %s", computed, total,
                  last->states_cached > 0 ? "the rest came from" : "now kept in", s->store);
}

/* ---- Strictness ---------------------------------------------------------------------------------- */

static void say_invalid_places(const evaluation *e, const json *variables) {
  unsigned shown = 0;
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    const json *places = json_get(variable, "places");
    for (size_t k = 0; k < json_count(places) && shown < PLACES_SHOWN; k++, shown++) {
      const json *place = json_at(places, k);
      const slice file = evaluation_title(e, slice_of(json_as_cstring(json_get(place, "file"))));
      output_complain("%.*s:%lld: %s: '%s' is not an answer that the codebook allows", SLICE_ARG(file),
                      (long long)json_as_integer(json_get(place, "line")),
                      json_as_cstring(json_get(variable, "name")), json_as_cstring(json_get(place, "value")));
    }
  }
}

static status refuse_invalid(const evaluation *e, const buf *report, error *err) {
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "the report");
  }
  json *document = NULL;
  status s =
      json_parse(memory, (slice){(const char *)report->data, report->length}, "report", &document, err);
  const json *data = s == STATUS_OK ? json_get(document, "data") : NULL;
  int64_t invalid = json_as_integer(json_get(data, "invalid"));
  if (s == STATUS_OK && invalid > 0) {
    say_invalid_places(e, json_get(data, "variables"));
    s = error_set(err, STATUS_DATA, "--strict: invalid answers: %lld", (long long)invalid);
  }
  arena_destroy(memory);
  return s;
}

/* ---- The subcommand ------------------------------------------------------------------------------ */

static status run_steps(evaluation *e, const char *const *operands, size_t count, buf *report, error *err) {
  const char *kernels = getenv("CANVASS_KERNELS");
  if (kernels != NULL && kernels[0] != '\0') {
    TRY(stats_kernels_choose(kernels, err));
  }
  TRY(destination_check(e->settings, operands, count, err));
  TRY(evaluation_load_spec(e, operands[0], err));
  TRY(evaluation_load_data(e, operands + 1, count - 1, err));
  TRY(evaluation_make_plan(e, err));
  session_progress last = {0};
  TRY(evaluate(e, operands + 1, count - 1, report, &last, err));
  say_what_was_new(e->settings, &last);
  if (e->settings->strict) {
    TRY(refuse_invalid(e, report, err));
  }
  return rendering_write(e->settings, report, err);
}

static status run(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  evaluation e = {.settings = s};
  progress_init(&e.progress, s->quiet);
  buf report;
  buf_init(&report);
  status result = run_steps(&e, operands, count, &report, err);
  buf_fini(&report);
  evaluation_fini(&e);
  return result;
}

const subcommand subcommand_run = {
    .name = "run",
    .summary = "evaluate survey files and print the report",
    .usage = "[OPTIONS] SPEC DATA...",
    .about =
        "Reads survey files as the specification SPEC says and prints a report.\n"
        "DATA: CSV files (plain, .gz or .zst) that make one dataset; - is standard input.\n"
        "Base names are their names; where these are the same, a/1.csv and b/1.csv.\n",
    .example =
        "canvass run survey.yaml answers.csv\n"
        "canvass run survey.yaml 2024.csv.gz 2025.csv.gz --format json -o report.json\n"
        "canvass run survey.yaml 2024.csv.gz 2025.csv.gz --store /var/tmp/surveys\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .operands_missing = "a specification and at least one data file",
    .run = run,
};

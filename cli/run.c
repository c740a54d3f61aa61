/* canvass run: files and a specification in, the report out. */
#include "cli/destination.h"
#include "cli/findings.h"
#include "cli/interrupt.h"
#include "cli/local_job.h"
#include "cli/operands.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/words.h"
#include "store/shard.h"

enum { WORKERS_MAX = 256, CACHE_MIB_MIN = 1 };

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
    CODEBOOK_OPTION,
    RENDERING_OPTIONS,
    {0, "strict", NULL, OPTION_FLAG, AT(strict), 0, 0, NULL,
     "refuse broken rows, invalid answers or weights, copies"},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, "no progress"},
};

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

/* ---- The subcommand ------------------------------------------------------------------------------ */

static status run_steps(evaluation *e, const char *const *operands, size_t count, buf *report, error *err) {
  TRY(destination_check(e->settings, operands, count, err));
  TRY(operands_check(operands, count, err));
  TRY(evaluation_load_spec(e, operands[0], err));
  TRY(evaluation_load_data(e, operands + 1, count - 1, err));
  TRY(evaluation_judge_files(e, 0, err));
  TRY(evaluation_make_plan(e, err));
  TRY(rendering_check(e->settings, e->plan, err));
  session_progress last = {0};
  TRY(local_job_run(e, operands + 1, count - 1, report, &last, err));
  say_what_was_new(e->settings, &last);
  TRY(findings_judge(e, report, err));
  return rendering_write(e->settings, report, err);
}

static status run(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  evaluation e = {.settings = s};
  progress_init(&e.progress, s->quiet);
  buf report;
  buf_init(&report);
  status st = run_steps(&e, operands, count, &report, err);
  buf_fini(&report);
  evaluation_fini(&e);
  return st;
}

const subcommand subcommand_run = {
    .name = "run",
    .summary = "evaluate survey files and print the report",
    .usage = "[OPTIONS] SPEC DATA...",
    .about =
        "Reads survey files as the specification SPEC says and prints a report.\n"
        "DATA: survey files, also .gz and .zst, as one dataset; - is standard input.\n",
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

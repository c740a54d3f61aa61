/* canvass check: says whether a specification is right, and whether data fit it, without evaluating. */
#include "cli/destination.h"
#include "cli/evaluation.h"
#include "cli/interrupt.h"
#include "cli/output.h"

static const option options[] = {
    {0, "strict", NULL, OPTION_FLAG, offsetof(settings, strict), 0, 0, NULL,
     "refuse data with broken rows, and copies of files"},
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL, "no progress"},
};

static void describe_dataset(const evaluation *e, buf *answer) {
  const manifest *m = e->dataset;
  for (uint32_t i = 0; i < m->files_count; i++) {
    const manifest_file *file = &m->files[i];
    const slice title = evaluation_title(e, file->name);
    buf_printf(answer, "%.*s: %llu records, %llu of them quarantined\n", SLICE_ARG(title),
               (unsigned long long)file->records, (unsigned long long)file->quarantined);
    for (uint32_t k = 0; k < file->places_count; k++) {
      buf_printf(answer, "  line %llu: %.*s\n", (unsigned long long)file->places[k].line,
                 SLICE_ARG(file->places[k].problem));
    }
  }
}

static status check_steps(evaluation *e, const char *const *operands, size_t count, buf *answer, error *err) {
  TRY(destination_check(e->settings, operands, count, err));
  TRY(evaluation_load_spec(e, operands[0], err));
  buf_printf(answer, "%s: the specification is right\n", operands[0]);
  if (count > 1) {
    TRY(evaluation_load_data(e, operands + 1, count - 1, err));
    TRY(evaluation_make_plan(e, err));
    describe_dataset(e, answer);
    buf_printf(answer, "analyses: %u, over %llu rows\n", e->plan->analyses_count,
               (unsigned long long)manifest_rows(e->dataset));
  }
  TRY(buf_status(answer, "the answer", err));
  return output_write(NULL, answer, err);
}

static status check(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  evaluation e = {.settings = s};
  progress_init(&e.progress, s->quiet);
  buf answer;
  buf_init(&answer);
  status result = check_steps(&e, operands, count, &answer, err);
  buf_fini(&answer);
  evaluation_fini(&e);
  return result;
}

const subcommand subcommand_check = {
    .name = "check",
    .summary = "check a specification, and data against it",
    .usage = "[OPTIONS] SPEC [DATA...]",
    .about =
        "Names every mistake of the specification with its place.  With DATA also reads\n"
        "the files: missing columns and broken records are named.  Evaluates nothing.\n",
    .example =
        "canvass check survey.yaml\n"
        "canvass check survey.yaml answers.csv\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operands_missing = "a specification",
    .run = check,
};

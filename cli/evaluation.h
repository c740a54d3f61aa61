/* What `run`, `check` and `submit` have in common: the specification read, the data read into shards, the
 * plan made.  Zero-initialised, then load in order, then fini. */
#ifndef CANVASS_CLI_EVALUATION_H
#define CANVASS_CLI_EVALUATION_H

#include "cli/progress.h"
#include "cli/subcommand.h"
#include "reading/names.h"
#include "specification/spec.h"
#include "store/store.h"

/* A row of the options of subcommands that read a specification. */
#define CODEBOOK_OPTION                                                                                   \
  {                                                                                                       \
    0, "codebook", "FILE", OPTION_TEXT, offsetof(settings, codebook), 0, 0, NULL,                         \
        SAID("labels, values, missing codes from a table (CSV)", "从表格（CSV）读取标签、取值、缺失代码", \
             "從表格（CSV）讀取標籤、取值、遺漏代碼")                                                     \
  }

typedef struct evaluation {
  const settings *settings; /* borrowed */
  progress progress;
  buf page; /* the specification's bytes */
  buf codebook;
  spec *specification;
  store *shards;
  manifest *dataset;
  reading_names *names; /* of the data files */
  plan *plan;
} evaluation;

/* PATH "-" is standard input.  All problems of a specification are written to standard error; ERR then has an
 * empty message. */
status evaluation_load_spec(evaluation *e, const char *path, error *err) MUST_USE;
/* Names for the data files, before any is opened. */
status evaluation_name_files(evaluation *e, const char *const *paths, size_t count, error *err) MUST_USE;
/* Names, header, columns, shards: into the store that --store names, otherwise into a temporary one.  May
 * be called again when shards turn out to be missing. */
status evaluation_load_data(evaluation *e, const char *const *paths, size_t count, error *err) MUST_USE;
status evaluation_make_plan(evaluation *e, error *err) MUST_USE;
/* Writes every problem on a separate line to standard error; the message in ERR then counts as reported.
 * Frees PROBLEMS, returns S. */
status evaluation_say_problems(spec_problems *problems, status s, error *err);
/* Reports which files of the dataset from FIRST on have the content of another.  With --strict STATUS_DATA
 * for those, and for quarantined records, of which the first places are reported. */
status evaluation_judge_files(const evaluation *e, uint32_t first, error *err) MUST_USE;
/* The name in messages of the file that the dataset has as NAME. */
slice evaluation_title(const evaluation *e, slice name);
void evaluation_fini(evaluation *e);

unsigned evaluation_workers(const evaluation *e);

#endif

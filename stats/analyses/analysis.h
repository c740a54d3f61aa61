/* Analyses: what the report says.  Each is a pure function of merged accumulators.
 *
 * `begin` asks for accumulators (run_need); after each stage `step` reads the merged states and writes
 * tables, and may ask again: then there is a further stage, for it alone.  What an analysis must
 * remember between stages it puts into its section (already written tables stay) or into `run_carry`.
 * `begin` and `step` see nothing but the run: same inputs, same bytes.
 *
 * To add an analysis: its file, its terms and its line in analyses.def, all in stats/analyses/; its page in
 * docs/analyses/, its golden.  See docs/adding-an-analysis.md.
 */
#ifndef CANVASS_STATS_ANALYSES_ANALYSIS_H
#define CANVASS_STATS_ANALYSES_ANALYSIS_H

#include "base/json.h"
#include "stats/accumulators/accumulator.h"
#include "stats/analyses/presentation.h"
#include "stats/plan/plan.h"

/* Which variables an argument accepts. */
enum {
  ACCEPT_NUMERIC_CODED = 1, /* scales, flags, recodes to numbers */
  ACCEPT_TEXT_CODED = 2,    /* nominal, bands, periods */
  ACCEPT_NUMBER = 4,        /* numbers, dates, construct means */
  ACCEPT_SET = 8,           /* multiple choice */
  ACCEPT_TEXT = 16,         /* ids, free text */
  ACCEPT_NUMERIC = ACCEPT_NUMERIC_CODED | ACCEPT_NUMBER,
  ACCEPT_CODED = ACCEPT_NUMERIC_CODED | ACCEPT_TEXT_CODED,
};

typedef struct analysis_argument {
  const char *name;
  argument_type type;
  bool required;
  unsigned accepts;           /* VARIABLE(S) */
  const char *const *choices; /* CHOICE: NULL-terminated; the default first */
  const char *fallback;       /* default as written in a specification; NULL: none */
  int64_t low, high;          /* INTEGER(S): bounds, when low < high */
  const char *help;           /* half a line */
} analysis_argument;

typedef struct analysis_run analysis_run;

/* What an analysis makes of each row, for rows that come back (docs/score.md): its last step gives it with
 * run_score. */
typedef struct analysis_score {
  const char *name;  /* a column is asked for as ANALYSIS.NAME */
  const char *help;  /* half a line */
  uint32_t numbered; /* not 0: there are NAME1, NAME2, .. up to this */
} analysis_score;

typedef struct analysis_kind {
  const char *name;    /* "nps" */
  const char *summary; /* one line */
  const char *about;   /* help: what it estimates, formula, source, how missing answers count */
  const char *example; /* YAML lines */
  const analysis_argument *arguments;
  uint32_t arguments_count;
  bool takes_breakdowns, takes_weight;
  const char *breakdowns_also; /* what its requests may call `by` instead; NULL: nothing else */
  bool has_replicates;         /* errors from the plan's random groups: looks at their unit */
  const analysis_score *scores;
  uint32_t scores_count;
  analysis_presentation presentation;
  const struct term *terms; /* of this analysis alone; its title in reports is the term "analysis_NAME" */
  size_t terms_count;
  /* More than the table can say about the arguments; NULL: nothing.  The message says which argument. */
  status (*check)(const plan *p, const plan_analysis *a, error *err);
  status (*begin)(analysis_run *run, error *err);
  status (*step)(analysis_run *run, error *err);
  /* Of a kind that asks further: repeats the requests of the step before, from what that carried. The
   * state is hostile input: results are not read before they are known to be those. NULL: there is
   * one stage. */
  status (*ask_again)(analysis_run *run, error *err);
} analysis_kind;

const analysis_kind *analysis_find(const char *name); /* NULL when unknown */
/* NULL when KIND, which may be NULL, has no score of that name. */
const analysis_score *analysis_score_find(const analysis_kind *kind, const char *name);
size_t analysis_count(void);
const analysis_kind *analysis_at(size_t index); /* in the order of the report's summary and of help */

/* ---- What a run offers --------------------------------------------------------------------------- */

const plan *run_plan(const analysis_run *run);
const plan_analysis *run_request(const analysis_run *run);
/* The argument of that name, which is in the table of the request's kind (asserted); by name only, so that
 * tables may grow. */
const argument_value *request_argument(const plan_analysis *request, const char *name);
/* The same of the run's request. */
const argument_value *run_argument(const analysis_run *run, const char *name);
uint32_t run_stage(const analysis_run *run); /* of the results at hand: 0, 1, .. */

/* Adds to the next stage's program.  Variables of the plan keep their meaning in every stage:
 * run_variable gives the index of plan variable VARIABLE in the program now being built. */
status run_variable(analysis_run *run, uint32_t variable, uint32_t *index, error *err) MUST_USE;
status run_add_variable(analysis_run *run, const program_variable *v, uint32_t *index, error *err) MUST_USE;
/* A's filter, weight and variables are indices in the program being built; the request's own filter
 * and weight there are run_filter(run), run_weight(run). */
status run_need(analysis_run *run, const program_accumulator *a, error *err) MUST_USE;
/* The program being built, for adding filters or weights of the analysis' own. */
program *run_program(analysis_run *run);
uint32_t run_filter(const analysis_run *run);
uint32_t run_weight(const analysis_run *run);

/* The merged state of the K-th run_need of this analysis in the stage before (in the order asked). */
const void *run_result(const analysis_run *run, uint32_t k);
/* The base accumulator of the request's filter and weight over the whole dataset (every stage has it). */
const base_state *run_base(const analysis_run *run);

/* ---- Rows that come back */
/* Whether a column of SCORE, one of the kind's, is asked for. */
bool run_score_is_wanted(const analysis_run *run, const char *score);
/* Gives SCORE, if it is wanted: MAKE fills V, a variable of the rows' program.  What MAKE asks RUN for while
 * it is called (run_variable, run_add_variable, run_program, run_filter) is of that program.  Rows that are
 * not in the request's filter have no score. */
status run_score(analysis_run *run, const char *score,
                 status (*make)(analysis_run *run, const void *context, program_variable *v, error *err),
                 const void *context, error *err) MUST_USE;

/* The section in the report, an object; tables are written through stats/analyses/table.h. */
json *run_section(analysis_run *run);
/* The rows of the section's TABLE as an earlier step wrote them, or NULL: the section is hostile input. */
const json *run_rows(const analysis_run *run, const char *table);
/* Private bytes kept until the next step: what was put there in the step before. */
reader *run_carried(analysis_run *run);
buf *run_carry(analysis_run *run);

#endif

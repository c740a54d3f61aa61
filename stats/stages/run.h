/* One analysis in the course of its stages: what is behind `analysis_run`.  For step.c, run.c and
 * table.c alone; analyses see stats/analyses/analysis.h. */
#ifndef CANVASS_STATS_STAGES_RUN_H
#define CANVASS_STATS_STAGES_RUN_H

#include "stats/accumulators/partial.h"
#include "stats/analyses/analysis.h"
#include "stats/sheet/sheet.h"
#include "stats/stats.h"

/* The program being built for a stage, and where the plan's own variables, filters and weights went in
 * it.  In stage 0 the program is the plan's, and everything is where it was. */
typedef struct stage_builder {
  const plan *plan;
  program *program;    /* owned, but for stage 0 */
  uint32_t *variables; /* by index in the plan's program: index here, or PROGRAM_NONE; NULL in stage 0 */
} stage_builder;

status stage_builder_init(stage_builder *b, const plan *p, error *err) MUST_USE; /* an empty program */
void stage_builder_fini(stage_builder *b); /* destroys the program too */
status stage_builder_variable(stage_builder *b, uint32_t variable, uint32_t *index, error *err) MUST_USE;
status stage_builder_filter(stage_builder *b, uint32_t filter, uint32_t *index, error *err) MUST_USE;
status stage_builder_weight(stage_builder *b, uint32_t weight, uint32_t *index, error *err) MUST_USE;

/* What an analysis asked for: accumulators by index in the stage's program; the first is its base. */
typedef struct run_needs {
  uint32_t *at;
  uint32_t count;
  size_t capacity;
} run_needs;

struct analysis_run {
  const plan *plan;
  const plan_analysis *request;
  const analysis_kind *kind;
  uint32_t stage;
  bool done;

  stage_builder *next;     /* where needs go now */
  uint32_t filter, weight; /* the request's, there */
  run_needs asked;

  sheet *rows; /* takes its scores; NULL: no rows come back */

  const partial *results; /* of the stage before; NULL while beginning */
  run_needs answered;     /* what was asked for then */

  json *section;      /* NULL while it is only kept: */
  slice section_text; /* its canonical text in the state, of an analysis that is done */
  buf carried_bytes;
  reader carried;
  buf carry;
};

/* A builder of variables in a program that exists: that of SHEET. */
status stage_builder_over(stage_builder *b, const plan *p, program *existing, error *err) MUST_USE;
void stage_builder_leave(stage_builder *b); /* the program stays */

/* ROWS has the scores that P asks for and the analyses gave; it gets its columns as P lists them. */
status rows_finish(const plan *p, sheet *rows, error *err) MUST_USE;

status needs_push(run_needs *needs, uint32_t accumulator, error *err) MUST_USE;

/* Makes the request's filter and weight known to RUN->next. */
status run_prepare(analysis_run *run, error *err) MUST_USE;
/* A state from outside may name any accumulators of its program as the answers: only those that the analysis
 * asks for, given what it carried, have the form that it relies on. */
status run_check_asked(const analysis_run *run, const program *running, error *err) MUST_USE;
void run_fini(analysis_run *run);

/* What the report says of a variable of the codebook, or a computed one; NULLs when it has no facts. */
typedef struct variable_told {
  const variable_facts *facts;
  const invalid_state *invalid;
} variable_told;
/* Where the head of the report requests its figures: of the plan's I-th variable, of its program's I-th
 * weight. */
typedef struct document_source {
  variable_told (*variable)(void *context, uint32_t i);
  const weights_state *(*weight)(void *context, uint32_t i);
  void *context;
  const stats_lost *lost; /* rows that no figure has, in the order of the dataset */
  size_t lost_count;
} document_source;

/* The head of the report: title, digest, data with its facts, variables with their labels.  Everything
 * but the analyses. */
status document_head(arena *a, const plan *p, const document_source *source, json **out, error *err) MUST_USE;
/* The name of weight W of the plan's program. */
const char *document_weight_name(const plan *p, uint32_t w);
/* A list: computed variables some of whose results are invalid, or were rounded to 0. */
json *document_results(arena *a, const plan *p, const document_source *source);
/* A list: how each weight of the plan was read. */
json *document_weights(arena *a, const plan *p, const document_source *source);
/* STATUS_DATA naming the first cells when W, a frequency weight, has a fraction. */
status document_check_weight(const plan *p, uint32_t w, const weights_state *s, error *err) MUST_USE;
/* Warns of what the weight of a section cannot use or has lost. */
void document_warn_weight(analysis_run *run, const weights_state *s);
/* Adds the texts of invalid cells to a variable's facts; nothing when there are none. */
void document_invalid_texts(json *facts, const plan *p, const invalid_state *state);
/* {"analysis", "name", "label", "settings"}: a section before its first table. */
json *document_section(arena *a, const plan *p, const plan_analysis *request);
/* Adds to file NUMBER which of its rows are lost, and to the data how many in all, which it returns; nothing
 * where there are none. */
void document_lost_of_file(json *file, uint32_t number, const stats_lost *lost, size_t count);
uint64_t document_lost(json *data, const stats_lost *lost, size_t count);
/* STATUS_JOB when P does not allow it, or has other files. */
status document_check_lost(const plan *p, const stats_lost *lost, size_t count, error *err) MUST_USE;
/* Adds settings.base. */
void document_base(json *section, const base_state *base);

#endif

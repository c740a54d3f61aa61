/* STEP: from merged partials to the next stage's program, or to the report.
 *
 * All analyses of a plan go through the stages together: one pass over the data serves all that still
 * need data.  Between stages everything lives in the state: the program that is running, the head
 * of the report, and per analysis its section so far, what it asked for, and its private bytes.
 * Stage 0 has no state: asking again (`begin`) finds the same accumulators in the plan's program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/analyses/groups.h"
#include "stats/program/item.h"
#include "stats/stages/run.h"
#include "stats/stats.h"

enum { STATE_VERSION = 2, STAGES_MAX = 10000, TEXT_BYTES_MAX = 1 << 30 };

typedef struct step {
  plan *plan;
  program *running; /* the program whose results are at hand; stage 0: the plan's own */
  bool owns_running;
  partial *results;
  uint32_t stage;
  arena *memory;
  json *head;      /* NULL while it is only kept: */
  slice head_text; /* its canonical text in the state */
  json *sections;
  analysis_run *runs;
  stage_builder next;
  sheet *rows;            /* of the scores so far; NULL: no rows come back */
  const stats_lost *lost; /* of the first stage */
  size_t lost_count;
} step;

void stats_outcome_fini(stats_outcome *o) {
  buf_fini(&o->report);
  buf_fini(&o->program);
  buf_fini(&o->state);
}

/* ---- Beginning ----------------------------------------------------------------------------------- */

static status check_request(const analysis_run *run, error *err) {
  status st = run->kind->check != NULL ? run->kind->check(run->plan, run->request, err) : STATUS_OK;
  return st == STATUS_OK ? st : error_context(err, st, "analysis '%s'", run->request->name);
}

/* The section exists from the beginning: the analysis uses its memory too. */
static status run_begin(analysis_run *run, arena *memory, error *err) {
  run->section = document_section(memory, run->plan, run->request);
  if (run->section == NULL) {
    return error_no_memory(err, "the report");
  }
  TRY(run_prepare(run, err));
  status st = run->kind->begin(run, err);
  if (st != STATUS_OK) {
    return error_context(err, st, "analysis '%s'", run->request->name);
  }
  return STATUS_OK;
}

/* Refuses what could grow past the limit, naming the analysis and the figure. */
static status check_sizes(const plan *p, uint32_t first, const char *who, error *err) {
  for (uint32_t i = first; i < p->program->accumulators_count; i++) {
    const program_accumulator *a = &p->program->accumulators[i];
    const accumulator_kind *kind = accumulator_find(a->kind);
    uint64_t bytes = 0;
    status st = kind != NULL ? kind->check(p->program, a, &bytes, err)
                             : error_set(err, STATUS_CORRUPT, "unknown accumulator %u", (unsigned)a->kind);
    if (st != STATUS_OK) {
      return error_context(err, st, "%s", who);
    }
    if (bytes > ACCUMULATOR_BYTES_MAX) {
      char counts[2][TEXT_COUNT_BYTES];
      return error_set(err, STATUS_LIMIT,
                       "%s: its partial statistics could take %s bytes, the limit is %s; use fewer "
                       "variables or groups, or split the analysis",
                       who, text_of_count(bytes, counts[0]), text_of_count(ACCUMULATOR_BYTES_MAX, counts[1]));
    }
  }
  return STATUS_OK;
}

static program_accumulator codebook_need(const plan *p, accumulator_id kind, uint32_t *variable) {
  return (program_accumulator){.kind = kind,
                               .variables = variable,
                               .variables_count = 1,
                               .loops = program_variable_loops(p->program, *variable),
                               .filter = PROGRAM_NONE,
                               .weight = PROGRAM_NONE};
}

/* What the report says of each variable that is read from the files, and of those that are computed. */
static const accumulator_id codebook_kinds[] = {ACCUMULATOR_FACTS, ACCUMULATOR_INVALID};
enum { CODEBOOK_KINDS = sizeof codebook_kinds / sizeof codebook_kinds[0] };

static bool is_told(const plan *p, uint32_t i, accumulator_id kind) {
  const plan_variable *v = &p->variables[i];
  return v->in_codebook || (kind == ACCUMULATOR_FACTS && plan_variable_is_computed(p, i));
}

static program_accumulator weight_need(uint32_t weight) {
  return (program_accumulator){.kind = ACCUMULATOR_WEIGHTS, .filter = PROGRAM_NONE, .weight = weight};
}

static status ask_codebook(plan *p, error *err) {
  for (uint32_t w = 0; w < p->program->weights_count; w++) {
    const program_accumulator a = weight_need(w);
    TRY(program_add_accumulator(p->program, &a, NULL, err));
  }
  for (uint32_t i = 0; i < p->variables_count; i++) {
    for (size_t k = 0; k < CODEBOOK_KINDS; k++) {
      if (is_told(p, i, codebook_kinds[k])) {
        const program_accumulator a = codebook_need(p, codebook_kinds[k], &p->variables[i].variable);
        TRY(program_add_accumulator(p->program, &a, NULL, err));
      }
    }
  }
  return STATUS_OK;
}

status plan_finish(plan *p, error *err) {
  stage_builder builder = {.plan = p, .program = p->program};
  TRY(ask_codebook(p, err));
  TRY(check_sizes(p, 0, "the facts of the data", err));
  for (uint32_t i = 0; i < p->analyses_count; i++) {
    const plan_analysis *request = &p->analyses[i];
    analysis_run run = {
        .plan = p, .request = request, .kind = analysis_find(request->kind), .next = &builder};
    if (run.kind == NULL) {
      return error_set(err, STATUS_SPECIFICATION, "unknown analysis '%s'", request->kind);
    }
    uint32_t before = p->program->accumulators_count;
    status st = check_request(&run, err);
    arena *memory = arena_new();
    if (st == STATUS_OK) {
      st = run_begin(&run, memory, err);
    }
    arena_destroy(memory);
    run_fini(&run);
    TRY(st);
    char who[256];
    snprintf(who, sizeof who, "analysis '%.200s'", request->name);
    TRY(check_sizes(p, before, who, err));
  }
  return STATUS_OK;
}

/* ---- Opening a step ------------------------------------------------------------------------------ */

/* The merged state of one of the codebook_kinds of the plan's I-th variable; NULL when it has none. */
static const void *codebook_state(const step *s, accumulator_id kind, uint32_t i) {
  const program_accumulator a = codebook_need(s->plan, kind, &s->plan->variables[i].variable);
  uint32_t index = 0;
  if (!is_told(s->plan, i, kind) ||
      program_add_accumulator(s->plan->program, &a, &index, NULL) != STATUS_OK) {
    return NULL;
  }
  return partial_state(s->results, index);
}

static variable_told told_at(void *context, uint32_t i) {
  const facts_state *facts = codebook_state(context, ACCUMULATOR_FACTS, i);
  return (variable_told){.facts = facts != NULL ? facts->at : NULL,
                         .invalid = codebook_state(context, ACCUMULATOR_INVALID, i)};
}

static const weights_state *weight_told(void *context, uint32_t w) {
  const step *s = context;
  const program_accumulator a = weight_need(w);
  uint32_t index = 0;
  return program_add_accumulator(s->plan->program, &a, &index, NULL) == STATUS_OK
             ? partial_state(s->results, index)
             : NULL;
}

/* Asks again for all that a plan's program has when plan_finish made it. */
static status ask_again(step *s, stage_builder *builder, error *err) {
  TRY(ask_codebook(s->plan, err));
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    s->runs[i].next = builder;
    TRY(run_begin(&s->runs[i], s->memory, err));
  }
  return STATUS_OK;
}

static status tell_weight(step *s, analysis_run *run, error *err) {
  const uint32_t weight = run->request->weight;
  const weights_state *told = weight != PROGRAM_NONE ? weight_told(s, weight) : NULL;
  if (told == NULL) {
    return STATUS_OK;
  }
  TRY(document_check_weight(s->plan, weight, told, err));
  document_warn_weight(run, told);
  return STATUS_OK;
}

static void note_stack(analysis_run *run) {
  if (run->request->loops > 0) {
    const base_state *base = run_base(run);
    json *detail = run_detail(run);
    json_set_text(detail, "item", run->request->stack);
    json_set_integer(detail, "rows", base->used);
    json_set_integer(detail, "n", base->respondents);
    run_note(run, "note_stack", detail);
  }
}

/* A plan from outside may lack what is asked for: nothing may look at a state before that is known. */
static status open_first(step *s, error *err) {
  uint32_t accumulators = s->plan->program->accumulators_count;
  stage_builder builder = {.plan = s->plan, .program = s->plan->program};
  TRY(ask_again(s, &builder, err));
  if (accumulators != s->plan->program->accumulators_count) {
    return error_set(err, STATUS_CORRUPT, "the plan lacks accumulators that its analyses ask for");
  }
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    analysis_run *run = &s->runs[i];
    run->answered = run->asked;
    run->asked = (run_needs){0};
    run->carried_bytes = run->carry;
    buf_init(&run->carry);
    if (run->answered.count > 0) {
      run->results = s->results;
      document_base(run->section, run_base(run));
      TRY(tell_weight(s, run, err));
      if (groups_overlap(run->plan, run->request)) {
        run_note(run, "note_groups_overlap", NULL);
      }
      note_stack(run);
    }
  }
  const document_source source = {
      .variable = told_at, .weight = weight_told, .context = s, .lost = s->lost, .lost_count = s->lost_count};
  return document_head(s->memory, s->plan, &source, &s->head, err);
}

/* What is only kept passes through the stages as text: a job may have hundreds of stages, and its report
 * megabytes. */
static status open_kept(step *s, slice text, json **node, error *err) {
  return *node != NULL ? STATUS_OK : json_parse(s->memory, text, "state", node, err);
}

static status read_run(step *s, reader *r, analysis_run *run, error *err) {
  run->done = reader_u8(r) != 0;
  run->section_text = reader_slice(r, TEXT_BYTES_MAX);
  TRY(reader_status(r, "state", err));
  if (!run->done) {
    TRY(open_kept(s, run->section_text, &run->section, err));
  }
  uint64_t count = reader_count_of(r, UINT32_MAX, 1); /* the same accumulator may be asked for often */
  for (uint64_t k = 0; k < count; k++) {
    uint64_t index = reader_varint(r);
    if (index >= s->running->accumulators_count) {
      reader_fail(r, "an accumulator that its program lacks");
      break;
    }
    TRY(needs_push(&run->answered, (uint32_t)index, err));
  }
  slice carried = reader_slice(r, TEXT_BYTES_MAX);
  buf_put(&run->carried_bytes, carried.bytes, carried.length);
  return buf_status(&run->carried_bytes, "state", err);
}

static status read_state(step *s, reader *r, error *err) {
  item_check_version(r, reader_u8(r), STATE_VERSION);
  s->stage = (uint32_t)reader_count(r, STAGES_MAX);
  if (s->stage == 0) {
    reader_fail(r, "of the first stage, which has none");
  }
  TRY(reader_status(r, "state", err));
  TRY(program_decode(r, &s->running, err));
  s->owns_running = true;
  return STATUS_OK;
}

static status read_runs(step *s, reader *r, error *err) {
  s->head_text = reader_slice(r, TEXT_BYTES_MAX);
  if (reader_varint(r) != s->plan->analyses_count) {
    reader_fail(r, "made for another plan");
  }
  TRY(reader_status(r, "state", err));
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    TRY(read_run(s, r, &s->runs[i], err));
  }
  if (s->plan->rows.wanted) {
    TRY(sheet_decode(r, &s->rows, err));
  }
  return reader_finish(r, "state", err);
}

static status open_rows(step *s, error *err) {
  if (s->plan->rows.wanted && s->rows == NULL) {
    s->rows = sheet_new();
    if (s->rows == NULL) {
      return error_no_memory(err, "a step");
    }
  }
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    s->runs[i].rows = s->rows;
  }
  return STATUS_OK;
}

static status step_open(step *s, const void *state, size_t state_bytes, const void *partial_bytes,
                        size_t partial_length, error *err) {
  s->memory = arena_new();
  s->runs = calloc((size_t)s->plan->analyses_count + 1, sizeof *s->runs);
  if (s->memory == NULL || s->runs == NULL) {
    return error_no_memory(err, "a step");
  }
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    s->runs[i] = (analysis_run){
        .plan = s->plan, .request = &s->plan->analyses[i], .kind = analysis_find(s->plan->analyses[i].kind)};
    if (s->runs[i].kind == NULL) {
      return error_set(err, STATUS_CORRUPT, "unknown analysis '%s' in the plan", s->plan->analyses[i].kind);
    }
    TRY(check_request(&s->runs[i], err)); /* whatever the plan's origin: analyses rely on it */
  }
  reader r;
  s->running = s->plan->program;
  if (state != NULL) {
    reader_init(&r, state, state_bytes);
    TRY(read_state(s, &r, err));
  }
  reader partial_reader;
  reader_init(&partial_reader, partial_bytes, partial_length);
  TRY(partial_decode(s->running, &partial_reader, &s->results, err));
  TRY(reader_finish(&partial_reader, "partial", err));
  TRY(state != NULL ? read_runs(s, &r, err) : open_first(s, err));
  return open_rows(s, err);
}

static void step_close(step *s) {
  for (uint32_t i = 0; s->runs != NULL && i < s->plan->analyses_count; i++) {
    run_fini(&s->runs[i]);
  }
  free(s->runs);
  partial_destroy(s->results);
  stage_builder_fini(&s->next);
  sheet_destroy(s->rows);
  if (s->owns_running) {
    program_destroy(s->running);
  }
  arena_destroy(s->memory);
  plan_destroy(s->plan);
}

/* ---- Taking a step -------------------------------------------------------------------------------- */

static status take_one(step *s, analysis_run *run, error *err) {
  if (s->stage > 0) {
    TRY(run_check_asked(run, s->running, err));
  }
  TRY(run_prepare(run, err));
  return run->kind->step(run, err);
}

static status take(step *s, bool *all_done, error *err) {
  TRY(stage_builder_init(&s->next, s->plan, err));
  *all_done = true;
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    analysis_run *run = &s->runs[i];
    if (run->done) {
      continue;
    }
    run->stage = s->stage;
    run->results = s->results;
    run->next = &s->next;
    reader_init(&run->carried, run->carried_bytes.data, run->carried_bytes.length);
    status st = take_one(s, run, err);
    if (st != STATUS_OK) {
      return error_context(err, st, "analysis '%s'", run->request->name);
    }
    TRY(buf_status(&run->carry, run->request->name, err));
    run->done = run->asked.count == 0;
    *all_done = *all_done && run->done;
  }
  return arena_failed(s->memory) ? error_no_memory(err, "the report") : STATUS_OK;
}

static status write_report(step *s, buf *out, error *err) {
  json *sections = json_array(s->memory);
  TRY(open_kept(s, s->head_text, &s->head, err));
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    TRY(open_kept(s, s->runs[i].section_text, &s->runs[i].section, err));
    json_push(sections, s->runs[i].section);
  }
  json_set(s->head, "analyses", sections);
  if (arena_failed(s->memory)) {
    return error_no_memory(err, "the report");
  }
  json_write(s->head, out);
  return buf_status(out, "the report", err);
}

static void put_json(buf *out, buf *scratch, const json *node, slice kept) {
  if (node == NULL) {
    buf_put_slice(out, kept);
    return;
  }
  buf_clear(scratch);
  json_write(node, scratch);
  buf_put_slice(out, (slice){(const char *)scratch->data, scratch->length});
}

static status write_state(step *s, stats_outcome *out, error *err) {
  if (s->stage + 1 >= STAGES_MAX) {
    return error_set(err, STATUS_LIMIT, "the job does not come to an end after %d stages", (int)STAGES_MAX);
  }
  out->stage = s->stage + 1;
  program_encode(s->next.program, &out->program);
  buf scratch;
  buf_init(&scratch);
  buf_put_u8(&out->state, STATE_VERSION);
  buf_put_varint(&out->state, out->stage);
  program_encode(s->next.program, &out->state);
  put_json(&out->state, &scratch, s->head, s->head_text);
  buf_put_varint(&out->state, s->plan->analyses_count);
  for (uint32_t i = 0; i < s->plan->analyses_count; i++) {
    const analysis_run *run = &s->runs[i];
    buf_put_u8(&out->state, run->done ? 1 : 0);
    put_json(&out->state, &scratch, run->section, run->section_text);
    buf_put_varint(&out->state, run->asked.count);
    for (uint32_t k = 0; k < run->asked.count; k++) {
      buf_put_varint(&out->state, run->asked.at[k]);
    }
    buf_put_slice(&out->state, (slice){(const char *)run->carry.data, run->carry.length});
  }
  if (s->rows != NULL) {
    sheet_encode(s->rows, &out->state);
  }
  bool failed = scratch.failed;
  buf_fini(&scratch);
  TRY(buf_status(&out->program, "the next program", err));
  return failed ? error_no_memory(err, "state") : buf_status(&out->state, "state", err);
}

/* What the stages after this one need. */
static status write_outcome(step *s, bool all_done, stats_outcome *out, error *err) {
  if (!all_done) {
    return write_state(s, out, err);
  }
  TRY(write_report(s, &out->report, err));
  if (s->rows == NULL) {
    return STATUS_OK;
  }
  TRY(rows_finish(s->plan, s->rows, err));
  out->stage = s->stage + 1;
  sheet_encode(s->rows, &out->program);
  return buf_status(&out->program, "the columns of rows", err);
}

static status take_step(step *s, slice plan_bytes, slice state, slice partial_bytes, stats_outcome *out,
                        error *err) {
  *out = (stats_outcome){0};
  TRY(plan_decode(plan_bytes.bytes, plan_bytes.length, &s->plan, err));
  bool all_done = false;
  status st = document_check_lost(s->plan, s->lost, s->lost_count, err);
  if (st == STATUS_OK) {
    st = step_open(s, state.bytes, state.length, partial_bytes.bytes, partial_bytes.length, err);
  }
  if (st == STATUS_OK) {
    st = take(s, &all_done, err);
  }
  if (st == STATUS_OK) {
    st = write_outcome(s, all_done, out, err);
  }
  step_close(s);
  if (st != STATUS_OK) {
    stats_outcome_fini(out);
    *out = (stats_outcome){0};
  }
  return st;
}

status stats_step(const void *plan_bytes, size_t plan_length, const void *state, size_t state_bytes,
                  const void *partial_bytes, size_t partial_length, stats_outcome *out, error *err) {
  step s = {0};
  return take_step(&s, (slice){plan_bytes, plan_length}, (slice){state, state_bytes},
                   (slice){partial_bytes, partial_length}, out, err);
}

status stats_step_without(const stats_lost *lost, size_t count, slice plan_bytes, slice partial_bytes,
                          stats_outcome *out, error *err) {
  step s = {.lost = lost, .lost_count = count};
  return take_step(&s, plan_bytes, (slice){NULL, 0}, partial_bytes, out, err);
}

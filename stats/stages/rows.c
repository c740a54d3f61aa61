/* Rows that come back: the columns that analyses give, and in the end all that the plan lists. */
#include <string.h>

#include "stats/stages/run.h"

/* ---- Scores ---------------------------------------------------------------------------------------- */

/* The column that asks for SCORE; NULL: none does. */
static const plan_column *column_of(const analysis_run *run, const char *score) {
  const plan_rows *rows = &run->plan->rows;
  for (uint32_t i = 0; run->rows != NULL && i < rows->columns_count; i++) {
    const plan_column *c = &rows->columns[i];
    if (c->variable == PROGRAM_NONE && &run->plan->analyses[c->analysis] == run->request &&
        strcmp(c->score, score) == 0) {
      return c;
    }
  }
  return NULL;
}

bool run_score_is_wanted(const analysis_run *run, const char *score) {
  return column_of(run, score) != NULL;
}

static status give(analysis_run *run, const plan_column *column,
                   status (*make)(analysis_run *run, const void *context, program_variable *v, error *err),
                   const void *context, error *err) {
  program_variable v = {.name = column->title};
  sheet_column c = {.source = SHEET_VALUE, .title = slice_of(column->title)};
  TRY(stage_builder_filter(run->next, run->request->filter, &run->filter, err));
  TRY(make(run, context, &v, err));
  c.filter = run->filter;
  TRY(program_add_variable(run->next->program, &v, &c.variable, err));
  return sheet_add(run->rows, &c, err);
}

status run_score(analysis_run *run, const char *score,
                 status (*make)(analysis_run *run, const void *context, program_variable *v, error *err),
                 const void *context, error *err) {
  const plan_column *column = column_of(run, score);
  if (column == NULL) {
    return STATUS_OK;
  }
  stage_builder over;
  stage_builder *const next = run->next;
  const uint32_t filter = run->filter;
  TRY(stage_builder_over(&over, run->plan, run->rows->program, err));
  run->next = &over;
  const status st = give(run, column, make, context, err);
  run->next = next;
  run->filter = filter;
  stage_builder_leave(&over);
  return st;
}

/* ---- All columns ----------------------------------------------------------------------------------- */

static status add_reason(sheet *rows, const sheet_column *of, error *err) {
  sheet_column reason = *of;
  buf title;
  buf_init(&title);
  buf_printf(&title, "%.*s.missing", SLICE_ARG(of->title));
  status st = buf_status(&title, "the columns of rows", err);
  reason.title = (slice){(const char *)title.data, title.length};
  reason.source = of->source == SHEET_VALUE ? SHEET_REASON : SHEET_NOTHING;
  st = st == STATUS_OK ? sheet_add(rows, &reason, err) : st;
  buf_fini(&title);
  return st;
}

static status add_variable(stage_builder *b, sheet *rows, const char *title, uint32_t variable, error *err) {
  sheet_column c = {.source = SHEET_VALUE, .title = slice_of(title), .filter = PROGRAM_NONE};
  TRY(stage_builder_variable(b, variable, &c.variable, err));
  return sheet_add(rows, &c, err);
}

/* What an analysis that had nothing to make scores of did not give is in no row. */
static status add_score(const sheet *given, sheet *rows, const char *title, error *err) {
  const sheet_column none = {.source = SHEET_NOTHING, .title = slice_of(title), .filter = PROGRAM_NONE};
  const sheet_column *found = sheet_find(given, slice_of(title));
  return sheet_add(rows, found != NULL ? found : &none, err);
}

static status add_columns(const plan *p, stage_builder *b, const sheet *given, sheet *rows, error *err) {
  const plan_rows *wanted = &p->rows;
  const sheet_column row = {
      .source = SHEET_ROW, .title = slice_of(wanted->key_title), .filter = PROGRAM_NONE};
  TRY(wanted->key == PROGRAM_NONE ? sheet_add(rows, &row, err)
                                  : add_variable(b, rows, wanted->key_title, wanted->key, err));
  for (uint32_t i = 0; i < wanted->columns_count; i++) {
    const plan_column *c = &wanted->columns[i];
    TRY(c->variable == PROGRAM_NONE ? add_score(given, rows, c->title, err)
                                    : add_variable(b, rows, c->title, c->variable, err));
    if (wanted->reasons) {
      const sheet_column of = rows->columns[rows->columns_count - 1];
      TRY(add_reason(rows, &of, err));
    }
  }
  return STATUS_OK;
}

status rows_finish(const plan *p, sheet *rows, error *err) {
  const sheet given = *rows;
  stage_builder over;
  rows->columns = NULL;
  rows->columns_count = 0;
  rows->columns_capacity = 0;
  rows->guards_formulas = p->rows.guards_formulas;
  TRY(stage_builder_over(&over, p, rows->program, err));
  const status st = add_columns(p, &over, &given, rows, err);
  stage_builder_leave(&over);
  return st;
}

/* ---- ROWS ------------------------------------------------------------------------------------------ */

status stats_sheet_open(slice bytes, stats_sheet **out, error *err) {
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  TRY(sheet_decode(&r, out, err));
  const status st = reader_finish(&r, "columns of rows", err);
  if (st != STATUS_OK) {
    sheet_destroy(*out);
    *out = NULL;
  }
  return st;
}

void stats_sheet_destroy(stats_sheet *s) {
  sheet_destroy(s);
}

void stats_sheet_titles(const stats_sheet *s, buf *lines) {
  sheet_write_titles(s, lines);
}

status stats_sheet_add(const stats_sheet *s, partial_rows open, void *context, buf *lines, error *err) {
  const stats_rows *rows = NULL;
  TRY(open(context, &rows, err));
  return sheet_write_rows(s, rows, lines, err);
}

status stats_check_sheet(slice bytes, error *err) {
  stats_sheet *s = NULL;
  TRY(stats_sheet_open(bytes, &s, err));
  sheet_destroy(s);
  return STATUS_OK;
}

/* Reading back what comes back for each row. */
#include "stats/analyses/analysis.h"
#include "stats/plan/getters.h"

static void get_column(reader *r, const plan *p, plan_column *c) {
  c->title = plan_get_text(r, p->memory);
  c->variable = plan_get_optional_index(r, p->program->variables_count);
  if (c->variable == PROGRAM_NONE) {
    c->analysis = plan_get_index(r, p->analyses_count);
    c->score = plan_get_text(r, p->memory);
  }
  const bool is_known = c->variable != PROGRAM_NONE ||
                        (r->problem == NULL &&
                         analysis_score_find(analysis_find(p->analyses[c->analysis].kind), c->score) != NULL);
  if (r->problem == NULL && !is_known) {
    reader_fail(r, "a column of rows that no analysis makes");
  }
}

void plan_get_rows(reader *r, plan *p) {
  plan_rows *rows = &p->rows;
  rows->wanted = reader_flag(r);
  rows->key = plan_get_optional_index(r, p->program->variables_count);
  rows->key_title = plan_get_text(r, p->memory);
  rows->reasons = reader_flag(r);
  rows->guards_formulas = reader_flag(r);
  uint64_t count = reader_count_of(r, PLAN_COLUMNS_MAX, 5);
  rows->columns = plan_get_array(r, p->memory, &count, sizeof *rows->columns);
  rows->columns_count = (uint32_t)count;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_column(r, p, &rows->columns[i]);
  }
  if (rows->wanted && count == 0) {
    reader_fail(r, "rows without columns");
  }
}

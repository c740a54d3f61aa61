/* The columns of a banner: what the codebook declares of each of its variables, with what else occurs; of
 * nested ones those in which somebody is. */
#include <assert.h>

#include "stats/analyses/tables_parts.h"

static bool is_set_at(const analysis_run *run, const plan_breakdown *b, uint32_t i) {
  return program_variable_form(variable_of(run_plan(run), b->variables[i])) == FORM_SET;
}

/* A table of the first variable of the banner knows all groups of all breakdowns, answered or not. */
status banner_need(analysis_run *run, error *err) {
  const plan_analysis *request = run_request(run);
  if (request->breakdowns_count == 0) {
    return STATUS_OK;
  }
  uint32_t variable = 0;
  TRY(run_variable(run, request->breakdowns[0].variables[0], &variable, err));
  program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY, .variables = &variable, .variables_count = 1};
  return groups_need(run, &a, PROGRAM_NONE, err);
}

uint32_t banner_results(const analysis_run *run) {
  return run_request(run)->breakdowns_count == 0 ? 0 : groups_count(run);
}

uint32_t banner_place(const banner_column *column, const grouping *groups) {
  uint32_t at[PROGRAM_BY_MAX] = {0};
  for (uint32_t i = 0; column->of != NULL && i < column->of->count; i++) {
    const axis *ax = &groups->by[i];
    const level *key = &column->keys[i];
    at[i] = i == column->set ? axis_find(ax, false, 1, (slice){0})
                             : axis_find(ax, key->is_text, key->number, key->text);
    if (at[i] == ax->count) {
      return BANNER_NOWHERE;
    }
  }
  return grouping_place(groups, at);
}

/* ---- Finding them ---------------------------------------------------------------------------------------
 */

/* The answers of one variable of a breakdown; of a multiple choice the options, of which each has results. */
typedef struct side {
  level *at;
  uint32_t count;
} side;

static side options_of(const tabling *t, const program_variable *v) {
  side s = {ARENA_ARRAY(t->memory, level, (size_t)v->keys_count + 1), v->keys_count};
  for (uint32_t i = 0; s.at != NULL && i < s.count; i++) {
    s.at[i] = (level){.is_text = true, .text = v->keys[i]};
  }
  return s;
}

static status find_sides(const tabling *t, const plan_breakdown *b, uint32_t which, side *sides,
                         uint32_t *set, error *err) {
  const frequency_state *state = run_result(t->run, which);
  *set = b->count;
  for (uint32_t i = 0; i < b->count; i++) {
    if (is_set_at(t->run, b, i)) {
      *set = i;
      sides[i] = options_of(t, variable_of(run_plan(t->run), b->variables[i]));
    } else {
      sides[i].at =
          levels_of(t->memory, run_plan(t->run), b->variables[i], &state->groups.by[i], &sides[i].count);
    }
    if (sides[i].at == NULL) {
      return error_no_memory(err, "the columns of a banner");
    }
  }
  return STATUS_OK;
}

static banner_mass mass_of_rows(const tabling *t, const frequency_state *s, uint32_t place) {
  banner_mass m = {.n = 0};
  for (uint32_t cell = 0; place != BANNER_NOWHERE && cell <= frequency_answered_at(s); cell++) {
    if (cell < s->keys.count) {
      continue; /* "answered" has them all, once */
    }
    m.n += frequency_n(s, place, cell);
    if (t->weighting != WEIGHTING_NONE) {
      const exact w2 = frequency_w2(s, place, cell);
      m.w += frequency_w(s, place, cell);
      exact_add(&m.w2, &w2);
    }
  }
  m.w = t->weighting == WEIGHTING_NONE ? m.n : m.w;
  return m;
}

static json *group_of(const tabling *t, const banner_column *c) {
  json *group = json_object(t->memory);
  for (uint32_t i = 0; i < c->of->count; i++) {
    json_set(group, run_plan(t->run)->variables[c->of->variables[i]].name,
             level_json(&c->keys[i], t->memory));
  }
  return group;
}

static bool same_level(const level *a, const level *b) {
  return a->is_text == b->is_text && (a->is_text ? slice_equal(a->text, b->text) : a->number == b->number);
}

/* Columns that differ in the last variable alone are compared. */
static bool is_same_block(const banner_column *a, const banner_column *b) {
  bool same = a->of == b->of;
  for (uint32_t i = 0; same && i + 1 < a->of->count; i++) {
    same = same_level(&a->keys[i], &b->keys[i]);
  }
  return same;
}

static status add_column(tabling *t, const banner_column *made, error *err) {
  if (t->banner.count == BANNER_COLUMNS_MAX) {
    return error_set(
        err, STATUS_LIMIT,
        "%s: the banner has more than %d columns; take variables with fewer answers, or put answers "
        "together (recode)",
        run_request(t->run)->name, BANNER_COLUMNS_MAX);
  }
  banner_column *c = &t->banner.at[t->banner.count];
  const banner_column *before = c - 1;
  *c = *made;
  c->group = group_of(t, c);
  c->block = before->block + (before->of != NULL && is_same_block(before, c) ? 0 : 1);
  c->overlaps = c->set + 1 == c->of->count;
  t->banner.count++;
  return STATUS_OK;
}

/* Breakdown B, whose first results are WHICH: all answers of its sides, the last changing fastest. */
static status add_block(tabling *t, const plan_breakdown *b, uint32_t which, error *err) {
  side sides[PROGRAM_BY_MAX];
  banner_column c = {.of = b};
  TRY(find_sides(t, b, which, sides, &c.set, err));
  uint64_t all = 1;
  for (uint32_t i = 0; i < b->count; i++) {
    all *= sides[i].count;
  }
  for (uint64_t at = 0; at < all; at++) {
    uint64_t rest = at;
    for (uint32_t i = b->count; i-- > 0; rest /= sides[i].count) {
      c.keys[i] = sides[i].at[rest % sides[i].count];
      c.which = i == c.set ? which + (uint32_t)(rest % sides[i].count) : c.which;
    }
    c.which = c.set == b->count ? which : c.which;
    const frequency_state *state = run_result(t->run, c.which);
    c.rows = mass_of_rows(t, state, banner_place(&c, &state->groups));
    if (b->count == 1 || c.rows.n > 0) {
      TRY(add_column(t, &c, err));
    }
  }
  return STATUS_OK;
}

/* ---- The table -------------------------------------------------------------------------------------------
 */

static json *names_of(const tabling *t, const plan_breakdown *b) {
  json *names = json_array(t->memory);
  for (uint32_t i = 0; b != NULL && i < b->count; i++) {
    json_push(names, json_text(t->memory, slice_of(run_plan(t->run)->variables[b->variables[i]].name)));
  }
  return names;
}

static void write_columns(const tabling *t) {
  const bool has_letters = t->letters != LETTERS_NONE;
  table *out = table_new(t->run, "banner_columns",
                         t->weighting == WEIGHTING_NONE ? "column group block letter variables n"
                                                        : "column group block letter variables n weighted_n");
  for (uint32_t j = 0; j < t->banner.count; j++) {
    const banner_column *c = &t->banner.at[j];
    table_row(out);
    table_integer(out, "column", j + 1);
    table_json(out, "group", c->group);
    table_integer(out, "block", c->block);
    if (has_letters && c->of != NULL && !c->overlaps) {
      char name[LETTER_BYTES];
      letters_name(j - 1, false, name);
      table_json(out, "letter", json_text(t->memory, slice_of(name)));
    }
    table_json(out, "variables", names_of(t, c->of));
    table_integer(out, "n", c->rows.n);
    if (t->weighting != WEIGHTING_NONE) {
      table_i128(out, "weighted_n", c->rows.w, t->decimals);
    }
  }
}

/* Those who are in no column of a breakdown are counted in the total alone. */
static void note_missing(const tabling *t, const plan_breakdown *b) {
  int64_t n = t->banner.at[0].rows.n;
  for (uint32_t j = 1; j < t->banner.count; j++) {
    const banner_column *c = &t->banner.at[j];
    n -= c->of == b ? c->rows.n : 0;
    if (c->of == b && c->set < b->count) {
      return; /* of a multiple choice some are in several */
    }
  }
  if (n > 0) {
    buf names;
    buf_init(&names);
    for (uint32_t i = 0; i < b->count; i++) {
      buf_printf(&names, "%s%s", i > 0 ? " × " : "", run_plan(t->run)->variables[b->variables[i]].name);
    }
    json *detail = run_detail(t->run);
    json_set_integer(detail, "n", n);
    json_set(detail, "variables", json_text(t->memory, (slice){(const char *)names.data, names.length}));
    buf_fini(&names);
    run_note(t->run, "note_banner_missing", detail);
  }
}

status banner_make(tabling *t, error *err) {
  const plan_analysis *request = run_request(t->run);
  const base_state *base = run_base(t->run);
  t->banner.at = ARENA_ARRAY(t->memory, banner_column, BANNER_COLUMNS_MAX);
  if (t->banner.at == NULL) {
    return error_no_memory(err, "the columns of a banner");
  }
  t->banner.at[0] = (banner_column){.group = json_null(t->memory), .rows = {base->used, base->w, base->w2}};
  t->banner.count = 1;
  if (t->weighting == WEIGHTING_NONE) {
    t->banner.at[0].rows.w = base->used;
  }
  const plan_breakdown *before = NULL;
  for (uint32_t which = 1; which < groups_count(t->run); which++) {
    const plan_breakdown *b = groups_breakdown(t->run, which);
    if (b != before) {
      TRY(add_block(t, b, which, err));
    }
    before = b;
  }
  write_columns(t);
  for (uint32_t i = 0; i < request->breakdowns_count; i++) {
    note_missing(t, &request->breakdowns[i]);
  }
  return arena_failed(t->memory) ? error_no_memory(err, "the columns of a banner") : STATUS_OK;
}

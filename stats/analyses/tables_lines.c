/* The lines of a question: bases, answers, nets, boxes, NPS and means, each over all columns of the banner.
 */
#include <math.h>

#include "stats/analyses/shares.h"
#include "stats/analyses/tables_parts.h"

/* One variable of a question, in the columns. */
typedef struct asked {
  tabling *t;
  const plan_question *question;
  uint32_t item;
  uint32_t first; /* of its results */
  variable_form form;
  bool is_numeric;
  line_cell *cells; /* of the line being made */
} asked;

/* ---- Sums -------------------------------------------------------------------------------------------- */

static const void *state_of(const asked *q, uint32_t j) {
  return run_result(q->t->run, q->first + q->t->banner.at[j].which);
}

static uint32_t place_of(const asked *q, const frequency_state *s, uint32_t j) {
  return banner_place(&q->t->banner.at[j], &s->groups);
}

static void mass_add(const asked *q, banner_mass *m, const frequency_state *s, uint32_t place,
                     uint32_t cell) {
  const int64_t n = frequency_n(s, place, cell);
  m->n += n;
  if (q->t->weighting == WEIGHTING_NONE) {
    m->w += n;
    return;
  }
  const exact w2 = frequency_w2(s, place, cell);
  m->w += frequency_w(s, place, cell);
  exact_add(&m->w2, &w2);
}

/* Of those who were asked KEY, or of all who answered where options have no columns of their own. */
static banner_mass base_of(const asked *q, const frequency_state *s, uint32_t place, uint32_t key) {
  banner_mass m = {.n = 0};
  const bool is_known = !s->own_bases || key < s->keys.count;
  if (place != BANNER_NOWHERE && is_known) {
    mass_add(q, &m, s, place, key < s->keys.count ? frequency_base_at(s, key) : frequency_answered_at(s));
  }
  return m;
}

static banner_mass answered_of(const asked *q, const frequency_state *s, uint32_t place) {
  banner_mass m = {.n = 0};
  if (place != BANNER_NOWHERE) {
    mass_add(q, &m, s, place, frequency_answered_at(s));
  }
  return m;
}

static double effective(const asked *q, const banner_mass *m) {
  return share_effective(q->t->weighting, m->n, m->w, &m->w2, q->t->decimals);
}

/* A weight in its own unit. */
static double weight_of(const asked *q, i128 w) {
  i128 unit = 1;
  for (unsigned d = 0; d < q->t->decimals; d++) {
    unit *= 10;
  }
  const exact up = exact_from_i128(w), down = exact_from_i128(unit);
  return exact_ratio(&up, &down);
}

static line_cell share_cell_of(const asked *q, const banner_mass *part, const banner_mass *base) {
  return (line_cell){.n = part->n,
                     .w = part->w,
                     .asked = base->n,
                     .figure = percent_of(part->w, base->w),
                     .base = effective(q, base)};
}

/* ---- Shares ---------------------------------------------------------------------------------------------
 */

static status write_line(const asked *q, const char *kind, json *value, line_test test, error *err) {
  const line l = {
      .kind = kind, .item = q->item, .value = value, .test = test, .is_base = test == LINE_NOT_TESTED};
  return tables_write_line(q->t, &l, q->cells, err);
}

/* The answers that CHOSEN says, of one of which at most a respondent gave. */
typedef bool is_chosen(const axis *keys, uint32_t key, const void *context);

static status write_sum(const asked *q, const char *kind, json *value, is_chosen *chosen, const void *context,
                        error *err) {
  for (uint32_t j = 0; j < q->t->banner.count; j++) {
    const frequency_state *s = state_of(q, j);
    const uint32_t place = place_of(q, s, j);
    const banner_mass base = answered_of(q, s, place);
    banner_mass part = {.n = 0};
    for (uint32_t key = 0; place != BANNER_NOWHERE && key < s->keys.count; key++) {
      if (chosen(&s->keys, key, context)) {
        mass_add(q, &part, s, place, key);
      }
    }
    q->cells[j] = share_cell_of(q, &part, &base);
  }
  return write_line(q, kind, value, LINE_SHARES, err);
}

static status write_answer(const asked *q, const level *l, bool with_counts, error *err) {
  json *value = level_json(l, q->t->memory);
  for (uint32_t j = 0; j < q->t->banner.count; j++) {
    const frequency_state *s = state_of(q, j);
    const uint32_t place = place_of(q, s, j);
    const uint32_t key = axis_find(&s->keys, l->is_text, l->number, l->text);
    const banner_mass base = base_of(q, s, place, key);
    banner_mass part = {.n = 0};
    if (place != BANNER_NOWHERE && key < s->keys.count) {
      mass_add(q, &part, s, place, key);
    }
    q->cells[j] = share_cell_of(q, &part, &base);
  }
  TRY(write_line(q, "answer", value, LINE_SHARES, err));
  if (!with_counts) {
    return STATUS_OK;
  }
  for (uint32_t j = 0; j < q->t->banner.count; j++) {
    q->cells[j].figure = weight_of(q, q->cells[j].w);
  }
  return write_line(q, "count", value, LINE_NOT_TESTED, err);
}

static status write_answers(const asked *q, error *err) {
  const frequency_state *all = state_of(q, 0);
  uint32_t count = 0;
  const level *levels = levels_of(q->t->memory, run_plan(q->t->run), q->item, &all->keys, &count);
  const bool with_counts = run_argument(q->t->run, "counts")->integer != 0;
  if (levels == NULL) {
    return error_no_memory(err, "the answers of a question");
  }
  for (uint32_t i = 0; i < count; i++) {
    TRY(write_answer(q, &levels[i], with_counts, err));
  }
  return STATUS_OK;
}

/* ---- Nets and boxes ---------------------------------------------------------------------------------------
 */

static bool is_in_net(const axis *keys, uint32_t key, const void *context) {
  const plan_net *net = context;
  for (uint32_t i = 0; i < net->count; i++) {
    if (net->texts != NULL ? keys->is_text && slice_equal(net->texts[i], keys->texts[key])
                           : !keys->is_text && net->codes[i] == keys->numbers[key]) {
      return true;
    }
  }
  return false;
}

static bool is_one(const axis *keys, uint32_t key, const void *unused) {
  (void)unused;
  return !keys->is_text && keys->numbers[key] == 1;
}

/* Whoever chose several options of a multiple choice is in its net once: the net has results of its own. */
static status write_nets(const asked *q, error *err) {
  const uint32_t groups = groups_count(q->t->run);
  for (uint32_t i = 0; i < q->question->nets_count; i++) {
    const plan_net *net = &q->question->nets[i];
    json *name = json_text(q->t->memory, slice_of(net->name));
    asked own = *q;
    own.first = q->first + (q->form == FORM_SET ? groups * (i + 1) : 0);
    TRY(write_sum(&own, "net", name, q->form == FORM_SET ? is_one : is_in_net, net, err));
  }
  return STATUS_OK;
}

typedef struct code_range {
  int64_t low, high;
} code_range;

static bool is_between(const axis *keys, uint32_t key, const void *context) {
  const code_range *range = context;
  return keys->numbers[key] >= range->low && keys->numbers[key] <= range->high;
}

static int64_t boxes_of(const asked *q, const char *name, uint8_t own) {
  return own != PLAN_BOXES_AS_ALL ? own : run_argument(q->t->run, name)->integer;
}

/* Of scales with more codes than both boxes hold. */
static bool has_boxes(const asked *q, int64_t *top, int64_t *bottom) {
  const program_variable *v = variable_of(run_plan(q->t->run), q->item);
  *top = boxes_of(q, "top", q->question->top);
  *bottom = boxes_of(q, "bottom", q->question->bottom);
  return v->kind == VARIABLE_SCALE && v->high - v->low + 1 > *top + *bottom;
}

static status write_boxes(const asked *q, bool is_top, error *err) {
  const program_variable *v = variable_of(run_plan(q->t->run), q->item);
  int64_t top = 0, bottom = 0;
  const bool any = has_boxes(q, &top, &bottom);
  const int64_t boxes = is_top ? top : bottom;
  if (!any || boxes == 0) {
    return STATUS_OK;
  }
  const code_range range = {is_top ? v->high - boxes + 1 : v->low, is_top ? v->high : v->low + boxes - 1};
  return write_sum(q, is_top ? "top" : "bottom", json_integer(q->t->memory, boxes), is_between, &range, err);
}

/* ---- Bases ------------------------------------------------------------------------------------------------
 */

/* Of a number: n, and with weights their sum and their squares', as the moments have them. */
static banner_mass mass_of_number(const asked *q, uint32_t j) {
  const moments_state *m = state_of(q, j);
  const uint32_t place = banner_place(&q->t->banner.at[j], &m->groups);
  if (place == BANNER_NOWHERE) {
    return (banner_mass){.n = 0};
  }
  const moments *at = &m->at[place];
  return (banner_mass){at->n, q->t->weighting == WEIGHTING_NONE ? at->n : at->w, at->w2};
}

static banner_mass base_at(const asked *q, uint32_t j) {
  if (q->form == FORM_NUMBER) {
    return mass_of_number(q, j);
  }
  const frequency_state *s = state_of(q, j);
  return answered_of(q, s, place_of(q, s, j));
}

static status write_bases(const asked *q, error *err) {
  static const char *const names[] = {"base", "weighted_base", "effective_base"};
  static const int lines[] = {[WEIGHTING_NONE] = 1, [WEIGHTING_FREQUENCY] = 2, [WEIGHTING_SAMPLING] = 3};
  for (int k = 0; k < lines[q->t->weighting]; k++) {
    for (uint32_t j = 0; j < q->t->banner.count; j++) {
      const banner_mass m = base_at(q, j);
      q->cells[j] = (line_cell){.n = m.n, .asked = m.n, .w = m.w};
      q->cells[j].figure = k == 0 ? (double)m.n : k == 1 ? weight_of(q, m.w) : effective(q, &m);
    }
    TRY(write_line(q, names[k], NULL, LINE_NOT_TESTED, err));
  }
  if (base_at(q, 0).n == 0) { /* the total; small bases are marked in the table */
    json *detail = run_detail(q->t->run);
    json_set_text(detail, "item", run_plan(q->t->run)->variables[q->item].name);
    json_set(detail, "group", json_null(q->t->memory));
    run_warn(q->t->run, "empty_base", detail);
  }
  return STATUS_OK;
}

/* ---- Means ------------------------------------------------------------------------------------------------
 */

static sums no_sums(const asked *q) {
  return (sums){.weighting = q->t->weighting, .weight_decimals = q->t->decimals};
}

static int64_t standing(int64_t code) {
  return code >= 9 ? 100 : code <= 6 ? -100 : 0;
}

/* Of the codes, or of what they are worth in the NPS. */
static status estimate_at(const asked *q, uint32_t j, bool is_nps, estimate *out, error *err) {
  sums s = no_sums(q);
  if (q->form == FORM_NUMBER) {
    const moments_state *m = state_of(q, j);
    const uint32_t place = banner_place(&q->t->banner.at[j], &m->groups);
    s = place != BANNER_NOWHERE ? sums_of_moments(m, place, q->t->weighting) : s;
    return estimate_make(&s, &q->t->options, out, err);
  }
  const frequency_state *f = state_of(q, j);
  const uint32_t place = place_of(q, f, j);
  int64_t *values = is_nps ? ARENA_ARRAY(q->t->memory, int64_t, (size_t)f->keys.count + 1) : NULL;
  if (is_nps && values == NULL) {
    return error_no_memory(err, "a mean");
  }
  for (uint32_t key = 0; is_nps && key < f->keys.count; key++) {
    values[key] = standing(f->keys.numbers[key]);
  }
  s = place != BANNER_NOWHERE ? sums_of_frequency(f, place, q->t->weighting, values) : s;
  return estimate_make(&s, &q->t->options, out, err);
}

enum { MEAN_SD, MEAN_SE, MEAN_ERRORS };

static status write_mean(const asked *q, bool is_nps, error *err) {
  static const char *const names[] = {[MEAN_SD] = "sd", [MEAN_SE] = "se"};
  const uint32_t count = q->t->banner.count;
  double *errors = ARENA_ARRAY(q->t->memory, double, (size_t)MEAN_ERRORS *count);
  if (errors == NULL) {
    return error_no_memory(err, "the errors of means");
  }
  for (uint32_t j = 0; j < count; j++) {
    estimate e;
    TRY(estimate_at(q, j, is_nps, &e, err));
    q->cells[j] = (line_cell){.n = e.n,
                              .asked = e.n,
                              .w = base_at(q, j).w,
                              .figure = e.mean,
                              .base = e.n > 0 ? e.n_effective : 0,
                              .variance = e.variance};
    errors[MEAN_SD * count + j] = e.sd;
    errors[MEAN_SE * count + j] = e.se;
  }
  TRY(write_line(q, is_nps ? "nps" : "mean", NULL, LINE_MEANS, err));
  for (int k = MEAN_SD; k < MEAN_ERRORS && !is_nps && run_argument(q->t->run, "deviations")->integer; k++) {
    for (uint32_t j = 0; j < count; j++) {
      q->cells[j].figure = errors[(size_t)k * count + j];
    }
    const line l = {.kind = names[k], .item = q->item};
    TRY(tables_write_line(q->t, &l, q->cells, err));
  }
  return STATUS_OK;
}

/* ---- All
 * ---------------------------------------------------------------------------------------------------- */

/* Flags have a share, and need no mean. */
static bool has_mean(const asked *q) {
  const program_variable *v = variable_of(run_plan(q->t->run), q->item);
  return run_argument(q->t->run, "means")->integer &&
         (q->form == FORM_NUMBER || v->kind == VARIABLE_SCALE || v->kind == VARIABLE_RECODE ||
          v->kind == VARIABLE_RANK) &&
         q->is_numeric;
}

static status part_bases(const asked *q, error *err) {
  return write_bases(q, err);
}

static status part_answers(const asked *q, error *err) {
  return q->form != FORM_NUMBER && q->question->variables_count == 1 ? write_answers(q, err) : STATUS_OK;
}

static status part_top(const asked *q, error *err) {
  return write_boxes(q, true, err);
}

static status part_bottom(const asked *q, error *err) {
  return write_boxes(q, false, err);
}

static status part_nps(const asked *q, error *err) {
  return q->question->nps ? write_mean(q, true, err) : STATUS_OK;
}

static status part_mean(const asked *q, error *err) {
  return has_mean(q) ? write_mean(q, false, err) : STATUS_OK;
}

/* The parts of a table, from above; of a grid each has a line per item. */
static status (*const parts[])(const asked *q, error *err) = {part_bases,  part_answers, write_nets, part_top,
                                                              part_bottom, part_nps,     part_mean};

status tables_write_question(tabling *t, const plan_question *q, uint32_t first, error *err) {
  asked one = {.t = t, .question = q, .cells = ARENA_ARRAY(t->memory, line_cell, t->banner.count)};
  if (one.cells == NULL) {
    return error_no_memory(err, "the lines of a question");
  }
  for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
    for (uint32_t i = 0; i < q->variables_count; i++) {
      const program_variable *v = variable_of(run_plan(t->run), q->variables[i]);
      one.item = q->variables[i];
      one.first = first + i * groups_count(t->run);
      one.form = program_variable_form(v);
      one.is_numeric = program_variable_is_numeric(v);
      TRY(parts[k](&one, err));
    }
  }
  return STATUS_OK;
}

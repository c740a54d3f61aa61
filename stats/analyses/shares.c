/* Walking over items and groups, and shares of scale ends. */
#include "stats/analyses/shares.h"

#include <math.h>

status shares_begin(analysis_run *run, error *err) {
  const argument_value *items = run_argument(run, "items");
  for (uint32_t i = 0; i < items->variables_count; i++) {
    uint32_t variable = 0;
    TRY(run_variable(run, items->variables[i], &variable, err));
    program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY, .variables = &variable, .variables_count = 1};
    TRY(groups_need(run, &a, PROGRAM_NONE, err));
  }
  return STATUS_OK;
}

status shares_each(analysis_run *run, share_visit *visit, void *context, error *err) {
  const argument_value *items = run_argument(run, "items");
  share_cell cell = {.run = run, .weighting = run_weighting(run), .options = run_estimate_options(run)};
  for (uint32_t i = 0; i < items->variables_count; i++) {
    group_walk w = group_walk_begin(run, i * groups_count(run), false);
    cell.item = items->variables[i];
    cell.walk = &w;
    while (group_walk_next(&w)) {
      cell.state = run_result(run, group_walk_result(&w));
      if (w.which > 0 && frequency_rows(cell.state, w.place) == 0) {
        continue;
      }
      run_warn_base(run, cell.item, group_json(&w), frequency_answers(cell.state, w.place));
      TRY(visit(&cell, context, err));
    }
  }
  return STATUS_OK;
}

void share_row(const share_cell *cell, table *t) {
  table_row(t);
  table_item(t, "item", cell->item);
  group_write(cell->walk, t);
  table_integer(t, "n", frequency_answers(cell->state, cell->walk->place));
  if (cell->weighting != WEIGHTING_NONE) {
    table_i128(t, "weighted_n",
               frequency_w(cell->state, cell->walk->place, frequency_answered_at(cell->state)),
               cell->state->weight_decimals);
  }
}

status share_estimate(const share_cell *cell, share_value *value_of, const void *context, estimate *out,
                      error *err) {
  const axis *keys = &cell->state->keys;
  int64_t *values = ARENA_ARRAY(json_arena(run_section(cell->run)), int64_t, (size_t)keys->count + 1);
  if (values == NULL) {
    return error_no_memory(err, "shares");
  }
  for (uint32_t key = 0; key < keys->count; key++) {
    values[key] = value_of(keys->numbers[key], context);
  }
  const sums s = sums_of_frequency(cell->state, cell->walk->place, cell->weighting, values);
  return estimate_make(&s, &cell->options, out, err);
}

double share_percent(const share_cell *cell, share_value *value_of, const void *context, int64_t wanted) {
  const frequency_state *s = cell->state;
  const uint32_t place = cell->walk->place;
  i128 part = 0, whole = 0;
  for (uint32_t key = 0; key < s->keys.count; key++) {
    const i128 count =
        cell->weighting == WEIGHTING_NONE ? frequency_n(s, place, key) : frequency_w(s, place, key);
    whole += count;
    part += value_of(s->keys.numbers[key], context) == wanted ? count : 0;
  }
  return percent_of(part, whole);
}

int64_t share_top_box(int64_t code, const void *scale) {
  const box_scale *s = scale;
  const bool top = s->low_is_good ? code < s->low + s->boxes : code > s->high - s->boxes;
  return top ? 100 : 0;
}

int64_t share_code(int64_t code, const void *unused) {
  (void)unused;
  return code;
}

int64_t share_mirrored(int64_t code, const void *scale) {
  const box_scale *s = scale;
  return s->low_is_good ? s->low + s->high - code : code;
}

void share_clip_net(double *low, double *high) {
  *low = *low < -100 ? -100 : *low;
  *high = *high > 100 ? 100 : *high;
}

double share_effective(weighting w, int64_t n, i128 count, const exact *w2, unsigned decimals) {
  if (w == WEIGHTING_NONE || count == 0) {
    return count == 0 ? 0 : (double)n;
  }
  exact up = {0}, down = *w2;
  if (w == WEIGHTING_SAMPLING) {
    exact_add_product(&up, count, count);
  } else {
    i128 unit = 1;
    for (unsigned d = 0; d < decimals; d++) {
      unit *= 10;
    }
    up = exact_from_i128(count);
    down = exact_from_i128(unit);
  }
  return exact_ratio(&up, &down);
}

void share_wilson(double percent, double n_effective, double confidence, double *low, double *high) {
  const double p = percent / 100;
  const double z = critical_z(confidence);
  const double z2n = z * z / n_effective;
  const double centre = (p + z2n / 2) / (1 + z2n);
  const double half = z * sqrt(p * (1 - p) / n_effective + z2n / n_effective / 4) / (1 + z2n);
  *low = 100 * fmax(0, centre - half);
  *high = 100 * fmin(1, centre + half);
  if (isnan(percent) || !(n_effective > 0)) {
    *low = *high = NAN;
  }
}

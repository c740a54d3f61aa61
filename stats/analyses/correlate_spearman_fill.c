/* Rows that wait for rho: filling them, leaving them, adjusting them. */
#include <math.h>

#include "stats/analyses/correlate_spearman.h"

static json *row_at(const json *rows, uint64_t index) {
  return (json *)json_at(rows, index);
}

status rank_fill(const rank_course *r, const rank_pair *p, uint32_t place, const product_sums *ranks,
                 uint8_t weight_decimals, error *err) {
  const correlation *c = r->c;
  const uint64_t pair = pair_index(c->pairs, p->i, p->j);
  const uint32_t first = r->families[p->which].rows[place];
  coefficient_options options = {.weighting = c->weighting,
                                 .w2 = p->w2 != NULL ? p->w2[place] : exact_from_i64(0),
                                 .weight_decimals = weight_decimals,
                                 .confidence = run_request(c->run)->confidence};
  coefficient f;
  if (!exact_fits_i128(&ranks->count, &options.w)) {
    return error_set(err, STATUS_CORRUPT, "the ranks of a pair weigh more than all rows can");
  }
  TRY(coefficient_make(ranks, &options, &f, err));
  if (first != UINT32_MAX) {
    json *row = row_at(run_rows(c->run, "spearman_pairs"), first + pair);
    json_set_number(row, "rho", f.r);
    json_set_number(row, "t", f.t);
    json_set_number(row, "df", f.df);
    json_set_number(row, "p", f.p);
  }
  if (p->which == 0) {
    json *row = row_at(run_rows(c->run, "spearman_matrix"), pair);
    json_set_number(row, "rho", f.r);
    json_set_number(row, "p", f.p);
  }
  return STATUS_OK;
}

/* "region × class", "channel: web", or NULL for the total. */
static json *breakdown_json(const rank_course *r, uint32_t which) {
  const correlation *c = r->c;
  const plan_breakdown *b = groups_breakdown(c->run, which);
  if (b == NULL) {
    return json_null(c->memory);
  }
  buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < b->count; i++) {
    const slice option = groups_option(c->run, which, i);
    buf_printf(&text, "%s%s%s%.*s", i > 0 ? " × " : "", run_plan(c->run)->variables[b->variables[i]].name,
               option.length > 0 ? ": " : "", SLICE_ARG(option));
  }
  json *out = json_text(c->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return out;
}

void rank_refuse(rank_course *r, const rank_pair *p) {
  const correlation *c = r->c;
  rank_family *family = &r->families[p->which];
  for (uint32_t place = 0; place < family->places; place++) {
    family->refused[place] += p->figures[place] == FIGURES_RHO_AND_P;
  }
  json *detail = run_detail(c->run);
  json_set_text(detail, "item", correlation_item(c, p->i));
  json_set_text(detail, "other_item", correlation_item(c, p->j));
  json_set_integer(detail, "limit", SPEARMAN_VALUES_MAX);
  if (p->which > 0) {
    json_set(detail, "by", breakdown_json(r, p->which));
  }
  run_warn(c->run, p->which > 0 ? "ranks_too_many_by" : "ranks_too_many", detail);
}

/* Over the pairs of one group. */
static status adjust_group(const rank_course *r, uint32_t which, uint32_t place, double *p, error *err) {
  const correlation *c = r->c;
  const rank_family *family = &r->families[which];
  const json *rows = run_rows(c->run, "spearman_pairs"), *matrix = run_rows(c->run, "spearman_matrix");
  const uint64_t first = family->rows[place];
  for (uint64_t pair = 0; pair < c->count; pair++) {
    const json *figure = json_get(json_at(rows, first + pair), "p");
    const bool known = json_kind_of(figure) == JSON_NUMBER || json_kind_of(figure) == JSON_INTEGER;
    p[pair] = known ? json_as_number(figure) : NAN;
  }
  TRY(correlation_adjust(c, p, c->count, family->refused[place], err));
  for (uint64_t pair = 0; pair < c->count; pair++) {
    json_set_number(row_at(rows, first + pair), "p_adjusted", p[pair]);
    if (which == 0) {
      json_set_number(row_at(matrix, pair), "p_adjusted", p[pair]);
    }
  }
  return STATUS_OK;
}

status rank_finish(const rank_course *r, error *err) {
  const correlation *c = r->c;
  double *p = ARENA_ARRAY(c->memory, double, c->count);
  if (p == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t which = 0; which < r->families_count && c->adjusted; which++) {
    for (uint32_t place = 0; place < r->families[which].places; place++) {
      if (r->families[which].rows[place] != UINT32_MAX) {
        TRY(adjust_group(r, which, place, p, err));
      }
    }
  }
  return STATUS_OK;
}

/* What readers of factors should be careful about. */
#include <math.h>

#include "stats/analyses/factors_report.h"

/* Kaiser & Rice 1974: below it correlations are "unacceptable" for factors. */
#define KMO_LEAST 0.5
/* Bartlett's p above it: the items may well have nothing in common. */
#define UNRELATED 0.05

static void warn(const factors_report *f, const group_walk *w, const char *code, json *detail) {
  if (json_get(detail, "item") == NULL) {
    json_set_text(detail, "item", run_request(f->run)->name);
  }
  json_set(detail, "group", group_json(w));
  run_warn(f->run, code, detail);
}

static void warn_item(const factors_report *f, const group_walk *w, const char *code, uint32_t item,
                      json *detail) {
  json_set_text(detail, "item", run_plan(f->run)->variables[f->items.items[item]].name);
  warn(f, w, code, detail);
}

static const char *construct_name(const factors_report *f, uint32_t construct) {
  const plan *p = run_plan(f->run);
  return p->variables[p->constructs[construct].variable].name;
}

static void warn_trouble(const factors_report *f, const group_walk *w, const factors_model *m) {
  static const char *const codes[] = {
      [FACTORS_FEW_ITEMS] = "factors_few_items",    [FACTORS_FEW_ROWS] = "factors_few_rows",
      [FACTORS_NO_ROWS] = "factors_no_rows",        [FACTORS_INDEFINITE] = "factors_indefinite",
      [FACTORS_DEPENDENT] = "factors_dependent",    [FACTORS_NONE] = "factors_none",
      [FACTORS_TOO_MANY] = "factors_too_many",      [FACTORS_NOT_FOUND] = "factors_not_found",
      [FACTORS_NOT_ROTATED] = "factors_not_rotated"};
  json *detail = run_detail(f->run);
  if (m->trouble == FACTORS_FINE) {
    return;
  }
  json_set_integer(detail, "items", m->count);
  json_set_integer(detail, "n", m->trouble == FACTORS_TOO_MANY ? m->factors_max : m->all.n_min);
  if (m->trouble == FACTORS_DEPENDENT) {
    warn_item(f, w, codes[m->trouble], m->used[m->dependent], detail);
  } else {
    warn(f, w, codes[m->trouble], detail);
  }
}

static void warn_base(const factors_report *f, const group_walk *w, int64_t n) {
  const int64_t threshold = run_request(f->run)->small_base;
  if (n < threshold) {
    json *detail = run_detail(f->run);
    json_set_integer(detail, "n", n);
    json_set_integer(detail, "threshold", threshold);
    const char *none = f->form->pairwise ? "empty_base" : "factors_no_complete";
    warn(f, w, n == 0 ? none : "small_base", detail);
  }
}

static void warn_items(const factors_report *f, const group_walk *w, const factors_model *m) {
  for (uint32_t i = 0, k = 0; i < m->all.count; i++) {
    if (k < m->count && m->used[k] == i) {
      k++;
    } else {
      const bool is_constant = covariance_is_constant(&m->all, i);
      warn_item(f, w, is_constant ? "factors_constant" : "factors_unanswered", i, run_detail(f->run));
    }
  }
}

static void warn_matrix(const factors_report *f, const group_walk *w, const factors_model *m) {
  json *detail = run_detail(f->run);
  if (m->kmo < KMO_LEAST) {
    json_set_number(detail, "threshold", KMO_LEAST);
    warn(f, w, "kmo_low", detail);
  }
  if (m->bartlett.p > UNRELATED) {
    warn(f, w, "items_unrelated", run_detail(f->run));
  }
  if (m->trouble == FACTORS_FINE && !m->is_definite) {
    warn_item(f, w, "components_dependent", m->used[m->dependent], run_detail(f->run));
  }
  if (m->trouble == FACTORS_FINE && m->is_capped) {
    json *capped = run_detail(f->run);
    json_set_integer(capped, "n", m->factors);
    warn(f, w, "factors_capped", capped);
  }
}

/* What one item has of its own looks like a factor where there are many rows. */
static void warn_factors(const factors_report *f, const group_walk *w, const factors_model *m) {
  for (uint32_t k = 0; k < m->factors; k++) {
    uint32_t items = 0, last = 0;
    for (uint32_t i = 0; i < m->count; i++) {
      const bool is_its = m->main_factor[i] == k && fabs(factors_pattern(m, i, k)) >= f->cut;
      items += is_its ? 1 : 0;
      last = is_its ? i : last;
    }
    json *detail = run_detail(f->run);
    json_set_integer(detail, "factor", (int64_t)k + 1);
    if (items == 1) {
      warn_item(f, w, "factor_of_one", m->used[last], detail);
    } else if (items == 0) {
      warn(f, w, "factor_of_none", detail);
    }
  }
}

/* ---- Against the codebook -------------------------------------------------------------------------- */

static void warn_place(const factors_report *f, const group_walk *w, const factors_model *m,
                       const factors_agreement *g, uint32_t i) {
  const factors_construct *c = factors_agreement_of(g, &f->items, m, i);
  json *detail = run_detail(f->run);
  if (fabs(factors_pattern(m, i, m->main_factor[i])) < f->cut) {
    json_set_number(detail, "threshold", f->cut);
    warn_item(f, w, "loads_nowhere", m->used[i], detail);
  } else if (c != NULL && c->factor != m->main_factor[i]) {
    json_set_text(detail, "scale", construct_name(f, c->construct));
    json_set_integer(detail, "factor", (int64_t)m->main_factor[i] + 1);
    json_set_integer(detail, "own_factor", (int64_t)c->factor + 1);
    warn_item(f, w, "loads_elsewhere", m->used[i], detail);
  }
}

static void warn_agreement(const factors_report *f, const group_walk *w, const factors_model *m,
                           const factors_agreement *g) {
  for (uint32_t at = 0; at < m->count; at++) {
    warn_place(f, w, m, g, m->order[at]);
    if (extraction_is_heywood(&m->x, m->order[at])) {
      warn_item(f, w, "factors_heywood", m->used[m->order[at]], run_detail(f->run));
    }
  }
  for (uint32_t c = 0; c < g->count; c++) {
    for (uint32_t before = 0; before < c; before++) {
      if (g->at[before].factor == g->at[c].factor) {
        json *detail = run_detail(f->run);
        json_set_text(detail, "item", construct_name(f, g->at[c].construct));
        json_set_text(detail, "others", construct_name(f, g->at[before].construct));
        json_set_integer(detail, "factor", (int64_t)g->at[c].factor + 1);
        warn(f, w, "constructs_merge", detail);
        break;
      }
    }
  }
}

void factors_report_warn_empty(const factors_report *f, const group_walk *w) {
  warn_base(f, w, 0);
}

void factors_report_warn(const factors_report *f, const group_walk *w, const factors_model *m,
                         const factors_agreement *g) {
  warn_base(f, w, m->all.n_min);
  warn_items(f, w, m);
  warn_trouble(f, w, m);
  warn_matrix(f, w, m);
  if (m->trouble == FACTORS_FINE) {
    warn_factors(f, w, m);
    warn_agreement(f, w, m, g);
  }
}

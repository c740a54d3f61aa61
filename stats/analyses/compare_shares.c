/* compare of shares: the top boxes of a scale or the yes of a flag, and net promoter scores, between groups.
 */
#include <math.h>

#include "stats/analyses/compare_parts.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/shares.h"
#include "stats/methods/share_test.h"

/* Shares or scores of one item. */
typedef struct shared {
  const comparison *c;
  bool net; /* scores */
  table *groups, *test, *pairs;
  sums *sums; /* of 100, 0 and -100, group by group */
  group_share *at;
} shared;

/* ---- Checks -------------------------------------------------------------------------------------------- */

/* Of two codes the higher is the yes, however many boxes are asked for. */
static int64_t boxes_of(int64_t low, int64_t high, int64_t asked) {
  return high - low == 1 ? 1 : asked;
}

status compare_shares_check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *items = request_argument(a, "items"), *boxes = request_argument(a, "top_boxes");
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const char *name = p->variables[items->variables[i]].name;
    const program_variable *v = variable_of(p, items->variables[i]);
    int64_t low = 0, high = 0;
    const bool declared = codes_range(p, items->variables[i], &low, &high);
    if (boxes->given && !declared) {
      return error_set(err, STATUS_SPECIFICATION,
                       "top_boxes: the range of '%s' is not declared; only scales and flags have top boxes",
                       name);
    }
    if (boxes->given && boxes_of(low, high, boxes->integer) > high - low) {
      return error_set(err, STATUS_SPECIFICATION, "top_boxes: %lld of the %lld codes of '%s'; give fewer",
                       (long long)boxes->integer, (long long)(high - low + 1), name);
    }
    if (request_argument(a, "nps")->integer &&
        (v->kind != VARIABLE_SCALE || !declared || low != 0 || high != 10)) {
      return error_set(err, STATUS_SPECIFICATION,
                       "nps: '%s' is not a scale from 0 to 10; promoters are 9 and 10, detractors 0 to 6",
                       name);
    }
  }
  return STATUS_OK;
}

/* ---- Groups -------------------------------------------------------------------------------------------- */

static int64_t standing(const shared *m, int64_t code) {
  if (m->net) {
    return code >= 9 ? 100 : code <= 6 ? -100 : 0;
  }
  box_scale scale = {.boxes = run_argument(m->c->run, "top_boxes")->integer};
  (void)codes_range(run_plan(m->c->run), m->c->item, &scale.low, &scale.high);
  scale.boxes = boxes_of(scale.low, scale.high, scale.boxes);
  return share_top_box(code, &scale);
}

static status read_groups(shared *m, error *err) {
  const comparison *c = m->c;
  const frequency_state *s = c->state;
  int64_t *values = ARENA_ARRAY(c->memory, int64_t, (size_t)s->keys.count + 1);
  m->sums = ARENA_ARRAY(c->memory, sums, c->count);
  m->at = ARENA_ARRAY(c->memory, group_share, c->count);
  if (values == NULL || m->sums == NULL || m->at == NULL) {
    return error_no_memory(err, "shares");
  }
  for (uint32_t k = 0; k < s->keys.count; k++) {
    values[k] = standing(m, s->keys.numbers[k]);
  }
  for (uint32_t g = 0; g < c->count; g++) {
    m->sums[g] = sums_of_frequency(s, group_walk_place(c->walk, c->keys[g]), c->weighting, values);
  }
  return STATUS_OK;
}

static void write_group(const shared *m, const estimate *e, const group_share *share, json *group) {
  table *t = m->groups;
  comparison_start_row(m->c, t);
  if (group != NULL) {
    table_json(t, "group", group);
  }
  table_integer(t, "n", e->n);
  if (m->c->weighting != WEIGHTING_NONE) {
    table_number(t, "weighted_n", e->weighted_n);
  }
  table_number(t, m->net ? "nps" : "top_share", share->percent);
  table_number(t, "se", share->se);
  table_number(t, "ci_low", share->low);
  table_number(t, "ci_high", share->high);
}

static status make_group(const shared *m, const sums *s, json *group, group_share *out, error *err) {
  estimate e;
  TRY(estimate_make(s, &m->c->options, &e, err));
  *out = (group_share){.percent = e.mean, .se = e.se_plain, .base = e.weighted_n};
  if (m->net) {
    const double reach = critical_z(m->c->options.confidence) * e.se_plain;
    out->low = e.mean - reach;
    out->high = e.mean + reach;
    share_clip_net(&out->low, &out->high);
  } else {
    share_wilson(e.mean, e.n_effective, m->c->options.confidence, &out->low, &out->high);
  }
  write_group(m, &e, out, group);
  return STATUS_OK;
}

static status write_groups(const shared *m, error *err) {
  const comparison *c = m->c;
  group_share whole;
  sums total = m->sums[0];
  for (uint32_t g = 1; g < c->count; g++) {
    sums_add(&total, &m->sums[g]);
  }
  TRY(make_group(m, &total, NULL, &whole, err));
  for (uint32_t g = 0; g < c->count; g++) {
    TRY(make_group(m, &m->sums[g], comparison_group(c, c->keys[g]), &m->at[g], err));
  }
  return STATUS_OK;
}

/* ---- Tests --------------------------------------------------------------------------------------------- */

static status write_test(const shared *m, error *err) {
  const comparison *c = m->c;
  double p = NAN;
  comparison_start_row(c, m->test);
  if (c->weighting == WEIGHTING_SAMPLING) {
    mean_test test;
    TRY(wald_make(m->sums, c->count, &c->options, &test, err));
    table_number(m->test, "f", test.f);
    table_number(m->test, "df", test.df_between);
    table_number(m->test, "df_within", test.df_within);
    p = test.p;
  } else {
    const share_test test = m->net ? scores_test(m->at, c->count) : shares_test(m->at, c->count);
    table_number(m->test, "chi2", test.chi2);
    table_number(m->test, "df", test.df);
    p = test.p;
  }
  table_number(m->test, "p", p);
  if (isnan(p)) {
    json *detail = comparison_detail(c);
    run_warn(c->run, m->net ? "scores_without_variance" : "shares_without_variance", detail);
  }
  return STATUS_OK;
}

/* A pair with sampling weights: the linearised errors of both, as of means. */
static void write_linearised(const shared *m, const pair_test *test) {
  table *t = m->pairs;
  table_number(t, "difference", test->difference);
  table_number(t, "ci_low", test->ci_low);
  table_number(t, "ci_high", test->ci_high);
  table_number(t, "t", test->t);
  table_number(t, "df", test->df);
  table_number(t, "p", test->p);
}

static void write_simple(const shared *m, const share_difference *d) {
  table *t = m->pairs;
  table_number(t, "difference", d->difference);
  table_number(t, "ci_low", d->ci_low);
  table_number(t, "ci_high", d->ci_high);
  table_number(t, "z", d->z);
  table_number(t, "p", d->p);
}

static share_difference difference_of(const shared *m, uint32_t a, uint32_t b) {
  return m->net ? scores_differ(&m->at[a], &m->at[b], m->c->options.confidence)
                : shares_differ(&m->at[a], &m->at[b]);
}

static status write_pairs(const shared *m, error *err) {
  const comparison *c = m->c;
  const bool sampling = c->weighting == WEIGHTING_SAMPLING;
  if (c->count > PAIRED_GROUPS_MAX) {
    comparison_warn_many(c, "multiple_left_out");
    return STATUS_OK;
  }
  const size_t count = (size_t)c->count * (c->count - 1) / 2;
  pair_test *tests = ARENA_ARRAY(c->memory, pair_test, count + 1);
  double *p = ARENA_ARRAY(c->memory, double, count + 1);
  if (tests == NULL || p == NULL) {
    return error_no_memory(err, "pairs of groups");
  }
  size_t k = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, k++) {
      if (sampling) {
        TRY(pair_make(&m->sums[a], &m->sums[b], &c->options, &tests[k], err));
      }
      p[k] = sampling ? tests[k].p : difference_of(m, a, b).p;
    }
  }
  TRY(comparison_adjust(c, p, count, err));
  k = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, k++) {
      comparison_start_pair(c, m->pairs, a, b);
      if (sampling) {
        write_linearised(m, &tests[k]);
      } else {
        const share_difference d = difference_of(m, a, b);
        write_simple(m, &d);
      }
      table_number(m->pairs, "p_adjusted", p[k]);
    }
  }
  return STATUS_OK;
}

/* ---- All ----------------------------------------------------------------------------------------------- */

static status write_item(const comparison *c, bool net, const share_tables *t, error *err) {
  shared m = {.c = c, .net = net, .groups = t->groups, .test = t->test, .pairs = t->pairs};
  if (t->groups == NULL) {
    return STATUS_OK;
  }
  TRY(read_groups(&m, err));
  TRY(write_groups(&m, err));
  TRY(write_test(&m, err));
  return m.pairs != NULL ? write_pairs(&m, err) : STATUS_OK;
}

static share_tables open_three(const comparison *c, bool net) {
  const bool sampling = c->weighting == WEIGHTING_SAMPLING, weighted = c->weighting != WEIGHTING_NONE;
  share_tables t = {0};
  t.groups = table_new(
      c->run, net ? "group_nps" : "group_shares",
      net ? weighted ? "item group n weighted_n nps se ci_low ci_high" : "item group n nps se ci_low ci_high"
      : weighted ? "item group n weighted_n top_share se ci_low ci_high"
                 : "item group n top_share se ci_low ci_high");
  t.test = table_new(c->run, net ? "nps_test" : "share_test",
                     sampling ? "item group f df df_within p" : "item group chi2 df p");
  if (run_argument(c->run, "pairs")->integer) {
    t.pairs = table_new(c->run, net ? "nps_pairs" : "share_pairs",
                        sampling ? "item group other_group difference ci_low ci_high p p_adjusted t df"
                                 : "item group other_group difference ci_low ci_high p p_adjusted z");
  }
  return t;
}

void compare_shares_open(comparison *c) {
  if (run_argument(c->run, "top_boxes")->given) {
    c->shares = open_three(c, false);
  }
  if (run_argument(c->run, "nps")->integer) {
    c->scores = open_three(c, true);
  }
}

status compare_shares_write(const comparison *c, error *err) {
  TRY(write_item(c, false, &c->shares, err));
  return write_item(c, true, &c->scores, err);
}

void compare_shares_note(const comparison *c) {
  const bool sampling = c->weighting == WEIGHTING_SAMPLING;
  if (c->shares.groups != NULL) {
    json *detail = run_detail(c->run);
    json_set_integer(detail, "boxes", run_argument(c->run, "top_boxes")->integer);
    run_note(c->run, "note_top_boxes", detail);
    run_note(c->run, sampling ? "note_share_pairs_sampling" : "note_share_pairs", NULL);
  }
  if (c->scores.groups != NULL) {
    run_note(c->run, sampling ? "note_nps_pairs_sampling" : "note_nps_pairs", NULL);
  }
}

/* Calibration of a logistic regression: what is predicted against what is observed. */
#include <math.h>

#include "base/elementary.h"
#include "stats/analyses/logistic_report.h"
#include "stats/analyses/shares.h"

enum { TENTHS = 10 };

double logistic_weight(const logistic_state *s, const logistic_predicted *p, int y) {
  return s->weighted ? (double)p->w[y] / (double)decimal_power10(s->weight_decimals) : (double)p->n[y];
}

typedef struct tenth {
  int64_t n;
  double w, w2, events, predicted;
} tenth;

/* Rows in the order of what is predicted, a tenth of the weight each; rows of one predicted value stay
 * together. */
static void deal_tenths(const logistic_state *s, tenth tenths[TENTHS]) {
  const double unit = (double)decimal_power10(s->weight_decimals);
  double whole = 0, before = 0;
  for (uint32_t i = 0; i < s->predicted_count; i++) {
    whole += logistic_weight(s, &s->predicted[i], 0) + logistic_weight(s, &s->predicted[i], 1);
  }
  for (uint32_t i = 0; i < s->predicted_count; i++) {
    const logistic_predicted *p = &s->predicted[i];
    const double w = logistic_weight(s, p, 0) + logistic_weight(s, p, 1);
    const int at = (int)(TENTHS * (before + w / 2) / whole);
    tenth *into = &tenths[at < TENTHS ? at : TENTHS - 1];
    for (int y = 0; y < 2; y++) {
      const exact w2 = exact_from_u192(&p->w2[y]);
      into->w2 += s->weighted ? exact_to_double(&w2) / (unit * unit) : (double)p->n[y];
      into->n += p->n[y];
    }
    into->w += w;
    into->events += logistic_weight(s, p, 1);
    into->predicted += w * elementary_logistic(ldexp((double)p->eta, -LOGISTIC_PREDICTED_BITS));
    before += w;
  }
}

void logistic_calibration_write(const logistic_tables *t, const logistic_model *m, const logistic_state *s) {
  tenth tenths[TENTHS] = {0};
  deal_tenths(s, tenths);
  int parts = 0;
  for (int i = 0; i < TENTHS; i++) {
    if (tenths[i].n == 0) {
      continue;
    }
    table *into = t->calibration;
    const double observed = 100 * tenths[i].events / tenths[i].w;
    const double effective =
        t->weighting == WEIGHTING_SAMPLING ? tenths[i].w * tenths[i].w / tenths[i].w2 : tenths[i].w;
    double low = NAN, high = NAN;
    share_wilson(observed, effective, t->options.confidence, &low, &high);
    logistic_start_row(t, m, s, into);
    table_integer(into, "n", tenths[i].n);
    table_integer(into, "tenth", ++parts);
    table_number(into, "predicted", 100 * tenths[i].predicted / tenths[i].w);
    table_number(into, "observed", observed);
    table_number(into, "ci_low", low);
    table_number(into, "ci_high", high);
  }
  if (parts < TENTHS) {
    json *detail = run_detail(t->run);
    json_set_integer(detail, "n", parts);
    json_set(detail, "group", group_key_json(t->run, &m->group));
    run_note(t->run, "note_fewer_parts", detail);
  }
}

/* Each replicate starts from the uniquenesses of all rows, so it takes few steps. */
#include "stats/analyses/factors_intervals.h"

#include <math.h>
#include <string.h>

typedef struct fitting {
  const factors_model *m;
  covariance part;
  double *correlation;
  extraction x;
  rotation r;
} fitting;

static status fit_part(fitting *f, const products_state *s, const uint64_t *block, double *figures,
                       error *err) {
  const factors_model *m = f->m;
  const size_t entries = (size_t)m->count * m->factors;
  bool found = false;
  TRY(covariance_fill(s, block, m->form->weighting, &f->part, err));
  if (factors_correlate(&f->part, m->used, m->count, f->correlation)) {
    memcpy(f->x.uniqueness, m->x.uniqueness, m->count * sizeof *f->x.uniqueness);
    TRY(extraction_fit(f->correlation, true, &f->x, &found, err));
  }
  found = found && rotation_make(f->x.loading, &f->r);
  if (found) {
    rotation_align(&m->r, &f->r);
  }
  for (size_t i = 0; i < entries; i++) {
    figures[i] = found ? f->r.pattern[i] : NAN;
  }
  return STATUS_OK;
}

static status evaluate(void *context, const products_state *s, const uint64_t *block, bool replicate,
                       double *figures, error *err) {
  fitting *f = context;
  if (replicate) {
    return fit_part(f, s, block, figures, err);
  }
  memcpy(figures, f->m->r.pattern, (size_t)f->m->count * f->m->factors * sizeof *figures);
  return STATUS_OK;
}

status factors_intervals_make(arena *a, const group_walk *w, const factors_model *m, replicates_told *told,
                              const replicate_interval **out, error *err) {
  const size_t square = (size_t)m->count * m->count;
  fitting f = {.m = m, .correlation = ARENA_ARRAY(a, double, square)};
  const replicates_wanted wanted = {.figures = m->count * m->factors,
                                    .scales = ARENA_ARRAY(a, replicate_scale, square), /* identity */
                                    .method = REPLICATE_JACKKNIFE,
                                    .evaluate = evaluate,
                                    .context = &f};
  replicates_result r;
  if (arena_failed(a)) {
    return error_no_memory(err, "factors");
  }
  TRY(covariance_new(a, m->all.count, &f.part, err));
  TRY(extraction_new(a, m->form->extraction, m->count, m->factors, &f.x, err));
  TRY(rotation_new(a, m->form->rotation, m->count, m->factors, &f.r, err));
  TRY(replicates_of_group(w, a, &wanted, &r, err));
  replicates_tell(told, &r);
  replicates_warn(w, &r, &wanted);
  *out = r.interval;
  return STATUS_OK;
}

void factors_intervals_note(analysis_run *run, const replicates_told *told, uint32_t asked) {
  const replicates_wanted wanted = {.method = REPLICATE_JACKKNIFE};
  replicates_note(run, told, &wanted, asked);
}

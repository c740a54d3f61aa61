/* A course as bytes: families, pairs that are not done, current sums. */
#include "stats/analyses/correlate_spearman.h"

enum { STAGE_MAX = 100000 };

static void put_family(const rank_family *f, buf *out) {
  for (uint32_t i = 0; i < f->groups->by_count; i++) {
    const axis *ax = &f->groups->by[i];
    buf_put_u8(out, ax->is_text);
    axis_encode(ax, out);
  }
  for (uint32_t place = 0; place < f->places; place++) {
    buf_put_varint(out, f->rows[place] == UINT32_MAX ? 0 : (uint64_t)f->rows[place] + 1);
    buf_put_varint(out, f->refused[place]);
  }
}

static void put_pair(const rank_course *r, const rank_pair *p, buf *out) {
  buf_put_varint(out, p->which);
  buf_put_varint(out, p->i);
  buf_put_varint(out, p->j);
  buf_put_u8(out, (uint8_t)((unsigned)p->way | (p->given[0] ? 4U : 0U) | (p->given[1] ? 8U : 0U)));
  buf_put_varint(out, p->stage);
  for (uint32_t place = 0; place < r->families[p->which].places; place++) {
    buf_put_u8(out, p->figures[place]);
    if (p->w2 != NULL && p->figures[place] != FIGURES_NONE) {
      buf_put_exact(out, &p->w2[place]);
    }
  }
}

static void put_asked(const rank_asked *a, buf *out) {
  buf_put_varint(out, a->columns_count);
  for (uint32_t i = 0; i < a->columns_count; i++) {
    buf_put_varint(out, a->columns[i]);
  }
  buf_put_varint(out, a->params_count);
  for (uint32_t i = 0; i < a->params_count; i++) {
    buf_put_signed(out, a->params[i]);
  }
}

void rank_course_encode(const rank_course *r, buf *out) {
  for (uint32_t which = 0; which < r->families_count; which++) {
    put_family(&r->families[which], out);
    put_asked(&r->asked[which], out);
  }
  buf_put_varint(out, r->pairs_count);
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    put_pair(r, &r->pairs[k], out);
  }
}

/* ---- Back ---------------------------------------------------------------------------------------------- */

static void read_axis(reader *in, arena *a, axis *out) {
  out->is_text = reader_u8(in) != 0;
  out->count = (uint32_t)reader_count_of(in, CODED_LEVELS_MAX, 1);
  if (out->is_text) {
    out->texts = ARENA_ARRAY(a, slice, out->count);
  } else {
    out->numbers = ARENA_ARRAY(a, int64_t, out->count);
  }
  for (uint32_t i = 0; i < out->count && in->problem == NULL && !arena_failed(a); i++) {
    if (out->is_text) {
      out->texts[i] = arena_slice(a, reader_slice(in, PROGRAM_TEXT_MAX));
    } else {
      out->numbers[i] = reader_signed(in);
    }
  }
}

static bool places_fit(const grouping *g) {
  uint64_t places = 1;
  for (uint32_t i = 0; i < g->by_count; i++) {
    places *= (uint64_t)g->by[i].count + 1;
  }
  return places <= GROUPS_MAX;
}

static void read_family(const correlation *c, uint32_t which, reader *in, rank_family *f) {
  grouping *groups = ARENA_NEW(c->memory, grouping);
  if (groups == NULL) {
    return;
  }
  const plan_breakdown *b = groups_breakdown(c->run, which);
  groups->by_count = b != NULL ? b->count : 0;
  for (uint32_t i = 0; i < groups->by_count; i++) {
    read_axis(in, c->memory, &groups->by[i]);
  }
  if (!places_fit(groups)) {
    reader_fail(in, "more groups than there may be");
    return;
  }
  f->groups = groups;
  f->places = grouping_places(groups);
  f->rows = ARENA_ARRAY(c->memory, uint32_t, f->places);
  f->refused = ARENA_ARRAY(c->memory, uint32_t, f->places);
  for (uint32_t place = 0; place < f->places && !arena_failed(c->memory); place++) {
    f->rows[place] = (uint32_t)reader_count(in, UINT32_MAX) - 1;
    f->refused[place] = (uint32_t)reader_count(in, c->count);
  }
}

static void read_asked(const correlation *c, reader *in, rank_asked *a) {
  a->columns_count = (uint32_t)reader_count_of(in, PROGRAM_VARIABLES_MAX, 1);
  a->columns = ARENA_ARRAY(c->memory, uint32_t, a->columns_count);
  for (uint32_t i = 0; i < a->columns_count && a->columns != NULL; i++) {
    a->columns[i] = (uint32_t)reader_count(in, c->pairs.variables_count - 1);
  }
  a->params_count = (uint32_t)reader_count_of(in, PROGRAM_PARAMS_MAX, 1);
  a->params = ARENA_ARRAY(c->memory, int64_t, a->params_count);
  for (uint32_t i = 0; i < a->params_count && a->params != NULL; i++) {
    a->params[i] = reader_signed(in);
  }
}

static void read_figures(const rank_course *r, reader *in, rank_pair *p) {
  const correlation *c = r->c;
  const bool sampling = c->weighting == WEIGHTING_SAMPLING;
  const uint32_t places = r->families[p->which].places;
  p->figures = ARENA_ARRAY(c->memory, uint8_t, places);
  p->w2 = sampling ? ARENA_ARRAY(c->memory, exact, places) : NULL;
  for (uint32_t place = 0; place < places && in->problem == NULL && !arena_failed(c->memory); place++) {
    p->figures[place] = (uint8_t)reader_count(in, FIGURES_RHO_AND_P);
    if (p->w2 != NULL && p->figures[place] != FIGURES_NONE) {
      reader_exact(in, &p->w2[place]);
      if (exact_sign(&p->w2[place]) <= 0) {
        reader_fail(in, "squares of weights that add up to nothing");
      }
    }
  }
}

static void read_pair(const rank_course *r, reader *in, rank_pair *p) {
  const pair_list pairs = r->c->pairs;
  p->which = (uint32_t)reader_count(in, r->families_count - 1);
  p->i = (uint32_t)reader_count(in, pairs_end(pairs) - 1);
  p->j = (uint32_t)reader_count(in, pairs.variables_count - 1);
  const uint8_t way = reader_u8(in);
  p->way = (rank_way)(way & 3U);
  p->given[0] = way & 4U;
  p->given[1] = way & 8U;
  p->stage = (uint32_t)reader_count(in, STAGE_MAX);
  if (p->j < pairs_first(pairs, p->i) || (way & 3U) > WAY_SUMS || way > 15 || p->stage == 0) {
    reader_fail(in, "a pair that cannot be");
  }
  if (in->problem == NULL) {
    read_figures(r, in, p);
  }
}

status rank_course_decode(rank_course *r, const correlation *c, reader *in, error *err) {
  *r = (rank_course){.c = c, .families_count = groups_count(c->run)};
  r->families = ARENA_ARRAY(c->memory, rank_family, r->families_count);
  r->asked = ARENA_ARRAY(c->memory, rank_asked, r->families_count);
  for (uint32_t which = 0; which < r->families_count && in->problem == NULL && !arena_failed(c->memory);
       which++) {
    read_family(c, which, in, &r->families[which]);
    read_asked(c, in, &r->asked[which]);
  }
  r->pairs_count = (uint32_t)reader_count_of(in, c->count * r->families_count, 6);
  r->pairs = ARENA_ARRAY(c->memory, rank_pair, r->pairs_count);
  for (uint32_t k = 0; k < r->pairs_count && in->problem == NULL && !arena_failed(c->memory); k++) {
    read_pair(r, in, &r->pairs[k]);
  }
  if (arena_failed(c->memory)) {
    return error_no_memory(err, "correlate");
  }
  return reader_status(in, "the state of the rank correlations", err);
}

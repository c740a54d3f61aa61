/* Items, the constructs that they are of, and the factors that these are. */
#include "stats/analyses/factors_constructs.h"

#include <math.h>

/* ---- Which items ----------------------------------------------------------------------------------- */

static bool has_item(const factors_items *s, uint32_t item) {
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->items[i] == item) {
      return true;
    }
  }
  return false;
}

static status add_item(const plan *p, factors_items *s, uint32_t item, error *err) {
  if (s->count == FACTORS_ITEMS_MAX) {
    return error_set(err, STATUS_SPECIFICATION,
                     "items: factors takes at most %d items, and \"%s\" is one more; name those that belong "
                     "together",
                     FACTORS_ITEMS_MAX, p->variables[item].name);
  }
  s->items[s->count++] = item;
  return STATUS_OK;
}

static status add_named(const plan *p, const argument_value *named, factors_items *s, error *err) {
  for (uint32_t i = 0; i < named->variables_count; i++) {
    if (has_item(s, named->variables[i])) {
      return error_set(err, STATUS_SPECIFICATION, "items: \"%s\" is named twice; name each item once",
                       p->variables[named->variables[i]].name);
    }
    TRY(add_item(p, s, named->variables[i], err));
  }
  return STATUS_OK;
}

static status add_all(const plan *p, factors_items *s, error *err) {
  for (uint32_t c = 0; c < p->constructs_count; c++) {
    const plan_construct *of = &p->constructs[c];
    for (uint32_t i = 0; i < of->children_count; i++) {
      if (!of->child_is_construct[i] && !has_item(s, of->children[i])) {
        TRY(add_item(p, s, of->children[i], err));
      }
    }
  }
  return STATUS_OK;
}

static bool construct_has(const plan_construct *c, uint32_t item) {
  for (uint32_t i = 0; i < c->children_count; i++) {
    if (!c->child_is_construct[i] && c->children[i] == item) {
      return true;
    }
  }
  return false;
}

static uint32_t construct_of(const plan *p, uint32_t item) {
  for (uint32_t c = 0; c < p->constructs_count; c++) {
    if (construct_has(&p->constructs[c], item)) {
      return c;
    }
  }
  return PROGRAM_NONE;
}

status factors_items_make(arena *a, const plan *p, const argument_value *named, factors_items *out,
                          error *err) {
  *out = (factors_items){.items = ARENA_ARRAY(a, uint32_t, FACTORS_ITEMS_MAX),
                         .construct = ARENA_ARRAY(a, uint32_t, FACTORS_ITEMS_MAX)};
  if (arena_failed(a)) {
    return error_no_memory(err, "factors");
  }
  TRY(named->variables_count > 0 ? add_named(p, named, out, err) : add_all(p, out, err));
  for (uint32_t i = 0; i < out->count; i++) {
    out->construct[i] = construct_of(p, out->items[i]);
  }
  return STATUS_OK;
}

/* ---- Agreement ------------------------------------------------------------------------------------- */

static void compare_construct(const factors_items *items, const factors_model *m, factors_construct *c) {
  for (uint32_t f = 0; f < m->factors; f++) {
    double own = 0, squares = 0;
    for (uint32_t i = 0; i < m->count; i++) {
      const double l = factors_pattern(m, i, f);
      own += items->construct[m->used[i]] == c->construct ? l : 0;
      squares += l * l;
    }
    c->congruence[f] = squares > 0 ? own / sqrt(c->items * squares) : 0;
    c->factor = c->congruence[f] > c->congruence[c->factor] ? f : c->factor;
  }
  for (uint32_t i = 0; i < m->count; i++) {
    c->there += items->construct[m->used[i]] == c->construct && m->main_factor[i] == c->factor ? 1 : 0;
  }
}

status factors_agreement_make(arena *a, const plan *p, const factors_items *items, const factors_model *m,
                              factors_agreement *out, error *err) {
  *out = (factors_agreement){.at = ARENA_ARRAY(a, factors_construct, (size_t)p->constructs_count + 1)};
  for (uint32_t c = 0; c < p->constructs_count && out->at != NULL; c++) {
    factors_construct *next = &out->at[out->count];
    *next = (factors_construct){.construct = c, .congruence = ARENA_ARRAY(a, double, m->factors)};
    for (uint32_t i = 0; i < m->count; i++) {
      next->items += items->construct[m->used[i]] == c ? 1 : 0;
    }
    if (next->items > 0 && next->congruence != NULL) {
      compare_construct(items, m, next);
      out->count++;
    }
  }
  return arena_failed(a) ? error_no_memory(err, "factors") : STATUS_OK;
}

const factors_construct *factors_agreement_of(const factors_agreement *g, const factors_items *items,
                                              const factors_model *m, uint32_t i) {
  for (uint32_t c = 0; c < g->count; c++) {
    if (g->at[c].construct == items->construct[m->used[i]]) {
      return &g->at[c];
    }
  }
  return NULL;
}

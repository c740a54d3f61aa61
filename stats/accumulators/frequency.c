/* FREQUENCY: how many rows gave each answer, and their weight, by group.
 *
 * A state's keys are those with n > 0 somewhere (of a set over columns, with a base somewhere), its groups
 * those of used rows (see grouping.h), so equal data give equal bytes.  Cells with n = 0 carry no sums; for a
 * coded variable "answered" is the sum of the keys and is not encoded.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/frequency.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

static size_t cell_bytes(bool weighted) {
  return sizeof(int64_t) + (weighted ? sizeof(i128) + sizeof(u192) : 0);
}

static status frequency_check(const program *p, const program_accumulator *a, uint64_t *bytes_max,
                              error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = 1,
                                          .forms = SHAPE_CODED | SHAPE_SET,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true};
  *bytes_max = 0;
  return accumulator_check_shape(p, a, &shape, err);
}

static void frequency_destroy(void *state) {
  frequency *f = state;
  if (f != NULL) {
    grouping_fini(&f->s.groups);
    axis_fini(&f->s.keys);
    free(f->s.n);
    free(f->s.w);
    free(f->s.w2);
    free(f);
  }
}

/* A state without groups, keys or cells. */
static status make(const program *p, const program_accumulator *a, frequency **out, error *err) {
  *out = calloc(1, sizeof **out);
  if (*out == NULL) {
    return error_no_memory(err, "frequency");
  }
  frequency *f = *out;
  f->p = p;
  f->a = a;
  f->is_set = program_variable_form(&p->variables[a->variables[0]]) == FORM_SET;
  f->s.own_bases = p->variables[a->variables[0]].kind == VARIABLE_MULTI_FLAGS;
  f->s.weighted = a->weight != PROGRAM_NONE;
  f->s.weight_decimals = accumulator_weight_decimals(p, a);
  grouping_empty(p, a, &f->s.groups);
  f->s.keys.is_text = axis_is_text(p, a->variables[0]);
  return STATUS_OK;
}

status frequency_make_cells(frequency *f, error *err) {
  frequency_state *s = &f->s;
  uint64_t cells = (uint64_t)grouping_places(&s->groups) * frequency_places(s);
  void *n, *w, *w2;
  TRY(accumulator_check_bytes(f->p, f->a, cells, cell_bytes(s->weighted), err));
  TRY(accumulator_allocate(f->p, f->a, cells, sizeof *s->n, &n, err));
  s->n = n;
  if (s->weighted) {
    TRY(accumulator_allocate(f->p, f->a, cells, sizeof *s->w, &w, err));
    s->w = w;
    TRY(accumulator_allocate(f->p, f->a, cells, sizeof *s->w2, &w2, err));
    s->w2 = w2;
  }
  return STATUS_OK;
}

static status frequency_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  frequency *f = NULL;
  status st = make(p, a, &f, err);
  if (st == STATUS_OK) {
    st = frequency_make_cells(f, err);
  }
  return accumulator_give(st, f, frequency_destroy, state);
}

/* ---- Map ----------------------------------------------------------------------------------------- */

void frequency_add_tally(frequency_state *s, size_t cell, const tally *t, uint32_t group, uint8_t slot) {
  s->n[cell] += tally_n(t, group, slot);
  if (s->weighted) {
    const u192 w2 = tally_w2(t, group, slot);
    s->w[cell] += tally_w(t, group, slot);
    u192_add(&s->w2[cell], &w2);
  }
}

void frequency_add_missing(frequency_state *s, size_t place, const tally *t, uint32_t group) {
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    frequency_add_tally(s, place * frequency_places(s) + frequency_missing_at(s, (missing_reason)r), t, group,
                        (uint8_t)(SLOT_MISSING + r));
  }
}

static status map_bytes(frequency *f, const grouped_rows *in, const coded_view *view, error *err) {
  enum { SLOTS = 256 };
  tally t = {0};
  bool occurs[SLOTS] = {false};
  uint32_t map[SLOTS];
  frequency_state *s = &f->s;
  status st = tally_slots(in, view->slots, view->keys.count, &t, err);
  for (uint32_t g = 0; st == STATUS_OK && g < in->view.count; g++) {
    for (uint32_t k = 0; k < view->keys.count; k++) {
      occurs[k] |= tally_n(&t, g, (uint8_t)k) > 0;
    }
  }
  if (st == STATUS_OK) {
    st = axis_from_keys(&view->keys, s->keys.is_text, occurs, &s->keys, map, err);
  }
  if (st == STATUS_OK) {
    st = frequency_make_cells(f, err);
  }
  for (uint32_t g = 0; st == STATUS_OK && g < in->view.count; g++) {
    if (in->view.used[g] == 0) {
      continue;
    }
    size_t place = in->places[g], first = place * frequency_places(s);
    for (uint32_t k = 0; k < view->keys.count; k++) {
      if (occurs[k]) {
        frequency_add_tally(s, first + map[k], &t, g, (uint8_t)k);
        frequency_add_tally(s, first + frequency_answered_at(s), &t, g, (uint8_t)k);
      }
    }
    frequency_add_missing(s, place, &t, g);
  }
  tally_fini(&t);
  return st;
}

static void add_row(frequency_state *s, size_t cell, uint64_t weight) {
  s->n[cell]++;
  if (s->weighted) {
    s->w[cell] += weight;
    u192_add_u128(&s->w2[cell], (u128)weight * weight);
  }
}

static void add_wide_rows(frequency_state *s, const grouped_rows *in, const uint16_t *wide,
                          const uint32_t *map) {
  for (uint32_t row = 0, place; row < in->count; row++) {
    if (grouped_rows_place(in, row, &place)) {
      size_t first = (size_t)place * frequency_places(s);
      uint64_t weight = s->weighted ? (uint64_t)weight_at(&in->weights, row) : 0;
      if (wide[row] >= SLOT_WIDE_MISSING) {
        add_row(s, first + frequency_missing_at(s, (missing_reason)(wide[row] - SLOT_WIDE_MISSING)), weight);
      } else {
        add_row(s, first + map[wide[row]], weight);
        add_row(s, first + frequency_answered_at(s), weight);
      }
    }
  }
}

static status map_wide(frequency *f, const grouped_rows *in, const coded_view *view, error *err) {
  bool *occurs = calloc((size_t)view->keys.count + 1, sizeof *occurs);
  uint32_t *map = malloc(((size_t)view->keys.count + 1) * sizeof *map);
  status st = occurs != NULL && map != NULL ? STATUS_OK : error_no_memory(err, "frequency");
  for (uint32_t row = 0, place; st == STATUS_OK && row < in->count; row++) {
    if (view->wide[row] < SLOT_WIDE_MISSING && grouped_rows_place(in, row, &place)) {
      occurs[view->wide[row]] = true;
    }
  }
  if (st == STATUS_OK) {
    st = axis_from_keys(&view->keys, f->s.keys.is_text, occurs, &f->s.keys, map, err);
  }
  if (st == STATUS_OK) {
    st = frequency_make_cells(f, err);
  }
  if (st == STATUS_OK) {
    add_wide_rows(&f->s, in, view->wide, map);
  }
  free(occurs);
  free(map);
  return st;
}

static status map_grouped(void *state, frame *from, const grouped_rows *in, error *err) {
  frequency *f = state;
  uint32_t variable = f->a->variables[0];
  if (f->is_set) {
    set_view view;
    TRY(frame_set(from, variable, &view, err));
    return frequency_map_set(f, in, &view, err);
  }
  coded_view view;
  TRY(frame_coded(from, variable, &view, err));
  return view.slots != NULL ? map_bytes(f, in, &view, err) : map_wide(f, in, &view, err);
}

static status frequency_map(frame *f, const program_accumulator *a, void **state, error *err) {
  frequency *made;
  TRY(make(frame_program(f), a, &made, err));
  const status st = grouped_rows_map(f, a, &made->s.groups, map_grouped, made, err);
  return accumulator_give(st, made, frequency_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

/* The position of cell C of FROM in INTO, whose keys are KEYS of those of FROM. */
static uint32_t cell_in(const frequency_state *into, const frequency_state *from, const uint32_t *keys,
                        uint32_t c) {
  if (keys == NULL) {
    return c;
  }
  if (c < from->keys.count) {
    return keys[c];
  }
  const uint32_t base_first = frequency_answered_at(from) + 1;
  return c < base_first ? c - from->keys.count + into->keys.count
                        : frequency_base_at(into, keys[c - base_first]);
}

/* Adds the cells of FROM: its place P is PLACES[P] in INTO, its key K is KEYS[K]; NULL: the same. */
static status add_cells(frequency_state *into, const frequency_state *from, const uint32_t *places,
                        const uint32_t *keys, error *err) {
  uint32_t places_count = grouping_places(&from->groups), cells = frequency_places(from);
  for (uint32_t place = 0; place < places_count; place++) {
    size_t to = (size_t)(places != NULL ? places[place] : place) * frequency_places(into);
    for (uint32_t c = 0; c < cells; c++) {
      size_t cell = (size_t)place * cells + c;
      size_t at = to + cell_in(into, from, keys, c);
      TRY(accumulator_add_rows(&into->n[at], from->n[cell], err));
      if (into->weighted) {
        into->w[at] += from->w[cell];
        u192_add(&into->w2[at], &from->w2[cell]);
      }
    }
  }
  return STATUS_OK;
}

static status merge_united(frequency *f, const frequency_state *from, error *err) {
  grouping_union groups = {0};
  frequency *made = NULL;
  uint32_t *left_keys = malloc(((size_t)f->s.keys.count + 1) * sizeof *left_keys);
  uint32_t *right_keys = malloc(((size_t)from->keys.count + 1) * sizeof *right_keys);
  status st = left_keys != NULL && right_keys != NULL ? make(f->p, f->a, &made, err)
                                                      : error_no_memory(err, "frequency");
  if (st == STATUS_OK) {
    st = grouping_unite(&f->s.groups, &from->groups, &groups, err);
  }
  if (st == STATUS_OK) {
    made->s.groups = groups.groups;
    groups.groups = (grouping){0};
    st = axis_unite(&f->s.keys, &from->keys, &made->s.keys, left_keys, right_keys, err);
  }
  if (st == STATUS_OK) {
    st = frequency_make_cells(made, err);
  }
  if (st == STATUS_OK) {
    st = add_cells(&made->s, &f->s, groups.left_places, left_keys, err);
  }
  if (st == STATUS_OK) {
    st = add_cells(&made->s, from, groups.right_places, right_keys, err);
  }
  if (st == STATUS_OK) {
    frequency swapped = *f;
    *f = *made;
    *made = swapped;
  }
  frequency_destroy(made);
  grouping_union_fini(&groups);
  free(left_keys);
  free(right_keys);
  return st;
}

static status frequency_merge(void *into, const void *from, error *err) {
  frequency *f = into;
  const frequency_state *other = &((const frequency *)from)->s;
  if (grouping_equal(&f->s.groups, &other->groups) && axis_equal(&f->s.keys, &other->keys)) {
    return add_cells(&f->s, other, NULL, NULL, err);
  }
  return merge_united(f, other, err);
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static uint32_t encoded_cells(const frequency *f) {
  return frequency_places(&f->s) - (f->is_set ? 0 : 1);
}

static void frequency_encode(const void *state, buf *out) {
  const frequency *f = state;
  const frequency_state *s = &f->s;
  grouping_encode(&s->groups, out);
  axis_encode(&s->keys, out);
  uint32_t places = grouping_places(&s->groups);
  for (uint32_t place = 0; place < places; place++) {
    for (uint32_t c = 0; c < encoded_cells(f); c++) {
      size_t at = (size_t)place * frequency_places(s) + c;
      buf_put_varint(out, (uint64_t)s->n[at]);
      if (s->weighted && s->n[at] > 0) {
        const exact w2 = exact_from_u192(&s->w2[at]);
        buf_put_i128(out, s->w[at]);
        buf_put_exact(out, &w2);
      }
    }
  }
}

static void sum_answered(frequency_state *s, size_t first) {
  size_t answered = first + frequency_answered_at(s);
  for (uint32_t k = 0; k < s->keys.count; k++) {
    s->n[answered] += s->n[first + k];
    if (s->weighted) {
      s->w[answered] += s->w[first + k];
      u192_add(&s->w2[answered], &s->w2[first + k]);
    }
  }
}

static void read_weights(frequency_state *s, size_t cell, reader *r) {
  exact w2;
  reader_weights(r, s->n[cell], &s->w[cell], &w2);
  if (!exact_fits_u192(&w2, &s->w2[cell])) {
    reader_fail(r, "a sum of squared weights is out of bounds");
  }
}

static void read_cells(frequency *f, reader *r) {
  frequency_state *s = &f->s;
  uint32_t places = grouping_places(&s->groups);
  for (uint32_t place = 0; place < places && r->problem == NULL; place++) {
    size_t first = (size_t)place * frequency_places(s);
    for (uint32_t c = 0; c < encoded_cells(f) && r->problem == NULL; c++) {
      s->n[first + c] = reader_rows(r);
      if (s->weighted && s->n[first + c] > 0) {
        read_weights(s, first + c, r);
      }
    }
    if (!f->is_set) {
      sum_answered(s, first);
    }
  }
}

/* Every key must have been given, or asked for where it has its own base. */
static bool keys_occur(const frequency_state *s) {
  uint32_t places = grouping_places(&s->groups), cells = frequency_places(s);
  for (uint32_t k = 0; k < s->keys.count; k++) {
    bool given = false;
    for (uint32_t place = 0; place < places && !given; place++) {
      given = s->n[(size_t)place * cells + (s->own_bases ? frequency_base_at(s, k) : k)] > 0;
    }
    if (!given) {
      return false;
    }
  }
  return true;
}

/* Of a set: whoever chose an option is in its base, and whoever is in a base has an answer. */
static bool bases_hold(const frequency_state *s) {
  const uint32_t places = grouping_places(&s->groups), cells = frequency_places(s);
  bool hold = true;
  for (uint32_t place = 0; place < places && hold; place++) {
    const size_t first = (size_t)place * cells, answered = first + frequency_answered_at(s);
    for (uint32_t k = 0; k < s->keys.count && hold; k++) {
      const size_t base = first + frequency_base_at(s, k);
      hold = s->n[first + k] <= s->n[base] && s->n[base] <= s->n[answered] &&
             (!s->weighted || (s->w[first + k] <= s->w[base] && s->w[base] <= s->w[answered]));
    }
  }
  return hold;
}

/* Every group must have rows. */
static status check_groups(const frequency_state *s, reader *r, error *err) {
  uint32_t places = grouping_places(&s->groups), cells = frequency_places(s);
  bool *occupied = calloc(places, sizeof *occupied);
  if (occupied == NULL) {
    return error_no_memory(err, "frequency");
  }
  for (uint32_t place = 0; place < places; place++) {
    for (uint32_t c = s->keys.count; c <= frequency_answered_at(s); c++) {
      occupied[place] |= s->n[(size_t)place * cells + c] > 0;
    }
  }
  if (!grouping_is_occupied(&s->groups, occupied)) {
    reader_fail(r, "a group without rows");
  }
  free(occupied);
  return STATUS_OK;
}

static status read_state(frequency *f, reader *r, error *err) {
  TRY(grouping_decode(f->p, f->a, cell_bytes(f->s.weighted), r, &f->s.groups, err));
  TRY(axis_decode(r, f->s.keys.is_text, &f->s.keys, err));
  uint64_t cells = (uint64_t)grouping_places(&f->s.groups) * encoded_cells(f);
  if (r->problem == NULL && cells > reader_left(r)) {
    reader_fail(r, "fewer cells than groups and keys ask for");
  }
  TRY(reader_status(r, "frequency", err));
  TRY(frequency_make_cells(f, err));
  read_cells(f, r);
  if (r->problem == NULL && !keys_occur(&f->s)) {
    reader_fail(r, "a key that does not occur");
  }
  if (r->problem == NULL && f->is_set && !bases_hold(&f->s)) {
    reader_fail(r, "an option chosen by more than were asked it");
  }
  TRY(check_groups(&f->s, r, err));
  return reader_status(r, "frequency", err);
}

static status frequency_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                               error *err) {
  frequency *f = NULL;
  status st = make(p, a, &f, err);
  if (st == STATUS_OK) {
    st = read_state(f, r, err);
  }
  return accumulator_give(st, f, frequency_destroy, state);
}

const accumulator_kind accumulator_frequency = {
    .id = ACCUMULATOR_FREQUENCY,
    .name = "frequency",
    .summary = "counts and weights of the answers of a coded or multiple-choice variable, by group",
    .version = 3,
    .check = frequency_check,
    .empty = frequency_empty,
    .map = frequency_map,
    .merge = frequency_merge,
    .encode = frequency_encode,
    .decode = frequency_decode,
    .destroy = frequency_destroy,
};

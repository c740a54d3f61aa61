/* FACTS: how each variable was answered, why not, and where its first cells stand that are invalid, rounded,
 * not read as they were written, or numbers with a per cent sign.
 *
 * Facts are of all rows, or of those for which the filter holds.  The weight, when given, is one more
 * variable at the end; it is read like the others and drops no row.  Places are kept by ordinal, so the
 * first ten are the same however shards meet.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/places.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/kernels/kernels.h"

typedef struct facts {
  facts_state s; /* first: analyses see only this; texts of places are malloc'ed */
} facts;

static status facts_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  enum { VARINT_BYTES_MAX = 10 };
  static const accumulator_shape shape = {
      .variables_max = UINT32_MAX, .forms = SHAPE_ANY, .takes_weight = true};
  TRY(accumulator_check_shape(p, a, &shape, err));
  uint64_t each = (MISSING_REASONS + 5) * VARINT_BYTES_MAX + 4 * (uint64_t)FACTS_PLACES * PLACE_BYTES_MAX;
  *bytes_max = each * ((uint64_t)a->variables_count + 1);
  return accumulator_check_bytes(p, a, (uint64_t)a->variables_count + 1, each, err);
}

static void facts_destroy(void *state) {
  facts *f = state;
  if (f == NULL) {
    return;
  }
  for (uint32_t i = 0; i < f->s.count; i++) {
    places_free(f->s.at[i].places, f->s.at[i].places_count);
    places_free(f->s.at[i].rounded_places, f->s.at[i].rounded_places_count);
    places_free(f->s.at[i].tidied_places, f->s.at[i].tidied_places_count);
    places_free(f->s.at[i].percent_places, f->s.at[i].percent_places_count);
  }
  free(f->s.at);
  free(f);
}

static uint32_t variable_at(const program *p, const program_accumulator *a, uint32_t i) {
  return i < a->variables_count ? a->variables[i] : p->weights[a->weight].variable;
}

static status facts_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  void *at;
  uint32_t count = a->variables_count + (a->weight != PROGRAM_NONE);
  TRY(accumulator_allocate(p, a, count, sizeof(variable_facts), &at, err));
  facts *f = calloc(1, sizeof *f);
  if (f == NULL) {
    free(at);
    return error_no_memory(err, "facts");
  }
  f->s = (facts_state){.count = count, .at = at};
  *state = f;
  return STATUS_OK;
}

/* There are as many places as cells, up to the limit. */
static uint32_t places_of(int64_t cells) {
  return cells < FACTS_PLACES ? (uint32_t)cells : FACTS_PLACES;
}

static uint32_t places_expected(const variable_facts *v) {
  return places_of(v->missing[MISSING_INVALID]);
}

/* ---- Map ----------------------------------------------------------------------------------------- */

/* A derived variable is invalid where its inputs are; it has no cell. */
static bool is_read_from_file(const program *p, uint32_t variable) {
  return p->variables[variable].kind < VARIABLE_RECODE;
}

static uint32_t columns_of(const program *p, uint32_t variable) {
  const program_variable *v = &p->variables[variable];
  return v->kind == VARIABLE_MULTI_FLAGS ? v->columns_count : 1;
}

static status place_of_cell(frame *f, uint32_t variable, uint32_t column, uint32_t row, fact_place *out,
                            error *err) {
  slice text = {"", 0};
  if (is_read_from_file(frame_program(f), variable)) {
    TRY(frame_cell_text(f, variable, column, row, &text, err));
  }
  *out = place_of_row(frame_source(f), row, column, text);
  return STATUS_OK;
}

static status add_invalid(frame *f, uint32_t variable, uint32_t column, uint32_t row, variable_facts *v,
                          error *err) {
  fact_place place;
  TRY(place_of_cell(f, variable, column, row, &place, err));
  return places_add(v->places, &v->places_count, place, err);
}

static status map_rounded(frame *f, uint32_t variable, variable_facts *v, error *err) {
  const uint8_t *rounded;
  TRY(frame_rounded(f, variable, &v->rounded, &rounded, err));
  for (uint32_t row = 0; v->rounded_places_count < places_of(v->rounded); row++) {
    if (rounded[row] != 0) {
      fact_place place;
      TRY(place_of_cell(f, variable, 0, row, &place, err));
      TRY(places_add(v->rounded_places, &v->rounded_places_count, place, err));
    }
  }
  return STATUS_OK;
}

static int64_t count_marked(const uint8_t *rows, uint32_t count) {
  int64_t marked = 0;
  for (uint32_t row = 0; rows != NULL && row < count; row++) {
    marked += (rows[row] & CELL_TIDIED) != 0;
  }
  return marked;
}

/* Row by row, and column by column in each. */
static status map_tidied_places(frame *f, uint32_t variable, uint32_t columns, variable_facts *v,
                                error *err) {
  for (uint32_t row = 0; v->tidied_places_count < places_of(v->tidied); row++) {
    for (uint32_t k = 0; k < columns && v->tidied_places_count < places_of(v->tidied); k++) {
      const uint8_t *rows;
      fact_place place;
      TRY(frame_tidied(f, variable, k, &rows, err));
      if (rows != NULL && (rows[row] & CELL_TIDIED) != 0) {
        TRY(place_of_cell(f, variable, k, row, &place, err));
        TRY(places_add(v->tidied_places, &v->tidied_places_count, place, err));
      }
    }
  }
  return STATUS_OK;
}

static status map_tidied(frame *f, uint32_t variable, variable_facts *v, error *err) {
  const uint32_t columns = columns_of(frame_program(f), variable);
  for (uint32_t k = 0; k < columns; k++) {
    const uint8_t *rows;
    TRY(frame_tidied(f, variable, k, &rows, err));
    v->tidied += count_marked(rows, frame_rows(f));
  }
  return map_tidied_places(f, variable, columns, v, err);
}

/* Of numbers and codes: a set has no numbers. */
static status map_percents(frame *f, uint32_t variable, const answers_view *a, variable_facts *v,
                           error *err) {
  const variable_kind kind = frame_program(f)->variables[variable].kind;
  const uint8_t *rows = NULL;
  if (kind != VARIABLE_NUMBER && kind != VARIABLE_SCALE) {
    return STATUS_OK;
  }
  TRY(frame_tidied(f, variable, 0, &rows, err));
  for (uint32_t row = 0; rows != NULL && row < frame_rows(f); row++) {
    if ((rows[row] & CELL_PERCENT) == 0 || answers_reason(a, row) != ANSWERED) {
      continue;
    }
    if (v->percents++ < FACTS_PLACES) {
      fact_place place;
      TRY(place_of_cell(f, variable, 0, row, &place, err));
      TRY(places_add(v->percent_places, &v->percent_places_count, place, err));
    }
  }
  return STATUS_OK;
}

static status count_slots(const answers_view *a, uint32_t rows, variable_facts *v, error *err) {
  histogram h = {.slots = a->slots, .rows = rows, .keys_count = a->slots_count, .groups_count = 1};
  uint32_t *counts = calloc(histogram_cells(&h) * histogram_tables(&h), sizeof *counts);
  if (counts == NULL) {
    return error_no_memory(err, "facts");
  }
  stats_kernels_current()->count_slots(&h, counts);
  v->answered = rows;
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    v->missing[r] = counts[histogram_cell_of_slot((uint8_t)(SLOT_MISSING + r))];
    v->answered -= v->missing[r];
  }
  free(counts);
  return STATUS_OK;
}

static inline bool is_counted(const uint8_t *mask, uint32_t row) {
  return mask == NULL || mask[row];
}

static void count_rows(const answers_view *a, const uint8_t *mask, uint32_t rows, variable_facts *v) {
  for (uint32_t row = 0; row < rows; row++) {
    if (!is_counted(mask, row)) {
      continue;
    }
    int reason = answers_reason(a, row);
    if (reason == ANSWERED) {
      v->answered++;
    } else {
      v->missing[reason]++;
    }
  }
}

static const uint8_t *next_invalid(const uint8_t *flags, uint32_t from, uint32_t rows) {
  return from < rows ? memchr(flags + from, SLOT_MISSING + MISSING_INVALID, rows - from) : NULL;
}

/* Every option of a set over columns has its own cell: counts the invalid ones, whether or not the row
 * answers the question by another, and names the first. */
static status map_cells_of_set(frame *f, uint32_t variable, const uint8_t *mask, variable_facts *v,
                               error *err) {
  set_view set;
  const uint32_t rows = frame_rows(f);
  TRY(frame_set(f, variable, &set, err));
  v->missing[MISSING_INVALID] = 0;
  for (uint32_t k = 0; k < set.options.count; k++) {
    const uint8_t *flags = set.flags[k], *at = next_invalid(flags, 0, rows);
    for (; at != NULL; at = next_invalid(flags, (uint32_t)(at - flags) + 1, rows)) {
      v->missing[MISSING_INVALID] += is_counted(mask, (uint32_t)(at - flags));
    }
  }
  for (uint32_t row = 0; v->places_count < places_expected(v); row++) {
    for (uint32_t k = 0; k < set.options.count && v->places_count < places_expected(v); k++) {
      if (is_counted(mask, row) && set.flags[k][row] == SLOT_MISSING + MISSING_INVALID) {
        TRY(add_invalid(f, variable, k, row, v, err));
      }
    }
  }
  return STATUS_OK;
}

static status map_variable(frame *f, uint32_t variable, const uint8_t *mask, variable_facts *v, error *err) {
  answers_view a;
  uint32_t rows = frame_rows(f);
  TRY(frame_answers(f, variable, &a, err));
  if (mask == NULL) {
    TRY(map_rounded(f, variable, v, err));
    TRY(map_tidied(f, variable, v, err));
    TRY(map_percents(f, variable, &a, v, err));
  }
  if (a.slots != NULL && mask == NULL) {
    TRY(count_slots(&a, rows, v, err));
  } else {
    count_rows(&a, mask, rows, v);
  }
  if (columns_of(frame_program(f), variable) > 1) {
    return map_cells_of_set(f, variable, mask, v, err);
  }
  for (uint32_t row = 0; v->places_count < places_expected(v); row++) {
    if (is_counted(mask, row) && answers_reason(&a, row) == MISSING_INVALID) {
      TRY(add_invalid(f, variable, 0, row, v, err));
    }
  }
  return STATUS_OK;
}

static status facts_map(frame *f, const program_accumulator *a, void **state, error *err) {
  const program *p = frame_program(f);
  const uint8_t *mask;
  void *made;
  TRY(frame_mask(f, a->filter, PROGRAM_NONE, &mask, err));
  TRY(facts_empty(p, a, &made, err));
  facts_state *s = made;
  status st = STATUS_OK;
  for (uint32_t i = 0; st == STATUS_OK && i < s->count; i++) {
    st = map_variable(f, variable_at(p, a, i), mask, &s->at[i], err);
  }
  return accumulator_give(st, made, facts_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static status facts_merge(void *into, const void *from, error *err) {
  facts_state *s = into;
  const facts_state *other = from;
  for (uint32_t i = 0; i < s->count; i++) {
    TRY(accumulator_add_rows(&s->at[i].answered, other->at[i].answered, err));
    for (uint32_t r = 0; r < MISSING_REASONS; r++) {
      TRY(accumulator_add_rows(&s->at[i].missing[r], other->at[i].missing[r], err));
    }
    TRY(accumulator_add_rows(&s->at[i].rounded, other->at[i].rounded, err));
    TRY(places_merge(s->at[i].places, &s->at[i].places_count, other->at[i].places, other->at[i].places_count,
                     err));
    TRY(places_merge(s->at[i].rounded_places, &s->at[i].rounded_places_count, other->at[i].rounded_places,
                     other->at[i].rounded_places_count, err));
    TRY(accumulator_add_rows(&s->at[i].tidied, other->at[i].tidied, err));
    TRY(places_merge(s->at[i].tidied_places, &s->at[i].tidied_places_count, other->at[i].tidied_places,
                     other->at[i].tidied_places_count, err));
    TRY(accumulator_add_rows(&s->at[i].percents, other->at[i].percents, err));
    TRY(places_merge(s->at[i].percent_places, &s->at[i].percent_places_count, other->at[i].percent_places,
                     other->at[i].percent_places_count, err));
  }
  return STATUS_OK;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void facts_encode(const void *state, buf *out) {
  const facts_state *s = state;
  for (uint32_t i = 0; i < s->count; i++) {
    const variable_facts *v = &s->at[i];
    buf_put_varint(out, (uint64_t)v->answered);
    for (uint32_t r = 0; r < MISSING_REASONS; r++) {
      buf_put_varint(out, (uint64_t)v->missing[r]);
    }
    buf_put_varint(out, (uint64_t)v->rounded);
    places_encode(v->places, v->places_count, out);
    places_encode(v->rounded_places, v->rounded_places_count, out);
    buf_put_varint(out, (uint64_t)v->tidied);
    places_encode(v->tidied_places, v->tidied_places_count, out);
    buf_put_varint(out, (uint64_t)v->percents);
    places_encode(v->percent_places, v->percent_places_count, out);
  }
}

static status read_variable(reader *r, uint32_t columns, variable_facts *v, error *err) {
  v->answered = reader_rows(r);
  for (uint32_t i = 0; i < MISSING_REASONS; i++) {
    v->missing[i] = reader_rows(r);
  }
  v->rounded = reader_rows(r);
  if (v->rounded > v->answered) {
    reader_fail(r, "more rounded numbers than answers");
  }
  const uint32_t expected = r->problem == NULL ? places_expected(v) : 0;
  TRY(places_read(r, expected, columns, v->places, &v->places_count, err));
  const uint32_t rounded = r->problem == NULL ? places_of(v->rounded) : 0;
  TRY(places_read(r, rounded, 1, v->rounded_places, &v->rounded_places_count, err));
  v->tidied = reader_rows(r);
  const uint32_t tidied = r->problem == NULL ? places_of(v->tidied) : 0;
  TRY(places_read(r, tidied, columns, v->tidied_places, &v->tidied_places_count, err));
  v->percents = reader_rows(r);
  if (v->percents > v->answered) {
    reader_fail(r, "more per cent signs than answers");
  }
  const uint32_t percents = r->problem == NULL ? places_of(v->percents) : 0;
  TRY(places_read(r, percents, 1, v->percent_places, &v->percent_places_count, err));
  return reader_status(r, "facts", err);
}

static status facts_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                           error *err) {
  void *made;
  TRY(facts_empty(p, a, &made, err));
  facts_state *s = made;
  status st = STATUS_OK;
  for (uint32_t i = 0; st == STATUS_OK && i < s->count; i++) {
    st = read_variable(r, columns_of(p, variable_at(p, a, i)), &s->at[i], err);
  }
  return accumulator_give(st, made, facts_destroy, state);
}

const accumulator_kind accumulator_facts = {
    .id = ACCUMULATOR_FACTS,
    .name = "facts",
    .summary = "answered, missing by reason, invalid, rounded, tidied and per cent cells of any variables",
    .version = 5,
    .check = facts_check,
    .empty = facts_empty,
    .map = facts_map,
    .merge = facts_merge,
    .encode = facts_encode,
    .decode = facts_decode,
    .destroy = facts_destroy,
};

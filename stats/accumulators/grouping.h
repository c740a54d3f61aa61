/* Groups and keys by value: what lets states of different shards be merged.
 *
 * A shard knows its groups and keys by position; a state knows them by value, sorted, and merging
 * unites the axes.  The canonical rule, the same for every kind of accumulator: a grouping axis holds
 * exactly the keys that occur in a row that is used (the filter holds and the weight is usable),
 * whether or not that row's variable is answered.  So all accumulators with the same grouping, filter
 * and weight have the same axes.  Whether an axis holds texts or numbers follows from the program's
 * variable, never from the data.
 */
#ifndef CANVASS_STATS_ACCUMULATORS_GROUPING_H
#define CANVASS_STATS_ACCUMULATORS_GROUPING_H

#include "stats/accumulators/accumulator.h"

/* ---- Axes ---------------------------------------------------------------------------------------- */

/* Texts for all but the numeric coded. */
bool axis_is_text(const program *p, uint32_t variable);
void axis_fini(axis *a); /* harmless on a zeroed axis */
bool axis_equal(const axis *a, const axis *b);
/* The keys I of KEYS with occurs[I] (NULL: all), sorted, copied.  MAP[I], for those keys: their index in
 * *OUT. */
status axis_from_keys(const coded_keys *keys, bool is_text, const bool *occurs, axis *out, uint32_t *map,
                      error *err) MUST_USE;
/* The sorted union; STATUS_LIMIT past CODED_LEVELS_MAX keys.  LEFT_MAP and RIGHT_MAP: the index of each of
 * their keys in *OUT. */
status axis_unite(const axis *left, const axis *right, axis *out, uint32_t *left_map, uint32_t *right_map,
                  error *err) MUST_USE;
void axis_encode(const axis *a, buf *out);
/* Refuses keys out of order.  A failure of the bytes stays in R; *OUT is then empty. */
status axis_decode(reader *r, bool is_text, axis *out, error *err) MUST_USE;

/* ---- Groups -------------------------------------------------------------------------------------- */

void grouping_fini(grouping *g);
bool grouping_equal(const grouping *a, const grouping *b);
/* The grouping of A without any key: the neutral element has it. */
void grouping_empty(const program *p, const program_accumulator *a, grouping *out);
/* The rows of a frame as an accumulator groups and weighs them. */
typedef struct grouped_rows {
  uint32_t count; /* all rows, excluded ones too */
  group_view view;
  weight_view weights;
  uint32_t *places; /* per group of the view that is used: its place in `groups` */
  grouping groups;  /* of the groups that are used; zero it to take it */
} grouped_rows;
/* STATUS_LIMIT when the grid has more than GROUPS_MAX places. */
status grouped_rows_init(frame *f, const program_accumulator *a, grouped_rows *out, error *err) MUST_USE;
void grouped_rows_fini(grouped_rows *g); /* harmless on a zeroed one */
/* Groups the rows of F, gives their groups to *GROUPS of STATE, and then the rows to MAP. */
typedef status grouped_map(void *state, frame *f, const grouped_rows *in, error *err);
status grouped_rows_map(frame *f, const program_accumulator *a, grouping *groups, grouped_map *map,
                        void *state, error *err) MUST_USE;
/* False when the row is excluded. */
static inline bool grouped_rows_place(const grouped_rows *g, uint32_t row, uint32_t *place) {
  uint32_t group = g->view.slots != NULL ? g->view.slots[row] : 0;
  if (group >= g->view.count) {
    return false;
  }
  *place = g->places[group];
  return true;
}

/* LEFT and RIGHT united, and the place there of each of their places (malloc'ed). */
typedef struct grouping_union {
  grouping groups;
  uint32_t *left_places;
  uint32_t *right_places;
} grouping_union;
/* STATUS_LIMIT as above. */
status grouping_unite(const grouping *left, const grouping *right, grouping_union *out, error *err) MUST_USE;
void grouping_union_fini(grouping_union *u); /* frees the groups too, unless they were taken (zeroed) */

/* Whether each key has a place P with occupied[P]: states that count all used rows decode no others. */
bool grouping_is_occupied(const grouping *g, const bool *occupied);

void grouping_encode(const grouping *g, buf *out);
/* As axis_decode; also refuses grids whose places times BYTES_EACH exceed ACCUMULATOR_BYTES_MAX. */
status grouping_decode(const program *p, const program_accumulator *a, size_t bytes_each, reader *r,
                       grouping *out, error *err) MUST_USE;

#endif

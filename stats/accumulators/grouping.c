/* Groups and keys by value; see grouping.h.
 *
 * An axis owns its keys: numbers in one block; texts as slices in front of their bytes, one block too. */
#include "stats/accumulators/grouping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const WHAT = "grouping";

/* ---- Axes ---------------------------------------------------------------------------------------- */

bool axis_is_text(const program *p, uint32_t variable) {
  return !program_variable_is_numeric_coded(&p->variables[variable]);
}

void axis_fini(axis *a) {
  free(a->numbers);
  free(a->texts);
  *a = (axis){.is_text = a->is_text};
}

bool axis_equal(const axis *a, const axis *b) {
  if (a->is_text != b->is_text || a->count != b->count) {
    return false;
  }
  for (uint32_t i = 0; i < a->count; i++) {
    if (a->is_text ? !slice_equal(a->texts[i], b->texts[i]) : a->numbers[i] != b->numbers[i]) {
      return false;
    }
  }
  return true;
}

uint32_t axis_find(const axis *a, bool is_text, int64_t number, slice text) {
  uint32_t low = 0;
  uint32_t high = is_text == a->is_text ? a->count : 0;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = is_text ? slice_compare(a->texts[middle], text)
                              : (a->numbers[middle] > number) - (a->numbers[middle] < number);
    if (order == 0) {
      return middle;
    }
    low = order < 0 ? middle + 1 : low;
    high = order < 0 ? high : middle;
  }
  return a->count;
}

/* Room for COUNT keys whose texts take BYTES in all; *BYTES_AT is where the texts' bytes go. */
static status axis_allocate(axis *out, bool is_text, uint32_t count, size_t bytes, char **bytes_at,
                            error *err) {
  *out = (axis){.is_text = is_text};
  *bytes_at = NULL;
  if (count == 0) {
    return STATUS_OK;
  }
  if (is_text) {
    size_t all;
    if (__builtin_add_overflow((size_t)count * sizeof(slice), bytes, &all)) {
      return error_no_memory(err, WHAT);
    }
    out->texts = malloc(all);
    *bytes_at = (char *)(out->texts + count);
  } else {
    out->numbers = malloc((size_t)count * sizeof(int64_t));
  }
  if (is_text ? out->texts == NULL : out->numbers == NULL) {
    return error_no_memory(err, WHAT);
  }
  out->count = count;
  return STATUS_OK;
}

static void axis_set_text(axis *a, uint32_t i, slice text, char **bytes_at) {
  if (text.length > 0) {
    memcpy(*bytes_at, text.bytes, text.length);
  }
  a->texts[i] = (slice){*bytes_at, text.length};
  *bytes_at += text.length;
}

typedef struct placed_key {
  int64_t number;
  slice text;
  uint32_t index;
} placed_key;

static int compare_placed_numbers(const void *left, const void *right) {
  int64_t a = ((const placed_key *)left)->number, b = ((const placed_key *)right)->number;
  return (a > b) - (a < b);
}

static int compare_placed_texts(const void *left, const void *right) {
  return slice_compare(((const placed_key *)left)->text, ((const placed_key *)right)->text);
}

status axis_from_keys(const coded_keys *keys, bool is_text, const bool *occurs, axis *out, uint32_t *map,
                      error *err) {
  *out = (axis){.is_text = is_text};
  placed_key *placed = malloc(((size_t)keys->count + 1) * sizeof *placed);
  if (placed == NULL) {
    return error_no_memory(err, WHAT);
  }
  uint32_t count = 0;
  size_t bytes = 0;
  for (uint32_t i = 0; i < keys->count; i++) {
    if (occurs == NULL || occurs[i]) {
      placed[count] = (placed_key){.index = i};
      if (is_text) {
        placed[count].text = keys->texts[i];
        bytes += keys->texts[i].length;
      } else {
        placed[count].number = keys->numbers[i];
      }
      count++;
    }
  }
  qsort(placed, count, sizeof *placed, is_text ? compare_placed_texts : compare_placed_numbers);
  char *bytes_at;
  status st = axis_allocate(out, is_text, count, bytes, &bytes_at, err);
  for (uint32_t i = 0; st == STATUS_OK && i < count; i++) {
    map[placed[i].index] = i;
    if (is_text) {
      axis_set_text(out, i, placed[i].text, &bytes_at);
    } else {
      out->numbers[i] = placed[i].number;
    }
  }
  free(placed);
  return st;
}

static int compare_keys(const axis *left, uint32_t i, const axis *right, uint32_t j) {
  if (i == left->count || j == right->count) {
    return (i == left->count) - (j == right->count);
  }
  if (left->is_text) {
    return slice_compare(left->texts[i], right->texts[j]);
  }
  return (left->numbers[i] > right->numbers[j]) - (left->numbers[i] < right->numbers[j]);
}

status axis_unite(const axis *left, const axis *right, axis *out, uint32_t *left_map, uint32_t *right_map,
                  error *err) {
  uint32_t count = 0;
  size_t bytes = 0;
  for (uint32_t i = 0, j = 0; i < left->count || j < right->count; count++) {
    int order = compare_keys(left, i, right, j);
    if (left->is_text) {
      bytes += order <= 0 ? left->texts[i].length : right->texts[j].length;
    }
    if (order <= 0) {
      left_map[i++] = count;
    }
    if (order >= 0) {
      right_map[j++] = count;
    }
  }
  if (count > CODED_LEVELS_MAX) {
    char counts[2][TEXT_COUNT_BYTES];
    return error_set(err, STATUS_LIMIT, "%s different keys; at most %s are allowed: is it an id?",
                     text_of_count(count, counts[0]), text_of_count(CODED_LEVELS_MAX, counts[1]));
  }
  char *bytes_at;
  TRY(axis_allocate(out, left->is_text, count, bytes, &bytes_at, err));
  for (uint32_t k = 0, i = 0, j = 0; k < count; k++) {
    bool from_left = i < left->count && left_map[i] == k;
    if (left->is_text) {
      axis_set_text(out, k, from_left ? left->texts[i] : right->texts[j], &bytes_at);
    } else {
      out->numbers[k] = from_left ? left->numbers[i] : right->numbers[j];
    }
    i += from_left;
    j += j < right->count && right_map[j] == k;
  }
  return STATUS_OK;
}

void axis_encode(const axis *a, buf *out) {
  buf_put_varint(out, a->count);
  for (uint32_t i = 0; i < a->count; i++) {
    if (a->is_text) {
      buf_put_slice(out, a->texts[i]);
    } else {
      buf_put_signed(out, a->numbers[i]);
    }
  }
}

static void axis_read(reader *r, axis *a, char *bytes_at) {
  for (uint32_t i = 0; i < a->count; i++) {
    if (a->is_text) {
      axis_set_text(a, i, reader_slice(r, reader_left(r)), &bytes_at);
    } else {
      a->numbers[i] = reader_signed(r);
    }
    if (i > 0 && compare_keys(a, i - 1, a, i) >= 0) {
      reader_fail(r, "keys are not in ascending order");
    }
    if (r->problem != NULL) {
      return;
    }
  }
}

static size_t texts_bytes(reader ahead, uint32_t count) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < count && ahead.problem == NULL; i++) {
    bytes += reader_slice(&ahead, reader_left(&ahead)).length;
  }
  return bytes;
}

status axis_decode(reader *r, bool is_text, axis *out, error *err) {
  uint32_t count = (uint32_t)reader_count_of(r, CODED_LEVELS_MAX, 1);
  count = r->problem == NULL ? count : 0;
  char *bytes_at;
  TRY(axis_allocate(out, is_text, count, is_text ? texts_bytes(*r, count) : 0, &bytes_at, err));
  axis_read(r, out, bytes_at);
  if (r->problem != NULL) {
    axis_fini(out);
  }
  return STATUS_OK;
}

/* ---- Groups -------------------------------------------------------------------------------------- */

uint32_t grouping_places(const grouping *g) {
  uint32_t places = 1;
  for (uint32_t i = 0; i < g->by_count; i++) {
    places *= g->by[i].count + 1;
  }
  return places;
}

uint32_t grouping_place(const grouping *g, const uint32_t *at) {
  uint32_t place = 0;
  for (uint32_t i = 0; i < g->by_count; i++) {
    place = place * (g->by[i].count + 1) + at[i];
  }
  return place;
}

/* The keys' indices of PLACE. */
static void keys_of_place(const grouping *g, uint32_t place, uint32_t *at) {
  for (uint32_t i = g->by_count; i-- > 0;) {
    at[i] = place % (g->by[i].count + 1);
    place /= g->by[i].count + 1;
  }
}

void grouping_fini(grouping *g) {
  for (uint32_t i = 0; i < g->by_count; i++) {
    axis_fini(&g->by[i]);
  }
}

bool grouping_equal(const grouping *a, const grouping *b) {
  bool equal = a->by_count == b->by_count;
  for (uint32_t i = 0; equal && i < a->by_count; i++) {
    equal = axis_equal(&a->by[i], &b->by[i]);
  }
  return equal;
}

void grouping_empty(const program *p, const program_accumulator *a, grouping *out) {
  *out = (grouping){.by_count = a->by_count};
  for (uint32_t i = 0; i < a->by_count; i++) {
    out->by[i].is_text = axis_is_text(p, a->by[i]);
  }
}

/* A frame has at most GROUPS_MAX groups in a shard.  The same limit for the grid of a state makes it fail
 * or not whatever the size of the shards. */
static bool grid_fits(const grouping *g) {
  uint64_t places = 1;
  for (uint32_t i = 0; i < g->by_count; i++) {
    places *= (uint64_t)g->by[i].count + 1;
  }
  return places <= GROUPS_MAX;
}

static status refuse_grid(const grouping *g, error *err) {
  char sizes[128] = "";
  size_t length = 0;
  char counts[2][TEXT_COUNT_BYTES];
  for (uint32_t i = 0; i < g->by_count; i++) {
    const int written = snprintf(sizes + length, sizeof sizes - length, "%s%s", i > 0 ? " by " : "",
                                 text_of_count((uint64_t)g->by[i].count + 1, counts[0]));
    length += written > 0 ? (size_t)written : 0;
  }
  return error_set(err, STATUS_LIMIT,
                   "%s groups; at most %s are allowed: use fewer (bands, recodes, a filter)", sizes,
                   text_of_count(GROUPS_MAX, counts[1]));
}

static status axis_of_view(const program *p, const program_accumulator *a, const group_view *view,
                           uint32_t by, axis *out, uint32_t *map, error *err) {
  bool *present = calloc((size_t)view->keys[by].count + 1, sizeof *present);
  if (present == NULL) {
    return error_no_memory(err, WHAT);
  }
  for (uint32_t g = 0; g < view->count; g++) {
    uint32_t key = view->tuples[(size_t)g * view->by_count + by];
    if (key != UINT32_MAX && view->used[g] != 0) {
      present[key] = true;
    }
  }
  status st = axis_from_keys(&view->keys[by], axis_is_text(p, a->by[by]), present, out, map, err);
  free(present);
  return st;
}

static void place_groups(const grouping *g, const group_view *view, uint32_t *const *maps, uint32_t *places) {
  for (uint32_t group = 0; group < view->count; group++) {
    uint32_t at[PROGRAM_BY_MAX] = {0};
    for (uint32_t i = 0; i < g->by_count && view->used[group] != 0; i++) {
      uint32_t key = view->tuples[(size_t)group * view->by_count + i];
      at[i] = key == UINT32_MAX ? g->by[i].count : maps[i][key];
    }
    places[group] = grouping_place(g, at);
  }
}

static status groups_of_view(const program *p, const program_accumulator *a, const group_view *view,
                             grouping *out, uint32_t *places, error *err) {
  grouping_empty(p, a, out);
  uint32_t *maps[PROGRAM_BY_MAX] = {NULL};
  status st = STATUS_OK;
  for (uint32_t i = 0; st == STATUS_OK && i < a->by_count; i++) {
    maps[i] = malloc(((size_t)view->keys[i].count + 1) * sizeof *maps[i]);
    st =
        maps[i] == NULL ? error_no_memory(err, WHAT) : axis_of_view(p, a, view, i, &out->by[i], maps[i], err);
  }
  if (st == STATUS_OK && !grid_fits(out)) {
    st = refuse_grid(out, err);
  }
  if (st == STATUS_OK) {
    place_groups(out, view, maps, places);
  } else {
    grouping_fini(out);
  }
  for (uint32_t i = 0; i < PROGRAM_BY_MAX; i++) {
    free(maps[i]);
  }
  return st;
}

status grouped_rows_init(frame *f, const program_accumulator *a, grouped_rows *out, error *err) {
  *out = (grouped_rows){.count = frame_rows(f)};
  TRY(frame_groups(f, a->by, a->by_count, a->filter, a->weight, &out->view, err));
  TRY(frame_weights(f, a->weight, &out->weights, err));
  out->places = calloc((size_t)out->view.count + 1, sizeof *out->places);
  if (out->places == NULL) {
    grouped_rows_fini(out);
    return error_no_memory(err, WHAT);
  }
  status st = groups_of_view(frame_program(f), a, &out->view, &out->groups, out->places, err);
  if (st != STATUS_OK) {
    grouped_rows_fini(out);
  }
  return st;
}

status grouped_rows_map(frame *f, const program_accumulator *a, grouping *groups, grouped_map *map,
                        void *state, error *err) {
  grouped_rows in;
  TRY(grouped_rows_init(f, a, &in, err));
  *groups = in.groups;
  in.groups = (grouping){0};
  const status st = map(state, f, &in, err);
  grouped_rows_fini(&in);
  return st;
}

void grouped_rows_fini(grouped_rows *g) {
  grouping_fini(&g->groups);
  free(g->places);
  *g = (grouped_rows){0};
}

void grouping_union_fini(grouping_union *u) {
  grouping_fini(&u->groups);
  free(u->left_places);
  free(u->right_places);
  *u = (grouping_union){0};
}

/* places[i]: where the I-th place of FROM is in INTO, when key K of axis A is maps[A][K] there. */
static status map_places(const grouping *from, const grouping *into, uint32_t *const *maps, uint32_t **places,
                         error *err) {
  const uint32_t count = grouping_places(from);
  *places = malloc((size_t)count * sizeof **places);
  if (*places == NULL) {
    return error_no_memory(err, WHAT);
  }
  for (uint32_t place = 0; place < count; place++) {
    uint32_t at[PROGRAM_BY_MAX];
    keys_of_place(from, place, at);
    for (uint32_t i = 0; i < from->by_count; i++) {
      at[i] = at[i] < from->by[i].count ? maps[i][at[i]] : into->by[i].count;
    }
    (*places)[place] = grouping_place(into, at);
  }
  return STATUS_OK;
}

status grouping_unite(const grouping *left, const grouping *right, grouping_union *out, error *err) {
  *out = (grouping_union){.groups.by_count = left->by_count};
  uint32_t *left_maps[PROGRAM_BY_MAX] = {NULL}, *right_maps[PROGRAM_BY_MAX] = {NULL};
  status st = STATUS_OK;
  for (uint32_t i = 0; st == STATUS_OK && i < left->by_count; i++) {
    left_maps[i] = malloc(((size_t)left->by[i].count + 1) * sizeof(uint32_t));
    right_maps[i] = malloc(((size_t)right->by[i].count + 1) * sizeof(uint32_t));
    st = left_maps[i] == NULL || right_maps[i] == NULL
             ? error_no_memory(err, WHAT)
             : axis_unite(&left->by[i], &right->by[i], &out->groups.by[i], left_maps[i], right_maps[i], err);
  }
  if (st == STATUS_OK && !grid_fits(&out->groups)) {
    st = refuse_grid(&out->groups, err);
  }
  if (st == STATUS_OK) {
    st = map_places(left, &out->groups, left_maps, &out->left_places, err);
  }
  if (st == STATUS_OK) {
    st = map_places(right, &out->groups, right_maps, &out->right_places, err);
  }
  for (uint32_t i = 0; i < PROGRAM_BY_MAX; i++) {
    free(left_maps[i]);
    free(right_maps[i]);
  }
  if (st != STATUS_OK) {
    grouping_union_fini(out);
  }
  return st;
}

/* Whether some place of the key WHICH on axis BY is occupied. */
static bool key_is_occupied(const grouping *g, uint32_t by, uint32_t which, const bool *occupied) {
  uint32_t inner = 1;
  for (uint32_t i = by + 1; i < g->by_count; i++) {
    inner *= g->by[i].count + 1;
  }
  const uint32_t width = inner * (g->by[by].count + 1);
  const uint32_t places = grouping_places(g);
  for (uint32_t outer = 0; outer < places; outer += width) {
    for (uint32_t k = 0; k < inner; k++) {
      if (occupied[outer + which * inner + k]) {
        return true;
      }
    }
  }
  return false;
}

bool grouping_is_occupied(const grouping *g, const bool *occupied) {
  for (uint32_t i = 0; i < g->by_count; i++) {
    for (uint32_t key = 0; key < g->by[i].count; key++) {
      if (!key_is_occupied(g, i, key, occupied)) {
        return false;
      }
    }
  }
  return true;
}

void grouping_encode(const grouping *g, buf *out) {
  for (uint32_t i = 0; i < g->by_count; i++) {
    axis_encode(&g->by[i], out);
  }
}

status grouping_decode(const program *p, const program_accumulator *a, size_t bytes_each, reader *r,
                       grouping *out, error *err) {
  grouping_empty(p, a, out);
  for (uint32_t i = 0; i < a->by_count; i++) {
    status st = axis_decode(r, out->by[i].is_text, &out->by[i], err);
    if (st != STATUS_OK) {
      grouping_fini(out);
      return st;
    }
  }
  if (!grid_fits(out) || (uint64_t)grouping_places(out) * bytes_each > ACCUMULATOR_BYTES_MAX) {
    reader_fail(r, "more groups than an accumulator may have");
  }
  if (r->problem != NULL) {
    grouping_fini(out);
  }
  return STATUS_OK;
}

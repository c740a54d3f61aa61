/* Rows in groups: the keys of a few coded variables, crossed, as one slot per row.
 *
 * On each axis the place after the last key is "missing".  While all combinations fit they all are
 * groups, and a row's slot is arithmetic; otherwise the groups are those that used rows have, found
 * through a hash table, in the order of the rows.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

/* Missing slots are above all places of keys, so the smaller of slot and COUNT is the place. */
typedef struct group_axis {
  coded_view view;
  uint32_t count; /* keys */
} group_axis;

static inline uint32_t place_at(const group_axis *axis, size_t row) {
  uint32_t slot = axis->view.slots != NULL ? axis->view.slots[row] : axis->view.wide[row];
  return slot < axis->count ? slot : axis->count;
}

static void places_narrow(const uint8_t *slots, uint32_t count, uint32_t stride, size_t rows, uint16_t *out) {
  for (size_t r = 0; r < rows; r++) {
    uint32_t place = slots[r] < count ? slots[r] : count;
    out[r] = (uint16_t)(out[r] + place * stride);
  }
}

static void places_wide(const uint16_t *slots, uint32_t count, uint32_t stride, size_t rows, uint16_t *out) {
  for (size_t r = 0; r < rows; r++) {
    uint32_t place = slots[r] < count ? slots[r] : count;
    out[r] = (uint16_t)(out[r] + place * stride);
  }
}

static void exclude(const frame *f, const uint8_t *mask, uint16_t *slots) {
  for (size_t r = 0; mask != NULL && r < f->padded; r++) {
    slots[r] = mask[r] ? slots[r] : GROUP_EXCLUDED;
  }
  for (size_t r = f->count; r < f->padded; r++) {
    slots[r] = GROUP_EXCLUDED;
  }
}

static uint32_t key_of_place(const group_axis *axis, uint32_t place) {
  return place == axis->count ? UINT32_MAX : place;
}

/* ---- All combinations ------------------------------------------------------------------------------ */

static status all_tuples(frame *f, const group_axis *axes, group_view *out, error *err) {
  uint32_t *tuples = frame_array(f, (size_t)out->count * out->by_count + 1, sizeof *tuples);
  if (tuples == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t g = 0; g < out->count; g++) {
    uint32_t rest = g;
    for (uint32_t i = out->by_count; i-- > 0;) {
      tuples[(size_t)g * out->by_count + i] = key_of_place(&axes[i], rest % (axes[i].count + 1));
      rest /= axes[i].count + 1;
    }
  }
  out->tuples = tuples;
  return STATUS_OK;
}

static status group_all(frame *f, const group_axis *axes, const uint8_t *mask, group_view *out, error *err) {
  uint16_t *slots = frame_scratch(f, f->padded * sizeof *slots);
  if (slots == NULL) {
    return frame_no_memory(err);
  }
  uint32_t stride = 1;
  for (uint32_t i = out->by_count; i-- > 0;) {
    if (axes[i].view.slots != NULL) {
      places_narrow(axes[i].view.slots, axes[i].count, stride, f->padded, slots);
    } else {
      places_wide(axes[i].view.wide, axes[i].count, stride, f->padded, slots);
    }
    stride *= axes[i].count + 1;
  }
  exclude(f, mask, slots);
  out->slots = slots;
  return all_tuples(f, axes, out, err);
}

/* ---- Those that occur ------------------------------------------------------------------------------ */

enum { TABLE_SLOTS = 1 << 17 };

typedef struct group_table {
  uint64_t *keys;   /* by slot; combination + 1, 0 is free */
  uint16_t *groups; /* by slot */
  uint64_t *found;  /* combination of each group */
  uint32_t count;
} group_table;

/* The group of a combination; GROUPS_MAX when there are too many. */
static uint32_t group_of(group_table *t, uint64_t combination) {
  uint32_t at = (uint32_t)((combination * 0x9E3779B97F4A7C15U) >> 40) & (TABLE_SLOTS - 1);
  while (t->keys[at] && t->keys[at] != combination + 1) {
    at = (at + 1) & (TABLE_SLOTS - 1);
  }
  if (!t->keys[at]) {
    if (t->count == GROUPS_MAX) {
      return GROUPS_MAX;
    }
    t->keys[at] = combination + 1;
    t->groups[at] = (uint16_t)t->count;
    t->found[t->count++] = combination;
  }
  return t->groups[at];
}

static status too_many(const frame *f, const uint32_t *by, uint32_t by_count, error *err) {
  const program_variable *variables = f->program->variables;
  char most[TEXT_COUNT_BYTES];
  const char *names[PROGRAM_BY_MAX] = {"", "", ""};
  for (uint32_t i = 0; i < by_count; i++) {
    names[i] = variables[by[i]].name;
  }
  return error_set(err, STATUS_LIMIT, "grouping by '%s'%s%s%s%s%s%s: more than %s groups in one shard",
                   names[0], by_count > 1 ? " and '" : "", names[1], by_count > 1 ? "'" : "",
                   by_count > 2 ? " and '" : "", names[2], by_count > 2 ? "'" : "",
                   text_of_count(GROUPS_MAX, most));
}

static status occurring_tuples(frame *f, const group_axis *axes, const group_table *t, group_view *out,
                               error *err) {
  uint32_t *tuples = frame_array(f, (size_t)t->count * out->by_count + 1, sizeof *tuples);
  if (tuples == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t g = 0; g < t->count; g++) {
    uint64_t rest = t->found[g];
    for (uint32_t i = out->by_count; i-- > 0;) {
      uint32_t places = axes[i].count + 1;
      tuples[(size_t)g * out->by_count + i] = key_of_place(&axes[i], (uint32_t)(rest % places));
      rest /= places;
    }
  }
  out->tuples = tuples;
  out->count = t->count;
  return STATUS_OK;
}

static status find_groups(frame *f, const group_axis *axes, const uint32_t *by, const uint8_t *mask,
                          group_table *t, group_view *out, error *err) {
  uint16_t *slots = frame_array(f, f->padded, sizeof *slots);
  if (slots == NULL || t->keys == NULL || t->groups == NULL || t->found == NULL) {
    return frame_no_memory(err);
  }
  for (size_t r = 0; r < f->padded; r++) {
    slots[r] = GROUP_EXCLUDED;
  }
  for (uint32_t r = 0; r < f->count; r++) {
    if (mask != NULL && !mask[r]) {
      continue;
    }
    uint64_t combination = 0;
    for (uint32_t i = 0; i < out->by_count; i++) {
      combination = combination * (axes[i].count + 1) + place_at(&axes[i], r);
    }
    uint32_t group = group_of(t, combination);
    if (group == GROUPS_MAX) {
      return too_many(f, by, out->by_count, err);
    }
    slots[r] = (uint16_t)group;
  }
  out->slots = slots;
  return occurring_tuples(f, axes, t, out, err);
}

static status group_occurring(frame *f, const group_axis *axes, const uint32_t *by, const uint8_t *mask,
                              group_view *out, error *err) {
  group_table t = {.keys = calloc(TABLE_SLOTS, sizeof *t.keys),
                   .groups = calloc(TABLE_SLOTS, sizeof *t.groups),
                   .found = calloc(GROUPS_MAX, sizeof *t.found)};
  status st = find_groups(f, axes, by, mask, &t, out, err);
  free(t.keys);
  free(t.groups);
  free(t.found);
  return st;
}

/* ---- Views ---------------------------------------------------------------------------------------- */

static status make_groups(frame *f, const uint32_t *by, uint32_t by_count, uint32_t filter, uint32_t weight,
                          group_view *out, error *err) {
  group_axis axes[PROGRAM_BY_MAX];
  const uint8_t *mask;
  uint64_t count = 1;
  *out = (group_view){.by_count = by_count};
  TRY(frame_mask(f, filter, weight, &mask, err));
  for (uint32_t i = 0; i < by_count; i++) {
    TRY(frame_coded(f, by[i], &axes[i].view, err));
    axes[i].count = axes[i].view.keys.count;
    out->keys[i] = axes[i].view.keys;
    count *= (uint64_t)axes[i].count + 1;
  }
  if (by_count == 0 && mask == NULL) {
    out->count = 1;
    return STATUS_OK;
  }
  if (count > GROUPS_MAX) {
    return group_occurring(f, axes, by, mask, out, err);
  }
  out->count = (uint32_t)count;
  return group_all(f, axes, mask, out, err);
}

static status count_used(frame *f, group_view *out, error *err) {
  uint32_t *used = frame_array(f, (size_t)out->count + 1, sizeof *used);
  if (used == NULL) {
    return frame_no_memory(err);
  }
  memset(used, 0, ((size_t)out->count + 1) * sizeof *used);
  if (out->slots == NULL) {
    used[0] = f->count;
  }
  for (size_t r = 0; out->slots != NULL && r < f->count; r++) {
    uint32_t group = out->slots[r] < out->count ? out->slots[r] : out->count;
    used[group]++;
  }
  out->used = used;
  return STATUS_OK;
}

static bool same_grouping(const frame_group_entry *e, const uint32_t *by, uint32_t by_count, uint32_t filter,
                          uint32_t weight) {
  return e->by_count == by_count && e->filter == filter && e->weight == weight &&
         (by_count == 0 || memcmp(e->by, by, by_count * sizeof *by) == 0);
}

status frame_groups(frame *f, const uint32_t *by, uint32_t by_count, uint32_t filter, uint32_t weight,
                    group_view *out, error *err) {
  assert(by_count <= PROGRAM_BY_MAX);
  for (const frame_group_entry *e = f->groupings; e != NULL; e = e->next) {
    if (same_grouping(e, by, by_count, filter, weight)) {
      *out = e->view;
      return STATUS_OK;
    }
  }
  TRY(make_groups(f, by, by_count, filter, weight, out, err));
  TRY(count_used(f, out, err));
  frame_group_entry *entry = frame_memory(f, sizeof *entry);
  if (entry == NULL) {
    return frame_no_memory(err);
  }
  *entry = (frame_group_entry){
      .by_count = by_count, .filter = filter, .weight = weight, .view = *out, .next = f->groupings};
  for (uint32_t i = 0; i < by_count; i++) {
    entry->by[i] = by[i];
  }
  f->groupings = entry;
  return STATUS_OK;
}

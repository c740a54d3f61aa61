/* Which pairs' tables are asked for in which stage: those that fit its memory together.
 *
 * A joint table counts with the entries that it can have at most, from the products of the first stage; a
 * table of values likewise, and one of all rows of an item counts once, whatever the number of its pairs. */
#include "stats/analyses/correlate_spearman.h"

enum { TABLES_MAX = 4096 }; /* accumulators of one stage */

typedef struct stage_room {
  uint32_t stage;
  uint64_t joint, margins, tables; /* what is left */
  uint32_t *taken;                 /* per family and item: the last stage that has its table of all rows */
} stage_room;

static uint32_t *taken_at(const stage_room *room, const rank_course *r, const rank_pair *p, unsigned side) {
  const uint32_t item = side == 0 ? p->i : p->j;
  return &room->taken[(size_t)p->which * r->c->pairs.variables_count + item];
}

static bool place_joint(stage_room *room, const rank_pair *p) {
  if (p->bound[0] > room->joint || room->tables < 1) {
    return false;
  }
  room->joint -= p->bound[0];
  room->tables--;
  return true;
}

static bool place_margins(stage_room *room, const rank_course *r, const rank_pair *p) {
  uint64_t entries = 0, tables = 0;
  for (unsigned side = 0; side < 2; side++) {
    const bool there = !p->given[side] && *taken_at(room, r, p, side) == room->stage;
    entries += there ? 0 : p->bound[side];
    tables += there ? 0 : 1;
  }
  if (entries > room->margins || tables > room->tables) {
    return false;
  }
  room->margins -= entries;
  room->tables -= tables;
  for (unsigned side = 0; side < 2; side++) {
    if (!p->given[side]) {
      *taken_at(room, r, p, side) = room->stage;
    }
  }
  return true;
}

/* The number of pairs that it takes. */
static uint32_t fill_stage(rank_course *r, stage_room *room) {
  uint32_t placed = 0;
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    rank_pair *p = &r->pairs[k];
    if (p->stage == 0 && (p->way == WAY_JOINT ? place_joint(room, p) : place_margins(room, r, p))) {
      p->stage = room->stage;
      placed++;
    }
  }
  return placed;
}

status rank_plan(rank_course *r, uint32_t first_stage, error *err) {
  uint32_t left = 0;
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    left += r->pairs[k].stage == 0;
  }
  stage_room room = {
      .stage = first_stage,
      .taken = ARENA_ARRAY(r->c->memory, uint32_t, (size_t)r->families_count * r->c->pairs.variables_count)};
  if (room.taken == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (; left > 0; room.stage++) {
    room.joint = room.margins = SPEARMAN_ENTRIES_MAX;
    room.tables = TABLES_MAX;
    left -= fill_stage(r, &room); /* at least one: no pair is larger than a stage */
  }
  return STATUS_OK;
}

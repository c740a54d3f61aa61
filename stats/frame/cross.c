/* CROSS: two or three coded variables as one, whose keys are texts, one for each combination of keys. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "stats/frame/state.h"

enum { INPUTS_MAX = PROGRAM_BY_MAX, COMBINATIONS_MAX = 1 << 22 };

typedef struct crossing {
  frame *f;
  const program_variable *v;
  coded_view inputs[INPUTS_MAX];
  uint32_t *place_of; /* by combination of slots: the key's place + 1 */
  text_table keys;
} crossing;

static status open_crossing(crossing *c, error *err) {
  uint64_t combinations = 1;
  for (uint32_t i = 0; i < c->v->inputs_count; i++) {
    TRY(frame_coded(c->f, c->v->inputs[i], &c->inputs[i], err));
    combinations *= (uint64_t)c->inputs[i].keys.count + 1;
    if (combinations > COMBINATIONS_MAX) {
      return error_set(err, STATUS_LIMIT,
                       "variable '%s': too many values to cross; use fewer (bands, recodes)", c->v->name);
    }
  }
  c->place_of = calloc(combinations, sizeof *c->place_of);
  return c->place_of != NULL ? STATUS_OK : frame_no_memory(err);
}

/* The slot of the input in ROW; above all keys when missing. */
static uint32_t slot_at(const coded_view *v, size_t row, int *reason) {
  const uint32_t slot = v->wide != NULL ? v->wide[row] : v->slots[row];
  const uint32_t first_missing = v->wide != NULL ? SLOT_WIDE_MISSING : SLOT_MISSING;
  if (slot >= first_missing && *reason < 0) {
    *reason = (int)(slot - first_missing);
  }
  return slot;
}

static void put_key(buf *out, const coded_keys *keys, uint32_t slot, bool is_first) {
  buf_put_text(out, is_first ? "" : PROGRAM_CROSS_SIGN);
  if (keys->texts != NULL) {
    buf_put(out, keys->texts[slot].bytes, keys->texts[slot].length);
  } else {
    buf_printf(out, "%lld", (long long)keys->numbers[slot]);
  }
}

/* Makes the key of a new combination, in the frame's memory. */
static status add_key(crossing *c, const uint32_t *slots, uint32_t *place, error *err) {
  buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < c->v->inputs_count; i++) {
    put_key(&text, &c->inputs[i].keys, slots[i], i == 0);
  }
  char *kept = text.failed ? NULL : frame_memory(c->f, text.length + 1);
  if (kept != NULL) {
    memcpy(kept, text.data, text.length);
  }
  const uint32_t before = c->keys.count;
  *place = kept != NULL ? text_table_add(&c->keys, (slice){kept, text.length}) : UINT32_MAX;
  buf_fini(&text);
  if (*place == UINT32_MAX) {
    return frame_no_memory(err);
  }
  if (c->keys.count == before) {
    return error_set(err, STATUS_DATA,
                     "variable '%s': two combinations are both called '%s'; recode one of them", c->v->name,
                     kept);
  }
  return frame_check_levels(c->v, c->keys.count, err);
}

static status slot_of_row(crossing *c, size_t row, uint16_t *out, error *err) {
  uint32_t slots[INPUTS_MAX];
  uint32_t combination = 0;
  int reason = -1;
  for (uint32_t i = 0; i < c->v->inputs_count; i++) {
    slots[i] = slot_at(&c->inputs[i], row, &reason);
    combination = combination * (c->inputs[i].keys.count + 1) + (reason < 0 ? slots[i] : 0);
  }
  if (reason >= 0) {
    *out = slot_missing((missing_reason)reason);
    return STATUS_OK;
  }
  if (c->place_of[combination] == 0) {
    uint32_t place;
    TRY(add_key(c, slots, &place, err));
    c->place_of[combination] = place + 1;
  }
  *out = (uint16_t)(c->place_of[combination] - 1);
  return STATUS_OK;
}

static status keep(crossing *c, const uint16_t *wide, coded_view *out, error *err) {
  frame *f = c->f;
  slice *texts = frame_array(f, (size_t)c->keys.count + 1, sizeof *texts);
  uint8_t *slots = frame_memory(f, f->padded);
  if (texts == NULL || slots == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < c->keys.count; i++) {
    texts[i] = c->keys.texts[i];
  }
  for (size_t row = 0; row < f->padded; row++) {
    slots[row] = (uint8_t)wide[row];
  }
  const bool is_wide = c->keys.count > SLOT_MISSING;
  *out = (coded_view){.slots = is_wide ? NULL : slots,
                      .wide = is_wide ? wide : NULL,
                      .keys = {.texts = texts, .count = c->keys.count}};
  return STATUS_OK;
}

status frame_make_cross(frame *f, const program_variable *v, frame_variable *out, error *err) {
  crossing c = {.f = f, .v = v};
  uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
  status st = wide != NULL ? open_crossing(&c, err) : frame_no_memory(err);
  for (size_t row = 0; st == STATUS_OK && row < f->padded; row++) {
    st = slot_of_row(&c, row, &wide[row], err);
  }
  st = st == STATUS_OK ? keep(&c, wide, &out->coded, err) : st;
  free(c.place_of);
  text_table_fini(&c.keys);
  return st;
}

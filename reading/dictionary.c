/* Hashes with linear probing, at most half full, sizes powers of two.  Order comes from the list alone,
 * so results do not depend on the hash. */
#include "reading/dictionary.h"

#include <stdlib.h>

#include "base/digest.h"
#include "reading/csv/cell.h"

enum { SLOTS_FIRST = 64, LIST_FIRST = 16 };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the masks and csv_number_word take the first byte as the lowest");
const uint64_t csv_short_masks[CSV_SHORT_BYTES + 1][2] = {
    {UINT64_C(0x0), UINT64_C(0x0)},
    {UINT64_C(0xff), UINT64_C(0x0)},
    {UINT64_C(0xffff), UINT64_C(0x0)},
    {UINT64_C(0xffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff)},
};

static csv_short_slot *new_short_slots(size_t count) {
  csv_short_slot *slots = calloc(count, sizeof *slots);
  for (size_t i = 0; slots != NULL && i < count; i++) {
    slots[i].code = CSV_CODE_NONE;
  }
  return slots;
}

static csv_text_slot *new_text_slots(size_t count) {
  csv_text_slot *slots = calloc(count, sizeof *slots);
  for (size_t i = 0; slots != NULL && i < count; i++) {
    slots[i].code = CSV_CODE_NONE;
  }
  return slots;
}

bool csv_dictionary_init(csv_dictionary *d, arena *memory) {
  *d = (csv_dictionary){.memory = memory, .mask = SLOTS_FIRST - 1};
  d->slots = new_short_slots(SLOTS_FIRST);
  d->raws.slots = new_text_slots(SLOTS_FIRST);
  d->raws.mask = SLOTS_FIRST - 1;
  d->texts.slots = new_text_slots(SLOTS_FIRST);
  d->texts.mask = SLOTS_FIRST - 1;
  d->list = calloc(LIST_FIRST, sizeof *d->list);
  d->capacity = LIST_FIRST;
  if (d->slots == NULL || d->raws.slots == NULL || d->texts.slots == NULL || d->list == NULL) {
    csv_dictionary_fini(d);
    return false;
  }
  return true;
}

void csv_dictionary_fini(csv_dictionary *d) {
  free(d->slots);
  free(d->raws.slots);
  free(d->texts.slots);
  free(d->list);
  *d = (csv_dictionary){0};
}

static void clear_table(csv_text_table *t) {
  for (size_t i = 0; t->used > 0 && i <= t->mask; i++) {
    t->slots[i].code = CSV_CODE_NONE;
  }
  t->used = 0;
}

void csv_dictionary_clear(csv_dictionary *d, uint32_t limit) {
  memset(d->brief, 0xff, sizeof d->brief);
  for (size_t i = 0; d->used > 0 && i <= d->mask; i++) {
    d->slots[i].code = CSV_CODE_NONE;
  }
  d->used = 0;
  clear_table(&d->raws);
  clear_table(&d->texts);
  d->count = 0;
  d->limit = limit;
}

static csv_text_slot *find_slot(const csv_text_table *t, slice key, uint64_t hash) {
  size_t i = (size_t)hash & t->mask;
  while (t->slots[i].code != CSV_CODE_NONE &&
         (t->slots[i].hash != hash || !slice_equal(t->slots[i].key, key))) {
    i = (i + 1) & t->mask;
  }
  return &t->slots[i];
}

static bool grow_table(csv_text_table *t) {
  const size_t count = (t->mask + 1) * 4;
  csv_text_slot *slots = new_text_slots(count);
  if (slots == NULL) {
    return false;
  }
  const csv_text_table grown = {.slots = slots, .mask = count - 1, .used = t->used};
  for (size_t i = 0; i <= t->mask; i++) {
    if (t->slots[i].code != CSV_CODE_NONE) {
      *find_slot(&grown, t->slots[i].key, t->slots[i].hash) = t->slots[i];
    }
  }
  free(t->slots);
  *t = grown;
  return true;
}

static bool put(csv_text_table *t, csv_text_slot *slot, slice key, uint64_t hash, uint32_t code) {
  *slot = (csv_text_slot){.hash = hash, .key = key, .code = code};
  t->used++;
  return t->used * 2 <= t->mask || grow_table(t);
}

static bool grow_short(csv_dictionary *d) {
  const size_t count = (d->mask + 1) * 4;
  csv_short_slot *slots = new_short_slots(count);
  if (slots == NULL) {
    return false;
  }
  for (size_t i = 0; i <= d->mask; i++) {
    if (d->slots[i].code == CSV_CODE_NONE) {
      continue;
    }
    size_t at = csv_short_hash(d->slots[i].key) & (count - 1);
    while (slots[at].code != CSV_CODE_NONE) {
      at = (at + 1) & (count - 1);
    }
    slots[at] = d->slots[i];
  }
  free(d->slots);
  d->slots = slots;
  d->mask = count - 1;
  return true;
}

static bool put_short(csv_dictionary *d, slice raw, uint32_t code) {
  csv_short_slot new_slot = {.code = code};
  memcpy(new_slot.key, raw.bytes, raw.length);
  size_t i = csv_short_hash(new_slot.key) & d->mask;
  while (d->slots[i].code != CSV_CODE_NONE) {
    i = (i + 1) & d->mask;
  }
  d->slots[i] = new_slot;
  d->used++;
  return d->used * 2 <= d->mask || grow_short(d);
}

uint32_t csv_dictionary_text(csv_dictionary *d, slice text) {
  const uint64_t hash = digest_xxh3(text.bytes, text.length);
  csv_text_slot *slot = find_slot(&d->texts, text, hash);
  if (slot->code != CSV_CODE_NONE || d->count >= d->limit) {
    return slot->code;
  }
  if (d->count == d->capacity) {
    slice *more = realloc(d->list, (size_t)d->capacity * 2 * sizeof *more);
    if (more == NULL) {
      d->failed = true;
      return CSV_CODE_NONE;
    }
    d->list = more;
    d->capacity *= 2;
  }
  const uint32_t code = d->count;
  d->list[d->count++] = text;
  if (!put(&d->texts, slot, text, hash, code)) {
    d->failed = true;
  }
  return code;
}

static uint32_t code_of_raw(csv_dictionary *d, slice raw) {
  slice text;
  if (!csv_cell_text(raw, d->memory, &text)) {
    d->failed = true;
    return CSV_CODE_NONE;
  }
  return csv_dictionary_text(d, text);
}

uint32_t csv_dictionary_add(csv_dictionary *d, slice raw) {
  const uint32_t code = code_of_raw(d, raw);
  if (code != CSV_CODE_NONE && !put_short(d, raw, code)) {
    d->failed = true;
  }
  return code;
}

uint32_t csv_dictionary_add_brief(csv_dictionary *d, uint8_t brief, slice raw) {
  const uint32_t code = code_of_raw(d, raw);
  d->brief[brief] = code;
  return code;
}

uint32_t csv_dictionary_find_long(csv_dictionary *d, slice raw) {
  const uint64_t hash = digest_xxh3(raw.bytes, raw.length);
  csv_text_slot *slot = find_slot(&d->raws, raw, hash);
  if (slot->code != CSV_CODE_NONE) {
    return slot->code;
  }
  const uint32_t code = code_of_raw(d, raw);
  if (code != CSV_CODE_NONE && !put(&d->raws, slot, raw, hash, code)) {
    d->failed = true;
  }
  return code;
}

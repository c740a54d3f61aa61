/* Hashes with linear probing, at most half full, sizes powers of two.  Order comes from the list alone,
 * so results do not depend on the hash.  A table that could not grow takes nothing more: full, it would be
 * searched without end. */
#include "reading/dictionary.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/digest.h"
#include "reading/number.h"

enum { SLOTS_FIRST = 64 };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the masks and number_word take the first byte as the lowest");
const uint64_t dictionary_short_masks[DICTIONARY_SHORT_BYTES + 1][2] = {
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

static dictionary_short_slot *new_short_slots(size_t count) {
  dictionary_short_slot *slots = calloc(count, sizeof *slots);
  for (size_t i = 0; slots != NULL && i < count; i++) {
    slots[i].code = DICTIONARY_NONE;
  }
  return slots;
}

static dictionary_text_slot *new_text_slots(size_t count) {
  dictionary_text_slot *slots = calloc(count, sizeof *slots);
  for (size_t i = 0; slots != NULL && i < count; i++) {
    slots[i].code = DICTIONARY_NONE;
  }
  return slots;
}

bool dictionary_init(dictionary *d, arena *memory) {
  *d = (dictionary){.memory = memory, .mask = SLOTS_FIRST - 1};
  d->slots = new_short_slots(SLOTS_FIRST);
  d->raws.slots = new_text_slots(SLOTS_FIRST);
  d->raws.mask = SLOTS_FIRST - 1;
  d->texts.slots = new_text_slots(SLOTS_FIRST);
  d->texts.mask = SLOTS_FIRST - 1;
  if (d->slots == NULL || d->raws.slots == NULL || d->texts.slots == NULL) {
    dictionary_fini(d);
    return false;
  }
  return true;
}

void dictionary_fini(dictionary *d) {
  free(d->slots);
  free(d->raws.slots);
  free(d->texts.slots);
  free(d->list);
  *d = (dictionary){0};
}

static void clear_table(dictionary_text_table *t) {
  for (size_t i = 0; t->used > 0 && i <= t->mask; i++) {
    t->slots[i].code = DICTIONARY_NONE;
  }
  t->used = 0;
}

void dictionary_clear(dictionary *d, uint32_t limit) {
  memset(d->brief, 0xff, sizeof d->brief);
  memset(d->small, 0xff, sizeof d->small);
  d->missing = DICTIONARY_NONE;
  for (size_t i = 0; d->used > 0 && i <= d->mask; i++) {
    d->slots[i].code = DICTIONARY_NONE;
  }
  d->used = 0;
  clear_table(&d->raws);
  clear_table(&d->texts);
  d->count = 0;
  d->limit = limit;
}

static dictionary_text_slot *find_slot(const dictionary_text_table *t, slice key, uint64_t hash) {
  size_t i = (size_t)hash & t->mask;
  while (t->slots[i].code != DICTIONARY_NONE &&
         (t->slots[i].hash != hash || !slice_equal(t->slots[i].key, key))) {
    i = (i + 1) & t->mask;
  }
  return &t->slots[i];
}

static bool grow_table(dictionary_text_table *t) {
  const size_t count = (t->mask + 1) * 4;
  dictionary_text_slot *slots = new_text_slots(count);
  if (slots == NULL) {
    return false;
  }
  const dictionary_text_table grown = {.slots = slots, .mask = count - 1, .used = t->used};
  for (size_t i = 0; i <= t->mask; i++) {
    if (t->slots[i].code != DICTIONARY_NONE) {
      *find_slot(&grown, t->slots[i].key, t->slots[i].hash) = t->slots[i];
    }
  }
  free(t->slots);
  *t = grown;
  return true;
}

static bool put(dictionary_text_table *t, dictionary_text_slot *slot, slice key, uint64_t hash,
                uint32_t code) {
  *slot = (dictionary_text_slot){.hash = hash, .key = key, .code = code};
  t->used++;
  return t->used * 2 <= t->mask || grow_table(t);
}

static bool grow_short(dictionary *d) {
  const size_t count = (d->mask + 1) * 4;
  dictionary_short_slot *slots = new_short_slots(count);
  if (slots == NULL) {
    return false;
  }
  for (size_t i = 0; i <= d->mask; i++) {
    if (d->slots[i].code == DICTIONARY_NONE) {
      continue;
    }
    size_t at = dictionary_short_hash(d->slots[i].key) & (count - 1);
    while (slots[at].code != DICTIONARY_NONE) {
      at = (at + 1) & (count - 1);
    }
    slots[at] = d->slots[i];
  }
  free(d->slots);
  d->slots = slots;
  d->mask = count - 1;
  return true;
}

static bool put_short(dictionary *d, slice raw, uint32_t code) {
  dictionary_short_slot new_slot = {.code = code};
  memcpy(new_slot.key, raw.bytes, raw.length);
  size_t i = dictionary_short_hash(new_slot.key) & d->mask;
  while (d->slots[i].code != DICTIONARY_NONE) {
    i = (i + 1) & d->mask;
  }
  d->slots[i] = new_slot;
  d->used++;
  return d->used * 2 <= d->mask || grow_short(d);
}

uint32_t dictionary_find(const dictionary *d, slice text) {
  return find_slot(&d->texts, text, digest_xxh3(text.bytes, text.length))->code;
}

/* STAYS: as long as D has it; else it is copied. */
static uint32_t code_of_text(dictionary *d, slice text, bool stays) {
  const uint64_t hash = digest_xxh3(text.bytes, text.length);
  dictionary_text_slot *slot = find_slot(&d->texts, text, hash);
  if (slot->code != DICTIONARY_NONE || d->count >= d->limit || d->failed) {
    return slot->code;
  }
  const slice kept = stays ? text : arena_slice(d->memory, text);
  if (!ARRAY_ROOM(d->list, d->count, d->capacity) || (!stays && arena_failed(d->memory))) {
    d->failed = true;
    return DICTIONARY_NONE;
  }
  const uint32_t code = d->count;
  d->list[d->count++] = kept;
  if (!put(&d->texts, slot, kept, hash, code)) {
    d->failed = true;
  }
  return code;
}

uint32_t dictionary_text(dictionary *d, slice text) {
  return code_of_text(d, text, d->text_of != NULL);
}

uint32_t dictionary_add_missing(dictionary *d) {
  d->missing = dictionary_text(d, (slice){"", 0});
  return d->missing;
}

uint32_t dictionary_add_number(dictionary *d, decimal number, char mark) {
  char formatted[DECIMAL_TEXT_BYTES];
  const slice text = {formatted, number_format(number, mark, formatted)};
  const uint32_t code = code_of_text(d, text, false);
  if (number.scale == 0 && (uint64_t)number.mantissa < DICTIONARY_SMALL) {
    d->small[number.mantissa] = code;
  }
  return code;
}

static uint32_t code_of_raw(dictionary *d, slice raw) {
  slice text = raw;
  if (d->text_of != NULL && !d->text_of(raw, d->memory, &text)) {
    d->failed = true;
    return DICTIONARY_NONE;
  }
  return dictionary_text(d, text);
}

uint32_t dictionary_add(dictionary *d, slice raw) {
  const uint32_t code = code_of_raw(d, raw);
  if (code != DICTIONARY_NONE && !d->failed && !put_short(d, raw, code)) {
    d->failed = true;
  }
  return code;
}

uint32_t dictionary_add_brief(dictionary *d, uint8_t brief, slice raw) {
  const uint32_t code = code_of_raw(d, raw);
  d->brief[brief] = code;
  return code;
}

uint32_t dictionary_find_long(dictionary *d, slice raw) {
  const uint64_t hash = digest_xxh3(raw.bytes, raw.length);
  dictionary_text_slot *slot = find_slot(&d->raws, raw, hash);
  if (slot->code != DICTIONARY_NONE) {
    return slot->code;
  }
  const uint32_t code = code_of_raw(d, raw);
  const slice kept = d->text_of != NULL || code == DICTIONARY_NONE ? raw : d->list[code];
  if (code != DICTIONARY_NONE && !d->failed && !put(&d->raws, slot, kept, hash, code)) {
    d->failed = true;
  }
  return code;
}

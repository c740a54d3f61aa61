/* See value_hash.h. */
#include "stats/accumulators/value_hash.h"

#include <stdlib.h>
#include <xxhash.h>

#include "stats/accumulators/grouping.h"

value_hash value_hash_of(const void *bytes, size_t length) {
  XXH128_hash_t h = XXH3_128bits(bytes, length);
  return (value_hash){h.high64, h.low64};
}

static value_hash hash_number(int64_t number) {
  uint8_t bytes[8];
  for (unsigned i = 0; i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)((uint64_t)number >> (8 * i));
  }
  return value_hash_of(bytes, sizeof bytes);
}

static value_hash hash_text(slice text) {
  return value_hash_of(text.length > 0 ? text.bytes : "", text.length);
}

static status hash_keys(hashed_variable *v, const coded_keys *keys, error *err) {
  v->keys = malloc(((size_t)keys->count + 1) * sizeof *v->keys);
  if (v->keys == NULL) {
    return error_no_memory(err, "hashes");
  }
  for (uint32_t i = 0; i < keys->count; i++) {
    v->keys[i] = keys->texts != NULL ? hash_text(keys->texts[i]) : hash_number(keys->numbers[i]);
  }
  return STATUS_OK;
}

/* order[k]: the option whose text is the k-th in bytewise order. */
static status order_options(hashed_variable *v, error *err) {
  uint32_t count = v->set.options.count;
  uint32_t *places = malloc(((size_t)count + 1) * sizeof *places);
  v->order = malloc(((size_t)count + 1) * sizeof *v->order);
  axis sorted = {0};
  status st = places != NULL && v->order != NULL ? STATUS_OK : error_no_memory(err, "hashes");
  if (st == STATUS_OK) {
    st = axis_from_keys(&v->set.options, true, NULL, &sorted, places, err);
  }
  for (uint32_t i = 0; st == STATUS_OK && i < count; i++) {
    v->order[places[i]] = i;
  }
  axis_fini(&sorted);
  free(places);
  return st;
}

static status init_form(frame *f, uint32_t variable, hashed_variable *v, error *err) {
  switch (v->form) {
    case FORM_CODED:
      TRY(frame_coded(f, variable, &v->coded, err));
      return hash_keys(v, &v->coded.keys, err);
    case FORM_NUMBER:
      return frame_number(f, variable, &v->number, err);
    case FORM_TEXT:
      return frame_text(f, variable, &v->text, err);
    case FORM_SET:
      TRY(frame_set(f, variable, &v->set, err));
      TRY(hash_keys(v, &v->set.options, err));
      return order_options(v, err);
  }
  return STATUS_OK;
}

status hashed_variable_init(frame *f, uint32_t variable, hashed_variable *out, error *err) {
  *out = (hashed_variable){.form = program_variable_form(&frame_program(f)->variables[variable])};
  status st = init_form(f, variable, out, err);
  if (st != STATUS_OK) {
    hashed_variable_fini(out);
  }
  return st;
}

void hashed_variable_fini(hashed_variable *v) {
  free(v->keys);
  free(v->order);
  *v = (hashed_variable){0};
}

value_hash value_hash_join(value_hash so_far, value_hash next) {
  const uint64_t words[4] = {so_far.high, so_far.low, next.high, next.low};
  uint8_t bytes[sizeof words];
  for (unsigned i = 0; i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
  }
  return value_hash_of(bytes, sizeof bytes);
}

static value_hash hash_chosen(const hashed_variable *v, uint32_t row) {
  value_hash h = {0, 0};
  for (uint32_t k = 0; k < v->set.options.count; k++) {
    uint32_t option = v->order[k];
    if (v->set.flags[option][row] == 1) {
      h = value_hash_join(h, v->keys[option]);
    }
  }
  return h;
}

bool hashed_variable_at(const hashed_variable *v, uint32_t row, value_hash *out) {
  switch (v->form) {
    case FORM_CODED: {
      uint32_t slot = v->coded.slots != NULL ? v->coded.slots[row] : v->coded.wide[row];
      if (slot >= v->coded.keys.count) {
        return false;
      }
      *out = v->keys[slot];
      return true;
    }
    case FORM_NUMBER:
      *out = hash_number(v->number.values[row]);
      return !number_is_missing(v->number.values[row]);
    case FORM_TEXT:
      if (v->text.missing[row]) {
        return false;
      }
      *out = hash_text(v->text.texts[row]);
      return true;
    case FORM_SET:
      *out = hash_chosen(v, row);
      return v->set.answered[row] < SLOT_MISSING;
  }
  return false;
}

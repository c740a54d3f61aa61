/* REPLICATE: the random group of each row, or of its unit, by the same rule wherever the row is read.
 *
 * Philox of (seed, ordinal), or of (seed, hash) where units are given: XXH3 of the unit's canonical text, so
 * that a number and a text that look alike are one unit.  A row whose unit is missing is a unit of its own,
 * by its ordinal. */
#include "base/decimal.h"
#include "base/digest.h"
#include "stats/frame/random.h"
#include "stats/frame/state.h"

/* Units, read once per key or row. */
typedef struct units {
  const coded_view *coded;
  const number_view *numbers;
  const text_view *texts;
  const uint64_t *of_slot; /* of the keys of CODED */
} units;

static uint64_t hash_number(decimal d) {
  char text[DECIMAL_SCALED_TEXT_BYTES];
  const int length = decimal_format(decimal_normalise(d), text);
  return digest_xxh3(text, (size_t)length);
}

static status hash_keys(frame *f, const coded_keys *keys, const uint64_t **out, error *err) {
  uint64_t *hashes = frame_array(f, (size_t)keys->count + 1, sizeof *hashes);
  if (hashes == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t k = 0; k < keys->count; k++) {
    hashes[k] = keys->texts != NULL ? digest_xxh3(keys->texts[k].bytes, keys->texts[k].length)
                                    : hash_number((decimal){keys->numbers[k], 0});
  }
  *out = hashes;
  return STATUS_OK;
}

static status open_units(frame *f, const program_variable *v, units *out, error *err) {
  frame_variable *unit;
  TRY(frame_made(f, v->inputs[0], &unit, err));
  switch (program_variable_form(&f->program->variables[v->inputs[0]])) {
    case FORM_CODED:
      out->coded = &unit->coded;
      return hash_keys(f, &unit->coded.keys, &out->of_slot, err);
    case FORM_NUMBER:
      out->numbers = &unit->number;
      break;
    case FORM_TEXT:
      out->texts = &unit->text;
      break;
    case FORM_SET:
      break; /* refused when the variable was added */
  }
  return STATUS_OK;
}

/* False: the row has no unit. */
static bool unit_hash(const units *u, uint32_t row, uint64_t *hash) {
  if (u->texts != NULL && u->texts->missing[row] == 0) {
    *hash = digest_xxh3(u->texts->texts[row].bytes, u->texts->texts[row].length);
    return true;
  }
  if (u->numbers != NULL && !number_is_missing(u->numbers->values[row])) {
    *hash = hash_number((decimal){u->numbers->values[row], u->numbers->decimals});
    return true;
  }
  if (u->coded != NULL) {
    const uint32_t slot = u->coded->wide != NULL ? u->coded->wide[row] : u->coded->slots[row];
    if (slot < u->coded->keys.count) {
      *hash = u->of_slot[slot];
      return true;
    }
  }
  return false;
}

static status number_groups(frame *f, uint32_t groups, coded_view *out, error *err) {
  int64_t *numbers = frame_array(f, groups, sizeof *numbers);
  if (numbers == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t g = 0; g < groups; g++) {
    numbers[g] = g;
  }
  out->keys = (coded_keys){.numbers = numbers, .count = groups};
  return STATUS_OK;
}

status frame_make_replicate(frame *f, const program_variable *v, frame_variable *out, error *err) {
  enum { BY_ORDINAL, BY_UNIT };
  units u = {0};
  uint16_t *slots = frame_array(f, f->padded, sizeof *slots);
  if (slots == NULL) {
    return frame_no_memory(err);
  }
  if (v->inputs_count > 0) {
    TRY(open_units(f, v, &u, err));
  }
  for (uint32_t row = 0; row < f->count; row++) {
    uint64_t hash = 0;
    const uint64_t bits =
        unit_hash(&u, row, &hash)
            ? random_bits(v->seed, RANDOM_REPLICATE, hash, BY_UNIT)
            : random_bits(v->seed, RANDOM_REPLICATE, stats_rows_ordinal(f->rows, row), BY_ORDINAL);
    slots[row] = (uint16_t)(bits & (v->groups - 1));
  }
  for (size_t row = f->count; row < f->padded; row++) {
    slots[row] = slot_missing(MISSING_BLANK);
  }
  out->coded.wide = slots;
  return number_groups(f, v->groups, &out->coded, err);
}

/* Variables made from other variables: recode, period, top, option, difference; mean and cluster have
 * separate files. A missing input stays missing for its reason, unless said otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "stats/frame/state.h"
#include "stats/program/date.h"

static status flag_keys(frame *f, coded_view *out, error *err) {
  int64_t *numbers = frame_array(f, 2, sizeof *numbers);
  if (numbers == NULL) {
    return frame_no_memory(err);
  }
  numbers[0] = 0;
  numbers[1] = 1;
  out->keys = (coded_keys){.numbers = numbers, .count = 2};
  return STATUS_OK;
}

/* A coded input as entries that its slots choose. */
static frame_cells cells_of_slots(const coded_view *view) {
  return (frame_cells){.codes = view->slots,
                       .wide = view->wide,
                       .count = view->wide != NULL ? UINT16_MAX + 1U : UINT8_MAX + 1U};
}

/* The slot for missing answers of entry ENTRY among the ENTRIES of cells_of_slots. */
static uint16_t slot_of_missing_entry(uint32_t entry, uint32_t entries) {
  uint32_t reason = entry - (entries - MISSING_REASONS);
  return slot_missing(entry >= entries - MISSING_REASONS ? (missing_reason)reason : MISSING_INVALID);
}

/* ---- TOP ------------------------------------------------------------------------------------------ */

static status top_of_coded(frame *f, const program_variable *v, coded_view *out, error *err) {
  coded_view input;
  TRY(frame_coded(f, v->inputs[0], &input, err));
  number_interval top = number_interval_of(v->below ? FILTER_LE : FILTER_GE, v->cut, 0);
  frame_cells cells = cells_of_slots(&input);
  uint16_t *of_entry = malloc(cells.count * sizeof *of_entry);
  if (of_entry == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < cells.count; i++) {
    of_entry[i] = i < input.keys.count ? number_interval_has(top, input.keys.numbers[i])
                                       : slot_of_missing_entry(i, cells.count);
  }
  status st = frame_spread_slots(f, &cells, of_entry, 2, out, err);
  free(of_entry);
  return st;
}

static status top_of_number(frame *f, const program_variable *v, coded_view *out, error *err) {
  number_view input;
  TRY(frame_number(f, v->inputs[0], &input, err));
  number_interval top = number_interval_of(v->below ? FILTER_LE : FILTER_GE, v->cut, input.decimals);
  uint8_t *slots = frame_memory(f, f->padded);
  if (slots == NULL) {
    return frame_no_memory(err);
  }
  for (size_t r = 0; r < f->padded; r++) {
    int64_t x = input.values[r];
    slots[r] =
        number_is_missing(x) ? (uint8_t)(SLOT_MISSING + number_reason(x)) : number_interval_has(top, x);
  }
  out->slots = slots;
  return STATUS_OK;
}

status frame_make_top(frame *f, const program_variable *v, frame_variable *out, error *err) {
  TRY(flag_keys(f, &out->coded, err));
  bool coded = program_variable_form(&f->program->variables[v->inputs[0]]) == FORM_CODED;
  return coded ? top_of_coded(f, v, &out->coded, err) : top_of_number(f, v, &out->coded, err);
}

/* ---- OPTION --------------------------------------------------------------------------------------- */

/* An option's flags are already slots of the keys 0 and 1; one that was not named in a delimited cell is 0
 * for everyone who answered, and so are the answers themselves. */
status frame_make_option(frame *f, const program_variable *v, frame_variable *out, error *err) {
  set_view set;
  TRY(frame_set(f, v->inputs[0], &set, err));
  TRY(flag_keys(f, &out->coded, err));
  out->coded.slots = set.answered;
  for (uint32_t k = 0; k < set.options.count; k++) {
    if (slice_equal(set.options.texts[k], v->key)) {
      out->coded.slots = set.flags[k];
      break;
    }
  }
  return STATUS_OK;
}

/* ---- DIFFERENCE ----------------------------------------------------------------------------------- */

status frame_make_difference(frame *f, const program_variable *v, frame_variable *out, error *err) {
  number_view a;
  number_view b;
  TRY(frame_number(f, v->inputs[0], &a, err));
  TRY(frame_number(f, v->inputs[1], &b, err));
  int64_t *values = frame_array(f, f->padded, sizeof *values);
  if (values == NULL) {
    return frame_no_memory(err);
  }
  i128 factor_a = decimal_power10((unsigned)(v->decimals - a.decimals));
  i128 factor_b = decimal_power10((unsigned)(v->decimals - b.decimals));
  for (size_t r = 0; r < f->padded; r++) {
    int64_t x = a.values[r];
    int64_t y = b.values[r];
    i128 difference = (i128)x * factor_a - (i128)y * factor_b;
    bool fits = difference <= (i128)NUMBER_MAX && difference >= -(i128)NUMBER_MAX;
    values[r] = number_is_missing(x)   ? x
                : number_is_missing(y) ? y
                : fits                 ? (int64_t)difference
                                       : number_missing(MISSING_INVALID);
  }
  out->number = (number_view){.values = values, .decimals = v->decimals};
  return STATUS_OK;
}

/* ---- PERIOD --------------------------------------------------------------------------------------- */

enum { PERIOD_IDS = 10000 * 12, PERIOD_TEXT_BYTES = 16, DAYS_TABLE_MAX = 1 << 17 };

static uint32_t period_id(program_period period, int64_t days) {
  int64_t year;
  int64_t month;
  int64_t day;
  if (period == PERIOD_WEEKDAY) {
    int64_t since_monday = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (uint32_t)(since_monday < 0 ? since_monday + 7 : since_monday);
  }
  date_to_civil(days, &year, &month, &day);
  switch (period) {
    case PERIOD_YEAR:
      return (uint32_t)year;
    case PERIOD_QUARTER:
      return (uint32_t)(year * 4 + (month - 1) / 3);
    default:
      return (uint32_t)(year * 12 + month - 1);
  }
}

static int period_text(program_period period, uint32_t id, char *out) {
  switch (period) {
    case PERIOD_YEAR:
      return snprintf(out, PERIOD_TEXT_BYTES, "%04u", id);
    case PERIOD_QUARTER:
      return snprintf(out, PERIOD_TEXT_BYTES, "%04u-Q%u", id / 4, id % 4 + 1);
    case PERIOD_MONTH:
      return snprintf(out, PERIOD_TEXT_BYTES, "%04u-%02u", id / 12, id % 12 + 1);
    default:
      return snprintf(out, PERIOD_TEXT_BYTES, "%u", id + 1);
  }
}

/* Places of periods in the order in which the rows bring them, and periods of days already seen. */
typedef struct period_places {
  uint32_t *place_of;  /* by id; place + 1 */
  uint32_t *ids;       /* by place */
  uint32_t *day_cache; /* by days modulo its size: day and place of the last one there */
  int64_t *day_keys;
  uint32_t count;
} period_places;

static uint32_t place_of_day(period_places *p, program_period period, int64_t days) {
  uint32_t at = (uint32_t)((uint64_t)days % DAYS_TABLE_MAX);
  if (p->day_keys[at] == days) {
    return p->day_cache[at];
  }
  uint32_t id = period_id(period, days);
  if (!p->place_of[id]) {
    p->ids[p->count] = id;
    p->place_of[id] = ++p->count;
  }
  p->day_keys[at] = days;
  p->day_cache[at] = p->place_of[id] - 1;
  return p->day_cache[at];
}

static status periods_init(period_places *p, error *err) {
  *p = (period_places){.place_of = calloc(PERIOD_IDS, sizeof *p->place_of),
                       .ids = malloc(PERIOD_IDS * sizeof *p->ids),
                       .day_cache = malloc(DAYS_TABLE_MAX * sizeof *p->day_cache),
                       .day_keys = malloc(DAYS_TABLE_MAX * sizeof *p->day_keys)};
  if (p->place_of == NULL || p->ids == NULL || p->day_cache == NULL || p->day_keys == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < DAYS_TABLE_MAX; i++) {
    p->day_keys[i] = INT64_MAX;
  }
  return STATUS_OK;
}

static void periods_fini(period_places *p) {
  free(p->place_of);
  free(p->ids);
  free(p->day_cache);
  free(p->day_keys);
}

static status period_keys(frame *f, const program_variable *v, const period_places *p, coded_view *out,
                          error *err) {
  slice *texts = frame_array(f, (size_t)p->count + 1, sizeof *texts);
  char *bytes = frame_array(f, (size_t)p->count + 1, PERIOD_TEXT_BYTES);
  if (texts == NULL || bytes == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < p->count; i++) {
    char *text = bytes + (size_t)i * PERIOD_TEXT_BYTES;
    texts[i] = (slice){text, (size_t)period_text(v->period, p->ids[i], text)};
  }
  out->keys = (coded_keys){.texts = texts, .count = p->count};
  return STATUS_OK;
}

/* Rows have their places in WIDE; fewer keys than SLOT_MISSING fit into bytes. */
static status settle_slots(frame *f, const uint16_t *wide, uint32_t keys_count, coded_view *out, error *err) {
  if (keys_count > SLOT_MISSING) {
    out->wide = wide;
    return STATUS_OK;
  }
  uint8_t *slots = frame_memory(f, f->padded);
  if (slots == NULL) {
    return frame_no_memory(err);
  }
  for (size_t r = 0; r < f->padded; r++) {
    slots[r] = (uint8_t)wide[r];
  }
  out->slots = slots;
  return STATUS_OK;
}

static status period_slots(frame *f, const program_variable *v, period_places *p, const number_view *input,
                           coded_view *out, error *err) {
  uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
  if (wide == NULL) {
    return frame_no_memory(err);
  }
  for (size_t r = 0; r < f->padded; r++) {
    int64_t days = input->values[r];
    wide[r] = number_is_missing(days) ? slot_missing(number_reason(days))
                                      : (uint16_t)place_of_day(p, v->period, days);
  }
  TRY(frame_check_levels(v, p->count, err));
  TRY(period_keys(f, v, p, out, err));
  return settle_slots(f, wide, p->count, out, err);
}

status frame_make_period(frame *f, const program_variable *v, frame_variable *out, error *err) {
  number_view input;
  period_places places;
  TRY(frame_number(f, v->inputs[0], &input, err));
  status st = periods_init(&places, err);
  if (st == STATUS_OK) {
    st = period_slots(f, v, &places, &input, &out->coded, err);
  }
  periods_fini(&places);
  return st;
}

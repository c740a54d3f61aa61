/* One pass over the shards; a second one where ids occur more than once, for their texts. */
#include "cli/census.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/tidy.h"
#include "cli/interrupt.h"
#include "stats/frame/frame.h"
#include "stats/program/date.h"
#include "store/shard.h"
#include "worker/shard_rows.h"

enum { DISTINCT_MAX = 10000 };

static status no_memory(error *err) {
  return error_no_memory(err, "the cells' texts");
}

/* ---- Lists --------------------------------------------------------------------------------------- */

uint32_t census_list_place(const census_list *l, slice value) {
  hash_search search = hash_table_search(&l->places, digest_xxh3(value.bytes, value.length));
  while (hash_table_next(&search) && !slice_equal(l->list[search.place].value, value)) {
  }
  return search.place;
}

/* *OUT: the entry of VALUE, new with a count of 0, or NULL where the list is full. */
static status list_find(census_list *l, arena *memory, slice value, census_value **out, error *err) {
  const uint32_t place = census_list_place(l, value);
  *out = place != PLACE_NONE ? &l->list[place] : NULL;
  if (*out != NULL || l->count == DISTINCT_MAX) {
    return STATUS_OK;
  }
  if (!ARRAY_ROOM(l->list, l->count, l->capacity) ||
      !hash_table_add(&l->places, digest_xxh3(value.bytes, value.length), l->count)) {
    return no_memory(err);
  }
  l->list[l->count] = (census_value){.value = arena_slice(memory, value)};
  *out = &l->list[l->count++];
  return arena_failed(memory) ? no_memory(err) : STATUS_OK;
}

static void list_fini(census_list *l) {
  free(l->list);
  hash_table_fini(&l->places);
}

/* ---- Texts --------------------------------------------------------------------------------------- */

static census_text *text_find(census_item *item, slice text, int reason, uint64_t *hash) {
  *hash = digest_xxh3(text.bytes, text.length);
  hash_search search = hash_table_search(&item->texts_places, *hash);
  while (hash_table_next(&search)) {
    census_text *known = &item->texts[search.place];
    if (slice_equal(known->text, text) && known->reason == reason) {
      return known;
    }
  }
  return NULL;
}

static status add_told(census *c, census_item *item, const stats_rows *rows, const told_cells *told,
                       error *err) {
  uint64_t hash = 0;
  census_text *known = text_find(item, told->text, told->reason, &hash);
  if (known != NULL) {
    known->n += told->cells;
    return STATUS_OK;
  }
  if (item->texts_count == DISTINCT_MAX) {
    item->texts_left_out += told->cells;
    return STATUS_OK;
  }
  if (!ARRAY_ROOM(item->texts, item->texts_count, item->texts_capacity) ||
      !hash_table_add(&item->texts_places, hash, item->texts_count)) {
    return no_memory(err);
  }
  item->texts[item->texts_count++] = (census_text){.text = arena_slice(c->memory, told->text),
                                                   .reason = told->reason,
                                                   .n = told->cells,
                                                   .file = rows->file,
                                                   .line = stats_rows_line(rows, told->first_row)};
  return arena_failed(c->memory) ? no_memory(err) : STATUS_OK;
}

static status take_texts(census *c, census_item *item, frame *f, error *err) {
  const told_cells *told;
  uint32_t count;
  TRY(frame_told(f, item->planned->variable, &told, &count, err));
  for (uint32_t i = 0; i < count; i++) {
    TRY(add_told(c, item, frame_source(f), &told[i], err));
  }
  return STATUS_OK;
}

/* ---- Answers ------------------------------------------------------------------------------------- */

static void see_answer(census *c, census_item *item, slice shown) {
  if (!item->has_answer) {
    item->has_answer = true;
    item->constant = arena_slice(c->memory, shown);
  } else if (!item->varies && !slice_equal(item->constant, shown)) {
    item->varies = true;
  }
}

static status count_value(census *c, census_item *item, slice value, uint64_t n, error *err) {
  census_value *known = NULL;
  if (n == 0) {
    return STATUS_OK;
  }
  TRY(list_find(&item->values, c->memory, value, &known, err));
  if (known != NULL) {
    known->n += n;
  } else {
    item->values_left_out += n;
  }
  return STATUS_OK;
}

/* How many rows have each key. */
static uint64_t *count_slots(const coded_view *v, uint32_t rows) {
  uint64_t *counts = calloc((size_t)UINT16_MAX + 1, sizeof *counts);
  for (uint32_t r = 0; counts != NULL && r < rows; r++) {
    counts[v->slots != NULL ? v->slots[r] : v->wide[r]]++;
  }
  return counts;
}

static status take_coded(census *c, census_item *item, frame *f, error *err) {
  coded_view v;
  TRY(frame_coded(f, item->planned->variable, &v, err));
  uint64_t *counts = count_slots(&v, frame_rows(f));
  status st = counts != NULL ? STATUS_OK : no_memory(err);
  for (uint32_t i = 0; i < v.keys.count && st == STATUS_OK; i++) {
    if (counts[i] == 0) {
      continue;
    }
    char number[32];
    const slice shown =
        v.keys.texts != NULL
            ? v.keys.texts[i]
            : (slice){number, (size_t)snprintf(number, sizeof number, "%" PRId64, v.keys.numbers[i])};
    see_answer(c, item, shown);
    if (v.keys.texts != NULL) {
      st = count_value(c, item, shown, counts[i], err);
    }
  }
  free(counts);
  return st;
}

enum { NUMBER_SHOWN_BYTES = DECIMAL_SCALED_TEXT_BYTES > 64 ? DECIMAL_SCALED_TEXT_BYTES : 64 };

/* In TEXT: "12.5", or "2025-07-31" of a date, whose number is a day's. */
static slice show_number(const census_item *item, decimal number, char text[NUMBER_SHOWN_BYTES]) {
  if (item->variable->kind != VARIABLE_DATE) {
    return (slice){text, (size_t)decimal_format(decimal_normalise(number), text)};
  }
  int64_t year, month, day;
  date_to_civil(number.mantissa, &year, &month, &day);
  return (slice){
      text, (size_t)snprintf(text, NUMBER_SHOWN_BYTES, "%04d-%02d-%02d", (int)year, (int)month, (int)day)};
}

static status take_numbers(census *c, census_item *item, frame *f, error *err) {
  number_view v;
  TRY(frame_number(f, item->planned->variable, &v, err));
  for (uint32_t r = 0; r < frame_rows(f) && !item->varies; r++) {
    if (!number_is_missing(v.values[r])) {
      char text[NUMBER_SHOWN_BYTES];
      see_answer(c, item, show_number(item, (decimal){v.values[r], v.decimals}, text));
    }
  }
  return STATUS_OK;
}

static status take_set(census *c, census_item *item, frame *f, error *err) {
  set_view v;
  TRY(frame_set(f, item->planned->variable, &v, err));
  for (uint32_t k = 0; k < v.options.count; k++) {
    uint64_t chosen = 0;
    for (uint32_t r = 0; r < frame_rows(f); r++) {
      chosen += v.flags[k][r] == 1;
    }
    TRY(count_value(c, item, v.options.texts[k], chosen, err));
  }
  return STATUS_OK;
}

static status take_ids(census *c, census_item *item, frame *f, error *err) {
  (void)c;
  text_view v;
  if (!item->is_id) {
    return STATUS_OK;
  }
  TRY(frame_text(f, item->planned->variable, &v, err));
  for (uint32_t r = 0; r < frame_rows(f); r++) {
    if (v.missing[r] != 0) {
      continue;
    }
    if (!ARRAY_ROOM(item->hashes, item->hashes_count, item->hashes_capacity)) {
      return no_memory(err);
    }
    item->hashes[item->hashes_count++] = digest_xxh3(v.texts[r].bytes, v.texts[r].length);
  }
  return STATUS_OK;
}

static status (*const takers[])(census *c, census_item *item, frame *f, error *err) = {
    [FORM_CODED] = take_coded, [FORM_NUMBER] = take_numbers, [FORM_TEXT] = take_ids, [FORM_SET] = take_set};

static status take_item(census *c, census_item *item, frame *f, error *err) {
  if (program_variable_is_mere_weight(item->variable)) {
    return STATUS_OK; /* its cells are told with the weight */
  }
  TRY(take_texts(c, item, f, err));
  return takers[program_variable_form(item->variable)](c, item, f, err);
}

static status take_all(census *c, frame *f, error *err) {
  for (uint32_t i = 0; i < c->count; i++) {
    TRY(take_item(c, &c->items[i], f, err));
  }
  return STATUS_OK;
}

/* ---- Ids that occur more than once --------------------------------------------------------------- */

static int compare_hashes(const void *left, const void *right) {
  const uint64_t a = *(const uint64_t *)left;
  const uint64_t b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* Only the hashes that occur more than once stay, each once. */
static bool keep_repeated(census *c) {
  bool has_some = false;
  for (uint32_t i = 0; i < c->count; i++) {
    census_item *item = &c->items[i];
    size_t kept = 0;
    if (item->hashes_count > 0) {
      qsort(item->hashes, item->hashes_count, sizeof item->hashes[0], compare_hashes);
    }
    for (size_t k = 1; k < item->hashes_count; k++) {
      const bool is_known = kept > 0 && item->hashes[kept - 1] == item->hashes[k];
      if (item->hashes[k] == item->hashes[k - 1] && !is_known) {
        item->hashes[kept++] = item->hashes[k];
      }
    }
    item->hashes_count = kept;
    has_some = has_some || kept > 0;
  }
  return has_some;
}

static status count_repeated(census *c, census_item *item, frame *f, error *err) {
  text_view v;
  TRY(frame_text(f, item->planned->variable, &v, err));
  for (uint32_t r = 0; r < frame_rows(f); r++) {
    const uint64_t hash = digest_xxh3(v.texts[r].bytes, v.texts[r].length);
    if (v.missing[r] != 0 ||
        bsearch(&hash, item->hashes, item->hashes_count, sizeof hash, compare_hashes) == NULL) {
      continue;
    }
    census_value *known = NULL;
    TRY(list_find(&item->twice, c->memory, v.texts[r], &known, err));
    item->twice_rows++;
    if (known != NULL) {
      known->n++;
    }
  }
  return STATUS_OK;
}

static status take_repeated(census *c, frame *f, error *err) {
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->items[i].hashes_count > 0) {
      TRY(count_repeated(c, &c->items[i], f, err));
    }
  }
  return STATUS_OK;
}

/* ---- Shards -------------------------------------------------------------------------------------- */

typedef status visitor(census *c, frame *f, error *err);

static status visit_shard(const evaluation *e, const manifest_shard *at, visitor *visit, census *c,
                          error *err) {
  store_blob blob;
  shard *open = NULL;
  frame *f = NULL;
  char hex[DIGEST_HEX_BYTES];
  stats_rows rows;
  digest_hex(&at->name, hex);
  TRY(store_get(e->shards, &at->name, &blob, err));
  status st = shard_open(blob.bytes, blob.length, hex, &open, err);
  if (st == STATUS_OK) {
    shard_rows_view(open, &rows);
    st = frame_new(e->plan->program, &rows, &f, err);
  }
  st = st == STATUS_OK ? visit(c, f, err) : st;
  frame_destroy(f);
  shard_close(open);
  store_release(&blob);
  return st;
}

static status visit_shards(const evaluation *e, visitor *visit, census *c, error *err) {
  for (uint32_t i = 0; i < e->dataset->shards_count; i++) {
    if (interrupt_requested()) {
      return error_set(err, STATUS_INTERRUPTED, "interrupted");
    }
    TRY(visit_shard(e, &e->dataset->shards[i], visit, c, err));
  }
  return STATUS_OK;
}

static status list_items(const evaluation *e, census *c, error *err) {
  const plan *p = e->plan;
  c->memory = arena_new();
  c->items = calloc((size_t)p->variables_count + 1, sizeof *c->items);
  if (c->memory == NULL || c->items == NULL) {
    return no_memory(err);
  }
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const plan_variable *planned = &p->variables[i];
    if (planned->in_codebook) {
      c->items[c->count++] = (census_item){.planned = planned,
                                           .variable = &p->program->variables[planned->variable],
                                           .is_id = spec_is_id(e->specification, planned->name)};
    }
  }
  return STATUS_OK;
}

status census_take(const evaluation *e, census *out, error *err) {
  *out = (census){.count = 0};
  status st = list_items(e, out, err);
  st = st == STATUS_OK ? visit_shards(e, take_all, out, err) : st;
  if (st == STATUS_OK && keep_repeated(out)) {
    st = visit_shards(e, take_repeated, out, err);
  }
  if (st == STATUS_OK && arena_failed(out->memory)) {
    st = no_memory(err);
  }
  if (st != STATUS_OK) {
    census_fini(out);
  }
  return st;
}

void census_fini(census *c) {
  for (uint32_t i = 0; i < c->count; i++) {
    census_item *item = &c->items[i];
    free(item->texts);
    free(item->hashes);
    hash_table_fini(&item->texts_places);
    list_fini(&item->values);
    list_fini(&item->twice);
  }
  free(c->items);
  arena_destroy(c->memory);
  *c = (census){.count = 0};
}

/* ---- Rules --------------------------------------------------------------------------------------- */

static bool is_same(slice a, slice b) {
  decimal x, y;
  return tidy_alike(a, b) ||
         (decimal_parse(a, '.', &x) && decimal_parse(b, '.', &y) && decimal_compare(x, y) == 0);
}

/* Is CELL a number of the span WANTED: "97..99", "90..", "..-1"? */
static bool is_within(slice cell, slice wanted) {
  static const char dots[] = "..";
  const char *at = memmem(wanted.bytes, wanted.length, dots, sizeof dots - 1);
  decimal number, low, high;
  if (at == NULL || !decimal_parse(cell, '.', &number)) {
    return false;
  }
  const slice before = {wanted.bytes, (size_t)(at - wanted.bytes)};
  const slice after = {at + 2, wanted.length - before.length - 2};
  const bool is_above =
      before.length == 0 || (decimal_parse(before, '.', &low) && decimal_compare(low, number) <= 0);
  const bool is_below =
      after.length == 0 || (decimal_parse(after, '.', &high) && decimal_compare(number, high) <= 0);
  return is_above && is_below;
}

/* Is WANTED the cell, or one of the answers in it? */
static bool has_text(const census_item *item, slice cell, slice wanted) {
  const char *delimiter = item->variable->delimiter;
  if (is_same(cell, wanted)) {
    return true;
  }
  while (item->variable->kind == VARIABLE_MULTI_CELL && delimiter[0] != '\0' && cell.length > 0) {
    const char *at = memmem(cell.bytes, cell.length, delimiter, strlen(delimiter));
    const size_t length = at != NULL ? (size_t)(at - cell.bytes) : cell.length;
    if (slice_equal(slice_trim((slice){cell.bytes, length}), wanted)) {
      return true;
    }
    const size_t used = at != NULL ? length + strlen(delimiter) : length;
    cell = (slice){cell.bytes + used, cell.length - used};
  }
  return false;
}

bool census_rule_is_met(const census_item *item, uint32_t rule) {
  const slice wanted = item->variable->rules[rule].text;
  const bool may_be_span = item->variable->rules[rule].missing;
  bool is_met = wanted.length == 0 || item->texts_left_out > 0;
  for (uint32_t i = 0; i < item->texts_count && !is_met; i++) {
    const slice cell = item->texts[i].text;
    is_met = has_text(item, cell, wanted) || (may_be_span && is_within(cell, wanted));
  }
  return is_met;
}

/* One pass over the shards; a second one where ids occur more than once, for their texts. */
#include "cli/census.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
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
    item->texts_left_out[told->reason == ANSWERED ? MISSING_REASONS : told->reason] += told->cells;
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

/* ---- Options ------------------------------------------------------------------------------------- */

static census_option *option_find(census_item *item, const told_option *told, uint64_t *hash) {
  *hash = digest_xxh3(told->text.bytes, told->text.length);
  hash_search search = hash_table_search(&item->options_places, *hash);
  while (hash_table_next(&search)) {
    census_option *known = &item->options[search.place];
    if (slice_equal(known->text, told->text) && known->is == told->is) {
      return known;
    }
  }
  return NULL;
}

static status add_option(census *c, census_item *item, const stats_rows *rows, const told_option *told,
                         error *err) {
  uint64_t hash = 0;
  census_option *known = option_find(item, told, &hash);
  if (known != NULL) {
    known->n += told->cells;
    return STATUS_OK;
  }
  if (item->options_count == DISTINCT_MAX) {
    item->options_left_out += told->cells;
    return STATUS_OK;
  }
  if (!ARRAY_ROOM(item->options, item->options_count, item->options_capacity) ||
      !hash_table_add(&item->options_places, hash, item->options_count)) {
    return no_memory(err);
  }
  item->options[item->options_count++] = (census_option){.text = arena_slice(c->memory, told->text),
                                                         .is = told->is,
                                                         .n = told->cells,
                                                         .file = rows->file,
                                                         .line = stats_rows_line(rows, told->first_row)};
  return arena_failed(c->memory) ? no_memory(err) : STATUS_OK;
}

static status take_options(census *c, census_item *item, frame *f, error *err) {
  const told_option *told;
  uint32_t count;
  TRY(frame_options(f, item->planned->variable, &told, &count, err));
  for (uint32_t i = 0; i < count; i++) {
    TRY(add_option(c, item, frame_source(f), &told[i], err));
  }
  return frame_rules_met(f, item->planned->variable, item->rules_met, err);
}

/* ---- Answers ------------------------------------------------------------------------------------- */

static bool is_declared(const program_variable *v, slice value) {
  for (uint32_t i = 0; i < v->keys_count; i++) {
    if (slice_equal(v->keys[i], value)) {
      return true;
    }
  }
  return false;
}

/* Of an open list that declares some. */
static bool is_undeclared(const program_variable *v, slice value) {
  return v->keys_count > 0 && !v->closed && !is_declared(v, value);
}

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
      item->undeclared += is_undeclared(item->variable, shown) ? counts[i] : 0;
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

/* Cell by cell, of a column per option. */
static void count_flags(census_item *item, const set_view *v, uint32_t rows) {
  for (uint32_t k = 0; k < v->options.count; k++) {
    for (uint32_t r = 0; r < rows; r++) {
      const uint8_t flag = v->flags[k][r];
      item->cells[flag <= 1 ? 0 : flag == SLOT_MISSING + MISSING_INVALID ? 1 : 2]++;
    }
  }
}

/* Rows that chose an option which is not declared. */
static status count_undeclared(census_item *item, const set_view *v, uint32_t rows, error *err) {
  uint8_t *has = calloc((size_t)rows + 1, 1);
  if (has == NULL) {
    return no_memory(err);
  }
  for (uint32_t k = 0; k < v->options.count; k++) {
    const uint32_t end = is_undeclared(item->variable, v->options.texts[k]) ? rows : 0;
    for (uint32_t r = 0; r < end; r++) {
      has[r] |= v->flags[k][r] == 1;
    }
  }
  for (uint32_t r = 0; r < rows; r++) {
    item->undeclared += has[r];
  }
  free(has);
  return STATUS_OK;
}

static status take_set(census *c, census_item *item, frame *f, error *err) {
  set_view v;
  const uint32_t rows = frame_rows(f);
  TRY(frame_set(f, item->planned->variable, &v, err));
  for (uint32_t k = 0; k < v.options.count; k++) {
    uint64_t chosen = 0;
    for (uint32_t r = 0; r < rows; r++) {
      chosen += v.flags[k][r] == 1;
    }
    TRY(count_value(c, item, v.options.texts[k], chosen, err));
  }
  if (item->variable->kind == VARIABLE_MULTI_FLAGS) {
    count_flags(item, &v, rows);
    return STATUS_OK;
  }
  return count_undeclared(item, &v, rows, err);
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
  TRY(take_options(c, item, f, err));
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
  c->mark = st == STATUS_OK ? rows.decimal_mark : c->mark;
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
    const size_t rules = p->program->variables[planned->variable].rules_count;
    if (planned->in_codebook) {
      c->items[c->count++] = (census_item){.planned = planned,
                                           .variable = &p->program->variables[planned->variable],
                                           .rules_met = ARENA_ARRAY(c->memory, uint8_t, rules + 1),
                                           .is_id = spec_is_id(e->specification, planned->name)};
    }
  }
  return arena_failed(c->memory) ? no_memory(err) : STATUS_OK;
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
    free(item->options);
    hash_table_fini(&item->options_places);
    list_fini(&item->values);
    list_fini(&item->twice);
  }
  free(c->items);
  arena_destroy(c->memory);
  *c = (census){.count = 0};
}

#include "specification/proposal/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/tidy.h"
#include "specification/proposal/absences.h"
#include "specification/proposal/dates.h"
#include "specification/proposal/numerals.h"
#include "specification/reason_words.h"
#include "store/shard.h"

enum { ROOM_BYTES = 64 << 10 };

uint64_t facts_answers(const column_facts *c) {
  return c->rows - c->blank - c->absent;
}

uint32_t facts_distinct(const column_facts *c) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->texts_count; i++) {
    count += c->texts[i].reason == NULL;
  }
  return count;
}

/* ---- Texts --------------------------------------------------------------------------------------- */

static fact_text *find_text(column_facts *c, slice text, uint64_t hash) {
  hash_search s = hash_table_search(&c->places, hash);
  while (hash_table_next(&s)) {
    fact_text *t = &c->texts[s.place];
    if (t->hash == hash && (t->text.length == 0 || slice_equal(t->text, text))) {
      return t;
    }
  }
  return NULL;
}

bool facts_is_code(slice text, const code_range *range) {
  decimal number;
  decimal bound;
  if (!range->is_range) {
    return slice_equal(text, range->low);
  }
  return decimal_parse(text, '.', &number) &&
         (range->low.length == 0 ||
          (decimal_parse(range->low, '.', &bound) && decimal_compare(number, bound) >= 0)) &&
         (range->high.length == 0 ||
          (decimal_parse(range->high, '.', &bound) && decimal_compare(number, bound) <= 0));
}

static void explain(const facts *f, const column_facts *c, fact_text *t, slice text) {
  for (uint32_t i = 0; i < c->codes->missing_count; i++) {
    if (facts_is_code(text, &c->codes->missing[i])) {
      *t = (fact_text){
          .hash = t->hash, .count = t->count, .reason = "other", .is_sure = true, .is_platforms = true};
      return;
    }
  }
  for (size_t i = 0; f->platform != NULL && f->platform->missing[i].code != NULL; i++) {
    if (slice_equal(text, slice_of(f->platform->missing[i].code))) {
      t->reason = f->platform->missing[i].reason;
      t->is_sure = true;
      t->is_platforms = true;
      return;
    }
  }
  missing_reason labelled;
  for (uint32_t i = 0; i < c->codes->values_count; i++) {
    const code_label *v = &c->codes->values[i];
    if (slice_equal(v->code, text) && reason_is_label(v->label, &labelled)) {
      t->reason = missing_name(labelled);
      return;
    }
  }
  const absence *known = absence_of(text);
  if (known != NULL) {
    t->reason = known->reason;
    t->is_sure = known->is_sure;
  }
}

/* *IS_ABSENT: the text is not an answer.  False: out of memory. */
static bool count_text(facts *f, column_facts *c, slice text, uint64_t count, bool *is_absent) {
  const uint64_t hash = digest_xxh3(text.bytes, text.length);
  fact_text *known = find_text(c, text, hash);
  if (known != NULL) {
    known->count += count;
    c->repeats = c->repeats || known->reason == NULL;
    *is_absent = known->reason != NULL;
    return true;
  }
  fact_text t = {.hash = hash, .count = count};
  explain(f, c, &t, text);
  *is_absent = t.reason != NULL;
  c->repeats = c->repeats || (count > 1 && t.reason == NULL) || c->texts_count >= FACTS_UNIQUE_MAX;
  const bool is_kept = c->texts_count < FACTS_TEXTS_MAX || t.reason != NULL;
  c->many = c->many || !is_kept;
  if (!is_kept && c->repeats) {
    return true;
  }
  if (is_kept) {
    t.text = arena_slice(f->memory, text);
  }
  if (arena_failed(f->memory) || !ARRAY_ROOM(c->texts, c->texts_count, c->texts_capacity) ||
      !hash_table_add(&c->places, hash, c->texts_count)) {
    return false;
  }
  c->texts[c->texts_count++] = t;
  return true;
}

/* ---- Forms --------------------------------------------------------------------------------------- */

static void take_dates(column_facts *c, slice text, bool is_number, uint64_t count) {
  const uint64_t formats = c->no_dates ? 0 : date_ways_of(text, is_number);
  if (formats == 0) {
    c->no_dates = true;
    c->dates_count = 0;
    return;
  }
  for (uint32_t i = 0; i < c->dates_count; i++) {
    if (c->dates[i].formats == formats) {
      c->dates[i].count += count;
      return;
    }
  }
  /* If a column has more sets of dates than are kept, no few formats would read them all. */
  const bool is_full = c->dates_count == FACTS_DATE_SETS;
  date_set *set = &c->dates[is_full ? FACTS_DATE_SETS - 1 : c->dates_count];
  *set = is_full ? (date_set){0, set->count + count} : (date_set){formats, count};
  c->dates_count += !is_full;
}

static void take_dress(column_facts *c, const numeral *n, uint64_t count) {
  const bool suits = (n->prefix[0] == '\0' || c->prefix[0] == '\0' || strcmp(n->prefix, c->prefix) == 0) &&
                     (n->suffix[0] == '\0' || c->suffix[0] == '\0' || strcmp(n->suffix, c->suffix) == 0);
  if (n->dressed && suits) {
    c->dressed += count;
    c->prefix = n->prefix[0] != '\0' ? n->prefix : c->prefix;
    c->suffix = n->suffix[0] != '\0' ? n->suffix : c->suffix;
    c->thousands = c->thousands || n->thousands;
  }
}

static void forget_numbers(column_facts *c) {
  c->no_numbers = true;
  c->plain = c->comma = c->whole = c->padded = c->lengthy = c->leading = c->dressed = 0;
}

/* Whether TEXT is a number as it stands. */
static bool take_number(column_facts *c, slice text, uint64_t count) {
  numeral n;
  if (c->no_numbers) {
    return false;
  }
  numeral_read(text, &n);
  if (!n.plain && !n.comma && !n.dressed && !n.leading) {
    forget_numbers(c);
    return false;
  }
  c->plain += n.plain ? count : 0;
  c->comma += n.comma ? count : 0;
  c->whole += n.whole ? count : 0;
  c->padded += n.padded ? count : 0;
  c->lengthy += n.lengthy ? count : 0;
  c->leading += n.leading ? count : 0;
  c->has_fraction = c->has_fraction || n.has_fraction;
  take_dress(c, &n, count);
  c->low = !c->any_number || decimal_compare(n.value, c->low) < 0 ? n.value : c->low;
  c->high = !c->any_number || decimal_compare(n.value, c->high) > 0 ? n.value : c->high;
  c->any_number = true;
  return n.plain;
}

bool facts_take(facts *f, column_facts *c, slice text, uint64_t count) {
  char small[ROOM_BYTES];
  const size_t room = TIDY_GROWTH * text.length;
  char *large = room > sizeof small ? malloc(room) : NULL;
  if (room > sizeof small && large == NULL) {
    return false;
  }
  const slice tidy = tidy_text(text, large != NULL ? large : small);
  bool is_absent = false;
  bool well = true;
  if (tidy.length == 0) {
    c->blank += count;
  } else if ((well = count_text(f, c, tidy, count, &is_absent)) && is_absent) {
    c->absent += count;
  } else if (well) {
    c->bytes += tidy.length * count;
    take_dates(c, tidy, take_number(c, tidy, count), count);
  }
  free(large);
  return well;
}

/* ---- Shards -------------------------------------------------------------------------------------- */

static bool take_codes(facts *f, column_facts *c, const packed_column *p, uint32_t rows) {
  uint64_t *counts = calloc((size_t)p->texts_count + 1, sizeof *counts);
  bool well = counts != NULL;
  for (uint32_t row = 0; well && row < rows; row++) {
    counts[packed_column_code(p, row)]++;
  }
  for (uint32_t i = 0; well && i < p->texts_count; i++) {
    well = counts[i] == 0 || facts_take(f, c, p->texts[i], counts[i]);
  }
  free(counts);
  return well;
}

static bool take_cells(facts *f, column_facts *c, const packed_column *p, uint32_t rows) {
  char number[DECIMAL_SCALED_TEXT_BYTES];
  bool well = true;
  for (uint32_t row = 0; well && row < rows; row++) {
    const packed_cell cell = packed_column_cell(p, row);
    const slice text = cell.is_number
                           ? (slice){number, (size_t)decimal_format(decimal_normalise(cell.number), number)}
                           : cell.text;
    well = facts_take(f, c, text, 1);
  }
  return well;
}

static status gather_column(facts *f, shard *s, column_facts *c, error *err) {
  char *name = slice_copy(c->title);
  packed_column p;
  status st = name == NULL ? error_no_memory(err, "the columns") : shard_find(s, name, &p, err);
  free(name);
  if (st == STATUS_NOT_FOUND) {
    c->lacking = true; /* in this shard's file */
    return STATUS_OK;
  }
  TRY(st);
  const uint32_t rows = shard_rows(s);
  c->rows += rows;
  const bool well = packed_column_is_coded(&p) ? take_codes(f, c, &p, rows) : take_cells(f, c, &p, rows);
  return well ? STATUS_OK : error_no_memory(err, "the columns");
}

static status gather_shard(facts *f, store *shards, const digest *name, error *err) {
  store_blob blob;
  shard *s = NULL;
  TRY(store_get(shards, name, &blob, err));
  status st = shard_open(blob.bytes, blob.length, "a shard", &s, err);
  for (uint32_t i = 0; st == STATUS_OK && i < f->count; i++) {
    st = gather_column(f, s, &f->columns[i], err);
  }
  f->rows += st == STATUS_OK ? shard_rows(s) : 0;
  shard_close(s);
  store_release(&blob);
  return st;
}

status facts_gather(facts *f, const manifest *dataset, store *shards, error *err) {
  uint32_t first;
  uint32_t other;
  *f = (facts){.memory = arena_new(), .count = dataset->columns_count};
  f->columns = calloc((size_t)f->count + 1, sizeof *f->columns);
  if (f->memory == NULL || f->columns == NULL) {
    return error_no_memory(err, "the columns");
  }
  f->platform = platform_of_files(dataset->files, dataset->files_count, &first, &other);
  for (uint32_t i = 0; i < f->count; i++) {
    const manifest_column *column = &dataset->columns[i];
    f->columns[i] = (column_facts){.title = column->name,
                                   .label = column->label,
                                   .codes = &column->codes,
                                   .lacking = column->lacking_count > 0,
                                   .prefix = "",
                                   .suffix = ""};
  }
  for (uint32_t i = 0; i < dataset->shards_count; i++) {
    TRY(gather_shard(f, shards, &dataset->shards[i].name, err));
  }
  return STATUS_OK;
}

void facts_fini(facts *f) {
  for (uint32_t i = 0; f->columns != NULL && i < f->count; i++) {
    free(f->columns[i].texts);
    hash_table_fini(&f->columns[i].places);
  }
  free(f->columns);
  arena_destroy(f->memory);
  *f = (facts){.memory = NULL};
}

#include "specification/proposal/facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/tidy.h"
#include "specification/proposal/absences.h"
#include "specification/proposal/dates.h"
#include "specification/proposal/ladders.h"
#include "specification/proposal/numerals.h"
#include "specification/proposal/opposites.h"
#include "specification/proposal/totals.h"
#include "specification/proposal/words.h"
#include "specification/reason_words.h"
#include "store/shard.h"

enum {
  ROOM_BYTES = 64 << 10,
  STEPS_MAX = 10, /* numbers up to this may be those of a ladder's words */
};

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

/* *OUT: the text, NULL when it is not kept.  False: out of memory. */
static bool count_text(facts *f, column_facts *c, slice text, uint64_t count, fact_text **out) {
  const uint64_t hash = digest_xxh3(text.bytes, text.length);
  *out = find_text(c, text, hash);
  if (*out != NULL) {
    (*out)->count += count;
    c->repeats = c->repeats || (*out)->reason == NULL;
    return true;
  }
  fact_text t = {.hash = hash, .count = count};
  explain(f, c, &t, text);
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
  *out = &c->texts[c->texts_count++];
  **out = t;
  return true;
}

/* ---- Forms --------------------------------------------------------------------------------------- */

static void take_dates(column_facts *c, uint64_t formats, uint64_t count) {
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

static void forget_dates(column_facts *c) {
  c->no_dates = true;
  c->dates_count = 0;
}

static void take_number(column_facts *c, const numeral *n, uint64_t count) {
  c->plain += n->plain ? count : 0;
  c->comma += n->comma ? count : 0;
  c->whole += n->whole ? count : 0;
  c->padded += n->padded ? count : 0;
  c->lengthy += n->lengthy ? count : 0;
  c->leading += n->leading ? count : 0;
  c->has_fraction = c->has_fraction || n->has_fraction;
  take_dress(c, n, count);
  c->low = !c->any_number || decimal_compare(n->value, c->low) < 0 ? n->value : c->low;
  c->high = !c->any_number || decimal_compare(n->value, c->high) > 0 ? n->value : c->high;
  c->any_number = true;
}

/* Words are kept beyond FACTS_TEXTS_MAX, too, so that which ones are known does not depend on where a file is
 * cut. */
static bool keep_word(facts *f, column_facts *c, slice text, uint64_t count, fact_text **out) {
  const uint64_t hash = digest_xxh3(text.bytes, text.length);
  if (*out == NULL) {
    if (!ARRAY_ROOM(c->texts, c->texts_count, c->texts_capacity) ||
        !hash_table_add(&c->places, hash, c->texts_count)) {
      return false;
    }
    *out = &c->texts[c->texts_count++];
    **out = (fact_text){.hash = hash, .count = count};
  }
  if ((*out)->text.length == 0) {
    (*out)->text = arena_slice(f->memory, text);
  }
  return !arena_failed(f->memory);
}

/* A text without a form; KEPT may be NULL.  False: out of memory. */
static bool take_word(facts *f, column_facts *c, slice text, fact_text *kept, uint64_t count) {
  const bool is_new = kept == NULL || !kept->is_word;
  if (is_new && c->words_count == FACTS_WORDS_MAX) {
    forget_numbers(c);
    forget_dates(c);
    return true;
  }
  if (!keep_word(f, c, text, count, &kept)) {
    return false;
  }
  c->words_count += is_new;
  c->words_rows += count;
  kept->is_word = true;
  return true;
}

static bool take_form(facts *f, column_facts *c, slice text, fact_text *kept, uint64_t count) {
  numeral n = {.plain = false};
  if (c->no_numbers && c->no_dates) {
    return true;
  }
  if (!c->no_numbers) {
    numeral_read(text, &n);
  }
  const bool is_number = n.plain || n.comma || n.dressed || n.leading;
  const uint64_t formats = c->no_dates ? 0 : date_ways_of(text, n.plain, c->spans);
  if (!is_number && formats == 0) {
    return take_word(f, c, text, kept, count);
  }
  if (is_number) {
    take_number(c, &n, count);
  } else {
    forget_numbers(c);
  }
  if (formats != 0) {
    take_dates(c, formats, count);
  } else {
    forget_dates(c);
  }
  return true;
}

bool facts_take(facts *f, column_facts *c, slice text, uint64_t count) {
  char small[ROOM_BYTES];
  const size_t room = TIDY_GROWTH * text.length;
  char *large = room > sizeof small ? malloc(room) : NULL;
  if (room > sizeof small && large == NULL) {
    return false;
  }
  const slice tidy = tidy_text(text, large != NULL ? large : small);
  fact_text *kept = NULL;
  bool well = true;
  if (tidy.length == 0) {
    c->blank += count;
  } else if ((well = count_text(f, c, tidy, count, &kept)) && kept != NULL && kept->reason != NULL) {
    c->absent += count;
  } else if (well) {
    c->bytes += tidy.length * count;
    well = take_form(f, c, tidy, kept, count);
  }
  free(large);
  return well;
}

/* ---- Shards -------------------------------------------------------------------------------------- */

static bool take_codes(facts *f, column_facts *c, const packed_column *p, uint32_t index, uint32_t rows) {
  uint64_t *counts = calloc((size_t)p->texts_count + 1, sizeof *counts);
  bool well = counts != NULL;
  for (uint32_t row = 0; well && row < rows; row++) {
    counts[packed_column_code(p, row)]++;
  }
  for (uint32_t i = 0; well && i < f->totals_count; i++) {
    if (f->totals[i].shard == index) {
      counts[packed_column_code(p, f->totals[i].row)]--;
    }
  }
  for (uint32_t i = 0; well && i < p->texts_count; i++) {
    well = counts[i] == 0 || facts_take(f, c, p->texts[i], counts[i]);
  }
  free(counts);
  return well;
}

static bool take_cells(facts *f, column_facts *c, const packed_column *p, uint32_t index, uint32_t rows) {
  char number[DECIMAL_SCALED_TEXT_BYTES];
  bool well = true;
  for (uint32_t row = 0; well && row < rows; row++) {
    if (f->totals_count > 0 && totals_have(f, index, row)) {
      continue;
    }
    const packed_cell cell = packed_column_cell(p, row);
    const slice text = cell.is_number
                           ? (slice){number, (size_t)decimal_format(decimal_normalise(cell.number), number)}
                           : cell.text;
    well = facts_take(f, c, text, 1);
  }
  return well;
}

static uint32_t totals_in(const facts *f, uint32_t index) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < f->totals_count; i++) {
    count += f->totals[i].shard == index;
  }
  return count;
}

static status gather_column(facts *f, shard *s, uint32_t index, column_facts *c, error *err) {
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
  c->rows += rows - totals_in(f, index);
  const bool well =
      packed_column_is_coded(&p) ? take_codes(f, c, &p, index, rows) : take_cells(f, c, &p, index, rows);
  return well ? STATUS_OK : error_no_memory(err, "the columns");
}

static status gather_shard(facts *f, store *shards, uint32_t index, const digest *name, error *err) {
  store_blob blob;
  shard *s = NULL;
  TRY(store_get(shards, name, &blob, err));
  status st = shard_open(blob.bytes, blob.length, "a shard", &s, err);
  for (uint32_t i = 0; st == STATUS_OK && i < f->count; i++) {
    st = gather_column(f, s, index, &f->columns[i], err);
  }
  f->rows += st == STATUS_OK ? shard_rows(s) - totals_in(f, index) : 0;
  shard_close(s);
  store_release(&blob);
  return st;
}

void facts_answer_after_all(column_facts *c, fact_text *t) {
  t->reason = NULL;
  c->absent -= t->count;
  c->bytes += t->text.length * t->count;
  c->repeats = c->repeats || t->count > 1;
}

/* "yes" or "False" beside 1 and 0. */
static bool has_mark_word(const column_facts *c) {
  bool any = false;
  for (uint32_t i = 0; i < c->texts_count && !any; i++) {
    char room[WORD_BYTES];
    const slice word = c->texts[i].is_word ? words_fold(c->texts[i].text, room) : (slice){"", 0};
    for (size_t k = 0; word.length > 0 && words_mark_at(k) != NULL && !any; k++) {
      const word_mark *mark = words_mark_at(k);
      any = slice_equal(word, slice_of(mark->chosen)) || slice_equal(word, slice_of(mark->not_chosen));
    }
  }
  return any;
}

/* "very satisfied" beside 4 and 3. */
static bool has_step_word(const column_facts *c) {
  bool any = false;
  const decimal most = {STEPS_MAX, 0};
  for (uint32_t i = 0; i < c->texts_count && !any; i++) {
    for (uint32_t k = 0; c->texts[i].is_word && ladder_at(k) != NULL && !any; k++) {
      any = ladder_rung(ladder_at(k), c->texts[i].text) >= 0;
    }
  }
  return any && c->any_number && c->low.mantissa >= 0 && decimal_compare(c->high, most) <= 0;
}

/* "1,3,4" beside "1" and "1,3": lists of codes. */
static bool has_list(const column_facts *c) {
  for (uint32_t i = 0; i < c->texts_count; i++) {
    const slice text = c->texts[i].is_word ? c->texts[i].text : (slice){"", 0};
    size_t digits = 0;
    size_t letters = 0;
    for (size_t k = 0; k < text.length; k++) {
      digits += isdigit((unsigned char)text.bytes[k]) != 0;
      letters += isalpha((unsigned char)text.bytes[k]) || (unsigned char)text.bytes[k] >= 0x80;
    }
    if (digits >= 2 && letters == 0) {
      return true;
    }
  }
  return false;
}

/* Few words among numbers or dates are no answers; otherwise there are no numbers, nor dates. */
static void settle_words(column_facts *c) {
  const uint64_t answers = facts_answers(c);
  const uint64_t rest = answers - c->words_rows;
  uint64_t dates = 0;
  for (uint32_t i = 0; i < c->dates_count; i++) {
    dates += c->dates[i].count;
  }
  const bool are_numbers = rest > 0 && (c->plain == rest || c->comma == rest || c->dressed == rest);
  const uint32_t forms = facts_distinct(c) - c->words_count;
  if (c->words_count == 0 || (c->no_numbers && c->no_dates)) {
    return;
  }
  if ((!are_numbers && dates != rest) || rest < c->words_rows || forms <= c->words_count ||
      has_mark_word(c) || has_step_word(c) || has_list(c)) {
    forget_numbers(c);
    forget_dates(c);
    return;
  }
  for (uint32_t i = 0; i < c->texts_count; i++) {
    fact_text *t = &c->texts[i];
    if (t->is_word) {
      t->reason = "other";
      c->bytes -= t->text.length * t->count;
    }
  }
  c->absent += c->words_rows;
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
    for (uint32_t k = 0; k < DATE_WAYS_MAX; k++) {
      f->columns[i].spans[k] = (date_span){INT32_MAX, INT32_MIN};
    }
  }
  TRY(totals_find(f, dataset, shards, err));
  for (uint32_t i = 0; i < dataset->shards_count; i++) {
    TRY(gather_shard(f, shards, i, &dataset->shards[i].name, err));
  }
  for (uint32_t i = 0; i < f->count; i++) {
    opposites_settle(&f->columns[i]);
    settle_words(&f->columns[i]);
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

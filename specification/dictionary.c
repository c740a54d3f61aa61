/* The dictionary of the data as the codebook's default.
 *
 * An entry is read as if it had the settings that the file's own dictionary has for its column, but for those
 * that it has itself: a declared setting takes the place of the file's as a whole.  So no reader of an entry
 * knows of dictionaries.  What was taken is noted, and told in the report.
 *
 * 1. `missing`: the codes and ranges that the file declares, each with the reason that its label gives.
 * 2. A scale's `range`: from the lowest to the highest whole code with a label that is not missing.  A code
 * beyond these whose label is a word for no answer ("Don't know") is missing as well.
 * 3. `values`: the labels of what can be an answer.
 * 4. A date's `format`: that of its cells.
 * 5. A multiple choice that names no columns: those of the file's multiple-response set of that name. */
#include "specification/dictionary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "specification/codebook.h"
#include "specification/node_build.h"
#include "specification/reason_words.h"

enum { ADDED_MAX = 6, MISSING_TAKEN_MAX = 900, LABEL_BYTES_MAX = 1000 };

typedef struct taking {
  compilation *c;
  symbol *s;
  const column_codes *codes;
  node *body; /* the entry's, with what is taken */
  place at;   /* that messages about it name */
} taking;

/* ---- Nodes ------------------------------------------------------------------------------------------ */

static bool wants(const taking *t, const char *key) {
  return node_get(t->body, key) == NULL;
}

static void add(taking *t, const char *key, node *item, plan_taken what) {
  node *name = node_new_text(t->c->memory, slice_of(key), t->at);
  if (name != NULL && item != NULL) {
    node_put(t->body, name, item);
    t->s->taken |= 1U << what;
  }
}

/* A label as the page could have it: on one line, not too long, not invisible. */
static slice readable(const taking *t, slice label) {
  const slice cut = text_cut(slice_trim(label), LABEL_BYTES_MAX);
  char *copy = arena_copy(t->c->memory, cut);
  size_t length = 0;
  for (size_t i = 0; copy != NULL && i < cut.length; i++) {
    const bool is_control = (uint8_t)copy[i] < 0x20 || copy[i] == 0x7f;
    copy[length++] = is_control ? ' ' : copy[i];
  }
  const slice text = {copy != NULL ? copy : "", length};
  return text_harmless(text) == text.length && !slice_is_invisible(text) ? text : (slice){"", 0};
}

/* ---- What is missing -------------------------------------------------------------------------------- */

static bool is_same(slice a, slice b) {
  return slice_equal(a, b) || decimal_equal_texts(slice_trim(a), '.', slice_trim(b), '.');
}

static bool is_within(const code_range *r, slice code) {
  decimal number;
  decimal end;
  if (!r->is_range) {
    return is_same(r->low, code);
  }
  return decimal_parse_scaled(code, '.', &number) &&
         (r->low.length == 0 ||
          (decimal_parse_scaled(r->low, '.', &end) && decimal_compare(end, number) <= 0)) &&
         (r->high.length == 0 ||
          (decimal_parse_scaled(r->high, '.', &end) && decimal_compare(number, end) <= 0));
}

static bool is_missing(const taking *t, slice code) {
  const node *declared = node_get(t->s->body, "missing");
  bool found = false;
  for (uint32_t i = 0; declared != NULL && !found && i < declared->count; i++) {
    const node *n = declared->kind == NODE_MAP ? declared->keys[i] : declared->items[i];
    found = n->kind == NODE_TEXT && is_same(n->text, code);
  }
  for (uint32_t i = 0; declared == NULL && !found && i < t->codes->missing_count; i++) {
    found = is_within(&t->codes->missing[i], code);
  }
  return found;
}

static slice label_of(const taking *t, slice code) {
  for (uint32_t i = 0; i < t->codes->values_count; i++) {
    if (is_same(t->codes->values[i].code, code)) {
      return t->codes->values[i].label;
    }
  }
  return (slice){"", 0};
}

static void put_missing(const taking *t, node *map, slice code, missing_reason reason) {
  const char *name = missing_name(reason);
  for (uint32_t i = 0; i < map->count; i++) {
    if (is_same(map->keys[i]->text, code)) {
      return;
    }
  }
  if (map->count < MISSING_TAKEN_MAX) {
    (void)node_put_text(t->c->memory, map, code, slice_of(name), t->at);
  }
}

/* "90..99", "90..", "..-1" */
static slice range_text(const taking *t, const code_range *r) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "%.*s..%.*s", SLICE_ARG(r->low), SLICE_ARG(r->high));
  const slice copy = arena_slice(t->c->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

/* ENDS: codes beyond a scale's range whose labels are words for no answer. */
static void take_missing(taking *t, const code_label *const *ends, uint32_t ends_count) {
  const column_codes *codes = t->codes;
  if (!wants(t, "missing") || codes->missing_count + ends_count == 0) {
    return;
  }
  const uint64_t most = (uint64_t)codes->missing_count + codes->values_count + ends_count;
  node *map = node_new_map(t->c->memory, most < MISSING_TAKEN_MAX ? (size_t)most : MISSING_TAKEN_MAX, t->at);
  if (map == NULL) {
    return;
  }
  for (uint32_t i = 0; i < codes->missing_count; i++) {
    const code_range *r = &codes->missing[i];
    for (uint32_t k = 0; r->is_range && k < codes->values_count; k++) {
      if (is_within(r, codes->values[k].code)) {
        put_missing(t, map, codes->values[k].code, reason_of_label(codes->values[k].label));
      }
    }
    if (r->is_range) {
      put_missing(t, map, range_text(t, r), MISSING_OTHER);
    } else {
      put_missing(t, map, r->low, reason_of_label(label_of(t, r->low)));
    }
  }
  for (uint32_t i = 0; i < ends_count; i++) {
    put_missing(t, map, ends[i]->code, reason_of_label(ends[i]->label));
  }
  add(t, "missing", map, PLAN_TAKEN_MISSING);
}

/* ---- Scales ----------------------------------------------------------------------------------------- */

/* The labelled codes that can be answers of a scale. */
typedef struct scale_codes {
  int64_t low, high;
  bool has_low; /* both are known */
} scale_codes;

static bool is_answer(const taking *t, const code_label *v, int64_t *number) {
  return whole_parse(v->code, number) && !is_missing(t, v->code);
}

static scale_codes find_range(const taking *t) {
  scale_codes found = {0};
  missing_reason reason;
  int64_t number;
  for (uint32_t i = 0; i < t->codes->values_count; i++) {
    const code_label *v = &t->codes->values[i];
    if (is_answer(t, v, &number) && !reason_is_label(v->label, &reason)) {
      found.low = !found.has_low || number < found.low ? number : found.low;
      found.high = !found.has_low || number > found.high ? number : found.high;
      found.has_low = true;
    }
  }
  found.has_low = found.has_low && found.low < found.high;
  return found;
}

static scale_codes declared_range(const taking *t) {
  const node *n = node_get(t->body, "range");
  scale_codes found = {0};
  found.has_low = n != NULL && n->kind == NODE_LIST && n->count == 2 &&
                  whole_parse(n->items[0]->text, &found.low) && whole_parse(n->items[1]->text, &found.high);
  return found;
}

static void take_range(taking *t, const scale_codes *found) {
  char text[2][24];
  node *list = node_new_list(t->c->memory, 2, t->at);
  const int64_t ends[2] = {found->low, found->high};
  for (int i = 0; list != NULL && i < 2; i++) {
    const int length = snprintf(text[i], sizeof text[i], "%lld", (long long)ends[i]);
    node *end = node_new_text(t->c->memory, (slice){text[i], (size_t)length}, t->at);
    if (end == NULL) {
      return;
    }
    node_push(list, end);
  }
  add(t, "range", list, PLAN_TAKEN_RANGE);
}

/* Words for no answer on codes beyond the range. */
static void take_ends(taking *t, const scale_codes *range) {
  const code_label **ends =
      (const code_label **)arena_array(t->c->memory, (size_t)t->codes->values_count + 1, sizeof *ends);
  uint32_t count = 0;
  for (uint32_t i = 0; ends != NULL && i < t->codes->values_count; i++) {
    const code_label *v = &t->codes->values[i];
    missing_reason reason;
    int64_t number;
    if (range->has_low && is_answer(t, v, &number) && reason_is_label(v->label, &reason) &&
        (number < range->low || number > range->high)) {
      ends[count++] = v;
    }
  }
  take_missing(t, ends, count);
}

static int by_code(const void *left, const void *right) {
  const code_label *const *a = left;
  const code_label *const *b = right;
  const int order = slice_compare((*a)->code, (*b)->code);
  return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* The labels of answers, each code once, in the order of the file; RANGE: only those within (NULL: all). */
static void take_values(taking *t, const scale_codes *range) {
  const uint32_t most = t->codes->values_count;
  if (!wants(t, "values") || most == 0) {
    return;
  }
  const code_label **sorted =
      (const code_label **)arena_array(t->c->memory, (size_t)most + 1, sizeof *sorted);
  node *map = node_new_map(t->c->memory, most, t->at);
  if (sorted == NULL || map == NULL) {
    return;
  }
  for (uint32_t i = 0; i < most; i++) {
    sorted[i] = &t->codes->values[i];
  }
  qsort(sorted, most, sizeof sorted[0], by_code);
  for (uint32_t i = 0; i < most; i++) {
    const code_label *v = &t->codes->values[i];
    const slice label = readable(t, v->label);
    const code_label **found = bsearch(&v, sorted, most, sizeof sorted[0], by_code);
    int64_t number;
    const bool is_first = found != NULL && (found == sorted || !slice_equal(found[-1]->code, v->code));
    const bool fits = range == NULL
                          ? !is_missing(t, v->code) && v->code.length <= NAME_BYTES_MAX
                          : is_answer(t, v, &number) && number >= range->low && number <= range->high;
    if (fits && is_first && (label.length > 0 || range == NULL) && text_harmless(v->code) == v->code.length) {
      (void)node_put_text(t->c->memory, map, v->code, label.length > 0 ? label : v->code, t->at);
    }
  }
  if (map->count > 0) {
    add(t, "values", map, PLAN_TAKEN_VALUES);
  }
}

static void take_scale(taking *t) {
  scale_codes range = declared_range(t);
  if (wants(t, "range")) {
    range = find_range(t);
    if (range.has_low) {
      take_range(t, &range);
    }
  }
  take_ends(t, &range);
  if (range.has_low) {
    take_values(t, &range);
  }
}

/* ---- The other types -------------------------------------------------------------------------------- */

static void take_nominal(taking *t) {
  take_missing(t, NULL, 0);
  take_values(t, NULL);
}

static void take_codes(taking *t) {
  take_missing(t, NULL, 0);
}

static void take_date(taking *t) {
  take_missing(t, NULL, 0);
  if (wants(t, "format") && t->codes->date_format.length > 0) {
    add(t, "format", node_new_text(t->c->memory, t->codes->date_format, t->at), PLAN_TAKEN_FORMAT);
  }
}

/* ---- Multiple choice -------------------------------------------------------------------------------- */

static const code_set *find_set(const taking *t) {
  const manifest *m = t->c->header;
  for (uint32_t i = 0; i < m->sets_count; i++) {
    if (slice_equal(m->sets[i].name, slice_of(t->s->name))) {
      return &m->sets[i];
    }
  }
  return NULL;
}

/* COUNTED means chosen, every other code not; 1 and 0 mean that by themselves. */
static void take_counted(taking *t, const code_set *set) {
  const column_codes *codes = &t->c->header->columns[set->columns[0]].codes;
  node *map = node_new_map(t->c->memory, (size_t)codes->values_count + 2, t->at);
  if (map == NULL) {
    return;
  }
  if (!is_same(set->counted, slice_of("1"))) {
    (void)node_put_text(t->c->memory, map, set->counted, slice_of("1"), t->at);
    if (label_of(t, slice_of("1")).length == 0) {
      (void)node_put_text(t->c->memory, map, slice_of("1"), slice_of("0"), t->at);
    }
  }
  for (uint32_t i = 0; i < codes->values_count && i < MISSING_TAKEN_MAX; i++) {
    const slice code = codes->values[i].code;
    if (!is_same(code, set->counted) && !is_same(code, slice_of("0")) && !is_missing(t, code) &&
        node_get(map, arena_copy(t->c->memory, code)) == NULL) {
      (void)node_put_text(t->c->memory, map, code, slice_of("0"), t->at);
    }
  }
  if (map->count > 0 && wants(t, "texts")) {
    add(t, "texts", map, PLAN_TAKEN_TEXTS);
  }
}

static void take_set(taking *t, const code_set *set) {
  const manifest_column *columns = t->c->header->columns;
  node *list = node_new_list(t->c->memory, set->columns_count, t->at);
  node *labels = node_new_map(t->c->memory, set->columns_count, t->at);
  for (uint32_t i = 0; list != NULL && labels != NULL && i < set->columns_count; i++) {
    const manifest_column *column = &columns[set->columns[i]];
    const slice label = readable(t, column->label);
    node *name = node_new_text(t->c->memory, column->name, t->at);
    if (name == NULL) {
      return;
    }
    node_push(list, name);
    if (label.length > 0 && node_get(labels, name->text.bytes) == NULL) {
      (void)node_put_text(t->c->memory, labels, column->name, label, t->at);
    }
  }
  t->codes = &columns[set->columns[0]].codes;
  take_missing(t, NULL, 0);
  take_counted(t, set);
  add(t, "columns", list, PLAN_TAKEN_COLUMNS);
  if (labels != NULL && labels->count > 0 && wants(t, "values")) {
    add(t, "values", labels, PLAN_TAKEN_VALUES);
  }
  if (wants(t, "label") && readable(t, set->label).length > 0) {
    node *name = node_new_text(t->c->memory, slice_of("label"), t->at);
    node *label = node_new_text(t->c->memory, readable(t, set->label), t->at);
    if (name != NULL && label != NULL) {
      node_put(t->body, name, label);
    }
  }
}

/* The column in which the reader has joined the answers of the set, of categories, that is called like the
 * variable; NULL: there is none.  A dataset may have it without the columns of its set. */
static const manifest_column *joined_column(const taking *t) {
  buf name;
  buf_init(&name);
  buf_printf(&name, "$%s", t->s->name);
  const manifest_column *column = codebook_find_column(t->c, (slice){(const char *)name.data, name.length});
  buf_fini(&name);
  return column != NULL && column->codes.is_set ? column : NULL;
}

static void take_categories(taking *t, const manifest_column *column) {
  t->codes = &column->codes;
  add(t, "delimiter", node_new_text(t->c->memory, slice_of("|"), t->at), PLAN_TAKEN_COLUMNS);
  if (wants(t, "column")) {
    add(t, "column", node_new_text(t->c->memory, column->name, t->at), PLAN_TAKEN_COLUMNS);
  }
  take_values(t, NULL);
}

static void take_multi(taking *t) {
  if (!wants(t, "columns") || !wants(t, "delimiter")) {
    return;
  }
  const manifest_column *joined = joined_column(t);
  const code_set *set = find_set(t);
  if (joined != NULL) {
    take_categories(t, joined);
  } else if (set != NULL && set->counted.length > 0) {
    take_set(t, set);
  }
}

/* ---- Entries ---------------------------------------------------------------------------------------- */

/* The column of the entry, if it has just one and it is there; mistakes are told where the entry is read. */
static const manifest_column *column_of(compilation *c, const symbol *s) {
  const node *n = node_get(s->body, "column");
  slice name = slice_of(s->column != NULL ? s->column : s->name);
  if (n != NULL && s->column == NULL) {
    const bool was_muted = c->problems->muted;
    c->problems->muted = true;
    const bool is_named = codebook_column_name(c, n, "column", &name);
    c->problems->muted = was_muted;
    if (!is_named) {
      return NULL;
    }
  }
  return codebook_find_column(c, name);
}

static const struct {
  const char *type;
  void (*take)(taking *t);
} takers[] = {
    {"scale", take_scale}, {"nominal", take_nominal}, {"number", take_codes},
    {"date", take_date},   {"text", take_codes},      {"id", take_codes},
};

static bool begin(taking *t) {
  const node *from = t->s->body;
  t->body = node_new_map(t->c->memory, (size_t)from->count + ADDED_MAX, from->at);
  for (uint32_t i = 0; t->body != NULL && i < from->count; i++) {
    node_put(t->body, from->keys[i], from->items[i]);
  }
  if (t->body != NULL) {
    t->body->start = from->start;
  }
  return t->body != NULL;
}

bool dictionary_apply(compilation *c, symbol *s) {
  const node *type = s->body->kind == NODE_MAP ? node_get(s->body, "type") : NULL;
  taking t = {.c = c, .s = s, .at = s->key->at};
  if (c->header == NULL || type == NULL || type->kind != NODE_TEXT) {
    return true;
  }
  const manifest_column *column = column_of(c, s);
  if (!begin(&t)) {
    return false;
  }
  if (slice_equal(type->text, slice_of("multi"))) {
    take_multi(&t);
  }
  for (size_t i = 0; column != NULL && i < sizeof takers / sizeof takers[0]; i++) {
    if (slice_equal(type->text, slice_of(takers[i].type))) {
      t.codes = &column->codes;
      takers[i].take(&t);
    }
  }
  /* Also where the first file has no dictionary: what another one's says is no answer is one here. */
  if (column != NULL && (s->taken != 0 || node_get(s->body, "missing") == NULL)) {
    s->codes_differ = column->codes_differ;
  }
  if (s->taken != 0) {
    s->body = t.body;
  }
  return true;
}

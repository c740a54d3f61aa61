/* Bands and recodes: ranges of an input, each with the key that it gets. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "specification/codebook.h"
#include "specification/definitions.h"

enum { CUTS_MAX = 1000 };

/* ---- Bands ---------------------------------------------------------------------------------------- */

/* Whole numbers by their kind: keys depend neither on what the data happen to hold nor on `decimals`, which
 * says how exactly numbers are kept. */
static bool is_whole(const symbol *s) {
  return program_variable_is_numeric_coded(&s->variable);
}

static bool read_cuts(compilation *c, const symbol *s, const symbol *in, decimal **cuts, uint32_t *count) {
  const node *n = node_get(s->body, "cuts");
  if (n == NULL) {
    problem_at(c->problems, s->key->at, "bands: no cuts; add cuts: [..]");
    return false;
  }
  if (n->kind != NODE_LIST || n->count == 0 || n->count > CUTS_MAX) {
    field_expected(c, n, "cuts", "a list of 1 to %d ascending numbers", CUTS_MAX);
    return false;
  }
  *cuts = ARENA_ARRAY(c->memory, decimal, n->count);
  *count = n->count;
  bool all_well = *cuts != NULL;
  const program_variable *v = &in->variable;
  for (uint32_t i = 0; i < n->count && *cuts != NULL; i++) {
    decimal *cut = &(*cuts)[i];
    bool read = field_decimal(c, n->items[i], "cuts", cut);
    if (read && i > 0 && all_well && decimal_compare(cut[-1], *cut) >= 0) {
      field_expected(c, n->items[i], "cuts", "ascending numbers");
      read = false;
    }
    if (read && v->kind == VARIABLE_SCALE &&
        (decimal_compare(*cut, (decimal){v->low, 0}) <= 0 ||
         decimal_compare(*cut, (decimal){v->high, 0}) > 0)) {
      problem_at(c->problems, n->items[i]->at, "cuts: %s leaves a band empty; '%s' goes from %lld to %lld",
                 problem_quote(c->problems, n->items[i]->text),
                 problem_quote(c->problems, slice_of(in->name)), (long long)v->low, (long long)v->high);
      read = false;
    }
    all_well = all_well && read;
  }
  return all_well;
}

/* "<18", "18-34" or "18-<35", ">=55". */
static slice band_key(compilation *c, const decimal *low, const decimal *high, bool whole) {
  char key[3 * DECIMAL_TEXT_BYTES];
  char from[DECIMAL_TEXT_BYTES] = "";
  char to[DECIMAL_TEXT_BYTES] = "";
  bool inclusive = whole && low != NULL && high != NULL;
  if (low != NULL) {
    (void)decimal_format(*low, from);
  }
  if (high != NULL) {
    (void)decimal_format(inclusive ? (decimal){high->mantissa - 1, 0} : *high, to);
  }
  if (low == NULL) {
    (void)snprintf(key, sizeof key, "<%s", to);
  } else if (high == NULL) {
    (void)snprintf(key, sizeof key, ">=%s", from);
  } else if (inclusive && strcmp(from, to) == 0) {
    (void)snprintf(key, sizeof key, "%s", from);
  } else {
    (void)snprintf(key, sizeof key, inclusive ? "%s-%s" : "%s-<%s", from, to);
  }
  return arena_slice(c->memory, slice_of(key));
}

static bool read_names(compilation *c, const symbol *s, uint32_t count, program_range *ranges) {
  const node *n = node_get(s->body, "names");
  if (n == NULL) {
    return true;
  }
  if (n->kind != NODE_LIST || n->count != count) {
    field_expected(c, n, "names", "a list of %u names, one per band", count);
    return false;
  }
  bool all_well = true;
  for (uint32_t i = 0; i < count; i++) {
    all_well = field_name(c, n->items[i], "names", &ranges[i].key) && all_well;
    for (uint32_t k = 0; k < i && all_well; k++) {
      if (slice_equal(ranges[k].key, ranges[i].key)) {
        problem_at(c->problems, n->items[i]->at, "names: '%s' is named twice",
                   problem_quote(c->problems, n->items[i]->text));
        all_well = false;
      }
    }
  }
  return all_well;
}

static void bands_normal(compilation *c, symbol *s, const derivation *d, const symbol *in,
                         const decimal *cuts, uint32_t count) {
  json *list = json_array(c->memory);
  for (uint32_t i = 0; i < count; i++) {
    json_push(list, normal_decimal(c, cuts[i]));
  }
  s->normal = normal_definition(c, s);
  json_set_text(s->normal, d->key, in->name);
  json_set(s->normal, "cuts", list);
}

bool derived_bands(compilation *c, symbol *s, const derivation *d, const node *input) {
  const symbol *in = derived_input(c, s, d, input);
  if (in == NULL) {
    return false;
  }
  if (!symbol_is_quantity(in)) {
    return derived_refuse(c, d, input, in, "a scale, a number or a construct");
  }
  decimal *cuts;
  uint32_t count;
  if (!read_cuts(c, s, in, &cuts, &count)) {
    return false;
  }
  bool whole = is_whole(in);
  for (uint32_t i = 0; i < count; i++) {
    whole = whole && cuts[i].scale == 0;
  }
  program_range *ranges = ARENA_ARRAY(c->memory, program_range, (size_t)count + 1);
  if (ranges == NULL) {
    return false;
  }
  for (uint32_t i = 0; i <= count; i++) {
    const decimal *low = i > 0 ? &cuts[i - 1] : NULL;
    const decimal *high = i < count ? &cuts[i] : NULL;
    ranges[i].has_low = low != NULL;
    ranges[i].has_high = high != NULL;
    ranges[i].high_open = high != NULL;
    ranges[i].low = low != NULL ? *low : (decimal){0};
    ranges[i].high = high != NULL ? *high : (decimal){0};
    ranges[i].key = band_key(c, low, high, whole);
  }
  bool all_well = read_names(c, s, count + 1, ranges);
  for (uint32_t i = 0; i <= count && all_well; i++) {
    all_well = derived_add_text(c, s, ranges[i].key);
  }
  s->variable.kind = VARIABLE_RECODE;
  s->variable.keys_are_texts = true;
  s->variable.ranges = ranges;
  s->variable.ranges_count = count + 1;
  s->values_closed = true;
  bands_normal(c, s, d, in, cuts, count);
  return all_well;
}

/* ---- Recode --------------------------------------------------------------------------------------- */

typedef struct recoding {
  const symbol *in;
  bool from_texts;
  const node *map;
  const node *other; /* `else` */
  program_range *ranges;
  uint32_t count;
  size_t capacity;
} recoding;

/* "0..6", "7..", "..6", or one number. */
static bool parse_range(slice text, program_range *out) {
  size_t dots = 0;
  while (dots + 1 < text.length && !(text.bytes[dots] == '.' && text.bytes[dots + 1] == '.')) {
    dots++;
  }
  if (dots + 1 >= text.length) {
    out->has_low = out->has_high = decimal_parse(slice_trim(text), '.', &out->low);
    out->high = out->low;
    return out->has_low;
  }
  slice low = slice_trim((slice){text.bytes, dots});
  slice high = slice_trim((slice){text.bytes + dots + 2, text.length - dots - 2});
  out->has_low = low.length > 0;
  out->has_high = high.length > 0;
  return (out->has_low || out->has_high) && (!out->has_low || decimal_parse(low, '.', &out->low)) &&
         (!out->has_high || decimal_parse(high, '.', &out->high)) &&
         !(out->has_low && out->has_high && decimal_compare(out->low, out->high) > 0);
}

static bool overlap(const program_range *a, const program_range *b) {
  if (a->is_text) {
    return slice_equal(a->text, b->text);
  }
  bool a_before_b = a->has_high && b->has_low && decimal_compare(a->high, b->low) < 0;
  bool b_before_a = b->has_high && a->has_low && decimal_compare(b->high, a->low) < 0;
  return !a_before_b && !b_before_a;
}

static bool add_range(compilation *c, recoding *r, program_range range, const node *n) {
  for (uint32_t i = 0; i < r->count; i++) {
    if (overlap(&r->ranges[i], &range)) {
      problem_at(c->problems, n->at, "map: '%s' is already in the map", problem_quote(c->problems, n->text));
      return false;
    }
  }
  if (!ARRAY_ROOM_IN(c->memory, r->ranges, r->count, r->capacity)) {
    return false;
  }
  r->ranges[r->count++] = range;
  return true;
}

static bool read_source(compilation *c, recoding *r, program_range range, const node *n) {
  if (n->kind != NODE_TEXT) {
    field_expected(c, n, "map", r->from_texts ? "a text" : "a number or a range such as \"0..6\"");
    return false;
  }
  if (r->from_texts) {
    range.is_text = true;
    range.text = r->in->origin == SYMBOL_CODEBOOK ? answers_tidy(c, r->in, n->text) : n->text;
    return symbol_knows_text(c, r->in, range.text, n->at) && add_range(c, r, range, n);
  }
  if (!parse_range(n->text, &range)) {
    field_expected(c, n, "map", "a number or a range such as \"0..6\"");
    return false;
  }
  const program_variable *v = &r->in->variable;
  if (v->kind == VARIABLE_SCALE &&
      ((range.has_high && decimal_compare(range.high, (decimal){v->low, 0}) < 0) ||
       (range.has_low && decimal_compare(range.low, (decimal){v->high, 0}) > 0))) {
    problem_at(c->problems, n->at, "map: '%s' is outside the range [%lld, %lld] of '%s'",
               problem_quote(c->problems, n->text), (long long)v->low, (long long)v->high,
               problem_quote(c->problems, slice_of(r->in->name)));
    return false;
  }
  return add_range(c, r, range, n);
}

static bool add_key(compilation *c, symbol *s, const program_range *range) {
  return s->variable.keys_are_texts ? derived_add_text(c, s, range->key)
                                    : derived_add_code(c, s, range->code);
}

static bool read_map(compilation *c, symbol *s, recoding *r) {
  bool all_well = true;
  for (uint32_t i = 0; i < r->map->count; i++) {
    const node *sources = r->map->items[i];
    slice key;
    program_range range = {0};
    if (!field_name(c, r->map->keys[i], "map", &key)) {
      all_well = false;
      continue;
    }
    range.key = key;
    (void)whole_parse(key, &range.code);
    all_well = add_key(c, s, &range) && all_well;
    if (sources->kind == NODE_LIST) {
      for (uint32_t k = 0; k < sources->count; k++) {
        all_well = read_source(c, r, range, sources->items[k]) && all_well;
      }
    } else {
      all_well = read_source(c, r, range, sources) && all_well;
    }
  }
  return all_well;
}

static bool is_text(const node *n, const char *text) {
  return n != NULL && n->kind == NODE_TEXT && slice_equal(n->text, slice_of(text));
}

/* Adds the key of a value that is kept, with the label that it has in the input. */
static bool keep_key(compilation *c, symbol *s, const recoding *r, const program_range *range) {
  const uint32_t before = s->values_count;
  if (!add_key(c, s, range)) {
    return false;
  }
  for (uint32_t i = 0; s->values_count > before && i < r->in->values_count; i++) {
    const plan_value_label *old = &r->in->values[i];
    if (old->is_text ? slice_equal(old->text, range->text) : old->number == range->code && !range->is_text) {
      s->values[before].label = old->label;
    }
  }
  return true;
}

/* Texts of which nobody knows yet remain what they are; declared ones come first in reports. */
static bool keep_open(compilation *c, symbol *s, const recoding *r) {
  bool all_well = true;
  for (uint32_t i = 0; i < r->in->values_count && all_well; i++) {
    const program_range range = {
        .is_text = true, .text = r->in->values[i].text, .key = r->in->values[i].text};
    bool placed = false;
    for (uint32_t k = 0; k < r->count && !placed; k++) {
      placed = overlap(&r->ranges[k], &range);
    }
    all_well = placed || keep_key(c, s, r, &range);
  }
  s->variable.keeps_others = true;
  return all_well;
}

/* `else: keep` writes out a range for each declared value that has none yet. */
static bool keep_others(compilation *c, symbol *s, recoding *r) {
  const program_variable *v = &r->in->variable;
  if (r->from_texts && !r->in->values_closed) {
    return keep_open(c, s, r);
  }
  if (!r->from_texts && v->kind != VARIABLE_SCALE) {
    problem_at(c->problems, r->other->at, "else: keep takes a nominal variable or a scale; '%s' is %s",
               problem_quote(c->problems, slice_of(r->in->name)), symbol_kind_name(r->in));
    return false;
  }
  int64_t last = r->from_texts ? (int64_t)r->in->values_count - 1 : v->high - v->low;
  for (int64_t i = 0; i <= last; i++) {
    program_range range = {.is_text = r->from_texts};
    if (r->from_texts) {
      range.text = range.key = r->in->values[i].text;
    } else {
      char digits[DECIMAL_TEXT_BYTES];
      range.code = v->low + i;
      range.has_low = range.has_high = true;
      range.low = range.high = (decimal){range.code, 0};
      (void)decimal_format(range.low, digits);
      range.key = arena_slice(c->memory, slice_of(digits));
    }
    bool placed = false;
    for (uint32_t k = 0; k < r->count && !placed; k++) {
      placed = overlap(&r->ranges[k], &range);
    }
    if (!placed && (!add_range(c, r, range, r->other) || !keep_key(c, s, r, &range))) {
      return false;
    }
  }
  return true;
}

/* An `else` without quotes that is nearly one of its words, and no new value of the map: "kep", "Missing". */
static const char *meant_by(const recoding *r) {
  static const struct {
    const char *word;
    size_t slips;
  } words[] = {{"keep", 1}, {"missing", 2}};
  char small[16];
  const slice text = r->other->text;
  if (r->other->kind != NODE_TEXT || r->other->style != STYLE_PLAIN || text.length >= sizeof small) {
    return NULL;
  }
  for (uint32_t i = 0; i < r->map->count; i++) {
    if (slice_equal(r->map->keys[i]->text, text)) {
      return NULL;
    }
  }
  for (size_t i = 0; i < text.length; i++) {
    small[i] = (char)tolower((unsigned char)text.bytes[i]);
  }
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    const slice word = slice_of(words[i].word);
    if (text_distance((slice){small, text.length}, word, words[i].slips) <= words[i].slips) {
      return words[i].word;
    }
  }
  return NULL;
}

static bool read_else(compilation *c, symbol *s, recoding *r) {
  if (r->other == NULL || is_text(r->other, "missing")) {
    return true;
  }
  if (is_text(r->other, "keep")) {
    return keep_others(c, s, r);
  }
  program_range range = {0};
  const char *meant = meant_by(r);
  if (meant != NULL) {
    const char *shown = problem_quote(c->problems, r->other->text);
    problem_at(
        c->problems, r->other->at,
        "else: '%s' is not a new value of the map; did you mean %s? A value of that name is written in "
        "quotes: else: \"%s\"",
        shown, meant, shown);
    return false;
  }
  if (!field_name(c, r->other, "else", &range.key)) {
    return false;
  }
  (void)whole_parse(range.key, &range.code);
  s->variable.has_else = true;
  s->variable.else_key = range.key;
  s->variable.else_code = range.code;
  return add_key(c, s, &range);
}

/* Whole numbers as keys make a numeric variable; one other text makes all keys texts. */
static bool keys_are_texts(const recoding *r) {
  int64_t code;
  for (uint32_t i = 0; i < r->map->count; i++) {
    if (!whole_parse(r->map->keys[i]->text, &code)) {
      return true;
    }
  }
  if (is_text(r->other, "keep")) {
    return r->from_texts;
  }
  return r->other != NULL && !is_text(r->other, "missing") && !whole_parse(r->other->text, &code);
}

static void recode_normal(compilation *c, symbol *s, const derivation *d, const recoding *r) {
  json *map = json_array(c->memory);
  for (uint32_t i = 0; i < r->count; i++) {
    const program_range *range = &r->ranges[i];
    json *row = json_array(c->memory);
    if (range->is_text) {
      json_push(row, normal_slice(c, range->text));
    } else {
      json_push(row, range->has_low ? normal_decimal(c, range->low) : json_null(c->memory));
      json_push(row, range->has_high ? normal_decimal(c, range->high) : json_null(c->memory));
    }
    json_push(row, normal_slice(c, range->key));
    json_push(map, row);
  }
  s->normal = normal_definition(c, s);
  json_set_text(s->normal, d->key, r->in->name);
  json_set(s->normal, "map", map);
  json_set(s->normal, "else",
           s->variable.has_else       ? normal_slice(c, s->variable.else_key)
           : s->variable.keeps_others ? json_array(c->memory) /* no key is a list */
                                      : json_null(c->memory));
}

bool derived_recode(compilation *c, symbol *s, const derivation *d, const node *input) {
  recoding r = {.in = derived_input(c, s, d, input)};
  r.map = node_get(s->body, "map");
  r.other = node_get(s->body, "else");
  if (r.map == NULL) {
    problem_at(c->problems, s->key->at, "recode: no map; add map: {new value: [old values]}");
    return false;
  }
  if (r.in == NULL || !field_is_map(c, r.map, "map", "new values and the old values they replace")) {
    return false;
  }
  unsigned accepts = symbol_accepts(r.in);
  if ((accepts & ACCEPT_TEXT_CODED) == 0 && !symbol_is_quantity(r.in)) {
    return derived_refuse(c, d, input, r.in, "a nominal variable, a scale or a number");
  }
  r.from_texts = accepts == ACCEPT_TEXT_CODED;
  s->variable.kind = VARIABLE_RECODE;
  s->variable.keys_are_texts = keys_are_texts(&r);
  bool all_well = read_map(c, s, &r);
  all_well = all_well && read_else(c, s, &r);
  if (all_well && r.count > PROGRAM_RANGES_MAX) {
    problem_at(c->problems, r.map->at, "map: %u values are more than %d", r.count, PROGRAM_RANGES_MAX);
    return false;
  }
  s->variable.ranges = r.ranges;
  s->variable.ranges_count = r.count;
  s->values_closed = !s->variable.keeps_others;
  recode_normal(c, s, d, &r);
  return all_well;
}

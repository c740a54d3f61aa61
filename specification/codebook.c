/* The codebook: which columns there are and what they mean.  An entry is exact (one variable) or a
 * pattern (one variable per matching column).
 *
 * 1. An exact entry wins over a pattern whatever their order, and its columns are left out of patterns.
 * 2. Of two patterns that match a column the later one wins. */
#include "specification/codebook.h"

#include <stdlib.h>
#include <string.h>

#include "specification/dictionary.h"

enum {
  KEY_TYPE = 1 << 0,
  KEY_LABEL = 1 << 1,
  KEY_COLUMN = 1 << 2,
  KEY_MISSING = 1 << 3,
  KEY_RANGE = 1 << 4,
  KEY_TEXTS = 1 << 5,
  KEY_VALUES = 1 << 6,
  KEY_REVERSE = 1 << 7,
  KEY_CLOSED = 1 << 8,
  KEY_COLUMNS = 1 << 9,
  KEY_DELIMITER = 1 << 10,
  KEY_DECIMALS = 1 << 11,
  KEY_FORMAT = 1 << 12,
  KEY_KIND = 1 << 13,
  KEY_CHOSEN = 1 << 14,
  KEY_OPTIONAL = 1 << 15,
  KEY_THOUSANDS = 1 << 16,
  KEY_PREFIX = 1 << 17,
  KEY_SUFFIX = 1 << 18,
  KEY_LEADING = 1 << 19,
  KEY_OTHER = 1 << 20,
  KEY_NONE_IS = 1 << 21,
  KEYS_ALL = KEY_TYPE | KEY_LABEL | KEY_COLUMN | KEY_MISSING | KEY_OPTIONAL,
  KEYS_COUNT = 22,
};

/* In the order of the bits. */
static const char *const key_names[KEYS_COUNT] = {
    "type",      "label",   "column",    "missing",        "range",  "texts",   "values", "reverse",
    "closed",    "columns", "delimiter", "decimals",       "format", "kind",    "chosen", "optional",
    "thousands", "prefix",  "suffix",    "leading_number", "other",  "none_is",
};

static const codebook_type types[] = {
    {"scale", VARIABLE_SCALE, KEYS_ALL | KEY_RANGE | KEY_TEXTS | KEY_VALUES | KEY_REVERSE | KEY_LEADING,
     codebook_scale},
    {"nominal", VARIABLE_NOMINAL, KEYS_ALL | KEY_TEXTS | KEY_VALUES | KEY_CLOSED | KEY_OTHER,
     codebook_nominal},
    {"multi", VARIABLE_MULTI_CELL,
     KEYS_ALL | KEY_COLUMNS | KEY_DELIMITER | KEY_TEXTS | KEY_VALUES | KEY_CLOSED | KEY_CHOSEN | KEY_OTHER |
         KEY_NONE_IS,
     codebook_multi},
    {"ranking", VARIABLE_MULTI_CELL, KEYS_ALL | KEY_DELIMITER | KEY_TEXTS | KEY_VALUES | KEY_OTHER,
     codebook_ranking},
    {"number", VARIABLE_NUMBER,
     KEYS_ALL | KEY_DECIMALS | KEY_RANGE | KEY_TEXTS | KEY_LEADING | KEY_THOUSANDS | KEY_PREFIX | KEY_SUFFIX,
     codebook_number},
    {"date", VARIABLE_DATE, KEYS_ALL | KEY_FORMAT | KEY_RANGE, codebook_date},
    {"id", VARIABLE_TEXT, KEYS_ALL, codebook_text},
    {"text", VARIABLE_TEXT, KEYS_ALL, codebook_text},
    {"weight", VARIABLE_NUMBER, KEYS_ALL | KEY_KIND | KEY_DECIMALS, codebook_weight},
};

enum { TYPES_COUNT = sizeof types / sizeof types[0] };

static const codebook_type *type_of(compilation *c, const symbol *s) {
  const char *names[TYPES_COUNT];
  for (size_t i = 0; i < TYPES_COUNT; i++) {
    names[i] = types[i].name;
  }
  const node *n = node_get(s->body, "type");
  if (n == NULL) {
    problem_at(c->problems, s->key->at,
               "variable '%s' has no type; add one of: scale, nominal, multi, ranking, number, "
               "date, id, text, weight",
               problem_quote(c->problems, s->key->text));
    field_check_keys(c, s->body, "a variable", key_names, KEYS_COUNT);
    return NULL;
  }
  size_t index;
  return field_choice(c, n, "type", names, TYPES_COUNT, &index) ? &types[index] : NULL;
}

static bool check_keys(compilation *c, const symbol *s, const codebook_type *type) {
  const char *allowed[KEYS_COUNT];
  size_t allowed_count = 0;
  for (unsigned k = 0; k < KEYS_COUNT; k++) {
    if ((type->keys & (1U << k)) != 0) {
      allowed[allowed_count++] = key_names[k];
    }
  }
  bool all_well = true;
  for (uint32_t i = 0; i < s->body->count; i++) {
    const node *key = s->body->keys[i];
    unsigned k = 0;
    while (k < KEYS_COUNT && !slice_equal(key->text, slice_of(key_names[k]))) {
      k++;
    }
    if (k < KEYS_COUNT && (type->keys & (1U << k)) == 0) {
      problem_at(c->problems, key->at, "'%s' does not go with type %s", key_names[k], type->name);
    } else if (k == KEYS_COUNT) {
      field_unknown_key(c, s->body, i, "a variable", allowed, allowed_count);
    }
    all_well = all_well && k < KEYS_COUNT && (type->keys & (1U << k)) != 0;
  }
  return all_well;
}

/* What the file says that its column is about, for a variable to which the page gives no label. */
static void take_label(const compilation *c, const manifest_column *column, symbol *s) {
  if (column->label.length > 0 && node_get(s->body, "label") == NULL) {
    const char *text = arena_copy(c->memory, column->label);
    for (size_t i = 0; i < LANGUAGES; i++) {
      s->label.text[i] = text;
    }
  }
}

static bool read_column(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "column");
  slice name = s->column != NULL ? slice_of(s->column)
                                 : slice_of(arena_copy(c->memory, codebook_title(c, slice_of(s->name))));
  if (n != NULL && s->column == NULL && !codebook_column_name(c, n, "column", &name)) {
    return false;
  }
  s->variable.column = name.bytes;
  const manifest_column *column;
  if (!codebook_column(c, s, name, n != NULL ? n->at : s->key->at, &column)) {
    return false;
  }
  if (column != NULL) {
    take_label(c, column, s);
  }
  return true;
}

static bool read_optional(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "optional");
  return n == NULL || field_flag(c, n, "optional", &s->variable.optional);
}

static bool read_entry(compilation *c, symbol *s) {
  if (!field_is_map(c, s->body, "a variable", "its properties, such as {type: scale, range: [1, 5]}")) {
    return false;
  }
  const codebook_type *type = type_of(c, s);
  if (type == NULL) {
    return false;
  }
  s->type = type->name;
  s->variable.kind = type->kind;
  bool all_well = read_optional(c, s);
  if (type->kind != VARIABLE_MULTI_CELL || node_get(s->body, "columns") == NULL) {
    all_well = read_column(c, s) && all_well; /* first: what the column holds decides on decimals */
  }
  all_well = scale_apply_table(c, s, (type->keys & KEY_VALUES) != 0) && check_keys(c, s, type) && all_well;
  const node *label = node_get(s->body, "label");
  all_well = (label == NULL || field_label(c, label, "label", &s->label)) && all_well;
  all_well = type->read(c, s) && all_well;
  all_well = answers_missing(c, s) && answers_of_platform(c, s) && all_well;
  all_well = all_well && answers_sort(c, s);
  if (all_well) {
    s->normal = normal_codebook_entry(c, s);
  }
  return all_well;
}

bool codebook_read(compilation *c, symbol *s) {
  /* Mistakes of a name from a pattern were reported where the pattern was read. */
  bool was_muted = c->problems->muted;
  c->problems->muted = was_muted || (c->header == NULL && !slice_equal(s->key->text, slice_of(s->name)));
  bool all_well = scale_apply(c, s) && dictionary_apply(c, s) && read_entry(c, s);
  c->problems->muted = was_muted;
  return all_well;
}

/* "q_*": {column: "Q*[SQ*]"}.  A column with just that title is meant by itself. */
static bool renames(const compilation *c, const node *key, const node *body) {
  const node *column = node_get(body, "column");
  return column != NULL && column->kind == NODE_TEXT && pattern_stars(key->text) > 0 &&
         pattern_stars(column->text) > 0 && !slice_equal(key->text, column->text) &&
         (c->header == NULL || codebook_find_column(c, column->text) == NULL);
}

static bool is_pattern(const compilation *c, const node *key, const node *body) {
  const bool has_own = node_get(body, "column") != NULL || node_get(body, "columns") != NULL;
  return has_own ? renames(c, key, body) : pattern_is(key->text);
}

static int by_text(const void *left, const void *right) {
  return slice_compare(*(const slice *)left, *(const slice *)right);
}

/* Names and columns of the exact entries, sorted. */
typedef struct claims {
  slice *names;
  uint32_t count;
  size_t capacity;
} claims;

/* IS_TITLE: N is a column's title, and not only the name of a variable. */
static bool claim(compilation *c, claims *all, const node *n, bool is_title) {
  if (n == NULL || n->kind == NODE_EMPTY) {
    return true;
  }
  if (n->kind != NODE_TEXT) {
    bool done = true;
    for (uint32_t i = 0; i < n->count && done; i++) {
      done = n->items[i]->kind != NODE_TEXT || claim(c, all, n->items[i], is_title);
    }
    return done;
  }
  if (!ARRAY_ROOM_IN(c->memory, all->names, all->count, all->capacity)) {
    return false;
  }
  const slice name = codebook_by_place(c, n->text);
  all->names[all->count++] = is_title ? codebook_title(c, name) : name;
  return true;
}

/* A title, a place, or {title, nth}. */
static bool claim_column(compilation *c, claims *all, const node *n) {
  if (n == NULL || n->kind != NODE_MAP) {
    return claim(c, all, n, true);
  }
  const node *title = node_get(n, "title");
  const node *nth = node_get(n, "nth");
  int64_t number = 0;
  if (title == NULL || nth == NULL || !whole_parse(nth->text, &number)) {
    return true; /* reported where the entry is read */
  }
  const node named = {.kind = NODE_TEXT, .text = codebook_numbered_title(c, title->text, number)};
  return named.text.length > 0 && claim(c, all, &named, true);
}

static bool claim_exact(compilation *c, const node *section, claims *all) {
  for (uint32_t i = 0; i < section->count; i++) {
    const node *body = section->items[i];
    const bool is_title = node_get(body, "column") == NULL && node_get(body, "columns") == NULL;
    if (!is_pattern(c, section->keys[i], body) &&
        (!claim(c, all, section->keys[i], is_title) || !claim_column(c, all, node_get(body, "column")) ||
         !claim(c, all, node_get(body, "columns"), true))) {
      return false;
    }
  }
  if (all->count > 0) {
    qsort(all->names, all->count, sizeof all->names[0], by_text);
  }
  return true;
}

static bool is_claimed(const claims *all, slice name) {
  return all->count > 0 && bsearch(&name, all->names, all->count, sizeof name, by_text) != NULL;
}

/* Index of the pattern that a column belongs to; patterns_count: none. */
static uint32_t pattern_of(const compilation *c, slice column) {
  for (uint32_t i = c->patterns_count; i-- > 0;) {
    if (pattern_has(&c->patterns[i], column)) {
      return i;
    }
  }
  return c->patterns_count;
}

/* The columns without a variable: only they can have been meant by an unknown name. */
static bool find_free_columns(compilation *c, const claims *claimed) {
  const uint32_t count = c->header != NULL ? c->header->columns_count : 0;
  c->free_columns = (const char **)arena_array(c->memory, (size_t)count + 1, sizeof(char *));
  for (uint32_t i = 0; c->free_columns != NULL && i < count; i++) {
    const slice column = c->header->columns[i].name;
    if (!is_claimed(claimed, column) && pattern_of(c, column) == c->patterns_count) {
      c->free_columns[c->free_columns_count++] = arena_copy(c->memory, column);
    }
  }
  return !arena_failed(c->memory);
}

/* The variable of one column. */
static void declare_matched(compilation *c, const pattern *p, slice column) {
  const char *name = p->renames ? pattern_renamed(c->memory, p->key->text, p->columns, column) : NULL;
  if (p->renames && name == NULL) {
    return; /* out of memory */
  }
  const symbol *other = p->renames ? symbol_find(c, slice_of(name)) : NULL;
  if (other != NULL && other->key == p->key) {
    problem_at(c->problems, p->key->at,
               "'%s' gives the columns '%s' and '%s' one name, '%s'; write it with more *",
               problem_quote(c->problems, p->key->text), problem_quote(c->problems, slice_of(other->column)),
               problem_quote(c->problems, column), problem_quote(c->problems, slice_of(name)));
    return;
  }
  symbol *s = symbol_declare(c, SYMBOL_CODEBOOK, p->renames ? slice_of(name) : column, p->key, p->body);
  if (s != NULL) {
    s->column = p->renames ? arena_copy(c->memory, column) : NULL;
    symbol_resolve(c, s, p->key->at);
    normal_push(c, "variables", s->normal);
  }
}

static void expand(compilation *c, uint32_t index, const claims *claimed) {
  pattern *p = &c->patterns[index];
  uint32_t matched = 0;
  uint32_t lost_to = index;
  uint32_t lost = 0;
  for (uint32_t i = 0; i < c->header->columns_count; i++) {
    slice column = c->header->columns[i].name;
    const bool is_later = manifest_column_is_lacking(&c->header->columns[i], 0);
    if (is_later || c->header->columns[i].codes.is_set || !pattern_has(p, column)) {
      continue;
    }
    matched++;
    if (is_claimed(claimed, column)) {
      continue;
    }
    uint32_t owner = pattern_of(c, column);
    if (owner != index) {
      lost_to = owner;
      lost++;
      continue;
    }
    declare_matched(c, p, column);
  }
  p->is_unmatched = matched == 0;
  if (matched == 0) {
    problem_of_data(c->problems, p->key->at, "no column of %s matches '%s'", codebook_data(c),
                    problem_quote(c->problems, p->columns));
  } else if (lost == matched) {
    problem_at(
        c->problems, p->key->at,
        "every column that matches '%s' goes to the later pattern '%s'; put the more general one first",
        problem_quote(c->problems, p->key->text), problem_quote(c->problems, c->patterns[lost_to].key->text));
  }
}

/* A pattern on the page alone: its body is checked under its own name. */
static void read_pattern(compilation *c, const pattern *p) {
  if (!pattern_check(c, p)) {
    return;
  }
  symbol s = {.origin = SYMBOL_CODEBOOK, .key = p->key, .body = p->body};
  s.name = arena_copy(c->memory, p->key->text);
  s.variable.name = s.name;
  if (s.name != NULL) {
    (void)codebook_read(c, &s);
  }
}

static void read_exact(compilation *c, const node *key, const node *body) {
  slice name;
  if (!field_name(c, key, "the name of a variable", &name)) {
    return;
  }
  symbol *s = symbol_declare(c, SYMBOL_CODEBOOK, name, key, body);
  if (s != NULL) {
    symbol_resolve(c, s, key->at);
    normal_push(c, "variables", s->normal);
  }
}

static bool find_patterns(compilation *c, const node *section) {
  c->patterns = ARENA_ARRAY(c->memory, pattern, (size_t)section->count + 1);
  for (uint32_t i = 0; c->patterns != NULL && i < section->count; i++) {
    if (is_pattern(c, section->keys[i], section->items[i])) {
      c->patterns[c->patterns_count++] = pattern_of_entry(section->keys[i], section->items[i]);
    }
  }
  return c->patterns != NULL;
}

void codebook_declare(compilation *c, const node *root) {
  const node *section = node_get(root, "variables");
  if (section == NULL) {
    problem_at(c->problems, root->at,
               "no variables; add `variables:` with the columns of the data and what they mean");
    return;
  }
  if (!field_is_map(c, section, "variables", "names and their properties")) {
    return;
  }
  claims claimed = {0};
  if (section->count == 0) {
    problem_at(c->problems, section->at, "variables: expected at least one, found none");
  }
  if (!find_patterns(c, section) || !claim_exact(c, section, &claimed) || !find_free_columns(c, &claimed)) {
    return;
  }
  uint32_t next_pattern = 0;
  for (uint32_t i = 0; i < section->count; i++) {
    if (!is_pattern(c, section->keys[i], section->items[i])) {
      read_exact(c, section->keys[i], section->items[i]);
    } else if (c->header == NULL) {
      read_pattern(c, &c->patterns[next_pattern++]);
    } else {
      expand(c, next_pattern++, &claimed);
    }
  }
}

/* Choices as cells give them: which texts of a cell are options, and which were written in. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "stats/frame/state.h"

/* In exports of 问卷星 these enclose what was written in beside an option: 其他〖电话〗. */
static const slice write_in_open = {"\xe3\x80\x96", 3};
static const slice write_in_close = {"\xe3\x80\x97", 3};

static bool starts_with(slice s, slice start) {
  return s.length >= start.length && memcmp(s.bytes, start.bytes, start.length) == 0;
}

static const char *find_in(slice s, slice wanted) {
  return memmem(s.bytes, s.length, wanted.bytes, wanted.length);
}

/* ---- Options that hold the delimiter -------------------------------------------------------------- */

static int longest_first(const void *left, const void *right) {
  const slice *a = left;
  const slice *b = right;
  return a->length != b->length ? (a->length < b->length ? 1 : -1) : slice_compare(*a, *b);
}

static bool ends_with(slice s, slice end) {
  return s.length >= end.length && memcmp(s.bytes + (s.length - end.length), end.bytes, end.length) == 0;
}

/* The delimiter at the end of a trimmed cell: ";" for "; ".  Empty when the delimiter is blank. */
static slice last_delimiter(slice delimiter) {
  while (delimiter.length > 0 && delimiter.bytes[delimiter.length - 1] == ' ') {
    delimiter.length--;
  }
  return delimiter;
}

static bool add_whole(choice_reader *c, slice text, size_t *capacity) {
  const slice delimiter = slice_of(c->variable->delimiter);
  const slice last = last_delimiter(delimiter);
  if (find_in(text, delimiter) == NULL && (last.length == 0 || !ends_with(text, last))) {
    return true;
  }
  if (!ARRAY_ROOM(c->wholes, c->wholes_count, *capacity)) {
    return false;
  }
  c->wholes[c->wholes_count++] = text;
  return true;
}

static bool find_wholes(choice_reader *c) {
  const program_variable *v = c->variable;
  size_t capacity = 0;
  bool good = true;
  for (uint32_t i = 0; good && i < v->keys_count; i++) {
    good = add_whole(c, v->keys[i], &capacity);
  }
  for (uint32_t i = 0; good && i < v->rules_count; i++) {
    good = v->rules[i].missing || add_whole(c, v->rules[i].text, &capacity);
  }
  if (c->wholes_count > 1) {
    qsort(c->wholes, c->wholes_count, sizeof *c->wholes, longest_first);
  }
  return good;
}

status choice_reader_init(choice_reader *c, const program_variable *v, const cell_rules *rules, error *err) {
  *c = (choice_reader){.variable = v, .rules = rules};
  bool good = true;
  for (uint32_t i = 0; good && i < v->keys_count; i++) {
    good = text_table_add(&c->declared, v->keys[i]) != UINT32_MAX;
  }
  if (!good || (v->kind == VARIABLE_MULTI_CELL && !find_wholes(c))) {
    choice_reader_fini(c);
    return frame_no_memory(err);
  }
  return STATUS_OK;
}

void choice_reader_fini(choice_reader *c) {
  free(c->wholes);
  text_table_fini(&c->declared);
  *c = (choice_reader){0};
}

/* ---- One option after the other ------------------------------------------------------------------- */

/* The length of the option WHOLE at the start of S with the delimiter after it; 0: S begins with another. */
static size_t length_of_whole(slice s, slice whole, slice delimiter) {
  if (!starts_with(s, whole)) {
    return 0;
  }
  const slice behind = {s.bytes + whole.length, s.length - whole.length};
  size_t blanks = 0;
  while (blanks < behind.length && behind.bytes[blanks] == ' ' &&
         !starts_with((slice){behind.bytes + blanks, behind.length - blanks}, delimiter)) {
    blanks++;
  }
  const slice rest = {behind.bytes + blanks, behind.length - blanks};
  const bool is_end =
      rest.length == 0 || starts_with(rest, delimiter) || slice_equal(rest, last_delimiter(delimiter));
  return is_end ? whole.length + blanks : 0;
}

static size_t length_of_option(const choice_reader *c, slice s, slice delimiter) {
  for (uint32_t i = 0; i < c->wholes_count; i++) {
    const size_t length = length_of_whole(s, c->wholes[i], delimiter);
    if (length > 0) {
      return length;
    }
  }
  const char *at = find_in(s, delimiter);
  const slice last = last_delimiter(delimiter);
  return at != NULL ? (size_t)(at - s.bytes) : s.length - (ends_with(s, last) ? last.length : 0);
}

slice choice_next(const choice_reader *c, slice *rest) {
  const slice delimiter = slice_of(c->variable->delimiter);
  while (rest->length > 0 && rest->bytes[0] == ' ' && !starts_with(*rest, delimiter)) {
    *rest = (slice){rest->bytes + 1, rest->length - 1};
  }
  const size_t taken = length_of_option(c, *rest, delimiter);
  const slice option = slice_trim((slice){rest->bytes, taken});
  const size_t left = rest->length - taken;
  const size_t gone = taken + (left < delimiter.length ? left : delimiter.length);
  *rest = (slice){rest->bytes + gone, rest->length - gone};
  return option;
}

/* ---- What an option is ---------------------------------------------------------------------------- */

static bool is_declared(const choice_reader *c, slice text) {
  return text_table_find(&c->declared, text) != UINT32_MAX;
}

/* What precedes the written-in text at the end of TEXT; empty when there is none. */
static slice before_write_in(slice text) {
  const size_t close = write_in_close.length;
  const char *open = text.length > close ? find_in(text, write_in_open) : NULL;
  const bool is_closed =
      open != NULL && memcmp(text.bytes + (text.length - close), write_in_close.bytes, close) == 0;
  return slice_trim((slice){text.bytes, is_closed ? (size_t)(open - text.bytes) : 0});
}

static slice by_rule(const choice_reader *c, slice text) {
  const program_rule *rule = cell_rule(c->rules, text, NULL);
  if (rule == NULL || rule->missing) {
    return text;
  }
  cell_rule_decides(c->rules, rule);
  return rule->key;
}

choice_is choice_key(const choice_reader *c, slice text, bool is_ruled, slice *key) {
  const program_variable *v = c->variable;
  *key = is_ruled ? text : by_rule(c, text);
  if (is_declared(c, *key)) {
    return CHOICE_DECLARED;
  }
  if (!v->has_other) {
    return CHOICE_FREE;
  }
  const slice before = before_write_in(*key);
  const slice chosen = before.length > 0 ? by_rule(c, before) : before;
  if (chosen.length > 0 && (v->keys_count == 0 || is_declared(c, chosen))) {
    *key = chosen;
    return CHOICE_DECLARED;
  }
  *key = v->keys_count > 0 ? v->other : *key;
  return v->keys_count > 0 ? CHOICE_WRITE_IN : CHOICE_FREE;
}

uint8_t choice_flag(const program_variable *v, const cell *c) {
  if (c->missing) {
    return (uint8_t)(SLOT_MISSING + c->reason);
  }
  const decimal number = decimal_normalise(c->number);
  if (c->is_number && number.scale == 0 && (number.mantissa == 0 || number.mantissa == 1)) {
    return (uint8_t)number.mantissa;
  }
  return v->any_chosen ? 1 : SLOT_MISSING + MISSING_INVALID;
}

/* Reading values of the tree: texts, numbers, flags, labels. */
#include "specification/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "specification/yaml_slips.h"

void field_expected(compilation *c, const node *n, const char *what, const char *format, ...) {
  char expected[400];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(expected, sizeof expected, format, arguments);
  va_end(arguments);
  static const char *const found[] = {[NODE_EMPTY] = "nothing", [NODE_LIST] = "a list", [NODE_MAP] = "a map"};
  static const char *const found_empty[] = {
      [NODE_EMPTY] = "nothing", [NODE_LIST] = "an empty list", [NODE_MAP] = "an empty map"};
  if (n->kind == NODE_TEXT) {
    problem_at(c->problems, n->at, "%s: expected %s, found '%s'%s", what, expected,
               problem_quote(c->problems, n->text), yaml_slip_of_text(c->problems, n->text));
  } else {
    problem_at(c->problems, n->at, "%s: expected %s, found %s", what, expected,
               n->count > 0 ? found[n->kind] : found_empty[n->kind]);
  }
}

void field_unknown_key(compilation *c, const node *map, uint32_t index, const char *what,
                       const char *const *known, size_t known_count) {
  const node *key = map->keys[index];
  const char *advice = yaml_slip_of_key(c->problems, map, index);
  const char *shown = problem_quote(c->problems, key->text);
  if (advice[0] != '\0') {
    problem_at(c->problems, key->at, "%s: unknown key '%s'%s", what, shown, advice);
  } else {
    problem_nearest(c->problems, key->at, key->text, known, known_count, "%s: unknown key '%s'", what, shown);
  }
}

void field_check_keys(compilation *c, const node *map, const char *what, const char *const *known,
                      size_t known_count) {
  for (uint32_t i = 0; i < map->count; i++) {
    bool is_known = false;
    for (size_t k = 0; k < known_count && !is_known; k++) {
      is_known = slice_equal(map->keys[i]->text, slice_of(known[k]));
    }
    if (!is_known) {
      field_unknown_key(c, map, i, what, known, known_count);
    }
  }
}

bool field_is_map(compilation *c, const node *n, const char *what, const char *of) {
  if (n->kind == NODE_MAP) {
    return true;
  }
  field_expected(c, n, what, "a map of %s", of);
  return false;
}

bool field_text(compilation *c, const node *n, const char *what, slice *out) {
  if (n->kind != NODE_TEXT) {
    field_expected(c, n, what, "a text");
    return false;
  }
  *out = arena_slice(c->memory, n->text);
  return true;
}

bool field_name(compilation *c, const node *n, const char *what, slice *out) {
  if (n->kind != NODE_TEXT || slice_trim(n->text).length == 0) {
    field_expected(c, n, what, "a name");
    return false;
  }
  if (n->text.length > NAME_BYTES_MAX) {
    problem_at(c->problems, n->at, "%s: a name of %zu bytes is too long; at most %d", what, n->text.length,
               NAME_BYTES_MAX);
    return false;
  }
  if (memchr(n->text.bytes, '\0', n->text.length) != NULL) {
    problem_at(c->problems, n->at, "%s: a name cannot contain a zero byte", what);
    return false;
  }
  const char *copy = arena_copy(c->memory, n->text);
  *out = slice_of(copy);
  return copy != NULL;
}

bool whole_parse(slice text, int64_t *out) {
  decimal d;
  return decimal_parse(slice_trim(text), '.', &d) && (d = decimal_normalise(d)).scale == 0 &&
         (*out = d.mantissa, true);
}

bool field_whole(compilation *c, const node *n, const char *what, int64_t low, int64_t high, int64_t *out) {
  int64_t value = 0;
  if (n->kind != NODE_TEXT || !whole_parse(n->text, &value) || value < low || value > high) {
    field_expected(c, n, what, "a whole number from %lld to %lld", (long long)low, (long long)high);
    return false;
  }
  *out = value;
  return true;
}

bool field_decimal(compilation *c, const node *n, const char *what, decimal *out) {
  if (n->kind != NODE_TEXT || !decimal_parse(slice_trim(n->text), '.', out)) {
    field_expected(c, n, what, "a number");
    return false;
  }
  *out = decimal_normalise(*out);
  return true;
}

bool field_flag(compilation *c, const node *n, const char *what, bool *out) {
  if (n->kind == NODE_TEXT && slice_equal(n->text, slice_of("true"))) {
    *out = true;
    return true;
  }
  if (n->kind == NODE_TEXT && slice_equal(n->text, slice_of("false"))) {
    *out = false;
    return true;
  }
  field_expected(c, n, what, "true or false");
  return false;
}

bool field_choice(compilation *c, const node *n, const char *what, const char *const *choices, size_t count,
                  size_t *out) {
  if (n->kind != NODE_TEXT) {
    field_expected(c, n, what, "a text such as '%s'", choices[0]);
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (slice_equal(n->text, slice_of(choices[i]))) {
      *out = i;
      return true;
    }
  }
  problem_unknown(c->problems, n->at, what, n->text, choices, count);
  return false;
}

/* Texts for readers have no zero bytes: they are passed on as terminated texts. */
static const char *readable(compilation *c, const node *n, const char *what) {
  slice text;
  if (!field_text(c, n, what, &text)) {
    return NULL;
  }
  if (memchr(text.bytes, '\0', text.length) != NULL) {
    problem_at(c->problems, n->at, "%s: a text for readers cannot contain a zero byte", what);
    return NULL;
  }
  return arena_copy(c->memory, text);
}

/* A tag of another form for a language that there is: "zh-CN". */
static bool is_other_tag(compilation *c, const node *key, const char *what) {
  const char *tag = arena_copy(c->memory, key->text);
  const int index = tag != NULL ? plan_language_of(tag) : LANGUAGES;
  if (index == LANGUAGES || strcmp(tag, plan_languages[index]) == 0) {
    return false;
  }
  problem_at(c->problems, key->at, "%s: unknown key '%s'; write %s", what,
             problem_quote(c->problems, key->text), plan_languages[index]);
  return true;
}

bool field_label(compilation *c, const node *n, const char *what, plan_label *out) {
  if (n->kind == NODE_MAP) {
    bool all_well = n->count > 0;
    for (uint32_t i = 0; i < n->count; i++) {
      const slice key = n->keys[i]->text;
      bool is_known = false;
      for (size_t k = 0; k < LANGUAGES; k++) {
        is_known = is_known || slice_equal(key, slice_of(plan_languages[k]));
      }
      if (!is_known && !is_other_tag(c, n->keys[i], what)) {
        field_unknown_key(c, n, i, what, plan_languages, LANGUAGES);
      }
    }
    if (n->count == 0) {
      field_expected(c, n, what, "a text for at least one language (en, zh-Hans, zh-Hant)");
    }
    for (size_t i = 0; i < LANGUAGES; i++) {
      const node *text = node_get(n, plan_languages[i]);
      if (text != NULL) {
        out->text[i] = readable(c, text, what);
        all_well = all_well && out->text[i] != NULL;
      }
    }
    return all_well;
  }
  if (n->kind != NODE_TEXT) {
    field_expected(c, n, what, "a text, or a map of texts by language (en, zh-Hans, zh-Hant)");
    return false;
  }
  const char *text = readable(c, n, what);
  for (size_t i = 0; i < LANGUAGES; i++) {
    out->text[i] = text;
  }
  return text != NULL;
}

/* Weight, confidence, small base, seed and breakdowns. */
#include "specification/options.h"

#include <string.h>

#include "specification/lexer.h"

enum { BREAKDOWNS_MAX = 100, SMALL_BASE_MAX = 1000000000 };

static bool read_weight(compilation *c, const node *n, analysis_defaults *out) {
  slice name;
  if (!field_name(c, n, "weight", &name)) {
    return false;
  }
  out->weight = PROGRAM_NONE;
  out->weight_name = NULL;
  if (slice_equal(name, slice_of("none"))) {
    return true;
  }
  const symbol *s = symbol_use(c, name, n->at);
  if (s == NULL) {
    return false;
  }
  if (s->weight == 0) {
    problem_at(c->problems, n->at,
               "weight: '%s' is %s; declare it with type: weight, kind: sampling or frequency",
               problem_quote(c->problems, name), symbol_kind_name(s));
    return false;
  }
  out->weight = s->weight_index;
  out->weight_name = s->name;
  return true;
}

static bool read_confidence(compilation *c, const node *n, analysis_defaults *out) {
  decimal d;
  if (!field_decimal(c, n, "confidence", &d)) {
    return false;
  }
  if (d.mantissa <= 0 || decimal_compare(d, (decimal){1, 0}) >= 0) {
    field_expected(c, n, "confidence", "a share between 0 and 1, such as 0.95");
    return false;
  }
  out->confidence = (double)d.mantissa / (double)decimal_power10(d.scale);
  return true;
}

static bool read_small_base(compilation *c, const node *n, analysis_defaults *out) {
  int64_t value;
  if (!field_whole(c, n, "small_base", 0, SMALL_BASE_MAX, &value)) {
    return false;
  }
  out->small_base = (uint32_t)value;
  return true;
}

static bool read_seed(compilation *c, const node *n, analysis_defaults *out) {
  int64_t value;
  if (!field_whole(c, n, "seed", 0, INT64_MAX, &value)) {
    return false;
  }
  out->seed = (uint64_t)value;
  return true;
}

bool options_read(compilation *c, const node *map, analysis_defaults *out) {
  static const struct option {
    const char *key;
    bool (*read)(compilation *c, const node *n, analysis_defaults *out);
  } options[] = {
      {"weight", read_weight},
      {"confidence", read_confidence},
      {"small_base", read_small_base},
      {"seed", read_seed},
  };
  bool all_well = true;
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    const node *n = node_get(map, options[i].key);
    all_well = (n == NULL || options[i].read(c, n, out)) && all_well;
  }
  return all_well;
}

/* ---- Breakdowns ----------------------------------------------------------------------------------- */

/* Each option is a group; so all have to be known, and two multiple choices would be a grid of them. */
static bool take_options(compilation *c, const symbol *s, place at, const plan_breakdown *out) {
  const char *name = problem_quote(c->problems, slice_of(s->name));
  if (!s->values_closed) {
    problem_at(c->problems, at,
               "by: the options of '%s' are not all declared; add values: [..] and closed: true to it", name);
    return false;
  }
  for (uint32_t i = 0; i < out->count; i++) {
    const uint32_t other = c->plan->variables[out->variables[i]].variable;
    if (program_variable_form(&c->plan->program->variables[other]) == FORM_SET) {
      problem_at(c->problems, at, "by: '%s' is the second multiple choice; cross at most one with others",
                 name);
      return false;
    }
  }
  return true;
}

static bool take_grouping(compilation *c, const symbol *s, place at, plan_breakdown *out) {
  if (s == NULL) {
    return false;
  }
  if (symbol_accepts(s) == ACCEPT_SET) {
    if (!take_options(c, s, at, out)) {
      return false;
    }
  } else if ((symbol_accepts(s) & ACCEPT_CODED) == 0) {
    problem_at(c->problems, at,
               "by: '%s' is %s; a breakdown needs a scale, a nominal variable, a multiple choice, bands or a "
               "period",
               problem_quote(c->problems, slice_of(s->name)), symbol_kind_name(s));
    return false;
  }
  for (uint32_t i = 0; i < out->count; i++) {
    if (out->variables[i] == s->plan_index) {
      problem_at(c->problems, at, "by: '%s' is crossed with itself",
                 problem_quote(c->problems, slice_of(s->name)));
      return false;
    }
  }
  out->variables[out->count++] = s->plan_index;
  return true;
}

static bool by_grammar(compilation *c, const node *n, size_t offset, const char *found) {
  problem_at(c->problems, node_place(n, c->page, offset),
             "by: expected a name, or two or three names with * or > between them, found '%s' (write a name "
             "that is not an identifier in backquotes)",
             found);
  return false;
}

static bool read_crossed(compilation *c, const node *n, plan_breakdown *out) {
  lexer words = {.memory = c->memory, .text = n->text};
  for (bool more = true; more;) {
    token t = lexer_next(&words);
    if (t.kind != TOKEN_NAME || out->count == PROGRAM_BY_MAX) {
      return by_grammar(c, n, t.start, problem_quote(c->problems, n->text));
    }
    place at = node_place(n, c->page, t.start);
    if (!take_grouping(c, symbol_use(c, t.text, at), at, out)) {
      return false;
    }
    t = lexer_next(&words);
    more = token_is(&t, "*") || token_is(&t, ">");
    if (!more && t.kind != TOKEN_END) {
      return by_grammar(c, n, t.start, problem_quote(c->problems, n->text));
    }
  }
  return true;
}

static bool has_sign(slice text) {
  static const char nests[] = " > ";
  return memchr(text.bytes, '*', text.length) != NULL ||
         memmem(text.bytes, text.length, nests, sizeof nests - 1) != NULL;
}

/* [sex, age]: the same as "sex * age". */
static bool read_nested(compilation *c, const node *n, plan_breakdown *out) {
  if (n->count == 0 || n->count > PROGRAM_BY_MAX) {
    field_expected(c, n, "by", "at most %d names that are crossed", PROGRAM_BY_MAX);
    return false;
  }
  bool all_well = true;
  for (uint32_t i = 0; i < n->count && all_well; i++) {
    slice name;
    all_well = field_name(c, n->items[i], "by", &name) &&
               take_grouping(c, symbol_use(c, name, n->items[i]->at), n->items[i]->at, out);
  }
  return all_well;
}

static bool read_named(compilation *c, const node *n, plan_breakdown *out) {
  slice name;
  if (!field_name(c, n, "by", &name)) {
    return false;
  }
  /* The whole text as a name comes first: most names need no backquotes. */
  const bool is_whole = !has_sign(name) && symbol_find(c, name) != NULL;
  return is_whole ? take_grouping(c, symbol_use(c, name, n->at), n->at, out) : read_crossed(c, n, out);
}

static bool read_breakdown(compilation *c, const node *n, plan_analysis *out) {
  plan_breakdown breakdown = {0};
  if (!(n->kind == NODE_LIST ? read_nested(c, n, &breakdown) : read_named(c, n, &breakdown))) {
    return false;
  }
  for (uint32_t i = 0; i < out->breakdowns_count; i++) {
    const plan_breakdown *other = &out->breakdowns[i];
    if (other->count == breakdown.count &&
        memcmp(other->variables, breakdown.variables, other->count * sizeof other->variables[0]) == 0) {
      problem_at(c->problems, n->at, "by: '%s' is given twice",
                 problem_quote(c->problems, n->kind == NODE_LIST ? n->items[0]->text : n->text));
      return false;
    }
  }
  out->breakdowns[out->breakdowns_count++] = breakdown;
  return true;
}

bool breakdowns_read(compilation *c, const analysis_kind *kind, const node *map, plan_analysis *out) {
  const char *key = kind->breakdowns_also != NULL && node_get(map, kind->breakdowns_also) != NULL
                        ? kind->breakdowns_also
                        : "by";
  const node *n = node_get(map, key);
  if (n == NULL) {
    return true;
  }
  if (strcmp(key, "by") != 0 && node_get(map, "by") != NULL) {
    problem_at(c->problems, node_key(map, "by")->at, "by: is the same as '%s'; give one of the two", key);
    return false;
  }
  if (!kind->takes_breakdowns) {
    problem_at(c->problems, node_key(map, "by")->at, "%s takes no breakdowns (by)", kind->name);
    return false;
  }
  bool is_list = n->kind == NODE_LIST;
  if ((!is_list && n->kind != NODE_TEXT) || (is_list && n->count > BREAKDOWNS_MAX)) {
    field_expected(c, n, "by", "a name or a list of at most %d names", BREAKDOWNS_MAX);
    return false;
  }
  uint32_t count = is_list ? n->count : 1;
  out->breakdowns = ARENA_ARRAY(c->memory, plan_breakdown, (size_t)count + 1);
  bool all_well = out->breakdowns != NULL;
  for (uint32_t i = 0; out->breakdowns != NULL && i < count; i++) {
    all_well = read_breakdown(c, is_list ? n->items[i] : n, out) && all_well;
  }
  return all_well;
}

/* `where`: which rows an analysis uses.
 *
 *   or    := and ("or" and)*
 *   and   := not ("and" not)*
 *   not   := "not" not | "(" or ")" | "missing" "(" name ")" | "has" "(" name "," text ")" | comparison
 *   comparison := name ("==" | "!=" | "<" | "<=" | ">" | ">=") value | name ["not"] "in" "(" value, .. ")"
 *
 * The tree is written in prefix order as it is read; an "or" or "and" goes in front of its first operand
 * once the word is seen.  Logic is three-valued: a comparison with a missing answer is unknown, and a
 * row whose filter is unknown is not used (stats/program/program.h). */
#include <string.h>

#include "specification/codebook.h"
#include "specification/fields.h"
#include "specification/lexer.h"
#include "specification/slips.h"
#include "specification/where_reach.h"
#include "stats/program/date.h"

enum { WHERE_DEPTH_MAX = 32 };

typedef struct where_parser {
  compilation *c;
  const node *source;
  lexer lexer;
  token next;
  filter_node *nodes;
  uint32_t count;
  size_t capacity;
  uint32_t depth;
  bool stuck;  /* after a mistake of grammar nothing more is reported */
  bool broken; /* after any mistake there is no filter */
} where_parser;

static place place_of(const where_parser *p, size_t offset) {
  return node_place(p->source, p->c->page, offset);
}

static void advance(where_parser *p) {
  p->next = lexer_next(&p->lexer);
}

static void report_wide(where_parser *p, size_t offset, const wide_sign *wide) {
  problem_at(p->c->problems, place_of(p, offset), "where: '%s' has no meaning here; write %s", wide->shown,
             wide->meant);
  p->stuck = p->broken = true;
}

/* Grammar: what was expected at the word at hand. */
static json *stop(where_parser *p, const char *expected) {
  if (!p->stuck) {
    place at = place_of(p, p->next.start);
    slice word = {p->source->text.bytes + p->next.start, p->next.bytes};
    const char *shown = problem_quote(p->c->problems, word);
    size_t wide_at = 0;
    const slice rest = {word.bytes, p->source->text.length - p->next.start};
    const wide_sign *wide = slip_wide(text_fit(rest, text_width(word) + 2), &wide_at); /* or right after it */
    const char *meant = p->next.kind == TOKEN_NAME ? slip_of_where(word) : NULL;
    if (wide != NULL) {
      report_wide(p, p->next.start + wide_at, wide);
    } else if (p->next.kind == TOKEN_WRONG) {
      problem_at(p->c->problems, at, "where: '%s': %s", shown, p->next.text.bytes);
    } else if (p->next.kind == TOKEN_END) {
      problem_at(p->c->problems, at, "where: expected %s, found the end", expected);
    } else {
      problem_at(p->c->problems, at, "where: expected %s, found '%s'%s%s", expected, shown,
                 meant != NULL ? "; " : "", meant != NULL ? meant : "");
    }
  }
  p->stuck = p->broken = true;
  return NULL;
}

static bool accept(where_parser *p, const char *word) {
  if (!token_is(&p->next, word)) {
    return false;
  }
  advance(p);
  return true;
}

static filter_node *add_node(where_parser *p, filter_node n) {
  if (!ARRAY_ROOM_IN(p->c->memory, p->nodes, p->count, p->capacity)) {
    p->stuck = p->broken = true;
    return NULL;
  }
  p->nodes[p->count] = n;
  return &p->nodes[p->count++];
}

static bool insert_node(where_parser *p, uint32_t at, filter_node n) {
  if (add_node(p, n) == NULL) {
    return false;
  }
  memmove(&p->nodes[at + 1], &p->nodes[at], (p->count - 1 - at) * sizeof n);
  p->nodes[at] = n;
  return true;
}

/* ["word", part, ..] */
static json *clause(where_parser *p, const char *word) {
  json *list = json_array(p->c->memory);
  json_push(list, json_text(p->c->memory, slice_of(word)));
  return list;
}

static symbol *read_symbol(where_parser *p) {
  if (p->next.kind != TOKEN_NAME) {
    (void)stop(p, "the name of a variable");
    return NULL;
  }
  /* Every character beyond ASCII is a letter, and columns may have such names: "Q1（满意度）". */
  size_t wide_at = 0;
  const wide_sign *wide = slip_wide(p->next.text, &wide_at);
  if (wide != NULL && p->next.text.bytes == p->source->text.bytes + p->next.start &&
      symbol_find(p->c, p->next.text) == NULL) {
    report_wide(p, p->next.start + wide_at, wide);
    return NULL;
  }
  symbol *s = symbol_use(p->c, p->next.text, place_of(p, p->next.start));
  p->broken = p->broken || s == NULL;
  advance(p);
  return s;
}

/* ---- Values --------------------------------------------------------------------------------------- */

static bool wrong_value(where_parser *p, const token *t, const symbol *s, const char *expected) {
  slice word = {p->source->text.bytes + t->start, t->bytes};
  problem_at(p->c->problems, place_of(p, t->start), "where: '%s' is %s; expected %s, found %s",
             problem_quote(p->c->problems, slice_of(s->name)), symbol_kind_name(s), expected,
             problem_quote(p->c->problems, word));
  return false;
}

/* 2025-07-31: not a number, and no name. */
static bool unquoted_value(where_parser *p, const token *t) {
  const char *shown = problem_quote(p->c->problems, t->text);
  problem_at(p->c->problems, place_of(p, t->start), "where: put %s in quotes: '%s'", shown, shown);
  return false;
}

static bool check_code(where_parser *p, const token *t, const symbol *s, decimal number) {
  const program_variable *v = &s->variable;
  if (v->has_range) {
    return where_reaches(p->c, s, number, place_of(p, t->start));
  }
  bool known = !s->values_closed || symbol_accepts(s) != ACCEPT_NUMERIC_CODED;
  for (uint32_t i = 0; i < s->values_count && !known; i++) {
    known = decimal_compare(number, (decimal){s->values[i].number, 0}) == 0;
  }
  if (!known) {
    problem_at(p->c->problems, place_of(p, t->start), "where: %s is not a value of '%s'",
               problem_quote(p->c->problems, t->text), problem_quote(p->c->problems, slice_of(s->name)));
  }
  return known;
}

static bool read_number(where_parser *p, const token *t, const symbol *s, bool is_exact, filter_value *out) {
  if (s->variable.kind == VARIABLE_DATE) {
    const bool is_date = date_parse("%Y-%m-%d", t->text, &out->number.mantissa);
    if (is_date && t->kind != TOKEN_TEXT) {
      return unquoted_value(p, t);
    }
    return is_date ? !is_exact || where_reaches(p->c, s, out->number, place_of(p, t->start))
                   : wrong_value(p, t, s, "a date such as '2025-07-31'");
  }
  if (t->kind == TOKEN_TEXT && symbol_text_code(s, t->text, &out->number)) {
    return true;
  }
  if (!decimal_parse(slice_trim(t->text), '.', &out->number)) {
    return wrong_value(p, t, s, "a number");
  }
  out->number = decimal_normalise(out->number);
  return !is_exact || check_code(p, t, s, out->number);
}

/* EXACT: the value itself is compared, not its order. */
static bool convert_value(where_parser *p, const token *t, const symbol *s, bool is_exact,
                          filter_value *out) {
  if ((symbol_accepts(s) & ACCEPT_NUMERIC) != 0) {
    return read_number(p, t, s, is_exact, out);
  }
  decimal ignored;
  if (t->kind == TOKEN_NUMBER && !decimal_parse(t->text, '.', &ignored)) {
    return unquoted_value(p, t);
  }
  if (s->variable.kind == VARIABLE_PERIOD) {
    const char *expected = where_period_expected(s, t->text);
    if (expected != NULL) {
      return wrong_value(p, t, s, expected);
    }
  }
  out->is_text = true;
  out->text = s->origin == SYMBOL_CODEBOOK ? answers_tidy(p->c, s, t->text) : t->text;
  return !is_exact || symbol_accepts(s) == ACCEPT_TEXT ||
         symbol_knows_text(p->c, s, out->text, place_of(p, t->start));
}

static bool read_value(where_parser *p, const symbol *s, bool is_exact, filter_value *out) {
  if (p->next.kind != TOKEN_NUMBER && p->next.kind != TOKEN_TEXT) {
    (void)stop(p, p->next.kind == TOKEN_NAME ? "a number or a text in quotes" : "a value");
    return false;
  }
  token t = p->next;
  if (t.kind == TOKEN_NUMBER && (s == NULL || !symbol_is_quantity(s))) {
    t = lexer_extend(&p->lexer, &t);
  }
  advance(p);
  if (s == NULL || !convert_value(p, &t, s, is_exact, out)) {
    p->broken = true;
  }
  return true;
}

static json *value_normal(const where_parser *p, const filter_value *v) {
  return v->is_text ? normal_slice(p->c, v->text) : normal_decimal(p->c, v->number);
}

/* ---- Conditions ----------------------------------------------------------------------------------- */

static json *add_condition(where_parser *p, filter_kind kind, const char *word, const symbol *s,
                           filter_value *values, uint32_t count) {
  json *normal = clause(p, word);
  if (s == NULL) {
    return normal;
  }
  json_push(normal, json_text(p->c->memory, slice_of(s->name)));
  for (uint32_t i = 0; i < count; i++) {
    json_push(normal, value_normal(p, &values[i]));
  }
  (void)add_node(
      p,
      (filter_node){
          .kind = kind, .variable = symbol_program_index(p->c, s), .values = values, .values_count = count});
  return normal;
}

static json *read_missing(where_parser *p) {
  if (!accept(p, "(")) {
    return stop(p, "( after missing");
  }
  const symbol *s = read_symbol(p);
  if (!p->stuck && !accept(p, ")")) {
    return stop(p, ")");
  }
  return add_condition(p, FILTER_MISSING, "missing", s, NULL, 0);
}

static json *read_has(where_parser *p) {
  filter_value *option = ARENA_NEW(p->c->memory, filter_value);
  if (option == NULL || !accept(p, "(")) {
    return stop(p, "( after has");
  }
  size_t named_at = p->next.start;
  const symbol *s = read_symbol(p);
  if (s != NULL && symbol_accepts(s) != ACCEPT_SET) {
    problem_at(p->c->problems, place_of(p, named_at), "where: '%s' is %s; has(..) takes a multiple choice",
               problem_quote(p->c->problems, slice_of(s->name)), symbol_kind_name(s));
    p->broken = true;
    s = NULL;
  }
  if (!p->stuck && !accept(p, ",")) {
    return stop(p, ", and an option");
  }
  if (p->stuck || !read_value(p, s, true, option)) {
    return NULL;
  }
  if (!accept(p, ")")) {
    return stop(p, ")");
  }
  return add_condition(p, FILTER_HAS, "has", s, option, 1);
}

static json *read_in(where_parser *p, const symbol *s) {
  filter_value *values = NULL;
  uint32_t count = 0;
  size_t capacity = 0;
  if (!accept(p, "(")) {
    return stop(p, "( and a list of values");
  }
  do {
    if (!ARRAY_ROOM_IN(p->c->memory, values, count, capacity)) {
      p->stuck = p->broken = true;
      return NULL;
    }
    values[count] = (filter_value){0};
    if (!read_value(p, s, true, &values[count++])) {
      return NULL;
    }
  } while (accept(p, ","));
  if (!accept(p, ")")) {
    return stop(p, ", or )");
  }
  return add_condition(p, FILTER_IN, "in", s, values, count);
}

static const struct comparison {
  const char *sign;
  filter_kind kind;
} comparisons[] = {
    {"==", FILTER_EQ}, {"!=", FILTER_NE}, {"<", FILTER_LT},
    {"<=", FILTER_LE}, {">", FILTER_GT},  {">=", FILTER_GE},
};

static bool is_ordered(const symbol *s) {
  return (symbol_accepts(s) & ACCEPT_NUMERIC) != 0 || s->variable.kind == VARIABLE_PERIOD;
}

static json *read_comparison(where_parser *p, size_t named_at, const symbol *s) {
  for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
    if (!accept(p, comparisons[i].sign)) {
      continue;
    }
    bool is_exact = comparisons[i].kind == FILTER_EQ || comparisons[i].kind == FILTER_NE;
    filter_value *value = ARENA_NEW(p->c->memory, filter_value);
    if (s != NULL && !is_exact && !is_ordered(s)) {
      problem_at(p->c->problems, place_of(p, named_at),
                 "where: '%s' is %s, which has no order; use ==, != or in",
                 problem_quote(p->c->problems, slice_of(s->name)), symbol_kind_name(s));
      p->broken = true;
      s = NULL;
    }
    const size_t value_at = p->next.start;
    const bool was_broken = p->broken;
    p->broken = false;
    if (value == NULL || !read_value(p, s, is_exact, value)) {
      return NULL;
    }
    const bool is_impossible =
        !p->broken && s != NULL && !is_exact &&
        !where_can_hold(p->c, s, comparisons[i].sign, value->number, place_of(p, value_at));
    p->broken = p->broken || was_broken || is_impossible;
    return add_condition(p, comparisons[i].kind, comparisons[i].sign, s, value, 1);
  }
  return stop(p, "==, !=, <, <=, >, >=, in or not in");
}

static json *read_about(where_parser *p) {
  size_t named_at = p->next.start;
  const symbol *s = read_symbol(p);
  if (p->stuck) {
    return NULL;
  }
  if (s != NULL && symbol_accepts(s) == ACCEPT_SET) {
    problem_at(p->c->problems, place_of(p, named_at),
               "where: '%s' is a multiple choice; use has(%s, 'option') or missing(%s)",
               problem_quote(p->c->problems, slice_of(s->name)), s->name, s->name);
    p->broken = true;
    s = NULL;
  }
  if (accept(p, "in")) {
    return read_in(p, s);
  }
  if (!accept(p, "not")) {
    return read_comparison(p, named_at, s);
  }
  if (!accept(p, "in")) {
    return stop(p, "in after not");
  }
  json *negated = clause(p, "not");
  (void)add_node(p, (filter_node){.kind = FILTER_NOT, .children = 1});
  json_push(negated, read_in(p, s));
  return negated;
}

static json *read_or(where_parser *p);

static json *read_not(where_parser *p) {
  if (++p->depth > WHERE_DEPTH_MAX) {
    return stop(p, "no more than 32 levels of parentheses and not");
  }
  json *normal;
  if (accept(p, "not")) {
    normal = clause(p, "not");
    (void)add_node(p, (filter_node){.kind = FILTER_NOT, .children = 1});
    json_push(normal, read_not(p));
  } else if (accept(p, "(")) {
    normal = read_or(p);
    if (!p->stuck && !accept(p, ")")) {
      normal = stop(p, "and, or, or )");
    }
  } else if (accept(p, "missing")) {
    normal = read_missing(p);
  } else if (accept(p, "has")) {
    normal = read_has(p);
  } else {
    normal = read_about(p);
  }
  p->depth--;
  return normal;
}

static json *read_chain(where_parser *p, filter_kind kind, const char *word,
                        json *(*operand)(where_parser *)) {
  uint32_t first = p->count;
  json *normal = operand(p);
  if (p->stuck || !token_is(&p->next, word)) {
    return normal;
  }
  json *all = clause(p, word);
  json_push(all, normal);
  uint32_t children = 1;
  while (!p->stuck && accept(p, word)) {
    json_push(all, operand(p));
    children++;
  }
  (void)insert_node(p, first, (filter_node){.kind = kind, .children = children});
  return all;
}

static json *read_and(where_parser *p) {
  return read_chain(p, FILTER_AND, "and", read_not);
}

static json *read_or(where_parser *p) {
  return read_chain(p, FILTER_OR, "or", read_and);
}

bool where_compile(compilation *c, const node *n, uint32_t *filter, json **canonical) {
  if (n->kind != NODE_TEXT) {
    field_expected(c, n, "where", "a condition such as \"age >= 18\"");
    return false;
  }
  where_parser p = {.c = c, .source = n, .lexer = {.memory = c->memory, .text = n->text}};
  advance(&p);
  *canonical = read_or(&p);
  if (!p.stuck && p.next.kind != TOKEN_END) {
    (void)stop(&p, "and, or, or the end");
  }
  if (p.broken) {
    return false;
  }
  error err;
  program_filter built = {.nodes = p.nodes, .nodes_count = p.count};
  status st = program_add_filter(c->plan->program, &built, filter, &err);
  if (st == STATUS_NO_MEMORY) {
    c->failure = st;
  } else if (st != STATUS_OK) {
    problem_at(c->problems, n->at, "where: %s", err.message);
  }
  return st == STATUS_OK;
}

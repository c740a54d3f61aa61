/* `compute`: arithmetic over variables.
 *
 *   expression := and ("or" and)*
 *   and   := not ("and" not)*
 *   not   := "not" not | comparison
 *   comparison := sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "(" constant, .. ")"]
 *   sum   := term (("+" | "-") term)*
 *   term  := sign (("*" | "/") sign)*
 *   sign  := "-" sign | primary
 *   primary := number | text | name | name "(" expression, .. ")" | "missing" ["(" expression ")"]
 *            | "has" "(" name "," text ")" | "(" expression ")"
 *
 * Every mistake has its place inside the expression.  What is computed, and what becomes of missing answers:
 * stats/program/program.h. */
#include "specification/compute.h"

#include <stdarg.h>
#include <stdio.h>

#include "specification/codebook.h"

enum { DEPTH_MAX = 32, DIGITS_MAX = 90 };

place compute_place(const compute_parser *p, const token *t) {
  return node_place(p->source, p->c->page, t->start);
}

const char *compute_shown(const compute_parser *p, const token *t) {
  return problem_quote(p->c->problems, (slice){p->source->text.bytes + t->start, t->bytes});
}

void compute_advance(compute_parser *p) {
  p->next = lexer_next(&p->lexer);
}

operand compute_stop(compute_parser *p, const char *expected) {
  if (!p->stuck) {
    const place at = compute_place(p, &p->next);
    if (p->next.kind == TOKEN_WRONG) {
      problem_at(p->c->problems, at, "compute: '%s': %s", compute_shown(p, &p->next), p->next.text.bytes);
    } else if (p->next.kind == TOKEN_END) {
      problem_at(p->c->problems, at, "compute: expected %s, found the end", expected);
    } else {
      problem_at(p->c->problems, at, "compute: expected %s, found '%s'", expected,
                 compute_shown(p, &p->next));
    }
  }
  p->stuck = p->broken = true;
  return (operand){0};
}

operand compute_wrong(compute_parser *p, const token *at, const char *format, ...) {
  char message[700];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  if (!p->stuck) {
    problem_at(p->c->problems, compute_place(p, at), "compute: %s", message);
  }
  p->broken = true;
  return (operand){0};
}

bool compute_accept(compute_parser *p, const char *sign) {
  if (p->stuck || !token_is(&p->next, sign)) {
    return false;
  }
  compute_advance(p);
  return true;
}

void compute_emit(compute_parser *p, compute_node n) {
  if (p->count >= PROGRAM_NODES_MAX) {
    if (!p->broken) {
      (void)compute_wrong(p, &p->next, "more than %d parts; compute some of them as variables of their own",
                          PROGRAM_NODES_MAX);
    }
    p->stuck = true;
  } else if (ARRAY_ROOM_IN(p->c->memory, p->nodes, p->count, p->capacity)) {
    p->nodes[p->count++] = n;
  } else {
    p->stuck = p->broken = true;
  }
}

uint32_t compute_input_of(compute_parser *p, symbol *s) {
  for (uint32_t i = 0; i < p->inputs_count; i++) {
    if (p->inputs[i] == s) {
      return i;
    }
  }
  if (!ARRAY_ROOM_IN(p->c->memory, p->inputs, p->inputs_count, p->inputs_capacity)) {
    p->stuck = p->broken = true;
    return 0;
  }
  p->inputs[p->inputs_count] = s;
  return p->inputs_count++;
}

/* ---- Operands ------------------------------------------------------------------------------------- */

const char *compute_kind_name(const operand *o) {
  switch (o->kind) {
    case OPERAND_NUMBER:
      return "a number";
    case OPERAND_DATE:
      return "a date";
    case OPERAND_TRUTH:
      return "a condition";
    case OPERAND_TEXT:
      return "a text";
    case OPERAND_NAME:
      return symbol_kind_name(o->s);
    default:
      return "missing";
  }
}

bool compute_is(compute_parser *p, const operand *o, operand_kind kind) {
  if (o->kind == OPERAND_BROKEN) {
    return false;
  }
  if (o->kind == kind || (o->kind == OPERAND_NOTHING && kind != OPERAND_TRUTH)) {
    return true;
  }
  const operand wanted = {.kind = kind};
  const char *advice = kind == OPERAND_TRUTH && o->kind == OPERAND_NUMBER ? "; compare it: == 1"
                       : kind == OPERAND_NUMBER && o->kind == OPERAND_TRUTH
                           ? "; if(.., 1, 0) makes one of it, and count(..) counts conditions"
                           : "";
  (void)compute_wrong(p, &o->at, "expected %s, found '%s', %s%s", compute_kind_name(&wanted),
                      compute_shown(p, &o->at), compute_kind_name(o), advice);
  return false;
}

static unsigned digits_within(unsigned digits) {
  return digits < DIGITS_MAX ? digits : DIGITS_MAX;
}

static unsigned whole_digits(int64_t mantissa, unsigned decimals) {
  const uint64_t size = mantissa < 0 ? 0 - (uint64_t)mantissa : (uint64_t)mantissa;
  return decimal_magnitude_whole_digits(decimal_magnitude_of(size, decimals));
}

operand compute_variable(compute_parser *p, symbol *s, const token *at) {
  operand o = {.kind = OPERAND_NAME, .at = *at, .s = s};
  if ((symbol_accepts(s) & ACCEPT_NUMERIC) == 0) {
    return o;
  }
  const uint32_t index = symbol_program_index(p->c, s);
  const unsigned decimals = p->c->plan->program->variables[index].decimals;
  const int64_t bound = program_variable_bound(p->c->plan->program, index);
  o.kind = s->variable.kind == VARIABLE_DATE ? OPERAND_DATE : OPERAND_NUMBER;
  o.exact = true;
  o.fine = decimals;
  if (s->largest.mantissa != 0) {
    o.whole = decimal_magnitude_whole_digits(s->largest);
  } else if (bound < NUMBER_MAX) { /* nothing is known of others: their decimals are not cut for them */
    o.whole = whole_digits(bound, decimals);
  }
  compute_emit(p, (compute_node){.op = COMPUTE_INPUT, .input = compute_input_of(p, s)});
  return o;
}

static operand read_number(compute_parser *p) {
  operand o = {.kind = OPERAND_NUMBER, .at = p->next, .text = p->next.text, .exact = true};
  if (!decimal_parse(p->next.text, '.', &o.number)) {
    return compute_stop(p, "a number");
  }
  o.number = decimal_normalise(o.number);
  o.whole = whole_digits(o.number.mantissa, o.number.scale);
  o.fine = o.number.scale;
  compute_advance(p);
  compute_emit(p, (compute_node){.op = COMPUTE_CONSTANT, .number = o.number});
  return o;
}

static operand read_missing(compute_parser *p) {
  operand o = {.kind = OPERAND_NOTHING, .at = p->next, .exact = true};
  compute_advance(p);
  if (!compute_accept(p, "(")) {
    compute_emit(p, (compute_node){.op = COMPUTE_NOTHING});
    return o;
  }
  operand asked = compute_expression(p);
  if (p->stuck || !compute_accept(p, ")")) {
    return compute_stop(p, ")");
  }
  o.kind = asked.kind == OPERAND_BROKEN ? OPERAND_BROKEN : OPERAND_TRUTH;
  if (asked.kind == OPERAND_NAME) {
    compute_emit(p, (compute_node){.op = COMPUTE_INPUT_MISSING, .input = compute_input_of(p, asked.s)});
  } else if (asked.kind == OPERAND_TRUTH || asked.kind == OPERAND_TEXT) {
    return compute_wrong(p, &asked.at, "missing(..) asks whether a variable or a number is missing, not %s",
                         compute_kind_name(&asked));
  } else {
    compute_emit(p, (compute_node){.op = COMPUTE_IS_MISSING});
  }
  return o;
}

/* The symbol of the name at hand, which is passed; NULL: reported. */
static symbol *read_symbol(compute_parser *p) {
  symbol *s = symbol_use(p->c, p->next.text, compute_place(p, &p->next));
  p->broken = p->broken || s == NULL;
  compute_advance(p);
  return s;
}

static operand read_has(compute_parser *p) {
  operand o = {.kind = OPERAND_TRUTH, .at = p->next};
  compute_advance(p);
  if (!compute_accept(p, "(") || p->next.kind != TOKEN_NAME) {
    return compute_stop(p, "has(name, 'option')");
  }
  const token name = p->next;
  symbol *s = read_symbol(p);
  if (!compute_accept(p, ",") || (p->next.kind != TOKEN_TEXT && p->next.kind != TOKEN_NUMBER)) {
    return compute_stop(p, "a comma and an option in quotes");
  }
  const token option = p->next;
  compute_advance(p);
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ")");
  }
  if (s == NULL) {
    return (operand){0};
  }
  if (symbol_accepts(s) != ACCEPT_SET) {
    return compute_wrong(p, &name, "'%s' is %s; has(..) takes a multiple choice", compute_shown(p, &name),
                         symbol_kind_name(s));
  }
  const slice text = answers_tidy(p->c, s, option.text);
  if (!symbol_knows_text(p->c, s, text, compute_place(p, &option))) {
    p->broken = true;
    return (operand){0};
  }
  compute_emit(p, (compute_node){.op = COMPUTE_HAS, .input = compute_input_of(p, s), .text = text});
  return o;
}

static operand read_primary(compute_parser *p) {
  const token first = p->next;
  if (first.kind == TOKEN_NUMBER) {
    return read_number(p);
  }
  if (first.kind == TOKEN_TEXT) {
    compute_advance(p);
    return (operand){.kind = OPERAND_TEXT, .at = first, .text = first.text};
  }
  if (token_is(&first, "missing")) {
    return read_missing(p);
  }
  if (token_is(&first, "has")) {
    return read_has(p);
  }
  if (compute_accept(p, "(")) {
    operand o = compute_expression(p);
    o.s = o.kind == OPERAND_NAME ? o.s : NULL;
    return compute_accept(p, ")") ? o : compute_stop(p, "an operation or )");
  }
  if (first.kind != TOKEN_NAME) {
    return compute_stop(p, "a variable, a number or a function");
  }
  const lexer here = p->lexer;
  compute_advance(p);
  if (token_is(&p->next, "(")) {
    return compute_call(p, &first);
  }
  p->lexer = here;
  p->next = first;
  symbol *s = read_symbol(p);
  return s != NULL ? compute_variable(p, s, &first) : (operand){0};
}

/* ---- Arithmetic ----------------------------------------------------------------------------------- */

operand compute_sign(compute_parser *p) {
  const token first = p->next;
  if (!token_is(&first, "-")) {
    return read_primary(p);
  }
  if (++p->depth > DEPTH_MAX) {
    return compute_stop(p, "no more than 32 levels of parentheses, not and -");
  }
  compute_advance(p);
  operand o = compute_sign(p);
  p->depth--;
  if (!compute_is(p, &o, OPERAND_NUMBER)) {
    return (operand){0};
  }
  if (o.text.length > 0 && !p->stuck) { /* a constant remains one */
    const size_t end = o.at.start + o.at.bytes;
    o.number.mantissa = -o.number.mantissa;
    o.text = (slice){p->source->text.bytes + first.start, end - first.start};
    o.at = (token){.kind = TOKEN_NUMBER, .text = o.text, .start = first.start, .bytes = o.text.length};
    p->nodes[p->count - 1].number = o.number;
    return o;
  }
  compute_emit(p, (compute_node){.op = COMPUTE_NEGATE});
  o.kind = OPERAND_NUMBER;
  o.s = NULL;
  o.at = first;
  return o;
}

static operand multiply(const operand *a, const operand *b) {
  return (operand){.kind = OPERAND_NUMBER,
                   .at = a->at,
                   .whole = digits_within(a->whole + b->whole),
                   .fine = digits_within(a->fine + b->fine),
                   .exact = a->exact && b->exact};
}

/* n/10^f over m/10^g is n 10^g / (m 10^f), and m is at least 1. */
static operand divide(const operand *a, const operand *b) {
  return (operand){.kind = OPERAND_NUMBER,
                   .at = a->at,
                   .whole = digits_within(a->whole + b->fine),
                   .fine = digits_within(a->fine + b->whole + b->fine)};
}

static operand read_term(compute_parser *p) {
  operand all = compute_sign(p);
  while (!p->stuck && (token_is(&p->next, "*") || token_is(&p->next, "/"))) {
    const bool divides = token_is(&p->next, "/");
    compute_advance(p);
    operand other = compute_sign(p);
    const bool fits = compute_is(p, &all, OPERAND_NUMBER);
    if (!compute_is(p, &other, OPERAND_NUMBER) || !fits) {
      all = (operand){0};
      continue;
    }
    if (divides && other.text.length > 0 && other.number.mantissa == 0) {
      all = compute_wrong(p, &other.at, "division by 0");
      continue;
    }
    compute_emit(p, (compute_node){.op = divides ? COMPUTE_DIVIDE : COMPUTE_MULTIPLY});
    all = divides ? divide(&all, &other) : multiply(&all, &other);
  }
  return all;
}

/* Numbers; or dates less dates, and dates and days. */
static operand add(compute_parser *p, const operand *a, const operand *b, bool subtracts) {
  const bool has_date = a->kind == OPERAND_DATE || b->kind == OPERAND_DATE;
  operand o = {.kind = OPERAND_NUMBER, .at = a->at, .exact = a->exact && b->exact};
  if (has_date && a->kind == OPERAND_DATE && b->kind == OPERAND_DATE && !subtracts) {
    return compute_wrong(p, &b->at, "two dates cannot be added; their difference is days: days(from, to)");
  }
  if (has_date && a->kind != OPERAND_DATE && subtracts) {
    return compute_wrong(p, &b->at, "a date cannot be taken from %s", compute_kind_name(a));
  }
  const bool fits = a->kind == OPERAND_DATE || compute_is(p, a, OPERAND_NUMBER);
  if (!(b->kind == OPERAND_DATE || compute_is(p, b, OPERAND_NUMBER)) || !fits) {
    return (operand){0};
  }
  o.kind = has_date && (a->kind != b->kind) ? OPERAND_DATE : OPERAND_NUMBER;
  o.whole = digits_within((a->whole > b->whole ? a->whole : b->whole) + 1);
  o.fine = o.exact ? (a->fine > b->fine ? a->fine : b->fine) : digits_within(a->fine + b->fine);
  compute_emit(p, (compute_node){.op = subtracts ? COMPUTE_SUBTRACT : COMPUTE_ADD});
  return o;
}

operand compute_sum(compute_parser *p) {
  operand all = read_term(p);
  while (!p->stuck && (token_is(&p->next, "+") || token_is(&p->next, "-"))) {
    const bool subtracts = token_is(&p->next, "-");
    compute_advance(p);
    const operand other = read_term(p);
    const bool is_broken = all.kind == OPERAND_BROKEN || other.kind == OPERAND_BROKEN;
    all = is_broken ? (operand){0} : add(p, &all, &other, subtracts);
  }
  return all;
}

/* ---- Logic ----------------------------------------------------------------------------------------- */

static operand read_not(compute_parser *p) {
  const token first = p->next;
  if (!compute_accept(p, "not")) {
    return compute_comparison(p);
  }
  if (++p->depth > DEPTH_MAX) {
    return compute_stop(p, "no more than 32 levels of parentheses, not and -");
  }
  operand o = read_not(p);
  p->depth--;
  if (!compute_is(p, &o, OPERAND_TRUTH)) {
    return (operand){0};
  }
  compute_emit(p, (compute_node){.op = COMPUTE_NOT});
  o.at = first;
  return o;
}

static operand read_chain(compute_parser *p, compute_op op, const char *word,
                          operand (*part)(compute_parser *)) {
  operand all = part(p);
  if (p->stuck || !token_is(&p->next, word)) {
    return all;
  }
  uint32_t count = 1;
  bool all_well = compute_is(p, &all, OPERAND_TRUTH);
  while (compute_accept(p, word)) {
    const operand other = part(p);
    all_well = compute_is(p, &other, OPERAND_TRUTH) && all_well;
    count++;
  }
  compute_emit(p, (compute_node){.op = op, .count = count});
  return all_well ? (operand){.kind = OPERAND_TRUTH, .at = all.at} : (operand){0};
}

static operand read_and(compute_parser *p) {
  return read_chain(p, COMPUTE_AND, "and", read_not);
}

operand compute_expression(compute_parser *p) {
  if (++p->depth > DEPTH_MAX) {
    return compute_stop(p, "no more than 32 levels of parentheses, not and -");
  }
  const operand o = read_chain(p, COMPUTE_OR, "or", read_and);
  p->depth--;
  return o;
}

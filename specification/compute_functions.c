/* The functions of `compute`, and what an expression becomes: a number with its decimals, or a flag. */
#include "specification/compute.h"

#include <string.h>

enum { DECIMALS_MAX = PROGRAM_COMPUTE_DECIMALS_MAX, QUOTIENT_DECIMALS_MIN = 6, ROOM = DECIMAL_SCALE_MAX };

typedef struct arguments {
  operand first, second, third;
  uint32_t count;
  bool all_well;
} arguments;

static unsigned larger(unsigned a, unsigned b) {
  return a > b ? a : b;
}

/* What holds for both A and B. */
static operand widest(operand a, const operand *b) {
  a.whole = larger(a.whole, b->whole);
  a.fine = larger(a.fine, b->fine);
  a.exact = a.exact && b->exact;
  return a;
}

/* ---- Functions of any number of arguments --------------------------------------------------------- */

static bool is_pattern(const compute_parser *p) {
  return p->next.kind == TOKEN_NAME && p->source->text.bytes[p->next.start] == '`' &&
         pattern_is(p->next.text);
}

/* `q*` among the arguments: every variable that matches, as in lists. */
static void read_matching(compute_parser *p, arguments *into) {
  const token at = p->next;
  const node name = {.kind = NODE_TEXT, .text = at.text, .at = compute_place(p, &at)};
  symbol **list;
  uint32_t count;
  into->all_well = symbol_list(p->c, &name, "compute", &list, &count) && into->all_well;
  p->open = p->open || p->c->open_ended;
  compute_advance(p);
  for (uint32_t i = 0; into->all_well && i < count; i++) {
    const operand o = compute_variable(p, list[i], &at);
    into->all_well = compute_is(p, &o, OPERAND_NUMBER);
    into->first = into->count == 0 ? o : widest(into->first, &o);
    into->count++;
  }
  p->broken = p->broken || !into->all_well;
}

static void read_one(compute_parser *p, arguments *into) {
  const operand o = compute_expression(p);
  const bool counts = o.kind == OPERAND_TRUTH && (into->count == 0 || into->first.kind == OPERAND_TRUTH);
  const operand_kind kind =
      into->count > 0 && into->first.kind == OPERAND_TRUTH ? OPERAND_TRUTH : OPERAND_NUMBER;
  if (!counts && !compute_is(p, &o, kind)) {
    into->all_well = false;
  }
  into->first = into->count == 0 ? o : widest(into->first, &o);
  into->count++;
}

static operand read_list(compute_parser *p, const token *name, compute_op op) {
  arguments all = {.all_well = true};
  do {
    if (is_pattern(p)) {
      read_matching(p, &all);
    } else {
      read_one(p, &all);
    }
  } while (compute_accept(p, ","));
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ", or )");
  }
  if (!all.all_well) {
    return (operand){0};
  }
  const bool has_truths = all.count > 0 && all.first.kind == OPERAND_TRUTH;
  if (has_truths && op != COMPUTE_COUNT) {
    (void)compute_is(p, &all.first, OPERAND_NUMBER);
    return (operand){0};
  }
  operand o = all.first;
  o.kind = OPERAND_NUMBER;
  o.at = *name;
  o.s = NULL;
  o.text = (slice){0};
  if (op == COMPUTE_COUNT) {
    o.exact = true;
    o.fine = 0;
    o.whole = 5; /* at most PROGRAM_NODES_MAX */
  } else if (op == COMPUTE_SUM || op == COMPUTE_MEAN) {
    o.whole += op == COMPUTE_SUM ? (all.count < 10 ? 1 : all.count < 1000 ? 3 : 5) : 0;
    o.fine += op == COMPUTE_MEAN ? 5 : 0;
    o.exact = o.exact && op == COMPUTE_SUM;
  }
  compute_emit(p, (compute_node){.op = has_truths ? COMPUTE_COUNT_TRUE : op, .count = all.count});
  return o;
}

/* ---- Functions of a few --------------------------------------------------------------------------- */

/* if(condition, number, number) */
static operand read_if(compute_parser *p, const token *name, compute_op op) {
  const operand asked = compute_expression(p);
  if (!compute_accept(p, ",")) {
    return compute_stop(p, ", and what to give where the condition is true");
  }
  const operand yes = compute_expression(p);
  if (!compute_accept(p, ",")) {
    return compute_stop(p, ", and what to give where the condition is false; missing is possible");
  }
  const operand no = compute_expression(p);
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ")");
  }
  bool all_well = compute_is(p, &asked, OPERAND_TRUTH);
  const operand_kind kind =
      yes.kind == OPERAND_DATE || no.kind == OPERAND_DATE ? OPERAND_DATE : OPERAND_NUMBER;
  all_well = compute_is(p, &yes, kind) && all_well;
  all_well = compute_is(p, &no, kind) && all_well;
  if (!all_well) {
    return (operand){0};
  }
  operand o = widest(yes, &no);
  o.kind = kind;
  o.at = *name;
  o.s = NULL;
  o.text = (slice){0};
  compute_emit(p, (compute_node){.op = op});
  return o;
}

/* abs(x) */
static operand read_abs(compute_parser *p, const token *name, compute_op op) {
  operand o = compute_expression(p);
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ")");
  }
  if (!compute_is(p, &o, OPERAND_NUMBER)) {
    return (operand){0};
  }
  compute_emit(p, (compute_node){.op = op});
  o.kind = OPERAND_NUMBER;
  o.at = *name;
  o.s = NULL;
  o.text = (slice){0}; /* no constant any more */
  return o;
}

/* round(x) and round(x, decimals) */
static operand read_round(compute_parser *p, const token *name, compute_op op) {
  operand o = compute_expression(p);
  int64_t decimals = 0;
  if (compute_accept(p, ",")) {
    if (p->next.kind != TOKEN_NUMBER || !whole_parse(p->next.text, &decimals) || decimals < 0 ||
        decimals > DECIMALS_MAX) {
      return compute_stop(p, "a whole number of decimals from 0 to 12");
    }
    compute_advance(p);
  }
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ")");
  }
  if (!compute_is(p, &o, OPERAND_NUMBER)) {
    return (operand){0};
  }
  compute_emit(p, (compute_node){.op = op, .count = (uint32_t)decimals});
  const bool is_finer = o.exact && o.fine < (unsigned)decimals;
  return (operand){.kind = OPERAND_NUMBER,
                   .at = *name,
                   .whole = o.whole + 1,
                   .fine = is_finer ? o.fine : (unsigned)decimals,
                   .exact = true};
}

/* days(from, to) */
static operand read_days(compute_parser *p, const token *name, compute_op op) {
  const operand from = compute_expression(p);
  if (!compute_accept(p, ",")) {
    return compute_stop(p, ", and the later date");
  }
  const operand to = compute_expression(p);
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ")");
  }
  const bool all_well = compute_is(p, &from, OPERAND_DATE);
  if (!compute_is(p, &to, OPERAND_DATE) || !all_well) {
    return (operand){0};
  }
  compute_emit(p, (compute_node){.op = op});
  compute_emit(p, (compute_node){.op = COMPUTE_NEGATE});
  return (operand){.kind = OPERAND_NUMBER, .at = *name, .whole = 8, .exact = true};
}

static const struct function {
  const char *name;
  operand (*read)(compute_parser *p, const token *name, compute_op op); /* after the parenthesis */
  compute_op op;
} functions[] = {
    {"if", read_if, COMPUTE_IF},           {"min", read_list, COMPUTE_MIN},
    {"max", read_list, COMPUTE_MAX},       {"sum", read_list, COMPUTE_SUM},
    {"mean", read_list, COMPUTE_MEAN},     {"count", read_list, COMPUTE_COUNT},
    {"abs", read_abs, COMPUTE_ABS},        {"round", read_round, COMPUTE_ROUND},
    {"days", read_days, COMPUTE_SUBTRACT},
};

enum { FUNCTIONS_COUNT = sizeof functions / sizeof functions[0] };

operand compute_call(compute_parser *p, const token *name) {
  const char *names[FUNCTIONS_COUNT];
  for (size_t i = 0; i < FUNCTIONS_COUNT; i++) {
    names[i] = functions[i].name;
    if (slice_equal(name->text, slice_of(names[i]))) {
      compute_advance(p);
      return functions[i].read(p, name, functions[i].op);
    }
  }
  if (!p->stuck) {
    problem_unknown(p->c->problems, compute_place(p, name), "function", name->text, names, FUNCTIONS_COUNT);
  }
  p->stuck = p->broken = true;
  return (operand){0};
}

/* ---- The derived variable ------------------------------------------------------------------------- */

/* ["INPUT", "age"], ["CONSTANT", "2"], ["ADD"], ... */
static json *nodes_normal(compilation *c, const compute_parser *p) {
  json *all = json_array(c->memory);
  for (uint32_t i = 0; i < p->count; i++) {
    const compute_node *n = &p->nodes[i];
    const compute_traits *traits = compute_traits_of((uint32_t)n->op);
    json *one = json_array(c->memory);
    json_push(one, json_text(c->memory, slice_of(traits->name + strlen("COMPUTE_"))));
    if (traits->has & COMPUTE_HAS_NUMBER) {
      json_push(one, normal_decimal(c, n->number));
    }
    if (traits->has & (COMPUTE_HAS_COUNT | COMPUTE_HAS_DIGITS)) {
      json_push(one, json_integer(c->memory, n->count));
    }
    if (traits->has & COMPUTE_HAS_INPUT) {
      json_push(one, json_text(c->memory, slice_of(p->inputs[n->input]->name)));
    }
    if (traits->has & COMPUTE_HAS_TEXT) {
      json_push(one, normal_slice(c, n->text));
    }
    json_push(all, one);
  }
  return all;
}

/* Without `decimals`: all that there are; a quotient has as many as the largest one leaves room for. */
static uint8_t chosen_decimals(const operand *o) {
  const unsigned room = o->whole < ROOM ? ROOM - o->whole : 0;
  const unsigned most = o->exact ? room : larger(room, QUOTIENT_DECIMALS_MIN);
  const unsigned wanted = o->exact && o->fine < DECIMALS_MAX ? o->fine : DECIMALS_MAX;
  return (uint8_t)(wanted < most ? wanted : most);
}

static bool take_kind(compute_parser *p, symbol *s, const operand *o, const node *decimals) {
  int64_t declared;
  if (o->kind == OPERAND_TRUTH && decimals != NULL) {
    problem_at(p->c->problems, decimals->at, "decimals: the expression is a condition, which is 1 or 0");
    return false;
  }
  if (o->kind == OPERAND_TRUTH) {
    s->variable.kind = VARIABLE_CONDITION;
    return derived_add_flags(p->c, s);
  }
  s->variable.kind = VARIABLE_COMPUTE;
  s->variable.decimals = chosen_decimals(o);
  if (decimals != NULL && !field_whole(p->c, decimals, "decimals", 0, DECIMALS_MAX, &declared)) {
    return false;
  }
  s->variable.decimals = decimals != NULL ? (uint8_t)declared : s->variable.decimals;
  if (o->whole > 0 && o->whole <= DECIMAL_MAGNITUDE_EXPONENT_MAX) {
    s->largest = (decimal_magnitude){1, (int16_t)o->whole};
  }
  return true;
}

static bool is_result(compute_parser *p, const operand *o) {
  if (p->open || p->broken || o->kind == OPERAND_BROKEN) {
    return false;
  }
  if (o->kind == OPERAND_DATE) {
    (void)compute_wrong(p, &o->at, "the result is a date; days(from, to) makes a number of two dates");
  } else if (o->kind == OPERAND_TEXT || o->kind == OPERAND_NAME) {
    (void)compute_wrong(p, &o->at, "the result is %s; recode makes texts, compare it to make a condition",
                        compute_kind_name(o));
  } else if (p->inputs_count == 0) {
    (void)compute_wrong(p, &o->at, "the expression uses no variable");
  }
  return !p->broken;
}

bool derived_compute(compilation *c, symbol *s, const derivation *d, const node *input) {
  if (input->kind != NODE_TEXT) {
    field_expected(c, input, d->key, "an expression such as \"price * count\"");
    return false;
  }
  compute_parser p = {
      .c = c, .source = input, .lexer = {.memory = c->memory, .text = input->text, .arithmetic = true}};
  compute_advance(&p);
  const operand o = compute_expression(&p);
  if (!p.stuck && p.next.kind != TOKEN_END) {
    (void)compute_stop(&p, "an operation or the end");
  }
  if (!is_result(&p, &o) || !inputs_set(c, s, p.inputs, p.inputs_count) ||
      !take_kind(&p, s, &o, node_get(s->body, "decimals"))) {
    return false;
  }
  s->variable.nodes = p.nodes;
  s->variable.nodes_count = p.count;
  s->normal = normal_definition(c, s);
  json_set(s->normal, d->key, nodes_normal(c, &p));
  json_set(s->normal, "decimals",
           node_get(s->body, "decimals") != NULL ? json_integer(c->memory, s->variable.decimals)
                                                 : json_null(c->memory));
  return true;
}

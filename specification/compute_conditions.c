/* Comparisons in `compute`: of numbers, dates, and nominal variables with texts. */
#include "specification/codebook.h"
#include "specification/compute.h"
#include "specification/where_reach.h"
#include "stats/program/date.h"

static const struct comparison {
  const char *sign;
  compute_op op;
  bool is_exact;
} comparisons[] = {
    {"==", COMPUTE_EQ, true},  {"!=", COMPUTE_NE, true}, {"<", COMPUTE_LT, false},
    {"<=", COMPUTE_LE, false}, {">", COMPUTE_GT, false}, {">=", COMPUTE_GE, false},
};

/* Makes a text the number or the date that it means to S, as a node. */
static bool constant_for(compute_parser *p, const operand *left, operand *o) {
  int64_t days;
  if (o->kind == OPERAND_TEXT && left->kind == OPERAND_DATE) {
    if (!date_parse("%Y-%m-%d", o->text, &days)) {
      (void)compute_wrong(p, &o->at, "expected a date such as '2025-07-31', found %s",
                          compute_shown(p, &o->at));
      return false;
    }
    o->kind = OPERAND_DATE;
    compute_emit(p, (compute_node){.op = COMPUTE_CONSTANT, .number = {days, 0}});
  } else if (o->kind == OPERAND_TEXT && left->s != NULL && symbol_text_code(left->s, o->text, &o->number)) {
    o->kind = OPERAND_NUMBER;
    compute_emit(p, (compute_node){.op = COMPUTE_CONSTANT, .number = o->number});
  }
  return true;
}

/* A code that the scale cannot have makes a condition that is never true. */
static bool can_be(compute_parser *p, const operand *left, const operand *o) {
  const program_variable *v = left->s != NULL ? &left->s->variable : NULL;
  if (v == NULL || v->kind != VARIABLE_SCALE || o->text.length == 0 ||
      (decimal_compare(o->number, (decimal){v->low, 0}) >= 0 &&
       decimal_compare(o->number, (decimal){v->high, 0}) <= 0)) {
    return true;
  }
  (void)compute_wrong(
      p, &o->at, "%s is outside the range [%lld, %lld] of '%s'; missing answers are found with missing(..)",
      compute_shown(p, &o->at), (long long)v->low, (long long)v->high,
      problem_quote(p->c->problems, slice_of(left->s->name)));
  return false;
}

/* The node of a nominal variable that is TEXT. */
static bool emit_text(compute_parser *p, const operand *left, const operand *o) {
  if (o->text.length == 0 && o->kind != OPERAND_TEXT) {
    (void)compute_wrong(p, &o->at, "'%s' is %s; compare it with a text in quotes",
                        problem_quote(p->c->problems, slice_of(left->s->name)), symbol_kind_name(left->s));
    return false;
  }
  const bool is_period = left->s->variable.kind == VARIABLE_PERIOD;
  const char *expected = is_period ? where_period_expected(left->s, o->text) : NULL;
  if (expected != NULL) {
    (void)compute_wrong(p, &o->at, "'%s' is %s; expected %s, found %s",
                        problem_quote(p->c->problems, slice_of(left->s->name)), symbol_kind_name(left->s),
                        expected, compute_shown(p, &o->at));
    return false;
  }
  const slice text = left->s->origin == SYMBOL_CODEBOOK ? answers_tidy(p->c, left->s, o->text) : o->text;
  if (!symbol_knows_text(p->c, left->s, text, compute_place(p, &o->at))) {
    p->broken = true;
    return false;
  }
  if (o->kind == OPERAND_NUMBER) { /* 1 is the text "1" here, and its node is taken back */
    p->count--;
  }
  compute_emit(p, (compute_node){.op = COMPUTE_IS_TEXT, .input = compute_input_of(p, left->s), .text = text});
  return true;
}

static bool takes_texts(compute_parser *p, const operand *left) {
  if (symbol_accepts(left->s) == ACCEPT_TEXT_CODED) {
    return true;
  }
  const char *name = problem_quote(p->c->problems, slice_of(left->s->name));
  if (symbol_accepts(left->s) == ACCEPT_SET) {
    (void)compute_wrong(p, &left->at, "'%s' is a multiple choice; use has(%s, 'option') or missing(%s)", name,
                        name, name);
  } else {
    (void)compute_wrong(p, &left->at, "'%s' is %s, which cannot be compared here", name,
                        symbol_kind_name(left->s));
  }
  return false;
}

static operand compare(compute_parser *p, const operand *left, const struct comparison *sign, operand right) {
  const operand result = {.kind = OPERAND_TRUTH, .at = left->at};
  if (left->kind == OPERAND_BROKEN || right.kind == OPERAND_BROKEN) {
    return (operand){0};
  }
  if (left->kind == OPERAND_NOTHING || right.kind == OPERAND_NOTHING) {
    return compute_wrong(p, left->kind == OPERAND_NOTHING ? &left->at : &right.at,
                         "nothing equals missing; missing(..) asks whether there is no answer");
  }
  if (left->kind == OPERAND_TEXT) {
    return compute_wrong(p, &left->at, "write the variable before the text that it is compared with");
  }
  if (left->kind == OPERAND_NAME) {
    if (!takes_texts(p, left)) {
      return (operand){0};
    }
    if (!sign->is_exact && left->s->variable.kind == VARIABLE_PERIOD) {
      return compute_period(p, left, sign->op, &right) ? result : (operand){0};
    }
    if (!sign->is_exact) {
      return compute_wrong(p, &left->at, "'%s' is %s, which has no order; use ==, != or in",
                           problem_quote(p->c->problems, slice_of(left->s->name)), symbol_kind_name(left->s));
    }
    if (!emit_text(p, left, &right)) {
      return (operand){0};
    }
    if (sign->op == COMPUTE_NE) {
      compute_emit(p, (compute_node){.op = COMPUTE_NOT});
    }
    return result;
  }
  if (!constant_for(p, left, &right) || !compute_is(p, &right, left->kind) ||
      (sign->is_exact && !can_be(p, left, &right))) {
    return (operand){0};
  }
  if (left->kind == OPERAND_TRUTH) {
    return compute_wrong(p, &left->at, "conditions are joined with and, or and not");
  }
  compute_emit(p, (compute_node){.op = sign->op});
  return result;
}

/* x in (1, 2), after the "in". */
static operand read_in(compute_parser *p, const operand *left) {
  const bool has_texts = left->kind == OPERAND_NAME && takes_texts(p, left);
  bool all_well = left->kind != OPERAND_BROKEN && (left->kind != OPERAND_NAME || has_texts);
  uint32_t count = 0;
  if (!compute_accept(p, "(")) {
    return compute_stop(p, "( and a list of values");
  }
  do {
    operand o = compute_sign(p);
    if (p->stuck || o.kind == OPERAND_BROKEN || !all_well) {
      all_well = false;
    } else if (has_texts) {
      all_well = emit_text(p, left, &o);
    } else {
      all_well = constant_for(p, left, &o) && compute_is(p, &o, left->kind) && can_be(p, left, &o);
    }
    count++;
  } while (compute_accept(p, ","));
  if (!compute_accept(p, ")")) {
    return compute_stop(p, ", or )");
  }
  if (!all_well) {
    return (operand){0};
  }
  if (!has_texts) {
    compute_emit(p, (compute_node){.op = COMPUTE_IN, .count = count + 1});
  } else if (count > 1) {
    compute_emit(p, (compute_node){.op = COMPUTE_OR, .count = count});
  }
  return (operand){.kind = OPERAND_TRUTH, .at = left->at};
}

operand compute_comparison(compute_parser *p) {
  operand left = compute_sum(p);
  if (p->stuck) {
    return left;
  }
  for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
    if (compute_accept(p, comparisons[i].sign)) {
      return compare(p, &left, &comparisons[i], compute_sum(p));
    }
  }
  const bool is_negated = compute_accept(p, "not");
  if (!compute_accept(p, "in")) {
    return is_negated ? compute_stop(p, "in after not") : left;
  }
  operand o = read_in(p, &left);
  if (is_negated && o.kind == OPERAND_TRUTH) {
    compute_emit(p, (compute_node){.op = COMPUTE_NOT});
  }
  return o;
}

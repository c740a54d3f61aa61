/* COMPUTE and CONDITION: runs the nodes of an expression on a stack, row after row.
 *
 * Every step is exact (stats/frame/fraction.h) and rounding happens once, when the row's result becomes a
 * mantissa: so a value is a function of the row, whatever the shard. */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/fraction.h"
#include "stats/frame/state.h"
#include "stats/program/item.h"

/* A truth value is 1/1 or 0/1. */
typedef struct value {
  fraction number;
  bool missing;
  missing_reason reason;
} value;

/* What a node reads from the frame. */
typedef struct source {
  const int64_t *numbers;
  unsigned decimals;
  const uint8_t *slots; /* coded, in bytes or wide; or the flags of an option */
  const uint16_t *wide;
  uint32_t wanted; /* IS_TEXT: the slot of the text */
  answers_view answers;
} source;

typedef struct work {
  const program_variable *v;
  source *sources; /* one per node */
  value *stack;
} work;

static value missing_value(missing_reason reason) {
  return (value){.missing = true, .reason = reason};
}

static value truth(bool is_true) {
  return (value){.number = {is_true ? 1 : 0, 1}};
}

static value number_or_invalid(bool fits, fraction number) {
  return fits ? (value){.number = number} : missing_value(MISSING_INVALID);
}

/* ---- Sources -------------------------------------------------------------------------------------- */

static status open_text(frame *f, uint32_t variable, slice text, source *out, error *err) {
  coded_view view;
  TRY(frame_coded(f, variable, &view, err));
  out->slots = view.slots;
  out->wide = view.wide;
  out->wanted = UINT32_MAX;
  for (uint32_t k = 0; k < view.keys.count; k++) {
    if (slice_equal(view.keys.texts[k], text)) {
      out->wanted = k;
    }
  }
  return STATUS_OK;
}

/* As for OPTION: if no cell of the shard names an option, nobody who answered chose it. */
static status open_option(frame *f, uint32_t variable, slice text, source *out, error *err) {
  set_view set;
  TRY(frame_set(f, variable, &set, err));
  out->slots = set.answered;
  out->wanted = 1;
  for (uint32_t k = 0; k < set.options.count; k++) {
    if (slice_equal(set.options.texts[k], text)) {
      out->slots = set.flags[k];
    }
  }
  return STATUS_OK;
}

static status open_source(frame *f, const program_variable *v, const compute_node *n, source *out,
                          error *err) {
  number_view numbers;
  switch (n->op) {
    case COMPUTE_INPUT:
      TRY(frame_number(f, v->inputs[n->input], &numbers, err));
      out->numbers = numbers.values;
      out->decimals = numbers.decimals;
      return STATUS_OK;
    case COMPUTE_INPUT_MISSING:
      return frame_answers(f, v->inputs[n->input], &out->answers, err);
    case COMPUTE_IS_TEXT:
      return open_text(f, v->inputs[n->input], n->text, out, err);
    case COMPUTE_HAS:
      return open_option(f, v->inputs[n->input], n->text, out, err);
    default:
      return STATUS_OK;
  }
}

static value read_source(const source *s, const compute_node *n, uint32_t row) {
  if (n->op == COMPUTE_INPUT) {
    const int64_t x = s->numbers[row];
    return number_is_missing(x) ? missing_value(number_reason(x))
                                : (value){.number = fraction_of(x, s->decimals)};
  }
  if (n->op == COMPUTE_INPUT_MISSING) {
    return truth(answers_reason(&s->answers, row) != ANSWERED);
  }
  const uint32_t slot = s->wide != NULL ? s->wide[row] : s->slots[row];
  const uint32_t first_missing = s->wide != NULL ? SLOT_WIDE_MISSING : SLOT_MISSING;
  return slot >= first_missing ? missing_value((missing_reason)(slot - first_missing))
                               : truth(slot == s->wanted);
}

/* ---- Operations ----------------------------------------------------------------------------------- */

static value arithmetic(compute_op op, const value *a) {
  fraction result;
  switch (op) {
    case COMPUTE_ADD:
      return number_or_invalid(fraction_add(a[0].number, a[1].number, &result), result);
    case COMPUTE_SUBTRACT:
      return number_or_invalid(fraction_add(a[0].number, fraction_negate(a[1].number), &result), result);
    case COMPUTE_MULTIPLY:
      return number_or_invalid(fraction_multiply(a[0].number, a[1].number, &result), result);
    case COMPUTE_DIVIDE:
      return a[1].number.over == 0
                 ? missing_value(MISSING_NOT_APPLICABLE)
                 : number_or_invalid(fraction_divide(a[0].number, a[1].number, &result), result);
    case COMPUTE_NEGATE:
      return (value){.number = fraction_negate(a[0].number)};
    default: /* ABS */
      return a[0].number.over < 0 ? (value){.number = fraction_negate(a[0].number)} : a[0];
  }
}

static value round_value(const value *a, unsigned decimals) {
  i128 rounded;
  const bool fits = fraction_round(a->number, decimals, &rounded);
  return number_or_invalid(fits, (fraction){rounded, decimal_power10(decimals)});
}

static value compare(compute_op op, const value *a) {
  const int order = fraction_compare(a[0].number, a[1].number);
  switch (op) {
    case COMPUTE_EQ:
      return truth(order == 0);
    case COMPUTE_NE:
      return truth(order != 0);
    case COMPUTE_LT:
      return truth(order < 0);
    case COMPUTE_LE:
      return truth(order <= 0);
    case COMPUTE_GT:
      return truth(order > 0);
    default: /* GE */
      return truth(order >= 0);
  }
}

/* MIN, MAX, SUM and MEAN over the answered arguments. */
static value over_answered(compute_op op, const value *a, uint32_t count) {
  value result = missing_value(a[0].reason);
  int64_t answered = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (a[i].missing) {
      continue;
    }
    if (answered++ == 0) {
      result = a[i];
    } else if (op == COMPUTE_SUM || op == COMPUTE_MEAN) {
      if (!fraction_add(result.number, a[i].number, &result.number)) {
        return missing_value(MISSING_INVALID);
      }
    } else {
      const int order = fraction_compare(a[i].number, result.number);
      result = (op == COMPUTE_MIN ? order < 0 : order > 0) ? a[i] : result;
    }
  }
  fraction mean;
  return op == COMPUTE_MEAN && answered > 0
             ? number_or_invalid(fraction_divide(result.number, fraction_of(answered, 0), &mean), mean)
             : result;
}

/* COUNT counts answers, COUNT_TRUE those that are true. */
static value count_arguments(compute_op op, const value *a, uint32_t count) {
  int64_t counted = 0;
  for (uint32_t i = 0; i < count; i++) {
    counted += !a[i].missing && (op == COMPUTE_COUNT || a[i].number.over != 0);
  }
  return (value){.number = fraction_of(counted, 0)};
}

/* Kleene's logic: one false argument decides an AND, one true argument an OR; otherwise an unknown argument
 * makes the result unknown. */
static value join(compute_op op, const value *a, uint32_t count) {
  const bool decides = op == COMPUTE_OR;
  const value *unknown = NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (!a[i].missing && (a[i].number.over != 0) == decides) {
      return truth(decides);
    }
    unknown = a[i].missing && unknown == NULL ? &a[i] : unknown;
  }
  return unknown != NULL ? *unknown : truth(!decides);
}

static value is_among(const value *a, uint32_t count) {
  const value *unknown = NULL;
  for (uint32_t i = 1; i < count; i++) {
    if (!a[i].missing && fraction_compare(a[0].number, a[i].number) == 0) {
      return truth(true);
    }
    unknown = a[i].missing && unknown == NULL ? &a[i] : unknown;
  }
  return unknown != NULL ? *unknown : truth(false);
}

/* Operations that may have a result although an argument is missing. */
static bool takes_missing(compute_op op, const value *a, uint32_t count, value *out) {
  switch (op) {
    case COMPUTE_MIN:
    case COMPUTE_MAX:
    case COMPUTE_SUM:
    case COMPUTE_MEAN:
      *out = over_answered(op, a, count);
      return true;
    case COMPUTE_COUNT:
    case COMPUTE_COUNT_TRUE:
      *out = count_arguments(op, a, count);
      return true;
    case COMPUTE_AND:
    case COMPUTE_OR:
      *out = join(op, a, count);
      return true;
    case COMPUTE_IS_MISSING:
      *out = truth(a[0].missing);
      return true;
    case COMPUTE_IF:
      *out = a[0].missing ? a[0] : a[0].number.over != 0 ? a[1] : a[2];
      return true;
    case COMPUTE_IN:
      *out = a[0].missing ? a[0] : is_among(a, count);
      return true;
    default:
      return false;
  }
}

static value apply(const compute_node *n, const value *a, uint32_t count) {
  value result;
  if (takes_missing(n->op, a, count, &result)) {
    return result;
  }
  for (uint32_t i = 0; i < count; i++) {
    if (a[i].missing) {
      return a[i];
    }
  }
  switch (n->op) {
    case COMPUTE_CONSTANT:
      return (value){.number = fraction_of(n->number.mantissa, n->number.scale)};
    case COMPUTE_NOTHING:
      return missing_value(MISSING_OTHER);
    case COMPUTE_ROUND:
      return round_value(a, n->count);
    case COMPUTE_NOT:
      return truth(a[0].number.over == 0);
    case COMPUTE_EQ:
    case COMPUTE_NE:
    case COMPUTE_LT:
    case COMPUTE_LE:
    case COMPUTE_GT:
    case COMPUTE_GE:
      return compare(n->op, a);
    default:
      return arithmetic(n->op, a);
  }
}

/* ---- Rows ----------------------------------------------------------------------------------------- */

static value row_value(const work *w, uint32_t row) {
  uint32_t depth = 0;
  for (uint32_t i = 0; i < w->v->nodes_count; i++) {
    const compute_node *n = &w->v->nodes[i];
    const bool reads = (compute_traits_of((uint32_t)n->op)->has & COMPUTE_HAS_INPUT) != 0;
    const uint32_t count = compute_arguments(n);
    depth -= count;
    w->stack[depth] = reads ? read_source(&w->sources[i], n, row) : apply(n, &w->stack[depth], count);
    depth++;
  }
  return w->stack[0];
}

static status work_open(frame *f, const program_variable *v, work *w, error *err) {
  *w = (work){.v = v,
              .sources = calloc(v->nodes_count, sizeof *w->sources),
              .stack = calloc(v->nodes_count, sizeof *w->stack)};
  if (w->sources == NULL || w->stack == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < v->nodes_count; i++) {
    TRY(open_source(f, v, &v->nodes[i], &w->sources[i], err));
  }
  return STATUS_OK;
}

static void work_close(work *w) {
  free(w->sources);
  free(w->stack);
}

static int64_t number_of(const value *x, unsigned decimals) {
  i128 mantissa;
  if (x->missing) {
    return number_missing(x->reason);
  }
  return fraction_round(x->number, decimals, &mantissa) && mantissa <= NUMBER_MAX && mantissa >= -NUMBER_MAX
             ? (int64_t)mantissa
             : number_missing(MISSING_INVALID);
}

/* Results lose digits as a quotient must; what is told is that nothing is left of one. */
static uint8_t vanishing_of(const value *x, int64_t rounded) {
  return x->missing || rounded != 0 || x->number.over == 0 ? ROUNDED_NOT
         : x->number.over < 0                              ? ROUNDED_NEGATIVE
                                                           : ROUNDED_POSITIVE;
}

status frame_make_compute(frame *f, const program_variable *v, frame_variable *out, error *err) {
  work w;
  int64_t *values = frame_array(f, f->padded, sizeof *values);
  uint8_t *vanished = frame_memory(f, f->padded);
  status st = work_open(f, v, &w, err);
  st = st == STATUS_OK && (values == NULL || vanished == NULL) ? frame_no_memory(err) : st;
  for (uint32_t r = 0; st == STATUS_OK && r < f->padded; r++) {
    const value x = r < f->count ? row_value(&w, r) : missing_value(MISSING_BLANK);
    values[r] = number_of(&x, v->decimals);
    vanished[r] = vanishing_of(&x, values[r]);
    out->rounded += vanished[r] != ROUNDED_NOT;
  }
  out->roundings = vanished;
  work_close(&w);
  out->number = (number_view){.values = values, .decimals = v->decimals};
  return st;
}

status frame_make_condition(frame *f, const program_variable *v, frame_variable *out, error *err) {
  work w;
  uint8_t *slots = frame_memory(f, f->padded);
  int64_t *keys = frame_array(f, 2, sizeof *keys);
  status st = work_open(f, v, &w, err);
  st = st == STATUS_OK && (slots == NULL || keys == NULL) ? frame_no_memory(err) : st;
  for (uint32_t r = 0; st == STATUS_OK && r < f->padded; r++) {
    const value x = r < f->count ? row_value(&w, r) : missing_value(MISSING_BLANK);
    slots[r] = x.missing ? (uint8_t)(SLOT_MISSING + x.reason) : (uint8_t)x.number.over;
  }
  work_close(&w);
  if (st == STATUS_OK) {
    keys[0] = 0;
    keys[1] = 1;
    out->coded = (coded_view){.slots = slots, .keys = {.numbers = keys, .count = 2}};
  }
  return st;
}

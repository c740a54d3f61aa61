/* COMPUTE and CONDITION: what nodes take and return, their bytes, and whether they form one expression. */
#include <string.h>

#include "stats/program/item.h"

#define MANY                 PROGRAM_NODES_MAX
#define NUMBERS(least, most) COMPUTE_A_NUMBER, COMPUTE_A_NUMBER, least, most
#define TRUTHS(least, most)  COMPUTE_A_TRUTH, COMPUTE_A_TRUTH, least, most
#define CHOICE               COMPUTE_A_TRUTH, COMPUTE_A_NUMBER, 3, 3
#define NO_ARGUMENTS         NUMBERS(0, 0)

const compute_traits *compute_traits_of(uint32_t op) {
  static const compute_traits traits[] = {
#define X(id, arguments, result, has) [id] = {arguments, result, has, #id},
      COMPUTE_TABLE(X)
#undef X
  };
  return op > COMPUTE_BEFORE_FIRST && op < COMPUTE_OPS ? &traits[op] : NULL;
}

uint32_t compute_arguments(const compute_node *n) {
  const compute_traits *traits = compute_traits_of((uint32_t)n->op);
  return (traits->has & COMPUTE_HAS_COUNT) != 0 ? n->count : traits->min;
}

void nodes_encode(const program_variable *v, buf *out) {
  buf_put_varint(out, v->nodes_count);
  for (uint32_t i = 0; i < v->nodes_count; i++) {
    const compute_node *n = &v->nodes[i];
    const compute_traits *traits = compute_traits_of((uint32_t)n->op);
    buf_put_u8(out, (uint8_t)n->op);
    if (traits->has & COMPUTE_HAS_NUMBER) {
      item_put_decimal(n->number, out);
    }
    if (traits->has & (COMPUTE_HAS_COUNT | COMPUTE_HAS_DIGITS)) {
      buf_put_varint(out, n->count);
    }
    if (traits->has & COMPUTE_HAS_INPUT) {
      buf_put_varint(out, n->input);
    }
    if (traits->has & COMPUTE_HAS_TEXT) {
      buf_put_slice(out, n->text);
    }
  }
}

static void node_decode(reader *r, arena *a, compute_node *n) {
  const uint8_t op = reader_u8(r);
  const compute_traits *traits = compute_traits_of(op);
  if (traits == NULL) {
    reader_fail(r, "an unknown operation");
    return;
  }
  n->op = (compute_op)op;
  if (traits->has & COMPUTE_HAS_NUMBER) {
    n->number = item_get_decimal(r);
  }
  if (traits->has & (COMPUTE_HAS_COUNT | COMPUTE_HAS_DIGITS)) {
    n->count = (uint32_t)reader_count(r, PROGRAM_NODES_MAX);
  }
  if (traits->has & COMPUTE_HAS_INPUT) {
    n->input = (uint32_t)reader_count(r, PROGRAM_INPUTS_MAX);
  }
  if (traits->has & COMPUTE_HAS_TEXT) {
    n->text = item_get_text(r, a);
  }
}

void nodes_decode(reader *r, arena *a, program_variable *v) {
  v->nodes_count = item_get_count(r, PROGRAM_NODES_MAX, 1);
  v->nodes = ARENA_ARRAY(a, compute_node, v->nodes_count);
  for (uint32_t i = 0; v->nodes != NULL && i < v->nodes_count && r->problem == NULL; i++) {
    v->nodes[i] = (compute_node){0};
    node_decode(r, a, &v->nodes[i]);
  }
}

/* Whether the input has what the node reads from it. */
static bool input_suits(const program_variable *input, compute_op op) {
  const variable_form form = program_variable_form(input);
  switch (op) {
    case COMPUTE_INPUT:
      return program_variable_is_numeric(input);
    case COMPUTE_IS_TEXT:
      return form == FORM_CODED && !program_variable_is_numeric_coded(input);
    case COMPUTE_HAS:
      return form == FORM_SET;
    default:
      return true;
  }
}

static status check_node(const program *p, const program_variable *v, const compute_node *n, error *err) {
  const compute_traits *traits = compute_traits_of((uint32_t)n->op);
  if (traits == NULL) {
    return error_set(err, STATUS_USAGE, "variable '%s': unknown operation %d", variable_shown(v), (int)n->op);
  }
  if ((traits->has & COMPUTE_HAS_INPUT) != 0) {
    if (n->input >= v->inputs_count || !input_suits(&p->variables[v->inputs[n->input]], n->op)) {
      return error_set(err, STATUS_USAGE, "variable '%s': an operation does not suit its variable",
                       variable_shown(v));
    }
  }
  if ((traits->has & COMPUTE_HAS_TEXT) != 0) {
    TRY(variable_check_text(v, n->text, "text", err));
  }
  if ((traits->has & COMPUTE_HAS_DIGITS) != 0 && n->count > PROGRAM_COMPUTE_DECIMALS_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': rounds to %u decimals; at most %d are kept",
                     variable_shown(v), n->count, PROGRAM_COMPUTE_DECIMALS_MAX);
  }
  return STATUS_OK;
}

/* Replaces the types of the node's arguments on the stack by the type of its result. */
static status apply_node(const program_variable *v, const compute_node *n, uint8_t *types, uint32_t *depth,
                         error *err) {
  const compute_traits *traits = compute_traits_of((uint32_t)n->op);
  const uint32_t count = compute_arguments(n);
  if (count < traits->min || count > traits->max || count > *depth) {
    return error_set(err, STATUS_USAGE, "variable '%s': an operation has %u arguments of %u",
                     variable_shown(v), *depth, count);
  }
  *depth -= count;
  for (uint32_t i = 0; i < count; i++) {
    if (types[*depth + i] != (uint8_t)(i == 0 ? traits->first : traits->others)) {
      return error_set(err, STATUS_USAGE, "variable '%s': an argument is of the wrong type",
                       variable_shown(v));
    }
  }
  types[(*depth)++] = (uint8_t)traits->result;
  return STATUS_OK;
}

status compute_check(const program *p, const program_variable *v, error *err) {
  const compute_type wanted = v->kind == VARIABLE_CONDITION ? COMPUTE_A_TRUTH : COMPUTE_A_NUMBER;
  if (v->nodes_count == 0 || v->nodes_count > PROGRAM_NODES_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': an expression has 1 to %d parts, not %u",
                     variable_shown(v), PROGRAM_NODES_MAX, v->nodes_count);
  }
  if (v->kind == VARIABLE_COMPUTE && v->decimals > PROGRAM_COMPUTE_DECIMALS_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': %d decimals; at most %d are kept", variable_shown(v),
                     v->decimals, PROGRAM_COMPUTE_DECIMALS_MAX);
  }
  uint8_t types[PROGRAM_NODES_MAX];
  uint32_t depth = 0;
  for (uint32_t i = 0; i < v->nodes_count; i++) {
    TRY(check_node(p, v, &v->nodes[i], err));
    TRY(apply_node(v, &v->nodes[i], types, &depth, err));
  }
  if (depth != 1 || types[0] != (uint8_t)wanted) {
    return error_set(err, STATUS_USAGE, "variable '%s': its parts are not one expression of its type",
                     variable_shown(v));
  }
  return STATUS_OK;
}

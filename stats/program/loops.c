/* Stacks: variables with a column for each loop, and what may be used with them. */
#include "stats/program/item.h"

status variable_check_stacked(const program_variable *v, error *err) {
  if (!(variable_traits_of((uint32_t)v->kind)->fields & FIELD_COLUMN) || v->columns_count == 0 ||
      v->columns_count > PROGRAM_LOOPS_MAX) {
    return error_set(err, STATUS_USAGE, "variable '%s': %u columns for 1 to %d loops", variable_shown(v),
                     v->columns_count, PROGRAM_LOOPS_MAX);
  }
  for (uint32_t i = 0; i < v->columns_count; i++) {
    TRY(variable_check_text(v, slice_of(v->columns[i]), "column name", err));
  }
  return STATUS_OK;
}

status variable_check_loops(const program_variable *v, uint32_t loops, uint32_t below, error *err) {
  if (below != 0 && loops != below) {
    return error_set(err, STATUS_USAGE, "'%s' is of a stack of %u loops, which does not fit here",
                     variable_shown(v), below);
  }
  return STATUS_OK;
}

status variable_known_loops(const program *p, const program_variable *v, uint32_t *loops, error *err) {
  *loops = v->stacked ? v->columns_count : v->kind == VARIABLE_LOOP ? v->keys_count : 0;
  if (*loops > PROGRAM_LOOPS_MAX) {
    return error_set(err, STATUS_LIMIT, "variable '%s': %u loops; at most %d are allowed", variable_shown(v),
                     *loops, PROGRAM_LOOPS_MAX);
  }
  const bool is_derived = (variable_traits_of((uint32_t)v->kind)->fields & FIELD_INPUTS) != 0;
  for (uint32_t i = 0; is_derived && i < v->inputs_count; i++) {
    const uint32_t below = program_variable_loops(p, v->inputs[i]);
    *loops = *loops == 0 ? below : *loops;
    TRY(variable_check_loops(&p->variables[v->inputs[i]], *loops, below, err));
  }
  return STATUS_OK;
}

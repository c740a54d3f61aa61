/* Columns of a stack's loops: each is told by itself, and all of them are mended in one entry of the page. */
#include <string.h>

#include "cli/census_finding.h"

static bool is_alike(const program_variable *a, const program_variable *b) {
  return a->kind == b->kind && a->rules_count == b->rules_count && a->keys_count == b->keys_count &&
         a->low == b->low && a->high == b->high;
}

/* Whether ITEM is the column of one of V's loops: and not a variable of its own with that name. */
static bool is_loop_of(const program_variable *v, const census_item *item) {
  const char *column = item->variable->column;
  bool found = false;
  if (!v->stacked || column == NULL || strcmp(column, item->planned->name) != 0 ||
      !is_alike(v, item->variable)) {
    return false;
  }
  for (uint32_t i = 0; i < v->columns_count && !found; i++) {
    found = strcmp(v->columns[i], column) == 0;
  }
  return found;
}

/* The stacked variable that ITEM is a column of; NULL: it is of none. */
static const plan_variable *stacked_of(const evaluation *e, const census_item *item) {
  const plan *p = e->plan;
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (is_loop_of(&p->program->variables[p->variables[i].variable], item)) {
      return &p->variables[i];
    }
  }
  return NULL;
}

bool finding_is_of_entry(const finding *f, const census_item *other) {
  const plan_variable *stacked = stacked_of(f->e, f->item);
  return other != f->item && stacked != NULL && stacked_of(f->e, other) == stacked;
}

/* Whether the loops that L names are those of V, in whose columns their names stand. */
static bool are_loops_of(const program_variable *l, const program_variable *v) {
  bool are = l->kind == VARIABLE_LOOP && l->keys_count == v->columns_count;
  for (uint32_t i = 0; i < v->columns_count && are; i++) {
    const slice column = slice_of(v->columns[i]);
    are = memmem(column.bytes, column.length, l->keys[i].bytes, l->keys[i].length) != NULL;
  }
  return are;
}

slice finding_entry(const finding *f) {
  const plan *p = f->e->plan;
  const plan_variable *stacked = stacked_of(f->e, f->item);
  slice entry = {"", 0};
  for (uint32_t i = 0; i < p->variables_count && stacked != NULL && entry.length == 0; i++) {
    const program_variable *v = &p->program->variables[p->variables[i].variable];
    if (are_loops_of(v, &p->program->variables[stacked->variable])) {
      buf text;
      buf_init(&text);
      buf_printf(&text, "stack: %s: variables: %s", p->variables[i].name, stacked->name);
      entry = arena_slice(f->memory, (slice){(const char *)text.data, text.length});
      buf_fini(&text);
    }
  }
  return entry;
}

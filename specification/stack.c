/* `stack`: loops (brands, contacts) whose columns become rows for the analyses that ask.
 *
 * A stack makes a nominal variable with its own name, which loop a row is of, and one variable for each
 * entry, read from one column per loop.  Each of these columns is a variable by itself too, unless the page
 * has one of that name: so its facts and its invalid cells are told like any other's. */
#include "specification/stack.h"

#include <string.h>

#include "base/buf.h"
#include "specification/codebook.h"

/* What stands for the loop's key in `column`. */
static const char *column_of_loop(compilation *c, slice column, slice key) {
  buf made;
  buf_init(&made);
  for (size_t i = 0; i < column.length; i++) {
    if (column.bytes[i] == '*') {
      buf_put(&made, key.bytes, key.length);
    } else {
      buf_put(&made, &column.bytes[i], 1);
    }
  }
  const char *copy =
      made.failed ? NULL : arena_copy(c->memory, (slice){(const char *)made.data, made.length});
  buf_fini(&made);
  return copy;
}

static bool read_loops(compilation *c, stack *of, const node *body) {
  const node *n = node_get(body, "loops");
  if (n == NULL || (n->kind != NODE_LIST && n->kind != NODE_MAP) || n->count == 0 ||
      n->count > PROGRAM_LOOPS_MAX) {
    problem_at(c->problems, n != NULL ? n->at : of->key->at,
               "stack: loops: expected a list of 1 to %d names, or a map of names and labels, as they stand "
               "for * in "
               "`column`",
               PROGRAM_LOOPS_MAX);
    return false;
  }
  of->keys = ARENA_ARRAY(c->memory, slice, n->count);
  of->labels = n->kind == NODE_MAP ? n : NULL;
  bool all_well = of->keys != NULL;
  for (uint32_t i = 0; of->keys != NULL && i < n->count; i++) {
    const node *key = n->kind == NODE_MAP ? n->keys[i] : n->items[i];
    all_well = field_name(c, key, "loops", &of->keys[i]) && all_well;
    for (uint32_t k = 0; k < i && all_well; k++) {
      if (slice_equal(of->keys[k], of->keys[i])) {
        problem_at(c->problems, key->at, "loops: '%s' is named twice",
                   problem_quote(c->problems, of->keys[i]));
        all_well = false;
      }
    }
  }
  of->loops = n->count;
  return all_well;
}

/* The column of each loop; NULL: a mistake was reported, or memory ran out. */
static const char **columns_of_entry(compilation *c, const stack *of, const node *key, const node *body) {
  const node *column = node_get(body, "column");
  if (column == NULL || column->kind != NODE_TEXT || pattern_stars(column->text) == 0) {
    problem_at(c->problems, column != NULL ? column->at : key->at,
               "stack: '%s' needs `column` with a * where the loop's name stands, such as column: \"*_%s\"",
               problem_quote(c->problems, key->text), problem_quote(c->problems, key->text));
    return NULL;
  }
  const char **columns = (const char **)arena_array(c->memory, of->loops, sizeof columns[0]);
  for (uint32_t i = 0; columns != NULL && i < of->loops; i++) {
    columns[i] = column_of_loop(c, column->text, of->keys[i]);
    if (columns[i] == NULL) {
      return NULL;
    }
  }
  return columns;
}

static void declare_columns(compilation *c, const char *const *columns, uint32_t count, const node *key,
                            const node *body) {
  for (uint32_t i = 0; i < count; i++) {
    const slice name = slice_of(columns[i]);
    if (symbol_find(c, name) == NULL) {
      symbol *s = symbol_declare(c, SYMBOL_CODEBOOK, name, key, body);
      if (s != NULL) {
        s->column = columns[i];
      }
    }
  }
}

static void declare_variables(compilation *c, stack *of, const node *variables) {
  for (uint32_t i = 0; i < variables->count; i++) {
    const node *key = variables->keys[i];
    const node *body = variables->items[i];
    slice name;
    if (!field_name(c, key, "the name of a variable", &name) ||
        !field_is_map(c, body, "a stacked variable",
                      "its properties, such as {column: \"*_sat\", type: id}")) {
      continue;
    }
    const char **columns = columns_of_entry(c, of, key, body);
    symbol *s = symbol_declare(c, SYMBOL_STACKED, name, key, body);
    if (s == NULL || columns == NULL) {
      if (s != NULL) {
        s->state = SYMBOL_BROKEN;
      }
      continue;
    }
    s->stack = of;
    s->loop_columns = columns;
    declare_columns(c, columns, of->loops, key, body);
  }
}

static void declare_stack(compilation *c, stack *of, const node *body) {
  static const char *const keys[] = {"loops", "variables", "label"};
  slice name;
  if (!field_name(c, of->key, "the name of a stack", &name) ||
      !field_is_map(c, body, "a stack", "its loops and variables")) {
    return;
  }
  field_check_keys(c, body, "a stack", keys, sizeof keys / sizeof keys[0]);
  const node *variables = node_get(body, "variables");
  if (variables == NULL) {
    problem_at(c->problems, of->key->at,
               "stack '%s' has no variables; add variables: {sat: {column: \"*_sat\", ..}}",
               problem_quote(c->problems, name));
    return;
  }
  of->name = name.bytes;
  if (!read_loops(c, of, body) ||
      !field_is_map(c, variables, "variables", "names and their properties, as in the codebook")) {
    return;
  }
  symbol *s = symbol_declare(c, SYMBOL_LOOP, name, of->key, body);
  if (s != NULL) {
    s->stack = of;
    declare_variables(c, of, variables);
  }
}

void stacks_declare(compilation *c, const node *root) {
  const node *section = node_get(root, "stack");
  if (section == NULL || !field_is_map(c, section, "stack", "names and their loops")) {
    return;
  }
  c->stacks = ARENA_ARRAY(c->memory, stack, (size_t)section->count + 1);
  for (uint32_t i = 0; c->stacks != NULL && i < section->count; i++) {
    stack *of = &c->stacks[c->stacks_count++];
    of->key = section->keys[i];
    declare_stack(c, of, section->items[i]);
  }
}

bool stack_loop_read(compilation *c, symbol *s) {
  const stack *of = s->stack;
  const node *label = node_get(s->body, "label");
  bool all_well = label == NULL || field_label(c, label, "label", &s->label);
  s->variable.kind = VARIABLE_LOOP;
  s->variable.keys = of->keys;
  s->variable.keys_count = of->loops;
  s->values_closed = true;
  s->values_capacity = 0;
  for (uint32_t i = 0; i < of->loops && all_well; i++) {
    const node *text = of->labels != NULL ? of->labels->items[i] : NULL;
    all_well = answers_label_text(c, s, of->keys[i], text);
  }
  s->normal = normal_definition(c, s);
  json_set_integer(s->normal, "loops", of->loops);
  json_set(s->normal, "values", normal_values(c, s));
  return all_well;
}

bool stack_variable_read(compilation *c, symbol *s) {
  const char **columns = s->loop_columns;
  s->column = columns[0];
  if (!codebook_read(c, s)) {
    return false;
  }
  const bool is_weight = s->weight != 0;
  if (is_weight || s->variable.kind == VARIABLE_MULTI_FLAGS) {
    problem_at(c->problems, s->key->at, "stack: '%s' is %s; a stacked variable has one column per loop",
               problem_quote(c->problems, slice_of(s->name)),
               is_weight ? "a weight" : "a multiple choice with a column per option");
    return false;
  }
  bool all_well = true;
  const node *n = node_get(s->body, "column");
  for (uint32_t i = 1; i < s->stack->loops; i++) {
    const manifest_column *column;
    all_well =
        codebook_column(c, s, slice_of(columns[i]), n != NULL ? n->at : s->key->at, &column) && all_well;
  }
  if (node_get(s->body, "label") == NULL) {
    s->label = (plan_label){0}; /* what the file calls the first loop's column is not what all are about */
  }
  s->variable.stacked = true;
  s->variable.column = NULL;
  s->variable.columns = columns;
  s->variable.columns_count = s->stack->loops;
  s->normal = normal_codebook_entry(c, s);
  return all_well;
}

/* ---- Analyses ------------------------------------------------------------------------------------- */

/* The stack whose rows variable V of the program is of; NULL: of none. */
static const stack *stack_of(const compilation *c, uint32_t v) {
  const program_variable *variable = &c->plan->program->variables[v];
  const stack *found = NULL;
  if (program_variable_loops(c->plan->program, v) == 0) {
    return NULL;
  }
  for (uint32_t i = 0; i < c->symbols_count && found == NULL; i++) {
    const symbol *s = c->symbols[i];
    const bool is_own = s->stack != NULL && s->state == SYMBOL_READY;
    found = is_own && symbol_program_index(c, s) == v ? s->stack : NULL;
  }
  for (uint32_t i = 0; i < variable->inputs_count && found == NULL; i++) {
    found = stack_of(c, variable->inputs[i]);
  }
  return found;
}

static const stack *stack_named(compilation *c, const node *n) {
  slice name;
  const char **names = (const char **)arena_array(c->memory, (size_t)c->stacks_count + 1, sizeof names[0]);
  if (names == NULL || !field_name(c, n, "stack", &name)) {
    return NULL;
  }
  for (uint32_t i = 0; i < c->stacks_count; i++) {
    names[i] = c->stacks[i].name != NULL ? c->stacks[i].name : "";
    if (slice_equal(slice_of(names[i]), name)) {
      return &c->stacks[i];
    }
  }
  problem_unknown(c->problems, n->at, "stack", name, names, c->stacks_count);
  return NULL;
}

static bool check_uses(compilation *c, const node *key, const stack *asked, const bool *used) {
  bool uses_it = false;
  for (uint32_t v = 0; v < c->plan->program->variables_count; v++) {
    const stack *of = used[v] ? stack_of(c, v) : NULL;
    if (of != NULL && of != asked) {
      problem_at(c->problems, key->at,
                 asked == NULL ? "'%s' is of the rows of stack '%s'; add stack: %s"
                               : "'%s' is of the rows of stack '%s', not of '%s'",
                 c->plan->program->variables[v].name, of->name, asked == NULL ? of->name : asked->name);
      return false;
    }
    uses_it = uses_it || of != NULL;
  }
  if (asked != NULL && !uses_it) {
    problem_at(c->problems, key->at, "stack: nothing here is of the rows of '%s'; leave stack out",
               asked->name);
  }
  return asked == NULL || uses_it;
}

bool stack_read(compilation *c, const node *key, const node *body, plan_analysis *out) {
  const node *n = node_get(body, "stack");
  const stack *asked = n != NULL ? stack_named(c, n) : NULL;
  if (n != NULL && asked == NULL) {
    return false;
  }
  bool *used = ARENA_ARRAY(c->memory, bool, (size_t)c->plan->program->variables_count + 1);
  if (used == NULL) {
    return false;
  }
  plan_analysis_uses(c->plan, out, used);
  if (asked != NULL) {
    out->stack = asked->name;
    out->loops = asked->loops;
  }
  return c->stacks_count == 0 || check_uses(c, n != NULL ? n : key, asked, used);
}

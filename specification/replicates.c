/* `replicates`: the random groups of rows that errors without a formula come from
 * (docs/analyses/replicates.md). Without `unit`, the only variable that is declared as id says which rows are
 * one respondent's. */
#include <string.h>

#include "specification/fields.h"

static const char *const keys[] = {"groups", "seed", "unit"};

static void read_groups(compilation *c, const node *n, plan_replicates *out) {
  int64_t groups = 0;
  if (!field_whole(c, n, "groups", PROGRAM_REPLICATES_MIN, PROGRAM_REPLICATES_MAX, &groups)) {
    return;
  }
  if ((groups & (groups - 1)) != 0) {
    field_expected(c, n, "groups", "256, 512 or 1024");
    return;
  }
  out->groups = (uint32_t)groups;
}

static void read_unit(compilation *c, const node *n, plan_replicates *out) {
  slice name;
  if (!field_name(c, n, "unit", &name)) {
    return;
  }
  out->unit = PROGRAM_NONE;
  if (slice_equal(name, slice_of("none"))) {
    return;
  }
  const symbol *s = symbol_use(c, name, n->at);
  if (s == NULL) {
    return;
  }
  if (symbol_accepts(s) == ACCEPT_SET ||
      program_variable_loops(c->plan->program, symbol_program_index(c, s)) > 0) {
    problem_at(c->problems, n->at,
               "unit: '%s' is %s; name an id, a number or a nominal variable of whole records, or none",
               problem_quote(c->problems, name), symbol_kind_name(s));
    return;
  }
  out->unit = s->plan_index;
}

void replicates_read(compilation *c, const node *root) {
  plan_replicates *out = &c->plan->replicates;
  const node *section = node_get(root, "replicates");
  out->seed = c->defaults.seed;
  const symbol *id = symbol_only_id(c);
  out->unit = id != NULL ? id->plan_index : PROGRAM_NONE;
  if (section == NULL || !field_is_map(c, section, "replicates", "groups, seed, unit")) {
    return;
  }
  field_check_keys(c, section, "replicates", keys, sizeof keys / sizeof keys[0]);
  const node *groups = node_get(section, "groups");
  const node *seed = node_get(section, "seed");
  const node *unit = node_get(section, "unit");
  int64_t value = 0;
  if (groups != NULL) {
    read_groups(c, groups, out);
  }
  if (seed != NULL && field_whole(c, seed, "seed", 0, INT64_MAX, &value)) {
    out->seed = (uint64_t)value;
  }
  if (unit != NULL) {
    read_unit(c, unit, out);
  }
  json *normal = json_object(c->memory);
  json_set_integer(normal, "groups", out->groups);
  json_set_integer(normal, "seed", (int64_t)out->seed);
  json_set(normal, "unit",
           out->unit != PROGRAM_NONE ? json_text(c->memory, slice_of(c->plan->variables[out->unit].name))
                                     : json_null(c->memory));
  json_set(c->normal, "replicates", normal);
}

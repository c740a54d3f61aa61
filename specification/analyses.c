/* `analyses`: what to evaluate.  The arguments of each come from its kind's table; what all have in
 * common (by, where, weight, name, ..) is read here. */
#include <stdio.h>
#include <string.h>

#include "specification/arguments.h"
#include "specification/options.h"
#include "specification/stack.h"

enum { ANALYSES_MAX = 1000 };

static const char *const common_keys[] = {"by",         "where",      "weight", "name", "label",
                                          "confidence", "small_base", "seed",   "stack"};
enum { COMMON_COUNT = sizeof common_keys / sizeof common_keys[0] };

/* One analysis while it is read. */
typedef struct request {
  const analysis_kind *kind;
  const node *key, *body;
  plan_analysis *out;
  json *where;
  const char *weight_name;
  bool open_ended;
} request;

static bool check_keys(compilation *c, const request *r) {
  size_t count = COMMON_COUNT + r->kind->arguments_count;
  const bool has_other = r->kind->breakdowns_also != NULL;
  const char **keys = (const char **)arena_array(c->memory, count + 1, sizeof keys[0]);
  if (keys == NULL) {
    return false;
  }
  for (uint32_t i = 0; i < r->kind->arguments_count; i++) {
    keys[i] = r->kind->arguments[i].name;
  }
  memcpy(keys + r->kind->arguments_count, common_keys, sizeof common_keys);
  keys[count] = r->kind->breakdowns_also;
  size_t before = c->problems->count;
  field_check_keys(c, r->body, r->kind->name, keys, count + (has_other ? 1 : 0));
  return c->problems->count == before;
}

static bool read_arguments(compilation *c, request *r) {
  const analysis_kind *kind = r->kind;
  bool all_well = true;
  r->out->arguments = ARENA_ARRAY(c->memory, argument_value, (size_t)kind->arguments_count + 1);
  if (r->out->arguments == NULL) {
    return false;
  }
  r->out->arguments_count = kind->arguments_count;
  for (uint32_t i = 0; i < kind->arguments_count; i++) {
    const analysis_argument *a = &kind->arguments[i];
    const node *n = node_get(r->body, a->name);
    if (n != NULL) {
      argument_outcome outcome = argument_read(c, a, n, &r->out->arguments[i]);
      all_well = all_well && outcome != ARGUMENT_WRONG;
      r->open_ended = r->open_ended || outcome == ARGUMENT_OPEN;
    } else if (a->required) {
      problem_at(c->problems, r->key->at, "%s needs '%s' (%s)", kind->name, a->name,
                 a->help != NULL ? a->help : "see its page");
      all_well = false;
    } else {
      argument_default(c, a, &r->out->arguments[i]);
    }
  }
  return all_well;
}

static bool read_where(compilation *c, request *r) {
  const node *n = node_get(r->body, "where");
  r->out->filter = PROGRAM_NONE;
  if (n == NULL) {
    return true;
  }
  if (!where_compile(c, n, &r->out->filter, &r->where)) {
    return false;
  }
  r->out->filter_text = arena_copy(c->memory, slice_trim(n->text));
  return r->out->filter_text != NULL;
}

static bool read_weight(compilation *c, request *r, const analysis_defaults *common) {
  const node *n = node_get(r->body, "weight");
  r->out->weight = PROGRAM_NONE;
  if (n != NULL && !r->kind->takes_weight) {
    problem_at(c->problems, node_key(r->body, "weight")->at, "%s takes no weight", r->kind->name);
    return false;
  }
  if (r->kind->takes_weight) {
    r->out->weight = common->weight;
    r->weight_name = common->weight_name;
  }
  return true;
}

static bool check_name(compilation *c, const request *r, const node *n) {
  for (uint32_t i = 0; i < c->plan->analyses_count; i++) {
    if (c->plan->analyses[i].name != NULL && strcmp(c->plan->analyses[i].name, r->out->name) == 0) {
      problem_at(c->problems, n->at, "name: another analysis is already called '%s'",
                 problem_quote(c->problems, n->text));
      return false;
    }
  }
  return true;
}

static bool read_names(compilation *c, request *r) {
  const node *name = node_get(r->body, "name");
  const node *label = node_get(r->body, "label");
  bool all_well = label == NULL || field_label(c, label, "label", &r->out->label);
  slice text;
  if (name == NULL) {
    return all_well;
  }
  if (!field_name(c, name, "name", &text)) {
    return false;
  }
  r->out->name = text.bytes;
  return check_name(c, r, name) && all_well;
}

static json *breakdowns_normal(compilation *c, const plan_analysis *a) {
  json *list = json_array(c->memory);
  for (uint32_t i = 0; i < a->breakdowns_count; i++) {
    json *crossed = json_array(c->memory);
    for (uint32_t k = 0; k < a->breakdowns[i].count; k++) {
      json_push(crossed,
                json_text(c->memory, slice_of(c->plan->variables[a->breakdowns[i].variables[k]].name)));
    }
    json_push(list, crossed);
  }
  return list;
}

static void request_normal(compilation *c, const request *r) {
  const plan_analysis *a = r->out;
  json *arguments = json_object(c->memory);
  for (uint32_t i = 0; i < r->kind->arguments_count; i++) {
    json_set(arguments, r->kind->arguments[i].name,
             argument_normal(c, &r->kind->arguments[i], &a->arguments[i]));
  }
  json *o = json_object(c->memory);
  json_set_text(o, "kind", a->kind);
  json_set_text(o, "name", a->name);
  json_set(o, "label", plan_label_json(&a->label, c->memory));
  json_set(o, "arguments", arguments);
  json_set(o, "by", breakdowns_normal(c, a));
  json_set(o, "where", r->where != NULL ? r->where : json_null(c->memory));
  json_set(o, "weight",
           r->weight_name != NULL ? json_text(c->memory, slice_of(r->weight_name)) : json_null(c->memory));
  json_set_number(o, "confidence", a->confidence);
  json_set_integer(o, "small_base", a->small_base);
  json_set_integer(o, "seed", (int64_t)a->seed);
  if (a->loops > 0) {
    json_set_text(o, "stack", a->stack);
  }
  normal_push(c, "analyses", o);
}

/* A message that begins with the name of an argument is reported at that argument. */
static place place_of_message(const request *r, const char *message) {
  slice first = {message, strcspn(message, ":")};
  for (uint32_t i = 0; i < r->body->count; i++) {
    if (slice_equal(r->body->keys[i]->text, first)) {
      return r->body->keys[i]->at;
    }
  }
  return r->key->at;
}

/* The kind's own checks of its arguments. */
static void check_by_kind(compilation *c, const request *r) {
  error err;
  if (r->kind->check == NULL) {
    return;
  }
  status st = r->kind->check(c->plan, r->out, &err);
  if (st == STATUS_NO_MEMORY) {
    c->failure = st;
  } else if (st != STATUS_OK) {
    problem_at(c->problems, place_of_message(r, err.message), "%s", err.message);
  }
}

static bool read_request(compilation *c, request *r) {
  analysis_defaults common = c->defaults;
  bool all_well = check_keys(c, r);
  all_well = read_arguments(c, r) && all_well;
  all_well = breakdowns_read(c, r->kind, r->body, r->out) && all_well;
  all_well = read_where(c, r) && all_well;
  all_well = options_read(c, r->body, &common) && all_well;
  all_well = read_weight(c, r, &common) && all_well;
  all_well = read_names(c, r) && all_well;
  all_well = all_well && stack_read(c, r->key, r->body, r->out);
  r->out->confidence = common.confidence;
  r->out->small_base = common.small_base;
  r->out->seed = common.seed;
  return all_well;
}

static const analysis_kind *kind_of(compilation *c, const node *key) {
  size_t count = analysis_count();
  const char **names = (const char **)arena_array(c->memory, count + 1, sizeof names[0]);
  for (size_t i = 0; names != NULL && i < count; i++) {
    names[i] = analysis_at(i)->name;
    if (slice_equal(key->text, slice_of(names[i]))) {
      return analysis_at(i);
    }
  }
  problem_unknown(c->problems, key->at, "analysis", key->text, names, names != NULL ? count : 0);
  return NULL;
}

/* False: the entry cannot be read at all. */
static bool open_request(compilation *c, const node *n, request *r) {
  static const node nothing = {.kind = NODE_MAP};
  if (n->kind == NODE_TEXT) {
    r->key = n;
    r->body = &nothing;
  } else if (n->kind == NODE_MAP && n->count == 1) {
    r->key = n->keys[0];
    r->body = n->items[0]->kind == NODE_EMPTY ? &nothing : n->items[0];
  } else if (n->kind == NODE_MAP && n->count > 1) {
    problem_at(c->problems, n->keys[1]->at,
               "an analysis is one name with its arguments; '%s' belongs inside, indented or in braces",
               problem_quote(c->problems, n->keys[1]->text));
    return false;
  } else {
    field_expected(c, n, "an analysis", "its name and arguments, such as nps: {items: q1}");
    return false;
  }
  r->kind = kind_of(c, r->key);
  return r->kind != NULL && field_is_map(c, r->body, r->kind->name, "its arguments");
}

/* "nps", then "nps_2", ..: the first that no other analysis has. */
static bool name_request(compilation *c, plan_analysis *a) {
  char name[200];
  bool taken = true;
  for (unsigned number = 1; taken; number++) {
    (void)snprintf(name, sizeof name, number == 1 ? "%s" : "%s_%u", a->kind, number);
    taken = false;
    for (uint32_t i = 0; i < c->plan->analyses_count && !taken; i++) {
      const char *other = c->plan->analyses[i].name;
      taken = other != NULL && strcmp(other, name) == 0;
    }
  }
  a->name = arena_copy(c->memory, slice_of(name));
  return a->name != NULL;
}

void analyses_compile(compilation *c, const node *root) {
  const node *section = node_get(root, "analyses");
  if (section == NULL) {
    problem_at(c->problems, root->at, "no analyses; add `analyses:` with a list of what to evaluate");
    return;
  }
  if (section->kind != NODE_LIST || section->count == 0) {
    field_expected(c, section, "analyses", "a list with at least one analysis");
    return;
  }
  if (section->count > ANALYSES_MAX) {
    problem_at(c->problems, section->at, "analyses: %u are more than %d", section->count, ANALYSES_MAX);
    return;
  }
  request *requests = ARENA_ARRAY(c->memory, request, section->count);
  c->plan->analyses = ARENA_ARRAY(c->memory, plan_analysis, section->count);
  if (requests == NULL || c->plan->analyses == NULL) {
    return;
  }
  for (uint32_t i = 0; i < section->count; i++) {
    request *r = &requests[c->plan->analyses_count];
    *r = (request){.out = &c->plan->analyses[c->plan->analyses_count]};
    *r->out = (plan_analysis){0};
    if (open_request(c, section->items[i], r)) {
      r->out->kind = r->kind->name;
      if (read_request(c, r)) {
        c->plan->analyses_count++;
      }
    }
  }
  for (uint32_t i = 0; i < c->plan->analyses_count; i++) {
    const request *r = &requests[i];
    if ((r->out->name != NULL || name_request(c, r->out)) && !r->open_ended) {
      request_normal(c, r);
      check_by_kind(c, r);
    }
  }
}

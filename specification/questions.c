/* Questions of a banner table: names, grids, and maps that say more of a question: its base, nets and boxes.
 */
#include "specification/arguments.h"

#include <string.h>

#include "base/tidy.h"

enum { QUESTIONS_MAX = 10000, NETS_MAX = 1000, NET_MAX = 10000 };

static const char *const question_keys[] = {"items", "label", "base", "nets", "top", "bottom", "nps"};

/* Of one list `questions`, while it is read. */
typedef struct question_list {
  compilation *c;
  const analysis_argument *argument;
  plan_question *at;
  uint32_t count;
  size_t capacity;
  bool is_open; /* a pattern has columns to come */
} question_list;

static plan_question *add(question_list *l) {
  if (!ARRAY_ROOM_IN(l->c->memory, l->at, l->count, l->capacity)) {
    return NULL;
  }
  l->at[l->count] =
      (plan_question){.base = PROGRAM_NONE, .top = PLAN_BOXES_AS_ALL, .bottom = PLAN_BOXES_AS_ALL};
  return &l->at[l->count++];
}

static bool take(compilation *c, plan_question *q, symbol *const *list, uint32_t count) {
  q->variables = ARENA_ARRAY(c->memory, uint32_t, (size_t)count + 1);
  for (uint32_t i = 0; q->variables != NULL && i < count; i++) {
    q->variables[i] = list[i]->plan_index;
  }
  q->variables_count = count;
  return q->variables != NULL;
}

/* The symbols of N, a name or a list of them, each of a form that is accepted; none where a pattern is open.
 */
static bool read_symbols(question_list *l, const node *n, symbol ***list, uint32_t *count) {
  compilation *c = l->c;
  bool all_well = symbol_list(c, n, l->argument->name, list, count);
  l->is_open = l->is_open || c->open_ended;
  for (uint32_t i = 0; i < *count; i++) {
    all_well = argument_accepts(c, l->argument, (*list)[i], node_item_place(n, i, *count)) && all_well;
  }
  return all_well;
}

/* A name, or a pattern of several questions. */
static bool read_names(question_list *l, const node *n) {
  symbol **list = NULL;
  uint32_t count = 0;
  if (!read_symbols(l, n, &list, &count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; i++) {
    plan_question *q = add(l);
    if (q == NULL || !take(l->c, q, &list[i], 1)) {
      return false;
    }
  }
  return true;
}

/* The items of a grid are answered on one scale. */
static bool check_grid(compilation *c, const node *n, symbol *const *list, uint32_t count) {
  const program_variable *first = count > 0 ? &list[0]->variable : NULL;
  for (uint32_t i = 0; count > 1 && i < count; i++) {
    const program_variable *v = &list[i]->variable;
    const char *name = problem_quote(c->problems, slice_of(list[i]->name));
    if (symbol_accepts(list[i]) != ACCEPT_NUMERIC_CODED) {
      problem_at(c->problems, node_item_place(n, i, count),
                 "questions: '%s' is %s; the items of a grid are scales (list other questions one by one)",
                 name, symbol_kind_name(list[i]));
      return false;
    }
    if (v->kind != first->kind || v->low != first->low || v->high != first->high) {
      problem_at(c->problems, node_item_place(n, i, count),
                 "questions: '%s' has another range than the first item of its grid; list it on its own",
                 name);
      return false;
    }
  }
  return true;
}

static bool read_grid(question_list *l, const node *n, plan_question *q, symbol ***list) {
  uint32_t count = 0;
  return read_symbols(l, n, list, &count) && check_grid(l->c, n, *list, count) && take(l->c, q, *list, count);
}

/* ---- Nets ------------------------------------------------------------------------------------------- */

static bool read_value(compilation *c, const symbol *s, const node *n, slice *out) {
  slice text;
  if (!field_text(c, n, "nets", &text)) {
    return false;
  }
  char *room = ARENA_ARRAY(c->memory, char, TIDY_GROWTH *text.length + 1);
  if (room == NULL) {
    return false;
  }
  *out = tidy_text(text, room);
  return symbol_knows_text(c, s, *out, n->at);
}

static bool read_values(compilation *c, const symbol *s, const node *n, plan_net *net) {
  const bool is_list = n->kind == NODE_LIST;
  if ((!is_list && n->kind != NODE_TEXT) || (is_list && (n->count == 0 || n->count > NET_MAX))) {
    field_expected(c, n, "nets", "a value of '%s', or a list of values", s->name);
    return false;
  }
  net->count = is_list ? n->count : 1;
  net->texts = ARENA_ARRAY(c->memory, slice, net->count);
  bool all_well = net->texts != NULL;
  for (uint32_t i = 0; net->texts != NULL && i < net->count; i++) {
    all_well = read_value(c, s, is_list ? n->items[i] : n, &net->texts[i]) && all_well;
  }
  return all_well;
}

static bool read_codes(compilation *c, const symbol *s, const node *n, plan_net *net) {
  const analysis_argument codes = {.name = "nets", .type = ARGUMENT_INTEGERS};
  argument_value value = {0};
  if (argument_read(c, &codes, n, &value) != ARGUMENT_READ) {
    return false;
  }
  net->codes = value.integers;
  net->count = value.list_count;
  const program_variable *v = &s->variable;
  for (uint32_t i = 0; v->kind == VARIABLE_SCALE && i < net->count; i++) {
    if (net->codes[i] < v->low || net->codes[i] > v->high) {
      problem_at(c->problems, n->at, "nets: %lld is not a code of '%s', which goes from %lld to %lld",
                 (long long)net->codes[i], problem_quote(c->problems, slice_of(s->name)), (long long)v->low,
                 (long long)v->high);
      return false;
    }
  }
  return true;
}

/* An answer that is named twice would be counted twice. */
static bool check_repeats(compilation *c, const node *n, const plan_net *net) {
  for (uint32_t i = 1; i < net->count; i++) {
    for (uint32_t k = 0; k < i; k++) {
      if (net->codes != NULL ? net->codes[i] == net->codes[k] : slice_equal(net->texts[i], net->texts[k])) {
        problem_at(c->problems, n->at, "nets: '%s' names an answer twice",
                   problem_quote(c->problems, slice_of(net->name)));
        return false;
      }
    }
  }
  return true;
}

static bool read_nets(compilation *c, const node *n, const symbol *s, plan_question *q) {
  if (!field_is_map(c, n, "nets", "names and the answers that each holds")) {
    return false;
  }
  if (symbol_accepts(s) == ACCEPT_NUMBER || n->count > NETS_MAX) {
    problem_at(c->problems, n->at,
               "nets: '%s' is %s, which has no answers to put together (make bands of it)",
               problem_quote(c->problems, slice_of(s->name)), symbol_kind_name(s));
    return false;
  }
  q->nets = ARENA_ARRAY(c->memory, plan_net, (size_t)n->count + 1);
  bool all_well = q->nets != NULL;
  for (uint32_t i = 0; q->nets != NULL && i < n->count; i++) {
    plan_net *net = &q->nets[i];
    slice name;
    *net = (plan_net){0};
    if (!field_name(c, n->keys[i], "nets", &name)) {
      return false;
    }
    net->name = name.bytes;
    all_well = (symbol_accepts(s) == ACCEPT_NUMERIC_CODED ? read_codes(c, s, n->items[i], net)
                                                          : read_values(c, s, n->items[i], net)) &&
               check_repeats(c, n->items[i], net) && all_well;
  }
  q->nets_count = n->count;
  return all_well;
}

/* ---- A map ------------------------------------------------------------------------------------------- */

static bool read_boxes(compilation *c, const node *map, const char *key, uint8_t *out) {
  const node *n = node_get(map, key);
  int64_t boxes = *out;
  const bool all_well = n == NULL || field_whole(c, n, key, 0, PLAN_BOXES_MAX, &boxes);
  *out = (uint8_t)boxes;
  return all_well;
}

static bool read_nps(compilation *c, const node *map, const symbol *s, plan_question *q) {
  const node *n = node_get(map, "nps");
  if (n == NULL || !field_flag(c, n, "nps", &q->nps)) {
    return n == NULL;
  }
  const program_variable *v = &s->variable;
  if (q->nps && (v->kind != VARIABLE_SCALE || v->low != 0 || v->high != 10)) {
    problem_at(c->problems, n->at,
               "nps: '%s' has no declared range of 0..10; give promoters and detractors as nets, or use the "
               "analysis nps",
               problem_quote(c->problems, slice_of(s->name)));
    return false;
  }
  return true;
}

static bool read_base(compilation *c, const node *map, plan_question *q) {
  const node *n = node_get(map, "base");
  json *canonical = NULL;
  if (n == NULL) {
    return true;
  }
  if (!where_compile(c, n, &q->base, &canonical)) {
    return false;
  }
  q->base_text = arena_copy(c->memory, slice_trim(n->text));
  return q->base_text != NULL;
}

static bool read_map(question_list *l, const node *n) {
  compilation *c = l->c;
  const size_t before = c->problems->count;
  field_check_keys(c, n, "questions", question_keys, sizeof question_keys / sizeof question_keys[0]);
  const node *items = node_get(n, "items");
  if (items == NULL) {
    problem_at(c->problems, n->at, "questions: a question that is a map needs 'items', a name or a list");
  }
  plan_question *q = add(l);
  symbol **list = NULL;
  if (c->problems->count > before || q == NULL || !read_grid(l, items, q, &list)) {
    return false;
  }
  if (q->variables_count == 0) {
    l->count--; /* of a pattern whose columns are to come */
    return true;
  }
  const node *label = node_get(n, "label"), *nets = node_get(n, "nets");
  bool all_well = label == NULL || field_label(c, label, "label", &q->label);
  all_well = (nets == NULL || read_nets(c, nets, list[0], q)) && all_well;
  all_well = read_boxes(c, n, "top", &q->top) && read_boxes(c, n, "bottom", &q->bottom) && all_well;
  all_well = read_nps(c, n, list[0], q) && all_well;
  return read_base(c, n, q) && all_well;
}

static bool read_list(question_list *l, const node *n) {
  plan_question *q = add(l);
  symbol **list = NULL;
  if (q == NULL || !read_grid(l, n, q, &list)) {
    return false;
  }
  l->count -= q->variables_count == 0 ? 1 : 0;
  return true;
}

argument_outcome questions_read(compilation *c, const analysis_argument *a, const node *n,
                                argument_value *out) {
  question_list l = {.c = c, .argument = a};
  const bool is_list = n->kind == NODE_LIST;
  if ((is_list && (n->count == 0 || n->count > QUESTIONS_MAX)) || n->kind == NODE_EMPTY) {
    field_expected(c, n, a->name,
                   "a name, or a list of names, grids ([a, b]) and maps ({items: a, base: ..})");
    return ARGUMENT_WRONG;
  }
  bool all_well = true;
  for (uint32_t i = 0; i < (is_list ? n->count : 1); i++) {
    const node *one = is_list ? n->items[i] : n;
    all_well = (one->kind == NODE_MAP    ? read_map(&l, one)
                : one->kind == NODE_LIST ? read_list(&l, one)
                                         : read_names(&l, one)) &&
               all_well;
  }
  out->questions = l.at;
  out->list_count = l.count;
  return !all_well ? ARGUMENT_WRONG : l.is_open || l.count == 0 ? ARGUMENT_OPEN : ARGUMENT_READ;
}

/* ---- The normal form ---------------------------------------------------------------------------------- */

static json *net_normal(compilation *c, const plan_net *net) {
  json *answers = json_array(c->memory);
  for (uint32_t i = 0; i < net->count; i++) {
    json_push(answers,
              net->texts != NULL ? normal_slice(c, net->texts[i]) : json_integer(c->memory, net->codes[i]));
  }
  json *o = json_object(c->memory);
  json_set_text(o, "name", net->name);
  json_set(o, "answers", answers);
  return o;
}

json *questions_normal(compilation *c, const argument_value *v) {
  json *list = json_array(c->memory);
  for (uint32_t i = 0; i < v->list_count; i++) {
    const plan_question *q = &v->questions[i];
    json *items = json_array(c->memory), *nets = json_array(c->memory), *o = json_object(c->memory);
    for (uint32_t k = 0; k < q->variables_count; k++) {
      json_push(items, json_text(c->memory, slice_of(c->plan->variables[q->variables[k]].name)));
    }
    for (uint32_t k = 0; k < q->nets_count; k++) {
      json_push(nets, net_normal(c, &q->nets[k]));
    }
    json_set(o, "items", items);
    json_set(o, "label", plan_label_json(&q->label, c->memory));
    json_set(o, "base",
             q->base_text != NULL ? json_text(c->memory, slice_of(q->base_text)) : json_null(c->memory));
    json_set(o, "nets", nets);
    json_set(o, "top", q->top == PLAN_BOXES_AS_ALL ? json_null(c->memory) : json_integer(c->memory, q->top));
    json_set(o, "bottom",
             q->bottom == PLAN_BOXES_AS_ALL ? json_null(c->memory) : json_integer(c->memory, q->bottom));
    json_set_bool(o, "nps", q->nps);
    json_push(list, o);
  }
  return list;
}

/* Reading YAML with libyaml: first the events, which find what is refused (anchors, tags, depth, size,
 * further documents) before anything is built; then the document, whose nodes keep their places. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "specification/node.h"
#include "specification/yaml_slips.h"

static place place_of(yaml_mark_t mark) {
  return (place){.line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1};
}

/* The place of a byte: columns count characters. */
static place place_of_byte(slice page, size_t offset) {
  place at = {.line = 1, .column = 1};
  for (size_t i = 0; i < offset && i < page.length; i++) {
    if (page.bytes[i] == '\n') {
      at = (place){.line = at.line + 1, .column = 1};
    } else if (((unsigned char)page.bytes[i] & 0xC0) != 0x80) {
      at.column++;
    }
  }
  return at;
}

static void open_parser(yaml_parser_t *parser, slice page) {
  yaml_parser_set_input_string(parser, (const unsigned char *)page.bytes, page.length);
  yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
}

static status syntax_problem(problem_list *p, const yaml_parser_t *parser, slice page, error *err) {
  if (parser->error == YAML_MEMORY_ERROR) {
    return error_no_memory(err, "the specification");
  }
  const char *what = parser->problem != NULL ? parser->problem : "cannot be read";
  if (parser->error == YAML_READER_ERROR) {
    problem_at(p, place_of_byte(page, parser->problem_offset), "not YAML: %s (0x%02X)", what,
               (unsigned)parser->problem_value);
    return STATUS_OK;
  }
  place at = place_of(parser->problem_mark);
  const char *advice = yaml_slip_of_error(p, page, parser->problem_mark.index, what, &at);
  if (parser->context != NULL) {
    problem_at(p, at, "not YAML: %s (%s, from line %zu)%s", what, parser->context,
               parser->context_mark.line + 1, advice);
  } else {
    problem_at(p, at, "not YAML: %s%s", what, advice);
  }
  return STATUS_OK;
}

typedef struct census {
  size_t documents, nodes, depth;
} census;

static void check_decoration(problem_list *p, place at, const yaml_char_t *anchor, const yaml_char_t *tag) {
  if (anchor != NULL) {
    problem_at(p, at, "anchors (&%s) are not supported; write the value out where it is needed",
               problem_quote(p, slice_of((const char *)anchor)));
  }
  if (tag != NULL) {
    problem_at(p, at, "tags (%s) are not supported", problem_quote(p, slice_of((const char *)tag)));
  }
}

/* False: there is no point in reading on. */
static bool check_event(problem_list *p, const yaml_event_t *event, census *so_far) {
  place at = place_of(event->start_mark);
  switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
      if (++so_far->documents > 1) {
        problem_at(p, at, "a second YAML document starts here; a specification is one document");
        return false;
      }
      return true;
    case YAML_ALIAS_EVENT:
      problem_at(p, at, "aliases (*%s) are not supported; write the value out (put a name with * in quotes)",
                 problem_quote(p, slice_of((const char *)event->data.alias.anchor)));
      break;
    case YAML_SCALAR_EVENT:
      check_decoration(p, at, event->data.scalar.anchor, event->data.scalar.tag);
      break;
    case YAML_SEQUENCE_START_EVENT:
      check_decoration(p, at, event->data.sequence_start.anchor, event->data.sequence_start.tag);
      so_far->depth++;
      break;
    case YAML_MAPPING_START_EVENT:
      check_decoration(p, at, event->data.mapping_start.anchor, event->data.mapping_start.tag);
      so_far->depth++;
      break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      so_far->depth--;
      return true;
    default:
      return true;
  }
  if (so_far->depth > NODE_DEPTH_MAX) {
    problem_at(p, at, "lists and maps are nested more than %d deep", NODE_DEPTH_MAX);
    return false;
  }
  if (++so_far->nodes > NODE_COUNT_MAX) {
    problem_at(p, at, "more than %d values in one specification", NODE_COUNT_MAX);
    return false;
  }
  return true;
}

static status check_events(problem_list *p, slice page, error *err) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) {
    return error_no_memory(err, "the specification");
  }
  open_parser(&parser, page);
  census so_far = {0};
  status st = STATUS_OK;
  for (bool more = true; more;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      st = syntax_problem(p, &parser, page, err);
      break;
    }
    more = check_event(p, &event, &so_far) && event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return st;
}

static int by_text_then_place(const void *left, const void *right) {
  const node *a = *(node *const *)left;
  const node *b = *(node *const *)right;
  int order = slice_compare(a->text, b->text);
  return order != 0 ? order : (a->start > b->start) - (a->start < b->start);
}

/* Of duplicate keys the first stays.  Maps can be large, so the keys are compared in order. */
static void drop_duplicates(arena *a, problem_list *p, node *map) {
  node **sorted = ARENA_ARRAY(a, node *, (size_t)map->count + 1);
  if (sorted == NULL || map->count < 2) {
    return;
  }
  memcpy(sorted, map->keys, map->count * sizeof sorted[0]);
  qsort(sorted, map->count, sizeof sorted[0], by_text_then_place);
  const node *first = sorted[0];
  for (uint32_t i = 1; i < map->count; i++) {
    if (slice_equal(sorted[i]->text, first->text)) {
      problem_at(p, sorted[i]->at, "duplicate key '%s'; it is already in line %u",
                 problem_quote(p, first->text), first->at.line);
      sorted[i]->kind = NODE_EMPTY;
    } else {
      first = sorted[i];
    }
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < map->count; i++) {
    if (map->keys[i]->kind != NODE_EMPTY) {
      map->keys[kept] = map->keys[i];
      map->items[kept++] = map->items[i];
    }
  }
  map->count = kept;
}

static bool is_empty_scalar(slice text) {
  return text.length == 0 || slice_equal(text, slice_of("~")) || slice_equal(text, slice_of("null"));
}

static node_style style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return STYLE_SINGLE_QUOTED;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return STYLE_DOUBLE_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
      return STYLE_BLOCK;
    default:
      return STYLE_PLAIN;
  }
}

typedef struct conversion {
  arena *memory;
  problem_list *problems;
  yaml_document_t *document;
  slice page;
  bool has_slips; /* of which the reader of the tree would make other mistakes */
} conversion;

static node *convert(conversion *c, int index);

static void convert_scalar(conversion *c, const yaml_node_t *from, node *to) {
  slice text = {.bytes = (const char *)from->data.scalar.value, .length = from->data.scalar.length};
  to->style = style_of(from->data.scalar.style);
  to->kind = to->style == STYLE_PLAIN && is_empty_scalar(text) ? NODE_EMPTY : NODE_TEXT;
  to->text = arena_slice(c->memory, text);
}

static bool convert_list(conversion *c, const yaml_node_t *from, node *to) {
  size_t count = (size_t)(from->data.sequence.items.top - from->data.sequence.items.start);
  to->kind = NODE_LIST;
  to->items = ARENA_ARRAY(c->memory, node *, count + 1);
  if (to->items == NULL) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    to->items[i] = convert(c, from->data.sequence.items.start[i]);
    if (to->items[i] == NULL) {
      return false;
    }
  }
  to->count = (uint32_t)count;
  return true;
}

static bool convert_map(conversion *c, const yaml_node_t *from, node *to) {
  size_t count = (size_t)(from->data.mapping.pairs.top - from->data.mapping.pairs.start);
  to->kind = NODE_MAP;
  to->items = ARENA_ARRAY(c->memory, node *, count + 1);
  to->keys = ARENA_ARRAY(c->memory, node *, count + 1);
  if (to->items == NULL || to->keys == NULL) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    const yaml_node_pair_t *pair = &from->data.mapping.pairs.start[i];
    node *key = convert(c, pair->key);
    node *value = convert(c, pair->value);
    if (key == NULL || value == NULL) {
      return false;
    }
    if (key->kind == NODE_LIST || key->kind == NODE_MAP) {
      problem_at(c->problems, key->at, "a key must be a text, not a %s",
                 key->kind == NODE_LIST ? "list" : "map");
      continue;
    }
    if (value->kind == NODE_EMPTY) {
      value->at = key->at; /* an empty value has no place of its own */
    }
    key->kind = NODE_TEXT;
    if (yaml_slip_in_key(c->problems, key, value->kind != NODE_EMPTY)) {
      c->has_slips = true;
      continue;
    }
    to->keys[to->count] = key;
    to->items[to->count++] = value;
  }
  if (from->data.mapping.style == YAML_FLOW_MAPPING_STYLE) {
    yaml_slip_join(c->memory, c->problems, c->page, to);
  }
  drop_duplicates(c->memory, c->problems, to);
  return true;
}

static node *convert(conversion *c, int index) {
  const yaml_node_t *from = yaml_document_get_node(c->document, index);
  node *to = ARENA_NEW(c->memory, node);
  if (to == NULL || from == NULL) {
    return NULL;
  }
  to->at = place_of(from->start_mark);
  to->start = from->start_mark.index;
  bool all_well = true;
  if (from->type == YAML_SEQUENCE_NODE) {
    all_well = convert_list(c, from, to);
  } else if (from->type == YAML_MAPPING_NODE) {
    all_well = convert_map(c, from, to);
  } else {
    convert_scalar(c, from, to);
  }
  return all_well ? to : NULL;
}

static status load(arena *a, problem_list *p, slice page, node **out, error *err) {
  yaml_parser_t parser;
  yaml_document_t document;
  if (!yaml_parser_initialize(&parser)) {
    return error_no_memory(err, "the specification");
  }
  open_parser(&parser, page);
  if (!yaml_parser_load(&parser, &document)) {
    status st = syntax_problem(p, &parser, page, err);
    yaml_parser_delete(&parser);
    return st;
  }
  conversion c = {.memory = a, .problems = p, .document = &document, .page = page};
  const yaml_node_t *root = yaml_document_get_root_node(&document);
  if (root == NULL) {
    problem_at(p, (place){.line = 1, .column = 1}, "the specification is empty");
  } else {
    *out = convert(&c, 1);
    *out = c.has_slips ? NULL : *out;
  }
  yaml_document_delete(&document);
  yaml_parser_delete(&parser);
  return arena_failed(a) ? error_no_memory(err, "the specification") : STATUS_OK;
}

status node_read(arena *a, problem_list *p, slice page, node **out, error *err) {
  *out = NULL;
  if (page.length > NODE_PAGE_BYTES_MAX) {
    problem_at(p, (place){.line = 1, .column = 1}, "the specification has %zu bytes; at most %d are read",
               page.length, NODE_PAGE_BYTES_MAX);
    return STATUS_OK;
  }
  size_t bad = text_utf8_check(page.bytes, page.length);
  if (bad < page.length) {
    problem_at(p, place_of_byte(page, bad),
               "byte 0x%02X is not UTF-8; save the specification as UTF-8 (the data may have any encoding)",
               (unsigned)(unsigned char)page.bytes[bad]);
    return STATUS_OK;
  }
  const size_t before = p->count;
  TRY(check_events(p, page, err));
  if (p->count > before) {
    return STATUS_OK;
  }
  return load(a, p, page, out, err);
}

const node *node_get(const node *map, const char *key) {
  for (uint32_t i = 0; map != NULL && map->kind == NODE_MAP && i < map->count; i++) {
    if (slice_equal(map->keys[i]->text, slice_of(key))) {
      return map->items[i];
    }
  }
  return NULL;
}

const node *node_key(const node *map, const char *key) {
  for (uint32_t i = 0; map != NULL && map->kind == NODE_MAP && i < map->count; i++) {
    if (slice_equal(map->keys[i]->text, slice_of(key))) {
      return map->keys[i];
    }
  }
  return NULL;
}

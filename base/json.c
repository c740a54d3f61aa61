/* JSON trees and their canonical text.
 *
 * Objects keep their members ascending by key, so that neither writing nor lookup has to sort them.
 * json_set moves members on insertion, which is cheap for objects built by code; the parser, whose
 * objects may be of any size, appends and sorts once. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json_tree.h"

static json *node_new(arena *a, json_kind kind) {
  json *node = ARENA_NEW(a, json);
  if (node != NULL) {
    node->memory = a;
    node->kind = kind;
  }
  return node;
}

json *json_null(arena *a) {
  return node_new(a, JSON_NULL);
}

json *json_bool(arena *a, bool v) {
  json *node = node_new(a, JSON_BOOL);
  if (node != NULL) {
    node->as.boolean = v;
  }
  return node;
}

json *json_integer(arena *a, int64_t v) {
  json *node = node_new(a, JSON_INTEGER);
  if (node != NULL) {
    node->as.integer = v;
  }
  return node;
}

json *json_number(arena *a, double v) {
  if (!isfinite(v)) {
    return json_null(a);
  }
  json *node = node_new(a, JSON_NUMBER);
  if (node != NULL) {
    node->as.number = v;
  }
  return node;
}

json *json_text(arena *a, slice v) {
  const char *copy = arena_copy(a, v);
  json *node = copy == NULL ? NULL : node_new(a, JSON_TEXT);
  if (node != NULL) {
    node->as.text = copy;
    node->count = v.length;
  }
  return node;
}

json *json_array(arena *a) {
  return node_new(a, JSON_ARRAY);
}

json *json_object(arena *a) {
  return node_new(a, JSON_OBJECT);
}

arena *json_arena(const json *node) {
  return node == NULL ? NULL : node->memory;
}

bool json_make_room(json *node) {
  return node->kind == JSON_ARRAY
             ? ARRAY_ROOM_IN(node->memory, node->as.items, node->count, node->capacity)
             : ARRAY_ROOM_IN(node->memory, node->as.members, node->count, node->capacity);
}

void json_push(json *array, json *item) {
  if (array != NULL && array->kind == JSON_ARRAY && item != NULL && json_make_room(array)) {
    array->as.items[array->count++] = item;
  }
}

/* Index of the first member whose key is not below KEY. */
static size_t member_place(const json *object, const char *key) {
  size_t low = 0;
  size_t high = object->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (strcmp(object->as.members[middle].key, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static bool member_is(const json *object, size_t place, const char *key) {
  return place < object->count && strcmp(object->as.members[place].key, key) == 0;
}

void json_set(json *object, const char *key, json *value) {
  if (object == NULL || object->kind != JSON_OBJECT || value == NULL) {
    return;
  }
  const size_t place = member_place(object, key);
  if (member_is(object, place, key)) {
    object->as.members[place].value = value;
    return;
  }
  const char *copy = arena_copy(object->memory, slice_of(key));
  if (copy == NULL || !json_make_room(object)) {
    return;
  }
  json_pair *at = object->as.members + place;
  memmove(at + 1, at, (object->count - place) * sizeof *at);
  *at = (json_pair){copy, value};
  object->count++;
}

void json_set_integer(json *object, const char *key, int64_t v) {
  json_set(object, key, json_integer(json_arena(object), v));
}

void json_set_number(json *object, const char *key, double v) {
  json_set(object, key, json_number(json_arena(object), v));
}

void json_set_text(json *object, const char *key, const char *v) {
  json_set(object, key, json_text(json_arena(object), slice_of(v)));
}

void json_set_bool(json *object, const char *key, bool v) {
  json_set(object, key, json_bool(json_arena(object), v));
}

json_kind json_kind_of(const json *node) {
  return node == NULL ? JSON_NULL : node->kind;
}

size_t json_count(const json *node) {
  const json_kind kind = json_kind_of(node);
  return kind == JSON_ARRAY || kind == JSON_OBJECT ? node->count : 0;
}

const json *json_at(const json *array, size_t index) {
  return json_kind_of(array) == JSON_ARRAY && index < array->count ? array->as.items[index] : NULL;
}

const json *json_get(const json *object, const char *key) {
  if (json_kind_of(object) != JSON_OBJECT) {
    return NULL;
  }
  const size_t place = member_place(object, key);
  return member_is(object, place, key) ? object->as.members[place].value : NULL;
}

const json *json_member(const json *object, size_t index, const char **key) {
  if (json_kind_of(object) != JSON_OBJECT || index >= object->count) {
    return NULL;
  }
  if (key != NULL) {
    *key = object->as.members[index].key;
  }
  return object->as.members[index].value;
}

bool json_as_bool(const json *node) {
  return json_kind_of(node) == JSON_BOOL && node->as.boolean;
}

int64_t json_as_integer(const json *node) {
  return json_kind_of(node) == JSON_INTEGER ? node->as.integer : 0;
}

double json_as_number(const json *node) {
  if (json_kind_of(node) == JSON_INTEGER) {
    return (double)node->as.integer;
  }
  return json_kind_of(node) == JSON_NUMBER ? node->as.number : 0.0;
}

slice json_as_text(const json *node) {
  return json_kind_of(node) == JSON_TEXT ? (slice){node->as.text, node->count} : (slice){"", 0};
}

const char *json_as_cstring(const json *node) {
  return json_as_text(node).bytes;
}

int json_format_number(double v, char *out) {
  enum { OUT_BYTES = 32 };
  if (v == 0.0) {
    v = 0.0; /* minus zero is written as zero */
  }
  for (int digits = 15; digits < 17; digits++) {
    const int length = snprintf(out, OUT_BYTES, "%.*g", digits, v);
    if (strtod(out, NULL) == v) {
      return length;
    }
  }
  return snprintf(out, OUT_BYTES, "%.17g", v);
}

static void write_text(buf *out, slice s) {
  static const char *const escapes[0x80] = {
      ['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
      ['\n'] = "\\n", ['\r'] = "\\r",  ['\t'] = "\\t",
  };
  buf_put_u8(out, '"');
  size_t written = 0;
  for (size_t i = 0; i < s.length; i++) {
    const uint8_t byte = (uint8_t)s.bytes[i];
    const char *escape = byte < 0x80 ? escapes[byte] : NULL;
    if (escape == NULL && byte >= 0x20) {
      continue;
    }
    buf_put(out, s.bytes + written, i - written);
    written = i + 1;
    if (escape != NULL) {
      buf_put_text(out, escape);
    } else {
      buf_printf(out, "\\u%04x", byte);
    }
  }
  buf_put(out, s.bytes + written, s.length - written);
  buf_put_u8(out, '"');
}

static void write_scalar(const json *node, buf *out) {
  char number[32];
  switch (json_kind_of(node)) {
    case JSON_BOOL:
      buf_put_text(out, node->as.boolean ? "true" : "false");
      break;
    case JSON_INTEGER:
      buf_printf(out, "%lld", (long long)node->as.integer);
      break;
    case JSON_NUMBER:
      buf_put(out, number, (size_t)json_format_number(node->as.number, number));
      break;
    case JSON_TEXT:
      write_text(out, json_as_text(node));
      break;
    default:
      buf_put_text(out, "null");
  }
}

/* Blanks per level; none means the canonical form on one line. */
static void write_break(buf *out, unsigned indent, unsigned level) {
  if (indent > 0) {
    buf_printf(out, "\n%*s", (int)(indent * level), "");
  }
}

static void write_node(const json *node, buf *out, unsigned indent, unsigned level) {
  const json_kind kind = json_kind_of(node);
  if (kind != JSON_ARRAY && kind != JSON_OBJECT) {
    write_scalar(node, out);
    return;
  }
  buf_put_u8(out, kind == JSON_ARRAY ? '[' : '{');
  for (size_t i = 0; i < node->count; i++) {
    if (i > 0) {
      buf_put_u8(out, ',');
    }
    write_break(out, indent, level + 1);
    if (kind == JSON_ARRAY) {
      write_node(node->as.items[i], out, indent, level + 1);
      continue;
    }
    write_text(out, slice_of(node->as.members[i].key));
    buf_put_text(out, indent > 0 ? ": " : ":");
    write_node(node->as.members[i].value, out, indent, level + 1);
  }
  if (node->count > 0) {
    write_break(out, indent, level);
  }
  buf_put_u8(out, kind == JSON_ARRAY ? ']' : '}');
}

void json_write(const json *node, buf *out) {
  write_node(node, out, 0, 0);
}

void json_write_pretty(const json *node, buf *out) {
  write_node(node, out, 2, 0);
}

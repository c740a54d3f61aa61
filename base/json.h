/* JSON: a tree to build or read, and its canonical text.
 *
 * The canonical text has sorted keys (bytewise), no white space, numbers in the shortest of %.15g,
 * %.16g, %.17g that reads back, integers in full, UTF-8 unescaped but for what JSON demands.  Equal
 * trees give equal bytes.  A tree lives in one arena; nodes are never freed separately.  The parser is
 * bounded in depth (64) and size (256 MiB), refuses duplicate keys and treats its input as hostile.
 * A number without '.', 'e', 'E' that fits into int64 is read as JSON_INTEGER.
 */
#ifndef CANVASS_BASE_JSON_H
#define CANVASS_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

typedef enum json_kind {
  JSON_NULL,
  JSON_BOOL,
  JSON_INTEGER,
  JSON_NUMBER,
  JSON_TEXT,
  JSON_ARRAY,
  JSON_OBJECT
} json_kind;

typedef struct json json;

json *json_null(arena *a);
json *json_bool(arena *a, bool v);
json *json_integer(arena *a, int64_t v);
json *json_number(arena *a, double v); /* NaN and infinities become null, -0 is written as 0 */
json *json_text(arena *a, slice v);    /* well-formed UTF-8, copied into the arena */
json *json_array(arena *a);
json *json_object(arena *a);
/* Builders accept NULL (out of memory) and then do nothing: check arena_failed once. */
void json_push(json *array, json *item);
void json_set(json *object, const char *key, json *value); /* an existing key is replaced */
/* Short forms: json_set(o, key, json_integer(arena_of_o, v)) and so on. */
void json_set_integer(json *object, const char *key, int64_t v);
void json_set_number(json *object, const char *key, double v);
void json_set_text(json *object, const char *key, const char *v);
void json_set_bool(json *object, const char *key, bool v);
arena *json_arena(const json *node);

/* Readers accept NULL nodes, and return NULL, 0 or "" for a node of another kind. */
json_kind json_kind_of(const json *node); /* JSON_NULL for NULL */
size_t json_count(const json *node);      /* items of an array, members of an object */
const json *json_at(const json *array, size_t index);
const json *json_get(const json *object, const char *key);
/* The INDEX-th member in the order of keys (objects are kept sorted). */
const json *json_member(const json *object, size_t index, const char **key);
bool json_as_bool(const json *node);
int64_t json_as_integer(const json *node);
double json_as_number(const json *node); /* integers too */
slice json_as_text(const json *node);
const char *json_as_cstring(const json *node); /* terminated; "" when no text */

void json_write(const json *node, buf *out);        /* canonical */
void json_write_pretty(const json *node, buf *out); /* two blanks a level, no newline at the end */
/* Text of a double in the canonical form; OUT holds at least 32 bytes; returns the length. */
int json_format_number(double v, char *out);
/* SOURCE names the text in messages ("report.json").  The tree lives in A.  STATUS_DATA with
 * "source:line:column: problem", columns in bytes. */
status json_parse(arena *a, slice text, const char *source, json **out, error *err) MUST_USE;

#endif

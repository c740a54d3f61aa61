/* The node behind `json`, for json.c and json_parse.c only. */
#ifndef CANVASS_BASE_JSON_TREE_H
#define CANVASS_BASE_JSON_TREE_H

#include "base/json.h"

typedef struct json_pair {
  const char *key; /* terminated, in the arena */
  json *value;
} json_pair;

struct json {
  arena *memory;
  json_kind kind;
  size_t count; /* bytes of a text, items of an array, members of an object */
  size_t capacity;
  union {
    bool boolean;
    int64_t integer;
    double number;
    const char *text; /* terminated */
    json **items;
    json_pair *members; /* ascending by key */
  } as;
};

/* Room for one more item or member; false when out of memory. */
bool json_make_room(json *node);

#endif

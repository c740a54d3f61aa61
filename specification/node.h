/* The tree of a YAML page, each node with its place.  Private to specification.
 *
 * What holds in a tree: it is UTF-8; no anchors, aliases or tags; at most NODE_DEPTH_MAX deep; keys are
 * texts and no map has one twice.
 */
#ifndef CANVASS_SPECIFICATION_NODE_H
#define CANVASS_SPECIFICATION_NODE_H

#include "specification/problems.h"

enum { NODE_PAGE_BYTES_MAX = 4 << 20, NODE_DEPTH_MAX = 32, NODE_COUNT_MAX = 200000 };

typedef enum node_kind {
  NODE_EMPTY, /* nothing, ~ or null, without quotes */
  NODE_TEXT,
  NODE_LIST,
  NODE_MAP,
} node_kind;

typedef enum node_style { STYLE_PLAIN, STYLE_SINGLE_QUOTED, STYLE_DOUBLE_QUOTED, STYLE_BLOCK } node_style;

typedef struct node node;
struct node {
  node_kind kind;
  node_style style; /* of a text */
  place at;
  size_t start; /* characters from the start of the page to the node */
  slice text;
  uint32_t count; /* of a list or a map */
  node **items;   /* of a list; of a map: the values */
  node **keys;    /* of a map */
};

/* Reads the page; its nodes live in A.  *OUT is NULL when the page cannot be read at all; with other
 * problems (a key twice) there is a tree.  Fails only when memory runs out. */
status node_read(arena *a, problem_list *p, slice page, node **out, error *err) MUST_USE;
/* The value of KEY; NULL when there is none, or MAP is not a map. */
const node *node_get(const node *map, const char *key);
/* Its key, for the place. */
const node *node_key(const node *map, const char *key);
/* Of the INDEX-th of COUNT things that came of the list N: N's own when they are not one to one. */
place node_item_place(const node *n, uint32_t index, uint32_t count);
/* Where byte OFFSET of the text of N is in the page, quotes, escapes and folded lines counted. */
place node_place(const node *n, slice page, size_t offset);

#endif

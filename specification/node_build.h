/* Nodes that stand on no page: settings that an entry gets from elsewhere, at a place that messages about
 * them name. Everything lives in the arena; NULL when memory is out.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_NODE_BUILD_H
#define CANVASS_SPECIFICATION_NODE_BUILD_H

#include "specification/node.h"

node *node_new_text(arena *a, slice text, place at); /* TEXT is copied */
/* With room for so many items. */
node *node_new_map(arena *a, size_t room, place at);
node *node_new_list(arena *a, size_t room, place at);
void node_put(node *map, node *key, node *item);
void node_push(node *list, node *item);
/* NAME: TEXT, both new.  False: out of memory. */
bool node_put_text(arena *a, node *map, slice name, slice text, place at);

#endif

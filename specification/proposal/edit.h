/* Additions to a page of YAML that somebody has worked on: none of its bytes is changed or moved, lines and
 * words are put between them.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_EDIT_H
#define CANVASS_SPECIFICATION_PROPOSAL_EDIT_H

#include "specification/node.h"

typedef struct edit edit;

/* PAGE is borrowed; ROOT is its tree. */
edit *edit_new(slice page, const node *root);
void edit_destroy(edit *e);

/* Bytes from the start of the page to N. */
size_t edit_place(const edit *e, const node *n);
/* Above the line of KEY, a comment; left out where the comments above it have it already. */
void edit_comment(edit *e, const node *key, slice comment);
/* Whether it is there already. */
bool edit_has_comment(const edit *e, const node *key, slice comment);
/* "KEY: VALUE", both YAML, at the end of MAP.  False: MAP is none, or empty and not in braces. */
bool edit_add_pair(edit *e, const node *map, slice key, slice value);
/* "KEY: {CODE: VALUE}" at the end of MAP, which has no KEY; the next CODE goes to the same braces. */
bool edit_add_code(edit *e, const node *map, const char *key, slice code, const char *value);
/* ITEM, which is YAML, at the end of LIST. */
bool edit_add_item(edit *e, const node *list, slice item);
/* LINES, each with its end and indented as if KEY were two columns in, below the entry of KEY and VALUE. */
void edit_add_lines(edit *e, const node *key, const node *value, slice lines);
/* Whether MAP or LIST is written in brackets. */
bool edit_is_flow(const edit *e, const node *n);
bool edit_is_empty(const edit *e); /* nothing is added */
/* The page with all additions. */
status edit_write(edit *e, buf *out, error *err) MUST_USE;

#endif

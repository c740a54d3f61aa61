/* What constructs and derived variables share.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_DEFINITIONS_H
#define CANVASS_SPECIFICATION_DEFINITIONS_H

#include "specification/fields.h"

/* Declares every entry of a section; they are read on first use. */
void definitions_declare(compilation *c, const node *root, const char *section_name, symbol_origin origin);
/* Reports every symbol of the list that is not a quantity. */
bool quantities_check(compilation *c, const node *n, const char *what, symbol *const *list, uint32_t count);
bool inputs_set(compilation *c, symbol *s, symbol *const *list, uint32_t count);
/* A mean of the items under ITEMS_KEY, with the `weights` and `valid_min` of the body.  False also, and
 * silently, when a pattern has columns to come. */
bool mean_read(compilation *c, symbol *s, const char *items_key, symbol ***items, uint32_t *count);
json *mean_normal(compilation *c, const symbol *s, symbol *const *items, uint32_t count);

/* A way to derive: the key that names it and its input, further keys, and their reader. */
typedef struct derivation {
  const char *key;
  const char *options[3];
  bool (*read)(compilation *c, symbol *s, const struct derivation *d, const node *input);
  int detail; /* a program_period; below or above */
} derivation;

bool derived_bands(compilation *c, symbol *s, const derivation *d, const node *input);
bool derived_recode(compilation *c, symbol *s, const derivation *d, const node *input);
bool derived_cross(compilation *c, symbol *s, const derivation *d, const node *input);
bool derived_compute(compilation *c, symbol *s, const derivation *d, const node *input);

/* The one input of a derived variable, READY and set as its input; NULL: reported. */
symbol *derived_input(compilation *c, symbol *s, const derivation *d, const node *input);
/* Reports an input that the derivation does not take. */
bool derived_refuse(compilation *c, const derivation *d, const node *input, const symbol *in,
                    const char *expected);
/* Adds a key to the values of a derived variable, once.  False only when memory ran out. */
bool derived_add_text(compilation *c, symbol *s, slice key);
bool derived_add_code(compilation *c, symbol *s, int64_t code);
bool derived_add_flags(compilation *c, symbol *s); /* 0 and 1, and no others */

#endif

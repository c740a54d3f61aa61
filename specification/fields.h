/* Reading values of the tree.  Each reader reports the mistake ("WHAT: expected .., found ..") and returns
 * false when the value is of another kind.  Texts are copied into the plan's arena.  Private to
 * specification. */
#ifndef CANVASS_SPECIFICATION_FIELDS_H
#define CANVASS_SPECIFICATION_FIELDS_H

#include "specification/compile.h"

/* "WHAT: expected ..., found 'value'". */
void field_expected(compilation *c, const node *n, const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Reports every key of MAP that is not among KNOWN. */
void field_check_keys(compilation *c, const node *map, const char *what, const char *const *known,
                      size_t known_count);
/* Reports the INDEX-th key of MAP, with what was probably meant: one of KNOWN, or a slip of the page. */
void field_unknown_key(compilation *c, const node *map, uint32_t index, const char *what,
                       const char *const *known, size_t known_count);
bool field_is_map(compilation *c, const node *n, const char *what, const char *of);
bool field_text(compilation *c, const node *n, const char *what, slice *out);
/* A text that names something: not empty, no control characters, not too long. */
bool field_name(compilation *c, const node *n, const char *what, slice *out);
bool field_whole(compilation *c, const node *n, const char *what, int64_t low, int64_t high, int64_t *out);
bool field_decimal(compilation *c, const node *n, const char *what, decimal *out);
bool field_flag(compilation *c, const node *n, const char *what, bool *out);
/* A text, or a map by language. */
bool field_label(compilation *c, const node *n, const char *what, plan_label *out);
/* Index of the text among CHOICES. */
bool field_choice(compilation *c, const node *n, const char *what, const char *const *choices, size_t count,
                  size_t *out);

bool whole_parse(slice text, int64_t *out); /* "5", "-2", "5.0" */

#endif

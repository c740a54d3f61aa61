/* What was probably meant by a page that is not YAML, or is YAML of another meaning.  Private to
 * specification. */
#ifndef CANVASS_SPECIFICATION_YAML_SLIPS_H
#define CANVASS_SPECIFICATION_YAML_SLIPS_H

#include "specification/node.h"

/* PAGE is not YAML at line LINE, CHARACTER characters from its start; WHAT is libyaml's explanation.  Advice
 * to put behind it, in P's memory: "; ...", or "" when there is none.  *AT moves to the place of the slip. */
const char *yaml_slip_of_error(const problem_list *p, slice page, size_t character, const char *what,
                               place *at);

/* KEY stands in a map without a value; reported, true, when a sign in it was to be ':', or, with or without a
 * value, when it begins with a sign that was to be '-'. */
bool yaml_slip_in_key(problem_list *p, const node *key, bool has_value);

/* MAP was written in braces: a plain text with an open parenthesis or quote, which a comma has cut, gets back
 * what became keys.  Reported. */
void yaml_slip_join(arena *a, problem_list *p, slice page, node *map);

/* "; ...": for the unknown key that is the INDEX-th of MAP; "" when there is no advice. */
const char *yaml_slip_of_key(const problem_list *p, const node *map, uint32_t index);
/* "; write ':' and a space for '：'" for a text with such a sign; "" for others. */
const char *yaml_slip_of_text(const problem_list *p, slice text);

#endif

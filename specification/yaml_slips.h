/* What was probably meant by a page that is not YAML, or that YAML reads in another way.  Private to
 * specification. */
#ifndef CANVASS_SPECIFICATION_YAML_SLIPS_H
#define CANVASS_SPECIFICATION_YAML_SLIPS_H

#include "specification/node.h"

/* PAGE is not YAML at CHARACTER, in characters from its start; WHAT is libyaml's explanation.  Returns advice
 * to put after it, in P's memory: "; ...", or "" when there is none.  *AT moves to the place of the slip. */
const char *yaml_slip_of_error(const problem_list *p, slice page, size_t character, const char *what,
                               place *at);

/* Reports KEY, and returns true, if it has no value and a sign in it should be ':', or if it begins with a
 * sign that should be '-'. */
bool yaml_slip_in_key(problem_list *p, const node *key, bool has_value);

/* MAP was written in braces.  If a comma has cut a plain text with an open parenthesis or quote, the text
 * gets back the rest, which became keys, and this is reported. */
void yaml_slip_join(arena *a, problem_list *p, slice page, node *map);

/* Advice for the unknown key INDEX of MAP: "; ...", or "" when there is none. */
const char *yaml_slip_of_key(const problem_list *p, const node *map, uint32_t index);
/* Advice for a TEXT with such a sign: "; write ':' and a space for '：'"; "" for others. */
const char *yaml_slip_of_text(const problem_list *p, slice text);

#endif

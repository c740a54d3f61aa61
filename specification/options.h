/* Options that apply to the whole page or to one analysis.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_OPTIONS_H
#define CANVASS_SPECIFICATION_OPTIONS_H

#include "specification/fields.h"

/* `weight`, `confidence`, `small_base` and `seed` where MAP gives them; the others stay as they are. */
bool options_read(compilation *c, const node *map, analysis_defaults *out);
/* `by` of an analysis. */
bool breakdowns_read(compilation *c, const analysis_kind *kind, const node *map, plan_analysis *out);

#endif

/* What can be done about invalid answers, in the words of the specification. */
#ifndef CANVASS_CLI_ADVICE_H
#define CANVASS_CLI_ADVICE_H

#include "base/json.h"
#include "stats/plan/plan.h"

/* A line for each variable with invalid cells, by its kind and by its invalid texts (the DOCUMENT's
 * "invalid_texts"): entries to write into the codebook, the nearest known values. */
void advice_put(const plan *p, const json *document, buf *out);

#endif

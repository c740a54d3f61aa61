/* What the data's own dictionary says of a variable, as defaults of its entry.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_DICTIONARY_H
#define CANVASS_SPECIFICATION_DICTIONARY_H

#include "specification/compile.h"

/* Gives the entry of S the settings that the dictionary of the header has for it and it has not itself; notes
 * which. False: out of memory. */
bool dictionary_apply(compilation *c, symbol *s);

#endif

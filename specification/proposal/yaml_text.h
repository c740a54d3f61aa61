/* Writes texts of files into a page of YAML and its comments.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_YAML_TEXT_H
#define CANVASS_SPECIFICATION_PROPOSAL_YAML_TEXT_H

#include "base/buf.h"

/* Puts TEXT, which is UTF-8, as a scalar: bare if YAML cannot take it for anything else, otherwise in quotes.
 */
void yaml_text_put(buf *page, slice text);
/* Puts TEXT into a comment: on one line, with only the characters that YAML allows there. */
void yaml_text_comment(buf *page, slice text);

#endif

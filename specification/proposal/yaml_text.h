/* Texts of files in a page of YAML, and in its comments.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_YAML_TEXT_H
#define CANVASS_SPECIFICATION_PROPOSAL_YAML_TEXT_H

#include "base/buf.h"

/* TEXT, which is UTF-8, as a scalar that means it: bare where nothing in it could be taken otherwise, else in
 * quotes. */
void yaml_text_put(buf *page, slice text);
/* TEXT in a comment: on one line, and only what YAML lets stand there. */
void yaml_text_comment(buf *page, slice text);

#endif

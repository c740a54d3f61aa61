/* Where the header of a file stands: behind lines of a title, or in two rows.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_HEADER_H
#define CANVASS_SPECIFICATION_PROPOSAL_HEADER_H

#include "specification/proposal/proposal.h"

/* Looks at the first records of the file at PATH, for which OPTIONS state neither the header nor a platform,
 * and whose usual header is SEEN; nothing is found where that one has the titles.  Each record is looked at
 * as if it were the header, so that every format that has one is read the same way. */
status header_find(const reading_options *options, const char *path, const manifest *seen,
                   header_finding *out, error *err) MUST_USE;

#endif

/* Proposed specifications: what the columns of survey files probably are, guessed from all their rows, as a
 * page of YAML with the evidence beside each guess.
 *
 * Files are read once, with all columns as texts.  `facts` gathers what each column contains from the
 * shards' dictionaries; a table of kinds (kinds.c) says what a column is; columns are joined into batteries,
 * questions of several columns and constructs (batteries.c, options.c); `page` writes them.  What is
 * uncertain stays nominal or text, and a comment gives the other reading. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_PROPOSAL_H
#define CANVASS_SPECIFICATION_PROPOSAL_PROPOSAL_H

#include "base/buf.h"
#include "reading/reading.h"

typedef struct proposal_options {
  const char *format;   /* as the user stated it, for the page; NULL: recognised */
  const char *encoding; /* the one that proposal_read used; NULL: UTF-8 */
} proposal_options;

/* Reads PATHS into shards in INTO, every column of any of them as texts; the caller destroys the manifest
 * *OUT.  The columns of OPTIONS are not used.  When no encoding is stated and a file is not UTF-8, the
 * probable one is tried: *ENCODING (static; NULL: UTF-8).  "-" is standard input, which is kept.
 * STATUS_USAGE: PATHS is empty.  Otherwise as reading_read. */
status proposal_read(const reading_options *options, const char *const *paths, size_t count, store *into,
                     manifest **out, const char **encoding, error *err) MUST_USE;

/* Appends to PAGE a specification for DATASET, which proposal_read made with its shards in SHARDS.  The page
 * is valid and runs over the same files. */
status proposal_make(const manifest *dataset, store *shards, const proposal_options *options, buf *page,
                     error *err) MUST_USE;

#endif

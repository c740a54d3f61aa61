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

enum { HEADER_TEXT_BYTES = 400 };

/* What was found before the first respondent, where nobody stated it. */
typedef struct header_finding {
  uint32_t skip;                 /* lines before the header; 0: none */
  uint32_t rows;                 /* of the header; 0: as usual */
  bool is_labels;                /* its second row is about the columns */
  bool is_ambiguous;             /* the second row may be an answer; where ROWS is 0, the other way round */
  uint32_t lines;                /* of those before it, with something in them */
  char above[HEADER_TEXT_BYTES]; /* what these say */
  char title[HEADER_TEXT_BYTES]; /* the first of them */
  char over[HEADER_TEXT_BYTES], below[HEADER_TEXT_BYTES]; /* a title and what stands below it */
} header_finding;

/* How files were read. */
typedef struct proposal_source {
  reading_options stated; /* as the caller states it */
  const char *encoding;   /* the probable one (static); NULL: the stated one, or UTF-8 */
  const char *sheet;      /* of a workbook whose first one is not a table (static); NULL: as stated */
  header_finding header;
  uint32_t differs; /* a file, from 1, whose header stands elsewhere; 0: none does */
} proposal_source;

/* Reads PATHS into shards in INTO, every column of any of them as texts; the caller destroys the manifest
 * *OUT.  Of OPTIONS the columns are not used; *SOURCE borrows from it.  Where no encoding is stated and a
 * file is not UTF-8, the probable one is tried; where nothing is said of the header, it is looked for.  "-"
 * is standard input, which is kept.  STATUS_USAGE: PATHS is empty.  Otherwise as reading_read. */
status proposal_read(const reading_options *options, const char *const *paths, size_t count, store *into,
                     manifest **out, proposal_source *source, error *err) MUST_USE;

/* Appends to PAGE a specification for DATASET, which proposal_read made of shards in SHARDS, with comments in
 * LANGUAGE (of plan_languages).  The page is valid and runs over the same files. */
status proposal_make(const manifest *dataset, store *shards, const proposal_source *source, int language,
                     buf *page, error *err) MUST_USE;

#endif

/* Which of a file's first records are its header, and what each of them is for.  The options decide; else the
 * platform whose export the records are; else the header is the first record.  For all formats that have
 * records. */
#ifndef CANVASS_READING_HEADER_USE_H
#define CANVASS_READING_HEADER_USE_H

#include "reading/platform.h"
#include "reading/reading.h"

typedef struct header_use {
  uint32_t rows, titles, labels; /* as in platform_shape */
  const platform *platform;      /* NULL: none */
  bool is_shape;                 /* the rows are those of a shape of the platform */
  bool has_totals;               /* records that platform_is_total knows are not respondents' */
} header_use;

/* Whether header_use_find looks at the sample; if not, the sample may be empty. */
bool header_use_wants_sample(const reading_options *options);
/* TITLE names the file in messages.  STATUS_DATA when the records are not those of the platform that the
 * options name, or the options give a meaning to rows that are not in the header. */
status header_use_find(const reading_options *options, const platform_sample *sample, const char *title,
                       header_use *out, error *err) MUST_USE;
/* Bit I: a record that repeats row I names or labels columns and is not a respondent's.  That holds for all
 * rows of a platform's header: no respondent gives the texts of its row of ids. */
uint32_t header_use_telling(const header_use *u);
/* Whether titles are cleaned (titles.h). */
bool header_use_cleans(const header_use *u);

#endif

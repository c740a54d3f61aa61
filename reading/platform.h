/* What survey platforms write: which of a file's first records are its header, and what columns are called
 * after it.
 *
 * A platform is a row of platforms.def, and its row is data: one shape, or several, each a number of header
 * rows and signs by which the first records show it; and the cells that stand for no answer, which are the
 * codebook's business.  It says nothing of how cells are separated, so any format that has records may
 * ask.  A name of a file is no sign.
 */
#ifndef CANVASS_READING_PLATFORM_H
#define CANVASS_READING_PLATFORM_H

#include "base/file_facts.h"
#include "reading/total_words.h"

enum {
  PLATFORM_ROWS_MAX = 4, /* records that are looked at: the longest header, and the first respondent */
  PLATFORM_SIGNS_MAX = 5,
  PLATFORM_SHAPES_MAX = 32, /* the last one is none */
  PLATFORM_MISSING_MAX = 5,
  PLATFORM_ALIASES_MAX = 3,
  PLATFORM_TOTAL_BYTES_MAX = 60, /* no total has a longer name */
};

/* The first records of a file, its titles first, cells trimmed. */
typedef struct platform_sample {
  const slice *cells[PLATFORM_ROWS_MAX];
  uint32_t counts[PLATFORM_ROWS_MAX];
  uint32_t rows;
} platform_sample;

typedef enum platform_test {
  PLATFORM_BEGINS,   /* the row's first cells match, one each */
  PLATFORM_FOLLOWS,  /* the same, or the file has no such row */
  PLATFORM_SOME,     /* a cell of the row matches */
  PLATFORM_UNTITLED, /* a cell of the row matches below an empty one */
  PLATFORM_EVERY,    /* all cells that are not empty match, of which there is one */
  PLATFORM_OTHER,    /* a cell that is not empty does not match */
  PLATFORM_LACKS,    /* no cell matches */
} platform_test;

/* PATTERNS, separated by tabs for BEGINS: `*` is any text, `?` any byte, `#` digits (at least one). */
typedef struct platform_sign {
  uint32_t row; /* from 1; 0: no sign, and none follows */
  platform_test test;
  const char *patterns;
} platform_sign;

typedef struct platform_shape {
  uint32_t header_rows;                    /* 0: no shape, and none follows */
  uint32_t title_rows;                     /* bit I: row I + 1 names columns */
  uint32_t label_row;                      /* from 1, says what they are about; 0: none does */
  platform_sign signs[PLATFORM_SIGNS_MAX]; /* all of them show it */
  bool only_named;                         /* other tables show them too: only where the platform is named */
} platform_shape;

/* A cell that is no answer, in all questions. */
typedef struct platform_missing {
  const char *code;   /* NULL: none, and none follows */
  const char *reason; /* as codebooks write it: not_asked */
} platform_missing;

typedef struct platform {
  const char *name;                          /* data: {format: NAME} */
  const char *title;                         /* in reports */
  const char *aliases[PLATFORM_ALIASES_MAX]; /* other names that people give; the last one is NULL */
  platform_shape shapes[PLATFORM_SHAPES_MAX];
  platform_missing missing[PLATFORM_MISSING_MAX]; /* the last one is none */
  const char *totals; /* patterns in lower case, separated by tabs, of what its summaries of questions begin
                         with, beside the words that everybody uses (total_words.h); NULL: none */
} platform;

/* The INDEX-th platform, NULL after the last. */
const platform *platform_at(size_t index);
/* By its name, its title or an alias, in letters of any case, blanks and punctuation aside; NULL: none. */
const platform *platform_named(slice name);
const platform *platform_titled(slice title);
/* The shape of P, which is named, that SAMPLE shows; NULL: none. */
const platform_shape *platform_shape_of(const platform *p, const platform_sample *sample);
/* Whether a record of P, where respondents begin with a number or a time, is a total: TEXT is the first of
 * its cells with anything in it. */
bool platform_is_total(const platform *p, const total_words *words, slice text);
/* Adds to FIRST[256] the bytes below 0x80 that its own totals of P begin with. */
void platform_total_bytes(const platform *p, bool *first);
/* The platform that SAMPLE shows, and its shape; NULL: none. */
const platform *platform_recognise(const platform_sample *sample, const platform_shape **shape);
/* The platform whose cells that are no answers hold for the COUNT FILES: the only one among them that has
 * such cells; files of other kinds change nothing.  NULL: none, or two of which each has its own; then *FIRST
 * and *OTHER are files of them, else *OTHER is COUNT. */
const platform *platform_of_files(const file_facts *files, uint32_t count, uint32_t *first, uint32_t *other);

#endif

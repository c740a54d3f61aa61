/* What the cells of the codebook's variables say, text by text: for `check`.  Counted over the dataset's
 * shards with the plan's own reading of each cell, so that it cannot differ from what `run` does. */
#ifndef CANVASS_CLI_CENSUS_H
#define CANVASS_CLI_CENSUS_H

#include "base/table.h"
#include "cli/evaluation.h"
#include "stats/frame/frame.h"

/* Cells of one text. */
typedef struct census_text {
  slice text;
  int reason; /* a missing_reason, or ANSWERED */
  uint64_t n;
  uint32_t file; /* of the first: in the dataset */
  uint64_t line;
} census_text;

/* Rows of one value: of the respondents that gave it. */
typedef struct census_value {
  slice value;
  uint64_t n;
} census_value;

/* Cells that have an option which is none of the declared values. */
typedef struct census_option {
  slice text;
  told_option_is is;
  uint64_t n;
  uint32_t file; /* of the first: in the dataset */
  uint64_t line;
} census_option;

typedef struct census_list {
  census_value *list;
  uint32_t count;
  size_t capacity;
  hash_table places;
} census_list;

typedef struct census_item {
  const plan_variable *planned;
  const program_variable *variable;
  census_text *texts;
  uint32_t texts_count;
  size_t texts_capacity;
  hash_table texts_places;
  uint64_t texts_left_out[MISSING_REASONS + 1]; /* cells of texts beyond the first 10,000, by reason; of
                                                   answers the last */
  census_option *options;
  uint32_t options_count;
  size_t options_capacity;
  hash_table options_places;
  uint64_t options_left_out; /* cells of options beyond the first 10,000 */
  uint8_t *rules_met;        /* per rule of the variable: 1 where it decides what a cell is */
  uint64_t cells[3];         /* of a column per option: answered, invalid, missing ones; they add up */
  uint64_t undeclared;       /* rows with a value that an open list does not declare */
  census_list values;        /* of nominal variables and multiple choices: what was answered, by value */
  uint64_t values_left_out;  /* rows of values beyond the first 10,000 */
  slice constant;            /* what all answers are; empty: they vary, or there is none, or of a set */
  bool has_answer, varies;
  bool is_id;
  uint64_t *hashes; /* of an id's answers; sorted once all are there */
  size_t hashes_count, hashes_capacity;
  census_list twice;   /* ids that occur more than once, the first 10,000 */
  uint64_t twice_rows; /* rows that have such an id */
} census_item;

typedef struct census {
  arena *memory;
  char mark;          /* between whole digits and decimals, in the files */
  census_item *items; /* the codebook's variables, in its order */
  uint32_t count;
} census;

/* E has its plan and its shards.  STATUS_INTERRUPTED when a signal asks for it. */
status census_take(const evaluation *e, census *out, error *err) MUST_USE;
void census_fini(census *c); /* harmless on a zeroed one */
/* The place of VALUE in the list as it was counted, PLACE_NONE when it is not there. */
uint32_t census_list_place(const census_list *l, slice value);

#endif

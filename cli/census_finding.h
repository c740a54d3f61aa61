/* One variable while what is told of its cells is gathered.  Private to census_show.c, census_meaning.c and
 * census_advice.c, census_loops.c and census_notation.c. */
#ifndef CANVASS_CLI_CENSUS_FINDING_H
#define CANVASS_CLI_CENSUS_FINDING_H

#include "base/json.h"
#include "cli/census.h"

/* `"x": 1, "y": 2`: what stands in a line to paste, behind `texts:` or `missing:`. */
typedef struct paste_line {
  buf pairs;
  uint32_t count;
  uint32_t declared; /* of them, what the codebook has already: a line takes the place of the one there */
  slice *texts;      /* those to the left; in the finding's memory */
  size_t capacity;
} paste_line;

enum { ASKED = 10 };

/* Texts of which nobody but their reader knows what they mean. */
typedef struct questions {
  slice texts[ASKED];
  slice guesses[ASKED]; /* what they may mean, as YAML has it; empty: unknown */
  uint32_t count;
  uint64_t more; /* beyond these */
} questions;

typedef struct finding {
  const evaluation *e;
  const census_item *item;
  arena *memory;
  json *out;
  json *texts;
  paste_line missing, meant;
  questions words, numbers;
  bool has_repeated;        /* options of a ranking */
  int64_t percents;         /* numbers with a per cent sign, beside others without */
  char mark;                /* as in census */
  program_variable dressed; /* of numbers: with what would read most invalid cells; else no NUMBER */
  uint64_t undressed;       /* cells that it reads */
} finding;

/* `"x"`, as YAML and JSON alike write it. */
void finding_quote(const finding *f, slice text, buf *out);
/* Adds `"TEXT": MEANING` to a line that does not have TEXT; no more than 200 beyond what is declared. */
void finding_paste(const finding *f, paste_line *into, slice text, slice meaning);
/* The same with what RULE says, in its line. */
void finding_paste_rule(finding *f, slice text, const program_rule *rule);
/* Whether TEXT is like something that is declared. */
bool finding_is_near(const finding *f, slice text);
/* Adds to a line what to write for TEXT, and sets "near" of TOLD to what it is like.  False: it is not clear
 * what to write; *GUESS is what it may mean, or empty. */
bool finding_propose(finding *f, json *told, slice text, slice *guess);
/* Notes an invalid text that no line to paste names; GUESS is what it may mean, or empty. */
void finding_ask(finding *f, slice text, slice guess);
/* Finds what stands around the digits of invalid numbers: F's `dressed`. */
void finding_undress(finding *f);
/* Whether that reads TEXT. */
bool finding_is_dressed(const finding *f, slice text);
/* Sets its line in QUESTION. */
void finding_ask_dressed(const finding *f, json *question);
/* The number that "(12)", "1.2k" or "3.5万" usually is; empty: none, or nobody knows. */
slice finding_number_meant(const finding *f, slice text);
/* Where the lines are to be written, of a column of a stack's loops: "stack: brand: variables: sat"; empty:
 * in the codebook. */
slice finding_entry(const finding *f);
/* Whether OTHER, of the same census, is another column of that entry. */
bool finding_is_of_entry(const finding *f, const census_item *other);
/* Sets "ask" in F->out: what to decide about the texts that are left, with lines to complete. */
void finding_set_questions(const finding *f);

#endif

/* What a column, or several together, probably are.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_GUESS_H
#define CANVASS_SPECIFICATION_PROPOSAL_GUESS_H

#include "base/array.h"
#include "specification/proposal/facts.h"
#include "specification/proposal/ladders.h"

enum {
  GUESS_FORMATS_MAX = 4,
  GUESS_ABSENT_MAX = 12,
  GUESS_RUN_MAX = 512, /* columns next to each other that are looked at together */
  GUESS_ROW_MANY = 30, /* answers from which it counts that one was not given */
};
#define GUESS_NONE UINT32_MAX

typedef enum guess_type {
  GUESS_TEXT,
  GUESS_NOMINAL,
  GUESS_SCALE,
  GUESS_POINTS, /* whole numbers from 0 or 1 that may be a scale or codes: batteries decide */
  GUESS_NUMBER,
  GUESS_DATE,
  GUESS_ID,
  GUESS_WEIGHT,
  GUESS_MULTI,        /* options in one cell */
  GUESS_MULTI_OPTION, /* one of the columns of a question; its first one speaks for all */
} guess_type;

/* A cell that is no answer. */
typedef struct guess_absent {
  slice text;
  const char *reason;
  uint64_t count;
} guess_absent;

typedef struct guess {
  const column_facts *facts;
  uint32_t column; /* its place, from 0 */
  guess_type type;
  const char *name;      /* of the variable; unique */
  slice stem;            /* what columns of one battery have in common in their titles; empty: nothing */
  slice part;            /* what follows it */
  bool stem_is_question; /* a text for readers */
  int64_t low, high;     /* SCALE, POINTS */
  bool leading_number, zero_is_absent;
  const ladder *ladder;
  bool from_labels;       /* SCALE: the file's dictionary gives range and labels */
  bool is_reversed;       /* its labels begin with the best */
  bool is_direction_open; /* they do not say which end is the best */
  bool is_recommendation, is_satisfaction;
  bool is_rating;                         /* POINTS: its title speaks of an order */
  const char *formats[GUESS_FORMATS_MAX]; /* DATE */
  uint32_t formats_count;
  const char *prefix, *suffix; /* NUMBER; NULL: none */
  bool thousands;
  const char *delimiter; /* MULTI */
  const code_set *set; /* of the file's dictionary: a MULTI speaks for it, others are left out; NULL: none */
  guess_absent absent[GUESS_ABSENT_MAX];
  uint32_t absent_count;
  uint32_t options_count;  /* MULTI_OPTION, the first: so many columns from this one on; others: 0 */
  const char *chosen_text; /* MULTI_OPTION, the first: "1" with 0 or blank when NULL */
  const char *not_chosen_text;
  bool any_is_chosen;
  uint32_t scale;       /* SCALE: of guesses.scales */
  const char *evidence; /* one line */
  const char *other;    /* the other reading, or what should be looked at; NULL: nothing */
  double rest_r;        /* SCALE: correlation with the rest of its battery; 0: not known */
} guess;

/* What scale variables have in common. */
typedef struct shared_scale {
  const char *name;
  uint32_t first, count; /* the first guess that has it, and how many do */
} shared_scale;

/* Items that belong together. */
typedef struct guess_construct {
  const char *name;
  slice label;           /* empty: the name is enough */
  uint32_t first, count; /* its first item, and how many there are: guess_is_item */
  bool is_later;         /* its first item is another one's */
} guess_construct;

typedef struct guesses {
  facts facts;
  guess *at; /* one for each column */
  uint32_t count;
  bool decimal_comma;
  shared_scale *scales;
  uint32_t scales_count;
  guess_construct *constructs;
  uint32_t constructs_count;
  hash_table names; /* places in names_at, all that are taken */
  const char **names_at;
  uint32_t names_count;
  size_t names_capacity;
  bool out_of_memory;
} guesses;

/* Text in the facts' memory; "" when there is none left, which the arena knows. */
const char *guess_text(guesses *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* kinds.c: what each column is by itself. */
void guess_kinds(guesses *g);
/* kinds_numbers.c: whole numbers and others; false: they are something else. */
bool guess_dates(guesses *g, guess *at);
bool guess_weight(guesses *g, guess *at);
bool guess_points(guesses *g, guess *at);
bool guess_number(guesses *g, guess *at);
/* kinds_words.c */
bool guess_ladder(guesses *g, guess *at);
bool guess_cell_options(guesses *g, guess *at);
/* labelled.c: codes whose labels the file's dictionary has. */
bool guess_labelled(guesses *g, guess *at);
bool guess_is_labelled(const column_codes *codes);          /* it has labels, or codes that are missing */
bool guess_declares(const column_codes *codes, slice code); /* missing */
bool guess_same_missing(const column_codes *a, const column_codes *b);
/* stems.c: stems and parts of all titles, and names. */
void guess_stems(guesses *g);
void guess_names(guesses *g);
/* A name that none has yet, WANTED or like it; it is then taken. */
const char *guess_name(guesses *g, slice wanted);
/* Can it be a name as it is? */
bool guess_is_name(slice title);
/* sets.c: multiple-response sets of the file's dictionary. */
void guess_sets(guesses *g, const manifest *dataset);
/* options.c: questions with a column for each option. */
void guess_options(guesses *g);
/* batteries.c: which points are scales, which scales are shared, what they measure; reading the shards once
 * more. */
bool guess_is_item(const guesses *g, const guess_construct *c, uint32_t index);
status guess_batteries(guesses *g, const manifest *dataset, store *shards, error *err) MUST_USE;

#endif

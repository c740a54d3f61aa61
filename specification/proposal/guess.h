/* What a column, or several columns together, probably are.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_GUESS_H
#define CANVASS_SPECIFICATION_PROPOSAL_GUESS_H

#include "base/array.h"
#include "specification/proposal/facts.h"
#include "specification/proposal/ladders.h"
#include "specification/proposal/phrases.h"

enum {
  GUESS_FORMATS_MAX = 4,
  GUESS_RIVALS_MAX = 3, /* orders of year, month and day */
  GUESS_ABSENT_MAX = 12,
  GUESS_ZEROS_MAX = 3,
  GUESS_RUN_MAX = 512, /* adjacent columns that are examined together */
  GUESS_ROW_MANY = 30, /* with this many answers it means something that one was never given */
  GUESS_NOTES_MAX = 8,
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
  GUESS_MULTI_OPTION, /* one of the columns of a question; the first one describes them all */
  GUESS_RANKING,
} guess_type;

/* A cell that is not an answer. */
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
  slice stem;            /* the beginning that the titles of a battery share; empty: none */
  slice part;            /* what follows it */
  bool stem_is_question; /* the stem is a text for readers */
  int64_t low, high;     /* SCALE, POINTS */
  bool leading_number, zero_is_absent;
  const ladder *ladder;
  const ladder *base;     /* what LADDER is part of, or LADDER */
  bool from_labels;       /* SCALE: the file's dictionary gives range and labels */
  bool is_mixed;          /* SCALE: words of the ladder, and its codes */
  bool is_reversed;       /* the lowest code is the best */
  bool is_direction_open; /* its labels do not say which end is the best */
  bool is_direction_told; /* by the labels, or by the words of the question */
  bool is_recommendation, is_satisfaction;
  bool is_rating;                         /* POINTS: its title suggests an order */
  const char *formats[GUESS_FORMATS_MAX]; /* DATE */
  uint32_t formats_count;
  const char
      *rivals[GUESS_RIVALS_MAX]; /* DATE: formats, one of formats among them, of which any may be right */
  uint32_t rivals_count;         /* 0: it is known which is */
  const char *prefix, *suffix;   /* NUMBER; NULL: none */
  bool thousands;
  const char *delimiter;        /* MULTI, RANKING */
  slice *options;               /* RANKING; MULTI: what is not written in; natural order */
  uint32_t ranked_count;        /* of them */
  slice zeros[GUESS_ZEROS_MAX]; /* NUMBER: words that mean 0 */
  uint32_t zeros_count;
  slice write_in; /* MULTI, RANKING: the option that takes what is written; empty: none */
  /* Of the file's dictionary: a MULTI stands for it, and its other columns are left out; NULL: none. */
  const code_set *set;
  guess_absent absent[GUESS_ABSENT_MAX];
  uint32_t absent_count;
  uint32_t options_count; /* in the first MULTI_OPTION: how many columns the question has; in others 0 */
  /* In the first MULTI_OPTION: the text of a chosen option; NULL: it is "1", beside 0 or blank. */
  const char *chosen_text;
  const char *not_chosen_text;
  bool any_is_chosen;
  uint32_t scale;                     /* SCALE: of guesses.scales */
  const char *evidence;               /* one line */
  const char *notes[GUESS_NOTES_MAX]; /* other readings, and what should be looked at */
  uint32_t notes_count;
  double rest_r; /* SCALE: correlation with the rest of its battery; 0: none that is told */
} guess;

/* What scale variables have in common. */
typedef struct shared_scale {
  const char *name;
  uint32_t first, count;                 /* the first guess that has it, and how many have it */
  guess_absent absent[GUESS_ABSENT_MAX]; /* of any of its variables */
  uint32_t absent_count;
} shared_scale;

/* Items that belong together. */
typedef struct guess_construct {
  const char *name;
  slice label;           /* empty: the name is enough */
  uint32_t first, count; /* its first item, and how many there are: guess_is_item */
  bool is_later;         /* another construct has the same first item */
} guess_construct;

typedef struct guesses {
  facts facts;
  int language; /* of plan_languages */
  guess *at;    /* one for each column */
  uint32_t count;
  bool decimal_comma;
  const char *above;  /* the lines above the table; "": none, or they are not known */
  const guess *guard; /* answered in all rows but those of totals; NULL: there are none, or it is not known */
  shared_scale *scales;
  uint32_t scales_count;
  guess_construct *constructs;
  uint32_t constructs_count;
  hash_table names; /* the names that are taken, as places in names_at */
  const char **names_at;
  uint32_t names_count;
  size_t names_capacity;
  bool out_of_memory;
} guesses;

/* Texts in the facts' memory; "" when there is none left, which the arena knows. */
const char *guess_text(guesses *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *guess_count(guesses *g, uint64_t n); /* "14,400" */
const char *guess_whole(guesses *g, int64_t n);  /* "-14400" */
const char *guess_slice(guesses *g, slice text);
const char *guess_yaml(guesses *g, slice text); /* as a scalar of YAML */
/* The phrase in the page's language. */
const char *guess_fill(guesses *g, phrase p, const char *const *texts, size_t count);
#define GUESS_SAY(g, p, ...)                               \
  guess_fill((g), (p), (const char *const[]){__VA_ARGS__}, \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
/* Beyond the GUESS_NOTES_MAXth it is left out. */
void guess_note(guess *at, const char *note);

/* proposal.c: all that follows, in order, of the facts that G has. */
status guess_all(guesses *g, const manifest *dataset, store *shards, error *err) MUST_USE;
/* kinds.c: what each column is by itself. */
void guess_kinds(guesses *g);
/* kinds_dates.c: columns of dates.  These return false when the column is something else. */
bool guess_dates(guesses *g, guess *at);
/* Decides by other columns which number is the day; what stays open is a text. */
void guess_date_orders(guesses *g);
/* kinds_numbers.c: columns of numbers. */
bool guess_weight(guesses *g, guess *at);
bool guess_points(guesses *g, guess *at);
bool guess_number(guesses *g, guess *at);
/* Notes what the numbers of a column with and without % may be. */
void guess_tell_percent(guesses *g, guess *at);
/* kinds_words.c */
bool guess_ladder(guesses *g, guess *at);
bool guess_mixed(guesses *g, guess *at);
/* Notes what order the categories of AT may have. */
void guess_tell_order(guesses *g, guess *at);
bool guess_cell_options(guesses *g, guess *at); /* cell_options.c */
/* steps.c: ladders of which only the middle rungs were offered. */
void guess_steps(guesses *g);
/* ranks.c: columns that together have the ranks of options. */
void guess_ranks(guesses *g);
/* labelled.c: codes that the file's dictionary labels. */
bool guess_labelled(guesses *g, guess *at);
bool guess_is_labelled(const column_codes *codes); /* whether it has labels, or declares codes missing */
bool guess_declares(const column_codes *codes, slice code); /* whether CODE is declared missing */
bool guess_same_missing(const column_codes *a, const column_codes *b);
/* stems.c: stems and parts of all titles, and names. */
void guess_stems(guesses *g);
void guess_names(guesses *g);
/* A name that is not yet taken, WANTED or one like it, and takes it. */
const char *guess_name(guesses *g, slice wanted);
/* NAME itself, which others can then not have; false: they have. */
bool guess_name_taken(guesses *g, slice name);
/* Whether TITLE can be a name as it is. */
bool guess_is_name(slice title);
/* The words among numbers and dates that are taken for no answer; of codes of categories they are values. */
void guess_words(guesses *g);
/* In no variable of SCALE ABSENT is an answer. */
void guess_scale_absent(shared_scale *scale, const guess_absent *absent);
/* Where something else in the file begins with the best, it is open which end is the good one. */
void guess_file_directions(guesses *g);
/* What names a row of totals is no answer. */
void guess_totals(guesses *g);
/* sets.c: multiple-response sets of the file's dictionary. */
void guess_sets(guesses *g, const manifest *dataset);
/* options.c: questions with a column for each option. */
void guess_options(guesses *g);
/* batteries.c: which points are scales, which scales are shared, and what they measure.  Reads the shards
 * once more. */
bool guess_is_item(const guesses *g, const guess_construct *c, uint32_t index);
status guess_batteries(guesses *g, const manifest *dataset, store *shards, error *err) MUST_USE;

#endif

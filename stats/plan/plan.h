/* The plan: a checked specification, ready to run.  Made by the client, read by STEP; the first
 * program in it is what MAP runs in stage 0.
 *
 * What people read (names, labels in three languages, the tree of constructs) is here and not in the
 * program.  A plan travels as canonical bytes; decoding checks everything.
 */
#ifndef CANVASS_STATS_PLAN_PLAN_H
#define CANVASS_STATS_PLAN_PLAN_H

#include "base/file_facts.h"
#include "base/json.h"
#include "stats/program/program.h"

enum { LANGUAGES = 3 };
/* en, zh-Hans, zh-Hant, in this order everywhere; NULL after the last. */
extern const char *const plan_languages[LANGUAGES + 1];
/* The one that a tag (zh-TW, zh-Hans-HK, en) or a locale (zh_CN.UTF-8) asks for, in any case; LANGUAGES:
 * none. */
int plan_language_of(const char *tag);

/* NULL where the specification gives none. */
typedef struct plan_label {
  const char *text[LANGUAGES];
} plan_label;
/* An object of the texts that it has, by language. */
json *plan_label_json(const plan_label *label, arena *a);

typedef struct plan_value_label {
  bool is_text;
  int64_t number;
  slice text;
  plan_label label;
} plan_value_label;

/* A column that some files do not have. */
enum { PLAN_ABSENCE_FILES = 5 };
typedef struct plan_absence {
  const char *column;
  uint32_t files_count;
  uint32_t files[PLAN_ABSENCE_FILES]; /* the first */
} plan_absence;

/* What the codebook left to the dictionary of the data. */
typedef enum plan_taken {
  PLAN_TAKEN_RANGE,
  PLAN_TAKEN_VALUES,
  PLAN_TAKEN_MISSING,
  PLAN_TAKEN_FORMAT,
  PLAN_TAKEN_COLUMNS,
  PLAN_TAKEN_TEXTS,
  PLAN_TAKEN,
} plan_taken;
/* Its name in specifications. */
const char *plan_taken_name(plan_taken what);

typedef struct plan_variable {
  const char *name;  /* unique in the plan; constructs and derived variables too */
  uint32_t variable; /* in the program */
  plan_label label;
  plan_value_label *values; /* declared keys first to last: the order of reports */
  uint32_t values_count;
  bool in_codebook; /* read from the file: its facts are reported */
  /* NUMBER: more than the program's variable keeps when LARGEST, the largest number in the data, leaves no
   * room for them; the report says so. */
  uint8_t decimals_declared;
  decimal_magnitude largest;
  plan_absence *absences; /* of optional columns; the report says so */
  uint32_t absences_count;
  uint8_t taken;         /* bit I: plan_taken I; the report says so */
  uint32_t codes_differ; /* the first file, from 1, whose dictionary says something else; 0: none does */
} plan_variable;

/* Constructs: the index system.  Children are items (plan variables) or constructs. */
typedef struct plan_construct {
  const char *name;
  plan_label label;
  uint32_t variable; /* plan variable that holds its construct mean (on the items' own scale) */
  uint32_t children_count;
  bool *child_is_construct;
  uint32_t *children; /* indices of plan variables or of constructs (lower index than this one) */
  decimal *weights;   /* as given; NULL: none given */
  uint32_t valid_min; /* fewer answered children than this: no value */
} plan_construct;

typedef enum argument_type {
  ARGUMENT_VARIABLE,
  ARGUMENT_VARIABLES, /* indices of plan variables */
  ARGUMENT_CONSTRUCT, /* index of a construct */
  ARGUMENT_INTEGER,
  ARGUMENT_NUMBER,
  ARGUMENT_BOOLEAN,
  ARGUMENT_CHOICE,   /* one of `choices`, as its index */
  ARGUMENT_INTEGERS, /* a list, or "2..6" */
  ARGUMENT_NUMBERS,  /* a list of numbers, or of lists of numbers (rows) */
  ARGUMENT_TEXTS, /* one text or a list, in tidy form (base/tidy.h): values of another argument's variable */
  ARGUMENT_TEXT_MAP,   /* texts as TEXTS, or by variable: `variables` too then, one for each text */
  ARGUMENT_NUMBER_MAP, /* numbers by variable: `variables` and `numbers`, one of each */
  ARGUMENT_QUESTIONS,  /* questions of a banner table, each with what is asked of it alone */
} argument_type;

/* Answers counted as one. */
typedef struct plan_net {
  const char *name;
  int64_t *codes; /* of a numeric coded variable ... */
  slice *texts;   /* ... or values of any other; one of the two is NULL */
  uint32_t count;
} plan_net;

typedef struct plan_question {
  uint32_t *variables; /* of the plan; several: a grid of items on one scale */
  uint32_t variables_count;
  plan_label label;
  uint32_t base;         /* a filter in the program, besides the analysis' own; or PROGRAM_NONE */
  const char *base_text; /* as written; NULL when none */
  plan_net *nets;
  uint32_t nets_count;
  uint8_t top, bottom; /* boxes; PLAN_BOXES_AS_ALL: as the analysis says */
  bool nps;
} plan_question;
enum { PLAN_BOXES_MAX = 100, PLAN_BOXES_AS_ALL = 255 };

typedef struct argument_value {
  bool given;          /* false: the default stands here, if there is one */
  uint32_t *variables; /* VARIABLE(S), CONSTRUCT, maps */
  uint32_t variables_count;
  int64_t integer; /* INTEGER, BOOLEAN, CHOICE */
  double number;
  int64_t *integers;        /* INTEGERS */
  decimal *numbers;         /* NUMBERS, row after row */
  slice *texts;             /* TEXTS */
  plan_question *questions; /* QUESTIONS */
  uint32_t list_count;      /* of integers, numbers, texts or questions */
  uint32_t rows_count;      /* NUMBERS given as rows: their number, else 0 */
} argument_value;

/* A breakdown: one grouping variable, or a few crossed ("channel * month"). */
typedef struct plan_breakdown {
  uint32_t variables[PROGRAM_BY_MAX];
  uint32_t count;
} plan_breakdown;

typedef struct plan_analysis {
  const char *kind; /* analysis_kind name */
  const char *name; /* unique in the report */
  plan_label label;
  argument_value *arguments; /* parallel to the kind's argument table */
  uint32_t arguments_count;
  plan_breakdown *breakdowns; /* besides the total, which is always there */
  uint32_t breakdowns_count;
  uint32_t filter;         /* in the program, or PROGRAM_NONE */
  const char *filter_text; /* as written, for the report; NULL when none */
  uint32_t weight;         /* in the program, or PROGRAM_NONE */
  double confidence;       /* 0.95 */
  uint32_t small_base;     /* warn below this base; 30 */
  uint64_t seed;
  const char *stack; /* whose loops are rows; NULL: rows are records */
  uint32_t loops;    /* of the stack; else 0 */
} plan_analysis;

/* The random groups of rows (docs/analyses/replicates.md): the same for all analyses. */
typedef struct plan_replicates {
  uint32_t groups; /* 256, 512 or 1024 */
  uint64_t seed;
  uint32_t unit; /* plan variable that names what was sampled; PROGRAM_NONE: each row on its own */
} plan_replicates;

/* A column of the rows that come back: a variable of the program, or, where that is PROGRAM_NONE, what an
 * analysis makes of each row. */
typedef struct plan_column {
  const char *title;
  uint32_t variable;
  uint32_t analysis; /* of the plan */
  const char *score; /* one of its kind's */
} plan_column;

/* Rows that come back (docs/score.md). */
typedef struct plan_rows {
  bool wanted;  /* the job makes them */
  uint32_t key; /* of the program: what names a row; PROGRAM_NONE: its number */
  const char *key_title;
  plan_column *columns; /* no title occurs twice, the key's included */
  uint32_t columns_count;
  bool reasons;         /* a further column says why an answer is missing */
  bool guards_formulas; /* see stats/sheet/sheet.h */
} plan_rows;

typedef struct plan {
  arena *memory;
  plan_label title;
  digest specification; /* of the normalised specification */
  program *program;     /* stage 0; owned */
  plan_variable *variables;
  uint32_t variables_count;
  plan_construct *constructs;
  uint32_t constructs_count;
  plan_analysis *analyses;
  uint32_t analyses_count;
  plan_replicates replicates;
  file_facts *files; /* as in the dataset's manifest: the report repeats them */
  uint32_t files_count;
  const char
      *weight_offered; /* a column by which the data are meant to be weighted and are not; NULL: none */
  /* What the specification says of the report's chapters and texts, as the document has it (docs/report.md);
   * NULL: nothing. */
  const json *report;
  bool may_lose; /* the job goes on without shards that are lost, and the report says so */
  plan_rows rows;
} plan;

plan *plan_new(void);
/* What reports call the file with that number; empty when there is none. */
slice plan_file_name(const plan *p, uint32_t file);
void plan_destroy(plan *p);
void plan_encode(const plan *p, buf *out);
status plan_decode(const void *bytes, size_t length, plan **out, error *err) MUST_USE;
/* Lets every analysis ask for its stage-0 accumulators (into p->program), adds the facts, and checks
 * all sizes.  Called once, by the client, when everything else in the plan is set. */
status plan_finish(plan *p, error *err) MUST_USE;
/* Whether the I-th variable is computed of others by an expression: its results have no cells that could be
 * told, so the report tells theirs. */
bool plan_variable_is_computed(const plan *p, uint32_t i);
/* Sets MARKED[v] for the variables v of the program that A looks at, as below. */
void plan_analysis_uses(const plan *p, const plan_analysis *a, bool *marked);
/* USED[i], of plan variables: an analysis looks at the i-th, itself, in a breakdown, filter or weight, or by
 * way of what is made from it. */
status plan_uses(const plan *p, bool *used, error *err) MUST_USE;

#endif

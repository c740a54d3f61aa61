/* Compiling a specification: one walk over the tree that checks everything and builds the plan.
 *
 * The same walk is made three times: over the page alone (spec_parse), with the header of the data
 * (spec_reading_options) and with the whole dataset (spec_plan).  Without a header a pattern such as q*
 * declares no columns yet; a name that it matches is then taken to be one, and lists written with
 * patterns stay open.
 *
 * Symbols are everything that has a name: variables of the codebook, constructs, derived variables.  They are
 * resolved on first use, so the order in the page is free; SYMBOL_OPEN marks the way down and finds
 * circles.  Whatever a symbol holds lives in the plan's arena.  Private to specification.
 */
#ifndef CANVASS_SPECIFICATION_COMPILE_H
#define CANVASS_SPECIFICATION_COMPILE_H

#include "base/array.h"
#include "base/json.h"
#include "base/table.h"
#include "reading/platform.h"
#include "specification/node.h"
#include "stats/analyses/analysis.h"

enum {
  NAME_BYTES_MAX = 1000,                    /* column titles can be whole questions */
  DEFINITION_DEPTH_MAX = PROGRAM_DEPTH_MAX, /* derived from derived from derived ... */
  SCALE_SPAN_MAX = 240,
  LEVELS_MAX = 60000, /* declared values of one variable */
};

typedef enum symbol_origin {
  SYMBOL_CODEBOOK,
  SYMBOL_CONSTRUCT,
  SYMBOL_DERIVED,
  SYMBOL_LOOP,    /* of a stack: which loop a row is of */
  SYMBOL_STACKED, /* of a stack: read from one column per loop */
} symbol_origin;

typedef struct stack stack; /* specification/stack.h */

typedef enum symbol_state {
  SYMBOL_DECLARED,
  SYMBOL_OPEN,
  SYMBOL_READY,
  SYMBOL_BROKEN, /* a mistake has been reported; its uses stay silent */
} symbol_state;

typedef struct symbol {
  const char *name;
  symbol_origin origin;
  symbol_state state;
  const node *key, *body;
  const char *column;        /* of an entry that renames: the column that it is; else NULL */
  const stack *stack;        /* LOOP, STACKED */
  const char **loop_columns; /* STACKED: one per loop; else NULL */
  plan_label label;
  program_variable variable;
  plan_value_label *values;
  uint32_t values_count;
  size_t values_capacity;
  bool decimals_given;           /* NUMBER; the variable keeps fewer when its numbers are large */
  uint8_t decimals_declared;     /* when given */
  decimal_magnitude largest;     /* NUMBER: the largest answer that there can be, as far as it is known */
  decimal range_low, range_high; /* NUMBER, when variable.has_range */
  weight_kind weight;            /* 0: no weight; otherwise also: */
  uint8_t weight_decimals;       /* as a weight it keeps more than as a number */
  uint32_t weight_index;         /* in the program, READY */
  unsigned taken;                /* bit I, of plan_taken: from the data's dictionary */
  uint32_t codes_differ;         /* as in manifest_column */
  const char *type;              /* in the codebook: as written ("id" and "text" are one kind) */
  bool values_closed;            /* `values` are all there can be */
  uint32_t plan_index;           /* READY */
  uint32_t construct_index;      /* SYMBOL_CONSTRUCT, READY */
  uint32_t listed;               /* the last list (symbol_list) that took it */
  decimal *weights;              /* MEAN, as given; NULL: none */
  plan_absence *absences;        /* in the codebook: optional columns that some files lack */
  uint32_t absences_count;
  size_t absences_capacity;
  json *normal; /* of the normalised specification; may be NULL */
} symbol;

/* An entry of the codebook that declares as many variables as columns match. */
typedef struct pattern {
  const node *key, *body;
  slice columns; /* what the titles match: the entry's `column` where it renames, else its key */
  bool renames;
  bool is_unmatched; /* no column of the header matches, which is reported */
} pattern;

/* How the files are written. */
typedef struct data_options {
  const char *encoding; /* NULL: UTF-8 */
  char delimiter;       /* 0: found out from the header */
  char decimal_mark;
  bool keeps_blank_rows;
  reading_totals totals;
  const char *format; /* static; NULL: recognised for each file */
  const char *sheet;  /* of workbooks, in the compilation's memory; NULL: the first */
  reading_header_rows header;
} data_options;

typedef struct analysis_defaults {
  uint32_t weight; /* in the program, or PROGRAM_NONE */
  const char *weight_name;
  double confidence;
  uint32_t small_base;
  uint64_t seed;
} analysis_defaults;

typedef struct compilation {
  slice page;
  const manifest *header;         /* NULL: the page alone */
  hash_table header_places;       /* of its columns, by their titles */
  bool decimals_known;            /* HEADER is the whole dataset */
  const slice *places_of_columns; /* titles of all columns of the first file, in its order; NULL: HEADER's */
  uint32_t places_count;
  const platform *platform; /* whose cells that are no answers hold (platform_of_files); NULL: none's */
  plan *plan;
  arena *memory; /* the plan's */
  problem_list *problems;

  symbol **symbols; /* in the order of the page */
  uint32_t symbols_count;
  size_t symbols_capacity;
  hash_table places;  /* of all symbols, by their names */
  const char **names; /* of all symbols, for the nearest one; made on demand */
  uint32_t names_count;
  pattern *patterns;
  uint32_t patterns_count;
  const node *scales; /* `scales`, a map; NULL: none */
  bool *scales_broken;
  stack *stacks;
  uint32_t stacks_count;
  const node *table; /* the codebook as a table: a map from variables to entries; NULL: none */
  uint32_t tabled;   /* variables that it says something of */
  symbol *open[DEFINITION_DEPTH_MAX];
  uint32_t open_count;
  uint32_t lists_count;
  const char **free_columns; /* of the header: those without a variable */
  uint32_t free_columns_count;
  size_t variables_capacity, constructs_capacity;
  const node *waits_for_data; /* the key of an entry without what only the data can give; NULL: none waits */
  bool open_ended;            /* the last list (symbol_list) has a pattern whose columns are not known yet */

  data_options data;
  analysis_defaults defaults;
  json *normal;   /* the normalised specification */
  status failure; /* not a mistake of the page: no memory */
} compilation;

/* The sections; each reports its mistakes and goes on.  ROOT is the page. */
void data_read(compilation *c, const node *root);
void scales_declare(compilation *c, const node *root);
void codebook_declare(compilation *c, const node *root);
void stacks_declare(compilation *c, const node *root);
void constructs_declare(compilation *c, const node *root);
void derived_declare(compilation *c, const node *root);
void replicates_read(compilation *c, const node *root);
void analyses_compile(compilation *c, const node *root);
void report_read(compilation *c, const node *root);
void rows_read(compilation *c, const node *root);

/* ---- Symbols (symbols.c) ------------------------------------------------------------------------- */

/* NULL when the name is taken (reported) or memory ran out. */
symbol *symbol_declare(compilation *c, symbol_origin origin, slice name, const node *key, const node *body);
/* The symbol of that name, or, without a header, the one a pattern would make; NULL: none. */
symbol *symbol_find(compilation *c, slice name);
/* Makes it READY or BROKEN. */
void symbol_resolve(compilation *c, symbol *s, place used_at);
/* A name in the page: the READY symbol, or NULL when it is unknown (reported now) or broken (reported
 * before). */
symbol *symbol_use(compilation *c, slice name, place at);
/* Adds what has been read to the program and the plan: the symbol is READY (BROKEN when refused). */
void symbol_finish(compilation *c, symbol *s);
/* The only variable that is declared as id; NULL where there is none, or several. */
const symbol *symbol_only_id(const compilation *c);
/* Resolves all, in the order of the page. */
void symbols_resolve(compilation *c);
unsigned symbol_accepts(const symbol *s); /* one of the ACCEPT_ bits */
/* "a scale", "a date" .. */
const char *symbol_kind_name(const symbol *s);
/* Whether TEXT can be a value (or an option) of S. Reported when it certainly is not. */
bool symbol_knows_text(compilation *c, const symbol *s, slice text, place at);
/* The code of a scale, after reversal, that one of its answer texts means. */
bool symbol_text_code(const symbol *s, slice text, decimal *out);
bool symbol_is_quantity(const symbol *s); /* scales, flags, numbers, means: not dates */
uint32_t symbol_program_index(const compilation *c, const symbol *s);
/* READY symbols for a text or a list of texts, patterns expanded over all symbols; every mistake reported.
 * False when there was one. c->open_ended is set when a pattern has columns to come; then there may
 * be no symbol at all. */
bool symbol_list(compilation *c, const node *n, const char *what, symbol ***out, uint32_t *count);

/* Of the codebook: reads one entry under NAME.  The pattern's own reading has no column yet. */
bool codebook_read(compilation *c, symbol *s);
bool construct_read(compilation *c, symbol *s);
bool derived_read(compilation *c, symbol *s);
bool stack_loop_read(compilation *c, symbol *s);
bool stack_variable_read(compilation *c, symbol *s);
/* The filter in the program; *CANONICAL is the same as a tree.  False: mistakes were reported (now
 * or before). */
bool where_compile(compilation *c, const node *n, uint32_t *filter, json **canonical);

/* ---- Normal form (normalise.c) ------------------------------------------------------------------- */

json *normal_codebook_entry(compilation *c, const symbol *s);
json *normal_values(compilation *c, const symbol *s);
json *normal_decimal(compilation *c, decimal d);
json *normal_slice(compilation *c, slice s);
json *normal_symbols(compilation *c, symbol *const *list, uint32_t count); /* their names */
/* What constructs and derived variables have in common; their readers add the rest. */
json *normal_definition(compilation *c, const symbol *s);
void normal_push(compilation *c, const char *section, json *item); /* at the end of that list */

/* ---- Patterns (pattern.c) ------------------------------------------------------------------------ */

bool pattern_is(slice text);
bool pattern_matches(slice wanted, slice text);
pattern pattern_of_entry(const node *key, const node *body);
bool pattern_has(const pattern *p, slice title);
/* Reports a name that has more * than there is to stand for. */
bool pattern_check(compilation *c, const pattern *p);
/* Renaming, where only * stands for something: titles of columns are full of question marks. */
uint32_t pattern_stars(slice text);
/* The name that NAME, with at most as many * as COLUMNS, makes of a matching TITLE: each of its * is what
 * the one of COLUMNS in its place took, and the last one all that are left, joined with _.  Each * of COLUMNS
 * but the last takes as little as it can.  Lives in A; NULL: out of memory. */
const char *pattern_renamed(arena *a, slice name, slice columns, slice title);

#endif

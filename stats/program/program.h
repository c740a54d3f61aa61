/* The program: what MAP computes from a shard.  The plan language of variables, filters, weights and
 * accumulators.
 *
 * A program is plain data.  It holds no labels and no names of analyses, only what changes figures:
 * so the digest of an accumulator with everything it depends on (`program_accumulator_digest`) names
 * its partial in caches, and a changed label recomputes nothing.  Stage 0's program comes with the
 * plan; a STEP makes the program of each further stage, which may hold new variables (weights made
 * from the data, cluster membership).  That is how masks and weights computed from a stage's state
 * are part of the language.
 *
 * Numbers.  Every per-row quantity is an integer: a *coded* variable gives a slot per row into a
 * list of keys (whole numbers or texts), a *number* gives mantissa * 10^-decimals.  Division is
 * rounded half to even at 12 decimals, once, by a rule that mentions only the row.
 *
 * References are by index and point backwards: a variable may use only variables of lower index, so
 * cycles cannot be written down.  Everything is owned by the program's arena.
 */
#ifndef CANVASS_STATS_PROGRAM_PROGRAM_H
#define CANVASS_STATS_PROGRAM_PROGRAM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/status.h"

/* What a program may hold.  Decoders refuse more before they allocate. */
enum {
  PROGRAM_VERSION = 9,
  PROGRAM_VARIABLES_MAX = 100000,
  PROGRAM_FILTERS_MAX = 10000,
  PROGRAM_WEIGHTS_MAX = 1000,
  PROGRAM_ACCUMULATORS_MAX = 100000,
  PROGRAM_DEPTH_MAX = 64,                               /* of variables made from variables; of filters */
  PROGRAM_RULES_MAX = 65000,                            /* of one variable, as the following */
  PROGRAM_RANGES_MAX = 65000,                           /* RECODE */
  PROGRAM_KEYS_MAX = 65000,                             /* declared keys */
  PROGRAM_COLUMNS_MAX = 4096,                           /* MULTI_FLAGS */
  PROGRAM_RANKED_MAX = 100,                             /* keys of a ranking */
  PROGRAM_FORMATS_MAX = 16,                             /* DATE */
  PROGRAM_INPUTS_MAX = 10000,                           /* MEAN, CLUSTER, COMPUTE, SCORE */
  PROGRAM_LOOPS_MAX = 100,                              /* of a stack */
  PROGRAM_BY_MAX = 3,                                   /* grouping variables of an accumulator */
  PROGRAM_CLUSTERS_MAX = 1000,                          /* CLUSTER */
  PROGRAM_NODES_MAX = 10000,                            /* of one filter, of one COMPUTE */
  PROGRAM_VALUES_MAX = 65000,                           /* of one IN */
  PROGRAM_PARAMS_MAX = 1 << 22,                         /* of one accumulator */
  PROGRAM_TEXT_MAX = 1 << 16,                           /* bytes of a name, a key, a cell text */
  PROGRAM_SCALE_SPAN_MAX = 240,                         /* SCALE: high - low */
  PROGRAM_DECIMALS_MAX = 9,                             /* NUMBER */
  PROGRAM_WEIGHT_DECIMALS_MAX = DECIMAL_READ_SCALE_MAX, /* NUMBER that is a weight and nothing else */
  PROGRAM_MEAN_DECIMALS = 12,                           /* MEAN */
  PROGRAM_COMPUTE_DECIMALS_MAX = 12,                    /* COMPUTE, SCORE, DISTANCE */
  PROGRAM_REPLICATES_MIN = 256,                         /* REPLICATE: groups */
  PROGRAM_REPLICATES_MAX = 1024,
};
/* Between the keys of a CROSS. */
#define PROGRAM_CROSS_SIGN " × "
/* Weights of a MEAN add up to less than this. */
#define PROGRAM_MEAN_WEIGHT_MAX ((int64_t)1 << 40)
/* Valid numbers (mantissas) are within +-2^62. */
#define NUMBER_MAX ((int64_t)1 << 62)

/* Why there is no answer.  Order is part of the encoding: append only. */
#define MISSING_TABLE(X)                      \
  X(MISSING_BLANK, "blank")                   \
  X(MISSING_NOT_ASKED, "not_asked")           \
  X(MISSING_NOT_APPLICABLE, "not_applicable") \
  X(MISSING_REFUSED, "refused")               \
  X(MISSING_DONT_KNOW, "dont_know")           \
  X(MISSING_OTHER, "other")                   \
  X(MISSING_INVALID, "invalid")               \
  X(MISSING_TOO_FEW, "too_few") /* a construct with fewer valid items than asked for */

typedef enum missing_reason {
#define X(id, name) id,
  MISSING_TABLE(X)
#undef X
      MISSING_REASONS /* 8 */
} missing_reason;

const char *missing_name(missing_reason reason);

/* What a cell text (or number) means, before the variable's own rule is tried: the first rule
 * that matches either makes the cell missing, or puts a number or a text in its place, to which the
 * variable's own rule (range, reversal, closed keys, format) then applies.  For MULTI_CELL missing
 * rules match the whole cell, others a single option.  A missing rule whose text is a span of numbers
 * ("90..99", "90..", "..-1") matches those where no other rule does. */
typedef struct program_rule {
  slice text;   /* compared whole; as a number by value where VALUE is meant below */
  bool missing; /* REASON counts; else VALUE (SCALE, NUMBER, MULTI_FLAGS) or KEY (all others) */
  missing_reason reason;
  decimal value;
  slice key;
} program_rule;

typedef enum variable_kind {
  /* read from a column */
  VARIABLE_SCALE = 1,       /* whole numbers low..high (at most 240 apart), optionally reversed; coded */
  VARIABLE_NOMINAL = 2,     /* texts; coded */
  VARIABLE_NUMBER = 3,      /* decimal numbers; number */
  VARIABLE_DATE = 4,        /* days since 1970-01-01; number with 0 decimals */
  VARIABLE_TEXT = 5,        /* id and free text; text */
  VARIABLE_MULTI_CELL = 6,  /* one delimited cell; set */
  VARIABLE_MULTI_FLAGS = 7, /* several 0/1 columns; set */
  /* derived */
  VARIABLE_RECODE = 16,     /* first matching range or text of `inputs[0]` gives a key; coded */
  VARIABLE_PERIOD = 17,     /* year "2025", quarter "2025-Q3", month "2025-07", weekday "1".."7"; coded */
  VARIABLE_TOP = 18,        /* 1 when inputs[0] >= cut (or <= cut), else 0; coded */
  VARIABLE_MEAN = 19,       /* weighted mean of inputs over those answered, optionally rescaled; number */
  VARIABLE_OPTION = 20,     /* 1 when option `key` of the set inputs[0] was chosen, else 0; coded */
  VARIABLE_CLUSTER = 21,    /* index of the nearest centre; coded 1..k; see accumulators/kmeans.h */
  VARIABLE_DIFFERENCE = 22, /* inputs[0] - inputs[1], both answered; number */
  VARIABLE_COMPUTE = 23,    /* what `nodes` make of the inputs, rounded half to even; number */
  VARIABLE_CONDITION = 24,  /* 1 when `nodes` are true of the inputs, 0 when false; coded */
  VARIABLE_CROSS = 26, /* the keys of inputs[0], inputs[1], .. with PROGRAM_CROSS_SIGN between them; coded */
  VARIABLE_RANK = 27,  /* the place of option `key` in the ranking inputs[0], 0 when it has none; coded */
  VARIABLE_REPLICATE = 28, /* the random group, 0 .. groups - 1, of the row or of its unit inputs[0]; coded */
  VARIABLE_SCORE = 29,     /* what a model makes of the inputs, linear but for `link`; number */
  VARIABLE_DISTANCE =
      30, /* from the centre of the row's cluster inputs[0], over that cluster's inputs; number */
  /* of stacked rows */
  VARIABLE_LOOP = 25, /* `keys`, one per loop: which loop the row is of; coded */
} variable_kind;

typedef enum variable_form { FORM_CODED, FORM_NUMBER, FORM_TEXT, FORM_SET } variable_form;

/* SCORE: what becomes of S = 2^-drop (c_0 2^s_0 + c_1 2^s_1 X_1 + ..), exact (see long_score.h) and then
 * rounded half to even once.  Order is part of the encoding: append only. */
typedef enum score_link {
  SCORE_LINEAR,   /* the value is S, in units of the last decimal */
  SCORE_LOGISTIC, /* 1 / (1 + exp(-S)), S being in units of 2^-SCORE_LOGISTIC_BITS and cut at -+700 */
  SCORE_LINKS
} score_link;
enum { SCORE_LOGISTIC_BITS = 50 };

typedef enum program_period { PERIOD_YEAR, PERIOD_QUARTER, PERIOD_MONTH, PERIOD_WEEKDAY } program_period;

/* RECODE: LOW <= x <= HIGH (bounds optional, each open or closed) of a number or scale; or TEXT. */
typedef struct program_range {
  bool has_low, has_high, low_open, high_open, is_text;
  decimal low, high;
  slice text;
  int64_t code; /* RECODE gives whole numbers when the variable's `keys_are_texts` is false ... */
  slice key;    /* ... and texts when true */
  bool missing; /* or this: the range is missing for REASON */
  missing_reason reason;
} program_range;

/* COMPUTE, CONDITION: arithmetic in postfix order, exact in every row.  A node takes its arguments from a
 * stack and puts its result there: a fraction, a truth (0 or 1), or missing for a reason.  Unless said
 * otherwise a result is missing for the reason of the first argument that is; a fraction that would need a
 * numerator or a denominator of 2^120 or more is missing, INVALID.  Order is part of the encoding. */
#define COMPUTE_TABLE(X)                                                                               \
  X(COMPUTE_CONSTANT, NO_ARGUMENTS, COMPUTE_A_NUMBER, COMPUTE_HAS_NUMBER)                              \
  X(COMPUTE_INPUT, NO_ARGUMENTS, COMPUTE_A_NUMBER, COMPUTE_HAS_INPUT) /* a numeric input */            \
  X(COMPUTE_NOTHING, NO_ARGUMENTS, COMPUTE_A_NUMBER, 0)               /* missing, OTHER */             \
  X(COMPUTE_ADD, NUMBERS(2, 2), COMPUTE_A_NUMBER, 0)                                                   \
  X(COMPUTE_SUBTRACT, NUMBERS(2, 2), COMPUTE_A_NUMBER, 0)                                              \
  X(COMPUTE_MULTIPLY, NUMBERS(2, 2), COMPUTE_A_NUMBER, 0)                                              \
  X(COMPUTE_DIVIDE, NUMBERS(2, 2), COMPUTE_A_NUMBER, 0) /* by 0: NOT_APPLICABLE */                     \
  X(COMPUTE_NEGATE, NUMBERS(1, 1), COMPUTE_A_NUMBER, 0)                                                \
  X(COMPUTE_ABS, NUMBERS(1, 1), COMPUTE_A_NUMBER, 0)                                                   \
  X(COMPUTE_ROUND, NUMBERS(1, 1), COMPUTE_A_NUMBER, COMPUTE_HAS_DIGITS) /* half to even */             \
  X(COMPUTE_MIN, NUMBERS(1, MANY), COMPUTE_A_NUMBER, COMPUTE_HAS_COUNT) /* of the answered ... */      \
  X(COMPUTE_MAX, NUMBERS(1, MANY), COMPUTE_A_NUMBER, COMPUTE_HAS_COUNT)                                \
  X(COMPUTE_SUM, NUMBERS(1, MANY), COMPUTE_A_NUMBER, COMPUTE_HAS_COUNT)                                \
  X(COMPUTE_MEAN, NUMBERS(1, MANY), COMPUTE_A_NUMBER, COMPUTE_HAS_COUNT)  /* ... missing if none is */ \
  X(COMPUTE_COUNT, NUMBERS(1, MANY), COMPUTE_A_NUMBER, COMPUTE_HAS_COUNT) /* how many are answered */  \
  X(COMPUTE_COUNT_TRUE, TRUTHS(1, MANY), COMPUTE_A_NUMBER, COMPUTE_HAS_COUNT)                          \
  X(COMPUTE_EQ, NUMBERS(2, 2), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_NE, NUMBERS(2, 2), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_LT, NUMBERS(2, 2), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_LE, NUMBERS(2, 2), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_GT, NUMBERS(2, 2), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_GE, NUMBERS(2, 2), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_IN, NUMBERS(2, MANY), COMPUTE_A_TRUTH, COMPUTE_HAS_COUNT) /* the first among others */     \
  X(COMPUTE_AND, TRUTHS(2, MANY), COMPUTE_A_TRUTH, COMPUTE_HAS_COUNT) /* Kleene's, as filters' */      \
  X(COMPUTE_OR, TRUTHS(2, MANY), COMPUTE_A_TRUTH, COMPUTE_HAS_COUNT)                                   \
  X(COMPUTE_NOT, TRUTHS(1, 1), COMPUTE_A_TRUTH, 0)                                                     \
  X(COMPUTE_IF, CHOICE, COMPUTE_A_NUMBER, 0)               /* a truth, then, else */                   \
  X(COMPUTE_IS_MISSING, NUMBERS(1, 1), COMPUTE_A_TRUTH, 0) /* never missing */                         \
  X(COMPUTE_INPUT_MISSING, NO_ARGUMENTS, COMPUTE_A_TRUTH, COMPUTE_HAS_INPUT)                           \
  X(COMPUTE_IS_TEXT, NO_ARGUMENTS, COMPUTE_A_TRUTH, COMPUTE_HAS_INPUT | COMPUTE_HAS_TEXT)              \
  X(COMPUTE_HAS, NO_ARGUMENTS, COMPUTE_A_TRUTH, COMPUTE_HAS_INPUT | COMPUTE_HAS_TEXT) /* an option */

typedef enum compute_op {
  COMPUTE_BEFORE_FIRST, /* encoded from 1 */
#define X(id, arguments, result, has) id,
  COMPUTE_TABLE(X)
#undef X
      COMPUTE_OPS /* one more than the last */
} compute_op;

/* What a node takes and gives. */
enum {
  COMPUTE_HAS_INPUT = 1,
  COMPUTE_HAS_TEXT = 2,
  COMPUTE_HAS_NUMBER = 4,
  COMPUTE_HAS_COUNT = 8,
  COMPUTE_HAS_DIGITS = 16,
};
typedef enum compute_type { COMPUTE_A_NUMBER, COMPUTE_A_TRUTH } compute_type;
typedef struct compute_traits {
  compute_type first, others; /* of the arguments */
  uint32_t min, max;          /* how many; where the two are equal, the node does not say */
  compute_type result;
  unsigned has;
  const char *name;
} compute_traits;
const compute_traits *compute_traits_of(uint32_t op); /* NULL: no such node */

typedef struct compute_node {
  compute_op op;
  uint32_t count; /* of arguments, where their number is free; ROUND: decimals */
  uint32_t input; /* place among the variable's inputs */
  decimal number; /* CONSTANT */
  slice text;     /* IS_TEXT, HAS */
} compute_node;

typedef struct program_variable {
  variable_kind kind;
  const char *name;     /* for messages; not part of the digest */
  const char *column;   /* kinds read from one column */
  const char **columns; /* MULTI_FLAGS; and of kinds read from one column, when STACKED: one per loop */
  uint32_t columns_count;
  bool optional; /* kinds read from columns: shards may lack a column.  Its cells are then missing, NOT_ASKED;
                    MULTI_FLAGS: blank, unless the shard lacks all columns */
  bool stacked;  /* see `loops` of accumulators */
  program_rule *rules;
  uint32_t rules_count;

  bool has_range;      /* SCALE always; NUMBER, DATE (days) when given: outside is invalid */
  int64_t low, high;   /* SCALE: codes.  NUMBER: mantissas at `decimals` */
  bool reversed;       /* SCALE: low + high - x */
  uint8_t decimals;    /* NUMBER 0..9, a mere weight 0..99; COMPUTE, SCORE, DISTANCE 0..12; else set by the
                          program: MEAN 12,    DIFFERENCE the    larger, others 0 */
  bool leading_number; /* SCALE, NUMBER: a cell's number may stand before words, or after them in
                          brackets */
  slice thousands, prefix, suffix; /* NUMBER: what may stand between, before and after its digits; tidy
                                      (base/tidy.h), empty: nothing */
  bool closed;                     /* NOMINAL, MULTI_CELL: texts outside `keys` are invalid */
  bool any_chosen; /* MULTI_FLAGS: any text but 0 that no rule names chooses the option, as 1 does */
  bool is_ranking; /* MULTI_CELL: the order of the options counts, and none may occur twice; all are keys */
  bool has_other;  /* NOMINAL, MULTI_CELL: texts outside `keys` are write-ins, which count as ... */
  slice other;     /* ... this key */
  bool has_none;   /* MULTI_FLAGS: rows that choose none are missing, for ... */
  missing_reason none_is; /* ... this reason */
  slice *keys;            /* NOMINAL, MULTI_*: declared keys in their order (the order of reports) */
  uint32_t keys_count;
  char delimiter[8];          /* MULTI_CELL */
  const char *format;         /* DATE: see stats/program/date.h ... */
  const char **other_formats; /* ... and others, tried in this order where it does not fit */
  uint32_t other_formats_count;

  uint32_t *inputs; /* derived: variables of lower index */
  uint32_t inputs_count;
  program_range *ranges; /* RECODE */
  uint32_t ranges_count;
  bool keys_are_texts; /* RECODE */
  bool has_else;       /* RECODE: values in no range keep `else_key`/`else_code`; otherwise OTHER-missing */
  bool keeps_others;   /* RECODE of texts to texts, without else: texts in no range remain what they are */
  slice else_key;
  int64_t else_code;
  program_period period; /* PERIOD */
  decimal cut;           /* TOP */
  bool below;            /* TOP: <= cut instead of >= cut */
  slice key;             /* OPTION */
  int64_t *weights;      /* MEAN: positive whole numbers, one per input, sum below 2^40; NULL: all 1 */
  bool *rescaled;        /* MEAN: input i is mapped from rescale_low..rescale_high to 0..100 first */
  decimal *rescale_low;
  decimal *rescale_high;
  uint32_t valid_min;    /* MEAN: fewer answered inputs than this (1..inputs_count): missing, TOO_FEW */
  int64_t *coefficients; /* CLUSTER: `clusters` rows of (1 + inputs_count); SCORE: one row */
  uint8_t *shifts;       /* CLUSTER, SCORE: 1 + inputs_count, at most 63; NULL: all 0.  See long_score.h */
  uint32_t clusters;     /* CLUSTER; DISTANCE: those of inputs[0] */
  uint8_t drop;          /* SCORE: at most SCORE_DROP_MAX */
  score_link link;       /* SCORE */
  double *centres;       /* DISTANCE: `clusters` rows of the cluster's inputs, in mantissas; finite */
  double *metric;        /* DISTANCE: per input, at least 0: squares of differences count so often */
  uint32_t metric_count; /* DISTANCE: inputs of the cluster */
  compute_node *nodes;   /* COMPUTE, CONDITION */
  uint32_t nodes_count;
  uint32_t groups; /* REPLICATE: a power of two, PROGRAM_REPLICATES_MIN .. PROGRAM_REPLICATES_MAX.  Half as
                      many groups are these, two and two together: group g is g modulo their number */
  uint64_t seed;   /* REPLICATE */
} program_variable;

variable_form program_variable_form(const program_variable *v);
/* True for SCALE, TOP, OPTION, RANK, CLUSTER, CONDITION, REPLICATE, and RECODE to whole numbers: keys are
 * numbers with a meaning. */
bool program_variable_is_numeric_coded(const program_variable *v);
/* A NUMBER of more decimals than PROGRAM_DECIMALS_MAX.  Only weights and ACCUMULATOR_FACTS may refer to it.
 */
bool program_variable_is_mere_weight(const program_variable *v);
/* FORM_NUMBER or numeric coded: what frame_number gives values of. */
bool program_variable_is_numeric(const program_variable *v);

/* Filters: a tree in prefix order of nodes.  Logic is three-valued (Kleene): a comparison with a
 * missing answer is unknown, and a row whose filter is unknown is not used. */
typedef enum filter_kind {
  FILTER_AND = 1,
  FILTER_OR,
  FILTER_NOT,
  FILTER_EQ,
  FILTER_NE,
  FILTER_LT,
  FILTER_LE,
  FILTER_GT,
  FILTER_GE,
  FILTER_IN,
  FILTER_MISSING,
  FILTER_HAS
} filter_kind;

typedef struct filter_value {
  bool is_text;
  decimal number;
  slice text;
} filter_value;

typedef struct filter_node {
  filter_kind kind;
  uint32_t children;    /* AND, OR: number of subtrees that follow; NOT: 1 */
  uint32_t variable;    /* comparisons, IN, MISSING, HAS (set has option) */
  filter_value *values; /* comparisons and HAS: 1; IN: any */
  uint32_t values_count;
} filter_node;

typedef struct program_filter {
  filter_node *nodes;
  uint32_t nodes_count;
} program_filter;

/* A weight is a NUMBER (or SCALE) variable with a kind.  Missing, invalid or negative weights drop
 * the row and are counted. */
typedef enum weight_kind { WEIGHT_SAMPLING = 1, WEIGHT_FREQUENCY = 2 } weight_kind;
typedef struct program_weight {
  uint32_t variable;
  weight_kind kind;
} program_weight;

#define PROGRAM_NONE UINT32_MAX

/* One accumulator to compute: kind (see accumulator.h for what each wants), its variables, up to
 * PROGRAM_BY_MAX grouping variables, filter, weight, and whole-number parameters. */
typedef struct program_accumulator {
  uint32_t kind; /* enum accumulator_id */
  uint32_t *variables;
  uint32_t variables_count;
  uint32_t by[PROGRAM_BY_MAX];
  uint32_t by_count;
  uint32_t filter; /* index, or PROGRAM_NONE */
  uint32_t weight; /* index, or PROGRAM_NONE */
  uint32_t
      loops; /* 0: rows are records.  Else each record is as many rows, one per loop, one after the other: a
                stacked variable has the loop's own column in each, all others the record's value */
  int64_t *params;
  uint32_t params_count;
} program_accumulator;

struct program_index;

typedef struct program {
  arena *memory;
  struct program_index *index; /* private: finds equal items again, knows bounds */
  program_variable *variables;
  uint32_t variables_count;
  program_filter *filters;
  uint32_t filters_count;
  program_weight *weights;
  uint32_t weights_count;
  program_accumulator *accumulators;
  uint32_t accumulators_count;
} program;

program *program_new(void); /* empty; NULL when out of memory */
void program_destroy(program *p);

/* Each copies *V deeply into the program and gives its index (INDEX may be NULL); an equal one (names
 * aside) is found again instead of added twice.  Fields that the kind does not use are ignored.
 * STATUS_LIMIT past the limits, or when exact arithmetic could overflow; STATUS_USAGE for a forward
 * reference or forms that do not fit.  After STATUS_NO_MEMORY the program can only be destroyed. */
status program_add_variable(program *p, const program_variable *v, uint32_t *index, error *err) MUST_USE;
status program_add_filter(program *p, const program_filter *f, uint32_t *index, error *err) MUST_USE;
status program_add_weight(program *p, program_weight w, uint32_t *index, error *err) MUST_USE;
status program_add_accumulator(program *p, const program_accumulator *a, uint32_t *index,
                               error *err) MUST_USE;

/* The largest magnitude of a numeric variable's values (mantissas at its decimals; keys of coded ones),
 * as declared; NUMBER_MAX when nothing is declared. */
int64_t program_variable_bound(const program *p, uint32_t variable);

/* Of stacked variables, and of what is made of them: into how many rows each record is stacked.  Else 0. */
uint32_t program_variable_loops(const program *p, uint32_t variable);

/* The names of all columns that the accumulators' variables, filters and weights need, each once, in
 * bytewise order; array and names in A. */
status program_columns(const program *p, arena *a, const char ***names, uint32_t *count, error *err) MUST_USE;

/* Canonical bytes; decode checks everything (ranges, references, counts) and refuses all else.  Whether
 * an accumulator suits its variables is for its kind's `check` to say. */
void program_encode(const program *p, buf *out);
status program_decode(reader *r, program **out, error *err) MUST_USE;
/* Digest of the accumulator and all it depends on, with the kind's version; names aside. */
status program_accumulator_digest(const program *p, uint32_t accumulator, digest *out, error *err) MUST_USE;

#endif

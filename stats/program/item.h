/* Inside the program: what each kind of variable uses, the bytes of one item, and bounds.
 *
 * The bytes of an item (variable, filter, weight, accumulator; names left out) are canonical: equal
 * items have equal bytes, which is how the program finds them again.  An item is also copied by writing
 * and reading its bytes, so there is one description of what belongs to it.
 */
#ifndef CANVASS_STATS_PROGRAM_ITEM_H
#define CANVASS_STATS_PROGRAM_ITEM_H

#include "base/exact.h"
#include "stats/program/program.h"

enum {
  FIELD_COLUMN = 1 << 0,
  FIELD_COLUMNS = 1 << 1,
  FIELD_RULES = 1 << 2,
  FIELD_RULE_NUMBERS = 1 << 3, /* rules give numbers, not texts */
  FIELD_RANGE = 1 << 4,
  FIELD_REVERSED = 1 << 5,
  FIELD_DECIMALS = 1 << 6,
  FIELD_CLOSED = 1 << 7,
  FIELD_KEYS = 1 << 8,
  FIELD_DELIMITER = 1 << 9,
  FIELD_FORMAT = 1 << 10,
  FIELD_INPUTS = 1 << 11,
  FIELD_RANGES = 1 << 12,
  FIELD_PERIOD = 1 << 13,
  FIELD_CUT = 1 << 14,
  FIELD_KEY = 1 << 15,
  FIELD_MEAN = 1 << 16,
  FIELD_CLUSTER = 1 << 17,
  FIELD_ANY_CHOSEN = 1 << 18,
  FIELD_NODES = 1 << 19,
  FIELD_LEADING = 1 << 20,
  FIELD_NOTATION = 1 << 21,
  FIELD_OTHER = 1 << 22,
  FIELD_NONE = 1 << 23,
  FIELD_RANKING = 1 << 24,
  FIELD_REPLICATE = 1 << 25,
  FIELD_SCORE = 1 << 26,
  FIELD_DISTANCE = 1 << 27,
  FIELDS_READ = FIELD_COLUMN | FIELD_COLUMNS, /* of kinds that are read from the file */
};

typedef struct variable_traits {
  variable_kind kind;
  const char *name;
  variable_form form;
  unsigned fields;
  uint32_t inputs_min, inputs_max;
} variable_traits;

const variable_traits *variable_traits_of(uint32_t kind); /* NULL: no such kind */

/* New numbers of variables, filters and weights; NULL: all keep theirs.  Given for digests, which also
 * leave out what changes no figure (the order of declared keys). */
typedef struct item_numbering {
  uint32_t *variables; /* by old index; PROGRAM_NONE where unused */
} item_numbering;

void variable_encode(const program_variable *v, const item_numbering *numbering, buf *out);
void filter_encode(const program_filter *f, const item_numbering *numbering, buf *out);
void weight_encode(program_weight w, const item_numbering *numbering, buf *out);
/* Digests give FILTER and WEIGHT in place of the accumulator's own numbers. */
void accumulator_encode(const program_accumulator *a, const item_numbering *numbering, buf *out);

/* The parts of MEAN and CLUSTER (combined_codec.c). */
void item_mean_encode(const program_variable *v, buf *out);
void item_mean_decode(reader *r, arena *a, program_variable *v);
void item_cluster_encode(const program_variable *v, buf *out);
void item_cluster_decode(reader *r, arena *a, program_variable *v);

/* Arrays and texts are copied into A.  Only the shape is checked here. */
void variable_decode(reader *r, arena *a, program_variable *out);
void filter_decode(reader *r, arena *a, program_filter *out);
void weight_decode(reader *r, program_weight *out);
void accumulator_decode(reader *r, arena *a, program_accumulator *out);

/* Fails R when MADE, the version of the bytes that it reads, is not the one that this canvass writes,
 * WRITTEN. */
void item_check_version(reader *r, uint64_t made, uint64_t written);

/* The pieces that items, and the plan around them, are made of. */
void item_put_decimal(decimal d, buf *out);
decimal item_get_decimal(reader *r);
slice item_get_text(reader *r, arena *a);
const char *item_get_name(reader *r, arena *a); /* refuses NULs, and what is not UTF-8 */
missing_reason item_get_reason(reader *r);
/* Refuses counts for which too few bytes are left, before anything is allocated: BYTES_EACH is the smallest
 * encoding of one element. */
uint32_t item_get_count(reader *r, uint32_t max, size_t bytes_each);
uint32_t *item_get_references(reader *r, arena *a, uint32_t max, uint32_t *count);
uint32_t item_renumbered(const item_numbering *numbering, uint32_t variable);

/* Is *V, to be variable number p->variables_count, well-formed?  *DEPTH, *BOUND and *DECIMALS: see
 * program_index. */
typedef struct variable_facts_known {
  uint32_t depth;   /* 0 for kinds read from a column */
  int64_t bound;    /* largest magnitude */
  uint8_t decimals; /* of numbers */
  uint32_t loops;   /* see program_variable_loops */
} variable_facts_known;
status variable_check(const program *p, const program_variable *v, variable_facts_known *known, error *err);
status variable_known(const program *p, const program_variable *v, variable_facts_known *known, error *err);
status filter_check(const program *p, const program_filter *f, error *err);
status weight_check(const program *p, program_weight w, error *err);
status accumulator_check(const program *p, const program_accumulator *a, error *err);

/* The variable's name for messages. */
const char *variable_shown(const program_variable *v);
/* STATUS_USAGE when V has more decimals than anything but a weight may have. */
status variable_check_decimals(const program_variable *v, error *err);
/* STATUS_USAGE unless V, which is stacked, is of a kind that is read from one column. */
status variable_check_stacked(const program_variable *v, error *err);
/* Of kinds that are read their own loops; what is derived has those of its inputs. */
status variable_known_loops(const program *p, const program_variable *v, uint32_t *loops, error *err);
/* Whether V, on top of variables with BELOW loops, has other LOOPS than they; then an error. */
status variable_check_loops(const program_variable *v, uint32_t loops, uint32_t below, error *err);
/* Is a text of the variable short enough, and UTF-8? */
status variable_check_text(const program_variable *v, slice s, const char *what, error *err);

uint32_t program_variable_depth(const program *p, uint32_t variable);

/* The arithmetic of a MEAN: row value = round(sum of (slope * m + offset) * scale / (unit * sum of
 * weights)), half to even, over the answered inputs with mantissas m. */
typedef struct mean_terms {
  uint32_t count;
  i128 *slopes, *offsets; /* weight included, over a common denominator */
  int64_t *weights;
  int64_t weights_sum;
  i128 scale, unit;
  i128 terms_bound;  /* of the magnitude of any sum of terms, before scaling */
  int64_t bound;     /* of the value, at most NUMBER_MAX ... */
  bool may_overflow; /* ... but the exact bound is larger: values must be examined */
} mean_terms;
/* Arrays are in A.  STATUS_LIMIT when 128 bits would not hold every step. */
status mean_terms_make(const program *p, const program_variable *v, arena *a, mean_terms *out, error *err);

/* The parts of SCORE and DISTANCE (scored.c), and whether they can be computed. */
void item_score_encode(const program_variable *v, buf *out);
void item_score_decode(reader *r, arena *a, program_variable *v);
void item_distance_encode(const program_variable *v, buf *out);
void item_distance_decode(reader *r, arena *a, program_variable *v);
status score_check(const program *p, const program_variable *v, error *err);
status distance_check(const program *p, const program_variable *v, error *err);

/* The ranges of a RECODE. */
void ranges_encode(const program_variable *v, buf *out);
void ranges_decode(reader *r, arena *a, program_variable *v);

/* The nodes of a COMPUTE or CONDITION. */
uint32_t compute_arguments(const compute_node *n); /* how many it takes */
void nodes_encode(const program_variable *v, buf *out);
void nodes_decode(reader *r, arena *a, program_variable *v);
/* Whether the nodes are one expression of the kind's type over the inputs. */
status compute_check(const program *p, const program_variable *v, error *err);

/* CLUSTER: whether no partial sum of a score passes NUMBER_MAX, whatever the values. */
bool cluster_is_narrow(const program *p, const program_variable *v);

#endif

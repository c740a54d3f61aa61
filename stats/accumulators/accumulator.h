/* Accumulators: the few mergeable partial statistics from which every analysis is made.
 *
 * The life of a state: `map` makes one from a frame (a shard); `merge` adds one to another and
 * leaves the source alone; `empty` is the neutral element; `encode` gives canonical bytes (equal
 * states, equal bytes) and `decode` refuses everything else.  Merging is associative and commutative
 * to the bit, so the result never depends on shards, workers or order.  States know their keys by
 * value (numbers or texts), never by position in a shard.  No state grows past
 * ACCUMULATOR_BYTES_MAX: `check` refuses what would, from the program alone, and what depends on the
 * data is refused in `map` and `merge` with the variable's name.
 *
 * To add a kind: its file in stats/accumulators/ and its line in accumulators.def there; the conformance
 * battery and the goldens of partials then ask for its cases.  The state that analyses read is declared
 * below, or in a header beside its file (kmeans.h).
 */
#ifndef CANVASS_STATS_ACCUMULATORS_ACCUMULATOR_H
#define CANVASS_STATS_ACCUMULATORS_ACCUMULATOR_H

#include "base/exact.h"
#include "stats/frame/frame.h"
#include "stats/program/program.h"

typedef enum accumulator_id {
#define ACCUMULATOR(name, constant, id) ACCUMULATOR_##constant = (id),
#include "stats/accumulators/accumulators.def"
#undef ACCUMULATOR
} accumulator_id;

enum { ACCUMULATOR_BYTES_MAX = 64 << 20 };

typedef struct accumulator_kind {
  accumulator_id id;
  const char *name;
  const char *summary;
  uint32_t version; /* part of the digest: change it whenever the same input gives other bytes */
  /* Whether A is valid in P. *BYTES_MAX: the largest encoding if it is known, else 0. */
  status (*check)(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err);
  status (*empty)(const program *p, const program_accumulator *a, void **state, error *err);
  status (*map)(frame *f, const program_accumulator *a, void **state, error *err);
  status (*merge)(void *into, const void *from, error *err);
  void (*encode)(const void *state, buf *out);
  status (*decode)(const program *p, const program_accumulator *a, reader *r, void **state, error *err);
  void (*destroy)(void *state);
} accumulator_kind;

const accumulator_kind *accumulator_find(uint32_t id); /* NULL when unknown */
size_t accumulator_count(void);
const accumulator_kind *accumulator_at(size_t index);

/* ---- What analyses read from merged states ------------------------------------------------------ */

/* Keys in their canonical order: numbers ascending, texts bytewise. */
typedef struct axis {
  bool is_text;
  uint32_t count;
  int64_t *numbers;
  slice *texts;
} axis;

/* The place of a key on A, by its TEXT where it IS_TEXT; A's count when it is not there. */
uint32_t axis_find(const axis *a, bool is_text, int64_t number, slice text);

/* Groups are places in a row-major grid over the grouping axes; on each axis the place `count` (one
 * past the keys) is "missing".  Totals are sums over all places. */
typedef struct grouping {
  uint32_t by_count;
  axis by[PROGRAM_BY_MAX];
} grouping;
uint32_t grouping_places(const grouping *g); /* 1 when by_count is 0 */
/* AT: the key's index on each axis, or the axis' count. */
uint32_t grouping_place(const grouping *g, const uint32_t *at);

/* ACCUMULATOR_FREQUENCY.  Per group `places` cells: the keys; the missing reasons; "answered" (for a set:
 * respondents with an answer; else the sum of the keys); and, of a set over columns, each key's base:
 * respondents of whom it is known whether they chose it, at most those who answered. */
typedef struct frequency_state {
  grouping groups;
  axis keys;
  bool weighted;
  uint8_t weight_decimals;
  bool own_bases; /* of a set over columns: keys are all options with a base, chosen or not */
  int64_t *n;     /* grouping_places * places */
  i128 *w;        /* sums of weight mantissas, of their squares; NULL when not weighted */
  u192 *w2;
} frequency_state;
static inline uint32_t frequency_places(const frequency_state *s) {
  return s->keys.count + MISSING_REASONS + 1 + (s->own_bases ? s->keys.count : 0);
}
static inline uint32_t frequency_missing_at(const frequency_state *s, missing_reason r) {
  return s->keys.count + (uint32_t)r;
}
static inline uint32_t frequency_answered_at(const frequency_state *s) {
  return s->keys.count + MISSING_REASONS;
}
static inline uint32_t frequency_base_at(const frequency_state *s, uint32_t key) {
  return frequency_answered_at(s) + (s->own_bases ? 1 + key : 0);
}

/* ACCUMULATOR_MOMENTS, one per group; x are mantissas at `decimals`, w at `weight_decimals`. */
typedef struct moments {
  int64_t n;
  int64_t missing[MISSING_REASONS];
  int64_t min, max; /* defined when n > 0 */
  exact x, x2, x3, x4;
  i128 w;
  exact w2, wx, w2x, wx2, w2x2, wx3, wx4;
} moments;
typedef struct moments_state {
  grouping groups;
  uint8_t decimals;
  bool weighted;
  uint8_t weight_decimals;
  moments *at; /* grouping_places */
} moments_state;

/* ACCUMULATOR_VALUES.  params: {entries_max}.  While all groups together have at most entries_max
 * distinct (group, value) pairs the table is exact; past that `overflown` is set, the tables are
 * empty and only n, w, min, max per group remain (the union only grows, so no order matters). */
typedef struct value_entry {
  int64_t value;
  int64_t n;
  i128 w;
} value_entry;
typedef struct value_table {
  int64_t n;
  i128 w;
  int64_t min, max; /* of all valid values, overflown or not */
  uint32_t count;
  value_entry *entries; /* ascending by value */
} value_table;
typedef struct values_state {
  grouping groups;
  uint8_t decimals;
  bool weighted;
  uint8_t weight_decimals;
  bool overflown;
  value_table *at;
} values_state;

/* ACCUMULATOR_BUCKETS.  params: for each interval low, high, width: ceil((high - low + 1) / width)
 * buckets; intervals ascending, disjoint.  Values outside are left out. */
typedef struct buckets_state {
  grouping groups;
  bool weighted;
  uint32_t buckets_count; /* over all intervals */
  int64_t *n;             /* grouping_places * buckets_count */
  i128 *w;
} buckets_state;

/* ACCUMULATOR_CROSS.  params: {split}: 0 for all pairs i < j of the p variables, else the pairs of
 * the first `split` variables with the others.  Each pair over its own complete cases. */
typedef struct cross_sums {
  int64_t n;
  exact x, y, xx, yy, xy;
  i128 w; /* from here on weighted only */
  exact w2, wx, wy, wxx, wyy, wxy;
} cross_sums;
typedef struct cross_state {
  grouping groups;
  uint32_t pairs_count;
  bool weighted;
  uint8_t weight_decimals;
  uint8_t *decimals; /* per variable */
  uint32_t variables_count;
  cross_sums *at; /* grouping_places * pairs_count */
} cross_state;

/* ACCUMULATOR_JOINT.  params: {split, entries_max}.  Sorted by (x, y).  Once the tables of all pairs and
 * groups together have more than entries_max entries the state is overflown: they are empty and stay so
 * (the union only grows, so no order matters). */
typedef struct joint_entry {
  int64_t x, y;
  int64_t n;
  i128 w;
} joint_entry;
typedef struct joint_table {
  uint32_t count;
  joint_entry *entries;
} joint_table;
typedef struct joint_state {
  grouping groups;
  uint32_t pairs_count;
  bool weighted;
  uint8_t weight_decimals;
  bool overflown;
  joint_table *at; /* grouping_places * pairs_count */
} joint_state;

/* ACCUMULATOR_RANKS.  params: pairs of its variables and the rank tables of each variable by group, see
 * stats/accumulators/ranks.h. */
typedef struct rank_products {
  int64_t n; /* rows in whose tables both answers are */
  exact xy;  /* of w * rank of x * rank of y; ranks are doubled */
} rank_products;
typedef struct ranks_state {
  grouping groups;
  uint32_t pairs_count;
  uint8_t weight_decimals;
  rank_products *at; /* grouping_places * pairs_count */
} ranks_state;

/* ACCUMULATOR_FACTS, per variable (and for the weight, when given, as one more at the end). */
enum { FACTS_PLACES = 10 };
typedef struct fact_place {
  uint64_t ordinal;
  uint32_t file;
  uint64_t line;
  uint32_t column; /* which of the variable's; 0 when it has one */
  slice text;
} fact_place;
typedef struct variable_facts {
  int64_t answered;
  int64_t missing[MISSING_REASONS]; /* INVALID of a set over columns: cells, also of rows that are answered */
  int64_t rounded;                  /* numbers with more decimals than the variable keeps; 0 with a filter */
  uint32_t places_count;            /* first places of invalid cells, by ordinal and column */
  fact_place places[FACTS_PLACES];
  uint32_t rounded_places_count; /* first places of rounded numbers, by ordinal */
  fact_place rounded_places[FACTS_PLACES];
  int64_t tidied; /* cells that are not read as they were written (frame_tidied); 0 with a filter */
  uint32_t tidied_places_count; /* their first places, by ordinal and column */
  fact_place tidied_places[FACTS_PLACES];
  int64_t percents; /* answers that are numbers with a per cent sign (CELL_PERCENT); 0 with a filter */
  uint32_t percent_places_count; /* their first places, by ordinal */
  fact_place percent_places[FACTS_PLACES];
} variable_facts;
typedef struct facts_state {
  uint32_t count;
  variable_facts *at;
} facts_state;

/* ACCUMULATOR_INVALID: the texts of cells that are not answers, each with its count and first place.
 *
 * Of more texts than INVALID_TEXTS_MAX the first in the order of texts are kept: those without digits before
 * the others, shorter ones before longer ones, then bytewise.  So words that a codebook lacks outlive numbers
 * and ids by the thousand; and the order knows nothing but the text, so what the whole keeps no part dropped:
 * its count is exact.  The cells of texts that are not kept are the rest of `n`. */
enum { INVALID_TEXTS_MAX = 1000, INVALID_TEXT_BYTES_MAX = 200 };
typedef struct invalid_text {
  fact_place first; /* with the text; of one of more than INVALID_TEXT_BYTES_MAX bytes, its beginning */
  uint64_t length;  /* of the whole text, in bytes */
  bool has_digit;   /* in what is kept of it */
  uint64_t hash[2]; /* of the whole text when that is longer than what is kept of it, else 0 */
  int64_t n;
} invalid_text;
typedef struct invalid_state {
  int64_t n;      /* invalid cells */
  uint32_t count; /* of texts that are kept */
  invalid_text *texts;
} invalid_state;

/* ACCUMULATOR_WEIGHTS, of all rows.  The first four are not used; the others are, if the job goes on. */
typedef enum weight_trouble {
  WEIGHT_MISSING,
  WEIGHT_NO_NUMBER,
  WEIGHT_TOO_LARGE, /* beyond NUMBER_MAX units */
  WEIGHT_NEGATIVE,
  WEIGHT_FRACTIONAL, /* frequency weights alone */
  WEIGHT_FEW_DIGITS, /* rounded, and less than WEIGHT_UNITS_ENOUGH: of nine significant digits, not all are
                        left */
  WEIGHT_TROUBLES,
} weight_trouble;
#define WEIGHT_UNITS_ENOUGH 100000000
typedef struct trouble_facts {
  int64_t n;
  uint32_t places_count; /* the first places, by ordinal */
  fact_place places[FACTS_PLACES];
} trouble_facts;
typedef struct weights_state {
  int64_t above_zero, zero;
  int64_t rounded;  /* of those above 0 */
  int64_t smallest; /* mantissas of those above 0; 0 when there are none */
  int64_t largest;
  int64_t error; /* the largest relative error of these, as frame_weight_error gives it */
  trouble_facts troubles[WEIGHT_TROUBLES];
} weights_state;
const char *weight_trouble_name(weight_trouble t);

/* ACCUMULATOR_BASE */
typedef struct base_state {
  int64_t rows;            /* all records of the dataset */
  int64_t weight_unusable; /* missing, invalid or negative */
  int64_t weight_zero;     /* rows of weight 0: not used, but rows of the design */
  int64_t filtered_out;    /* rows with a weight above 0 that the filter leaves out (false or unknown) */
  int64_t filter_unknown;  /* of these: unknown, because an answer is missing */
  int64_t respondents;     /* of stacked rows: records of which a row is used; else 0 */
  int64_t used;            /* the rest; and over these: */
  i128 w;
  exact w2;
} base_state;

/* ACCUMULATOR_DISTINCT: HyperLogLog with 2^14 registers over XXH3 of the canonical value. */
enum { DISTINCT_REGISTERS = 1 << 14 };
typedef struct distinct_state {
  int64_t n;
  uint8_t registers[DISTINCT_REGISTERS];
} distinct_state;
double distinct_estimate(const distinct_state *s);

/* ACCUMULATOR_DUPLICATES: 128-bit hashes of the combinations. */
typedef struct duplicate_entry {
  uint64_t high, low;
  int64_t n;
  uint64_t first_ordinal;
} duplicate_entry;
typedef struct duplicates_state {
  int64_t n;
  uint64_t count;
  duplicate_entry *entries;
} duplicates_state;

/* SAMPLE, KMEANS and SILHOUETTE: see stats/accumulators/kmeans.h, read by the segment analysis alone. */

#endif

/* A frame: the program's variables made real for one shard.
 *
 * Columns become slots and mantissas here, each variable at most once per shard and only when an
 * accumulator asks.  All views are borrowed until frame_destroy.  Arrays are 64-byte aligned and
 * readable up to the next multiple of 64 rows; the padding is missing (coded), excluded (groups),
 * zero (weights, masks).  A frame belongs to one thread.
 */
#ifndef CANVASS_STATS_FRAME_FRAME_H
#define CANVASS_STATS_FRAME_FRAME_H

#include "stats/frame/rows.h"
#include "stats/program/program.h"

/* Slots from here on mean missing, for reason (slot - first). */
enum { SLOT_MISSING = 248, SLOT_WIDE_MISSING = 0xFFF8, CODED_LEVELS_MAX = 65000 };
/* Numbers below this are missing for reason (value - INT64_MIN). */
#define NUMBER_MISSING_END (INT64_MIN + MISSING_REASONS)

static inline bool number_is_missing(int64_t v) {
  return v < NUMBER_MISSING_END;
}
static inline missing_reason number_reason(int64_t v) {
  return (missing_reason)(v - INT64_MIN);
}

/* The keys of a coded variable in this shard; ints or texts, never both. */
typedef struct coded_keys {
  const int64_t *numbers;
  const slice *texts;
  uint32_t count;
} coded_keys;

typedef struct coded_view {
  const uint8_t *slots; /* at most 248 keys ... */
  const uint16_t *wide; /* ... or this instead, never both */
  coded_keys keys;      /* of SCALE: low..high, all of them; else those of the shard, unordered */
} coded_view;

typedef struct number_view {
  const int64_t *values; /* mantissas at `decimals`; see NUMBER_MISSING_END */
  uint8_t decimals;
} number_view;

/* Weights per row as mantissas at `decimals`, 0 where the row has no usable weight: `narrow` in a shard where
 * all are below WEIGHT_NARROW_END, else `wide`.  The choice changes no figure, only the time. */
#define WEIGHT_NARROW_END ((int64_t)1 << 30)
typedef struct weight_view {
  const uint32_t *narrow;
  const int64_t *wide; /* at most NUMBER_MAX */
  uint8_t decimals;
} weight_view;
/* Whether there is a weight. */
static inline bool weight_is_given(const weight_view *w) {
  return w->narrow != NULL || w->wide != NULL;
}
static inline int64_t weight_at(const weight_view *w, size_t row) {
  return w->narrow != NULL ? (int64_t)w->narrow[row] : w->wide[row];
}

typedef struct text_view {
  const slice *texts;     /* one per row */
  const uint8_t *missing; /* 0: an answer; else reason + 1 */
} text_view;

typedef struct set_view {
  coded_keys options;      /* texts */
  const uint8_t **flags;   /* per option and row: 0, 1, or SLOT_MISSING + reason; each is the `slots` of a
                              coded variable with keys 0 and 1 */
  const uint8_t *answered; /* per row: 0, or SLOT_MISSING + reason, and then no flag is 0 or 1 */
  const uint8_t **ranks;   /* of a ranking, per option and row: its place from 1, 0 when it has none, or
                              SLOT_MISSING + reason; NULL otherwise */
  bool own_bases;          /* options have their own columns: each may be missing where the question is
                              answered.  Else all are missing in the rows that `answered` says */
} set_view;

/* Rows in groups: slot per row, GROUP_EXCLUDED where the filter says no or the weight is unusable
 * (missing, invalid, negative) or 0.  A group is a tuple of key
 * slots; a grouping variable that is missing has its own place, so that totals are sums of groups. */
enum { GROUP_EXCLUDED = 0xFFFF, GROUPS_MAX = 65000 };
typedef struct group_view {
  const uint16_t *slots; /* NULL: all rows are in group 0 (no grouping, no filter) */
  uint32_t count;
  const uint32_t *used; /* count: rows in each group */
  uint32_t by_count;
  const uint32_t *tuples; /* count * by_count: key index in keys[i], or UINT32_MAX for missing */
  coded_keys keys[PROGRAM_BY_MAX];
} group_view;

typedef struct frame frame;

status frame_new(const program *p, const stats_rows *rows, frame **out, error *err) MUST_USE;
void frame_destroy(frame *f);
/* The same records with each stacked into LOOPS rows; F itself when LOOPS is 0.  Borrowed from F. */
status frame_stacked(frame *f, uint32_t loops, frame **out, error *err) MUST_USE;
uint32_t frame_loops(const frame *f); /* 0: its rows are records */
uint32_t frame_rows(const frame *f);
const stats_rows *frame_source(const frame *f);
const program *frame_program(const frame *f);
/* Zeroed scratch memory that lives as long as the frame, 64-byte aligned; NULL when out of memory. */
void *frame_scratch(frame *f, size_t bytes);

/* The view must be of the variable's form (asserted), except that frame_number also accepts numeric
 * coded variables (their key values, 0 decimals). */
status frame_coded(frame *f, uint32_t variable, coded_view *out, error *err) MUST_USE;
status frame_number(frame *f, uint32_t variable, number_view *out, error *err) MUST_USE;
status frame_text(frame *f, uint32_t variable, text_view *out, error *err) MUST_USE;
status frame_set(frame *f, uint32_t variable, set_view *out, error *err) MUST_USE;
/* A variable's answers whatever its form: one of the pointers. */
typedef struct answers_view {
  const uint8_t *slots; /* coded; of a set its `answered` */
  uint32_t slots_count; /* keys */
  const uint16_t *wide;
  const int64_t *numbers;
  const uint8_t *text_missing; /* reason + 1 */
} answers_view;
status frame_answers(frame *f, uint32_t variable, answers_view *out, error *err) MUST_USE;

enum { ANSWERED = -1 };
/* The reason why the row is missing, or ANSWERED. */
static inline int answers_reason(const answers_view *a, uint32_t row) {
  if (a->slots != NULL) {
    return a->slots[row] >= SLOT_MISSING ? a->slots[row] - SLOT_MISSING : ANSWERED;
  }
  if (a->wide != NULL) {
    return a->wide[row] >= SLOT_WIDE_MISSING ? a->wide[row] - SLOT_WIDE_MISSING : ANSWERED;
  }
  if (a->numbers != NULL) {
    return number_is_missing(a->numbers[row]) ? (int)number_reason(a->numbers[row]) : ANSWERED;
  }
  return (int)a->text_missing[row] - 1;
}
/* Rows whose number had more decimals than the variable keeps, and was rounded half to even: how many, and
 * which (not 0; NULL in *ROWS when there are none).  Out of range after rounding is invalid, and not counted
 * here.  Of COMPUTE those whose result is not 0 and was rounded to 0.  None for anything else. */
status frame_rounded(frame *f, uint32_t variable, int64_t *count, const uint8_t **rows, error *err) MUST_USE;
/* How the cell of a row was written, as bits. */
enum {
  CELL_TIDIED = 1,  /* not as it was read: with characters that show nothing, with letters or digits of full
                       width, with a minus or per cent sign other than a number's */
  CELL_PERCENT = 2, /* a number with a per cent sign that the variable does not declare */
};
/* The bits of the rows' cells in the variable's COLUMN.  *ROWS is NULL where all are 0; so it is of derived
 * variables. */
status frame_tidied(frame *f, uint32_t variable, uint32_t column, const uint8_t **rows, error *err) MUST_USE;
/* What the file says in ROW for a variable read from columns, in its column COLUMN (0 but for MULTI_FLAGS);
 * the empty slice for derived variables.  Borrowed.  For SCALE, NUMBER and MULTI_FLAGS numbers are in
 * canonical form with a point, so that the text does not depend on how the shard encodes the column. */
status frame_cell_text(frame *f, uint32_t variable, uint32_t column, uint32_t row, slice *out,
                       error *err) MUST_USE;
/* The texts of the invalid cells of a variable read from columns, as frame_cell_text gives them: each once.
 * Borrowed.  None for derived variables. */
typedef struct invalid_cells {
  slice text;
  uint32_t first_row;
  uint32_t cells; /* of several columns more than one in a row */
} invalid_cells;
status frame_invalid(frame *f, uint32_t variable, const invalid_cells **out, uint32_t *count,
                     error *err) MUST_USE;
/* The texts of the cells of a variable read from columns that are not empty, each once, with what it is:
 * ANSWERED, or the reason why it is not an answer.  Of numbers only what is not written as a number, and of
 * dates and texts only what is not an answer.  Borrowed.  None for derived variables. */
typedef struct told_cells {
  slice text;
  int reason;
  uint32_t first_row;
  uint32_t cells;
} told_cells;
status frame_told(frame *f, uint32_t variable, const told_cells **out, uint32_t *count, error *err) MUST_USE;
/* The options that the cells of a NOMINAL or MULTI_CELL have and its declared values do not: each text once,
 * as it is written (tidy).  Borrowed.  None where no values are declared, and for other variables. */
typedef enum told_option_is {
  TOLD_UNDECLARED, /* of an open list a value of its own; of a closed one it makes the cell invalid */
  TOLD_WRITE_IN,   /* counts as the variable's other one */
  TOLD_REPEATED,   /* of a ranking, which it makes invalid: named before */
} told_option_is;
typedef struct told_option {
  slice text;
  told_option_is is; /* what its first cell shows it as */
  uint32_t first_row;
  uint32_t cells; /* that have it */
} told_option;
status frame_options(frame *f, uint32_t variable, const told_option **out, uint32_t *count,
                     error *err) MUST_USE;
/* Sets MET[i] to 1 where the I-th rule of a variable read from columns decides what a cell, or an option in
 * one, is. */
status frame_rules_met(frame *f, uint32_t variable, uint8_t *met, error *err) MUST_USE;
/* At most PROGRAM_BY_MAX coded variables.  All combinations of their keys and of missing are groups while
 * there are at most GROUPS_MAX; else those that occur in used rows.  STATUS_LIMIT names the variables when
 * these are too many as well. */
status frame_groups(frame *f, const uint32_t *by, uint32_t by_count, uint32_t filter, uint32_t weight,
                    group_view *out, error *err) MUST_USE;
/* 1 where the filter holds and the weight is usable and above 0, else 0; NULL in *OUT when every row is used.
 * A row of weight 0 represents no respondent: no figure counts it except the size of the design. */
status frame_mask(frame *f, uint32_t filter, uint32_t weight, const uint8_t **out, error *err) MUST_USE;
/* Rows with a weight above 0 (all, when PROGRAM_NONE) for which the filter is unknown because an answer
 * is missing.  0 without a filter. */
status frame_filter_unknown(frame *f, uint32_t filter, uint32_t weight, int64_t *count, error *err) MUST_USE;
/* Rows whose weight is 0; none without a weight. */
status frame_weight_zeros(frame *f, uint32_t weight, int64_t *count, error *err) MUST_USE;
/* Not given when PROGRAM_NONE. */
status frame_weights(frame *f, uint32_t weight, weight_view *out, error *err) MUST_USE;
/* How the weight's cells were read.  A number that is not 0 is at least one unit away from it. */
typedef struct weight_reading {
  const int64_t *mantissas; /* as of number_view */
  const uint8_t *roundings; /* per row: not 0 when digits were lost; NULL: none were */
  uint8_t decimals;
} weight_reading;
status frame_weight_reading(frame *f, uint32_t weight, weight_reading *out, error *err) MUST_USE;
/* The largest |kept - given| / given of the weights that lost digits, in units of 10^-18, rounded up; what is
 * more than WEIGHT_ERROR_MAX counts as that. */
#define WEIGHT_ERROR_MAX INT64_C(1000000000000000000)
status frame_weight_error(frame *f, uint32_t weight, int64_t *largest, error *err) MUST_USE;

/* The number that TEXT, which is tidy (base/tidy.h), is in the notation of V, a SCALE or NUMBER; MARK is the
 * decimal mark.  False: it is none, or one that no decimal holds. */
bool frame_notation_number(const program_variable *v, char mark, slice text, decimal *out);

#endif

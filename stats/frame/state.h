/* Inside the frame: its caches, and the steps from cells to views that its files share. */
#ifndef CANVASS_STATS_FRAME_STATE_H
#define CANVASS_STATS_FRAME_STATE_H

#include "base/table.h"
#include "stats/frame/frame.h"

/* Slots as they are before it is known whether bytes hold them: a wide missing slot cut to a byte is
 * the narrow one, 0xFFF8 + reason -> 0xF8 + reason. */
static inline uint16_t slot_missing(missing_reason reason) {
  return (uint16_t)(SLOT_WIDE_MISSING + reason);
}
static inline int64_t number_missing(missing_reason reason) {
  return INT64_MIN + (int64_t)reason;
}

/* What became of a number's decimals, and on which side of 0 it was. */
enum { ROUNDED_NOT, ROUNDED_POSITIVE, ROUNDED_NEGATIVE };

/* What is known of one variable.  Which members count depends on its form. */
typedef struct frame_variable {
  bool made, number_made;
  coded_view coded;
  number_view number; /* of FORM_NUMBER, and of numeric coded variables on demand */
  text_view text;
  set_view set;
  int64_t rounded;          /* see frame_rounded */
  const uint8_t *roundings; /* per row, of NUMBER: ROUNDED_..; NULL: none was rounded */
  const uint8_t **tidied;   /* see frame_tidied: by column; NULL: none was */
} frame_variable;

typedef struct frame_weight {
  bool made;
  const int64_t *mantissas; /* per row: missing, negative, 0, or at least one unit */
  bool all_usable;
  weight_view view;
  uint8_t *usable; /* 1 where the weight is usable and above 0, else 0 */
  int64_t zeros;   /* rows with weight 0 */
} frame_weight;

typedef struct frame_mask_entry {
  uint32_t filter, weight;
  const uint8_t *mask;
  struct frame_mask_entry *next;
} frame_mask_entry;

typedef struct frame_group_entry {
  uint32_t by[PROGRAM_BY_MAX], by_count, filter, weight;
  group_view view;
  struct frame_group_entry *next;
} frame_group_entry;

struct frame {
  const program *program;
  const stats_rows *rows;
  uint32_t count;               /* rows */
  size_t padded;                /* to a multiple of 64, at least 64 */
  struct frame_block *blocks;   /* all memory of the frame */
  frame_variable **variables;   /* by index; NULL: not asked for yet */
  uint8_t **filters;            /* truth per row, by index; NULL: not asked for yet */
  frame_weight *weights;        /* by index */
  frame_mask_entry *masks;      /* by (filter, weight) */
  frame_group_entry *groupings; /* by (by, filter, weight) */
  frame *whole;                 /* of stacked rows: the frame of the records, else NULL; borrowed */
  uint32_t loops;               /* ... and into how many rows each is stacked */
  stats_rows own_rows;          /* ... and which they are */
  frame *stacks; /* of these records, one for each number of loops; owned, linked by next_stack */
  frame *next_stack;
};

/* Memory of the frame, 64-byte aligned, not cleared.  NULL: out of memory. */
void *frame_memory(frame *f, size_t bytes);
/* COUNT objects of SIZE bytes, the product checked. */
void *frame_array(frame *f, size_t count, size_t size);
status frame_no_memory(error *err);

/* Makers of variables, by kind. */
typedef status frame_maker(frame *f, const program_variable *v, frame_variable *out, error *err);
frame_maker frame_make_scale, frame_make_nominal, frame_make_number, frame_make_date, frame_make_text,
    frame_make_multi_cell, frame_make_multi_flags, frame_make_recode, frame_make_period, frame_make_top,
    frame_make_mean, frame_make_option, frame_make_cluster, frame_make_difference, frame_make_compute,
    frame_make_condition, frame_make_cross, frame_make_rank, frame_make_replicate, frame_make_score,
    frame_make_distance;

/* Any variable of the frame; made on the first demand. */
status frame_made(frame *f, uint32_t variable, frame_variable **out, error *err);
frame_maker *frame_maker_of(variable_kind kind);

/* ---- Stacked rows (stats/frame/stack.c) ------------------------------------------------------------------
 */

/* Of a stacked frame: a variable that is read from files, or of whole records. */
bool stack_has_own_way(const frame *f, uint32_t variable);
status stack_make(frame *f, uint32_t variable, frame_variable *out, error *err);

/* ---- Weights (stats/frame/weight.c)
 * ------------------------------------------------------------------------ */

status frame_weight_of(frame *f, uint32_t weight, const frame_weight **out, error *err);

/* ---- Texts that are found again (stats/frame/texts.c) -----------------------------------------------------
 */

typedef struct text_table {
  slice *texts;
  uint32_t count;
  size_t capacity;
  hash_table places;
} text_table;

void text_table_fini(text_table *t);
/* The place of TEXT, added when it is new; UINT32_MAX: out of memory.  The bytes are borrowed. */
uint32_t text_table_add(text_table *t, slice text);
uint32_t text_table_find(const text_table *t, slice text); /* UINT32_MAX: not found */

/* ---- Columns as cells (stats/frame/cells.c) ---------------------------------------------------------------
 */

/* Which entry a row has: codes, wide or index, or (all NULL) entry r is row r's.  The first numbers_count
 * entries are numbers, whose texts are canonical; all others are texts as in the file. */
typedef struct frame_cells {
  const uint8_t *codes;
  const uint16_t *wide;
  const uint32_t *index;
  const slice *texts;
  uint32_t count;
  const decimal *numbers;
  uint32_t numbers_count;
  bool is_absent;  /* the shard lacks the column, which is optional: one entry, an empty text, for all rows */
  uint8_t *tidied; /* by entry: CELL_.. bits (frame.h), with base/tidy.h; NULL: of slots */
} frame_cells;

/* Column NAME of V.  *ABSENT: the shard does not have it, and need not. */
status frame_column(const frame *f, const program_variable *v, const char *name, packed_column *out,
                    bool *absent, error *err);
status frame_cells_of(frame *f, const program_variable *v, const char *column, frame_cells *out, error *err);
uint32_t frame_cells_entry(const frame_cells *c, uint32_t row);

/* What a cell is once the variable's rules have been applied. */
typedef struct cell {
  bool missing;
  missing_reason reason;
  bool is_number, is_long; /* is_long: a number that no decimal holds, at whatever scale */
  bool is_ruled;           /* a rule decides; of MULTI_CELL only a missing one */
  decimal number;          /* of variables whose rules give numbers */
  decimal_digits digits;   /* is_long */
  slice text;
} cell;

/* The numbers that a missing rule means by its text: "90..99", "90..", "..-1". */
typedef struct number_span {
  bool is_span, has_low, has_high;
  decimal low, high;
} number_span;

/* Whether TEXT is such a span. */
bool number_span_parse(slice text, char mark, number_span *out);
bool number_span_has(const number_span *span, decimal number);

typedef struct cell_rules {
  const program_variable *variable;
  bool numeric; /* rules compare by value too, and give numbers */
  char mark;
  decimal *numbers; /* of the rules' texts */
  bool *are_numbers;
  number_span *spans; /* of the rules */
  uint32_t spans_count;
  text_table table; /* of the rules' texts, when not numeric: places are rule numbers */
  uint32_t *first;  /* rule of each place in TABLE */
  uint8_t *met;     /* the user's, one per rule: 1 where it has decided; NULL */
} cell_rules;

status cell_rules_init(cell_rules *r, const frame *f, const program_variable *v, bool numeric, error *err);
void cell_rules_fini(cell_rules *r);
/* The whole cell: rules, then blank. */
void cell_of_entry(const cell_rules *r, const frame_cells *c, uint32_t entry, cell *out);
/* Opens the column and gets ready to read its entries, in tidy form; RULES are the caller's to end. */
status frame_open_cells(frame *f, const program_variable *v, const char *column, bool numeric,
                        frame_cells *cells, cell_rules *rules, error *err);
/* The rule that matches, or NULL.  NUMBER may be NULL. */
const program_rule *cell_rule(const cell_rules *r, slice text, const decimal *number);
/* Notes that RULE, found by cell_rule, says what a cell or an option is. */
void cell_rule_decides(const cell_rules *r, const program_rule *rule);

/* Brings the entries into tidy form. */
status frame_tidy_cells(frame *f, const program_variable *v, frame_cells *c, error *err);
/* The number that TEXT, which is tidy, is by the variable's notation: in OUT's number, or digits.  *HOW: the
 * bits of what it took beyond what is declared. */
bool cell_number(const cell_rules *r, slice text, uint8_t *how, cell *out);
/* Whether some entry has bits. */
bool frame_cells_are_told(const frame_cells *c);
/* Once its entries are read: notes in OUT the bits of the rows of column COLUMN. */
status frame_note_tidied(frame *f, const program_variable *v, uint32_t column, const frame_cells *c,
                         frame_variable *out, error *err);

/* ---- Choices (stats/frame/choice.c) ---------------------------------------------------------------------
 */

/* What an option is that a cell has. */
typedef enum choice_is {
  CHOICE_DECLARED, /* one of the keys, by itself or by a rule */
  CHOICE_WRITE_IN, /* counts as the variable's other one */
  CHOICE_FREE,     /* none of the keys; allowed where the list is open */
} choice_is;

typedef struct choice_reader {
  const program_variable *variable;
  const cell_rules *rules;
  text_table declared; /* keys */
  slice *wholes;       /* keys and texts of rules that hold the delimiter or end like it, the longest first */
  uint32_t wholes_count;
} choice_reader;

/* Of a NOMINAL or a MULTI_CELL; RULES are borrowed. */
status choice_reader_init(choice_reader *c, const program_variable *v, const cell_rules *rules, error *err);
void choice_reader_fini(choice_reader *c);
/* MULTI_CELL: takes the next option off the front of *REST, and the delimiter behind it.  A declared one that
 * holds the delimiter is not cut.  At the end of the cell the delimiter may lack its last blanks. */
slice choice_next(const choice_reader *c, slice *rest);
/* The key that the option TEXT is: itself, what a rule says, or, of what is written instead of an option, the
 * variable's other one.  IS_RULED: it is what a rule says, and no other rule looks at it. */
choice_is choice_key(const choice_reader *c, slice text, bool is_ruled, slice *key);
/* What a cell of a column of MULTI_FLAGS says: 0, 1, or SLOT_MISSING + reason. */
uint8_t choice_flag(const program_variable *v, const cell *c);

/* ---- Rankings (stats/frame/ranking.c) -------------------------------------------------------------------
 */

/* The options of all entries of CELLS in their order, those of entry i up to ENDS[i]; and per entry 0, or
 * SLOT_MISSING + reason. */
typedef struct ranked_cells {
  const frame_cells *cells;
  const uint32_t *options;
  const size_t *ends;
  const uint8_t *answered;
  uint32_t options_count; /* different ones */
} ranked_cells;

/* The places of all options, row by row. */
status frame_spread_ranks(frame *f, const ranked_cells *r, const uint8_t ***out, error *err);

/* Spreads what is known of entries over the rows; padding is missing (BLANK). */
void frame_spread_bytes(const frame *f, const frame_cells *c, const uint8_t *of_entry, uint8_t *out);
void frame_spread_numbers(const frame *f, const frame_cells *c, const int64_t *of_entry, int64_t *out);
/* Makes the coded view from a slot per entry; KEYS_COUNT decides whether bytes hold it. */
status frame_spread_slots(frame *f, const frame_cells *c, const uint16_t *of_entry, uint32_t keys_count,
                          coded_view *out, error *err);
/* STATUS_LIMIT naming V when COUNT is more than CODED_LEVELS_MAX. */
status frame_check_levels(const program_variable *v, uint64_t count, error *err);

/* The answers of one of the variable's columns (stats/frame/invalid.c). */
status frame_column_answers(frame *f, uint32_t variable, uint32_t column, answers_view *out, error *err);

/* ---- Texts of cells (stats/frame/words.c)
 * ------------------------------------------------------------------ */

/* The cells of one column of a variable, row by row, as frame_cell_text gives them, for many rows. */
typedef struct cell_texts {
  frame *f;
  bool numeric;
  packed_column column;
  char room[DECIMAL_SCALED_TEXT_BYTES]; /* for the text of a number */
  uint32_t *of_entry;                   /* the user's, zeroed: one for each text that the column holds once */
} cell_texts;

status cell_texts_open(frame *f, uint32_t variable, uint32_t column, cell_texts *out, error *err);
void cell_texts_close(cell_texts *t);
/* The user's number for the text in ROW; NULL when the column does not hold it once for many rows. */
uint32_t *cell_texts_entry(const cell_texts *t, uint32_t row);
/* Borrowed until the next call. */
slice cell_texts_at(cell_texts *t, uint32_t row);
/* Makes a text of the last call live as long as the frame. */
status cell_texts_keep(cell_texts *t, slice *text, error *err);

/* ---- Maps (stats/frame/map.c)
 * ------------------------------------------------------------------------------ */

/* out[i] = table[in[i]] for COUNT bytes, a multiple of 64; arrays 64-byte aligned or not. */
void frame_map_bytes(const uint8_t *in, size_t count, const uint8_t table[256], uint8_t *out);

/* ---- Comparisons (stats/frame/interval.c)
 * ------------------------------------------------------------------ */

/* LOW <= mantissa <= HIGH; empty when LOW > HIGH. */
typedef struct number_interval {
  int64_t low, high;
} number_interval;
/* Mantissas m at DECIMALS for which m * 10^-decimals is in relation KIND (EQ, LT, LE, GT, GE) to V. */
number_interval number_interval_of(filter_kind kind, decimal v, unsigned decimals);
number_interval number_interval_of_range(const program_range *g, unsigned decimals);
static inline bool number_interval_has(number_interval i, int64_t v) {
  return v >= i.low && v <= i.high;
}

#endif

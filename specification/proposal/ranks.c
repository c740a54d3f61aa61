/* Columns of ranks: in each row 1, 2, 3, .. in some order, one in each column.  A codebook has no such
 * variable, so they stay nominal: as answers on a scale they would have means that are always the same. */
#include "specification/proposal/kinds.h"

enum {
  COLUMNS_MIN = 3,
  COLUMNS_MIN_CALLED = 2, /* where the titles speak of ranks */
  ROWS_MIN = 5,           /* in fewer, equal counts may be a chance */
};

static bool may_be_rank(const guess *at) {
  return (at->type == GUESS_POINTS || (at->type == GUESS_SCALE && at->ladder == NULL)) && at->low >= 0 &&
         at->facts->codes->values_count == 0;
}

static uint64_t rows_of(const guess *at, int64_t code) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < at->facts->texts_count; i++) {
    decimal value;
    const fact_text *t = &at->facts->texts[i];
    if (t->reason == NULL && decimal_parse(t->text, '.', &value) &&
        (value = decimal_normalise(value)).scale == 0 && value.mantissa == code) {
      rows += t->count;
    }
  }
  return rows;
}

/* How often each of 1, 2, .. *HIGH stands in the COUNT columns from FIRST on; 0: not all equally often. */
static uint64_t ranked_rows(const guess *first, uint32_t count, bool is_called, int64_t *high) {
  uint64_t most = 0;
  uint64_t each = 0;
  int64_t highest = 0;
  for (uint32_t i = 0; i < count; i++) {
    highest = first[i].facts->high.mantissa > highest ? first[i].facts->high.mantissa : highest;
    most = facts_answers(first[i].facts) > most ? facts_answers(first[i].facts) : most;
  }
  highest = highest > count ? count : highest;
  for (int64_t code = 0; code <= highest; code++) {
    uint64_t rows = 0;
    for (uint32_t i = 0; i < count; i++) {
      rows += rows_of(&first[i], code);
    }
    if ((code == 0 && rows > 0) || (code > 1 && rows != each)) {
      return 0;
    }
    each = rows;
  }
  *high = highest;
  /* Where not all are ranked, only titles tell. */
  const bool is_full = highest == count && each == most;
  return each >= ROWS_MIN && each >= most && highest >= 2 && (is_full || is_called) ? each : 0;
}

static void leave_nominal(guesses *g, guess *at, const char *note) {
  at->type = GUESS_NOMINAL;
  at->leading_number = at->is_reversed = at->is_direction_open = at->is_rating = false;
  at->is_satisfaction = at->is_recommendation = false;
  at->notes_count = 0;
  at->evidence = kinds_answers(g, at);
  guess_note(at, note);
}

static bool goes_on(const guess *a, const guess *b) {
  const bool has_stem = a->stem.length > 0 && slice_equal(a->stem, b->stem);
  return may_be_rank(b) && (has_stem || (kinds_title_has(a, WORD_RANK) && kinds_title_has(b, WORD_RANK)));
}

void guess_ranks(guesses *g) {
  for (uint32_t i = 0, end; i < g->count; i = end) {
    guess *first = &g->at[i];
    int64_t high;
    end = i + 1;
    if (!may_be_rank(first)) {
      continue;
    }
    while (end < g->count && goes_on(first, &g->at[end])) {
      end++;
    }
    const bool is_called = kinds_title_has(first, WORD_RANK);
    const uint32_t least = is_called ? COLUMNS_MIN_CALLED : COLUMNS_MIN;
    const uint64_t rows = end - i >= least ? ranked_rows(first, end - i, is_called, &high) : 0;
    for (uint32_t k = i; k < end && (rows > 0 || is_called); k++) {
      leave_nominal(g, &g->at[k],
                    rows > 0 ? GUESS_SAY(g, PHRASE_RANKS, guess_whole(g, high), guess_count(g, rows),
                                         guess_count(g, end - i))
                             : GUESS_SAY(g, PHRASE_MAY_BE_RANKS, guess_whole(g, g->at[k].high)));
    }
  }
}

/* Items that belong together: points become scales or codes, equal scales are shared, stems become
 * constructs. */
#include <string.h>

#include "specification/proposal/kinds.h"
#include "specification/proposal/rest.h"

enum {
  BATTERY_MIN = 3,      /* adjacent columns with the same points */
  BATTERY_STEM_MIN = 2, /* and with one stem */
  SCALE_HIGH_MIN = 3,   /* fewer points are codes, such as yes and no */
  ZERO_HIGH_MAX = 7,    /* up to this high end, 0 beside a scale from 1 may mean no answer */
  SHARED_LABEL_MIN = 8, /* bytes */
  ZERO_RARE = 3,        /* if 1 is at least this many times as frequent */
};

/* ---- Points -------------------------------------------------------------------------------------- */

/* In few answers the highest one may not occur. */
static int64_t usual_high(int64_t high, uint64_t answers) {
  if (answers >= GUESS_ROW_MANY) {
    return high;
  }
  return high <= 5 ? 5 : high <= 7 ? 7 : 10;
}

/* Whether a column has points from 0 or 1 that may have an order. */
static bool is_open(const guess *at) {
  return at->type == GUESS_POINTS;
}

static uint64_t rows_of(const guess *at, const char *code) {
  for (uint32_t i = 0; i < at->facts->texts_count; i++) {
    if (slice_equal(at->facts->texts[i].text, slice_of(code))) {
      return at->facts->texts[i].count;
    }
  }
  return 0;
}

static bool has_stem_of(const guess *a, const guess *b) {
  return a->stem.length > 0 && slice_equal(a->stem, b->stem);
}

/* Whether INDEX belongs to the battery from FIRST to END whose highest answer is HIGH: its own highest answer
 * is HIGH, or lower because nobody gave that one. */
static bool is_in(const guesses *g, uint32_t first, uint32_t end, uint32_t index, int64_t high) {
  const guess *at = &g->at[index];
  if (!is_open(at) || at->high > high) {
    return false;
  }
  bool has_sibling = false;
  for (uint32_t i = first; at->high >= SCALE_HIGH_MIN && i < end && !has_sibling; i++) {
    has_sibling = is_open(&g->at[i]) && g->at[i].high == high && has_stem_of(&g->at[i], at);
  }
  const bool are_few = facts_answers(at->facts) < GUESS_ROW_MANY && at->high >= SCALE_HIGH_MIN;
  return at->high == high || (has_sibling && at->high == high - 1) ||
         (are_few && usual_high(at->high, 0) == usual_high(high, 0));
}

static void tell_zeros(guesses *g, guess *at, int64_t low) {
  if (low == 0) {
    guess_note(at, GUESS_SAY(g, PHRASE_ZEROS_HERE, guess_whole(g, at->high)));
  }
}

static void make_scale(guesses *g, guess *at, int64_t low, int64_t high, bool zero_is_absent) {
  at->type = GUESS_SCALE;
  if (zero_is_absent) {
    kinds_add_absent_once(at, &(guess_absent){slice_of("0"), "not_applicable", rows_of(at, "0")});
  } else if (at->high < high && at->notes_count == 0) {
    guess_note(at, GUESS_SAY(g, PHRASE_NOBODY_ANSWERED, guess_whole(g, high)));
  }
  at->zero_is_absent = zero_is_absent;
  at->low = low;
  at->high = high;
}

/* Whether the 0 that some items have means no answer. */
static bool zero_is_absent(const guesses *g, uint32_t first, uint32_t end, int64_t high) {
  uint64_t zeros = 0;
  uint64_t ones = 0;
  for (uint32_t i = first; i < end; i++) {
    if (is_in(g, first, end, i, high)) {
      zeros += rows_of(&g->at[i], "0");
      ones += rows_of(&g->at[i], "1");
    }
  }
  return zeros > 0 && high <= ZERO_HIGH_MAX && ones >= GUESS_ROW_MANY && zeros * ZERO_RARE < ones;
}

/* If the columns from FIRST to END whose highest answer is HIGH are a battery, makes them scales. */
static void take_battery(guesses *g, uint32_t first, uint32_t end, int64_t high) {
  uint32_t count = 0;
  uint32_t alike = 0;
  uint32_t zeros = 0;
  uint64_t answers = 0;
  const guess *one = NULL;
  for (uint32_t i = first; i < end; i++) {
    if (is_in(g, first, end, i, high)) {
      one = one == NULL ? &g->at[i] : one;
      count++;
      alike += has_stem_of(one, &g->at[i]);
      zeros += g->at[i].low == 0;
      answers = facts_answers(g->at[i].facts) > answers ? facts_answers(g->at[i].facts) : answers;
    }
  }
  if (high < SCALE_HIGH_MIN || !(count >= BATTERY_MIN || (count >= BATTERY_STEM_MIN && alike == count))) {
    return;
  }
  const bool is_absent = zero_is_absent(g, first, end, high);
  bool in[GUESS_RUN_MAX];
  for (uint32_t i = first; i < end; i++) {
    in[i - first] = is_in(g, first, end, i, high);
  }
  /* Answers of 0 in few columns are their own. */
  const bool have_zero = !is_absent && 2 * zeros > count;
  for (uint32_t i = first; i < end; i++) {
    guess *at = &g->at[i];
    if (in[i - first]) {
      const int64_t low = have_zero || (at->low == 0 && !is_absent) ? 0 : 1;
      make_scale(g, at, low, usual_high(high, answers), is_absent);
      tell_zeros(g, at, have_zero ? 1 : low);
    }
  }
}

static void take_run(guesses *g, uint32_t first, uint32_t end) {
  for (int64_t high = 10; high >= SCALE_HIGH_MIN; high--) {
    bool any = false;
    for (uint32_t i = first; i < end; i++) {
      any = any || (is_open(&g->at[i]) && g->at[i].high == high);
    }
    if (any) {
      take_battery(g, first, end, high);
    }
  }
}

static void take_single(guesses *g, guess *at) {
  if (at->is_rating) {
    const bool is_absent = zero_is_absent(g, at->column, at->column + 1, at->high);
    make_scale(g, at, at->low == 0 && !is_absent ? 0 : 1, usual_high(at->high, facts_answers(at->facts)),
               is_absent);
    return;
  }
  at->notes_count = 0;
  if (at->high >= SCALE_HIGH_MIN) {
    guess_note(at, GUESS_SAY(g, PHRASE_CODES_OR_ORDER, guess_whole(g, at->low > 1 ? 1 : at->low),
                             guess_whole(g, at->high), at->leading_number ? ", leading_number: true" : ""));
  }
  at->type = GUESS_NOMINAL;
  at->leading_number = false;
  at->is_reversed = false;
  at->absent_count = 0;
  kinds_take_absences(at, true);
  at->evidence = kinds_answers(g, at);
}

static void take_points(guesses *g) {
  for (uint32_t i = 0, end; i < g->count; i = end) {
    end = i + 1;
    if (!is_open(&g->at[i])) {
      continue;
    }
    while (end < g->count && end - i < GUESS_RUN_MAX && is_open(&g->at[end]) &&
           guess_same_missing(g->at[i].facts->codes, g->at[end].facts->codes)) {
      end++;
    }
    take_run(g, i, end);
  }
  for (uint32_t i = 0; i < g->count; i++) {
    if (is_open(&g->at[i])) {
      take_single(g, &g->at[i]);
    }
  }
}

/* ---- Shared scales ------------------------------------------------------------------------------- */

static bool is_same_scale(const guess *a, const guess *b) {
  return a->type == GUESS_SCALE && b->type == GUESS_SCALE && a->ladder == b->ladder && a->low == b->low &&
         a->high == b->high && a->leading_number == b->leading_number &&
         a->zero_is_absent == b->zero_is_absent && a->from_labels == b->from_labels &&
         a->is_reversed == b->is_reversed && a->is_direction_open == b->is_direction_open &&
         column_codes_equal(a->facts->codes, b->facts->codes);
}

static const char *scale_name(guesses *g, const guess *at) {
  const char *wanted = at->ladder != NULL
                           ? at->ladder->name
                           : guess_text(g, "points_%lld_%lld%s%s%s", (long long)at->low, (long long)at->high,
                                        at->leading_number ? "_words" : "", at->zero_is_absent ? "_or_0" : "",
                                        at->is_reversed ? "_reversed" : "");
  for (uint32_t i = 0; i < g->scales_count; i++) {
    if (strcmp(g->scales[i].name, wanted) == 0) {
      return guess_text(g, "%s_%u", wanted, g->scales_count + 1);
    }
  }
  return wanted;
}

/* What means no answer in one variable of the scale means none in all. */
static void share_absences(guesses *g, uint32_t scale) {
  shared_scale *shared = &g->scales[scale];
  for (uint32_t i = shared->first; i < g->count; i++) {
    for (uint32_t k = 0; g->at[i].scale == scale && k < g->at[i].absent_count; k++) {
      guess_scale_absent(shared, &g->at[i].absent[k]);
    }
  }
}

static void share_scales(guesses *g) {
  g->scales = ARENA_ARRAY(g->facts.memory, shared_scale, (size_t)g->count + 1);
  for (uint32_t i = 0; g->scales != NULL && i < g->count; i++) {
    uint32_t k = 0;
    if (g->at[i].type != GUESS_SCALE) {
      continue;
    }
    while (k < g->scales_count && !is_same_scale(&g->at[g->scales[k].first], &g->at[i])) {
      k++;
    }
    if (k == g->scales_count) {
      g->scales[k] = (shared_scale){.name = scale_name(g, &g->at[i]), .first = i};
      g->scales_count++;
    }
    g->at[i].scale = k;
    g->scales[k].count++;
  }
  for (uint32_t k = 0; k < g->scales_count; k++) {
    share_absences(g, k);
  }
}

/* ---- Constructs ---------------------------------------------------------------------------------- */

bool guess_is_item(const guesses *g, const guess_construct *c, uint32_t index) {
  const guess *first = &g->at[c->first];
  const guess *at = &g->at[index];
  return at->type == GUESS_SCALE && at->scale == first->scale && has_stem_of(at, first) &&
         !at->is_recommendation;
}

/* What the items' labels begin with, up to the mark that divides it from the rest; empty: nothing. */
static slice shared_label(const guesses *g, const guess_construct *c) {
  static const char *const marks[] = {": ", "：", " - ", "—", "? ", "？", "... ", "…"};
  slice shared = g->at[c->first].facts->label;
  for (uint32_t i = 0; i < g->count; i++) {
    const slice label = g->at[i].facts->label;
    size_t same = 0;
    while (same < shared.length && same < label.length && shared.bytes[same] == label.bytes[same]) {
      same++;
    }
    shared.length = guess_is_item(g, c, i) ? same : shared.length;
  }
  size_t end = 0;
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    const size_t length = strlen(marks[i]);
    for (size_t at = end; at + length <= shared.length; at++) {
      const bool is_question = marks[i][0] == '?' || strcmp(marks[i], "？") == 0;
      end = memcmp(shared.bytes + at, marks[i], length) == 0 ? at + (is_question ? length : 0) : end;
    }
  }
  return end >= SHARED_LABEL_MIN ? slice_trim((slice){shared.bytes, end}) : (slice){"", 0};
}

static void find_constructs(guesses *g) {
  g->constructs = ARENA_ARRAY(g->facts.memory, guess_construct, (size_t)g->count + 1);
  for (uint32_t i = 0; g->constructs != NULL && i < g->count; i++) {
    guess_construct c = {.first = i};
    const guess *first = &g->at[i];
    if (first->type != GUESS_SCALE || first->stem.length == 0 || words_have(WORD_STEM, first->stem)) {
      continue;
    }
    for (uint32_t k = 0; k < g->count; k++) {
      c.count += guess_is_item(g, &c, k);
      c.is_later = c.is_later || (k < i && guess_is_item(g, &c, k));
    }
    if (c.count >= 2 && !c.is_later) {
      c.name = guess_name(g, first->stem);
      c.label = first->stem_is_question ? first->stem : shared_label(g, &c);
      g->constructs[g->constructs_count++] = c;
    }
  }
}

status guess_batteries(guesses *g, const manifest *dataset, store *shards, error *err) {
  guess_ranks(g);
  take_points(g);
  guess_steps(g);
  guess_file_directions(g);
  share_scales(g);
  guess_names(g);
  find_constructs(g);
  guess_words(g);
  return rest_correlate(g, dataset, shards, err);
}

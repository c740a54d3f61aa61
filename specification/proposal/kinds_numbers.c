/* Columns of numbers: weights, points of a scale, quantities. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "specification/proposal/absences.h"
#include "specification/proposal/beside.h"
#include "specification/proposal/kinds.h"
#include "stats/frame/frame.h"

enum {
  POINTS_HIGH_MAX = 11,
  RECOMMEND_HIGH_MIN = 9,     /* a lower highest answer rather means a shorter scale */
  RECOMMEND_HIGH_MIN_FEW = 6, /* the same with few rows */
  RECOMMEND_STORED_HIGH = 11, /* answers 0 to 10 that are stored as 1 to 11 */
  CODES_MAX = 12,             /* distinct whole numbers that may be codes */
  CODE_ROWS = 10,             /* rows for each code, on average */
  CODE_DISTANCE = 3,          /* a code for no answer is at least this many times the largest answer */
  CODE_ROWS_MIN = 100,        /* with this many rows, 8 and 9 beyond a gap are taken for codes */
};

/* ---- Weights ------------------------------------------------------------------------------------- */

bool guess_weight(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  if ((!words_have(WORD_WEIGHT, c->title) && !c->codes->is_weight) || c->plain != answers ||
      c->low.mantissa < 0 || c->high.mantissa == 0 || c->absent > 0) {
    return false;
  }
  at->type = GUESS_WEIGHT;
  at->evidence = GUESS_SAY(g, PHRASE_WEIGHT, kinds_rows(g, at));
  guess_note(at, guess_fill(g, PHRASE_WEIGHT_UNUSED, NULL, 0));
  return true;
}

/* ---- Points -------------------------------------------------------------------------------------- */

/* The distinct whole numbers of a column, ascending. */
typedef struct points {
  int64_t at[CODES_MAX * 2];
  uint64_t rows[CODES_MAX * 2];
  slice texts[CODES_MAX * 2];
  uint32_t count;
} points;

static void sort_in(points *p, int64_t value, const fact_text *t) {
  uint32_t at = p->count;
  for (uint32_t i = 0; i < p->count; i++) {
    if (p->at[i] == value) {
      p->rows[i] += t->count;
      return;
    }
  }
  for (; at > 0 && p->at[at - 1] > value; at--) {
    p->at[at] = p->at[at - 1];
    p->rows[at] = p->rows[at - 1];
    p->texts[at] = p->texts[at - 1];
  }
  p->at[at] = value;
  p->rows[at] = t->count;
  p->texts[at] = t->text;
  p->count++;
}

static bool collect(const guess *at, points *p) {
  const program_variable v = {.kind = VARIABLE_SCALE, .leading_number = true};
  p->count = 0;
  for (uint32_t i = 0; i < at->facts->texts_count; i++) {
    const fact_text *t = &at->facts->texts[i];
    decimal value;
    if (t->reason != NULL) {
      continue;
    }
    if (p->count == CODES_MAX * 2 || !frame_notation_number(&v, '.', t->text, &value) ||
        (value = decimal_normalise(value)).scale > 0) {
      return false;
    }
    sort_in(p, value.mantissa, t);
  }
  return p->count > 0;
}

static void drop_point(guess *at, points *p, uint32_t index, const char *reason) {
  kinds_add_absent(at, p->texts[index], reason, p->rows[index]);
  p->count--;
  for (uint32_t i = index; i < p->count; i++) {
    p->at[i] = p->at[i + 1];
    p->rows[i] = p->rows[i + 1];
    p->texts[i] = p->texts[i + 1];
  }
}

/* Whether the first COUNT points are 1, 2, ... without a gap up to a usual end. */
static bool is_whole_scale(const points *p, uint32_t count) {
  const int64_t high = count > 0 ? p->at[count - 1] : 0;
  return (high == 4 || high == 5 || high == 7) && p->at[0] >= 0 && p->at[0] <= 1 &&
         high - p->at[0] == (int64_t)count - 1;
}

/* Drops 99, -9 and the like, and 9, or 8 and 9, beyond a gap after a whole scale. */
static void drop_codes(guesses *g, guess *at, points *p) {
  while (p->count > 1 && p->at[p->count - 1] > POINTS_HIGH_MAX && absence_code(p->at[p->count - 1]) != NULL) {
    drop_point(at, p, p->count - 1, absence_code(p->at[p->count - 1]));
  }
  while (p->count > 1 && p->at[0] < 0 && absence_code(p->at[0]) != NULL) {
    drop_point(at, p, 0, absence_code(p->at[0]));
  }
  uint32_t beyond = 0;
  while (beyond < 2 && beyond + 1 < p->count && p->at[p->count - 1 - beyond] == 9 - (int64_t)beyond) {
    beyond++;
  }
  const bool has_gap = beyond > 0 && p->at[p->count - 1 - beyond] < 9 - (int64_t)beyond &&
                       is_whole_scale(p, p->count - beyond);
  if (has_gap && facts_answers(at->facts) >= CODE_ROWS_MIN) {
    for (; beyond > 0; beyond--) {
      drop_point(at, p, p->count - 1, "other");
    }
    guess_note(at, guess_fill(g, PHRASE_CODES_BEYOND, NULL, 0));
  }
}

static bool take_whole(slice s, size_t *at, int64_t *out) {
  const size_t begin = *at;
  *out = 0;
  while (*at < s.length && *at - begin < 3 && isdigit((unsigned char)s.bytes[*at])) {
    *out = *out * 10 + (s.bytes[(*at)++] - '0');
  }
  return *at > begin;
}

/* Finds "0-10", "1 to 5" or "1～5" in the question. */
static bool states_range(slice question, int64_t *low, int64_t *high) {
  static const char *const joints[] = {"-", "–", "~", "～", "to", "到", "至", "－"};
  for (size_t begin = 0; begin < question.length; begin++) {
    size_t at = begin;
    if ((begin > 0 && isalnum((unsigned char)question.bytes[begin - 1])) || !take_whole(question, &at, low)) {
      continue;
    }
    slice rest = slice_trim((slice){question.bytes + at, question.length - at});
    for (size_t i = 0; i < sizeof joints / sizeof joints[0]; i++) {
      const size_t length = strlen(joints[i]);
      if (rest.length > length && memcmp(rest.bytes, joints[i], length) == 0) {
        rest = slice_trim((slice){rest.bytes + length, rest.length - length});
        at = 0;
        if (take_whole(rest, &at, high) && *low <= 1 && *high >= 3 && *high <= POINTS_HIGH_MAX) {
          return true;
        }
      }
    }
  }
  return false;
}

/* What two sources together say, of which one may say nothing. */
static told_direction together(told_direction a, told_direction b) {
  return a == DIRECTION_NOT_TOLD ? b : b == DIRECTION_NOT_TOLD || a == b ? a : DIRECTION_UNCLEAR;
}

static void tell_direction(guesses *g, guess *at, told_direction told, slice words, phrase reversed,
                           phrase unclear) {
  if (told == DIRECTION_DOWN || told == DIRECTION_UNCLEAR) {
    guess_note(at, GUESS_SAY(g, told == DIRECTION_DOWN ? reversed : unclear, guess_slice(g, words)));
  }
}

/* What the question and the words beside its codes say of them. */
static void take_direction(guesses *g, guess *at, told_direction beside, slice cell) {
  slice words = {"", 0};
  const told_direction question = direction_of(kinds_question(at), &words);
  told_direction told = together(question, beside);
  tell_direction(g, at, question == DIRECTION_NOT_TOLD ? question : told, words, PHRASE_TITLE_REVERSED,
                 PHRASE_TITLE_UNCLEAR);
  tell_direction(g, at, beside == DIRECTION_NOT_TOLD ? beside : told, cell, PHRASE_CELLS_REVERSED,
                 PHRASE_CELLS_UNCLEAR);
  const bool is_order =
      at->type == GUESS_SCALE || at->is_rating || told == DIRECTION_DOWN || told == DIRECTION_UP;
  if (told == DIRECTION_NOT_TOLD && is_order && kinds_is_dissatisfaction(at)) {
    told = DIRECTION_DOWN;
    guess_note(at, guess_fill(g, PHRASE_DISSATISFACTION, NULL, 0));
  }
  at->is_reversed = told == DIRECTION_DOWN;
  at->is_direction_told = told == DIRECTION_DOWN || told == DIRECTION_UP;
  at->is_direction_open = told == DIRECTION_UNCLEAR || (at->is_direction_open && !at->is_direction_told);
}

static void take_recommendation(guesses *g, guess *at) {
  const int64_t least =
      facts_answers(at->facts) < GUESS_ROW_MANY ? RECOMMEND_HIGH_MIN_FEW : RECOMMEND_HIGH_MIN;
  if (at->high == RECOMMEND_STORED_HIGH) {
    at->type = GUESS_SCALE;
    at->low = 1;
    guess_note(at, guess_fill(g, PHRASE_STORED_NPS, NULL, 0));
  } else if (at->high <= 10 && at->high >= least) {
    at->type = GUESS_SCALE;
    if (at->low > 0) {
      guess_note(at, guess_fill(g, PHRASE_NO_ZERO, NULL, 0));
    }
    at->low = 0;
    at->high = 10;
  }
}

static void take_range(guesses *g, guess *at) {
  int64_t low = 0;
  int64_t high = 0;
  const bool is_stated = states_range(kinds_question(at), &low, &high) && low <= at->low && high >= at->high;
  const bool is_asked = kinds_asks_recommendation(at);
  const bool is_rank = kinds_title_has(at, WORD_RANK);
  at->is_satisfaction = kinds_is_satisfaction(at);
  if (is_stated && !is_rank) {
    at->type = GUESS_SCALE;
    at->low = low;
    at->high = high;
  } else if (is_asked) {
    take_recommendation(g, at);
  }
  const bool is_pair = at->high == 2 && facts_answers(at->facts) >= GUESS_ROW_MANY;
  at->is_rating = at->type != GUESS_SCALE && at->high >= 2 && !is_pair && !is_rank &&
                  ((kinds_title_has(at, WORD_RATING) && !kinds_title_has(at, WORD_NO_RATING)) ||
                   at->facts->codes->measure == MEASURE_ORDINAL);
  at->is_recommendation = at->type == GUESS_SCALE && at->low == 0 && at->high == 10 && is_asked;
}

bool guess_points(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  points p;
  slice cell;
  told_direction told;
  if (c->many || c->leading < answers || c->padded > 0 || words_have(WORD_CODE, c->title) ||
      kinds_title_has(at, WORD_COUNT) || !collect(at, &p)) {
    return false;
  }
  drop_codes(g, at, &p);
  const bool may_be_stored = kinds_asks_recommendation(at) && p.at[0] >= 1;
  if (p.at[0] < 0 || p.at[0] > 10 || p.at[p.count - 1] > (may_be_stored ? RECOMMEND_STORED_HIGH : 10)) {
    return false;
  }
  at->type = GUESS_POINTS;
  at->low = p.at[0];
  at->high = p.at[p.count - 1];
  kinds_take_absences(at, false);
  at->evidence =
      GUESS_SAY(g, PHRASE_SPAN, guess_whole(g, at->low), guess_whole(g, at->high), kinds_rows(g, at));
  take_range(g, at);
  const beside_kind beside = beside_look(c, at->low < 1 ? at->low : 1, at->high, &told, &cell);
  if (beside == BESIDE_OTHER || (beside == BESIDE_UNKNOWN && at->type != GUESS_SCALE && !at->is_rating)) {
    return false;
  }
  at->leading_number = c->plain < answers;
  /* Of stars, more are better. */
  take_direction(g, at, beside == BESIDE_STARS && told == DIRECTION_NOT_TOLD ? DIRECTION_UP : told, cell);
  at->is_rating = at->is_rating || at->is_direction_told || beside == BESIDE_ORDER || beside == BESIDE_STARS;
  return true;
}

/* ---- Quantities ---------------------------------------------------------------------------------- */

/* Drops codes for no answer that lie far from all other numbers, if all texts of the column are kept. */
static void drop_far_codes(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  for (uint32_t i = 0; !c->many && i < c->texts_count; i++) {
    decimal value;
    decimal next = {0, 0};
    bool all_above = true;
    const fact_text *t = &c->texts[i];
    if (t->reason != NULL || !decimal_parse(t->text, '.', &value) || value.scale > 0 ||
        absence_code(value.mantissa) == NULL) {
      continue;
    }
    for (uint32_t k = 0; k < c->texts_count; k++) {
      decimal other;
      if (k != i && c->texts[k].reason == NULL && decimal_parse(c->texts[k].text, '.', &other) &&
          !(other.scale == 0 && absence_code(other.mantissa) != NULL)) {
        next = decimal_compare(other, next) > 0 ? other : next;
        all_above = all_above && other.mantissa >= 0;
      }
    }
    const decimal limit = {value.mantissa / CODE_DISTANCE, 0};
    if ((value.mantissa < 0 && all_above) || (value.mantissa > 0 && decimal_compare(next, limit) <= 0)) {
      kinds_add_absent(at, t->text, absence_code(value.mantissa), t->count);
      guess_note(at, GUESS_SAY(g, PHRASE_FAR_CODE, guess_slice(g, t->text), guess_count(g, t->count)));
    }
  }
}

/* Whether a few whole numbers fill many rows: years, regions, classes. */
static bool are_codes(const column_facts *c, uint64_t answers) {
  const uint32_t distinct = facts_distinct(c);
  return !c->many && c->whole == answers && distinct <= CODES_MAX &&
         distinct * (uint64_t)CODE_ROWS <= answers;
}

static void take_span(guesses *g, guess *at) {
  char low[DECIMAL_SCALED_TEXT_BYTES];
  char high[DECIMAL_SCALED_TEXT_BYTES];
  (void)decimal_format(decimal_normalise(at->facts->low), low);
  (void)decimal_format(decimal_normalise(at->facts->high), high);
  at->evidence = GUESS_SAY(g, PHRASE_SPAN, low, high, kinds_rows(g, at));
}

/* Whether a column has both shares and percentages: 0.45 and 45%. */
static bool is_partly_percent(const column_facts *c) {
  return strcmp(c->suffix, "%") == 0 && c->plain > 0 && c->dressed == facts_answers(c) &&
         c->plain < facts_answers(c);
}

void guess_tell_percent(guesses *g, guess *at) {
  if (is_partly_percent(at->facts)) {
    guess_note(at, GUESS_SAY(g, PHRASE_PERCENT, guess_count(g, at->facts->plain)));
  }
}

bool guess_number(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  const bool is_plain = g->decimal_comma ? c->comma == answers : c->plain == answers;
  const bool is_dressed = !g->decimal_comma && c->dressed == answers;
  if ((!is_plain && !is_dressed) || c->padded > 0 || c->lengthy > 0 || words_have(WORD_CODE, c->title) ||
      (are_codes(c, answers) && !kinds_title_has(at, WORD_QUANTITY) && !kinds_title_has(at, WORD_COUNT)) ||
      (!is_plain && is_partly_percent(c))) {
    return false;
  }
  at->type = GUESS_NUMBER;
  if (!is_plain) {
    at->prefix = c->prefix[0] != '\0' ? c->prefix : NULL;
    at->suffix = c->suffix[0] != '\0' ? c->suffix : NULL;
    at->thousands = c->thousands;
  }
  take_span(g, at);
  kinds_take_absences(at, false);
  drop_far_codes(g, at);
  return true;
}

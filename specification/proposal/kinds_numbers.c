/* Columns of numbers: dates by their ways, weights, points of a scale, quantities. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "specification/proposal/absences.h"
#include "specification/proposal/dates.h"
#include "specification/proposal/direction.h"
#include "specification/proposal/kinds.h"
#include "stats/frame/frame.h"
#include "stats/program/date.h"

enum {
  POINTS_HIGH_MAX = 11,
  RECOMMEND_HIGH_MIN = 9,     /* a lower highest answer rather means a shorter scale */
  RECOMMEND_HIGH_MIN_FEW = 6, /* the same with few rows */
  RECOMMEND_STORED_HIGH = 11, /* answers 0 to 10 that are stored as 1 to 11 */
  CODES_MAX = 12,             /* distinct whole numbers that may be codes */
  CODE_ROWS = 10,             /* rows for each code, on average */
  CODE_DISTANCE = 3,          /* a code for no answer is at least this many times the largest answer */
  CODE_ROWS_MIN = 100,        /* with this many rows, 8 and 9 beyond a gap are taken for codes */
  EXCHANGED_MIN = 3,          /* dates without a day above 12, beside others that have one each */
};

/* ---- Dates --------------------------------------------------------------------------------------- */

/* The way that reads the most rows among those that no way of TAKEN reads; DATE_WAYS_MAX: none reads any. */
static uint32_t best_way(const column_facts *c, uint64_t taken, bool is_called, uint64_t *rows) {
  uint32_t best = DATE_WAYS_MAX;
  *rows = 0;
  for (uint32_t i = 0; date_way_at(i) != NULL; i++) {
    uint64_t read = 0;
    for (uint32_t k = 0; k < c->dates_count; k++) {
      const uint64_t formats = c->dates[k].formats;
      read += (formats & taken) == 0 && (formats >> i & 1) != 0 ? c->dates[k].count : 0;
    }
    if (read > *rows && (!date_way_at(i)->is_number || is_called)) {
      best = i;
      *rows = read;
    }
  }
  return best;
}

static void tell_other_way(guesses *g, guess *at, const date_way *way) {
  uint64_t both = 0;
  for (uint32_t i = 0; way->other != NULL && date_way_at(i) != NULL; i++) {
    for (uint32_t k = 0; strcmp(date_way_at(i)->format, way->other) == 0 && k < at->facts->dates_count; k++) {
      both += (at->facts->dates[k].formats >> i & 1) != 0 ? at->facts->dates[k].count : 0;
    }
  }
  if (both == facts_answers(at->facts)) {
    guess_note(at, GUESS_SAY(g, PHRASE_DAY_OR_MONTH, way->other));
  }
}

/* How many dates FORMAT reads that the formats before it do not, and whether their days are all above 12, or
 * none. */
static uint64_t count_days(const guess *at, uint32_t index, bool *all_above, bool *none_above) {
  uint64_t rows = 0;
  *all_above = true;
  *none_above = true;
  for (uint32_t i = 0; i < at->facts->texts_count; i++) {
    const fact_text *t = &at->facts->texts[i];
    int64_t days = 0;
    uint32_t k = 0;
    while (t->reason == NULL && k <= index && !date_parse(at->formats[k], t->text, &days)) {
      k++;
    }
    if (t->reason == NULL && k == index) {
      int64_t year;
      int64_t month;
      int64_t day;
      date_to_civil(days, &year, &month, &day);
      *all_above = *all_above && day > 12;
      *none_above = *none_above && day <= 12;
      rows += t->count;
    }
  }
  return rows;
}

/* A spreadsheet that opens 3/4/2025 and 13/4/2025 where the month comes first takes the first for the 4th of
 * March and leaves the second a text. */
static void tell_exchanged(guesses *g, guess *at) {
  bool all_above[GUESS_FORMATS_MAX];
  bool none_above[GUESS_FORMATS_MAX];
  uint64_t rows[GUESS_FORMATS_MAX];
  for (uint32_t i = 0; i < at->formats_count && !at->facts->many; i++) {
    rows[i] = count_days(at, i, &all_above[i], &none_above[i]);
  }
  for (uint32_t i = 0; i < at->formats_count && !at->facts->many; i++) {
    for (uint32_t k = 0; k < at->formats_count; k++) {
      if (rows[i] > 0 && rows[k] > 0 && none_above[i] && all_above[k] && rows[i] >= EXCHANGED_MIN) {
        guess_note(at, GUESS_SAY(g, PHRASE_EXCHANGED, guess_count(g, rows[i]), at->formats[i],
                                 guess_count(g, rows[k]), at->formats[k]));
        return;
      }
    }
  }
}

bool guess_dates(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const bool is_called = kinds_title_has(at, WORD_DATE);
  const uint64_t answers = facts_answers(c);
  uint64_t taken = 0;
  uint64_t covered = 0;
  uint32_t count = 0;
  while (count < GUESS_FORMATS_MAX && covered < answers) {
    uint64_t rows;
    /* Beside dates that are written as such, a number is a date, too. */
    const uint32_t way = best_way(c, taken, is_called || count > 0, &rows);
    if (way == DATE_WAYS_MAX) {
      return false;
    }
    at->formats[count++] = date_way_at(way)->format;
    taken |= (uint64_t)1 << way;
    covered += rows;
    if (count == 1) {
      tell_other_way(g, at, date_way_at(way));
    }
  }
  if (covered < answers) {
    return false;
  }
  at->formats_count = count;
  at->type = GUESS_DATE;
  tell_exchanged(g, at);
  kinds_take_absences(at, false);
  at->evidence = kinds_rows(g, at);
  return true;
}

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

/* What the question says of its codes. */
static void take_direction(guesses *g, guess *at) {
  slice words;
  const told_direction told = direction_of(kinds_question(at), &words);
  if (told == DIRECTION_DOWN || told == DIRECTION_UNCLEAR) {
    guess_note(at, GUESS_SAY(g, told == DIRECTION_DOWN ? PHRASE_TITLE_REVERSED : PHRASE_TITLE_UNCLEAR,
                             guess_slice(g, words)));
  }
  at->is_reversed = told == DIRECTION_DOWN;
  at->is_direction_told = told == DIRECTION_DOWN || told == DIRECTION_UP;
  at->is_direction_open = told == DIRECTION_UNCLEAR || (at->is_direction_open && !at->is_direction_told);
}

static void take_range(guesses *g, guess *at) {
  int64_t low = 0;
  int64_t high = 0;
  const bool is_stated = states_range(kinds_question(at), &low, &high) && low <= at->low && high >= at->high;
  at->is_satisfaction = kinds_title_has(at, WORD_SATISFACTION);
  if (is_stated) {
    at->type = GUESS_SCALE;
    at->low = low;
    at->high = high;
  } else if (kinds_title_has(at, WORD_RECOMMEND) && at->high == RECOMMEND_STORED_HIGH) {
    at->type = GUESS_SCALE;
    at->low = 1;
    guess_note(at, guess_fill(g, PHRASE_STORED_NPS, NULL, 0));
  } else if (kinds_title_has(at, WORD_RECOMMEND) && at->high <= 10 &&
             at->high >=
                 (facts_answers(at->facts) < GUESS_ROW_MANY ? RECOMMEND_HIGH_MIN_FEW : RECOMMEND_HIGH_MIN)) {
    at->type = GUESS_SCALE;
    if (at->low > 0) {
      guess_note(at, guess_fill(g, PHRASE_NO_ZERO, NULL, 0));
    }
    at->low = 0;
    at->high = 10;
  } else {
    at->is_rating =
        (kinds_title_has(at, WORD_RATING) || at->facts->codes->measure == MEASURE_ORDINAL) && at->high >= 2;
  }
  take_direction(g, at);
  at->is_rating = at->is_rating || at->is_direction_told;
  at->is_recommendation =
      at->type == GUESS_SCALE && at->low == 0 && at->high == 10 && kinds_title_has(at, WORD_RECOMMEND);
}

bool guess_points(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  points p;
  if (c->many || c->leading < answers || c->padded > 0 || words_have(WORD_CODE, c->title) ||
      !collect(at, &p)) {
    return false;
  }
  drop_codes(g, at, &p);
  const bool may_be_stored = kinds_title_has(at, WORD_RECOMMEND) && p.at[0] >= 1;
  if (p.at[0] < 0 || p.at[0] > 10 || p.at[p.count - 1] > (may_be_stored ? RECOMMEND_STORED_HIGH : 10)) {
    at->absent_count = 0;
    at->notes_count = 0;
    return false;
  }
  at->type = GUESS_POINTS;
  at->leading_number = c->plain < answers;
  at->low = p.at[0];
  at->high = p.at[p.count - 1];
  kinds_take_absences(at, false);
  at->evidence =
      GUESS_SAY(g, PHRASE_SPAN, guess_whole(g, at->low), guess_whole(g, at->high), kinds_rows(g, at));
  take_range(g, at);
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
static bool is_partly_percent(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  if (strcmp(c->suffix, "%") != 0 || c->plain == 0) {
    return false;
  }
  guess_note(at, GUESS_SAY(g, PHRASE_PERCENT, guess_count(g, c->plain)));
  return true;
}

bool guess_number(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  const bool is_plain = g->decimal_comma ? c->comma == answers : c->plain == answers;
  const bool is_dressed = !g->decimal_comma && c->dressed == answers;
  if ((!is_plain && !is_dressed) || c->padded > 0 || c->lengthy > 0 || words_have(WORD_CODE, c->title) ||
      (are_codes(c, answers) && !kinds_title_has(at, WORD_QUANTITY)) ||
      (!is_plain && is_partly_percent(g, at))) {
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

/* Whether a row adds up the others.
 *
 * Words alone do not tell: somebody may be called Total, or write it.  A row is certainly no respondent's
 * - where the first cells of all others are numbers or times, and its own is a word for totals;
 * - where its numbers are the sums, means, counts, extremes or deviations of those of the other rows, and no
 *   respondent could have given them all;
 * - where it is a remark with nothing beside it, below all others.
 */
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/tidy.h"
#include "reading/totals_rows.h"

static const tally_number unit = 1000000;

/* ---- Numbers ------------------------------------------------------------------------------------- */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Without blanks, marks between thousands and a per cent sign; empty: too long. */
static slice bare_number(slice text, char mark, char room[DECIMAL_TEXT_BYTES], bool *is_percent) {
  const char thousands = mark == ',' ? '.' : ',';
  size_t length = 0;
  *is_percent = text.length > 1 && text.bytes[text.length - 1] == '%';
  text.length -= *is_percent;
  if (text.length >= DECIMAL_TEXT_BYTES) {
    return (slice){"", 0};
  }
  for (size_t i = 0; i < text.length; i++) {
    if (text.bytes[i] != thousands && text.bytes[i] != ' ') {
      room[length++] = text.bytes[i];
    }
  }
  return (slice){room, length};
}

bool totals_number(slice text, char mark, tally_number *out, unsigned *decimals, bool *is_percent) {
  char room[DECIMAL_TEXT_BYTES];
  decimal number;
  const slice bare = bare_number(text, mark, room, is_percent);
  const char *point = memchr(bare.bytes, mark, bare.length);
  if (!decimal_parse(bare, mark, &number)) {
    return false;
  }
  *decimals = point != NULL ? (unsigned)(bare.length - (size_t)(point - bare.bytes) - 1) : 0;
  *out = number.mantissa;
  for (unsigned i = number.scale; i < TALLY_DECIMALS; i++) {
    *out *= 10;
  }
  for (unsigned i = TALLY_DECIMALS; i < number.scale; i++) {
    *out /= 10;
  }
  return true;
}

void tally_add(tally *into, const tally *more) {
  if (more->numbers > 0) {
    into->low = into->numbers == 0 || more->low < into->low ? more->low : into->low;
    into->high = into->numbers == 0 || more->high > into->high ? more->high : into->high;
  }
  into->filled += more->filled;
  into->numbers += more->numbers;
  into->sum += more->sum;
  into->squares += more->squares;
  into->has_fraction = into->has_fraction || more->has_fraction;
}

/* ---- What a number may be ------------------------------------------------------------------------ */

/* Whether WANTED is GOT but for rounding, or cutting off, at DECIMALS; both are TIMES as large as the number.
 */
static bool is_near(tally_number got, tally_number wanted, tally_number times, unsigned decimals) {
  tally_number digit = times;
  for (unsigned i = decimals; i < TALLY_DECIMALS; i++) {
    digit *= 10;
  }
  const tally_number off = got > wanted ? got - wanted : wanted - got;
  return 2 * off <= digit || (decimals > 0 && got >= wanted && off < digit);
}

static bool is_deviation(const tally *t, tally_number value, unsigned decimals) {
  const long double n = (long double)t->numbers;
  const long double sum = (long double)t->sum / (long double)unit;
  const long double around = t->squares - sum * sum / n;
  bool is = false;
  for (int less = 0; less < 2 && t->numbers > 1; less++) {
    const long double variance = around > 0 ? around / (n - less) : 0;
    is = is || is_near((tally_number)(sqrtl(variance) * (long double)unit), value, 1, decimals);
  }
  return is;
}

enum { NAMES_EXTREME, NAMES_DEVIATION };

/* Whether VALUE is a figure of T.  NAMED: which others than sums, means and counts it may be, as bits.
 * *IS_TELLING: none of T's numbers could have been that. */
static bool is_figure(const tally *t, tally_number value, unsigned decimals, unsigned named,
                      bool *is_telling) {
  const tally_number n = (tally_number)t->numbers;
  if (t->numbers == 0) {
    return false;
  }
  const bool is_sum = is_near(t->sum, value, 1, decimals);
  const bool is_mean = is_near(t->sum, value * n, n, decimals);
  const bool is_count = value == n * unit || value == (tally_number)t->filled * unit;
  const bool is_extreme = (named >> NAMES_EXTREME & 1) != 0 && (value == t->low || value == t->high);
  const bool is_derived =
      is_sum || is_mean || ((named >> NAMES_DEVIATION & 1) != 0 && is_deviation(t, value, decimals));
  const bool is_foreign = value > t->high || value < t->low || (value % unit != 0 && !t->has_fraction);
  *is_telling = is_derived && t->numbers > 1 && is_foreign; /* a count may be anybody's number */
  return is_derived || is_count || is_extreme;
}

/* ---- Rows that are added up ---------------------------------------------------------------------- */

/* All, those above, and those since and until the next row that may be a total. */
enum { RANGES_OF_ALL = 2, RANGES = 4 };

static bool is_empty(const totals_file *t, size_t segment) {
  bool empty = true;
  for (uint32_t c = 0; empty && c < t->tallied; c++) {
    empty = t->segments[segment][c].filled == 0;
  }
  return empty;
}

static void add_segments(const totals_file *t, size_t from, size_t to, uint32_t column, tally *out) {
  *out = (tally){.filled = 0};
  for (size_t i = from; i < to && i < t->segments_count; i++) {
    tally_add(out, &t->segments[i][column]);
  }
}

static void range_of(const totals_file *t, const suspect_row *row, int range, size_t *from, size_t *to) {
  size_t group = row->segment;
  size_t next = row->segment + 1;
  while (group > 0 && is_empty(t, group)) {
    group--;
  }
  while (next < t->segments_count && is_empty(t, next)) {
    next++;
  }
  const size_t ends[RANGES][2] = {
      {0, t->segments_count}, {0, row->segment + 1}, {group, row->segment + 1}, {next, next + 1}};
  *from = ends[range][0];
  *to = ends[range][1];
}

static bool has_text(slice text, const char *part) {
  return memmem(text.bytes, text.length, part, strlen(part)) != NULL;
}

/* Figures that only rows named after them have: extremes are answers as well. */
static const struct named_figure {
  const char *parts[12];
} named_figures[] = {
    [NAMES_EXTREME] = {{"max", "Max", "MAX", "min", "Min", "MIN", "最大", "最小", NULL}},
    [NAMES_DEVIATION] = {{"dev", "Dev", "DEV", "SD", "sd", "Sd", "标准", "標準", "偏差", "표준", "Standardab",
                          NULL}},
};

static unsigned named_by(slice word) {
  unsigned named = 0;
  for (unsigned k = 0; k < sizeof named_figures / sizeof named_figures[0]; k++) {
    for (size_t i = 0; named_figures[k].parts[i] != NULL; i++) {
      named |= has_text(word, named_figures[k].parts[i]) ? 1U << k : 0;
    }
  }
  return named;
}

/* How the numbers of a row compare with those of others. */
typedef struct likeness {
  uint32_t numbers, matched, telling;
} likeness;

static likeness compare(const totals_file *t, const suspect_row *row, int range) {
  likeness l = {0};
  size_t from;
  size_t to;
  const unsigned named = named_by(row->cells[row->first]);
  range_of(t, row, range, &from, &to);
  for (uint32_t c = 0; c < t->tallied; c++) {
    tally all;
    tally_number value;
    unsigned decimals;
    bool is_percent;
    bool is_telling = false;
    add_segments(t, from, to, c, &all);
    if (c == row->first || all.numbers == 0 ||
        !totals_number(row->cells[c], t->mark, &value, &decimals, &is_percent)) {
      continue;
    }
    l.numbers++;
    bool is = is_figure(&all, value, decimals, named, &is_telling);
    if (!is && is_percent) {
      is = is_figure(&all, value / 100, decimals + 2, named, &is_telling);
    }
    l.matched += is;
    l.telling += is && is_telling;
  }
  return l;
}

/* Of the first RANGES_COUNT the range in which all of the row's numbers are figures, with the most that no
 * respondent could give. */
static likeness best_likeness(const totals_file *t, const suspect_row *row, int ranges_count) {
  likeness best = {0};
  for (int range = 0; range < ranges_count; range++) {
    const likeness l = compare(t, row, range);
    if (l.numbers > 0 && l.matched == l.numbers && (best.matched == 0 || l.telling > best.telling)) {
      best = l;
    }
  }
  return best;
}

/* ---- Verdicts ------------------------------------------------------------------------------------ */

/* A number, also with a unit, or what stands for none. */
static bool is_like_number(slice text) {
  static const char *const nothing[] = {"-", "--", "/", "—", "——", "–", "n/a", "N/A"};
  size_t at = text.length > 0 && (text.bytes[0] == '-' || text.bytes[0] == '+' || text.bytes[0] == '$');
  if (at < text.length && is_digit(text.bytes[at])) {
    return true;
  }
  for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
    if (slice_equal(text, slice_of(nothing[i]))) {
      return true;
    }
  }
  return false;
}

/* What stands beside the first cell. */
typedef struct beside {
  uint32_t cells, numbers, notes;
} beside;

static beside look_beside(const totals_file *t, const suspect_row *row) {
  beside b = {0};
  for (uint32_t c = row->first + 1; c < t->columns; c++) {
    b.cells += row->cells[c].length > 0;
    b.numbers += is_like_number(row->cells[c]);
    b.notes += total_word_of(t->words, row->cells[c]) == TOTAL_WORD_NOTE;
  }
  return b;
}

/* Whether no respondent's row follows. */
static bool is_last(const totals_file *t, const suspect_row *row) {
  bool last = true;
  for (size_t i = row->segment + 1; last && i < t->segments_count; i++) {
    last = is_empty(t, i);
  }
  return last;
}

/* Whether no respondent's row stands before. */
static bool is_first(const totals_file *t, const suspect_row *row) {
  bool first = true;
  for (size_t i = 0; first && i <= row->segment; i++) {
    first = is_empty(t, i);
  }
  return first;
}

static totals_verdict judge_note(const totals_file *t, const suspect_row *row, const beside *b) {
  if (b->notes < b->cells) {
    return TOTALS_RESPONDENT; /* who begins with such a word, and goes on */
  }
  const bool is_certain = t->unlike == 0 || (t->columns > 2 && t->lonely == 0);
  return is_certain && row->first == 0 && is_last(t, row) ? TOTALS_CERTAIN : TOTALS_DOUBTFUL;
}

/* No word, and no first cell, which all others have. */
static totals_verdict judge_nameless(const totals_file *t, const suspect_row *row) {
  const likeness l = best_likeness(t, row, RANGES);
  const bool is_certain = t->rows > 2 && t->lacks_first == 0 && is_last(t, row) && l.telling > 0 &&
                          (l.matched > 1 || t->is_ascending);
  return is_certain ? TOTALS_CERTAIN : TOTALS_RESPONDENT;
}

/* Whether no other suspect begins with the same text. */
static bool is_only_one(const totals_file *t, const suspect_row *row) {
  uint32_t same = 0;
  for (size_t i = 0; i < t->suspects_count; i++) {
    const suspect_row *other = &t->suspects[i];
    same += slice_equal(other->cells[other->first], row->cells[row->first]);
  }
  return same == 1;
}

bool totals_goes_with(const totals_file *t, const suspect_row *row, const suspect_row *other) {
  const suspect_row *above = row->segment < other->segment ? row : other;
  const suspect_row *below = above == row ? other : row;
  const beside b = look_beside(t, row);
  bool is_next = is_only_one(t, row) && row->word != TOTAL_WORD_NONE && row->word != TOTAL_WORD_NOTE &&
                 row->first == other->first;
  for (size_t i = above->segment + 1; i <= below->segment && is_next; i++) {
    is_next = is_empty(t, i);
  }
  const uint32_t least = row->word == TOTAL_WORD_SURE ? 1 : 2;
  return is_next && b.numbers == b.cells && best_likeness(t, row, RANGES_OF_ALL).matched >= least;
}

bool totals_is_answer(const totals_file *t, const suspect_row *row) {
  return row->word == TOTAL_WORD_PLAIN && !is_only_one(t, row);
}

/* Numbers of few rows are easily figures of few others: the less certain the word, the more is asked of them.
 */
static bool adds_up(const totals_file *t, const suspect_row *row) {
  const likeness all = best_likeness(t, row, RANGES_OF_ALL);
  const likeness any = best_likeness(t, row, RANGES);
  const bool is_at_end = is_last(t, row) || is_first(t, row);
  if (row->word == TOTAL_WORD_SURE) {
    return any.matched > 0;
  }
  if (row->word == TOTAL_WORD_WEAK) {
    return is_last(t, row) && all.matched > 1 && all.telling > 0 && is_only_one(t, row);
  }
  const bool is_of_all =
      all.matched > 0 && (all.telling > 0 || all.matched > 2) && (is_at_end || all.matched > 1);
  return (is_of_all || (any.matched > 1 && any.telling > 0)) && is_only_one(t, row);
}

totals_verdict totals_judge(const totals_file *t, const suspect_row *row) {
  const beside b = look_beside(t, row);
  if (t->rows == 0) { /* nothing to add up */
    return row->word >= TOTAL_WORD_PLAIN ? TOTALS_DOUBTFUL : TOTALS_RESPONDENT;
  }
  if (row->word == TOTAL_WORD_NOTE) {
    return judge_note(t, row, &b);
  }
  if (row->word == TOTAL_WORD_NONE) {
    return b.numbers == b.cells ? judge_nameless(t, row) : TOTALS_RESPONDENT;
  }
  const bool is_plain = b.numbers == b.cells;
  const bool is_sure = row->word == TOTAL_WORD_SURE;
  const bool in_place_of_number = row->first == 0 && t->unlike == 0 && t->rows > t->lacks_first &&
                                  (is_sure || t->is_ascending || is_first(t, row) || is_last(t, row));
  const bool beside_ids = row->first > 0 && t->is_ascending && t->rows > 2 && t->lacks_first == 0;
  if (is_plain && (in_place_of_number || beside_ids || adds_up(t, row))) {
    return TOTALS_CERTAIN;
  }
  if (is_sure && b.cells == 0 && t->lonely == 0) {
    return TOTALS_CERTAIN;
  }
  return row->word == TOTAL_WORD_WEAK ? TOTALS_RESPONDENT : TOTALS_DOUBTFUL;
}

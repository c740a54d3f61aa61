/* Columns of dates: ways that read every cell, and which number is the year, the month or the day. */
#include <string.h>

#include "specification/proposal/dates.h"
#include "specification/proposal/kinds.h"
#include "stats/program/date.h"

enum {
  EXCHANGED_MIN = 3, /* dates without a day above 12, beside others that have one each */
  YEARS_FEW = 3,     /* that answers to a survey lie apart at most */
  YEARS_MANY = 10,   /* where another reading makes them lie so far apart, it is not the right one */
};

/* ---- Ways that read the same cells --------------------------------------------------------------- */

/* Whether A and B differ only in the order of year, month and day. */
static bool is_same_shape(const char *a, const char *b) {
  for (; *a != '\0' && *a == *b; a++, b++) {
    if (*a == '%') {
      a++;
      b++;
    }
  }
  return *a == '\0' && *b == '\0';
}

/* Whether A and B are the same but for what may follow the date. */
static bool is_same_date(const char *a, const char *b) {
  const size_t length = strcspn(a, " ");
  return length == strcspn(b, " ") && memcmp(a, b, length) == 0;
}

/* Whether way OTHER reads all cells that WAY reads and no way of TAKEN does. */
static bool reads_the_same(const column_facts *c, uint32_t way, uint32_t other, uint64_t taken) {
  bool same = true;
  for (uint32_t i = 0; same && i < c->dates_count; i++) {
    const uint64_t formats = c->dates[i].formats;
    same = (formats & taken) != 0 || (formats >> way & 1) == 0 || (formats >> other & 1) != 0;
  }
  return same;
}

static int64_t years_of(const column_facts *c, uint32_t way) {
  int64_t first;
  int64_t last;
  int64_t month;
  int64_t day;
  date_to_civil(c->spans[way].low, &first, &month, &day);
  date_to_civil(c->spans[way].high, &last, &month, &day);
  return last - first;
}

/* Keeps in RIVALS the readings that may be right: if one of them makes all dates lie within few years, and
 * the others make them lie far apart, it is that one. */
static uint32_t judge_years(const column_facts *c, uint32_t rivals[GUESS_RIVALS_MAX], uint32_t count) {
  uint32_t near = 0;
  uint32_t far = 0;
  uint32_t nearest = 0;
  for (uint32_t i = 0; i < count; i++) {
    const int64_t years = years_of(c, rivals[i]);
    near += years <= YEARS_FEW;
    far += years >= YEARS_MANY;
    nearest = years <= YEARS_FEW ? i : nearest;
  }
  if (near == 1 && far == count - 1) {
    rivals[0] = rivals[nearest];
    return 1;
  }
  return count;
}

/* WAY and the others that read the same cells; returns how many may be right, the first of them in RIVALS[0].
 */
static uint32_t find_rivals(const column_facts *c, uint32_t way, uint64_t taken,
                            uint32_t rivals[GUESS_RIVALS_MAX]) {
  uint32_t count = 1;
  rivals[0] = way;
  for (uint32_t i = 0; date_way_at(i) != NULL; i++) {
    if (i != way && count < GUESS_RIVALS_MAX &&
        is_same_shape(date_way_at(i)->format, date_way_at(way)->format) && reads_the_same(c, way, i, taken)) {
      rivals[count++] = i;
    }
  }
  return judge_years(c, rivals, count);
}

/* ---- Day and month exchanged --------------------------------------------------------------------- */

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

static void keep_rivals(guess *at, const uint32_t *rivals, uint32_t count) {
  for (uint32_t i = 0; count > 1 && at->rivals_count == 0 && i < count; i++) {
    at->rivals[i] = date_way_at(rivals[i])->format;
  }
  at->rivals_count = at->rivals_count > 0 || count == 1 ? at->rivals_count : count;
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
    uint32_t rivals[GUESS_RIVALS_MAX];
    /* Beside dates that are written as such, a number is a date, too. */
    const uint32_t way = best_way(c, taken, is_called || count > 0, &rows);
    if (way == DATE_WAYS_MAX) {
      return false;
    }
    keep_rivals(at, rivals, find_rivals(c, way, taken, rivals));
    at->formats[count++] = date_way_at(rivals[0])->format;
    taken |= (uint64_t)1 << rivals[0];
    covered += rows;
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

/* ---- Other columns ------------------------------------------------------------------------------- */

/* The rival whose order another column of dates has, which has no rivals itself; at->rivals_count: none, or
 * several. */
static uint32_t order_elsewhere(const guesses *g, const guess *at, const guess **where) {
  uint32_t found = at->rivals_count;
  for (uint32_t i = 0; i < g->count; i++) {
    const guess *other = &g->at[i];
    for (uint32_t k = 0; other->type == GUESS_DATE && other->rivals_count == 0 && k < at->rivals_count; k++) {
      const bool is_like = is_same_date(other->formats[0], at->rivals[k]);
      if (is_like && found != at->rivals_count && found != k) {
        return at->rivals_count;
      }
      found = is_like ? k : found;
      *where = is_like ? other : *where;
    }
  }
  return found;
}

static void take_order(guess *at, const char *format) {
  for (uint32_t i = 0; i < at->formats_count; i++) {
    for (uint32_t k = 0; k < at->rivals_count; k++) {
      if (strcmp(at->formats[i], at->rivals[k]) == 0) {
        at->formats[i] = format;
        return;
      }
    }
  }
}

/* "%m/%d/%Y" or "%d/%m/%Y" */
static void tell_rivals(guesses *g, guess *at) {
  const char *list = "";
  for (uint32_t i = 0; i < at->rivals_count; i++) {
    const phrase joint = PHRASE_OR;
    list = i == 0 ? guess_text(g, "\"%s\"", at->rivals[i])
                  : GUESS_SAY(g, joint, list, guess_text(g, "\"%s\"", at->rivals[i]));
  }
  at->type = GUESS_TEXT;
  at->formats_count = 0;
  at->absent_count = 0;
  at->notes_count = 0;
  guess_note(at, GUESS_SAY(g, PHRASE_DATE_ORDER, list));
}

void guess_date_orders(guesses *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    const guess *where = NULL;
    if (at->type != GUESS_DATE || at->rivals_count == 0) {
      continue;
    }
    const uint32_t chosen = order_elsewhere(g, at, &where);
    if (chosen == at->rivals_count) {
      tell_rivals(g, at);
      continue;
    }
    take_order(at, at->rivals[chosen]);
    guess_note(at, GUESS_SAY(g, PHRASE_DATE_AS, guess_slice(g, text_fit(where->facts->title, 40))));
  }
}

/* The kinds of columns, a row for each.  A column is of the first kind that fits it, looked at by itself. */
#include "specification/proposal/kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  UNIQUE_ROWS_MIN = 20, /* in fewer rows texts may differ by chance */
  ID_BYTES_MAX = 40,    /* average length of texts without blanks */
  CATEGORIES_MAX = 200,
  CATEGORIES_FEW = 20,     /* up to this many texts may be nearly as many as rows */
  CATEGORY_BYTES_MAX = 80, /* average length; longer texts are comments */
  COMMENTS_MIN = 10,       /* distinct texts of a column whose title asks for words */
  SHOWN = 4,               /* answers that are shown as evidence */
  DIGITS_KEPT = 15,        /* of a number in a spreadsheet */
};

slice kinds_question(const guess *at) {
  return at->facts->label.length > 0 ? at->facts->label : at->facts->title;
}

bool kinds_title_has(const guess *at, word_kind kind) {
  return words_have(kind, at->facts->title) || (at->part.length > 0 && words_have(kind, at->part)) ||
         (at->facts->label.length > 0 && words_have(kind, at->facts->label));
}

/* The last part of the title if it says something of that kind, else the whole question. */
static slice words_about(const guess *at, word_kind kind) {
  return at->part.length > 0 && words_have(kind, at->part) ? at->part : kinds_question(at);
}

bool kinds_is_satisfaction(const guess *at) {
  return words_have_but(WORD_SATISFACTION, WORD_DISSATISFIED, words_about(at, WORD_SATISFACTION)) ||
         (at->facts->label.length > 0 &&
          words_have_but(WORD_SATISFACTION, WORD_DISSATISFIED, at->facts->title));
}

bool kinds_is_dissatisfaction(const guess *at) {
  return words_have(WORD_DISSATISFIED, words_about(at, WORD_SATISFACTION)) && !kinds_is_satisfaction(at);
}

bool kinds_asks_recommendation(const guess *at) {
  return kinds_title_has(at, WORD_RECOMMEND) && !kinds_title_has(at, WORD_NOT_ASKED);
}

const char *kinds_rows(guesses *g, const guess *at) {
  char answers[TEXT_COUNT_BYTES];
  char rows[TEXT_COUNT_BYTES];
  return GUESS_SAY(g, PHRASE_ROWS, text_of_count(facts_answers(at->facts), answers),
                   text_of_count(at->facts->rows, rows));
}

void kinds_add_absent(guess *at, slice text, const char *reason, uint64_t count) {
  if (at->absent_count < GUESS_ABSENT_MAX) {
    at->absent[at->absent_count++] = (guess_absent){text, reason, count};
  }
}

void kinds_add_absent_once(guess *at, const guess_absent *absent) {
  for (uint32_t i = 0; i < at->absent_count; i++) {
    if (slice_equal(at->absent[i].text, absent->text)) {
      at->absent[i].count += absent->count;
      return;
    }
  }
  kinds_add_absent(at, absent->text, absent->reason, absent->count);
}

void guess_scale_absent(shared_scale *scale, const guess_absent *absent) {
  for (uint32_t i = 0; i < scale->absent_count; i++) {
    if (slice_equal(scale->absent[i].text, absent->text)) {
      return;
    }
  }
  if (scale->absent_count < GUESS_ABSENT_MAX) {
    scale->absent[scale->absent_count++] = *absent;
  }
}

void kinds_drop_absent(guess *at, slice text) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < at->absent_count; i++) {
    if (!slice_equal(at->absent[i].text, text)) {
      at->absent[kept++] = at->absent[i];
    }
  }
  at->absent_count = kept;
}

void kinds_take_absences(guess *at, bool among_words) {
  for (uint32_t i = 0; i < at->facts->texts_count; i++) {
    const fact_text *t = &at->facts->texts[i];
    if (t->reason != NULL && !t->is_platforms && (t->is_sure || !among_words)) {
      kinds_add_absent(at, t->text, t->reason, t->count);
    }
  }
}

/* ---- Kinds --------------------------------------------------------------------------------------- */

static bool guess_nothing(guesses *g, guess *at) {
  if (facts_answers(at->facts) > 0) {
    return false;
  }
  at->type = GUESS_TEXT;
  at->evidence = guess_fill(g, PHRASE_NO_ANSWER, NULL, 0);
  return true;
}

static bool has_blanks(const column_facts *c) {
  for (uint32_t i = 0; i < c->texts_count && i < FACTS_TEXTS_MAX; i++) {
    if (memchr(c->texts[i].text.bytes, ' ', c->texts[i].text.length) != NULL) {
      return true;
    }
  }
  return false;
}

/* Whether the column's whole numbers follow each other. */
static bool is_sequence(const column_facts *c, uint64_t answers) {
  return c->whole == answers && c->low.mantissa >= 0 &&
         (uint64_t)(c->high.mantissa - c->low.mantissa) == answers - 1;
}

static bool guess_id(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  const bool is_called = words_have(WORD_ID, c->title) || words_have(WORD_ID, c->label);
  const bool is_unique = !c->repeats && answers >= UNIQUE_ROWS_MIN;
  const bool is_amount = c->dressed == answers || c->comma == answers;
  const bool is_name =
      c->plain < answers && !is_amount && c->bytes <= answers * ID_BYTES_MAX && !has_blanks(c);
  const bool looks_so =
      is_unique && c->absent == 0 && c->blank == 0 &&
      (is_sequence(c, answers) || c->padded > 0 || c->lengthy > 0 || (is_name && c->leading < answers));
  if (words_have(WORD_ADDRESS, c->title) || (!looks_so && !(is_called && (!c->repeats || c->many)))) {
    return false;
  }
  at->type = GUESS_ID;
  at->evidence = GUESS_SAY(g, c->repeats ? PHRASE_ID_REPEATS : PHRASE_ID_UNIQUE, kinds_rows(g, at));
  return true;
}

static int by_count(const void *left, const void *right) {
  const fact_text *const *a = left;
  const fact_text *const *b = right;
  const int order = ((*b)->count > (*a)->count) - ((*b)->count < (*a)->count);
  return order != 0 ? order : slice_compare((*a)->text, (*b)->text);
}

const char *kinds_answers(guesses *g, const guess *at) {
  const column_facts *c = at->facts;
  const fact_text **sorted = ARENA_ARRAY(g->facts.memory, const fact_text *, c->texts_count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; sorted != NULL && i < c->texts_count; i++) {
    if (c->texts[i].text.length > 0) {
      sorted[count++] = &c->texts[i];
    }
  }
  if (count == 0) {
    return "";
  }
  qsort(sorted, count, sizeof *sorted, by_count);
  char line[600];
  size_t length = 0;
  for (uint32_t i = 0; i < count && i < SHOWN; i++) {
    char n[TEXT_COUNT_BYTES];
    const slice shown = text_fit(sorted[i]->text, 30);
    length += (size_t)snprintf(line + length, sizeof line - length, "%s%.*s%s %s", i > 0 ? ", " : "",
                               SLICE_ARG(shown), shown.length < sorted[i]->text.length ? "…" : "",
                               text_of_count(sorted[i]->count, n));
  }
  return guess_text(g, "%s%s", line, count > SHOWN ? ", …" : "");
}

/* What people write where a question asks for words: not a category, even where few wrote anything else than
 * "none". */
static bool guess_comment(guesses *g, guess *at) {
  static const char *const marks[] = {"，", "。", "！", ", ", ". ", "!"};
  const column_facts *c = at->facts;
  bool has_marks = false;
  for (uint32_t i = 0; i < c->texts_count && i < FACTS_TEXTS_MAX && !has_marks; i++) {
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
      const slice text = c->texts[i].text;
      has_marks = has_marks || memmem(text.bytes, text.length, marks[k], strlen(marks[k])) != NULL;
    }
  }
  if (!kinds_title_has(at, WORD_COMMENT) || (!c->many && facts_distinct(c) < COMMENTS_MIN && !has_marks)) {
    return false;
  }
  at->type = GUESS_TEXT;
  at->evidence = GUESS_SAY(g, PHRASE_COMMENTS, guess_count(g, facts_distinct(c)), kinds_rows(g, at));
  return true;
}

/* A word that may stand for no answer is one among others. */
static uint32_t count_categories(const column_facts *c) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->texts_count; i++) {
    const fact_text *t = &c->texts[i];
    count += t->reason == NULL || (!t->is_sure && !t->is_platforms);
  }
  return count;
}

static bool guess_category(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const uint64_t answers = facts_answers(c);
  const uint32_t distinct = facts_distinct(c);
  const bool is_short = c->bytes <= answers * CATEGORY_BYTES_MAX;
  if (c->many || !c->repeats || !is_short || c->lengthy > 0 || distinct > CATEGORIES_MAX ||
      (distinct > CATEGORIES_FEW && distinct > answers / 4)) {
    return false;
  }
  at->type = GUESS_NOMINAL;
  kinds_take_absences(at, true);
  at->evidence = GUESS_SAY(g, PHRASE_CATEGORIES, guess_count(g, count_categories(c)), kinds_answers(g, at));
  if (c->padded > 0) {
    guess_note(at, guess_fill(g, PHRASE_ZEROS_IN_FRONT, NULL, 0));
  }
  guess_tell_order(g, at);
  guess_tell_percent(g, at);
  return true;
}

/* Numbers of more than 15 digits, all of which end with zeros. */
static bool is_rounded(const column_facts *c) {
  bool all = c->lengthy > 0;
  for (uint32_t i = 0; all && i < c->texts_count; i++) {
    const slice text = c->texts[i].text;
    for (size_t k = DIGITS_KEPT; all && c->texts[i].reason == NULL && k < text.length; k++) {
      all = text.bytes[k] == '0';
    }
  }
  return all;
}

static bool guess_free_text(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  at->type = GUESS_TEXT;
  at->evidence = GUESS_SAY(g, c->many ? PHRASE_TEXTS_MANY : PHRASE_TEXTS,
                           guess_count(g, c->many ? FACTS_TEXTS_MAX : facts_distinct(c)), kinds_rows(g, at));
  guess_tell_percent(g, at);
  if (is_rounded(c)) {
    guess_note(at, guess_fill(g, PHRASE_ROUNDED, NULL, 0));
  }
  return true;
}

static const struct kind {
  bool (*fits)(guesses *g, guess *at);
} kinds[] = {
    {guess_nothing}, {guess_dates},    {guess_id},        {guess_weight}, {guess_labelled},
    {guess_ladder},  {guess_mixed},    {guess_points},    {guess_number}, {guess_cell_options},
    {guess_comment}, {guess_category}, {guess_free_text},
};

/* ---- All columns --------------------------------------------------------------------------------- */

/* A comma is the decimal mark if a column has no other reading and no number has a point. */
static bool has_decimal_comma(const facts *f) {
  bool any = false;
  for (uint32_t i = 0; i < f->count; i++) {
    const column_facts *c = &f->columns[i];
    const uint64_t answers = facts_answers(c);
    if (answers > 0 && c->plain == answers && c->whole < answers) {
      return false;
    }
    any = any || (answers > 0 && c->comma == answers && c->plain < answers && c->has_fraction);
  }
  return any;
}

static bool is_none(slice text) {
  static const char *const words[] = {"none", "无", "無", "没有", "沒有", "keine", "aucun"};
  char room[WORD_BYTES];
  const slice word = words_fold(text, room);
  for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
    if (slice_equal(word, slice_of(words[k]))) {
      return true;
    }
  }
  return false;
}

/* Where something is counted, "none" is 0; of another quantity it may be. */
static void tell_none(guesses *g, guess *at) {
  for (uint32_t i = 0; at->type == GUESS_NUMBER && i < at->absent_count;) {
    const guess_absent a = at->absent[i];
    if (!is_none(a.text)) {
      i++;
      continue;
    }
    const char *text = guess_slice(g, a.text);
    if (kinds_title_has(at, WORD_COUNT) && at->zeros_count < GUESS_ZEROS_MAX) {
      at->zeros[at->zeros_count++] = a.text;
      kinds_drop_absent(at, a.text);
      guess_note(at, GUESS_SAY(g, PHRASE_NONE_ZERO, text, guess_count(g, a.count), guess_yaml(g, a.text)));
    } else {
      guess_note(at, GUESS_SAY(g, PHRASE_PERHAPS_NONE, text, guess_count(g, a.count), guess_yaml(g, a.text)));
      i++;
    }
  }
}

void guess_words(guesses *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    tell_none(g, at);
    const bool are_values = at->type == GUESS_NOMINAL;
    for (uint32_t k = 0; k < at->facts->texts_count; k++) {
      const fact_text *t = &at->facts->texts[k];
      if (!t->is_word || t->reason == NULL || at->type == GUESS_MULTI_OPTION) {
        continue;
      }
      if (are_values) {
        kinds_drop_absent(at, t->text);
      } else if (at->type != GUESS_TEXT) {
        guess_note(at, GUESS_SAY(g, PHRASE_WORD_ABSENT, guess_slice(g, text_fit(t->text, 30)),
                                 guess_count(g, t->count)));
      }
    }
  }
}

void guess_totals(guesses *g) {
  for (uint32_t i = 0; i < g->facts.totals_count; i++) {
    const total_row *t = &g->facts.totals[i];
    guess *at = &g->at[t->column];
    const bool is_always_there = at->facts->blank == 0 && at->facts->absent == 0;
    const guess_absent word = {t->word, "other", 0};
    if (at->type == GUESS_MULTI_OPTION || at->type == GUESS_WEIGHT || at->set != NULL) {
      continue;
    }
    kinds_add_absent_once(at, &word);
    if (at->type == GUESS_SCALE) {
      guess_scale_absent(&g->scales[at->scale], &word);
    }
    g->guard = is_always_there && (g->guard == NULL || g->guard == at) ? at : NULL;
  }
}

void guess_kinds(guesses *g) {
  g->decimal_comma = has_decimal_comma(&g->facts);
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    at->facts = &g->facts.columns[i];
    at->column = i;
    at->scale = GUESS_NONE;
    const guess untouched = *at;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && !kinds[k].fits(g, at); k++) {
      const bool is_direction_open = at->is_direction_open; /* the labels' words are on no ladder */
      *at = untouched;
      at->is_direction_open = is_direction_open;
    }
  }
  guess_date_orders(g);
}

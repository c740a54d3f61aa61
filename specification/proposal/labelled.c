/* Columns of codes that the file's dictionary labels: what the labels say counts more than what the cells
 * look like. */
#include <string.h>

#include "specification/proposal/absences.h"
#include "specification/proposal/direction.h"
#include "specification/proposal/kinds.h"
#include "specification/reason_words.h"

enum {
  SPAN_MAX = 11,      /* the most codes of a scale */
  LABELS_MIN = 3,     /* fewer are yes and no or marks, or two are the ends of a scale */
  SHORT_HIGH_MAX = 7, /* beyond a scale up to this, 8 and 9 are codes for no answer */
  ROW_DISTANT = 9,
  LABEL_BYTES = 300,
};

bool guess_is_labelled(const column_codes *codes) {
  return codes->values_count > 0 || codes->missing_count > 0;
}

bool guess_declares(const column_codes *codes, slice code) {
  for (uint32_t i = 0; i < codes->missing_count; i++) {
    if (facts_is_code(code, &codes->missing[i])) {
      return true;
    }
  }
  return false;
}

bool guess_same_missing(const column_codes *a, const column_codes *b) {
  bool same = a->missing_count == b->missing_count;
  for (uint32_t i = 0; same && i < a->missing_count; i++) {
    same = a->missing[i].is_range == b->missing[i].is_range &&
           slice_equal(a->missing[i].low, b->missing[i].low) &&
           slice_equal(a->missing[i].high, b->missing[i].high);
  }
  return same;
}

static bool is_whole(slice text, int64_t *out) {
  decimal value;
  if (!decimal_parse(text, '.', &value) || (value = decimal_normalise(value)).scale > 0) {
    return false;
  }
  *out = value.mantissa;
  return true;
}

/* Whether V labels an answer. */
static bool is_answer(const column_codes *codes, const code_label *v, int64_t *code) {
  missing_reason reason;
  return is_whole(v->code, code) && !guess_declares(codes, v->code) && !reason_is_label(v->label, &reason);
}

/* Finds the lowest and the highest code that is labelled as an answer; returns how many there are. */
static uint32_t find_span(const column_codes *codes, int64_t *low, int64_t *high) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < codes->values_count; i++) {
    int64_t code;
    if (is_answer(codes, &codes->values[i], &code)) {
      *low = count == 0 || code < *low ? code : *low;
      *high = count == 0 || code > *high ? code : *high;
      count++;
    }
  }
  return count;
}

static const code_label *label_of(const column_codes *codes, int64_t code) {
  for (uint32_t i = 0; i < codes->values_count; i++) {
    int64_t other;
    if (is_whole(codes->values[i].code, &other) && other == code) {
      return &codes->values[i];
    }
  }
  return NULL;
}

/* 1: the labels go up L as the codes rise; -1: they go down; 0: neither. */
static int direction_on(const column_codes *codes, const ladder *l, int64_t low, int64_t high) {
  int direction = 0;
  int last = -1;
  for (int64_t code = low; code <= high; code++) {
    const code_label *v = label_of(codes, code);
    const int rung = v != NULL ? ladder_rung(l, v->label) : -1;
    const int step = last < 0 ? 0 : (rung > last) - (rung < last);
    if ((v != NULL && rung < 0) || (v != NULL && last >= 0 && (step == 0 || step == -direction))) {
      return 0;
    }
    direction = step != 0 && v != NULL ? step : direction;
    last = v != NULL ? rung : last;
  }
  return direction;
}

static const ladder *find_ladder(const column_codes *codes, int64_t low, int64_t high, int *direction) {
  *direction = 0;
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    *direction = direction_on(codes, ladder_at(i), low, high);
    if (*direction != 0) {
      return ladder_at(i);
    }
  }
  return NULL;
}

/* How good the label of CODE is on L, or by its words where L is NULL; false: that is not known. */
static bool rung_of(const column_codes *codes, const ladder *l, int64_t code, int *out) {
  const code_label *v = label_of(codes, code);
  if (v == NULL) {
    return false;
  }
  *out = l != NULL ? ladder_rung(l, v->label) : direction_sense(v->label);
  return l == NULL || *out >= 0;
}

/* Whether the labels go up and down as the codes rise. */
static bool is_disordered_on(const column_codes *codes, const ladder *l, int64_t low, int64_t high) {
  bool rises = false;
  bool falls = false;
  bool any = false;
  int last = 0;
  for (int64_t code = low; code <= high; code++) {
    int rung;
    if (!rung_of(codes, l, code, &rung)) {
      if (label_of(codes, code) != NULL) {
        return false; /* a label that L does not have */
      }
      continue;
    }
    rises = rises || (any && rung > last);
    falls = falls || (any && rung < last);
    last = rung;
    any = true;
  }
  return rises && falls;
}

/* Answers in order whose codes are in another one: 1 satisfied, 2 dissatisfied, 3 neutral. */
static bool is_disordered(const column_codes *codes, int64_t low, int64_t high) {
  bool is_so = is_disordered_on(codes, NULL, low, high);
  for (uint32_t i = 0; ladder_at(i) != NULL && !is_so; i++) {
    is_so = is_disordered_on(codes, ladder_at(i), low, high);
  }
  return is_so;
}

/* Takes known codes beyond LOW..HIGH that have no label for "no answer", and counts the codes within that
 * have no label.  False: some cell is neither labelled, within, nor such a code. */
static bool take_cells(guess *at, int64_t low, int64_t high, uint32_t *unlabelled) {
  const column_facts *c = at->facts;
  *unlabelled = 0;
  for (uint32_t i = 0; i < c->texts_count; i++) {
    const fact_text *t = &c->texts[i];
    int64_t code;
    if (t->reason != NULL) {
      continue;
    }
    if (!is_whole(t->text, &code)) {
      return false;
    }
    const bool is_within = code >= low && code <= high;
    const bool is_known =
        absence_code(code) != NULL || (high <= SHORT_HIGH_MAX && code > high + 1 && code <= ROW_DISTANT);
    *unlabelled += is_within && label_of(c->codes, code) == NULL;
    if (!is_within && label_of(c->codes, code) == NULL) {
      if (!is_known) {
        return false;
      }
      kinds_add_absent(at, t->text, "other", t->count);
    }
  }
  return true;
}

static bool begin_again(guess *at) {
  at->absent_count = 0;
  return false;
}

/* The dictionary gives the reasons of codes that it labels: only other codes need the map. */
static void leave_to_dictionary(guess *at) {
  bool all = true;
  for (uint32_t i = 0; i < at->absent_count; i++) {
    int64_t code;
    all = all && is_whole(at->absent[i].text, &code) && (code < at->low || code > at->high) &&
          label_of(at->facts->codes, code) != NULL;
  }
  at->absent_count = all ? 0 : at->absent_count;
}

/* Where the labels are on no ladder, what they or the question say of both ends: "1=best, 5=worst". */
static int direction_of_ends(guesses *g, const guess *at) {
  const code_label *low = label_of(at->facts->codes, at->low);
  const code_label *high = label_of(at->facts->codes, at->high);
  slice words;
  told_direction told = DIRECTION_NOT_TOLD;
  if (low != NULL && high != NULL && at->low <= 1) {
    told = direction_of(slice_of(guess_text(g, "%lld=%.*s, %lld=%.*s", (long long)at->low,
                                            SLICE_ARG(text_cut(low->label, LABEL_BYTES)), (long long)at->high,
                                            SLICE_ARG(text_cut(high->label, LABEL_BYTES)))),
                        &words);
  }
  if (told != DIRECTION_UP && told != DIRECTION_DOWN) {
    told = direction_of(kinds_question(at), &words);
  }
  return told == DIRECTION_UP ? 1 : told == DIRECTION_DOWN ? -1 : 0;
}

/* "Not sure" between agreement and disagreement is an answer, as it is where the dictionary gives the range.
 */
static void take_middle(guesses *g, guess *at) {
  column_facts *c = &g->facts.columns[at->column];
  for (uint32_t i = 0; i < c->texts_count; i++) {
    fact_text *t = &c->texts[i];
    int64_t code;
    if (t->reason == NULL || t->is_platforms || !is_whole(t->text, &code) || code <= at->low ||
        code >= at->high) {
      continue;
    }
    const code_label *v = label_of(c->codes, code);
    if (v != NULL) {
      facts_answer_after_all(c, t);
      guess_note(
          at, GUESS_SAY(g, PHRASE_MIDDLE, guess_slice(g, text_fit(v->label, 30)), guess_slice(g, t->text)));
    }
  }
}

static void take_scale(guesses *g, guess *at, const ladder *l, int direction) {
  at->type = GUESS_SCALE;
  take_middle(g, at);
  kinds_take_absences(at, false);
  leave_to_dictionary(at);
  at->from_labels = true;
  at->is_reversed = direction < 0;
  at->is_direction_open = direction == 0;
  at->is_direction_told = direction != 0;
  at->is_satisfaction = kinds_is_satisfaction(at) || (l != NULL && l->satisfaction);
  at->is_recommendation = at->low == 0 && at->high == 10 && kinds_asks_recommendation(at);
  if (at->low == 1 && at->high == SPAN_MAX && kinds_asks_recommendation(at)) {
    guess_note(at, guess_fill(g, PHRASE_STORED_NPS, NULL, 0));
  }
  at->evidence = GUESS_SAY(g, direction < 0 ? PHRASE_LABELS_BEST_FIRST : PHRASE_LABELS,
                           guess_whole(g, at->low), guess_whole(g, at->high), kinds_rows(g, at));
}

bool guess_labelled(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  uint32_t unlabelled;
  int direction;
  const uint32_t labels = find_span(c->codes, &at->low, &at->high);
  at->is_direction_open = labels > 0;
  if (c->codes->is_set || c->many || labels < 2 || (uint64_t)at->high - (uint64_t)at->low < LABELS_MIN - 1) {
    return false;
  }
  if (!take_cells(at, at->low, at->high, &unlabelled)) {
    return begin_again(at);
  }
  const bool is_short = (uint64_t)at->high - (uint64_t)at->low < SPAN_MAX;
  const ladder *l = is_short ? find_ladder(c->codes, at->low, at->high, &direction) : NULL;
  const bool is_rating = kinds_title_has(at, WORD_RATING) && !kinds_title_has(at, WORD_NO_RATING);
  const bool are_ends = labels == 2 || unlabelled > 0;
  const column_measure measure = c->codes->measure;
  const bool is_out_of_order = is_short && l == NULL && is_disordered(c->codes, at->low, at->high);
  if (is_short && !is_out_of_order &&
      (l != NULL || are_ends || is_rating || measure == MEASURE_ORDINAL ||
       (measure == MEASURE_SCALE && labels < LABELS_MIN))) {
    take_scale(g, at, l, l != NULL ? direction : direction_of_ends(g, at));
    return true;
  }
  if (unlabelled > 0) {
    return begin_again(at);
  }
  at->type = GUESS_NOMINAL;
  at->is_direction_open = false;
  kinds_take_absences(at, true);
  at->evidence =
      is_out_of_order ? kinds_answers(g, at) : GUESS_SAY(g, PHRASE_LABELS_NO_ORDER, kinds_answers(g, at));
  if (is_out_of_order) {
    guess_note(at, guess_fill(g, PHRASE_LABELS_OUT_OF_ORDER, NULL, 0));
  }
  return true;
}

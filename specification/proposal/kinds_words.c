/* Columns of words that have an order. */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "specification/proposal/beside.h"
#include "specification/proposal/direction.h"
#include "specification/proposal/kinds.h"
#include "specification/proposal/yaml_text.h"

enum {
  LADDER_TEXTS_MAX = 14,
  UNKNOWN_MAX = 3, /* words that no ladder has, beside some that one has */
  GRADES_MAX = 7,
};

static bool is_same_answer(slice a, slice b) {
  char room_a[WORD_BYTES];
  char room_b[WORD_BYTES];
  return slice_equal(words_answer(a, room_a), words_answer(b, room_b));
}

/* The answers of a column on a ladder. */
typedef struct footing {
  slice found[LADDER_RUNGS_MAX];
  uint32_t count;   /* rungs that have an answer */
  uint32_t numbers; /* whole numbers that are codes of the ladder */
  uint32_t unknown; /* texts that are neither */
  slice words[UNKNOWN_MAX];
  uint64_t words_rows, unknown_rows;
  bool is_ambiguous; /* two answers would be the same rung */
  bool has_marks;    /* an answer has a number or a letter of its own: "A.", "(5)" */
  bool has_units;    /* a number has a word for points beside it */
} footing;

static bool is_code(const ladder *l, slice text) {
  int64_t code;
  return beside_is_points(text, &code) && code >= l->low && code <= l->low + (int64_t)ladder_rungs(l) - 1;
}

static void stand_on(const ladder *l, const fact_text *t, footing *out) {
  const int rung = ladder_rung(l, t->text);
  decimal bare;
  if (rung < 0 && is_code(l, t->text)) {
    out->numbers++;
    out->has_units = out->has_units || !decimal_parse(t->text, '.', &bare);
  } else if (rung < 0) {
    if (out->unknown < UNKNOWN_MAX) {
      out->words[out->unknown] = t->text;
    }
    out->unknown++;
    out->unknown_rows += t->count;
  } else {
    char room[WORD_BYTES];
    char folded[WORD_BYTES];
    const bool is_new = out->found[rung].length == 0;
    out->has_marks =
        out->has_marks || words_answer(t->text, room).length < words_fold(t->text, folded).length;
    out->is_ambiguous = out->is_ambiguous || (!is_new && !is_same_answer(out->found[rung], t->text));
    out->count += is_new;
    out->found[rung] = is_new ? t->text : out->found[rung];
    out->words_rows += t->count;
  }
}

static footing footing_on(const column_facts *c, const ladder *l) {
  footing f = {.count = 0};
  for (uint32_t i = 0; i < c->texts_count; i++) {
    if (c->texts[i].reason == NULL) {
      stand_on(l, &c->texts[i], &f);
    }
  }
  return f;
}

static bool ladder_fits(const column_facts *c, const ladder *l) {
  const footing f = footing_on(c, l);
  return !f.is_ambiguous && f.numbers == 0 && f.unknown == 0 && f.count >= 2 &&
         (!l->needs_all || (f.count == ladder_rungs(l) && facts_answers(c) >= GUESS_ROW_MANY));
}

/* "Not sure" between agreement and disagreement is the middle, where nothing else is; *TEXT: how it is
 * spelled. */
static bool take_middle(guesses *g, const guess *at, const ladder *l, slice *text) {
  column_facts *c = &g->facts.columns[at->column];
  const footing f = footing_on(c, l);
  const uint32_t rungs = ladder_rungs(l);
  const uint32_t middle = rungs / 2;
  bool is_open = rungs % 2 == 1 && f.found[middle].length == 0 && !l->satisfaction;
  bool below = false;
  bool above = false;
  for (uint32_t i = 0; i < rungs; i++) {
    below = below || (i < middle && f.found[i].length > 0);
    above = above || (i > middle && f.found[i].length > 0);
  }
  is_open = is_open && below && above;
  for (uint32_t i = 0; is_open && i < c->texts_count; i++) {
    fact_text *t = &c->texts[i];
    if (t->reason != NULL && !t->is_sure && !t->is_platforms && ladder_rung(l, t->text) == (int)middle) {
      facts_answer_after_all(c, t);
      *text = t->text;
      return true;
    }
  }
  return false;
}

static void take_ladder(guesses *g, guess *at, const ladder *l) {
  at->type = GUESS_SCALE;
  at->ladder = l;
  at->is_direction_open = false;
  at->low = l->low;
  at->high = l->low + (int64_t)ladder_rungs(l) - 1;
  at->is_satisfaction = l->satisfaction || kinds_is_satisfaction(at);
  kinds_take_absences(at, false);
  at->evidence = GUESS_SAY(g, PHRASE_LADDER, guess_count(g, facts_distinct(at->facts)),
                           guess_count(g, ladder_rungs(l)), kinds_rows(g, at));
}

bool guess_ladder(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  if (c->many || facts_distinct(c) > LADDER_TEXTS_MAX) {
    return false;
  }
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    const ladder *l = ladder_at(i);
    slice middle;
    if (!ladder_fits(c, l)) {
      continue;
    }
    if (take_middle(g, at, l, &middle)) {
      guess_note(at, GUESS_SAY(g, PHRASE_MIDDLE, guess_slice(g, middle), guess_yaml(g, middle)));
    }
    take_ladder(g, at, l);
    return true;
  }
  return false;
}

/* Words of a ladder, and its codes: two ways of typing the same answers.  Which number is meant by which word
 * is known only where the numbers rise with the words; a title that says otherwise leaves the column alone.
 */
bool guess_mixed(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  slice said;
  if (c->many || facts_distinct(c) > LADDER_TEXTS_MAX || at->facts->codes->values_count > 0) {
    return false;
  }
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    const ladder *l = ladder_at(i);
    const footing f = footing_on(c, l);
    const told_direction told = direction_of(kinds_question(at), &said);
    if (f.is_ambiguous || f.has_marks || f.unknown > 0 || f.numbers < 2 || f.count == 0 || l->needs_all ||
        l->low != 1 || told == DIRECTION_DOWN || told == DIRECTION_UNCLEAR) {
      continue;
    }
    take_ladder(g, at, l);
    at->is_mixed = true;
    at->leading_number = f.has_units;
    at->is_direction_told = told == DIRECTION_UP;
    const uint64_t numbers = facts_answers(c) - f.words_rows;
    guess_note(at, GUESS_SAY(g, PHRASE_MIXED, guess_count(g, numbers), guess_count(g, f.words_rows),
                             guess_whole(g, at->high)));
    return true;
  }
  return false;
}

/* ---- Almost ordered ------------------------------------------------------------------------------ */

/* "{Bad: 1, Good: 4}": the answers of C on L. */
static void put_found(const column_facts *c, const ladder *l, buf *out) {
  bool any = false;
  for (int rung = 0; l->rungs[rung] != NULL; rung++) {
    for (uint32_t i = 0; i < c->texts_count; i++) {
      if (c->texts[i].reason == NULL && ladder_rung(l, c->texts[i].text) == rung) {
        buf_printf(out, "%s", any ? ", " : "{");
        yaml_text_put(out, c->texts[i].text);
        buf_printf(out, ": %lld", (long long)(l->low + rung));
        any = true;
      }
    }
  }
  buf_printf(out, "}");
}

static const char *taken(guesses *g, buf *out) {
  const char *kept = guess_slice(g, (slice){(const char *)out->data, out->length});
  g->out_of_memory = g->out_of_memory || out->failed;
  buf_fini(out);
  return kept;
}

/* Answers in order, and a few of which nobody knows where they belong. */
static bool tell_unknown(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  const ladder *best = NULL;
  uint64_t most = 0;
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    const footing f = footing_on(c, ladder_at(i));
    const bool is_like = f.count >= 3 && f.numbers == 0 && (f.is_ambiguous || f.unknown > 0) &&
                         f.unknown <= UNKNOWN_MAX && !ladder_at(i)->needs_all && f.words_rows > most;
    best = is_like ? ladder_at(i) : best;
    most = is_like ? f.words_rows : most;
  }
  if (best == NULL) {
    return false;
  }
  const footing f = footing_on(c, best);
  buf texts;
  buf_init(&texts);
  put_found(c, best, &texts);
  if (f.unknown == 0) {
    guess_note(at, GUESS_SAY(g, PHRASE_SAME_STEP, guess_whole(g, best->low),
                             guess_whole(g, best->low + (int64_t)ladder_rungs(best) - 1), taken(g, &texts)));
    return true;
  }
  buf missing;
  buf_init(&missing);
  for (uint32_t i = 0; i < f.unknown; i++) {
    buf_printf(&missing, "%s", i > 0 ? ", " : "");
    yaml_text_put(&missing, f.words[i]);
    buf_printf(&missing, ": other");
  }
  guess_note(at,
             GUESS_SAY(g, PHRASE_ALMOST_ORDER, guess_slice(g, text_fit(f.words[0], 30)),
                       guess_whole(g, best->low), guess_whole(g, best->low + (int64_t)ladder_rungs(best) - 1),
                       taken(g, &texts), taken(g, &missing)));
  return true;
}

/* Signs that may be steps, in order. */
static const char *const grades[][GRADES_MAX + 1] = {
    {"a", "b", "c", "d", "e", "f", NULL},
    {"①", "②", "③", "④", "⑤", "⑥", "⑦", NULL},
    {"一", "二", "三", "四", "五", "六", "七", NULL},
    {"甲", "乙", "丙", "丁", NULL},
    {"i", "ii", "iii", "iv", "v", NULL},
    {"low", "medium", "high", NULL},
    {"低", "中", "高", NULL},
    {"small", "medium", "large", NULL},
};

static int grade_of(const char *const *list, slice text) {
  char room[WORD_BYTES];
  const slice folded = words_fold(text, room);
  for (int i = 0; list[i] != NULL; i++) {
    if (slice_equal(folded, slice_of(list[i]))) {
      return i;
    }
  }
  return -1;
}

/* Only in the reading that a comment gives. */
static void tell_grades(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  for (size_t k = 0; k < sizeof grades / sizeof grades[0]; k++) {
    bool all = facts_distinct(c) >= 3 && facts_distinct(c) <= GRADES_MAX;
    int highest = 0;
    for (uint32_t i = 0; all && i < c->texts_count; i++) {
      const int grade = c->texts[i].reason == NULL ? grade_of(grades[k], c->texts[i].text) : 0;
      all = grade >= 0;
      highest = grade > highest ? grade : highest;
    }
    if (!all || highest + 1 > (int)facts_distinct(c) + 1) {
      continue;
    }
    buf texts;
    buf_init(&texts);
    bool any = false;
    for (int grade = 0; grade <= highest; grade++) {
      for (uint32_t i = 0; i < c->texts_count; i++) {
        if (c->texts[i].reason == NULL && grade_of(grades[k], c->texts[i].text) == grade) {
          buf_printf(&texts, "%s", any ? ", " : "{");
          yaml_text_put(&texts, c->texts[i].text);
          buf_printf(&texts, ": %d", grade + 1);
          any = true;
        }
      }
    }
    buf_printf(&texts, "}");
    guess_note(at, GUESS_SAY(g, PHRASE_GRADES, guess_whole(g, highest + 1), taken(g, &texts)));
    return;
  }
}

void guess_tell_order(guesses *g, guess *at) {
  if (!at->facts->many && facts_distinct(at->facts) <= LADDER_TEXTS_MAX && !tell_unknown(g, at)) {
    tell_grades(g, at);
  }
}

/* Columns of words that have an order. */
#include <string.h>

#include "specification/proposal/kinds.h"

enum { LADDER_TEXTS_MAX = 14 };

static bool is_same_answer(slice a, slice b) {
  char room_a[WORD_BYTES];
  char room_b[WORD_BYTES];
  return slice_equal(words_answer(a, room_a), words_answer(b, room_b));
}

static bool ladder_fits(const column_facts *c, const ladder *l) {
  slice found[LADDER_RUNGS_MAX] = {{NULL, 0}};
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->texts_count; i++) {
    if (c->texts[i].reason != NULL) {
      continue;
    }
    const int rung = ladder_rung(l, c->texts[i].text);
    if (rung < 0 || (found[rung].length > 0 && !is_same_answer(found[rung], c->texts[i].text))) {
      return false; /* or two of its answers would be the same rung */
    }
    count += found[rung].length == 0;
    found[rung] = c->texts[i].text;
  }
  return count >= 2 && (!l->needs_all || (count == ladder_rungs(l) && facts_answers(c) >= GUESS_ROW_MANY));
}

bool guess_ladder(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  if (c->many || facts_distinct(c) > LADDER_TEXTS_MAX) {
    return false;
  }
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    const ladder *l = ladder_at(i);
    if (ladder_fits(c, l)) {
      at->type = GUESS_SCALE;
      at->ladder = l;
      at->is_direction_open = false;
      at->low = l->low;
      at->high = l->low + (int64_t)ladder_rungs(l) - 1;
      at->is_satisfaction = l->satisfaction || kinds_title_has(at, WORD_SATISFACTION);
      kinds_take_absences(at, false);
      at->evidence = GUESS_SAY(g, PHRASE_LADDER, guess_count(g, facts_distinct(c)),
                               guess_count(g, ladder_rungs(l)), kinds_rows(g, at));
      return true;
    }
  }
  return false;
}

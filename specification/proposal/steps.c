/* Ladders of fewer steps than the one they are part of: "satisfied, fairly satisfied, dissatisfied" without
 * either "very". */
#include <stdio.h>
#include <string.h>

#include "specification/proposal/kinds.h"

enum { STEPS_MIN = 3, NAME_BYTES = 40 };

/* The answers of variables that go together, on one ladder. */
typedef struct steps {
  slice words[LADDER_RUNGS_MAX];
  uint64_t answers; /* of the variable that has most */
  int first, last;  /* rungs with an answer */
} steps;

static void take_words(const column_facts *c, const ladder *l, steps *out) {
  for (uint32_t i = 0; i < c->texts_count; i++) {
    const int rung = c->texts[i].reason == NULL ? ladder_rung(l, c->texts[i].text) : -1;
    if (rung >= 0 && out->words[rung].length == 0) {
      out->words[rung] = c->texts[i].text;
    }
  }
  out->answers = facts_answers(c) > out->answers ? facts_answers(c) : out->answers;
}

static bool is_same_answer(slice a, slice b) {
  char room_a[WORD_BYTES];
  char room_b[WORD_BYTES];
  return slice_equal(words_answer(a, room_a), words_answer(b, room_b));
}

/* Whether both have the same words where both have one. */
static bool go_together(const steps *a, const steps *b) {
  for (int i = 0; i < LADDER_RUNGS_MAX; i++) {
    if (a->words[i].length > 0 && b->words[i].length > 0 && !is_same_answer(a->words[i], b->words[i])) {
      return false;
    }
  }
  return true;
}

static steps steps_of(const guesses *g, const guess *at, const ladder *l) {
  steps s = {.answers = 0};
  take_words(at->facts, l, &s);
  const steps own = s;
  for (uint32_t i = 0; i < g->count; i++) {
    steps other = {.answers = 0};
    if (g->at[i].type != GUESS_SCALE || g->at[i].base != l) {
      continue;
    }
    take_words(g->at[i].facts, l, &other);
    if (go_together(&own, &other)) {
      take_words(g->at[i].facts, l, &s);
    }
  }
  const int rungs = (int)ladder_rungs(l);
  s.first = 0;
  s.last = rungs - 1;
  while (s.first < rungs && s.words[s.first].length == 0) {
    s.first++;
  }
  while (s.last > s.first && s.words[s.last].length == 0) {
    s.last--;
  }
  return s;
}

/* The rungs FIRST to LAST of L as a ladder of their own, one for all variables. */
static const ladder *part_of(guesses *g, const ladder *l, int first, int last) {
  for (uint32_t i = 0; i < g->count; i++) {
    const ladder *other = g->at[i].ladder;
    if (other != NULL && other != l && g->at[i].base == l && other->rungs[0] == l->rungs[first] &&
        ladder_rungs(other) == (uint32_t)(last - first + 1)) {
      return other;
    }
  }
  ladder *part = ARENA_ARRAY(g->facts.memory, ladder, 1);
  if (part == NULL) {
    return l;
  }
  size_t stem = strlen(l->name);
  while (stem > 0 && l->name[stem - 1] >= '0' && l->name[stem - 1] <= '9') {
    stem--;
  }
  *part = (ladder){.name = guess_text(g, "%.*s%d", (int)stem, l->name, last - first + 1),
                   .low = 1,
                   .satisfaction = l->satisfaction};
  for (int i = first; i <= last; i++) {
    part->rungs[i - first] = l->rungs[i];
  }
  return part;
}

static const char *first_word(guesses *g, const char *words) {
  return guess_slice(g, (slice){words, strcspn(words, "|")});
}

static void leave_nominal(guesses *g, guess *at) {
  steps s = {.answers = 0};
  slice low = {"", 0};
  slice high = {"", 0};
  take_words(at->facts, at->base, &s);
  for (uint32_t i = 0; i < ladder_rungs(at->base); i++) {
    low = low.length == 0 ? s.words[i] : low;
    high = s.words[i].length > 0 ? s.words[i] : high;
  }
  at->type = GUESS_NOMINAL;
  at->ladder = NULL;
  at->is_satisfaction = false;
  at->notes_count = 0;
  at->absent_count = 0;
  kinds_take_absences(at, true);
  at->evidence =
      GUESS_SAY(g, PHRASE_CATEGORIES, guess_count(g, facts_distinct(at->facts)), kinds_answers(g, at));
  guess_note(at, GUESS_SAY(g, PHRASE_TWO_STEPS, guess_slice(g, low), guess_slice(g, high)));
}

static void shorten(guesses *g, guess *at, const ladder *l, const steps *s) {
  at->ladder = part_of(g, l, s->first, s->last);
  at->low = at->ladder->low;
  at->high = at->low + (int64_t)ladder_rungs(at->ladder) - 1;
  at->evidence = GUESS_SAY(g, PHRASE_LADDER, guess_count(g, facts_distinct(at->facts)),
                           guess_count(g, ladder_rungs(at->ladder)), kinds_rows(g, at));
  guess_note(at, GUESS_SAY(g, PHRASE_STEPS, guess_whole(g, s->last - s->first + 1),
                           first_word(g, l->rungs[0]), first_word(g, l->rungs[ladder_rungs(l) - 1])));
}

/* "Clear" and "not clear" only: a question of yes and no, whatever others ask. */
static bool is_pair(const guess *at, const ladder *l) {
  steps own = {.answers = 0};
  uint32_t count = 0;
  take_words(at->facts, l, &own);
  for (uint32_t i = 0; i < ladder_rungs(l); i++) {
    count += own.words[i].length > 0;
  }
  const uint32_t highest = ladder_rungs(l) - 1;
  return own.answers >= GUESS_ROW_MANY && count == 2 && own.words[0].length == 0 &&
         own.words[highest].length == 0;
}

/* With many answers of which none is either end, the ends were not offered; with few this is told. */
static void judge(guesses *g, guess *at) {
  const ladder *l = at->base;
  const steps s = steps_of(g, at, l);
  const int highest = (int)ladder_rungs(l) - 1;
  const int count = s.last - s.first + 1;
  const bool is_inner = s.first > 0 && s.last < highest;
  if (is_pair(at, l)) {
    leave_nominal(g, at);
  } else if (is_inner && s.answers < GUESS_ROW_MANY) {
    guess_note(at, GUESS_SAY(g, PHRASE_ENDS_UNSEEN, guess_whole(g, count)));
  } else if (is_inner && count < STEPS_MIN) {
    leave_nominal(g, at);
  } else if (is_inner) {
    shorten(g, at, l, &s);
  } else if ((s.first > 0 || s.last < highest) && s.answers >= GUESS_ROW_MANY) {
    guess_note(at, GUESS_SAY(g, PHRASE_END_UNSEEN, first_word(g, l->rungs[s.first > 0 ? 0 : highest])));
  }
}

void guess_steps(guesses *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    at->base = at->type == GUESS_SCALE && !at->is_mixed ? at->ladder : NULL;
  }
  for (uint32_t i = 0; i < g->count; i++) {
    if (g->at[i].base != NULL && !g->at[i].base->needs_all) {
      judge(g, &g->at[i]);
    }
  }
}

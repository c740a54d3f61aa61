/* Ladders of fewer steps than the one they are part of: "satisfied, fairly satisfied, dissatisfied" without
 * either "very". */
#include <string.h>

#include "specification/proposal/kinds.h"

enum { STEPS_MIN = 3, STEPS_FEW = 3 };

/* The answers of variables that go together, on one ladder. */
typedef struct steps {
  slice words[LADDER_RUNGS_MAX];
  uint64_t answers; /* of the variable that has most */
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
  return s;
}

/* The rungs of L that are in MASK as a ladder of their own, one for all variables. */
static const ladder *part_of(guesses *g, const ladder *l, uint32_t mask) {
  ladder part = {.low = 1, .satisfaction = l->satisfaction};
  uint32_t count = 0;
  for (uint32_t i = 0; i < ladder_rungs(l); i++) {
    if ((mask >> i & 1) != 0) {
      part.rungs[count++] = l->rungs[i];
    }
  }
  for (uint32_t i = 0; i < g->count; i++) {
    const ladder *other = g->at[i].ladder;
    if (other != NULL && other != l && g->at[i].base == l &&
        memcmp(other->rungs, part.rungs, sizeof part.rungs) == 0) {
      return other;
    }
  }
  size_t stem = strlen(l->name);
  while (stem > 0 && l->name[stem - 1] >= '0' && l->name[stem - 1] <= '9') {
    stem--;
  }
  part.name = guess_text(g, "%.*s%u", (int)stem, l->name, count);
  ladder *kept = ARENA_ARRAY(g->facts.memory, ladder, 1);
  if (kept != NULL) {
    *kept = part;
  }
  return kept != NULL ? kept : l;
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
  guess_note(at, GUESS_SAY(g, PHRASE_TWO_STEPS, guess_yaml(g, low), guess_yaml(g, high)));
}

/* "'never', 'always'": the rungs that are not in MASK. */
static const char *list_unseen(guesses *g, const ladder *l, uint32_t mask) {
  const char *list = "";
  for (uint32_t i = 0; i < ladder_rungs(l); i++) {
    if ((mask >> i & 1) == 0) {
      list = guess_text(g, "%s%s'%s'", list, list[0] != '\0' ? ", " : "", first_word(g, l->rungs[i]));
    }
  }
  return list;
}

static void shorten(guesses *g, guess *at, const ladder *l, uint32_t mask) {
  at->ladder = part_of(g, l, mask);
  at->low = at->ladder->low;
  at->high = at->low + (int64_t)ladder_rungs(at->ladder) - 1;
  at->evidence = GUESS_SAY(g, PHRASE_LADDER, guess_count(g, facts_distinct(at->facts)),
                           guess_count(g, ladder_rungs(at->ladder)), kinds_rows(g, at));
  guess_note(at,
             GUESS_SAY(g, PHRASE_STEPS, guess_count(g, ladder_rungs(at->ladder)), list_unseen(g, l, mask)));
}

/* Which rungs have an answer. */
static uint32_t mask_of(const steps *s) {
  uint32_t mask = 0;
  for (uint32_t i = 0; i < LADDER_RUNGS_MAX; i++) {
    mask |= s->words[i].length > 0 ? 1U << i : 0;
  }
  return mask;
}

static uint32_t count_bits(uint32_t mask) {
  uint32_t count = 0;
  for (; mask != 0; mask &= mask - 1) {
    count++;
  }
  return count;
}

/* All rungs between those in MASK, and them. */
static uint32_t span_of(uint32_t mask) {
  uint32_t all = mask | mask >> 1;
  all |= all >> 2;
  all |= all >> 4; /* down to the lowest bit */
  return all & ~((mask & (~mask + 1)) - 1);
}

/* "Clear" and "not clear" only: a question of yes and no, whatever others ask. */
static bool is_pair(const guess *at, const ladder *l) {
  steps own = {.answers = 0};
  take_words(at->facts, l, &own);
  const uint32_t mask = mask_of(&own);
  const bool are_inner = (mask & 1) == 0 && (mask >> (ladder_rungs(l) - 1) & 1) == 0;
  return own.answers >= GUESS_ROW_MANY && count_bits(mask) == 2 && (are_inner || span_of(mask) != mask);
}

/* With many answers, what is missing at both ends, or between few steps, was not offered; with few this is
 * told. */
static void judge(guesses *g, guess *at) {
  const ladder *l = at->base;
  const steps s = steps_of(g, at, l);
  const uint32_t all = (1U << ladder_rungs(l)) - 1;
  const uint32_t seen = mask_of(&s);
  const bool are_inner = (seen & 1) == 0 && (seen & (all ^ all >> 1)) == 0;
  const bool are_few = count_bits(seen) <= STEPS_FEW && span_of(seen) != seen;
  const uint32_t mask = are_few ? seen : span_of(seen);
  const bool are_many = s.answers >= GUESS_ROW_MANY;
  if (is_pair(at, l) || (are_many && (are_inner || are_few) && count_bits(mask) < STEPS_MIN)) {
    leave_nominal(g, at);
  } else if (are_many && (are_inner || are_few)) {
    shorten(g, at, l, mask);
  } else if (are_inner) {
    guess_note(at, GUESS_SAY(g, PHRASE_ENDS_UNSEEN, guess_count(g, count_bits(mask))));
  } else if (are_many && seen != all) {
    guess_note(at, GUESS_SAY(g, PHRASE_UNSEEN, list_unseen(g, l, seen)));
  }
}

void guess_steps(guesses *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    at->base = at->type == GUESS_SCALE && !at->is_mixed ? at->ladder : NULL;
  }
  for (uint32_t i = 0; i < g->count; i++) {
    if (g->at[i].base != NULL && !g->at[i].base->needs_all && !ladder_is_whole(g->at[i].base)) {
      judge(g, &g->at[i]);
    }
  }
}

/* Questions with a column for each option: adjacent columns with the same stem, whose cells are marks. */
#include <string.h>

#include "specification/proposal/kinds.h"

typedef enum mark_kind {
  MARK_NONE,
  MARK_BLANK, /* blank in all rows: fits everything */
  MARK_FLAGS, /* 1 and 0, or 1 and nothing */
  MARK_WORDS, /* a pair of words, or a mark and nothing */
  MARK_TEXT,  /* the option's own text, or nothing */
  MARK_OTHER, /* an option with what was written in */
} mark_kind;

typedef struct mark {
  mark_kind kind;
  const word_mark *words;          /* MARK_WORDS */
  const char *chosen, *not_chosen; /* as the file spells them */
} mark;

static bool is_text(const column_facts *c, slice wanted, slice *found) {
  for (uint32_t i = 0; i < c->texts_count; i++) {
    char room[WORD_BYTES];
    if (slice_equal(words_fold(c->texts[i].text, room), wanted)) {
      *found = c->texts[i].text;
      return true;
    }
  }
  return false;
}

/* Whether all texts are words of the pair, or 1 or 0. */
static bool has_words(guesses *g, const column_facts *c, const word_mark *w, mark *out) {
  slice chosen = {"", 0};
  slice not_chosen = {"", 0};
  slice flag;
  const uint32_t found = (uint32_t)is_text(c, slice_of(w->chosen), &chosen) +
                         (w->not_chosen != NULL && is_text(c, slice_of(w->not_chosen), &not_chosen));
  /* Exports that were joined may have 1 and 0 beside the words. */
  const uint32_t flags = strcmp(w->chosen, "1") == 0
                             ? 0
                             : (uint32_t)is_text(c, slice_of("1"), &flag) + is_text(c, slice_of("0"), &flag);
  if (found == 0 || found + flags < facts_distinct(c) || (w->not_chosen == NULL && c->blank == 0)) {
    return false;
  }
  *out = (mark){.kind = MARK_WORDS,
                .words = w,
                .chosen = chosen.length > 0 ? guess_text(g, "%.*s", SLICE_ARG(chosen)) : NULL,
                .not_chosen = not_chosen.length > 0 ? guess_text(g, "%.*s", SLICE_ARG(not_chosen)) : NULL};
  return true;
}

/* Whether the column's only text is the option in its title. */
static bool has_own_text(const guess *at) {
  const column_facts *c = at->facts;
  for (uint32_t i = 0; facts_distinct(c) == 1 && i < c->texts_count; i++) {
    if (c->texts[i].reason == NULL) {
      const slice text = c->texts[i].text;
      return slice_equal(text, at->part) ||
             (c->label.length > text.length + 1 &&
              memcmp(c->label.bytes + c->label.length - text.length, text.bytes, text.length) == 0);
    }
  }
  return false;
}

static bool has_flags(const column_facts *c) {
  slice text;
  const uint32_t found = (uint32_t)is_text(c, slice_of("0"), &text) + is_text(c, slice_of("1"), &text);
  return found > 0 && found == facts_distinct(c);
}

static mark mark_of(guesses *g, const guess *at) {
  const column_facts *c = at->facts;
  mark found = {.kind = MARK_NONE};
  if (facts_answers(c) == 0) {
    return (mark){.kind = MARK_BLANK};
  }
  if (has_own_text(at) && c->blank > 0) {
    return (mark){.kind = MARK_TEXT};
  }
  if (!c->many && has_flags(c)) {
    return (mark){.kind = MARK_FLAGS};
  }
  for (size_t i = 0; !c->many && facts_distinct(c) <= 4 && words_mark_at(i) != NULL; i++) {
    if (has_words(g, c, words_mark_at(i), &found)) {
      return found;
    }
  }
  const bool is_other = words_have(WORD_OTHER, at->part) || words_have(WORD_OTHER, c->label);
  return (mark){.kind = is_other && at->type != GUESS_SCALE ? MARK_OTHER : MARK_NONE};
}

/* Whether options with marks B go with those found so far, A. */
static bool goes_with(mark *a, const mark *b) {
  if (b->kind == MARK_NONE || (a->kind == MARK_WORDS && b->kind == MARK_WORDS && a->words != b->words)) {
    return false;
  }
  if (b->kind == MARK_BLANK || b->kind == MARK_OTHER) {
    return true;
  }
  if (a->kind == MARK_BLANK || (a->kind == MARK_FLAGS && b->kind == MARK_WORDS)) {
    *a = *b;
    return true;
  }
  if (a->kind == MARK_WORDS && b->kind == MARK_FLAGS) {
    return true;
  }
  a->chosen = a->chosen != NULL ? a->chosen : b->chosen;
  a->not_chosen = a->not_chosen != NULL ? a->not_chosen : b->not_chosen;
  return a->kind == b->kind;
}

static void join(guesses *g, uint32_t first, uint32_t count, const mark *m, bool has_other) {
  guess *head = &g->at[first];
  for (uint32_t i = 0; i < count; i++) {
    g->at[first + i].type = GUESS_MULTI_OPTION;
    g->at[first + i].absent_count = 0;
    g->at[first + i].notes_count = 0;
  }
  for (uint32_t i = 0; i < count; i++) {
    guess column = g->at[first + i];
    kinds_take_absences(&column, false);
    for (uint32_t k = 0; k < column.absent_count; k++) {
      kinds_add_absent_once(head, &column.absent[k]);
    }
  }
  head->options_count = count;
  head->chosen_text = m->chosen;
  head->not_chosen_text = m->not_chosen;
  head->any_is_chosen = m->kind == MARK_TEXT || has_other;
  uint64_t most = 0;
  for (uint32_t i = 0; i < count; i++) {
    most = facts_answers(g->at[first + i].facts) > most ? facts_answers(g->at[first + i].facts) : most;
  }
  head->evidence = GUESS_SAY(g, PHRASE_MARKS, guess_count(g, count), guess_count(g, most));
}

void guess_options(guesses *g) {
  for (uint32_t i = 0, next; i < g->count; i = next) {
    next = i + 1;
    if (g->at[i].stem.length == 0 || g->at[i].set != NULL) {
      continue;
    }
    mark all = mark_of(g, &g->at[i]);
    bool has_other = all.kind == MARK_OTHER;
    uint32_t marked = all.kind != MARK_NONE && all.kind != MARK_BLANK && all.kind != MARK_OTHER;
    if (all.kind == MARK_NONE || has_other) {
      continue; /* written answers follow the options */
    }
    for (; next < g->count && g->at[next].set == NULL && slice_equal(g->at[next].stem, g->at[i].stem);
         next++) {
      const mark m = mark_of(g, &g->at[next]);
      const bool has_pair = all.kind == MARK_WORDS && all.words->not_chosen != NULL;
      if (!goes_with(&all, &m) || (m.kind == MARK_OTHER && has_pair)) {
        break; /* the "no" of a pair was not written in */
      }
      has_other = has_other || m.kind == MARK_OTHER;
      marked += m.kind != MARK_BLANK && m.kind != MARK_OTHER;
    }
    if (next - i >= 2 && marked >= 1 && marked + has_other >= 2) {
      join(g, i, next - i, &all, has_other);
    }
  }
}

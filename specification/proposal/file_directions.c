/* What one part of a file says of the good end of scales, another one may mean, too. */
#include "specification/proposal/direction.h"
#include "specification/proposal/kinds.h"

/* Codes of which nothing in their own column says which end is the good one. */
static bool is_untold(const guess *at) {
  return at->type == GUESS_SCALE && (at->ladder == NULL || at->is_mixed) && !at->is_direction_told &&
         !at->is_direction_open && !at->is_recommendation;
}

/* What the lines above the table, and remarks below it, say; NULL: nothing against the high end. */
static const char *said_beside(guesses *g) {
  slice words;
  const told_direction above = direction_of(slice_of(g->above), &words);
  if (above == DIRECTION_DOWN) {
    return GUESS_SAY(g, PHRASE_LINES_SAY, guess_slice(g, words));
  }
  for (uint32_t i = 0; i < g->facts.totals_count; i++) {
    if (g->facts.totals[i].is_note && direction_of(g->facts.totals[i].word, &words) == DIRECTION_DOWN) {
      return GUESS_SAY(g, PHRASE_LINES_SAY, guess_slice(g, words));
    }
  }
  return NULL;
}

/* A scale with the same codes that begins with the best; NULL: none does. */
static const guess *reversed_like(const guesses *g, const guess *at) {
  for (uint32_t i = 0; i < g->count; i++) {
    const guess *other = &g->at[i];
    if (other->type == GUESS_SCALE && other->ladder == NULL && other->is_reversed &&
        other->is_direction_told && other->low == at->low && other->high == at->high &&
        !kinds_is_dissatisfaction(other)) {
      return other;
    }
  }
  return NULL;
}

void guess_file_directions(guesses *g) {
  const char *beside = said_beside(g);
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    const guess *other = is_untold(at) ? reversed_like(g, at) : NULL;
    const char *said =
        other != NULL ? GUESS_SAY(g, PHRASE_COLUMN_SAYS, guess_slice(g, text_fit(other->facts->title, 40)))
                      : beside;
    if (is_untold(at) && said != NULL) {
      at->is_direction_open = true;
      guess_note(at, GUESS_SAY(g, PHRASE_FILE_REVERSED, said));
    }
  }
}

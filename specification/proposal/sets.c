/* Multiple-response sets of the file's dictionary: each is one variable, and its columns are left out. */
#include "specification/proposal/guess.h"

/* The column in which the reader joined the answers to SET, a set of categories. */
static guess *find_joined(guesses *g, const code_set *set) {
  for (uint32_t i = 0; i < g->count; i++) {
    const slice title = g->at[i].facts->title;
    if (g->at[i].facts->codes->is_set && title.length == set->name.length + 1 &&
        slice_equal((slice){title.bytes + 1, title.length - 1}, set->name)) {
      return &g->at[i];
    }
  }
  return NULL;
}

/* The guess that stands for SET; NULL: its columns remain separate variables. */
static guess *find_head(guesses *g, const code_set *set) {
  if (!guess_is_name(set->name) || set->columns_count == 0) {
    return NULL;
  }
  if (set->counted.length == 0) {
    return find_joined(g, set);
  }
  for (uint32_t i = 0; i < set->columns_count; i++) {
    if (g->at[set->columns[i]].set != NULL) {
      return NULL; /* it is also in another set */
    }
  }
  return &g->at[set->columns[0]];
}

static void leave_out(guess *at, const code_set *set) {
  at->type = GUESS_MULTI_OPTION;
  at->set = set;
  at->absent_count = 0;
  at->notes_count = 0;
}

void guess_sets(guesses *g, const manifest *dataset) {
  for (uint32_t i = 0; i < dataset->sets_count; i++) {
    const code_set *set = &dataset->sets[i];
    guess *head = find_head(g, set);
    if (head == NULL) {
      continue;
    }
    for (uint32_t k = 0; k < set->columns_count; k++) {
      if (g->at[set->columns[k]].set == NULL) {
        leave_out(&g->at[set->columns[k]], set);
      }
    }
    leave_out(head, set);
    head->type = GUESS_MULTI;
    head->name = guess_name(g, set->name);
    head->evidence = GUESS_SAY(g, PHRASE_SET, guess_count(g, set->columns_count));
  }
}

/* What the kinds of columns share.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_KINDS_H
#define CANVASS_SPECIFICATION_PROPOSAL_KINDS_H

#include "specification/proposal/guess.h"
#include "specification/proposal/words.h"

/* The label if there is one, else the title. */
slice kinds_question(const guess *at);
/* Whether the title, its last part or the label has a word of that kind. */
bool kinds_title_has(const guess *at, word_kind kind);
/* Whether it asks how satisfied, or how dissatisfied, somebody is; "satisfied or dissatisfied" is the former.
 */
bool kinds_is_satisfaction(const guess *at);
bool kinds_is_dissatisfaction(const guess *at);
/* Whether it asks how likely somebody is to recommend: not how often, and not how unlikely. */
bool kinds_asks_recommendation(const guess *at);
/* "1,811 of 1,811 rows" */
const char *kinds_rows(guesses *g, const guess *at);
/* "North 812, South 700": the most frequent answers. */
const char *kinds_answers(guesses *g, const guess *at);
void kinds_add_absent(guess *at, slice text, const char *reason, uint64_t count);
/* Adds ABSENT unless its text is there already. */
void kinds_add_absent_once(guess *at, const guess_absent *absent);
void kinds_drop_absent(guess *at, slice text);
/* Adds the texts that are not answers; AMONG_WORDS: only those that are certain. */
void kinds_take_absences(guess *at, bool among_words);

#endif

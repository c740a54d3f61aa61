/* What a proposed page says in its comments, in each language.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_PHRASES_H
#define CANVASS_SPECIFICATION_PROPOSAL_PHRASES_H

#include "base/buf.h"

typedef enum phrase {
#define PHRASE(name, en, hans, hant) PHRASE_##name,
#include "specification/proposal/phrases.def"
#undef PHRASE
  PHRASES
} phrase;

enum { PHRASE_PLACES = 4 };

/* Appends P in LANGUAGE (of plan_languages), {1}, {2}, .. replaced by TEXTS, of which there are COUNT. */
void phrase_put(phrase p, int language, const char *const *texts, size_t count, buf *out);

#endif

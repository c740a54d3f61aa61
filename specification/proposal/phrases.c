#include "specification/proposal/phrases.h"

#include <assert.h>

#include "stats/plan/plan.h"

static const char *const patterns[PHRASES][LANGUAGES] = {
#define PHRASE(name, en, hans, hant) {en, hans, hant},
#include "specification/proposal/phrases.def"
#undef PHRASE
};

void phrase_put(phrase p, int language, const char *const *texts, size_t count, buf *out) {
  assert(language >= 0 && language < LANGUAGES);
  for (const char *at = patterns[p][language]; *at != '\0'; at++) {
    const bool is_place = at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}';
    const size_t place = is_place ? (size_t)(at[1] - '1') : 0;
    if (is_place && place < count) {
      buf_printf(out, "%s", texts[place]);
      at += 2;
    } else {
      buf_put(out, at, 1);
    }
  }
}

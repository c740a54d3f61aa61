/* The catalogue of the frame's words. */
#include "report/words.h"

#include <assert.h>
#include <string.h>

static const char *const words[WORD_COUNT][3] = {
#define X(id, en, hans, hant) [id] = {en, hans, hant},
    WORD_TABLE(X)
#undef X
};

static const struct {
  const char *name;
  word w;
} named_words[] = {
    {"sampling", WORD_SAMPLING},
    {"frequency", WORD_FREQUENCY},
};

const char *word_text(word w, report_language language) {
  assert(w < WORD_COUNT && language <= REPORT_ZH_HANT);
  return words[w][language];
}

const char *word_for_name(const char *name, report_language language) {
  for (size_t i = 0; i < sizeof named_words / sizeof named_words[0]; i++) {
    if (strcmp(named_words[i].name, name) == 0) {
      return word_text(named_words[i].w, language);
    }
  }
  return name;
}

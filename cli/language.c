/* One choice for the process, like a locale. */
#include "cli/language.h"

#include "cli/environment.h"

static int chosen_language = -1;

void language_choose(int chosen) {
  chosen_language = chosen;
}

report_language language_now(void) {
  return chosen_language < 0 ? environment_language() : (report_language)chosen_language;
}

const char *language_said(const char *const text[LANGUAGES]) {
  return text[language_now()];
}

const char *language_say(const char *en, const char *zh_hans, const char *zh_hant) {
  const char *const text[LANGUAGES] = SAID(en, zh_hans, zh_hant);
  return language_said(text);
}

/* Language and colour. */
#include "cli/environment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stats/plan/plan.h"

enum { COLUMNS_MAX = 120 };

static bool is_set(const char *text) {
  return text != NULL && text[0] != '\0';
}

report_language environment_language_of(const char *locale) {
  const int index = plan_language_of(locale);
  return index < LANGUAGES ? (report_language)index : REPORT_EN;
}

report_language environment_language(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const char *value = getenv(names[i]);
    if (is_set(value)) {
      return environment_language_of(value);
    }
  }
  return REPORT_EN;
}

bool environment_color(color_choice choice, bool is_standard_output) {
  if (choice != COLOR_AUTO) {
    return choice == COLOR_ALWAYS;
  }
  const char *terminal = getenv("TERM");
  bool is_dumb = terminal != NULL && strcmp(terminal, "dumb") == 0;
  return is_standard_output && isatty(STDOUT_FILENO) == 1 && !is_set(getenv("NO_COLOR")) && !is_dumb;
}

unsigned environment_columns(bool is_standard_output) {
  struct winsize size;
  if (!is_standard_output || isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
    return 0;
  }
  return size.ws_col > COLUMNS_MAX ? COLUMNS_MAX : size.ws_col;
}

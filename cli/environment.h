/* Language and colour from the environment. */
#ifndef CANVASS_CLI_ENVIRONMENT_H
#define CANVASS_CLI_ENVIRONMENT_H

#include "cli/subcommand.h"

/* LC_ALL, LC_MESSAGES, LANG: the first that is set.  zh_TW, zh_HK, zh_MO and zh_Hant are traditional. */
report_language environment_language(void);
report_language environment_language_of(const char *locale); /* "zh_TW.UTF-8" */
/* Whether to use colour for an answer, on standard output or not. */
bool environment_color(color_choice choice, bool is_standard_output);
/* The width for tables: of the terminal up to 120, 0 when there is none. */
unsigned environment_columns(bool is_standard_output);

#endif

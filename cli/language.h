/* The language of what the program says to people: help, progress, notes, tables of jobs.  Errors, warnings
 * and logs are English, so that they can be searched for (docs/report.md says so). */
#ifndef CANVASS_CLI_LANGUAGE_H
#define CANVASS_CLI_LANGUAGE_H

#include "report/report.h"
#include "stats/plan/plan.h"

/* A text in a table: one without all its translations does not compile. */
#define SAID(en, zh_hans, zh_hant) \
  { en, zh_hans, zh_hant }

/* For the whole program, before anything is said.  CHOSEN: a report_language that --lang names; below 0: that
 * of the environment, as before the first call. */
void language_choose(int chosen);
report_language language_now(void);
/* The one of a table's texts. */
const char *language_said(const char *const text[LANGUAGES]);
/* The one of three formats, all of the same arguments: the compiler checks each. */
const char *language_say(const char *en, const char *zh_hans, const char *zh_hant)
    __attribute__((format_arg(1), format_arg(2), format_arg(3)));

#endif

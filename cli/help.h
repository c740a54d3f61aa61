/* Screens of help and pages of the manual, made from the tables of subcommands, analyses, formats and topics.
 */
#ifndef CANVASS_CLI_HELP_H
#define CANVASS_CLI_HELP_H

#include "cli/subcommand.h"

/* In the language of now. */
void help_bare(buf *out); /* of `canvass` alone */
void help_overview(buf *out);
void help_subcommand(const subcommand *s, buf *out);
/* "text (default)|json|csv|svg:"; what follows a colon is for the help of that format to say */
void help_formats_list(report_language language, buf *out);

/* Topics, which are neither subcommand, analysis nor format; English, like the manual. */
typedef struct help_topic {
  const char *name;
  const char *summary; /* half a line */
  void (*put)(buf *out);
} help_topic;
const help_topic *help_topic_at(size_t index); /* NULL after the last */
const help_topic *help_topic_find(const char *name);

/* The page of the manual of a subcommand, of `specification`, or, NAME NULL, of the program: for man(1), in
 * English. STATUS_USAGE: there is none of that name. */
status help_manual(const char *name, buf *out, error *err) MUST_USE;
/* canvass-specification(5). */
void help_manual_specification(buf *out);

#endif

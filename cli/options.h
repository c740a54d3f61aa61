/* Options of the command line: a table lists them, one parser reads it, help prints it. */
#ifndef CANVASS_CLI_OPTIONS_H
#define CANVASS_CLI_OPTIONS_H

#include "base/status.h"
#include "cli/language.h"

typedef enum option_kind {
  OPTION_FLAG,     /* bool */
  OPTION_COUNT,    /* unsigned, LOW..HIGH */
  OPTION_BYTES,    /* uint64_t: "500M", "20G"; at least LOW MiB */
  OPTION_CHOICE,   /* int: index into CHOICES */
  OPTION_LANGUAGE, /* int: index into plan_languages, whatever tag asks for it */
  OPTION_FORMAT,   /* const char *: of a report (report/formats.def), which screens list in place of HELP */
  OPTION_TEXT,     /* const char *: borrowed from the command line */
  OPTION_TEXTS,    /* option_texts: may be given several times */
} option_kind;

enum { OPTION_TEXTS_MAX = 16 };
typedef struct option_texts {
  const char *at[OPTION_TEXTS_MAX]; /* borrowed from the command line */
  size_t count;
} option_texts;

typedef struct option {
  char letter; /* 0: none */
  const char *name;
  const char *argument; /* as help shows it; NULL for a flag */
  option_kind kind;
  size_t offset; /* of the value in the settings */
  unsigned low, high;
  const char *const *choices; /* ends with NULL */
  const char *help[LANGUAGES];
} option;

typedef struct option_result {
  bool wants_help;       /* -h, --help: all other arguments are then ignored */
  const char **operands; /* borrowed; to be freed */
  size_t operands_count;
} option_result;

/* Reads ARGUMENTS (without the subcommand) into SETTINGS.  "--" ends the options, "-" is an operand.
 * STATUS_USAGE names the option, its value and the nearest known name. */
status options_parse(const option *table, size_t count, const char *const *arguments, size_t arguments_count,
                     void *settings, option_result *out, error *err) MUST_USE;

#endif

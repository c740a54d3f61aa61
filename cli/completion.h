/* What shells offer on Tab, made from the tables of subcommands and options: a file and a row for each shell
 * (completion.c).
 *
 * What stands for a value decides what is offered.  For an option that is its kind, and for one that takes
 * any text its argument as help shows it (FILE, DIR, ...); operands are read from the usage: "NAME SPEC
 * DATA...", "bash|zsh|fish". */
#ifndef CANVASS_CLI_COMPLETION_H
#define CANVASS_CLI_COMPLETION_H

#include "cli/subcommand.h"

typedef enum completion_kind {
  COMPLETE_NOTHING, /* what only the user or a broker knows: ids, names, endpoints, figures */
  COMPLETE_FILES,
  COMPLETE_DIRECTORIES,
  COMPLETE_WORDS, /* a closed list; a word that ends in ':' is gone on with */
} completion_kind;

/* Of O's value; appends the words, with a blank before each. */
completion_kind completion_of_option(const option *o, buf *words);
/* Of the PLACE-th operand of S, from 0, which has completion_operands of them, the last perhaps repeated. */
completion_kind completion_of_operand(const subcommand *s, size_t place, buf *words);
size_t completion_operands(const subcommand *s);
bool completion_repeats(const subcommand *s);
/* Calls for each word of WORDS. */
void completion_each(const buf *words, void (*put)(void *context, slice word), void *context);

/* The scripts. */
void completion_bash(buf *out);
void completion_zsh(buf *out);
void completion_fish(buf *out);

#endif

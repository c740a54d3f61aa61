/* Checks the destination of the answer before anything is read: it can be written there, and nothing that
 * the command reads is lost by it. */
#ifndef CANVASS_CLI_DESTINATION_H
#define CANVASS_CLI_DESTINATION_H

#include "cli/subcommand.h"

/* READ: the specification, then the data files ("-" is standard input); COUNT may be 0.  The files of keys
 * and the store that settings and environment name count as read, too.  Files are compared by device and
 * inode, so that another spelling, a symbolic link and a hard link are the same file.  STATUS_USAGE names the
 * destination and what it would destroy; STATUS_IO says why it cannot be written. */
status destination_check(const settings *s, const char *const *read, size_t count, error *err) MUST_USE;
/* The same where one file is read, which messages call WHAT ("the report"). */
status destination_check_file(const settings *s, const char *what, const char *path, error *err) MUST_USE;

#endif

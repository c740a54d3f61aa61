/* Whether the files that a command names are what it takes them for. */
#ifndef CANVASS_CLI_OPERANDS_H
#define CANVASS_CLI_OPERANDS_H

#include <stddef.h>

#include "base/status.h"

/* OPERANDS: a specification, then data files, if any.  STATUS_USAGE when they stand in another order, when a
 * file is clearly of the other kind, and when two of them are standard input.  What cannot be read is left to
 * who reads it. */
status operands_check(const char *const *operands, size_t count, error *err) MUST_USE;

#endif

/* Where the answer goes: standard output, or a file that appears whole or not at all. */
#ifndef CANVASS_CLI_OUTPUT_H
#define CANVASS_CLI_OUTPUT_H

#include "base/buf.h"
#include "base/status.h"

/* True for NULL and "-". */
bool output_is_standard(const char *path);
/* Before the work begins: could PATH be written? */
status output_check(const char *path, error *err) MUST_USE;
/* A regular file is written beside its place and renamed onto it; devices and pipes are written through.
 * STATUS_IO with the system's reason, such as a full disk; without a word when nobody reads standard output
 * any more. */
status output_write(const char *path, const buf *content, error *err) MUST_USE;
/* Was standard output a pipe whose reader had gone? */
bool output_is_unread(void);
/* Text for people, on standard error; failures there are of no consequence. */
void output_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line of a service's log on standard error, behind the local time and its distance from UTC; one write,
 * whichever thread says it. */
void output_log(const char *line);

#endif

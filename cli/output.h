/* Where the answer goes: standard output, or a file that appears whole or not at all. */
#ifndef CANVASS_CLI_OUTPUT_H
#define CANVASS_CLI_OUTPUT_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/status.h"

/* True for NULL, "-" and the names that standard output has in /dev and /proc. */
bool output_is_standard(const char *path);
/* What is at PATH, links followed, or behind the descriptor that it names; false when nothing is. */
bool output_stat(const char *path, struct stat *out);
/* PATH with symbolic links followed, the last one also when nothing is there yet.  To be freed; NULL when
 * memory is short. */
char *output_resolve(const char *path);
/* Before the work begins: could PATH be written?  STATUS_IO says why not. */
status output_check(const char *path, error *err) MUST_USE;
/* A regular file is written beside its place and renamed onto it, so that a failure leaves what was there;
 * devices, pipes and open descriptors (/dev/stdout, /dev/fd/3) are written through, behind what they hold.
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

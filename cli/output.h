/* Where the answer goes: standard output, or a file that appears complete or not at all. */
#ifndef CANVASS_CLI_OUTPUT_H
#define CANVASS_CLI_OUTPUT_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/status.h"

/* True for NULL, "-" and the names of standard output in /dev and /proc. */
bool output_is_standard(const char *path);
/* What is at PATH, links followed, or at the descriptor that it names; false when there is nothing. */
bool output_stat(const char *path, struct stat *out);
/* PATH with symbolic links followed, the last one even when its target does not exist yet.  To be freed; NULL
 * when memory is short. */
char *output_resolve(const char *path);
/* Before the work begins: checks that PATH can be written.  STATUS_IO says why not. */
status output_check(const char *path, error *err) MUST_USE;
/* A regular file is written beside its place and renamed onto it, so that a failure leaves the old file;
 * devices, pipes and open descriptors (/dev/stdout, /dev/fd/3) are written directly, after what they hold.
 * STATUS_IO with the system's reason, such as a full disk; with an empty message when standard output is no
 * longer read. */
status output_write(const char *path, const buf *content, error *err) MUST_USE;
/* The same piece by piece: what is opened is finished or abandoned. */
typedef struct output_stream {
  int fd;
  bool is_borrowed;    /* an open descriptor */
  const char *name;    /* for messages; borrowed */
  char *path, *beside; /* of a regular file: its place, and where it is written */
} output_stream;
status output_stream_open(const char *path, output_stream *o, error *err) MUST_USE;
status output_stream_put(const output_stream *o, slice bytes, error *err) MUST_USE;
status output_stream_finish(output_stream *o, error *err) MUST_USE; /* also abandons after a failure */
void output_stream_abandon(output_stream *o);
/* JSON (one line, not yet ended) on standard output.  Texts in it may come from others: what is not harmless
 * in them is escaped, which JSON's readers undo.  STATUS_NO_MEMORY when JSON is not whole; WHAT is for
 * messages. */
status output_json(const buf *json, const char *what, error *err) MUST_USE;
/* Whether standard output was a pipe whose reader had gone. */
bool output_is_unread(void);
/* A line for users, on standard error; failures there are ignored.  Texts in it may come from others: they
 * are shown as buf_put_shown does. */
void output_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, a line of a service's log, after the local time and its offset from UTC; one write,
 * whichever thread logs it. */
void output_log(const char *line);

#endif

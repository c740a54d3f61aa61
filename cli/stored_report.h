/* A report that is kept in a file, as `--format json` wrote it. */
#ifndef CANVASS_CLI_STORED_REPORT_H
#define CANVASS_CLI_STORED_REPORT_H

#include "cli/subcommand.h"

typedef status stored_report_writer(const settings *s, const buf *document, error *err);

/* Reads PATH (- is standard input) into DOCUMENT and passes it to WRITE.  The destination of settings is
 * checked first.  STATUS_IO: it cannot be read; STATUS_DATA and STATUS_CORRUPT name it. */
status stored_report_write(const settings *s, const char *path, stored_report_writer *write, buf *document,
                           error *err) MUST_USE;

#endif

/* Reading a report that is kept in a file. */
#include "cli/stored_report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "cli/destination.h"

enum { REPORT_BYTES_MAX = 256 << 20 }; /* as much as the JSON reader takes */

static status read_file(const char *path, buf *out, error *err) {
  const bool is_input = strcmp(path, "-") == 0;
  const int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, STATUS_IO, "cannot open the report %s: %s (a job's id has hexadecimal digits only)",
                     path, strerror(errno));
  }
  const status st =
      file_read_whole(fd, is_input ? "standard input" : path, "a report", REPORT_BYTES_MAX, out, err);
  if (!is_input) {
    (void)close(fd);
  }
  return st;
}

/* The line end behind a document in a file is not part of it. */
static void take_line_end(buf *document) {
  while (document->length > 0 && document->data[document->length - 1] == '\n') {
    document->length--;
  }
}

static bool looks_like_json(const buf *document) {
  const slice text = slice_trim((slice){(const char *)document->data, document->length});
  return text.length > 0 && text.bytes[0] == '{';
}

status stored_report_write(const settings *s, const char *path, stored_report_writer *write, buf *document,
                           error *err) {
  TRY(destination_check_file(s, "the report", path, err));
  TRY(read_file(path, document, err));
  take_line_end(document);
  const status st = write(s, document, err);
  if (st == STATUS_DATA && !looks_like_json(document)) {
    const error why = *err;
    return error_set(err, st, "%s: %s; what 'canvass run --format json' wrote can be printed again", path,
                     why.message);
  }
  return st == STATUS_DATA || st == STATUS_CORRUPT ? error_context(err, st, "%s", path) : st;
}

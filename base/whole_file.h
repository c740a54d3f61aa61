/* Files that are read whole, up to a limit. */
#ifndef CANVASS_BASE_WHOLE_FILE_H
#define CANVASS_BASE_WHOLE_FILE_H

#include "base/buf.h"

/* Appends what FD has up to its end to OUT; room that OUT already has is used first.  PATH and KIND ("a
 * specification") are for the messages.  STATUS_IO when it cannot be read, STATUS_LIMIT above BYTES_MAX
 * bytes, of which not many more are read. */
status whole_file_read(int fd, const char *path, const char *kind, size_t bytes_max, buf *out,
                       error *err) MUST_USE;

#endif

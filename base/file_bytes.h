/* Bytes from files and into them, in as many calls as the system needs. */
#ifndef CANVASS_BASE_FILE_BYTES_H
#define CANVASS_BASE_FILE_BYTES_H

#include "base/buf.h"

/* All LENGTH bytes: 0, or errno.  Reading is ENODATA where the file ends before; writing ENOSPC where nothing
 * more is taken. */
int file_read(int fd, void *out, size_t length);
int file_read_at(int fd, uint64_t offset, void *out, size_t length);
int file_write(int fd, const void *bytes, size_t length);
int file_write_at(int fd, uint64_t offset, const void *bytes, size_t length);

/* Appends what FD has up to its end to OUT; room that OUT already has is used first.  PATH and KIND ("a
 * specification") are for the messages.  STATUS_IO when it cannot be read, STATUS_LIMIT above BYTES_MAX. */
status file_read_whole(int fd, const char *path, const char *kind, size_t bytes_max, buf *out,
                       error *err) MUST_USE;

/* A fresh file without a name, for what need not stay: in TMPDIR, or /var/tmp.  The caller closes *FD.
 * STATUS_IO when there can be none. */
status file_open_unlinked(int *fd, error *err) MUST_USE;

#endif

/* Bytes that may be too many for memory: appended, then read at any position.  Beyond a limit they go to an
 * unlinked temporary file (TMPDIR, or /var/tmp), which is mapped for reading. */
#ifndef CANVASS_READING_XLSX_SPILL_H
#define CANVASS_READING_XLSX_SPILL_H

#include "base/buf.h"

typedef struct spill {
  buf waiting;      /* what is not in the file (yet) */
  size_t in_memory; /* bytes that may wait */
  bool has_file;
  int fd;
  uint64_t written;  /* bytes in the file */
  const uint8_t *at; /* all bytes, after spill_finish */
  size_t length;
} spill;

void spill_init(spill *s, size_t in_memory);
void spill_fini(spill *s);
uint64_t spill_length(const spill *s);
/* STATUS_IO when the file cannot be written. */
status spill_put(spill *s, const void *bytes, size_t length, error *err) MUST_USE;
/* Sets AT and LENGTH; nothing may be put afterwards. */
status spill_finish(spill *s, error *err) MUST_USE;

#endif

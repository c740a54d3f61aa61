/* Bytes that may be too many for memory: appended, then read at any position.  Beyond a limit they go to an
 * unlinked temporary file (TMPDIR, or /var/tmp). */
#ifndef CANVASS_READING_XLSX_SPILL_H
#define CANVASS_READING_XLSX_SPILL_H

#include "base/buf.h"

typedef struct spill {
  buf held;         /* what is not in the file (yet); then what was read from it last */
  size_t in_memory; /* bytes that may be held */
  bool has_file;
  int fd;
  uint64_t written; /* bytes in the file */
} spill;

void spill_init(spill *s, size_t in_memory);
void spill_fini(spill *s);
uint64_t spill_length(const spill *s);
/* STATUS_IO when the file cannot be written. */
status spill_put(spill *s, const void *bytes, size_t length, error *err) MUST_USE;
/* Nothing may be put afterwards. */
status spill_finish(spill *s, error *err) MUST_USE;
/* LENGTH of its bytes, from AT on; valid until the next call.  STATUS_IO when the file cannot be read. */
status spill_get(spill *s, uint64_t at, size_t length, const uint8_t **out, error *err) MUST_USE;

#endif

/* The parts of a workbook: the members of a ZIP archive, unpacked one at a time (minizip).
 *
 * Archives are hostile: a member's stated sizes are not believed, and one that unpacks to far more than
 * survey data do is refused.
 */
#ifndef CANVASS_READING_XLSX_PACKAGE_H
#define CANVASS_READING_XLSX_PACKAGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

enum {
  PACKAGE_NAME_BYTES = 1024,
  PACKAGE_RATIO_MAX = 300,                /* the most unpacked bytes of a member for each packed byte, */
  PACKAGE_RATIO_FREE = 256 * 1024 * 1024, /* checked once it has unpacked to more than this */
};

typedef struct package package;

/* PATH is a regular file.  TITLE names it in messages and is borrowed.
 * STOP (may be NULL) ends reading with STATUS_INTERRUPTED. */
status package_open(const char *path, const char *title, const atomic_bool *stop, package **out,
                    error *err) MUST_USE;
void package_close(package *p);
const char *package_title(const package *p);
/* How far the archive was read, in bytes: in the open member or, when none is open, in the last one. */
uint64_t package_position(const package *p);
/* Whether there is a member of that name, in letters of any case. */
bool package_has(package *p, slice name);
/* Opens a member, and closes the one before.  STATUS_DATA when there is no such member. */
status package_open_member(package *p, slice name, error *err) MUST_USE;
/* Up to CAPACITY bytes into OUT; *GOT is 0 only at the end, when the member's checksum is right. */
status package_read(package *p, void *out, unsigned capacity, size_t *got, error *err) MUST_USE;

#endif

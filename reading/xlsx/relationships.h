/* Which parts a part of a package refers to (ECMA-376, part 2, clause 9). */
#ifndef CANVASS_READING_XLSX_RELATIONSHIPS_H
#define CANVASS_READING_XLSX_RELATIONSHIPS_H

#include "base/arena.h"
#include "reading/xlsx/package.h"

typedef struct relationship {
  slice id, kind, part; /* KIND: the last word of its type, such as "worksheet" */
} relationship;

typedef struct relationships {
  relationship *list;
  size_t count;
} relationships;

/* Those of PART ("" for those of the package); where there are none, OUT is empty.  OUT lives in MEMORY. */
status relationships_read(package *p, slice part, arena *memory, relationships *out, error *err) MUST_USE;
/* The first part of KIND; empty: there is none. */
slice relationships_part(const relationships *r, const char *kind);

#endif

/* Checks a store that no process has open: every record and every blob.
 *
 * A broker's records mean more than their bytes: broker/records/upkeep.h checks those stores, with the
 * findings of this page. */
#ifndef CANVASS_STORE_STORE_CHECK_H
#define CANVASS_STORE_STORE_CHECK_H

#include "store/blob_check.h"

typedef struct store_findings {
  /* Called for each damage: WHERE ("index, page 7"; "blob 0a1b..."; "dataset airline"), WHAT is wrong. */
  void (*tell)(void *context, const char *where, const char *what);
  void *context;
  uint64_t datasets, jobs; /* of a broker */
  uint64_t records; /* whole ones: a broker's results; of a cache partials and what files were read into */
  uint64_t damaged_records;   /* and places of the index */
  uint64_t blobs, blob_bytes; /* whole ones */
  uint64_t damaged_blobs;
  uint64_t missing; /* blobs that records name: missing or damaged */
} store_findings;

bool store_findings_are_whole(const store_findings *f);
/* Tells and counts what is wrong with a record or a page. */
void store_findings_record(store_findings *f, const char *where, const char *what);
/* Likewise for page PAGE of the index; a pages_visitor's `damage` with the findings as its context. */
void store_findings_page(void *findings, uint64_t page, const char *what);

/* Compares every blob below the descriptor DIRECTORY with its name.  WHOLE (empty, to be freed) are the names
 * of those that match. */
status store_check_blobs(int directory, store_findings *f, blob_names *whole, error *err) MUST_USE;
/* Checks the cache in DIRECTORY.  STATUS_OK whatever is found; STATUS_USAGE when it is in use. */
status store_check_cache(const char *directory, store_findings *f, error *err) MUST_USE;

#endif

/* Looking after a broker's store: checking it, giving back what is whole in a damaged one, copying a running
 * one.
 *
 * What is found wrong is told to the findings (store/store_check.h) and ends nothing: these functions fail
 * only when they cannot do their work. */
#ifndef CANVASS_BROKER_RECORDS_UPKEEP_H
#define CANVASS_BROKER_RECORDS_UPKEEP_H

#include "store/store_check.h"

/* Every record, every blob, and whether the blobs that records name are there.  STATUS_USAGE when DIRECTORY
 * is in use. */
status upkeep_verify(const char *directory, store_findings *f, error *err) MUST_USE;
/* Makes a store of what is whole in FROM, which no broker may have open and which stays as it is, in TO,
 * which is new or empty: records that match their checksums, blobs that match their names.  Where both are on
 * one file system blobs are links to the same files.  STATUS_CORRUPT when no record can be found. */
status upkeep_salvage(const char *from, const char *to, store_findings *f, error *err) MUST_USE;
/* Copies the store FROM, which a broker may have open, to TO, which is new or empty: the records as one
 * commit left them, and the blobs that they name, compared with their names.  What was only uploaded and is
 * named by nothing is left out.  TO becomes a store with the last step. */
status upkeep_backup(const char *from, const char *to, store_findings *f, error *err) MUST_USE;

#endif

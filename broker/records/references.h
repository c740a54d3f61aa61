/* The blobs that a broker's records name: those of jobs, and the manifests and shards of datasets and of
 * unfinished jobs. */
#ifndef CANVASS_BROKER_RECORDS_REFERENCES_H
#define CANVASS_BROKER_RECORDS_REFERENCES_H

#include "broker/records/stock.h"

typedef struct reference {
  digest name;
  const ledger_dataset *dataset; /* what names it, one of the two */
  const ledger_job *job;
} reference;

typedef struct reference_list {
  reference *at; /* by name, each once */
  size_t count, capacity;
} reference_list;

/* Reads the manifests below the descriptor DIRECTORY.  One that cannot be read or decoded is told to F as
 * missing, and its shards are not known.  The stock outlives the list. */
status references_read(const stock *s, int directory, store_findings *f, reference_list *out,
                       error *err) MUST_USE;
void references_fini(reference_list *l);
/* Tells F that the blob of R is missing, with what names it and what to do. */
void references_tell_missing(const reference *r, store_findings *f);

#endif

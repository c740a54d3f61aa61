/* The catalog behind its handle, for its own files. */
#ifndef CANVASS_BROKER_CATALOG_CATALOG_INSIDE_H
#define CANVASS_BROKER_CATALOG_CATALOG_INSIDE_H

#include "broker/catalog/catalog.h"
#include "broker/catalog/pins.h"
#include "store/manifest.h"

struct catalog {
  host *host;
  peers *peers;
  blobs *blobs;
  vault *vault; /* NULL, as the ledger: nothing is kept */
  ledger *ledger;
  /* Manifests of datasets that could not be read at the start: no references are counted for these. */
  digest *unread;
  size_t unread_count, unread_capacity;
  pins pins;
  /* The last manifest that was decoded: thousands of jobs may be over the same one. */
  digest last_name;
  manifest *last; /* may be NULL */
};

/* ---- manifests.c */
/* The manifest in the vault, borrowed until the next one is opened. */
status manifests_open(catalog *c, const digest *name, const manifest **out, error *err) MUST_USE;

/* ---- datasets.c */
/* M, stored at WHERE, becomes the version after BASE of dataset NAME, as `commit` says.  STATUS_JOB
 * when the dataset is not at BASE; STATUS_NOT_FOUND names a shard that the vault does not have. */
status datasets_commit(catalog *c, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                       uint64_t *version, error *err) MUST_USE;
/* As datasets_commit, without doing it. */
status datasets_check(catalog *c, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                      error *err) MUST_USE;
/* D is no longer one. */
status datasets_drop(catalog *c, const ledger_dataset *d, error *err) MUST_USE;

#endif

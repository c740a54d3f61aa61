/* What the files of this module share. */
#ifndef CANVASS_BROKER_CATALOG_CATALOG_INSIDE_H
#define CANVASS_BROKER_CATALOG_CATALOG_INSIDE_H

#include "broker/catalog/catalog.h"
#include "broker/catalog/pins.h"
#include "store/manifest.h"

struct catalog {
  host *host;
  peers *peers;
  blobs *blobs;
  vault *vault; /* NULL, like the ledger, for a broker that keeps nothing */
  ledger *ledger;
  /* Manifests of datasets that could not be read at the start, whose references are not counted. */
  digest *unread;
  size_t unread_count, unread_capacity;
  pins pins;
  /* The manifest that was decoded last, because thousands of jobs may be over the same one. */
  digest last_name;
  manifest *last; /* may be NULL */
};

/* ---- manifests.c */
/* Decodes a manifest of the vault; it is borrowed until the next one is opened. */
status manifests_open(catalog *c, const digest *name, const manifest **out, error *err) MUST_USE;

/* ---- datasets.c */
/* Makes M, stored at WHERE, the version after BASE of dataset NAME, as the message `commit` asks.  STATUS_JOB
 * when the dataset is not at BASE; STATUS_NOT_FOUND names a shard that the vault does not have. */
status datasets_commit(catalog *c, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                       uint64_t *version, error *err) MUST_USE;
/* Checks whether datasets_commit would succeed. */
status datasets_check(catalog *c, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                      error *err) MUST_USE;
/* Drops the dataset D. */
status datasets_drop(catalog *c, const ledger_dataset *d, error *err) MUST_USE;

#endif

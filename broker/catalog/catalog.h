/* The one place where the broker knows what it keeps means something: it decodes manifests of datasets, and
 * writes listings as JSON.  Everything else in broker/ passes opaque bytes on.
 *
 * A dataset is a name, a version, and a manifest in the vault.  References to its manifest and shards are
 * counted for the dataset itself and for each unfinished job over it. */
#ifndef CANVASS_BROKER_CATALOG_CATALOG_H
#define CANVASS_BROKER_CATALOG_CATALOG_H

#include "broker/blobs/blobs.h"
#include "broker/peers/peers.h"

typedef struct catalog catalog;

/* All are borrowed; V and L are NULL for a broker that keeps nothing.  NULL when out of memory. */
catalog *catalog_new(host *h, peers *p, blobs *b, vault *v, ledger *l);
void catalog_destroy(catalog *c); /* accepts NULL */
/* To be called at the start: counts the references of all datasets, and logs those whose manifest cannot be
 * read. */
status catalog_restore(catalog *c, error *err) MUST_USE;

/* Handle messages of clients: STATUS_OK, or why the sender is refused. */
status catalog_on_dataset(catalog *c, peer *from, wire_message *m, error *why) MUST_USE;
status catalog_on_commit(catalog *c, peer *from, wire_message *m, error *why) MUST_USE;
status catalog_on_drop(catalog *c, peer *from, wire_message *m, error *why) MUST_USE;
/* RUNNING tells about unfinished jobs and workers. */
status catalog_on_list(catalog *c, const core *running, peer *from, wire_message *m, error *why) MUST_USE;

/* ---- Manifests, for jobs */
typedef struct catalog_shards {
  core_shard *at;
  uint32_t count;
  uint64_t rows;
} catalog_shards;
/* The shards of a manifest in the vault, or of a given one; freed by catalog_shards_fini. */
status catalog_shards_of(catalog *c, const digest *manifest, catalog_shards *out, error *err) MUST_USE;
status catalog_shards_in(const void *bytes, size_t length, catalog_shards *out, error *err) MUST_USE;
void catalog_shards_fini(catalog_shards *s);
/* Counts the references to a manifest and its shards up or down; none if it cannot be read. */
status catalog_refer(catalog *c, const digest *manifest, error *err) MUST_USE;
void catalog_release(catalog *c, const digest *manifest);

/* ---- What a READ made */
typedef struct catalog_draft catalog_draft;
/* Prepares the manifest under HANDLE to become the version after that of the READ job J; *REPORT is what the
 * job's owner is told about it, as JSON.  STATUS_JOB when the dataset is not at that version (any longer);
 * STATUS_NOT_FOUND names a shard that the vault does not have. */
status catalog_draft_open(catalog *c, const ledger_job *j, core_blob handle, catalog_draft **out,
                          core_blob *report, error *err) MUST_USE;
/* Makes the dataset appear, in the turn's transaction. */
status catalog_draft_commit(catalog *c, const ledger_job *j, const catalog_draft *d, error *err) MUST_USE;
void catalog_draft_close(catalog_draft *d); /* accepts NULL */

/* ---- Words for people */
/* Adds to the end of WHY the files of the shards from FIRST to LAST of J's dataset.  These two leave WHY
 * unchanged if the manifest cannot be read. */
void catalog_name_files(catalog *c, const ledger_job *j, const digest *first, const digest *last, error *why);
/* WHY says that the blob LOST is not available: if it is a shard of J's dataset, WHY then says so, with the
 * shard's file and what to do. */
void catalog_name_lost(catalog *c, const ledger_job *j, const digest *lost, error *why);
enum { WAIT_TEXT_BYTES = 256 };
/* What a job waits for, with the worker's name; "" when it does not wait. */
void catalog_wait_text(const catalog *c, const core_wait *wait, char out[WAIT_TEXT_BYTES]);

#endif

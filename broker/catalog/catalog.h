/* What the broker knows of the meaning of what it keeps, all in one place: it decodes the manifests of
 * datasets, and writes listings as JSON.  Everything else in broker/ passes opaque bytes on.
 *
 * A dataset is a name, a version, and a manifest in the vault.  Its manifest and shards are referred to for
 * as long as it is there, and for each unfinished job over it. */
#ifndef CANVASS_BROKER_CATALOG_CATALOG_H
#define CANVASS_BROKER_CATALOG_CATALOG_H

#include "broker/blobs/blobs.h"
#include "broker/peers/peers.h"

typedef struct catalog catalog;

/* All are borrowed; VAULT and LEDGER are NULL where nothing is kept.  NULL when out of memory. */
catalog *catalog_new(host *h, peers *p, blobs *b, vault *v, ledger *l);
void catalog_destroy(catalog *c); /* accepts NULL */
/* At the start: counts the references of all datasets.  One whose manifest cannot be read is logged. */
status catalog_restore(catalog *c, error *err) MUST_USE;

/* Messages of clients: STATUS_OK, or why the sender is refused. */
status catalog_on_dataset(catalog *c, peer *from, wire_message *m, error *why) MUST_USE;
status catalog_on_commit(catalog *c, peer *from, wire_message *m, error *why) MUST_USE;
status catalog_on_drop(catalog *c, peer *from, wire_message *m, error *why) MUST_USE;
/* RUNNING knows the unfinished jobs and the workers. */
status catalog_on_list(catalog *c, const core *running, peer *from, wire_message *m, error *why) MUST_USE;

/* ---- Manifests, for jobs */
typedef struct catalog_shards {
  core_shard *at;
  uint32_t count;
  uint64_t rows;
} catalog_shards;
/* The shards of a manifest in the vault, or of one that is given; freed by catalog_shards_fini. */
status catalog_shards_of(catalog *c, const digest *manifest, catalog_shards *out, error *err) MUST_USE;
status catalog_shards_in(const void *bytes, size_t length, catalog_shards *out, error *err) MUST_USE;
void catalog_shards_fini(catalog_shards *s);
/* Counts the references of a manifest and its shards up or down.  When it cannot be read none is counted. */
status catalog_refer(catalog *c, const digest *manifest, error *err) MUST_USE;
void catalog_release(catalog *c, const digest *manifest);

/* ---- What a READ made */
typedef struct catalog_draft catalog_draft;
/* The manifest under HANDLE is to become the version after that of the READ job J: *REPORT is what the job's
 * owner is told of it, as JSON.  STATUS_JOB when the dataset is not at that version (any longer);
 * STATUS_NOT_FOUND names a shard that the vault does not have. */
status catalog_draft_open(catalog *c, const ledger_job *j, core_blob handle, catalog_draft **out,
                          core_blob *report, error *err) MUST_USE;
/* The dataset appears, in the turn's transaction. */
status catalog_draft_commit(catalog *c, const ledger_job *j, const catalog_draft *d, error *err) MUST_USE;
void catalog_draft_close(catalog_draft *d); /* accepts NULL */

/* ---- Words for people */
/* Names the files of the shards from FIRST to LAST of J's dataset at the end of WHY.  Without its manifest
 * WHY stays as it is, and so it does with the next. */
void catalog_name_files(catalog *c, const ledger_job *j, const digest *first, const digest *last, error *why);
/* WHY says that LOST is not to be had: if it is a shard of J's dataset, says so with its file and what to
 * do. */
void catalog_name_lost(catalog *c, const ledger_job *j, const digest *lost, error *why);
enum { WAIT_TEXT_BYTES = 256 };
/* What a job waits for, with the worker's name; "" when it goes on. */
void catalog_wait_text(const catalog *c, const core_wait *wait, char out[WAIT_TEXT_BYTES]);

#endif

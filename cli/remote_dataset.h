/* A dataset of the cluster as a manifest and its shards, where a session knows only bytes. */
#ifndef CANVASS_CLI_REMOTE_DATASET_H
#define CANVASS_CLI_REMOTE_DATASET_H

#include "client/session.h"
#include "store/manifest.h"
#include "store/store.h"

typedef struct remote_dataset {
  uint64_t version;  /* 0: there is no such dataset */
  manifest *content; /* NULL when there is none; manifest_destroy */
} remote_dataset;
status remote_dataset_get(session *link, const char *name, remote_dataset *out, error *err) MUST_USE;

/* session_put of M with those of its shards that SHARDS has; CALLBACK (may be NULL) counts rows. */
status remote_dataset_put(session *link, const char *name, uint64_t base, const manifest *m, store *shards,
                          const session_callback *callback, session_put_counts *counts, error *err) MUST_USE;

#endif

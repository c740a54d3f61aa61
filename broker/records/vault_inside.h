/* The vault behind its handle, for its own files: vault.c (complete blobs), vault_receive.c (arriving ones),
 * vault_tidy.c (removal). */
#ifndef CANVASS_BROKER_RECORDS_VAULT_INSIDE_H
#define CANVASS_BROKER_RECORDS_VAULT_INSIDE_H

#include "broker/records/vault.h"
#include "broker/records/vault_table.h"
#include "store/blob_files.h"
#include "store/place.h"

enum {
  VAULT_SYNCED_SINGLY_MAX = 8, /* files; of more the whole file system is synced */
  VAULT_READ_BYTES = 256 << 10,
};

struct vault {
  vault_options options;
  char *directory; /* absolute */
  place place;
  uint8_t probe[VAULT_PROBE_BYTES], secret[VAULT_PROBE_BYTES];
  uint8_t *read_buffer; /* VAULT_READ_BYTES, for comparing */
  vault_table blobs;
  /* Blobs received since the last sync: the first few by name. */
  digest unsynced[VAULT_SYNCED_SINGLY_MAX];
  size_t unsynced_count;
  bool fans_synced[UINT8_MAX +
                   1]; /* directories of blobs, by the first byte of names: on disk in this process */
  /* Receiving. */
  size_t partly_count;
  uint64_t clock;
  uint64_t incoming_count;
  uint64_t compared_bytes;
  /* Tidying: blobs whose last reference was dropped. */
  digest *released;
  size_t released_count, released_capacity;
  size_t released_done;   /* of the list */
  bool released_overflow; /* the list is incomplete */
  unsigned walk_at;       /* the part of the directory where the walk is; beyond the last: it has ended */
  bool walked;
  uint64_t walked_s; /* when it began */
};

void vault_warn(vault *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* STATUS_IO about writing BYTES; for a full disk the message says what to do. */
status vault_write_failed(const vault *v, uint64_t bytes, int problem, error *err);
/* Adds the bytes FROM..TO of FILE to STREAM.  0, or errno; ENODATA: it ends before. */
int vault_hash(vault *v, int file, uint64_t from, uint64_t to, digest_stream *stream);
/* NAME is now in blobs/, BYTES long and compared with its name. */
status vault_note_whole(vault *v, const digest *name, uint64_t bytes, error *err) MUST_USE;
/* A complete blob that is about to be referred to: it is kept as if it had just arrived. */
void vault_touch(vault *v, const digest *name);
/* The path of the beginning of NAME from offers with BYTES. */
void vault_partly_path(const digest *name, uint64_t bytes, char out[BLOB_PATH_BYTES]);
/* It is no longer being sent; what was received of it stays in partly/. */
void vault_drop_partly(vault *v, vault_entry *e, vault_partly *p);
/* E need not be sent any longer, whatever its size: what was received of it is removed. */
void vault_remove_partly(vault *v, vault_entry *e);

#endif

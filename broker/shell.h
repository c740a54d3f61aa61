/* What the files of the broker's shell share; broker.h is the public header.
 *
 * One turn: messages are taken (messages.c, and the handlers of the other files); the core is fed; what it
 * wants kept goes to the ledger at once (jobs/records.c), in memory; answers wait in the outbox.  Then one
 * sync, one commit, and only after it the outbox and what the core wants sent (jobs/replies.c), and the
 * releases.
 *
 * Handlers return STATUS_OK, or why the sender is refused.  After a fatal failure they call
 * broker_fail.
 */
#ifndef CANVASS_BROKER_SHELL_H
#define CANVASS_BROKER_SHELL_H

#include <stdatomic.h>

#include "broker/blobs/blobs.h"
#include "broker/broker.h"
#include "broker/door.h"
#include "broker/listener.h"
#include "broker/peers/outbox.h"
#include "broker/peers/peers.h"
#include "broker/records/ledger.h"
#include "broker/records/vault.h"
#include "broker/transfer/transfer.h"
#include "proto/blob.h"
#include "store/manifest.h"

enum {
  BLOB_INLINE_MAX = 16 * 1024, /* larger blobs of tasks are sent by their name if they have one */
  ENDINGS_MAX = 64,            /* without a ledger: ended jobs that can still be fetched */
  TURNED_AWAY_MAX = 32,
};

/* How a job ended, in a broker that keeps nothing. */
typedef struct ending {
  core_job_id job;
  core_states states;
  zmq_msg_t report; /* always initialised */
  bool is_done;
  error failure;
} ending;

/* A dataset made by a READ: the record of its result. */
typedef struct reading {
  ledger_blob where;
  const manifest *content;
} reading;

struct broker {
  broker_options options;
  listener lines;
  door *door;   /* NULL without keys */
  vault *vault; /* NULL, as the ledger: nothing is kept */
  ledger *ledger;
  core *core;
  core_actions actions;
  blobs blobs;
  routes routes;
  transfers transfers;
  outbox outbox;
  uint8_t instance[INSTANCE_BYTES];
  wire_message *incoming;
  /* Milliseconds in which the broker itself was blocked do not count as its peers' silence: so this clock
   * may be slow. */
  uint64_t clock_ms, seen_ms;
  uint64_t ticked_ms, housekept_ms;
  uint64_t logged_full_ms; /* when the log last reported that a blob cannot be taken; 0: never */
  uint64_t logged_refusals_ms, logged_expired_ms; /* likewise, of connections */
  size_t expired;                                 /* connections that were closed, not yet in the log */
  int wake_fd;                                    /* eventfd */
  atomic_bool stop;
  _Atomic(const key_list *) new_list;
  const key_list *allowed;
  bool must_sync;    /* the vault was written to in this turn */
  bool has_gone;     /* a peer could not be sent to */
  size_t turn_bytes; /* received and answered in this turn */
  /* Manifests of datasets that could not be read at the start: no references are counted for these. */
  digest *unpinned;
  size_t unpinned_count, unpinned_capacity;
  ending *endings; /* a ring of ENDINGS_MAX */
  size_t endings_count;
  char turned_away[TURNED_AWAY_MAX][KEY_TEXT_BYTES]; /* a ring of keys that the log has named */
  size_t turned_away_next;
  status fatal;
  error why_fatal;
};

/* ---- broker.c */
void broker_log(broker *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Ends the broker with the turn: WHY is sent to all peers.  The first one stays. */
void broker_fail(broker *b, status st, const error *why);
/* Gives EVENT to the core, and what must be kept of it to the ledger. */
void broker_feed(broker *b, const core_event *event);
uint64_t broker_wall_s(void);

/* ---- messages.c */
/* Takes one message; *RECEIVED is false when there is none. */
void session_take(broker *b, line_kind line, bool *received);
/* Forgets a peer.  IN_ORDER: it left, says hello anew, or is no longer allowed; otherwise it is lost, and so
 * perhaps are tasks.  WHY is for the log. */
void session_forget(broker *b, peer *p, bool in_order, const char *why);
void session_housekeep(broker *b);
/* Takes over a new list of keys. */
void session_allow(broker *b, const key_list *list);

/* ---- peers/guard.c: connections (connections.h) */
/* Notes that M was received; the connection that it came over. */
connection guard_message(const wire_message *m);
/* The list of keys has changed: connections that are not of peers are closed. */
void guard_allow(broker *b);
void guard_housekeep(broker *b);

/* ---- jobs/replies.c */
/* Queues an answer until after the commit; takes over the content of FRAMES. */
void outgoing_answer(broker *b, const peer *to, const message *m, zmq_msg_t *frames, size_t frames_count);
/* REQUEST (may be NULL) is the message that is refused: its "request" and "blob" are repeated. */
void outgoing_refuse(broker *b, const peer *to, const message *request, const error *why);
/* To a peer that has not said hello, or sent something invalid: of REQUEST (may be NULL) only the number is
 * used. */
void outgoing_refuse_stranger(broker *b, line_kind line, const wire_route *to, const message *request,
                              const error *why);
/* How a job ended: its report, which is under HANDLE.  REQUEST may be NULL. */
void outgoing_report(broker *b, const peer *to, const uint64_t *request, const core_job_id *job,
                     core_states states, core_blob handle);
void outgoing_ended(broker *b, const peer *to, const uint64_t *request, const core_job_id *job,
                    core_states states, const error *failure);
void outgoing_progress(broker *b, const peer *to, const uint64_t *request, const core_job_view *view);
enum { WAIT_TEXT_BYTES = 256 };
/* What a job waits for, with the worker's name; "" when it goes on. */
void outgoing_wait_text(const broker *b, const core_wait *wait, char out[WAIT_TEXT_BYTES]);
/* Sent at once, before the commit: only messages that acknowledge nothing. */
void outgoing_now(broker *b, peer *to, const message *m, const wire_payload *payloads, size_t count);
#define OUTGOING_TOO_MUCH "32 MiB are in transfer to you: receive them first, and request 8 MiB at a time"
/* False when TO has not received what it was sent before: it is then sent a `lost` for the blob. */
bool outgoing_has_room(broker *b, const peer *to, const digest *name);
/* FRAME at OFFSET of a blob of BYTES, at once and counted; the frame stays the caller's. */
void outgoing_chunk(broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                    zmq_msg_t *frame);
/* After the commit: the outbox, then the core's actions, then what it releases. */
void outgoing_all(broker *b);
/* All peers are told WHY the broker ends. */
void outgoing_farewell(broker *b, const error *why);

/* ---- blobs/payloads.c: blobs in messages */
/* Payload INDEX of M as a blob of the core.  With a vault it is in there: an inline one is put there,
 * one by name must have been offered (STATUS_NOT_FOUND). */
status payload_take(broker *b, wire_message *m, size_t index, core_blob *out, error *err) MUST_USE;
/* As received, in memory or as a name that stays with FROM. */
status payload_take_partial(broker *b, wire_message *m, const peer *from, core_blob *out, bool *stays,
                            error *err) MUST_USE;
/* Its name: as given, or computed.  OUT has BLOB_NAME_BYTES. */
status payload_name(wire_message *m, size_t index, uint8_t *out, error *err) MUST_USE;
/* A blob of the vault under a handle, and with its bytes when it is small. */
status payload_of_vault(broker *b, const ledger_blob *where, core_blob *out, error *err) MUST_USE;
/* Its name in the vault; all zero for none or without a vault. */
ledger_blob payload_where(broker *b, core_blob handle);
/* The bytes under a handle, until payload_close. */
typedef struct payload_bytes {
  slice bytes;
  store_blob mapped;
  bool is_mapped;
} payload_bytes;
status payload_open(broker *b, core_blob handle, payload_bytes *out, error *err) MUST_USE;
void payload_close(payload_bytes *p);
/* Puts BYTES (made by a broker file or the broker itself) under a handle, and into the vault where there is
 * one.
 */
status payload_make(broker *b, const void *bytes, size_t length, core_blob *out, error *err) MUST_USE;

/* ---- catalog/, jobs/submission.c: kinds of clients */
typedef status message_handler(broker *b, peer *from, wire_message *m, error *why);
message_handler datasets_get, datasets_on_commit, datasets_on_drop;
message_handler jobs_on_submit, jobs_on_load, jobs_on_watch, jobs_on_ask, jobs_on_cancel;
message_handler listing_on_list;
/* Counts the references of a dataset's manifest and shards up or down.  When the manifest cannot be read none
 * is counted. */
status datasets_pin(broker *b, const digest *name, error *err) MUST_USE;
/* At the start: as datasets_pin, of a dataset, for which a manifest that cannot be read is noted. */
status datasets_restore(broker *b, const ledger_dataset *d, error *err) MUST_USE;
void datasets_unpin(broker *b, const digest *name);
/* M, stored at WHERE, becomes the version after BASE of dataset NAME, as `commit` says.  STATUS_JOB
 * when the dataset is not at BASE; STATUS_NOT_FOUND names a shard that the vault does not have. */
status datasets_commit(broker *b, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                       uint64_t *version, error *err) MUST_USE;
/* As datasets_commit, without doing it. */
status datasets_check(broker *b, slice name, uint64_t base, const manifest *m, const ledger_blob *where,
                      error *err) MUST_USE;
/* The manifest in the vault, to be destroyed. */
status datasets_open(broker *b, const digest *name, manifest **out, error *err) MUST_USE;
/* M's shards for the core, to be freed. */
status datasets_shards(const manifest *m, core_shard **out, error *err) MUST_USE;

/* ---- jobs/results.c: kinds of workers */
message_handler tasks_on_result, tasks_on_failure;

/* ---- catalog/lost_shards.c */
/* Where the failure E is that its task's `lost` is not to be had, and that is a shard of the job's dataset:
 * says so with its file and what to do. */
void lost_shards_explain(broker *b, const peer *from, core_failure *e);

/* ---- jobs/records.c: what the core wants kept */
void persistence_write(broker *b, const core_action *a);
bool persistence_handles(core_action_kind kind);
/* A failure that names a task's shards names their files too: before the job's record is written. */
void persistence_name_files(broker *b, core_action *a);
/* Counts the references of all blobs of a job's record up or down; not those of its dataset's shards. */
status persistence_refer(broker *b, const ledger_job *j, error *err) MUST_USE;
void persistence_release(broker *b, const ledger_job *j);

/* ---- jobs/recovery.c */
status recovery_run(broker *b, error *err) MUST_USE;

#endif

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
#include "broker/peers/peers.h"
#include "broker/records/ledger.h"
#include "broker/records/vault.h"
#include "broker/transfer/transfer.h"
#include "store/manifest.h"

enum { ENDINGS_MAX = 64 }; /* without a ledger: ended jobs that can still be fetched */

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
  host host;
  vault *vault; /* NULL, as the ledger: nothing is kept */
  ledger *ledger;
  peers *peers;
  blobs *blobs;
  transfer *transfer;
  core *core;
  core_actions actions;
  uint8_t instance[INSTANCE_BYTES];
  wire_message *incoming;
  uint64_t ticked_ms, housekept_ms;
  int wake_fd; /* eventfd */
  atomic_bool stop;
  _Atomic(const key_list *) new_list;
  /* Manifests of datasets that could not be read at the start: no references are counted for these. */
  digest *unpinned;
  size_t unpinned_count, unpinned_capacity;
  ending *endings; /* a ring of ENDINGS_MAX */
  size_t endings_count;
};

/* ---- broker.c */
/* Gives EVENT to the core, and what must be kept of it to the ledger. */
void broker_feed(broker *b, const core_event *event);

/* ---- turn.c */
void turn_run(broker *b);

/* ---- messages.c */
/* Takes one message; *RECEIVED is false when there is none. */
void messages_take(broker *b, line_kind line, bool *received);

/* ---- departures.c */
/* Forgets a peer.  IN_ORDER: it left, says hello anew, or is no longer allowed; otherwise it is lost, and so
 * perhaps are tasks.  WHY is for the log. */
void departures_forget(broker *b, peer *p, bool in_order, const char *why);
/* Those that could not be sent to. */
void departures_gone(broker *b);
/* Those that were not heard from for too long. */
void departures_silent(broker *b);
/* LIST is the new list of allowed keys: those that are not on it. */
void departures_by_list(broker *b, const key_list *list);

/* ---- jobs/replies.c */
/* How a job ended: its report, which is under HANDLE.  REQUEST may be NULL. */
void outgoing_report(broker *b, const peer *to, const uint64_t *request, const core_job_id *job,
                     core_states states, core_blob handle);
void outgoing_ended(broker *b, const peer *to, const uint64_t *request, const core_job_id *job,
                    core_states states, const error *failure);
void outgoing_progress(broker *b, const peer *to, const uint64_t *request, const core_job_view *view);
enum { WAIT_TEXT_BYTES = 256 };
/* What a job waits for, with the worker's name; "" when it goes on. */
void outgoing_wait_text(const broker *b, const core_wait *wait, char out[WAIT_TEXT_BYTES]);
/* After the commit: the outbox, then the core's actions, then what it releases. */
void outgoing_all(broker *b);

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

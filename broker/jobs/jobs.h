/* Jobs: what clients submit and ask, what workers report, and what the core makes of it.  The core decides.
 * What it wants kept is written to the ledger at once, within the turn's transaction; what it wants sent
 * waits for jobs_reply, after the commit. */
#ifndef CANVASS_BROKER_JOBS_JOBS_H
#define CANVASS_BROKER_JOBS_JOBS_H

#include "broker/catalog/catalog.h"

typedef struct jobs jobs;

/* What jobs need; all are borrowed. */
typedef struct jobs_parts {
  host *host;
  peers *peers;
  blobs *blobs;
  catalog *catalog;
  vault *vault; /* NULL, like the ledger, for a broker that keeps nothing */
  ledger *ledger;
} jobs_parts;

/* LOSSES_MAX: as core_set_deaths_max; 0: CORE_DEATHS_MAX.  NULL when out of memory. */
jobs *jobs_new(const jobs_parts *parts, uint32_t losses_max);
void jobs_destroy(jobs *all);                        /* accepts NULL */
void jobs_set_verified(jobs *all, bool is_verified); /* see core_set_verified */
/* To be called at the start: what the ledger's jobs refer to is kept from now on. */
status jobs_restore(jobs *all, error *err) MUST_USE;
/* To be called in each turn, after its messages: gives some of the unfinished jobs to the core.  Until it has
 * all of them, workers get no tasks. */
void jobs_restore_some(jobs *all);
bool jobs_are_restored(const jobs *all);
/* How many are unfinished. */
size_t jobs_unfinished(const jobs *all);

/* Gives EVENT to the core, and what must be kept because of it to the ledger. */
void jobs_feed(jobs *all, const core_event *event);
/* Tells the core that time has passed. */
void jobs_tick(jobs *all);
/* To be called after the commit: what the core wants sent becomes answers, and what it released is freed. */
void jobs_reply(jobs *all);
const core *jobs_core(const jobs *all);

/* Handle messages of clients: STATUS_OK, or why the sender is refused. */
status jobs_on_submit(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_load(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_watch(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_ask(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_rows(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_cancel(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
/* Handle messages of workers. */
status jobs_on_result(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_failure(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;

#endif

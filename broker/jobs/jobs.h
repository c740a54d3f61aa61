/* Jobs: what clients submit and ask, what workers report, and what the core makes of it.  The core decides;
 * what it wants kept becomes records of the ledger at once, in memory, for the turn's transaction; what it
 * wants sent waits for jobs_reply, after the commit. */
#ifndef CANVASS_BROKER_JOBS_JOBS_H
#define CANVASS_BROKER_JOBS_JOBS_H

#include "broker/catalog/catalog.h"

typedef struct jobs jobs;

/* What jobs are built on, all borrowed. */
typedef struct jobs_parts {
  host *host;
  peers *peers;
  blobs *blobs;
  catalog *catalog;
  vault *vault; /* NULL, as the ledger: nothing is kept */
  ledger *ledger;
} jobs_parts;

/* LOSSES_MAX: as core_set_deaths_max; 0: CORE_DEATHS_MAX.  NULL when out of memory. */
jobs *jobs_new(const jobs_parts *parts, uint32_t losses_max);
void jobs_destroy(jobs *all);                        /* accepts NULL */
void jobs_set_verified(jobs *all, bool is_verified); /* see core_set_verified */
/* At the start: what the jobs of the ledger refer to is kept from now on. */
status jobs_restore(jobs *all, error *err) MUST_USE;
/* In each turn, after its messages: some of the unfinished ones are given to the core.  Until all are there
 * workers get no tasks.
 */
void jobs_restore_some(jobs *all);
bool jobs_are_restored(const jobs *all);
/* How many are unfinished. */
size_t jobs_unfinished(const jobs *all);

/* Gives EVENT to the core, and what must be kept of it to the ledger. */
void jobs_feed(jobs *all, const core_event *event);
/* Time has passed. */
void jobs_tick(jobs *all);
/* After the commit: what the core wants sent becomes answers, and what it releases is freed. */
void jobs_reply(jobs *all);
const core *jobs_core(const jobs *all);

/* Messages of clients: STATUS_OK, or why the sender is refused. */
status jobs_on_submit(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_load(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_watch(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_ask(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_cancel(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
/* Messages of workers. */
status jobs_on_result(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;
status jobs_on_failure(jobs *all, peer *from, wire_message *m, error *why) MUST_USE;

#endif

/* A turn of the loop: messages are received, and the core is fed what they and time bring, which puts records
 * into the transaction; the transaction is committed; and only then replies are sent. */
#include <errno.h>
#include <unistd.h>

#include "broker/limits.h"
#include "broker/shell.h"

enum { IDLE_MS = 1000 };

/* ---- Waiting ------------------------------------------------------------------------------------- */

static bool has_work(const broker *b) {
  return peers_any_gone(b->peers) || transfer_is_comparing(b->transfer) || !b->is_tidy ||
         !jobs_are_restored(b->jobs) || b->joins != NULL;
}

static void wait_for_messages(broker *b) {
  zmq_pollitem_t items[LINES_COUNT + 1] = {{.fd = b->wake_fd, .events = ZMQ_POLLIN}};
  const int count = 1 + peers_poll_items(b->peers, items + 1);
  const long timeout_ms = has_work(b) ? 0 : core_jobs(jobs_core(b->jobs)) > 0 ? CORE_PROGRESS_MS : IDLE_MS;
  if (zmq_poll(items, count, timeout_ms) < 0 && errno != EINTR) {
    error why;
    host_fail(&b->host,
              error_set(&why, STATUS_IO, "the broker cannot wait for messages: %s", zmq_strerror(errno)),
              &why);
    return;
  }
  uint64_t told = 0;
  ssize_t got = read(b->wake_fd, &told, sizeof told); /* empties it */
  (void)got;
}

/* ---- Messages and events ------------------------------------------------------------------------- */

static void begin(broker *b) {
  host_begin_turn(&b->host);
  b->compared_bytes = b->vault != NULL ? vault_compared_bytes(b->vault) : 0;
}

/* So far. */
static broker_turn work_of(const broker *b) {
  broker_turn t = b->host.turn;
  t.bytes += b->vault != NULL ? vault_compared_bytes(b->vault) - b->compared_bytes : 0;
  t.records += b->ledger != NULL ? ledger_pending_records(b->ledger) : 0;
  return t;
}

static bool is_full(const broker *b) {
  const broker_turn t = work_of(b);
  return t.messages >= TURN_MESSAGES || t.records >= TURN_RECORDS ||
         t.bytes + peers_outbox_bytes(b->peers) >= TURN_BYTES ||
         (b->ledger != NULL && ledger_pending_bytes(b->ledger) >= TURN_RECORDS_BYTES);
}

/* One of each line, so that neither waits for the other; false when there is none. */
static bool take_round(broker *b) {
  bool any = false;
  for (line_kind line = LINE_PLAIN; line < LINES_COUNT; line++) {
    bool received = false;
    if (!host_has_failed(&b->host)) {
      messages_take(b, line, &received);
    }
    b->host.turn.messages += received;
    any = any || received;
  }
  return any;
}

static void take_messages(broker *b) {
  bool any = true;
  b->was_drained = false;
  while (any && !is_full(b)) {
    const uint64_t moment = connections_moment();
    any = take_round(b);
    if (!any) {
      connections_drained(moment);
      b->was_drained = true;
    }
  }
}

static void take_new_list(broker *b) {
  const key_list *list = atomic_exchange(&b->new_list, NULL);
  if (list != NULL) {
    departures_by_list(b, list);
  }
}

/* What is acknowledged must last: a store that was removed ends the broker, even when nothing comes. */
static void check_place(broker *b) {
  error why;
  const status st = b->vault != NULL ? vault_check_place(b->vault, &why) : STATUS_OK;
  if (st != STATUS_OK) {
    host_fail(&b->host, st, &why);
  }
}

static bool is_time_for_housekeeping(broker *b) {
  if (b->host.clock_ms - b->housekept_ms < IDLE_MS) {
    return false;
  }
  b->housekept_ms = b->host.clock_ms;
  return true;
}

static void housekeep(broker *b) {
  check_place(b);
  departures_silent(b);
  peers_housekeep(b->peers);
  transfer_housekeep(b->transfer);
}

/* ---- The transaction ----------------------------------------------------------------------------- */

#ifdef CANVASS_CHECK_CORE
static void check_core(broker *b) {
  error why;
  const status st = core_check(jobs_core(b->jobs), &why);
  if (st != STATUS_OK) {
    host_fail(&b->host, st, &why);
  }
}
#else
static void check_core(broker *b) {
  (void)b; /* it takes as long as there are tasks */
}
#endif

/* Everything received in this turn is on disk when this returns without a failure. */
static void commit(broker *b) {
  error why;
  status st = b->vault != NULL ? vault_sync(b->vault, &why) : STATUS_OK;
  if (st == STATUS_OK && b->ledger != NULL && ledger_pending_bytes(b->ledger) > 0) {
    st = ledger_commit(b->ledger, &why);
  }
  if (st != STATUS_OK) {
    host_fail(&b->host, st, &why);
  }
}

/* ---- The turn ------------------------------------------------------------------------------------ */

/* Blobs that nothing refers to any longer, as the commit says. */
static void tidy(broker *b, bool is_time) {
  if (b->vault != NULL && (is_time || !b->is_tidy)) {
    b->is_tidy = !vault_tidy(b->vault, host_wall_s(), TURN_UNLINKS, &b->host.turn.unlinks);
  }
}

void turn_run(broker *b) {
  wait_for_messages(b);
  begin(b);
  take_new_list(b);
  departures_gone(b);
  take_messages(b);
  jobs_restore_some(b->jobs);
  joins_do_one(b);
  transfer_compare(b->transfer);
  jobs_tick(b->jobs);
  const bool is_time = is_time_for_housekeeping(b);
  if (is_time && !host_has_failed(&b->host)) {
    housekeep(b);
  }
  if (!host_has_failed(&b->host)) {
    check_core(b);
  }
  broker_turn work = work_of(b);
  if (!host_has_failed(&b->host)) { /* otherwise the records may be incomplete */
    commit(b);
  }
  if (host_has_failed(&b->host)) {
    return;
  }
  jobs_reply(b->jobs);
  peers_post(b->peers);
  if (b->was_drained) {
    peers_confirm(b->peers);
  }
  tidy(b, is_time);
  work.unlinks = b->host.turn.unlinks;
  if (b->options.turned != NULL) {
    b->options.turned(b->options.context, &work);
  }
}

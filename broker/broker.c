/* The broker's life: opening, turns of the loop, the end. */
#include "broker/broker.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "broker/shell.h"

enum {
  TURN_MESSAGES = 1000,
  TURN_BYTES = 32 << 20, /* received and answered in one turn: what a turn holds in memory */
  LEDGER_BYTES = 16 << 20,
  IDLE_MS = 1000,
  TICK_MS = CORE_PROGRESS_MS / 2,
  HELD_UP_MS = 2000, /* a longer turn counts as this long on the broker's clock */
  LINE_MAX = 1200,
};

/* ---- Time, log, failure -------------------------------------------------------------------------- */

uint64_t broker_wall_s(void) {
  const time_t now = time(NULL);
  return now > 0 ? (uint64_t)now : 0;
}

static uint64_t now_ms(const broker *b) {
  return b->options.now_ms != NULL ? b->options.now_ms(b->options.context) : (uint64_t)clock_now_ms();
}

static void advance_clock(broker *b) {
  const uint64_t now = now_ms(b);
  const uint64_t passed = now - b->seen_ms;
  b->clock_ms += passed < HELD_UP_MS ? passed : HELD_UP_MS;
  b->seen_ms = now;
}

void broker_log(broker *b, const char *format, ...) {
  if (b->options.say == NULL) {
    return;
  }
  char line[LINE_MAX];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  buf shown; /* titles and messages come from peers: no line breaks or colours */
  buf_init(&shown);
  buf_put_shown(&shown, slice_of(line));
  buf_put_u8(&shown, '\0');
  if (!shown.failed) {
    b->options.say(b->options.context, (const char *)shown.data);
  }
  buf_fini(&shown);
}

void broker_fail(broker *b, status st, const error *why) {
  if (b->fatal == STATUS_OK) {
    b->fatal = st;
    b->why_fatal = *why;
    b->why_fatal.code = st;
  }
}

void broker_feed(broker *b, const core_event *event) {
  if (b->fatal != STATUS_OK) {
    return;
  }
  const size_t before = b->actions.count;
  error why;
  const status st = core_step(b->core, event, b->clock_ms, &b->actions, &why);
  if (st != STATUS_OK) {
    broker_fail(b, st, &why);
    return;
  }
  for (size_t i = before; i < b->actions.count; i++) {
    persistence_name_files(b, &b->actions.at[i]);
  }
  for (size_t i = before; i < b->actions.count; i++) {
    const core_action a = b->actions.at[i];
    if (persistence_handles(a.kind)) {
      persistence_write(b, &a);
    }
  }
}

/* ---- Opening ------------------------------------------------------------------------------------- */

static void warn(void *context, const char *line) {
  broker_log(context, "%s", line);
}

static status open_memory(broker *b, error *err) {
  b->core = core_new();
  b->incoming = malloc(sizeof *b->incoming);
  b->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (b->core == NULL || b->incoming == NULL) {
    return error_no_memory(err, "the broker");
  }
  if (b->options.losses_max > 0) {
    core_set_deaths_max(b->core, b->options.losses_max);
  }
  if (b->wake_fd < 0 || getrandom(b->instance, sizeof b->instance, 0) != (ssize_t)sizeof b->instance) {
    return error_set(err, STATUS_IO, "the broker cannot start: %s", strerror(errno));
  }
  return STATUS_OK;
}

static status open_directory(broker *b, error *err) {
  if (b->options.directory == NULL) {
    b->endings = calloc(ENDINGS_MAX, sizeof *b->endings);
    return b->endings != NULL ? STATUS_OK : error_no_memory(err, "the broker");
  }
  const vault_options wanted = {.network_allowed = b->options.network_allowed, .warn = warn, .context = b};
  TRY(vault_open(b->options.directory, &wanted, &b->vault, err));
  TRY(ledger_open(vault_directory(b->vault), &b->ledger, err));
  return recovery_run(b, err);
}

static status open_lines(broker *b, error *err) {
  if (b->options.key != NULL) {
    if (b->allowed == NULL) {
      return error_set(err, STATUS_USAGE, "a broker with keys needs the list of allowed keys: --allow FILE");
    }
    TRY(door_open(b->options.zmq_context, b->allowed, &b->door, err));
  }
  return listener_open(b->options.zmq_context, b->options.endpoints, b->options.endpoints_count,
                       b->options.key, &b->lines, err);
}

/* Before anything is opened or created: a mistake in an endpoint should have no effect. */
static status check_endpoints(const broker_options *options, error *err) {
  for (size_t i = 0; i < options->endpoints_count; i++) {
    TRY(listener_check(options->endpoints[i], options->key, err));
  }
  return STATUS_OK;
}

status broker_new(const broker_options *options, broker **out, error *err) {
  TRY(check_endpoints(options, err));
  broker *b = calloc(1, sizeof *b);
  if (b == NULL) {
    return error_no_memory(err, "the broker");
  }
  b->options = *options;
  b->allowed = options->allowed;
  b->wake_fd = -1;
  b->clock_ms = 1; /* 0 means never */
  b->seen_ms = now_ms(b);
  atomic_init(&b->stop, false);
  atomic_init(&b->new_list, NULL);
  status st = open_memory(b, err);
  if (st == STATUS_OK) {
    st = open_directory(b, err);
  }
  if (st == STATUS_OK) {
    st = open_lines(b, err);
  }
  if (st != STATUS_OK) {
    broker_destroy(b);
    return st;
  }
  *out = b;
  return STATUS_OK;
}

const char *broker_endpoint(const broker *b, size_t index) {
  return index < b->lines.count ? b->lines.endpoints[index] : "";
}

void broker_destroy(broker *b) {
  if (b == NULL) {
    return;
  }
  listener_close(&b->lines);
  door_close(b->door);
  if (b->wake_fd >= 0) {
    close(b->wake_fd);
  }
  core_destroy(b->core);
  core_actions_fini(&b->actions);
  outbox_fini(&b->outbox);
  blobs_fini(&b->blobs);
  transfer_fini(&b->transfers);
  routes_fini(&b->routes);
  for (size_t i = 0; b->endings != NULL && i < ENDINGS_MAX && i < b->endings_count; i++) {
    zmq_msg_close(&b->endings[i].report);
  }
  free(b->endings);
  free(b->unpinned);
  ledger_close(b->ledger);
  vault_close(b->vault);
  free(b->incoming);
  free(b);
}

/* ---- From other threads -------------------------------------------------------------------------- */

static void wake(broker *b) {
  const uint64_t one = 1;
  ssize_t written = write(b->wake_fd, &one, sizeof one);
  (void)written; /* it can only fail when a wake-up is already pending */
}

void broker_stop(broker *b) {
  atomic_store(&b->stop, true);
  wake(b);
}

void broker_allow(broker *b, const key_list *list) {
  atomic_store(&b->new_list, list);
  wake(b);
}

/* ---- Turns --------------------------------------------------------------------------------------- */

static void wait_for_messages(broker *b) {
  zmq_pollitem_t items[LINES_COUNT + 1] = {{.fd = b->wake_fd, .events = ZMQ_POLLIN}};
  int count = 1;
  for (size_t i = 0; i < LINES_COUNT; i++) {
    if (b->lines.sockets[i] != NULL) {
      items[count++] = (zmq_pollitem_t){.socket = b->lines.sockets[i], .events = ZMQ_POLLIN};
    }
  }
  long timeout_ms = core_jobs(b->core) > 0 ? CORE_PROGRESS_MS : IDLE_MS;
  if (b->has_gone || b->transfers.comparing != NULL) {
    timeout_ms = 0;
  }
  if (zmq_poll(items, count, timeout_ms) < 0 && errno != EINTR) {
    error why;
    broker_fail(b, error_set(&why, STATUS_IO, "the broker cannot wait for messages: %s", zmq_strerror(errno)),
                &why);
    return;
  }
  uint64_t told = 0;
  ssize_t got = read(b->wake_fd, &told, sizeof told); /* empties it */
  (void)got;
}

/* The lines alternate, so that neither waits for the other. */
static void take_messages(broker *b) {
  b->turn_bytes = 0;
  bool any = true;
  for (int taken = 0; any && taken < TURN_MESSAGES && b->fatal == STATUS_OK;) {
    any = false;
    for (line_kind line = LINE_PLAIN; line < LINES_COUNT; line++) {
      bool received = false;
      if (b->lines.sockets[line] != NULL && b->fatal == STATUS_OK) {
        session_take(b, line, &received);
      }
      any = any || received;
      taken += received;
    }
    if (b->turn_bytes + b->outbox.bytes > TURN_BYTES ||
        (b->ledger != NULL && ledger_pending_bytes(b->ledger) > LEDGER_BYTES)) {
      return;
    }
  }
}

static void forget_gone(broker *b) {
  b->has_gone = false;
  for (peer *p = routes_next(&b->routes, NULL), *next = NULL; p != NULL; p = next) {
    next = routes_next(&b->routes, p);
    if (p->is_gone) {
      session_forget(b, p, false, "can no longer be reached");
    }
  }
}

/* What is acknowledged must last: a store that was removed ends the broker, even when nothing comes. */
static void check_place(broker *b) {
  error why;
  const status st = b->vault != NULL ? vault_check_place(b->vault, &why) : STATUS_OK;
  if (st != STATUS_OK) {
    broker_fail(b, st, &why);
  }
}

/* Everything received in this turn is on disk when this returns without a failure. */
static void make_durable(broker *b) {
  error why;
  status st = STATUS_OK;
  if (b->vault != NULL && b->must_sync) {
    b->must_sync = false;
    st = vault_sync(b->vault, &why);
  }
  if (st == STATUS_OK && b->ledger != NULL && ledger_pending_bytes(b->ledger) > 0) {
    st = ledger_commit(b->ledger, &why);
  }
  if (st != STATUS_OK) {
    broker_fail(b, st, &why);
  }
}

#ifdef CANVASS_CHECK_CORE
static void check_core(broker *b) {
  error why;
  const status st = core_check(b->core, &why);
  if (st != STATUS_OK) {
    broker_fail(b, st, &why);
  }
}
#else
static void check_core(broker *b) {
  (void)b; /* it takes as long as there are tasks */
}
#endif

static void turn(broker *b) {
  wait_for_messages(b);
  advance_clock(b);
  const key_list *list = atomic_exchange(&b->new_list, NULL);
  if (list != NULL) {
    session_allow(b, list);
  }
  if (b->has_gone) {
    forget_gone(b);
  }
  take_messages(b);
  transfer_compare(b);
  if (b->clock_ms - b->ticked_ms >= TICK_MS) {
    b->ticked_ms = b->clock_ms;
    broker_feed(b, &(core_event){.kind = CORE_TICK});
  }
  const bool is_time = b->clock_ms - b->housekept_ms >= IDLE_MS;
  if (is_time && b->fatal == STATUS_OK) {
    b->housekept_ms = b->clock_ms;
    check_place(b);
    listener_renew(&b->lines, warn, b);
    session_housekeep(b);
    transfer_housekeep(b);
  }
  if (b->fatal == STATUS_OK) {
    check_core(b);
  }
  if (b->fatal == STATUS_OK) { /* otherwise the records may be incomplete */
    make_durable(b);
  }
  if (b->fatal != STATUS_OK) {
    return;
  }
  outgoing_all(b);
  if (is_time && b->vault != NULL) {
    vault_tidy(b->vault, broker_wall_s(), NULL);
  }
}

status broker_run(broker *b, error *err) {
  b->seen_ms = now_ms(b);
  while (b->fatal == STATUS_OK && !atomic_load(&b->stop)) {
    turn(b);
  }
  if (b->fatal != STATUS_OK) {
    outgoing_farewell(b, &b->why_fatal);
    return error_set(err, b->fatal, "%s", b->why_fatal.message);
  }
  return STATUS_OK;
}

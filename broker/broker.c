/* The broker's life: opening, turns of the loop (turn.c), the end. */
#include "broker/broker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "broker/shell.h"

void broker_feed(broker *b, const core_event *event) {
  if (b->host.fatal != STATUS_OK) {
    return;
  }
  const size_t before = b->actions.count;
  error why;
  const status st = core_step(b->core, event, b->host.clock_ms, &b->actions, &why);
  if (st != STATUS_OK) {
    host_fail(&b->host, st, &why);
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
  host_log(context, "%s", line);
}

static status open_memory(broker *b, error *err) {
  b->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (b->wake_fd < 0 || getrandom(b->instance, sizeof b->instance, 0) != (ssize_t)sizeof b->instance) {
    return error_set(err, STATUS_IO, "the broker cannot start: %s", strerror(errno));
  }
  b->core = core_new();
  b->incoming = malloc(sizeof *b->incoming);
  b->peers = peers_new(&b->host, b->instance);
  if (b->core == NULL || b->incoming == NULL || b->peers == NULL) {
    return error_no_memory(err, "the broker");
  }
  if (b->options.losses_max > 0) {
    core_set_deaths_max(b->core, b->options.losses_max);
  }
  return STATUS_OK;
}

static status open_records(broker *b, error *err) {
  if (b->options.directory == NULL) {
    b->endings = calloc(ENDINGS_MAX, sizeof *b->endings);
    return b->endings != NULL ? STATUS_OK : error_no_memory(err, "the broker");
  }
  const vault_options wanted = {
      .network_allowed = b->options.network_allowed, .warn = warn, .context = &b->host};
  TRY(vault_open(b->options.directory, &wanted, &b->vault, err));
  return ledger_open(vault_directory(b->vault), &b->ledger, err);
}

static status open_modules(broker *b, error *err) {
  b->blobs = blobs_new(b->vault);
  b->transfer = b->blobs != NULL ? transfer_new(&b->host, b->peers, b->blobs, b->vault) : NULL;
  if (b->transfer == NULL) {
    return error_no_memory(err, "the broker");
  }
  return b->ledger != NULL ? recovery_run(b, err) : STATUS_OK;
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
  b->host = (host){.say = options->say, .now_ms = options->now_ms, .context = options->context};
  b->wake_fd = -1;
  host_begin(&b->host);
  atomic_init(&b->stop, false);
  atomic_init(&b->new_list, NULL);
  status st = open_memory(b, err);
  if (st == STATUS_OK) {
    st = open_records(b, err);
  }
  if (st == STATUS_OK) {
    st = open_modules(b, err);
  }
  if (st == STATUS_OK) {
    st = peers_listen(b->peers, options->zmq_context, options->endpoints, options->endpoints_count,
                      options->key, options->allowed, err);
  }
  if (st != STATUS_OK) {
    broker_destroy(b);
    return st;
  }
  *out = b;
  return STATUS_OK;
}

const char *broker_endpoint(const broker *b, size_t index) {
  return peers_endpoint(b->peers, index);
}

void broker_destroy(broker *b) {
  if (b == NULL) {
    return;
  }
  if (b->wake_fd >= 0) {
    close(b->wake_fd);
  }
  core_destroy(b->core);
  core_actions_fini(&b->actions);
  transfer_destroy(b->transfer);
  peers_destroy(b->peers);
  blobs_destroy(b->blobs);
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

status broker_run(broker *b, error *err) {
  host_begin(&b->host);
  while (!host_has_failed(&b->host) && !atomic_load(&b->stop)) {
    turn_run(b);
  }
  if (host_has_failed(&b->host)) {
    peers_farewell(b->peers, &b->host.why_fatal);
    return error_set(err, b->host.fatal, "%s", b->host.why_fatal.message);
  }
  return STATUS_OK;
}

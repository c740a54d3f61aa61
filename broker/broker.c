/* The broker's life: opening, turns of the loop (turn.c), the end. */
#include "broker/broker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "broker/shell.h"

/* ---- Opening ------------------------------------------------------------------------------------- */

static void warn(void *context, const char *line) {
  host_log(context, "%s", line);
}

static status open_memory(broker *b, error *err) {
  b->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (b->wake_fd < 0 || getrandom(b->instance, sizeof b->instance, 0) != (ssize_t)sizeof b->instance) {
    return error_set(err, STATUS_IO, "the broker cannot start: %s", strerror(errno));
  }
  b->incoming = malloc(sizeof *b->incoming);
  b->peers = peers_new(&b->host, b->instance);
  if (b->incoming == NULL || b->peers == NULL) {
    return error_no_memory(err, "the broker");
  }
  return STATUS_OK;
}

static status open_records(broker *b, error *err) {
  if (b->options.directory == NULL) {
    return STATUS_OK;
  }
  const vault_options wanted = {
      .network_allowed = b->options.network_allowed, .warn = warn, .context = &b->host};
  TRY(vault_open(b->options.directory, &wanted, &b->vault, err));
  return ledger_open(vault_directory(b->vault), &b->ledger, err);
}

static bool make_modules(broker *b) {
  b->blobs = blobs_new(b->vault);
  b->transfer = b->blobs != NULL ? transfer_new(&b->host, b->peers, b->blobs, b->vault) : NULL;
  b->catalog = b->transfer != NULL ? catalog_new(&b->host, b->peers, b->blobs, b->vault, b->ledger) : NULL;
  const jobs_parts parts = {.host = &b->host,
                            .peers = b->peers,
                            .blobs = b->blobs,
                            .catalog = b->catalog,
                            .vault = b->vault,
                            .ledger = b->ledger};
  b->jobs = b->catalog != NULL ? jobs_new(&parts, b->options.losses_max) : NULL;
  if (b->jobs != NULL && b->options.allowed != NULL) {
    jobs_set_verified(b->jobs, key_list_is_verified(b->options.allowed));
  }
  return b->jobs != NULL;
}

static status open_modules(broker *b, error *err) {
  if (!make_modules(b)) {
    return error_no_memory(err, "the broker");
  }
  if (b->ledger == NULL) {
    return STATUS_OK;
  }
  TRY(catalog_restore(b->catalog, err));
  return jobs_restore(b->jobs, err);
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
  b->is_tidy = true;
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
  joins_fini(b);
  jobs_destroy(b->jobs);
  catalog_destroy(b->catalog);
  transfer_destroy(b->transfer);
  peers_destroy(b->peers);
  blobs_destroy(b->blobs);
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

/* The core, and the events that go into it. */
#include "broker/jobs/jobs.h"

#include <stdlib.h>
#include <string.h>

#include "broker/jobs/jobs_inside.h"

enum { TICK_MS = CORE_PROGRESS_MS / 2 };

jobs *jobs_new(const jobs_parts *parts, uint32_t losses_max) {
  jobs *all = calloc(1, sizeof *all);
  core *c = all != NULL ? core_new() : NULL;
  if (c == NULL) {
    free(all);
    return NULL;
  }
  if (losses_max > 0) {
    core_set_deaths_max(c, losses_max);
  }
  if (parts->vault == NULL) {
    core_set_confirm_ms(c, 0); /* all is in one process, so no other worker can come */
  } else {
    core_set_secret(c, vault_secret(parts->vault));
  }
  *all = (jobs){.host = parts->host,
                .peers = parts->peers,
                .blobs = parts->blobs,
                .catalog = parts->catalog,
                .vault = parts->vault,
                .ledger = parts->ledger,
                .core = c};
  return all;
}

void jobs_set_verified(jobs *all, bool is_verified) {
  core_set_verified(all->core, is_verified);
}

void jobs_destroy(jobs *all) {
  if (all != NULL) {
    core_destroy(all->core);
    core_actions_fini(&all->actions);
    endings_fini(&all->endings);
    free(all->backlog.at);
    free(all);
  }
}

const core *jobs_core(const jobs *all) {
  return all->core;
}

void jobs_feed(jobs *all, const core_event *event) {
  if (host_has_failed(all->host)) {
    return;
  }
  const size_t before = all->actions.count;
  error why;
  const status st = core_step(all->core, event, all->host->clock_ms, &all->actions, &why);
  if (st != STATUS_OK) {
    host_fail(all->host, st, &why);
    return;
  }
  for (size_t i = before; i < all->actions.count; i++) {
    records_name_files(all, &all->actions.at[i]);
  }
  for (size_t i = before; i < all->actions.count; i++) {
    const core_action a = all->actions.at[i];
    if (records_handle(a.kind)) {
      records_write(all, &a);
    }
  }
}

void jobs_tick(jobs *all) {
  if (all->host->clock_ms - all->ticked_ms >= TICK_MS) {
    all->ticked_ms = all->host->clock_ms;
    jobs_feed(all, &(core_event){.kind = CORE_TICK});
  }
}

status jobs_content_of(const digest names[2], bool keeps, digest *out, error *err) {
  uint8_t bytes[2 * DIGEST_BYTES + 1] = {0};
  memcpy(bytes, names[0].bytes, DIGEST_BYTES);
  memcpy(bytes + DIGEST_BYTES, names[1].bytes, DIGEST_BYTES);
  return digest_of(bytes, keeps ? sizeof bytes : sizeof bytes - 1, out, err);
}

/* How peers leave: what core and transfers must know of it. */
#include "broker/shell.h"

void departures_forget(broker *b, peer *p, bool in_order, const char *why) {
  if (why != NULL && p->role == WAY_WORKER) {
    host_log(&b->host, "worker %s %s", p->title, why);
  }
  if (p->is_joining) {
    joins_finish(b, p);
  }
  jobs_feed(b->jobs, &(core_event){.kind = CORE_PEER_LEFT, .peer = p->number, .left.in_order = in_order});
  transfer_peer_left(b->transfer, p);
  peers_remove(b->peers, p);
}

void departures_gone(broker *b) {
  if (!peers_take_gone(b->peers)) {
    return;
  }
  for (peer *p = peers_next(b->peers, NULL), *next = NULL; p != NULL; p = next) {
    next = peers_next(b->peers, p);
    if (p->is_gone) {
      departures_forget(b, p, false, "can no longer be reached");
    }
  }
}

void departures_silent(broker *b) {
  for (peer *p = peers_next(b->peers, NULL), *next = NULL; p != NULL; p = next) {
    next = peers_next(b->peers, p);
    if (b->host.clock_ms - p->heard_ms >= SILENCE_MS) {
      departures_forget(b, p, false, "is silent: its tasks go to others");
    }
  }
}

void departures_by_list(broker *b, const key_list *list) {
  if (!peers_have_keys(b->peers)) {
    return;
  }
  peers_allow(b->peers, list);
  jobs_set_verified(b->jobs, key_list_is_verified(list));
  for (peer *p = peers_next(b->peers, NULL), *next = NULL; p != NULL; p = next) {
    next = peers_next(b->peers, p);
    if (!peers_is_allowed(b->peers, p)) {
      error why;
      error_set(&why, STATUS_USAGE, "the key %s is no longer allowed as a %s", p->key,
                peer_role_name(p->role));
      peers_refuse(b->peers, p, NULL, &why);
      departures_forget(b, p, true, "is no longer allowed");
    }
  }
  peers_close_strangers(b->peers);
  const size_t count = key_list_count(list);
  host_log(&b->host, "the list of allowed keys was read again: %zu key%s", count, count == 1 ? "" : "s");
}

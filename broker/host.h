/* What every part of the shell has of the broker around it: the log, the broker's clock, the failure that
 * ends it, and how much its turn has done.
 *
 * Milliseconds in which the broker itself was blocked do not count as its peers' silence: so the clock may be
 * slow. */
#ifndef CANVASS_BROKER_HOST_H
#define CANVASS_BROKER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "broker/broker.h"

typedef struct host {
  void (*say)(void *context, const char *line); /* may be NULL */
  uint64_t (*now_ms)(void *context);            /* NULL: the machine's clock */
  void *context;
  uint64_t clock_ms, seen_ms; /* clock_ms is never 0, which means never */
  broker_turn turn;           /* so far */
  status fatal;
  error why_fatal;
} host;

void host_log(const host *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Ends the broker with the turn: WHY is sent to all peers.  The first one stays. */
void host_fail(host *h, status st, const error *why);
bool host_has_failed(const host *h);
/* From now on time counts: it does not while no turn is made. */
void host_begin(host *h);
/* A turn begins: the clock goes on, and nothing was done yet. */
void host_begin_turn(host *h);
uint64_t host_wall_s(void);

#endif

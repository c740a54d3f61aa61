/* How long somebody waits for an answer while the broker is busy. */
#ifndef CANVASS_BENCH_CLUSTER_LATENCY_H
#define CANVASS_BENCH_CLUSTER_LATENCY_H

#include "bench/cluster_service.h"

typedef struct latency_setting {
  const transport *transport;
  uint32_t tasks;   /* that are queued; there are no workers */
  uint32_t clients; /* that upload at once, as fast as they can; 0: nobody */
  uint32_t mib;     /* by all of them */
} latency_setting;

typedef struct latency_figures {
  uint32_t asked;                            /* how often */
  double median_ms, most_of_all_ms, most_ms; /* of all but the slowest hundredth, of all */
} latency_figures;

/* Milliseconds until the broker answers a sign of life over SOCKET; IN is room for what comes. */
double latency_ask(void *socket, wire_message *in);
latency_figures latency_measure(place *at, const latency_setting *setting);

#endif

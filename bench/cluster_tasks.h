/* How fast tasks go through a broker: pretended workers that answer each at once, a real client. */
#ifndef CANVASS_BENCH_CLUSTER_TASKS_H
#define CANVASS_BENCH_CLUSTER_TASKS_H

#include "bench/cluster_service.h"

typedef struct tasks_setting {
  const transport *transport;
  bool durable;
  uint32_t capacity; /* how many tasks a worker takes at once */
  uint32_t tasks;
} tasks_setting;

typedef struct tasks_figures {
  double per_s;    /* MAP tasks, from the first to the last */
  double first_ms; /* from `submit` to the first one */
} tasks_figures;

tasks_figures tasks_measure(place *at, const tasks_setting *setting);

#endif

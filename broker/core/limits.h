/* The limits of the broker's core, together with the reason for each figure. */
#ifndef CANVASS_BROKER_CORE_LIMITS_H
#define CANVASS_BROKER_CORE_LIMITS_H

#include "proto/message.h"

enum {
  CORE_RUN_ROWS = 32768,      /* least rows of a MAP task: partials stay small compared with their input */
  CORE_RUN_SHARDS_MAX = 1024, /* shards of a MAP task: their names fit one frame easily */
  CORE_FAN_IN = 8,            /* partials merged by one task */
  CORE_FAILURES_MAX = 3,      /* failures of a task itself that may be retried */
  CORE_SILENCE_MS = SILENCE_MS,
  CORE_PROGRESS_MS = 100,      /* least time between two messages to a job's watchers */
  CORE_FINGERPRINT_MS = 60000, /* four times as long as a worker may be silent */
  CORE_THIRD_MS = 60000,       /* likewise, for a worker that decides between two others */
  CORE_CONFIRM_MS = 10000,     /* for a worker that confirms a failure: they reconnect within seconds */
  CORE_POISON_MAX = 8,         /* MAPs of a job that are given up because workers die: each takes four */
  CORE_DEATHS_MAX = 3,         /* workers that may be lost while they run a task, before it runs alone */
  /* What a task may take before another worker gets it too: so many times the median of its peers, since data
   * are uneven and workers have tasks that wait; never less than what a busy machine may lose; where too few
   * peers are known what is rarely exceeded, and as long as large files take to read. */
  CORE_BUDGET_TIMES = 8,
  CORE_BUDGET_MIN_MS = 10000,
  CORE_BUDGET_MS = 120000,
  CORE_BUDGET_READ_MS = 600000,
  CORE_EXPIRY_TIMES = 4, /* budgets, after which a copy is no longer expected and occupies no room */
  CORE_PEERS_MIN = 3,
  CORE_PACE_MAX = 31, /* peers that are remembered: the newest, because caches warm up */
  /* When workers would be idle: a copy costs nothing then, and few tasks take twice the median. */
  CORE_TAIL_TIMES = 2,
  CORE_TAIL_MIN_MS = 2000,
  /* Of a worker that lost a race: doubled with each one in a row, and short enough to be worth asking again.
   */
  CORE_PAUSE_MS = 1000,
  CORE_PAUSE_MAX_MS = 60000,
  CORE_WEDGED_RACES = 3,   /* lost in a row: who decides between others is somebody else */
  CORE_DOUBLINGS_MAX = 10, /* which is beyond that */
  /* Of a job: */
  CORE_STAGES_MAX = 10000, /* what an analysis may iterate at most */
  CORE_RESTARTS_MAX = 64,  /* each needs a faulty worker, or a kind of workers that left */
  /* Tasks given out in a stage: so many times those that it has.  A task may lose its partials
   * CORE_PARTIALS_LOST_MAX times, but no stage comes to an end in which all do.  At least so many, because
   * of a small job a few tasks are all. */
  CORE_ATTEMPTS_TIMES = 16,
  CORE_ATTEMPTS_MIN = 1000,
  CORE_PARTIALS_LOST_MAX = 20, /* failures of a task because partials were lost: caches are too small */
  CORE_HOLDERS_MAX = 4,        /* workers that are known to hold a shard; more would not help */
  CORE_JOBS_MAX = 10000,       /* unfinished */
  CORE_WORKERS_MAX = 10000,
  CORE_WATCHERS_MAX = 100, /* of one job */
  CORE_CAPACITY_MAX = 1024,
  CORE_STATES_MAX = 1 << 30, /* of a result: more (of 1,024 shards by 100,000 accumulators) is refused */
  CORE_HELD_MAX = MESSAGE_FRAME_MAX / 8, /* shards that a worker may report as held */
  CORE_BLOBS_MAX = MESSAGE_PAYLOADS_MAX - 1,
};

#endif

/* How fast the cluster's messages are, without any statistics: a real broker on a thread, pretended workers
 * that answer every task at once, a real client session.
 *
 * Tasks: MAP tasks per second by transport, in memory or durable, and by how many tasks a worker takes at
 * once; and the milliseconds from `submit` to the first task.
 * Bytes: MB per second of shards from a client to the broker's disk, and from there to a worker.
 * Answers: milliseconds until a client's sign of life is answered, with half of TASKS queued and none, one or
 * eight clients that upload.
 * Turns: milliseconds that a dropped dataset of DROPPED shards, hellos of 1 MiB by HELLOS workers, a start
 * with JOBS queued jobs, and lists of these take; each with the broker's longest turn and the longest that
 * another client waited for an answer meanwhile. Ratios to a base that is named beside them, of the same
 * call: each transport to the one before it, which does less (bytes over ipc to those that go by path and
 * hash); durable to in memory; many tasks at once to one.
 *
 * Usage: cluster_bench DIRECTORY [TASKS] [MIB], or cluster_bench DIRECTORY turns, for these alone.  DIRECTORY
 * must not be there; it holds the broker's stores.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/cluster_bytes.h"
#include "bench/cluster_latency.h"
#include "bench/cluster_tasks.h"
#include "bench/cluster_turns.h"

enum { TASKS = 20000, MIB = 256, TASKS_MIN = 2, MIB_MIN = 4, DROPPED = 4000, HELLOS = 60, JOBS = 10000 };

/* Each does what the one before it does, and more. */
static const transport transports[] = {
    {"inproc", "inproc://%s/broker", false},
    {"ipc", "ipc://%s/socket", false},
    {"tcp", "tcp://127.0.0.1:*", false},
    {"tcp + CURVE", "tcp://127.0.0.1:*", true},
};
enum { INPROC, IPC, TRANSPORTS = sizeof transports / sizeof transports[0] };

static const char *const modes[] = {"in memory", "durable"};
enum { MODES = sizeof modes / sizeof modes[0] };

static const uint32_t capacities[] = {1, 8, 64};
enum { CAPACITIES = sizeof capacities / sizeof capacities[0] };

static void print_ratio(double figure, double base, const char *name) {
  printf("  %6.3f x %s", figure / base, name);
}

static void bench_tasks(place *at, uint32_t tasks) {
  double per_s[TRANSPORTS][MODES][CAPACITIES];
  for (size_t t = 0; t < TRANSPORTS; t++) {
    for (size_t mode = 0; mode < MODES; mode++) {
      for (size_t k = 0; k < CAPACITIES; k++) {
        const tasks_setting setting = {
            .transport = &transports[t], .durable = mode > 0, .capacity = capacities[k], .tasks = tasks};
        const tasks_figures f = tasks_measure(at, &setting);
        per_s[t][mode][k] = f.per_s;
        printf("%-12s %-9s %3u at once %8.0f tasks/s  first after %6.2f ms", transports[t].name, modes[mode],
               capacities[k], f.per_s, f.first_ms);
        if (k > 0) {
          print_ratio(f.per_s, per_s[t][mode][0], "1 at once");
        }
        if (mode > 0) {
          print_ratio(f.per_s, per_s[t][0][k], modes[0]);
        }
        if (t > 0) {
          print_ratio(f.per_s, per_s[t - 1][mode][k], transports[t - 1].name);
        }
        putchar('\n');
        fflush(stdout);
      }
    }
  }
}

static void bench_bytes(place *at, uint32_t mib) {
  static const char by_path[] = "by path and hash";
  bytes_figures before = bytes_measure_by_path(at, &transports[IPC], mib);
  const char *name_before = by_path;
  printf("%-16s %6.0f MB/s to the broker's disk\n", by_path, before.to_disk);
  for (size_t t = IPC; t < TRANSPORTS; t++) {
    const bytes_figures f = bytes_measure(at, &transports[t], mib);
    printf("%-16s %6.0f MB/s to the broker's disk", transports[t].name, f.to_disk);
    print_ratio(f.to_disk, before.to_disk, name_before);
    printf("  %6.0f MB/s to a worker", f.to_worker);
    if (before.to_worker > 0) {
      print_ratio(f.to_worker, before.to_worker, name_before);
    }
    putchar('\n');
    fflush(stdout);
    before = f;
    name_before = transports[t].name;
  }
}

static void bench_latency(place *at, uint32_t tasks, uint32_t mib) {
  static const uint32_t clients[] = {0, 1, 8};
  for (size_t t = IPC; t < TRANSPORTS; t++) {
    for (size_t k = 0; k < sizeof clients / sizeof clients[0]; k++) {
      const latency_setting setting = {
          .transport = &transports[t], .tasks = tasks, .clients = clients[k], .mib = mib};
      const latency_figures f = latency_measure(at, &setting);
      printf(
          "%-12s %u uploading, %u tasks queued: an answer after %7.2f ms (median of %u), 99 of 100 within "
          "%7.2f, all within %7.2f\n",
          transports[t].name, clients[k], tasks, f.median_ms, f.asked, f.most_of_all_ms, f.most_ms);
      fflush(stdout);
    }
  }
}

static void print_most(const turns_most *most) {
  printf("; longest turn %7.2f ms, another client waits %7.2f ms at most\n", most->turn_ms, most->wait_ms);
  fflush(stdout);
}

static void print_listing(const turns_listing *f, const turns_most *most, const char *what, uint32_t jobs) {
  printf("jobs%s, of %u: %llu bytes after %.2f ms", what, jobs, (unsigned long long)f->bytes, f->ms);
  print_most(most);
}

static void bench_turns(place *at, uint32_t dropped, uint32_t hellos, uint32_t jobs) {
  const transport *t = &transports[IPC];
  const turns_drop d = turns_measure_drop(at, t, dropped);
  printf("drop of %u shards: answered after %.2f ms, removed after %.0f ms", dropped, d.answer_ms,
         d.removal_ms);
  print_most(&d.most);
  const turns_hellos h = turns_measure_hellos(at, t, hellos);
  printf("hellos of 1 MiB by %u workers: the last is welcome after %.0f ms", hellos, h.ms);
  print_most(&h.most);
  const turns_restart r = turns_measure_restart(at, t, jobs);
  printf(
      "start with %u queued jobs: bound after %.0f ms, first answer after %.0f ms, all taken up after %.0f "
      "ms",
      r.jobs, r.bound_ms, r.answer_ms, r.ready_ms);
  print_most(&r.most);
  print_listing(&r.some, &r.listing_some, " --limit 5", r.jobs);
  print_listing(&r.all, &r.listing_all, "", r.jobs);
}

/* An argument that is a whole number from LEAST on; 0: it is not. */
static uint32_t number_of(const char *text, long least) {
  char *end = NULL;
  const long value = strtol(text, &end, 10);
  return *end == '\0' && value >= least && value <= INT32_MAX ? (uint32_t)value : 0;
}

int main(int argc, char **argv) {
  const bool turns_alone = argc == 3 && strcmp(argv[2], "turns") == 0;
  const uint32_t tasks = argc > 2 && !turns_alone ? number_of(argv[2], TASKS_MIN) : TASKS;
  const uint32_t mib = argc > 3 ? number_of(argv[3], MIB_MIN) : MIB;
  if (argc < 2 || argc > 4 || tasks == 0 || mib == 0) {
    fprintf(stderr, "usage: cluster_bench DIRECTORY [turns | TASKS, at least %d] [MIB, at least %d]\n",
            TASKS_MIN, MIB_MIN);
    return 2;
  }
  if (mkdir(argv[1], 0700) != 0) {
    perror(argv[1]);
    return 1;
  }
  place at = {.directory = argv[1]};
  if (!turns_alone) {
    bench_tasks(&at, tasks);
    bench_bytes(&at, mib);
    bench_latency(&at, tasks / 2, mib);
  }
  bench_turns(&at, DROPPED, HELLOS, JOBS);
  return 0;
}

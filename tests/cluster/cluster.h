/* A cluster of real processes in a temporary directory, for tests: one broker, some workers, clients.
 *
 * Nothing is waited for by sleeping a fixed time: clients wait for their broker by themselves, however long
 * it takes, and everything else is asked for again until it is so.  What must happen in the middle of a job
 * happens while the workers are held (held.h).  Of a test that does not end with cluster_passed the
 * processes' logs are shown.  Nothing is left behind.
 */
#ifndef CANVASS_TESTS_CLUSTER_CLUSTER_H
#define CANVASS_TESTS_CLUSTER_CLUSTER_H

#include <stdint.h>

#include "base/json.h"
#include "tests/process.h"

/* Seconds that clients wait for their broker, in the environment: only for one that is gone or hangs they
 * wait in vain, and then the logs are shown before ctest ends the test. */
#define CLUSTER_PATIENCE "1800"

enum { CLUSTER_WORKERS_MAX = 4, CLUSTER_JOB_BYTES = 33 };

typedef struct cluster {
  char directory[128];
  char endpoint[160];
  char store[160]; /* the broker's */
  bool has_keys;
  /* Network namespaces to start processes in; "": this one. */
  char broker_host[32], worker_hosts[CLUSTER_WORKERS_MAX][32], client_host[32];
  process broker, workers[CLUSTER_WORKERS_MAX];
  bool passed;
  arena *memory; /* for listings */
} cluster;

/* A test of FUNCTION with a fresh cluster as its state: over ipc, without keys, nothing running yet. */
#define CLUSTER_TEST(function) cmocka_unit_test_setup_teardown(function, cluster_set_up, cluster_tear_down)
int cluster_set_up(void **state);
int cluster_tear_down(void **state);
/* The last line of every test. */
void cluster_passed(cluster *c);

/* Before the first process is started: a tcp endpoint on this machine; keys for broker, worker and client. */
void cluster_use_tcp(cluster *c);
void cluster_use_keys(cluster *c);
/* DIRECTORY/NAME. */
const char *cluster_path(const cluster *c, const char *name, char path[256]);

/* ---- Processes */
void cluster_start_broker(cluster *c);
void cluster_kill_broker(cluster *c); /* SIGKILL */
/* Worker INDEX, with one thread and its own store, which a restarted worker finds again. */
void cluster_start_worker(cluster *c, unsigned index);
/* Workers 0 to COUNT - 1, which have joined when this returns. */
void cluster_start_workers(cluster *c, unsigned count);
void cluster_kill_worker(cluster *c, unsigned index); /* SIGKILL */
/* SIGTERM, also to one that is held; its exit code must be 0. */
void cluster_stop_worker(cluster *c, unsigned index);
void cluster_stop_broker(cluster *c);
/* Waits until the broker knows of exactly COUNT workers. */
void cluster_wait_workers(cluster *c, size_t count);

/* ---- Clients */
/* Runs `canvass ARGUMENTS...` as a client of the cluster to its end. */
#define cluster_client(c, result, ...) \
  cluster_client_run(c, result, (const char *const[]){cluster_program(), __VA_ARGS__, NULL})
/* The same, and fails the test when the exit code is another; the first error is shown. */
#define cluster_expect(c, code, result, ...) \
  cluster_client_expect(c, code, result, (const char *const[]){cluster_program(), __VA_ARGS__, NULL})
/* The same for exit code 0 when the output does not matter. */
#define cluster_do(c, ...) cluster_client_do(c, (const char *const[]){cluster_program(), __VA_ARGS__, NULL})
/* In the background; writes to DIRECTORY/NAME.out and .err. */
#define cluster_start_client(c, p, name, ...) \
  cluster_client_start(c, p, name, (const char *const[]){cluster_program(), __VA_ARGS__, NULL})
const char *cluster_program(void);
void cluster_client_run(cluster *c, process_result *result, const char *const *arguments);
void cluster_client_expect(cluster *c, int code, process_result *result, const char *const *arguments);
void cluster_client_do(cluster *c, const char *const *arguments);
void cluster_client_start(cluster *c, process *p, const char *name, const char *const *arguments);
/* Fails the test unless OUTPUT holds WORDS; WHAT says of whom it is. */
void cluster_expect_words(const char *output, const char *words, const char *what);

/* Submits and gives the job's id. */
void cluster_submit(cluster *c, const char *spec, const char *dataset, char job[CLUSTER_JOB_BYTES]);
/* The id that `submit` printed. */
void cluster_job_id(const process_result *submitted, char job[CLUSTER_JOB_BYTES]);
/* Waits for the job's end and fetches its report as JSON. */
void cluster_report(cluster *c, const char *job, process_result *report);
/* Both, as one: submits and gives the report. */
void cluster_evaluate(cluster *c, const char *spec, const char *dataset, process_result *report);

/* ---- Asking */
/* The listing's entries: an array, in C's memory. */
const json *cluster_listing(cluster *c, const char *what);
bool cluster_lists_dataset(cluster *c, const char *name);
typedef struct cluster_job {
  char state[16];
  int64_t stage, rows_done, rows_total, computed, cached, tasks_computed, tasks_cached;
} cluster_job;
/* Fails the test when the job is not listed. */
cluster_job cluster_job_of(cluster *c, const char *job);
bool cluster_job_has_ended(const cluster_job *j);
/* Waits for the job's end, and says how it stood. */
cluster_job cluster_wait_end(cluster *c, const char *job);
/* DIRECTORY/FILE, terminated and to be freed; *LENGTH may be NULL. */
char *cluster_read(const cluster *c, const char *file, size_t *length);
/* How many blobs stand below the folder STORE, and waiting for at least COUNT. */
size_t cluster_blobs(const cluster *c, const char *store);
void cluster_wait_blobs(cluster *c, const char *store, size_t count);
/* Is there a line with WORDS in DIRECTORY/FILE?  Waiting for it. */
bool cluster_has_logged(const cluster *c, const char *file, const char *words);
void cluster_wait_logged(cluster *c, const char *file, const char *words);
/* Makes the processes that come from now on believe that they are on other machines than the broker's store.
 */
void cluster_hide_store(cluster *c);
/* Calls IS_SO until it is; WHAT is said now and then when that takes long. */
void cluster_wait_for(cluster *c, bool (*is_so)(cluster *c, void *context), void *context, const char *what);

/* ---- What reports are compared with */
/* `canvass run` of SPEC over FILES (ends with NULL) as JSON. */
void cluster_run_alone(const char *spec, const char *const *files, process_result *report);
/* The same bytes; WHAT names the case. */
void cluster_expect_same(const process_result *expected, const process_result *found, const char *what);

#endif

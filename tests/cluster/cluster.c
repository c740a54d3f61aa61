/* The cluster of a test: see cluster.h. */
#include "tests/cluster/cluster.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/check.h"

enum { LOG_SHOWN = 6000, TCP_PORT = 7117, PAUSE_MS = 10, PAUSES_SAID = 3000 };

static const char *const client_environment[] = {"CANVASS_BROKER", "CANVASS_IDENTITY", "CANVASS_BROKER_KEY"};

const char *cluster_program(void) {
  return CANVASS_PROGRAM;
}

const char *cluster_path(const cluster *c, const char *name, char path[256]) {
  snprintf(path, 256, "%s/%s", c->directory, name);
  return path;
}

int cluster_set_up(void **state) {
  cluster *c = calloc(1, sizeof *c);
  assert_non_null(c);
  c->memory = arena_new();
  assert_non_null(c->memory);
  process_directory_new(c->directory, sizeof c->directory);
  snprintf(c->endpoint, sizeof c->endpoint, "ipc://%s/socket", c->directory);
  snprintf(c->store, sizeof c->store, "%s/broker", c->directory);
  for (size_t i = 0; i < sizeof client_environment / sizeof client_environment[0]; i++) {
    unsetenv(client_environment[i]);
  }
  setenv("CANVASS_BROKER", c->endpoint, 1);
  setenv("CANVASS_PATIENCE", CLUSTER_PATIENCE, 1);
  *state = c;
  return 0;
}

static void show_log(const cluster *c, const char *name) {
  char path[256];
  size_t length = 0;
  char *text = process_read_file(cluster_path(c, name, path), &length);
  if (text != NULL && length > 0) {
    print_message("---- %s\n%s\n", name, text + (length > LOG_SHOWN ? length - LOG_SHOWN : 0));
  }
  free(text);
}

static void show_logs(const cluster *c) {
  DIR *d = opendir(c->directory);
  for (const struct dirent *entry = d != NULL ? readdir(d) : NULL; entry != NULL; entry = readdir(d)) {
    const char *dot = strrchr(entry->d_name, '.');
    if (dot != NULL && (strcmp(dot, ".log") == 0 || strcmp(dot, ".err") == 0)) {
      show_log(c, entry->d_name);
    }
  }
  if (d != NULL) {
    closedir(d);
  }
}

int cluster_tear_down(void **state) {
  cluster *c = *state;
  if (!c->passed) {
    show_logs(c);
  }
  for (unsigned i = 0; i < CLUSTER_WORKERS_MAX; i++) {
    process_kill(&c->workers[i]);
  }
  process_kill(&c->broker);
  process_directory_remove(c->directory);
  arena_destroy(c->memory);
  free(c);
  return 0;
}

void cluster_passed(cluster *c) {
  c->passed = true;
}

/* An address of this machine's own network that no other process takes: it carries the test's number. */
void cluster_use_tcp(cluster *c) {
  const unsigned pid = (unsigned)getpid();
  snprintf(c->endpoint, sizeof c->endpoint, "tcp://127.%u.%u.%u:%d", 1 + (pid >> 16) % 250, (pid >> 8) % 256,
           pid % 256, TCP_PORT);
  setenv("CANVASS_BROKER", c->endpoint, 1);
}

void cluster_use_keys(cluster *c) {
  char path[256];
  char allowed[256];
  char list[4096];
  size_t length = 0;
  cluster_do(c, "keygen", cluster_path(c, "broker.key", path));
  for (int i = 0; i < 2; i++) {
    const char *role = i == 0 ? "worker" : "client";
    char name[32];
    snprintf(name, sizeof name, "%s.key", role);
    process_result r;
    cluster_expect(c, 0, &r, "keygen", "--role", role, cluster_path(c, name, path));
    assert_true(length + r.out_length < sizeof list);
    memcpy(list + length, r.out, r.out_length);
    length += r.out_length;
    process_result_fini(&r);
  }
  process_write_file(c->directory, "allowed", list, length, allowed, sizeof allowed);
  setenv("CANVASS_IDENTITY", cluster_path(c, "client.key", path), 1);
  setenv("CANVASS_BROKER_KEY", cluster_path(c, "broker.key.pub", path), 1);
  c->has_keys = true;
}

/* ---- Hosts ----------------------------------------------------------------------------------------- */

enum { ARGUMENTS_MAX = 64 };

/* ARGUMENTS, as they are run on HOST. */
static const char *const *arguments_on(const char *host, const char *const *arguments,
                                       const char *out[ARGUMENTS_MAX]) {
  static const char *const prefix[] = {"/usr/bin/env", "ip", "netns", "exec"};
  size_t count = 0;
  if (!host[0]) {
    return arguments;
  }
  for (; count < sizeof prefix / sizeof prefix[0]; count++) {
    out[count] = prefix[count];
  }
  out[count++] = host;
  for (; *arguments != NULL; arguments++) {
    assert_true(count < ARGUMENTS_MAX - 1);
    out[count++] = *arguments;
  }
  out[count] = NULL;
  return out;
}

static void start_on(process *p, const char *host, const char *const *arguments, const char *log) {
  const char *there[ARGUMENTS_MAX];
  process_start(p, arguments_on(host, arguments, there), log, log);
}

/* ---- Processes ------------------------------------------------------------------------------------- */

void cluster_start_broker(cluster *c) {
  char log[256];
  char key[256];
  char allowed[256];
  const char *arguments[16] = {CANVASS_PROGRAM, "broker", "--listen", c->endpoint, "--store", c->store};
  if (c->has_keys) {
    arguments[6] = "--identity";
    arguments[7] = cluster_path(c, "broker.key", key);
    arguments[8] = "--allow";
    arguments[9] = cluster_path(c, "allowed", allowed);
  }
  cluster_path(c, "broker.log", log);
  start_on(&c->broker, c->broker_host, arguments, log);
}

void cluster_kill_broker(cluster *c) {
  assert_true(process_is_running(&c->broker));
  process_kill(&c->broker);
}

void cluster_start_worker(cluster *c, unsigned index) {
  char log[256];
  char store[256];
  char key[256];
  char broker_key[256];
  char name[32];
  snprintf(name, sizeof name, "worker%u", index);
  cluster_path(c, name, store);
  snprintf(name, sizeof name, "worker%u.log", index);
  cluster_path(c, name, log);
  const char *arguments[16] = {CANVASS_PROGRAM, "worker", "--broker",  c->endpoint,
                               "--store",       store,    "--threads", "1"};
  if (c->has_keys) {
    arguments[8] = "--identity";
    arguments[9] = cluster_path(c, "worker.key", key);
    arguments[10] = "--broker-key";
    arguments[11] = cluster_path(c, "broker.key.pub", broker_key);
  }
  start_on(&c->workers[index], c->worker_hosts[index], arguments, log);
}

void cluster_kill_worker(cluster *c, unsigned index) {
  assert_true(process_is_running(&c->workers[index]));
  process_kill(&c->workers[index]);
}

/* It may be held.  SIGCONT goes first: after SIGTERM it could come while LeakSanitizer stops the process that
 * ends, and take back the stop that it waits for. */
static void stop(process *p, const char *what) {
  process_signal(p, SIGCONT);
  process_signal(p, SIGTERM);
  const int code = process_wait(p);
  if (code != 0) {
    fail_msg("%s after SIGTERM: exit code %d", what, code);
  }
}

void cluster_stop_worker(cluster *c, unsigned index) {
  stop(&c->workers[index], "a worker");
}

void cluster_stop_broker(cluster *c) {
  stop(&c->broker, "the broker");
}

/* ---- Clients --------------------------------------------------------------------------------------- */

void cluster_client_run(cluster *c, process_result *result, const char *const *arguments) {
  const char *there[ARGUMENTS_MAX];
  process_run(arguments_on(c->client_host, arguments, there), NULL, result);
}

void cluster_client_expect(cluster *c, int code, process_result *result, const char *const *arguments) {
  cluster_client_run(c, result, arguments);
  if (result->exit_code != code) {
    fail_msg("canvass %s: exit code %d instead of %d: %s%s", arguments[1], result->exit_code, code,
             result->out, result->err);
  }
}

void cluster_client_do(cluster *c, const char *const *arguments) {
  process_result r;
  cluster_client_expect(c, 0, &r, arguments);
  process_result_fini(&r);
}

void cluster_client_start(cluster *c, process *p, const char *name, const char *const *arguments) {
  char file[64];
  char out[256];
  char err[256];
  snprintf(file, sizeof file, "%s.out", name);
  cluster_path(c, file, out);
  snprintf(file, sizeof file, "%s.err", name);
  cluster_path(c, file, err);
  const char *there[ARGUMENTS_MAX];
  process_start(p, arguments_on(c->client_host, arguments, there), out, err);
}

void cluster_expect_words(const char *output, const char *words, const char *what) {
  if (strstr(output, words) == NULL) {
    fail_msg("%s does not say \"%s\": %s", what, words, output);
  }
}

void cluster_job_id(const process_result *submitted, char job[CLUSTER_JOB_BYTES]) {
  if (submitted->out_length != CLUSTER_JOB_BYTES || submitted->out[CLUSTER_JOB_BYTES - 1] != '\n' ||
      strspn(submitted->out, "0123456789abcdef") != CLUSTER_JOB_BYTES - 1) {
    fail_msg("not a job's id alone: \"%s\"", submitted->out);
  }
  memcpy(job, submitted->out, CLUSTER_JOB_BYTES - 1);
  job[CLUSTER_JOB_BYTES - 1] = 0;
}

void cluster_submit(cluster *c, const char *spec, const char *dataset, char job[CLUSTER_JOB_BYTES]) {
  process_result r;
  cluster_expect(c, 0, &r, "submit", spec, "--dataset", dataset);
  cluster_job_id(&r, job);
  process_result_fini(&r);
}

void cluster_report(cluster *c, const char *job, process_result *report) {
  const cluster_job j = cluster_wait_end(c, job);
  assert_string_equal(j.state, "done");
  cluster_expect(c, 0, report, "report", job, "--format", "json");
}

void cluster_evaluate(cluster *c, const char *spec, const char *dataset, process_result *report) {
  char job[CLUSTER_JOB_BYTES];
  cluster_submit(c, spec, dataset, job);
  cluster_report(c, job, report);
}

/* ---- Asking ---------------------------------------------------------------------------------------- */

void cluster_wait_for(cluster *c, bool (*is_so)(cluster *c, void *context), void *context, const char *what) {
  const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
  for (unsigned pauses = 1; !is_so(c, context); pauses++) {
    if (pauses % PAUSES_SAID == 0) {
      print_message("still waiting %s\n", what);
    }
    nanosleep(&pause, NULL);
  }
}

const json *cluster_listing(cluster *c, const char *what) {
  process_result r;
  cluster_expect(c, 0, &r, what, "--json");
  json *listing = NULL;
  error err = {0};
  if (json_parse(c->memory, (slice){r.out, r.out_length}, what, &listing, &err)) {
    fail_msg("%s --json: %s: %s", what, err.message, r.out);
  }
  process_result_fini(&r);
  return json_get(listing, what);
}

bool cluster_lists_dataset(cluster *c, const char *name) {
  const json *datasets = cluster_listing(c, "datasets");
  for (size_t i = 0; i < json_count(datasets); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(datasets, i), "name")), name) == 0) {
      return true;
    }
  }
  return false;
}

static bool workers_are(cluster *c, void *context) {
  return json_count(cluster_listing(c, "workers")) == *(const size_t *)context;
}

void cluster_start_workers(cluster *c, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    cluster_start_worker(c, i);
  }
  cluster_wait_workers(c, count);
}

void cluster_wait_workers(cluster *c, size_t count) {
  cluster_wait_for(c, workers_are, &count, "for the workers to be as many as they should");
}

cluster_job cluster_job_of(cluster *c, const char *job) {
  const json *jobs = cluster_listing(c, "jobs");
  for (size_t i = 0; i < json_count(jobs); i++) {
    const json *at = json_at(jobs, i);
    if (strcmp(json_as_cstring(json_get(at, "id")), job) == 0) {
      cluster_job j = {
          .stage = json_as_integer(json_get(at, "stage")),
          .rows_done = json_as_integer(json_get(at, "rows_done")),
          .rows_total = json_as_integer(json_get(at, "rows_total")),
          .computed = json_as_integer(json_get(at, "computed")),
          .tasks_computed = json_as_integer(json_get(at, "tasks_computed")),
          .tasks_cached = json_as_integer(json_get(at, "tasks_cached")),
          .cached = json_as_integer(json_get(at, "cached")),
      };
      snprintf(j.state, sizeof j.state, "%s", json_as_cstring(json_get(at, "state")));
      return j;
    }
  }
  fail_msg("job %s is not listed", job);
  return (cluster_job){0};
}

bool cluster_job_has_ended(const cluster_job *j) {
  return strcmp(j->state, "queued") != 0 && strcmp(j->state, "running") != 0;
}

typedef struct job_wait {
  const char *job;
  cluster_job last;
} job_wait;

static bool job_has_ended(cluster *c, void *context) {
  job_wait *w = context;
  w->last = cluster_job_of(c, w->job);
  return cluster_job_has_ended(&w->last);
}

cluster_job cluster_wait_end(cluster *c, const char *job) {
  job_wait w = {.job = job};
  cluster_wait_for(c, job_has_ended, &w, "for a job's end");
  return w.last;
}

static _Thread_local size_t blobs_counted;

static int count_blob(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info;
  blobs_counted += type == FTW_F && strlen(path + place->base) == 64;
  return 0;
}

size_t cluster_blobs(const cluster *c, const char *store) {
  (void)c;
  blobs_counted = 0;
  nftw(store, count_blob, 16, FTW_PHYS);
  return blobs_counted;
}

typedef struct blobs_wait {
  const char *store;
  size_t count;
} blobs_wait;

static bool blobs_are_there(cluster *c, void *context) {
  const blobs_wait *w = context;
  return cluster_blobs(c, w->store) >= w->count;
}

void cluster_wait_blobs(cluster *c, const char *store, size_t count) {
  blobs_wait w = {.store = store, .count = count};
  cluster_wait_for(c, blobs_are_there, &w, "for blobs to arrive in a store");
}

char *cluster_read(const cluster *c, const char *file, size_t *length) {
  char path[256];
  size_t read = 0;
  char *text = process_read_file(cluster_path(c, file, path), length != NULL ? length : &read);
  if (text == NULL) {
    fail_msg("there is no file %s", path);
  }
  return text;
}

bool cluster_has_logged(const cluster *c, const char *file, const char *words) {
  char path[256];
  size_t length = 0;
  char *log = process_read_file(cluster_path(c, file, path), &length);
  const bool has = log != NULL && strstr(log, words) != NULL;
  free(log);
  return has;
}

typedef struct line_wait {
  const char *file, *words;
} line_wait;

static bool is_logged(cluster *c, void *context) {
  const line_wait *w = context;
  return cluster_has_logged(c, w->file, w->words);
}

void cluster_wait_logged(cluster *c, const char *file, const char *words) {
  line_wait w = {file, words};
  char what[256];
  snprintf(what, sizeof what, "for '%s' in %s", words, file);
  cluster_wait_for(c, is_logged, &w, what);
}

/* A peer that shares the store finds there the same bytes as in the welcome. */
void cluster_hide_store(cluster *c) {
  char path[256];
  process_result r;
  cluster_expect(c, 0, &r, "datasets"); /* the broker is up, so the file is there */
  process_result_fini(&r);
  process_write_file(c->store, "probe", "another machine", 15, path, sizeof path);
}

/* ---- Reports --------------------------------------------------------------------------------------- */

void cluster_run_alone(const char *spec, const char *const *files, process_result *report) {
  const char *arguments[64] = {CANVASS_PROGRAM, "run", spec};
  size_t count = 3;
  for (; *files != NULL; files++) {
    assert_true(count < 56);
    arguments[count++] = *files;
  }
  arguments[count++] = "--format";
  arguments[count++] = "json";
  arguments[count++] = "-q";
  process_run(arguments, NULL, report);
  if (report->exit_code != 0) {
    fail_msg("canvass run: exit code %d: %s", report->exit_code, report->err);
  }
}

void cluster_expect_same(const process_result *expected, const process_result *found, const char *what) {
  size_t at = 0;
  while (at < expected->out_length && at < found->out_length && expected->out[at] == found->out[at]) {
    at++;
  }
  if (at < expected->out_length || at < found->out_length) {
    const size_t from = at > 60 ? at - 60 : 0;
    fail_msg("%s: other bytes from %zu on: ...%.120s... instead of ...%.120s...", what, at, found->out + from,
             expected->out + from);
  }
}

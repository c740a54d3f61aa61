/* Jobs that go on without shards (on_lost_shard: report): real processes, and reports of the other rows. */
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/session.h"
#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

/* Runs of one shard each, so that each is a task. */
enum { SHARD_ROWS = 33000, SHARDS = 3, ROWS = SHARD_ROWS * SHARDS, SMALL_ROWS = 500 };

static const char allowing[] = "on_lost_shard: report\n";
static const char second_question[] =
    "variables:\n"
    "  q2: {type: scale, range: [0, 9]}\n"
    "analyses:\n"
    "  - csat: {items: q2, boxes: 2}\n";

typedef struct scene {
  char data[256], spec[256], strict_spec[256]; /* the last one does not allow it */
  char shard[65];                              /* a shard in the broker's store */
} scene;

static void write_spec(const cluster *c, const char *name, const char *first, const char *text,
                       char path[256]) {
  char all[2048];
  snprintf(all, sizeof all, "%s%s", first, text);
  survey_write_spec(c->directory, name, all, path);
}

static void prepare(const cluster *c, scene *s, const char *text, uint32_t rows) {
  survey_write(c->directory, "survey.csv", rows, 1, 1, s->data);
  write_spec(c, "lost.yaml", allowing, text, s->spec);
  write_spec(c, "strict.yaml", "", text, s->strict_spec);
}

/* ---- Shards in a store ------------------------------------------------------------------------------ */

static char found_path[256];

/* The one whose name is the first. */
static int find_shard(const char *path, const struct stat *info, int type, struct FTW *place) {
  char magic[9] = {0};
  (void)info;
  if (type != FTW_F || strlen(path + place->base) != 64) {
    return 0;
  }
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  const bool is_shard = fread(magic, 1, 8, f) == 8 && strcmp(magic, "CANVSHRD") == 0;
  assert_int_equal(fclose(f), 0);
  if (is_shard && (found_path[0] == '\0' || strcmp(strrchr(path, '/'), strrchr(found_path, '/')) < 0)) {
    snprintf(found_path, sizeof found_path, "%s", path);
  }
  return 0;
}

static void choose_shard(const char *store, scene *s) {
  char blobs[256];
  snprintf(blobs, sizeof blobs, "%s/blobs", store);
  found_path[0] = '\0';
  assert_int_equal(nftw(blobs, find_shard, 16, FTW_PHYS), 0);
  assert_true(found_path[0] != '\0');
  snprintf(s->shard, sizeof s->shard, "%s", strrchr(found_path, '/') + 1);
}

static void alter_chosen(void) {
  struct stat info;
  FILE *f = fopen(found_path, "r+b");
  assert_non_null(f);
  assert_int_equal(fstat(fileno(f), &info), 0);
  assert_int_equal(fseek(f, info.st_size / 2, SEEK_SET), 0);
  const int byte = fgetc(f);
  assert_int_equal(fseek(f, info.st_size / 2, SEEK_SET), 0);
  assert_int_not_equal(fputc(byte ^ 1, f), EOF);
  assert_int_equal(fclose(f), 0);
}

/* Processes that start from now on have the layer. */
/* The layer may be loaded before the sanitizer's library. */
static void preload(const scene *s, const char *does) {
  setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
  setenv("LD_PRELOAD", SHARD_LAYER, 1);
  setenv("CANVASS_SHARD", s->shard, 1);
  setenv("CANVASS_SHARD_DOES", does, 1);
}

static void preload_nothing(void) {
  unsetenv("ASAN_OPTIONS");
  unsetenv("LD_PRELOAD");
  unsetenv("CANVASS_SHARD");
  unsetenv("CANVASS_SHARD_DOES");
}

/* ---- Reports ---------------------------------------------------------------------------------------- */

static const json *parse(cluster *c, const process_result *r, const char *what) {
  json *document = NULL;
  error err;
  if (json_parse(c->memory, (slice){r->out, r->out_length}, what, &document, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return document;
}

/* Copies the file of survey rows without those from FIRST (from 1) on, ROWS of them. */
static void write_without(const cluster *c, const scene *s, int64_t first, int64_t rows, char path[256]) {
  size_t length = 0;
  char *text = process_read_file(s->data, &length);
  char *kept = malloc(length + 1);
  size_t kept_length = 0;
  int64_t row = 0; /* the header */
  assert_true(text != NULL && kept != NULL);
  for (const char *at = text; at < text + length; row++) {
    const char *end = strchr(at, '\n') + 1;
    if (row < first || row >= first + rows) {
      memcpy(kept + kept_length, at, (size_t)(end - at));
      kept_length += (size_t)(end - at);
    }
    at = end;
  }
  process_write_file(c->directory, "kept.csv", kept, kept_length, path, 256);
  free(text);
  free(kept);
}

static void expect_same_figures(const json *expected, const json *found) {
  buf a;
  buf b;
  buf_init(&a);
  buf_init(&b);
  json_write(json_get(expected, "analyses"), &a);
  json_write(json_get(found, "analyses"), &b);
  assert_true(a.length > 2 && a.length == b.length);
  assert_memory_equal(a.data, b.data, a.length);
  buf_fini(&a);
  buf_fini(&b);
}

/* The report has the figures of all rows but ROWS, that were lost for CAUSE, as if those had never been. */
static void expect_without(cluster *c, const scene *s, const process_result *report, int64_t rows,
                           const char *cause) {
  const json *found = parse(c, report, "the report");
  const json *data = json_get(found, "data");
  const json *lost = json_get(json_at(json_get(data, "files"), 0), "lost_rows");
  const json *place = json_at(json_get(lost, "places"), 0);
  assert_int_equal(json_as_integer(json_get(data, "lost_rows")), rows);
  assert_int_equal(json_as_integer(json_get(data, "lost_shards")), 1);
  assert_int_equal(json_as_integer(json_get(lost, "n")), rows);
  assert_int_equal(json_as_integer(json_get(place, "rows")), rows);
  assert_string_equal(json_as_cstring(json_get(place, "cause")), cause);
  char kept[256];
  process_result alone;
  write_without(c, s, json_as_integer(json_get(place, "row")), rows, kept);
  cluster_run_alone(s->strict_spec, (const char *const[]){kept, NULL}, &alone);
  const json *expected = parse(c, &alone, "the other rows' report");
  assert_int_equal(json_as_integer(json_get(data, "rows")),
                   json_as_integer(json_get(json_get(expected, "data"), "rows")));
  expect_same_figures(expected, found);
  process_result_fini(&alone);
}

/* The job of the newest entry says that rows are lost, and of which file they are. */
static void expect_listed(cluster *c, int64_t rows) {
  const json *jobs = cluster_listing(c, "jobs");
  const json *job = json_at(jobs, json_count(jobs) - 1);
  bool is_told = false;
  assert_int_equal(json_as_integer(json_get(job, "shards_lost")), 1);
  assert_int_equal(json_as_integer(json_get(job, "rows_lost")), rows);
  const json *notes = json_get(job, "notes");
  for (size_t i = 0; i < json_count(notes); i++) {
    const char *note = json_as_cstring(json_at(notes, i));
    is_told = is_told || (strstr(note, "goes on without rows ") != NULL &&
                          strstr(note, "the rows are of the file survey.csv") != NULL);
  }
  assert_true(is_told);
}

/* ---- Bytes that nobody has --------------------------------------------------------------------------- */

static void a_shard_that_is_damaged_everywhere_is_left_out_and_told(void **state) {
  cluster *c = *state;
  scene s = {0};
  process_result r;
  prepare(c, &s, survey_short_spec, 6 * SMALL_ROWS);
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", s.spec, s.data, "--shard-rows", "500");
  cluster_stop_broker(c);
  choose_shard(c->store, &s);
  alter_chosen();
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_expect(c, 0, &r, "submit", s.spec, "--dataset", "survey", "--wait", "--format", "json");
  expect_without(c, &s, &r, SMALL_ROWS, "unreadable");
  cluster_expect_words(r.err, "warning: survey.csv: 500 rows are lost and in no figure", "a submit");
  process_result_fini(&r);
  expect_listed(c, SMALL_ROWS);
  const json *jobs = cluster_listing(c, "jobs");
  const char *job = json_as_cstring(json_get(json_at(jobs, json_count(jobs) - 1), "id"));
  cluster_expect(c, 0, &r, "report", job);
  cluster_expect_words(r.out, "Rows of survey.csv that were lost and are in no figure: 500", "a report");
  process_result_fini(&r);
  cluster_expect(c, 0, &r, "report", job, "--lang", "zh-Hans");
  cluster_expect_words(r.out, "survey.csv 中丢失、未计入任何数字的记录：500", "a report");
  process_result_fini(&r);
  cluster_expect(c, 0, &r, "jobs");
  cluster_expect_words(r.out, "without 500 lost rows", "jobs");
  process_result_fini(&r);
  /* Without the setting the job ends as ever. */
  cluster_client(c, &r, "submit", s.strict_spec, "--dataset", "survey", "--wait");
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "put the same files again", "a job that may lose nothing");
  process_result_fini(&r);
  cluster_passed(c);
}

/* A client that makes no plan: the worker that makes it says what the specification allows. */
static void a_specification_that_a_worker_compiles_may_say_so_too(void **state) {
  cluster *c = *state;
  scene s = {0};
  prepare(c, &s, survey_short_spec, 6 * SMALL_ROWS);
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", s.spec, s.data, "--shard-rows", "500");
  cluster_stop_broker(c);
  choose_shard(c->store, &s);
  alter_chosen();
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  size_t length = 0;
  char *page = process_read_file(s.spec, &length);
  session *link = NULL;
  error err;
  char id[SESSION_JOB_BYTES];
  buf report;
  buf_init(&report);
  const session_options options = {.endpoint = c->endpoint, .patience_ms = 1800 * 1000};
  const session_job job = {.specification = {page, length}, .dataset = "survey"};
  assert_int_equal(session_connect(&options, &link, &err), STATUS_OK);
  assert_int_equal(session_submit(link, &job, id, &err), STATUS_OK);
  if (session_wait(link, id, NULL, NULL, &report, NULL, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  const process_result r = {.out = (char *)report.data, .out_length = report.length};
  expect_without(c, &s, &r, SMALL_ROWS, "unreadable");
  session_close(link);
  buf_fini(&report);
  free(page);
  cluster_passed(c);
}

static void run_goes_on_without_a_shard_that_reading_again_does_not_bring_back(void **state) {
  cluster *c = *state;
  scene s = {0};
  process_result r;
  char store[256];
  prepare(c, &s, survey_short_spec, 6 * SMALL_ROWS);
  cluster_path(c, "kept", store);
  cluster_expect(c, 0, &r, "run", s.spec, s.data, "--store", store, "--shard-rows", "500");
  process_result_fini(&r);
  choose_shard(store, &s);
  /* Another specification: what is cached needs no shard. */
  char other[256];
  char strict[256];
  write_spec(c, "other.yaml", allowing, second_question, other);
  write_spec(c, "other_strict.yaml", "", second_question, strict);
  snprintf(s.strict_spec, sizeof s.strict_spec, "%s", strict);
  preload(&s, "vanish");
  cluster_expect(c, 0, &r, "run", other, s.data, "--store", store, "--shard-rows", "500", "--format", "json");
  process_result refused;
  cluster_client(c, &refused, "run", strict, s.data, "--store", store, "--shard-rows", "500");
  preload_nothing();
  expect_without(c, &s, &r, SMALL_ROWS, "unreadable");
  process_result_fini(&r);
  assert_int_not_equal(refused.exit_code, 0);
  process_result_fini(&refused);
  cluster_passed(c);
}

/* ---- Workers that die ------------------------------------------------------------------------------ */

static void start_broker_of_few_losses(cluster *c) {
  char log[256];
  const char *const arguments[] = {cluster_program(), "broker",   "--listen", c->endpoint, "--store",
                                   c->store,          "--losses", "1",        NULL};
  cluster_path(c, "broker.log", log);
  process_start(&c->broker, arguments, log, log);
}

/* Whoever opens one of the shards is killed, until the broker gives it up. */
static void a_shard_at_which_workers_die_is_left_out_and_told(void **state) {
  cluster *c = *state;
  scene s = {0};
  process_result r;
  char job[CLUSTER_JOB_BYTES];
  prepare(c, &s, survey_short_spec, ROWS);
  char rows[16];
  snprintf(rows, sizeof rows, "%d", SHARD_ROWS);
  start_broker_of_few_losses(c);
  cluster_do(c, "put", "survey", s.spec, s.data, "--shard-rows", rows);
  choose_shard(c->store, &s);
  cluster_submit(c, s.spec, "survey", job);
  unsigned deaths = 0;
  for (; !cluster_has_logged(c, "broker.log", "goes on without");
       deaths += process_look(&c->workers[0], 100) >= 0) {
    if (!process_is_running(&c->workers[0])) {
      preload(&s, "die");
      cluster_start_worker(c, 0);
      preload_nothing();
    }
  }
  assert_true(deaths >= 2);
  cluster_report(c, job, &r);
  expect_without(c, &s, &r, SHARD_ROWS, "workers_lost");
  process_result_fini(&r);
  expect_listed(c, SHARD_ROWS);
  cluster_expect(c, 0, &r, "watch", job);
  cluster_expect_words(r.err, "lost rows; it says which", "a watch");
  process_result_fini(&r);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_shard_that_is_damaged_everywhere_is_left_out_and_told),
      CLUSTER_TEST(a_specification_that_a_worker_compiles_may_say_so_too),
      CLUSTER_TEST(run_goes_on_without_a_shard_that_reading_again_does_not_bring_back),
      CLUSTER_TEST(a_shard_at_which_workers_die_is_left_out_and_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the broker does about shards and jobs that were damaged on its disk, and about a disk that is full. */
#include "tests/broker/shell_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "broker/records/ledger.h"
#include "tests/check.h"

enum { SHARDS = 3, SMALL = 1000, LARGE = 20 * 1024 * 1024 + 12345 };

/* ---- Damage -------------------------------------------------------------------------------------- */

static void alter(const shell *s, const sample *blob) {
  char path[SAMPLE_PATH_BYTES];
  assert_int_equal(chmod(sample_path(s, blob, path), 0600), 0);
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const uint8_t other = (uint8_t)~blob->bytes[blob->length / 2];
  assert_true(fd >= 0);
  assert_int_equal(pwrite(fd, &other, 1, (off_t)(blob->length / 2)), 1);
  close(fd);
}

/* The survey's shard INDEX was damaged while the broker was away. */
static void with_damaged_shard(shell *s, survey *v, size_t size, size_t index) {
  survey_start(s, v, SHARDS, size);
  shell_stop(s);
  alter(s, &v->shards[index]);
  shell_start(s, NULL, true);
}

static void a_damaged_shard_is_fetched_from_a_worker_that_has_it(void **state) {
  enum { SIZE = 3 * 1024 * 1024 };
  shell *s = *state;
  survey f;
  talker needs;
  talker has;
  talker lacks;
  with_damaged_shard(s, &f, SIZE, 1);
  talker_worker(s, &needs, 1);
  talker_worker(s, &has, 1);
  talker_worker(s, &lacks, 1);
  talker_want(&needs, &f.shards[1], MESSAGE_FRAME_MAX);
  talker_expect(&lacks, MESSAGE_WANT);
  message lost = message_of(MESSAGE_LOST);
  message_set_bytes(&lost, FIELD_BLOB, f.shards[1].name.bytes, DIGEST_BYTES);
  message_set_text(&lost, FIELD_STATUS, "not-found");
  talker_send(&lacks, &lost, NULL, 0);
  for (int wants = 0; wants < 4; wants++) { /* how large it is, then three chunks */
    talker_expect(&has, MESSAGE_WANT);
    talker_answer_want(&has, &f.shards[1]);
  }
  assert_int_equal(talker_expect_chunk(&needs, &f.shards[1], MESSAGE_FRAME_MAX), 2 * MESSAGE_FRAME_MAX);
  talker_fetch(&needs, &f.shards[1]);
  talker_expect_none(&has, MESSAGE_HAVE);
  assert_true(shell_log_has(s, "set aside"));
}

static void a_damaged_shard_that_no_worker_has_is_lost_with_advice(void **state) {
  shell *s = *state;
  survey f;
  talker worker;
  with_damaged_shard(s, &f, SMALL, 0);
  talker_worker(s, &worker, 1);
  talker_want(&worker, &f.shards[0], 0);
  const slice text = talker_expect_lost(&worker)->texts[FIELD_MESSAGE];
  assert_non_null(memmem(text.bytes, text.length, "put the same files again", 24));
}

/* The broker compared it before; that a worker complains makes it look again. */
static void a_shard_that_is_damaged_while_the_broker_runs_is_found_out(void **state) {
  shell *s = *state;
  survey f;
  talker worker;
  survey_start(s, &f, SHARDS, SMALL);
  talker_worker(s, &worker, 1);
  talker_fetch(&worker, &f.shards[0]);
  alter(s, &f.shards[0]);
  message task = message_of(MESSAGE_TASK);
  message_set_bytes(&task, FIELD_JOB, "0123456789abcdef", JOB_ID_BYTES);
  message m = worker_message(MESSAGE_FAILURE, &task);
  message_set_text(&m, FIELD_STATUS, "corrupt");
  message_set_bytes(&m, FIELD_BLOB, f.shards[0].name.bytes, DIGEST_BYTES);
  talker_send(&worker, &m, NULL, 0);
  talker_want(&worker, &f.shards[0], 0);
  talker_expect_lost(&worker);
  talker_put(&f.client, &f.shards[0]); /* put again, it is there again */
  talker_fetch(&worker, &f.shards[0]);
}

/* ---- Damaged jobs -------------------------------------------------------------------------------- */

static core_job_id numbered(uint32_t number) {
  core_job_id id = {{0}};
  memcpy(id.bytes, &number, sizeof number);
  return id;
}

/* As if a broker had kept them, and lost the manifest that they all need. */
static void put_jobs_without_manifest(const shell *s, uint32_t count, size_t title_bytes) {
  char *title = calloc(title_bytes + 1, 1);
  assert_non_null(title);
  memset(title, 't', title_bytes);
  ledger *l = NULL;
  error err;
  assert_int_equal(ledger_open(s->store, &l, &err), STATUS_OK);
  for (uint32_t i = 0; i < count; i++) {
    const ledger_job j = {.id = numbered(i),
                          .dataset = (char *)"survey",
                          .title = title,
                          .version = 1,
                          .manifest = {.name = {{1}}, .bytes = SMALL}};
    assert_int_equal(ledger_job_put(l, &j, &err), STATUS_OK);
    if (ledger_pending_bytes(l) > 16 << 20) {
      assert_int_equal(ledger_commit(l, &err), STATUS_OK);
    }
  }
  assert_int_equal(ledger_commit(l, &err), STATUS_OK);
  ledger_close(l);
  free(title);
}

/* Their records are more than one transaction takes. */
static void damaged_jobs_are_given_up_however_many_there_are(void **state) {
  enum { JOBS = 1100, TITLE_BYTES = 64000 };
  shell *s = *state;
  talker t;
  shell_start(s, NULL, true);
  shell_stop(s);
  put_jobs_without_manifest(s, JOBS, TITLE_BYTES);
  for (int start = 0; start < 2; start++) { /* the second finds what the first one kept */
    shell_start(s, NULL, true);
    talker_client(s, &t);
    for (uint32_t i = 0; i < JOBS; i += JOBS - 1) {
      const core_job_id job = numbered(i);
      talker_ask(&t, MESSAGE_ASK, &job);
      const message *m = talker_expect(&t, MESSAGE_ENDED);
      assert_slice_equal(m->texts[FIELD_STATUS], slice_of("corrupt"));
    }
    talker_close(&t);
    shell_stop(s);
  }
}

/* ---- Full disks ---------------------------------------------------------------------------------- */

/* As if the disk were full: no file may grow past BYTES. */
static void limit_files(rlim_t bytes) {
  struct rlimit limit;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_blob_that_does_not_fit_is_lost_and_the_broker_goes_on(void **state) {
  shell *s = *state;
  talker t;
  sample shards[SHARDS];
  sample content;
  sample blob;
  talker_first_client(s, &t);
  sample_make(&blob, 4, LARGE);
  limit_files((rlim_t)3 << 20);
  talker_offer(&t, &blob);
  while (talker_next(&t)->kind == MESSAGE_WANT) {
    talker_answer_want(&t, &blob);
  }
  assert_int_equal(t.in->header.kind, MESSAGE_LOST);
  assert_slice_equal(t.in->header.texts[FIELD_STATUS], slice_of("io"));
  limit_files(RLIM_INFINITY);
  dataset_make(&t, "survey", shards, SHARDS, SMALL, &content);
  talker_put(&t, &blob);
  talker_fetch(&t, &blob);
}

static void a_broker_that_cannot_write_its_records_tells_all_and_ends(void **state) {
  shell *s = *state;
  survey f;
  talker other;
  survey_start(s, &f, SHARDS, SMALL);
  talker_client(s, &other);
  limit_files(0);
  talker_drop(&f.client, "survey");
  talker_expect_refused(&f.client, "io", "");
  talker_expect_refused(&other, "io", "");
  limit_files(RLIM_INFINITY);
  shell_expect_failed(s, STATUS_IO);
  talker_close(&other);
  talker_close(&f.client);    /* its socket might speak to the one that ends */
  shell_start(s, NULL, true); /* what was acknowledged is there: the dataset, and not that it was dropped */
  talker t;
  talker_client(s, &t);
  talker_expect_dataset(&t, "survey", 1, &f.content);
  talker_drop(&t, "survey");
  talker_expect(&t, MESSAGE_DROPPED);
}

static atomic_bool is_full;

int __real_fstatvfs(int file, struct statvfs *info);
int __wrap_fstatvfs(int file, struct statvfs *info);

/* The linker puts it in the place of fstatvfs. */
int __wrap_fstatvfs(int file, struct statvfs *info) {
  const int result = __real_fstatvfs(file, info);
  if (atomic_load(&is_full)) {
    info->f_bavail = 0;
  }
  return result;
}

/* It says that its result did not fit. */
static void send_failure(talker *t, const message *task) {
  message m = worker_message(MESSAGE_FAILURE, task);
  message_set_text(&m, FIELD_STATUS, "io");
  message_set_text(&m, FIELD_MESSAGE, "no room");
  talker_send(t, &m, NULL, 0);
}

/* It does not fit. */
static void send_result(talker *t, const message *task) {
  message m = worker_message(MESSAGE_RESULT, task);
  message_set_text(&m, FIELD_WORK, core_work_name(WORK_STEP));
  message_set_integer(&m, FIELD_STATES_COMPUTED, 1);
  message_set_integer(&m, FIELD_STATES_CACHED, 0);
  const wire_payload report = {.bytes = "{}", .length = 2};
  talker_send(t, &m, &report, 1);
}

/* SEND a word of a task to a broker whose disk is full: from another worker and about other
 * tasks, which changes nothing; then from who has it about it. */
static void stop_by(shell *s, void (*send)(talker *t, const message *task)) {
  survey f;
  talker has;
  talker other;
  survey_start(s, &f, SHARDS, SMALL);
  core_job_id job = survey_submit(&f);
  talker_worker(s, &has, 1);
  while (worker_do_one(&has) != WORK_STEP) {
  }
  talker_submit(&f.client, "survey", "another key", "plan", &job);
  message task = *talker_expect(&has, MESSAGE_TASK);
  message_set_bytes(&task, FIELD_JOB, job.bytes, JOB_ID_BYTES);
  message others[] = {task, task, task};
  const core_job_id none = {{0}};
  message_set_integer(&others[0], FIELD_ATTEMPT, task.integers[FIELD_ATTEMPT] + 1);
  message_set_integer(&others[1], FIELD_STAGE, task.integers[FIELD_STAGE] + 1);
  message_set_bytes(&others[2], FIELD_JOB, none.bytes, JOB_ID_BYTES);
  talker_worker(s, &other, 0);
  atomic_store(&is_full, true);
  send(&other, &task);
  talker_expect_none(&other, MESSAGE_REFUSED);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    send(&has, &others[i]);
    talker_expect_none(&has, MESSAGE_REFUSED);
  }
  send(&has, &task);
  talker_expect_refused(&other, "io", "room");
  shell_expect_failed(s, STATUS_IO);
  atomic_store(&is_full, false);
}

static void only_who_has_a_task_stops_a_full_broker_by_its_failure(void **state) {
  stop_by(*state, send_failure);
}

static void only_who_has_a_task_stops_a_full_broker_by_its_result(void **state) {
  stop_by(*state, send_result);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_damaged_shard_is_fetched_from_a_worker_that_has_it),
      SHELL_TEST(a_damaged_shard_that_no_worker_has_is_lost_with_advice),
      SHELL_TEST(a_shard_that_is_damaged_while_the_broker_runs_is_found_out),
      SHELL_TEST(damaged_jobs_are_given_up_however_many_there_are),
      SHELL_TEST(a_blob_that_does_not_fit_is_lost_and_the_broker_goes_on),
      SHELL_TEST(a_broker_that_cannot_write_its_records_tells_all_and_ends),
      SHELL_TEST(only_who_has_a_task_stops_a_full_broker_by_its_failure),
      SHELL_TEST(only_who_has_a_task_stops_a_full_broker_by_its_result),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

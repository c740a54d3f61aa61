/* What the broker does about shards that were damaged on its disk, and about a disk that is full. */
#include "tests/broker/shell_fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SHARDS = 3, SMALL = 1000, LARGE = 20 * 1024 * 1024 + 12345 };

typedef struct fixture {
  sample shards[SHARDS], content;
} fixture;

static void fixture_fini(fixture *f) {
  for (size_t i = 0; i < SHARDS; i++) {
    sample_fini(&f->shards[i]);
  }
  sample_fini(&f->content);
}

static void expect_dataset(talker *t, const char *name, uint64_t version, const sample *content) {
  message m = talker_request(t, MESSAGE_DATASET);
  message_set_text(&m, FIELD_DATASET, name);
  talker_send(t, &m, NULL, 0);
  const message *answer = talker_expect(t, MESSAGE_MANIFEST);
  size_t length = 0;
  const void *bytes = wire_payload_bytes(t->in, 0, &length);
  assert_int_equal(answer->integers[FIELD_VERSION], version);
  assert_int_equal(length, content->length);
  assert_memory_equal(bytes, content->bytes, length);
}

static void drop(talker *t, const char *name) {
  message m = talker_request(t, MESSAGE_DROP);
  message_set_text(&m, FIELD_DATASET, name);
  talker_send(t, &m, NULL, 0);
}

static message *expect_lost(talker *t) {
  do {
    assert_true(talker_receive(t, SHELL_DEADLINE_MS));
  } while (t->in->header.kind != MESSAGE_LOST);
  return &t->in->header;
}

static void want(talker *t, const sample *blob, uint64_t offset) {
  message m = message_of(MESSAGE_WANT);
  message_set_bytes(&m, FIELD_BLOB, blob->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, MESSAGE_FRAME_MAX);
  talker_send(t, &m, NULL, 0);
}

/* ---- Damage -------------------------------------------------------------------------------------- */

static void alter(const shell *s, const sample *blob) {
  char hex[DIGEST_HEX_BYTES];
  char path[512];
  digest_hex(&blob->name, hex);
  snprintf(path, sizeof path, "%s/blobs/%.2s/%s", s->store, hex, hex);
  assert_int_equal(chmod(path, 0600), 0);
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const uint8_t other = (uint8_t)~blob->bytes[blob->length / 2];
  assert_true(fd >= 0);
  assert_int_equal(pwrite(fd, &other, 1, (off_t)(blob->length / 2)), 1);
  close(fd);
}

static void a_damaged_shard_is_fetched_from_a_worker_that_has_it(void **state) {
  enum { SIZE = 3 * 1024 * 1024 };
  shell *s = *state;
  shell_start(s, NULL, true);
  talker t;
  fixture f;
  talker_client(s, &t);
  dataset_make(&t, "survey", f.shards, SHARDS, SIZE, &f.content);
  talker_close(&t);
  shell_stop(s);
  alter(s, &f.shards[1]);
  shell_start(s, NULL, true);
  talker needs;
  talker has;
  talker lacks;
  talker_worker(s, &needs, 1);
  talker_worker(s, &has, 1);
  talker_worker(s, &lacks, 1);
  want(&needs, &f.shards[1], MESSAGE_FRAME_MAX);
  talker_expect(&lacks, MESSAGE_WANT);
  message lost = message_of(MESSAGE_LOST);
  message_set_bytes(&lost, FIELD_BLOB, f.shards[1].name.bytes, DIGEST_BYTES);
  message_set_text(&lost, FIELD_STATUS, "not-found");
  talker_send(&lacks, &lost, NULL, 0);
  for (int wants = 0; wants < 4; wants++) { /* how large it is, then three chunks */
    talker_expect(&has, MESSAGE_WANT);
    talker_answer_want(&has, &f.shards[1]);
  }
  const message *chunk = talker_expect(&needs, MESSAGE_CHUNK);
  size_t length = 0;
  const void *bytes = wire_payload_bytes(needs.in, 0, &length);
  assert_int_equal(chunk->integers[FIELD_OFFSET], MESSAGE_FRAME_MAX);
  assert_int_equal(length, MESSAGE_FRAME_MAX);
  assert_memory_equal(bytes, f.shards[1].bytes + MESSAGE_FRAME_MAX, length);
  talker_fetch(&needs, &f.shards[1]);
  talker_expect_none(&has, MESSAGE_HAVE);
  assert_true(shell_log_has(s, "set aside"));
  talker_close(&needs);
  talker_close(&has);
  talker_close(&lacks);
  fixture_fini(&f);
}

static void a_damaged_shard_that_no_worker_has_is_lost_with_advice(void **state) {
  shell *s = *state;
  shell_start(s, NULL, true);
  talker t;
  fixture f;
  talker_client(s, &t);
  dataset_make(&t, "survey", f.shards, SHARDS, SMALL, &f.content);
  talker_close(&t);
  shell_stop(s);
  alter(s, &f.shards[0]);
  shell_start(s, NULL, true);
  talker worker;
  talker_worker(s, &worker, 1);
  want(&worker, &f.shards[0], 0);
  const slice text = expect_lost(&worker)->texts[FIELD_MESSAGE];
  assert_non_null(memmem(text.bytes, text.length, "put the same files again", 24));
  talker_close(&worker);
  fixture_fini(&f);
}

/* The broker compared it before; that a worker complains makes it look again. */
static void a_shard_that_is_damaged_while_the_broker_runs_is_found_out(void **state) {
  shell *s = *state;
  shell_start(s, NULL, true);
  talker t;
  talker worker;
  fixture f;
  talker_client(s, &t);
  dataset_make(&t, "survey", f.shards, SHARDS, SMALL, &f.content);
  talker_worker(s, &worker, 1);
  talker_fetch(&worker, &f.shards[0]);
  alter(s, &f.shards[0]);
  message m = message_of(MESSAGE_FAILURE);
  message_set_bytes(&m, FIELD_JOB, "0123456789abcdef", JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, 0);
  message_set_integer(&m, FIELD_TASK, 0);
  message_set_integer(&m, FIELD_ATTEMPT, 0);
  message_set_text(&m, FIELD_STATUS, "corrupt");
  message_set_bytes(&m, FIELD_BLOB, f.shards[0].name.bytes, DIGEST_BYTES);
  talker_send(&worker, &m, NULL, 0);
  want(&worker, &f.shards[0], 0);
  expect_lost(&worker);
  talker_put(&t, &f.shards[0]); /* put again, it is there again */
  talker_fetch(&worker, &f.shards[0]);
  talker_close(&worker);
  talker_close(&t);
  fixture_fini(&f);
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
  shell_start(s, NULL, true);
  talker t;
  fixture f;
  sample blob;
  talker_client(s, &t);
  sample_make(&blob, 4, LARGE);
  limit_files((rlim_t)3 << 20);
  talker_offer(&t, &blob);
  while (talker_receive(&t, SHELL_DEADLINE_MS) && t.in->header.kind == MESSAGE_WANT) {
    talker_answer_want(&t, &blob);
  }
  assert_int_equal(t.in->header.kind, MESSAGE_LOST);
  assert_true(slice_equal(t.in->header.texts[FIELD_STATUS], slice_of("io")));
  limit_files(RLIM_INFINITY);
  dataset_make(&t, "survey", f.shards, SHARDS, SMALL, &f.content);
  talker_put(&t, &blob);
  talker_fetch(&t, &blob);
  talker_close(&t);
  sample_fini(&blob);
  fixture_fini(&f);
}

static void a_broker_that_cannot_write_its_records_tells_all_and_ends(void **state) {
  shell *s = *state;
  shell_start(s, NULL, true);
  talker t;
  talker other;
  fixture f;
  talker_client(s, &t);
  talker_client(s, &other);
  dataset_make(&t, "survey", f.shards, SHARDS, SMALL, &f.content);
  limit_files(0);
  drop(&t, "survey");
  talker_expect_refused(&t, "io", "");
  talker_expect_refused(&other, "io", "");
  limit_files(RLIM_INFINITY);
  shell_expect_failed(s, STATUS_IO);
  talker_close(&other);
  talker_close(&t);           /* its socket might speak to the one that ends */
  shell_start(s, NULL, true); /* what was acknowledged is there: the dataset, and that it was dropped not */
  talker_client(s, &t);
  expect_dataset(&t, "survey", 1, &f.content);
  drop(&t, "survey");
  talker_expect(&t, MESSAGE_DROPPED);
  talker_close(&t);
  fixture_fini(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_damaged_shard_is_fetched_from_a_worker_that_has_it),
      SHELL_TEST(a_damaged_shard_that_no_worker_has_is_lost_with_advice),
      SHELL_TEST(a_shard_that_is_damaged_while_the_broker_runs_is_found_out),
      SHELL_TEST(a_blob_that_does_not_fit_is_lost_and_the_broker_goes_on),
      SHELL_TEST(a_broker_that_cannot_write_its_records_tells_all_and_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

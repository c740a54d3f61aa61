/* Blobs in and out, and datasets. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/limits.h"
#include "tests/check.h"

enum { SHARDS = 3, SMALL = 1000, LARGE = 20 * 1024 * 1024 + 12345 };

static void a_blob_comes_back_as_it_was_sent(void **state) {
  static const size_t sizes[] = {1, 1000, MESSAGE_FRAME_MAX, MESSAGE_FRAME_MAX + 1, LARGE};
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    sample blob;
    sample_make(&blob, i, sizes[i]);
    talker_put(&t, &blob);
    talker_fetch(&t, &blob);
    talker_offer(&t, &blob); /* a second time it is there at once */
    talker_expect(&t, MESSAGE_HAVE);
    sample_fini(&blob);
  }
}

static void at_most_8_mib_are_asked_for_at_a_time(void **state) {
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  sample blobs[3];
  uint64_t asked = 0;
  for (size_t i = 0; i < 3; i++) {
    sample_make(&blobs[i], i, LARGE);
    talker_offer(&t, &blobs[i]);
  }
  talker_say(&t, MESSAGE_ALIVE);
  while (talker_next(&t)->kind == MESSAGE_WANT) {
    asked += t.in->header.integers[FIELD_BYTES];
  }
  assert_int_equal(t.in->header.kind, MESSAGE_ALIVE);
  assert_int_equal(asked, 8 << 20);
}

static void several_blobs_at_once_arrive_all(void **state) {
  enum { COUNT = 12 };
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  sample blobs[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    sample_make(&blobs[i], i, (i % 4) * 1500000 + 1);
    talker_offer(&t, &blobs[i]);
  }
  for (size_t done = 0; done < COUNT;) {
    (void)talker_next(&t);
    const message *m = &t.in->header;
    for (size_t i = 0; m->kind == MESSAGE_WANT && i < COUNT; i++) {
      if (memcmp(m->texts[FIELD_BLOB].bytes, blobs[i].name.bytes, DIGEST_BYTES) == 0) {
        talker_answer_want(&t, &blobs[i]);
        break;
      }
    }
    done += m->kind == MESSAGE_HAVE;
  }
}

/* Answers COUNT wants of a fresh offer. */
static void send_beginning(talker *t, const sample *blob, int count) {
  talker_offer(t, blob);
  for (int i = 0; i < count; i++) {
    talker_expect(t, MESSAGE_WANT);
    talker_answer_want(t, blob);
  }
}

/* By the want after them the broker shows that it has the chunks before. */
static void answer_resumed(talker *t, const sample *blob) {
  assert_true(t->in->header.integers[FIELD_OFFSET] >= (uint64_t)5 * MESSAGE_FRAME_MAX);
  talker_answer_want(t, blob);
}

/* It may not know yet that who sent them is gone: then it waits for him before it asks another. */
static void expect_resumed(talker *t, const sample *blob) {
  bool is_asked = false;
  talker_offer(t, blob);
  talker_say(t, MESSAGE_ALIVE);
  while (talker_next(t)->kind == MESSAGE_WANT) {
    answer_resumed(t, blob);
    is_asked = true;
  }
  assert_int_equal(t->in->header.kind, MESSAGE_ALIVE);
  if (!is_asked) {
    shell_pass(t->owner, TRANSFER_SWITCH_MS + 1000);
    talker_expect(t, MESSAGE_WANT);
    answer_resumed(t, blob);
  }
  talker_put(t, blob);
}

static void check_going_on(shell *s, bool is_restarted) {
  talker t;
  sample blob;
  talker_first_client(s, &t);
  sample_make(&blob, 7, LARGE);
  send_beginning(&t, &blob, 5);
  talker_await_alive(&t);
  talker_close(&t);
  if (is_restarted) {
    shell_restart(s);
  }
  talker_client(s, &t);
  expect_resumed(&t, &blob);
  talker_fetch(&t, &blob);
}

static void an_upload_goes_on_after_a_lost_connection(void **state) {
  check_going_on(*state, false);
}

static void an_upload_goes_on_after_a_restart_of_the_broker(void **state) {
  check_going_on(*state, true);
}

static void another_who_offers_the_same_takes_over(void **state) {
  shell *s = *state;
  talker first;
  talker second;
  sample blob;
  sample_make(&blob, 8, LARGE);
  talker_first_client(s, &first);
  talker_client(s, &second);
  send_beginning(&first, &blob, 5);
  talker_await_alive(&first);
  talker_offer(&second, &blob);
  talker_expect_none(&second, MESSAGE_WANT);
  talker_say(&first, MESSAGE_BYE);
  const message *want = talker_expect(&second, MESSAGE_WANT);
  assert_int_equal(want->integers[FIELD_OFFSET], 5 * MESSAGE_FRAME_MAX);
  talker_answer_want(&second, &blob);
  talker_put(&second, &blob);
}

static void a_blob_that_is_not_what_its_name_says_is_lost(void **state) {
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  sample blob;
  sample_make(&blob, 9, 3000000);
  sample wrong = blob;
  wrong.bytes = malloc(blob.length);
  assert_non_null(wrong.bytes);
  memcpy(wrong.bytes, blob.bytes, blob.length);
  wrong.bytes[2000000] ^= 1;
  talker_offer(&t, &wrong);
  while (talker_next(&t)->kind == MESSAGE_WANT) {
    talker_answer_want(&t, &wrong);
  }
  assert_int_equal(t.in->header.kind, MESSAGE_LOST);
  assert_slice_equal(t.in->header.texts[FIELD_STATUS], slice_of("corrupt"));
  talker_put(&t, &blob);
  talker_fetch(&t, &blob);
  free(wrong.bytes);
}

/* A sample with BLOB's name and another size. */
static void sample_lie(sample *lie, const sample *blob, size_t length) {
  sample_make(lie, 1, length);
  lie->name = blob->name;
}

static void a_wrong_size_that_somebody_offers_holds_up_nobody_else(void **state) {
  static const size_t sizes[] = {10, 2 * LARGE};
  shell *s = *state;
  talker liar;
  talker honest;
  talker_first_client(s, &liar);
  talker_client(s, &honest);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    sample blob;
    sample lie;
    sample_make(&blob, 20 + i, LARGE);
    sample_lie(&lie, &blob, sizes[i]);
    talker_offer(&liar, &lie);
    talker_expect(&liar, MESSAGE_WANT);
    talker_offer(&liar, &blob); /* it is unknown which of the two it means */
    talker_expect_refused(&liar, "protocol", "before");
    talker_put(&honest, &blob);
    talker_expect(&liar, MESSAGE_HAVE); /* whoever had it */
    talker_fetch(&liar, &blob);
    sample_fini(&lie);
    sample_fini(&blob);
  }
}

static void a_wrong_size_does_not_undo_what_came_with_the_right_one(void **state) {
  shell *s = *state;
  sample blob;
  sample lie;
  talker honest;
  talker liar;
  sample_make(&blob, 22, LARGE);
  sample_lie(&lie, &blob, 10);
  talker_first_client(s, &honest);
  talker_client(s, &liar);
  send_beginning(&honest, &blob, 5);
  talker_await_alive(&honest);
  talker_offer(&liar, &lie);
  talker_expect(&liar, MESSAGE_WANT);
  talker_answer_want(&liar, &lie);
  assert_slice_equal(talker_expect_lost(&liar)->texts[FIELD_STATUS], slice_of("corrupt"));
  talker_close(&honest);
  talker_client(s, &honest);
  expect_resumed(&honest, &blob);
  talker_fetch(&honest, &blob);
}

static void a_blob_that_is_too_large_is_lost_at_once(void **state) {
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  sample blob;
  sample_make(&blob, 10, 10);
  message m = message_of(MESSAGE_OFFER);
  message_set_bytes(&m, FIELD_BLOB, blob.name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_BYTES, UINT64_MAX);
  talker_send(&t, &m, NULL, 0);
  assert_slice_equal(talker_expect_lost(&t)->texts[FIELD_STATUS], slice_of("limit"));
}

static void what_nobody_has_is_lost(void **state) {
  shell *s = *state;
  talker client;
  talker worker;
  talker_first_client(s, &client);
  talker_worker(s, &worker, 1);
  sample blob;
  sample_make(&blob, 11, 10);
  talker_want(&client, &blob, 0);
  talker_expect_lost(&client);
  talker_want(&worker, &blob, 0);
  talker_expect_lost(&worker);
  talker_put(&client, &blob);
  talker_want(&client, &blob, 10);
  talker_expect_lost(&client);
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

static void committing_twice_is_committing_once(void **state) {
  shell *s = *state;
  survey v;
  survey_start(s, &v, SHARDS, SMALL);
  for (int i = 0; i < 2; i++) {
    talker_commit(&v.client, "survey", 0, &v.content);
    talker_expect_committed(&v.client, 1);
    talker_expect_dataset(&v.client, "survey", 1, &v.content);
    survey_restart(s, &v);
  }
}

static void a_name_that_is_taken_is_refused_and_so_is_an_old_base(void **state) {
  shell *s = *state;
  survey v;
  sample less;
  survey_start(s, &v, SHARDS, SMALL);
  manifest_make(&less, v.shards, 2, 10);
  talker_commit(&v.client, "survey", 0, &less);
  talker_expect_refused(&v.client, "job", "already");
  talker_commit(&v.client, "survey", 7, &less);
  talker_expect_refused(&v.client, "job", "version 1");
  talker_commit(&v.client, "other", 1, &less);
  talker_expect_refused(&v.client, "job", "no dataset");
  talker_commit(&v.client, "a/b", 0, &less);
  talker_expect_refused(&v.client, "usage", "'/'");
  talker_commit(&v.client, "survey", 1, &less);
  talker_expect_committed(&v.client, 2);
}

static void a_manifest_with_missing_shards_is_refused_naming_the_first(void **state) {
  shell *s = *state;
  talker t;
  survey f;
  talker_first_client(s, &t);
  for (size_t i = 0; i < SHARDS; i++) {
    sample_make(&f.shards[i], i, SMALL);
  }
  manifest_make(&f.content, f.shards, SHARDS, 10);
  talker_put(&t, &f.shards[0]);
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&f.shards[1].name, hex);
  talker_commit(&t, "survey", 0, &f.content);
  talker_expect_refused(&t, "not-found", hex);
  sample nonsense;
  sample_make(&nonsense, 1, 100);
  talker_commit(&t, "survey", 0, &nonsense);
  talker_expect_refused(&t, "corrupt", "manifest");
}

static void dropped_data_stays_while_a_job_uses_it(void **state) {
  shell *s = *state;
  talker worker;
  survey v;
  survey_start(s, &v, SHARDS, SMALL);
  const core_job_id job = survey_submit(&v);
  talker_drop(&v.client, "survey");
  assert_int_equal(talker_expect(&v.client, MESSAGE_DROPPED)->integers[FIELD_JOBS], 1);
  talker_drop(&v.client, "survey");
  talker_expect_refused(&v.client, "not-found", "survey");
  for (int i = 0; i < 2; i++) { /* also after a restart, and after some tidying */
    shell_pass(s, 3000);
    assert_true(sample_is_stored(s, &v.shards[0]));
    shell_restart(s);
  }
  talker_come_back(&v.client, "client", 0);
  talker_ask(&v.client, MESSAGE_WATCH, &job);
  talker_worker(s, &worker, 1);
  worker_until_report(&worker, &v.client, "{\"shards\":3}");
  for (size_t i = 0; i < SHARDS; i++) {
    sample_await_removal(s, &v.shards[i]);
  }
}

static void unused_data_goes_with_its_dataset(void **state) {
  shell *s = *state;
  survey v;
  survey_start(s, &v, SHARDS, SMALL);
  assert_true(sample_is_stored(s, &v.shards[2]));
  talker_drop(&v.client, "survey");
  assert_int_equal(talker_expect(&v.client, MESSAGE_DROPPED)->integers[FIELD_JOBS], 0);
  sample_await_removal(s, &v.shards[2]);
  sample_await_removal(s, &v.content);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_blob_comes_back_as_it_was_sent),
      SHELL_TEST(at_most_8_mib_are_asked_for_at_a_time),
      SHELL_TEST(several_blobs_at_once_arrive_all),
      SHELL_TEST(an_upload_goes_on_after_a_lost_connection),
      SHELL_TEST(an_upload_goes_on_after_a_restart_of_the_broker),
      SHELL_TEST(another_who_offers_the_same_takes_over),
      SHELL_TEST(a_blob_that_is_not_what_its_name_says_is_lost),
      SHELL_TEST(a_wrong_size_that_somebody_offers_holds_up_nobody_else),
      SHELL_TEST(a_wrong_size_does_not_undo_what_came_with_the_right_one),
      SHELL_TEST(a_blob_that_is_too_large_is_lost_at_once),
      SHELL_TEST(what_nobody_has_is_lost),
      SHELL_TEST(committing_twice_is_committing_once),
      SHELL_TEST(a_name_that_is_taken_is_refused_and_so_is_an_old_base),
      SHELL_TEST(a_manifest_with_missing_shards_is_refused_naming_the_first),
      SHELL_TEST(dropped_data_stays_while_a_job_uses_it),
      SHELL_TEST(unused_data_goes_with_its_dataset),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

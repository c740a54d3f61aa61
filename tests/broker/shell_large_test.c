/* Large blobs whose bytes are there before the broker has compared them, which it does in parts: files that
 * are handed in, and uploads that go on after a restart. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "broker/records/vault.h"
#include "tests/check.h"

enum { PARTS = 3, LARGE = PARTS * VAULT_COMPARED_BYTES + 12345, LAST = MESSAGE_FRAME_MAX };

static void hand_in(const shell *s, const sample *blob) {
  char hex[DIGEST_HEX_BYTES];
  char name[128];
  char path[512];
  digest_hex(&blob->name, hex);
  snprintf(name, sizeof name, "hand-in/%s", hex);
  process_write_file(s->store, name, blob->bytes, blob->length, path, sizeof path);
}

/* As if LENGTH bytes of it had come before the broker was started. */
static void leave_beginning(const shell *s, const sample *blob, size_t length) {
  char hex[DIGEST_HEX_BYTES];
  char name[128];
  char path[512];
  digest_hex(&blob->name, hex);
  snprintf(name, sizeof name, "partly/%s-%zu", hex, blob->length);
  process_write_file(s->store, name, blob->bytes, length, path, sizeof path);
}

static void a_file_that_is_handed_in_is_taken_without_a_chunk(void **state) {
  shell *s = *state;
  talker t;
  sample blob;
  talker_first_client(s, &t);
  sample_make(&blob, 1, LARGE);
  hand_in(s, &blob);
  talker_offer(&t, &blob);
  do {
    (void)talker_next(&t);
    assert_int_not_equal(t.in->header.kind, MESSAGE_WANT);
  } while (t.in->header.kind != MESSAGE_HAVE);
  talker_fetch(&t, &blob);
}

static void a_file_that_is_not_what_its_name_says_comes_in_chunks_after_all(void **state) {
  shell *s = *state;
  talker t;
  sample blob;
  talker_first_client(s, &t);
  sample_make(&blob, 2, LARGE);
  blob.bytes[LARGE - 1] ^= 1;
  hand_in(s, &blob);
  blob.bytes[LARGE - 1] ^= 1;
  talker_offer(&t, &blob);
  assert_int_equal(talker_expect(&t, MESSAGE_WANT)->integers[FIELD_OFFSET], 0);
  assert_true(shell_log_has(s, "does not match its name"));
  talker_answer_want(&t, &blob);
  talker_put(&t, &blob);
  talker_fetch(&t, &blob);
}

/* One sends its last chunk; others that offer it before and after, one of whom leaves, change nothing. */
static void an_upload_whose_beginning_is_not_compared_yet_ends_well(void **state) {
  shell *s = *state;
  talker t;
  talker leaves;
  talker stays;
  sample blob;
  shell_start(s, NULL, true);
  sample_make(&blob, 3, LARGE);
  leave_beginning(s, &blob, LARGE - LAST);
  talker_client(s, &t);
  talker_client(s, &leaves);
  talker_client(s, &stays);
  talker_offer(&t, &blob);
  assert_int_equal(talker_expect(&t, MESSAGE_WANT)->integers[FIELD_OFFSET], LARGE - LAST);
  talker_offer(&leaves, &blob);
  talker_expect_none(&leaves, MESSAGE_WANT);
  talker_answer_want(&t, &blob);
  talker_say(&leaves, MESSAGE_BYE);
  talker_put(&stays, &blob);
  talker_expect(&t, MESSAGE_HAVE);
  talker_fetch(&t, &blob);
}

static void an_upload_whose_beginning_was_damaged_begins_anew(void **state) {
  shell *s = *state;
  talker t;
  sample blob;
  shell_start(s, NULL, true);
  sample_make(&blob, 4, LARGE);
  blob.bytes[0] ^= 1;
  leave_beginning(s, &blob, LARGE - LAST);
  blob.bytes[0] ^= 1;
  talker_client(s, &t);
  talker_offer(&t, &blob);
  assert_int_equal(talker_expect(&t, MESSAGE_WANT)->integers[FIELD_OFFSET], LARGE - LAST);
  talker_answer_want(&t, &blob);
  assert_int_equal(talker_expect(&t, MESSAGE_WANT)->integers[FIELD_OFFSET], 0);
  talker_answer_want(&t, &blob);
  talker_put(&t, &blob);
  talker_fetch(&t, &blob);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(a_file_that_is_handed_in_is_taken_without_a_chunk),
      SHELL_TEST(a_file_that_is_not_what_its_name_says_comes_in_chunks_after_all),
      SHELL_TEST(an_upload_whose_beginning_is_not_compared_yet_ends_well),
      SHELL_TEST(an_upload_whose_beginning_was_damaged_begins_anew),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

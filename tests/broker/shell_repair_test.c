/* A manifest that was damaged on disk while the broker was away: a dataset that is put again stays until it
 * is dropped, and what it shares with others stays then, too. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/check.h"

enum { SHARDS = 3 };

static void damage(const shell *s, const sample *blob) {
  char path[SAMPLE_PATH_BYTES];
  assert_int_equal(truncate(sample_path(s, blob, path), 1), 0);
}

static void commit(talker *t, const char *dataset, uint64_t base, const sample *content) {
  talker_commit(t, dataset, base, content);
  talker_expect(t, MESSAGE_COMMITTED);
}

static void drop(talker *t, const char *dataset) {
  talker_drop(t, dataset);
  talker_expect(t, MESSAGE_DROPPED);
}

static void what_is_put_again_after_damage_goes_with_its_own_references(void **state) {
  shell *s = *state;
  talker t;
  sample shards[SHARDS];
  sample content;
  sample other;
  talker_first_client(s, &t);
  dataset_make(&t, "damaged", shards, SHARDS, 100, &content);
  manifest_make(&other, shards, SHARDS - 1, 7);
  commit(&t, "other", 0, &other);
  shell_stop(s);
  talker_close(&t);
  damage(s, &content);
  talker_first_client(s, &t);
  assert_true(shell_log_has(s, "dataset damaged cannot be read"));
  for (int i = 0; i < SHARDS; i++) {
    talker_put(&t, &shards[i]);
  }
  commit(&t, "damaged", 0, &content);
  drop(&t, "damaged");
  sample_await_removal(s, &shards[SHARDS - 1]);
  for (int i = 0; i < SHARDS - 1; i++) {
    assert_true(sample_is_stored(s, &shards[i]));
  }
  drop(&t, "other");
  sample_await_removal(s, &shards[0]);
}

/* Dropping what could not be read takes nothing from others. */
static void what_is_dropped_unread_leaves_others_whole(void **state) {
  shell *s = *state;
  talker t;
  sample shards[SHARDS];
  sample content;
  talker_first_client(s, &t);
  dataset_make(&t, "damaged", shards, SHARDS, 100, &content);
  commit(&t, "same", 0, &content);
  shell_stop(s);
  talker_close(&t);
  damage(s, &content);
  talker_first_client(s, &t);
  commit(&t, "same", 0, &content); /* which brings the manifest */
  drop(&t, "damaged");
  talker_put(&t, &shards[0]);
  talker_expect_none(&t, MESSAGE_REFUSED);
  assert_true(sample_is_stored(s, &shards[1]));
  drop(&t, "same");
  sample_await_removal(s, &shards[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(what_is_put_again_after_damage_goes_with_its_own_references),
      SHELL_TEST(what_is_dropped_unread_leaves_others_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

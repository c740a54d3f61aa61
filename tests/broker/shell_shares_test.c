/* What there is not enough of is shared: one client cannot have all of it. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>

#include "broker/transfer.h"
#include "tests/check.h"

enum {
  PEER_CHUNKS = TRANSFER_PEER_BYTES / MESSAGE_FRAME_MAX,
  CREDIT_CHUNKS = TRANSFER_CREDIT_BYTES / MESSAGE_FRAME_MAX,
  GREEDY = 10, /* more than it takes for all of the credit */
};

/* How many chunks T is asked for, until the broker has answered what is sent now. */
static unsigned wants_of(talker *t) {
  unsigned count = 0;
  const message alive = message_of(MESSAGE_ALIVE);
  talker_send(t, &alive, NULL, 0);
  for (const message *m = talker_next(t); m->kind != MESSAGE_ALIVE; m = talker_next(t)) {
    count += m->kind == MESSAGE_WANT;
  }
  return count;
}

static unsigned offer_and_send_nothing(talker *t, uint64_t seed) {
  sample blob;
  sample_make(&blob, seed, (size_t)(PEER_CHUNKS + 1) * MESSAGE_FRAME_MAX);
  talker_offer(t, &blob);
  sample_fini(&blob);
  return wants_of(t);
}

static void who_offers_much_and_sends_nothing_delays_nobody(void **state) {
  shell *s = *state;
  talker greedy[GREEDY];
  talker honest;
  sample blob;
  unsigned wanted = 0;
  shell_start(s, NULL, true);
  for (size_t i = 0; i < GREEDY; i++) {
    talker_client(s, &greedy[i]);
    wanted += offer_and_send_nothing(&greedy[i], i + 1);
  }
  assert_in_range(wanted, CREDIT_CHUNKS / 2, CREDIT_CHUNKS + GREEDY);
  sample_make(&blob, 100, (size_t)3 * MESSAGE_FRAME_MAX);
  talker_client(s, &honest);
  talker_put(&honest, &blob); /* while the broker's clock stands still */
  sample_fini(&blob);
  talker_close(&honest);
  for (size_t i = 0; i < GREEDY; i++) {
    talker_close(&greedy[i]);
  }
}

static key_list *list_of(const shell *s, const key_pair *clients, size_t count) {
  char path[300];
  buf lines;
  key_list *list = NULL;
  error err;
  buf_init(&lines);
  for (size_t i = 0; i < count; i++) {
    key_list_put(&lines, WAY_CLIENT, &clients[i], "client");
  }
  process_write_file(s->directory, "allowed", lines.data, lines.length, path, sizeof path);
  buf_fini(&lines);
  assert_int_equal(key_list_read(path, &list, &err), STATUS_OK);
  return list;
}

static void connections_with_one_key_share_what_one_client_gets(void **state) {
  shell *s = *state;
  key_pair server;
  key_pair clients[2];
  error err;
  talker one[GREEDY];
  talker other;
  unsigned wanted = 0;
  assert_int_equal(key_pair_new(&server, &err), STATUS_OK);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(key_pair_new(&clients[i], &err), STATUS_OK);
  }
  key_list *list = list_of(s, clients, 2);
  s->key = &server;
  s->allowed = list;
  shell_start(s, "tcp://127.0.0.1:*", true);
  for (size_t i = 0; i < GREEDY; i++) {
    talker_connect_with(s, &one[i], &clients[0], server.public_key);
    talker_hello(&one[i], "client", 0);
    wanted += offer_and_send_nothing(&one[i], i + 1);
  }
  assert_int_equal(wanted, CREDIT_CHUNKS / 2);
  talker_connect_with(s, &other, &clients[1], server.public_key);
  talker_hello(&other, "client", 0);
  assert_int_equal(offer_and_send_nothing(&other, 100), PEER_CHUNKS);
  for (size_t i = 0; i < GREEDY; i++) {
    assert_int_equal(wants_of(&one[i]), 0);
    talker_close(&one[i]);
  }
  talker_close(&other);
  shell_stop(s);
  key_list_destroy(list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(who_offers_much_and_sends_nothing_delays_nobody),
      SHELL_TEST(connections_with_one_key_share_what_one_client_gets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

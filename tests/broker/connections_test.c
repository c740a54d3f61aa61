/* How many connections are let in, and how much each may send before somebody reads it. */
#include "broker/connections.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"

enum { FIRST = 10 };

static const connections_limits few = {
    .descriptors = 100,
    .most = {[CONNECTION_TCP] = 6, [CONNECTION_IPC] = 2},
    .most_strangers = 3,
    .unread = 1000,
    .unread_in_all = 2500,
};

static int limit_to_few(void **state) {
  error why;
  (void)state;
  return connections_limit(&few, &why) == STATUS_OK ? 0 : -1;
}

static struct sockaddr_storage address_of(const char *text) {
  struct sockaddr_storage out = {0};
  struct sockaddr_in *four = (struct sockaddr_in *)&out;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&out;
  if (strchr(text, ':') != NULL) {
    out.ss_family = AF_INET6;
    assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
  } else if (text[0] != '\0') {
    out.ss_family = AF_INET;
    assert_int_equal(inet_pton(AF_INET, text, &four->sin_addr), 1);
  } else {
    out.ss_family = AF_UNIX;
  }
  return out;
}

/* From the address TEXT; "" is over ipc. */
static bool admit(int descriptor, const char *text) {
  const struct sockaddr_storage from = address_of(text);
  return connections_admit(descriptor, &from);
}

static connection welcome(int descriptor) {
  const connection c = connections_deliver(descriptor, 0, 0);
  connections_welcome(c);
  return c;
}

static void most_descriptors_are_for_tcp_and_neither_files_nor_ipc_lose_theirs(void **state) {
  static const struct {
    size_t descriptors, tcp, ipc, strangers;
  } cases[] = {
      {200, 102, 34, 25},          /* 64 for files, and a quarter of the other 136 for ipc */
      {1024, 576, 192, 144},       /* 256 for files */
      {65536, 20000, 15360, 5000}, /* 4,096 for files; no more than there are peers */
      {(size_t)1 << 30, 20000, 20000, 5000},
      {20, 1, 1, 1}, /* too few for anything */
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const connections_limits l = connections_limits_of(cases[i].descriptors);
    assert_int_equal(l.most[CONNECTION_TCP], cases[i].tcp);
    assert_int_equal(l.most[CONNECTION_IPC], cases[i].ipc);
    assert_int_equal(l.most_strangers, cases[i].strangers);
    assert_true(l.descriptors <= (size_t)1 << 20);
  }
}

static void each_way_has_its_own_number_of_connections(void **state) {
  connections_report r;
  (void)state;
  for (int i = 0; i < 6; i++) {
    assert_true(admit(FIRST + i, i < 3 ? "192.0.2.1" : "192.0.2.2"));
  }
  assert_false(admit(FIRST + 6, "192.0.2.3"));
  assert_true(admit(FIRST + 6, ""));
  assert_true(admit(FIRST + 7, ""));
  assert_false(admit(FIRST + 8, ""));
  connections_close(FIRST + 2);
  assert_true(admit(FIRST + 2, "192.0.2.3"));
  assert_true(connections_take_report(&r));
  assert_int_equal(r.refused[CONNECTION_TCP], 1);
  assert_int_equal(r.refused[CONNECTION_IPC], 1);
  assert_int_equal(r.crowded, 0);
  assert_false(connections_take_report(&r));
}

static void an_address_has_few_strangers_until_their_hello_is_accepted(void **state) {
  connections_report r;
  (void)state;
  for (int i = 0; i < 3; i++) {
    assert_true(admit(FIRST + i, "192.0.2.1"));
  }
  assert_false(admit(FIRST + 3, "192.0.2.1"));
  assert_true(admit(FIRST + 3, "192.0.2.2"));
  (void)welcome(FIRST);
  assert_true(admit(FIRST + 4, "192.0.2.1"));
  assert_false(admit(FIRST + 5, "192.0.2.1"));
  connections_close(FIRST); /* it was not a stranger any more */
  assert_false(admit(FIRST + 5, "192.0.2.1"));
  connections_close(FIRST + 1);
  assert_true(admit(FIRST + 5, "192.0.2.1"));
  assert_true(connections_take_report(&r));
  assert_int_equal(r.crowded, 3);
  assert_string_equal(r.crowded_from, "192.0.2.1");
}

static void an_address_of_ipv6_is_the_network_that_a_machine_can_choose_from(void **state) {
  (void)state;
  assert_true(admit(FIRST, "2001:db8:1:1::1"));
  assert_true(admit(FIRST + 1, "2001:db8:1:1::2"));
  assert_true(admit(FIRST + 2, "2001:db8:1:1:ffff::3"));
  assert_false(admit(FIRST + 3, "2001:db8:1:1::4"));
  assert_true(admit(FIRST + 3, "2001:db8:1:2::1"));
}

static void an_address_of_ipv4_is_the_same_as_seen_by_ipv6(void **state) {
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  assert_true(admit(FIRST + 1, "::ffff:192.0.2.1"));
  assert_true(admit(FIRST + 2, "192.0.2.1"));
  assert_false(admit(FIRST + 3, "::ffff:192.0.2.1"));
  assert_true(admit(FIRST + 3, "::ffff:192.0.2.2"));
}

static void what_never_ends_in_a_message_is_cut(void **state) {
  connections_report r;
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  assert_true(connections_receive(FIRST, 600));
  assert_true(connections_receive(FIRST, 400));
  assert_false(connections_receive(FIRST, 1));
  assert_true(connections_take_report(&r));
  assert_int_equal(r.overflow, 1);
  assert_true(connections_receive(FIRST + 1, 5000)); /* not a connection: libzmq's own sockets */
}

static void what_is_delivered_makes_room_and_frames_count_with_what_is_around_them(void **state) {
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  for (int i = 0; i < 1000; i++) {
    assert_true(connections_receive(FIRST, 1000)); /* 600 in two frames, and what is around them */
    (void)connections_deliver(FIRST, 600, 2);
  }
  assert_true(connections_receive(FIRST, 1000));
  (void)connections_deliver(FIRST, 100, 1); /* a small message before one that does not end */
  assert_true(connections_receive(FIRST, 356));
  assert_false(connections_receive(FIRST, 1));
}

static void delivering_more_than_came_is_no_credit_for_later(void **state) {
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  assert_true(connections_receive(FIRST, 10));
  (void)connections_deliver(FIRST, 100000, 1000);
  assert_true(connections_receive(FIRST, 1000));
  assert_false(connections_receive(FIRST, 1));
}

static void when_all_together_sent_too_much_those_with_most_are_cut(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    assert_true(admit(FIRST + i, i == 0 ? "192.0.2.1" : "192.0.2.2"));
  }
  assert_true(connections_receive(FIRST, 1000));
  assert_true(connections_receive(FIRST + 1, 1000));
  assert_true(connections_receive(FIRST + 2, 250));
  assert_true(connections_receive(FIRST + 2, 250));
  assert_false(connections_receive(FIRST + 2, 1)); /* 2,501 in all, 501 of it here */
  connections_close(FIRST + 2);
  assert_true(admit(FIRST + 2, "192.0.2.2"));
  connections_close(FIRST + 1);
  assert_true(connections_receive(FIRST + 2, 900));
}

/* A connection of which the other end can be watched. */
static void open_pair(int pair[2]) {
  assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  assert_true((size_t)pair[0] < few.descriptors);
  assert_true(admit(pair[0], ""));
}

static void close_pair(int pair[2]) {
  connections_close(pair[0]);
  close(pair[0]);
  close(pair[1]);
}

static bool has_ended(int other_end) {
  char byte = 0;
  return recv(other_end, &byte, 1, MSG_DONTWAIT) == 0;
}

static void connections_without_a_hello_end(void **state) {
  int silent[2];
  int known[2];
  (void)state;
  (void)connections_expire(1000);
  open_pair(silent);
  open_pair(known);
  (void)welcome(known[0]);
  assert_int_equal(connections_expire(999 + CONNECTIONS_HELLO_MS), 0);
  assert_false(has_ended(silent[1]));
  assert_int_equal(connections_expire(1000 + CONNECTIONS_HELLO_MS), 1);
  assert_true(has_ended(silent[1]));
  assert_false(has_ended(known[1]));
  close_pair(silent);
  close_pair(known);
}

static void when_tcp_is_full_the_oldest_stranger_makes_room_after_a_while(void **state) {
  int pairs[6][2];
  (void)state;
  for (int i = 0; i < 6; i++) {
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), 0);
  }
  (void)connections_expire(1000);
  for (int i = 0; i < 6; i++) {
    assert_true(admit(pairs[i][0], i < 3 ? "192.0.2.1" : "192.0.2.2"));
  }
  (void)welcome(pairs[0][0]); /* the oldest is a peer */
  (void)connections_expire(2999);
  assert_false(admit(90, "192.0.2.3"));
  assert_false(has_ended(pairs[1][1]));
  (void)connections_expire(3000);
  assert_false(admit(90, "192.0.2.3")); /* the next one will find room */
  assert_true(has_ended(pairs[1][1]));
  connections_close(pairs[1][0]);
  assert_true(admit(90, "192.0.2.3"));
  assert_false(admit(91, "192.0.2.3"));
  assert_true(has_ended(pairs[2][1]));
  assert_false(has_ended(pairs[0][1]));
  assert_false(has_ended(pairs[3][1]));
  assert_int_equal(connections_expire(3001), 2);
  for (int i = 0; i < 6; i++) {
    close_pair(pairs[i]);
  }
  connections_close(90);
}

static void a_change_of_the_list_ends_all_connections_but_those_that_are_welcomed_again(void **state) {
  int revoked[2];
  int known[2];
  (void)state;
  (void)connections_expire(1000);
  open_pair(revoked);
  open_pair(known);
  (void)welcome(revoked[0]);
  const connection c = welcome(known[0]);
  connections_doubt(500);
  connections_welcome(c);
  (void)connections_expire(1499);
  assert_false(has_ended(revoked[1]));
  (void)connections_expire(1500);
  assert_true(has_ended(revoked[1]));
  (void)connections_expire(1000000);
  assert_false(has_ended(known[1]));
  close_pair(revoked);
  close_pair(known);
}

static void a_descriptor_that_is_used_again_is_another_connection(void **state) {
  int pair[2];
  (void)state;
  open_pair(pair);
  const connection before = connections_deliver(pair[0], 0, 0);
  connections_close(pair[0]);
  const struct sockaddr_storage from = address_of("");
  assert_true(connections_admit(pair[0], &from));
  connections_welcome(before); /* does not concern it */
  (void)connections_expire(1 + CONNECTIONS_HELLO_MS);
  assert_true(has_ended(pair[1]));
  close_pair(pair);
}

#define LIMITED(function) cmocka_unit_test_setup(function, limit_to_few)

static void what_a_closed_connection_sent_welcomes_no_successor(void **state) {
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  connections_close(FIRST);
  assert_true(admit(FIRST, "192.0.2.2"));
  /* The hello of the first one is delivered only now, over the descriptor that it had. */
  assert_true(welcome(FIRST).is_doubtful);
  assert_int_equal(connections_expire(CONNECTIONS_HELLO_MS), 1);
}

static void a_successor_is_known_when_everything_from_before_was_delivered(void **state) {
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  const uint64_t too_early = connections_moment();
  connections_close(FIRST);
  assert_true(admit(FIRST, "192.0.2.2"));
  connections_drained(too_early);
  assert_true(welcome(FIRST).is_doubtful);
  connections_drained(connections_moment());
  assert_false(welcome(FIRST).is_doubtful);
  assert_int_equal(connections_expire(CONNECTIONS_HELLO_MS), 0);
}

static void a_broker_that_is_never_idle_knows_successors_after_a_while(void **state) {
  (void)state;
  assert_true(admit(FIRST, "192.0.2.1"));
  connections_close(FIRST);
  assert_true(admit(FIRST, "192.0.2.2"));
  assert_int_equal(connections_expire(1000), 0);
  assert_true(welcome(FIRST).is_doubtful);
  assert_int_equal(connections_expire(10000), 0);
  assert_false(welcome(FIRST).is_doubtful);
  assert_int_equal(connections_expire(CONNECTIONS_HELLO_MS), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      LIMITED(most_descriptors_are_for_tcp_and_neither_files_nor_ipc_lose_theirs),
      LIMITED(each_way_has_its_own_number_of_connections),
      LIMITED(an_address_has_few_strangers_until_their_hello_is_accepted),
      LIMITED(an_address_of_ipv6_is_the_network_that_a_machine_can_choose_from),
      LIMITED(an_address_of_ipv4_is_the_same_as_seen_by_ipv6),
      LIMITED(what_never_ends_in_a_message_is_cut),
      LIMITED(what_is_delivered_makes_room_and_frames_count_with_what_is_around_them),
      LIMITED(delivering_more_than_came_is_no_credit_for_later),
      LIMITED(when_all_together_sent_too_much_those_with_most_are_cut),
      LIMITED(connections_without_a_hello_end),
      LIMITED(when_tcp_is_full_the_oldest_stranger_makes_room_after_a_while),
      LIMITED(a_change_of_the_list_ends_all_connections_but_those_that_are_welcomed_again),
      LIMITED(a_descriptor_that_is_used_again_is_another_connection),
      LIMITED(what_a_closed_connection_sent_welcomes_no_successor),
      LIMITED(a_successor_is_known_when_everything_from_before_was_delivered),
      LIMITED(a_broker_that_is_never_idle_knows_successors_after_a_while),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

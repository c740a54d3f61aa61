/* A broker on a thread, and peers made by hand, for tests of the broker's shell.
 *
 * Tests wait for events as long as it takes, and the broker's clock stands still unless a test moves it: so a
 * slow machine makes no peer silent for too long, and nothing is asked again. */
#ifndef CANVASS_TESTS_BROKER_SHELL_FIXTURE_H
#define CANVASS_TESTS_BROKER_SHELL_FIXTURE_H

#include <pthread.h>
#include <stdatomic.h>

#include "broker/broker.h"
#include "broker/core/core.h"
#include "proto/keys.h"
#include "proto/wire.h"
#include "tests/process.h"
#include "tests/sockets.h"

enum { SHELL_QUIET_MS = 50, SHELL_KEYS = 4, SHELL_LISTS = 4 };

typedef struct shell {
  sockets *sockets;    /* of talkers; the broker's context, too */
  struct line *lines;  /* to talkers that are not closed */
  char directory[256]; /* temporary; the broker's store is below it */
  char store[300];
  char endpoint[320]; /* as bound */
  bool keeps;
  const key_pair *key; /* for the next start */
  const key_list *allowed;
  key_pair keys[SHELL_KEYS]; /* the first is the broker's, once shell_make_keys was called */
  key_list *lists[SHELL_LISTS];
  broker *broker;
  pthread_t thread;
  pthread_mutex_t mutex; /* guards the log */
  char log[1 << 16];
  atomic_uint_fast64_t clock_ms; /* the broker's */
  atomic_uint_fast64_t looks;    /* of the broker at its clock: once a turn */
  pthread_mutex_t gate;          /* held: no turn begins */
  broker_turn most, sum;         /* of all turns; guarded by the mutex */
  status ended;
  error why;
} shell;

/* State of a test: a fresh directory and context; nothing runs yet. */
int shell_set_up(void **state);
int shell_tear_down(void **state);
#define SHELL_TEST(function) cmocka_unit_test_setup_teardown(function, shell_set_up, shell_tear_down)

/* ENDPOINT NULL: ipc in the directory, the same after every start.  KEEPS: with a store. */
void shell_start(shell *s, const char *endpoint, bool keeps);
void shell_stop(shell *s);
/* Over ipc, with a store. */
void shell_restart(shell *s);
/* Then the broker requires keys; FORMAT makes the text of a list of allowed keys, which the tear-down frees.
 */
void shell_make_keys(shell *s);
const key_list *shell_make_list(shell *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Waits until the broker has ended on its own, with CODE. */
void shell_expect_failed(shell *s, status code);
bool shell_log_has(shell *s, const char *words);
/* MS pass for the broker, in steps that it takes one by one. */
void shell_pass(shell *s, unsigned ms);

/* No turn of the broker begins until shell_go_on: what is sent meanwhile comes all at once. */
void shell_hold(shell *s);
void shell_go_on(shell *s);
/* The most that a turn has done since the start of the test or the last call of shell_count_again, and what
 * all did. */
broker_turn shell_most(shell *s);
broker_turn shell_sum(shell *s);
void shell_count_again(shell *s);
/* Waits until the turns have removed COUNT blobs, or done COUNT records. */
void shell_await_unlinks(shell *s, uint64_t count);
void shell_await_records(shell *s, uint64_t count);

/* A DEALER socket; the tear-down of the test closes it. */
typedef struct talker {
  shell *owner;
  struct line *line;
  void *socket;
  wire_message *in; /* what was received last; closed by the next receive */
  uint64_t request; /* the last number used */
} talker;

void talker_connect(shell *s, talker *t);
/* With a key of the shell. */
void talker_connect_with(shell *s, talker *t, size_t key);
/* connect, hello, welcome.  A worker takes CAPACITY tasks; its fingerprint is all ones. */
void talker_client(shell *s, talker *t);
/* The same, to a broker with a store that starts now. */
void talker_first_client(shell *s, talker *t);
void talker_worker(shell *s, talker *t, uint64_t capacity);
/* With another socket, after the broker was restarted: what is sent right away on the old one may go into the
 * connection that is just ending.  Requests are counted on; comers back say hello, too. */
void talker_reconnect(talker *t);
void talker_come_back(talker *t, const char *role, uint64_t capacity);
void talker_hello(talker *t, const char *role, uint64_t capacity);
/* hello, welcome. */
const message *talker_join(talker *t, const char *role, uint64_t capacity);
/* The same from somebody who is refused, perhaps before there was time to speak. */
void talker_hello_in_vain(talker *t, const char *role);
void talker_close(talker *t);

void talker_send(talker *t, const message *m, const wire_payload *payloads, size_t count);
void talker_send_raw(talker *t, const void *const *frames, const size_t *lengths, size_t count);
/* The next message of KIND; others are passed over. */
message *talker_expect(talker *t, message_kind kind);
/* The next message, whatever it is. */
message *talker_next(talker *t);
/* The same; false after MS without one: for the silence between messages alone. */
bool talker_receive(talker *t, unsigned ms);
/* The next `lost`. */
message *talker_expect_lost(talker *t);
/* A `refused` with that status and these words in the message. */
void talker_expect_refused(talker *t, const char *code, const char *words);
/* Fails when anything of KIND comes before the broker has answered an `alive` that is sent now. */
void talker_expect_none(talker *t, message_kind kind);
/* A message with the next request number. */
message talker_request(talker *t, message_kind kind);
/* Sends KIND without fields. */
void talker_say(talker *t, message_kind kind);
/* Sends a sign of life, and waits until it is answered: all that was sent before has been taken. */
void talker_await_alive(talker *t);
/* Asks for a list. */
void talker_list(talker *t, const char *what);
/* Payload INDEX of what was received last. */
slice talker_payload(const talker *t, size_t index);

/* ---- Blobs and datasets */
typedef struct sample {
  digest name;
  uint8_t *bytes;
  size_t length;
} sample;

/* LENGTH bytes that depend on SEED, until the end of the test if not until sample_fini. */
void sample_make(sample *s, uint64_t seed, size_t length);
void sample_fini(sample *s);
/* All that there are: for the tear-down. */
void samples_free(void);
void sample_name(const sample *s, uint8_t out[BLOB_NAME_BYTES]);
/* Offers, answers wants, and returns with `have`. */
void talker_put(talker *t, const sample *s);
void talker_offer(talker *t, const sample *s);
/* Answers the `want` that was received last. */
void talker_answer_want(talker *t, const sample *s);
/* Asks for a chunk from OFFSET. */
void talker_want(talker *t, const sample *s, uint64_t offset);
/* The next chunk is that of S from OFFSET; returns where it ends. */
uint64_t talker_expect_chunk(talker *t, const sample *s, uint64_t offset);
/* Fetches and compares. */
void talker_fetch(talker *t, const sample *s);
/* The file of S in the broker's store. */
enum { SAMPLE_PATH_BYTES = 400 };
const char *sample_path(const shell *s, const sample *blob, char out[SAMPLE_PATH_BYTES]);
bool sample_is_stored(const shell *s, const sample *blob);
/* Lets time pass until the broker has tidied it away. */
void sample_await_removal(shell *s, const sample *blob);

/* An encoded manifest of these shards, ROWS in each. */
void manifest_make(sample *out, const sample *shards, size_t count, uint32_t rows);
/* Puts the shards, then commits; returns the status name of a refusal or NULL. */
void talker_commit(talker *t, const char *dataset, uint64_t base, const sample *content);
void talker_expect_committed(talker *t, uint64_t version);
void talker_drop(talker *t, const char *dataset);
/* The dataset is at VERSION, and its manifest is CONTENT. */
void talker_expect_dataset(talker *t, const char *dataset, uint64_t version, const sample *content);
/* COUNT shards of SIZE bytes and their manifest, committed as version 1. */
void dataset_make(talker *t, const char *dataset, sample *shards, size_t count, size_t size, sample *content);

/* A client that has put the dataset "survey" to a broker that starts with it. */
enum { SURVEY_SHARDS = 12 };
typedef struct survey {
  talker client;
  sample shards[SURVEY_SHARDS], content;
} survey;

void survey_start(shell *s, survey *v, size_t shards, size_t size);
/* The broker is started again, and the client comes back. */
void survey_restart(shell *s, survey *v);
/* Submits a job over it, under the key "key". */
core_job_id survey_submit(survey *v);

/* ---- Jobs */
void talker_submit(talker *t, const char *dataset, const char *key, const char *plan, core_job_id *out);
void talker_ask(talker *t, message_kind kind, const core_job_id *job);
/* Takes the next task and answers it: MAP with the names of its shards, REDUCE with its partials, STEP with a
 * report. Returns its work. */
core_work worker_do_one(talker *t);
/* A message about TASK, with the fields by which the broker knows it. */
message worker_message(message_kind kind, const message *task);
void worker_answer(talker *t, const message *task, const wire_payload *payloads, size_t count,
                   uint64_t by_name);
/* Works until the job's watcher gets its report, which is compared with EXPECTED. */
void worker_until_report(talker *worker, talker *watcher, const char *expected);

#endif

/* A worker that does harm: hostile_worker ENDPOINT HABIT FINGERPRINT SEED
 *
 * It joins the broker as any worker does (FINGERPRINT, 64 hexadecimal digits, is that of honest workers), and
 * treats each task by its HABIT: a row of the table below.  Only a signal ends it.  For each task that it
 * gets it writes a line to standard output. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "proto/blob.h"
#include "proto/wire.h"
#include "tests/seeded.h"

enum { CAPACITY = 4, LOOK_MS = 100, RUBBISH_BYTES = 4096 };

typedef struct hostile {
  void *context, *socket;
  const char *endpoint;
  uint8_t fingerprint[DIGEST_BYTES], instance[INSTANCE_BYTES];
  seeded random;
} hostile;

static void say(const hostile *h, const message *m, const wire_payload *payloads, size_t count) {
  error err;
  if (wire_send(h->socket, NULL, m, payloads, count, &err) != STATUS_OK) {
    fprintf(stderr, "not sent: %s\n", err.message);
  }
}

static void say_hello(const hostile *h) {
  char title[64];
  (void)snprintf(title, sizeof title, "hostile:%d", (int)getpid());
  message m = message_of(MESSAGE_HELLO);
  message_set_text(&m, FIELD_ROLE, "worker");
  message_set_text(&m, FIELD_TITLE, title);
  message_set_bytes(&m, FIELD_INSTANCE, h->instance, sizeof h->instance);
  message_set_bytes(&m, FIELD_FINGERPRINT, h->fingerprint, sizeof h->fingerprint);
  message_set_integer(&m, FIELD_CAPACITY, CAPACITY);
  say(h, &m, NULL, 0);
}

static void join(hostile *h) {
  const int none = 0;
  if (h->socket != NULL) {
    (void)zmq_close(h->socket);
  }
  h->socket = zmq_socket(h->context, ZMQ_DEALER);
  if (h->socket == NULL || zmq_setsockopt(h->socket, ZMQ_LINGER, &none, sizeof none) != 0 ||
      zmq_connect(h->socket, h->endpoint) != 0 ||
      getrandom(h->instance, sizeof h->instance, 0) != (ssize_t)sizeof h->instance) {
    fprintf(stderr, "%s: %s\n", h->endpoint, zmq_strerror(errno));
    exit(2);
  }
  say_hello(h);
}

/* ---- Habits -------------------------------------------------------------------------------------- */

/* A message KIND about TASK, with the fields that identify the task. */
static message about(const message *task, message_kind kind) {
  static const message_field fields[] = {FIELD_STAGE, FIELD_TASK, FIELD_ATTEMPT};
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, task->texts[FIELD_JOB].length);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    message_set_integer(&m, fields[i], task->integers[fields[i]]);
  }
  if (kind == MESSAGE_RESULT) {
    m.texts[FIELD_WORK] = task->texts[FIELD_WORK];
    m.has |= FIELD_BIT(FIELD_WORK);
    message_set_integer(&m, FIELD_STATES_COMPUTED, 1);
    message_set_integer(&m, FIELD_STATES_CACHED, 0);
  }
  return m;
}

static bool is_work(const message *task, const char *work) {
  return slice_equal(task->texts[FIELD_WORK], slice_of(work));
}

static void never_answer(hostile *h, wire_message *task) {
  (void)h;
  (void)task;
}

static void fail(hostile *h, wire_message *task) {
  static const char *const causes[] = {"io", "no-memory", "unreachable", "corrupt"};
  message m = about(&task->header, MESSAGE_FAILURE);
  message_set_text(&m, FIELD_STATUS, causes[seeded_below(&h->random, 4)]);
  message_set_text(&m, FIELD_MESSAGE, "a hostile worker's excuse");
  say(h, &m, NULL, 0);
}

static void rubbish(hostile *h, uint8_t bytes[RUBBISH_BYTES]) {
  for (size_t i = 0; i < RUBBISH_BYTES; i++) {
    bytes[i] = (uint8_t)seeded_next(&h->random);
  }
}

/* Sends partials that do not decode.  What only a client would read is done properly. */
static void answer_rubbish(hostile *h, wire_message *task) {
  uint8_t bytes[RUBBISH_BYTES];
  if (!is_work(&task->header, "map") && !is_work(&task->header, "reduce")) {
    fail(h, task);
    return;
  }
  rubbish(h, bytes);
  const message m = about(&task->header, MESSAGE_RESULT);
  const wire_payload payload = {.bytes = bytes, .length = 1 + seeded_below(&h->random, RUBBISH_BYTES)};
  say(h, &m, &payload, 1);
}

/* Sends too many or too few blobs, another kind of work, or counts that no MAP can have.  A STEP may have one
 * blob or two, and nobody looks into them. */
static void answer_misshapen(hostile *h, wire_message *task) {
  uint8_t bytes[RUBBISH_BYTES];
  rubbish(h, bytes);
  message m = about(&task->header, MESSAGE_RESULT);
  const wire_payload payloads[2] = {{.bytes = bytes, .length = 8}, {.bytes = bytes, .length = 16}};
  const uint64_t way = seeded_below(&h->random, 3);
  size_t count = 1;
  if (is_work(&task->header, "step") || way == 0) {
    message_set_text(&m, FIELD_WORK, is_work(&task->header, "plan") ? "read" : "plan");
  } else if (is_work(&task->header, "map") && way == 1) {
    message_set_integer(&m, FIELD_STATES_COMPUTED, UINT64_MAX);
  } else {
    count = is_work(&task->header, "plan") ? 1 : 2;
  }
  say(h, &m, payloads, count);
}

/* Sends something that it was given as if it were the result, which is well formed where partials are merged.
 */
static void answer_with_input(hostile *h, wire_message *task) {
  const message m = about(&task->header, MESSAGE_RESULT);
  wire_payload payload = {.length = 0};
  const size_t which = seeded_below(&h->random, task->payloads_count);
  payload.bytes = wire_payload_bytes(task, which, &payload.length);
  say(h, &m, &payload, 1);
}

/* Says that the partial stays with it, and never sends it. */
static void withhold(hostile *h, wire_message *task) {
  uint8_t bytes[RUBBISH_BYTES];
  uint8_t name[BLOB_NAME_BYTES];
  digest d;
  if (!is_work(&task->header, "map") && !is_work(&task->header, "reduce")) {
    fail(h, task);
    return;
  }
  rubbish(h, bytes);
  memcpy(d.bytes, bytes, sizeof d.bytes);
  blob_name_write(&d, (uint64_t)2 << 20, name);
  message m = about(&task->header, MESSAGE_RESULT);
  message_set_integer(&m, FIELD_BY_NAME, 1);
  const wire_payload payload = {.bytes = name, .length = sizeof name};
  say(h, &m, &payload, 1);
}

/* Disappears without a word, and returns as what the broker must take for another process. */
static void die(hostile *h, wire_message *task) {
  (void)task;
  join(h);
}

static const struct habit {
  const char *name;
  void (*treat)(hostile *h, wire_message *task);
} habits[] = {
    {"wedged", never_answer},
    {"failing", fail},
    {"rubbish", answer_rubbish},
    {"misshapen", answer_misshapen},
    {"liar", answer_with_input},
    {"withholding", withhold},
    {"dying", die},
};

/* ---- The session --------------------------------------------------------------------------------- */

static void treat(hostile *h, wire_message *in, const struct habit *habit) {
  if (in->header.kind == MESSAGE_STRANGER) {
    say_hello(h);
  } else if (in->header.kind == MESSAGE_WANT) {
    digest name;
    if (blob_of_message(&in->header, &name)) {
      const message m = blob_lost(&name, STATUS_NOT_FOUND, "a hostile worker has nothing");
      say(h, &m, NULL, 0);
    }
  } else if (in->header.kind == MESSAGE_TASK) {
    printf("%.*s\n", SLICE_ARG(in->header.texts[FIELD_WORK]));
    fflush(stdout);
    habit->treat(h, in);
  }
}

static int64_t now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void live(hostile *h, const struct habit *habit, wire_message *in) {
  int64_t said_ms = now_ms();
  for (;;) {
    zmq_pollitem_t item = {.socket = h->socket, .events = ZMQ_POLLIN};
    bool received = false;
    error err;
    (void)zmq_poll(&item, 1, LOOK_MS);
    if (now_ms() - said_ms >= ALIVE_MS) {
      message alive = message_of(MESSAGE_ALIVE);
      message_set_integer(&alive, FIELD_CAPACITY, CAPACITY);
      say(h, &alive, NULL, 0);
      said_ms = now_ms();
    }
    if (wire_receive(h->socket, false, in, &received, &err) == STATUS_OK && received) {
      treat(h, in, habit);
      wire_message_close(in);
    }
  }
}

static bool read_fingerprint(const char *text, uint8_t out[DIGEST_BYTES]) {
  if (strlen(text) != (size_t)DIGEST_BYTES * 2) {
    return false;
  }
  for (size_t i = 0; i < DIGEST_BYTES; i++) {
    if (sscanf(text + 2 * i, "%2hhx", &out[i]) != 1) {
      return false;
    }
  }
  return true;
}

int main(int argc, char **argv) {
  static wire_message in;
  const struct habit *habit = NULL;
  hostile h = {.endpoint = NULL};
  for (size_t i = 0; argc == 5 && i < sizeof habits / sizeof habits[0]; i++) {
    habit = strcmp(argv[2], habits[i].name) == 0 ? &habits[i] : habit;
  }
  if (habit == NULL || !read_fingerprint(argv[3], h.fingerprint)) {
    fprintf(stderr, "usage: hostile_worker ENDPOINT HABIT FINGERPRINT SEED\n");
    return 2;
  }
  h.endpoint = argv[1];
  h.random.state = strtoull(argv[4], NULL, 10);
  h.context = zmq_ctx_new();
  if (h.context == NULL) {
    return 2;
  }
  join(&h);
  live(&h, habit, &in);
}

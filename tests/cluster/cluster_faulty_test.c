/* One faulty worker beside two that are sound: every job ends with its right report, and the faulty one is
 * set aside and named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/blob.h"
#include "proto/wire.h"
#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

enum { LOOK_MS = 20, JOBS = 2, ROWS = 70000 };

/* ---- The faulty worker ------------------------------------------------------------------------------ */

typedef struct faulty faulty;

/* What it does with the task that it received last.  True: that was faulty. */
typedef bool misdeed(faulty *f);

struct faulty {
  void *context, *socket;
  wire_message *in;
  char title[64];
  unsigned misdeeds;
};

static void say(faulty *f, const message *m, const wire_payload *payloads, size_t count) {
  error why;
  assert_int_equal(wire_send(f->socket, NULL, m, payloads, count, &why), STATUS_OK);
}

/* It says that it computes as the others do: so it gets steps, too. */
static digest fingerprint_of_others(cluster *c) {
  const char *hex = json_as_cstring(json_get(json_at(cluster_listing(c, "workers"), 0), "fingerprint"));
  digest d = {{0}};
  for (size_t i = 0; i < DIGEST_BYTES; i++) {
    unsigned byte = 0;
    assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
    d.bytes[i] = (uint8_t)byte;
  }
  return d;
}

static void faulty_open(cluster *c, faulty *f, const char *title, const digest *fingerprint) {
  const int none = 0;
  uint8_t instance[INSTANCE_BYTES] = {(uint8_t)title[strlen(title) - 1]};
  *f = (faulty){.in = malloc(sizeof *f->in), .context = zmq_ctx_new()};
  snprintf(f->title, sizeof f->title, "%s", title);
  f->socket = zmq_socket(f->context, ZMQ_DEALER);
  assert_non_null(f->in);
  assert_int_equal(zmq_setsockopt(f->socket, ZMQ_LINGER, &none, sizeof none), 0);
  assert_int_equal(zmq_connect(f->socket, c->endpoint), 0);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  message_set_text(&hello, FIELD_TITLE, f->title);
  message_set_integer(&hello, FIELD_CAPACITY, 4);
  message_set_bytes(&hello, FIELD_INSTANCE, instance, sizeof instance);
  message_set_bytes(&hello, FIELD_FINGERPRINT, fingerprint->bytes, DIGEST_BYTES);
  say(f, &hello, NULL, 0);
}

static void faulty_close(faulty *f) {
  const message bye = message_of(MESSAGE_BYE);
  const int linger_ms = 1000;
  say(f, &bye, NULL, 0);
  assert_int_equal(zmq_setsockopt(f->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms), 0);
  zmq_close(f->socket);
  zmq_ctx_term(f->context);
  free(f->in);
}

static message answer_of(const faulty *f, message_kind kind) {
  static const message_field copied[] = {FIELD_STAGE, FIELD_TASK, FIELD_ATTEMPT};
  const message *task = &f->in->header;
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, task->texts[FIELD_JOB].length);
  for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
    message_set_integer(&m, copied[i], task->integers[copied[i]]);
  }
  return m;
}

static void give_back(faulty *f) {
  message m = answer_of(f, MESSAGE_FAILURE);
  message_set_text(&m, FIELD_STATUS, "io");
  message_set_text(&m, FIELD_MESSAGE, "no space left on device");
  say(f, &m, NULL, 0);
}

static bool is_work(const faulty *f, const char *work) {
  return slice_equal(f->in->header.texts[FIELD_WORK], slice_of(work));
}

static bool spoil_partials(faulty *f) {
  if (is_work(f, "step")) {
    give_back(f);
    return false;
  }
  message m = answer_of(f, MESSAGE_RESULT);
  m.texts[FIELD_WORK] = f->in->header.texts[FIELD_WORK];
  m.has |= FIELD_BIT(FIELD_WORK);
  message_set_integer(&m, FIELD_STATES_COMPUTED, 1);
  message_set_integer(&m, FIELD_STATES_CACHED, 0);
  const wire_payload payload = {.bytes = "this is no partial", .length = 18};
  say(f, &m, &payload, 1);
  return true;
}

/* Of steps what follows them, of others nothing. */
static bool spoil_stages(faulty *f) {
  if (!is_work(f, "step")) {
    give_back(f);
    return false;
  }
  message m = answer_of(f, MESSAGE_RESULT);
  message_set_text(&m, FIELD_WORK, "step");
  message_set_integer(&m, FIELD_STATES_COMPUTED, 0);
  message_set_integer(&m, FIELD_STATES_CACHED, 0);
  const wire_payload payloads[] = {{.bytes = "no program", .length = 10}, {.bytes = "no state", .length = 8}};
  say(f, &m, payloads, 2);
  return true;
}

/* Of steps the last partial, of others the program. */
static bool accuse(faulty *f) {
  const size_t index = is_work(f, "step") ? f->in->payloads_count - 1 : 0;
  size_t length = 0;
  const void *bytes = wire_payload_bytes(f->in, index, &length);
  digest name;
  assert_int_equal(digest_of(bytes, length, &name, NULL), STATUS_OK);
  if (blob_is_by_name(&f->in->header, index)) {
    memcpy(name.bytes, bytes, DIGEST_BYTES);
  }
  message m = answer_of(f, MESSAGE_FAILURE);
  message_set_text(&m, FIELD_STATUS, "corrupt");
  message_set_text(&m, FIELD_MESSAGE, "it cannot be read");
  message_set_bytes(&m, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_UNREADABLE, index + 1);
  say(f, &m, NULL, 0);
  return is_work(f, "step");
}

static bool say_that_it_cannot_be_done(faulty *f) {
  static const char *const statuses[] = {"specification", "usage", "data", "limit", "job", "protocol"};
  message m = answer_of(f, MESSAGE_FAILURE);
  message_set_text(&m, FIELD_STATUS, statuses[f->misdeeds % (sizeof statuses / sizeof statuses[0])]);
  message_set_text(&m, FIELD_MESSAGE, "the specification is wrong");
  say(f, &m, NULL, 0);
  return true;
}

static void faulty_listen(faulty *f, misdeed *do_it) {
  message alive = message_of(MESSAGE_ALIVE);
  bool received = true;
  error why;
  while (received) {
    assert_int_equal(wire_receive(f->socket, false, f->in, &received, &why), STATUS_OK);
    if (!received) {
      break;
    }
    if (f->in->header.kind == MESSAGE_TASK) {
      f->misdeeds += do_it(f);
    }
    wire_message_close(f->in);
  }
  message_set_integer(&alive, FIELD_CAPACITY, 4);
  say(f, &alive, NULL, 0);
}

/* ---- Jobs beside it -------------------------------------------------------------------------------- */

/* The end of CLIENT, which waits for a job.  The sound workers are there from the beginning, or come when the
 * faulty one has had a task. */
static int serve_until_end(cluster *c, faulty *f, misdeed *do_it, process *client) {
  for (;;) {
    faulty_listen(f, do_it);
    for (unsigned i = 0; f->misdeeds > 0 && i < 2; i++) {
      if (!process_is_running(&c->workers[i])) {
        cluster_start_worker(c, i);
      }
    }
    const int code = process_look(client, LOOK_MS);
    if (code >= 0) {
      return code;
    }
  }
}

static void expect_named(cluster *c, const char *title) {
  const json *workers = cluster_listing(c, "workers");
  bool found = false;
  for (size_t i = 0; i < json_count(workers); i++) {
    const json *w = json_at(workers, i);
    const bool is_faulty = strcmp(json_as_cstring(json_get(w, "title")), title) == 0;
    assert_int_equal(json_as_bool(json_get(w, "set_aside")), is_faulty);
    found = found || is_faulty;
  }
  assert_true(found);
}

static bool is_in_notes(cluster *c, const char *title) {
  const json *jobs = cluster_listing(c, "jobs");
  const json *notes = json_get(json_at(jobs, 0), "notes"); /* of the newest */
  for (size_t i = 0; i < json_count(notes); i++) {
    if (strncmp(json_as_cstring(json_at(notes, i)), title, strlen(title)) == 0) {
      return true;
    }
  }
  return false;
}

typedef struct trial {
  misdeed *do_it;
  bool is_of_steps;  /* which come when others do the rest */
  bool is_set_aside; /* in the end */
} trial;

static void one_job(cluster *c, const trial *t, const char *spec, const digest *fingerprint,
                    unsigned number) {
  char data[256];
  char name[32];
  char file[64];
  faulty f;
  process client = {.pid = 0};
  process_result expected;
  process_result found = {.exit_code = 0};
  snprintf(name, sizeof name, "data-%u", number);
  survey_write(c->directory, name, ROWS, 1, 100 + number, data);
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  cluster_do(c, "put", name, spec, data, "--shard-rows", "5000");
  snprintf(file, sizeof file, "faulty-machine-%u", number);
  faulty_open(c, &f, file, fingerprint); /* the first: of equals the first gets a step */
  cluster_wait_workers(c, 1);
  for (unsigned i = 0; t->is_of_steps && i < 2; i++) {
    cluster_start_worker(c, i);
    cluster_wait_workers(c, 2 + i);
  }
  cluster_start_client(c, &client, name, "submit", spec, "--dataset", name, "--key", name, "--wait",
                       "--format", "json");
  assert_int_equal(serve_until_end(c, &f, t->do_it, &client), 0);
  assert_true(f.misdeeds > 0);
  snprintf(file, sizeof file, "%s.out", name);
  found.out = cluster_read(c, file, &found.out_length);
  cluster_expect_same(&expected, &found, f.title);
  assert_true(is_in_notes(c, f.title));
  if (t->is_set_aside) {
    expect_named(c, f.title);
  }
  process_result_fini(&expected);
  free(found.out);
  faulty_close(&f);
  cluster_stop_worker(c, 0);
  cluster_stop_worker(c, 1);
  cluster_wait_workers(c, 0);
}

static void beside_a_faulty_worker(cluster *c, const trial *t) {
  char spec[256];
  survey_write_spec(c->directory, "spec.yaml", survey_long_spec, spec);
  cluster_start_broker(c);
  cluster_start_workers(c, 1);
  const digest fingerprint = fingerprint_of_others(c);
  cluster_stop_worker(c, 0);
  cluster_wait_workers(c, 0);
  for (unsigned i = 0; i < JOBS; i++) {
    one_job(c, t, spec, &fingerprint, i);
  }
  cluster_passed(c);
}

static void a_worker_whose_partials_nobody_can_read_ends_no_job_and_is_named(void **state) {
  beside_a_faulty_worker(*state, &(trial){spoil_partials, false, true});
}

static void a_worker_whose_stages_nobody_can_read_ends_no_job_and_is_named(void **state) {
  beside_a_faulty_worker(*state, &(trial){spoil_stages, true, true});
}

static void a_worker_that_accuses_others_falsely_ends_no_job_and_is_named(void **state) {
  beside_a_faulty_worker(*state, &(trial){accuse, true, true});
}

static void a_worker_that_calls_everything_impossible_ends_no_job(void **state) {
  beside_a_faulty_worker(*state, &(trial){say_that_it_cannot_be_done, false, false});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_worker_whose_partials_nobody_can_read_ends_no_job_and_is_named),
      CLUSTER_TEST(a_worker_whose_stages_nobody_can_read_ends_no_job_and_is_named),
      CLUSTER_TEST(a_worker_that_accuses_others_falsely_ends_no_job_and_is_named),
      CLUSTER_TEST(a_worker_that_calls_everything_impossible_ends_no_job),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The deeds of a hostile peer, and the answers that it must get. */
#include "tests/broker/hostile_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

/* Peers read late: a broker that forgot this one says so, which is not a fault. */
static void send(hostile_peer *p, const message *m, const hostile_frames *f) {
  wire_payload payloads[HOSTILE_FRAMES_MAX];
  for (size_t i = 0; f != NULL && i < f->count; i++) {
    payloads[i] = (wire_payload){.bytes = f->bytes[i].data, .length = f->bytes[i].length};
  }
  talker_send(&p->line, m, payloads, f != NULL ? f->count : 0);
}

/* ---- Requests and their answers ------------------------------------------------------------------ */

static void begin_count(hostile_peer *p) {
  p->first = p->next;
}

static void count_request(hostile_peer *p, message *m) {
  const size_t at = (size_t)(p->next - HOSTILE_REQUESTS_FIRST);
  if (at >= p->capacity) {
    p->capacity = at * 2 + 64;
    p->answers = realloc(p->answers, p->capacity);
    assert_non_null(p->answers);
  }
  p->answers[at] = 0;
  message_set_integer(m, FIELD_REQUEST, p->next++);
}

static void count_answer(hostile_peer *p, const message *m) {
  const uint64_t request = m->integers[FIELD_REQUEST];
  if (m->has & FIELD_BIT(FIELD_REQUEST) && request >= HOSTILE_REQUESTS_FIRST && request < p->next) {
    uint8_t *answers = &p->answers[request - HOSTILE_REQUESTS_FIRST];
    if (++*answers > 1) {
      fail_msg("request %llu was answered again, with '%s'", (unsigned long long)request,
               message_kind_name(m->kind));
    }
  }
}

static void check_answers(hostile_peer *p) {
  for (uint64_t r = p->first; r < p->next; r++) {
    if (p->answers[r - HOSTILE_REQUESTS_FIRST] != 1) {
      fail_msg("request %llu was answered %u times", (unsigned long long)r,
               p->answers[r - HOSTILE_REQUESTS_FIRST]);
    }
  }
  begin_count(p);
}

/* ---- Deeds --------------------------------------------------------------------------------------- */

void hostile_reopen(hostile_peer *p) {
  talker_close(&p->line);
  talker_connect(p->world->shell, &p->line);
  p->is_known = false;
  begin_count(p);
}

/* Whether it is taken or refused is known before anything else happens. */
static void say_hello(hostile_peer *p) {
  if (p->is_known) {
    hostile_settle(p);
    check_answers(p);
  } else {
    hostile_reopen(p);
  }
  message m = hostile_message(p->world, MESSAGE_HELLO);
  hostile_frames f;
  hostile_frames_make(p->world, MESSAGE_HELLO, &f);
  while (f.count > 1) {
    buf_fini(&f.bytes[--f.count]);
  }
  send(p, &m, &f);
  hostile_frames_fini(&f);
  const message *answer = NULL;
  do {
    (void)talker_next(&p->line);
    answer = &p->line.in->header;
  } while (answer->kind != MESSAGE_WELCOME &&
           (answer->kind != MESSAGE_REFUSED || answer->has & FIELD_BIT(FIELD_REQUEST)));
  p->is_known = answer->kind == MESSAGE_WELCOME;
}

void hostile_leave(hostile_peer *p) {
  hostile_settle(p);
  check_answers(p);
  const message bye = message_of(MESSAGE_BYE);
  send(p, &bye, NULL);
  p->is_known = false;
}

static void send_anything(hostile_peer *p) {
  message_kind kind = (message_kind)hostile_below(p->world, MESSAGES_COUNT);
  if (kind == MESSAGE_HELLO || kind == MESSAGE_BYE || kind == MESSAGE_REFUSED) {
    kind = MESSAGE_OFFER;
  }
  message m = hostile_message(p->world, kind);
  hostile_frames f;
  hostile_frames_make(p->world, kind, &f);
  if (hostile_needed(kind) & FIELDS_REQUEST) {
    count_request(p, &m);
  }
  send(p, &m, &f);
  hostile_frames_fini(&f);
}

/* Any header with some of its bytes altered, but for those that could then do what a peer is trusted not to.
 */
static void send_altered(hostile_peer *p) {
  static const bool is_trusted[MESSAGES_COUNT] = {
      [MESSAGE_HELLO] = true,  [MESSAGE_BYE] = true,  [MESSAGE_ALIVE] = true,
      [MESSAGE_CANCEL] = true, [MESSAGE_DROP] = true, [MESSAGE_COMMIT] = true,
  };
  const message_kind kind = (message_kind)hostile_below(p->world, MESSAGES_COUNT);
  message m = hostile_message(p->world, is_trusted[kind] ? MESSAGE_ASK : kind);
  message_set_integer(&m, FIELD_REQUEST, UINT64_MAX - 1000);
  buf header;
  buf_init(&header);
  message_encode(&m, &header);
  for (uint64_t i = 1 + hostile_below(p->world, 3); i > 0; i--) {
    header.data[hostile_below(p->world, header.length)] ^= (uint8_t)(1U << hostile_below(p->world, 8));
  }
  const void *const bytes[] = {header.data};
  const size_t length = hostile_one_in(p->world, 3) ? hostile_below(p->world, header.length) : header.length;
  talker_send_raw(&p->line, bytes, &length, 1);
  buf_fini(&header);
}

static void answer_want(hostile_peer *p, const message *want) {
  message m = message_of(hostile_one_in(p->world, 8) ? MESSAGE_LOST : MESSAGE_CHUNK);
  const sample *blob = hostile_blob(p->world);
  for (size_t i = 0; i < HOSTILE_BLOBS && !hostile_one_in(p->world, 8); i++) {
    if (memcmp(p->world->blobs[i].name.bytes, want->texts[FIELD_BLOB].bytes, DIGEST_BYTES) == 0) {
      blob = &p->world->blobs[i];
    }
  }
  if (hostile_one_in(p->world, 8)) {
    return;
  }
  m.texts[FIELD_BLOB] = want->texts[FIELD_BLOB];
  m.has |= FIELD_BIT(FIELD_BLOB);
  if (m.kind == MESSAGE_LOST) {
    message_set_text(&m, FIELD_STATUS, "io");
    talker_send(&p->line, &m, NULL, 0);
    return;
  }
  const uint64_t wanted = want->integers[FIELD_OFFSET];
  const uint64_t offset = wanted < blob->length ? wanted : 0;
  const uint64_t most = want->integers[FIELD_BYTES];
  uint64_t length = blob->length - offset < most ? blob->length - offset : most;
  length = hostile_one_in(p->world, 10) && length > 0 ? length - 1 : length;
  message_set_integer(&m, FIELD_OFFSET, hostile_one_in(p->world, 10) ? hostile_number(p->world) : wanted);
  message_set_integer(&m, FIELD_BYTES,
                      hostile_one_in(p->world, 10) ? hostile_number(p->world) : blob->length);
  const wire_payload payload = {.bytes = blob->bytes + offset, .length = (size_t)length};
  talker_send(&p->line, &m, &payload, 1);
}

static void answer_task(hostile_peer *p, const message *task) {
  if (hostile_one_in(p->world, 4)) {
    message m = hostile_message(p->world, MESSAGE_FAILURE);
    m.texts[FIELD_JOB] = task->texts[FIELD_JOB];
    message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
    message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
    message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
    talker_send(&p->line, &m, NULL, 0);
    return;
  }
  hostile_frames f = {.count = 1 + hostile_below(p->world, 2)};
  wire_payload payloads[2];
  for (size_t i = 0; i < f.count; i++) {
    hostile_frame(p->world, MESSAGE_RESULT, i, &f.bytes[i]);
    payloads[i] = (wire_payload){.bytes = f.bytes[i].data, .length = f.bytes[i].length};
  }
  worker_answer(&p->line, task, payloads, f.count,
                hostile_one_in(p->world, 2) ? hostile_below(p->world, 4) : 0);
  hostile_frames_fini(&f);
}

void hostile_listen(hostile_peer *p) {
  while (talker_receive(&p->line, 0)) {
    const message *m = &p->line.in->header;
    count_answer(p, m);
    if (m->kind == MESSAGE_WANT) {
      answer_want(p, m);
    } else if (m->kind == MESSAGE_TASK) {
      answer_task(p, m);
    }
  }
}

void hostile_open(hostile_peer *p, hostile_world *w) {
  *p = (hostile_peer){.world = w, .first = HOSTILE_REQUESTS_FIRST, .next = HOSTILE_REQUESTS_FIRST};
  talker_connect(w->shell, &p->line);
}

/* False when the broker has forgotten it. */
static bool pass_fence(hostile_peer *p) {
  static const core_job_id nobody = {{0}};
  message fence = message_of(MESSAGE_ASK);
  message_set_bytes(&fence, FIELD_JOB, nobody.bytes, JOB_ID_BYTES);
  count_request(p, &fence);
  send(p, &fence, NULL);
  const message *m = NULL;
  do {
    (void)talker_next(&p->line);
    m = &p->line.in->header;
    count_answer(p, m);
    if (m->kind == MESSAGE_STRANGER) {
      return false;
    }
  } while (!(m->has & FIELD_BIT(FIELD_REQUEST)) || m->integers[FIELD_REQUEST] != p->next - 1);
  return true;
}

/* Twice: what is asked in one turn of the broker may be answered in any order.  A broker that was held up may
 * have forgotten it: then there is nothing to count. */
void hostile_settle(hostile_peer *p) {
  if (!pass_fence(p) || !pass_fence(p)) {
    p->is_known = false;
    begin_count(p);
  }
}

void hostile_act(hostile_peer *p) {
  const uint64_t deed = hostile_below(p->world, 100);
  if (!p->is_known && !hostile_one_in(p->world, 4)) {
    say_hello(p);
  } else if (deed < 2) {
    hostile_reopen(p);
  } else if (deed < 4) {
    say_hello(p);
  } else if (deed < 6) {
    hostile_leave(p);
  } else if (deed < 15) {
    send_altered(p);
  } else {
    send_anything(p);
  }
}

void hostile_close(hostile_peer *p) {
  if (p->is_known) {
    hostile_settle(p);
    check_answers(p);
  }
  talker_close(&p->line);
  free(p->answers);
}

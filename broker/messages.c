/* Receives messages: finds the sender, checks its role, and calls the handler.  Hello, signs of life,
 * farewells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/shell.h"

/* ---- Hello --------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  unsigned way;
} roles[] = {{"client", WAY_CLIENT}, {"worker", WAY_WORKER}};

static const char *role_name(unsigned way) {
  return way == WAY_WORKER ? "worker" : "client";
}

/* The role that M requests, if its sender is allowed to take it. */
static status read_role(broker *b, line_kind line, const wire_message *m, const char **key, unsigned *out,
                        error *why) {
  const slice asked = m->header.texts[FIELD_ROLE];
  *out = 0;
  for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
    if (slice_equal(asked, slice_of(roles[i].name))) {
      *out = roles[i].way;
    }
  }
  if (*out == 0) {
    const slice shown = text_cut(asked, 40);
    return error_set(why, STATUS_PROTOCOL, "the role is 'client' or 'worker', not '%.*s'", SLICE_ARG(shown));
  }
  *key = "";
  if (line == LINE_KEYED) {
    *key = m->user;
    if (!(key_list_roles(b->allowed, slice_of(*key), NULL) & *out)) {
      return error_set(why, STATUS_USAGE,
                       "the key %s is not allowed as a %s by the broker's list of allowed keys (--allow)",
                       *key, role_name(*out));
    }
  }
  return STATUS_OK;
}

static uint32_t read_capacity(const message *m) {
  const uint64_t capacity = m->integers[FIELD_CAPACITY];
  return capacity < CORE_CAPACITY_MAX ? (uint32_t)capacity : CORE_CAPACITY_MAX;
}

static status check_fingerprint(const wire_message *m, error *why) {
  return m->header.texts[FIELD_FINGERPRINT].length == DIGEST_BYTES
             ? STATUS_OK
             : error_set(why, STATUS_PROTOCOL, "a worker's hello needs a fingerprint of %d bytes",
                         (int)DIGEST_BYTES);
}

static status join_worker(broker *b, peer *p, wire_message *m, error *why) {
  core_event e = {.kind = CORE_WORKER_JOINED, .peer = p->number};
  memcpy(e.joined.fingerprint.bytes, m->header.texts[FIELD_FINGERPRINT].bytes, DIGEST_BYTES);
  const slice instance = m->header.texts[FIELD_INSTANCE];
  if (instance.length == INSTANCE_BYTES) {
    memcpy(&e.joined.process, instance.bytes, sizeof e.joined.process);
  }
  p->capacity = e.joined.capacity = read_capacity(&m->header);
  size_t length = 0;
  const void *bytes = m->payloads_count > 0 ? wire_payload_bytes(m, 0, &length) : NULL;
  size_t count = length / sizeof(uint64_t);
  count = count < CORE_HELD_MAX ? count : CORE_HELD_MAX;
  uint64_t *held = malloc((count + 1) * sizeof *held);
  if (held == NULL) {
    return error_no_memory(why, "a worker's shards");
  }
  reader r;
  reader_init(&r, bytes, length);
  for (size_t i = 0; i < count; i++) {
    held[i] = reader_u64(&r);
  }
  e.joined.held = held;
  e.joined.held_count = count;
  broker_feed(b, &e);
  free(held);
  broker_log(b, "worker %s joined: takes %u task%s, running and waiting; %zu shard%s held", p->title,
             p->capacity, p->capacity == 1 ? "" : "s", count, count == 1 ? "" : "s");
  return STATUS_OK;
}

static void welcome(broker *b, const peer *p) {
  message m = message_of(MESSAGE_WELCOME);
  message_set_bytes(&m, FIELD_INSTANCE, b->instance, sizeof b->instance);
  message_set_text(&m, FIELD_RELEASE, CANVASS_VERSION);
  if (b->vault != NULL) {
    message_set_text(&m, FIELD_STORE, vault_directory(b->vault));
    message_set_bytes(&m, FIELD_PROBE, vault_probe(b->vault), VAULT_PROBE_BYTES);
  }
  outgoing_answer(b, p, &m, NULL, 0);
}

static void copy_title(peer *p, slice title) {
  size_t length = title.length < sizeof p->title ? title.length : sizeof p->title - 1;
  length = text_utf8_check(title.bytes, length);
  if (length > 0) { /* a hello without one has no bytes either */
    memcpy(p->title, title.bytes, length);
  }
  p->title[length] = '\0';
}

/* Without keys each connection is its own; as a job's record may outlive the broker, the name is of this
 * start. */
static void name_owner(const broker *b, const char *key, char out[KEY_TEXT_BYTES]) {
  uint64_t start = 0;
  memcpy(&start, b->instance, sizeof start);
  if (key[0] != '\0') {
    (void)snprintf(out, KEY_TEXT_BYTES, "%s", key);
  } else {
    (void)snprintf(out, KEY_TEXT_BYTES, "#%016llx-%u", (unsigned long long)start, b->routes.last + 1);
  }
}

static status on_hello(broker *b, line_kind line, wire_message *m, connection over, error *why) {
  const char *key = "";
  unsigned role = 0;
  TRY(read_role(b, line, m, &key, &role, why));
  if (role == WAY_WORKER) {
    TRY(check_fingerprint(m, why));
  }
  /* A peer that says it again starts afresh: with another number, without tasks, offers and watches. */
  peer *before = routes_find(&b->routes, line, &m->from);
  if (before != NULL) {
    session_forget(b, before, true, NULL);
  }
  if (b->routes.count >= ROUTES_MAX || b->routes.last == UINT32_MAX) {
    return error_set(why, STATUS_LIMIT, "the broker has %d peers and takes no more", (int)ROUTES_MAX);
  }
  char whose[KEY_TEXT_BYTES];
  name_owner(b, key, whose);
  peer *p = routes_add(&b->routes, line, &m->from, whose);
  if (p == NULL) {
    return error_no_memory(why, "a peer");
  }
  p->role = role;
  p->connection = over;
  connections_welcome(over);
  p->joined_ms = p->heard_ms = b->clock_ms;
  const size_t key_length = strlen(key);
  memcpy(p->key, key, key_length < sizeof p->key ? key_length : sizeof p->key - 1);
  copy_title(p, m->header.texts[FIELD_TITLE]);
  welcome(b, p);
  return role == WAY_WORKER ? join_worker(b, p, m, why) : STATUS_OK;
}

/* ---- Signs of life and farewells ----------------------------------------------------------------- */

static status on_alive(broker *b, peer *from, wire_message *m, error *why) {
  (void)why;
  if (m->header.has & FIELD_BIT(FIELD_CAPACITY)) {
    from->capacity = read_capacity(&m->header);
  }
  if (from->role == WAY_WORKER) {
    broker_feed(b, &(core_event){.kind = CORE_HEARD, .peer = from->number, .heard.capacity = from->capacity});
  }
  const message alive = message_of(MESSAGE_ALIVE);
  outgoing_answer(b, from, &alive, NULL, 0);
  return STATUS_OK;
}

void session_forget(broker *b, peer *p, bool in_order, const char *why) {
  if (why != NULL && p->role == WAY_WORKER) {
    broker_log(b, "worker %s %s", p->title, why);
  }
  broker_feed(b, &(core_event){.kind = CORE_PEER_LEFT, .peer = p->number, .left.in_order = in_order});
  transfer_peer_left(b, p);
  routes_remove(&b->routes, p);
}

static status on_bye(broker *b, peer *from, wire_message *m, error *why) {
  (void)m;
  (void)why;
  session_forget(b, from, true, "left");
  return STATUS_OK;
}

static void forget_silent(broker *b) {
  for (peer *p = routes_next(&b->routes, NULL), *next = NULL; p != NULL; p = next) {
    next = routes_next(&b->routes, p);
    if (b->clock_ms - p->heard_ms >= SILENCE_MS) {
      session_forget(b, p, false, "is silent: its tasks go to others");
    }
  }
}

/* Each key once: a peer that is turned away keeps reconnecting. */
static void say_turned_away(broker *b) {
  char last[KEY_TEXT_BYTES] = "";
  if (door_turned_away(b->door, last) == 0) {
    return;
  }
  for (size_t i = 0; i < TURNED_AWAY_MAX; i++) {
    if (b->turned_away[i][0] && strcmp(b->turned_away[i], last) == 0) {
      return;
    }
  }
  memcpy(b->turned_away[b->turned_away_next++ % TURNED_AWAY_MAX], last, sizeof last);
  broker_log(b, "turned away: the key %s is not among the allowed keys", last[0] ? last : "(none)");
}

void session_housekeep(broker *b) {
  forget_silent(b);
  guard_housekeep(b);
  if (b->door != NULL) {
    say_turned_away(b);
  }
}

void session_allow(broker *b, const key_list *list) {
  if (b->door == NULL) {
    return;
  }
  b->allowed = list;
  door_allow(b->door, list);
  memset(b->turned_away, 0, sizeof b->turned_away);
  for (peer *p = routes_next(&b->routes, NULL), *next = NULL; p != NULL; p = next) {
    next = routes_next(&b->routes, p);
    if (p->line == LINE_KEYED && !(key_list_roles(list, slice_of(p->key), NULL) & p->role)) {
      error why;
      error_set(&why, STATUS_USAGE, "the key %s is no longer allowed as a %s", p->key, role_name(p->role));
      outgoing_refuse(b, p, NULL, &why);
      session_forget(b, p, true, "is no longer allowed");
    }
  }
  guard_allow(b);
  const size_t count = key_list_count(list);
  broker_log(b, "the list of allowed keys was read again: %zu key%s", count, count == 1 ? "" : "s");
}

/* ---- Messages ------------------------------------------------------------------------------------ */

static message_handler *const handlers[MESSAGES_COUNT] = {
    [MESSAGE_ALIVE] = on_alive,           [MESSAGE_BYE] = on_bye,
    [MESSAGE_OFFER] = transfer_on_offer,  [MESSAGE_WANT] = transfer_on_want,
    [MESSAGE_CHUNK] = transfer_on_chunk,  [MESSAGE_LOST] = transfer_on_lost,
    [MESSAGE_DATASET] = datasets_get,     [MESSAGE_COMMIT] = datasets_on_commit,
    [MESSAGE_LOAD] = jobs_on_load,        [MESSAGE_DROP] = datasets_on_drop,
    [MESSAGE_SUBMIT] = jobs_on_submit,    [MESSAGE_WATCH] = jobs_on_watch,
    [MESSAGE_ASK] = jobs_on_ask,          [MESSAGE_CANCEL] = jobs_on_cancel,
    [MESSAGE_LIST] = listing_on_list,     [MESSAGE_RESULT] = tasks_on_result,
    [MESSAGE_FAILURE] = tasks_on_failure,
};

/* Requests with large answers, which may pile up; `want` is handled separately. */
static bool asks_for_much(message_kind kind) {
  return kind == MESSAGE_LIST || kind == MESSAGE_DATASET || kind == MESSAGE_ASK || kind == MESSAGE_WATCH;
}

static status handle(broker *b, peer *from, wire_message *m, error *why) {
  const message_kind kind = m->header.kind;
  from->heard_ms = b->clock_ms;
  if (kind == MESSAGE_REFUSED) {
    return STATUS_OK; /* refusing a refusal would never end */
  }
  if (!(message_ways(kind) & from->role) || handlers[kind] == NULL) {
    return error_set(why, STATUS_PROTOCOL, "a %s may not send '%s' to the broker", role_name(from->role),
                     message_kind_name(kind));
  }
  if (asks_for_much(kind) && in_flight_is_full(from->in_flight)) {
    return error_set(why, STATUS_LIMIT, "%s", OUTGOING_TOO_MUCH);
  }
  return handlers[kind](b, from, m, why);
}

static void take_from_stranger(broker *b, line_kind line, wire_message *m) {
  if (m->header.kind == MESSAGE_BYE || m->header.kind == MESSAGE_REFUSED) {
    return;
  }
  error ignored; /* no memory: the peer asks again */
  const message stranger = message_of(MESSAGE_STRANGER);
  (void)!outbox_put(&b->outbox, line, &m->from, 0, &stranger, NULL, 0, &ignored);
}

void session_take(broker *b, line_kind line, bool *received) {
  wire_message *m = b->incoming;
  error why;
  status st = wire_receive(b->lines.sockets[line], true, m, received, &why);
  if (!*received) {
    return;
  }
  if (st != STATUS_OK) {
    if (m->from.length > 0) {
      outgoing_refuse_stranger(b, line, &m->from, &m->header, &why);
    }
    return;
  }
  for (size_t i = 0; i <= m->payloads_count; i++) {
    b->turn_bytes += zmq_msg_size(&m->frames[i]);
  }
  const connection over = guard_message(m);
  if (m->header.kind == MESSAGE_HELLO) {
    st = on_hello(b, line, m, over, &why);
    if (st != STATUS_OK) {
      outgoing_refuse_stranger(b, line, &m->from, NULL, &why);
    }
  } else {
    peer *from = routes_find(&b->routes, line, &m->from);
    if (from == NULL) {
      take_from_stranger(b, line, m);
    } else {
      from->connection = over;
      st = handle(b, from, m, &why);
      if (st != STATUS_OK) {
        outgoing_refuse(b, from, &m->header, &why);
      }
    }
  }
  wire_message_close(m);
}

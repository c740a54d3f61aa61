/* Receives messages: finds the sender, checks its role, and calls the handler.  Hello, signs of life,
 * farewells. */
#include <stdio.h>
#include <string.h>

#include "broker/shell.h"

/* ---- Hello --------------------------------------------------------------------------------------- */

static status check_fingerprint(const wire_message *m, error *why) {
  return m->header.texts[FIELD_FINGERPRINT].length == DIGEST_BYTES
             ? STATUS_OK
             : error_set(why, STATUS_PROTOCOL, "a worker's hello needs a fingerprint of %d bytes",
                         (int)DIGEST_BYTES);
}

static void welcome(broker *b, const peer *p) {
  message m = message_of(MESSAGE_WELCOME);
  message_set_bytes(&m, FIELD_INSTANCE, b->instance, sizeof b->instance);
  message_set_text(&m, FIELD_RELEASE, CANVASS_VERSION);
  if (b->vault != NULL) {
    message_set_text(&m, FIELD_STORE, vault_directory(b->vault));
    message_set_bytes(&m, FIELD_PROBE, vault_probe(b->vault), VAULT_PROBE_BYTES);
  }
  peers_answer(b->peers, p, &m, NULL, 0);
}

static status on_hello(broker *b, line_kind line, wire_message *m, connection over, error *why) {
  unsigned role = 0;
  TRY(peers_read_role(b->peers, line, m, &role, why));
  if (role == WAY_WORKER) {
    TRY(check_fingerprint(m, why));
  }
  /* A peer that says it again starts afresh: with another number, without tasks, offers and watches. */
  peer *before = peers_find(b->peers, line, &m->from);
  if (before != NULL) {
    departures_forget(b, before, true, NULL);
  }
  peer *p = NULL;
  TRY(peers_admit(b->peers, line, m, role, over, &p, why));
  welcome(b, p);
  return role == WAY_WORKER ? joins_take(b, p, m, why) : STATUS_OK;
}

/* ---- Signs of life and farewells ----------------------------------------------------------------- */

static status on_alive(broker *b, peer *from, wire_message *m, error *why) {
  (void)why;
  if (m->header.has & FIELD_BIT(FIELD_CAPACITY)) {
    from->capacity = joins_read_capacity(&m->header);
  }
  if (from->role == WAY_WORKER) {
    jobs_feed(
        b->jobs,
        &(core_event){.kind = CORE_HEARD, .peer = from->number, .heard.capacity = joins_capacity(b, from)});
  }
  const message alive = message_of(MESSAGE_ALIVE);
  peers_answer(b->peers, from, &alive, NULL, 0);
  return STATUS_OK;
}

static status on_bye(broker *b, peer *from, wire_message *m, error *why) {
  (void)m;
  (void)why;
  departures_forget(b, from, true, "left");
  return STATUS_OK;
}

/* ---- Messages ------------------------------------------------------------------------------------ */

typedef status message_handler(broker *b, peer *from, wire_message *m, error *why);

/* NAME hands a message on to a module's HANDLER. */
#define HANDLER(name, module, handler)                                     \
  static status name(broker *b, peer *from, wire_message *m, error *why) { \
    return handler(b->module, from, m, why);                               \
  }
HANDLER(on_offer, transfer, transfer_on_offer)
HANDLER(on_want, transfer, transfer_on_want)
HANDLER(on_chunk, transfer, transfer_on_chunk)
HANDLER(on_lost, transfer, transfer_on_lost)
HANDLER(on_dataset, catalog, catalog_on_dataset)
HANDLER(on_commit, catalog, catalog_on_commit)
HANDLER(on_drop, catalog, catalog_on_drop)
HANDLER(on_submit, jobs, jobs_on_submit)
HANDLER(on_load, jobs, jobs_on_load)
HANDLER(on_watch, jobs, jobs_on_watch)
HANDLER(on_ask, jobs, jobs_on_ask)
HANDLER(on_cancel, jobs, jobs_on_cancel)
HANDLER(on_rows, jobs, jobs_on_rows)
HANDLER(on_result, jobs, jobs_on_result)
HANDLER(on_failure, jobs, jobs_on_failure)
#undef HANDLER

static status on_list(broker *b, peer *from, wire_message *m, error *why) {
  return catalog_on_list(b->catalog, jobs_core(b->jobs), from, m, why);
}

static message_handler *const handlers[MESSAGES_COUNT] = {
    [MESSAGE_ALIVE] = on_alive,     [MESSAGE_BYE] = on_bye,         [MESSAGE_OFFER] = on_offer,
    [MESSAGE_WANT] = on_want,       [MESSAGE_CHUNK] = on_chunk,     [MESSAGE_LOST] = on_lost,
    [MESSAGE_DATASET] = on_dataset, [MESSAGE_COMMIT] = on_commit,   [MESSAGE_LOAD] = on_load,
    [MESSAGE_DROP] = on_drop,       [MESSAGE_SUBMIT] = on_submit,   [MESSAGE_WATCH] = on_watch,
    [MESSAGE_ASK] = on_ask,         [MESSAGE_CANCEL] = on_cancel,   [MESSAGE_LIST] = on_list,
    [MESSAGE_RESULT] = on_result,   [MESSAGE_FAILURE] = on_failure, [MESSAGE_ROWS] = on_rows,
};

/* Requests with large answers, which may pile up; `want` is handled separately. */
static bool asks_for_much(message_kind kind) {
  return kind == MESSAGE_LIST || kind == MESSAGE_DATASET || kind == MESSAGE_ASK || kind == MESSAGE_WATCH ||
         kind == MESSAGE_ROWS;
}

static status handle(broker *b, peer *from, wire_message *m, error *why) {
  const message_kind kind = m->header.kind;
  from->heard_ms = b->host.clock_ms;
  if (kind == MESSAGE_REFUSED) {
    return STATUS_OK; /* refusing a refusal would never end */
  }
  if (!(message_ways(kind) & from->role) || handlers[kind] == NULL) {
    return error_set(why, STATUS_PROTOCOL, "a %s may not send '%s' to the broker", peer_role_name(from->role),
                     message_kind_name(kind));
  }
  if (from->is_joining) {
    joins_finish(b, from);
  }
  if (asks_for_much(kind) && peer_is_full(from)) {
    return error_set(why, STATUS_LIMIT, "%s", PEER_IS_FULL_TEXT);
  }
  return handlers[kind](b, from, m, why);
}

static void take_from_stranger(broker *b, line_kind line, const wire_message *m) {
  if (m->header.kind != MESSAGE_BYE && m->header.kind != MESSAGE_REFUSED) {
    peers_greet_stranger(b->peers, line, &m->from);
  }
}

void messages_take(broker *b, line_kind line, bool *received) {
  wire_message *m = b->incoming;
  error why;
  status st = peers_receive(b->peers, line, m, received, &why);
  if (!*received) {
    return;
  }
  if (st != STATUS_OK) {
    if (m->from.length > 0) {
      peers_refuse_stranger(b->peers, line, &m->from, &m->header, &why);
    }
    return;
  }
  for (size_t i = 0; i <= m->payloads_count; i++) {
    b->host.turn.bytes += zmq_msg_size(&m->frames[i]);
  }
  const connection over = peers_connection(m);
  if (m->header.kind == MESSAGE_HELLO) {
    st = on_hello(b, line, m, over, &why);
    if (st != STATUS_OK) {
      peers_refuse_stranger(b->peers, line, &m->from, NULL, &why);
    }
  } else {
    peer *from = peers_find(b->peers, line, &m->from);
    if (from == NULL) {
      take_from_stranger(b, line, m);
    } else {
      peers_set_connection(b->peers, from, over);
      st = handle(b, from, m, &why);
      if (st != STATUS_OK) {
        peers_refuse(b->peers, from, &m->header, &why);
      }
    }
  }
  wire_message_close(m);
}

/* One function for each kind that may come. */
#include "tests/client/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 20 };

/* ---- Peers --------------------------------------------------------------------------------------- */

static void refuse_in_another_version(book *b) {
  message m = message_of(MESSAGE_REFUSED);
  message_set_text(&m, FIELD_STATUS, status_name(STATUS_PROTOCOL));
  message_set_text(&m, FIELD_MESSAGE, "this broker speaks version 2 of the protocol, you speak 1");
  buf header;
  buf_init(&header);
  message_encode(&m, &header);
  for (size_t i = 0; i + 2 < header.length; i++) {
    if (memcmp(header.data + i, "\xa1v\x01", 3) == 0) {
      header.data[i + 2] = 2;
      break;
    }
  }
  scripted_send_bytes(b->broker, header.data, header.length);
  buf_fini(&header);
}

static void take_hello(book *b) {
  if (b->has_other_version) {
    refuse_in_another_version(b);
  } else {
    scripted_welcome(b->broker);
  }
}

static void take_alive(book *b) {
  scripted_say_alive(b->broker);
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

static digest name_of(const message *m) {
  digest name;
  memcpy(name.bytes, m->texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  return name;
}

book_blob *book_find(book *b, const digest *name) {
  for (size_t i = 0; i < b->blobs_count; i++) {
    if (digest_equal(&b->blobs[i].name, name)) {
      return &b->blobs[i];
    }
  }
  return NULL;
}

static book_blob *make_blob(book *b, const digest *name, uint64_t bytes) {
  book_blob *blob = book_find(b, name);
  if (blob == NULL && b->blobs_count < BOOK_BLOBS) {
    blob = &b->blobs[b->blobs_count++];
    *blob = (book_blob){.name = *name, .bytes = bytes, .at = malloc((size_t)bytes + 1)};
  }
  return blob;
}

void book_keep(book *b, const void *bytes, size_t length, digest *name) {
  *name = scripted_digest((slice){bytes, length});
  book_blob *blob = make_blob(b, name, length);
  memcpy(blob->at, bytes, length);
  blob->next = length;
}

static void want(book *b, const book_blob *blob, uint64_t offset) {
  const uint64_t left = blob->bytes - offset;
  message m = scripted_about(&blob->name, MESSAGE_WANT);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, left < CHUNK_BYTES ? left : CHUNK_BYTES);
  scripted_send(b->broker, &m, NULL, 0);
}

static void say_have(book *b, const book_blob *blob) {
  const message m = scripted_about(&blob->name, MESSAGE_HAVE);
  scripted_send(b->broker, &m, NULL, 0);
}

static bool find_handed_in(book *b, book_blob *blob) {
  char path[700];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&blob->name, hex);
  snprintf(path, sizeof path, "%s/hand-in/%s", scripted_store(b->broker), hex);
  FILE *f = b->looks_in_hand_in ? fopen(path, "rb") : NULL;
  if (f == NULL) {
    return false;
  }
  const bool is_whole = fread(blob->at, 1, (size_t)blob->bytes, f) == blob->bytes;
  fclose(f);
  blob->next = is_whole ? blob->bytes : 0;
  return is_whole;
}

static void take_offer(book *b) {
  const digest name = name_of(b->asked);
  if (b->is_full) {
    scripted_lose(b->broker, &name, STATUS_IO, "no room left in the broker's store");
    return;
  }
  book_blob *blob = make_blob(b, &name, b->asked->integers[FIELD_BYTES]);
  blob->offers++;
  if (blob->next == blob->bytes || find_handed_in(b, blob)) {
    say_have(b, blob);
    return;
  }
  for (uint64_t i = 0; i < BOOK_WINDOW && blob->next + i * CHUNK_BYTES < blob->bytes; i++) {
    want(b, blob, blob->next + i * CHUNK_BYTES);
  }
}

static void take_chunk(book *b) {
  const digest name = name_of(b->asked);
  book_blob *blob = book_find(b, &name);
  const slice part = scripted_payload(b->incoming, 0);
  const uint64_t offset = b->asked->integers[FIELD_OFFSET];
  blob->chunks[offset / CHUNK_BYTES]++;
  if (b->asks_again > 0) {
    b->asks_again--;
    want(b, blob, offset);
    return;
  }
  if (offset != blob->next || offset + part.length > blob->bytes) {
    return;
  }
  memcpy(blob->at + offset, part.bytes, part.length);
  blob->next += part.length;
  const uint64_t ahead = offset + (uint64_t)BOOK_WINDOW * CHUNK_BYTES;
  if (ahead < blob->bytes) {
    want(b, blob, ahead);
  }
  if (blob->next < blob->bytes) {
    return;
  }
  if (b->finds_altered == 0) {
    say_have(b, blob);
    return;
  }
  b->finds_altered--;
  blob->next = 0;
  scripted_lose(b->broker, &name, b->finds_late ? STATUS_UNREACHABLE : STATUS_CORRUPT,
                "it did not arrive as it should");
}

static void take_want(book *b) {
  const digest name = name_of(b->asked);
  const book_blob *blob = book_find(b, &name);
  const uint64_t offset = b->asked->integers[FIELD_OFFSET];
  if (blob == NULL || blob->next < blob->bytes) {
    scripted_lose(b->broker, &name, STATUS_NOT_FOUND, "there is no such blob");
    return;
  }
  const uint64_t left = blob->bytes - offset;
  const uint64_t length = left < b->asked->integers[FIELD_BYTES] ? left : b->asked->integers[FIELD_BYTES];
  const bool altered = b->alters_chunks > 0;
  b->alters_chunks -= altered;
  scripted_send_chunk(b->broker, &name, (slice){(const char *)blob->at, (size_t)blob->bytes}, offset, length,
                      altered);
}

/* ---- Datasets and jobs --------------------------------------------------------------------------- */

static void send_named(book *b, message *m, slice content) {
  uint8_t name[BLOB_NAME_BYTES];
  digest d;
  book_keep(b, content.bytes, content.length, &d);
  scripted_blob_name(content, name);
  message_set_integer(m, FIELD_BY_NAME, 1);
  scripted_send(b->broker, m, &(wire_payload){.bytes = name, .length = sizeof name}, 1);
}

static void take_dataset(book *b) {
  if (b->manifest.length == 0) {
    scripted_refuse(b->broker, STATUS_NOT_FOUND, "there is no such dataset");
    return;
  }
  message m = scripted_answer(b->broker, MESSAGE_MANIFEST);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_integer(&m, FIELD_VERSION, b->version);
  send_named(b, &m, b->manifest);
}

static void take_commit(book *b) {
  const uint64_t base = b->asked->integers[FIELD_VERSION];
  if (base != b->version) {
    scripted_refuse(b->broker, STATUS_JOB, "the dataset is at another version");
    return;
  }
  message m = scripted_answer(b->broker, MESSAGE_COMMITTED);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_integer(&m, FIELD_VERSION, ++b->version);
  scripted_send(b->broker, &m, NULL, 0);
}

static void take_drop(book *b) {
  message m = scripted_answer(b->broker, MESSAGE_DROPPED);
  message_set_integer(&m, FIELD_JOBS, 2);
  scripted_send(b->broker, &m, NULL, 0);
}

/* The job's id is that of docs/protocol.md. */
static void take_submission(book *b) {
  const slice key = b->asked->texts[FIELD_KEY];
  char text[128] = "canvass job";
  const size_t used = strlen(text) + 1;
  memcpy(text + used, key.bytes, key.length);
  snprintf(b->last_key, sizeof b->last_key, "%.*s", (int)key.length, key.bytes);
  const digest d = scripted_digest((slice){text, used + key.length});
  message m = scripted_answer(b->broker, MESSAGE_ACCEPTED);
  message_set_bytes(&m, FIELD_JOB, d.bytes, JOB_ID_BYTES);
  scripted_send(b->broker, &m, NULL, 0);
}

static void take_job_question(book *b) {
  const bool is_cancel = b->asked->kind == MESSAGE_CANCEL;
  const char *failure = is_cancel && b->failure == NULL && b->report.length == 0 ? "interrupted" : b->failure;
  if (failure != NULL) {
    message m = scripted_answer(b->broker, MESSAGE_ENDED);
    message_set_text(&m, FIELD_STATUS, failure);
    message_set_text(&m, FIELD_MESSAGE, "so it ended");
    scripted_send(b->broker, &m, NULL, 0);
    return;
  }
  if (b->report.length > 0) {
    message m = scripted_answer(b->broker, MESSAGE_REPORT);
    message_set_integer(&m, FIELD_STATES_COMPUTED, 5);
    message_set_integer(&m, FIELD_STATES_CACHED, 7);
    send_named(b, &m, b->report);
    return;
  }
  message m = scripted_answer(b->broker, MESSAGE_PROGRESS);
  message_set_text(&m, FIELD_STATE, "running");
  message_set_integer(&m, FIELD_STAGE, 1);
  message_set_integer(&m, FIELD_ROWS_DONE, 30);
  message_set_integer(&m, FIELD_ROWS_TOTAL, 120);
  message_set_text(&m, FIELD_WAITS, "no worker takes tasks");
  scripted_send(b->broker, &m, NULL, 0);
}

static void take_list(book *b) {
  const size_t length = strlen(b->listing);
  atomic_store(&b->asked_limit, b->incoming->header.integers[FIELD_LIMIT]);
  message m = scripted_answer(b->broker, MESSAGE_LISTING);
  message_set_text(&m, FIELD_WHAT, "jobs");
  const wire_payload halves[] = {{.bytes = b->listing, .length = length / 2},
                                 {.bytes = b->listing + length / 2, .length = length - length / 2}};
  scripted_send(b->broker, &m, halves, 2);
}

/* ---- The thread ---------------------------------------------------------------------------------- */

static void (*const takers[MESSAGES_COUNT])(book *b) = {
    [MESSAGE_HELLO] = take_hello,         [MESSAGE_ALIVE] = take_alive,
    [MESSAGE_OFFER] = take_offer,         [MESSAGE_CHUNK] = take_chunk,
    [MESSAGE_WANT] = take_want,           [MESSAGE_DATASET] = take_dataset,
    [MESSAGE_COMMIT] = take_commit,       [MESSAGE_DROP] = take_drop,
    [MESSAGE_SUBMIT] = take_submission,   [MESSAGE_LOAD] = take_submission,
    [MESSAGE_WATCH] = take_job_question,  [MESSAGE_ASK] = take_job_question,
    [MESSAGE_CANCEL] = take_job_question, [MESSAGE_LIST] = take_list,
};

/* True when it went deaf just now: what has come is not heard any more either. */
static bool obey(book *b) {
  if (atomic_exchange(&b->completes, false)) {
    b->report = b->report_later;
  }
  if (atomic_exchange(&b->forgets, false)) {
    scripted_forget(b->broker);
  }
  if (atomic_exchange(&b->goes_deaf, false)) {
    scripted_turn_deaf(b->broker);
    return scripted_knows(b->broker);
  }
  return false;
}

static bool must_restart(book *b, message_kind kind) {
  return kind == b->restarts_on && b->restarts_after > 0 && --b->restarts_after == 0;
}

/* As after SIGKILL: peers are forgotten, what had come of blobs is kept. */
static void restart(book *b) {
  scripted_hang_up(b->broker);
  scripted_listen(b->broker);
  atomic_fetch_add(&b->starts, 1);
}

static void take(void *context, scripted_broker *broker, wire_message *m) {
  book *b = context;
  const message_kind kind = m->header.kind;
  atomic_fetch_add(&b->seen[kind], 1);
  b->incoming = m;
  b->asked = &m->header;
  if (obey(b) || kind == MESSAGE_BYE) {
    return;
  }
  if (must_restart(b, kind)) {
    restart(b);
  } else if (b->ignores[kind] > 0) {
    b->ignores[kind]--;
  } else if (kind != MESSAGE_HELLO && !scripted_knows(broker)) {
    scripted_say(broker, MESSAGE_STRANGER);
  } else if (takers[kind] != NULL) {
    takers[kind](b);
  }
}

void book_open(book *b) {
  b->broker = scripted_new();
}

void book_open_for_programs(book *b) {
  book_open(b);
  unsetenv("CANVASS_IDENTITY");
  unsetenv("CANVASS_BROKER_KEY");
  setenv("CANVASS_BROKER", scripted_endpoint(b->broker), 1);
  setenv("CANVASS_PATIENCE", "86400", 1);
}

void book_play(book *b) {
  atomic_fetch_add(&b->starts, 1);
  scripted_play(b->broker, take, b);
}

void book_stop(book *b) {
  scripted_stop(b->broker);
}

void book_close(book *b) {
  scripted_destroy(b->broker);
  for (size_t i = 0; i < b->blobs_count; i++) {
    free(b->blobs[i].at);
  }
}

/* Jobs, workers and datasets as JSON: {"jobs": [...]} and so on.  Times are in seconds since 1970; beside
 * them are texts in UTC, for people and other programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "broker/catalog/catalog_inside.h"

enum { TIME_TEXT_BYTES = 32 };

/* ---- Values -------------------------------------------------------------------------------------- */

/* Texts of peers may have been cut within a character. */
static void set_text(json *object, const char *key, const char *text) {
  const size_t length = text_utf8_check(text, strlen(text));
  json_set(object, key, json_text(json_arena(object), (slice){text, length}));
}

static void set_figure(json *object, const char *key, uint64_t v) {
  json_set_integer(object, key, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void set_time(json *object, const char *key, uint64_t seconds) {
  char name[TIME_TEXT_BYTES];
  char text[TIME_TEXT_BYTES] = "";
  const time_t t = (time_t)seconds;
  struct tm parts;
  set_figure(object, key, seconds);
  if (gmtime_r(&t, &parts) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0) {
    snprintf(name, sizeof name, "%s_utc", key);
    json_set_text(object, name, text);
  }
}

static void set_hex(json *object, const char *key, const uint8_t *bytes, size_t length) {
  char text[DIGEST_HEX_BYTES];
  for (size_t i = 0; i < length && i < DIGEST_BYTES; i++) {
    snprintf(text + 2 * i, 3, "%02x", (unsigned)bytes[i]);
  }
  json_set_text(object, key, text);
}

void catalog_wait_text(const catalog *c, const core_wait *wait, char out[WAIT_TEXT_BYTES]) {
  const peer *who = wait->kind == WAIT_ANSWER ? peers_at(c->peers, wait->peer) : NULL;
  if (who == NULL) {
    snprintf(out, WAIT_TEXT_BYTES, "%s", core_wait_text(wait->kind));
    return;
  }
  snprintf(out, WAIT_TEXT_BYTES, "worker %s has not answered for %llu s, and no other worker is there",
           who->title, (unsigned long long)(c->host->clock_ms - wait->since_ms) / 1000);
}

/* ---- Lists --------------------------------------------------------------------------------------- */

/* *VIEW tells how far the job is. */
static ledger_state state_of(const core *running, const ledger_job *j, core_job_view *view) {
  *view = (core_job_view){.stage = j->stage,
                          .rows_done = j->rows,
                          .rows_total = j->rows,
                          .states = j->states,
                          .shards_lost = j->shards_lost,
                          .rows_lost = j->rows_lost};
  if (core_find_job(running, &j->id, view)) {
    return view->is_running ? JOB_RUNNING : JOB_QUEUED;
  }
  if (j->state <= JOB_RUNNING) { /* it is waiting to be restored */
    view->rows_done = 0;
    view->wait.kind = WAIT_RESTORED;
  }
  return j->state;
}

static void add_job(const catalog *c, const core *running, const ledger_job *j, json *list) {
  json *o = json_object(json_arena(list));
  core_job_view view;
  const ledger_state state = state_of(running, j, &view);
  set_hex(o, "id", j->id.bytes, JOB_ID_BYTES);
  set_text(o, "key", j->key);
  set_text(o, "dataset", j->dataset);
  set_figure(o, "version", j->version);
  set_text(o, "title", j->title);
  json_set_text(o, "work", j->read ? "load" : "evaluate");
  json_set_text(o, "state", ledger_state_name(state));
  set_figure(o, "priority", j->priority);
  if (j->timeout_s > 0) {
    set_figure(o, "timeout", j->timeout_s);
  }
  set_figure(o, "stage", view.stage);
  set_figure(o, "rows_done", view.rows_done);
  set_figure(o, "rows_total", view.rows_total);
  if (view.shards_lost > 0) {
    set_figure(o, "shards_lost", view.shards_lost);
    set_figure(o, "rows_lost", view.rows_lost);
  }
  set_figure(o, "computed", view.states.computed);
  set_figure(o, "cached", view.states.cached);
  set_figure(o, "tasks_computed", view.states.tasks_computed);
  set_figure(o, "tasks_cached", view.states.tasks_cached);
  set_figure(o, "tasks_running", view.tasks_running);
  char waits[WAIT_TEXT_BYTES];
  catalog_wait_text(c, &view.wait, waits);
  if (waits[0] != '\0') {
    set_text(o, "waits", waits);
  }
  set_time(o, "submitted", j->submitted_s);
  if (j->ended_s > 0) {
    set_time(o, "ended", j->ended_s);
  }
  if (j->failure != STATUS_OK) {
    json_set_text(o, "status", status_name(j->failure));
  }
  set_text(o, "message", j->message != NULL ? j->message : "");
  json *notes = json_array(json_arena(list));
  for (uint32_t i = 0; i < j->notes_count; i++) {
    const size_t length = text_utf8_check(j->notes[i], strlen(j->notes[i]));
    json_push(notes, json_text(json_arena(list), (slice){j->notes[i], length}));
  }
  json_set(o, "notes", notes);
  json_push(list, o);
}

/* ---- Which jobs ---------------------------------------------------------------------------------- */

typedef struct choice {
  bool is_made;   /* false: all jobs are listed */
  uint64_t limit; /* how many, of the newest */
  slice dataset;  /* empty: any */
  slice state;
} choice;

static status read_choice(const message *m, choice *out, error *why) {
  const uint64_t fields = FIELD_BIT(FIELD_LIMIT) | FIELD_BIT(FIELD_DATASET) | FIELD_BIT(FIELD_STATE);
  *out = (choice){.is_made = (m->has & fields) != 0,
                  .limit = m->has & FIELD_BIT(FIELD_LIMIT) ? m->integers[FIELD_LIMIT] : UINT64_MAX,
                  .dataset = m->texts[FIELD_DATASET],
                  .state = m->texts[FIELD_STATE]};
  for (ledger_state state = JOB_QUEUED; out->state.length > 0 && state <= JOB_CANCELLED; state++) {
    if (slice_equal(out->state, slice_of(ledger_state_name(state)))) {
      return STATUS_OK;
    }
  }
  const slice shown = text_cut(out->state, 40);
  return out->state.length == 0
             ? STATUS_OK
             : error_set(why, STATUS_USAGE, "'%.*s' is not a state of jobs", SLICE_ARG(shown));
}

static bool is_chosen(const core *running, const ledger_job *j, const choice *by) {
  core_job_view view;
  return (by->dataset.length == 0 || slice_equal(by->dataset, slice_of(j->dataset))) &&
         (by->state.length == 0 ||
          slice_equal(by->state, slice_of(ledger_state_name(state_of(running, j, &view)))));
}

static int by_id(const void *left, const void *right) {
  return memcmp(left, right, JOB_ID_BYTES);
}

/* How many digits of an id distinguish each job from all others.  In sorted order, ids that share the most
 * digits are neighbours. */
static status count_digits(const catalog *c, size_t *out, error *why) {
  const size_t count = ledger_jobs(c->ledger);
  core_job_id *ids = calloc(count + 1, sizeof *ids);
  if (ids == NULL) {
    return error_no_memory(why, "a list");
  }
  for (size_t i = 0; i < count; i++) {
    ids[i] = ledger_job_at(c->ledger, i)->id;
  }
  qsort(ids, count, sizeof *ids, by_id);
  *out = 1;
  for (size_t i = 1; i < count; i++) {
    size_t same = 0; /* in half bytes, which are digits */
    while (same < (size_t)2 * JOB_ID_BYTES &&
           ((ids[i].bytes[same / 2] ^ ids[i - 1].bytes[same / 2]) & (same % 2 ? 0x0f : 0xf0)) == 0) {
      same++;
    }
    *out = same + 1 > *out ? same + 1 : *out;
  }
  free(ids);
  return STATUS_OK;
}

/* Lists the newest chosen jobs, in the order of submission. */
static status fill_jobs(const catalog *c, const core *running, const choice *by, json *object, json *list,
                        error *why) {
  const size_t count = c->ledger != NULL ? ledger_jobs(c->ledger) : 0;
  size_t from = count;
  uint64_t matching = 0;
  for (size_t i = count; i > 0; i--) {
    if (is_chosen(running, ledger_job_at(c->ledger, i - 1), by) && matching++ < by->limit) {
      from = i - 1;
    }
  }
  for (size_t i = from; i < count; i++) {
    const ledger_job *j = ledger_job_at(c->ledger, i);
    if (is_chosen(running, j, by)) {
      add_job(c, running, j, list);
    }
  }
  size_t digits = 0;
  if (by->is_made && c->ledger != NULL) {
    TRY(count_digits(c, &digits, why));
    set_figure(object, "matching", matching);
    set_figure(object, "in_all", count);
    set_figure(object, "id_digits", digits);
  }
  return STATUS_OK;
}

/* ---- Workers and datasets ------------------------------------------------------------------------ */

typedef struct listed_worker {
  core_worker_view view;
  const peer *who;
} listed_worker;

static int by_title(const void *left, const void *right) {
  const listed_worker *a = left;
  const listed_worker *b = right;
  const int order = strcmp(a->who->title, b->who->title);
  return order ? order : (a->view.peer > b->view.peer) - (a->view.peer < b->view.peer);
}

static void add_worker(const catalog *c, const listed_worker *w, json *list) {
  json *o = json_object(json_arena(list));
  set_text(o, "title", w->who->title);
  set_text(o, "key", w->who->key);
  set_figure(o, "capacity", w->view.capacity);
  set_figure(o, "running", w->view.running);
  set_figure(o, "tasks_done", w->view.tasks_done);
  set_figure(o, "shards", w->view.shards_held);
  set_hex(o, "fingerprint", w->view.fingerprint.bytes, DIGEST_BYTES);
  set_figure(o, "heard_seconds", (c->host->clock_ms - w->who->heard_ms) / 1000);
  set_figure(o, "joined_seconds", (c->host->clock_ms - w->who->joined_ms) / 1000);
  json_set_bool(o, "set_aside", w->view.set_aside);
  set_figure(o, "races_lost", w->view.races_lost);
  json_set_bool(o, "held_back", w->view.is_held_back);
  json_push(list, o);
}

static status fill_workers(const catalog *c, const core *running, const choice *by, json *object, json *list,
                           error *why) {
  (void)by;
  (void)object;
  const size_t count = core_workers(running);
  listed_worker *workers = calloc(count + 1, sizeof *workers);
  if (workers == NULL) {
    return error_no_memory(why, "a list");
  }
  size_t known = 0;
  for (size_t i = 0; i < count; i++) {
    core_worker_at(running, i, &workers[known].view);
    workers[known].who = peers_at(c->peers, workers[known].view.peer);
    known += workers[known].who != NULL;
  }
  qsort(workers, known, sizeof *workers, by_title);
  for (size_t i = 0; i < known; i++) {
    add_worker(c, &workers[i], list);
  }
  free(workers);
  return STATUS_OK;
}

static void add_dataset(const ledger_dataset *d, json *list) {
  json *o = json_object(json_arena(list));
  set_text(o, "name", d->name);
  set_figure(o, "version", d->version);
  set_figure(o, "rows", d->rows);
  set_figure(o, "shards", d->shards);
  set_figure(o, "files", d->files);
  set_figure(o, "bytes", d->bytes);
  set_time(o, "created", d->created_s);
  set_time(o, "changed", d->changed_s);
  json_push(list, o);
}

static status fill_datasets(const catalog *c, const core *running, const choice *by, json *object, json *list,
                            error *why) {
  (void)by;
  (void)object;
  (void)running;
  (void)why;
  for (size_t i = 0; c->ledger != NULL && i < ledger_datasets(c->ledger); i++) {
    add_dataset(ledger_dataset_at(c->ledger, i), list);
  }
  return STATUS_OK;
}

static const struct {
  const char *name;
  status (*fill)(const catalog *c, const core *running, const choice *by, json *object, json *list,
                 error *why);
} lists[] = {{"jobs", fill_jobs}, {"workers", fill_workers}, {"datasets", fill_datasets}};
enum { LISTS_COUNT = sizeof lists / sizeof lists[0] };

/* ---- The answer ---------------------------------------------------------------------------------- */

static status write_list(const catalog *c, const core *running, size_t which, const choice *by, buf *out,
                         error *why) {
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(why, "a list");
  }
  json *all = json_object(memory);
  json *list = json_array(memory);
  json_set(all, lists[which].name, list);
  status st = lists[which].fill(c, running, by, all, list, why);
  c->host->turn.records += json_count(list);
  if (st == STATUS_OK) {
    json_write(all, out);
    st = arena_failed(memory) ? error_no_memory(why, "a list") : buf_status(out, "a list", why);
  }
  arena_destroy(memory);
  return st;
}

/* Cuts TEXT into frames of the largest allowed size. */
static status cut(const buf *text, zmq_msg_t *frames, size_t *count, error *why) {
  *count = 0;
  if (text->length > (size_t)MESSAGE_PAYLOADS_MAX * MESSAGE_FRAME_MAX) {
    return error_set(why, STATUS_LIMIT, "a list of %zu bytes is too long", text->length);
  }
  for (size_t at = 0; at < text->length; at += MESSAGE_FRAME_MAX) {
    const size_t left = text->length - at;
    const size_t length = left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
    if (zmq_msg_init_size(&frames[*count], length) != 0) {
      return error_no_memory(why, "a list");
    }
    memcpy(zmq_msg_data(&frames[(*count)++]), text->data + at, length);
  }
  return STATUS_OK;
}

static status find_list(slice what, size_t *which, error *why) {
  for (*which = 0; *which < LISTS_COUNT; ++*which) {
    if (slice_equal(what, slice_of(lists[*which].name))) {
      return STATUS_OK;
    }
  }
  const slice shown = text_cut(what, 40);
  return error_set(why, STATUS_USAGE, "'%.*s' cannot be listed; jobs, workers and datasets can",
                   SLICE_ARG(shown));
}

status catalog_on_list(catalog *c, const core *running, peer *from, wire_message *m, error *why) {
  size_t which = 0;
  size_t count = 0;
  zmq_msg_t frames[MESSAGE_PAYLOADS_MAX];
  choice by;
  TRY(find_list(m->header.texts[FIELD_WHAT], &which, why));
  TRY(read_choice(&m->header, &by, why));
  buf text;
  buf_init(&text);
  status st = write_list(c, running, which, &by, &text, why);
  if (st == STATUS_OK) {
    st = cut(&text, frames, &count, why);
  }
  buf_fini(&text);
  if (st != STATUS_OK) {
    for (size_t i = 0; i < count; i++) {
      zmq_msg_close(&frames[i]);
    }
    return st;
  }
  message answer = message_of(MESSAGE_LISTING);
  message_set_integer(&answer, FIELD_REQUEST, m->header.integers[FIELD_REQUEST]);
  message_set_text(&answer, FIELD_WHAT, lists[which].name);
  peers_answer(c->peers, from, &answer, frames, count);
  return STATUS_OK;
}

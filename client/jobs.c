/* Jobs: submitting, following, querying, listing. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/json.h"
#include "client/session_state.h"

enum { PREFIX_DIGITS_MIN = 4 };

static const uint64_t answers_about_a_job =
    ANSWER(MESSAGE_PROGRESS) | ANSWER(MESSAGE_REPORT) | ANSWER(MESSAGE_ENDED);

/* ---- Ids and keys -------------------------------------------------------------------------------- */

static void job_hex(slice id, char out[SESSION_JOB_BYTES]) {
  for (size_t i = 0; i < JOB_ID_BYTES; i++) {
    (void)snprintf(out + 2 * i, 3, "%02x", (unsigned)(uint8_t)id.bytes[i]);
  }
}

static int digit_of(char c) {
  static const char digits[] = "0123456789abcdef";
  const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));
  return at == NULL ? -1 : (int)(at - digits);
}

status session_job_id(const char *hex, uint8_t out[JOB_ID_BYTES], error *err) {
  bool is_well = strlen(hex) == 2 * JOB_ID_BYTES;
  for (size_t i = 0; is_well && i < JOB_ID_BYTES; i++) {
    const int high = digit_of(hex[2 * i]);
    const int low = digit_of(hex[2 * i + 1]);
    is_well = high >= 0 && low >= 0;
    out[i] = (uint8_t)(is_well ? high * 16 + low : 0);
  }
  return is_well ? STATUS_OK
                 : error_set(err, STATUS_USAGE, "'%.60s' is not a valid job id: 32 hexadecimal digits", hex);
}

status session_take_job(session *s, char out[SESSION_JOB_BYTES], error *err) {
  const slice id = s->incoming->header.texts[FIELD_JOB];
  status st = STATUS_OK;
  if (id.length == JOB_ID_BYTES) {
    job_hex(id, out);
  } else {
    st = error_set(err, STATUS_PROTOCOL, "the broker at %s gives a job's id of %zu bytes", s->endpoint,
                   id.length);
  }
  wire_message_close(s->incoming);
  return st;
}

status session_key(const char **key, char random[SESSION_KEY_BYTES], error *err) {
  if (*key != NULL) {
    return session_check_text("the job's key", *key, err);
  }
  uint8_t bytes[(SESSION_KEY_BYTES - 1) / 2];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
    return error_set(err, STATUS_IO, "no random numbers: %s", strerror(errno));
  }
  for (size_t i = 0; i < sizeof bytes; i++) {
    (void)snprintf(random + 2 * i, 3, "%02x", (unsigned)bytes[i]);
  }
  *key = random;
  return STATUS_OK;
}

/* ---- Submitting ---------------------------------------------------------------------------------- */

static status fill_submission(const session_job *job, const char *key, message *m, error *err) {
  TRY(session_check_text("the job's title", job->title == NULL ? "" : job->title, err));
  message_set_text(m, FIELD_KEY, key);
  if (job->dataset != NULL) {
    TRY(session_check_text("the dataset's name", job->dataset, err));
    message_set_text(m, FIELD_DATASET, job->dataset);
  }
  if (job->version > 0) {
    message_set_integer(m, FIELD_VERSION, job->version);
  }
  if (job->priority > 0) {
    message_set_integer(m, FIELD_PRIORITY, job->priority);
  }
  if (job->timeout_s > 0) {
    message_set_integer(m, FIELD_TIMEOUT, job->timeout_s);
  }
  if (job->may_lose) {
    message_set_integer(m, FIELD_MAY_LOSE, 1);
  }
  if (job->title != NULL) {
    message_set_text(m, FIELD_TITLE, job->title);
  }
  return STATUS_OK;
}

status session_submit(session *s, const session_job *job, char id[SESSION_JOB_BYTES], error *err) {
  char random[SESSION_KEY_BYTES];
  const char *key = job->key;
  TRY(session_key(&key, random, err));
  message m = message_of(MESSAGE_SUBMIT);
  TRY(fill_submission(job, key, &m, err));
  const slice parts[] = {job->plan.length > 0 ? job->plan : job->specification, job->program, job->manifest};
  session_payload payloads[3];
  wire_payload frames[3];
  size_t count = 0;
  for (; count < 3 && parts[count].length > 0; count++) {
    TRY(session_payload_of(s, parts[count], count, &m, &payloads[count], err));
    frames[count] = payloads[count].wire;
  }
  TRY(session_ask(s, &m, frames, count, ANSWER(MESSAGE_ACCEPTED), err));
  return session_take_job(s, id, err);
}

/* ---- Following ----------------------------------------------------------------------------------- */

static void read_states(const message *m, session_progress *p) {
  p->states_computed = m->integers[FIELD_STATES_COMPUTED];
  p->states_cached = m->integers[FIELD_STATES_CACHED];
}

static void read_progress(const message *m, session_progress *p) {
  const slice state = m->texts[FIELD_STATE];
  (void)snprintf(p->state, sizeof p->state, "%.*s", (int)(state.length < 15 ? state.length : 15),
                 state.bytes);
  p->stage = (uint32_t)m->integers[FIELD_STAGE];
  p->rows_done = m->integers[FIELD_ROWS_DONE];
  p->rows_total = m->integers[FIELD_ROWS_TOTAL];
  p->finishing = m->integers[FIELD_FINISHING] != 0;
  p->shards_lost = m->integers[FIELD_SHARDS_LOST];
  p->rows_lost = m->integers[FIELD_ROWS_LOST];
  const slice waits = text_cut(m->texts[FIELD_WAITS], sizeof p->waits - 1);
  (void)snprintf(p->waits, sizeof p->waits, "%.*s", SLICE_ARG(waits));
  read_states(m, p);
}

typedef struct following {
  session *link;
  uint8_t id[JOB_ID_BYTES];
  uint64_t request;
  session_progress now;
  buf *report;
  bool has_ended;
  bool was_answered; /* since the last watch was sent */
} following;

/* A broker that ends notifies its clients; the job goes on when it is back. */
static status take_refusal(following *f, error *err) {
  const message *m = &f->link->incoming->header;
  const bool is_ours = (m->has & FIELD_BIT(FIELD_REQUEST)) == 0 || m->integers[FIELD_REQUEST] == f->request;
  status st = is_ours ? message_failure(m, err) : STATUS_OK;
  if (!f->link->is_within && (m->has & FIELD_BIT(FIELD_REQUEST)) == 0 && status_may_retry(st)) {
    st = STATUS_OK;
  }
  wire_message_close(f->link->incoming);
  return st;
}

static status take_news(following *f, error *err) {
  session *s = f->link;
  const message *m = &s->incoming->header;
  if (m->kind == MESSAGE_REFUSED) {
    return take_refusal(f, err);
  }
  if ((ANSWER(m->kind) & answers_about_a_job) == 0 ||
      !slice_equal(m->texts[FIELD_JOB], (slice){(const char *)f->id, sizeof f->id})) {
    session_dismiss(s);
    return STATUS_OK;
  }
  f->was_answered = true;
  if (m->kind == MESSAGE_REPORT) {
    read_states(m, &f->now);
    f->has_ended = true;
    return session_payload_take(s, 0, f->report, err);
  }
  status st = STATUS_OK;
  if (m->kind == MESSAGE_PROGRESS) {
    read_progress(m, &f->now);
  } else {
    st = message_failure(m, err);
  }
  wire_message_close(s->incoming);
  return st;
}

static status follow(following *f, bool (*callback)(void *context, const session_progress *p), void *context,
                     error *err) {
  session *s = f->link;
  message watch = message_of(MESSAGE_WATCH);
  message_set_integer(&watch, FIELD_REQUEST, f->request);
  message_set_bytes(&watch, FIELD_JOB, f->id, sizeof f->id);
  session_begin(s);
  uint64_t welcomes = s->welcomes;
  int64_t asked_ms = clock_now_ms() - s->answer_ms;
  while (!f->has_ended) {
    if (s->welcomes != welcomes || (!f->was_answered && clock_now_ms() - asked_ms >= s->answer_ms)) {
      welcomes = s->welcomes;
      asked_ms = clock_now_ms();
      f->was_answered = false;
      TRY(session_send(s, &watch, NULL, 0, err));
    }
    bool received = false;
    TRY(session_turn(s, NEWS_MS, &received, err));
    if (received) {
      TRY(take_news(f, err));
    }
    f->now.is_away = clock_now_ms() - s->heard_ms >= s->away_ms;
    if (!f->has_ended && callback != NULL && !callback(context, &f->now)) {
      return error_set(err, STATUS_INTERRUPTED, "interrupted");
    }
    if (callback == NULL || s->is_within) { /* a broker in this process does not come back */
      TRY(session_check(s, s->heard_ms, err));
    }
  }
  return STATUS_OK;
}

status session_wait(session *s, const char *job, bool (*callback)(void *context, const session_progress *p),
                    void *context, buf *report, session_progress *last, error *err) {
  following f = {.link = s, .request = ++s->requests, .report = report};
  TRY(session_job_id(job, f.id, err));
  TRY(follow(&f, callback, context, err));
  if (last != NULL) {
    *last = f.now;
  }
  return STATUS_OK;
}

/* ---- Asking -------------------------------------------------------------------------------------- */

static status ask_about(session *s, message_kind kind, const char *job, error *err) {
  uint8_t id[JOB_ID_BYTES];
  TRY(session_job_id(job, id, err));
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_JOB, id, sizeof id);
  return session_ask(s, &m, NULL, 0, answers_about_a_job, err);
}

static status not_ended(const char *job, const session_progress *p, error *err) {
  if (p->rows_total == 0 || p->finishing) {
    return error_set(err, STATUS_JOB, "job %.8s has not ended: %s, stage %u%s", job, p->state, p->stage + 1,
                     p->finishing ? ", finishing" : "");
  }
  return error_set(err, STATUS_JOB,
                   "job %.8s has not ended: %s, stage %u, %" PRIu64 " of %" PRIu64 " rows (%d%%)", job,
                   p->state, p->stage + 1, p->rows_done, p->rows_total,
                   (int)((double)p->rows_done / (double)p->rows_total * 100));
}

status session_report(session *s, const char *job, buf *report, error *err) {
  TRY(ask_about(s, MESSAGE_ASK, job, err));
  const message *m = &s->incoming->header;
  if (m->kind == MESSAGE_REPORT) {
    return session_payload_take(s, 0, report, err);
  }
  session_progress p = {.stage = 0};
  status st = STATUS_OK;
  if (m->kind == MESSAGE_PROGRESS) {
    read_progress(m, &p);
    st = not_ended(job, &p, err);
  } else {
    st = message_failure(m, err);
  }
  wire_message_close(s->incoming);
  return st;
}

status session_cancel(session *s, const char *job, error *err) {
  TRY(ask_about(s, MESSAGE_CANCEL, job, err));
  const message *m = &s->incoming->header;
  status st = STATUS_OK;
  if (m->kind == MESSAGE_REPORT) {
    st = error_set(err, STATUS_JOB, "job %.8s is already done; its report is available", job);
  } else if (m->kind == MESSAGE_PROGRESS) {
    st = error_set(err, STATUS_PROTOCOL, "the broker at %s did not cancel job %.8s", s->endpoint, job);
  } else if (message_failure(m, err) != STATUS_INTERRUPTED) {
    const error why = err != NULL ? *err : (error){.message = ""};
    st = error_set(err, STATUS_JOB, "job %.8s has already failed: %s", job, why.message);
  }
  wire_message_close(s->incoming);
  return st;
}

/* ---- Lists --------------------------------------------------------------------------------------- */

static status ask_list(session *s, message *m, buf *out, error *err) {
  TRY(session_ask(s, m, NULL, 0, ANSWER(MESSAGE_LISTING), err));
  for (size_t i = 0; i < s->incoming->payloads_count; i++) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(s->incoming, i, &length);
    buf_put(out, bytes, length);
  }
  wire_message_close(s->incoming);
  return buf_status(out, "the list", err);
}

status session_list(session *s, const char *what, buf *out, error *err) {
  message m = message_of(MESSAGE_LIST);
  message_set_text(&m, FIELD_WHAT, what);
  return ask_list(s, &m, out, err);
}

status session_list_jobs(session *s, const session_choice *by, buf *out, error *err) {
  message m = message_of(MESSAGE_LIST);
  message_set_text(&m, FIELD_WHAT, "jobs");
  if (by->limit > 0) {
    message_set_integer(&m, FIELD_LIMIT, by->limit);
  }
  if (by->dataset != NULL) {
    message_set_text(&m, FIELD_DATASET, by->dataset);
  }
  if (by->state != NULL) {
    message_set_text(&m, FIELD_STATE, by->state);
  }
  return ask_list(s, &m, out, err);
}

static status find_prefix(const json *jobs, const char *prefix, char id[SESSION_JOB_BYTES], error *err) {
  const size_t length = strlen(prefix);
  size_t found = 0;
  for (size_t i = 0; i < json_count(jobs); i++) {
    const slice candidate = json_as_text(json_get(json_at(jobs, i), "id"));
    if (candidate.length == SESSION_JOB_BYTES - 1 && strncasecmp(candidate.bytes, prefix, length) == 0) {
      (void)snprintf(id, SESSION_JOB_BYTES, "%.*s", SLICE_ARG(candidate));
      found++;
    }
  }
  if (found == 0) {
    return error_set(err, STATUS_NOT_FOUND, "no job's id begins with %s; see 'canvass jobs'", prefix);
  }
  return found == 1 ? STATUS_OK
                    : error_set(err, STATUS_USAGE, "the ids of %zu jobs begin with %s; give more digits",
                                found, prefix);
}

status session_find_job(session *s, const char *prefix, char id[SESSION_JOB_BYTES], error *err) {
  const size_t length = strlen(prefix);
  bool is_well = length >= PREFIX_DIGITS_MIN && length < SESSION_JOB_BYTES;
  for (size_t i = 0; is_well && i < length; i++) {
    is_well = digit_of(prefix[i]) >= 0;
  }
  if (!is_well) {
    return error_set(err, STATUS_USAGE, "'%.60s' is not a valid job id: 4 to 32 hexadecimal digits", prefix);
  }
  if (length == SESSION_JOB_BYTES - 1) {
    for (size_t i = 0; i <= length; i++) {
      id[i] = (char)tolower((unsigned char)prefix[i]);
    }
    return STATUS_OK;
  }
  buf text;
  buf_init(&text);
  arena *memory = arena_new();
  json *document = NULL;
  status st = memory == NULL ? error_no_memory(err, "the list of jobs") : session_list(s, "jobs", &text, err);
  if (st == STATUS_OK) {
    st = json_parse(memory, (slice){(const char *)text.data, text.length}, "the broker's list", &document,
                    err);
  }
  if (st == STATUS_OK) {
    st = find_prefix(json_get(document, "jobs"), prefix, id, err);
  }
  arena_destroy(memory);
  buf_fini(&text);
  return st;
}

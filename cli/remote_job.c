/* Waiting for a job of the broker, with its progress for users or for programs. */
#include "cli/remote_job.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"

typedef struct waiting {
  const settings *settings;
  const char *id;
  progress progress;
  char activity[300];    /* the line's activity, while it is shown */
  session_progress told; /* the last progress written */
  bool is_told;
  status outcome; /* of writing progress */
  error failure;
} waiting;

/* ---- For programs -------------------------------------------------------------------------------- */

static void put_figures(json *line, const session_progress *p) {
  json_set_integer(line, "computed", (int64_t)p->states_computed);
  json_set_integer(line, "cached", (int64_t)p->states_cached);
}

static status write_line(waiting *w, const char *state, const session_progress *p, status ended,
                         const char *message, error *err) {
  arena *memory = arena_new();
  buf text;
  buf_init(&text);
  json *line = memory == NULL ? NULL : json_object(memory);
  json_set_text(line, "job", w->id);
  json_set_text(line, "state", state);
  if (message == NULL || w->is_told) { /* otherwise they are unknown */
    put_figures(line, p);
  }
  if (message != NULL) {
    json_set_text(line, "status", status_name(ended));
    json_set_text(line, "message", message);
  } else if (strcmp(state, "done") != 0) {
    json_set_integer(line, "stage", p->stage);
    json_set_integer(line, "rows_done", (int64_t)p->rows_done);
    json_set_integer(line, "rows_total", (int64_t)p->rows_total);
    json_set_bool(line, "finishing", p->finishing);
    if (p->shards_lost > 0) {
      json_set_integer(line, "shards_lost", (int64_t)p->shards_lost);
      json_set_integer(line, "rows_lost", (int64_t)p->rows_lost);
    }
    if (p->waits[0] != '\0') {
      json_set_text(line, "waits", p->waits);
    }
  }
  json_write(line, &text);
  const status st = memory == NULL || arena_failed(memory)
                        ? error_no_memory(err, "the progress of the job")
                        : output_json(&text, "the progress of the job", err);
  buf_fini(&text);
  arena_destroy(memory);
  return st;
}

static bool is_new(const waiting *w, const session_progress *p) {
  const session_progress *t = &w->told;
  return !w->is_told || strcmp(t->state, p->state) != 0 || t->stage != p->stage ||
         t->rows_done != p->rows_done || t->rows_total != p->rows_total || t->finishing != p->finishing ||
         t->rows_lost != p->rows_lost || t->shards_lost != p->shards_lost || strcmp(t->waits, p->waits) != 0;
}

static bool tell_program(waiting *w, const session_progress *p) {
  if (p->state[0] != '\0' && is_new(w, p)) {
    w->told = *p;
    w->is_told = true;
    w->outcome = write_line(w, p->state, p, STATUS_OK, NULL, &w->failure);
  }
  return w->outcome == STATUS_OK;
}

/* ---- For users ----------------------------------------------------------------------------------- */

static void tell_user(waiting *w, const session_progress *p) {
  if (p->is_away) {
    progress_show(
        &w->progress,
        language_say("The broker is away; waiting", "调度程序暂不可用，等待中", "調度程式暫不可用，等待中"),
        0, 0, 0, 0);
  } else if (p->waits[0] != '\0') {
    (void)snprintf(w->activity, sizeof w->activity, language_say("Waiting: %s", "等待中：%s", "等待中：%s"),
                   p->waits);
    progress_show(&w->progress, w->activity, 0, 0, 0, 0);
  } else if (strcmp(p->state, "running") == 0) {
    progress_evaluating(&w->progress, p->finishing, p->stage + 1, p->rows_done, p->rows_total);
  } else {
    progress_show(&w->progress, language_say("Waiting for a worker", "正在等待工作程序", "正在等待工作程式"),
                  0, 0, 0, 0);
  }
}

static bool on_progress(void *context, const session_progress *p) {
  waiting *w = context;
  if (!w->settings->json) {
    tell_user(w, p);
  } else if (!tell_program(w, p)) {
    return false;
  }
  return !interrupt_requested();
}

static status detach(waiting *w, error *err) {
  buf options;
  buf_init(&options);
  link_options_text(w->settings, &options);
  output_complain(
      language_say("the job goes on; come back with: canvass watch %.8s%.*s  (or: canvass report %.8s%.*s)",
                   "作业继续进行；再次查看：canvass watch %.8s%.*s（或：canvass report %.8s%.*s）",
                   "作業繼續進行；再次查看：canvass watch %.8s%.*s（或：canvass report %.8s%.*s）"),
      w->id, (int)options.length, (const char *)options.data, w->id, (int)options.length,
      (const char *)options.data);
  buf_fini(&options);
  return error_set(err, STATUS_INTERRUPTED, "%s", "");
}

/* A cancelled job is not an interruption of this program. */
static status as_failure(waiting *w, status s, error *err) {
  const error why = *err;
  if (w->settings->json) {
    error ignored;
    (void)!write_line(w, s == STATUS_INTERRUPTED ? "cancelled" : "failed", &w->told, s, why.message,
                      &ignored);
  }
  return error_set(
      err, s == STATUS_INTERRUPTED ? STATUS_JOB : s, "job %.8s: %s%s", w->id, why.message,
      w->settings->job_key != NULL ? "; to try again choose another --key: the same key means this job" : "");
}

status remote_job_wait(const settings *s, session *link, const char *id, buf *report, error *err) {
  interrupt_prepare();
  waiting w = {.settings = s, .id = id};
  progress_init(&w.progress, s->quiet || s->json);
  session_progress last = {.stage = 0};
  status st = session_wait(link, id, on_progress, &w, report, &last, err);
  progress_clear(&w.progress);
  if (w.outcome != STATUS_OK) {
    *err = w.failure;
    return w.outcome;
  }
  if (st == STATUS_INTERRUPTED && interrupt_requested()) {
    return detach(&w, err);
  }
  if (st != STATUS_OK) {
    return as_failure(&w, st, err);
  }
  return s->json ? write_line(&w, "done", &last, STATUS_OK, NULL, err) : STATUS_OK;
}

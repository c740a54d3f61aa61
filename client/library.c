/* libcanvass: the session behind a C interface that stays the same when the session changes. */
#include "client/canvass.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "client/session.h"

enum { SPECIFICATION_BYTES_MAX = 16 << 20 };

struct canvass {
  session *link;
};

/* ---- Failures ------------------------------------------------------------------------------------ */

/* The public codes never change; the inner ones may be renumbered. */
static const struct {
  status inner;
  canvass_code code;
} codes[] = {
    {STATUS_OK, CANVASS_OK},
    {STATUS_NO_MEMORY, CANVASS_NO_MEMORY},
    {STATUS_USAGE, CANVASS_USAGE},
    {STATUS_SPECIFICATION, CANVASS_SPECIFICATION},
    {STATUS_UNREACHABLE, CANVASS_UNREACHABLE},
    {STATUS_DATA, CANVASS_DATA},
    {STATUS_IO, CANVASS_IO},
    {STATUS_CORRUPT, CANVASS_CORRUPT},
    {STATUS_LIMIT, CANVASS_LIMIT},
    {STATUS_JOB, CANVASS_JOB},
    {STATUS_NOT_FOUND, CANVASS_NOT_FOUND},
    {STATUS_PROTOCOL, CANVASS_PROTOCOL},
    {STATUS_INTERRUPTED, CANVASS_INTERRUPTED},
};

enum { CODES = sizeof codes / sizeof codes[0] };

static_assert(sizeof((canvass_error *)NULL)->message == sizeof((error *)NULL)->message,
              "a message would be cut");
static_assert((int)CANVASS_JOB_BYTES == (int)SESSION_JOB_BYTES, "ids differ");

const char *canvass_code_name(canvass_code code) {
  for (size_t i = 0; i < CODES; i++) {
    if (codes[i].code == code) {
      return status_name(codes[i].inner);
    }
  }
  return "unknown";
}

static canvass_code code_of(status st) {
  for (size_t i = 0; i < CODES; i++) {
    if (codes[i].inner == st) {
      return codes[i].code;
    }
  }
  return CANVASS_PROTOCOL;
}

/* The end of every public function. */
static canvass_code leave(status st, const error *why, canvass_error *out) {
  const canvass_code code = code_of(st);
  if (st != STATUS_OK && out != NULL) {
    out->code = code;
    out->name = canvass_code_name(code);
    memcpy(out->message, why->message, sizeof out->message);
  }
  return code;
}

/* ---- What callers fill --------------------------------------------------------------------------- */

/* Copies a struct of the caller's SIZE, which may be from an older or a newer library. */
static status take_struct(const char *name, void *out, size_t known, const void *given, size_t size,
                          error *err) {
  if (size < sizeof size || size > 4096) {
    return error_set(err, STATUS_USAGE, "%s.size is %zu; zero the struct and set it to sizeof(%s)", name,
                     size, name);
  }
  memset(out, 0, known);
  memcpy(out, given, size < known ? size : known);
  const unsigned char *bytes = given;
  for (size_t i = known; i < size; i++) {
    if (bytes[i] != 0) {
      return error_set(err, STATUS_USAGE,
                       "%s has fields that this libcanvass (%s) does not know; install the version that the "
                       "program was compiled with, or a later one",
                       name, CANVASS_VERSION);
    }
  }
  return STATUS_OK;
}

#define TAKE(type, out, given, err) take_struct(#type, (out), sizeof(type), (given), (given)->size, (err))

static status need(const char *what, const void *given, error *err) {
  return given != NULL ? STATUS_OK : error_set(err, STATUS_USAGE, "%s is missing", what);
}

/* The specification from TEXT or the file PATH. */
static status take_specification(const char *text, const char *path, buf *out, error *err) {
  if ((text == NULL) == (path == NULL)) {
    return error_set(err, STATUS_USAGE, "give either `specification` or `specification_file`");
  }
  if (text != NULL) {
    buf_put(out, text, strlen(text));
    return buf_status(out, "the specification", err);
  }
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, STATUS_IO, "cannot open the specification %s: %s", path, strerror(errno));
  }
  const status st = file_read_whole(fd, path, "a specification", SPECIFICATION_BYTES_MAX, out, err);
  (void)close(fd);
  if (st == STATUS_LIMIT) {
    err->code = STATUS_SPECIFICATION;
    return STATUS_SPECIFICATION;
  }
  return st;
}

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

/* Returns BYTES with a terminating zero, or frees them. */
static status give_text(status st, buf *bytes, char **out, size_t *length, error *err) {
  if (st == STATUS_OK && out != NULL) {
    buf_put_u8(bytes, 0);
    st = buf_status(bytes, "the answer", err);
  }
  if (st == STATUS_OK && length != NULL) {
    *length = bytes->length - (out != NULL ? 1 : 0);
  }
  if (st == STATUS_OK && out != NULL) {
    size_t taken = 0;
    *out = (char *)buf_take(bytes, &taken);
  }
  buf_fini(bytes);
  return st;
}

/* ---- The connection ------------------------------------------------------------------------------ */

/* GIVEN, otherwise the environment's value; NULL: neither, or empty. */
static const char *given_or(const char *given, const char *variable) {
  const char *value = given != NULL ? given : getenv(variable);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

static status connect_to(const char *endpoint, const canvass_options *given, session **out, error *err) {
  canvass_options o = {.size = sizeof o};
  if (given != NULL) {
    TRY(TAKE(canvass_options, &o, given, err));
  }
  const char *identity = given_or(o.identity, "CANVASS_IDENTITY");
  const char *broker_key = given_or(o.broker_key, "CANVASS_BROKER_KEY");
  session_options options = {.endpoint = given_or(endpoint, "CANVASS_BROKER"), .patience_ms = o.patience_ms};
  if (options.endpoint == NULL) {
    return error_set(err, STATUS_USAGE,
                     "which broker?  Give an endpoint such as tcp://HOST:PORT or ipc:///PATH, or set "
                     "CANVASS_BROKER");
  }
  if ((identity == NULL) != (broker_key == NULL)) {
    return error_set(err, STATUS_USAGE,
                     "give both `identity` and `broker_key` (or CANVASS_IDENTITY and CANVASS_BROKER_KEY), or "
                     "neither");
  }
  key_pair own, broker;
  if (identity != NULL) {
    TRY(key_pair_read(identity, &own, err));
    TRY(key_public_read(broker_key, &broker, err));
    options.key = &own;
    options.broker_key = broker.public_key;
  }
  return session_connect(&options, out, err);
}

canvass_code canvass_connect(const char *endpoint, const canvass_options *options, canvass **out,
                             canvass_error *error_out) {
  error why;
  canvass *c = calloc(1, sizeof *c);
  *out = NULL;
  status st =
      c == NULL ? error_no_memory(&why, "the connection") : connect_to(endpoint, options, &c->link, &why);
  if (st == STATUS_OK) {
    *out = c;
  } else {
    free(c);
  }
  return leave(st, &why, error_out);
}

void canvass_close(canvass *c) {
  if (c != NULL) {
    session_close(c->link);
    free(c);
  }
}

void canvass_free(void *memory) {
  free(memory);
}

const char *canvass_version(void) {
  return CANVASS_VERSION;
}

/* ---- Progress ------------------------------------------------------------------------------------ */

typedef struct watching {
  canvass_watcher watch;
  void *context;
} watching;

static bool on_sending(void *context, uint64_t done, uint64_t total) {
  const watching *w = context;
  const canvass_progress p = {.phase = CANVASS_SENDING, .done = done, .total = total};
  return w->watch(w->context, &p);
}

static bool on_progress(void *context, const session_progress *from) {
  const watching *w = context;
  canvass_progress p = {
      .phase = CANVASS_RUNNING,
      .stage = from->stage,
      .done = from->rows_done,
      .total = from->rows_total,
      .is_away = from->is_away,
      .computed = from->states_computed,
      .cached = from->states_cached,
  };
  if (strcmp(from->state, "queued") == 0) {
    p.phase = CANVASS_QUEUED;
  } else if (from->finishing) {
    p.phase = CANVASS_FINISHING;
  }
  return w->watch(w->context, &p);
}

static status wait_for(canvass *c, const char *id, watching *w, buf *report, error *err) {
  return session_wait(c->link, id, w->watch != NULL ? on_progress : NULL, w, report, NULL, err);
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

/* The report of a `load` job. */
static status read_outcome(const buf *report, canvass_dataset *out, error *err) {
  arena *memory = arena_new();
  json *document = NULL;
  if (memory == NULL) {
    return error_no_memory(err, "the answer");
  }
  const status st = json_parse(memory, bytes_of(report), "the answer", &document, err);
  if (st == STATUS_OK) {
    *out = (canvass_dataset){.version = (uint64_t)json_as_integer(json_get(document, "version")),
                             .rows = (uint64_t)json_as_integer(json_get(document, "rows"))};
  }
  arena_destroy(memory);
  return st;
}

static status load(canvass *c, const canvass_files *f, slice page, watching *w, buf *report, error *err) {
  uint64_t version = 0;
  char id[SESSION_JOB_BYTES];
  if (f->append) {
    TRY(session_dataset_get(c->link, f->dataset, &version, NULL, err));
  }
  const session_callback sending = {on_sending, w};
  TRY(session_load(c->link, f->dataset, version, page, f->paths, f->count, f->shard_rows, NULL,
                   w->watch != NULL ? &sending : NULL, id, err));
  return wait_for(c, id, w, report, err);
}

static status put(canvass *c, const canvass_files *given, watching *w, canvass_dataset *out, error *err) {
  canvass_files f;
  buf page, report;
  TRY(need("files", given, err));
  TRY(TAKE(canvass_files, &f, given, err));
  TRY(need("the dataset's name", f.dataset, err));
  TRY(need("the list of files", f.paths, err));
  buf_init(&page);
  buf_init(&report);
  status st = take_specification(f.specification, f.specification_file, &page, err);
  if (st == STATUS_OK) {
    st = load(c, &f, bytes_of(&page), w, &report, err);
  }
  if (st == STATUS_OK && out != NULL) {
    st = read_outcome(&report, out, err);
  }
  buf_fini(&page);
  buf_fini(&report);
  return st;
}

canvass_code canvass_put(canvass *c, const canvass_files *files, canvass_watcher watch, void *context,
                         canvass_dataset *out, canvass_error *error_out) {
  error why;
  watching w = {watch, context};
  return leave(put(c, files, &w, out, &why), &why, error_out);
}

canvass_code canvass_drop(canvass *c, const char *dataset, uint64_t *jobs, canvass_error *error_out) {
  error why;
  uint64_t count = 0;
  status st = need("the dataset's name", dataset, &why);
  if (st == STATUS_OK) {
    st = session_drop(c->link, dataset, &count, &why);
  }
  if (jobs != NULL) {
    *jobs = count;
  }
  return leave(st, &why, error_out);
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

static status submit(canvass *c, const canvass_job *given, char id[CANVASS_JOB_BYTES], error *err) {
  canvass_job j;
  buf page;
  TRY(need("a job", given, err));
  TRY(TAKE(canvass_job, &j, given, err));
  TRY(need("the dataset's name", j.dataset, err));
  if (j.timeout_s > UINT32_MAX) {
    return error_set(err, STATUS_USAGE,
                     "canvass_job.timeout_s is %" PRIu64 "; at most %u seconds are allowed", j.timeout_s,
                     UINT32_MAX);
  }
  buf_init(&page);
  status st = take_specification(j.specification, j.specification_file, &page, err);
  if (st == STATUS_OK && page.length == 0) {
    st = error_set(err, STATUS_SPECIFICATION, "the specification is empty");
  }
  if (st == STATUS_OK) {
    const session_job job = {.specification = bytes_of(&page),
                             .dataset = j.dataset,
                             .version = j.version,
                             .key = j.key,
                             .title = j.title,
                             .priority = j.priority,
                             .timeout_s = (uint32_t)j.timeout_s};
    st = session_submit(c->link, &job, id, err);
  }
  buf_fini(&page);
  return st;
}

canvass_code canvass_submit(canvass *c, const canvass_job *job, char id[CANVASS_JOB_BYTES],
                            canvass_error *error_out) {
  error why;
  return leave(submit(c, job, id, &why), &why, error_out);
}

canvass_code canvass_wait(canvass *c, const char *id, canvass_watcher watch, void *context, char **report,
                          size_t *length, canvass_error *error_out) {
  error why;
  watching w = {watch, context};
  buf bytes;
  buf_init(&bytes);
  status st = need("the job's id", id, &why);
  if (st == STATUS_OK) {
    st = wait_for(c, id, &w, &bytes, &why);
  }
  return leave(give_text(st, &bytes, report, length, &why), &why, error_out);
}

canvass_code canvass_report(canvass *c, const char *id, char **report, size_t *length,
                            canvass_error *error_out) {
  error why;
  buf bytes;
  buf_init(&bytes);
  status st = need("the job's id", id, &why);
  if (st == STATUS_OK) {
    st = session_report(c->link, id, &bytes, &why);
  }
  return leave(give_text(st, &bytes, report, length, &why), &why, error_out);
}

canvass_code canvass_cancel(canvass *c, const char *id, canvass_error *error_out) {
  error why;
  status st = need("the job's id", id, &why);
  if (st == STATUS_OK) {
    st = session_cancel(c->link, id, &why);
  }
  return leave(st, &why, error_out);
}

canvass_code canvass_find_job(canvass *c, const char *prefix, char id[CANVASS_JOB_BYTES],
                              canvass_error *error_out) {
  error why;
  status st = need("the job's prefix", prefix, &why);
  if (st == STATUS_OK) {
    st = session_find_job(c->link, prefix, id, &why);
  }
  return leave(st, &why, error_out);
}

canvass_code canvass_list(canvass *c, const char *what, char **out, size_t *length,
                          canvass_error *error_out) {
  error why;
  buf bytes;
  buf_init(&bytes);
  status st = need("what is to be listed", what, &why);
  if (st == STATUS_OK) {
    st = session_list(c->link, what, &bytes, &why);
  }
  return leave(give_text(st, &bytes, out, length, &why), &why, error_out);
}

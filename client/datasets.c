/* Datasets: found, committed as shards that the caller reads, sent as whole files for a worker to cut,
 * dropped. What a manifest or a shard contains is not looked at. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file_bytes.h"
#include "client/session_state.h"

enum { FILES_MAX = MESSAGE_PAYLOADS_MAX - 1, READ_BYTES = 1 << 20 };

status session_dataset_get(session *s, const char *name, uint64_t *version, buf *manifest, error *err) {
  *version = 0;
  TRY(session_check_text("the dataset's name", name, err));
  message m = message_of(MESSAGE_DATASET);
  message_set_text(&m, FIELD_DATASET, name);
  error why = {.code = STATUS_OK};
  const status asked = session_ask(s, &m, NULL, 0, ANSWER(MESSAGE_MANIFEST), &why);
  if (asked != STATUS_OK) {
    return asked == STATUS_NOT_FOUND ? STATUS_OK : error_set(err, asked, "%s", why.message);
  }
  const uint64_t found = s->incoming->header.integers[FIELD_VERSION];
  if (manifest != NULL) {
    TRY(session_payload_take(s, 0, manifest, err));
  } else {
    wire_message_close(s->incoming);
  }
  *version = found;
  return STATUS_OK;
}

/* ---- Shards -------------------------------------------------------------------------------------- */

static status commit(session *s, const char *name, uint64_t base, slice manifest, uint64_t *version,
                     error *err) {
  message request = message_of(MESSAGE_COMMIT);
  message_set_text(&request, FIELD_DATASET, name);
  message_set_integer(&request, FIELD_VERSION, base);
  session_payload payload;
  TRY(session_payload_of(s, manifest, 0, &request, &payload, err));
  TRY(session_ask(s, &request, &payload.wire, 1, ANSWER(MESSAGE_COMMITTED), err));
  *version = s->incoming->header.integers[FIELD_VERSION];
  wire_message_close(s->incoming);
  return STATUS_OK;
}

status session_put(session *s, const char *name, uint64_t base, slice manifest, const session_blobs *shards,
                   const session_callback *callback, session_put_counts *counts, error *err) {
  TRY(session_check_text("the dataset's name", name, err));
  upload u = {.blobs = *shards, .callback = callback};
  uint64_t version = 0;
  status st = session_upload(s, &u, err);
  if (st == STATUS_OK) {
    s->go_on = callback;
    st = commit(s, name, base, manifest, &version, err);
    s->go_on = NULL;
  }
  if (counts != NULL) {
    *counts = (session_put_counts){version, shards->count, u.sent, u.bytes_sent};
  }
  return st;
}

/* ---- Whole files --------------------------------------------------------------------------------- */

typedef struct file_source {
  const char *const *paths;
  int fd; /* of the file that was read last; -1: none */
  size_t open_index;
} file_source;

static status read_at(int fd, const char *path, uint64_t offset, void *out, size_t length, error *err) {
  const int problem = file_read_at(fd, offset, out, length);
  if (problem == ENODATA) {
    return error_set(err, STATUS_IO, "%s became shorter while it was being sent", path);
  }
  return problem == 0 ? STATUS_OK : error_set(err, STATUS_IO, "cannot read %s: %s", path, strerror(problem));
}

static status open_file(file_source *source, size_t index, error *err) {
  if (source->fd >= 0 && source->open_index == index) {
    return STATUS_OK;
  }
  if (source->fd >= 0) {
    (void)close(source->fd);
  }
  source->open_index = index;
  source->fd = open(source->paths[index], O_RDONLY | O_CLOEXEC);
  if (source->fd < 0) {
    return error_set(err, STATUS_IO, "cannot open %s: %s", source->paths[index], strerror(errno));
  }
  return STATUS_OK;
}

static status read_file(void *context, size_t index, uint64_t offset, void *out, size_t length, error *err) {
  file_source *source = context;
  TRY(open_file(source, index, err));
  return read_at(source->fd, source->paths[index], offset, out, length, err);
}

static status hash_file(int fd, const char *path, uint64_t bytes, digest *out, error *err) {
  digest_stream *stream = digest_stream_new();
  char *piece = malloc(READ_BYTES);
  status st = stream == NULL || piece == NULL ? error_no_memory(err, path) : STATUS_OK;
  for (uint64_t at = 0; at < bytes && st == STATUS_OK;) {
    const size_t length = bytes - at < READ_BYTES ? (size_t)(bytes - at) : READ_BYTES;
    st = read_at(fd, path, at, piece, length, err);
    if (st == STATUS_OK) {
      digest_stream_add(stream, piece, length);
    }
    at += length;
  }
  if (st == STATUS_OK) {
    digest_stream_finish(stream, out);
  }
  digest_stream_destroy(stream);
  free(piece);
  return st;
}

static status identify(file_source *source, size_t index, session_blob *out, error *err) {
  struct stat info;
  TRY(open_file(source, index, err));
  if (fstat(source->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return error_set(err, STATUS_IO, "%s is not a regular file", source->paths[index]);
  }
  *out = (session_blob){.bytes = (uint64_t)info.st_size, .weight = (uint64_t)info.st_size};
  return hash_file(source->fd, source->paths[index], out->bytes, &out->name, err);
}

/* Payloads of `load`: the specification, then for each file its name as a blob and its base name. */
static status put_file_frames(const session_blob *blobs, const char *const *paths, size_t count,
                              wire_payload *payloads, arena *memory, error *err) {
  for (size_t i = 0; i < count; i++) {
    char *path = arena_copy(memory, slice_of(paths[i]));
    const char *base = path == NULL ? "" : basename(path);
    const size_t length = strlen(base);
    uint8_t *frame = arena_alloc(memory, BLOB_NAME_BYTES + length + 1);
    if (frame == NULL || path == NULL) {
      return error_no_memory(err, "the list of files");
    }
    blob_name_write(&blobs[i].name, blobs[i].bytes, frame);
    memcpy(frame + BLOB_NAME_BYTES, base, length);
    payloads[i] = (wire_payload){.bytes = frame, .length = BLOB_NAME_BYTES + length};
  }
  return STATUS_OK;
}

typedef struct loading {
  arena *memory;
  file_source source;
  session_blob *blobs;
  wire_payload *payloads;
} loading;

static status send_files(session *s, loading *l, size_t count, const session_callback *callback, error *err) {
  l->blobs = ARENA_ARRAY(l->memory, session_blob, count);
  l->payloads = ARENA_ARRAY(l->memory, wire_payload, count + 1);
  if (l->blobs == NULL || l->payloads == NULL) {
    return error_no_memory(err, "the list of files");
  }
  for (size_t i = 0; i < count; i++) {
    TRY(identify(&l->source, i, &l->blobs[i], err));
  }
  upload u = {.blobs = {l->blobs, count, read_file, &l->source}, .callback = callback};
  TRY(session_upload(s, &u, err));
  return put_file_frames(l->blobs, l->source.paths, count, l->payloads + 1, l->memory, err);
}

static status ask_to_load(session *s, message *m, slice specification, loading *l, size_t count,
                          char job[SESSION_JOB_BYTES], error *err) {
  session_payload page;
  TRY(session_payload_of(s, specification, 0, m, &page, err));
  l->payloads[0] = page.wire;
  TRY(session_ask(s, m, l->payloads, count + 1, ANSWER(MESSAGE_ACCEPTED), err));
  return session_take_job(s, job, err);
}

status session_load(session *s, const char *name, uint64_t base, slice specification,
                    const char *const *paths, size_t count, uint32_t shard_rows, const char *key,
                    const session_callback *callback, char job[SESSION_JOB_BYTES], error *err) {
  char random[SESSION_KEY_BYTES];
  TRY(session_check_text("the dataset's name", name, err));
  TRY(session_key(&key, random, err));
  if (count == 0 || count > FILES_MAX) {
    return error_set(err, STATUS_USAGE, "%zu files; 1 to %d are allowed", count, FILES_MAX);
  }
  loading l = {.memory = arena_new(), .source = {.paths = paths, .fd = -1}};
  if (l.memory == NULL) {
    return error_no_memory(err, "the list of files");
  }
  message m = message_of(MESSAGE_LOAD);
  message_set_text(&m, FIELD_DATASET, name);
  message_set_integer(&m, FIELD_VERSION, base);
  message_set_text(&m, FIELD_KEY, key);
  if (shard_rows > 0) {
    message_set_integer(&m, FIELD_SHARD_ROWS, shard_rows);
  }
  status st = send_files(s, &l, count, callback, err);
  if (st == STATUS_OK) {
    st = ask_to_load(s, &m, specification, &l, count, job, err);
  }
  if (l.source.fd >= 0) {
    (void)close(l.source.fd);
  }
  arena_destroy(l.memory);
  return st;
}

status session_drop(session *s, const char *name, uint64_t *jobs, error *err) {
  TRY(session_check_text("the dataset's name", name, err));
  message m = message_of(MESSAGE_DROP);
  message_set_text(&m, FIELD_DATASET, name);
  TRY(session_ask(s, &m, NULL, 0, ANSWER(MESSAGE_DROPPED), err));
  *jobs = s->incoming->header.integers[FIELD_JOBS];
  wire_message_close(s->incoming);
  return STATUS_OK;
}

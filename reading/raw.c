/* Reading blocks, and hashing them beside the reader.
 *
 * Block i lives in slot i % RAW_BLOCKS.  `filled` and `hashed` count blocks, under the lock; the
 * reader owns slot `filled`, the hashing thread the slots from `hashed` up to `filled`, and a block that
 * is handed out is only read by both.  A file of less than a block is hashed when it is finished: to start a
 * thread would take longer.
 */
#include "reading/raw.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { POLL_MS = 50 };

struct raw_file {
  const char *title;
  int fd;
  bool borrowed_fd;
  bool regular;
  off_t start; /* of standard input, which may have been read before */
  bool ended;
  const atomic_bool *stop;
  atomic_bool without_digest;
  _Atomic uint64_t position;
  uint8_t *blocks[RAW_BLOCKS]; /* NULL: not needed so far */
  size_t lengths[RAW_BLOCKS];
  digest_stream *hash;
  pthread_t thread;
  bool thread_runs;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  uint64_t filled;
  uint64_t hashed;
  bool closing;
};

const char *raw_title(const char *path) {
  return strcmp(path, "-") == 0 ? "standard input" : path;
}

const char *raw_base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

uint64_t raw_size(const char *path) {
  struct stat facts;
  const int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &facts) : stat(path, &facts);
  return failed == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0 ? (uint64_t)facts.st_size : 0;
}

/* Until the file is closing and everything has been hashed. */
static void *hash_blocks(void *argument) {
  raw_file *r = argument;
  pthread_mutex_lock(&r->lock);
  while (true) {
    while (r->hashed == r->filled && !r->closing) {
      pthread_cond_wait(&r->changed, &r->lock);
    }
    if (r->hashed == r->filled) {
      break;
    }
    const size_t slot = (size_t)(r->hashed % RAW_BLOCKS);
    const size_t length = r->lengths[slot];
    pthread_mutex_unlock(&r->lock);
    if (!atomic_load(&r->without_digest)) {
      digest_stream_add(r->hash, r->blocks[slot], length);
    }
    pthread_mutex_lock(&r->lock);
    r->hashed++;
    pthread_cond_broadcast(&r->changed);
  }
  pthread_mutex_unlock(&r->lock);
  return NULL;
}

static status open_descriptor(raw_file *r, const char *path, error *err) {
  r->borrowed_fd = strcmp(path, "-") == 0;
  r->fd = r->borrowed_fd ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (r->fd < 0) {
    return error_set(err, STATUS_DATA, "%s: cannot be opened: %s", path, strerror(errno));
  }
  struct stat facts;
  if (fstat(r->fd, &facts) != 0) {
    return error_set(err, STATUS_DATA, "%s: cannot be read: %s", path, strerror(errno));
  }
  if (S_ISDIR(facts.st_mode)) {
    return error_set(err, STATUS_DATA, "%s: is a directory; name the files in it", path);
  }
  r->regular = S_ISREG(facts.st_mode);
  r->start = r->borrowed_fd && r->regular ? lseek(r->fd, 0, SEEK_CUR) : 0;
  if (r->regular) {
    (void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return STATUS_OK;
}

status raw_open(const char *path, const char *called, const atomic_bool *stop, raw_file **out, error *err) {
  raw_file *r = calloc(1, sizeof *r);
  if (r == NULL) {
    return error_no_memory(err, path);
  }
  r->title = raw_title(called);
  r->stop = stop;
  r->fd = -1;
  pthread_mutex_init(&r->lock, NULL);
  pthread_cond_init(&r->changed, NULL);
  status st = open_descriptor(r, path, err);
  if (st == STATUS_OK) {
    r->hash = digest_stream_new();
    st = r->hash == NULL ? error_no_memory(err, path) : STATUS_OK;
  }
  if (st != STATUS_OK) {
    raw_close(r);
    return st;
  }
  *out = r;
  return STATUS_OK;
}

static status start_hash(raw_file *r, error *err) {
  if (!r->thread_runs && pthread_create(&r->thread, NULL, hash_blocks, r) != 0) {
    return error_set(err, STATUS_NO_MEMORY, "%s: cannot start a thread for its digest", r->title);
  }
  r->thread_runs = true;
  return STATUS_OK;
}

static void join_hash(raw_file *r) {
  if (!r->thread_runs) {
    return;
  }
  pthread_mutex_lock(&r->lock);
  r->closing = true;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->lock);
  pthread_join(r->thread, NULL);
  r->thread_runs = false;
}

void raw_close(raw_file *r) {
  if (r == NULL) {
    return;
  }
  join_hash(r);
  if (r->fd >= 0 && !r->borrowed_fd) {
    close(r->fd);
  }
  digest_stream_destroy(r->hash);
  for (size_t i = 0; i < RAW_BLOCKS; i++) {
    free(r->blocks[i]);
  }
  pthread_cond_destroy(&r->changed);
  pthread_mutex_destroy(&r->lock);
  free(r);
}

bool raw_rewind(const raw_file *r) {
  return r->regular && (!r->borrowed_fd || (r->start >= 0 && lseek(r->fd, r->start, SEEK_SET) >= 0));
}

/* Waits for a pipe in short steps, so that a stop is noticed. */
static status wait_readable(raw_file *r, error *err) {
  struct pollfd one = {.fd = r->fd, .events = POLLIN};
  while (!r->regular) {
    if (r->stop != NULL && atomic_load(r->stop)) {
      return error_set(err, STATUS_INTERRUPTED, "%s: stopped", r->title);
    }
    const int ready = poll(&one, 1, POLL_MS);
    if (ready > 0 || (ready < 0 && errno != EINTR)) {
      break;
    }
  }
  return STATUS_OK;
}

static status fill(raw_file *r, uint8_t *block, size_t *length, error *err) {
  *length = 0;
  while (*length < RAW_BLOCK_BYTES) {
    TRY(wait_readable(r, err));
    const ssize_t got = read(r->fd, block + *length, RAW_BLOCK_BYTES - *length);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (got < 0) {
      return error_set(err, STATUS_IO, "%s: reading failed after %llu bytes: %s", r->title,
                       (unsigned long long)(raw_position(r) + *length), strerror(errno));
    }
    if (got == 0) {
      r->ended = true;
      break;
    }
    *length += (size_t)got;
  }
  return STATUS_OK;
}

status raw_next(raw_file *r, const uint8_t **bytes, size_t *length, error *err) {
  *length = 0;
  *bytes = NULL;
  if (r->ended) {
    return STATUS_OK;
  }
  pthread_mutex_lock(&r->lock);
  while (r->filled - r->hashed == RAW_BLOCKS) {
    pthread_cond_wait(&r->changed, &r->lock);
  }
  assert(r->hashed <= r->filled && r->filled - r->hashed < RAW_BLOCKS);
  const size_t slot = (size_t)(r->filled % RAW_BLOCKS);
  pthread_mutex_unlock(&r->lock);
  if (r->blocks[slot] == NULL) {
    r->blocks[slot] = aligned_alloc(4096, RAW_BLOCK_BYTES);
  }
  if (r->blocks[slot] == NULL) {
    return error_no_memory(err, r->title);
  }
  size_t got = 0;
  TRY(fill(r, r->blocks[slot], &got, err));
  if (!r->ended) {
    TRY(start_hash(r, err));
  }
  if (got > 0) {
    pthread_mutex_lock(&r->lock);
    r->lengths[slot] = got;
    r->filled++;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    atomic_fetch_add(&r->position, got);
  }
  *bytes = r->blocks[slot];
  *length = got;
  return STATUS_OK;
}

void raw_without_digest(raw_file *r) {
  atomic_store(&r->without_digest, true);
}

void raw_finish(raw_file *r, digest *sha256, uint64_t *bytes) {
  join_hash(r);
  if (r->hashed < r->filled) {
    r->closing = true;
    (void)hash_blocks(r);
  }
  assert(r->hashed == r->filled);
  digest_stream_finish(r->hash, sha256);
  *bytes = raw_position(r);
}

uint64_t raw_position(const raw_file *r) {
  return atomic_load(&r->position);
}

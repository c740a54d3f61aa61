/* Blobs of a directory that another process writes. */
#include "store/attached.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/blob_files.h"

void attached_init(attached *a) {
  pthread_rwlock_init(&a->lock, NULL);
  a->directory = -1;
  seen_init(&a->seen);
}

void attached_fini(attached *a) {
  if (a->directory >= 0) {
    close(a->directory);
  }
  pthread_rwlock_destroy(&a->lock);
  seen_fini(&a->seen);
}

status attached_to(attached *a, const char *directory, error *err) {
  const int next = directory != NULL ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  const int problem = errno;
  pthread_rwlock_wrlock(&a->lock);
  if (a->directory >= 0) {
    close(a->directory);
  }
  a->directory = next;
  seen_clear(&a->seen);
  pthread_rwlock_unlock(&a->lock);
  if (directory != NULL && next < 0) {
    return error_set(err, STATUS_IO, "cannot read the store %s: %s", directory, strerror(problem));
  }
  return STATUS_OK;
}

bool attached_has(attached *a, const digest *name, uint64_t length) {
  uint64_t bytes = 0;
  pthread_rwlock_rdlock(&a->lock);
  const bool has = a->directory >= 0 && blob_files_size(a->directory, name, &bytes) && bytes == length;
  pthread_rwlock_unlock(&a->lock);
  return has;
}

static bool get_compared(attached *a, const digest *name, store_blob *out) {
  bool found = false;
  if (blob_files_map(a->directory, name, out, &found, NULL) != STATUS_OK || !found) {
    return false;
  }
  if (seen_has(&a->seen, name)) {
    return true;
  }
  digest actual;
  if (digest_of(out->bytes, out->length, &actual, NULL) == STATUS_OK && digest_equal(&actual, name)) {
    seen_add(&a->seen, name);
    return true;
  }
  store_release(out);
  seen_clear(&a->seen); /* where one blob is damaged, others may be */
  return false;
}

bool attached_get(attached *a, const digest *name, store_blob *out) {
  pthread_rwlock_rdlock(&a->lock);
  const bool got = a->directory >= 0 && get_compared(a, name, out);
  pthread_rwlock_unlock(&a->lock);
  return got;
}

bool attached_get_file(attached *a, const digest *name, int *file) {
  store_blob compared;
  pthread_rwlock_rdlock(&a->lock);
  bool got = a->directory >= 0 && get_compared(a, name, &compared);
  if (got) {
    store_release(&compared);
    got = blob_files_open(a->directory, name, file, NULL) == STATUS_OK;
  }
  pthread_rwlock_unlock(&a->lock);
  return got;
}

void attached_doubt(attached *a, const digest *name) {
  seen_remove(&a->seen, name);
}

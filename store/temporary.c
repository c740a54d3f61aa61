/* The temporary store: blobs one after the other in an unlinked file, found through a table in memory.
 *
 * The lock guards the table and the end of the file, never I/O or hashing: a blob's place is reserved
 * under it, written outside, and entered in the table when all its bytes are there.  So whatever is found
 * is complete.  Blobs start on page boundaries, for mmap. */
#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file_bytes.h"
#include "base/table.h"
#include "base/text.h"
#include "store/store_kind.h"
#include "store/unlinked_file.h"

typedef struct blob_entry {
  digest name;
  uint64_t offset;
  size_t length;
} blob_entry;

typedef struct temporary_store {
  store base;
  int file;
  char *directory;
  size_t page_bytes;
  pthread_mutex_t lock; /* guards all that follows */
  uint64_t end;
  blob_entry *blobs;
  size_t count, capacity;
  hash_table names; /* of all blobs */
} temporary_store;

static uint32_t place_of(const temporary_store *s, const digest *name) {
  hash_search search = hash_table_search(&s->names, digest_hash(name));
  while (hash_table_next(&search) && !digest_equal(&s->blobs[search.place].name, name)) {
  }
  return search.place;
}

static bool find(temporary_store *s, const digest *name, blob_entry *out) {
  pthread_mutex_lock(&s->lock);
  const uint32_t place = place_of(s, name);
  if (place != PLACE_NONE) {
    *out = s->blobs[place];
  }
  pthread_mutex_unlock(&s->lock);
  return place != PLACE_NONE;
}

/* Whole pages for LENGTH bytes at the end of the file; false when the offset overflows. */
static bool reserve(temporary_store *s, size_t length, uint64_t *offset) {
  const uint64_t pages = (uint64_t)length / s->page_bytes + (length % s->page_bytes != 0);
  pthread_mutex_lock(&s->lock);
  uint64_t end;
  const bool fits =
      !__builtin_add_overflow(s->end, pages * s->page_bytes, &end) && end <= (uint64_t)INT64_MAX;
  if (fits) {
    *offset = s->end;
    s->end = end;
  }
  pthread_mutex_unlock(&s->lock);
  return fits;
}

static status write_error(const temporary_store *s, size_t length, int problem, error *err) {
  if (problem == ENOSPC || problem == EDQUOT || problem == EFBIG) {
    return error_set(err, STATUS_IO,
                     "no space for %zu more bytes in %s (%s); make room there, or set TMPDIR to a directory "
                     "with more",
                     length, s->directory, strerror(problem));
  }
  return error_set(err, STATUS_IO, "writing %zu bytes to a temporary file in %s: %s", length, s->directory,
                   strerror(problem));
}

/* Two threads may have written the same bytes at once: the first one in the table counts, and the
 * second copy is a hole that nothing refers to. */
static status enter(temporary_store *s, const blob_entry *entry, error *err) {
  pthread_mutex_lock(&s->lock);
  bool is_there = place_of(s, &entry->name) != PLACE_NONE;
  if (!is_there && ARRAY_ROOM(s->blobs, s->count, s->capacity) &&
      hash_table_add(&s->names, digest_hash(&entry->name), (uint32_t)s->count)) {
    s->blobs[s->count++] = *entry;
    is_there = true;
  }
  pthread_mutex_unlock(&s->lock);
  return is_there ? STATUS_OK : error_no_memory(err, "temporary store");
}

static status temporary_put(store *base, const void *bytes, size_t length, digest *name, error *err) {
  temporary_store *s = (temporary_store *)base;
  TRY(digest_of(bytes, length, name, err));
  blob_entry entry;
  if (find(s, name, &entry)) {
    return STATUS_OK;
  }
  entry = (blob_entry){.name = *name, .length = length};
  if (!reserve(s, length, &entry.offset)) {
    return write_error(s, length, EFBIG, err);
  }
  const int problem = file_write_at(s->file, entry.offset, bytes, length);
  if (problem != 0) {
    return write_error(s, length, problem, err);
  }
  return enter(s, &entry, err);
}

static status temporary_get(store *base, const digest *name, store_blob *out, error *err) {
  temporary_store *s = (temporary_store *)base;
  blob_entry entry;
  if (!find(s, name, &entry)) {
    return store_not_found(name, err);
  }
  if (entry.length == 0) {
    return STATUS_OK;
  }
  void *mapping = mmap(NULL, entry.length, PROT_READ, MAP_SHARED, s->file, (off_t)entry.offset);
  if (mapping == MAP_FAILED) {
    return error_set(err, errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_IO,
                     "mapping %zu bytes of the temporary file in %s: %s", entry.length, s->directory,
                     strerror(errno));
  }
  *out = (store_blob){mapping, entry.length, mapping, entry.length};
  return STATUS_OK;
}

static bool temporary_has(store *base, const digest *name, uint64_t length) {
  blob_entry entry;
  return find((temporary_store *)base, name, &entry) && entry.length == length;
}

static void temporary_destroy(store *base) {
  temporary_store *s = (temporary_store *)base;
  close(s->file);
  pthread_mutex_destroy(&s->lock);
  free(s->directory);
  hash_table_fini(&s->names);
  free(s->blobs);
  free(s);
}

static const store_kind temporary_kind = {
    .destroy = temporary_destroy, .put = temporary_put, .get = temporary_get, .has = temporary_has};

status store_new_temporary(const char *directory, store **out, error *err) {
  *out = NULL;
  const char *used = NULL;
  const int file = unlinked_file_open(directory, &used);
  if (file < 0) {
    return error_set(
        err, STATUS_IO,
        "cannot create a temporary file in %s: %s; set TMPDIR to a directory that can be written to", used,
        strerror(errno));
  }
  temporary_store *s = calloc(1, sizeof *s);
  if (s == NULL || pthread_mutex_init(&s->lock, NULL) != 0) {
    close(file);
    free(s);
    return error_no_memory(err, "temporary store");
  }
  const long page_bytes = sysconf(_SC_PAGESIZE);
  s->base.kind = &temporary_kind;
  s->file = file;
  s->page_bytes = page_bytes > 0 ? (size_t)page_bytes : 4096;
  s->directory = slice_copy(slice_of(used));
  if (s->directory == NULL) {
    temporary_destroy(&s->base);
    return error_no_memory(err, "temporary store");
  }
  *out = &s->base;
  return STATUS_OK;
}

/* Where the bytes of a blob are kept while they arrive. */
#include "worker/assembly.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "store/unlinked_file.h"

static status open_file(assembly *a, error *err) {
  const char *directory = NULL;
  a->file = unlinked_file_open(NULL, &directory);
  if (a->file < 0) {
    return error_set(
        err, STATUS_IO,
        "cannot create a temporary file in %s: %s; set TMPDIR to a directory that can be written to",
        directory, strerror(errno));
  }
  if (ftruncate(a->file, (off_t)a->book.bytes) != 0) {
    return error_set(err, STATUS_IO, "cannot create a temporary file of %llu bytes in %s: %s",
                     (unsigned long long)a->book.bytes, directory, strerror(errno));
  }
  return STATUS_OK;
}

static status open_bytes(assembly *a, uint64_t bytes, bool in_file, error *err) {
  TRY(chunks_init(&a->book, bytes, err));
  if (in_file || bytes > ASSEMBLY_MEMORY_MAX) {
    return open_file(a, err);
  }
  a->memory = malloc((size_t)bytes + 1);
  return a->memory != NULL ? STATUS_OK : error_no_memory(err, "a blob that arrives");
}

status assembly_init(assembly *a, uint64_t bytes, bool in_file, error *err) {
  *a = (assembly){.file = -1};
  if (bytes > ASSEMBLY_BYTES_MAX) {
    return error_set(err, STATUS_LIMIT, "a blob of %llu bytes is larger than is allowed",
                     (unsigned long long)bytes);
  }
  const status st = open_bytes(a, bytes, in_file, err);
  if (st != STATUS_OK) {
    assembly_fini(a);
  }
  return st;
}

void assembly_fini(assembly *a) {
  if (a->mapping != NULL) {
    munmap(a->mapping, (size_t)a->book.bytes);
  }
  if (a->book.asked != NULL && a->file >= 0) {
    close(a->file);
  }
  free(a->memory);
  chunks_fini(&a->book);
  *a = (assembly){.file = -1};
}

status assembly_take(assembly *a, uint64_t offset, const void *bytes, size_t length, error *err) {
  const uint64_t expected = chunks_length_at(&a->book, offset);
  if (length != expected) {
    return error_set(err, STATUS_CORRUPT, "%zu bytes arrived; expected %llu", length,
                     (unsigned long long)expected);
  }
  if (a->file >= 0) {
    const int problem = file_write_at(a->file, offset, bytes, length);
    if (problem != 0) {
      return error_set(err, STATUS_IO, "cannot write %zu bytes of a blob to a temporary file: %s", length,
                       strerror(problem));
    }
  } else {
    memcpy(a->memory + offset, bytes, length);
  }
  chunks_take(&a->book, offset);
  return STATUS_OK;
}

status assembly_bytes(assembly *a, const void **bytes, error *err) {
  assert(chunks_is_whole(&a->book));
  if (a->file < 0 || a->book.bytes == 0) {
    *bytes = a->memory != NULL ? (const void *)a->memory : "";
    return STATUS_OK;
  }
  if (a->mapping == NULL) {
    void *mapping = mmap(NULL, (size_t)a->book.bytes, PROT_READ, MAP_SHARED, a->file, 0);
    if (mapping == MAP_FAILED) {
      return error_set(err, errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_IO,
                       "mapping %llu bytes of a temporary file: %s", (unsigned long long)a->book.bytes,
                       strerror(errno));
    }
    a->mapping = mapping;
  }
  *bytes = a->mapping;
  return STATUS_OK;
}

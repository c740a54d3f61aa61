/* Two bits for each chunk: requested, and received. */
#include "worker/assembly.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/unlinked_file.h"

static bool bit(const uint8_t *bits, uint64_t i) {
  return (bits[i / 8] >> (i % 8) & 1) != 0;
}

static void set_bit(uint8_t *bits, uint64_t i) {
  bits[i / 8] = (uint8_t)(bits[i / 8] | 1U << (i % 8));
}

static size_t bits_bytes(const assembly *a) {
  return (size_t)(a->chunks / 8 + 1);
}

static uint64_t length_at(const assembly *a, uint64_t chunk) {
  assert(chunk < a->chunks);
  const uint64_t left = a->bytes - chunk * MESSAGE_FRAME_MAX;
  return left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX;
}

static status open_file(assembly *a, error *err) {
  const char *directory = NULL;
  a->file = unlinked_file_open(NULL, &directory);
  if (a->file < 0) {
    return error_set(
        err, STATUS_IO,
        "cannot make a temporary file in %s: %s; set TMPDIR to a directory that can be written to", directory,
        strerror(errno));
  }
  if (ftruncate(a->file, (off_t)a->bytes) != 0) {
    return error_set(err, STATUS_IO, "cannot make a temporary file of %llu bytes in %s: %s",
                     (unsigned long long)a->bytes, directory, strerror(errno));
  }
  return STATUS_OK;
}

static status open_bytes(assembly *a, bool in_file, error *err) {
  a->asked = calloc(bits_bytes(a), 1);
  a->have = calloc(bits_bytes(a), 1);
  if (a->asked == NULL || a->have == NULL) {
    return error_no_memory(err, "a blob that arrives");
  }
  if (in_file || a->bytes > ASSEMBLY_MEMORY_MAX) {
    return open_file(a, err);
  }
  a->memory = malloc((size_t)a->bytes + 1);
  return a->memory != NULL ? STATUS_OK : error_no_memory(err, "a blob that arrives");
}

status assembly_init(assembly *a, uint64_t bytes, bool in_file, error *err) {
  *a = (assembly){.bytes = bytes, .file = -1};
  if (bytes > ASSEMBLY_BYTES_MAX) {
    return error_set(err, STATUS_LIMIT, "a blob of %llu bytes is larger than is allowed",
                     (unsigned long long)bytes);
  }
  a->chunks = bytes / MESSAGE_FRAME_MAX + (bytes % MESSAGE_FRAME_MAX != 0);
  const status st = open_bytes(a, in_file, err);
  if (st != STATUS_OK) {
    assembly_fini(a);
  }
  return st;
}

void assembly_fini(assembly *a) {
  if (a->mapping != NULL) {
    munmap(a->mapping, (size_t)a->bytes);
  }
  if (a->asked != NULL && a->file >= 0) {
    close(a->file);
  }
  free(a->memory);
  free(a->asked);
  free(a->have);
  *a = (assembly){.file = -1};
}

bool assembly_has_more(assembly *a) {
  while (a->first_unasked < a->chunks && bit(a->asked, a->first_unasked)) {
    a->first_unasked++;
  }
  return a->first_unasked < a->chunks;
}

bool assembly_ask(assembly *a, uint64_t *offset, uint64_t *length) {
  if (!assembly_has_more(a)) {
    return false;
  }
  set_bit(a->asked, a->first_unasked);
  *offset = a->first_unasked * MESSAGE_FRAME_MAX;
  *length = length_at(a, a->first_unasked);
  return true;
}

void assembly_not_asked(assembly *a, uint64_t offset) {
  const uint64_t chunk = offset / MESSAGE_FRAME_MAX;
  assert(chunk < a->chunks);
  a->asked[chunk / 8] = (uint8_t)(a->asked[chunk / 8] & ~(1U << (chunk % 8)));
  a->first_unasked = chunk < a->first_unasked ? chunk : a->first_unasked;
}

void assembly_ask_again(assembly *a) {
  memcpy(a->asked, a->have, bits_bytes(a));
  a->first_unasked = 0;
}

void assembly_restart(assembly *a) {
  memset(a->asked, 0, bits_bytes(a));
  memset(a->have, 0, bits_bytes(a));
  a->first_unasked = a->have_count = 0;
}

bool assembly_expects(const assembly *a, uint64_t offset) {
  const uint64_t chunk = offset / MESSAGE_FRAME_MAX;
  return offset % MESSAGE_FRAME_MAX == 0 && chunk < a->chunks && bit(a->asked, chunk) && !bit(a->have, chunk);
}

static status write_at(const assembly *a, uint64_t offset, const uint8_t *bytes, size_t length, error *err) {
  for (size_t done = 0; done < length;) {
    const ssize_t written = pwrite(a->file, bytes + done, length - done, (off_t)(offset + done));
    if (written < 0 && errno != EINTR) {
      return error_set(err, STATUS_IO, "cannot write %zu bytes of a blob to a temporary file: %s", length,
                       strerror(errno));
    }
    done += written > 0 ? (size_t)written : 0;
  }
  return STATUS_OK;
}

status assembly_take(assembly *a, uint64_t offset, const void *bytes, size_t length, error *err) {
  const uint64_t chunk = offset / MESSAGE_FRAME_MAX;
  if (length != length_at(a, chunk)) {
    return error_set(err, STATUS_CORRUPT, "%zu bytes arrived where %llu belong", length,
                     (unsigned long long)length_at(a, chunk));
  }
  if (a->file >= 0) {
    TRY(write_at(a, offset, bytes, length, err));
  } else {
    memcpy(a->memory + offset, bytes, length);
  }
  assert(!bit(a->have, chunk));
  set_bit(a->have, chunk);
  a->have_count++;
  return STATUS_OK;
}

bool assembly_is_whole(const assembly *a) {
  return a->have_count == a->chunks;
}

status assembly_bytes(assembly *a, const void **bytes, error *err) {
  assert(assembly_is_whole(a));
  if (a->file < 0 || a->bytes == 0) {
    *bytes = a->memory != NULL ? (const void *)a->memory : "";
    return STATUS_OK;
  }
  if (a->mapping == NULL) {
    void *mapping = mmap(NULL, (size_t)a->bytes, PROT_READ, MAP_SHARED, a->file, 0);
    if (mapping == MAP_FAILED) {
      return error_set(err, errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_IO,
                       "mapping %llu bytes of a temporary file: %s", (unsigned long long)a->bytes,
                       strerror(errno));
    }
    a->mapping = mapping;
  }
  *bytes = a->mapping;
  return STATUS_OK;
}

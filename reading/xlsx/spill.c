#include "reading/xlsx/spill.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file_bytes.h"

void spill_init(spill *s, size_t in_memory) {
  *s = (spill){.in_memory = in_memory};
  buf_init(&s->waiting);
}

void spill_fini(spill *s) {
  if (s->has_file && s->at != NULL && s->length > 0) {
    (void)munmap((void *)(uintptr_t)s->at, s->length);
  }
  if (s->has_file) {
    (void)close(s->fd);
  }
  buf_fini(&s->waiting);
  spill_init(s, s->in_memory);
}

uint64_t spill_length(const spill *s) {
  return s->written + s->waiting.length;
}

static status flush(spill *s, error *err) {
  if (!s->has_file) {
    TRY(file_open_unlinked(&s->fd, err));
    s->has_file = true;
  }
  const int problem = file_write(s->fd, s->waiting.data, s->waiting.length);
  if (problem != 0) {
    return error_set(err, STATUS_IO, "cannot write the workbook's texts to a temporary file: %s",
                     strerror(problem));
  }
  s->written += s->waiting.length;
  buf_clear(&s->waiting);
  return STATUS_OK;
}

status spill_put(spill *s, const void *bytes, size_t length, error *err) {
  assert(s->at == NULL);
  buf_put(&s->waiting, bytes, length);
  TRY(buf_status(&s->waiting, "the workbook's texts", err));
  return s->waiting.length > s->in_memory ? flush(s, err) : STATUS_OK;
}

status spill_finish(spill *s, error *err) {
  static const uint8_t nothing = 0;
  assert(s->at == NULL);
  if (!s->has_file) {
    s->at = s->waiting.length > 0 ? s->waiting.data : &nothing;
    s->length = s->waiting.length;
    return STATUS_OK;
  }
  TRY(flush(s, err));
  buf_fini(&s->waiting);
  void *mapped = mmap(NULL, s->written, PROT_READ, MAP_PRIVATE, s->fd, 0);
  if (mapped == MAP_FAILED) {
    return error_set(err, STATUS_IO, "cannot map the workbook's texts: %s", strerror(errno));
  }
  s->at = mapped;
  s->length = s->written;
  return STATUS_OK;
}

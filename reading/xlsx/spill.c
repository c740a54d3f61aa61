#include "reading/xlsx/spill.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"

static const char title[] = "the workbook's texts";

void spill_init(spill *s, size_t in_memory) {
  *s = (spill){.in_memory = in_memory};
  buf_init(&s->held);
}

void spill_fini(spill *s) {
  if (s->has_file) {
    (void)close(s->fd);
  }
  buf_fini(&s->held);
  spill_init(s, s->in_memory);
}

uint64_t spill_length(const spill *s) {
  return s->has_file ? s->written + s->held.length : s->held.length;
}

static status flush(spill *s, error *err) {
  if (!s->has_file) {
    TRY(file_open_unlinked(&s->fd, err));
    s->has_file = true;
  }
  const int problem = file_write(s->fd, s->held.data, s->held.length);
  if (problem != 0) {
    return error_set(err, STATUS_IO, "cannot write %s to a temporary file: %s", title, strerror(problem));
  }
  s->written += s->held.length;
  buf_clear(&s->held);
  return STATUS_OK;
}

status spill_put(spill *s, const void *bytes, size_t length, error *err) {
  buf_put(&s->held, bytes, length);
  TRY(buf_status(&s->held, title, err));
  return s->held.length > s->in_memory ? flush(s, err) : STATUS_OK;
}

status spill_finish(spill *s, error *err) {
  if (!s->has_file) {
    return STATUS_OK;
  }
  TRY(flush(s, err));
  buf_fini(&s->held); /* what is read takes less */
  return STATUS_OK;
}

status spill_get(spill *s, uint64_t at, size_t length, const uint8_t **out, error *err) {
  static const uint8_t nothing = 0;
  *out = &nothing;
  if (length == 0) {
    return STATUS_OK;
  }
  if (!s->has_file) {
    assert(at <= s->held.length && length <= s->held.length - at);
    *out = s->held.data + at;
    return STATUS_OK;
  }
  assert(at <= s->written && length <= s->written - at);
  buf_clear(&s->held);
  if (!buf_reserve(&s->held, length)) {
    return error_no_memory(err, title);
  }
  const int problem = file_read_at(s->fd, at, s->held.data, length);
  if (problem != 0) {
    return error_set(err, STATUS_IO, "cannot read %s from a temporary file: %s", title, strerror(problem));
  }
  *out = s->held.data;
  return STATUS_OK;
}

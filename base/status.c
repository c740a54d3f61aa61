/* Status codes and their messages: one table, and the only functions that fill an `error`.
 * A message that does not fit is cut at a character boundary, never overrun. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

typedef struct status_entry {
  const char *name;
  int exit_code;
  bool retry;
} status_entry;

static const status_entry entries[] = {
#define X(code, name, exit_code, retry) [code] = {name, exit_code, retry},
    STATUS_TABLE(X)
#undef X
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

static const status_entry *entry_of(status code) {
  return &entries[(unsigned)code < ENTRIES ? (unsigned)code : (unsigned)STATUS_PROTOCOL];
}

const char *status_name(status code) {
  return entry_of(code)->name;
}

int status_exit_code(status code) {
  return entry_of(code)->exit_code;
}

bool status_may_retry(status code) {
  return entry_of(code)->retry;
}

status status_from_name(const char *name) {
  for (unsigned i = 0; i < ENTRIES; i++) {
    if (strcmp(entries[i].name, name) == 0) {
      return (status)i;
    }
  }
  return STATUS_PROTOCOL;
}

/* A cut in the middle of a character would make the message ill-formed UTF-8 on the wire. */
static void drop_cut_character(char *message, size_t length) {
  const size_t good = text_utf8_check(message, length);
  if (length - good < 4) {
    message[good] = '\0';
  }
}

static void format_into(error *err, size_t at, const char *format, va_list arguments) {
  const size_t room = sizeof err->message - at;
  const int length = vsnprintf(err->message + at, room, format, arguments);
  if (length < 0) {
    err->message[at] = '\0';
  } else if ((size_t)length >= room) {
    drop_cut_character(err->message, sizeof err->message - 1);
  }
}

status error_set(error *err, status code, const char *format, ...) {
  if (err == NULL) {
    return code;
  }
  err->code = code;
  va_list arguments;
  va_start(arguments, format);
  format_into(err, 0, format, arguments);
  va_end(arguments);
  return code;
}

status error_context(error *err, status code, const char *format, ...) {
  if (err == NULL) {
    return code;
  }
  char cause[sizeof err->message];
  memcpy(cause, err->message, sizeof cause);
  cause[sizeof cause - 1] = '\0';
  va_list arguments;
  va_start(arguments, format);
  format_into(err, 0, format, arguments);
  va_end(arguments);
  const size_t used = strlen(err->message);
  const int length = snprintf(err->message + used, sizeof err->message - used, ": %s", cause);
  if (length < 0 || (size_t)length >= sizeof err->message - used) {
    drop_cut_character(err->message, strlen(err->message));
  }
  return err->code;
}

status error_no_memory(error *err, const char *what) {
  return error_set(err, STATUS_NO_MEMORY,
                   "%s: out of memory; use fewer workers or a machine with more memory", what);
}

/* One way of failing.
 *
 * Whatever can fail returns a `status` and, through a caller-owned `error`, a message that names the
 * thing (file, line, column, variable, shard, job), the offending value and what to do.  `error` may
 * be NULL everywhere; its content is defined only after a status other than STATUS_OK.  The code
 * decides the program's exit code (`status_exit_code`) and travels over the wire by its name.
 */
#ifndef CANVASS_BASE_STATUS_H
#define CANVASS_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/* code, wire name, exit code of the program, whether a retry elsewhere can help */
#define STATUS_TABLE(X)                              \
  X(STATUS_OK, "ok", 0, false)                       \
  X(STATUS_NO_MEMORY, "no-memory", 1, true)          \
  X(STATUS_USAGE, "usage", 2, false)                 \
  X(STATUS_SPECIFICATION, "specification", 2, false) \
  X(STATUS_UNREACHABLE, "unreachable", 3, true)      \
  X(STATUS_DATA, "data", 4, false)                   \
  X(STATUS_IO, "io", 1, true)                        \
  X(STATUS_CORRUPT, "corrupt", 1, true)              \
  X(STATUS_LIMIT, "limit", 1, false)                 \
  X(STATUS_JOB, "job", 1, false)                     \
  X(STATUS_NOT_FOUND, "not-found", 1, false)         \
  X(STATUS_PROTOCOL, "protocol", 1, false)           \
  X(STATUS_INTERRUPTED, "interrupted", 130, false)

typedef enum status {
#define X(code, name, exit_code, retry) code,
  STATUS_TABLE(X)
#undef X
} status;

typedef struct error {
  status code;
  char message[1024];
} error;

#define MUST_USE __attribute__((warn_unused_result))

const char *status_name(status code);
int status_exit_code(status code);
bool status_may_retry(status code);
/* The code of a wire name; STATUS_PROTOCOL for an unknown one. */
status status_from_name(const char *name);

/* Fills ERR (when not NULL) and returns CODE, so that `return error_set(err, ...)` is one line. */
status error_set(error *err, status code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "context: " in front of the message, outermost first.  Returns ERR's code (CODE if NULL). */
status error_context(error *err, status code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The one message for a failed allocation. */
status error_no_memory(error *err, const char *what);

/* The only macro of the project that hides a return. */
#define TRY(expression)                \
  do {                                 \
    status try_status_ = (expression); \
    if (try_status_ != STATUS_OK) {    \
      return try_status_;              \
    }                                  \
  } while (0)

#endif

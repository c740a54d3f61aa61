/* A page is known by the two sections that each has; data by their names. */
#include "cli/operands.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "reading/foreign.h"
#include "reading/reader.h"
#include "reading/unpack.h"

enum { HEAD_BYTES = 64 << 10 };

/* "variables:" at the beginning of a line, also in quotes. */
static bool begins_section(slice line) {
  static const char *const sections[] = {"variables", "analyses"};
  const size_t quote = line.length > 0 && (line.bytes[0] == '"' || line.bytes[0] == '\'');
  for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
    const size_t length = strlen(sections[i]);
    if (line.length < quote + length || memcmp(line.bytes + quote, sections[i], length) != 0) {
      continue;
    }
    const slice rest = slice_trim((slice){line.bytes + quote + length, line.length - quote - length});
    const size_t closing = rest.length > 0 && quote > 0 && rest.bytes[0] == line.bytes[0];
    if (rest.length > closing && (rest.bytes[closing] == ':' || (unsigned char)rest.bytes[closing] >= 0x80)) {
      return true; /* or with a full-width colon, which is explained later */
    }
  }
  return false;
}

static bool has_section(slice head) {
  static const char mark[] = "\xEF\xBB\xBF";
  if (head.length >= 3 && memcmp(head.bytes, mark, 3) == 0) {
    head = (slice){head.bytes + 3, head.length - 3};
  }
  while (head.length > 0) {
    const char *end = memchr(head.bytes, '\n', head.length);
    const slice line = {head.bytes, end != NULL ? (size_t)(end - head.bytes) : head.length};
    const slice text = slice_trim(line);
    const bool is_json = text.length > 0 && text.bytes[0] == '{';
    if (begins_section(line) ||
        (is_json && begins_section(slice_trim((slice){text.bytes + 1, text.length - 1})))) {
      return true;
    }
    const size_t used = line.length + (end != NULL);
    head = (slice){head.bytes + used, head.length - used};
  }
  return false;
}

/* The beginning of a file, in ROOM.  Only a regular file is looked at: what comes through a pipe comes once.
 */
static slice head_of(const char *path, char room[HEAD_BYTES]) {
  struct stat facts;
  const int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t got = 0;
  if (fd >= 0 && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) {
    got = read(fd, room, HEAD_BYTES);
  }
  if (fd >= 0) {
    (void)close(fd);
  }
  return (slice){room, got > 0 ? (size_t)got : 0};
}

static bool is_page(const char *path) {
  char room[HEAD_BYTES];
  return has_section(head_of(path, room));
}

/* What can be no page, whatever its name. */
static status check_kind(const char *path, error *err) {
  char room[HEAD_BYTES];
  struct stat facts;
  if (path[0] == '\0') {
    return error_set(err, STATUS_USAGE,
                     "the specification has no name; a variable of the shell may be empty");
  }
  if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) {
    return error_set(err, STATUS_USAGE, "%s is a directory; name the specification in it", path);
  }
  const char *kind = foreign_name(head_of(path, room));
  return kind == NULL ? STATUS_OK
                      : error_set(err, STATUS_USAGE,
                                  "%s is %s, and not a specification, which is a page of YAML", path, kind);
}

static bool is_named_as_data(const char *path) {
  const slice name = unpacked_name(slice_of(path));
  for (size_t i = 0; input_format_at(i) != NULL; i++) {
    for (const char *const *ending = input_format_at(i)->endings; *ending != NULL; ending++) {
      const size_t length = strlen(*ending);
      if (name.length > length && strncasecmp(name.bytes + name.length - length, *ending, length) == 0) {
        return true;
      }
    }
  }
  return false;
}

static status check_input(const char *const *operands, size_t count, error *err) {
  for (size_t i = 1; i < count && strcmp(operands[0], "-") == 0; i++) {
    if (strcmp(operands[i], "-") == 0) {
      return error_set(err, STATUS_USAGE,
                       "standard input (-) is named as the specification and as data; keep one of them in a "
                       "file");
    }
  }
  return STATUS_OK;
}

status operands_check(const char *const *operands, size_t count, error *err) {
  TRY(check_input(operands, count, err));
  const bool begins_with_page = is_page(operands[0]);
  for (size_t i = 1; i < count; i++) {
    if (!is_page(operands[i])) {
      continue;
    }
    if (begins_with_page) {
      return error_set(err, STATUS_USAGE, "%s is a specification, and not data; one is read at a time",
                       operands[i]);
    }
    if (strcmp(operands[0], "-") != 0 && access(operands[0], R_OK) == 0) {
      return error_set(err, STATUS_USAGE,
                       "%s is not a specification, but %s is: the specification comes first", operands[0],
                       operands[i]);
    }
  }
  TRY(check_kind(operands[0], err));
  if (!begins_with_page && is_named_as_data(operands[0]) && access(operands[0], R_OK) == 0) {
    return error_set(
        err, STATUS_USAGE,
        "%s has the name of data; the specification comes first, a page of YAML with `variables:` "
        "and `analyses:`",
        operands[0]);
  }
  return STATUS_OK;
}

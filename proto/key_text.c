/* Lines and words of key files.  A file is read whole, up to a limit, and must be UTF-8; a byte that cannot
 * be in a text is an error that names its line, and never ends up in a log. */
#include "proto/key_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "base/file_bytes.h"

/* Key files fit into the first allocation, so that growing leaves no copy of a secret behind. */
enum { FIRST_ROOM_BYTES = 16 * 1024 };

status key_text_open(key_text *t, const char *path, size_t bytes_max, error *err) {
  *t = (key_text){.path = path};
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, errno == ENOENT ? STATUS_USAGE : STATUS_IO, "cannot open %s: %s", path,
                     strerror(errno));
  }
  struct stat about;
  status st = STATUS_OK;
  if (fstat(fd, &about) != 0) {
    st = error_set(err, STATUS_IO, "cannot read %s: %s", path, strerror(errno));
  } else if (!buf_reserve(&t->content, FIRST_ROOM_BYTES)) {
    st = error_no_memory(err, path);
  } else {
    t->mode = about.st_mode;
    st = file_read_whole(fd, path, "the right file", bytes_max, &t->content, err);
  }
  (void)close(fd); /* it was only read */
  if (st != STATUS_OK) {
    key_text_close(t);
  }
  return st;
}

void key_text_close(key_text *t) {
  if (t->content.data != NULL) {
    explicit_bzero(t->content.data, t->content.capacity);
  }
  buf_fini(&t->content);
}

status key_text_wrong(const key_text *t, error *err, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return error_set(err, STATUS_USAGE, "%s:%u: %s", t->path, t->line, text);
}

static bool is_plain_text(slice s) {
  for (size_t i = 0; i < s.length; i++) {
    const unsigned char c = (unsigned char)s.bytes[i];
    if ((c < ' ' && c != '\t') || c == 0x7f) {
      return false;
    }
  }
  return text_utf8_check(s.bytes, s.length) == s.length;
}

status key_text_next(key_text *t, slice *line, bool *found, error *err) {
  while (t->at < t->content.length) {
    const char *start = (const char *)t->content.data + t->at;
    const size_t left = t->content.length - t->at;
    const char *newline = memchr(start, '\n', left);
    const size_t length = newline != NULL ? (size_t)(newline - start) : left;
    t->at += length + (newline != NULL ? 1 : 0);
    t->line++;
    *line = slice_trim((slice){start, length});
    if (!is_plain_text(*line)) {
      return key_text_wrong(t, err, "this is not UTF-8 text");
    }
    if (line->length > 0 && line->bytes[0] != '#') {
      *found = true;
      return STATUS_OK;
    }
  }
  *found = false;
  return STATUS_OK;
}

static size_t blanks(slice s, bool wanted) {
  size_t n = 0;
  while (n < s.length && (s.bytes[n] == ' ' || s.bytes[n] == '\t') == wanted) {
    n++;
  }
  return n;
}

static slice without_first(slice s, size_t n) {
  return (slice){s.bytes + n, s.length - n};
}

slice key_text_word(slice *line) {
  const slice word = {line->bytes, blanks(*line, false)};
  *line = without_first(*line, word.length);
  *line = without_first(*line, blanks(*line, true));
  return word;
}

bool key_text_is_key(slice s) {
  static const char alphabet[] =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  char text[KEY_TEXT_BYTES];
  if (s.length != KEY_TEXT_BYTES - 1) {
    return false;
  }
  memcpy(text, s.bytes, s.length);
  text[s.length] = '\0';
  uint8_t bytes[32];
  const bool is_key = strspn(text, alphabet) == s.length && zmq_z85_decode(bytes, text) != NULL;
  explicit_bzero(text, sizeof text);
  explicit_bzero(bytes, sizeof bytes);
  return is_key;
}

status key_text_key(const key_text *t, slice word, char out[KEY_TEXT_BYTES], error *err) {
  if (!key_text_is_key(word)) {
    return key_text_wrong(t, err,
                          "%zu characters that are not a valid key; a key has %d characters, "
                          "as 'canvass keygen' writes it",
                          word.length, KEY_TEXT_BYTES - 1);
  }
  memcpy(out, word.bytes, word.length);
  out[word.length] = '\0';
  return STATUS_OK;
}

void key_text_put_title(buf *out, const char *title) {
  slice left = slice_of(title);
  while (left.length > 0) {
    const size_t good = text_utf8_check(left.bytes, left.length);
    for (size_t i = 0; i < good; i++) {
      const unsigned char c = (unsigned char)left.bytes[i];
      buf_put_u8(out, c < ' ' || c == 0x7f ? ' ' : c);
    }
    left = without_first(left, good);
    if (left.length > 0) {
      buf_put_u8(out, '?');
      left = without_first(left, 1);
    }
  }
}

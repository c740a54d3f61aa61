/* The text of key files and lists of keys: lines of words, read whole, with messages that name file and
 * line.  For keys.c and key_list.c. */
#ifndef CANVASS_PROTO_KEY_TEXT_H
#define CANVASS_PROTO_KEY_TEXT_H

#include <sys/stat.h>

#include "proto/keys.h"

typedef struct key_text {
  const char *path; /* borrowed */
  buf content;
  size_t at;
  unsigned line; /* of the last line returned, from 1 */
  mode_t mode;   /* of the file that was read */
} key_text;

/* STATUS_USAGE when the file is not there, STATUS_LIMIT above BYTES_MAX.  Nothing to close after a failure.
 */
status key_text_open(key_text *t, const char *path, size_t bytes_max, error *err) MUST_USE;
void key_text_close(key_text *t); /* wipes: there may be a secret in it */
/* The next line that is neither empty nor a comment, trimmed and borrowed.  *FOUND is false at the end. */
status key_text_next(key_text *t, slice *line, bool *found, error *err) MUST_USE;
/* Cuts the first word off LINE, and the blanks behind it; "" when there is none. */
slice key_text_word(slice *line);
/* WORD as a key, terminated. */
status key_text_key(const key_text *t, slice word, char out[KEY_TEXT_BYTES], error *err) MUST_USE;
/* STATUS_USAGE with "file:line: ...". */
status key_text_wrong(const key_text *t, error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* 40 characters of Z85, which encode 32 bytes. */
bool key_text_is_key(slice s);
/* A title on one line: control characters become blanks, bytes that are not UTF-8 '?'. */
void key_text_put_title(buf *out, const char *title);

#endif

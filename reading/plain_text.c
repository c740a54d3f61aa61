#include "reading/plain_text.h"

#include <string.h>

#include "base/text.h"
#include "reading/encoding.h"

enum { HINT_BYTES = 64 << 10 };

uint64_t plain_text_lines(const uint8_t *text, size_t length) {
  uint64_t lines = 0;
  for (size_t i = 0; i < length; i++) {
    lines += text[i] == '\n';
  }
  return lines;
}

size_t plain_text_good(const uint8_t *text, size_t length) {
  const size_t good = text_utf8_check((const char *)text, length);
  const uint8_t *zero = memchr(text, '\0', good);
  return zero != NULL ? (size_t)(zero - text) : good;
}

status plain_text_check(const uint8_t *text, size_t length, uint64_t first_line, const char *title,
                        error *err) {
  const size_t at = plain_text_good(text, length);
  if (at == length) {
    return STATUS_OK;
  }
  size_t begin = at;
  while (begin > 0 && text[begin - 1] != '\n') {
    begin--;
  }
  const uint64_t line = first_line + plain_text_lines(text, begin);
  const size_t sample = length - begin < HINT_BYTES ? length - begin : HINT_BYTES;
  const char *hint = encoding_hint(text + begin, sample);
  if (text[at] == '\0') {
    return error_set(
        err, STATUS_DATA, "%s:%llu: byte %zu of the line is NUL, which is not text; %s", title,
        (unsigned long long)line, at - begin + 1,
        strstr(hint, "utf-16") != NULL
            ? hint
            : "the file is damaged or not a text file; where it is text, tr -d '\\000' takes such "
              "bytes out");
  }
  return error_set(err, STATUS_DATA, "%s:%llu: byte %zu of the line (0x%02X) is not UTF-8; %s", title,
                   (unsigned long long)line, at - begin + 1, text[at], hint);
}

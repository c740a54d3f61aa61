/* Newline-delimited JSON (reading/ndjson/ndjson.h).  The first two bytes are how the file is read: decimal
 * mark and blank rows, rows of a shard; the rest is the file. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/read_twice.h"

enum { HOW_BYTES = 2 };

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length < HOW_BYTES) {
    return 0;
  }
  const reading_options options = {.decimal_mark = bytes[0] & 1 ? ',' : '.',
                                   .keeps_blank_rows = (bytes[0] & 2) != 0,
                                   .shard_rows = bytes[1] % 9};
  read_twice(&options, "fuzz.ndjson", bytes + HOW_BYTES, length - HOW_BYTES);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  static const char *const files[] = {
      "{\"a\":1,\"b\":\"x\"}\n{\"b\":null,\"c\":-0.50}\n",
      "{\"q\":{\"r\":{\"s\":true}},\"t\":[1,\"two\",null]}\n{\"q\":{\"r\":false},\"t\":[[1],{\"u\":2}]}\r\n",
      "\xef\xbb\xbf{\"\\u5ba2\":\"\\ud83d\\ude00 \\\"\\n\"}\n\n{}\n",
      "{\"x\":1e3}\n{\"x\":12345678901234567890.123}\n{\"x\":-0}\n{\"x\":1E-30}\nbroken\n[1]\n",
      "{\"a\":{\"b\":1},\"a.b\":2}\n",
      "{\"l\":[\"a|b\"]}\n{\"l\":[\"\", \"c\"]}\n",
  };
  for (uint8_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    uint8_t bytes[1024] = {i, i};
    const size_t length = strlen(files[i]);
    memcpy(bytes + HOW_BYTES, files[i], length);
    fuzz_corpus_add(out, bytes, HOW_BYTES + length);
  }
}

/* The JSON reader and both writers (base/json.h). */
#include "base/json.h"

#include "tests/fuzz/fuzz.h"

static void check_written(slice text, void (*write)(const json *, buf *)) {
  arena *memory = arena_new();
  json *node = NULL, *back = NULL;
  error err;
  buf first, second;
  buf_init(&first);
  buf_init(&second);
  fuzz_require_ok(json_parse(memory, text, "fuzz", &node, &err), &err, "what was read is read again");
  write(node, &first);
  fuzz_require_ok(json_parse(memory, fuzz_slice(&first), "fuzz", &back, &err), &err,
                  "what is written can be read");
  write(back, &second);
  fuzz_require_same(fuzz_slice(&first), fuzz_slice(&second), "equal trees have equal texts");
  buf_fini(&first);
  buf_fini(&second);
  arena_destroy(memory);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  const slice text = {(const char *)bytes, length};
  arena *memory = arena_new();
  json *node = NULL;
  error err = {STATUS_OK, ""};
  const status st = json_parse(memory, text, "fuzz", &node, &err);
  arena_destroy(memory);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_DATA, "what is no JSON is refused as data");
    fuzz_require_told(st, &err);
    return 0;
  }
  check_written(text, json_write);
  check_written(text, json_write_pretty);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  static const char *const texts[] = {
      "null",
      "[]",
      "{}",
      "\"\\u6ee1\\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t\"",
      "[0, -0, 1, -1, 9223372036854775807, -9223372036854775808, 9223372036854775808, 1e308, 5e-324, 0.1]",
      "{\"a\": {\"b\": [true, false, null, {\"c\": \"\"}]}, \"\": 1.5e3}",
      "[[[[[[[[1]]]]]]]]",
      "{\"canvass\":{\"report\":1},\"rows\":120,\"share\":0.3333333333333333}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    fuzz_corpus_add_text(out, texts[i]);
  }
}

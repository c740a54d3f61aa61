/* A decoder with a planted mistake, for fuzz_driver_test.c: it believes the count in its first byte. */
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

enum { SEED_BYTES = 8 };

int fuzz_one(const uint8_t *bytes, size_t length) {
  fuzz_require(length == 0 || bytes[0] < length, "a count is below the bytes that are there");
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  static const uint8_t seed[SEED_BYTES] = {3, 1, 2, 3};
  fuzz_corpus_add(out, seed, sizeof seed);
}

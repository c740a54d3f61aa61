/* A target under clang's libFuzzer, which brings main. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  static const char corpus[] = "--corpus=";
  if (*count == 2 && strncmp((*arguments)[1], corpus, strlen(corpus)) == 0) {
    fuzz_corpus c = {0};
    fuzz_seeds(&c);
    fuzz_corpus_write(&c, (*arguments)[1] + strlen(corpus));
    exit(0);
  }
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  return fuzz_one(bytes, length);
}

/* Digests against published vectors: SHA-256 from FIPS 180-4's examples (NIST CSRC), XXH3-64 of the
 * empty input from the xxHash specification (doc/xxhash_spec.md, seed 0). */
#include "base/digest.h"

#include <string.h>

#include "tests/check.h"

static void sha256_is_that_of_the_standard(void **state) {
  (void)state;
  static const char *const vectors[][2] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    const char *text = vectors[i][0];
    digest whole;
    char hex[DIGEST_HEX_BYTES];
    assert_int_equal(digest_of(text, strlen(text), &whole, NULL), STATUS_OK);
    digest_hex(&whole, hex);
    assert_string_equal(hex, vectors[i][1]);
    digest_stream *s = digest_stream_new();
    for (const char *c = text; *c != '\0'; c++) {
      digest_stream_add(s, c, 1);
    }
    digest_stream_add(s, NULL, 0);
    digest in_pieces;
    digest_stream_finish(s, &in_pieces);
    digest_stream_destroy(s);
    assert_true(digest_equal(&whole, &in_pieces));
    digest back;
    assert_true(digest_from_hex(hex, &back));
    assert_true(digest_equal(&whole, &back));
  }
  digest_stream_destroy(NULL);
}

static void anything_but_64_small_hex_digits_is_refused(void **state) {
  (void)state;
  char hex[DIGEST_HEX_BYTES + 1];
  memset(hex, 'a', sizeof hex);
  digest d;
  hex[64] = '\0';
  assert_true(digest_from_hex(hex, &d));
  hex[64] = 'a';
  hex[65] = '\0';
  assert_false(digest_from_hex(hex, &d));
  for (size_t length = 0; length < 64; length++) {
    memset(hex, 'a', 64);
    hex[length] = '\0';
    assert_false(digest_from_hex(hex, &d));
    hex[length] = 'A';
    hex[64] = '\0';
    assert_false(digest_from_hex(hex, &d));
  }
}

static void xxh3_is_that_of_the_specification(void **state) {
  (void)state;
  assert_true(digest_xxh3("", 0) == 0x2d06800538d394c2);
  assert_true(digest_xxh3("a", 1) != digest_xxh3("b", 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sha256_is_that_of_the_standard),
      cmocka_unit_test(anything_but_64_small_hex_digits_is_refused),
      cmocka_unit_test(xxh3_is_that_of_the_specification),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

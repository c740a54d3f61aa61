/* Counts, sizes and ages as people read them. */
#include "cli/words.h"

#include "tests/check.h"

static void counts_have_separators(void **state) {
  (void)state;
  static const struct {
    uint64_t count;
    const char *words;
  } cases[] = {{0, "0"},
               {999, "999"},
               {1000, "1,000"},
               {1234567, "1,234,567"},
               {UINT64_MAX, "18,446,744,073,709,551,615"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char words[WORDS_BYTES];
    words_of_count(cases[i].count, words);
    assert_string_equal(words, cases[i].words);
  }
}

static void sizes_have_their_unit(void **state) {
  (void)state;
  static const struct {
    uint64_t bytes;
    const char *words;
  } cases[] = {{0, "0 bytes"},        {1, "1 byte"},         {999, "999 bytes"},
               {1000, "1.0 kB"},      {31415926, "31.4 MB"}, {314159265, "314 MB"},
               {999499999, "999 MB"}, {999500000, "1.0 GB"}, {UINT64_MAX, "18447 PB"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char words[WORDS_BYTES];
    words_of_bytes(cases[i].bytes, words);
    assert_string_equal(words, cases[i].words);
  }
}

static void ages_have_one_unit_and_what_is_to_come_is_now(void **state) {
  (void)state;
  enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
  static const struct {
    int64_t seconds;
    const char *words;
  } cases[] = {{INT64_MIN, "now"},
               {-5, "now"},
               {0, "now"},
               {1, "1 s"},
               {2, "2 s"},
               {2 * MINUTE - 1, "119 s"},
               {2 * MINUTE, "2 min"},
               {2 * HOUR - 1, "119 min"},
               {2 * HOUR, "2 h"},
               {3 * HOUR + MINUTE, "3 h"},
               {2 * DAY - 1, "47 h"},
               {2 * DAY, "2 days"},
               {5 * DAY + HOUR, "5 days"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char words[WORDS_BYTES];
    words_of_age(cases[i].seconds, words);
    assert_string_equal(words, cases[i].words);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_have_separators),
      cmocka_unit_test(sizes_have_their_unit),
      cmocka_unit_test(ages_have_one_unit_and_what_is_to_come_is_now),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What proposed pages say, in each language. */
#include <string.h>

#include "specification/proposal/phrases.h"
#include "stats/plan/plan.h"
#include "tests/check.h"

/* The places that P has in LANGUAGE, as bits. */
static unsigned places_of(phrase p, int language) {
  static const char *const marks[] = {"\x01", "\x02", "\x03", "\x04"};
  unsigned places = 0;
  buf out;
  buf_init(&out);
  phrase_put(p, language, marks, PHRASE_PLACES, &out);
  for (unsigned i = 0; i < PHRASE_PLACES; i++) {
    places |= (unsigned)(memchr(out.data, (int)i + 1, out.length) != NULL) << i;
  }
  assert_true(out.length > 0);
  assert_int_equal(text_utf8_check((const char *)out.data, out.length), out.length);
  buf_fini(&out);
  return places;
}

static void every_language_says_the_same(void **state) {
  (void)state;
  for (int p = 0; p < PHRASES; p++) {
    for (int language = 1; language < LANGUAGES; language++) {
      if (places_of((phrase)p, language) != places_of((phrase)p, 0)) {
        fail_msg("phrase %d has other places in %s than in %s", p, plan_languages[language],
                 plan_languages[0]);
      }
    }
  }
}

static void braces_without_a_number_stay(void **state) {
  (void)state;
  buf out;
  buf_init(&out);
  phrase_put(PHRASE_PERHAPS_NONE, 0, (const char *const[]){"none", "3", "none"}, 3, &out);
  buf_put_u8(&out, '\0');
  assert_contains((const char *)out.data, "'none', in 3 rows");
  assert_contains((const char *)out.data, "texts: {none: 0}");
  buf_fini(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_language_says_the_same),
      cmocka_unit_test(braces_without_a_number_stay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The digest of a specification is that of what was understood: not of how it was written. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

static const char plain[] =
    "title: T\n"
    "variables:\n"
    "  q1: {type: scale, range: [1, 5], missing: {8: refused, 9: dont_know}}\n"
    "  q2: {type: scale, range: [1, 5], missing: {8: refused, 9: dont_know}}\n"
    "  n: {type: nominal, values: {a: A, b: B}}\n"
    "constructs: {c: {items: [q1, q2], weights: [1, 2]}}\n"
    "derived: {v: {top: q1}}\n"
    "analyses:\n"
    "  - describe: {items: [q1, q2], by: n, where: \"q1 >= 2 and n == 'a'\"}\n";

static digest digest_of_page(const char *text) {
  plan *p = page_plan(text, "q1|q2|n");
  digest d = p->specification;
  plan_destroy(p);
  return d;
}

static void writing_leaves_no_trace(void **state) {
  (void)state;
  static const char *const same[] = {
      /* comments, block style, quotes, order of keys, an explicit document */
      "--- # the survey\n"
      "analyses:\n"
      "  - describe:\n"
      "      where: >-\n"
      "        (q1 >= 2.0\n"
      "          and n == \"a\")\n"
      "      by:\n"
      "        - 'n'\n"
      "      items:\n"
      "        - q1\n"
      "        - \"q2\"\n"
      "derived:\n"
      "  v:\n"
      "    top: q1\n"
      "constructs:\n"
      "  c:\n"
      "    weights:\n"
      "      q2: 2.0\n"
      "      q1: \"1\"\n"
      "    items: [q1, q2]\n"
      "variables:\n"
      "  q1:\n"
      "    missing: {\"9\": dont_know, 8: refused}\n"
      "    range: [\"1\", 5]\n"
      "    type: scale\n"
      "  q2: {missing: {8: refused, 9: dont_know}, type: scale, range: [1, 5]}\n"
      "  n: {values: {a: {zh-Hant: A, en: A, zh-Hans: A}, b: B}, type: \"nominal\"}\n"
      "title: 'T'\n",
      /* defaults spelled out, a pattern instead of two entries */
      "title: T\n"
      "data: {encoding: UTF-8, decimal: .}\n"
      "variables:\n"
      "  \"q*\": {type: scale, range: [1, 5], missing: {8: refused, 9: dont_know}, reverse: false}\n"
      "  n: {column: n, type: nominal, values: {a: A, b: B}, closed: false}\n"
      "constructs: {c: {items: \"q*\", weights: [1, 2], valid_min: 1}}\n"
      "derived: {v: {top: q1, boxes: 2}}\n"
      "weight: none\nconfidence: .95\nsmall_base: 30\nseed: 1\non_lost_shard: fail\n"
      "analyses:\n"
      "  - describe: {items: \"q*\", by: [n], where: \"q1 >= 2 and n == 'a'\", name: describe, distribution: "
      "true}\n",
  };
  digest expected = digest_of_page(plain);
  for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
    digest d = digest_of_page(same[i]);
    if (!digest_equal(&d, &expected)) {
      fail_msg("another digest for\n%s", same[i]);
    }
  }
}

static void whatever_means_something_else_has_another_digest(void **state) {
  (void)state;
  static const char *const changes[][2] = {
      {"title: T", "title: U"},
      {"title: T", "on_lost_shard: report\ntitle: T"},
      {"[1, 5]", "[1, 6]"},
      {"8: refused", "7: refused"},
      {"8: refused", "8: other"},
      {"a: A, b: B", "b: B, a: A"},
      {"a: A, b: B", "a: A, b: C"},
      {"[1, 2]", "[1, 3]"},
      {"items: [q1, q2], w", "items: [q2, q1], w"},
      {"top: q1", "bottom: q1"},
      {"top: q1", "top: q1, boxes: 1"},
      {"{v:", "{u:"},
      {"by: n", "by: v"},
      {"q1 >= 2", "q1 > 2"},
      {"q1 >= 2 and", "q1 >= 2 or"},
      {"q1 >= 2", "q2 >= 2"},
      {"items: [q1, q2], by", "items: [q1], by"},
      {"by: n,", "by: n, weight: none, confidence: 0.9,"},
      {"by: n,", "by: n, seed: 2,"},
      {"by: n,", "by: n, distribution: false,"},
      {"by: n,", "by: n, label: L,"},
  };
  digest original = digest_of_page(plain);
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    const char *at = strstr(plain, changes[i][0]);
    assert_non_null(at);
    char changed[sizeof plain + 100];
    (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - plain), plain, changes[i][1],
                   at + strlen(changes[i][0]));
    digest d = digest_of_page(changed);
    if (digest_equal(&d, &original)) {
      fail_msg("the same digest for\n%s", changed);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writing_leaves_no_trace),
      cmocka_unit_test(whatever_means_something_else_has_another_digest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

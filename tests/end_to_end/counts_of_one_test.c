/* English of counts of one: "1 row", "1 of 3 answers is invalid". Small inputs that make every message have
 * the figure 1, and whatever the program says of them. */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

/* What would be wrong, in any message. */
static const char *const slips[] = {
    "(^|[^0-9.,_])1 [a-z]+s( |$|[.,;:)])",                                                    /* "1 rows" */
    "(^|[^0-9.,_])1( more| other)? [a-z]+ (of [a-z0-9_]+ )?(are|were|have|do)( |$|[.,;:)])",  /* "1 cell of s
                                                                                                 are" */
    "(^|[^0-9.,_])1 of [0-9,]+ [a-z]+ ((of|to) [a-z0-9_]+ )?(are|were|have|do)( |$|[.,;:)])", /* "1 of 3 rows
                                                                                                 have" */
    "(^|[^0-9.,_])1 of 1 [a-z]+s( |$|[.,;:)])", /* "1 of 1 answers" */
    "\\(lines [0-9]+\\)",
};
/* What is right: units of measure, and "1 of the .. s". */
static const char *const exceptions[] = {"1 as ", "1 is ", "1 has ", "1 does ", "1 was "};

static bool is_exception(const char *at) {
  const char *one = strchr(at, '1');
  for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
    if (one != NULL && strncmp(one, exceptions[i], strlen(exceptions[i])) == 0) {
      return true;
    }
  }
  return false;
}

static unsigned found; /* all are printed, then the test fails */

static void check_line(const char *line, const char *what) {
  for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
    regex_t slip;
    regmatch_t match;
    assert_int_equal(regcomp(&slip, slips[i], REG_EXTENDED), 0);
    const char *at = line;
    while (regexec(&slip, at, 1, &match, 0) == 0) {
      if (!is_exception(at + match.rm_so)) {
        print_error("%s: '%s'\n", what, line);
        found++;
      }
      at += match.rm_eo;
    }
    regfree(&slip);
  }
}

static void check_text(char *text, const char *what) {
  char *rest = NULL;
  for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    check_line(line, what);
  }
}

static void slips_of_that_kind_are_found(void **state) {
  (void)state;
  static const char *const wrong[] = {"read 1 rows",          "1 of 3 answers to q1 are invalid: 9",
                                      "x: 1 of 1 answers is", "1 cells of s are read",
                                      "2 files, 1 records",   "left out: 1 (lines 4)"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    bool is_found = false;
    for (size_t k = 0; k < sizeof slips / sizeof slips[0]; k++) {
      regex_t slip;
      assert_int_equal(regcomp(&slip, slips[k], REG_EXTENDED | REG_NOSUB), 0);
      is_found = is_found || regexec(&slip, wrong[i], 0, NULL, 0) == 0;
      regfree(&slip);
    }
    if (!is_found) {
      fail_msg("'%s' is taken for right", wrong[i]);
    }
  }
}

typedef struct input {
  const char *spec, *data;
} input;

#define PAGE(variables, analyses) "variables:\n" variables "analyses:\n" analyses
#define SCALE                     "  q: {type: scale, range: [1, 5]}\n"
#define DESCRIBE                  "  - describe: {items: q}\n"

static const input inputs[] = {
    {PAGE(SCALE, DESCRIBE), "q\n3\n"},
    {PAGE(SCALE, DESCRIBE), "q\n9\n"},
    {PAGE(SCALE, DESCRIBE), "q\n9\n3\n4\n"},
    {PAGE(SCALE, DESCRIBE), "q\n\"\"\n"},
    {PAGE(SCALE, DESCRIBE), "q,r\n3,1\n4\n"},
    {PAGE(SCALE, DESCRIBE), "q,r\n4\n"},
    {PAGE(SCALE, DESCRIBE), "q\n3\n \n4\n"},
    {PAGE(SCALE, DESCRIBE), "q\n3\nq\n4\n"},
    {PAGE(SCALE, DESCRIBE), "q\n\xef\xbc\x93\n4\n"},
    {PAGE(SCALE, DESCRIBE), "q\nnever\n4\n"},
    {PAGE("  q: {type: number, decimals: 1}\n", DESCRIBE), "q\n3.14\n2.5\n"},
    {PAGE("  q: {type: number, decimals: 1}\n", DESCRIBE), "q\n3.14\n"},
    {PAGE("  q: {type: nominal, values: [a, b]}\n", DESCRIBE), "q\na\nc\n"},
    {PAGE("  q: {type: nominal, values: [a, b], closed: true}\n", DESCRIBE), "q\na\nc\n"},
    {PAGE("  q: {type: id}\n", DESCRIBE), "q\na\na\n"},
    {PAGE("  q: {type: multi, columns: [a, b]}\n", DESCRIBE), "a,b\n1,0\n2,1\n"},
    {PAGE("  q: {type: date}\n", DESCRIBE), "q\n2025-01-01\nsoon\n"},
    {PAGE(SCALE "  w: {type: weight, kind: sampling}\n", "  - csat: {items: q, weight: w}\n"),
     "q,w\n3,1\n4,\n"},
    {PAGE(SCALE "  w: {type: weight, kind: sampling}\n", "  - csat: {items: q, weight: w}\n"), "q,w\n3,-1\n"},
    {PAGE(SCALE "  w: {type: weight, kind: sampling}\n", "  - csat: {items: q, weight: w}\n"),
     "q,w\n3,0\n4,1\n"},
    {PAGE(SCALE, "  - describe: {items: q, where: q == 5}\n"), "q\n3\n"},
    {PAGE(SCALE, "  - describe: {items: q, where: q == 5}\n"), "q\n5\n3\n\"\"\n"},
    {PAGE(SCALE "  r: {type: scale, range: [1, 5]}\n", "  - correlate: {items: [q, r]}\n"), "q,r\n3,4\n,2\n"},
    {PAGE(SCALE "  r: {type: nominal}\n",
          "  - compare: {items: q, groups: r}\n  - crosstab: {rows: q, columns: r}\n"),
     "q,r\n3,a\n4,b\n"},
    {PAGE(SCALE "  r: {type: scale, range: [1, 5]}\n", "  - segment: {items: [q, r], k: 2}\n"),
     "q,r\n3,4\n1,2\n,1\n"},
    {PAGE("  a: {type: number}\n",
          "  - describe: {items: b}\n") "derived:\n  b: {compute: a * 9999999999999}\n",
     "a\n1\n999999999\n"},
};

static void check_call(const scene *s, const char *subcommand, const char *option, const char *value) {
  process_result r = scene_run(s, subcommand, option, value);
  check_text(r.out, subcommand);
  check_text(r.err, subcommand);
  process_result_fini(&r);
}

static void whatever_is_said_of_one_thing_is_said_in_the_singular(void **state) {
  scene *s = *state;
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
    scene_write(s, inputs[i].spec, inputs[i].data);
    check_call(s, "run", "--lang", "en");
    check_call(s, "run", "--strict", NULL);
  }
  assert_int_equal(found, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(slips_of_that_kind_are_found),
      SCENE_TEST(whatever_is_said_of_one_thing_is_said_in_the_singular),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

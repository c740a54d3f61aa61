/* Words for no answer, and spellings of what a codebook declares. */
#include "cli/reasons.h"

#include <string.h>

#include "tests/check.h"

static void words_for_no_answer_have_their_reason(void **state) {
  (void)state;
  static const struct {
    const char *text, *reason;
  } cases[] = {{"不清楚", "dont_know"},
               {"Don't know", "dont_know"},
               {"DON’T KNOW", "dont_know"},
               {"don't  know", "dont_know"},
               {"Ｎ／Ａ", "not_applicable"},
               {"n/a", "not_applicable"},
               {"拒绝回答", "refused"},
               {"Prefer not to say", "refused"},
               {"(跳过)", "not_asked"},
               {"（跳过）", "not_asked"},
               {"—", "blank"},
               {"-", "blank"},
               {"NULL", "blank"},
               {"Good", NULL},
               {"不满意", NULL},
               {"", NULL},
               {"nana", NULL},
               {"no", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *reason = reason_of_text(slice_of(cases[i].text));
    if (cases[i].reason == NULL ? reason != NULL : reason == NULL || strcmp(reason, cases[i].reason) != 0) {
      fail_msg("'%s': %s", cases[i].text, reason != NULL ? reason : "none");
    }
  }
}

/* A text that could be another answer is not a spelling of this one. */
static void only_what_can_hardly_be_another_answer_is_a_spelling(void **state) {
  (void)state;
  static const struct {
    const char *text, *declared;
    bool is;
  } cases[] = {{"Don’t know", "Don't know", true},
               {"beijing", "Beijing", true},
               {"Bejing", "Beijing", true},
               {"Beijign", "Beijing", true},
               {"Femal", "Female", true},
               {"very  good ", "Very good", true},
               {"非常满意（5分）", "非常满意(5分)", true},
               {"Ｙｅｓ", "yes", true},
               {"A\xe2\x80\x8b", "A", true},
               {"不满意", "满意", false},
               {"很满意", "不满意", false},
               {"Unlikely", "Likely", false},
               {"Dissatisfied", "Satisfied", false},
               {"Unsatisfied", "Satisfied", false},
               {"c18", "c1", false},
               {"18-29", "18-39", false},
               {"Wave 1", "Wave 2", false},
               {"Male", "Female", false},
               {"Yes", "Yet", false},
               {"No", "Na", false},
               {"1", "2", false},
               {"", "", false},
               {"North", "South", false}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    if (reason_is_spelling(slice_of(cases[i].text), slice_of(cases[i].declared)) != cases[i].is) {
      fail_msg("'%s' and '%s'", cases[i].text, cases[i].declared);
    }
  }
}

/* Whatever its bytes are, and however many. */
static void any_text_can_be_folded(void **state) {
  (void)state;
  char text[600], folded[REASON_FOLDED_BYTES];
  for (int seed = 0; seed < 300; seed++) {
    uint32_t random = (uint32_t)seed * 2654435761u + 1;
    for (size_t i = 0; i < sizeof text; i++) {
      random = random * 1664525u + 1013904223u;
      text[i] = (char)(seed % 3 == 0 ? 0xef : random >> 24);
    }
    reason_fold((slice){text, (size_t)seed * 2}, folded);
    assert_true(memchr(folded, 0, sizeof folded) != NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_for_no_answer_have_their_reason),
      cmocka_unit_test(only_what_can_hardly_be_another_answer_is_a_spelling),
      cmocka_unit_test(any_text_can_be_folded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

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
               {"\\N", "blank"},
               {"N", NULL},
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

/* A text that could be another answer is not a spelling of this one; one that may be a slip is at least near.
 */
static void only_what_can_hardly_be_another_answer_is_a_spelling(void **state) {
  (void)state;
  static const struct {
    const char *text, *declared;
    reason_likeness is;
  } cases[] = {{"Don’t know", "Don't know", REASON_SPELLING},
               {"beijing", "Beijing", REASON_SPELLING},
               {"Bejing", "Beijing", REASON_SPELLING},
               {"Beijign", "Beijing", REASON_SPELLING},
               {"Femal", "Female", REASON_SPELLING},
               {"very  good ", "Very good", REASON_SPELLING},
               {"非常满意（5分）", "非常满意(5分)", REASON_SPELLING},
               {"Ｙｅｓ", "yes", REASON_SPELLING},
               {"A\xe2\x80\x8b", "A", REASON_SPELLING},
               {"Zurich", "Zürich", REASON_SPELLING},
               /* Short stems: a letter too few or too many, or two that are swapped. */
               {"Mle", "Male", REASON_SPELLING},
               {"Maale", "Male", REASON_SPELLING},
               {"Nort", "North", REASON_SPELLING},
               {"aMle", "Male", REASON_SPELLING},
               {"appp", "app", REASON_SPELLING},
               {"Wast", "West", REASON_NEAR},
               {"wbe", "web", REASON_NEAR},
               {"ap", "app", REASON_NEAR},
               {"Yes", "Yet", REASON_OTHER},
               {"No", "Na", REASON_OTHER},
               {"East", "West", REASON_OTHER},
               {"Male", "Female", REASON_OTHER},
               {"North", "South", REASON_OTHER},
               /* Two slips in a long word, but no syllable more. */
               {"Recomendaton", "Recommendation", REASON_OTHER},
               {"Recomendatoin", "Recommendation", REASON_NEAR},
               {"Unlikely", "Likely", REASON_OTHER},
               {"very unlikely", "very likely", REASON_OTHER},
               {"Dissatisfied", "Satisfied", REASON_OTHER},
               {"Unsatisfied", "Satisfied", REASON_OTHER},
               /* Digits and signs. */
               {"c18", "c1", REASON_OTHER},
               {"18-29", "18-39", REASON_OTHER},
               {"Wave 1", "Wave 2", REASON_OTHER},
               {"Wvae 1", "Wave 1", REASON_NEAR},
               {"good+", "good", REASON_NEAR},
               {"1", "2", REASON_OTHER},
               {"1.0", "1", REASON_SPELLING},
               {"1.5", "1", REASON_OTHER},
               {"", "", REASON_OTHER},
               /* Chinese, by characters. */
               {"非常满章", "非常满意", REASON_NEAR},
               {"北京", "北京市", REASON_NEAR},
               {"内蒙古自治曲", "内蒙古自治区", REASON_NEAR},
               {"不满意", "满意", REASON_OTHER},
               {"很满意", "不满意", REASON_OTHER},
               {"非常不满意", "非常满意", REASON_OTHER},
               {"湖南省", "湖北省", REASON_OTHER},
               {"第一组", "第二组", REASON_OTHER},
               {"上海", "上饶", REASON_OTHER}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const reason_likeness is = reason_compare(slice_of(cases[i].text), slice_of(cases[i].declared));
    if (is != cases[i].is) {
      fail_msg("'%s' and '%s': %d", cases[i].text, cases[i].declared, (int)is);
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

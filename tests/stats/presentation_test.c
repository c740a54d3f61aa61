/* How analyses stand in a report: what their rows say can be shown. */
#include <stdio.h>
#include <string.h>

#include "stats/analyses/analysis.h"
#include "stats/analyses/terms.h"
#include "tests/check.h"

static void assert_term(const char *analysis, const char *key) {
  if (term_find(key) == NULL) {
    fail_msg("%s: '%s' is not a term", analysis, key);
  }
}

static bool shows_banner(const analysis_presentation *p) {
  bool any = false;
  for (size_t i = 0; i < PRESENTATION_TABLES_MAX && p->tables[i].name != NULL; i++) {
    any = any || p->tables[i].view == VIEW_BANNER;
  }
  return any;
}

static void every_analysis_has_a_title_a_chapter_and_a_headline(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    char title[64];
    (void)snprintf(title, sizeof title, "analysis_%s", kind->name);
    assert_term(kind->name, title);
    assert_true(kind->presentation.chapter < REPORT_CHAPTERS);
    /* Questions by the hundred have no figure that stands for them. */
    assert_true(kind->presentation.headlines[0].table != NULL || shows_banner(&kind->presentation));
  }
}

static void headlines_are_figures_with_a_scale_that_is_one(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    const presentation_headline *at = kind->presentation.headlines;
    for (size_t k = 0; k < PRESENTATION_HEADLINES_MAX && at[k].table != NULL; k++) {
      assert_term(kind->name, at[k].table);
      assert_term(kind->name, at[k].column);
      assert_true(term_find(at[k].column)->format != TERM_SENTENCE);
      assert_int_equal(at[k].scale.kind == FIGURE_SCALE_FIXED, at[k].scale.low < at[k].scale.high);
      assert_ptr_equal(presentation_headline_of(&kind->presentation, slice_of(at[k].table)), &at[k]);
      if (at[k].numbered != NULL) {
        assert_term(kind->name, at[k].numbered);
      }
    }
  }
}

static void tables_with_a_view_of_their_own_have_titles(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    const presentation_table *at = kind->presentation.tables;
    for (size_t k = 0; k < PRESENTATION_TABLES_MAX && at[k].name != NULL; k++) {
      assert_term(kind->name, at[k].name);
      assert_true(at[k].view == VIEW_MATRIX || at[k].whole == NULL);
      assert_ptr_equal(presentation_table_of(&kind->presentation, slice_of(at[k].name)), &at[k]);
      if (at[k].whole != NULL) {
        assert_term(kind->name, at[k].whole);
      }
    }
  }
}

static void drawings_name_terms_and_what_they_need(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    const presentation_drawing *at = kind->presentation.drawings;
    for (size_t k = 0; k < PRESENTATION_DRAWINGS_MAX && at[k].table != NULL; k++) {
      assert_term(kind->name, at[k].table);
      assert_term(kind->name, at[k].figure);
      assert_ptr_equal(presentation_drawing_of(&kind->presentation, slice_of(at[k].table)), &at[k]);
      assert_int_equal(at[k].kind == DRAWING_NET || at[k].kind == DRAWING_RANKS,
                       at[k].left != NULL && at[k].right != NULL);
      assert_int_equal(at[k].kind == DRAWING_QUADRANTS, at[k].up != NULL && at[k].cuts != NULL);
      assert_true(!at[k].is_ratio || at[k].reference > 0);
      for (size_t c = 0; c < 4 && at[k].kind == DRAWING_QUADRANTS; c++) {
        assert_term(kind->name, at[k].corners[c]);
      }
    }
    for (size_t k = 0; k < PRESENTATION_TABLES_MAX && kind->presentation.tables[k].name != NULL; k++) {
      const presentation_table *t = &kind->presentation.tables[k];
      assert_int_equal(t->shade != NULL, t->darkest > 0);
      assert_true(t->shade == NULL || t->view == VIEW_MATRIX);
    }
  }
}

static void presentations_are_found_by_the_analysis_name(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    assert_ptr_equal(analysis_presentation_of(slice_of(analysis_at(i)->name)), &analysis_at(i)->presentation);
  }
  assert_null(analysis_presentation_of(slice_of("oracle")));
  assert_null(analysis_presentation_of(slice_of("")));
  assert_null(presentation_headline_of(NULL, slice_of("nps_scores")));
  assert_null(presentation_table_of(NULL, slice_of("counts")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_analysis_has_a_title_a_chapter_and_a_headline),
      cmocka_unit_test(headlines_are_figures_with_a_scale_that_is_one),
      cmocka_unit_test(tables_with_a_view_of_their_own_have_titles),
      cmocka_unit_test(drawings_name_terms_and_what_they_need),
      cmocka_unit_test(presentations_are_found_by_the_analysis_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

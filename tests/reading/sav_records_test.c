/* SPSS system files with what ReadStat does not write, put together field by field from PSPP's description of
 * the format. */
#include "tests/reading/sav_by_hand.h"
#include "tests/reading/sav_reading.h"

static void files_of_either_byte_order_are_read_and_their_dates_do_not_matter(void **state) {
  (void)state;
  for (int is_big = 0; is_big < 2; is_big++) {
    by_hand h = begin_by_hand(is_big == 1, 0, -1); /* the number of cases is not stated */
    put_variable(&h, "V", 0);
    put_variable(&h, "T", 10);
    put_information(&h, 20, "windows-1252");
    end_dictionary(&h);
    put_double(&h, 2.5);
    put_padded(&h,
               "s\xfc"
               "d",
               16);
    put_double(&h, -1.7976931348623157e308); /* system-missing */
    put_padded(&h, "b", 16);
    dataset d = read_sav(&h.file, NULL);
    assert_read(&d);
    assert_int_equal(d.rows_count, 2);
    assert_cell(&d, 0, 0, "2.5");
    assert_cell(&d, 0, 1, "süd");
    assert_cell(&d, 1, 0, "");
    drop_dataset(&d);
    buf_fini(&h.file);
  }
}

/* The encoding that a file states for its texts; a name, the label of another variable's value and a cell
 * that fills its field: what is UTF-8 beyond ASCII is told once all of it is, and not where one text is not.
 */
static void texts_that_are_utf8_although_the_file_states_another_encoding_are_told(void **state) {
  (void)state;
  static const struct {
    const char *stated, *cell, *other;
    bool is_told;
  } cases[] = {
      {"windows-1252",
       "s\xc3\xbc"
       "d",
       "nord", true},
      {"windows-1252",
       "s\xfc"
       "d",
       "nord", false},
      {"windows-1252",
       "s\xc3\xbc"
       "d",
       "s\xfc"
       "d",
       false},
      {"windows-1252",
       "s\xc3\xbc"
       "d",
       "1234567\xc3", true}, /* the field cuts its last letter off */
      {"windows-1252",
       "s\xc3\xbc"
       "d",
       "123456\xc3", false}, /* and here it does not */
      {"windows-1252", "caf\xe9", "nord", false},
      {"windows-1252", "sud", "nord", false},
      {"UTF-8",
       "s\xc3\xbc"
       "d",
       "nord", false},
      {"gb18030",
       "s\xc3\xbc"
       "d",
       "nord", false}, /* one may be an accident */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    by_hand h = begin_by_hand(false, 0, -1);
    put_variable(&h, "T", 8);
    put_information(&h, 20, cases[i].stated);
    end_dictionary(&h);
    put_padded(&h, cases[i].cell, 8);
    put_padded(&h, cases[i].other, 8);
    dataset d = read_sav(&h.file, NULL);
    assert_read(&d);
    const bool is_told = (d.facts->files[0].reading.notices >> FILE_NOTICE_UTF8_ALREADY & 1) != 0;
    if (is_told != cases[i].is_told) {
      fail_msg("case %zu is%s told", i, is_told ? "" : " not");
    }
    drop_dataset(&d);
    d = read_sav(&h.file, "utf-8"); /* the mend; bytes that are not UTF-8 are refused */
    assert_int_equal(d.facts != NULL && d.facts->files[0].reading.notices != 0, 0);
    drop_dataset(&d);
    buf_fini(&h.file);
  }
}

static void codes_end_and_fill_groups_as_they_like(void **state) {
  (void)state;
  static const uint8_t cases[] = {
      101, 254, 0,   255, 253, 102, 253, 252, /* 1, blanks; missing, a text; 2, another; the end */
      'n', 'o', 'r', 't', 'h', ' ', ' ', ' ', 's', 'o', 'u', 't', 'h', ' ', ' ', ' ',
  };
  by_hand h = begin_by_hand(false, 1, 3);
  put_variable(&h, "V", 0);
  put_variable(&h, "T", 8);
  end_dictionary(&h);
  buf_put(&h.file, cases, sizeof cases);
  dataset d = read_sav(&h.file, NULL);
  assert_read(&d);
  assert_int_equal(d.rows_count, 3);
  assert_cell(&d, 0, 0, "1");
  assert_cell(&d, 0, 1, "");
  assert_cell(&d, 1, 0, "");
  assert_cell(&d, 1, 1, "north");
  assert_cell(&d, 2, 0, "2");
  assert_cell(&d, 2, 1, "south");
  drop_dataset(&d);
  h.file.length -= 8; /* the last text is cut off */
  assert_refused(&h.file, NULL, "ends in case 3");
  buf_fini(&h.file);
}

static void a_file_with_fewer_or_more_cases_than_it_says_is_refused(void **state) {
  (void)state;
  for (int32_t cases = 1; cases <= 3; cases++) {
    by_hand h = begin_by_hand(false, 0, cases);
    put_variable(&h, "V", 0);
    end_dictionary(&h);
    put_double(&h, 1);
    put_double(&h, 2);
    if (cases == 2) {
      dataset d = read_sav(&h.file, NULL);
      assert_read(&d);
      assert_int_equal(d.rows_count, 2);
      drop_dataset(&d);
    } else {
      assert_refused(&h.file, NULL, cases == 1 ? "goes on after its end" : "ends in case 3");
    }
    buf_fini(&h.file);
  }
}

static void multiple_response_sets_are_found(void **state) {
  (void)state;
  by_hand h = begin_by_hand(false, 0, 1);
  put_variable(&h, "A", 0);
  put_variable(&h, "B", 0);
  put_variable(&h, "C", 2);
  put_information(&h, 13, "A=first_choice\tB=second_choice\tC=third_choice");
  put_information(&h, 7, "$cats=C 10 my mcgroup a b\n$dich=D2 55 5 Media a b\nnonsense\n$odd=D9 1 2 x\n");
  put_information(&h, 19, "$more=E 11 1 y 0  c\n$cats=E 1 1 1 0  a\n");
  end_dictionary(&h);
  put_double(&h, 1);
  put_double(&h, 2);
  put_padded(&h, "y", 8);
  dataset d = read_sav(&h.file, NULL);
  assert_read(&d);
  assert_int_equal(d.facts->sets_count, 3);
  const code_set *sets = d.facts->sets;
  assert_true(slice_is(sets[0].name, "cats") && slice_is(sets[0].label, "my mcgroup"));
  assert_int_equal(sets[0].counted.length, 0);
  assert_int_equal(sets[0].columns_count, 2);
  assert_int_equal(sets[0].columns[1], 1);
  assert_true(slice_is(sets[1].name, "dich") && slice_is(sets[1].counted, "55"));
  assert_true(slice_is(sets[2].name, "more") && slice_is(sets[2].counted, "y"));
  assert_int_equal(sets[2].columns[0], 2);
  assert_int_equal(d.facts->columns_count, 4); /* the set of categories is one more */
  assert_true(slice_is(d.facts->columns[3].name, "$cats") && d.facts->columns[3].codes.is_set);
  assert_cell(&d, 0, 3, "1|2");
  drop_dataset(&d);
  buf_fini(&h.file);
}

/* Answers 1, missing (9), blank and 3; then a mark in a text. */
static void answers_of_a_set_of_categories_are_joined_without_those_that_are_missing(void **state) {
  (void)state;
  by_hand h = begin_by_hand(false, 0, 2);
  put_variable(&h, "A", 0);
  put_u32(&h, 2);
  put_u32(&h, 0);
  put_u32(&h, 0);
  put_u32(&h, 1); /* one missing value */
  put_u32(&h, 5U << 16 | 8U << 8);
  put_u32(&h, 5U << 16 | 8U << 8);
  put_padded(&h, "B", 8);
  put_double(&h, 9);
  put_variable(&h, "C", 0);
  put_variable(&h, "D", 3);
  put_information(&h, 7, "$c=C 0  a b c d\n");
  end_dictionary(&h);
  put_double(&h, 1);
  put_double(&h, 9);
  put_double(&h, -1.7976931348623157e308);
  put_padded(&h, "x", 8);
  put_double(&h, 2);
  put_double(&h, 3);
  put_double(&h, 4);
  put_padded(&h, "y|z", 8);
  dataset d = read_sav(&h.file, NULL);
  assert_read(&d);
  assert_int_equal(d.rows_count, 1);
  assert_cell(&d, 0, 1, "9");
  assert_cell(&d, 0, 4, "1|x");
  assert_int_equal(d.facts->files[0].quarantined, 1);
  assert_true(d.facts->files[0].places[0].line == 2);
  drop_dataset(&d);
  buf_fini(&h.file);
}

static void damaged_dictionaries_are_refused_by_name(void **state) {
  (void)state;
  static const struct {
    uint32_t words[8];
    size_t count;
    const char *problem;
  } cases[] = {
      {{5}, 1, "of an unknown kind"},
      {{2, 300, 0, 0, 0, 0, 0, 0}, 8, "impossible width"},
      {{2, 0, 0, 17, 0, 0, 0, 0}, 8, "impossible number of missing values"},
      {{2, (uint32_t)-1, 0, 0, 0, 0, 0, 0}, 8, "continues"},
      {{3, UINT32_MAX}, 2, "within its dictionary"},
      {{3, 0, 5}, 3, "belong to no variables"},
      {{7, 13, UINT32_MAX, UINT32_MAX}, 4, "claims more than"},
      {{7, 99, UINT32_MAX, UINT32_MAX}, 4, "within its dictionary"},
      {{6, UINT32_MAX}, 2, "within its dictionary"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    by_hand h = begin_by_hand(false, 0, 1);
    put_variable(&h, "V", 0);
    for (size_t k = 0; k < cases[i].count; k++) {
      put_u32(&h, cases[i].words[k]);
    }
    assert_refused(&h.file, NULL, cases[i].problem);
    buf_fini(&h.file);
  }
  buf text = {.data = (uint8_t *)"a,b\n1,2\n", .length = 8};
  assert_refused(&text, NULL, "is not an SPSS system file");
  by_hand h = begin_by_hand(false, 0, 1);
  end_dictionary(&h);
  assert_refused(&h.file, NULL, "has no variables");
  buf_fini(&h.file);
}

static void names_of_unknown_code_pages_ask_for_the_encoding(void **state) {
  (void)state;
  by_hand h = begin_by_hand(false, 0, 1);
  put_variable(&h, "V", 0);
  put_u32(&h, 7);
  put_u32(&h, 3);
  put_u32(&h, 4);
  put_u32(&h, 8);
  for (int i = 0; i < 7; i++) {
    put_u32(&h, 1);
  }
  put_u32(&h, 4711);
  end_dictionary(&h);
  put_double(&h, 1);
  assert_refused(&h.file, NULL, "code page 4711");
  dataset d = read_sav(&h.file, "windows-1252");
  assert_read(&d);
  drop_dataset(&d);
  buf_fini(&h.file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(files_of_either_byte_order_are_read_and_their_dates_do_not_matter),
      cmocka_unit_test(texts_that_are_utf8_although_the_file_states_another_encoding_are_told),
      cmocka_unit_test(codes_end_and_fill_groups_as_they_like),
      cmocka_unit_test(a_file_with_fewer_or_more_cases_than_it_says_is_refused),
      cmocka_unit_test(multiple_response_sets_are_found),
      cmocka_unit_test(answers_of_a_set_of_categories_are_joined_without_those_that_are_missing),
      cmocka_unit_test(damaged_dictionaries_are_refused_by_name),
      cmocka_unit_test(names_of_unknown_code_pages_ask_for_the_encoding),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Texts as readers see them, case by case. */
#include <stdlib.h>
#include <string.h>

#include "base/tidy.h"
#include "tests/check.h"
#include "tests/seeded.h"

typedef struct tidy_case {
  const char *text, *tidy;
} tidy_case;

static void expect(const char *written, slice tidy, const char *wanted) {
  if (!slice_equal(tidy, slice_of(wanted))) {
    fail_msg("'%s' became '%.*s', not '%s'", written, SLICE_ARG(tidy), wanted);
  }
}

static void characters_that_show_nothing_are_left_out(void **state) {
  (void)state;
  static const tidy_case cases[] = {
      {"", ""},
      {"good", "good"},
      {"\u200bgood\u200b", "good"},
      {"\ufeffgood", "good"},
      {"go\u00adod", "good"},
      {"go\u200bod\u2060", "good"},
      {"\u00a0\u200b \u00adgood \u202f\u200b\u00a0", "good"},
      {"\u200b\ufeff\u00a0", ""},
      {"very\u00a0good", "very good"},
      {"1\u202f234", "1 234"},
      {"1\u2009234", "1 234"},
      {"\u975e\u5e38\u3000\u6ee1\u610f", "\u975e\u5e38 \u6ee1\u610f"},
      {"\u200egood\u200f", "good"},
      {"\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645",
       "\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645"},         /* a joiner inside shapes the letters */
      {"\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"}, /* and makes one picture of two */
      {"\uff13\uff10\uff10", "300"},
      {"\uff21\uff22\uff43", "ABc"},
      {"\uff21\uff08\u4e00\uff09", "A\uff08\u4e00\uff09"}, /* brackets are not letters */
      {"\uff09", "\uff09"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char room[TIDY_GROWTH * 64];
    expect(cases[i].text, tidy_text(slice_of(cases[i].text), room), cases[i].tidy);
  }
}

/* Unicode's NFC: Table 8 and sections 1.1 to 1.3 of UAX #15, and the characters' own decompositions. */
static void letters_are_composed_with_their_marks(void **state) {
  (void)state;
  static const tidy_case cases[] = {
      {"e\u0301", "\u00e9"},
      {"u\u0308ber", "\u00fcber"},
      {"tre\u0300s satisfait", "tr\u00e8s satisfait"},
      {"\u00e9", "\u00e9"},
      {"Ra\u0302\u0301t ha\u0300i lo\u0300ng", "R\u1ea5t h\u00e0i l\u00f2ng"}, /* Vietnamese */
      {"\u00e2\u0301", "\u1ea5"},                                              /* half composed */
      {"a\u0323\u0302", "\u1ead"},
      {"a\u0302\u0323", "\u1ead"},                              /* marks in another order */
      {"\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00"}, /* Hangul */
      {"\ud558\u11ab", "\ud55c"},
      {"\u304b\u3099", "\u304c"},         /* ga */
      {"q\u0323\u0307", "q\u0323\u0307"}, /* no composed form */
      {"q\u0307\u0323", "q\u0323\u0307"},
      {"\u0301", "\u0301"},
      {" \u0301x", "\u0301x"},
      {"\u212b \u2126 \u212a", "\u00c5 \u03a9 K"}, /* the signs of Angstrom, ohm and Kelvin */
      {"\uf900", "\u8c48"},                        /* a compatibility ideograph */
      {"\u0958", "\u0915\u093c"},                  /* longer in NFC */
      {"\U0001d160", "\U0001d158\U0001d165\U0001d16e"},
      {"\u0e19\u0e49\u0e33", "\u0e19\u0e49\u0e33"}, /* Thai */
      {"\u0928\u093c", "\u0929"},
      {"\ufb01 \u00bd \u2460", "\ufb01 \u00bd \u2460"}, /* compatibility is not folded */
      {"\uff45\u0301", "\u00e9"},                       /* full width */
      {"e\u200b\u0301", "\u00e9"},
      {"e\u200d\u0301", "e\u200d\u0301"},
      {"e\u0301 \xcc", "\u00e9 \xcc"},
      {"\xff\u0301", "\xff\u0301"}, /* not UTF-8 */
      {"e\xcc", "e\xcc"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const slice text = slice_of(cases[i].text);
    char *room = malloc(TIDY_GROWTH * text.length);
    assert_non_null(room);
    const slice tidy = tidy_text(text, room);
    expect(cases[i].text, tidy, cases[i].tidy);
    if (strcmp(cases[i].text, cases[i].tidy) == 0) {
      assert_ptr_equal(tidy.bytes, text.bytes); /* which says that nothing changed */
    }
    assert_true(tidy_alike(text, slice_of(cases[i].tidy)));
    free(room);
  }
}

/* 1,000 marks on one letter are an attack, and keep their order. */
static void letters_with_too_many_marks_stay(void **state) {
  (void)state;
  char text[2001] = "e";
  char room[TIDY_GROWTH * sizeof text];
  for (size_t at = 1; at < sizeof text; at += 2) {
    memcpy(text + at, "\u0301", 2);
  }
  const slice written = {text, sizeof text};
  assert_ptr_equal(tidy_text(written, room).bytes, text);
}

static void ends_are_tidied_in_place(void **state) {
  (void)state;
  static const tidy_case cases[] = {
      {"\u200bid\u00ad", "id"}, {"\u200b \u200b", ""}, {"a\u00adb", "a\u00adb"}, {"\uff21", "\uff21"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const slice text = slice_of(cases[i].text);
    const slice tidy = tidy_ends(text);
    expect(cases[i].text, tidy, cases[i].tidy);
    assert_true(tidy.bytes >= text.bytes && tidy.bytes + tidy.length <= text.bytes + text.length);
  }
}

static void signs_of_numbers_take_their_ordinary_form(void **state) {
  (void)state;
  static const tidy_case cases[] = {
      {"\u22125", "-5"},        {"\uff0d5\uff0e5", "-5.5"},       {"\u20135", "-5"},
      {"\uff0b5\uff05", "+5%"}, {"1\uff0c234\uff0e5", "1,234.5"}, {"5", "5"},
      {"5\u5143", "5\u5143"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char room[TIDY_NUMBER_BYTES];
    expect(cases[i].text, tidy_number(slice_of(cases[i].text), room), cases[i].tidy);
  }
}

static void what_hides_is_shown_by_its_number(void **state) {
  (void)state;
  static const tidy_case cases[] = {{"good\u200b", "good<U+200B>"},
                                    {"\ufeffid", "<U+FEFF>id"},
                                    {"a\u00adb\u00a0c", "a<U+00AD>b<U+00A0>c"},
                                    {"\u975e\u5e38", "\u975e\u5e38"},
                                    {"", ""}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const slice text = slice_of(cases[i].text);
    buf shown;
    buf_init(&shown);
    tidy_show(text, &shown);
    expect(cases[i].text, (slice){(const char *)shown.data, shown.length}, cases[i].tidy);
    assert_int_equal(tidy_is_hiding(text), strcmp(cases[i].text, cases[i].tidy) != 0);
    buf_fini(&shown);
  }
}

/* Random characters: a tidy text stays as it is, and UTF-8.  Random bytes: it fits in its room. */
static void tidying_twice_changes_nothing_more(void **state) {
  (void)state;
  static const char *const pieces[] = {
      "a",      "5",      " ",          "\u00a0", "\u00ad", "\u200b",    "\u200d", "\u2007", "\u202f",
      "\u2060", "\u3000", "\ufeff",     "\uff11", "\uff21", "\uff5a",    "\u4e00", "\xff",   "\xe2\x80",
      "\xc2",   "\u00e9", "\U0001f469", "e",      "\u0301", "\u0323",    "\u0302", "\u0958", "\u093c",
      "\u1112", "\u1161", "\u11ab",     "\u212b", "\u0344", "\U0001d160"};
  seeded random = {seeded_seed()};
  for (int round = 0; round < 20000; round++) {
    char text[64];
    char once[TIDY_GROWTH * sizeof text];
    char twice[TIDY_GROWTH * sizeof once];
    char again[TIDY_NUMBER_BYTES];
    size_t length = 0;
    for (uint64_t n = seeded_below(&random, 12); n > 0; n--) {
      const char *piece = pieces[seeded_below(&random, sizeof pieces / sizeof pieces[0])];
      memcpy(text + length, piece, strlen(piece));
      length += strlen(piece);
    }
    const slice written = {text, length};
    const slice tidy = tidy_text(written, once);
    assert_true(tidy.length <= TIDY_GROWTH * length);
    if (text_utf8_check(text, length) == length) {
      assert_slice_equal(tidy_text(tidy, twice), tidy);
      assert_slice_equal(tidy_ends(tidy), tidy);
      assert_int_equal(text_utf8_check(tidy.bytes, tidy.length), tidy.length);
      const slice number = tidy_number(tidy, again);
      assert_int_equal(text_utf8_check(number.bytes, number.length), number.length);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(characters_that_show_nothing_are_left_out),
      cmocka_unit_test(letters_are_composed_with_their_marks),
      cmocka_unit_test(letters_with_too_many_marks_stay),
      cmocka_unit_test(ends_are_tidied_in_place),
      cmocka_unit_test(signs_of_numbers_take_their_ordinary_form),
      cmocka_unit_test(what_hides_is_shown_by_its_number),
      cmocka_unit_test(tidying_twice_changes_nothing_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Slices, UTF-8 at its boundaries, and the orders and distances of names.  The UTF-8 check is compared
 * with a decoder written from RFC 3629 in another way: decode first, judge afterwards. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/check.h"
#include "tests/seeded.h"

#define S(literal) ((slice){(literal), sizeof(literal) - 1})

static size_t oracle_utf8(const uint8_t *bytes, size_t length) {
  size_t at = 0;
  while (at < length) {
    const uint8_t lead = bytes[at];
    const size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (size == 0 || size > length - at) {
      return at;
    }
    uint32_t point = size == 1 ? lead : lead & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
      if (bytes[at + i] >> 6 != 2) {
        return at;
      }
      point = point << 6 | (bytes[at + i] & 0x3fU);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      return at;
    }
    at += size;
  }
  return length;
}

static void boundaries_of_utf8_are_kept(void **state) {
  (void)state;
  static const struct {
    slice text;
    size_t good;
  } cases[] = {
      {S(""), 0},
      {S("\x7f"), 1},
      {S("\x80"), 0},
      {S("\xc1\xbf"), 0}, /* overlong */
      {S("\xc2\x80"), 2},
      {S("\xdf\xbf"), 2},
      {S("\xe0\x9f\xbf"), 0}, /* overlong */
      {S("\xe0\xa0\x80"), 3},
      {S("\xed\x9f\xbf"), 3},
      {S("\xed\xa0\x80"), 0}, /* surrogate */
      {S("\xed\xbf\xbf"), 0},
      {S("\xee\x80\x80"), 3},
      {S("\xef\xbf\xbf"), 3},
      {S("\xf0\x8f\xbf\xbf"), 0}, /* overlong */
      {S("\xf0\x90\x80\x80"), 4},
      {S("\xf4\x8f\xbf\xbf"), 4},
      {S("\xf4\x90\x80\x80"), 0}, /* above U+10FFFF */
      {S("\xf5\x80\x80\x80"), 0},
      {S("\xff"), 0},
      {S("ab\xe2\x82"), 2}, /* cut */
      {S("ab\xe2\x82\xac\xac"), 5},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(text_utf8_check(cases[i].text.bytes, cases[i].text.length), cases[i].good);
  }
}

static void utf8_check_agrees_with_the_oracle(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < 100000; i++) {
    uint8_t bytes[100];
    const size_t length = seeded_below(&r, sizeof bytes + 1);
    memset(bytes, 'a', sizeof bytes);
    for (uint64_t n = seeded_below(&r, 5); n > 0; n--) {
      static const uint8_t leads[] = {0xc2, 0xe0, 0xe2, 0xed, 0xf0, 0xf1, 0xf4, 0xff};
      const size_t at = seeded_below(&r, sizeof bytes - 4);
      bytes[at] = leads[seeded_below(&r, sizeof leads)];
      for (size_t k = 1; k < 4; k++) {
        bytes[at + k] = (uint8_t)(seeded_below(&r, 8) == 0 ? seeded_next(&r) : 0x80 | seeded_below(&r, 64));
      }
    }
    uint8_t *exact_size = malloc(length + 1); /* so that a sanitizer sees reads past the end */
    memcpy(exact_size, bytes, length);
    assert_int_equal(text_utf8_check((const char *)exact_size, length), oracle_utf8(bytes, length));
    free(exact_size);
  }
}

static void trimming_takes_blanks_of_all_kinds(void **state) {
  (void)state;
  assert_slice_equal(slice_trim(S(" \t\r\xc2\xa0\xe3\x80\x80x y\xe3\x80\x80 \xc2\xa0\r")), S("x y"));
  assert_int_equal(slice_trim(S(" \t \xc2\xa0")).length, 0);
  assert_slice_equal(slice_trim(S("\xc3\xa0")), S("\xc3\xa0")); /* ends in the byte of a NBSP */
  assert_slice_equal(slice_trim(S("x\n")), S("x\n"));
  assert_int_equal(slice_trim((slice){"", 0}).length, 0);
}

static void slices_are_ordered_bytewise(void **state) {
  (void)state;
  assert_true(slice_compare(S("a"), S("b")) < 0);
  assert_true(slice_compare(S("a"), S("ab")) < 0);
  assert_true(slice_compare(S("\xff"), S("a")) > 0);
  assert_int_equal(slice_compare(S("x"), S("x")), 0);
  assert_int_equal(slice_of(NULL).length, 0);
  char *copy = slice_copy(S("abc"));
  assert_string_equal(copy, "abc");
  free(copy);
}

static void widths_are_those_of_a_terminal(void **state) {
  (void)state;
  assert_int_equal(text_width(S("abc")), 3);
  assert_int_equal(text_width(S("\xc3\xa9")), 1);                 /* e acute */
  assert_int_equal(text_width(S("e\xcc\x81")), 1);                /* e and a combining acute */
  assert_int_equal(text_width(S("\xe6\x97\xa5\xe6\x9c\xac")), 4); /* two han characters */
  assert_int_equal(text_width(S("\xef\xbd\xb1")), 1);             /* halfwidth katakana */
  assert_int_equal(text_width(S("\xef\xbc\xa1")), 2);             /* fullwidth A */
  assert_int_equal(text_width(S("\xf0\x9f\x98\x80")), 2);         /* an emoji */
  assert_int_equal(text_width(S("\xea\xb0\x80")), 2);             /* a Hangul syllable */
  assert_int_equal(text_width(S("\xe2\x80\x8d")), 0);             /* zero width joiner */
  assert_int_equal(text_width(S("\xf0\xa0\x80\x80")), 2);         /* CJK extension B */
}

static void fitting_never_cuts_a_character(void **state) {
  (void)state;
  const slice wide =
      S("a\xe6\x97\xa5"
        "b\xcc\x81");
  static const size_t lengths[] = {0, 1, 1, 4, 7, 7};
  for (size_t columns = 0; columns < 6; columns++) {
    assert_int_equal(text_fit(wide, columns).length, lengths[columns]);
  }
}

static void cutting_never_cuts_a_character(void **state) {
  (void)state;
  const slice mixed = slice_of("a\xc3\xa9\xe6\xbb\xa1\xf0\x9f\x98\x80"); /* 1, 2, 3 and 4 bytes */
  static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t bytes = 0; bytes < sizeof lengths / sizeof lengths[0]; bytes++) {
    assert_int_equal(text_cut(mixed, bytes).length, lengths[bytes]);
  }
  /* Of what is not UTF-8 most is kept. */
  assert_int_equal(text_cut(slice_of("\x80\x80\x80\x80\x80\x80\x80"), 6).length, 3);
}

static void natural_order_puts_numbers_first_and_by_value(void **state) {
  (void)state;
  static const char *const ordered[] = {"-12",
                                        "-2.5",
                                        "-2.50",
                                        "-2",
                                        "-0.5",
                                        "-0",
                                        "0",
                                        "0.0",
                                        "00",
                                        "0.05",
                                        "0.5",
                                        "1",
                                        "1.49",
                                        "1.5",
                                        "2",
                                        "010",
                                        "10",
                                        "10.5",
                                        "1000000000000000000000000",
                                        "",
                                        "+1",
                                        "-",
                                        ".5",
                                        "1,5",
                                        "1,10",
                                        "1.2.3",
                                        "1.2.10",
                                        "2.",
                                        "2b",
                                        "18-24",
                                        "100-",
                                        "Q1",
                                        "Q02",
                                        "Q2",
                                        "Q2a",
                                        "Q2b",
                                        "Q10",
                                        "Q10-2",
                                        "Q10-10",
                                        "a",
                                        "b",
                                        "第2组",
                                        "第10组"};
  const size_t count = sizeof ordered / sizeof ordered[0];
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < count; j++) {
      const int order = text_compare_natural(slice_of(ordered[i]), slice_of(ordered[j]));
      if ((order > 0) - (order < 0) != (i > j) - (i < j)) {
        fail_msg("\"%s\" against \"%s\" gave %d", ordered[i], ordered[j], order);
      }
    }
  }
}

static void distance_counts_slips(void **state) {
  (void)state;
  assert_int_equal(text_distance(S("kitten"), S("sitting"), 10), 3);
  assert_int_equal(text_distance(S("kitten"), S("sitting"), 2), 3);
  assert_int_equal(text_distance(S("kitten"), S("sitting"), 1), 2);
  assert_int_equal(text_distance(S("ab"), S("ba"), 5), 1);
  assert_int_equal(text_distance(S(""), S("abc"), 5), 3);
  assert_int_equal(text_distance(S("abc"), S("abc"), 0), 0);
}

static void nearest_offers_slips_of_the_pen_only(void **state) {
  (void)state;
  static const char *const names[] = {"weight", "strata", "cluster", "overall", "q1"};
  assert_string_equal(text_nearest(S("wieght"), names, 5), "weight");
  assert_string_equal(text_nearest(S("overal"), names, 5), "overall");
  assert_string_equal(text_nearest(S("q2"), names, 5), "q1");
  assert_null(text_nearest(S("price"), names, 5));
  assert_null(text_nearest(S("x"), names, 5));
  assert_null(text_nearest(S("weight"), names, 0));
  /* By characters, in another case, and as the only part. */
  static const char *const titles[] = {"ID",           "性別",          "年龄", "Q1. 您对服务的满意度",
                                       "Q2. 您的收入", "Overall rating"};
  static const struct {
    const char *name;
    int nearest; /* -1: none */
  } cases[] = {{"id", 0},     {"Id", 0},    {"性别", 1},     {"年齡", 2},
               {"满意度", 3}, {"收入", 4},  {"您", -1},      {"overall rating", 5},
               {"rating", 5}, {"职业", -1}, {"城市名称", -1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *nearest = text_nearest(slice_of(cases[i].name), titles, 6);
    const char *wanted = cases[i].nearest >= 0 ? titles[cases[i].nearest] : NULL;
    if (nearest != wanted) {
      fail_msg("'%s': '%s'", cases[i].name, nearest != NULL ? nearest : "none");
    }
  }
}

/* Control characters by ISO 6429, marks of direction by UAX 9; U+200D joins emoji and U+FE0F colours them. */
static void what_could_act_on_a_terminal_becomes_visible(void **state) {
  static const struct {
    const char *text, *shown;
  } cases[] = {
      {"", ""},
      {"plain, caf\xc3\xa9, \xe6\xbb\xa1\xe6\x84\x8f\xe5\xba\xa6, \xf0\x9f\x98\x80", NULL},
      {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac\xe2\x9c\x94\xef\xb8\x8f", NULL},
      {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",
       NULL}, /* Hebrew, Arabic */
      {"\x1b[2J\x1b]0;title\x07", "\\u001b[2J\\u001b]0;title\\u0007"},
      {"a\nb\tc\rd\x7f", "a\\u000ab\\u0009c\\u000dd\\u007f"},
      {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\u0080\\u009b\\u009f\xc2\xa0"},
      {"\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b\\u061c\xd8\x9d"},
      {"\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90", "\xe2\x80\x8d\\u200e\\u200f\xe2\x80\x90"},
      {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf",
       "\xe2\x80\xa7\\u2028\\u2029\\u202a\\u202e\xe2\x80\xaf"},
      {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\xe2\x81\xa5\\u2066\\u2069\xe2\x81\xaa"},
      {"a\x9b"
       "b\xe2\x80",
       "a\\x9b"
       "b\\xe2\\x80"},
      {"\xe2\x80"
       "c\xc0\xaf\xed\xa0\x80",
       "\\xe2\\x80"
       "c\\xc0\\xaf\\xed\\xa0\\x80"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *shown = cases[i].shown != NULL ? cases[i].shown : cases[i].text;
    buf once;
    buf twice;
    buf_init(&once);
    buf_init(&twice);
    buf_put_shown(&once, slice_of(cases[i].text));
    assert_int_equal(once.length, strlen(shown));
    assert_memory_equal(once.length > 0 ? (const char *)once.data : "", shown, once.length);
    buf_put_shown(&twice, (slice){once.length > 0 ? (const char *)once.data : "", once.length});
    assert_int_equal(twice.length, once.length);
    assert_int_equal(text_harmless(slice_of(cases[i].text)) == strlen(cases[i].text),
                     cases[i].shown == NULL || i == 0);
    buf_fini(&once);
    buf_fini(&twice);
  }
  const slice zero = {"a\0b", 3};
  assert_int_equal(text_harmless(zero), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(boundaries_of_utf8_are_kept),
      cmocka_unit_test(utf8_check_agrees_with_the_oracle),
      cmocka_unit_test(trimming_takes_blanks_of_all_kinds),
      cmocka_unit_test(slices_are_ordered_bytewise),
      cmocka_unit_test(widths_are_those_of_a_terminal),
      cmocka_unit_test(fitting_never_cuts_a_character),
      cmocka_unit_test(cutting_never_cuts_a_character),
      cmocka_unit_test(natural_order_puts_numbers_first_and_by_value),
      cmocka_unit_test(distance_counts_slips),
      cmocka_unit_test(nearest_offers_slips_of_the_pen_only),
      cmocka_unit_test(what_could_act_on_a_terminal_becomes_visible),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

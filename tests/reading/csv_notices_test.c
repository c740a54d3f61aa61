/* What the reader decides about a whole file, and tells: its delimiter and its encoding. */
#include "tests/reading/csv_reading.h"

#define MARK "\xef\xbb\xbf"

typedef struct notice_case {
  const char *text;
  size_t length; /* 0: a terminated text */
  const char *encoding;
  uint32_t notices;
} notice_case;

#define UTF16LE "i\0d\0,\0q\0\n\0\x31\0,\0\xfc\0\n\0"
#define UTF16BE "\0i\0d\0,\0q\0\n\0\x31\0,\0\xfc\0\n"

static const notice_case notice_cases[] = {
    {"id,q\n1,\xc3\xbc\n", 0, NULL, 0},
    {"sep=,\nid,q\n1,2\n", 0, NULL, 1U << FILE_NOTICE_SEP_LINE},
    {UTF16LE, sizeof UTF16LE - 1, NULL, 1U << FILE_NOTICE_UTF16},
    {UTF16BE, sizeof UTF16BE - 1, NULL, 1U << FILE_NOTICE_UTF16},
    {UTF16LE, sizeof UTF16LE - 1, "utf-16", 0},
    {"\x5e\x8f\x53\xf7\0,\0q\0\n\0\x31\0,\0\xfc\0\n", 18, "utf-16", 0}, /* UTF-16BE: 序号,q */
    {"\xff\xfe" UTF16LE, sizeof UTF16LE + 1, NULL, 0},
    {"id,q\n1,S\xc3\xbc"
     "d\n",
     0, "windows-1252", 1U << FILE_NOTICE_UTF8_ALREADY},
    {"id,q\n1,S\xc3\xbc"
     "d\n",
     0, "iso-8859-15", 1U << FILE_NOTICE_UTF8_ALREADY},
    {"id,q\n1,S\xfc"
     "d\n",
     0, "windows-1252", 0},
    {"id,q\n1,plain\n", 0, "windows-1252", 0},
    {MARK "id,q\n1,S\xc3\xbc"
          "d\n",
     0, "windows-1252", 0}, /* the mark is believed */
    {"id,q\n1,非常满意非常满意\n", 0, "gb18030", 1U << FILE_NOTICE_UTF8_ALREADY},
    {"id,q\n1,\xc4\xa3\n", 0, "gb18030", 0}, /* one character, which is also a letter of UTF-8 */
    {"a,b;c\n1,2;3\n", 0, NULL, 1U << FILE_NOTICE_DELIMITER_TIED},
    {"a,b;c\n1,2\n", 0, NULL, 0},
};

static void what_is_odd_about_a_file_is_noticed(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof notice_cases / sizeof notice_cases[0]; i++) {
    const notice_case *c = &notice_cases[i];
    const reading_options options = {.encoding = c->encoding};
    dataset d = read_text(&options, c->text, c->length > 0 ? c->length : strlen(c->text));
    if (d.code != STATUS_OK) {
      fail_msg("case %zu: %s", i, d.err.message);
    }
    if (d.facts->files[0].reading.notices != c->notices) {
      fail_msg("case %zu: notices %x", i, d.facts->files[0].reading.notices);
    }
    drop_dataset(&d);
  }
}

typedef struct delimiter_case {
  const char *text;
  uint32_t columns;
  size_t rows;
} delimiter_case;

static void the_delimiter_is_that_with_which_header_and_records_agree(void **state) {
  (void)state;
  static const delimiter_case cases[] = {
      {"id;How, and why, is it?;c\n1;4;x\n2;5;y\n", 3, 2},
      {"id;Price, speed, service, and all\n1;4\n", 2, 1},
      {"id,a;b;c;d,e\n1,2,3\n4,5,6\n", 3, 2},
      {"id;q\n1;2,5\n2;3,5\n", 2, 2},
      {"a;b,c\n1;2\n3;4\n5,6\n7;8\n", 2, 3},        /* a broken record */
      {"id;q, r\n\"1\";\"a;\nb, c\"\n2;x\n", 2, 2}, /* records of several lines */
      {"id|a,b,c,d\n1|\"x\ny\"\n", 2, 1},
      {"a,b;c;d\n", 3, 0}, /* the header alone: the most frequent one */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dataset d = read_text(&(reading_options){.is_part = true}, cases[i].text, strlen(cases[i].text));
    if (d.code != STATUS_OK || d.facts->columns_count != cases[i].columns || d.rows_count != cases[i].rows) {
      fail_msg("case %zu: %s, %u columns, %zu rows", i, status_name(d.code), d.facts->columns_count,
               d.rows_count);
    }
    drop_dataset(&d);
  }
}

/* Behind the first 256 KiB too: the whole file is watched. */
static void an_encoding_that_is_wrong_far_behind_is_noticed(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "id,q\n");
  for (int i = 0; i < 100000; i++) {
    buf_printf(&text, "%d,plain\n", i);
  }
  buf_printf(&text,
             "x,S\xc3\xbc"
             "d\n");
  const reading_options options = {.encoding = "windows-1252"};
  dataset d = read_text(&options, text.data, text.length);
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.facts->files[0].reading.notices, 1U << FILE_NOTICE_UTF8_ALREADY);
  drop_dataset(&d);
  buf_fini(&text);
}

static void zeros_that_are_not_of_utf16_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t length;
  } cases[] = {{"id,q\n1,a\0b\n2,c\0d\n", 17}, {"id,q\n1,\0\n", 9}, {"\0\0\0\0\0\0", 6}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dataset d = read_text(&(reading_options){.shard_rows = 0}, cases[i].text, cases[i].length);
    assert_int_equal(d.code, STATUS_DATA);
    assert_contains(d.err.message, "NUL");
    assert_null(strstr(d.err.message, "utf-16"));
    drop_dataset(&d);
  }
}

static void western_text_is_not_called_chinese(void **state) {
  (void)state;
  static const char *const western[] = {"M\xfcller,5\n",
                                        "\xc9t\xe9,4\n",
                                        "Caf\xe9,3\n",
                                        "Gr\xfc\xdf"
                                        "e,2\n",
                                        "No\xebl,\xc5sa\n",
                                        "\xdc"
                                        "ber,M\xe4rz\n",
                                        "Espa\xf1"
                                        "a,ma\xf1"
                                        "ana\n"};
  for (size_t i = 0; i < sizeof western / sizeof western[0]; i++) {
    char text[64];
    const int length = snprintf(text, sizeof text, "a,b\n%s", western[i]);
    dataset d = read_text(&(reading_options){.shard_rows = 0}, text, (size_t)length);
    assert_int_equal(d.code, STATUS_DATA);
    if (strstr(d.err.message, "windows-1252") == NULL) {
      fail_msg("case %zu: %s", i, d.err.message);
    }
    drop_dataset(&d);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_odd_about_a_file_is_noticed),
      cmocka_unit_test(the_delimiter_is_that_with_which_header_and_records_agree),
      cmocka_unit_test(an_encoding_that_is_wrong_far_behind_is_noticed),
      cmocka_unit_test(zeros_that_are_not_of_utf16_are_refused),
      cmocka_unit_test(western_text_is_not_called_chinese),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

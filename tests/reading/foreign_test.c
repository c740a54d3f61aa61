/* Files that cannot be read are named by their first bytes; no table is taken for one of them. */
#include <stdlib.h>
#include <string.h>

#include "reading/foreign.h"
#include "tests/check.h"

#define HEAD(bytes) \
  { bytes, sizeof(bytes) - 1 }

static const struct {
  slice head;
  const char *what;
} kinds[] = {
    {HEAD("PK\x05\x06\0\0\0\0"), "an empty ZIP archive,"},
    {HEAD("<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>"),
     "an Excel workbook in XML,"},
    {HEAD("<?xml version=\"1.0\"?>\n<codeBook/>"), "an XML document,"},
    {HEAD("<?xml version=\"1.0\"?>\n<!DOCTYPE html>\n<html>"), "an HTML page,"},
    {HEAD("\n\n  <!doctype HTML>"), "an HTML page,"},
    {HEAD("\xef\xbb\xbf<html><table>"), "an HTML page,"},
    {HEAD("<TABLE border=1>"), "an HTML page,"},
    {HEAD("ASCII SPSS PORT FILE"), "an SPSS portable file,"},
    {HEAD("\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14"), "a SAS data set,"},
    {HEAD("HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"), "a SAS transport file,"},
    {HEAD("RDX3\nX\n\0\0\0\x03"), "an R workspace,"},
    {HEAD("X\n\0\0\0\x03\0\x04"), "a table of R,"},
    {HEAD("PAR1\x15\x04"), "a Parquet file,"},
    {HEAD("ARROW1\0\0"), "an Arrow or Feather file,"},
    {HEAD("Obj\x01\x04\x14"), "an Avro file,"},
    {HEAD("ORC\x08\x03"), "an ORC file,"},
    {HEAD("\x89HDF\r\n\x1a\n"), "an HDF5 file,"},
    {HEAD("MATLAB 5.0 MAT-file"), "a MATLAB file,"},
    {HEAD("SQLite format 3\0"), "an SQLite database,"},
    {HEAD("\x80\x04\x95"), "a pickled object of Python,"},
    {HEAD("[\n  {\"q1\": 1}"), "a JSON array,"},
    {HEAD("[{\"q1\":1},\n{\"q1\":2}]\n"), "a JSON array,"},
    {HEAD("\xef\xbb\xbf [ \r\n{\"q1\": 1}]"), "a JSON array,"},
    {HEAD("[[\"id\",\"q1\"],\n[1,5]]"), "a JSON array of arrays,"},
    {HEAD("[\n  [\n    1,"), "a JSON array of arrays,"},
    {HEAD("[]\n"), "an empty JSON array,"},
    {HEAD("%PDF-1.7\n"), "a PDF document,"},
    {HEAD("{\\rtf1\\ansi"), "a word processor's document,"},
    {HEAD("\x89PNG\r\n\x1a\n"), "a picture,"},
    {HEAD("\xff\xd8\xff\xe0"), "a picture,"},
    {HEAD("GIF89a"), "a picture,"},
    {HEAD("\x7f"
          "ELF\x02"),
     "a program,"},
    {HEAD("version https://git-lfs.github.com/spec/v1\n"), "a pointer of Git LFS and not the file,"},
    {HEAD("7z\xbc\xaf\x27\x1c"), "a 7z archive,"},
    {HEAD("Rar!\x1a\x07\x01\0"), "a RAR archive,"},
    {HEAD("\xfd"
          "7zXZ\0"),
     "packed with xz,"},
    {HEAD("BZh91AY&SY"), "packed with bzip2,"},
    {HEAD("\x04\x22\x4d\x18"), "packed with lz4,"},
    {HEAD("\x1f\x9d\x90"), "packed with compress,"},
    {HEAD("\x1f\x8b\x08"), "packed with gzip twice,"},
};

static void each_kind_is_named_with_what_to_do(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    error err = {STATUS_OK, ""};
    const status st = foreign_check(kinds[i].head, "a.csv", &err);
    if (st != STATUS_DATA || strncmp(err.message, "a.csv: is ", 10) != 0 ||
        strncmp(err.message + 10, kinds[i].what, strlen(kinds[i].what)) != 0 ||
        strstr(err.message, "which cannot be read; ") == NULL) {
      fail_msg("case %zu: '%s' instead of '%s'", i, st == STATUS_OK ? "" : err.message, kinds[i].what);
    }
  }
}

static void a_tar_archive_is_known_by_its_257th_byte(void **state) {
  (void)state;
  char block[512] = "answers.csv";
  error err;
  memcpy(block + 257,
         "ustar\0"
         "00",
         8);
  assert_int_equal(foreign_check((slice){block, sizeof block}, "a.tar", &err), STATUS_DATA);
  assert_string_equal(
      err.message,
      "a.tar: is a tar archive, which cannot be read; unpack it (tar -xf a.tar) and name the file "
      "in it");
  memset(block, ',', 257);
  assert_int_equal(foreign_check((slice){block, sizeof block}, "a.csv", &err), STATUS_OK);
}

static void tables_are_not_taken_for_other_files(void **state) {
  (void)state;
  static const char *const tables[] = {
      "",
      "q1,q2\n1,2\n",
      "PAR1,PAR2\n",
      "PAR1\n1\n",
      "PAR1\tPAR2\n",
      "ORC\n",
      "ORC;x\n",
      "GIF8,x\n",
      "BZhang,x\n",
      "%PDF,x\n",
      "[q1],[q2]\n",
      "[\"q1\"]\n",
      "[[q1]],[[q2]]\n",
      "[],q1\n",
      "[] agree,[] disagree\n",
      "[\n",
      "<5 years,>5 years\n",
      "<q1>,<q2>\n",
      "$q1,$q2\n",
      "rank,r\n",
      "X\n1\n",
      "RDX3\n1\n",
      "{\"q1\": 1}\n",
      "version,https\n",
      "PK,q1\n",
      "SQLite,q1\n",
      "Obj,q1\n",
      "7z,q1\n",
      "Rar,q1\n",
      "HEADER,RECORD\n",
      "序号,满意度\n",
  };
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    error err;
    if (foreign_check(slice_of(tables[i]), "a.csv", &err) != STATUS_OK) {
      fail_msg("'%s': %s", tables[i], err.message);
    }
  }
}

/* Any length of any kind's bytes. */
static void heads_may_end_anywhere(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    for (size_t length = 0; length <= kinds[i].head.length; length++) {
      char *exact = slice_copy((slice){kinds[i].head.bytes, length});
      error err;
      const status st = foreign_check((slice){exact, length}, "a.csv", &err);
      assert_true(st == STATUS_OK || st == STATUS_DATA);
      free(exact);
    }
  }
}

static void names_in_advice_are_as_a_shell_takes_them(void **state) {
  (void)state;
  static const struct {
    const char *title, *advice;
  } cases[] = {{"a.xz", "xz -d a.xz"},
               {"/data/my answers.xz", "xz -d '/data/my answers.xz'"},
               {"a;rm -rf b.xz", "xz -d 'a;rm -rf b.xz'"},
               {"standard input", "xz -d FILE"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    error err;
    static const slice head = HEAD(
        "\xfd"
        "7zXZ");
    assert_int_equal(foreign_check(head, cases[i].title, &err), STATUS_DATA);
    assert_contains(err.message, cases[i].advice);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_kind_is_named_with_what_to_do),
      cmocka_unit_test(a_tar_archive_is_known_by_its_257th_byte),
      cmocka_unit_test(tables_are_not_taken_for_other_files),
      cmocka_unit_test(heads_may_end_anywhere),
      cmocka_unit_test(names_in_advice_are_as_a_shell_takes_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

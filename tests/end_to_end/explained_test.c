/* Errors that explain: what was read where a column lacks, and advice that works when it is followed. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define SPEC(name) \
  "variables:\n  " name ": {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: [" name "]}\n"

/* ---- Columns that lack --------------------------------------------------------------------------- */

static const struct {
  const char *spec, *data, *told, *account;
} lacking[] = {
    {SPEC("ID"), "id,q1,q2\n1,2,3\n", "no column 'ID' in %s; did you mean 'id'?",
     "its header, line 1, is cut at ',' (header and first records agree on it) into 3 columns: 'id', 'q1', "
     "'q2'; the line as read: id,q1,q2"},
    {SPEC("q7"), "Antwort-ID;Wert;Bemerkung\n1;2;x\n", "no column 'q7' in %s",
     "its header, line 1, is cut at ';' (header and first records agree on it) into 3 columns: 'Antwort-ID', "
     "'Wert', 'Bemerkung'; the line as read: Antwort-ID;Wert;Bemerkung"},
    {SPEC("性别"), "性別\t满意度\n1\t2\n", "no column '性别' in %s; did you mean '性別'?",
     "its header, line 1, is cut at tabs (header and first records agree on it) into 2 columns: '性別', "
     "'满意度'; the line as read: 性別\\u0009满意度"},
    {SPEC("满意度"), "编号,1、您对服务的满意度是？\n1,2\n",
     "no column '满意度' in %s; did you mean '1、您对服务的满意度是？'?",
     "its header, line 1, is cut at ',' (header and first records agree on it) into 2 columns: '编号', "
     "'1、您对服务的满意度是？'; the line as read: 编号,1、您对服务的满意度是？"},
    {SPEC("q1"), "q1^q2\n1^2\n", "no column 'q1' in %s",
     "its header, line 1, has none of , ; | and tabs (`data: {delimiter: ...}` states another delimiter, "
     "`data: "
     "{skip: N}` how many lines stand before the header) and is read as 1 column: 'q1^q2'; the line as read: "
     "q1^q2"},
    {"data: {delimiter: ';'}\n" SPEC("q1"), "a,b\n1,2\n", "no column 'q1' in %s",
     "its header, line 1, is cut at ';' (`data: {delimiter}` says so) into 1 column: 'a,b'; the line as "
     "read: "
     "a,b"},
    {SPEC("q1"), "sep=;\na;b\n1;2\n", "no column 'q1' in %s",
     "its header, line 2, is cut at ';' (its line `sep=` says so) into 2 columns: 'a', 'b'; the line as "
     "read: "
     "a;b"},
    {SPEC("q1"), "a;b,c\n1;2,3\n", "no column 'q1' in %s",
     "its header, line 1, is cut at ',' (a guess: another delimiter fits as well; `data: {delimiter: ...}` "
     "states "
     "it) into 2 columns: 'a;b', 'c'; the line as read: a;b,c"},
    {"data: {skip: 1, header: 2}\n" SPEC("q1"), "Export of May\nA,,B\nx,y,z\n1,2,3\n", "no column 'q1' in %s",
     "its header, line 2 and those after it, is cut at ',' (header and first records agree on it) into 3 "
     "columns: "
     "'A | x', 'A | y', 'B | z'; the line as read: A,,B"},
    {SPEC("\"z_*\""), "a,b\n1,2\n", "no column of %s matches 'z_*'",
     "its header, line 1, is cut at ',' (header and first records agree on it) into 2 columns: 'a', 'b'; the "
     "line as read: a,b"},
    {SPEC("q99"), "c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13\n1,1,1,1,1,1,1,1,1,1,1,1,1\n",
     "no column 'q99' in %s",
     "its header, line 1, is cut at ',' (header and first records agree on it) into 13 columns: 'c1', 'c2', "
     "'c3', 'c4', 'c5', 'c6', 'c7', 'c8' and 5 more; the line as read: "
     "c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13"},
    {SPEC("q1"), "1,5\n2,4\n", "no column 'q1' in %s; did you mean '1'?",
     "its header, line 1, is cut at ',' (header and first records agree on it) into 2 columns: '1', '5'; all "
     "of "
     "them are numbers: if the file has no line of titles, put one before its first line; the line as read: "
     "1,5"},
    {"data: {format: ndjson}\n" SPEC("q1"), "{\"a\": 1, \"b\": 2}\n", "no column 'q1' in %s",
     "has 2 columns: 'a', 'b'"},
};

static void a_lacking_column_is_told_with_what_was_read(void **state) {
  scene *s = *state;
  for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
    scene_write(s, lacking[i].spec, lacking[i].data);
    process_result r = scene_run(s, "run", NULL, NULL);
    char told[2000], account[2000];
    const char *hole = strstr(lacking[i].told, "%s");
    snprintf(told, sizeof told, "%.*s%s%s\n", (int)(hole - lacking[i].told), lacking[i].told, s->data,
             hole + 2);
    snprintf(account, sizeof account, "\ncanvass: %s: %s\n", s->data, lacking[i].account);
    /* One mistake, then the account, and nothing else; and the data are at fault. */
    const char *behind = strstr(r.err, told);
    if (r.exit_code != 4 || behind == NULL || strcmp(behind + strlen(told) - 1, account) != 0) {
      fail_msg("case %zu: exit code %d, '%s' instead of '...%s%s'", i, r.exit_code, r.err, told, account + 1);
    }
    process_result_fini(&r);
  }
}

static void a_later_file_that_lacks_a_column_is_told_as_well(void **state) {
  scene *s = *state;
  char later[SCENE_PATH_BYTES];
  char told[3 * SCENE_PATH_BYTES];
  scene_write(s, SPEC("q1"), "q1,q2\n1,2\n");
  process_write_file(s->directory, "later.csv", "q1 ;q2\n1;2\n", 11, later, sizeof later);
  process_result r;
  CANVASS(&r, "run", s->spec, s->data, later);
  process_result_fini(&r);
  process_write_file(s->directory, "later.csv", "Q1;q2\n1;2\n", 10, later, sizeof later);
  CANVASS(&r, "run", s->spec, s->data, later);
  snprintf(told, sizeof told,
           "canvass: %s: these columns are not in the header: \"q1\" (did you mean \"Q1\"?); its header, "
           "line 1, is "
           "cut at ';' (header and first records agree on it) into 2 columns: 'Q1', 'q2'; the line as read: "
           "Q1;q2\n",
           later);
  assert_string_equal(r.err, told);
  assert_int_equal(r.exit_code, 4);
  process_result_fini(&r);
}

/* ---- Advice ---------------------------------------------------------------------------------------- */

/* Runs TEXT with /bin/sh in the scene's directory; its exit code. */
static int shell(const scene *s, const char *text) {
  char line[2000];
  process_result r;
  snprintf(line, sizeof line, "cd '%s' && %s", s->directory, text);
  process_run((const char *const[]){"/bin/sh", "-c", line, NULL}, NULL, &r);
  const int code = r.exit_code;
  process_result_fini(&r);
  return code;
}

static bool has_tool(const scene *s, const char *tool) {
  char line[200];
  snprintf(line, sizeof line, "command -v %s >/dev/null", tool);
  const bool found = shell(s, line) == 0;
  if (!found) {
    print_message("left out: %s is not here\n", tool);
  }
  return found;
}

/* `canvass check spec.yaml NAME`, in the scene's directory. */
static process_result check(const scene *s, const char *name) {
  char line[2000];
  process_result r;
  snprintf(line, sizeof line, "cd '%s' && exec '%s' check -q spec.yaml '%s'", s->directory, CANVASS_PROGRAM,
           name);
  process_run((const char *const[]){"/bin/sh", "-c", line, NULL}, NULL, &r);
  return r;
}

static void what_packs_a_table_is_named_with_the_command_that_unpacks_it(void **state) {
  scene *s = *state;
  static const struct {
    const char *tool, *pack, *packed, *advice, *unpacked;
  } cases[] = {
      {"zip", "zip -q a.zip data.csv && rm data.csv", "a.zip", "unzip a.zip", "data.csv"},
      {"zip", "mv data.csv b.csv && zip -q 'my answers.zip' b.csv && rm b.csv", "my answers.zip",
       "unzip 'my answers.zip'", "b.csv"},
      {"xz", "xz data.csv", "data.csv.xz", "xz -d data.csv.xz", "data.csv"},
      {"bzip2", "bzip2 data.csv", "data.csv.bz2", "bzip2 -d data.csv.bz2", "data.csv"},
      {"lz4", "lz4 -q --rm data.csv data.csv.lz4", "data.csv.lz4", "lz4 -dm data.csv.lz4", "data.csv"},
      {"tar", "tar -cf a.tar data.csv && rm data.csv", "a.tar", "tar -xf a.tar", "data.csv"},
      {"tar", "tar -czf a.tgz data.csv && rm data.csv", "a.tgz", "tar -xf a.tgz", "data.csv"},
      {"jq", "printf '[{\"q1\": 1}, {\"q1\": 2}]' > a.json && rm data.csv", "a.json",
       "jq -c '.[]' a.json > a.json.ndjson", "a.json.ndjson"},
      {"jq", "printf '{\"q1\":\\n1}\\n{\"q1\":\\n2}' > a.json && rm data.csv", "a.json", "jq -c . ",
       "b.ndjson"},
      {"sqlite3", "sqlite3 a.db '.mode csv' '.import data.csv answers' && rm data.csv", "a.db",
       "sqlite3 -header -csv a.db 'SELECT * FROM answers'", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    scene_write(s, SPEC("q1"), "q1,q2\n1,2\n3,4\n");
    if (!has_tool(s, cases[i].tool)) {
      continue;
    }
    assert_int_equal(shell(s, cases[i].pack), 0);
    process_result r = check(s, cases[i].packed);
    assert_int_equal(r.exit_code, 4);
    assert_contains(r.err, cases[i].advice);
    process_result_fini(&r);
    char line[400];
    const bool is_filter =
        strcmp(cases[i].advice, "jq -c . ") == 0; /* the message does not say of what into what */
    snprintf(line, sizeof line,
             is_filter                   ? "%sa.json > b.ndjson"
             : cases[i].unpacked != NULL ? "%s"
                                         : "%s > table.csv",
             cases[i].advice);
    assert_int_equal(shell(s, line), 0);
    r = check(s, cases[i].unpacked != NULL ? cases[i].unpacked : "table.csv");
    if (r.exit_code != 0 || strstr(r.out, "over 2 rows") == NULL) {
      fail_msg("after %s: exit code %d, %s%s", cases[i].advice, r.exit_code, r.out, r.err);
    }
    process_result_fini(&r);
    (void)shell(s, "rm -f *.zip *.xz *.bz2 *.lz4 *.tar *.tgz *.json *.ndjson *.db table.csv");
  }
}

/* The setting in the message, put into the specification, reads the file. */
static void the_encoding_that_is_proposed_reads_the_file(void **state) {
  scene *s = *state;
  static const struct {
    const char *name, *text;
  } cases[] = {{"GB18030", "编号,满意度\n1,很好\n2,不好\n3,一般\n"},
               {"BIG5", "編號,滿意度\n1,很好\n2,不好\n3,一般的啦\n"},
               {"CP949", "번호,만족도\n1,매우 만족\n2,보통이다\n"},
               {"SHIFT_JIS", "番号,満足度について\n1,とてもよかったです\n2,ふつうでした\n"},
               {"CP1252", "Nr,Süd\n1,größer\n2,né à Besançon\n"},
               {"UTF-16LE", "id,q1\n1,2\n2,3\n3,4\n"}};
  if (!has_tool(s, "iconv")) {
    skip();
  }
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char line[200];
    scene_write(s, "variables:\n  x: {type: text, column: 2}\nanalyses:\n  - describe: {items: x}\n",
                cases[i].text);
    snprintf(line, sizeof line, "iconv -f UTF-8 -t %s data.csv > other.csv", cases[i].name);
    assert_int_equal(shell(s, line), 0);
    process_result r = check(s, "other.csv");
    if (r.exit_code == 0) { /* UTF-16 is recognised */
      process_result_fini(&r);
      continue;
    }
    static const char begin[] = "state `data: {encoding: ";
    const char *found = strstr(r.err, begin);
    assert_int_equal(r.exit_code, 4);
    if (found == NULL) {
      fail_msg("%s: '%s'", cases[i].name, r.err);
    }
    char spec[1000];
    const char *setting = found + strlen("state `");
    snprintf(spec, sizeof spec,
             "%.*s\nvariables:\n  x: {type: text, column: 2}\nanalyses:\n  - describe: {items: x}\n",
             (int)strcspn(setting, "`"), setting);
    process_result_fini(&r);
    scene_write(s, spec, cases[i].text);
    r = check(s, "other.csv");
    if (r.exit_code != 0) {
      fail_msg("%s: with %.*s '%s'", cases[i].name, (int)strcspn(spec, "\n"), spec, r.err);
    }
    process_result_fini(&r);
  }
}

static void a_lone_zero_byte_is_not_taken_for_another_encoding(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES];
  scene_write(s, SPEC("q1"), "");
  static const char data[] = "q1,q2\n1,2\n3,\0004\n5,5\n";
  process_write_file(s->directory, "zero.csv", data, sizeof data - 1, path, sizeof path);
  process_result r = check(s, "zero.csv");
  assert_int_equal(r.exit_code, 4);
  assert_string_equal(
      r.err,
      "canvass: zero.csv:3: byte 3 of the line is NUL, which is not text; the file is damaged or not "
      "a text file; where it is text, tr -d '\\000' takes such bytes out\n");
  process_result_fini(&r);
  assert_int_equal(shell(s, "tr -d '\\000' < zero.csv > mended.csv"), 0);
  r = check(s, "mended.csv");
  assert_int_equal(r.exit_code, 0);
  process_result_fini(&r);
  static const char noise[] = "\x81\x02\x07\x10\xfe\x12\x88\x03\x04\x90\n\x01\x02\x03\xa0\n";
  process_write_file(s->directory, "noise.csv", noise, sizeof noise - 1, path, sizeof path);
  r = check(s, "noise.csv");
  assert_contains(r.err, "do not look like text");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_lacking_column_is_told_with_what_was_read),
      SCENE_TEST(a_later_file_that_lacks_a_column_is_told_as_well),
      SCENE_TEST(what_packs_a_table_is_named_with_the_command_that_unpacks_it),
      SCENE_TEST(the_encoding_that_is_proposed_reads_the_file),
      SCENE_TEST(a_lone_zero_byte_is_not_taken_for_another_encoding),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

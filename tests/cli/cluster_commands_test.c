/* What the client's subcommands print and how they end, with a broker that answers as a test tells it:
 * answers on standard output, all else on standard error, exit codes, and leaving a job alone. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/client/book.h"
#include "tests/process.h"

static const char job[] = "11112222333344445555666677778888";

/* All times are to come, so that no age depends on when the test runs: words_test has the ages. */
static const char listing[] =
    "{\"jobs\":[{\"id\":\"11112222333344445555666677778888\",\"state\":\"done\",\"dataset\":\"survey\","
    "\"version\":1,"
    "\"rows_total\":1811,\"computed\":12,\"cached\":1234,\"submitted\":253402300799,\"title\":\"first.yaml\","
    "\"message\":\"\"},"
    "{\"id\":\"aaaa2222333344445555666677778888\",\"state\":\"running\",\"dataset\":\"survey\",\"version\":2,"
    "\"stage\":1,\"rows_done\":250,\"rows_total\":1000,\"computed\":0,\"cached\":0,\"submitted\":"
    "253402300799,"
    "\"title\":\"sec\\u001b[1mond.yaml\",\"message\":\"\"}],"
    "\"workers\":[{\"title\":\"host:1\",\"capacity\":4,\"running\":3,\"tasks_done\":100000,\"shards\":7,"
    "\"fingerprint\":\"0123456789abcdef\",\"heard_seconds\":40,\"set_aside\":true}],"
    "\"datasets\":[{\"name\":\"\\u6ee1\\u610f\",\"version\":3,\"rows\":1234567,\"shards\":20,\"files\":2,"
    "\"bytes\":31415926,\"changed\":253402300799}]}";

typedef struct fixture {
  char spec[512], data[512], out[512], err[512];
  book book;
} fixture;

static int set_up(void **state) {
  static const char spec[] =
      "variables:\n  q1: {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: [q1]}\n";
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  book_open_for_programs(&f->book);
  const char *directory = scripted_directory(f->book.broker);
  process_write_file(directory, "spec.yaml", spec, strlen(spec), f->spec, sizeof f->spec);
  process_write_file(directory, "data.csv", "q1\n1\n2\n5\n", 9, f->data, sizeof f->data);
  (void)snprintf(f->out, sizeof f->out, "%s/out", directory);
  (void)snprintf(f->err, sizeof f->err, "%s/err", directory);
  f->book.listing = listing;
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  book_close(&f->book);
  free(f);
  return 0;
}

/* The program ends with CODE and writes OUT; among its messages are WORDS ("": there are none).  NULL:
 * whatever it writes. */
static void expect(int code, const char *out, const char *words, const char *const *arguments) {
  process_result r;
  process_run(arguments, NULL, &r);
  const bool has_words =
      words == NULL || (words[0] == '\0' ? r.err_length == 0 : strstr(r.err, words) != NULL);
  if (r.exit_code != code || (out != NULL && strcmp(r.out, out) != 0) || !has_words) {
    fail_msg("canvass %s %s: exit code %d instead of %d\n%s(expected: %s)\n%s(expected: %s)", arguments[1],
             arguments[2] != NULL ? arguments[2] : "", r.exit_code, code, r.out,
             out != NULL ? out : "anything", r.err, words != NULL ? words : "anything");
  }
  process_result_fini(&r);
}

#define EXPECT(code, out, words, ...) \
  expect(code, out, words, (const char *const[]){CANVASS_PROGRAM, __VA_ARGS__, NULL})

/* ---- Lists --------------------------------------------------------------------------------------- */

static void lists_are_tables_for_people(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  EXPECT(0,
         "JOB       STATE         DATASET    ROWS  COMPUTED  CACHED  SUBMITTED  TITLE\n"
         "aaaa2222  stage 2, 25%  survey:2  1,000         0       0        now  sec\\u001b[1mond.yaml\n"
         "11112222  done          survey:1  1,811        12   1,234        now  first.yaml\n",
         "", "jobs");
  EXPECT(0,
         "WORKER  TASKS GIVEN     DONE  SHARDS  HEARD  FINGERPRINT  NOTE\n"
         "host:1       3 of 4  100,000       7   40 s  01234567     set aside: its results differ\n",
         "", "workers");
  EXPECT(0,
         "DATASET  VERSION       ROWS  FILES  SHARDS     SIZE  CHANGED\n"
         "满意           3  1,234,567      2      20  31.4 MB      now\n",
         "", "datasets");
}

/* Columns and notes are wide characters, and stand below each other all the same. */
static void people_are_told_in_their_language_and_programs_as_ever(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  EXPECT(0,
         "作业      状态            数据集     行数  新计算  来自缓存  提交时间  标题\n"
         "aaaa2222  第 2 阶段，25%  survey:2  1,000       0         0      刚刚  sec\\u001b[1mond.yaml\n"
         "11112222  已完成          survey:1  1,811      12     1,234      刚刚  first.yaml\n",
         "", "jobs", "--lang", "zh");
  EXPECT(0,
         "工作程式  已分派   已完成  分片  最近聯繫  指紋      備註\n"
         "host:1       3/4  100,000     7   40 秒前  01234567  已停用：結果不一致\n",
         "", "workers", "--lang", "zh-TW");
  EXPECT(0, "", "canvass: 作业 11112222 已取消\n", "cancel", "1111", "--lang", "zh");
  EXPECT(0, "", "canvass: 已刪除資料集 survey", "drop", "survey", "--lang", "zh-TW");
  process_result r;
  process_result same;
  CANVASS(&r, "jobs", "--json", "--lang", "zh");
  CANVASS(&same, "jobs", "--json");
  assert_string_equal(r.out, same.out);
  process_result_fini(&r);
  process_result_fini(&same);
  EXPECT(1, "", "no job's id begins with 9999", "cancel", "9999", "--lang", "zh"); /* errors are English */
}

static void lists_say_what_jobs_wait_for_and_who_is_held_back(void **state) {
  fixture *f = *state;
  f->book.listing =
      "{\"jobs\":[{\"id\":\"11112222333344445555666677778888\",\"state\":\"queued\",\"title\":\"first.yaml\","
      "\"message\":\"\",\"waits\":\"no worker takes tasks\"}],"
      "\"workers\":[{\"title\":\"host:1\",\"set_aside\":false,\"held_back\":true,\"races_lost\":12}]}";
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "jobs");
  assert_contains(r.out, "first.yaml: no worker takes tasks\n");
  process_result_fini(&r);
  CANVASS(&r, "workers");
  assert_contains(r.out, "held back: others finished 12 of its tasks\n");
  process_result_fini(&r);
}

static void ids_have_so_many_digits_that_all_differ(void **state) {
  fixture *f = *state;
  f->book.listing =
      "{\"jobs\":[{\"id\":\"aaaaaaaaaa1111112222222222222222\"},"
      "{\"id\":\"bbbbbbbbbb1111112222222222222222\"},"
      "{\"id\":\"aaaaaaaaaa1212112222222222222222\"}]}";
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "jobs");
  assert_contains(r.out, "\naaaaaaaaaa12  ");
  assert_contains(r.out, "\nbbbbbbbbbb11  ");
  assert_contains(r.out, "\naaaaaaaaaa11  ");
  process_result_fini(&r);
}

#define TEN(text)    text text text text text text text text text text
#define TWENTY(text) TEN(text) TEN(text)

/* Chinese characters are two columns wide: 15 of them and the ellipsis fit 32 columns, 16 do not. */
static void long_texts_are_cut_between_characters(void **state) {
  fixture *f = *state;
  f->book.listing = "{\"jobs\":[{\"id\":\"11112222333344445555666677778888\",\"version\":1,"
                      "\"dataset\":\"" TWENTY("满意") "\",\"title\":\"" TEN("title") "\","
                      "\"message\":\"" TWENTY("é, ") "\"}],"
                      "\"datasets\":[{\"name\":\"" TWENTY("满意") "\"}],"
                      "\"workers\":[{\"title\":\"" TEN("host") "\"}]}";
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "jobs");
  assert_contains(r.out, "  满意满意满意满意满意满意满意满…:1  ");
  assert_contains(r.out, "  titletitletitletitletitletitlet…: " TEN("é, ") "é, é, é, é, é, …\n");
  process_result_fini(&r);
  CANVASS(&r, "datasets");
  assert_contains(r.out, "\n满意满意满意满意满意满意满意满…  ");
  process_result_fini(&r);
  CANVASS(&r, "workers");
  assert_contains(r.out, "\nhosthosthosthosthosthosthosthos…  ");
  process_result_fini(&r);
}

static void lists_are_the_brokers_json_for_programs(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  static const char *const names[] = {"workers", "datasets"};
  for (size_t i = 0; i < 2; i++) {
    process_result r;
    CANVASS(&r, names[i], "--json");
    assert_int_equal(r.exit_code, 0);
    assert_int_equal(r.out_length, strlen(listing) + 1);
    assert_memory_equal(r.out, listing, strlen(listing));
    process_result_fini(&r);
  }
}

static void an_empty_list_prints_nothing(void **state) {
  fixture *f = *state;
  f->book.listing = "{\"jobs\":[]}";
  book_play(&f->book);
  EXPECT(0, "", "no jobs", "jobs");
}

/* ---- Following ----------------------------------------------------------------------------------- */

static bool file_contains(const char *path, const char *part) {
  size_t length = 0;
  char *text = process_read_file(path, &length);
  const bool found = text != NULL && strstr(text, part) != NULL;
  free(text);
  return found;
}

/* What P writes to PATH. */
static void await(process *p, const char *path, const char *part) {
  while (!file_contains(path, part)) {
    assert_true(process_is_running(p));
    (void)usleep(10000);
  }
}

static void check_detaching(fixture *f, int signal_number) {
  book_play(&f->book);
  process p = {.pid = 0};
  process_start(&p,
                (const char *const[]){CANVASS_PROGRAM, "watch", "1111", "--json", "-b",
                                      scripted_endpoint(f->book.broker), NULL},
                f->out, f->err);
  await(&p, f->out, "\"rows_done\":30");
  process_signal(&p, signal_number);
  assert_int_equal(process_wait(&p), 128 + signal_number);
  assert_true(
      file_contains(f->err, "the job goes on; come back with: canvass watch 11112222 --broker ipc://"));
  assert_true(file_contains(f->err, "(or: canvass report 11112222 --broker ipc://"));
  assert_int_equal(atomic_load(&f->book.seen[MESSAGE_CANCEL]), 0);
}

static void an_interrupt_leaves_the_job_alone_and_says_how_to_come_back(void **state) {
  check_detaching(*state, SIGINT);
}

static void a_closed_terminal_leaves_the_job_alone(void **state) {
  check_detaching(*state, SIGHUP);
}

static void watching_in_json_is_a_line_for_each_news(void **state) {
  fixture *f = *state;
  f->book.report = (slice){"{}", 2};
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "watch", "1111", "--json");
  assert_int_equal(r.exit_code, 0);
  char expected[256];
  (void)snprintf(expected, sizeof expected,
                 "{\"cached\":7,\"computed\":5,\"job\":\"%s\",\"state\":\"done\"}\n", job);
  assert_string_equal(r.out, expected);
  assert_contains(r.err, "job 11112222 is done");
  process_result_fini(&r);
}

static void a_failed_job_gives_its_exit_code(void **state) {
  fixture *f = *state;
  f->book.failure = "data";
  book_play(&f->book);
  EXPECT(4, "", "job 11112222: so it ended", "watch", "1111");
  EXPECT(4, NULL, NULL, "report", "1111");
}

static void the_end_of_a_job_in_json_tells_no_figures_that_it_does_not_know(void **state) {
  fixture *f = *state;
  f->book.failure = "data";
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "watch", "1111", "--json");
  assert_int_equal(r.exit_code, 4);
  char expected[256];
  (void)snprintf(expected, sizeof expected,
                 "{\"job\":\"%s\",\"message\":\"so it ended\",\"state\":\"failed\",\"status\":\"data\"}\n",
                 job);
  assert_string_equal(r.out, expected);
  process_result_fini(&r);
}

static void a_cancelled_job_is_a_failure_and_no_interruption(void **state) {
  fixture *f = *state;
  f->book.failure = "interrupted";
  book_play(&f->book);
  EXPECT(1, NULL, NULL, "watch", "1111");
  EXPECT(1, NULL, NULL, "report", "1111");
}

static void a_report_before_its_time_fails_and_says_how_far(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  EXPECT(1, "", "job 11112222 has not ended: running, stage 2, 30 of 120 rows (25%)", "report", "11112222");
}

static void the_report_of_a_load_is_a_line(void **state) {
  fixture *f = *state;
  f->book.report = slice_of("{\"dataset\":\"airline\",\"rows\":129880,\"version\":2}");
  book_play(&f->book);
  EXPECT(0, "dataset airline is at version 2, 129,880 rows\n", NULL, "report", "1111");
  EXPECT(0, "{\"dataset\":\"airline\",\"rows\":129880,\"version\":2}\n", NULL, "report", "1111", "--format",
         "json");
}

static void a_report_does_nothing_to_a_terminal(void **state) {
  fixture *f = *state;
  f->book.report = slice_of("{\"dataset\":\"air\\u001b[2J\\u202eline\",\"rows\":1,\"version\":2}");
  book_play(&f->book);
  EXPECT(0, "dataset air\\u001b[2J\\u202eline is at version 2, 1 row\n", NULL, "report", "1111");
}

/* ---- Changing ------------------------------------------------------------------------------------ */

static void cancel_and_drop_say_what_they_did(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "cancel", "1111");
  assert_int_equal(r.exit_code, 0);
  assert_string_equal(r.out, "");
  assert_string_equal(r.err, "canvass: job 11112222 is cancelled\n");
  process_result_fini(&r);
  EXPECT(0, "", "its data stay until 2 unfinished jobs have ended", "drop", "survey");
  EXPECT(1, NULL, "no job's id begins with 9999", "cancel", "9999");
}

static void a_put_says_what_it_sent_on_standard_error_alone(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "put", "survey", f->spec, f->data);
  assert_int_equal(r.exit_code, 0);
  assert_string_equal(r.out, "");
  assert_contains(r.err, "sent 1 of 1 shards");
  assert_contains(r.err, "dataset survey is now version 1, 3 rows");
  process_result_fini(&r);
  /* The broker reports no dataset, but its name is taken. */
  EXPECT(1, NULL, NULL, "put", "survey", f->spec, f->data);
}

static void a_put_in_json_is_one_object(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "put", "survey", f->spec, f->data, "--json", "--quiet");
  assert_int_equal(r.exit_code, 0);
  assert_string_equal(r.err, "");
  assert_memory_equal(r.out, "{\"bytes_sent\":", 14);
  assert_contains(r.out,
                  "\"dataset\":\"survey\",\"files\":1,\"files_added\":1,\"rows\":3,\"shards\":1,"
                  "\"shards_sent\":1,\"version\":1}\n");
  process_result_fini(&r);
}

/* What is invalid only an evaluation can say: `run` and `check` refuse that, too. */
static void a_strict_put_refuses_what_it_can_see_without_evaluating(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  static const struct {
    const char *data, *second;
    int wanted;
  } cases[] = {{"q1\n1\n2,3\n", "q1\n4\n", 4}, {"q1\n1\n", "q1\n1\n", 4}, {"q1\n1\n9\n", "q1\n4\n", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char second[512];
    process_write_file(scripted_directory(f->book.broker), "data.csv", cases[i].data, strlen(cases[i].data),
                       f->data, sizeof f->data);
    process_write_file(scripted_directory(f->book.broker), "second.csv", cases[i].second,
                       strlen(cases[i].second), second, sizeof second);
    process_result r;
    CANVASS(&r, "put", "survey", f->spec, f->data, second, "--strict");
    assert_int_equal(r.exit_code, cases[i].wanted);
    process_result_fini(&r);
  }
}

static void a_full_broker_ends_a_put(void **state) {
  fixture *f = *state;
  f->book.is_full = true;
  book_play(&f->book);
  EXPECT(1, NULL, "no room left in the broker's store", "put", "survey", f->spec, f->data);
}

static void submitting_to_a_dataset_that_is_not_there_fails(void **state) {
  fixture *f = *state;
  book_play(&f->book);
  EXPECT(1, "", "there is no dataset 'survey'", "submit", f->spec, "--dataset", "survey");
}

/* ---- No broker ----------------------------------------------------------------------------------- */

static void a_broker_that_is_not_there_is_exit_code_3(void **state) {
  fixture *f = *state;
  setenv("CANVASS_PATIENCE", "1", 1);
  EXPECT(3, "", scripted_endpoint(f->book.broker), "jobs");
  EXPECT(3, NULL, "its host's name cannot be looked up (", "jobs", "-b",
         "tcp://a-label-of-a-name-has-at-most-sixty-three-characters-and-this-one-more:7117");
  setenv("CANVASS_PATIENCE", "soon", 1);
  EXPECT(2, NULL, "CANVASS_PATIENCE: 'soon'", "jobs");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(lists_are_tables_for_people),
      TEST(people_are_told_in_their_language_and_programs_as_ever),
      TEST(lists_say_what_jobs_wait_for_and_who_is_held_back),
      TEST(ids_have_so_many_digits_that_all_differ),
      TEST(long_texts_are_cut_between_characters),
      TEST(lists_are_the_brokers_json_for_programs),
      TEST(an_empty_list_prints_nothing),
      TEST(an_interrupt_leaves_the_job_alone_and_says_how_to_come_back),
      TEST(a_closed_terminal_leaves_the_job_alone),
      TEST(watching_in_json_is_a_line_for_each_news),
      TEST(a_failed_job_gives_its_exit_code),
      TEST(the_end_of_a_job_in_json_tells_no_figures_that_it_does_not_know),
      TEST(a_cancelled_job_is_a_failure_and_no_interruption),
      TEST(a_report_before_its_time_fails_and_says_how_far),
      TEST(the_report_of_a_load_is_a_line),
      TEST(a_report_does_nothing_to_a_terminal),
      TEST(cancel_and_drop_say_what_they_did),
      TEST(a_put_says_what_it_sent_on_standard_error_alone),
      TEST(a_put_in_json_is_one_object),
      TEST(a_strict_put_refuses_what_it_can_see_without_evaluating),
      TEST(a_full_broker_ends_a_put),
      TEST(submitting_to_a_dataset_that_is_not_there_fails),
      TEST(a_broker_that_is_not_there_is_exit_code_3),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Jobs through a session: submitted, followed over a broker's restart, asked about, found by their first
 * digits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/client/session_fixture.h"

static const char job[] = "11112222333344445555666677778888";
static const char document[] = "{\"report\":1}";

static void check_report(const fixture *f) {
  assert_int_equal(f->report.length, strlen(document));
  assert_memory_equal(f->report.data, document, strlen(document));
}

/* ---- Submitting ---------------------------------------------------------------------------------- */

static void the_key_that_is_given_is_the_jobs_key(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  char first[SESSION_JOB_BYTES];
  char second[SESSION_JOB_BYTES];
  const session_job wanted = {
      .plan = {"plan", 4}, .program = {"program", 7}, .dataset = "survey", .key = "k"};
  OK(session_submit(f->link, &wanted, first, &f->err));
  OK(session_submit(f->link, &wanted, second, &f->err));
  assert_string_equal(first, second);
  book_stop(&f->book);
  assert_string_equal(f->book.last_key, "k");
}

static void without_a_key_every_job_is_a_new_one(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  char first[SESSION_JOB_BYTES];
  char second[SESSION_JOB_BYTES];
  const session_job wanted = {.specification = {"page", 4}, .dataset = "survey"};
  OK(session_submit(f->link, &wanted, first, &f->err));
  OK(session_submit(f->link, &wanted, second, &f->err));
  assert_string_not_equal(first, second);
}

/* A restart that swallows the submission must not make a second job. */
static void a_submission_keeps_its_key_over_a_restart(void **state) {
  fixture *f = *state;
  f->book.restarts_on = MESSAGE_SUBMIT;
  f->book.restarts_after = 2;
  fixture_begin(f);
  char first[SESSION_JOB_BYTES];
  char second[SESSION_JOB_BYTES];
  const session_job wanted = {.specification = {"page", 4}, .dataset = "survey"};
  OK(session_submit(f->link, &wanted, first, &f->err));
  const session_job keyed = {.specification = {"page", 4}, .dataset = "survey", .key = "k"};
  OK(session_submit(f->link, &keyed, second, &f->err));
  book_stop(&f->book);
  assert_string_equal(f->book.last_key, "k");
  assert_int_equal(atomic_load(&f->book.starts), 2);
}

static void large_parts_of_a_job_go_by_name(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  const size_t length = (3 << 20) + 1;
  char *plan = malloc(length);
  memset(plan, 'p', length);
  char id[SESSION_JOB_BYTES];
  const session_job wanted = {.plan = {plan, length}, .program = {"program", 7}, .dataset = "survey"};
  OK(session_submit(f->link, &wanted, id, &f->err));
  book_stop(&f->book);
  digest name;
  OK(digest_of(plan, length, &name, &f->err));
  const book_blob *blob = book_find(&f->book, &name);
  assert_non_null(blob);
  assert_int_equal(blob->next, length);
  free(plan);
}

static void texts_that_no_message_can_carry_are_told(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  char id[SESSION_JOB_BYTES];
  session_job wanted = {.specification = {"page", 4}, .dataset = "\xff\xfe"};
  assert_int_equal(session_submit(f->link, &wanted, id, &f->err), STATUS_USAGE);
  assert_contains(f->err.message, "the dataset's name is not UTF-8");
  char long_key[5000];
  memset(long_key, 'k', sizeof long_key - 1);
  long_key[sizeof long_key - 1] = '\0';
  wanted = (session_job){.specification = {"page", 4}, .dataset = "survey", .key = long_key};
  assert_int_equal(session_submit(f->link, &wanted, id, &f->err), STATUS_USAGE);
}

/* ---- Following ----------------------------------------------------------------------------------- */

typedef struct watcher {
  session_progress last;
  unsigned calls, stop_at;
  fixture *f;
} watcher;

static bool on_progress(void *context, const session_progress *p) {
  watcher *w = context;
  w->last = *p;
  return ++w->calls != w->stop_at;
}

static void the_report_of_a_job_that_is_done_comes_at_once(void **state) {
  fixture *f = *state;
  f->book.report = slice_of(document);
  fixture_begin(f);
  session_progress last;
  OK(session_wait(f->link, job, NULL, NULL, &f->report, &last, &f->err));
  check_report(f);
  assert_int_equal(last.states_computed, 5);
  assert_int_equal(last.states_cached, 7);
}

static void who_stops_watching_leaves_the_job_alone(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  watcher w = {.stop_at = 3};
  assert_int_equal(session_wait(f->link, job, on_progress, &w, &f->report, NULL, &f->err),
                   STATUS_INTERRUPTED);
  assert_string_equal(w.last.state, "running");
  assert_int_equal(w.last.stage, 1);
  assert_int_equal(w.last.rows_done, 30);
  assert_int_equal(w.last.rows_total, 120);
  assert_string_equal(w.last.waits, "no worker takes tasks");
  book_stop(&f->book);
  assert_int_equal(atomic_load(&f->book.seen[MESSAGE_CANCEL]), 0);
}

/* The job is done when the broker is back. */
static bool until_restarted(void *context, const session_progress *p) {
  watcher *w = context;
  w->last = *p;
  if (strcmp(p->state, "running") == 0 && w->calls++ == 0) {
    atomic_store(&w->f->book.completes, true);
    atomic_store(&w->f->book.forgets, true);
  }
  return true;
}

static void watching_goes_on_with_a_broker_that_came_back(void **state) {
  fixture *f = *state;
  f->book.report_later = slice_of(document);
  fixture_begin(f);
  f->link->sign_ms = 20;
  watcher w = {.f = f};
  OK(session_wait(f->link, job, until_restarted, &w, &f->report, NULL, &f->err));
  check_report(f);
  assert_true(f->link->welcomes >= 2); /* it may say hello twice to a slow one */
}

static bool until_away(void *context, const session_progress *p) {
  watcher *w = context;
  w->calls++;
  return !p->is_away;
}

static void a_broker_that_is_away_is_said_to_be(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  f->link->patience_ms = 100; /* does not count here: the watcher decides */
  f->link->away_ms = 300;
  atomic_store(&f->book.goes_deaf, true);
  watcher w = {.f = f};
  assert_int_equal(session_wait(f->link, job, until_away, &w, &f->report, NULL, &f->err), STATUS_INTERRUPTED);
}

static void a_job_that_failed_is_its_failure(void **state) {
  fixture *f = *state;
  f->book.failure = "data";
  fixture_begin(f);
  assert_int_equal(session_wait(f->link, job, NULL, NULL, &f->report, NULL, &f->err), STATUS_DATA);
  assert_contains(f->err.message, "so it ended");
  assert_int_equal(session_report(f->link, job, &f->report, &f->err), STATUS_DATA);
}

static void a_job_that_was_cancelled_says_so(void **state) {
  fixture *f = *state;
  f->book.failure = "interrupted";
  fixture_begin(f);
  assert_int_equal(session_wait(f->link, job, NULL, NULL, &f->report, NULL, &f->err), STATUS_INTERRUPTED);
  OK(session_cancel(f->link, job, &f->err)); /* cancelling twice is allowed */
}

/* ---- Asking -------------------------------------------------------------------------------------- */

static void a_report_before_its_time_says_how_far_the_job_is(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  assert_int_equal(session_report(f->link, job, &f->report, &f->err), STATUS_JOB);
  assert_contains(f->err.message, "11112222");
  assert_contains(f->err.message, "stage 2, 30 of 120 rows (25%)");
}

static void a_report_can_be_fetched_again_and_again(void **state) {
  fixture *f = *state;
  f->book.report = slice_of(document);
  fixture_begin(f);
  for (int i = 0; i < 3; i++) {
    buf_clear(&f->report);
    OK(session_report(f->link, job, &f->report, &f->err));
    check_report(f);
  }
}

static void what_has_ended_cannot_be_cancelled(void **state) {
  fixture *f = *state;
  f->book.report = slice_of(document);
  fixture_begin(f);
  assert_int_equal(session_cancel(f->link, job, &f->err), STATUS_JOB);
  assert_contains(f->err.message, "is already done");
}

static void what_failed_cannot_be_cancelled(void **state) {
  fixture *f = *state;
  f->book.failure = "data";
  fixture_begin(f);
  assert_int_equal(session_cancel(f->link, job, &f->err), STATUS_JOB);
  assert_contains(f->err.message, "has already failed: so it ended");
}

static void the_first_digits_find_a_job(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  char id[SESSION_JOB_BYTES];
  OK(session_find_job(f->link, "11112", id, &f->err));
  assert_string_equal(id, job);
  OK(session_find_job(f->link, "ABCD", id, &f->err));
  assert_string_equal(id, "abcd2222333344445555666677778888");
  OK(session_find_job(f->link, "ABCDEF00333344445555666677778888", id, &f->err)); /* whole: not looked up */
  assert_string_equal(id, "abcdef00333344445555666677778888");
  assert_int_equal(session_find_job(f->link, "1111", id, &f->err), STATUS_USAGE);
  assert_contains(f->err.message, "2 jobs");
  assert_int_equal(session_find_job(f->link, "9999", id, &f->err), STATUS_NOT_FOUND);
  static const char *const wrong[] = {"", "111", "xyzw", "1111-222", "111122223333444455556666777788889"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    assert_int_equal(session_find_job(f->link, wrong[i], id, &f->err), STATUS_USAGE);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(the_key_that_is_given_is_the_jobs_key),     TEST(without_a_key_every_job_is_a_new_one),
      TEST(a_submission_keeps_its_key_over_a_restart), TEST(large_parts_of_a_job_go_by_name),
      TEST(texts_that_no_message_can_carry_are_told),  TEST(the_report_of_a_job_that_is_done_comes_at_once),
      TEST(who_stops_watching_leaves_the_job_alone),   TEST(watching_goes_on_with_a_broker_that_came_back),
      TEST(a_broker_that_is_away_is_said_to_be),       TEST(a_job_that_failed_is_its_failure),
      TEST(a_job_that_was_cancelled_says_so),          TEST(a_report_before_its_time_says_how_far_the_job_is),
      TEST(a_report_can_be_fetched_again_and_again),   TEST(what_has_ended_cannot_be_cancelled),
      TEST(what_failed_cannot_be_cancelled),           TEST(the_first_digits_find_a_job),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

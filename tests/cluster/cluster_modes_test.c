/* What the stores hold is their owner's alone, whatever the umask. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

static unsigned files_seen;

static int expect_closed(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  (void)walk;
  files_seen += kind == FTW_F;
  if ((info->st_mode & 0777) != (kind == FTW_D ? 0700 : 0600)) {
    fail_msg("%s has mode %03o", path, (unsigned)info->st_mode & 0777);
  }
  return 0;
}

static int open_to_all(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  (void)info;
  (void)walk;
  return kind == FTW_D ? chmod(path, 0755) : 0;
}

static int expect_directory_closed(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  if (kind == FTW_D && walk->level <= 1 && (info->st_mode & 0777) != 0700) {
    fail_msg("%s has mode %03o", path, (unsigned)info->st_mode & 0777);
  }
  return 0;
}

static void walk(const char *store, int (*visit)(const char *, const struct stat *, int, struct FTW *)) {
  files_seen = 0;
  assert_int_equal(nftw(store, visit, 16, FTW_PHYS), 0);
}

static void evaluate(cluster *c) {
  process_result r;
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  cluster_evaluate(c, survey_shipped_spec, "survey", &r);
  process_result_fini(&r);
}

static void stores_are_their_owners_alone_whatever_the_umask(void **state) {
  cluster *c = *state;
  char worker[256];
  (void)umask(0);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  evaluate(c); /* handed in by path */
  cluster_hide_store(c);
  cluster_kill_worker(c, 0);
  cluster_start_worker(c, 0);
  char data[256];
  char spec[256];
  survey_write(c->directory, "more.csv", 100, 1, 1, data);
  survey_write_spec(c->directory, "more.yaml", survey_short_spec, spec);
  cluster_do(c, "put", "more", spec, data); /* in chunks */
  cluster_do(c, "submit", spec, "--dataset", "more", "--wait");
  walk(c->store, expect_closed);
  assert_true(files_seen > 5);
  walk(cluster_path(c, "worker0", worker), expect_closed);
  assert_true(files_seen > 2);
  cluster_passed(c);
}

static void the_store_of_a_run_is_closed_and_its_report_follows_the_umask(void **state) {
  cluster *c = *state;
  char store[256];
  char report[256];
  struct stat info;
  (void)umask(0);
  cluster_do(c, "run", survey_shipped_spec, survey_shipped_data, "--store", cluster_path(c, "store", store),
             "-o", cluster_path(c, "report.txt", report));
  walk(store, expect_closed);
  assert_int_equal(stat(report, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0666);
  cluster_passed(c);
}

static void a_store_that_others_could_read_is_closed_and_its_owner_is_told(void **state) {
  static const char told[] = "(mode 755): only its owner can from now on";
  cluster *c = *state;
  char store[256];
  process_result r;
  cluster_do(c, "run", survey_shipped_spec, survey_shipped_data, "--store", cluster_path(c, "run", store));
  walk(store, open_to_all);
  cluster_expect(c, 0, &r, "run", survey_shipped_spec, survey_shipped_data, "--store", store);
  cluster_expect_words(r.err, told, "run --store");
  process_result_fini(&r);
  walk(store, expect_directory_closed);
  cluster_expect(c, 0, &r, "run", survey_shipped_spec, survey_shipped_data, "--store", store);
  assert_null(strstr(r.err, "other users")); /* once is enough */
  process_result_fini(&r);
  cluster_start_broker(c);
  cluster_listing(c, "jobs");
  cluster_stop_broker(c);
  walk(c->store, open_to_all);
  cluster_start_broker(c);
  cluster_wait_logged(c, "broker.log", told);
  walk(c->store, expect_directory_closed);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(stores_are_their_owners_alone_whatever_the_umask),
      CLUSTER_TEST(the_store_of_a_run_is_closed_and_its_report_follows_the_umask),
      CLUSTER_TEST(a_store_that_others_could_read_is_closed_and_its_owner_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

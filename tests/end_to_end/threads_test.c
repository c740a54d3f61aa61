/* Readers, broker and workers at once, on a survey cut into many small shards: meant for a build with the
 * thread sanitizer, which ends the program with another exit code when it finds a race. */
#include "tests/process.h"

#include "tests/check.h"

static void readers_broker_and_workers_share_nothing_unguarded(void **state) {
  (void)state;
  const char *const arguments[] = {CANVASS_PROGRAM,
                                   "run",
                                   CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml",
                                   CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv",
                                   "--workers",
                                   "5",
                                   "--shard-rows",
                                   "7",
                                   "--format",
                                   "json",
                                   NULL};
  for (int i = 0; i < 3; i++) {
    process_result result;
    process_run(arguments, NULL, &result);
    if (result.exit_code != 0) {
      fail_msg("exit %d: %s", result.exit_code, result.err);
    }
    process_result_fini(&result);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(readers_broker_and_workers_share_nothing_unguarded)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

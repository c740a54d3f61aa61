/* What tests of the ledger share: a directory, the ledger in it, random datasets, jobs and results, and
 * comparing them.  A test gets its fixture as its state:
 *
 *     ledger_unit_test(name)     in the list of tests
 *     ledger_fixture *f = *state; */
#ifndef CANVASS_TESTS_BROKER_LEDGER_FIXTURE_H
#define CANVASS_TESTS_BROKER_LEDGER_FIXTURE_H

#include "broker/records/ledger.h"
#include "tests/seeded.h"

typedef struct ledger_fixture {
  char directory[256]; /* of the ledger; index/ is in it */
  ledger *open;
} ledger_fixture;

/* For tests that need several; the others have one as their state. */
void ledger_setup(ledger_fixture *f);
void ledger_teardown(ledger_fixture *f);
int ledger_setup_state(void **state);
int ledger_teardown_state(void **state);
#define ledger_unit_test(test) \
  cmocka_unit_test_setup_teardown(test, ledger_setup_state, ledger_teardown_state)

/* Opens the ledger, after closing it where it is open.  Fails the running test when it cannot be opened. */
ledger *ledger_fixture_open(ledger_fixture *f);
void ledger_fixture_close(ledger_fixture *f);

/* Everything in them is random, and owned by whoever frees it. */
ledger_dataset *sample_dataset(seeded *r, uint64_t number);
ledger_job *sample_job(seeded *r, uint64_t number);
void sample_dataset_free(ledger_dataset *d);
void sample_job_free(ledger_job *j);
core_job_id sample_job_id(uint64_t number);

/* Fail the running test where the two differ; IGNORE_RUNNING: queued and running are the same. */
void assert_same_dataset(const ledger_dataset *a, const ledger_dataset *b);
void assert_same_job(const ledger_job *a, const ledger_job *b, bool ignore_running);

#endif

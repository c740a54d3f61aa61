/* What tests of the ledger share: a directory, random datasets, jobs and results, and comparing them. */
#ifndef CANVASS_TESTS_BROKER_LEDGER_FIXTURE_H
#define CANVASS_TESTS_BROKER_LEDGER_FIXTURE_H

#include "broker/records/ledger.h"
#include "tests/seeded.h"

typedef struct ledger_fixture {
  char directory[256]; /* of the ledger; index/ is in it */
} ledger_fixture;

void ledger_setup(ledger_fixture *f);
void ledger_teardown(ledger_fixture *f);
/* Fails the running test when it cannot be opened. */
ledger *ledger_fixture_open(ledger_fixture *f);

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

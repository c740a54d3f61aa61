/* What is whole among a broker's records, read without LMDB (store/index_pages.h), whatever became of the
 * index.
 *
 * A record that a damaged page hides may be found on a page that is no longer in use: then it may be older
 * than what was lost, or of a dataset that was dropped.  Such a record never replaces one that was found in
 * its place.
 */
#ifndef CANVASS_BROKER_RECORDS_STOCK_H
#define CANVASS_BROKER_RECORDS_STOCK_H

#include "broker/records/ledger.h"
#include "store/store_check.h"

typedef struct stock_dataset {
  ledger_dataset *record;
  bool is_stray; /* found on a page that is not in use */
} stock_dataset;

typedef struct stock_job {
  struct ledger_job_entry *record;
  bool is_stray;
} stock_job;

typedef struct stock {
  char *index;             /* its path */
  stock_dataset *datasets; /* by name, each once */
  size_t datasets_count, datasets_capacity;
  stock_job *jobs; /* by id, each once */
  size_t jobs_count, jobs_capacity;
} stock;

/* Reads the index in the directory INDEX; what is damaged is told to F, what is whole is counted there.
 * STATUS_OK whatever is found; *FOUND is false when there is no index. */
status stock_read(const char *index, store_findings *f, stock *out, bool *found, error *err) MUST_USE;
void stock_fini(stock *s);
const ledger_job *stock_job_of(const stock_job *j);
/* A name for messages: "job 0123456789abcdef". */
enum { STOCK_NAME_BYTES = LEDGER_NAME_BYTES_MAX + 16 };
void stock_job_name(const ledger_job *j, char out[STOCK_NAME_BYTES]);
void stock_dataset_name(const ledger_dataset *d, char out[STOCK_NAME_BYTES]);

/* Writes everything to TO, which is empty: datasets, jobs in the order of their submission, and results of
 * the stages in which unfinished jobs are.  *RESULTS is their number.  Commits. */
status stock_write(const stock *s, ledger *to, uint64_t *results, error *err) MUST_USE;

#endif

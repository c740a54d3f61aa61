/* The ledger behind its handle, for its own files: ledger.c (datasets and jobs in memory), ledger_open.c,
 * ledger_record.c (how they are written), ledger_pending.c (what the next commit writes), ledger_results.c.
 */
#ifndef CANVASS_BROKER_RECORDS_LEDGER_INSIDE_H
#define CANVASS_BROKER_RECORDS_LEDGER_INSIDE_H

#include "base/table.h"
#include "broker/records/ledger.h"
#include "store/store_index.h"

enum { LEDGER_TABLE_DATASETS, LEDGER_TABLE_JOBS, LEDGER_TABLE_RESULTS, LEDGER_TABLES };

/* ---- Records: u8 version, u64 XXH3 of the rest, the rest; it begins with the record's key */

enum {
  LEDGER_TEXT_BYTES_MAX = 1 << 16, /* of any text in a record */
  LEDGER_FILES_MAX = 1 << 16,
};

/* A job and its place in the order of submission. */
typedef struct ledger_job_entry {
  ledger_job job;
  uint64_t sequence;
} ledger_job_entry;

enum {
  LEDGER_DATASET_VERSION = 1,
  /* 1 had no timeout and no owner, 2 no lost shards, 3 no rows; all are still read */
  LEDGER_JOB_VERSION = 4,
  LEDGER_RESULT_VERSION = 2, /* 1 had no counts */
};

/* Begins a record in OUT, which is empty, and completes it: writes its checksum. */
void ledger_record_begin(buf *out, uint8_t version);
void ledger_record_end(buf *out);
/* IN is positioned after the checksum of a record of OLDEST to NEWEST, or has failed.  Returns its version.
 */
uint8_t ledger_record_open(reader *in, slice record, uint8_t oldest, uint8_t newest);
/* Whether RECORD is intact, but of a version above NEWEST. */
bool ledger_record_is_newer(slice record, uint8_t newest);

void ledger_dataset_encode(const ledger_dataset *d, buf *out);
void ledger_job_encode(const ledger_job_entry *e, buf *out);
void ledger_states_put(buf *out, const core_states *s);
void ledger_states_read(reader *in, core_states *out);
/* Fresh, to be freed with the function below; STATUS_CORRUPT with what is wrong. */
status ledger_dataset_decode(slice record, ledger_dataset **out, error *err) MUST_USE;
status ledger_job_decode(slice record, ledger_job_entry **out, error *err) MUST_USE;
/* False when it does not match its checksum or KEY, or another release wrote it.  The partial is borrowed. */
bool ledger_result_decode(slice key, slice record, ledger_result *out);
void ledger_dataset_destroy(ledger_dataset *d); /* both accept NULL */
void ledger_job_destroy(ledger_job_entry *e);
/* STATUS_LIMIT when it could not be read back. */
status ledger_job_check(const ledger_job *j, error *err) MUST_USE;

/* ---- Changes that are gathered */

typedef struct ledger_change {
  index_table table;
  uint8_t *key; /* owned; the value follows it */
  size_t key_length, value_length;
  bool is_removal;
} ledger_change;

typedef struct ledger_pending {
  ledger_change *at; /* one for each key */
  size_t count, capacity;
  hash_table keys; /* of all changes in AT */
  size_t bytes;
} ledger_pending;

void ledger_pending_fini(ledger_pending *p);
void ledger_pending_clear(ledger_pending *p);
/* The change of KEY; NULL: there is none. */
const ledger_change *ledger_pending_find(const ledger_pending *p, index_table table, slice key);
/* VALUE with NULL bytes removes the key. */
status ledger_pending_add(ledger_pending *p, index_table table, slice key, slice value, error *err) MUST_USE;
slice ledger_change_key(const ledger_change *c);
slice ledger_change_value(const ledger_change *c);
status ledger_pending_write(const ledger_pending *p, store_index *index, error *err) MUST_USE;

struct ledger {
  store_index *index;
  char *path; /* of the index */
  ledger_pending pending;
  ledger_dataset **datasets; /* by name */
  size_t datasets_count, datasets_capacity;
  ledger_job_entry **jobs;  /* by sequence */
  ledger_job_entry **by_id; /* the same, by id */
  size_t jobs_count, jobs_capacity, by_id_capacity, ended_count;
  uint64_t next_sequence;
};

/* For opening.  The name is larger than all others; the ledger takes D over. */
status ledger_dataset_append(ledger *l, ledger_dataset *d, error *err) MUST_USE;
/* The id is a new one; the ledger takes E over.  Jobs that are appended out of order must be sorted. */
status ledger_job_append(ledger *l, ledger_job_entry *e, error *err) MUST_USE;
slice ledger_job_key(const core_job_id *id);

#endif

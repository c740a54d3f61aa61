/* The ledger against a plain model, and what its lists promise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/broker/ledger_fixture.h"
#include "tests/check.h"

enum { DATASETS = 20, JOBS = 30, TASKS = 12, STAGES = 3, RESULTS = JOBS * STAGES * TASKS, OPERATIONS = 6000 };

/* ---- Names --------------------------------------------------------------------------------------- */

static void names_that_cannot_be_shown_or_be_a_path_are_refused(void **state) {
  (void)state;
  char long_name[LEDGER_NAME_BYTES_MAX + 2];
  memset(long_name, 'x', sizeof long_name);
  long_name[sizeof long_name - 1] = 0;
  const char *const bad[] = {"", "a/b", "a\nb", "tab\t", "\x7f", "\xc2\x85", "\xff", "a\xc3", long_name};
  error err;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(ledger_check_name(slice_of(bad[i]), &err), STATUS_USAGE);
    assert_contains(err.message, "name");
  }
  assert_int_equal(ledger_check_name((slice){"a\0b", 3}, &err), STATUS_USAGE);
  const char *const good[] = {
      "a",       "Kundenzufriedenheit 2024", "\xe6\xbb\xa1\xe6\x84\x8f\xe5\xba\xa6", "..", long_name + 1,
      "\xc2\xa0"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_int_equal(ledger_check_name(slice_of(good[i]), &err), STATUS_OK);
  }
}

static void states_have_the_names_of_the_protocol(void **state) {
  (void)state;
  assert_string_equal(ledger_state_name(JOB_QUEUED), "queued");
  assert_string_equal(ledger_state_name(JOB_RUNNING), "running");
  assert_string_equal(ledger_state_name(JOB_DONE), "done");
  assert_string_equal(ledger_state_name(JOB_FAILED), "failed");
  assert_string_equal(ledger_state_name(JOB_CANCELLED), "cancelled");
}

/* ---- The model ----------------------------------------------------------------------------------- */

typedef struct result {
  bool there;
  uint64_t seed; /* of its bytes */
  bool seen;
} result;

typedef struct model {
  ledger_fixture f;
  ledger *l;
  seeded r;
  ledger_dataset *datasets[DATASETS];
  ledger_job *jobs[JOBS];
  uint64_t order[JOBS]; /* of submission, of a job that is there */
  uint64_t orders;
  result results[RESULTS];
} model;

/* Reckoned once: they are asked for very often. */
static core_job_id job_id(uint64_t number) {
  static core_job_id ids[JOBS];
  static bool known[JOBS];
  if (!known[number]) {
    ids[number] = sample_job_id(number);
    known[number] = true;
  }
  return ids[number];
}

static core_task_id task_id(size_t number) {
  return (core_task_id){.job = job_id(number / TASKS / STAGES),
                        .stage = (uint32_t)(number / TASKS % STAGES) * 0x01020304,
                        .task = (uint64_t)(number % TASKS) << 31};
}

/* The result of a task from a seed; the digest of its bytes stands for its content. */
static ledger_result task_result(size_t number, uint64_t seed, char bytes[256]) {
  seeded r = {seed};
  ledger_result made = {.id = task_id(number), .partial = {bytes, seeded_below(&r, 256)}};
  for (size_t i = 0; i < made.partial.length; i++) {
    bytes[i] = (char)seeded_next(&r);
  }
  made.states =
      (core_states){seeded_bits(&r, 64), seeded_bits(&r, 64), seeded_bits(&r, 64), seeded_bits(&r, 64)};
  assert_int_equal(digest_of(bytes, made.partial.length, &made.content, NULL), STATUS_OK);
  return made;
}

static void put_dataset(model *m) {
  const uint64_t i = seeded_below(&m->r, DATASETS);
  sample_dataset_free(m->datasets[i]);
  m->datasets[i] = sample_dataset(&m->r, i);
  assert_int_equal(ledger_dataset_put(m->l, m->datasets[i], NULL), STATUS_OK);
}

static void drop_dataset(model *m) {
  const uint64_t i = seeded_below(&m->r, DATASETS);
  ledger_dataset *named = sample_dataset(&m->r, i);
  const status expected = m->datasets[i] != NULL ? STATUS_OK : STATUS_NOT_FOUND;
  assert_int_equal(ledger_dataset_drop(m->l, slice_of(named->name), NULL), expected);
  sample_dataset_free(named);
  sample_dataset_free(m->datasets[i]);
  m->datasets[i] = NULL;
}

static void put_job(model *m) {
  const uint64_t i = seeded_below(&m->r, JOBS);
  if (m->jobs[i] == NULL) {
    m->order[i] = ++m->orders;
  }
  sample_job_free(m->jobs[i]);
  m->jobs[i] = sample_job(&m->r, i);
  assert_int_equal(ledger_job_put(m->l, m->jobs[i], NULL), STATUS_OK);
}

/* As the shell does it: a copy of the record with something else in it, the texts borrowed. */
static void change_job(model *m) {
  const uint64_t i = seeded_below(&m->r, JOBS);
  const core_job_id id = sample_job_id(i);
  const ledger_job *there = ledger_job_find(m->l, &id);
  assert_int_equal(there != NULL, m->jobs[i] != NULL);
  if (there != NULL) {
    ledger_job changed = *there;
    changed.state = (ledger_state)seeded_below(&m->r, JOB_CANCELLED + 1);
    changed.rows++;
    m->jobs[i]->state = changed.state;
    m->jobs[i]->rows++;
    assert_int_equal(ledger_job_put(m->l, &changed, NULL), STATUS_OK);
  }
}

static void note_job(model *m) {
  const uint64_t i = seeded_below(&m->r, JOBS);
  const core_job_id id = sample_job_id(i);
  char line[64];
  snprintf(line, sizeof line, "line %llu", (unsigned long long)seeded_next(&m->r));
  assert_int_equal(ledger_job_note(m->l, &id, line, NULL), STATUS_OK);
  ledger_job *j = m->jobs[i];
  if (j != NULL && j->notes_count < LEDGER_NOTES_MAX) {
    j->notes[j->notes_count++] = strdup(line);
  }
}

static void forget_job(model *m) {
  const uint64_t i = seeded_below(&m->r, JOBS);
  const core_job_id id = sample_job_id(i);
  const status expected = m->jobs[i] != NULL ? STATUS_OK : STATUS_NOT_FOUND;
  assert_int_equal(ledger_job_forget(m->l, &id, NULL), expected);
  sample_job_free(m->jobs[i]);
  m->jobs[i] = NULL;
}

static void put_result(model *m) {
  const size_t i = seeded_below(&m->r, RESULTS);
  char bytes[256];
  m->results[i] = (result){.there = true, .seed = seeded_next(&m->r)};
  const ledger_result put = task_result(i, m->results[i].seed, bytes);
  assert_int_equal(ledger_result_put(m->l, &put, NULL), STATUS_OK);
}

static void drop_result(model *m) {
  const size_t i = seeded_below(&m->r, RESULTS);
  const core_task_id id = task_id(i);
  assert_int_equal(ledger_result_drop(m->l, &id, NULL), STATUS_OK);
  m->results[i].there = false;
}

static void drop_results(model *m) {
  const size_t job = seeded_below(&m->r, JOBS);
  const core_job_id id = sample_job_id(job);
  assert_int_equal(ledger_results_drop(m->l, &id, NULL), STATUS_OK);
  for (size_t i = 0; i < (size_t)STAGES * TASKS; i++) {
    m->results[job * STAGES * TASKS + i].there = false;
  }
}

static void check_datasets(model *m) {
  size_t count = 0;
  for (uint64_t i = 0; i < DATASETS; i++) {
    count += m->datasets[i] != NULL;
    ledger_dataset *named = sample_dataset(&m->r, i);
    const ledger_dataset *found = ledger_dataset_find(m->l, slice_of(named->name));
    sample_dataset_free(named);
    if (m->datasets[i] != NULL) {
      assert_same_dataset(found, m->datasets[i]);
    } else {
      assert_null(found);
    }
  }
  assert_int_equal(ledger_datasets(m->l), count);
  for (size_t i = 1; i < count; i++) {
    assert_true(strcmp(ledger_dataset_at(m->l, i - 1)->name, ledger_dataset_at(m->l, i)->name) < 0);
  }
}

static uint64_t order_of(const model *m, const ledger_job *j) {
  for (uint64_t i = 0; i < JOBS; i++) {
    const core_job_id id = job_id(i);
    if (memcmp(id.bytes, j->id.bytes, sizeof id.bytes) == 0) {
      return m->order[i];
    }
  }
  return 0;
}

static void check_jobs(model *m, bool ignore_running) {
  size_t count = 0;
  for (uint64_t i = 0; i < JOBS; i++) {
    const core_job_id id = job_id(i);
    count += m->jobs[i] != NULL;
    if (m->jobs[i] != NULL) {
      assert_same_job(ledger_job_find(m->l, &id), m->jobs[i], ignore_running);
    } else {
      assert_null(ledger_job_find(m->l, &id));
    }
  }
  assert_int_equal(ledger_jobs(m->l), count);
  for (size_t i = 1; i < count; i++) {
    assert_true(order_of(m, ledger_job_at(m->l, i - 1)) < order_of(m, ledger_job_at(m->l, i)));
  }
}

static void assert_same_result(const ledger_result *a, const ledger_result *b) {
  assert_slice_equal(a->partial, b->partial);
  assert_true(digest_equal(&a->content, &b->content));
  assert_int_equal(a->states.computed, b->states.computed);
  assert_int_equal(a->states.cached, b->states.cached);
  assert_int_equal(a->states.tasks_computed, b->states.tasks_computed);
  assert_int_equal(a->states.tasks_cached, b->states.tasks_cached);
}

static status see_result(void *context, const ledger_result *r, error *err) {
  (void)err;
  model *m = context;
  for (size_t i = 0; i < RESULTS; i++) {
    const core_task_id other = task_id(i);
    if (memcmp(other.job.bytes, r->id.job.bytes, JOB_ID_BYTES) == 0 && other.stage == r->id.stage &&
        other.task == r->id.task) {
      char bytes[256];
      const ledger_result expected = task_result(i, m->results[i].seed, bytes);
      assert_true(m->results[i].there);
      assert_false(m->results[i].seen);
      assert_same_result(r, &expected);
      m->results[i].seen = true;
      return STATUS_OK;
    }
  }
  fail_msg("a result that was never put");
  return STATUS_OK;
}

static void check_results(model *m) {
  for (size_t first = 0; first < RESULTS; first += TASKS) {
    const core_task_id id = task_id(first);
    assert_int_equal(ledger_results_each(m->l, &id.job, id.stage, see_result, m, NULL), STATUS_OK);
  }
  for (size_t i = 0; i < RESULTS; i++) {
    assert_int_equal(m->results[i].seen, m->results[i].there);
    m->results[i].seen = false;
  }
}

static void commit(model *m) {
  assert_int_equal(ledger_commit(m->l, NULL), STATUS_OK);
  assert_int_equal(ledger_pending_bytes(m->l), 0);
}

static void reopen(model *m) {
  commit(m);
  m->l = ledger_fixture_open(&m->f);
  for (size_t i = 0; i < JOBS; i++) {
    if (m->jobs[i] != NULL && m->jobs[i]->state == JOB_RUNNING) {
      m->jobs[i]->state = JOB_QUEUED;
    }
  }
  check_datasets(m);
  check_jobs(m, false);
  check_results(m);
}

static void any_operations_read_as_a_plain_model_says_also_after_reopening(void **state) {
  (void)state;
  static const struct {
    unsigned weight;
    void (*run)(model *m);
  } operations[] = {{40, put_dataset}, {20, drop_dataset}, {60, put_job},      {60, change_job},
                    {40, note_job},    {30, forget_job},   {400, put_result},  {100, drop_result},
                    {8, drop_results}, {20, commit},       {6, check_results}, {3, reopen}};
  static model m;
  m = (model){.r = {seeded_seed()}};
  ledger_setup(&m.f);
  m.l = ledger_fixture_open(&m.f);
  for (int n = 0; n < OPERATIONS; n++) {
    uint64_t pick = seeded_below(&m.r, 787);
    size_t k = 0;
    for (; pick >= operations[k].weight; k++) {
      pick -= operations[k].weight;
    }
    operations[k].run(&m);
    if (n % 100 == 0) {
      check_datasets(&m);
      check_jobs(&m, false);
    }
  }
  reopen(&m);
  ledger_teardown(&m.f);
  for (int i = 0; i < DATASETS; i++) {
    sample_dataset_free(m.datasets[i]);
  }
  for (int i = 0; i < JOBS; i++) {
    sample_job_free(m.jobs[i]);
  }
}

/* ---- One thing at a time ------------------------------------------------------------------------- */

static void what_was_not_committed_is_not_there_after_reopening(void **state) {
  ledger_fixture *f = *state;
  seeded r = {seeded_seed()};
  ledger *l = ledger_fixture_open(f);
  ledger_dataset *d = sample_dataset(&r, 1);
  ledger_job *j = sample_job(&r, 1);
  assert_int_equal(ledger_dataset_put(l, d, NULL), STATUS_OK);
  assert_int_equal(ledger_commit(l, NULL), STATUS_OK);
  assert_int_equal(ledger_job_put(l, j, NULL), STATUS_OK);
  assert_true(ledger_pending_bytes(l) > 0);
  l = ledger_fixture_open(f);
  assert_same_dataset(ledger_dataset_at(l, 0), d);
  assert_int_equal(ledger_jobs(l), 0);
  ledger_fixture_close(f);
  sample_dataset_free(d);
  sample_job_free(j);
}

static void the_job_that_ended_longest_ago_is_the_first_to_be_forgotten(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  ledger_job j = {.state = JOB_QUEUED};
  for (uint64_t i = 0; i < 10; i++) { /* unfinished ones do not count */
    j.id = sample_job_id(1000000 + i);
    assert_int_equal(ledger_job_put(l, &j, NULL), STATUS_OK);
  }
  for (uint64_t i = 0; i <= LEDGER_ENDED_MAX; i++) {
    assert_null(ledger_job_oldest_surplus(l));
    j = (ledger_job){.id = sample_job_id(i), .state = i % 2 == 0 ? JOB_DONE : JOB_FAILED};
    j.ended_s = i == 4711 ? 5 : 10 + i;
    assert_int_equal(ledger_job_put(l, &j, NULL), STATUS_OK);
  }
  assert_int_equal(ledger_commit(l, NULL), STATUS_OK);
  l = ledger_fixture_open(f);
  const core_job_id oldest = sample_job_id(4711);
  const ledger_job *surplus = ledger_job_oldest_surplus(l);
  assert_non_null(surplus);
  assert_memory_equal(surplus->id.bytes, oldest.bytes, sizeof oldest.bytes);
  assert_int_equal(ledger_job_forget(l, &oldest, NULL), STATUS_OK);
  assert_null(ledger_job_oldest_surplus(l));
}

static void a_job_without_texts_has_empty_ones(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  const ledger_job j = {.id = sample_job_id(1), .state = JOB_RUNNING};
  assert_int_equal(ledger_job_put(l, &j, NULL), STATUS_OK);
  const ledger_job *there = ledger_job_at(l, 0);
  assert_int_equal(there->state, JOB_RUNNING);
  assert_string_equal(there->key, "");
  assert_string_equal(there->message, "");
  assert_false(ledger_blob_is_set(&there->report));
  assert_int_equal(there->files_count, 0);
}

static void what_could_not_be_read_back_is_refused(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  char *long_text = malloc(100000);
  assert_non_null(long_text);
  memset(long_text, 'x', 99999);
  long_text[99999] = 0;
  error err;
  const ledger_job j = {.id = sample_job_id(1), .title = long_text};
  assert_int_equal(ledger_job_put(l, &j, &err), STATUS_LIMIT);
  assert_contains(err.message, "title");
  const ledger_dataset d = {.name = long_text};
  assert_int_equal(ledger_dataset_put(l, &d, &err), STATUS_USAGE);
  assert_int_equal(ledger_jobs(l) + ledger_datasets(l), 0);
  assert_int_equal(ledger_pending_bytes(l), 0);
  free(long_text);
}

/* A transaction is kept below what LMDB does well with. */
static void too_much_for_one_transaction_is_refused_and_fits_after_a_commit(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  const size_t length = 8 << 20;
  char *bytes = calloc(1, length);
  assert_non_null(bytes);
  ledger_result r = {.id = {.job = sample_job_id(1)}, .content = {{1}}, .partial = {bytes, length}};
  status st = STATUS_OK;
  for (; st == STATUS_OK && r.id.task < 20; r.id.task++) {
    st = ledger_result_put(l, &r, NULL);
  }
  assert_int_equal(st, STATUS_LIMIT);
  assert_true(ledger_pending_bytes(l) > 32 << 20 && ledger_pending_bytes(l) < 64 << 20);
  assert_int_equal(ledger_commit(l, NULL), STATUS_OK);
  assert_int_equal(ledger_result_put(l, &r, NULL), STATUS_OK);
  free(bytes);
}

static status stop_at_once(void *context, const ledger_result *r, error *err) {
  (void)r;
  ++*(int *)context;
  return error_set(err, STATUS_JOB, "enough");
}

static void a_visitor_of_results_can_stop(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  ledger_result r = {.id = {.job = sample_job_id(1)}, .content = {{1}}, .partial = slice_of("x")};
  for (; r.id.task < 6; r.id.task++) {
    assert_int_equal(ledger_result_put(l, &r, NULL), STATUS_OK);
    assert_int_equal(r.id.task == 3 ? ledger_commit(l, NULL) : STATUS_OK, STATUS_OK);
  }
  int calls = 0;
  error err;
  assert_int_equal(ledger_results_each(l, &r.id.job, 0, stop_at_once, &calls, &err), STATUS_JOB);
  assert_int_equal(calls, 1);
  assert_string_equal(err.message, "enough");
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_that_cannot_be_shown_or_be_a_path_are_refused),
      cmocka_unit_test(states_have_the_names_of_the_protocol),
      cmocka_unit_test(any_operations_read_as_a_plain_model_says_also_after_reopening),
      ledger_unit_test(what_was_not_committed_is_not_there_after_reopening),
      ledger_unit_test(the_job_that_ended_longest_ago_is_the_first_to_be_forgotten),
      ledger_unit_test(a_job_without_texts_has_empty_ones),
      ledger_unit_test(what_could_not_be_read_back_is_refused),
      ledger_unit_test(too_much_for_one_transaction_is_refused_and_fits_after_a_commit),
      ledger_unit_test(a_visitor_of_results_can_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files appended one by one make the dataset that reading them at once makes, and what a specification asks
 * of a dataset that another one was read with is right or refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "reading/dataset.h"
#include "specification/preparation.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

enum { MONTHS = 12, PATH_BYTES = 400 };

static const char page[] =
    "variables:\n"
    "  \"q*\": {type: scale, range: [1, 5]}\n"
    "  amount: {type: number}\n"
    "  id: {type: id}\n"
    "analyses: [describe: {items: amount}]\n";

static const char amount_as_text[] =
    "variables:\n"
    "  amount: {type: nominal}\n"
    "  spent: {type: number, column: amount}\n"
    "analyses: [describe: {items: spent}]\n";

static const char other_page[] =
    "variables:\n"
    "  q1: {type: nominal}\n"
    "  sum: {type: number, column: amount, decimals: 2}\n"
    "  note: {type: text}\n"
    "analyses: [describe: {items: sum}]\n";

typedef struct scene {
  char directory[256];
  char plain[MONTHS][PATH_BYTES], packed[MONTHS][PATH_BYTES];
  store *blobs;
} scene;

/* ---- Files --------------------------------------------------------------------------------------- */

/* The order of columns differs from month to month, one has a column more, some records are broken, and the
 * decimals grow. */
static void write_month(buf *b, seeded *r, unsigned month) {
  static const char *const headers[] = {"id,q1,q2,amount,note\n", "note,amount,q2,q1,id\n",
                                        "q2,id,note,q1,amount,extra\n"};
  const unsigned layout = month % 3;
  buf_put(b, headers[layout], strlen(headers[layout]));
  const unsigned rows = 300 + (unsigned)seeded_below(r, 700);
  for (unsigned i = 0; i < rows; i++) {
    char amount[40];
    const unsigned decimals = month < 6 ? 2 : month / 2;
    snprintf(amount, sizeof amount, "%u.%0*u", (unsigned)seeded_below(r, 1000), (int)decimals,
             (unsigned)seeded_below(r, 100));
    const unsigned q1 = 1 + (unsigned)seeded_below(r, 6);
    const unsigned q2 = 1 + (unsigned)seeded_below(r, 5);
    if (seeded_below(r, 50) == 0) {
      buf_printf(b, "broken\n");
    } else if (layout == 0) {
      buf_printf(b, "%u-%u,%u,%u,%s,a note\n", month, i, q1, q2, amount);
    } else if (layout == 1) {
      buf_printf(b, "\"a\nnote\",%s,%u,%u,%u-%u\n", amount, q2, q1, month, i);
    } else {
      buf_printf(b, "%u,%u-%u,,%u,%s,!\n", q2, month, i, q1, amount);
    }
  }
}

static void write_packed(const scene *s, unsigned month, const buf *b, char *path) {
  snprintf(path, PATH_BYTES, "%s/month-%02u.csv.gz", s->directory, month + 1);
  gzFile file = gzopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(gzwrite(file, b->data, (unsigned)b->length), (int)b->length);
  assert_int_equal(gzclose(file), Z_OK);
}

static void open_temporary(store **out) {
  error err;
  if (store_new_temporary(NULL, out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static void set_up(scene *s, seeded *r) {
  *s = (scene){0};
  process_directory_new(s->directory, sizeof s->directory);
  for (unsigned month = 0; month < MONTHS; month++) {
    buf b;
    buf_init(&b);
    write_month(&b, r, month);
    assert_false(b.failed);
    char name[40];
    snprintf(name, sizeof name, "month-%02u.csv", month + 1);
    process_write_file(s->directory, name, b.data, b.length, s->plain[month], PATH_BYTES);
    write_packed(s, month, &b, s->packed[month]);
    buf_fini(&b);
  }
  open_temporary(&s->blobs);
}

static void tear_down(scene *s) {
  store_destroy(s->blobs);
  process_directory_remove(s->directory);
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static spec *parse(const char *text) {
  spec *out = NULL;
  spec_problems problems = {0};
  error err;
  if (spec_parse("page", text, strlen(text), &out, &problems, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  spec_problems_fini(&problems);
  return out;
}

static status try_read(const char *text, uint32_t shard_rows, const manifest *before,
                       const char *const *paths, const char *const *names, size_t count, store *into,
                       manifest **out, uint32_t *added, error *err) {
  spec *specification = parse(text);
  spec_problems problems = {0};
  const reading_options options = {.names = names, .titles = names, .shard_rows = shard_rows, .threads = 2};
  const status st =
      preparation_append(specification, &options, before, paths, count, into, out, added, &problems, err);
  spec_problems_fini(&problems);
  spec_destroy(specification);
  return st;
}

static manifest *read_more(const char *text, uint32_t shard_rows, const manifest *before,
                           const char *const *paths, size_t count, store *into, uint32_t added_expected) {
  manifest *m = NULL;
  uint32_t added = 0;
  error err;
  if (try_read(text, shard_rows, before, paths, NULL, count, into, &m, &added, &err) != STATUS_OK) {
    fail_msg("seed %llu: %s", (unsigned long long)seeded_seed(), err.message);
  }
  assert_int_equal(added, added_expected);
  return m;
}

static void assert_same_bytes(const manifest *a, const manifest *b) {
  buf first, second;
  buf_init(&first);
  buf_init(&second);
  manifest_encode(a, &first);
  manifest_encode(b, &second);
  if (first.length != second.length || memcmp(first.data, second.data, first.length) != 0) {
    fail_msg("seed %llu: the datasets differ", (unsigned long long)seeded_seed());
  }
  buf_fini(&first);
  buf_fini(&second);
}

static void point_to(const char *paths[MONTHS], char (*list)[PATH_BYTES]) {
  for (unsigned i = 0; i < MONTHS; i++) {
    paths[i] = list[i];
  }
}

static manifest *read_one_by_one(scene *s, uint32_t shard_rows, char (*list)[PATH_BYTES], store *into) {
  (void)s;
  manifest *m = NULL;
  for (unsigned i = 0; i < MONTHS; i++) {
    const char *path = list[i];
    manifest *more = read_more(page, shard_rows, m, &path, 1, into, 1);
    manifest_destroy(m);
    m = more;
  }
  return m;
}

static const manifest_column *column_of(const manifest *m, const char *name) {
  for (uint32_t i = 0; i < m->columns_count; i++) {
    if (slice_equal(m->columns[i].name, slice_of(name))) {
      return &m->columns[i];
    }
  }
  fail_msg("no column %s", name);
  return NULL;
}

/* ---- Tests --------------------------------------------------------------------------------------- */

static void months_one_by_one_make_the_dataset_of_all_at_once(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  static const uint32_t shard_rows[] = {0, 300, 77};
  for (size_t i = 0; i < 3; i++) {
    scene s;
    set_up(&s, &r);
    const char *paths[MONTHS];
    point_to(paths, s.plain);
    manifest *at_once = read_more(page, shard_rows[i], NULL, paths, MONTHS, s.blobs, MONTHS);
    assert_int_equal(at_once->files_count, MONTHS);
    assert_int_equal(column_of(at_once, "amount")->decimals_max, 5);
    store *others[2];
    for (int packed = 0; packed < 2; packed++) {
      open_temporary(&others[packed]);
      manifest *m = read_one_by_one(&s, shard_rows[i], packed ? s.packed : s.plain, others[packed]);
      assert_same_bytes(at_once, m);
      for (uint32_t k = 0; k < m->shards_count; k++) {
        assert_true(store_has(others[packed], &m->shards[k].name, m->shards[k].bytes));
      }
      manifest_destroy(m);
      store_destroy(others[packed]);
    }
    manifest_destroy(at_once);
    tear_down(&s);
  }
}

static void what_run_reads_into_a_store_is_the_same_dataset(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  const char *paths[MONTHS];
  point_to(paths, s.packed);
  spec *specification = parse(page);
  spec_problems problems = {0};
  reading_options o = {.shard_rows = 500, .threads = 2};
  manifest *header = NULL;
  manifest *run = NULL;
  error err;
  assert_int_equal(reading_header(&o, paths[0], &header, &err), STATUS_OK);
  assert_int_equal(spec_reading_options(specification, header, &o, &problems, &err), STATUS_OK);
  assert_int_equal(dataset_read(&o, paths, MONTHS, s.blobs, NULL, &run, &err), STATUS_OK);
  manifest *put = read_more(page, 500, NULL, paths, MONTHS, s.blobs, MONTHS);
  assert_same_bytes(run, put);
  manifest_destroy(put);
  manifest_destroy(run);
  manifest_destroy(header);
  spec_destroy(specification);
  tear_down(&s);
}

static void what_a_store_holds_from_earlier_changes_nothing(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  const char *paths[MONTHS];
  point_to(paths, s.plain);
  manifest *expected = read_more(page, 300, NULL, paths, MONTHS, s.blobs, MONTHS);
  char directory[300];
  snprintf(directory, sizeof directory, "%s/store", s.directory);
  const store_options options = {0};
  store *kept = NULL;
  error err;
  assert_int_equal(store_open(directory, &options, &kept, &err), STATUS_OK);
  /* By another specification first: columns are kept otherwise there. */
  manifest_destroy(read_more(amount_as_text, 300, NULL, paths, MONTHS, kept, MONTHS));
  for (int round = 0; round < 2; round++) {
    manifest *m = read_more(page, 300, NULL, paths, MONTHS, kept, MONTHS);
    assert_same_bytes(expected, m);
    manifest_destroy(m);
  }
  store_destroy(kept);
  manifest_destroy(expected);
  tear_down(&s);
}

static void files_that_are_there_are_left_out(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  const char *paths[MONTHS];
  point_to(paths, s.plain);
  manifest *six = read_more(page, 0, NULL, paths, 6, s.blobs, 6);
  manifest *all = read_more(page, 0, six, paths, MONTHS, s.blobs, 6);
  manifest *at_once = read_more(page, 0, NULL, paths, MONTHS, s.blobs, MONTHS);
  assert_same_bytes(at_once, all);
  point_to(paths, s.packed);
  manifest *again = read_more(page, 0, all, paths, MONTHS, s.blobs, 0);
  assert_same_bytes(at_once, again);
  const char *twice[] = {s.plain[0], s.packed[0], s.plain[0]};
  manifest *once = read_more(page, 0, NULL, twice, 3, s.blobs, 1);
  assert_int_equal(once->files_count, 1);
  manifest_destroy(once);
  manifest_destroy(again);
  manifest_destroy(at_once);
  manifest_destroy(all);
  manifest_destroy(six);
  tear_down(&s);
}

static void a_file_of_a_name_with_other_content_is_refused(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  const char *paths[] = {s.plain[0], s.plain[1]};
  const char *const names[] = {"survey.csv", "survey.csv"};
  manifest *one = NULL;
  manifest *m = NULL;
  error err;
  assert_int_equal(try_read(page, 0, NULL, paths, names, 1, s.blobs, &one, NULL, &err), STATUS_OK);
  assert_true(slice_equal(one->files[0].name, slice_of("survey.csv")));
  assert_int_equal(try_read(page, 0, one, paths + 1, names, 1, s.blobs, &m, NULL, &err), STATUS_DATA);
  assert_contains(err.message, "survey.csv: the dataset has a file of the name survey.csv");
  assert_int_equal(try_read(page, 0, NULL, paths, names, 2, s.blobs, &m, NULL, &err), STATUS_DATA);
  assert_contains(err.message, "survey.csv: this call has a file of the name survey.csv");
  manifest_destroy(one);
  tear_down(&s);
}

static void a_file_that_lacks_a_column_of_the_dataset_is_refused_by_its_name(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  static const char lacking[] = "id,q1,amount\n1,2,3\n";
  char path[PATH_BYTES];
  process_write_file(s.directory, "0badc0de", lacking, strlen(lacking), path, sizeof path);
  const char *first = s.plain[0];
  const char *bad = path;
  const char *const name = "month-13.csv";
  manifest *m = NULL;
  error err;
  manifest *one = read_more(page, 0, NULL, &first, 1, s.blobs, 1);
  /* The pattern q* stands for the columns of the dataset, not for those of the file. */
  assert_int_equal(try_read(page, 0, one, &bad, &name, 1, s.blobs, &m, NULL, &err), STATUS_DATA);
  assert_contains(err.message, "month-13.csv");
  assert_contains(err.message, "q2");
  assert_null(strstr(err.message, "0badc0de"));
  manifest_destroy(one);
  tear_down(&s);
}

/* ---- The work of tasks ------------------------------------------------------------------------ */

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

static void read_by_worker(const char *text, slice before, const char *path, const char *name, store *into,
                           buf *out) {
  error err;
  if (preparation_read_task(slice_of(text), before, &path, &name, 1, 300, into, out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static void workers_append_as_put_does(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  const char *paths[] = {s.plain[0], s.plain[1]};
  manifest *expected = read_more(page, 300, NULL, paths, 2, s.blobs, 2);
  buf one, two, wanted;
  buf_init(&one);
  buf_init(&two);
  buf_init(&wanted);
  manifest_encode(expected, &wanted);
  read_by_worker(page, (slice){NULL, 0}, s.packed[0], "month-01.csv.gz", s.blobs, &one);
  read_by_worker(page, bytes_of(&one), s.packed[1], "month-02.csv.gz", s.blobs, &two);
  assert_true(slice_equal(bytes_of(&two), bytes_of(&wanted)));
  manifest_destroy(expected);
  buf_fini(&one);
  buf_fini(&two);
  buf_fini(&wanted);
  tear_down(&s);
}

static void workers_read_files_of_any_format_by_their_names(void **state) {
  (void)state;
  static const char text[] =
      "variables: {a: {type: scale, range: [1, 5]}, b: {type: nominal}}\n"
      "analyses: [describe: {items: a}]\n";
  static const char objects[] = "{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y\"}\n";
  static const char cells[] = "a,b\n5,x\n";
  char directory[PATH_BYTES], one_path[PATH_BYTES], two_path[PATH_BYTES];
  store *into = NULL;
  manifest *m = NULL;
  error err;
  buf one, two;
  buf_init(&one);
  buf_init(&two);
  open_temporary(&into);
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "0", objects, sizeof objects - 1, one_path, sizeof one_path);
  process_write_file(directory, "1", cells, sizeof cells - 1, two_path, sizeof two_path);
  read_by_worker(text, (slice){NULL, 0}, one_path, "2026-01.jsonl", into, &one);
  read_by_worker(text, bytes_of(&one), two_path, "2026-02.csv", into, &two);
  assert_int_equal(manifest_decode(two.data, two.length, &m, &err), STATUS_OK);
  assert_int_equal(m->files_count, 2);
  assert_int_equal(manifest_rows(m), 3);
  assert_true(slice_equal(m->columns[0].name, slice_of("a")));
  manifest_destroy(m);
  process_directory_remove(directory);
  store_destroy(into);
  buf_fini(&one);
  buf_fini(&two);
}

static void names_that_workers_are_given_lose_their_directories_or_are_refused(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  static const struct {
    const char *name, *told;
  } hostile[] = {{"\xff.csv", "\\xff.csv: the name is not UTF-8"},
                 {"b\x1b[2J.csv", "b\\x1b[2J.csv: the name is not UTF-8 or has control characters"},
                 {"", "has no name"}};
  const char *path = s.plain[0];
  error err;
  buf out;
  buf_init(&out);
  for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
    assert_int_equal(preparation_read_task(slice_of(page), (slice){NULL, 0}, &path, &hostile[i].name, 1, 300,
                                           s.blobs, &out, &err),
                     STATUS_DATA);
    assert_non_null(strstr(err.message, hostile[i].told));
  }
  read_by_worker(page, (slice){NULL, 0}, path, "../a/survey.csv", s.blobs, &out);
  manifest *m = NULL;
  assert_int_equal(manifest_decode(out.data, out.length, &m, &err), STATUS_OK);
  assert_true(slice_equal(m->files[0].name, slice_of("survey.csv")));
  manifest_destroy(m);
  buf_fini(&out);
  tear_down(&s);
}

static void another_specification_works_unless_numbers_were_kept(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s, &r);
  buf dataset, plan_bytes, program_bytes;
  buf_init(&dataset);
  buf_init(&plan_bytes);
  buf_init(&program_bytes);
  error err;
  read_by_worker(page, (slice){NULL, 0}, s.plain[0], "a.csv", s.blobs, &dataset);
  assert_int_equal(
      preparation_plan_task(slice_of(other_page), bytes_of(&dataset), &plan_bytes, &program_bytes, &err),
      STATUS_OK);
  plan *back = NULL;
  assert_int_equal(plan_decode(plan_bytes.data, plan_bytes.length, &back, &err), STATUS_OK);
  plan_destroy(back);
  assert_true(program_bytes.length > 0);
  assert_int_equal(
      preparation_plan_task(slice_of(amount_as_text), bytes_of(&dataset), &plan_bytes, &program_bytes, &err),
      STATUS_DATA);
  assert_non_null(strstr(err.message,
                         "specification:2:3: 'amount' is a nominal variable, but the dataset "
                         "keeps its column as numbers"));
  /* Read with that specification both work. */
  buf_clear(&dataset);
  read_by_worker(amount_as_text, (slice){NULL, 0}, s.plain[0], "a.csv", s.blobs, &dataset);
  assert_int_equal(
      preparation_plan_task(slice_of(amount_as_text), bytes_of(&dataset), &plan_bytes, &program_bytes, &err),
      STATUS_OK);
  assert_int_equal(
      preparation_plan_task(slice_of(page), bytes_of(&dataset), &plan_bytes, &program_bytes, &err),
      STATUS_OK);
  buf_fini(&dataset);
  buf_fini(&plan_bytes);
  buf_fini(&program_bytes);
  tear_down(&s);
}

static void all_problems_are_told_as_far_as_they_fit(void **state) {
  (void)state;
  buf text, plan_bytes, program_bytes;
  buf_init(&text);
  buf_init(&plan_bytes);
  buf_init(&program_bytes);
  error err;
  static const char two[] =
      "variables:\n  a: {type: scal}\n  b: {type: numbr}\nanalyses: [describe: {items: a}]\n";
  assert_int_equal(preparation_plan_task(slice_of(two), (slice){NULL, 0}, &plan_bytes, &program_bytes, &err),
                   STATUS_SPECIFICATION);
  assert_contains(err.message, "specification:2:");
  assert_contains(err.message, "\nspecification:3:");
  assert_int_not_equal(err.message[strlen(err.message) - 1], '\n');
  buf_printf(&text, "variables:\n");
  for (int i = 0; i < 100; i++) {
    buf_printf(&text, "  a%d: {type: scal}\n", i);
  }
  buf_printf(&text, "analyses: [describe: {items: a1}]\n");
  assert_int_equal(
      preparation_plan_task(bytes_of(&text), (slice){NULL, 0}, &plan_bytes, &program_bytes, &err),
      STATUS_SPECIFICATION);
  const char *last = strrchr(err.message, '\n');
  assert_non_null(last);
  assert_memory_equal(last, "\nand ", 5);
  assert_int_equal(
      preparation_plan_task(slice_of(page), slice_of("not a manifest"), &plan_bytes, &program_bytes, &err),
      STATUS_CORRUPT);
  buf_fini(&text);
  buf_fini(&plan_bytes);
  buf_fini(&program_bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months_one_by_one_make_the_dataset_of_all_at_once),
      cmocka_unit_test(what_run_reads_into_a_store_is_the_same_dataset),
      cmocka_unit_test(what_a_store_holds_from_earlier_changes_nothing),
      cmocka_unit_test(files_that_are_there_are_left_out),
      cmocka_unit_test(a_file_of_a_name_with_other_content_is_refused),
      cmocka_unit_test(a_file_that_lacks_a_column_of_the_dataset_is_refused_by_its_name),
      cmocka_unit_test(workers_append_as_put_does),
      cmocka_unit_test(workers_read_files_of_any_format_by_their_names),
      cmocka_unit_test(names_that_workers_are_given_lose_their_directories_or_are_refused),
      cmocka_unit_test(another_specification_works_unless_numbers_were_kept),
      cmocka_unit_test(all_problems_are_told_as_far_as_they_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

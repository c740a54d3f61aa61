/* Plans made and files read from bytes, as workers do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/process.h"
#include "tests/specification/months.h"

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

/* The plan of PAGE over DATASET: what comes of it. */
static status plan_over(const char *page, const buf *dataset, error *err) {
  buf plan_bytes;
  buf program_bytes;
  buf_init(&plan_bytes);
  buf_init(&program_bytes);
  const status st =
      preparation_plan_task(slice_of(page), bytes_of(dataset), &plan_bytes, &program_bytes, err);
  if (st == STATUS_OK) {
    plan *back = NULL;
    assert_int_equal(plan_decode(plan_bytes.data, plan_bytes.length, &back, err), STATUS_OK);
    plan_destroy(back);
    assert_true(program_bytes.length > 0);
  }
  buf_fini(&plan_bytes);
  buf_fini(&program_bytes);
  return st;
}

static void workers_append_as_put_does(void **state) {
  months_scene *s = *state;
  const manifest *expected = months_read(s, months_page, 300, NULL, s->plain, 2, s->blobs, 2);
  buf one, two, wanted;
  buf_init(&one);
  buf_init(&two);
  buf_init(&wanted);
  manifest_encode(expected, &wanted);
  read_by_worker(months_page, (slice){NULL, 0}, s->packed[0], "month-01.csv.gz", s->blobs, &one);
  read_by_worker(months_page, bytes_of(&one), s->packed[1], "month-02.csv.gz", s->blobs, &two);
  assert_slice_equal(bytes_of(&two), bytes_of(&wanted));
  buf_fini(&one);
  buf_fini(&two);
  buf_fini(&wanted);
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
  months_open_temporary(&into);
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "0", objects, sizeof objects - 1, one_path, sizeof one_path);
  process_write_file(directory, "1", cells, sizeof cells - 1, two_path, sizeof two_path);
  read_by_worker(text, (slice){NULL, 0}, one_path, "2026-01.jsonl", into, &one);
  read_by_worker(text, bytes_of(&one), two_path, "2026-02.csv", into, &two);
  assert_int_equal(manifest_decode(two.data, two.length, &m, &err), STATUS_OK);
  assert_int_equal(m->files_count, 2);
  assert_int_equal(manifest_rows(m), 3);
  assert_slice_equal(m->columns[0].name, slice_of("a"));
  manifest_destroy(m);
  process_directory_remove(directory);
  store_destroy(into);
  buf_fini(&one);
  buf_fini(&two);
}

static void names_that_workers_are_given_lose_their_directories_or_are_refused(void **state) {
  months_scene *s = *state;
  static const struct {
    const char *name, *told;
  } hostile[] = {{"\xff.csv", "\\xff.csv: the name is not UTF-8"},
                 {"b\x1b[2J.csv", "b\\x1b[2J.csv: the name is not UTF-8 or has control characters"},
                 {"", "has no name"}};
  const char *path = s->plain[0];
  error err;
  buf out;
  buf_init(&out);
  for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
    assert_int_equal(preparation_read_task(slice_of(months_page), (slice){NULL, 0}, &path, &hostile[i].name,
                                           1, 300, s->blobs, &out, &err),
                     STATUS_DATA);
    assert_contains(err.message, hostile[i].told);
  }
  read_by_worker(months_page, (slice){NULL, 0}, path, "../a/survey.csv", s->blobs, &out);
  manifest *m = NULL;
  assert_int_equal(manifest_decode(out.data, out.length, &m, &err), STATUS_OK);
  assert_slice_equal(m->files[0].name, slice_of("survey.csv"));
  manifest_destroy(m);
  buf_fini(&out);
}

static void another_specification_works_unless_numbers_were_kept(void **state) {
  months_scene *s = *state;
  buf dataset;
  error err;
  buf_init(&dataset);
  read_by_worker(months_page, (slice){NULL, 0}, s->plain[0], "a.csv", s->blobs, &dataset);
  assert_int_equal(plan_over(months_other_page, &dataset, &err), STATUS_OK);
  assert_int_equal(plan_over(months_amount_as_text, &dataset, &err), STATUS_DATA);
  assert_contains(err.message,
                  "specification:2:3: 'amount' is a nominal variable, but the dataset "
                  "keeps its column as numbers");
  /* Read with that specification both work. */
  buf_clear(&dataset);
  read_by_worker(months_amount_as_text, (slice){NULL, 0}, s->plain[0], "a.csv", s->blobs, &dataset);
  assert_int_equal(plan_over(months_amount_as_text, &dataset, &err), STATUS_OK);
  assert_int_equal(plan_over(months_page, &dataset, &err), STATUS_OK);
  buf_fini(&dataset);
}

static void all_problems_are_told_as_far_as_they_fit(void **state) {
  (void)state;
  static const char two[] =
      "variables:\n  a: {type: scal}\n  b: {type: numbr}\nanalyses: [describe: {items: a}]\n";
  static const char nonsense[] = "not a manifest";
  const buf no_dataset = {0};
  buf text;
  error err;
  assert_int_equal(plan_over(two, &no_dataset, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "specification:2:");
  assert_contains(err.message, "\nspecification:3:");
  assert_int_not_equal(err.message[strlen(err.message) - 1], '\n');
  buf_init(&text);
  buf_printf(&text, "variables:\n");
  for (int i = 0; i < 100; i++) {
    buf_printf(&text, "  a%d: {type: scal}\n", i);
  }
  buf_printf(&text, "analyses: [describe: {items: a1}]\n");
  buf_put(&text, "", 1);
  assert_int_equal(plan_over((const char *)text.data, &no_dataset, &err), STATUS_SPECIFICATION);
  const char *last = strrchr(err.message, '\n');
  assert_non_null(last);
  assert_memory_equal(last, "\nand ", 5);
  buf_clear(&text);
  buf_put_text(&text, nonsense);
  assert_int_equal(plan_over(months_page, &text, &err), STATUS_CORRUPT);
  buf_fini(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      MONTHS_TEST(workers_append_as_put_does),
      cmocka_unit_test(workers_read_files_of_any_format_by_their_names),
      MONTHS_TEST(names_that_workers_are_given_lose_their_directories_or_are_refused),
      MONTHS_TEST(another_specification_works_unless_numbers_were_kept),
      cmocka_unit_test(all_problems_are_told_as_far_as_they_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

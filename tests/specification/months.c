#include "tests/specification/months.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "tests/check.h"
#include "tests/process.h"

const char months_page[] =
    "variables:\n"
    "  \"q*\": {type: scale, range: [1, 5]}\n"
    "  amount: {type: number}\n"
    "  id: {type: id}\n"
    "analyses: [describe: {items: amount}]\n";

const char months_amount_as_text[] =
    "variables:\n"
    "  amount: {type: nominal}\n"
    "  spent: {type: number, column: amount}\n"
    "analyses: [describe: {items: spent}]\n";

const char months_other_page[] =
    "variables:\n"
    "  q1: {type: nominal}\n"
    "  sum: {type: number, column: amount, decimals: 2}\n"
    "  note: {type: text}\n"
    "analyses: [describe: {items: sum}]\n";

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

static void write_packed(const months_scene *s, unsigned month, const buf *b, char *path) {
  snprintf(path, PATH_BYTES, "%s/month-%02u.csv.gz", s->directory, month + 1);
  gzFile file = gzopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(gzwrite(file, b->data, (unsigned)b->length), (int)b->length);
  assert_int_equal(gzclose(file), Z_OK);
}

void months_open_temporary(store **out) {
  error err;
  if (store_new_temporary(NULL, out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

int months_set_up(void **state) {
  months_scene *s = calloc(1, sizeof *s);
  seeded r = {seeded_seed()};
  assert_non_null(s);
  process_directory_new(s->directory, sizeof s->directory);
  for (unsigned month = 0; month < MONTHS; month++) {
    buf b;
    buf_init(&b);
    write_month(&b, &r, month);
    assert_false(b.failed);
    char name[40];
    snprintf(name, sizeof name, "month-%02u.csv", month + 1);
    process_write_file(s->directory, name, b.data, b.length, s->plain_paths[month], PATH_BYTES);
    write_packed(s, month, &b, s->packed_paths[month]);
    s->plain[month] = s->plain_paths[month];
    s->packed[month] = s->packed_paths[month];
    buf_fini(&b);
  }
  months_open_temporary(&s->blobs);
  *state = s;
  return 0;
}

int months_tear_down(void **state) {
  months_scene *s = *state;
  while (s->kept_count > 0) {
    manifest_destroy(s->kept[--s->kept_count]);
  }
  store_destroy(s->blobs);
  process_directory_remove(s->directory);
  free(s);
  return 0;
}

/* ---- Reading ------------------------------------------------------------------------------------- */

spec *months_parse(const char *text) {
  spec *out = NULL;
  spec_problems problems = {0};
  error err;
  if (spec_parse("page", text, strlen(text), &out, &problems, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  spec_problems_fini(&problems);
  return out;
}

status months_try_read(const char *text, uint32_t shard_rows, const manifest *before,
                       const char *const *paths, const char *const *names, size_t count, store *into,
                       manifest **out, uint32_t *added, error *err) {
  spec *specification = months_parse(text);
  spec_problems problems = {0};
  const reading_options options = {.names = names, .titles = names, .shard_rows = shard_rows, .threads = 2};
  const status st =
      preparation_append(specification, &options, before, paths, count, into, out, added, &problems, err);
  spec_problems_fini(&problems);
  spec_destroy(specification);
  return st;
}

const manifest *months_read(months_scene *s, const char *text, uint32_t shard_rows, const manifest *before,
                            const char *const *paths, size_t count, store *into, uint32_t added_expected) {
  uint32_t added = 0;
  error err;
  assert_true(s->kept_count < KEPT_MAX);
  manifest **m = &s->kept[s->kept_count];
  if (months_try_read(text, shard_rows, before, paths, NULL, count, into, m, &added, &err) != STATUS_OK) {
    fail_msg("seed %llu: %s", (unsigned long long)seeded_seed(), err.message);
  }
  s->kept_count++;
  assert_int_equal(added, added_expected);
  return *m;
}

void months_assert_same(const manifest *a, const manifest *b) {
  buf first;
  buf second;
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

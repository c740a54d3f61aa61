/* The reader against a slow and obvious one.
 *
 * Small files of quotes, separators, line breaks and letters, from seeds; each is read with pieces of 1 to
 * 7 records on 1 to 3 threads and must give the rows, ordinals, lines and quarantined records, with places
 * and reasons, of the reference (csv_reference.h).  A failure prints its seed.
 */
#include "tests/reading/csv_reading.h"
#include "tests/reading/csv_reference.h"
#include "tests/seeded.h"

enum { CASES = SEEDED_CASES(6000), BYTES_MAX = 700 };

static const char *const headers[] = {"a\n",       "a,b\n",           "\n\r\na,\"b\n b\",c\r\n",
                                      "a,b,c,d\n", "\"a\"\"\",b\r\n", "a,b\r"};

/* Tokens that make trouble; the more often one stands here, the more often it is drawn. */
static const char *const tokens[] = {"\"",    "\"",   "\"\"", ",",    ",",        ",",      ",",    "\n",
                                     "\n",    "\n",   "\r\n", "\r",   " ",        "x",      "12",   "-3.50",
                                     "é",     "客",   "\t",   ",\"",  "\",",      "\"\n",   "word", "7",
                                     "\"q\"", "\n\n", ", \"", "\" ,", "\n1,2,\"", "\n3,4,5"};

static size_t make_case(seeded *state, char *out) {
  const char *header = headers[seeded_next(state) % (sizeof headers / sizeof headers[0])];
  size_t length = strlen(header);
  memcpy(out, header, length);
  const size_t wanted = seeded_next(state) % (BYTES_MAX - 60);
  /* Some files are nearly free of quotes, so that the usual paths are walked too. */
  const size_t kinds = sizeof tokens / sizeof tokens[0];
  const size_t skip = seeded_next(state) % 3 == 0 ? 3 : 0;
  const size_t few = seeded_next(state) % 2 == 0 ? 19 - skip : kinds - skip;
  while (length < wanted) {
    const char *token = tokens[skip + seeded_next(state) % few];
    memcpy(out + length, token, strlen(token));
    length += strlen(token);
  }
  return length;
}

static bool same_places(const reference *e, const file_facts *file) {
  bool same = file->places_count == (e->left_out_count < FILE_PLACES ? e->left_out_count : FILE_PLACES);
  for (uint32_t i = 0; same && i < file->places_count; i++) {
    char problem[256] = {0};
    char to_line[32];
    memcpy(problem, file->places[i].problem.bytes, file->places[i].problem.length);
    snprintf(to_line, sizeof to_line, " %llu", (unsigned long long)e->left_out[i].to_line);
    same = file->places[i].line == e->left_out[i].line && strstr(problem, e->left_out[i].words) != NULL &&
           (e->left_out[i].to_line == 0 || strstr(problem, to_line) != NULL);
  }
  return same;
}

static bool same_skipped(const file_skipped *s, size_t count, uint64_t line) {
  return s->count == count && (count == 0 || s->lines[0] == line);
}

static void compare(uint64_t seed, const reference *e, const dataset *d) {
  if (d->code != STATUS_OK) {
    if (e->rows_count > 0) {
      fail_msg("seed %llu: %s", (unsigned long long)seed, d->err.message);
    }
    return;
  }
  const file_facts *file = &d->facts->files[0];
  bool same =
      d->rows_count == e->rows_count && file->records == e->records && file->quarantined == e->left_out_count;
  same = same && same_skipped(&file->skipped[FILE_BLANK_ROWS], e->blank_count, e->blank_line) &&
         same_skipped(&file->skipped[FILE_REPEATED_HEADERS], e->repeated_count, e->repeated_line);
  for (size_t i = 0; same && i < e->rows_count; i++) {
    same = d->rows[i].ordinal == e->rows[i].ordinal && d->rows[i].line == e->rows[i].line;
    for (uint32_t c = 0; same && c < d->facts->columns_count; c++) {
      same = slice_equal(d->rows[i].cells[c], e->rows[i].cells[c]);
    }
  }
  if (!same || !same_places(e, file)) {
    fail_msg(
        "seed %llu: another reading than the reference's (%zu rows, %zu expected; %llu quarantined, %zu)",
        (unsigned long long)seed, d->rows_count, e->rows_count, (unsigned long long)file->quarantined,
        e->left_out_count);
  }
}

static void any_cut_and_any_threads_read_as_the_reference(void **state) {
  (void)state;
  const char *from = getenv("CANVASS_SEED");
  const uint64_t first = from != NULL ? strtoull(from, NULL, 10) : 1;
  const uint64_t last = from != NULL ? first : CASES;
  for (uint64_t seed = first; seed <= last; seed++) {
    seeded random = {seed};
    char text[BYTES_MAX + 64];
    const size_t length = make_case(&random, text);
    reference e;
    reference_read(text, length, ',', &e);
    char *path = make_file(text, length);
    const char *paths[] = {path};
    reading_options options = {.decimal_mark = '.', .delimiter = ','};
    options.shard_rows = 1 + (uint32_t)(seeded_next(&random) % 7);
    options.threads = 1 + (unsigned)(seeded_next(&random) % 3);
    dataset d = read_dataset(&options, paths, 1);
    compare(seed, &e, &d);
    drop_dataset(&d);
    drop_file(path);
    reference_drop(&e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_cut_and_any_threads_read_as_the_reference),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

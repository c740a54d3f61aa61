/* The reader against a slow one that is plain to see.
 *
 * Small files of quotes, separators, line breaks and letters, from seeds; each is read with pieces of 1 to
 * 7 records on 1 to 3 threads and must give the rows, ordinals, lines and quarantined records of the
 * reference, which walks over the bytes one at a time.  A failure prints its seed.
 */
#include "tests/client/csv_reading.h"

enum { CASES = 4000, BYTES_MAX = 700, RECORDS_MAX = 1200, CELLS_MAX = 700 };

typedef struct expected_row {
  uint64_t ordinal;
  uint64_t line;
  slice *cells;
} expected_row;

typedef struct expected {
  arena *memory;
  expected_row rows[RECORDS_MAX];
  size_t rows_count;
  uint64_t bad_lines[RECORDS_MAX];
  size_t bad_count;
  uint64_t records;
} expected;

typedef struct reference_record {
  size_t end;
  size_t cells;
  slice texts[CELLS_MAX];
  bool wrong;
  bool unclosed;
  bool empty;
} reference_record;

static uint64_t lines_in(const char *text, size_t from, size_t to) {
  uint64_t lines = 0;
  for (size_t i = from; i < to; i++) {
    lines += text[i] == '\n';
  }
  return lines;
}

/* One record, byte by byte. */
static void reference_parse(const char *text, size_t length, size_t at, arena *memory,
                            reference_record *out) {
  const size_t begin = at;
  size_t opened = 0;
  *out = (reference_record){0};
  while (true) {
    char cell[BYTES_MAX + 1];
    size_t bytes = 0;
    bool quoted = at < length && text[at] == '"';
    if (quoted) {
      opened = at++;
      while (at < length && (text[at] != '"' || (at + 1 < length && text[at + 1] == '"'))) {
        at += text[at] == '"';
        cell[bytes++] = text[at++];
      }
      if (at >= length) {
        out->unclosed = true;
        const char *newline = memchr(text + opened, '\n', length - opened);
        out->end = newline != NULL ? (size_t)(newline - text) + 1 : length;
        return;
      }
      at++;
      const bool line_end = at + 1 < length && text[at] == '\r' && text[at + 1] == '\n';
      const bool file_end = at + 1 == length && text[at] == '\r';
      at += line_end || file_end;
    }
    while (at < length && text[at] != ',' && text[at] != '\n') {
      out->wrong = out->wrong || quoted;
      cell[bytes++] = text[at++];
    }
    out->texts[out->cells++] = arena_slice(memory, slice_trim((slice){cell, bytes}));
    if (at >= length || text[at] == '\n') {
      const size_t line = at - begin;
      out->empty = line == 0 || (line == 1 && text[begin] == '\r');
      out->end = at + 1;
      return;
    }
    at++;
  }
}

static void reference_read(const char *text, size_t length, expected *e) {
  reference_record *one = malloc(sizeof *one);
  size_t columns = 0;
  uint64_t line = 1;
  size_t at = 0;
  while (at < length) {
    reference_parse(text, length, at, e->memory, one);
    if (columns == 0 && !one->empty) {
      columns = one->cells;
    } else if (!one->empty) {
      if (one->unclosed || one->wrong || one->cells != columns) {
        e->bad_lines[e->bad_count++] = line;
      } else {
        expected_row *row = &e->rows[e->rows_count++];
        *row = (expected_row){e->records, line, ARENA_ARRAY(e->memory, slice, columns)};
        memcpy(row->cells, one->texts, columns * sizeof(slice));
      }
      e->records++;
    }
    const size_t end = one->end < length ? one->end : length;
    line += lines_in(text, at, end);
    at = end;
  }
  free(one);
}

static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static const char *const headers[] = {"a\n", "a,b\n", "\n\r\na,\"b\n b\",c\r\n", "a,b,c,d\n",
                                      "\"a\"\"\",b\r\n"};

/* Tokens that make trouble; the more often one stands here, the more often it is drawn. */
static const char *const tokens[] = {"\"", "\"",   "\"\"", ",",    ",",    ",",  ",",     "\n",  "\n",
                                     "\n", "\r\n", "\r",   " ",    "x",    "12", "-3.50", "é",   "客",
                                     "\t", ",\"",  "\",",  "\"\n", "word", "7",  "\"q\"", "\n\n"};

static size_t make_case(uint64_t *state, char *out) {
  const char *header = headers[next_random(state) % (sizeof headers / sizeof headers[0])];
  size_t length = strlen(header);
  memcpy(out, header, length);
  const size_t wanted = next_random(state) % (BYTES_MAX - 60);
  /* Some files are nearly free of quotes, so that the usual paths are walked too. */
  const size_t kinds = sizeof tokens / sizeof tokens[0];
  const size_t skip = next_random(state) % 3 == 0 ? 3 : 0;
  const size_t few = next_random(state) % 2 == 0 ? 19 - skip : kinds - skip;
  while (length < wanted) {
    const char *token = tokens[skip + next_random(state) % few];
    memcpy(out + length, token, strlen(token));
    length += strlen(token);
  }
  return length;
}

static void compare(uint64_t seed, const expected *e, const dataset *d) {
  if (d->code != STATUS_OK) {
    if (e->rows_count > 0) {
      fail_msg("seed %llu: %s", (unsigned long long)seed, d->err.message);
    }
    return;
  }
  const manifest_file *file = &d->facts->files[0];
  bool same =
      d->rows_count == e->rows_count && file->records == e->records && file->quarantined == e->bad_count;
  for (size_t i = 0; same && i < e->rows_count; i++) {
    same = d->rows[i].ordinal == e->rows[i].ordinal && d->rows[i].line == e->rows[i].line;
    for (uint32_t c = 0; same && c < d->facts->columns_count; c++) {
      same = slice_equal(d->rows[i].cells[c], e->rows[i].cells[c]);
    }
  }
  for (uint32_t i = 0; same && i < file->places_count; i++) {
    same = file->places[i].line == e->bad_lines[i];
  }
  same = same && file->places_count == (e->bad_count < MANIFEST_PLACES ? e->bad_count : MANIFEST_PLACES);
  if (!same) {
    fail_msg(
        "seed %llu: another reading than the reference's (%zu rows, %zu expected; %llu quarantined, %zu)",
        (unsigned long long)seed, d->rows_count, e->rows_count, (unsigned long long)file->quarantined,
        e->bad_count);
  }
}

static void any_cut_and_any_threads_read_as_the_reference(void **state) {
  (void)state;
  const char *from = getenv("CANVASS_SEED");
  const uint64_t first = from != NULL ? strtoull(from, NULL, 10) : 1;
  const uint64_t last = from != NULL ? first : CASES;
  for (uint64_t seed = first; seed <= last; seed++) {
    uint64_t random = seed;
    char text[BYTES_MAX + 64];
    const size_t length = make_case(&random, text);
    expected *e = calloc(1, sizeof *e);
    e->memory = arena_new();
    reference_read(text, length, e);
    char *path = make_file(text, length);
    const char *paths[] = {path};
    csv_options options = {.decimal_mark = '.', .delimiter = ','};
    options.shard_rows = 1 + (uint32_t)(next_random(&random) % 7);
    options.threads = 1 + (unsigned)(next_random(&random) % 3);
    dataset d = read_dataset(&options, paths, 1);
    compare(seed, e, &d);
    drop_dataset(&d);
    drop_file(path);
    arena_destroy(e->memory);
    free(e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_cut_and_any_threads_read_as_the_reference),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

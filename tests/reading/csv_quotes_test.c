/* Stray quotes: what a record that spans lines takes in, and what it may not.
 *
 * The reader in one thread, piece by piece, in every SIMD form, against the slow reference; files of one-line
 * records with random stray quotes, of which no line may be swallowed; and files made to be read again and
 * again, of which few bytes may be.  A failure prints its seed.
 */
#include "tests/reading/csv_reading.h"

#include <sys/mman.h>

#include "reading/csv/csv.h"
#include "reading/encode.h"
#include "reading/plain_text.h"
#include "tests/reading/csv_reference.h"
#include "tests/seeded.h"

enum { CHUNK = 256 << 10 }; /* of the splitter */

enum { FORM_CASES = SEEDED_CASES(12000), STRAY_CASES = SEEDED_CASES(100000) };

/* A file in memory that is rewritten for every case. */
static int file;
static char file_path[64];

static int open_file(void **state) {
  (void)state;
  file = memfd_create("csv_quotes_test", 0);
  snprintf(file_path, sizeof file_path, "/proc/self/fd/%d", file);
  return file >= 0 ? 0 : -1;
}

static int close_file(void **state) {
  (void)state;
  return close(file);
}

typedef struct reading {
  reading_options options;
  arena *memory;
  input_file input;
  csv_file *csv;
  input_piece piece;
} reading;

static void must(status code, const error *err) {
  if (code != STATUS_OK) {
    fail_msg("%s", err->message);
  }
}

static void begin_reading(reading *r, const csv_kernels *kernels, const void *text, size_t length) {
  error err;
  *r = (reading){.options = {.delimiter = ',', .format = "csv"}, .memory = arena_new()};
  assert_int_equal(ftruncate(file, 0), 0);
  assert_int_equal(pwrite(file, text, length, 0), length);
  r->input = (input_file){.options = &r->options, .memory = r->memory};
  must(input_open(&r->input, file_path, file_path, file_path, NULL, NULL, &err), &err);
  r->csv = r->input.self;
  r->csv->splitter.kernels = kernels;
  assert_true(input_piece_prepare(&r->piece, &r->input));
}

static bool next_piece(reading *r, uint32_t records) {
  error err;
  must(r->input.format->cut(&r->input, records, &r->piece, &err), &err);
  return !r->piece.is_end;
}

static void end_reading(reading *r) {
  input_piece_fini(&r->piece);
  input_close(&r->input);
  arena_destroy(r->memory);
}

static uint64_t lines_of(const input_piece *piece) {
  const csv_piece *text = piece->content;
  return plain_text_lines(text->text, text->length);
}

/* ---- Against the reference ----------------------------------------------------------------------- */

typedef struct progress {
  const reference *expected;
  size_t rows, left_out;
} progress;

static bool place_is(const file_place *place, const reference_problem *expected) {
  char problem[256] = {0};
  char to_line[32];
  memcpy(problem, place->problem.bytes, place->problem.length);
  snprintf(to_line, sizeof to_line, " %llu", (unsigned long long)expected->to_line);
  return place->line == expected->line && strstr(problem, expected->words) != NULL &&
         (expected->to_line == 0 || strstr(problem, to_line) != NULL);
}

/* The rows of a piece, in order, with their ordinals and lines, and its first places. */
static bool piece_is(progress *p, const encoder *coder, const shard_content *c) {
  const reference *e = p->expected;
  uint64_t ordinal = c->first_ordinal;
  uint64_t line = c->first_line;
  uint32_t gap = 0;
  for (uint32_t row = 0; row < c->rows; row++, ordinal++, line++, p->rows++) {
    if (gap < c->gaps_count && c->gap_rows[gap] == row) {
      ordinal += c->gap_records[gap];
      line += c->gap_lines[gap++];
    }
    const reference_row *r = &e->rows[p->rows];
    if (p->rows == e->rows_count || r->ordinal != ordinal || r->line != line) {
      return false;
    }
    for (uint32_t i = 0; i < c->columns_count; i++) {
      const packed_column *column = &c->columns[i];
      if (!slice_equal(packed_column_cell(column, row).text, r->cells[i])) {
        return false;
      }
    }
  }
  const row_places *found = encoder_places(coder);
  for (uint32_t i = 0; i < found->list_count; i++) {
    if (p->left_out + i >= e->left_out_count || !place_is(&found->list[i], &e->left_out[p->left_out + i])) {
      return false;
    }
  }
  p->left_out += found->quarantined;
  return true;
}

static bool reads_as(const reference *expected, const csv_kernels *kernels, uint32_t records,
                     const char *text, size_t length) {
  reading r;
  begin_reading(&r, kernels, text, length);
  reading_hint *hints = ARENA_ARRAY(r.memory, reading_hint, r.csv->header.count);
  uint32_t *cells = ARENA_ARRAY(r.memory, uint32_t, r.csv->header.count);
  for (uint32_t i = 0; i < r.csv->header.count; i++) {
    cells[i] = i;
  }
  const encoder_schema schema = {r.csv->header.names, hints, r.csv->header.count, '.', NULL};
  const encoder_layout layout = {&r.input, cells, 0};
  encoder *coder = encoder_new(&schema);
  progress p = {.expected = expected};
  bool same = true;
  error err;
  while (same && next_piece(&r, records)) {
    shard_content content;
    must(encoder_run(coder, &layout, &r.piece, &content, &err), &err);
    same = piece_is(&p, coder, &content);
  }
  encoder_destroy(coder);
  end_reading(&r);
  return same && p.rows == expected->rows_count && p.left_out == expected->left_out_count;
}

/* Cells, and quotes in all places that matter; lines of three or four cells come up often. */
static const char *const headers[] = {
    "id,b,c\n", "id,b\r\n", "a\n", "\"id\",\"b\nb\",c\n", "id, b ,c,d\n", "id,b,c\r", "\"id\",\"b\nb\"\r"};
static const char *const tokens[] = {"\n1,2,x",    "\n2,y,",    "\n,,",
                                     "\n12,a,b,c", "\r\n3,z,5", "\n7,\"x, y\",z",
                                     "\"",         ",\"",       "\",",
                                     "\"\"",       "\"\n",      ", \"",
                                     "\" ,",       ",",         ",",
                                     "\n",         " ",         "x",
                                     "5\"",        "\t\"",      "\",\"x\n",
                                     "\n\"4,b,",   "-1",        "é",
                                     "\r",         "\r\n",      "long text in a cell of its own"};

static size_t make_case(seeded *random, char *out, size_t room) {
  const char *header = headers[seeded_below(random, sizeof headers / sizeof headers[0])];
  size_t length = strlen(header);
  memcpy(out, header, length);
  const size_t wanted = length + seeded_below(random, room - 64);
  const size_t kinds = sizeof tokens / sizeof tokens[0];
  const size_t from = seeded_below(random, 6);
  const size_t few = 4 + seeded_below(random, kinds - from - 3);
  while (length < wanted) {
    const char *token = tokens[from + seeded_below(random, few)];
    memcpy(out + length, token, strlen(token));
    length += strlen(token);
  }
  return length;
}

/* In every form; RECORDS a piece, one number after another. */
static void check_case(uint64_t seed, const uint32_t *records, size_t records_count, const char *text,
                       size_t length) {
  reference expected;
  reference_read(text, length, ',', &expected);
  for (size_t form = 0; csv_kernels_at(form) != NULL; form++) {
    const csv_kernels *kernels = csv_kernels_at(form);
    const uint32_t piece = records[(seed + form) % records_count];
    if (!reads_as(&expected, kernels, piece, text, length)) {
      fail_msg(
          "seed %llu: %s reads otherwise than the reference (%zu rows, %zu left out), %u records a "
          "piece:\n%.*s",
          (unsigned long long)seed, kernels->name, expected.rows_count, expected.left_out_count, piece,
          (int)(length < 2000 ? length : 0), text);
    }
  }
  reference_drop(&expected);
}

static void every_form_reads_quotes_as_the_rules_say(void **state) {
  (void)state;
  enum { BYTES = 480 };
  static const uint32_t records[] = {1, 2, 3, 7, 1000};
  for (uint64_t seed = 1; seed <= FORM_CASES; seed++) {
    seeded random = {seeded_seed() + seed};
    char text[BYTES];
    const size_t length = make_case(&random, text, sizeof text);
    check_case(random.state, records, sizeof records / sizeof records[0], text, length);
  }
}

/* The same cases where text arrives in two parts. */
static void where_text_arrives_in_parts_makes_no_difference(void **state) {
  (void)state;
  enum { CASES = 60, BYTES = 400 };
  static char text[CHUNK + 2 * BYTES];
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    seeded random = {seeded_seed() + seed};
    char hard[BYTES];
    const size_t hard_length = make_case(&random, hard, sizeof hard);
    const size_t header = (size_t)((const char *)memchr(hard, '\n', hard_length) - hard) + 1;
    memcpy(text, "id,b,c\n", 7);
    size_t length = 7;
    /* The reader gives out CHUNK - 1 bytes at a time. */
    const size_t clean = CHUNK - 1 - seeded_below(&random, hard_length);
    while (length < clean) {
      const char *line = "5,ok,\"fine, thanks\"\n";
      const size_t left = clean - length;
      const size_t taken = left < strlen(line) ? left : strlen(line);
      memcpy(text + length, line, taken);
      length += taken;
    }
    text[length - 1] = '\n';
    memcpy(text + length, hard + header, hard_length - header);
    length += hard_length - header;
    check_case(random.state, (const uint32_t[]){65536}, 1, text, length);
  }
}

/* ---- No line is swallowed ------------------------------------------------------------------------ */

/* Cells of one line; none has a delimiter. */
static const char *const words[] = {"North", "South", "good", "fine", "5", "", " ", "not bad ", "é", " ok"};

/* A file of LINES records, numbered in the first cell, with a few quotes put anywhere. */
static size_t make_lines(seeded *random, char *out, size_t *lines, uint32_t columns) {
  size_t length = 0;
  *lines = 1 + seeded_below(random, 14);
  const size_t kinds = 4 + seeded_below(random, sizeof words / sizeof words[0] - 3);
  for (size_t line = 0; line <= *lines; line++) {
    length += (size_t)(line == 0 ? sprintf(out + length, "id") : sprintf(out + length, "%zu", line));
    for (uint32_t i = 1; i < columns; i++) {
      length += (size_t)(line == 0 ? sprintf(out + length, ",c%u", i)
                                   : sprintf(out + length, ",%s", words[seeded_below(random, kinds)]));
    }
    length += (size_t)sprintf(out + length, seeded_below(random, 8) == 0 ? "\r\n" : "\n");
  }
  const size_t header = (size_t)((char *)memchr(out, '\n', length) - out) + 1;
  for (size_t quotes = seeded_below(random, 8); quotes > 0; quotes--) {
    size_t at = header + seeded_below(random, length - header);
    if (seeded_below(random, 2) == 0) { /* as people do: at the start or the end of a cell */
      while (at > header && out[at] != ',' && out[at] != '\n') {
        at--;
      }
      at += at + 1 < length ? seeded_below(random, 2) : 0;
    }
    at -= out[at] == '\n' && out[at - 1] == '\r'; /* a carriage return alone would end a line */
    memmove(out + at + 1, out + at, length - at);
    out[at] = '"';
    length++;
  }
  return length;
}

static void every_line_of_a_file_with_stray_quotes_is_read_or_counted(void **state) {
  (void)state;
  enum { COLUMNS_MIN = 3, BYTES = 2048 };
  for (uint64_t seed = 1; seed <= STRAY_CASES; seed++) {
    seeded random = {seeded_seed() + seed};
    char text[BYTES];
    size_t lines;
    const size_t length = make_lines(&random, text, &lines, COLUMNS_MIN + (uint32_t)seeded_below(&random, 5));
    reading r;
    begin_reading(&r, csv_kernels_best(), text, length);
    uint64_t records = 0;
    uint64_t newlines = 1;
    while (next_piece(&r, 4)) {
      records += r.piece.records;
      newlines += lines_of(&r.piece);
    }
    end_reading(&r);
    /* Each record is a row, or one line that is left out; a row of two lines would be one too few. */
    if (records != lines || newlines != lines + 1) {
      fail_msg("seed %llu: %zu lines, %llu records:\n%.*s", (unsigned long long)random.state, lines,
               (unsigned long long)records, (int)length, text);
    }
  }
}

/* ---- Looking ahead is not done twice ------------------------------------------------------------- */

typedef struct hard_file {
  const char *what;
  uint32_t columns;
  const char *lines[3]; /* over and over */
  const char *last;
} hard_file;

static const hard_file hard_files[] = {
    {"every line closes a quote and opens one, and the last never closes", 100000, {"x\",a,\"b"}, "end"},
    {"the same, and the last closes", 100000, {"x\",a,\"b"}, "x\""},
    {"the same, and the last closes badly", 100000, {"x\",a,\"b"}, "x\" y"},
    {"every quote closes on the next line with text behind it", 4, {"1,2,3,\"a"}, "end"},
    {"one quote, then lines without any", 4, {"1,2,3,4"}, "1,\"2,3,4"},
    {"lines that look like records, each with a quote", 4, {"1,2\",3,\"4"}, "1,2,3,4\""},
    {"a quote for every other line", 4, {"1,2,3,\"a", "1,2,3,4\""}, "end"},
    {"doubled quotes", 4, {"1,2,3,\"a", "\"\"\"\"", "1,\"\",\"\"\"\",\"\"\"\"\"\""}, "end"},
    {"quotes behind blanks", 3, {"1, \"a, \"b", " \"x\" ,\"y", "1,  \"\" ,"}, "end"},
    {"two columns", 2, {"a,\"b", "c\",\"d"}, "end"},
    {"one column", 1, {"\"a", "b"}, "c"},
};

static size_t make_hard(const hard_file *h, buf *text) {
  buf_printf(text, "c0");
  for (uint32_t i = 1; i < h->columns; i++) {
    buf_printf(text, ",c%u", i);
  }
  buf_printf(text, "\n");
  const size_t header = text->length;
  for (size_t i = 0, k = 0; i < 40000; i++, k = k < 2 && h->lines[k + 1] != NULL ? k + 1 : 0) {
    buf_printf(text, "%s\n", i == 2 ? "7,7,\"7" : h->lines[k]);
  }
  buf_printf(text, "%s\n", h->last);
  return text->length - header;
}

static void what_is_given_up_is_looked_at_twice_more_at_most(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof hard_files / sizeof hard_files[0]; i++) {
    buf text;
    buf_init(&text);
    const size_t bytes = make_hard(&hard_files[i], &text);
    reading r;
    begin_reading(&r, csv_kernels_best(), text.data, text.length);
    while (next_piece(&r, 1000)) {
    }
    if (r.csv->splitter.spans.looked_ahead > 2 * bytes) {
      fail_msg("%s: %zu bytes, %llu looked at ahead", hard_files[i].what, bytes,
               (unsigned long long)r.csv->splitter.spans.looked_ahead);
    }
    end_reading(&r);
    buf_fini(&text);
  }
}

static void a_file_of_one_line_records_is_never_looked_ahead_in(void **state) {
  (void)state;
  const char text[] = "a,b,c\n1,x\"y,z\n2,\"a, b\",\"say \"\"hi\"\"\"\n3, \"x\" ,5\" tube\n";
  reading r;
  begin_reading(&r, csv_kernels_best(), text, sizeof text - 1);
  while (next_piece(&r, 1)) {
  }
  assert_int_equal(r.csv->splitter.spans.looked_ahead, 0);
  end_reading(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form_reads_quotes_as_the_rules_say),
      cmocka_unit_test(where_text_arrives_in_parts_makes_no_difference),
      cmocka_unit_test(every_line_of_a_file_with_stray_quotes_is_read_or_counted),
      cmocka_unit_test(what_is_given_up_is_looked_at_twice_more_at_most),
      cmocka_unit_test(a_file_of_one_line_records_is_never_looked_ahead_in),
  };
  return cmocka_run_group_tests(tests, open_file, close_file);
}

/* How fast the CSV reader is, phase by phase: csv_bench FILE [THREADS] [REPETITIONS].
 *
 * On the file as the page cache has it: reading and hashing the bytes; cutting them into pieces; encoding
 * the pieces to columns; encoding these to the bytes of shards as well; then the whole reader with its
 * threads.  Cutting and encoding are given in processor time of their one thread (reading is part of
 * cutting, hashing is not), the others in time on the clock.  Printed: the best of the repetitions, rows
 * and bytes of CSV per second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "reading/csv/csv.h"
#include "reading/encode.h"

enum { ROWS = 65536, REPETITIONS = 5 };

typedef enum depth { READ, SPLIT, ENCODE, SHARDS } depth;

typedef struct figures {
  uint64_t rows;
  uint64_t bytes;
  double seconds;
} figures;

static double seconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double now(void) {
  return seconds_of(CLOCK_MONOTONIC);
}

static double spent_by_thread(void) {
  return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

static void must(status code, const error *err) {
  if (code != STATUS_OK) {
    fprintf(stderr, "csv_bench: %s\n", err->message);
    exit(status_exit_code(code));
  }
}

/* What the guess of reading_read comes to on the generated survey: names say it. */
static reading_hint hint_of(slice name) {
  static const char *const numbers[] = {"resp_id", "weight", "spend"};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    if (slice_equal(name, slice_of(numbers[i]))) {
      return READING_HINT_NUMBER;
    }
  }
  return READING_HINT_TEXT_CODES;
}

typedef struct bench {
  reading_options options;
  input_file input;
  encoder_schema schema;
  encoder_layout layout;
  arena *memory;
} bench;

static void begin(bench *b, const char *path) {
  error err;
  b->memory = arena_new();
  b->options = (reading_options){.format = "csv"};
  b->input = (input_file){.options = &b->options, .memory = b->memory};
  must(input_open(&b->input, path, path, path, NULL, NULL, &err), &err);
  const input_header *header = &b->input.header;
  slice *names = ARENA_ARRAY(b->memory, slice, header->count);
  reading_hint *hints = ARENA_ARRAY(b->memory, reading_hint, header->count);
  uint32_t *cells = ARENA_ARRAY(b->memory, uint32_t, header->count);
  for (uint32_t i = 0; i < header->count; i++) {
    names[i] = header->columns[i].name;
    hints[i] = hint_of(names[i]);
    cells[i] = i;
  }
  b->schema = (encoder_schema){names, hints, header->count, '.', NULL};
  b->layout = (encoder_layout){&b->input, cells, 0};
}

static void end(bench *b) {
  input_close(&b->input);
  arena_destroy(b->memory);
}

static void read_only(bench *b, figures *f) {
  static uint8_t block[256 << 10];
  size_t got = 1;
  error err;
  while (got > 0) {
    must(source_read(b->input.source, block, sizeof block, &got, &err), &err);
  }
  digest sha256;
  source_finish(b->input.source, &sha256, &f->bytes);
}

static void read_pieces(bench *b, depth how_deep, const csv_kernels *kernels, figures *f) {
  error err;
  input_piece piece = {0};
  csv_file *csv = b->input.self;
  buf bytes;
  buf_init(&bytes);
  encoder *coder = encoder_new(&b->schema);
  csv->splitter.kernels = kernels;
  if (!input_piece_prepare(&piece, &b->input)) {
    must(error_no_memory(&err, "the piece"), &err);
  }
  double spent = 0;
  while (true) {
    const double start = spent_by_thread();
    must(b->input.format->cut(&b->input, ROWS, &piece, &err), &err);
    spent += how_deep == SPLIT ? spent_by_thread() - start : 0;
    if (piece.is_end) {
      break;
    }
    f->rows += piece.records;
    const double split = spent_by_thread();
    shard_content content;
    if (how_deep >= ENCODE) {
      must(encoder_run(coder, &b->layout, &piece, &content, &err), &err);
    }
    if (how_deep >= SHARDS) {
      buf_clear(&bytes);
      must(shard_encode(&content, &bytes, &err), &err);
    }
    spent += how_deep >= ENCODE ? spent_by_thread() - split : 0;
  }
  f->seconds = spent;
  f->bytes = source_position(b->input.source);
  encoder_destroy(coder);
  buf_fini(&bytes);
  input_piece_fini(&piece);
}

static figures run_phase(const char *path, depth how_deep, const csv_kernels *kernels) {
  bench b = {0};
  figures f = {0};
  begin(&b, path);
  const double start = now();
  if (how_deep == READ) {
    read_only(&b, &f);
    f.seconds = now() - start;
  } else {
    read_pieces(&b, how_deep, kernels, &f);
  }
  end(&b);
  return f;
}

static figures run_reader(const char *path, unsigned threads) {
  error err;
  store *into;
  manifest *facts;
  must(store_new_temporary(NULL, &into, &err), &err);
  const reading_options options = {.decimal_mark = '.', .shard_rows = ROWS, .threads = threads};
  const double start = now();
  must(reading_read(&options, &path, 1, into, &facts, &err), &err);
  const figures f = {manifest_rows(facts), facts->files[0].bytes, now() - start};
  manifest_destroy(facts);
  store_destroy(into);
  return f;
}

static void print(const char *phase, const char *form, figures f) {
  printf("%-34s %-9s %8.1f ms  %8.1f MB/s", phase, form, f.seconds * 1e3, (double)f.bytes / f.seconds * 1e-6);
  if (f.rows > 0) { /* the first phase sees bytes only */
    printf("  %6.2f M rows/s", (double)f.rows / f.seconds * 1e-6);
  }
  puts("");
}

static const struct {
  const char *name;
  depth how_deep;
} phases[] = {
    {"read and hash (its own thread)", READ},
    {"read and cut, thread's time", SPLIT},
    {"encode to columns, thread's time", ENCODE},
    {"encode to shards, thread's time", SHARDS},
};

static figures better(figures a, figures b) {
  return a.seconds > 0 && a.seconds < b.seconds ? a : b;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: csv_bench FILE [THREADS] [REPETITIONS]\n");
    return 2;
  }
  const unsigned threads = count > 2 ? (unsigned)atoi(arguments[2]) : 2;
  const int repetitions = count > 3 ? atoi(arguments[3]) : REPETITIONS;
  for (size_t form = 0; csv_kernels_at(form) != NULL; form++) {
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
      figures best = {0};
      for (int r = 0; r < repetitions; r++) {
        best = better(best, run_phase(arguments[1], phases[i].how_deep, csv_kernels_at(form)));
      }
      print(phases[i].name, csv_kernels_at(form)->name, best);
    }
  }
  figures best = {0};
  for (int r = 0; r < repetitions; r++) {
    best = better(best, run_reader(arguments[1], threads));
  }
  char name[64];
  snprintf(name, sizeof name, "the whole reader, %u threads", threads);
  print(name, csv_kernels_best()->name, best);
  return 0;
}

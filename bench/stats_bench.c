/* How fast MAP is: rows and values per second of a shard through frame and accumulators, one thread.
 *
 *   cmake --build build --target stats_bench && build/bench/stats_bench [ROWS] [KERNELS]
 *
 * The shard is made from a fixed seed: 39 items of 5 or 10 levels with a tenth missing, 6 channels by 12
 * months, a weight of two decimals, one of 15 digits, and an amount.  Each figure is the best of five. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/partial.h"
#include "stats/stats.h"

enum { ITEMS = 39, REPEATS = 5, ALIGNMENT = 64, NAME_BYTES = 8, LEVELS = 12 };

typedef struct shard {
  stats_rows rows;
  packed_column items[ITEMS], channel, month, weight, long_weight, amount;
} shard;

static void *need(void *p) {
  if (p == NULL) {
    fputs("stats_bench: out of memory\n", stderr);
    exit(1);
  }
  return p;
}

static void stop(const error *err) {
  fprintf(stderr, "stats_bench: %s\n", err->message);
  exit(1);
}

static uint64_t random_next(uint64_t *seed) {
  uint64_t z = *seed += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static void *padded(uint32_t rows, size_t each) {
  size_t bytes = ((size_t)rows + ALIGNMENT) / ALIGNMENT * ALIGNMENT * each;
  void *p = need(aligned_alloc(ALIGNMENT, bytes));
  memset(p, 0, bytes);
  return p;
}

/* Codes below LEVELS whose texts are the numbers from 1 on; the last text is blank. */
static packed_column make_codes(uint32_t rows, uint32_t levels, uint32_t blank_in_ten, uint64_t *seed) {
  static const char *const texts[LEVELS] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"};
  slice *dictionary = need(calloc(LEVELS + 1, sizeof *dictionary));
  for (uint32_t i = 0; i < levels; i++) {
    dictionary[i] = slice_of(texts[i]);
  }
  uint8_t *codes = padded(rows, 1);
  for (uint32_t row = 0; row < rows; row++) {
    uint64_t x = random_next(seed) >> 32;
    codes[row] = (uint8_t)(x % 10 < blank_in_ten ? levels : x / 16 % levels);
  }
  return (packed_column){
      .kind = PACKED_CODES, .codes = codes, .texts = dictionary, .texts_count = levels + 1};
}

static packed_column make_decimals(uint32_t rows, uint8_t scale, int64_t end, uint64_t *seed) {
  int64_t *mantissas = padded(rows, sizeof *mantissas);
  for (uint32_t row = 0; row < rows; row++) {
    mantissas[row] = (int64_t)(random_next(seed) % (uint64_t)end);
  }
  return (packed_column){.kind = PACKED_DECIMALS, .mantissas = mantissas, .scale = scale};
}

static status find_column(void *context, const char *name, packed_column *out, error *err) {
  const shard *s = context;
  const struct {
    const char *name;
    const packed_column *column;
  } others[] = {{"channel", &s->channel},
                {"month", &s->month},
                {"weight", &s->weight},
                {"long_weight", &s->long_weight},
                {"amount", &s->amount}};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if (strcmp(others[i].name, name) == 0) {
      *out = *others[i].column;
      return STATUS_OK;
    }
  }
  unsigned long item = name[0] == 'q' ? strtoul(name + 1, NULL, 10) : ITEMS;
  if (item >= ITEMS) {
    return error_set(err, STATUS_NOT_FOUND, "no column %s", name);
  }
  *out = s->items[item];
  return STATUS_OK;
}

static void make_shard(shard *s, uint32_t rows) {
  uint64_t seed = 1;
  for (int i = 0; i < ITEMS; i++) {
    s->items[i] = make_codes(rows, i % 3 ? 5 : 10, 1, &seed);
  }
  s->channel = make_codes(rows, 6, 0, &seed);
  s->month = make_codes(rows, 12, 0, &seed);
  s->weight = make_decimals(rows, 2, 400, &seed);
  s->long_weight = make_decimals(rows, 9, INT64_C(1000000000000000), &seed);
  s->amount = make_decimals(rows, 2, 500000, &seed);
  s->rows =
      (stats_rows){.count = rows, .first_line = 2, .decimal_mark = '.', .column = find_column, .context = s};
}

/* One line of the output: accumulators of KIND, one over each item or one over AMOUNT. */
typedef struct bench {
  const char *title;
  accumulator_id kind;
  enum { OVER_ITEMS, OVER_AMOUNT, OVER_ALL_ITEMS } over;
  uint32_t by_count;
  enum { NO_WEIGHT, WEIGHT, LONG_WEIGHT } weight;
  int64_t params[3];
  uint32_t params_count;
} bench;

static const bench benches[] = {
    {.title = "facts of 39 items", .kind = ACCUMULATOR_FACTS, .over = OVER_ALL_ITEMS},
    {.title = "frequency of 39 items", .kind = ACCUMULATOR_FREQUENCY},
    {.title = "frequency of 39 items, weighted", .kind = ACCUMULATOR_FREQUENCY, .weight = WEIGHT},
    {.title = "frequency of 39 items, weights of 15 digits",
     .kind = ACCUMULATOR_FREQUENCY,
     .weight = LONG_WEIGHT},
    {.title = "frequency of 39 items by 72 groups", .kind = ACCUMULATOR_FREQUENCY, .by_count = 2},
    {.title = "frequency of 39 items by 72 groups, weighted",
     .kind = ACCUMULATOR_FREQUENCY,
     .by_count = 2,
     .weight = WEIGHT},
    {.title = "frequency of 39 items by 72 groups, 15 digits",
     .kind = ACCUMULATOR_FREQUENCY,
     .by_count = 2,
     .weight = LONG_WEIGHT},
    {.title = "moments of 39 items by 72 groups", .kind = ACCUMULATOR_MOMENTS, .by_count = 2},
    {.title = "moments of a number", .kind = ACCUMULATOR_MOMENTS, .over = OVER_AMOUNT},
    {.title = "moments of a number by 72 groups, weighted",
     .kind = ACCUMULATOR_MOMENTS,
     .over = OVER_AMOUNT,
     .by_count = 2,
     .weight = WEIGHT},
    {.title = "moments of a number by 72 groups, 15 digits",
     .kind = ACCUMULATOR_MOMENTS,
     .over = OVER_AMOUNT,
     .by_count = 2,
     .weight = LONG_WEIGHT},
    {.title = "values of a number (500,000 distinct)",
     .kind = ACCUMULATOR_VALUES,
     .over = OVER_AMOUNT,
     .params = {1 << 20},
     .params_count = 1},
    {.title = "values of a number (overflown)",
     .kind = ACCUMULATOR_VALUES,
     .over = OVER_AMOUNT,
     .params = {1 << 12},
     .params_count = 1},
    {.title = "buckets of a number by 72 groups",
     .kind = ACCUMULATOR_BUCKETS,
     .over = OVER_AMOUNT,
     .by_count = 2,
     .params = {0, 499999, 500},
     .params_count = 3},
    {.title = "distinct values of a number", .kind = ACCUMULATOR_DISTINCT, .over = OVER_AMOUNT},
    {.title = "cross products of 39 items",
     .kind = ACCUMULATOR_CROSS,
     .over = OVER_ALL_ITEMS,
     .params_count = 1},
    {.title = "cross products of 39 items, weighted",
     .kind = ACCUMULATOR_CROSS,
     .over = OVER_ALL_ITEMS,
     .weight = WEIGHT,
     .params_count = 1},
    {.title = "cross products of 39 items, 15 digits",
     .kind = ACCUMULATOR_CROSS,
     .over = OVER_ALL_ITEMS,
     .weight = LONG_WEIGHT,
     .params_count = 1},
    {.title = "joint tables of 39 items",
     .kind = ACCUMULATOR_JOINT,
     .over = OVER_ALL_ITEMS,
     .params = {0, 1 << 20},
     .params_count = 2},
};

static uint32_t add_variable(program *p, const program_variable *v) {
  error err;
  uint32_t index;
  if (program_add_variable(p, v, &index, &err) != STATUS_OK) {
    stop(&err);
  }
  return index;
}

static void add_accumulator(program *p, const program_accumulator *a) {
  error err;
  if (program_add_accumulator(p, a, NULL, &err) != STATUS_OK) {
    stop(&err);
  }
}

static program *make_program(const bench *b) {
  error err;
  uint32_t items[ITEMS], amount;
  program *p = need(program_new());
  for (uint32_t i = 0; i < ITEMS; i++) {
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "q%u", i);
    items[i] = add_variable(p, &(program_variable){.kind = VARIABLE_SCALE,
                                                   .name = name,
                                                   .column = name,
                                                   .has_range = true,
                                                   .low = 1,
                                                   .high = i % 3 ? 5 : 10});
  }
  amount = add_variable(
      p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "amount", .column = "amount", .decimals = 2});
  const program_variable weights[] = {
      [WEIGHT] = {.kind = VARIABLE_NUMBER, .name = "weight", .column = "weight", .decimals = 2},
      [LONG_WEIGHT] = {
          .kind = VARIABLE_NUMBER, .name = "long_weight", .column = "long_weight", .decimals = 9}};
  program_weight weight = {add_variable(p, &weights[b->weight == LONG_WEIGHT ? LONG_WEIGHT : WEIGHT]),
                           WEIGHT_SAMPLING};
  if (program_add_weight(p, weight, NULL, &err) != STATUS_OK) {
    stop(&err);
  }
  program_accumulator a = {
      .kind = b->kind,
      .variables = &amount,
      .variables_count = 1,
      .by = {add_variable(
                 p, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "channel", .column = "channel"}),
             add_variable(p,
                          &(program_variable){.kind = VARIABLE_NOMINAL, .name = "month", .column = "month"})},
      .by_count = b->by_count,
      .filter = PROGRAM_NONE,
      .weight = b->weight == NO_WEIGHT ? PROGRAM_NONE : 0,
      .params = (int64_t *)(uintptr_t)b->params,
      .params_count = b->params_count};
  if (b->over == OVER_ALL_ITEMS) {
    a.variables = items;
    a.variables_count = ITEMS;
  }
  for (uint32_t i = 0; b->over == OVER_ITEMS && i < ITEMS; i++) {
    a.variables = &items[i];
    add_accumulator(p, &a);
  }
  if (b->over != OVER_ITEMS) {
    add_accumulator(p, &a);
  }
  return p;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void run(const bench *b, const shard *s) {
  error err;
  program *p = make_program(b);
  double best = 0;
  size_t bytes = 0;
  for (int i = 0; i < REPEATS; i++) {
    partial *state;
    double start = now();
    if (partial_map(p, &s->rows, &state, &err) != STATUS_OK) {
      stop(&err);
    }
    double taken = now() - start;
    best = i == 0 || taken < best ? taken : best;
    buf encoded;
    buf_init(&encoded);
    partial_encode(state, &encoded);
    bytes = encoded.length;
    buf_fini(&encoded);
    partial_destroy(state);
  }
  double values = (double)s->rows.count * (b->over == OVER_AMOUNT ? 1 : ITEMS);
  printf("%-48s %8.1f ms %9.1f Mrows/s %9.1f Mvalues/s %9zu bytes\n", b->title, best * 1e3,
         (double)s->rows.count / best * 1e-6, values / best * 1e-6, bytes);
  program_destroy(p);
}

int main(int count, char **arguments) {
  error err;
  shard s;
  uint32_t rows = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 1000000;
  if (count > 2 && stats_kernels_choose(arguments[2], &err) != STATUS_OK) {
    stop(&err);
  }
  make_shard(&s, rows);
  printf("%u rows, kernels %s\n", rows, stats_kernels_name());
  for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++) {
    if (accumulator_find(benches[i].kind)->map != NULL) {
      run(&benches[i], &s);
    }
  }
  return 0;
}

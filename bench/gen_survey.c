/* A synthetic survey for benchmarks: gen_survey ROWS SEED FILE [PARTS].
 *
 * 47 columns: resp_id, wave_date (336 days in 12 months), channel (6), region (12), industry (8, one with
 * a comma in quotes), segment (5), q01..q36 (1-5), nps, ces, overall (0-10), weight (4 decimals), spend (2
 * decimals, one in twenty empty).  Items lean on one of six topics, a general mood and the channel; three
 * in a hundred item cells are empty, most of them with a few careless respondents.  A row is a function of
 * (SEED, its number) alone, so with PARTS files FILE.00.csv, FILE.01.csv ... hold the same rows as one.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 36, TOPICS = 6, SCORES = 3, PARTS_MAX = 100 };

static const char *const channels[] = {"web", "app", "store", "call_center", "门店", "微信小程序"};
static const int channel_shares[] = {28, 54, 70, 82, 92, 100}; /* cumulated percent */
static const double channel_moods[] = {0.05, 0.2, 0.1, -0.35, 0.1, 0.25};
static const char *const regions[] = {"华东", "华南",      "华北",      "华中", "西南",          "西北",
                                      "东北", "Hong Kong", "Singapore", "EMEA", "North America", "LATAM"};
static const char *const industries[] = {
    "retail", "banking", "telecom", "电商", "hospitality", "\"food, beverage\"", "healthcare", "automotive"};
static const char *const segments[] = {"new", "returning", "loyal", "VIP会员", "at risk"};

/* SplitMix64 (Steele, Lea and Flood 2014), restarted for every row. */
typedef struct draws {
  uint64_t state;
} draws;

static uint64_t draw(draws *d) {
  uint64_t z = (d->state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static unsigned draw_below(draws *d, unsigned limit) {
  return (unsigned)((draw(d) >> 32) * limit >> 32);
}

static double draw_unit(draws *d) {
  return (double)(draw(d) >> 11) * 0x1p-53;
}

/* Nearly normal: the sum of twelve uniform numbers, less six. */
static double draw_normal(draws *d) {
  int64_t sum = 0;
  for (int i = 0; i < 3; i++) {
    const uint64_t bits = draw(d);
    sum += (int64_t)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48));
  }
  return (double)sum / 65536.0 - 6.0;
}

/* How an item or score depends on topic and mood; the same for all rows. */
typedef struct item {
  double topic;
  double mood;
  double shift;
} item;

static void make_items(uint64_t seed, item *items) {
  draws d = {seed ^ UINT64_C(0x5ca1ab1e)};
  for (int i = 0; i < ITEMS; i++) {
    items[i].topic = 0.4 + 0.4 * draw_unit(&d);
    items[i].mood = 0.25 + 0.3 * draw_unit(&d);
    items[i].shift = 0.3 + 0.9 * (draw_unit(&d) - 0.4);
  }
}

static int five_point(double v) {
  return 1 + (v > -1.3) + (v > -0.5) + (v > 0.3) + (v > 1.1);
}

static int eleven_point(double v) {
  const double score = floor(6.9 + 2.3 * v);
  return score < 0 ? 0 : score > 10 ? 10 : (int)score;
}

static void put_answers(FILE *out, draws *d, const item *items, double mood) {
  double topics[TOPICS];
  for (int i = 0; i < TOPICS; i++) {
    topics[i] = 0.8 * draw_normal(d);
  }
  const double missing = draw_unit(d) < 0.3 ? 0.09 : 0.005;
  double sum = 0;
  for (int i = 0; i < ITEMS; i++) {
    const double v = items[i].topic * topics[i / (ITEMS / TOPICS)] + items[i].mood * mood + items[i].shift +
                     0.7 * draw_normal(d);
    sum += v / ITEMS;
    if (draw_unit(d) < missing) {
      fputc(',', out);
    } else {
      fprintf(out, ",%d", five_point(v));
    }
  }
  for (int i = 0; i < SCORES; i++) {
    const double v = 1.1 * sum + 0.55 * draw_normal(d);
    if (draw_unit(d) < missing) {
      fputc(',', out);
    } else {
      fprintf(out, ",%d", eleven_point(v));
    }
  }
}

static void put_row(FILE *out, uint64_t seed, uint64_t row, const item *items) {
  draws d = {(seed + 1) * UINT64_C(0xd1342543de82ef95) ^ row * UINT64_C(0x2545f4914f6cdd1d)};
  const int percent = (int)draw_below(&d, 100);
  unsigned channel = 0;
  while (percent >= channel_shares[channel]) {
    channel++;
  }
  const unsigned month = draw_below(&d, 12);
  const unsigned day = draw_below(&d, 28);
  const double mood = draw_normal(&d) + channel_moods[channel] + 0.02 * month;
  const unsigned segment = (mood > 0 ? 0 : 2) + draw_below(&d, 3);
  fprintf(out, "%" PRIu64 ",2025-%02u-%02u,%s,%s,%s,%s", UINT64_C(100000000) + row, month + 1, day + 1,
          channels[channel], regions[draw_below(&d, 12)], industries[draw_below(&d, 8)], segments[segment]);
  put_answers(out, &d, items, mood);
  const double weight = exp(0.35 * draw_normal(&d) - 0.05);
  fprintf(out, ",%.4f,", weight < 0.0001 ? 0.0001 : weight);
  if (draw_unit(&d) >= 0.05) {
    fprintf(out, "%.2f", exp(4.2 + 0.9 * draw_normal(&d)));
  }
  fputc('\n', out);
}

static int write_part(const char *path, uint64_t seed, uint64_t from, uint64_t to, const item *items) {
  FILE *out = fopen(path, "wb");
  if (out == NULL) {
    perror(path);
    return EXIT_FAILURE;
  }
  fputs("resp_id,wave_date,channel,region,industry,segment", out);
  for (int i = 1; i <= ITEMS; i++) {
    fprintf(out, ",q%02d", i);
  }
  fputs(",nps,ces,overall,weight,spend\n", out);
  for (uint64_t row = from; row < to; row++) {
    put_row(out, seed, row, items);
  }
  const int failed = ferror(out);
  if (fclose(out) != 0 || failed != 0) {
    perror(path);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

int main(int count, char **arguments) {
  const uint64_t rows = count > 3 ? strtoull(arguments[1], NULL, 10) : 0;
  const uint64_t parts = count > 4 ? strtoull(arguments[4], NULL, 10) : 1;
  if (count < 4 || count > 5 || parts < 1 || parts > PARTS_MAX) {
    fprintf(stderr, "usage: gen_survey ROWS SEED FILE [PARTS]\n");
    return 2;
  }
  const uint64_t seed = strtoull(arguments[2], NULL, 10);
  item items[ITEMS];
  make_items(seed, items);
  int result = EXIT_SUCCESS;
  for (uint64_t part = 0; part < parts && result == EXIT_SUCCESS; part++) {
    char path[4096];
    if (count > 4) {
      snprintf(path, sizeof path, "%s.%02" PRIu64 ".csv", arguments[3], part);
    } else {
      snprintf(path, sizeof path, "%s", arguments[3]);
    }
    result = write_part(path, seed, rows * part / parts, rows * (part + 1) / parts, items);
  }
  return result;
}

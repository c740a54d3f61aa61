/* The survey's cells; see accumulator_cases.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stats/accumulator_cases.h"

enum { CELL_BYTES = 48 };
typedef void (*cell_writer)(seeded *seed, char *out);

static bool often_not(seeded *seed, char *out, const char *instead) {
  if (seeded_pick(seed, 10) == 0) {
    strcpy(out, instead);
    return true;
  }
  return false;
}

static void write_score(seeded *seed, char *out) {
  static const char *const odd[] = {"", "x", "11", "n/a", "3.0"};
  if (!often_not(seed, out, odd[seeded_pick(seed, 5)])) {
    snprintf(out, CELL_BYTES, "%u", seeded_pick(seed, 11));
  }
}

static void write_item(seeded *seed, char *out) {
  if (!often_not(seed, out, "")) {
    snprintf(out, CELL_BYTES, "%u", 1 + seeded_pick(seed, 5));
  }
}

static void write_class(seeded *seed, char *out) {
  static const char *const classes[] = {"Eco", "Business", "Eco Plus", "头等舱", "x", ""};
  strcpy(out, classes[seeded_pick(seed, 6)]);
}

static void write_month(seeded *seed, char *out) {
  snprintf(out, CELL_BYTES, "2025-%02u", 1 + seeded_pick(seed, 12));
}

static void write_branch(seeded *seed, char *out) {
  if (!often_not(seed, out, "x")) {
    snprintf(out, CELL_BYTES, "branch %u", seeded_pick(seed, 400));
  }
}

static void write_amount(seeded *seed, char *out) {
  static const char *const odd[] = {"", "many", "-12.5", "0", "1.005", "7e2"};
  if (!often_not(seed, out, odd[seeded_pick(seed, 6)])) {
    snprintf(out, CELL_BYTES, "%u.%02u", seeded_pick(seed, 40) * 25, seeded_pick(seed, 4) * 25);
  }
}

static void write_huge(seeded *seed, char *out) {
  int64_t offset = (int64_t)seeded_pick(seed, 5);
  snprintf(out, CELL_BYTES, "%s%" PRId64 ".%02u", seeded_pick(seed, 2) ? "-" : "",
           INT64_C(46116860184273870) + offset, seeded_pick(seed, 100));
}

static void write_id(seeded *seed, char *out) {
  snprintf(out, CELL_BYTES, "r%" PRIx64, seeded_next(seed) >> 52);
}

static void write_choices(seeded *seed, char *out) {
  static const char *const options[] = {"price", "quality", "价格", "service"};
  size_t at = 0;
  out[0] = 0;
  for (uint32_t i = 0; i < 4; i++) {
    if (seeded_pick(seed, 3) == 0) {
      at += (size_t)snprintf(out + at, CELL_BYTES - at, "%s%s", at > 0 ? ";" : "", options[i]);
    }
  }
}

static void write_tick(seeded *seed, char *out) {
  static const char *const cells[] = {"1", "0", "", "", "-9", "-9", "x", "yes", "maybe", "2"};
  strcpy(out, cells[seeded_pick(seed, 10)]);
}

static void write_weight(seeded *seed, char *out) {
  static const char *const odd[] = {"",        "-1",    "heavy",    "0",    "200000",
                                    "1.00005", "1e-30", "-0.00001", "1e15", "-1e400"};
  if (!often_not(seed, out, odd[seeded_pick(seed, sizeof odd / sizeof odd[0])])) {
    snprintf(out, CELL_BYTES, "%u.%04u", seeded_pick(seed, 4), seeded_pick(seed, 10000));
  }
}

static void write_heavy(seeded *seed, char *out) {
  strcpy(out, seeded_pick(seed, 4) ? "461168601842738.7904" : "0");
}

static void write_uneven(seeded *seed, char *out) {
  if (seeded_pick(seed, 150) == 0) {
    write_heavy(seed, out);
  } else {
    write_weight(seed, out);
  }
}

static void write_column(fixture *f, survey_flavour flavour, uint32_t rows, seeded *seed, const char *name,
                         cell_writer writer) {
  char(*cells)[CELL_BYTES] = calloc((size_t)rows + 1, sizeof *cells);
  const char **texts = calloc((size_t)rows + 1, sizeof *texts);
  if (cells == NULL || texts == NULL) {
    abort();
  }
  for (uint32_t row = 0; row < rows; row++) {
    seeded same = {7};
    if (flavour != SURVEY_MISSING) {
      writer(flavour == SURVEY_CONSTANT ? &same : seed, cells[row]);
    }
    texts[row] = cells[row];
  }
  fixture_column(f, name, (packed_kind)(PACKED_CODES + seeded_next(seed) % PACKED_SCALED), texts);
  free(cells);
  free(texts);
}

fixture *survey_new(survey_flavour flavour, uint32_t rows, uint64_t seed) {
  const struct {
    const char *name;
    cell_writer writer;
  } columns[] = {
      {"score", write_score},
      {"item1", write_item},
      {"item2", write_item},
      {"item3", write_item},
      {"class", write_class},
      {"month", write_month},
      {"branch", write_branch},
      {"id", write_id},
      {"choices", write_choices},
      {"amount", flavour == SURVEY_HUGE || flavour == SURVEY_HEAVY ? write_huge : write_amount},
      {"weight", flavour == SURVEY_HEAVY    ? write_heavy
                 : flavour == SURVEY_UNEVEN ? write_uneven
                                            : write_weight},
      {"tick1", write_tick},
      {"tick2", write_tick},
      {"tick3", write_tick},
  };
  fixture *f = fixture_new(rows);
  seeded random = {seed};
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    write_column(f, flavour, rows, &random, columns[i].name, columns[i].writer);
  }
  return f;
}

/* k-means on the sample, in doubles: it only proposes centres, the passes over all rows decide.
 *
 * Points are kept variable after variable in standard units, so that loops over rows are simple; every
 * sum runs in the order of the sample, which is the same on every machine. */
#include "stats/analyses/segment_start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/random.h"

enum { RANKING_ITERATIONS = 20, SETTLING_ITERATIONS = 200 };

typedef struct cloud {
  uint32_t rows, width;
  double *points;    /* width * rows */
  double *weights;   /* rows */
  double *distances; /* to the nearest centre */
  double *scratch;   /* rows */
  uint32_t *own;
  double *centres; /* clusters * width; where a start is worked on */
  double *sums;    /* clusters * (width + 1) */
} cloud;

static void cloud_fini(cloud *c) {
  free(c->points);
  free(c->weights);
  free(c->distances);
  free(c->scratch);
  free(c->own);
  free(c->centres);
  free(c->sums);
}

static double origin_of(const segment_space *s, uint32_t d) {
  const exact w = exact_from_i128(s->w);
  return exact_ratio(&s->x[d], &w);
}

/* The greatest common divisor of all weights, so that multiplying them by a factor draws the same rows. */
static int64_t common_unit(const sample_state *sample) {
  int64_t unit = 0;
  for (uint32_t r = 0; r < sample->count; r++) {
    for (int64_t w = sample->rows[r].weight; w != 0;) {
      const int64_t rest = unit % w;
      unit = w;
      w = rest;
    }
  }
  return unit > 0 ? unit : 1;
}

static status cloud_init(cloud *c, const sample_state *sample, const segment_space *s, uint32_t clusters,
                         error *err) {
  const size_t rows = sample->count, width = s->items_count;
  *c = (cloud){.rows = sample->count, .width = s->items_count};
  c->points = malloc((rows * width + 1) * sizeof *c->points);
  c->weights = malloc((rows + 1) * sizeof *c->weights);
  c->distances = malloc((rows + 1) * sizeof *c->distances);
  c->scratch = malloc((rows + 1) * sizeof *c->scratch);
  c->own = malloc((rows + 1) * sizeof *c->own);
  c->centres = malloc(clusters * width * sizeof *c->centres);
  c->sums = malloc(clusters * (width + 1) * sizeof *c->sums);
  if (c->points == NULL || c->weights == NULL || c->distances == NULL || c->scratch == NULL ||
      c->own == NULL || c->centres == NULL || c->sums == NULL) {
    return error_no_memory(err, "segment");
  }
  for (uint32_t d = 0; d < width; d++) {
    const double origin = origin_of(s, d), unit = sqrt(s->scale[d]);
    for (size_t r = 0; r < rows; r++) {
      c->points[d * rows + r] = ((double)sample->values[r * width + d] - origin) * unit;
    }
  }
  const int64_t unit = common_unit(sample);
  for (size_t r = 0; r < rows; r++) {
    c->weights[r] = sample->weighted ? (double)(sample->rows[r].weight / unit) : 1;
  }
  return STATUS_OK;
}

/* out[r]: squared distance of row R to CENTRE. */
static void measure(const cloud *c, const double *centre, double *out) {
  memset(out, 0, c->rows * sizeof *out);
  for (uint32_t d = 0; d < c->width; d++) {
    const double *x = c->points + (size_t)d * c->rows, at = centre[d];
    for (uint32_t r = 0; r < c->rows; r++) {
      out[r] += (x[r] - at) * (x[r] - at);
    }
  }
}

static void place_at_row(const cloud *c, uint32_t row, double *centre) {
  for (uint32_t d = 0; d < c->width; d++) {
    centre[d] = c->points[(size_t)d * c->rows + row];
  }
}

/* A row with probability proportional to weight * DISTANCES (NULL: weight).  False when all are 0. */
static bool draw_row(const cloud *c, const double *distances, double unit, uint32_t *row) {
  double total = 0;
  for (uint32_t r = 0; r < c->rows; r++) {
    total += c->weights[r] * (distances != NULL ? distances[r] : 1);
  }
  const double target = unit * total;
  double sum = 0;
  bool found = false;
  for (uint32_t r = 0; r < c->rows && !(found && sum > target); r++) {
    double share = c->weights[r] * (distances != NULL ? distances[r] : 1);
    if (share > 0) {
      *row = r;
      found = true;
      sum += share;
    }
  }
  return found;
}

static bool seed_centres(cloud *c, uint32_t clusters, uint64_t seed, uint32_t start) {
  const uint64_t index = (uint64_t)clusters << 32 | start;
  for (uint32_t j = 0; j < clusters; j++) {
    uint32_t row = 0;
    if (!draw_row(c, j == 0 ? NULL : c->distances, random_unit(seed, RANDOM_SEEDING, index, j), &row)) {
      return false;
    }
    place_at_row(c, row, c->centres + (size_t)j * c->width);
    measure(c, c->centres + (size_t)j * c->width, j == 0 ? c->distances : c->scratch);
    for (uint32_t r = 0; j > 0 && r < c->rows; r++) {
      c->distances[r] = c->scratch[r] < c->distances[r] ? c->scratch[r] : c->distances[r];
    }
  }
  return true;
}

/* Sets the nearest centre and its distance of each row; gives the sum of squares. */
static double assign(cloud *c, uint32_t clusters) {
  for (uint32_t j = 0; j < clusters; j++) {
    measure(c, c->centres + (size_t)j * c->width, j == 0 ? c->distances : c->scratch);
    for (uint32_t r = 0; r < c->rows; r++) {
      bool nearer = j == 0 || c->scratch[r] < c->distances[r];
      c->own[r] = nearer ? j : c->own[r];
      c->distances[r] = j > 0 && nearer ? c->scratch[r] : c->distances[r];
    }
  }
  double sum = 0;
  for (uint32_t r = 0; r < c->rows; r++) {
    sum += c->weights[r] * c->distances[r];
  }
  return sum;
}

static uint32_t farthest_row(const cloud *c) {
  uint32_t farthest = 0;
  for (uint32_t r = 1; r < c->rows; r++) {
    farthest = c->distances[r] > c->distances[farthest] ? r : farthest;
  }
  return farthest;
}

static void move_centres(cloud *c, uint32_t clusters) {
  const size_t stride = (size_t)c->width + 1;
  memset(c->sums, 0, clusters * stride * sizeof *c->sums);
  for (uint32_t r = 0; r < c->rows; r++) {
    c->sums[c->own[r] * stride] += c->weights[r];
  }
  for (uint32_t d = 0; d < c->width; d++) {
    const double *x = c->points + (size_t)d * c->rows;
    for (uint32_t r = 0; r < c->rows; r++) {
      c->sums[c->own[r] * stride + 1 + d] += c->weights[r] * x[r];
    }
  }
  for (uint32_t j = 0; j < clusters; j++) {
    const double *sum = c->sums + j * stride;
    double *centre = c->centres + (size_t)j * c->width;
    if (sum[0] > 0) {
      for (uint32_t d = 0; d < c->width; d++) {
        centre[d] = sum[1 + d] / sum[0];
      }
    } else {
      uint32_t row = farthest_row(c);
      place_at_row(c, row, centre);
      c->distances[row] = 0;
    }
  }
}

/* Lloyd's iterations until the sum of squares no longer falls; gives it. */
static double iterate(cloud *c, uint32_t clusters, uint32_t iterations_max) {
  double sum = assign(c, clusters);
  for (uint32_t i = 0; i < iterations_max; i++) {
    move_centres(c, clusters);
    double next = assign(c, clusters);
    if (!(next < sum)) {
      return next;
    }
    sum = next;
  }
  return sum;
}

status segment_start(const sample_state *sample, const segment_space *space, uint32_t clusters,
                     const start_options *options, double *centres, bool *found, error *err) {
  *found = false;
  cloud c;
  status st = cloud_init(&c, sample, space, clusters, err);
  const size_t bytes = (size_t)clusters * space->items_count * sizeof *centres;
  double best = HUGE_VAL;
  for (uint32_t start = 0; st == STATUS_OK && start < options->starts; start++) {
    if (!seed_centres(&c, clusters, options->seed, start)) {
      break;
    }
    double sum = iterate(&c, clusters, RANKING_ITERATIONS);
    if (sum < best) {
      best = sum;
      memcpy(centres, c.centres, bytes);
      *found = true;
    }
  }
  if (*found) {
    memcpy(c.centres, centres, bytes);
    iterate(&c, clusters, SETTLING_ITERATIONS);
    for (uint32_t j = 0; j < clusters; j++) {
      for (uint32_t d = 0; d < space->items_count; d++) {
        const size_t at = (size_t)j * space->items_count + d;
        const double unit = sqrt(space->scale[d]);
        centres[at] = origin_of(space, d) + (unit > 0 ? c.centres[at] / unit : 0);
      }
    }
  }
  cloud_fini(&c);
  return st;
}

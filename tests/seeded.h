/* Seeded random numbers for property tests: the same cases on every machine (splitmix64, Vigna 2015).
 * CANVASS_SEED in the environment chooses another stream; tests print the seed when a case fails. */
#ifndef CANVASS_TESTS_SEEDED_H
#define CANVASS_TESTS_SEEDED_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* How many cases a property is tried on: all in a release build.  The sanitizers take ten times as long for
 * each, and what they look for shows in the first ones. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEEDED_CASES(all) (((all) + 3) / 4)
#else
#define SEEDED_CASES(all) (all)
#endif

typedef struct seeded {
  uint64_t state;
} seeded;

static inline uint64_t seeded_seed(void) {
  const char *text = getenv("CANVASS_SEED");
  return text != NULL ? strtoull(text, NULL, 10) : 20240229;
}

static inline uint64_t seeded_next(seeded *r) {
  uint64_t z = (r->state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/* 0..COUNT-1; the tiny bias of the remainder does no harm here. */
static inline uint64_t seeded_below(seeded *r, uint64_t count) {
  return seeded_next(r) % count;
}

/* The same as 32 bits; 0 when COUNT is 0. */
static inline uint32_t seeded_pick(seeded *r, uint32_t count) {
  return (uint32_t)((seeded_next(r) >> 32) * count >> 32);
}

/* A number of 0..BITS significant bits, every magnitude about as likely: edges come up often. */
static inline uint64_t seeded_bits(seeded *r, unsigned bits) {
  const unsigned keep = (unsigned)seeded_below(r, bits + 1);
  return keep == 0 ? 0 : seeded_next(r) >> (64 - keep);
}

#endif

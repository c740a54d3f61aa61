/* Random expressions of `compute` as trees: as text, and as what they are worth in GMP rationals, by the
 * rules of docs/specification.md. */
#ifndef CANVASS_TESTS_SPECIFICATION_COMPUTE_TREE_H
#define CANVASS_TESTS_SPECIFICATION_COMPUTE_TREE_H

#include <gmp.h>

#include "stats/program/program.h"
#include "tests/seeded.h"

enum { ANSWER = -1 };

typedef struct tree tree;

typedef struct answer {
  mpq_t value;
  int reason; /* or ANSWER */
  bool huge;  /* some step took more than 2^118, which is near the end of what is computed */
} answer;

/* One row: numbers a (two decimals), b, and the scale q; dates d and e; the nominal n. */
typedef struct record {
  int64_t numbers[3];
  int reasons[3];
  uint32_t first_day, second_day; /* of tree_days */
  int text;                       /* 0: blank, else x, y, z */
} record;

typedef struct tree_day {
  const char *text;
  long days;
} tree_day;

enum { TREE_DAYS = 5 };
extern const tree_day tree_days[TREE_DAYS];

/* Valid until the next call. */
const tree *tree_new_number(seeded *random, unsigned depth);
const tree *tree_new_truth(seeded *random, unsigned depth);
/* Whether a variable is in it, as there has to be. */
bool tree_has_variable(const tree *t);
void tree_show(const tree *t, buf *out);
/* OUT's value is initialised by the caller. */
void tree_evaluate(const tree *t, const record *row, answer *out);
/* The value of X at DECIMALS, half to even, as frames have it. */
int64_t tree_mantissa(answer *x, unsigned decimals);

#endif

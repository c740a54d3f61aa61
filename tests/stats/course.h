/* An evaluation in which several analyses ask again, as STEP sees it: the state and the merged partial of
 * each stage.  Every failure ends the process. */
#ifndef CANVASS_TESTS_STATS_COURSE_H
#define CANVASS_TESTS_STATS_COURSE_H

#include "base/buf.h"
#include "base/text.h"
#include "stats/stats.h"

enum { COURSE_STAGES_MAX = 40 };

typedef struct course_stage {
  buf state, partial; /* the first stage has no state */
} course_stage;

typedef struct course {
  buf plan;
  course_stage stages[COURSE_STAGES_MAX];
  unsigned count;
} course;

static inline slice course_bytes(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

/* Over ROWS rows, drawn from SEED. */
void course_run(course *c, uint32_t rows, uint64_t seed);
void course_fini(course *c);
/* stats_step with the course's plan; an empty STATE is none. */
status course_step(const course *c, slice state, slice merged, stats_outcome *out, error *err);

#endif

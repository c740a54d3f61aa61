/* What STEP is given in a later stage: the state that it carries, and the merged partial.
 *
 * The first byte is the stage, the next two the length of the state; the partial follows it.  Plan and stages
 * are those of one evaluation in which several analyses ask again. */
#include "tests/fuzz/fuzz.h"
#include "tests/stats/course.h"

enum { ROWS = 40, SEED = 7, HEAD_BYTES = 3 };

static const course *the_course(void) {
  static course c;
  if (c.count == 0) {
    course_run(&c, ROWS, SEED);
  }
  return &c;
}

static void add(fuzz_corpus *out, unsigned stage, const buf *state, const buf *merged) {
  buf b;
  fuzz_require(state->length <= UINT16_MAX, "a state's length fits two bytes");
  buf_init(&b);
  buf_put_u8(&b, (uint8_t)stage);
  buf_put_u16(&b, (uint16_t)state->length);
  buf_put(&b, state->data, state->length);
  buf_put(&b, merged->data, merged->length);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length < HEAD_BYTES) {
    return 0;
  }
  const size_t wanted = (size_t)bytes[1] | (size_t)bytes[2] << 8;
  const size_t left = length - HEAD_BYTES;
  const size_t state_bytes = wanted < left ? wanted : left;
  const char *state = (const char *)bytes + HEAD_BYTES;
  stats_outcome came;
  error err = {STATUS_OK, ""};
  const status st = course_step(the_course(), (slice){state, bytes[0] > 0 ? state_bytes : 0},
                                (slice){state + state_bytes, left - state_bytes}, &came, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
    return 0;
  }
  fuzz_require((came.report.length > 0) != (came.program.length > 0), "a step gives a report or a stage");
  stats_outcome_fini(&came);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  const course *c = the_course();
  for (unsigned i = 0; i < c->count; i++) {
    add(out, i, &c->stages[i].state, &c->stages[i].partial);
  }
}

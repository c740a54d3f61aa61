/* What histories lose of their jobs' data. */
#ifndef CANVASS_TESTS_BROKER_CORE_LOSSES_H
#define CANVASS_TESTS_BROKER_CORE_LOSSES_H

#include "tests/broker/core_sim.h"

/* One or two shards of the first job kill whoever computes them, or are nobody's, from some stage on. */
void losses_choose(sim *s);
/* Job JOB, which has ended, is without what nobody could compute, and with everything else.  HAS_SLOW: some
 * workers can compute all of it. */
void losses_check(const sim *s, int job, bool has_slow);

#endif

/* How the workers of histories behave. */
#ifndef CANVASS_TESTS_BROKER_CORE_HABITS_H
#define CANVASS_TESTS_BROKER_CORE_HABITS_H

#include "tests/broker/core_sim.h"

/* What a worker does with a task. */
typedef enum habit {
  HABIT_HONEST,
  HABIT_SLOW,
  HABIT_WEDGED,
  HABIT_LIAR,
  HABIT_SPOILER, /* makes what nobody can read */
  HABIT_ACCUSER, /* says that it cannot read what others made */
  HABIT_QUITTER, /* says that its tasks cannot be done */
} habit;

/* Instead of an answer to T it says that it cannot read an input, or that the task cannot be done. */
bool habit_complains(sim *s, habit of, const sim_task *t);
/* Makes what others cannot read, or something else, of its result. */
void habit_spoils(sim *s, habit of, sim_result *r);

#endif

#include "tests/broker/core_habits.h"

bool habit_complains(sim *s, habit of, const sim_task *t) {
  static const status said[] = {STATUS_DATA, STATUS_LIMIT, STATUS_SPECIFICATION, STATUS_USAGE,
                                STATUS_PROTOCOL};
  if (of == HABIT_QUITTER && sim_chance(s, 50)) {
    sim_report_failure(s, t, said[sim_below(s, sizeof said / sizeof *said)], NULL);
    return true;
  }
  if (of == HABIT_ACCUSER && (t->work <= WORK_STEP || t->work == WORK_ROWS) && sim_chance(s, 50)) {
    const uint32_t input = (uint32_t)sim_below(s, t->inputs_count);
    sim_accuse(s, t, input + 1);
    return true;
  }
  return false;
}

/* A report and rows are read by nobody before the job ends. */
void habit_spoils(sim *s, habit of, sim_result *r) {
  const bool is_read = r->of.work <= WORK_REDUCE || r->count == 2;
  if (of == HABIT_LIAR) {
    r->values[0] ^= 2 + 2 * sim_below(s, 1000000);
  } else if (of == HABIT_SPOILER && is_read && sim_chance(s, 30)) {
    r->values[r->keeps ? 0 : sim_below(s, r->count)] = sim_garbage(s);
  }
}

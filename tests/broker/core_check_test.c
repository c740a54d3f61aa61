/* core_check sees each of the invariants broken: a core in the middle of its work is damaged by hand, in one
 * place, and the complaint names the invariant. */
#include "broker/core/core_inside.h"
#include "tests/broker/core_sim.h"
#include "tests/check.h"

/* Two workers, and a job with three stays and two leases in its first stage: nodes of every state. */
static sim *in_the_middle(void) {
  sim *s = sim_new(5);
  for (int i = 0; i < 2; i++) {
    sim_start_worker(s, i, 2, 0);
    sim_connect(s, i);
  }
  s->jobs[0].stay_percent = 100;
  sim_begin(s, 0, 12);
  for (int i = 0; i < 3; i++) {
    sim_work_first(s, 1);
  }
  return s;
}

static job *the_job(const sim *s) {
  const core_job_id id = sim_job_id(0);
  return job_find(s->core, &id);
}

static node *first_of(const sim *s, node_state state) {
  const job *j = the_job(s);
  for (uint32_t i = 0; i < j->counts[0]; i++) {
    if (j->levels[0][i].state == state) {
      return &j->levels[0][i];
    }
  }
  return NULL;
}

/* Each function damages something and `undo` restores it, because the core is then used and freed. */
static void dispute_without_votes(sim *s, bool undo) {
  first_of(s, NODE_DONE)->disputed = !undo;
}

static void aside_with_tasks(sim *s, bool undo) {
  s->core->workers[0]->set_aside = !undo;
}

static void lease_of_nobody(sim *s, bool undo) {
  s->core->workers[0]->running_count += undo ? UINT32_MAX : 1;
}

static void heard_in_the_future(sim *s, bool undo) {
  s->core->workers[1]->heard_ms = undo ? s->core->now_ms : s->core->now_ms + 1;
}

static void blob_of_two(sim *s, bool undo) {
  job *j = the_job(s);
  j->manifest = undo ? 0 : j->plan;
}

static void step_elsewhere(sim *s, bool undo) {
  job *j = the_job(s);
  node *n = first_of(s, NODE_RUNNING);
  static uint8_t level;
  level = undo ? level : n->level;
  n->level = undo ? level : CORE_LEVEL_STEP; /* as if the STEP ran where nobody fixed a fingerprint */
  j->has_fingerprint = false;
}

static void turn_lost(sim *s, bool undo) {
  job *j = the_job(s);
  if (undo) {
    chain_add_last(&j->rank->turns, &j->turn);
  } else {
    chain_remove(&j->turn);
  }
}

static void priorities_out_of_order(sim *s, bool undo) {
  s->core->ranks->jobs = undo ? 1 : 0;
}

static void partial_that_is_gone(sim *s, bool undo) {
  static core_blob blob;
  static node *n;
  n = undo ? n : first_of(s, NODE_DONE);
  blob = undo ? blob : n->blob;
  n->blob = undo ? blob : 0;
}

static void rows_miscounted(sim *s, bool undo) {
  the_job(s)->rows_done += undo ? (uint64_t)-1 : 1;
}

static void home_miscounted(sim *s, bool undo) {
  the_job(s)->homes[0].count += undo ? UINT32_MAX : 1;
}

static void room_unseen(sim *s, bool undo) {
  s->core->workers[0]->has_room = !s->core->workers[0]->has_room;
  (void)undo;
}

static void overdue_miscounted(sim *s, bool undo) {
  s->core->workers[0]->strays_count += undo ? UINT32_MAX : 1;
}

static void copy_for_anyone(sim *s, bool undo) {
  first_of(s, NODE_READY)->copies = undo ? 0 : 1;
}

static void lost_for_nothing(sim *s, bool undo) {
  the_job(s)->rows_lost = undo ? 0 : 5;
}

static void lost_without_leave(sim *s, bool undo) {
  job *j = the_job(s);
  static lost_shard one;
  j->lost = undo ? NULL : &one;
  j->lost_count = undo ? 0 : 1;
  j->rows_lost = undo ? 0 : CORE_RUN_ROWS;
}

static void lost_late_in_the_first_stage(sim *s, bool undo) {
  the_job(s)->lost_late = !undo;
}

static void leaves_miscounted(sim *s, bool undo) {
  the_job(s)->leaves_done += undo ? UINT32_MAX : 1;
}

static void answer_forgotten(sim *s, bool undo) {
  s->core->answers_given += undo ? 1 : UINT64_MAX;
}

static const struct {
  const char *complaint;
  void (*damage)(sim *s, bool undo);
} cases[] = {
    {"invariant 1", dispute_without_votes},
    {"invariant 1", aside_with_tasks},
    {"invariant 2", lease_of_nobody},
    {"invariant 2", heard_in_the_future},
    {"invariant 2", overdue_miscounted},
    {"invariant 7", copy_for_anyone},
    {"invariant 3", blob_of_two},
    {"invariant 4", step_elsewhere},
    {"invariant 5", turn_lost},
    {"invariant 5", priorities_out_of_order},
    {"invariant 6", partial_that_is_gone},
    {"invariant 6", rows_miscounted},
    {"invariant 7", home_miscounted},
    {"invariant 7", room_unseen},
    {"invariant 8", answer_forgotten},
    {"invariant 9", lost_for_nothing},
    {"invariant 9", lost_without_leave},
    {"invariant 9", lost_late_in_the_first_stage},
    {"invariant 10", leaves_miscounted},
};

static void damage_is_named_by_the_invariant_that_it_breaks(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sim *s = in_the_middle();
    error why = {0};
    assert_int_equal(core_check(s->core, &why), STATUS_OK);
    cases[i].damage(s, false);
    if (core_check(s->core, &why) != STATUS_CORRUPT || strstr(why.message, cases[i].complaint) == NULL) {
      fail_msg("case %zu: '%s' was to be broken; it says: %s", i, cases[i].complaint, why.message);
    }
    cases[i].damage(s, true);
    assert_int_equal(core_check(s->core, &why), STATUS_OK);
    sim_work_all(s);
    assert_true(sim_is_right(s, 0));
    sim_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(damage_is_named_by_the_invariant_that_it_breaks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

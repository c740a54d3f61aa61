/* Plans put together by hand, for tests of analyses: the client's work in a few lines.
 *
 * Variables are found by name.  Every failure ends the test. */
#ifndef CANVASS_TESTS_STATS_PLAN_BUILDER_H
#define CANVASS_TESTS_STATS_PLAN_BUILDER_H

#include "stats/analyses/analysis.h"
#include "tests/stats/drive.h"

plan *build_plan(void);
/* Adds a program variable read from the column of the same name (or derived) as a plan variable. */
uint32_t build_variable(plan *p, const char *name, program_variable v);
uint32_t build_scale(plan *p, const char *name, int64_t low, int64_t high);
uint32_t build_nominal(plan *p, const char *name);
uint32_t build_number(plan *p, const char *name, uint8_t decimals);
uint32_t build_text(plan *p, const char *name);
/* One cell with options between semicolons. */
uint32_t build_multi(plan *p, const char *name);
/* 1 when the scale is at least CUT. */
uint32_t build_top(plan *p, const char *name, const char *of, int64_t cut);
/* CHILDREN: names of items or of constructs built before, space separated.  WEIGHTS: as many decimals,
 * or NULL. */
uint32_t build_construct(plan *p, const char *name, const char *children, const char *weights,
                         uint32_t valid_min);
uint32_t build_find(const plan *p, const char *name);
/* A program weight over the variable of that name. */
uint32_t build_weight(plan *p, const char *name, weight_kind kind);
/* A program filter: the nominal variable of that name has that value. */
uint32_t build_equal(plan *p, const char *name, const char *value);

/* An analysis with its defaults; its argument "items" (or "rows") is ITEMS unless that is NULL. */
plan_analysis *build_analysis(plan *p, const char *kind, const char *name, const char *items);
void build_by(plan *p, plan_analysis *a, const char *variables); /* one breakdown; "x y": crossed */
/* VALUE as a specification would write it; lists are space separated. */
void build_argument(plan *p, plan_analysis *a, const char *argument, const char *value);

/* The columns of golden/weighted_survey.csv as variables of their names. */
void build_survey(plan *p);

/* Once, when P has all that it is to have. */
void build_finish(plan *p);
/* Finishes P, and drives it (drive_report). */
json *build_report(plan *p, const fixture *data, uint32_t shard_rows, arena *a);

/* A plan and what its test needs besides, freed after the test:
 *
 *     build_unit_test(name)     in the list of tests
 *     build_scene *s = *state; */
typedef struct build_scene {
  arena *memory;
  plan *plan;
  fixture *data; /* NULL until the test sets it */
} build_scene;
/* The report of the scene's plan, which is finished, over golden/weighted_survey.csv in many shards. */
const json *build_survey_report(build_scene *s);
int build_scene_setup(void **state);
int build_scene_teardown(void **state);
#define build_unit_test(test) cmocka_unit_test_setup_teardown(test, build_scene_setup, build_scene_teardown)

#endif

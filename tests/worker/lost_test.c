/* What a STEP is told of lost shards, and what it makes of it.  The list comes from a broker: hostile bytes.
 */
#include "worker/lost.h"

#include <stdlib.h>
#include <string.h>

#include "proto/lost.h"
#include "stats/accumulators/partial.h"
#include "stats/plan/plan.h"
#include "store/manifest.h"
#include "tests/check.h"

/* A plan that asks for nothing, its partial over no rows, and a dataset of two files: shards of 10, 20 and 30
 * rows, the last one of the second file. */
typedef struct scene {
  buf plan, partial, manifest;
} scene;

static void make_plan(scene *s, bool may_lose) {
  static const char *const names[] = {"a.csv", "b.csv"};
  plan *p = plan_new();
  partial *empty = NULL;
  error err;
  assert_non_null(p);
  p->files = ARENA_ARRAY(p->memory, file_facts, 2);
  p->files_count = 2;
  for (uint32_t i = 0; i < 2; i++) {
    p->files[i] = (file_facts){.name = slice_of(names[i]), .records = 30};
  }
  p->may_lose = may_lose;
  plan_encode(p, &s->plan);
  assert_int_equal(partial_empty(p->program, &empty, &err), STATUS_OK);
  partial_encode(empty, &s->partial);
  partial_destroy(empty);
  plan_destroy(p);
}

static void make_manifest(scene *s) {
  static const uint32_t rows[] = {10, 20, 30};
  manifest *m = manifest_new();
  assert_non_null(m);
  m->files_count = 2;
  m->files = ARENA_ARRAY(m->memory, file_facts, 2);
  m->files[0] = (file_facts){.name = slice_of("a.csv"), .records = 30};
  m->files[1] = (file_facts){.name = slice_of("b.csv"), .records = 30};
  m->shards_count = 3;
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, 3);
  for (uint32_t i = 0, ordinal = 0; i < 3; ordinal += rows[i++]) {
    m->shards[i] = (manifest_shard){
        .name = {{(uint8_t)i}}, .bytes = 1, .first_ordinal = ordinal, .rows = rows[i], .file = i / 2};
  }
  manifest_encode(m, &s->manifest);
  manifest_destroy(m);
}

static void begin(scene *s, bool may_lose) {
  *s = (scene){0};
  buf_init(&s->plan);
  buf_init(&s->partial);
  buf_init(&s->manifest);
  make_plan(s, may_lose);
  make_manifest(s);
}

static void end(scene *s) {
  buf_fini(&s->plan);
  buf_fini(&s->partial);
  buf_fini(&s->manifest);
}

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

static status step(const scene *s, slice list, stats_outcome *out, error *err) {
  const slice payloads[LOST_PAYLOADS] = {bytes_of(&s->manifest), list};
  return lost_step(payloads, bytes_of(&s->plan), bytes_of(&s->partial), out, err);
}

static slice list_of(const lost_shard *lost, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    lost_shard_write(&lost[i], out + i * LOST_SHARD_BYTES);
  }
  return (slice){(const char *)out, count * LOST_SHARD_BYTES};
}

static void neighbours_are_one_place_and_files_are_apart(void **state) {
  (void)state;
  scene s;
  uint8_t bytes[3 * LOST_SHARD_BYTES];
  stats_outcome came;
  error err;
  begin(&s, true);
  const lost_shard lost[] = {{0, LOST_BYTES}, {1, LOST_BYTES}, {2, LOST_WORKERS}};
  if (step(&s, list_of(lost, 3, bytes), &came, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  char *text = slice_copy(bytes_of(&came.report));
  assert_non_null(text);
  assert_contains(
      text,
      "\"lost_rows\":{\"n\":30,\"places\":[{\"cause\":\"unreadable\",\"row\":1,\"rows\":30}],\"shards\":2}");
  assert_contains(text,
                  "\"lost_rows\":{\"n\":30,\"places\":[{\"cause\":\"workers_lost\",\"row\":1,\"rows\":30}],"
                  "\"shards\":1}");
  assert_contains(text, "\"lost_rows\":60,\"lost_shards\":3");
  free(text);
  stats_outcome_fini(&came);
  end(&s);
}

static void a_shard_in_the_middle_has_its_rows_in_its_file(void **state) {
  (void)state;
  scene s;
  uint8_t bytes[LOST_SHARD_BYTES];
  stats_outcome came;
  error err;
  begin(&s, true);
  assert_int_equal(step(&s, list_of(&(lost_shard){1, LOST_WORKERS}, 1, bytes), &came, &err), STATUS_OK);
  char *text = slice_copy(bytes_of(&came.report));
  assert_contains(text, "\"places\":[{\"cause\":\"workers_lost\",\"row\":11,\"rows\":20}]");
  assert_contains(text, "\"rows\":40"); /* of 60 */
  free(text);
  stats_outcome_fini(&came);
  end(&s);
}

static void a_plan_that_does_not_allow_it_is_not_evaluated_without_rows(void **state) {
  (void)state;
  scene s;
  uint8_t bytes[LOST_SHARD_BYTES];
  stats_outcome came;
  error err;
  begin(&s, false);
  assert_false(stats_plan_may_lose(bytes_of(&s.plan)));
  assert_int_equal(step(&s, list_of(&(lost_shard){1, LOST_BYTES}, 1, bytes), &came, &err), STATUS_JOB);
  assert_contains(err.message, "on_lost_shard: report");
  end(&s);
  begin(&s, true);
  assert_true(stats_plan_may_lose(bytes_of(&s.plan)));
  end(&s);
}

/* Never `corrupt`: nobody's partial is to blame. */
static void a_list_that_does_not_fit_is_refused_and_blames_no_blob(void **state) {
  (void)state;
  scene s;
  uint8_t bytes[3 * LOST_SHARD_BYTES];
  stats_outcome came;
  error err;
  begin(&s, true);
  const lost_shard beyond[] = {{3, LOST_BYTES}};
  const lost_shard twice[] = {{1, LOST_BYTES}, {1, LOST_BYTES}};
  const lost_shard backwards[] = {{2, LOST_BYTES}, {1, LOST_BYTES}};
  assert_int_equal(step(&s, list_of(beyond, 1, bytes), &came, &err), STATUS_PROTOCOL);
  assert_int_equal(step(&s, list_of(twice, 2, bytes), &came, &err), STATUS_PROTOCOL);
  assert_int_equal(step(&s, list_of(backwards, 2, bytes), &came, &err), STATUS_PROTOCOL);
  slice list = list_of(beyond, 1, bytes);
  bytes[4] = 9; /* an unknown cause */
  assert_int_equal(step(&s, list, &came, &err), STATUS_PROTOCOL);
  list.length--;
  assert_int_equal(step(&s, list, &came, &err), STATUS_PROTOCOL);
  list.length = 0;
  assert_int_equal(step(&s, list, &came, &err), STATUS_PROTOCOL);
  s.manifest.data[s.manifest.length / 2] ^= 1;
  assert_int_equal(step(&s, list_of(twice, 1, bytes), &came, &err), STATUS_PROTOCOL);
  end(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(neighbours_are_one_place_and_files_are_apart),
      cmocka_unit_test(a_shard_in_the_middle_has_its_rows_in_its_file),
      cmocka_unit_test(a_plan_that_does_not_allow_it_is_not_evaluated_without_rows),
      cmocka_unit_test(a_list_that_does_not_fit_is_refused_and_blames_no_blob),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

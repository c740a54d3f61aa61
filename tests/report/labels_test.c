/* Names beside points: apart from each other, from marks and from what is written already. */
#include <math.h>
#include <stdio.h>

#include "report/labels.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { POINTS = 40 };
static const label_field open_field = {
    .inside = {0, 0, 700, 400}, .divide_x = NAN, .divide_y = NAN, .height = 16, .radius = 4.6};

static bool stands_on(const label_box *a, const label_box *b) {
  return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static label_box mark_of(const label_point *p) {
  const double r = open_field.radius;
  return (label_box){p->x - r, p->y - r, p->x + r, p->y + r};
}

static void assert_apart(const label_point *points, size_t count, const label_place *places) {
  for (size_t i = 0; i < count; i++) {
    const label_box *own = &places[i].box;
    for (size_t j = 0; places[i].is_free && j < count; j++) {
      const label_box mark = mark_of(&points[j]);
      assert_false(j != i && stands_on(own, &mark));
      assert_false(j != i && places[j].is_free && stands_on(own, &places[j].box));
    }
    if (places[i].is_free) {
      assert_true(own->left >= 0 && own->right <= 700 && own->top >= 0 && own->bottom <= 400);
    }
  }
}

static void a_name_alone_stands_to_the_right_of_its_point(void **state) {
  (void)state;
  arena *memory = arena_new();
  const label_point point = {100, 100, 60};
  label_place place;
  labels_place(&open_field, &point, 1, memory, &place);
  assert_true(place.is_free && !place.has_leader);
  assert_true(fabs(place.box.left - (100 + 4.6 + 4)) < 1e-9);
  assert_true(fabs(place.box.top - 92) < 1e-9);
  arena_destroy(memory);
}

static void at_the_right_edge_a_name_stands_to_the_left(void **state) {
  (void)state;
  arena *memory = arena_new();
  const label_point point = {690, 100, 60};
  label_place place;
  labels_place(&open_field, &point, 1, memory, &place);
  assert_true(place.is_free && place.box.right < 690);
  arena_destroy(memory);
}

static void names_stand_on_no_other_name_and_no_mark(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    arena *memory = arena_new();
    label_point points[POINTS];
    label_place places[POINTS];
    label_place again[POINTS];
    size_t named = 0;
    seeded s = {seed};
    for (size_t i = 0; i < POINTS; i++) {
      points[i] = (label_point){(double)seeded_below(&s, 680) + 10, (double)seeded_below(&s, 380) + 10,
                                (double)seeded_below(&s, 80) + 20};
    }
    labels_place(&open_field, points, POINTS, memory, places);
    labels_place(&open_field, points, POINTS, memory, again);
    assert_apart(points, POINTS, places);
    for (size_t i = 0; i < POINTS; i++) {
      named += places[i].is_free ? 1 : 0;
      assert_memory_equal(&places[i].box, &again[i].box, sizeof places[i].box);
    }
    assert_true(named >= POINTS - 3);
    arena_destroy(memory);
  }
}

static void names_stay_on_their_side_and_off_what_is_written(void **state) {
  (void)state;
  arena *memory = arena_new();
  const label_box block = {300, 90, 420, 110};
  label_field field = open_field;
  field.blocks = &block;
  field.blocks_count = 1;
  field.divide_x = 305;
  const label_point point = {298, 100, 60}; /* to the right it would go over the line and onto the block */
  label_place place;
  labels_place(&field, &point, 1, memory, &place);
  assert_true(place.is_free);
  assert_true(place.box.right < 305);
  arena_destroy(memory);
}

static void names_without_room_are_told(void **state) {
  (void)state;
  arena *memory = arena_new();
  label_point points[POINTS];
  label_place places[POINTS];
  for (size_t i = 0; i < POINTS; i++) {
    points[i] = (label_point){350 + (double)(i % 3), 200 + (double)(i % 2), 90};
  }
  labels_place(&open_field, points, POINTS, memory, places);
  size_t without = 0;
  for (size_t i = 0; i < POINTS; i++) {
    without += places[i].is_free ? 0 : 1;
  }
  assert_true(without > 0 && without < POINTS);
  assert_apart(points, 0, places);
  const label_point wide = {350, 200, 900};
  labels_place(&open_field, &wide, 1, memory, places);
  assert_false(places[0].is_free);
  arena_destroy(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_name_alone_stands_to_the_right_of_its_point),
      cmocka_unit_test(at_the_right_edge_a_name_stands_to_the_left),
      cmocka_unit_test(names_stand_on_no_other_name_and_no_mark),
      cmocka_unit_test(names_stay_on_their_side_and_off_what_is_written),
      cmocka_unit_test(names_without_room_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

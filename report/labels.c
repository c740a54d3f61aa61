/* Placing names. */
#include "report/labels.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 16, RINGS = 5, CANDIDATES = DIRECTIONS * RINGS, ROUNDS = 12, ORDERS = 4, STEPS = 12 };
static const double apart = 3; /* px that names like to have between them */

typedef struct candidate {
  double cost; /* without the other names */
  label_box box;
  unsigned ring;
  bool is_clear; /* of marks and blocks */
} candidate;

typedef struct search {
  const label_field *field;
  const label_point *points;
  size_t count;
  candidate *candidates; /* CANDIDATES for each point, the cheapest first */
  size_t *found;         /* how many of them */
  size_t *taken;         /* which one each has */
  size_t *best;
  size_t *order;
} search;

/* ---- Geometry ------------------------------------------------------------------------------------ */

/* The area that A, MORE px larger, shares with B. */
static double shared(const label_box *a, const label_box *b, double more) {
  const double width = fmin(a->right, b->right) - fmax(a->left, b->left) + more;
  const double height = fmin(a->bottom, b->bottom) - fmax(a->top, b->top) + more;
  return width > 0 && height > 0 ? width * height : 0;
}

void labels_leader(const label_box *box, double x, double y, double *end_x, double *end_y) {
  *end_x = fmin(fmax(x, box->left), box->right);
  *end_y = fmin(fmax(y, box->top), box->bottom);
}

/* Does the leader from point I to BOX go through OTHER? */
static bool leads_through(const search *s, size_t i, const label_box *box, const label_box *other) {
  const double x = s->points[i].x;
  const double y = s->points[i].y;
  double end_x = 0;
  double end_y = 0;
  labels_leader(box, x, y, &end_x, &end_y);
  if (fmin(x, end_x) > other->right || fmax(x, end_x) < other->left || fmin(y, end_y) > other->bottom ||
      fmax(y, end_y) < other->top) {
    return false; /* as most often */
  }
  for (int k = 1; k < STEPS; k++) {
    const double at_x = x + (end_x - x) * k / STEPS;
    const double at_y = y + (end_y - y) * k / STEPS;
    if (at_x > other->left && at_x < other->right && at_y > other->top && at_y < other->bottom) {
      return true;
    }
  }
  return false;
}

static label_box mark_of(const search *s, size_t i) {
  const double r = s->field->radius;
  const label_point *p = &s->points[i];
  return (label_box){p->x - r, p->y - r, p->x + r, p->y + r};
}

/* ---- Candidates ---------------------------------------------------------------------------------- */

/* Half the circle from the right downwards, then the other half: the sines of multiples of a sixteenth. */
static const double sines[DIRECTIONS] = {
    0, 0.38268343,  0.70710678,  0.92387953,  1,  0.92387953,  0.70710678,  0.38268343,
    0, -0.38268343, -0.70710678, -0.92387953, -1, -0.92387953, -0.70710678, -0.38268343};

static label_box box_at(const search *s, size_t i, size_t direction, unsigned ring) {
  static const double distances[RINGS] = {4, 12, 22, 34, 48};
  const label_point *p = &s->points[i];
  const double away = s->field->radius + distances[ring];
  const double right = sines[(direction + DIRECTIONS / 4) % DIRECTIONS];
  const double down = sines[direction];
  const double half = p->width / 2;
  const double high = s->field->height / 2;
  /* Beside the mark as a whole, above and below it more and more in the middle. */
  const double aside = fabs(right) > 0.9 ? (right > 0 ? half : -half) : 1.2 * right * half;
  const double above = fabs(down) > 0.5 ? (down > 0 ? high : -high) : down * high;
  const double x = p->x + right * away + aside;
  const double y = p->y + down * away + above;
  return (label_box){x - half, y - high, x + half, y + high};
}

static bool is_inside(const label_box *box, const label_box *field) {
  return box->left >= field->left && box->right <= field->right && box->top >= field->top &&
         box->bottom <= field->bottom;
}

static double direction_cost(size_t direction) {
  return direction == 0 ? 0 : direction == DIRECTIONS / 2 ? 1 : 2.5;
}

/* What it costs to go over the line AT, or to be altogether on the other side of it than the point. */
static double divide_cost(double at, double point, double from, double to) {
  const double crossed = from < at && to > at ? 24 : 0;
  return isnan(at) ? 0 : crossed + (((from + to) / 2 < at) != (point < at) ? 45 : 0);
}

static void judge(const search *s, size_t i, candidate *c) {
  const label_field *f = s->field;
  for (size_t j = 0; j < s->count; j++) {
    const label_box mark = mark_of(s, j);
    const double area = j == i ? 0 : shared(&c->box, &mark, 0);
    c->cost += area > 0 ? 12 + 3 * area : 0;
    c->is_clear = c->is_clear && !(area > 0);
    c->cost += j != i && c->ring > 0 && leads_through(s, i, &c->box, &mark) ? 60 : 0;
  }
  for (size_t k = 0; k < f->blocks_count; k++) {
    const double area = shared(&c->box, &f->blocks[k], 0);
    c->cost += area > 0 ? 12 + 4 * area : 0;
    c->is_clear = c->is_clear && !(area > 0);
  }
  c->cost += divide_cost(f->divide_x, s->points[i].x, c->box.left, c->box.right);
  c->cost += divide_cost(f->divide_y, s->points[i].y, c->box.top, c->box.bottom);
}

/* An insertion, so that equal ones keep their order. */
static void insert(candidate *list, size_t count, candidate c) {
  size_t at = count;
  for (; at > 0 && c.cost < list[at - 1].cost; at--) {
    list[at] = list[at - 1];
  }
  list[at] = c;
}

static void find_candidates(search *s, size_t i) {
  for (unsigned ring = 0; ring < RINGS; ring++) {
    for (size_t k = 0; k < DIRECTIONS; k++) {
      candidate c = {.box = box_at(s, i, k, ring), .ring = ring, .is_clear = true};
      if (is_inside(&c.box, &s->field->inside)) {
        c.cost = 9.0 * ring + direction_cost(k);
        judge(s, i, &c);
        insert(s->candidates + i * CANDIDATES, s->found[i]++, c);
      }
    }
  }
}

/* ---- The search ---------------------------------------------------------------------------------- */

static const candidate *taken_by(const search *s, size_t i) {
  return &s->candidates[i * CANDIDATES + s->taken[i]];
}

/* What C of point I costs beside the places of the others; where it is MOST or more, perhaps not all. */
static double cost_beside(const search *s, size_t i, const candidate *c, double most) {
  double cost = 0;
  for (size_t j = 0; cost < most && j < s->count; j++) {
    if (j == i || s->found[j] == 0) {
      continue;
    }
    const candidate *other = taken_by(s, j);
    const double area = shared(&c->box, &other->box, apart);
    cost += area > 0 ? 30 + 6 * area : 0;
    cost += other->ring > 0 && leads_through(s, j, &other->box, &c->box) ? 40 : 0;
    cost += c->ring > 0 && leads_through(s, i, &c->box, &other->box) ? 40 : 0;
  }
  return cost;
}

/* Whether I moved to a cheaper place. */
static bool improve(search *s, size_t i) {
  size_t best = s->taken[i];
  double least = INFINITY;
  for (size_t k = 0; k < s->found[i]; k++) {
    const candidate *c = &s->candidates[i * CANDIDATES + k];
    if (c->cost >= least) {
      break;
    }
    const double cost = c->cost + cost_beside(s, i, c, least - c->cost);
    if (cost < least) {
      least = cost;
      best = k;
    }
  }
  const bool moves = best != s->taken[i];
  s->taken[i] = best;
  return moves;
}

static double settle(search *s) {
  memset(s->taken, 0, s->count * sizeof *s->taken);
  bool moves = true;
  for (int round = 0; moves && round < ROUNDS; round++) {
    moves = false;
    for (size_t k = 0; k < s->count; k++) {
      moves = improve(s, s->order[k]) || moves;
    }
  }
  double cost = 0;
  for (size_t i = 0; i < s->count; i++) {
    cost += s->found[i] > 0 ? taken_by(s, i)->cost + cost_beside(s, i, taken_by(s, i), INFINITY) / 2 : 0;
  }
  return cost;
}

static double key_of(const search *s, size_t order, size_t i) {
  return order == 0 ? (double)i : order == 1 ? -(double)i : order == 2 ? s->points[i].x : s->points[i].y;
}

static void make_order(search *s, size_t order) {
  for (size_t i = 0; i < s->count; i++) {
    size_t at = i;
    for (; at > 0 && key_of(s, order, i) < key_of(s, order, s->order[at - 1]); at--) {
      s->order[at] = s->order[at - 1];
    }
    s->order[at] = i;
  }
}

/* Does the place of I stand on nothing?  Of two names that share a place the first one keeps it. */
static bool is_free(const search *s, size_t i, const label_place *out) {
  const candidate *own = taken_by(s, i);
  bool clear = s->found[i] > 0 && own->is_clear;
  for (size_t j = 0; clear && j < i; j++) {
    clear = !out[j].is_free || !(shared(&own->box, &out[j].box, 0) > 0);
  }
  return clear;
}

void labels_place(const label_field *field, const label_point *points, size_t count, arena *memory,
                  label_place *out) {
  search s = {.field = field,
              .points = points,
              .count = count,
              .candidates = ARENA_ARRAY(memory, candidate, count * CANDIDATES),
              .found = ARENA_ARRAY(memory, size_t, count),
              .taken = ARENA_ARRAY(memory, size_t, count),
              .best = ARENA_ARRAY(memory, size_t, count),
              .order = ARENA_ARRAY(memory, size_t, count)};
  memset(out, 0, count * sizeof *out);
  if (s.candidates == NULL || s.found == NULL || s.taken == NULL || s.best == NULL || s.order == NULL) {
    return;
  }
  for (size_t i = 0; i < count; i++) {
    find_candidates(&s, i);
  }
  double least = INFINITY;
  for (size_t order = 0; order < ORDERS; order++) {
    make_order(&s, order);
    const double cost = settle(&s);
    if (cost < least) {
      least = cost;
      memcpy(s.best, s.taken, count * sizeof *s.best);
    }
  }
  memcpy(s.taken, s.best, count * sizeof *s.best);
  for (size_t i = 0; i < count; i++) {
    out[i] = (label_place){.box = taken_by(&s, i)->box, .has_leader = taken_by(&s, i)->ring > 0};
    out[i].is_free = is_free(&s, i, out);
  }
}

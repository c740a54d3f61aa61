/* Keys are taken apart at the sign between values; a crossing of crossings has all of their variables. */
#include "stats/analyses/crossing.h"

#include <stdlib.h>
#include <string.h>

#include "stats/analyses/levels.h"

enum { AXES_MAX = PROGRAM_BY_MAX * PROGRAM_BY_MAX };

typedef struct part {
  uint32_t place; /* among the declared values; UINT32_MAX: none of them */
  slice text;
} part;

typedef struct crossed_key {
  uint32_t key;
  slice text;
  uint32_t count; /* of parts; 0: it cannot be taken apart */
  part parts[AXES_MAX];
} crossed_key;

typedef struct axes {
  const plan_variable *of[AXES_MAX]; /* NULL: nothing is declared of it */
  uint32_t count;                    /* more than AXES_MAX: too many */
} axes;

static void list_axes(const plan *p, uint32_t variable, axes *out) {
  const program_variable *v = &p->program->variables[variable];
  for (uint32_t i = 0; v->kind == VARIABLE_CROSS && i < v->inputs_count; i++) {
    list_axes(p, v->inputs[i], out);
  }
  if (v->kind == VARIABLE_CROSS || out->count++ >= AXES_MAX) {
    return;
  }
  out->of[out->count - 1] = NULL;
  for (uint32_t i = 0; i < p->variables_count && v->kind != VARIABLE_SCALE; i++) { /* codes have an order */
    if (p->variables[i].variable == variable) {
      out->of[out->count - 1] = &p->variables[i];
    }
  }
}

static uint32_t place_of(const plan_variable *v, slice text) {
  for (uint32_t i = 0; v != NULL && i < v->values_count; i++) {
    char digits[DECIMAL_TEXT_BYTES];
    const plan_value_label *value = &v->values[i];
    const slice known = value->is_text
                            ? value->text
                            : (slice){digits, (size_t)decimal_format((decimal){value->number, 0}, digits)};
    if (slice_equal(known, text)) {
      return i;
    }
  }
  return UINT32_MAX;
}

static void take_apart(crossed_key *k, const axes *of) {
  static const char sign[] = PROGRAM_CROSS_SIGN;
  slice rest = k->text;
  uint32_t count = 0;
  bool has_more = true;
  for (; has_more && count < of->count; count++) {
    const char *at = memmem(rest.bytes, rest.length, sign, sizeof sign - 1);
    const slice text = {rest.bytes, at != NULL ? (size_t)(at - rest.bytes) : rest.length};
    k->parts[count] = (part){place_of(of->of[count], text), text};
    has_more = at != NULL;
    const size_t used = text.length + (has_more ? sizeof sign - 1 : 0);
    rest = (slice){rest.bytes + used, rest.length - used};
  }
  k->count = !has_more && count == of->count ? count : 0;
}

static int by_parts(const void *left, const void *right) {
  const crossed_key *a = left;
  const crossed_key *b = right;
  if (a->count != b->count) {
    return a->count > b->count ? -1 : 1;
  }
  for (uint32_t i = 0; i < a->count; i++) {
    const part *x = &a->parts[i];
    const part *y = &b->parts[i];
    const int order =
        x->place != y->place ? (x->place < y->place ? -1 : 1) : text_compare_natural(x->text, y->text);
    if (order != 0) {
      return order;
    }
  }
  return text_compare_natural(a->text, b->text);
}

uint32_t *crossing_order(arena *a, const plan *p, uint32_t item, const axis *ax) {
  axes of = {.count = 0};
  uint32_t *order = ARENA_ARRAY(a, uint32_t, (size_t)ax->count + 1);
  crossed_key *keys = ARENA_ARRAY(a, crossed_key, (size_t)ax->count + 1);
  if (order == NULL || keys == NULL) {
    return NULL;
  }
  list_axes(p, p->variables[item].variable, &of);
  for (uint32_t key = 0; key < ax->count; key++) {
    keys[key] = (crossed_key){.key = key, .text = ax->is_text ? ax->texts[key] : (slice){"", 0}};
    if (of.count <= AXES_MAX) {
      take_apart(&keys[key], &of);
    }
  }
  if (ax->is_text && ax->count > 1) {
    qsort(keys, ax->count, sizeof *keys, by_parts);
  }
  for (uint32_t i = 0; i < ax->count; i++) {
    order[i] = keys[i].key;
  }
  return order;
}

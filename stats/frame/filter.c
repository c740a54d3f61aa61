/* Filters, and the masks they make together with weights.
 *
 * A filter is evaluated column by column over bytes, in an order of truth in which Kleene's AND is the
 * smaller value, OR the larger, and NOT the difference to the largest.  Comparisons with coded
 * variables are table lookups, with numbers intervals of mantissas.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

enum { NO = 0, UNKNOWN = 1, YES = 2 };

typedef struct evaluation {
  frame *frame;
  const filter_node *nodes;
  uint32_t at; /* the next node */
  error *err;
} evaluation;

static uint8_t truth_of(const filter_node *node, bool holds) {
  return holds != (node->kind == FILTER_NE) ? YES : NO;
}

/* ---- Leaves over coded variables ------------------------------------------------------------------- */

/* NE is EQ turned around by truth_of. */
static filter_kind relation_of(const filter_node *node) {
  return node->kind == FILTER_IN || node->kind == FILTER_NE ? FILTER_EQ : node->kind;
}

static bool number_holds(const filter_node *node, int64_t number) {
  for (uint32_t i = 0; i < node->values_count; i++) {
    if (number_interval_has(number_interval_of(relation_of(node), node->values[i].number, 0), number)) {
      return true;
    }
  }
  return false;
}

static bool texts_relate(filter_kind kind, slice a, slice b) {
  int order = slice_compare(a, b);
  switch (kind) {
    case FILTER_LT:
      return order < 0;
    case FILTER_LE:
      return order <= 0;
    case FILTER_GT:
      return order > 0;
    case FILTER_GE:
      return order >= 0;
    default:
      return order == 0;
  }
}

static status values_table(const filter_node *node, text_table *table, error *err) {
  *table = (text_table){0};
  for (uint32_t i = 0; i < node->values_count; i++) {
    if (text_table_add(table, node->values[i].text) == UINT32_MAX) {
      text_table_fini(table);
      return frame_no_memory(err);
    }
  }
  return STATUS_OK;
}

static bool text_holds(const filter_node *node, const text_table *values, slice text) {
  if (relation_of(node) == FILTER_EQ) {
    return text_table_find(values, text) != UINT32_MAX;
  }
  return texts_relate(node->kind, text, node->values[0].text);
}

static status truth_of_keys(const filter_node *node, const coded_keys *keys, uint8_t *of_slot, error *err) {
  if (node->kind == FILTER_MISSING) {
    memset(of_slot, NO, keys->count);
    return STATUS_OK;
  }
  if (keys->numbers != NULL) {
    for (uint32_t i = 0; i < keys->count; i++) {
      of_slot[i] = truth_of(node, number_holds(node, keys->numbers[i]));
    }
    return STATUS_OK;
  }
  text_table values;
  TRY(values_table(node, &values, err));
  for (uint32_t i = 0; i < keys->count; i++) {
    of_slot[i] = truth_of(node, text_holds(node, &values, keys->texts[i]));
  }
  text_table_fini(&values);
  return STATUS_OK;
}

static status coded_leaf(const evaluation *e, const filter_node *node, uint8_t *out) {
  frame *f = e->frame;
  coded_view view;
  TRY(frame_coded(f, node->variable, &view, e->err));
  uint32_t slots = view.wide != NULL ? UINT16_MAX + 1U : UINT8_MAX + 1U;
  uint8_t *of_slot = malloc(slots);
  if (of_slot == NULL) {
    return frame_no_memory(e->err);
  }
  memset(of_slot, node->kind == FILTER_MISSING ? YES : UNKNOWN, slots);
  status st = truth_of_keys(node, &view.keys, of_slot, e->err);
  if (st == STATUS_OK && view.wide != NULL) {
    for (size_t r = 0; r < f->padded; r++) {
      out[r] = of_slot[view.wide[r]];
    }
  } else if (st == STATUS_OK) {
    frame_map_bytes(view.slots, f->padded, of_slot, out);
  }
  free(of_slot);
  return st;
}

/* ---- Leaves over numbers, texts and sets ------------------------------------------------------------ */

static int interval_order(const void *a, const void *b) {
  const number_interval *x = a;
  const number_interval *y = b;
  return (x->low > y->low) - (x->low < y->low);
}

static bool intervals_have(const number_interval *sorted, uint32_t count, int64_t value) {
  uint32_t low = 0;
  uint32_t high = count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (sorted[middle].high < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < count && sorted[low].low <= value;
}

static void number_truth(const frame *f, const filter_node *node, const number_view *view,
                         const number_interval *intervals, uint32_t count, uint8_t *out) {
  uint8_t yes = truth_of(node, true);
  uint8_t no = truth_of(node, false);
  if (count == 1) {
    number_interval only = intervals[0];
    for (size_t r = 0; r < f->padded; r++) {
      int64_t x = view->values[r];
      uint8_t known = x >= only.low && x <= only.high ? yes : no;
      out[r] = number_is_missing(x) ? UNKNOWN : known;
    }
    return;
  }
  for (size_t r = 0; r < f->padded; r++) {
    int64_t x = view->values[r];
    out[r] = number_is_missing(x) ? UNKNOWN : intervals_have(intervals, count, x) ? yes : no;
  }
}

static status number_leaf(const evaluation *e, const filter_node *node, uint8_t *out) {
  const frame *f = e->frame;
  number_view view;
  TRY(frame_number(e->frame, node->variable, &view, e->err));
  if (node->kind == FILTER_MISSING) {
    for (size_t r = 0; r < f->padded; r++) {
      out[r] = number_is_missing(view.values[r]) ? YES : NO;
    }
    return STATUS_OK;
  }
  number_interval *intervals = malloc(((size_t)node->values_count + 1) * sizeof *intervals);
  if (intervals == NULL) {
    return frame_no_memory(e->err);
  }
  uint32_t count = 0;
  for (uint32_t i = 0; i < node->values_count; i++) {
    number_interval one = number_interval_of(relation_of(node), node->values[i].number, view.decimals);
    if (one.low <= one.high) {
      intervals[count++] = one;
    }
  }
  qsort(intervals, count, sizeof *intervals, interval_order);
  number_truth(f, node, &view, intervals, count, out);
  free(intervals);
  return STATUS_OK;
}

static status text_leaf(const evaluation *e, const filter_node *node, uint8_t *out) {
  const frame *f = e->frame;
  text_view view;
  text_table values;
  TRY(frame_text(e->frame, node->variable, &view, e->err));
  TRY(values_table(node, &values, e->err));
  for (size_t r = 0; r < f->padded; r++) {
    if (node->kind == FILTER_MISSING) {
      out[r] = view.missing[r] ? YES : NO;
    } else {
      out[r] = view.missing[r] ? UNKNOWN : truth_of(node, text_holds(node, &values, view.texts[r]));
    }
  }
  text_table_fini(&values);
  return STATUS_OK;
}

static status set_leaf(const evaluation *e, const filter_node *node, uint8_t *out) {
  const frame *f = e->frame;
  set_view view;
  uint8_t table[256];
  TRY(frame_set(e->frame, node->variable, &view, e->err));
  const uint8_t *from = view.answered;
  if (node->kind == FILTER_MISSING) {
    memset(table, YES, sizeof table);
    table[0] = NO;
  } else {
    memset(table, UNKNOWN, sizeof table);
    table[0] = NO;
    table[1] = YES;
    for (uint32_t k = 0; k < view.options.count; k++) {
      from = slice_equal(view.options.texts[k], node->values[0].text) ? view.flags[k] : from;
    }
  }
  frame_map_bytes(from, f->padded, table, out);
  return STATUS_OK;
}

static status leaf(const evaluation *e, const filter_node *node, uint8_t *out) {
  switch (program_variable_form(&e->frame->program->variables[node->variable])) {
    case FORM_CODED:
      return coded_leaf(e, node, out);
    case FORM_NUMBER:
      return number_leaf(e, node, out);
    case FORM_TEXT:
      return text_leaf(e, node, out);
    case FORM_SET:
      return set_leaf(e, node, out);
  }
  return STATUS_OK;
}

/* ---- Trees ---------------------------------------------------------------------------------------- */

static void join(filter_kind kind, const uint8_t *restrict with, uint8_t *restrict out, size_t count) {
  if (kind == FILTER_AND) {
    for (size_t r = 0; r < count; r++) {
      out[r] = with[r] < out[r] ? with[r] : out[r];
    }
  } else {
    for (size_t r = 0; r < count; r++) {
      out[r] = with[r] > out[r] ? with[r] : out[r];
    }
  }
}

static void negate(uint8_t *truth, size_t count) {
  for (size_t r = 0; r < count; r++) {
    truth[r] = (uint8_t)(YES - truth[r]);
  }
}

/* Recursion is at most PROGRAM_DEPTH_MAX deep. */
static status evaluate(evaluation *e, uint8_t *out) {
  const frame *f = e->frame;
  const filter_node *node = &e->nodes[e->at++];
  if (node->kind > FILTER_NOT) {
    return leaf(e, node, out);
  }
  TRY(evaluate(e, out));
  if (node->kind == FILTER_NOT) {
    negate(out, f->padded);
    return STATUS_OK;
  }
  uint8_t *other = node->children > 1 ? malloc(f->padded) : NULL;
  if (node->children > 1 && other == NULL) {
    return frame_no_memory(e->err);
  }
  status st = STATUS_OK;
  for (uint32_t k = 1; k < node->children && st == STATUS_OK; k++) {
    st = evaluate(e, other);
    if (st == STATUS_OK) {
      join(node->kind, other, out, f->padded);
    }
  }
  free(other);
  return st;
}

static status filter_truth(frame *f, uint32_t filter, const uint8_t **out, error *err) {
  assert(filter < f->program->filters_count);
  if (f->filters[filter] == NULL) {
    evaluation e = {.frame = f, .nodes = f->program->filters[filter].nodes, .err = err};
    uint8_t *truth = frame_memory(f, f->padded);
    if (truth == NULL) {
      return frame_no_memory(err);
    }
    TRY(evaluate(&e, truth));
    f->filters[filter] = truth;
  }
  *out = f->filters[filter];
  return STATUS_OK;
}

/* ---- Masks ---------------------------------------------------------------------------------------- */

static status make_mask(frame *f, uint32_t filter, uint32_t weight, const uint8_t **out, error *err) {
  const uint8_t *truth = NULL;
  const frame_weight *w = NULL;
  *out = NULL;
  if (filter != PROGRAM_NONE) {
    TRY(filter_truth(f, filter, &truth, err));
  }
  if (weight != PROGRAM_NONE) {
    TRY(frame_weight_of(f, weight, &w, err));
  }
  if (truth == NULL && (w == NULL || w->all_usable)) {
    return STATUS_OK;
  }
  uint8_t *mask = frame_memory(f, f->padded);
  if (mask == NULL) {
    return frame_no_memory(err);
  }
  for (size_t r = 0; r < f->padded; r++) {
    mask[r] = truth == NULL || truth[r] == YES;
  }
  for (size_t r = 0; w != NULL && r < f->padded; r++) {
    mask[r] &= w->usable[r];
  }
  memset(mask + f->count, 0, f->padded - f->count);
  *out = memchr(mask, 0, f->count) != NULL ? mask : NULL;
  return STATUS_OK;
}

status frame_mask(frame *f, uint32_t filter, uint32_t weight, const uint8_t **out, error *err) {
  for (const frame_mask_entry *e = f->masks; e != NULL; e = e->next) {
    if (e->filter == filter && e->weight == weight) {
      *out = e->mask;
      return STATUS_OK;
    }
  }
  TRY(make_mask(f, filter, weight, out, err));
  frame_mask_entry *entry = frame_memory(f, sizeof *entry);
  if (entry == NULL) {
    return frame_no_memory(err);
  }
  *entry = (frame_mask_entry){.filter = filter, .weight = weight, .mask = *out, .next = f->masks};
  f->masks = entry;
  return STATUS_OK;
}

status frame_filter_unknown(frame *f, uint32_t filter, uint32_t weight, int64_t *count, error *err) {
  const uint8_t *truth;
  const frame_weight *w = NULL;
  *count = 0;
  if (filter == PROGRAM_NONE) {
    return STATUS_OK;
  }
  TRY(filter_truth(f, filter, &truth, err));
  if (weight != PROGRAM_NONE) {
    TRY(frame_weight_of(f, weight, &w, err));
  }
  for (uint32_t r = 0; r < f->count; r++) {
    *count += truth[r] == UNKNOWN && (w == NULL || w->usable[r]);
  }
  return STATUS_OK;
}

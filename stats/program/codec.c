/* The canonical bytes of a program's items: what all items share, and filters, weights, accumulators.
 *
 * References are varints, flags are bytes, decimals are normalised when written.  Reading checks the
 * shape (lengths, counts, flags); what the parts mean together is checked when the item is added to a
 * program, and non-canonical bytes are refused by comparing them with what the program writes.
 */
#include <string.h>

#include "stats/program/item.h"

#define UPDATE "; install the same version on clients and workers, and submit the job again"

void item_check_version(reader *r, uint64_t made, uint64_t written) {
  if (made != written) {
    reader_fail(r, made > written ? "made by a newer version of canvass" UPDATE
                                  : "made by an older version of canvass" UPDATE);
  }
}

void item_put_decimal(decimal d, buf *out) {
  decimal n = decimal_normalise(d);
  buf_put_signed(out, n.mantissa);
  buf_put_u8(out, n.scale);
}

decimal item_get_decimal(reader *r) {
  decimal d = {.mantissa = reader_signed(r)};
  d.scale = reader_u8(r);
  if (d.scale > DECIMAL_SCALE_MAX) {
    reader_fail(r, "a decimal with too large a scale");
    d.scale = 0;
  }
  return d;
}

slice item_get_text(reader *r, arena *a) {
  slice s = reader_slice(r, PROGRAM_TEXT_MAX);
  if (s.length == 0) {
    return (slice){.bytes = "", .length = 0};
  }
  slice copy = arena_slice(a, s);
  return copy.bytes != NULL ? copy : (slice){.bytes = "", .length = 0};
}

const char *item_get_name(reader *r, arena *a) {
  slice s = reader_slice(r, PROGRAM_TEXT_MAX);
  if (s.length > 0 && memchr(s.bytes, 0, s.length) != NULL) {
    reader_fail(r, "a name with a NUL in it");
    return "";
  }
  if (text_utf8_check(s.bytes, s.length) !=
      s.length) { /* it appears in messages before its owner is checked */
    reader_fail(r, "a name that is not UTF-8");
    return "";
  }
  const char *copy = s.length ? arena_copy(a, s) : "";
  return copy != NULL ? copy : "";
}

uint32_t item_get_count(reader *r, uint32_t max, size_t bytes_each) {
  return (uint32_t)reader_count_of(r, max, bytes_each);
}

uint32_t item_renumbered(const item_numbering *numbering, uint32_t variable) {
  return numbering != NULL ? numbering->variables[variable] : variable;
}

uint32_t *item_get_references(reader *r, arena *a, uint32_t max, uint32_t *count) {
  *count = item_get_count(r, max, 1);
  uint32_t *references = ARENA_ARRAY(a, uint32_t, *count);
  for (uint32_t i = 0; references != NULL && i < *count && r->problem == NULL; i++) {
    references[i] = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
  }
  return references;
}

/* ---- Filters, weights, accumulators --------------------------------------------------------------- */

static bool node_has_children(filter_kind kind) {
  return kind == FILTER_AND || kind == FILTER_OR;
}

static bool node_has_variable(filter_kind kind) {
  return kind >= FILTER_EQ;
}

static bool node_has_values(filter_kind kind) {
  return kind >= FILTER_EQ && kind != FILTER_MISSING;
}

void filter_encode(const program_filter *f, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, f->nodes_count);
  for (uint32_t i = 0; i < f->nodes_count; i++) {
    const filter_node *node = &f->nodes[i];
    buf_put_u8(out, (uint8_t)node->kind);
    if (node_has_children(node->kind)) {
      buf_put_varint(out, node->children);
    }
    if (node_has_variable(node->kind)) {
      buf_put_varint(out, item_renumbered(numbering, node->variable));
    }
    if (node_has_values(node->kind)) {
      buf_put_varint(out, node->values_count);
      for (uint32_t k = 0; k < node->values_count; k++) {
        buf_put_u8(out, node->values[k].is_text);
        if (node->values[k].is_text) {
          buf_put_slice(out, node->values[k].text);
        } else {
          item_put_decimal(node->values[k].number, out);
        }
      }
    }
  }
}

static void node_values_decode(reader *r, arena *a, filter_node *node) {
  node->values_count = item_get_count(r, PROGRAM_VALUES_MAX, 2);
  node->values = ARENA_ARRAY(a, filter_value, node->values_count);
  for (uint32_t k = 0; node->values != NULL && k < node->values_count && r->problem == NULL; k++) {
    node->values[k].is_text = reader_flag(r);
    if (node->values[k].is_text) {
      node->values[k].text = item_get_text(r, a);
    } else {
      node->values[k].number = item_get_decimal(r);
    }
  }
}

void filter_decode(reader *r, arena *a, program_filter *out) {
  out->nodes_count = item_get_count(r, PROGRAM_NODES_MAX, 1);
  out->nodes = ARENA_ARRAY(a, filter_node, out->nodes_count);
  for (uint32_t i = 0; out->nodes != NULL && i < out->nodes_count && r->problem == NULL; i++) {
    filter_node *node = &out->nodes[i];
    uint8_t kind = reader_u8(r);
    if (kind < FILTER_AND || kind > FILTER_HAS) {
      reader_fail(r, "an unknown kind of filter");
      return;
    }
    node->kind = (filter_kind)kind;
    if (node_has_children(node->kind)) {
      node->children = (uint32_t)reader_count(r, PROGRAM_NODES_MAX);
    } else {
      node->children = node->kind == FILTER_NOT ? 1 : 0;
    }
    if (node_has_variable(node->kind)) {
      node->variable = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
    }
    if (node_has_values(node->kind)) {
      node_values_decode(r, a, node);
    }
  }
}

void weight_encode(program_weight w, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, item_renumbered(numbering, w.variable));
  buf_put_u8(out, (uint8_t)w.kind);
}

void weight_decode(reader *r, program_weight *out) {
  out->variable = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
  out->kind = (weight_kind)reader_u8(r);
}

static void optional_encode(uint32_t index, const item_numbering *numbering, buf *out) {
  uint32_t shown = index == PROGRAM_NONE || numbering != NULL ? 0 : index;
  buf_put_varint(out, index == PROGRAM_NONE ? 0 : (uint64_t)shown + 1);
}

static uint32_t optional_decode(reader *r, uint32_t max) {
  uint64_t index = reader_count(r, max);
  return index == 0 ? PROGRAM_NONE : (uint32_t)(index - 1);
}

/* Beside the number of grouping variables. */
#define HAS_LOOPS 0x80U

void accumulator_encode(const program_accumulator *a, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, a->kind);
  buf_put_varint(out, a->variables_count);
  for (uint32_t i = 0; i < a->variables_count; i++) {
    buf_put_varint(out, item_renumbered(numbering, a->variables[i]));
  }
  buf_put_u8(out, (uint8_t)(a->by_count | (a->loops > 0 ? HAS_LOOPS : 0U)));
  if (a->loops > 0) {
    buf_put_varint(out, a->loops);
  }
  for (uint32_t i = 0; i < a->by_count; i++) {
    buf_put_varint(out, item_renumbered(numbering, a->by[i]));
  }
  optional_encode(a->filter, numbering, out);
  optional_encode(a->weight, numbering, out);
  buf_put_varint(out, a->params_count);
  for (uint32_t i = 0; i < a->params_count; i++) {
    buf_put_signed(out, a->params[i]);
  }
}

void accumulator_decode(reader *r, arena *a, program_accumulator *out) {
  out->kind = (uint32_t)reader_count(r, UINT16_MAX);
  out->variables = item_get_references(r, a, PROGRAM_VARIABLES_MAX, &out->variables_count);
  const unsigned by_count = reader_u8(r);
  out->by_count = by_count & ~HAS_LOOPS;
  if (by_count & HAS_LOOPS) {
    out->loops = (uint32_t)reader_count(r, PROGRAM_LOOPS_MAX);
  }
  if (out->by_count > PROGRAM_BY_MAX) {
    reader_fail(r, "more than three grouping variables");
    return;
  }
  for (uint32_t i = 0; i < out->by_count; i++) {
    out->by[i] = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
  }
  out->filter = optional_decode(r, PROGRAM_FILTERS_MAX);
  out->weight = optional_decode(r, PROGRAM_WEIGHTS_MAX);
  out->params_count = item_get_count(r, PROGRAM_PARAMS_MAX, 1);
  out->params = ARENA_ARRAY(a, int64_t, out->params_count);
  for (uint32_t i = 0; out->params != NULL && i < out->params_count && r->problem == NULL; i++) {
    out->params[i] = reader_signed(r);
  }
}

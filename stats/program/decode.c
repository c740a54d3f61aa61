/* A whole program as bytes: version, then variables, filters, weights and accumulators, each with their
 * count.  A variable's bytes follow its name.
 *
 * Decoding adds item by item through the same checks as any caller, and then demands that the program
 * writes the very bytes it was read from: so equal programs have equal bytes, always.
 */
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "stats/program/item.h"

void program_encode(const program *p, buf *out) {
  buf_put_u8(out, PROGRAM_VERSION);
  buf_put_varint(out, p->variables_count);
  for (uint32_t i = 0; i < p->variables_count; i++) {
    buf_put_slice(out, slice_of(p->variables[i].name));
    variable_encode(&p->variables[i], NULL, out);
  }
  buf_put_varint(out, p->filters_count);
  for (uint32_t i = 0; i < p->filters_count; i++) {
    filter_encode(&p->filters[i], NULL, out);
  }
  buf_put_varint(out, p->weights_count);
  for (uint32_t i = 0; i < p->weights_count; i++) {
    weight_encode(p->weights[i], NULL, out);
  }
  buf_put_varint(out, p->accumulators_count);
  for (uint32_t i = 0; i < p->accumulators_count; i++) {
    accumulator_encode(&p->accumulators[i], NULL, out);
  }
}

typedef struct decoding {
  reader *reader;
  program *program;
  arena *item; /* cleared after every item */
  error *err;
} decoding;

/* After reading an item: was the shape right, and was there memory? */
static status item_status(const decoding *d) {
  TRY(reader_status(d->reader, "program", d->err));
  return arena_failed(d->item) ? error_no_memory(d->err, "program") : STATUS_OK;
}

static status item_place(const decoding *d, uint32_t index, uint32_t expected) {
  if (index != expected) {
    return error_set(d->err, STATUS_CORRUPT, "program: an item occurs twice (%u and %u)", index, expected);
  }
  return STATUS_OK;
}

static status decode_variable(decoding *d, uint32_t i) {
  program_variable v = {.name = item_get_name(d->reader, d->item)};
  uint32_t index;
  variable_decode(d->reader, d->item, &v);
  TRY(item_status(d));
  TRY(program_add_variable(d->program, &v, &index, d->err));
  return item_place(d, index, i);
}

static status decode_filter(decoding *d, uint32_t i) {
  program_filter f = {0};
  uint32_t index;
  filter_decode(d->reader, d->item, &f);
  TRY(item_status(d));
  TRY(program_add_filter(d->program, &f, &index, d->err));
  return item_place(d, index, i);
}

static status decode_weight(decoding *d, uint32_t i) {
  program_weight w = {0};
  uint32_t index;
  weight_decode(d->reader, &w);
  TRY(item_status(d));
  TRY(program_add_weight(d->program, w, &index, d->err));
  return item_place(d, index, i);
}

static status decode_accumulator(decoding *d, uint32_t i) {
  program_accumulator a = {0};
  uint32_t index;
  accumulator_decode(d->reader, d->item, &a);
  TRY(item_status(d));
  if (accumulator_find(a.kind) == NULL) {
    return error_set(
        d->err, STATUS_CORRUPT,
        "program: this version of canvass has no accumulator of kind %u; install the same version "
        "on clients and workers, and submit the job again",
        a.kind);
  }
  TRY(program_add_accumulator(d->program, &a, &index, d->err));
  return item_place(d, index, i);
}

static const struct part {
  uint32_t max;
  size_t bytes_min; /* of one item */
  status (*decode)(decoding *d, uint32_t i);
} parts[] = {
    {PROGRAM_VARIABLES_MAX, 3, decode_variable},
    {PROGRAM_FILTERS_MAX, 3, decode_filter},
    {PROGRAM_WEIGHTS_MAX, 2, decode_weight},
    {PROGRAM_ACCUMULATORS_MAX, 6, decode_accumulator},
};

static status decode_parts(decoding *d) {
  const uint8_t *start = d->reader->at;
  item_check_version(d->reader, reader_u8(d->reader), PROGRAM_VERSION);
  for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
    uint32_t count = (uint32_t)reader_count_of(d->reader, parts[k].max, parts[k].bytes_min);
    for (uint32_t i = 0; i < count; i++) {
      TRY(parts[k].decode(d, i));
      arena_clear(d->item);
    }
  }
  TRY(reader_status(d->reader, "program", d->err));
  buf again = {0};
  program_encode(d->program, &again);
  return buf_finish_canonical(&again, start, (size_t)(d->reader->at - start), "program", d->err);
}

status program_decode(reader *r, program **out, error *err) {
  decoding d = {.reader = r, .program = program_new(), .item = arena_new(), .err = err};
  status st = d.program != NULL && d.item != NULL ? decode_parts(&d) : error_no_memory(err, "program");
  arena_destroy(d.item);
  if (st == STATUS_OK) {
    *out = d.program;
    return STATUS_OK;
  }
  program_destroy(d.program);
  if (st == STATUS_NO_MEMORY || st == STATUS_CORRUPT) {
    return st;
  }
  if (err != NULL) {
    err->code = STATUS_CORRUPT;
  }
  return error_context(err, STATUS_CORRUPT, "program");
}

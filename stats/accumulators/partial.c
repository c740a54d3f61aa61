/* Partials: one state per accumulator of a program.
 *
 * Bytes: version; then per accumulator, in the program's order, its kind, the kind's version and its
 * state with the length in front.  A partial of another program is refused by what does not fit. */
#include "stats/accumulators/partial.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/shape.h"
#include "stats/program/item.h"

enum { PARTIAL_VERSION = 1 };

struct partial {
  const program *p;
  uint32_t count;
  void **states;
};

/* The kind of an accumulator, which must exist and accept it. */
static status find_kind(const program *p, uint32_t accumulator, const accumulator_kind **out, error *err) {
  const program_accumulator *a = &p->accumulators[accumulator];
  *out = accumulator_find(a->kind);
  if (*out == NULL || (*out)->check == NULL) {
    return error_set(err, STATUS_USAGE,
                     "accumulator %u: no kind %u here; is this release older than the plan's?", accumulator,
                     a->kind);
  }
  uint64_t bytes_max;
  return (*out)->check(p, a, &bytes_max, err);
}

/* A limit is reported with the accumulator's variables: kinds whose states do not know them leave that to
 * this function. */
static status name_limit(const program *p, uint32_t accumulator, status s, error *err) {
  char title[256];
  if (s != STATUS_LIMIT || err == NULL) {
    return s;
  }
  accumulator_title(p, &p->accumulators[accumulator], title, sizeof title);
  return strncmp(err->message, title, strlen(title)) == 0 ? s : error_context(err, s, "%s", title);
}

static status partial_new(const program *p, partial **out, error *err) {
  partial *s = calloc(1, sizeof *s);
  void **states = calloc((size_t)p->accumulators_count + 1, sizeof *states);
  if (s == NULL || states == NULL) {
    free(s);
    free(states);
    return error_no_memory(err, "partial");
  }
  *s = (partial){.p = p, .count = p->accumulators_count, .states = states};
  *out = s;
  return STATUS_OK;
}

void partial_destroy(partial *s) {
  if (s == NULL) {
    return;
  }
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->states[i] != NULL) {
      accumulator_find(s->p->accumulators[i].kind)->destroy(s->states[i]);
    }
  }
  free(s->states);
  free(s);
}

/* Where the state of one accumulator comes from. */
typedef status (*state_source)(const program *p, uint32_t accumulator, void *context, void **state,
                               error *err);

static status partial_fill(const program *p, state_source source, void *context, partial **out, error *err) {
  partial *s = NULL;
  TRY(partial_new(p, &s, err));
  for (uint32_t i = 0; i < s->count; i++) {
    status st = source(p, i, context, &s->states[i], err);
    if (st != STATUS_OK) {
      s->states[i] = NULL;
      partial_destroy(s);
      return st;
    }
  }
  *out = s;
  return STATUS_OK;
}

static status state_empty(const program *p, uint32_t accumulator, void *context, void **state, error *err) {
  (void)context;
  const accumulator_kind *kind;
  TRY(find_kind(p, accumulator, &kind, err));
  return kind->empty(p, &p->accumulators[accumulator], state, err);
}

status partial_empty(const program *p, partial **out, error *err) {
  return partial_fill(p, state_empty, NULL, out, err);
}

status partial_map_one(frame *f, uint32_t accumulator, void **state, error *err) {
  const program *p = frame_program(f);
  const program_accumulator *a = &p->accumulators[accumulator];
  const accumulator_kind *kind;
  frame *rows = NULL;
  TRY(find_kind(p, accumulator, &kind, err));
  TRY(frame_stacked(f, a->loops, &rows, err));
  return name_limit(p, accumulator, kind->map(rows, a, state, err), err);
}

static status state_map(const program *p, uint32_t accumulator, void *context, void **state, error *err) {
  (void)p;
  return partial_map_one(context, accumulator, state, err);
}

status partial_map(const program *p, const stats_rows *rows, partial **out, error *err) {
  frame *f;
  TRY(frame_new(p, rows, &f, err));
  status st = partial_fill(p, state_map, f, out, err);
  frame_destroy(f);
  return st;
}

typedef struct cached_mapping {
  partial_rows open;
  void *rows_context;
  const partial_cache *cache;
  frame *frame; /* NULL until a state must be computed */
  buf bytes;
  uint64_t computed;
} cached_mapping;

static bool decode_cached(const program *p, uint32_t accumulator, const buf *bytes, void **state) {
  const program_accumulator *a = &p->accumulators[accumulator];
  const accumulator_kind *kind = accumulator_find(a->kind);
  error ignored; /* it is recomputed */
  reader r;
  reader_init(&r, bytes->data, bytes->length);
  if (kind->decode(p, a, &r, state, &ignored) != STATUS_OK) {
    return false;
  }
  if (reader_finish(&r, kind->name, &ignored) != STATUS_OK) {
    kind->destroy(*state);
    return false;
  }
  return true;
}

static status compute_cached(cached_mapping *m, const program *p, uint32_t accumulator, void **state,
                             error *err) {
  if (m->frame == NULL) {
    const stats_rows *rows = NULL;
    TRY(m->open(m->rows_context, &rows, err));
    TRY(frame_new(p, rows, &m->frame, err));
  }
  TRY(partial_map_one(m->frame, accumulator, state, err));
  m->computed++;
  buf_clear(&m->bytes);
  accumulator_find(p->accumulators[accumulator].kind)->encode(*state, &m->bytes);
  if (!m->bytes.failed) {
    m->cache->put(m->cache->context, accumulator, (slice){(const char *)m->bytes.data, m->bytes.length});
  }
  return STATUS_OK;
}

static status state_cached(const program *p, uint32_t accumulator, void *context, void **state, error *err) {
  cached_mapping *m = context;
  const accumulator_kind *kind;
  TRY(find_kind(p, accumulator, &kind, err));
  buf_clear(&m->bytes);
  if (m->cache->get(m->cache->context, accumulator, &m->bytes) && !m->bytes.failed &&
      decode_cached(p, accumulator, &m->bytes, state)) {
    return STATUS_OK;
  }
  return compute_cached(m, p, accumulator, state, err);
}

status partial_map_cached(const program *p, partial_rows rows, void *rows_context, const partial_cache *cache,
                          uint64_t *computed, partial **out, error *err) {
  cached_mapping m = {.open = rows, .rows_context = rows_context, .cache = cache};
  buf_init(&m.bytes);
  const status st = partial_fill(p, state_cached, &m, out, err);
  *computed += m.computed;
  frame_destroy(m.frame);
  buf_fini(&m.bytes);
  return st;
}

status partial_merge(partial *into, const partial *from, error *err) {
  for (uint32_t i = 0; i < into->count; i++) {
    const accumulator_kind *kind = accumulator_find(into->p->accumulators[i].kind);
    TRY(name_limit(into->p, i, kind->merge(into->states[i], from->states[i], err), err));
  }
  return STATUS_OK;
}

void partial_encode(const partial *s, buf *out) {
  buf state;
  buf_init(&state);
  buf_put_u8(out, PARTIAL_VERSION);
  buf_put_varint(out, s->count);
  for (uint32_t i = 0; i < s->count; i++) {
    const accumulator_kind *kind = accumulator_find(s->p->accumulators[i].kind);
    buf_clear(&state);
    kind->encode(s->states[i], &state);
    buf_put_varint(out, (uint64_t)kind->id);
    buf_put_varint(out, kind->version);
    buf_put_slice(out, (slice){(const char *)state.data, state.length});
    out->failed |= state.failed;
  }
  buf_fini(&state);
}

static status state_decode(const program *p, uint32_t accumulator, void *context, void **state, error *err) {
  reader *r = context;
  const accumulator_kind *kind;
  TRY(find_kind(p, accumulator, &kind, err));
  if (reader_varint(r) != (uint64_t)kind->id) {
    reader_fail(r, "a state of another program");
  }
  item_check_version(r, reader_varint(r), kind->version);
  slice bytes = reader_slice(r, reader_left(r));
  TRY(reader_status(r, "partial", err));
  reader inner;
  reader_init(&inner, bytes.bytes, bytes.length);
  TRY(kind->decode(p, &p->accumulators[accumulator], &inner, state, err));
  status st = reader_finish(&inner, kind->name, err);
  if (st != STATUS_OK) {
    kind->destroy(*state);
  }
  return st;
}

status partial_decode(const program *p, reader *r, partial **out, error *err) {
  item_check_version(r, reader_u8(r), PARTIAL_VERSION);
  if (reader_varint(r) != p->accumulators_count) {
    reader_fail(r, "a partial of another program");
  }
  TRY(reader_status(r, "partial", err));
  return partial_fill(p, state_decode, r, out, err);
}

const void *partial_state(const partial *s, uint32_t accumulator) {
  return s->states[accumulator];
}

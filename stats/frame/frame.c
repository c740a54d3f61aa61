/* A frame's life, its memory, and the caches in front of the makers.
 *
 * Memory comes in 64-byte aligned blocks that are freed with the frame: small pieces share a block,
 * large ones have their own.  Kernels read whole cache lines, so every array ends on one.
 */
#include "stats/frame/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

enum { LINE = 64, BLOCK_BYTES = 1 << 18, SHARED_MAX = 1 << 15 };

typedef struct frame_block {
  struct frame_block *next;
  uint8_t *at; /* the free rest of a shared block */
  uint8_t *end;
} frame_block;

static size_t round_up(size_t bytes) {
  return (bytes + (LINE - 1)) & ~(size_t)(LINE - 1);
}

static frame_block *block_new(frame *f, size_t bytes) {
  if (bytes > PTRDIFF_MAX - 2 * LINE) {
    return NULL;
  }
  size_t total = LINE + round_up(bytes);
  frame_block *b = aligned_alloc(LINE, total);
  if (b != NULL) {
    b->next = f->blocks;
    b->at = (uint8_t *)b + LINE;
    b->end = (uint8_t *)b + total;
  }
  return b;
}

void *frame_memory(frame *f, size_t bytes) {
  bytes = bytes ? bytes : 1;
  if (bytes > SHARED_MAX) {
    frame_block *own = block_new(f, bytes);
    if (own == NULL) {
      return NULL;
    }
    /* After the first, which stays the shared one. */
    frame_block **place = f->blocks != NULL ? &f->blocks->next : &f->blocks;
    own->next = *place;
    *place = own;
    void *result = own->at;
    own->at = own->end;
    return result;
  }
  bytes = round_up(bytes);
  if (f->blocks == NULL || (size_t)(f->blocks->end - f->blocks->at) < bytes) {
    frame_block *shared = block_new(f, BLOCK_BYTES);
    if (shared == NULL) {
      return NULL;
    }
    f->blocks = shared;
  }
  void *result = f->blocks->at;
  f->blocks->at += bytes;
  return result;
}

void *frame_array(frame *f, size_t count, size_t size) {
  size_t bytes;
  return __builtin_mul_overflow(count, size, &bytes) ? NULL : frame_memory(f, bytes);
}

void *frame_scratch(frame *f, size_t bytes) {
  void *p = frame_memory(f, bytes);
  if (p != NULL) {
    memset(p, 0, bytes);
  }
  return p;
}

status frame_no_memory(error *err) {
  return error_no_memory(err, "variables of a shard");
}

status frame_new(const program *p, const stats_rows *rows, frame **out, error *err) {
  frame *f = calloc(1, sizeof *f);
  if (f == NULL) {
    return frame_no_memory(err);
  }
  f->program = p;
  f->rows = rows;
  f->count = rows->count;
  f->padded = rows->count ? round_up(rows->count) : LINE;
  f->variables = calloc((size_t)p->variables_count + 1, sizeof(frame_variable *));
  f->filters = calloc((size_t)p->filters_count + 1, sizeof(uint8_t *));
  f->weights = calloc((size_t)p->weights_count + 1, sizeof *f->weights);
  if (f->variables == NULL || f->filters == NULL || f->weights == NULL) {
    frame_destroy(f);
    return frame_no_memory(err);
  }
  *out = f;
  return STATUS_OK;
}

void frame_destroy(frame *f) {
  if (f == NULL) {
    return;
  }
  for (frame_block *b = f->blocks; b != NULL;) {
    frame_block *next = b->next;
    free(b);
    b = next;
  }
  for (frame *stacked = f->stacks; stacked != NULL;) {
    frame *next = stacked->next_stack;
    frame_destroy(stacked);
    stacked = next;
  }
  free(f->variables);
  free(f->filters);
  free(f->weights);
  free(f);
}

uint32_t frame_rows(const frame *f) {
  return f->count;
}

const stats_rows *frame_source(const frame *f) {
  return f->rows;
}

const program *frame_program(const frame *f) {
  return f->program;
}

/* ---- Variables ------------------------------------------------------------------------------------ */

static const struct maker_row {
  variable_kind kind;
  frame_maker *make;
} makers[] = {
    {VARIABLE_SCALE, frame_make_scale},
    {VARIABLE_NOMINAL, frame_make_nominal},
    {VARIABLE_NUMBER, frame_make_number},
    {VARIABLE_DATE, frame_make_date},
    {VARIABLE_TEXT, frame_make_text},
    {VARIABLE_MULTI_CELL, frame_make_multi_cell},
    {VARIABLE_MULTI_FLAGS, frame_make_multi_flags},
    {VARIABLE_RECODE, frame_make_recode},
    {VARIABLE_PERIOD, frame_make_period},
    {VARIABLE_TOP, frame_make_top},
    {VARIABLE_MEAN, frame_make_mean},
    {VARIABLE_OPTION, frame_make_option},
    {VARIABLE_CLUSTER, frame_make_cluster},
    {VARIABLE_DIFFERENCE, frame_make_difference},
    {VARIABLE_COMPUTE, frame_make_compute},
    {VARIABLE_CONDITION, frame_make_condition},
    {VARIABLE_CROSS, frame_make_cross},
    {VARIABLE_RANK, frame_make_rank},
    {VARIABLE_REPLICATE, frame_make_replicate},
    {VARIABLE_SCORE, frame_make_score},
    {VARIABLE_DISTANCE, frame_make_distance},
};

frame_maker *frame_maker_of(variable_kind kind) {
  for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
    if (makers[i].kind == kind) {
      return makers[i].make;
    }
  }
  return NULL;
}

/* The variable, made.  Recursion through inputs is at most PROGRAM_DEPTH_MAX deep. */
status frame_made(frame *f, uint32_t variable, frame_variable **out, error *err) {
  assert(variable < f->program->variables_count);
  const program_variable *v = &f->program->variables[variable];
  if (f->variables[variable] == NULL) {
    frame_variable *fresh = frame_memory(f, sizeof *fresh);
    if (fresh == NULL) {
      return frame_no_memory(err);
    }
    *fresh = (frame_variable){0};
    f->variables[variable] = fresh;
  }
  frame_variable *known = f->variables[variable];
  if (!known->made) {
    TRY(stack_has_own_way(f, variable) ? stack_make(f, variable, known, err)
                                       : frame_maker_of(v->kind)(f, v, known, err));
    known->made = true;
  }
  *out = known;
  return STATUS_OK;
}

status frame_coded(frame *f, uint32_t variable, coded_view *out, error *err) {
  frame_variable *known;
  assert(program_variable_form(&f->program->variables[variable]) == FORM_CODED);
  TRY(frame_made(f, variable, &known, err));
  *out = known->coded;
  return STATUS_OK;
}

/* The key values of a numeric coded variable, row by row. */
static status numbers_of_coded(frame *f, frame_variable *known, error *err) {
  const coded_view *view = &known->coded;
  int64_t *values = frame_array(f, f->padded, sizeof *values);
  uint32_t slots = view->wide != NULL ? UINT16_MAX + 1U : UINT8_MAX + 1U;
  int64_t *table = malloc(slots * sizeof *table);
  if (values == NULL || table == NULL) {
    free(table);
    return frame_no_memory(err);
  }
  for (uint32_t s = 0; s < slots; s++) {
    uint32_t reason = s - (slots - MISSING_REASONS);
    table[s] = s < view->keys.count
                   ? view->keys.numbers[s]
                   : number_missing(reason < MISSING_REASONS ? (missing_reason)reason : MISSING_INVALID);
  }
  for (size_t r = 0; r < f->padded; r++) {
    values[r] = table[view->wide != NULL ? view->wide[r] : view->slots[r]];
  }
  free(table);
  known->number = (number_view){.values = values, .decimals = 0};
  return STATUS_OK;
}

status frame_number(frame *f, uint32_t variable, number_view *out, error *err) {
  frame_variable *known;
  assert(program_variable_is_numeric(&f->program->variables[variable]));
  TRY(frame_made(f, variable, &known, err));
  if (program_variable_form(&f->program->variables[variable]) == FORM_CODED && !known->number_made) {
    TRY(numbers_of_coded(f, known, err));
    known->number_made = true;
  }
  *out = known->number;
  return STATUS_OK;
}

status frame_rounded(frame *f, uint32_t variable, int64_t *count, const uint8_t **rows, error *err) {
  frame_variable *known;
  TRY(frame_made(f, variable, &known, err));
  *count = known->rounded;
  *rows = known->rounded > 0 ? known->roundings : NULL;
  return STATUS_OK;
}

status frame_tidied(frame *f, uint32_t variable, uint32_t column, const uint8_t **rows, error *err) {
  frame_variable *known;
  TRY(frame_made(f, variable, &known, err));
  *rows = known->tidied != NULL ? known->tidied[column] : NULL;
  return STATUS_OK;
}

status frame_text(frame *f, uint32_t variable, text_view *out, error *err) {
  frame_variable *known;
  assert(program_variable_form(&f->program->variables[variable]) == FORM_TEXT);
  TRY(frame_made(f, variable, &known, err));
  *out = known->text;
  return STATUS_OK;
}

status frame_set(frame *f, uint32_t variable, set_view *out, error *err) {
  frame_variable *known;
  assert(program_variable_form(&f->program->variables[variable]) == FORM_SET);
  TRY(frame_made(f, variable, &known, err));
  *out = known->set;
  return STATUS_OK;
}

status frame_answers(frame *f, uint32_t variable, answers_view *out, error *err) {
  *out = (answers_view){0};
  switch (program_variable_form(&f->program->variables[variable])) {
    case FORM_CODED: {
      coded_view v;
      TRY(frame_coded(f, variable, &v, err));
      out->slots = v.slots;
      out->slots_count = v.keys.count;
      out->wide = v.wide;
      break;
    }
    case FORM_NUMBER: {
      number_view v;
      TRY(frame_number(f, variable, &v, err));
      out->numbers = v.values;
      break;
    }
    case FORM_TEXT: {
      text_view v;
      TRY(frame_text(f, variable, &v, err));
      out->text_missing = v.missing;
      break;
    }
    case FORM_SET: {
      set_view v;
      TRY(frame_set(f, variable, &v, err));
      out->slots = v.answered;
      out->slots_count = 1;
      break;
    }
  }
  return STATUS_OK;
}

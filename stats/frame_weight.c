/* Weights: numbers that are above 0 and, where all of a shard are small, 32 bits wide. */
#include <assert.h>
#include <string.h>

#include "stats/frame_state.h"

/* Whether any weight needs more than narrow kernels take. */
static bool any_wide(const frame *f, const int64_t *mantissas) {
  bool wide = false;
  for (uint32_t r = 0; r < f->count; r++) {
    wide |= mantissas[r] >= WEIGHT_NARROW_END;
  }
  return wide;
}

static status make_weight(frame *f, uint32_t weight, frame_weight *w, error *err) {
  number_view view;
  TRY(frame_number(f, f->program->weights[weight].variable, &view, err));
  const bool wide = any_wide(f, view.values);
  uint32_t *narrow_values = wide ? NULL : frame_array(f, f->padded, sizeof *narrow_values);
  int64_t *wide_values = wide ? frame_array(f, f->padded, sizeof *wide_values) : NULL;
  w->usable = frame_memory(f, f->padded);
  if ((!narrow_values && !wide_values) || !w->usable) {
    return frame_no_memory(err);
  }
  for (size_t r = 0; r < f->padded; r++) {
    const int64_t v = view.values[r] > 0 ? view.values[r] : 0;
    if (wide) {
      wide_values[r] = v;
    } else {
      narrow_values[r] = (uint32_t)v;
    }
    w->usable[r] = v > 0;
  }
  w->zeros = 0;
  for (uint32_t r = 0; r < f->count; r++) {
    w->zeros += view.values[r] == 0;
  }
  w->all_usable = !memchr(w->usable, 0, f->count);
  w->view = (weight_view){.narrow = narrow_values, .wide = wide_values, .decimals = view.decimals};
  w->made = true;
  return STATUS_OK;
}

status frame_weight_of(frame *f, uint32_t weight, const frame_weight **out, error *err) {
  assert(weight < f->program->weights_count);
  if (!f->weights[weight].made) {
    TRY(make_weight(f, weight, &f->weights[weight], err));
  }
  *out = &f->weights[weight];
  return STATUS_OK;
}

status frame_weights(frame *f, uint32_t weight, weight_view *out, error *err) {
  *out = (weight_view){0};
  if (weight == PROGRAM_NONE) {
    return STATUS_OK;
  }
  const frame_weight *w;
  TRY(frame_weight_of(f, weight, &w, err));
  *out = w->view;
  return STATUS_OK;
}

status frame_weight_zeros(frame *f, uint32_t weight, int64_t *count, error *err) {
  *count = 0;
  if (weight == PROGRAM_NONE) {
    return STATUS_OK;
  }
  const frame_weight *w;
  TRY(frame_weight_of(f, weight, &w, err));
  *count = w->zeros;
  return STATUS_OK;
}

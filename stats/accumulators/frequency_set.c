/* FREQUENCY of multiple choice: one column of flags per option, tallied separately, and those who
 * answered. */
#include <stdlib.h>

#include "stats/accumulators/frequency.h"

/* Whether anyone chose the option, or (ASKED) was asked it. Flags that are not answers are far above 1. */
static bool option_occurs(const grouped_rows *in, const uint8_t *flags, bool asked) {
  for (uint32_t row = 0, place; row < in->count; row++) {
    if ((flags[row] == 1 || (asked && flags[row] == 0)) && grouped_rows_place(in, row, &place)) {
      return true;
    }
  }
  return false;
}

static status add_option(frequency_state *s, const grouped_rows *in, const uint8_t *flags, uint32_t key,
                         error *err) {
  tally t = {0};
  status st = tally_slots(in, flags, 2, &t, err);
  for (uint32_t g = 0; st == STATUS_OK && g < in->view.count; g++) {
    if (in->view.used[g] != 0) {
      const size_t first = (size_t)in->places[g] * frequency_places(s);
      frequency_add_tally(s, first + key, &t, g, 1);
      for (uint8_t flag = 0; s->own_bases && flag <= 1; flag++) {
        frequency_add_tally(s, first + frequency_base_at(s, key), &t, g, flag);
      }
    }
  }
  tally_fini(&t);
  return st;
}

static status add_answered(frequency_state *s, const grouped_rows *in, const uint8_t *answered, error *err) {
  tally t = {0};
  status st = tally_slots(in, answered, 1, &t, err);
  for (uint32_t g = 0; st == STATUS_OK && g < in->view.count; g++) {
    if (in->view.used[g] != 0) {
      const size_t place = in->places[g];
      frequency_add_tally(s, place * frequency_places(s) + frequency_answered_at(s), &t, g, 0);
      frequency_add_missing(s, place, &t, g);
    }
  }
  tally_fini(&t);
  return st;
}

status frequency_map_set(frequency *f, const grouped_rows *in, const set_view *view, error *err) {
  frequency_state *s = &f->s;
  bool *occurs = calloc((size_t)view->options.count + 1, sizeof *occurs);
  uint32_t *map = malloc(((size_t)view->options.count + 1) * sizeof *map);
  status st = occurs != NULL && map != NULL ? STATUS_OK : error_no_memory(err, "frequency");
  for (uint32_t o = 0; st == STATUS_OK && o < view->options.count; o++) {
    occurs[o] = option_occurs(in, view->flags[o], s->own_bases);
  }
  if (st == STATUS_OK) {
    st = axis_from_keys(&view->options, s->keys.is_text, occurs, &s->keys, map, err);
  }
  if (st == STATUS_OK) {
    st = frequency_make_cells(f, err);
  }
  for (uint32_t o = 0; st == STATUS_OK && o < view->options.count; o++) {
    if (occurs[o]) {
      st = add_option(s, in, view->flags[o], map[o], err);
    }
  }
  if (st == STATUS_OK) {
    st = add_answered(s, in, view->answered, err);
  }
  free(occurs);
  free(map);
  return st;
}

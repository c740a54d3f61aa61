/* Texts of rows are made from views alone, never from the program's rules. */
#include "tests/stats/shown.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 4096 };

static char shown[SHOWN_MAX];

static void need(status result, const error *err) {
  if (result != STATUS_OK) {
    fprintf(stderr, "frame: %s\n", err->message);
    abort();
  }
}

static void append(const char *text, size_t length) {
  size_t used = strlen(shown);
  if (used + length + 1 < SHOWN_MAX) {
    memcpy(shown + used, text, length);
    shown[used + length] = '\0';
  }
}

static void append_missing(unsigned reason) {
  append("!", 1);
  append(missing_name((missing_reason)reason), strlen(missing_name((missing_reason)reason)));
}

static void append_key(const coded_keys *keys, uint32_t index) {
  char text[32];
  if (keys->texts != NULL) {
    append(keys->texts[index].bytes, keys->texts[index].length);
  } else {
    append(text, (size_t)snprintf(text, sizeof text, "%" PRId64, keys->numbers[index]));
  }
}

static void show_coded(frame *f, uint32_t variable, uint32_t row) {
  coded_view view;
  error err;
  need(frame_coded(f, variable, &view, &err), &err);
  uint32_t slot = view.slots != NULL ? view.slots[row] : view.wide[row];
  uint32_t first = view.slots != NULL ? SLOT_MISSING : SLOT_WIDE_MISSING;
  if (slot >= first) {
    append_missing(slot - first);
  } else if (slot < view.keys.count) {
    append_key(&view.keys, slot);
  } else {
    append("no such key", 11);
  }
}

static void show_number(frame *f, uint32_t variable, uint32_t row) {
  number_view view;
  error err;
  char text[40];
  need(frame_number(f, variable, &view, &err), &err);
  int64_t v = view.values[row];
  if (number_is_missing(v)) {
    append_missing(number_reason(v));
  } else {
    append(text, (size_t)decimal_format((decimal){v, view.decimals}, text));
  }
}

static void show_text(frame *f, uint32_t variable, uint32_t row) {
  text_view view;
  error err;
  need(frame_text(f, variable, &view, &err), &err);
  if (view.missing[row]) {
    append_missing(view.missing[row] - 1U);
  } else {
    append(view.texts[row].bytes, view.texts[row].length);
  }
}

static int text_order(const void *a, const void *b) {
  return slice_compare(*(const slice *)a, *(const slice *)b);
}

/* "?web!refused": an option without an answer in a row that has one. */
static void show_unknown(slice option, unsigned reason) {
  append("?", 1);
  append(option.bytes, option.length);
  append_missing(reason);
}

static void show_set(frame *f, uint32_t variable, uint32_t row) {
  set_view view;
  error err;
  slice chosen[256];
  size_t count = 0;
  need(frame_set(f, variable, &view, &err), &err);
  const bool is_answered = view.answered[row] == 0;
  if (!is_answered) {
    append_missing(view.answered[row] - (unsigned)SLOT_MISSING);
  }
  for (uint32_t k = 0; k < view.options.count; k++) {
    uint8_t flag = view.flags[k][row];
    const bool as_the_row = is_answered ? flag <= 1 : flag == view.answered[row];
    if (view.own_bases ? !is_answered && flag <= 1 : !as_the_row) {
      append("flags disagree", 14);
    }
    if (flag == 1 && count < 256) {
      chosen[count++] = view.options.texts[k];
    }
  }
  qsort(chosen, count, sizeof chosen[0], text_order);
  append("{", is_answered);
  for (size_t i = 0; i < count; i++) {
    append(";", i > 0);
    append(chosen[i].bytes, chosen[i].length);
  }
  append("}", is_answered);
  for (uint32_t k = 0; is_answered && k < view.options.count; k++) {
    if (view.flags[k][row] > 1) {
      show_unknown(view.options.texts[k], view.flags[k][row] - (unsigned)SLOT_MISSING);
    }
  }
}

const char *shown_row(frame *f, uint32_t variable, uint32_t row) {
  shown[0] = '\0';
  switch (program_variable_form(&frame_program(f)->variables[variable])) {
    case FORM_CODED:
      show_coded(f, variable, row);
      break;
    case FORM_NUMBER:
      show_number(f, variable, row);
      break;
    case FORM_TEXT:
      show_text(f, variable, row);
      break;
    case FORM_SET:
      show_set(f, variable, row);
      break;
  }
  return shown;
}

const char *shown_group(const group_view *g, uint32_t row) {
  shown[0] = '\0';
  uint32_t group = g->slots != NULL ? g->slots[row] : 0;
  if (group == GROUP_EXCLUDED) {
    append("excluded", 8);
    return shown;
  }
  for (uint32_t i = 0; i < g->by_count; i++) {
    uint32_t key = g->tuples[(size_t)group * g->by_count + i];
    append("|", i > 0);
    if (key == UINT32_MAX) {
      append("!", 1);
    } else {
      append_key(&g->keys[i], key);
    }
  }
  return shown;
}

/* Collecting mistakes: they are listed in the order of their places, equal ones once. */
#include "specification/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tidy.h"
#include "specification/yaml_slips.h"

enum { QUOTE_COLUMNS = 60, MESSAGE_BYTES = 900, CANDIDATES_SHOWN = 16, NEAREST_MAX = 100 };

problem_list *problems_new(arena *a, const char *source) {
  problem_list *p = ARENA_NEW(a, problem_list);
  if (p != NULL) {
    p->memory = a;
    p->source = source;
  }
  return p;
}

static void __attribute__((format(printf, 3, 0)))
add(problem_list *p, place at, const char *format, va_list arguments) {
  if (p->muted) {
    return;
  }
  char message[MESSAGE_BYTES];
  (void)vsnprintf(message, sizeof message, format, arguments);
  for (size_t i = 0; i < p->listed; i++) {
    const problem *other = &p->list[i];
    if (other->at.line == at.line && other->at.column == at.column && other->at.source == at.source &&
        strcmp(other->message, message) == 0) {
      return;
    }
  }
  p->count++;
  if (p->listed == PROBLEMS_MAX) {
    return;
  }
  const char *copy = arena_copy(p->memory, slice_of(message));
  p->list[p->listed++] = (problem){.at = at, .message = copy != NULL ? copy : "out of memory"};
}

void problem_at(problem_list *p, place at, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add(p, at, format, arguments);
  va_end(arguments);
}

void problem_of_data(problem_list *p, place at, const char *format, ...) {
  size_t before = p->count;
  va_list arguments;
  va_start(arguments, format);
  add(p, at, format, arguments);
  va_end(arguments);
  p->data_count += p->count - before;
}

void problem_nearest(problem_list *p, place at, slice name, const char *const *candidates, size_t count,
                     const char *format, ...) {
  char told[MESSAGE_BYTES / 2];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(told, sizeof told, format, arguments);
  va_end(arguments);
  /* Looking for the nearest name is slow; a page with hundreds of mistakes can do without. */
  const char *nearest = p->listed < NEAREST_MAX ? text_nearest(name, candidates, count) : NULL;
  if (nearest != NULL) {
    problem_at(p, at, "%s; did you mean '%s'?", told, problem_quote(p, slice_of(nearest)));
    return;
  }
  char known[MESSAGE_BYTES / 2];
  size_t length = 0;
  for (size_t i = 0; count <= CANDIDATES_SHOWN && i < count && length < sizeof known; i++) {
    int written = snprintf(known + length, sizeof known - length, "%s%s",
                           i == 0 ? "; expected one of: " : ", ", problem_quote(p, slice_of(candidates[i])));
    length += written < 0 ? 0 : (size_t)written;
  }
  problem_at(p, at, "%s%s", told, length > 0 ? known : "");
}

void problem_unknown(problem_list *p, place at, const char *kind, slice name, const char *const *candidates,
                     size_t count) {
  const char *slip = yaml_slip_of_text(p, name);
  const char *shown = problem_quote(p, name);
  if (slip[0] != '\0') {
    problem_at(p, at, "unknown %s '%s'%s", kind, shown, slip);
  } else {
    problem_nearest(p, at, name, candidates, count, "unknown %s '%s'", kind, shown);
  }
}

/* Without characters that nobody would see. */
static slice shown_wholly(const problem_list *p, slice text) {
  if (!tidy_is_hiding(text)) {
    return text;
  }
  buf shown;
  buf_init(&shown);
  tidy_show(text, &shown);
  const slice copy = arena_slice(p->memory, (slice){(const char *)shown.data, shown.length});
  buf_fini(&shown);
  return copy;
}

const char *problem_quote(const problem_list *p, slice text) {
  text = shown_wholly(p, text);
  slice shown = text_fit(text, QUOTE_COLUMNS);
  bool cut = shown.length < text.length;
  char *copy = arena_alloc(p->memory, 2 * shown.length + sizeof "...");
  if (copy == NULL) {
    return "?";
  }
  size_t length = 0;
  for (size_t i = 0; i < shown.length; i++) {
    unsigned char byte = (unsigned char)shown.bytes[i];
    bool is_tab = byte == '\t';
    if (is_tab) {
      copy[length++] = '\\';
    }
    copy[length++] = is_tab ? 't' : byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
  }
  memcpy(copy + length, cut ? "..." : "", cut ? sizeof "..." : 1);
  return copy;
}

static int by_place(const void *left, const void *right) {
  const problem *a = left;
  const problem *b = right;
  if (a->at.source != b->at.source) {
    return a->at.source == NULL ? -1 : 1; /* there are but two files */
  }
  if (a->at.line != b->at.line) {
    return a->at.line < b->at.line ? -1 : 1;
  }
  if (a->at.column != b->at.column) {
    return a->at.column < b->at.column ? -1 : 1;
  }
  return strcmp(a->message, b->message);
}

static const char *source_of(const problem_list *p, const problem *one) {
  return one->at.source != NULL ? one->at.source : p->source;
}

status problems_finish(problem_list *p, spec_problems *out, error *err) {
  if (p->count == 0) {
    return STATUS_OK;
  }
  qsort(p->list, p->listed, sizeof p->list[0], by_place);
  for (size_t i = 0; i < p->listed; i++) {
    const problem *one = &p->list[i];
    buf_printf(&out->text, "%s:%u:%u: %s\n", source_of(p, one), one->at.line, one->at.column, one->message);
  }
  if (p->count > p->listed) {
    buf_printf(&out->text, "%s: %zu further mistakes are not listed\n", p->source, p->count - p->listed);
  }
  out->count += p->count;
  out->data_count += p->data_count;
  TRY(buf_status(&out->text, "the list of mistakes", err));
  const problem *first = &p->list[0];
  return error_set(err, p->data_count == p->count ? STATUS_DATA : STATUS_SPECIFICATION, "%s:%u:%u: %s",
                   source_of(p, first), first->at.line, first->at.column, first->message);
}

void spec_problems_fini(spec_problems *p) {
  buf_fini(&p->text);
  buf_fini(&p->account);
  p->count = p->data_count = 0;
}

/* Texts for the page, in the facts' memory. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "specification/proposal/guess.h"
#include "specification/proposal/yaml_text.h"

enum { LINE_BYTES = 1024 };

const char *guess_slice(guesses *g, slice text) {
  const char *copy = arena_copy(g->facts.memory, text);
  return copy != NULL ? copy : "";
}

const char *guess_yaml(guesses *g, slice text) {
  buf out;
  buf_init(&out);
  yaml_text_put(&out, text);
  g->out_of_memory = g->out_of_memory || out.failed;
  const char *copy = guess_slice(g, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
  return copy;
}

const char *guess_text(guesses *g, const char *format, ...) {
  char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const slice whole = slice_of(line);
  return guess_slice(g, (slice){line, text_utf8_check(line, whole.length)});
}

const char *guess_count(guesses *g, uint64_t n) {
  char text[TEXT_COUNT_BYTES];
  return guess_slice(g, slice_of(text_of_count(n, text)));
}

const char *guess_whole(guesses *g, int64_t n) {
  return guess_text(g, "%" PRId64, n);
}

const char *guess_fill(guesses *g, phrase p, const char *const *texts, size_t count) {
  buf filled;
  buf_init(&filled);
  phrase_put(p, g->language, texts, count, &filled);
  g->out_of_memory = g->out_of_memory || filled.failed;
  const char *copy = guess_slice(g, (slice){(const char *)filled.data, filled.length});
  buf_fini(&filled);
  return copy;
}

void guess_note(guess *at, const char *note) {
  if (at->notes_count < GUESS_NOTES_MAX) {
    at->notes[at->notes_count++] = note;
  }
}

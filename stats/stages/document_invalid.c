/* The texts of invalid cells in the report: the most frequent ones with their counts, and how many more there
 * are. */
#include <stdlib.h>

#include "stats/stages/run.h"

enum { TEXTS_SHOWN = 10 };

/* The most frequent first, then the one that comes first in the data. */
static int compare_by_count(const void *left, const void *right) {
  const invalid_text *a = *(const invalid_text *const *)left;
  const invalid_text *b = *(const invalid_text *const *)right;
  if (a->n != b->n) {
    return a->n > b->n ? -1 : 1;
  }
  if (a->first.ordinal != b->first.ordinal) {
    return a->first.ordinal < b->first.ordinal ? -1 : 1;
  }
  return a < b ? -1 : a > b; /* a hostile state: in its own order */
}

static json *text_json(arena *a, const plan *p, const invalid_text *t) {
  json *o = json_object(a);
  json_set(o, "value", json_text(a, t->first.text));
  json_set_integer(o, "n", t->n);
  json_set(o, "file", json_text(a, plan_file_name(p, t->first.file)));
  json_set_integer(o, "line", (int64_t)t->first.line);
  return o;
}

/* The texts that are not shown, and those that are not even kept, whose number is not known. */
static json *rest_json(arena *a, const invalid_state *s, uint32_t shown, int64_t shown_n) {
  int64_t kept_n = 0;
  for (uint32_t i = 0; i < s->count; i++) {
    kept_n += s->texts[i].n;
  }
  json *o = json_object(a);
  json_set_integer(o, "n", s->n - shown_n);
  json_set_integer(o, "texts", s->count - shown);
  json_set(o, "complete", json_bool(a, kept_n == s->n));
  return o;
}

void document_invalid_texts(json *facts, const plan *p, const invalid_state *s) {
  if (s == NULL || s->count == 0) {
    return;
  }
  arena *a = json_arena(facts);
  const invalid_text **order = ARENA_ARRAY(a, const invalid_text *, s->count);
  if (order == NULL) {
    return; /* the arena remembers */
  }
  for (uint32_t i = 0; i < s->count; i++) {
    order[i] = &s->texts[i];
  }
  qsort(order, s->count, sizeof *order, compare_by_count);
  json *texts = json_array(a);
  uint32_t shown = 0;
  int64_t shown_n = 0;
  for (; shown < s->count && shown < TEXTS_SHOWN; shown++) {
    json_push(texts, text_json(a, p, order[shown]));
    shown_n += order[shown]->n;
  }
  json_set(facts, "invalid_texts", texts);
  if (shown_n < s->n) {
    json_set(facts, "invalid_texts_more", rest_json(a, s, shown, shown_n));
  }
}

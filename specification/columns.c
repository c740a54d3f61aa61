/* The columns that the codebook wants, with the hint that suits their declaration.  A column of
 * numbers loses the texts of its cells, so it is hinted only where nothing else reads the column. */
#include "specification/columns.h"

#include <stdlib.h>
#include <string.h>

#include "specification/codebook.h"

/* Beyond this many codes a scale is stored better as a number. */
enum { SCALE_CODES_MAX = 100 };

typedef struct wanted {
  const char *name;
  reading_hint hint;
  bool optional;
  size_t order;
} wanted;

static reading_hint hint_of(const program_variable *v) {
  switch (v->kind) {
    case VARIABLE_NUMBER:
      return READING_HINT_NUMBER;
    case VARIABLE_SCALE:
      return v->high - v->low >= SCALE_CODES_MAX ? READING_HINT_NUMBER : READING_HINT_TEXT_CODES;
    case VARIABLE_TEXT:
      return READING_HINT_TEXT;
    default:
      return READING_HINT_TEXT_CODES;
  }
}

static int by_name(const void *left, const void *right) {
  const wanted *a = left;
  const wanted *b = right;
  int order = strcmp(a->name, b->name);
  return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *left, const void *right) {
  const wanted *a = left;
  const wanted *b = right;
  return (a->order > b->order) - (a->order < b->order);
}

static size_t list_all(const compilation *c, wanted *into) {
  size_t count = 0;
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    const symbol *s = c->symbols[i];
    const program_variable *v = &s->variable;
    if ((s->origin != SYMBOL_CODEBOOK && s->origin != SYMBOL_STACKED) || s->state != SYMBOL_READY) {
      continue;
    }
    for (uint32_t k = 0; k < (v->columns_count > 0 ? v->columns_count : 1); k++) {
      if (into != NULL) {
        into[count] =
            (wanted){v->columns_count > 0 ? v->columns[k] : v->column, hint_of(v), v->optional, count};
      }
      count++;
    }
  }
  return count;
}

static reading_hint merge_hints(reading_hint a, reading_hint b) {
  if (a == b) {
    return a;
  }
  return a == READING_HINT_TEXT_CODES || b == READING_HINT_TEXT_CODES ? READING_HINT_TEXT_CODES
                                                                      : READING_HINT_TEXT;
}

reading_column *columns_wanted(const compilation *c, arena *a, size_t *count) {
  size_t all = list_all(c, NULL);
  wanted *list = ARENA_ARRAY(a, wanted, all + 1);
  reading_column *columns = ARENA_ARRAY(a, reading_column, all + 1);
  if (list == NULL || columns == NULL) {
    return NULL;
  }
  (void)list_all(c, list);
  qsort(list, all, sizeof list[0], by_name);
  size_t kept = 0;
  for (size_t i = 0; i < all; i++) {
    if (kept > 0 && strcmp(list[kept - 1].name, list[i].name) == 0) {
      list[kept - 1].hint = merge_hints(list[kept - 1].hint, list[i].hint);
      list[kept - 1].optional = list[kept - 1].optional && list[i].optional;
    } else {
      list[kept++] = list[i];
    }
  }
  qsort(list, kept, sizeof list[0], by_order);
  for (size_t i = 0; i < kept; i++) {
    columns[i] = (reading_column){
        .name = arena_copy(a, slice_of(list[i].name)), .hint = list[i].hint, .optional = list[i].optional};
    if (columns[i].name == NULL) {
      return NULL;
    }
  }
  *count = kept;
  return columns;
}

static bool reads_texts(const program_variable *v) {
  return v->kind == VARIABLE_NOMINAL || v->kind == VARIABLE_DATE || v->kind == VARIABLE_TEXT ||
         v->kind == VARIABLE_MULTI_CELL;
}

void columns_check_kept(compilation *c) {
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    const symbol *s = c->symbols[i];
    if (s->origin != SYMBOL_CODEBOOK || s->state != SYMBOL_READY || !reads_texts(&s->variable)) {
      continue;
    }
    const manifest_column *column = codebook_find_column(c, slice_of(s->variable.column));
    if (column != NULL && column->as_numbers) {
      problem_of_data(c->problems, s->key->at,
                      "'%s' is %s, but the dataset keeps its column as numbers, and how they were written "
                      "(05, 5.0) is lost; put the files as another dataset with this specification",
                      problem_quote(c->problems, slice_of(s->name)), symbol_kind_name(s));
    }
  }
}

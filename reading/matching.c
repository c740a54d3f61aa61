/* Names in order, so that each is found at once. */
#include "reading/matching.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/tidy.h"
#include "reading/account.h"

enum { ABSENT_SHOWN = 10 };

typedef const input_column *column_pointer;

static int compare_by_name(const void *left, const void *right) {
  const column_pointer *a = left;
  const column_pointer *b = right;
  const int order = slice_compare((*a)->name, (*b)->name);
  return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* To be freed; NULL: out of memory. */
static column_pointer *sort_columns(const input_header *h) {
  column_pointer *sorted = malloc(((size_t)h->count + 1) * sizeof *sorted);
  for (uint32_t i = 0; sorted != NULL && i < h->count; i++) {
    sorted[i] = &h->columns[i];
  }
  if (sorted != NULL) {
    qsort(sorted, h->count, sizeof *sorted, compare_by_name);
  }
  return sorted;
}

status matching_check_names(const input_file *f, error *err) {
  const input_header *h = &f->header;
  const char *title = f->title;
  column_pointer *sorted = sort_columns(h);
  if (sorted == NULL) {
    return error_no_memory(err, title);
  }
  status st = STATUS_OK;
  for (uint32_t i = 1; i < h->count && st == STATUS_OK; i++) {
    if (slice_equal(sorted[i - 1]->name, sorted[i]->name)) {
      st = error_set(err, STATUS_DATA,
                     "%s:%llu: columns %td and %td have the same name \"%.*s\"; rename one of them", title,
                     (unsigned long long)h->line, sorted[i - 1] - h->columns + 1, sorted[i] - h->columns + 1,
                     SLICE_ARG(sorted[i]->name));
    }
  }
  free(sorted);
  return st;
}

/* ---- Finding ------------------------------------------------------------------------------------- */

/* The names of the header that none of the COUNT CELLS uses: only they can have been meant. */
static const char **list_free(const input_header *h, const uint32_t *cells, uint32_t count, arena *memory,
                              uint32_t *free_count) {
  const char **names = ARENA_ARRAY(memory, const char *, (size_t)h->count + 1);
  bool *used = ARENA_ARRAY(memory, bool, (size_t)h->count + 1);
  if (arena_failed(memory)) {
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    used[cells[i] != INPUT_ABSENT ? cells[i] : h->count] = true;
  }
  *free_count = 0;
  for (uint32_t i = 0; i < h->count; i++) {
    if (!used[i]) {
      names[(*free_count)++] = arena_copy(memory, h->columns[i].name);
    }
  }
  return names;
}

/* All wanted columns that are absent and not EXCUSED, each with the name that was probably meant. */
static status report_absent(const input_file *f, const slice *wanted, const bool *excused, uint32_t count,
                            const char *called, const uint32_t *cells, error *err) {
  arena *memory = arena_new();
  uint32_t free_count = 0;
  const char **names = memory != NULL ? list_free(&f->header, cells, count, memory, &free_count) : NULL;
  if (names == NULL || arena_failed(memory)) {
    arena_destroy(memory);
    return error_no_memory(err, called);
  }
  buf list;
  buf account;
  uint32_t absent = 0;
  buf_init(&list);
  buf_init(&account);
  input_account(f, &account);
  for (uint32_t i = 0; i < count; i++) {
    if (cells[i] != INPUT_ABSENT || (excused != NULL && excused[i]) || absent++ >= ABSENT_SHOWN) {
      continue;
    }
    const char *nearest = text_nearest(wanted[i], names, free_count);
    buf_printf(&list, "%s\"%.*s\"", list.length > 0 ? ", " : "", SLICE_ARG(wanted[i]));
    if (nearest != NULL) {
      buf_printf(&list, " (did you mean \"%s\"?)", nearest);
    }
  }
  if (absent > ABSENT_SHOWN) {
    char left[TEXT_COUNT_BYTES];
    buf_printf(&list, " and %s more", text_of_count(absent - ABSENT_SHOWN, left));
  }
  const status st =
      error_set(err, STATUS_DATA, "%s: these columns are not %s: %.*s; %.*s", called, f->format->names_stand,
                (int)list.length, (const char *)list.data, (int)account.length, (const char *)account.data);
  buf_fini(&account);
  buf_fini(&list);
  arena_destroy(memory);
  return st;
}

static int compare_name(const void *key, const void *element) {
  const column_pointer *column = element;
  return slice_compare(*(const slice *)key, (*column)->name);
}

/* The one column whose name looks like WANTED (base/tidy.h); NULL: none does, or several do. */
static const input_column *find_alike(const input_header *h, slice wanted) {
  const input_column *found = NULL;
  uint32_t count = 0;
  for (uint32_t i = 0; i < h->count; i++) {
    if (tidy_alike_titles(h->columns[i].name, wanted)) {
      found = &h->columns[i];
      count++;
    }
  }
  return count == 1 ? found : NULL;
}

/* OPTIONAL: which of WANTED the file may lack; NULL: none. */
static status find(const input_file *f, const slice *wanted, const bool *optional, uint32_t count,
                   const char *called, uint32_t *cells, error *err) {
  const input_header *h = &f->header;
  column_pointer *sorted = sort_columns(h);
  if (sorted == NULL) {
    return error_no_memory(err, called);
  }
  uint32_t absent = 0;
  uint32_t needed = 0;
  for (uint32_t i = 0; i < count; i++) {
    const column_pointer *same = bsearch(&wanted[i], sorted, h->count, sizeof *sorted, compare_name);
    const input_column *found = same != NULL ? *same : find_alike(h, wanted[i]);
    cells[i] = found != NULL ? (uint32_t)(found - h->columns) : INPUT_ABSENT;
    absent += found == NULL;
    needed += found == NULL && (optional == NULL || !optional[i]);
  }
  free(sorted);
  const bool is_well = absent == 0 || (absent < count && (needed == 0 || f->format->may_lack_columns));
  const bool *excused = needed > 0 ? optional : NULL;
  return is_well ? STATUS_OK : report_absent(f, wanted, excused, count, called, cells, err);
}

status matching_find(const encoder_schema *schema, const input_file *f, const char *called, arena *memory,
                     uint32_t **cells, error *err) {
  *cells = ARENA_ARRAY(memory, uint32_t, (size_t)schema->count + 1);
  if (*cells == NULL) {
    return error_no_memory(err, called);
  }
  return find(f, schema->names, schema->optional, schema->count, called, *cells, err);
}

/* ---- Choosing ------------------------------------------------------------------------------------ */

typedef struct wanted {
  slice name;
  uint32_t cell;
  reading_hint hint;
  bool optional;
} wanted;

/* By their places in the file; absent ones, which have none, by their names. */
static int compare_wanted(const void *left, const void *right) {
  const wanted *a = left;
  const wanted *b = right;
  const int order = (a->cell > b->cell) - (a->cell < b->cell);
  return order != 0 || a->cell != INPUT_ABSENT ? order : slice_compare(a->name, b->name);
}

static reading_hint hint_of(const input_column *column, bool *open) {
  *open = *open || column->type == INPUT_UNKNOWN;
  return column->type == INPUT_NUMBERS ? READING_HINT_NUMBER : READING_HINT_TEXT_CODES;
}

/* The columns that the options name, each with its hint, or all. */
static status find_wanted(const reading_options *o, const input_file *f, const char *called, wanted *list,
                          size_t count, arena *memory, bool *open, error *err) {
  slice *names = ARENA_ARRAY(memory, slice, count + 1);
  uint32_t *cells = ARENA_ARRAY(memory, uint32_t, count + 1);
  bool *optional = ARENA_ARRAY(memory, bool, count + 1);
  if (arena_failed(memory)) {
    return error_no_memory(err, called);
  }
  for (size_t i = 0; i < count; i++) {
    names[i] = o->columns != NULL ? slice_of(o->columns[i].name) : f->header.columns[i].name;
    optional[i] = o->columns != NULL && o->columns[i].optional;
  }
  TRY(find(f, names, optional, (uint32_t)count, called, cells, err));
  for (size_t i = 0; i < count; i++) {
    const reading_hint hint = o->columns != NULL ? o->columns[i].hint : hint_of(&f->header.columns[i], open);
    list[i] = (wanted){names[i], cells[i], hint, optional[i]};
  }
  return STATUS_OK;
}

/* Adds the columns of the file that LIST lacks. */
static size_t add_others(const input_header *h, wanted *list, size_t count, bool *listed) {
  for (size_t i = 0; i < count; i++) {
    listed[list[i].cell != INPUT_ABSENT ? list[i].cell : h->count] = true;
  }
  for (uint32_t cell = 0; cell < h->count; cell++) {
    if (!listed[cell]) {
      list[count++] = (wanted){h->columns[cell].name, cell, READING_HINT_TEXT_CODES, false};
    }
  }
  return count;
}

static status choose(const reading_options *o, const input_file *f, const char *called, size_t count,
                     arena *memory, encoder_schema *out, bool *open, error *err) {
  const input_header *h = &f->header;
  const size_t most = count + h->count + 1;
  slice *names = ARENA_ARRAY(memory, slice, most);
  reading_hint *hints = ARENA_ARRAY(memory, reading_hint, most);
  wanted *list = ARENA_ARRAY(memory, wanted, most);
  bool *listed = ARENA_ARRAY(memory, bool, most);
  bool *optional = ARENA_ARRAY(memory, bool, most);
  if (arena_failed(memory)) {
    return error_no_memory(err, called);
  }
  TRY(find_wanted(o, f, called, list, count, memory, open, err));
  if (o->others_too && h->count <= SHARD_COLUMNS_MAX) {
    count = add_others(h, list, count, listed);
  }
  qsort(list, count, sizeof *list, compare_wanted);
  uint32_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    if (kept == 0 || !slice_equal(names[kept - 1], list[i].name)) {
      names[kept] = list[i].name;
      optional[kept] = list[i].optional;
      hints[kept++] = list[i].hint;
    }
  }
  assert(kept <= count && count < most);
  *out = (encoder_schema){.names = names,
                          .hints = hints,
                          .count = kept,
                          .decimal_mark = o->decimal_mark != 0 ? o->decimal_mark : '.',
                          .optional = optional};
  return STATUS_OK;
}

status matching_choose(const reading_options *options, const input_file *f, const char *called, arena *memory,
                       encoder_schema *out, bool *open, error *err) {
  const size_t count = options->columns != NULL ? options->columns_count : f->header.count;
  *open = false;
  if (count > SHARD_COLUMNS_MAX) {
    return error_set(err, STATUS_LIMIT, "%s: %zu columns are wanted, more than %d", called, count,
                     SHARD_COLUMNS_MAX);
  }
  return choose(options, f, called, count, memory, out, open, err);
}

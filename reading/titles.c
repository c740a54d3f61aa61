/* Titles: cleaned, filled forward, joined, and told apart. */
#include "reading/titles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

enum { TAG_BYTES_MAX = 1000 };

static const char between[] = " | ";

/* ---- Cleaning ------------------------------------------------------------------------------------ */

static const struct {
  const char *written, *meant;
} entities[] = {{"&nbsp;", " "}, {"&amp;", "&"},   {"&lt;", "<"},
                {"&gt;", ">"},   {"&quot;", "\""}, {"&#39;", "'"}};

/* The tags that form builders write into questions; "<Brand>" is text. */
static const struct {
  const char *name;
  bool is_break; /* it separates words */
} tags[] = {{"br", true},   {"p", true},     {"div", true},     {"li", true}, {"ul", true},
            {"ol", true},   {"h1", true},    {"h2", true},      {"h3", true}, {"tr", true},
            {"td", true},   {"b", false},    {"strong", false}, {"i", false}, {"em", false},
            {"u", false},   {"span", false}, {"font", false},   {"a", false}, {"sup", false},
            {"sub", false}, {"img", false},  {"small", false}};

/* The length of the tag at the start of TEXT; 0: none. */
static size_t tag_bytes(slice text, bool *is_break) {
  if (text.length < 3 || text.bytes[0] != '<') {
    return 0;
  }
  const char *end = memchr(text.bytes, '>', text.length < TAG_BYTES_MAX ? text.length : TAG_BYTES_MAX);
  const char *name = text.bytes + (text.bytes[1] == '/' ? 2 : 1);
  for (size_t i = 0; end != NULL && i < sizeof tags / sizeof tags[0]; i++) {
    const size_t length = strlen(tags[i].name);
    if ((size_t)(end - name) >= length && strncasecmp(name, tags[i].name, length) == 0 &&
        strchr("> /\t\n", name[length]) != NULL) {
      *is_break = tags[i].is_break;
      return (size_t)(end - text.bytes) + 1;
    }
  }
  return 0;
}

/* The length of the entity at the start of TEXT, and what it means; 0: none. */
static size_t entity_bytes(slice text, slice *meant) {
  for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
    const slice written = slice_of(entities[i].written);
    if (text.length >= written.length && memcmp(text.bytes, written.bytes, written.length) == 0) {
      *meant = slice_of(entities[i].meant);
      return written.length;
    }
  }
  return 0;
}

/* Control characters such as line breaks count as blanks: names and labels have none. */
static bool is_blank(char c) {
  return (c >= 0 && c <= ' ') || c == 0x7f;
}

/* Takes out tags and entities, and makes one blank of each run of blanks. */
static slice clean(slice text, arena *memory) {
  char *copy = arena_alloc(memory, text.length + 1);
  size_t length = 0;
  for (size_t at = 0; copy != NULL && at < text.length;) {
    const slice rest = {text.bytes + at, text.length - at};
    slice meant = {rest.bytes, 1};
    bool is_break = false;
    const size_t tag = tag_bytes(rest, &is_break);
    const size_t entity = tag > 0 ? 0 : entity_bytes(rest, &meant);
    if (is_break || (tag == 0 && is_blank(meant.bytes[0]))) {
      if (length > 0 && copy[length - 1] != ' ') {
        copy[length++] = ' ';
      }
    } else if (tag == 0) {
      copy[length++] = meant.bytes[0];
    }
    at += tag > 0 ? tag : entity > 0 ? entity : 1;
  }
  return slice_trim((slice){copy, copy != NULL ? length : 0});
}

/* ---- Joining ------------------------------------------------------------------------------------- */

typedef struct joining {
  const titles *t;
  uint32_t rows[32];
  uint32_t count;   /* of columns */
  uint32_t *filled; /* by row: the column whose title holds for the current one */
} joining;

static slice cell(const joining *j, uint32_t level, uint32_t column) {
  return j->t->rows[j->rows[level]][column];
}

static bool has_below(const joining *j, uint32_t level, uint32_t column) {
  for (uint32_t i = level + 1; i < j->count; i++) {
    if (cell(j, i, column).length > 0) {
      return true;
    }
  }
  return false;
}

/* The title of LEVEL that holds for COLUMN: its own or, above a choice, the last one before it. */
static slice holds(joining *j, uint32_t level, uint32_t column) {
  const slice own = cell(j, level, column);
  if (own.length > 0) {
    j->filled[level] = column;
    for (uint32_t i = level + 1; i < j->count; i++) {
      j->filled[i] = column; /* a new title ends those of the rows below */
    }
    return own;
  }
  return has_below(j, level, column) ? cell(j, level, j->filled[level]) : own;
}

static slice join(joining *j, uint32_t column, buf *scratch) {
  slice before = {NULL, 0};
  buf_clear(scratch);
  for (uint32_t i = 0; i < j->count; i++) {
    const slice part = holds(j, i, column);
    if (part.length > 0 && !slice_equal(part, before)) {
      buf_printf(scratch, "%s%.*s", scratch->length > 0 ? between : "", SLICE_ARG(part));
      before = part;
    }
  }
  return (slice){(const char *)scratch->data, scratch->length};
}

static bool make_names(joining *j, titles *t, bool is_cleaned, arena *memory) {
  buf scratch;
  buf_init(&scratch);
  for (uint32_t i = 0; i < t->count; i++) {
    slice name = join(j, i, &scratch);
    name = is_cleaned ? clean(name, memory) : arena_slice(memory, name);
    char numbered[32];
    if (name.length == 0) {
      name = arena_slice(memory,
                         (slice){numbered, (size_t)snprintf(numbered, sizeof numbered, "column_%u", i + 1)});
    }
    t->names[i] = name;
  }
  const bool failed = scratch.failed;
  buf_fini(&scratch);
  return !failed && !arena_failed(memory);
}

/* ---- Telling apart ------------------------------------------------------------------------------- */

typedef const slice *name_pointer;

static int compare_names(const void *left, const void *right) {
  const name_pointer *a = left;
  const name_pointer *b = right;
  const int order = slice_compare(**a, **b);
  return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* Pointers to the names, sorted; NULL: out of memory. */
static name_pointer *sort_names(const titles *t, const slice *names) {
  name_pointer *sorted = malloc(((size_t)t->count + 1) * sizeof *sorted);
  for (uint32_t i = 0; sorted != NULL && i < t->count; i++) {
    sorted[i] = &names[i];
  }
  if (sorted != NULL) {
    qsort(sorted, t->count, sizeof *sorted, compare_names);
  }
  return sorted;
}

static size_t end_of_equal(const name_pointer *sorted, size_t from, size_t count) {
  size_t to = from + 1;
  while (to < count && slice_equal(*sorted[to], *sorted[from])) {
    to++;
  }
  return to;
}

/* In a single row, titles that only cleaning made equal stay as they are written. */
static bool keep_distinct(titles *t, const slice *written, arena *memory) {
  name_pointer *sorted = sort_names(t, t->names);
  for (size_t from = 0, to; sorted != NULL && from < t->count; from = to) {
    to = end_of_equal(sorted, from, t->count);
    bool is_same = true;
    for (size_t i = from + 1; i < to; i++) {
      is_same = is_same && slice_equal(written[sorted[i] - t->names], written[sorted[from] - t->names]);
    }
    for (size_t i = from; !is_same && i < to; i++) {
      const size_t column = (size_t)(sorted[i] - t->names);
      if (written[column].length > 0) {
        t->names[column] = arena_slice(memory, written[column]);
      }
    }
  }
  const bool well = sorted != NULL && !arena_failed(memory);
  free(sorted);
  return well;
}

static slice numbered(slice name, size_t number, arena *memory) {
  char digits[32];
  const int length = snprintf(digits, sizeof digits, " #%zu", number);
  char *copy = arena_alloc(memory, name.length + (size_t)length);
  if (copy == NULL) {
    return name;
  }
  memcpy(copy, name.bytes, name.length);
  memcpy(copy + name.length, digits, (size_t)length);
  return (slice){copy, name.length + (size_t)length};
}

static int compare_to_pointed(const void *name, const void *pointer) {
  return slice_compare(*(const slice *)name, **(const name_pointer *)pointer);
}

/* "T #N" with the next N after *NUMBER that gives a name no column has; SORTED are the names as they were. */
static slice next_numbered(const name_pointer *sorted, uint32_t count, slice name, size_t *number,
                           arena *memory) {
  slice next;
  do {
    next = numbered(name, ++*number, memory);
  } while (!arena_failed(memory) &&
           bsearch(&next, sorted, count, sizeof sorted[0], compare_to_pointed) != NULL);
  return next;
}

/* Columns with the same title become "T #1", "T #2", ..., without the numbers that other titles use. */
static bool tell_apart(titles *t, arena *memory) {
  slice *names = malloc(((size_t)t->count + 1) * sizeof *names);
  if (names == NULL) {
    return false;
  }
  memcpy(names, t->names, t->count * sizeof *names);
  name_pointer *sorted = sort_names(t, names);
  for (size_t from = 0, to; sorted != NULL && from < t->count; from = to) {
    to = end_of_equal(sorted, from, t->count);
    size_t number = 0;
    for (size_t i = from; to > from + 1 && i < to; i++) {
      t->names[sorted[i] - names] = next_numbered(sorted, t->count, *sorted[from], &number, memory);
    }
  }
  const bool well = sorted != NULL && !arena_failed(memory);
  free(names);
  free(sorted);
  return well;
}

/* ---- Both ---------------------------------------------------------------------------------------- */

static bool make_labels(titles *t, uint32_t row, arena *memory) {
  t->labels = ARENA_ARRAY(memory, slice, (size_t)t->count + 1);
  for (uint32_t i = 0; t->labels != NULL && i < t->count; i++) {
    t->labels[i] = clean(t->rows[row - 1][i], memory);
  }
  return !arena_failed(memory);
}

bool titles_make(titles *t, uint32_t names, uint32_t labels, bool is_cleaned, arena *memory) {
  joining j = {.t = t};
  for (uint32_t i = 0; i < t->rows_count; i++) {
    if ((names >> i & 1) != 0) {
      j.rows[j.count++] = i;
    }
  }
  t->names = ARENA_ARRAY(memory, slice, (size_t)t->count + 1);
  j.filled = ARENA_ARRAY(memory, uint32_t, (size_t)j.count + 1);
  if (arena_failed(memory) || !make_names(&j, t, is_cleaned, memory)) {
    return false;
  }
  const bool may_merge = is_cleaned && j.count == 1;
  if ((may_merge && !keep_distinct(t, t->rows[j.rows[0]], memory)) || !tell_apart(t, memory)) {
    return false;
  }
  return labels == 0 || make_labels(t, labels, memory);
}

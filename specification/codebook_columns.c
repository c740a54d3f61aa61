/* Which columns of the data an entry of the codebook means, and which files have them. */
#include <stdio.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/tidy.h"
#include "specification/codebook.h"
#include "store/shard.h"

enum { NAMES_LISTED = 10, NEAREST_MAX = 100 };

const char *codebook_data(compilation *c) {
  const manifest *m = c->header;
  if (m == NULL || m->files_count != 1 || m->files[0].name.length == 0) {
    return "the data";
  }
  const char *name = arena_copy(c->memory, m->files[0].name);
  return name != NULL ? name : "the data";
}

const manifest_column *codebook_find_column(const compilation *c, slice name) {
  const manifest_column *columns = c->header->columns;
  hash_search search = hash_table_search(&c->header_places, digest_xxh3(name.bytes, name.length));
  while (hash_table_next(&search) && !slice_equal(columns[search.place].name, name)) {
  }
  return search.place != PLACE_NONE ? &columns[search.place] : NULL;
}

/* Titles in the order of the first file. */
static uint32_t titles_count(const compilation *c) {
  return c->places_of_columns != NULL ? c->places_count : c->header->columns_count;
}

static slice title_at(const compilation *c, uint32_t index) {
  return c->places_of_columns != NULL ? c->places_of_columns[index] : c->header->columns[index].name;
}

slice codebook_title(const compilation *c, slice name) {
  if (c->header == NULL || codebook_find_column(c, name) != NULL) {
    return name;
  }
  slice found = name;
  uint32_t count = 0;
  for (uint32_t i = 0; i < titles_count(c); i++) {
    if (tidy_alike_titles(title_at(c, i), name)) {
      found = title_at(c, i);
      count++;
    }
  }
  return count == 1 ? found : name;
}

slice codebook_by_place(const compilation *c, slice name) {
  int64_t number;
  if (c->header == NULL || !whole_parse(name, &number) || number < 1 ||
      codebook_find_column(c, name) != NULL) {
    return name;
  }
  return number <= titles_count(c) ? title_at(c, (uint32_t)number - 1) : name;
}

/* ---- Columns without a title ---------------------------------------------------------------------- */

/* Reading calls the column in place N column_N (reading/csv/csv.h). */
static bool is_untitled(const compilation *c, uint32_t index) {
  char name[sizeof "column_4294967295"];
  (void)snprintf(name, sizeof name, "column_%u", index + 1);
  return slice_equal(title_at(c, index), slice_of(name));
}

/* The NTH column without a title; 0: the only one.  Otherwise reported. */
static bool untitled_column(compilation *c, const node *n, int64_t nth, slice *name) {
  buf list;
  uint32_t count = 0;
  *name = slice_of("");
  buf_init(&list);
  for (uint32_t i = 0; c->header != NULL && i < titles_count(c); i++) {
    if (!is_untitled(c, i)) {
      continue;
    }
    count++;
    if (count == (nth > 0 ? nth : 1)) {
      *name = title_at(c, i);
    }
    if (count <= NAMES_LISTED) {
      buf_printf(&list, "%s%u", count > 1 ? ", " : "", i + 1);
    }
  }
  const bool is_well = c->header == NULL || (count > 0 && nth <= count && (nth > 0 || count == 1));
  if (!is_well) {
    problem_of_data(c->problems, n->at,
                    "%u columns of %s have no title%s%.*s%s; name one by its place, column: 12, or by "
                    "{title: \"\", nth: 1}",
                    count, codebook_data(c), count > 0 ? ", in the places " : "", (int)list.length,
                    count > 0 ? (const char *)list.data : "", count > NAMES_LISTED ? ", ..." : "");
  }
  buf_fini(&list);
  if (is_well && c->header == NULL) {
    *name = slice_of("column"); /* whichever it will be */
  }
  return is_well;
}

/* A title that several columns have: "T #1", "T #2" (reading/csv/csv.h). */
static bool is_of_several(compilation *c, slice name, place at) {
  buf list;
  buf first;
  buf_init(&list);
  buf_init(&first);
  uint32_t count = 0;
  bool more = true;
  while (more) {
    buf_clear(&first);
    buf_printf(&first, "%.*s #%u", SLICE_ARG(name), count + 1);
    const slice numbered = {(const char *)first.data, first.length};
    more = !first.failed && codebook_find_column(c, numbered) != NULL;
    if (more && count++ < NAMES_LISTED) {
      buf_printf(&list, "%s'%s'", list.length > 0 ? ", " : "", problem_quote(c->problems, numbered));
    }
  }
  if (count > 0) {
    problem_of_data(c->problems, at, "%u columns of %s have the title '%s'; name one of them: %.*s%s", count,
                    codebook_data(c), problem_quote(c->problems, name), (int)list.length,
                    (const char *)list.data, count > NAMES_LISTED ? ", ..." : "");
  }
  buf_fini(&list);
  buf_fini(&first);
  return count > 0;
}

/* Titles that differ in what readers do not see, such as a line break for a blank. */
static bool is_like_several(compilation *c, slice name, place at) {
  buf list;
  uint32_t count = 0;
  uint32_t first = 0;
  buf_init(&list);
  for (uint32_t i = 0; i < titles_count(c); i++) {
    if (tidy_alike_titles(title_at(c, i), name)) {
      first = count++ == 0 ? i + 1 : first;
      if (count <= NAMES_LISTED) {
        buf_printf(&list, "%s%u", count > 1 ? ", " : "", i + 1);
      }
    }
  }
  if (count > 1) {
    problem_of_data(
        c->problems, at,
        "%u columns of %s have a title that looks like '%s', in the places %.*s%s; name one by its "
        "place, column: %u",
        count, codebook_data(c), problem_quote(c->problems, name), (int)list.length, (const char *)list.data,
        count > NAMES_LISTED ? ", ..." : "", first);
  }
  buf_fini(&list);
  return count > 1;
}

static void report_absent(compilation *c, slice name, place at) {
  if (is_of_several(c, name, at) || is_like_several(c, name, at)) {
    return;
  }
  /* Slow, and of use for a few only. */
  const char *nearest =
      c->problems->listed < NEAREST_MAX ? text_nearest(name, c->free_columns, c->free_columns_count) : NULL;
  problem_of_data(c->problems, at, "no column '%s' in %s%s%s%s", problem_quote(c->problems, name),
                  codebook_data(c), nearest != NULL ? "; did you mean '" : "",
                  nearest != NULL ? problem_quote(c->problems, slice_of(nearest)) : "",
                  nearest != NULL ? "'?" : "");
}

/* Some files have the column, some lack it. */
static void report_lacking(compilation *c, const manifest_column *column, place at) {
  const uint32_t first = column->lacking[0];
  const slice file = first < c->header->files_count ? c->header->files[first].name : slice_of("a file");
  problem_of_data(
      c->problems, at,
      text_plural(
          column->lacking_count,
          "%u of %u files has no column '%s': '%s'; if it was not asked there, add optional: true",
          "%u of %u files have no column '%s', '%s' first; if it was not asked there, add optional: true"),
      column->lacking_count, c->header->files_count, problem_quote(c->problems, column->name),
      problem_quote(c->problems, file));
}

/* COLUMN: NULL when no file has it. */
static bool note_absence(compilation *c, symbol *s, slice name, const manifest_column *column) {
  const uint32_t count = column != NULL ? column->lacking_count : c->header->files_count;
  if (count == 0 || !c->decimals_known) {
    return true; /* or the other files are not known yet */
  }
  if (!ARRAY_ROOM_IN(c->memory, s->absences, s->absences_count, s->absences_capacity)) {
    return false;
  }
  plan_absence *a = &s->absences[s->absences_count++];
  a->column = arena_copy(c->memory, name);
  a->files_count = count;
  for (uint32_t i = 0; i < count && i < PLAN_ABSENCE_FILES; i++) {
    a->files[i] = column != NULL ? column->lacking[i] : i;
  }
  return a->column != NULL;
}

bool codebook_column(compilation *c, symbol *s, slice name, place at, const manifest_column **column) {
  const manifest_column *found = c->header != NULL ? codebook_find_column(c, name) : NULL;
  if (column != NULL) {
    *column = found;
  }
  if (c->header == NULL) {
    return true;
  }
  if (s->variable.optional) {
    return note_absence(c, s, name, found);
  }
  if (found == NULL) {
    report_absent(c, name, at);
  } else if (found->lacking_count > 0) {
    report_lacking(c, found, at);
  }
  return found != NULL && found->lacking_count == 0;
}

slice codebook_numbered_title(compilation *c, slice title, int64_t number) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "%.*s #%lld", SLICE_ARG(title), (long long)number);
  const slice name = {(const char *)text.data, text.length};
  const char *copy = text.failed ? NULL : arena_copy(c->memory, name);
  buf_fini(&text);
  return slice_of(copy);
}

static bool is_empty_text(const node *n) {
  return n != NULL && n->kind == NODE_TEXT && n->text.length == 0;
}

/* {title: T, nth: 2}: the second of several columns with one title, or with none. */
static bool read_nth(compilation *c, const node *n, slice *name) {
  static const char *const keys[] = {"title", "nth"};
  const node *title = node_get(n, "title");
  const node *nth = node_get(n, "nth");
  int64_t number = 0;
  field_check_keys(c, n, "column", keys, sizeof keys / sizeof keys[0]);
  if (is_empty_text(title) && nth != NULL) {
    return field_whole(c, nth, "nth", 1, SHARD_COLUMNS_MAX, &number) &&
           untitled_column(c, title, number, name);
  }
  if (title == NULL || nth == NULL) {
    field_expected(c, n, "column", "a title, or {title: ..., nth: 2} of a title that several columns have");
    return false;
  }
  if (!field_name(c, title, "title", name) || !field_whole(c, nth, "nth", 1, SHARD_COLUMNS_MAX, &number)) {
    return false;
  }
  *name = codebook_numbered_title(c, *name, number);
  return name->length > 0;
}

bool codebook_column_name(compilation *c, const node *n, const char *what, slice *name) {
  if (n->kind == NODE_MAP) {
    return read_nth(c, n, name);
  }
  if (is_empty_text(n)) {
    return untitled_column(c, n, 0, name);
  }
  if (!field_name(c, n, what, name)) {
    return false;
  }
  const slice named = codebook_title(c, codebook_by_place(c, *name));
  *name = named.bytes == name->bytes ? named : slice_of(arena_copy(c->memory, named));
  return name->length > 0;
}

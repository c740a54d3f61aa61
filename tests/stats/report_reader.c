#include "report_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

bool report_same(const json *a, const json *b) {
  buf x, y;
  buf_init(&x);
  buf_init(&y);
  json_write(a, &x);
  json_write(b, &y);
  const bool same = x.length == y.length && memcmp(x.data, y.data, x.length) == 0;
  buf_fini(&x);
  buf_fini(&y);
  return same;
}

static bool matches(const json *row, const json *match) {
  for (size_t i = 0; i < json_count(match); i++) {
    const char *key = NULL;
    const json *wanted = json_member(match, i, &key);
    const json *cell = json_get(row, key);
    if (json_kind_of(wanted) == JSON_NULL ? json_kind_of(cell) != JSON_NULL
                                          : cell == NULL || !report_same(cell, wanted)) {
      return false;
    }
  }
  return true;
}

static const json *section_of(const json *report, slice name) {
  const json *sections = json_get(report, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    if (slice_equal(json_as_text(json_get(json_at(sections, i), "name")), name)) {
      return json_at(sections, i);
    }
  }
  return NULL;
}

const json *report_find(const json *report, slice name, slice table, const json *match) {
  const json *tables = json_get(section_of(report, name), "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    const json *t = json_at(tables, i);
    const json *rows = json_get(t, "rows");
    for (size_t k = 0; slice_equal(json_as_text(json_get(t, "name")), table) && k < json_count(rows); k++) {
      if (matches(json_at(rows, k), match)) {
        return json_at(rows, k);
      }
    }
  }
  return NULL;
}

const json *report_row(const json *report, const char *name, const char *table, const char *match) {
  json *wanted = NULL;
  if (json_parse(json_arena(report), slice_of(match), "match", &wanted, NULL) != STATUS_OK) {
    return NULL;
  }
  return report_find(report, slice_of(name), slice_of(table), wanted);
}

bool report_says(const json *report, const char *name, const char *list, const char *code) {
  const json *said = json_get(section_of(report, slice_of(name)), list);
  for (size_t i = 0; i < json_count(said); i++) {
    if (slice_equal(json_as_text(json_get(json_at(said, i), "code")), slice_of(code))) {
      return true;
    }
  }
  return false;
}

bool figure_is_near(const json *figure, const json *expected, double tolerance) {
  const bool none = json_kind_of(figure) == JSON_NULL;
  if (none || json_kind_of(expected) == JSON_NULL) {
    return none && json_kind_of(expected) == JSON_NULL;
  }
  const double a = json_as_number(figure), b = json_as_number(expected);
  return fabs(a - b) <= tolerance * fmax(fabs(b), 1);
}

double log_relative_error(double figure, double certified) {
  const double off = fabs(figure - certified);
  if (!(off > 0)) {
    return 17;
  }
  return certified < 0 || certified > 0 ? -log10(off / fabs(certified)) : -log10(off);
}

/* ---- Goldens ------------------------------------------------------------------------------------- */

json *report_file(arena *a, const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "cannot open %s\n", path);
    abort();
  }
  buf bytes;
  buf_init(&bytes);
  char block[4096];
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) {
    buf_put(&bytes, block, got);
  }
  fclose(file);
  json *out = NULL;
  error err;
  if (json_parse(a, (slice){(const char *)bytes.data, bytes.length}, path, &out, &err) != STATUS_OK) {
    fprintf(stderr, "%s\n", err.message);
    abort();
  }
  buf_fini(&bytes);
  return out;
}

static void print_difference(const json *entry, const char *key, const json *row) {
  buf text;
  buf_init(&text);
  json_write(json_get(entry, "match"), &text);
  buf_put_u8(&text, 0);
  fprintf(stderr, "%s, %s: %s is %.17g instead of %.17g%s in %s\n",
          json_as_cstring(json_get(entry, "analysis")), json_as_cstring(json_get(entry, "table")), key,
          json_as_number(json_get(row, key)), json_as_number(json_get(json_get(entry, "figures"), key)),
          row != NULL ? "" : " (no such row)", (const char *)text.data);
  buf_fini(&text);
}

unsigned report_differences(const json *report, const json *golden, double tolerance) {
  unsigned wrong = 0;
  for (size_t g = 0; g < json_count(golden); g++) {
    const json *entry = json_at(golden, g);
    const json *row = report_find(report, json_as_text(json_get(entry, "analysis")),
                                  json_as_text(json_get(entry, "table")), json_get(entry, "match"));
    const json *figures = json_get(entry, "figures");
    for (size_t i = 0; i < json_count(figures); i++) {
      const char *key = NULL;
      const json *expected = json_member(figures, i, &key);
      if (row == NULL || !figure_is_near(json_get(row, key), expected, tolerance)) {
        print_difference(entry, key, row);
        wrong++;
      }
    }
  }
  return wrong;
}

/* ---- CSV ----------------------------------------------------------------------------------------- */

typedef struct cells {
  char **at;
  size_t count, capacity;
} cells;

static void add_cell(cells *c, const char *text, size_t length) {
  if (c->count == c->capacity) {
    c->capacity = c->capacity ? 2 * c->capacity : 1024;
    c->at = realloc(c->at, c->capacity * sizeof *c->at);
  }
  char *copy = malloc(length + 1);
  if (c->at == NULL || copy == NULL) {
    abort();
  }
  memcpy(copy, text, length);
  copy[length] = '\0';
  c->at[c->count++] = copy;
}

fixture *fixture_from_csv(const char *path) {
  gzFile file = gzopen(path, "rb");
  if (file == NULL) {
    return NULL;
  }
  cells all = {0};
  size_t columns = 0;
  static char line[1 << 16];
  while (gzgets(file, line, sizeof line) != NULL) {
    line[strcspn(line, "\r\n")] = '\0';
    const char *at = line;
    for (bool more = true; more;) {
      const size_t length = strcspn(at, ",");
      add_cell(&all, at, length);
      more = at[length] == ',';
      at += length + 1;
    }
    columns = columns ? columns : all.count;
  }
  gzclose(file);
  const size_t rows = columns ? all.count / columns - 1 : 0;
  fixture *f = fixture_new((uint32_t)rows);
  const char **column = malloc((rows + 1) * sizeof *column);
  for (size_t c = 0; c < columns && column != NULL; c++) {
    for (size_t r = 0; r < rows; r++) {
      column[r] = all.at[(r + 1) * columns + c];
    }
    for (char *blank = all.at[c]; (blank = strchr(blank, ' ')) != NULL;) {
      *blank = '_';
    }
    fixture_column(f, all.at[c], PACKED_CODES, column);
  }
  for (size_t i = 0; i < all.count; i++) {
    free(all.at[i]);
  }
  free(all.at);
  free(column);
  return f;
}

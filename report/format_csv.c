/* CSV: the report as one tidy long table, a line per figure, RFC 4180, line feeds.
 *
 * Figures are written as in the document (its shortest numbers); a figure that does not exist has no
 * line.  `row` numbers the rows of a table, so that figures of one row can be joined again.  Columns
 * that name things (item, value, group) are there once; every other column is a statistic. */
#include <stdio.h>
#include <string.h>

#include "report/csv.h"
#include "report/formats.h"
#include "report/layout.h"

/* Columns of the long table that are taken from the row itself. */
static const char *const key_columns[] = {"item",        "other_item", "group",
                                          "other_group", "value",      "other_value"};
enum { KEY_COLUMNS = sizeof key_columns / sizeof key_columns[0] };

static void put_plain(buf *out, const json *cell) {
  if (json_kind_of(cell) == JSON_TEXT) {
    slice text = json_as_text(cell);
    buf_put(out, text.bytes, text.length);
  } else if (json_kind_of(cell) != JSON_NULL) {
    json_write(cell, out);
  }
}

/* A group is written "class=Eco;month=2024-01". */
static void put_group(buf *out, const json *group) {
  for (size_t i = 0; i < json_count(group); i++) {
    const char *name = "";
    const json *key = json_member(group, i, &name);
    buf_printf(out, "%s%s=", i > 0 ? ";" : "", name);
    put_plain(out, key);
  }
}

static void put_cell(buf *out, const json *cell, buf *scratch) {
  buf_clear(scratch);
  if (json_kind_of(cell) == JSON_OBJECT) {
    put_group(scratch, cell);
  } else {
    put_plain(scratch, cell);
  }
  csv_put(out, (slice){(const char *)scratch->data, scratch->length});
}

typedef struct line_owner {
  slice analysis, name, table;
  size_t row;
} line_owner;

static void put_line(buf *out, const line_owner *owner, const json *row, slice statistic, const json *figure,
                     buf *scratch) {
  csv_put(out, owner->analysis);
  buf_put_u8(out, ',');
  csv_put(out, owner->name);
  buf_put_u8(out, ',');
  csv_put(out, owner->table);
  buf_printf(out, ",%zu,", owner->row + 1);
  for (size_t k = 0; k < KEY_COLUMNS; k++) {
    put_cell(out, json_get(row, key_columns[k]), scratch);
    buf_put_u8(out, ',');
  }
  csv_put(out, statistic);
  buf_put_u8(out, ',');
  buf_clear(scratch);
  put_plain(scratch, figure);
  csv_put(out, (slice){(const char *)scratch->data, scratch->length});
  buf_put_u8(out, '\n');
}

static bool is_key_column(const char *key) {
  for (size_t k = 0; k < KEY_COLUMNS; k++) {
    if (strcmp(key, key_columns[k]) == 0) {
      return true;
    }
  }
  return false;
}

static void put_table(buf *out, const layout_section *section, const layout_table *table, buf *scratch) {
  line_owner owner = {section->analysis, section->name, slice_of(table->name), 0};
  for (size_t r = 0; r < table->rows_count; r++) {
    const json *row = json_at(table->rows, r);
    owner.row = r;
    for (size_t c = 0; c < table->columns_count; c++) {
      const char *key = table->keys[c];
      const json *figure = json_get(row, key);
      if (!is_key_column(key) && json_kind_of(figure) != JSON_NULL) {
        put_line(out, &owner, row, slice_of(key), figure, scratch);
      }
    }
  }
}

/* ---- Facts of the data --------------------------------------------------------------------------- */

static void put_facts(const document *d, buf *out, buf *scratch) {
  static const char *const totals[] = {"rows",   "quarantined", "blank_rows",  "repeated_headers",
                                       "totals", "lost_rows",   "lost_shards", "invalid"};
  static const char *const facts[] = {"answered", "invalid", "rounded"};
  const json *data = json_get(d->root, "data");
  line_owner owner = {slice_of("data"), slice_of("data"), slice_of("rows"), 0};
  for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
    if (json_kind_of(json_get(data, totals[i])) != JSON_NULL) {
      put_line(out, &owner, NULL, slice_of(totals[i]), json_get(data, totals[i]), scratch);
    }
  }
  owner.table = slice_of("variables");
  const json *variables = json_get(data, "variables");
  for (size_t v = 0; v < json_count(variables); v++) {
    const json *variable = json_at(variables, v);
    json *row = json_object(d->memory);
    json_set(row, "item", json_text(d->memory, json_as_text(json_get(variable, "name"))));
    owner.row = v;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
      const json *fact = json_get(variable, facts[i]);
      if (json_kind_of(fact) != JSON_NULL) {
        put_line(out, &owner, row, slice_of(facts[i]), fact, scratch);
      }
    }
    const json *missing = json_get(variable, "missing");
    for (size_t i = 0; i < json_count(missing); i++) {
      const char *reason = "";
      const json *count = json_member(missing, i, &reason);
      char statistic[64];
      (void)snprintf(statistic, sizeof statistic, "missing_%s", reason);
      put_line(out, &owner, row, slice_of(statistic), count, scratch);
    }
  }
}

static void put_invalid_texts(const document *d, buf *out, buf *scratch) {
  line_owner owner = {slice_of("data"), slice_of("data"), slice_of("invalid_texts"), 0};
  const json *variables = json_get(json_get(d->root, "data"), "variables");
  for (size_t v = 0; v < json_count(variables); v++) {
    const json *variable = json_at(variables, v);
    const json *texts = json_get(variable, "invalid_texts");
    for (size_t i = 0; i < json_count(texts); i++, owner.row++) {
      json *row = json_object(d->memory);
      json_set(row, "item", json_text(d->memory, json_as_text(json_get(variable, "name"))));
      json_set(row, "value", json_text(d->memory, json_as_text(json_get(json_at(texts, i), "value"))));
      put_line(out, &owner, row, slice_of("n"), json_get(json_at(texts, i), "n"), scratch);
    }
  }
}

static status write_long_table(const layout *l, const report_options *options, slice part, buf *out,
                               error *err) {
  buf_put(out, "\xEF\xBB\xBF", options->bom ? 3 : 0);
  (void)part;
  (void)err;
  buf scratch;
  buf_init(&scratch);
  buf_printf(out, "analysis,name,table,row");
  for (size_t k = 0; k < KEY_COLUMNS; k++) {
    buf_printf(out, ",%s", key_columns[k]);
  }
  buf_printf(out, ",statistic,figure\n");
  put_facts(l->document, out, &scratch);
  put_invalid_texts(l->document, out, &scratch);
  for (size_t i = 0; i < l->sections_count; i++) {
    const layout_section *section = &l->sections[i];
    for (size_t t = 0; t < section->tables_count; t++) {
      put_table(out, section, &section->tables[t], &scratch);
    }
  }
  out->failed = out->failed || scratch.failed;
  buf_fini(&scratch);
  return STATUS_OK;
}

status format_csv_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, write_long_table, out, err);
}

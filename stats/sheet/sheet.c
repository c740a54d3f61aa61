/* A sheet's life and its canonical bytes. */
#include "stats/sheet/sheet.h"

#include <stdlib.h>

#include "base/array.h"
#include "stats/program/item.h"

sheet *sheet_new(void) {
  sheet *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return NULL;
  }
  s->memory = arena_new();
  s->program = program_new();
  if (s->memory == NULL || s->program == NULL) {
    sheet_destroy(s);
    return NULL;
  }
  return s;
}

void sheet_destroy(sheet *s) {
  if (s != NULL) {
    program_destroy(s->program);
    arena_destroy(s->memory);
    free(s);
  }
}

static bool has_variable(const sheet_column *c) {
  return c->source == SHEET_VALUE || c->source == SHEET_REASON;
}

static status check_column(const sheet *s, const sheet_column *c, error *err) {
  if (c->source < SHEET_ROW || c->source >= SHEET_SOURCES || c->title.length > PROGRAM_TEXT_MAX ||
      text_utf8_check(c->title.bytes, c->title.length) != c->title.length) {
    return error_set(err, STATUS_USAGE, "a column of rows that cannot be");
  }
  if (!has_variable(c)) {
    return STATUS_OK;
  }
  if (c->variable >= s->program->variables_count ||
      (c->filter != PROGRAM_NONE && c->filter >= s->program->filters_count)) {
    return error_set(err, STATUS_USAGE, "the column '%.*s' of rows refers to what its program lacks",
                     SLICE_ARG(c->title));
  }
  bool is_stacked = program_variable_loops(s->program, c->variable) > 0;
  const program_filter *f = c->filter != PROGRAM_NONE ? &s->program->filters[c->filter] : NULL;
  for (uint32_t i = 0; f != NULL && i < f->nodes_count; i++) {
    is_stacked = is_stacked || (f->nodes[i].kind >= FILTER_EQ &&
                                program_variable_loops(s->program, f->nodes[i].variable) > 0);
  }
  return is_stacked ? error_set(err, STATUS_USAGE, "the column '%.*s' of rows is of stacked rows",
                                SLICE_ARG(c->title))
                    : STATUS_OK;
}

status sheet_add(sheet *s, const sheet_column *column, error *err) {
  TRY(check_column(s, column, err));
  if (s->columns_count == SHEET_COLUMNS_MAX) {
    return error_set(err, STATUS_LIMIT, "rows have at most %d columns", (int)SHEET_COLUMNS_MAX);
  }
  if (!ARRAY_ROOM_IN(s->memory, s->columns, s->columns_count, s->columns_capacity)) {
    return error_no_memory(err, "the columns of rows");
  }
  sheet_column *c = &s->columns[s->columns_count];
  *c = *column;
  c->title = arena_slice(s->memory, column->title);
  if (arena_failed(s->memory)) {
    return error_no_memory(err, "the columns of rows");
  }
  s->columns_count++;
  return STATUS_OK;
}

const sheet_column *sheet_find(const sheet *s, slice title) {
  for (uint32_t i = 0; i < s->columns_count; i++) {
    if (slice_equal(s->columns[i].title, title)) {
      return &s->columns[i];
    }
  }
  return NULL;
}

/* ---- Bytes ----------------------------------------------------------------------------------------- */

void sheet_encode(const sheet *s, buf *out) {
  buf_put_u8(out, SHEET_VERSION);
  buf_put_u8(out, s->guards_formulas);
  program_encode(s->program, out);
  buf_put_varint(out, s->columns_count);
  for (uint32_t i = 0; i < s->columns_count; i++) {
    const sheet_column *c = &s->columns[i];
    buf_put_u8(out, (uint8_t)c->source);
    buf_put_slice(out, c->title);
    if (has_variable(c)) {
      buf_put_varint(out, c->variable);
      buf_put_varint(out, c->filter == PROGRAM_NONE ? 0 : (uint64_t)c->filter + 1);
    }
  }
}

static status decode_column(reader *r, sheet *s, error *err) {
  sheet_column c = {.source = (sheet_source)reader_u8(r), .filter = PROGRAM_NONE};
  c.title = reader_slice(r, PROGRAM_TEXT_MAX);
  if (has_variable(&c)) {
    c.variable = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
    const uint64_t filter = reader_count(r, PROGRAM_FILTERS_MAX);
    c.filter = filter == 0 ? PROGRAM_NONE : (uint32_t)(filter - 1);
  }
  TRY(reader_status(r, "columns of rows", err));
  const status st = sheet_add(s, &c, err);
  return st == STATUS_OK || st == STATUS_NO_MEMORY
             ? st
             : error_set(err, STATUS_CORRUPT, "columns of rows: one that does not fit the program");
}

static status decode(reader *r, sheet *s, error *err) {
  const uint8_t *start = r->at;
  item_check_version(r, reader_u8(r), SHEET_VERSION);
  s->guards_formulas = reader_flag(r);
  TRY(reader_status(r, "columns of rows", err));
  program_destroy(s->program);
  s->program = NULL;
  TRY(program_decode(r, &s->program, err));
  const uint64_t count = reader_count_of(r, SHEET_COLUMNS_MAX, 2);
  for (uint64_t i = 0; i < count; i++) {
    TRY(decode_column(r, s, err));
  }
  TRY(reader_status(r, "columns of rows", err));
  buf again = {0};
  sheet_encode(s, &again);
  return buf_finish_canonical(&again, start, (size_t)(r->at - start), "columns of rows", err);
}

status sheet_decode(reader *r, sheet **out, error *err) {
  sheet *s = sheet_new();
  if (s == NULL) {
    return error_no_memory(err, "the columns of rows");
  }
  const status st = decode(r, s, err);
  if (st != STATUS_OK) {
    sheet_destroy(s);
    return st;
  }
  *out = s;
  return STATUS_OK;
}

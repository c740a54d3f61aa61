/* What a cell of a row says: of coded variables the key, of numbers their digits, of dates the day as
 * 2025-11-29, of texts the text, of multiple choices the chosen options, with "; " between them. */
#include "stats/sheet/cells.h"

#include <stdlib.h>
#include <string.h>

#include "stats/program/date.h"

enum { NUMBER_BYTES = 128 }; /* 20 digits, or up to 99 decimals, a point and a sign */

/* ---- Texts ----------------------------------------------------------------------------------------- */

/* Digits, with a sign and a point or without. */
static bool is_number(slice text) {
  size_t at = text.bytes[0] == '+' || text.bytes[0] == '-';
  size_t digits = 0;
  for (bool has_point = false; at < text.length; at++) {
    const bool is_digit = text.bytes[at] >= '0' && text.bytes[at] <= '9';
    if (!is_digit && (text.bytes[at] != '.' || has_point)) {
      return false;
    }
    has_point = has_point || !is_digit;
    digits += is_digit;
  }
  return digits > 0;
}

bool sheet_is_formula(slice text) {
  return text.length > 0 && memchr("=+-@\t\r", text.bytes[0], 6) != NULL && !is_number(text);
}

static bool needs_quotes(slice text) {
  for (size_t i = 0; i < text.length; i++) {
    const char c = text.bytes[i];
    if (c == ',' || c == '"' || c == '\r' || c == '\n') {
      return true;
    }
  }
  return false;
}

void sheet_put_text(slice text, bool guarded, buf *out) {
  const bool is_guarded = guarded && sheet_is_formula(text);
  if (!needs_quotes(text)) {
    buf_put(out, "'", is_guarded ? 1 : 0);
    buf_put(out, text.bytes, text.length);
    return;
  }
  buf_put_u8(out, '"');
  buf_put(out, "'", is_guarded ? 1 : 0);
  while (text.length > 0) {
    const char *quote = memchr(text.bytes, '"', text.length);
    const size_t plain = quote != NULL ? (size_t)(quote - text.bytes) + 1 : text.length;
    buf_put(out, text.bytes, plain);
    buf_put(out, "\"", quote != NULL ? 1 : 0);
    text = (slice){text.bytes + plain, text.length - plain};
  }
  buf_put_u8(out, '"');
}

/* ---- Numbers --------------------------------------------------------------------------------------- */

/* MANTISSA * 10^-DECIMALS in plain digits, without zeros at the end of its decimals. */
static void put_number(int64_t mantissa, unsigned decimals, buf *out) {
  char digits[NUMBER_BYTES];
  char *at = digits + sizeof digits;
  uint64_t left = mantissa < 0 ? 0 - (uint64_t)mantissa : (uint64_t)mantissa;
  for (; decimals > 0 && left % 10 == 0; decimals--) {
    left /= 10;
  }
  for (unsigned i = 0; i < decimals; i++, left /= 10) {
    *--at = (char)('0' + left % 10);
  }
  if (decimals > 0) {
    *--at = '.';
  }
  do {
    *--at = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  if (mantissa < 0) {
    *--at = '-';
  }
  buf_put(out, at, (size_t)(digits + sizeof digits - at));
}

static void put_date(int64_t days, buf *out) {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  date_to_civil(days, &year, &month, &day);
  const char text[] = {(char)('0' + year / 1000 % 10),
                       (char)('0' + year / 100 % 10),
                       (char)('0' + year / 10 % 10),
                       (char)('0' + year % 10),
                       '-',
                       (char)('0' + month / 10),
                       (char)('0' + month % 10),
                       '-',
                       (char)('0' + day / 10),
                       (char)('0' + day % 10)};
  buf_put(out, text, sizeof text);
}

/* ---- Opening --------------------------------------------------------------------------------------- */

static status open_keys(const coded_keys *keys, bool guarded, cells_column *c, error *err) {
  c->ends = calloc((size_t)keys->count + 1, sizeof *c->ends);
  if (c->ends == NULL) {
    return error_no_memory(err, "the cells of rows");
  }
  for (uint32_t k = 0; k < keys->count; k++) {
    if (keys->texts != NULL) {
      sheet_put_text(keys->texts[k], guarded, &c->keys);
    } else {
      put_number(keys->numbers[k], 0, &c->keys);
    }
    c->ends[k] = c->keys.length;
  }
  return buf_status(&c->keys, "the cells of rows", err);
}

static status open_value(frame *f, const sheet *s, cells_column *c, error *err) {
  const uint32_t variable = c->column->variable;
  switch (program_variable_form(c->variable)) {
    case FORM_CODED: {
      coded_view v;
      TRY(frame_coded(f, variable, &v, err));
      return open_keys(&v.keys, s->guards_formulas, c, err);
    }
    case FORM_NUMBER: {
      number_view v;
      TRY(frame_number(f, variable, &v, err));
      c->numbers = v.values;
      c->decimals = v.decimals;
      c->is_date = c->variable->kind == VARIABLE_DATE;
      return STATUS_OK;
    }
    case FORM_TEXT: {
      text_view v;
      TRY(frame_text(f, variable, &v, err));
      c->texts = v.texts;
      return STATUS_OK;
    }
    case FORM_SET:
      return frame_set(f, variable, &c->set, err);
  }
  return STATUS_OK;
}

status cells_open(frame *f, const sheet *s, uint32_t column, cells_column *c, error *err) {
  *c = (cells_column){.column = &s->columns[column]};
  buf_init(&c->keys);
  if (c->column->source != SHEET_VALUE && c->column->source != SHEET_REASON) {
    return STATUS_OK;
  }
  c->variable = &s->program->variables[c->column->variable];
  TRY(frame_answers(f, c->column->variable, &c->answers, err));
  if (c->column->filter != PROGRAM_NONE) {
    TRY(frame_mask(f, c->column->filter, PROGRAM_NONE, &c->holds, err));
  }
  return c->column->source == SHEET_VALUE ? open_value(f, s, c, err) : STATUS_OK;
}

void cells_close(cells_column *c) {
  buf_fini(&c->keys);
  free(c->ends);
}

/* ---- Putting --------------------------------------------------------------------------------------- */

static void put_key(const cells_column *c, uint32_t key, buf *out) {
  const size_t start = key > 0 ? c->ends[key - 1] : 0;
  buf_put(out, c->keys.data + start, c->ends[key] - start);
}

/* A cell of several texts is quoted as a whole. */
static void put_options(const cells_column *c, const sheet *s, uint32_t row, buf *out) {
  buf joined;
  buf_init(&joined);
  for (uint32_t i = 0; i < c->set.options.count; i++) {
    if (c->set.flags[i][row] == 1) {
      buf_put(&joined, "; ", joined.length > 0 ? 2 : 0);
      buf_put(&joined, c->set.options.texts[i].bytes, c->set.options.texts[i].length);
    }
  }
  out->failed = out->failed || joined.failed;
  sheet_put_text((slice){(const char *)joined.data, joined.length}, s->guards_formulas, out);
  buf_fini(&joined);
}

static void put_value(const cells_column *c, const sheet *s, uint32_t row, buf *out) {
  if (c->ends != NULL) {
    put_key(c, c->answers.wide != NULL ? c->answers.wide[row] : c->answers.slots[row], out);
  } else if (c->texts != NULL) {
    sheet_put_text(c->texts[row], s->guards_formulas, out);
  } else if (c->numbers == NULL) {
    put_options(c, s, row, out);
  } else if (c->is_date) {
    put_date(c->numbers[row], out);
  } else {
    put_number(c->numbers[row], c->decimals, out);
  }
}

static int reason_of(const cells_column *c, uint32_t row) {
  return c->holds != NULL && !c->holds[row] ? (int)MISSING_NOT_APPLICABLE : answers_reason(&c->answers, row);
}

void cells_put(const cells_column *c, const sheet *s, const stats_rows *rows, uint32_t row, buf *out) {
  switch (c->column->source) {
    case SHEET_ROW:
      put_number((int64_t)(stats_rows_ordinal(rows, row) + 1), 0, out);
      break;
    case SHEET_VALUE:
      if (reason_of(c, row) == ANSWERED) {
        put_value(c, s, row, out);
      }
      break;
    case SHEET_REASON: {
      const int reason = reason_of(c, row);
      if (reason != ANSWERED) {
        const char *name = missing_name((missing_reason)reason);
        buf_put(out, name, strlen(name));
      }
      break;
    }
    case SHEET_NOTHING:
    case SHEET_SOURCES:
      break;
  }
}

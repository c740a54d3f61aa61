#include "reading/header_use.h"

static status refuse_platform(const char *title, const platform *p, error *err) {
  return error_set(
      err, STATUS_DATA,
      "%s: its first records are not those of an export of %s; state the rows of its header, `data: "
      "{header: 1}`, or `data: {format: csv}`",
      title, p->title);
}

static const platform *named(const reading_options *o) {
  return o->format != NULL ? platform_named(slice_of(o->format)) : NULL;
}

bool header_use_wants_sample(const reading_options *o) {
  return named(o) != NULL || (o->format == NULL && o->header.rows == 0);
}

/* Totals have names where respondents have numbers or times; the first respondent with a first cell tells. */
static bool has_totals(const platform_shape *shape, const platform_sample *sample) {
  uint32_t row = shape->header_rows;
  while (row < sample->rows && (sample->counts[row] == 0 || sample->cells[row][0].length == 0)) {
    row++;
  }
  const char first = row < sample->rows ? sample->cells[row][0].bytes[0] : '\0';
  return !shape->only_named && first >= '0' && first <= '9';
}

/* The platform that the options name, or that is recognised by the records. */
static status find_platform(const reading_options *o, const platform_sample *sample, const char *title,
                            header_use *u, error *err) {
  const platform_shape *shape = NULL;
  bool is_shown = true;
  u->platform = named(o);
  if (!header_use_wants_sample(o)) {
    return STATUS_OK;
  }
  if (u->platform == NULL) {
    u->platform = platform_recognise(sample, &shape);
  } else {
    shape = platform_shape_of(u->platform, sample);
    const platform_shape *first = &u->platform->shapes[0];
    is_shown = shape != NULL;
    shape = shape == NULL && first->header_rows == 1 ? first : shape;
    if (shape == NULL && o->header.rows == 0) {
      return refuse_platform(title, u->platform, err);
    }
  }
  if (shape != NULL) {
    *u = (header_use){.rows = shape->header_rows,
                      .titles = shape->title_rows,
                      .labels = shape->label_row,
                      .platform = u->platform,
                      .is_shape = true,
                      .has_totals = is_shown && has_totals(shape, sample)};
  }
  return STATUS_OK;
}

static uint32_t bits_below(uint32_t count) {
  return (UINT32_C(1) << count) - 1;
}

/* Options override the platform's shape. */
static void apply_options(const reading_options *o, header_use *u) {
  const reading_header_rows *h = &o->header;
  if (h->rows > 0 && h->rows != u->rows) {
    u->rows = h->rows;
    u->titles = 0;
    u->labels = 0;
    u->is_shape = false;
    u->has_totals = false;
  }
  u->rows = u->rows > 0 ? u->rows : 1;
  u->labels = h->labels > 0 ? h->labels : u->labels;
  u->titles = h->titles != 0 ? h->titles : u->titles;
  if (u->titles == 0) {
    u->titles = bits_below(u->rows) & ~(u->labels > 0 ? UINT32_C(1) << (u->labels - 1) : 0);
  }
}

/* Rows that have been given a meaning must be in the header. */
static status check_use(const header_use *u, const char *title, error *err) {
  if (u->labels <= u->rows && (u->titles & ~bits_below(u->rows)) == 0 && u->titles != 0) {
    return STATUS_OK;
  }
  return error_set(
      err, STATUS_DATA,
      "%s: its header has %u row%s, and `data: {titles, labels}` want others; state `data: {header: "
      "...}`, how many it has",
      title, u->rows, u->rows == 1 ? "" : "s");
}

status header_use_find(const reading_options *options, const platform_sample *sample, const char *title,
                       header_use *out, error *err) {
  *out = (header_use){.rows = 0};
  TRY(find_platform(options, sample, title, out, err));
  apply_options(options, out);
  return check_use(out, title, err);
}

uint32_t header_use_telling(const header_use *u) {
  return u->is_shape ? bits_below(u->rows) : u->titles | (u->labels > 0 ? UINT32_C(1) << (u->labels - 1) : 0);
}

bool header_use_cleans(const header_use *u) {
  return u->platform != NULL || u->rows > 1;
}

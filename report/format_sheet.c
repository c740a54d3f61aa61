/* Sheet: one banner table as a rectangle for spreadsheets: three lines of heads, then a line for each line of
 * each question.  NAME: figures as in the document, letters and marks in columns of their own; NAME/beside:
 * for reading, letters beside the figures. */
#include <string.h>

#include "report/csv.h"
#include "report/formats.h"
#include "report/layout.h"
#include "report/sentence.h"

enum { NAMES_BYTES = 800, ASKED_COLUMNS = 80, HEADS = 3 };

typedef struct sheet {
  const document *d;
  const layout_banner *banner;
  bool beside;
  buf *out, scratch;
} sheet;

static void put_next(sheet *s, slice text) {
  buf_put(s->out, ",", 1);
  csv_put(s->out, text);
}

/* The block, the column's own name, its letter. */
static void write_heads(sheet *s) {
  for (int head = 0; head < HEADS; head++) {
    static const char *const keys[HEADS][3] = {{"", "", ""}, {"question", "item", "line"}, {"", "", ""}};
    for (int k = 0; k < 3; k++) {
      buf_put(s->out, ",", k > 0 ? 1 : 0);
      csv_put(s->out, keys[head][k][0] != '\0' ? figure_title(s->d, keys[head][k]) : slice_of(""));
    }
    for (size_t j = 0; j < s->banner->columns_count; j++) {
      const layout_banner_column *c = &s->banner->columns[j];
      put_next(s, head == 0 ? c->over : head == 1 ? c->title : c->letter);
      if (!s->beside) {
        put_next(s, slice_of(""));
      }
    }
    buf_put(s->out, "\n", 1);
  }
}

/* With all digits; a figure that is not given is empty. */
static slice plain_figure(sheet *s, const layout_banner_line *line, size_t column) {
  const json *figure = json_get(line->cells[column], "figure");
  const slice mark = json_as_text(json_get(line->cells[column], "mark"));
  buf_clear(&s->scratch);
  if (json_kind_of(figure) != JSON_NULL) {
    json_write(figure, &s->scratch);
    return (slice){(const char *)s->scratch.data, s->scratch.length};
  }
  return slice_of(slice_equal(mark, slice_of("suppressed")) ? "–" : "");
}

/* "Wifi [travel == 'Business']" */
static slice question_title(const document *d, const layout_banner_question *q) {
  const sentence_place places[] = {{"title", q->title}, {"base", q->base}};
  return q->base.length == 0 ? q->title : sentence_fill(d, "{title} [{base}]", places, 2);
}

static void write_line(sheet *s, const layout_banner_question *q, const layout_banner_line *line) {
  const bool is_grid = line->heading.length > 0;
  csv_put(s->out, question_title(s->d, q));
  put_next(s, is_grid ? line->label : slice_of(""));
  put_next(s, is_grid ? line->heading : line->label);
  for (size_t j = 0; j < s->banner->columns_count; j++) {
    put_next(s, s->beside ? layout_banner_cell(s->d, line, j) : plain_figure(s, line, j));
    if (!s->beside) {
      put_next(s, layout_banner_marks(s->d, line, j));
    }
  }
  buf_put(s->out, "\n", 1);
}

static void write_sheet(sheet *s) {
  buf_init(&s->scratch);
  write_heads(s);
  for (size_t i = 0; i < s->banner->questions_count; i++) {
    const layout_banner_question *q = &s->banner->questions[i];
    for (size_t k = 0; k < q->lines_count; k++) {
      write_line(s, q, &q->lines[k]);
    }
  }
  s->out->failed = s->out->failed || s->scratch.failed;
  buf_fini(&s->scratch);
}

/* ---- Which ----------------------------------------------------------------------------------------- */

static const layout_table *banner_table(const layout_section *section) {
  for (size_t t = 0; t < section->tables_count; t++) {
    if (section->tables[t].view == VIEW_BANNER) {
      return &section->tables[t];
    }
  }
  return NULL;
}

static status unknown_part(const layout *l, slice part, error *err) {
  const slice asked = text_fit(document_display(l->document, part), ASKED_COLUMNS);
  buf names;
  buf_init(&names);
  for (size_t i = 0; i < l->sections_count && names.length < NAMES_BYTES; i++) {
    if (banner_table(&l->sections[i]) != NULL) {
      const slice name = text_fit(document_display(l->document, l->sections[i].name), ASKED_COLUMNS);
      buf_printf(&names, "%s%.*s", names.length > 0 ? ", " : "", SLICE_ARG(name));
    }
  }
  const status st =
      names.length == 0
          ? error_set(err, STATUS_USAGE, "there is no sheet '%.*s': the report has no analysis `tables`",
                      SLICE_ARG(asked))
          : error_set(err, STATUS_USAGE,
                      "there is no sheet '%.*s'; the report has %.*s (or NAME/beside: letters "
                      "beside the figures)",
                      SLICE_ARG(asked), (int)names.length, (const char *)names.data);
  buf_fini(&names);
  return st;
}

/* "NAME" or "NAME/beside" */
static bool is_named(slice part, slice name, bool *beside) {
  static const char ending[] = "/beside";
  const size_t length = sizeof ending - 1;
  *beside = part.length == name.length + length && memcmp(part.bytes + name.length, ending, length) == 0;
  return (*beside || part.length == name.length) && memcmp(part.bytes, name.bytes, name.length) == 0;
}

static status draw(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)options;
  for (size_t i = 0; i < l->sections_count; i++) {
    const layout_table *table = banner_table(&l->sections[i]);
    sheet s = {.d = l->document, .out = out};
    if (table != NULL && is_named(part, l->sections[i].name, &s.beside)) {
      s.banner = layout_banner_of(l->document, table);
      if (s.banner == NULL) {
        return error_set(err, STATUS_CORRUPT,
                         "report: the columns and lines of '%.*s' are not those of a banner table",
                         SLICE_ARG(document_display(l->document, l->sections[i].name)));
      }
      write_sheet(&s);
      return STATUS_OK;
    }
  }
  return unknown_part(l, part, err);
}

status format_sheet_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, draw, out, err);
}

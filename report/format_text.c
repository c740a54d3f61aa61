/* Text: pages for people. */
#include "report/formats.h"
#include "report/outline.h"
#include "report/render.h"

enum { COLUMNS_DEFAULT = 100, COLUMNS_MIN = 60, COLUMNS_MAX = 400 };

static pen pen_of(const report_options *options, buf *out) {
  const unsigned asked = options->width > 0 ? options->width : options->columns;
  unsigned columns = asked == 0 ? COLUMNS_DEFAULT : asked;
  columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
  return (pen){out, columns, options->color};
}

static void write_chapter(const layout *l, const pen *p, const outline_chapter *c) {
  if (c->part == CHAPTER_PART_SUMMARY) {
    text_summary_write(l, p);
  } else if (c->part != CHAPTER_PART_NONE && c->part != CHAPTER_PART_MEASURES) {
    text_data_write(l, p);
  }
  for (size_t i = 0; i < c->sections_count; i++) {
    buf_put(p->out, "\n\n", i > 0 || c->part == CHAPTER_PART_QUALITY ? 2 : 0);
    text_section_write(l->document, p, c->sections[i].section, c->sections[i].index + 1);
  }
}

static status write_pages(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)part;
  const pen p = pen_of(options, out);
  const outline *o = NULL;
  if (options->only != NULL || options->summary) {
    TRY(outline_of(l, options->only, &o, err));
    if (options->summary) {
      text_evaluation_write(o, &p);
    } else {
      write_chapter(l, &p, &o->chapters[0]);
    }
    return STATUS_OK;
  }
  text_summary_write(l, &p);
  for (size_t i = 0; i < l->sections_count; i++) {
    buf_put(out, "\n\n", 2);
    text_section_write(l->document, &p, &l->sections[i], i + 1);
  }
  buf_put(out, "\n\n", 2);
  text_data_write(l, &p);
  return STATUS_OK;
}

status format_text_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, write_pages, out, err);
}

status text_findings_write(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)part;
  (void)err;
  const pen p = pen_of(options, out);
  text_troubles_write(l, &p);
  for (size_t i = 0; i < l->sections_count; i++) {
    text_warnings_write(&p, &l->sections[i]);
  }
  return STATUS_OK;
}

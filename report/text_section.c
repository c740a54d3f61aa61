/* One analysis: heading, settings, tables, warnings and notes. */
#include <stdio.h>

#include "report/render.h"
#include "report/text_table.h"

enum { INDENT = 3 };

static void write_heading(const pen *p, const layout_section *s, size_t number) {
  char lead[16];
  int length = snprintf(lead, sizeof lead, "%zu", number);
  size_t width = (size_t)length < INDENT ? INDENT - (size_t)length : 1;
  pen_words(p, PEN_BOLD, lead);
  pen_blanks(p, width);
  pen_text(p, PEN_BOLD, text_fit(s->title, p->columns > 10 ? p->columns - 10 : 10));
  if (!slice_equal(s->title, s->kind_title)) {
    pen_words(p, PEN_DIM, " · ");
    pen_text(p, PEN_DIM, s->kind_title);
  }
  pen_line_end(p);
  pen_repeat(p, PEN_DIM, "─", p->columns);
  pen_line_end(p);
}

static void write_settings(const document *d, const pen *p, const layout_texts *settings) {
  pen_paragraph(p, PEN_DIM, INDENT, "", layout_texts_joined(d, settings, slice_of(" · ")));
}

static void write_remarks(const pen *p, const layout_remarks *remarks, const char *lead) {
  for (size_t i = 0; i < remarks->count; i++) {
    const pen_style style = remarks->at[i].is_more ? PEN_DIM : PEN_PLAIN;
    pen_paragraph(p, style, INDENT, lead, remarks->at[i].text);
  }
}

static void write_remarks_apart(const pen *p, const layout_remarks *remarks, const char *lead) {
  if (remarks->count > 0) {
    pen_line_end(p);
  }
  write_remarks(p, remarks, lead);
}

void text_warnings_write(const pen *p, const layout_section *s) {
  if (s->warnings.count == 0) {
    return;
  }
  pen_blanks(p, INDENT);
  pen_text(p, PEN_BOLD, s->title);
  pen_line_end(p);
  write_remarks(p, &s->warnings, "! ");
}

void text_section_write(const document *d, const pen *p, const layout_section *s, size_t number) {
  write_heading(p, s, number);
  write_settings(d, p, &s->settings);
  for (size_t i = 0; i < s->tables_count; i++) {
    if (s->tables[i].view == VIEW_HEAD) {
      continue;
    }
    pen_line_end(p);
    text_table_write(d, p, INDENT, &s->tables[i]);
  }
  write_remarks_apart(p, &s->warnings, "! ");
  write_remarks_apart(p, &s->notes, "· ");
}

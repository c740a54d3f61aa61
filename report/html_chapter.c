/* Chapters: headings, what a person wrote, the analyses with their figures, methods and warnings. */
#include "report/html_page.h"

static void put_notes(const html_page *p, const layout_section *s) {
  if (s->notes.count > 0) {
    buf_printf(p->out, "<details class=\"notes\"><summary>");
    html_text(p->out, html_said(p, WORD_PAGE_METHOD));
    buf_printf(p->out, "</summary>\n");
    html_remarks(p, "", &s->notes);
    buf_printf(p->out, "</details>\n");
  }
}

static void put_section(const html_page *p, const outline_section *o) {
  const layout_section *s = o->section;
  buf_printf(p->out, "<section class=\"analysis\" id=\"s%zu\">\n", o->index + 1);
  if (!slice_equal(s->title, s->kind_title)) {
    html_element(p->out, "p", "eyebrow", s->kind_title);
  }
  html_element(p->out, "h3", "", s->title);
  html_remarks(p, "warn", &s->warnings);
  for (size_t i = 0; i < o->figures_count; i++) {
    html_figure(p, o, &o->figures[i]);
  }
  put_notes(p, s);
  buf_printf(p->out, "</section>\n");
}

static void put_part(const html_page *p, chapter_part part) {
  static void (*const parts[])(const html_page *) = {
      [CHAPTER_PART_NONE] = NULL,        [CHAPTER_PART_SUMMARY] = html_summary,
      [CHAPTER_PART_STUDY] = html_study, [CHAPTER_PART_QUALITY] = html_quality,
      [CHAPTER_PART_MEASURES] = NULL,    [CHAPTER_PART_APPENDIX] = html_appendix,
  };
  if (parts[part] != NULL) {
    parts[part](p);
  }
}

void html_chapter(const html_page *p, const outline_chapter *chapter) {
  buf_printf(p->out, "<section class=\"chapter\" id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">",
             chapter->name, chapter->name, chapter->name);
  html_label(p->out, chapter->title);
  buf_printf(p->out, "</h2>\n");
  html_markdown(p, chapter->text);
  put_part(p, chapter->part);
  for (size_t i = 0; i < chapter->sections_count; i++) {
    put_section(p, &chapter->sections[i]);
  }
  buf_printf(p->out, "</section>\n");
}

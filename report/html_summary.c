/* The summary on one page: what the figures say, by the rules, and where they are. */
#include "report/findings.h"
#include "report/html_page.h"
#include "report/svg.h"
#include "report/svg_frame.h"
#include "report/svg_strip.h"

/* "Figure 3", where a list comes from. */
static void put_source(const html_page *p, const outline_figure *f) {
  if (f != NULL) {
    const bool is_chart = f->chart != NULL;
    buf_printf(p->out, " <a class=\"to\" href=\"#%s%zu\">", is_chart ? "f" : "t", f->number);
    html_text(p->out, html_numbered(p, is_chart ? WORD_PAGE_FIGURE : WORD_PAGE_TABLE, f->number));
    buf_printf(p->out, "</a>");
  }
}

static void put_heading(const html_page *p, word w, const outline_figure *source) {
  buf_printf(p->out, "<h3>");
  html_text(p->out, html_said(p, w));
  put_source(p, source);
  buf_printf(p->out, "</h3>\n");
}

static void put_bar(const html_page *p, const char *class_name, double share) {
  const double width = share > 0 ? (share < 1 ? 100 * share : 100) : 0;
  buf_printf(p->out,
             "<svg class=\"cv\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\n");
  svg_rect(p->out, "ground", 0, 3, 100, 2);
  svg_rect(p->out, class_name, 0, 1, width, 6);
  buf_printf(p->out, "</svg>");
}

/* Names with a bar and a figure each. */
static void put_bars(const html_page *p, word title, const finding_list *list, const char *class_name) {
  if (list->count == 0 && list->plain.length == 0) {
    return;
  }
  put_heading(p, title, list->figure);
  html_element(p->out, "p", "said", list->plain);
  if (list->count > 0) {
    buf_printf(p->out, "<ol class=\"bars\">\n");
    for (size_t i = 0; i < list->count; i++) {
      buf_printf(p->out, "<li><span>");
      html_label(p->out, list->rows[i].name);
      buf_printf(p->out, "</span>");
      put_bar(p, class_name, list->rows[i].share);
      buf_printf(p->out, "<b>");
      html_text(p->out, list->rows[i].value);
      buf_printf(p->out, "</b></li>\n");
    }
    buf_printf(p->out, "</ol>\n");
  }
}

/* Names with what is said of them. */
static void put_said(const html_page *p, word title, const finding_list *list) {
  if (list->count == 0 && list->plain.length == 0) {
    return;
  }
  put_heading(p, title, list->figure);
  html_element(p->out, "p", "said", list->plain);
  if (list->count > 0) {
    buf_printf(p->out, "<ol class=\"prio\">\n");
    for (size_t i = 0; i < list->count; i++) {
      buf_printf(p->out, "<li>");
      html_label(p->out, list->rows[i].name);
      html_element(p->out, "span", "", list->rows[i].remark);
      buf_printf(p->out, "</li>\n");
    }
    buf_printf(p->out, "</ol>\n");
  }
}

/* All items on one axis, beside the level. */
static void put_strip(const html_page *p, const findings *f) {
  static const struct {
    const char *class_name;
    svg_form form;
  } forms[] = {{"wide", SVG_WIDE}, {"slim", SVG_SLIM}};
  const layout_chart *chart = f->best.count == 0 ? NULL : f->best.figure->chart;
  bool is_drawn = false;
  buf_printf(p->out, "<div class=\"strip\">");
  for (size_t i = 0; chart != NULL && i < 2; i++) {
    buf_printf(p->out, "<div class=\"%s\">", forms[i].class_name);
    const size_t before = p->out->length;
    svg_strip_draw(p->d, chart, forms[i].form, html_said(p, WORD_PAGE_STRIP), p->out);
    is_drawn = p->out->length > before;
    buf_printf(p->out, "</div>\n");
  }
  html_element(p->out, "p", "kn", is_drawn ? html_said(p, WORD_PAGE_STRIP) : slice_of(""));
  buf_printf(p->out, "</div>\n");
}

static void put_level(const html_page *p, const findings *f) {
  html_element(p->out, "p", "head", f->head);
  if (!f->has_level) {
    return;
  }
  buf_printf(p->out, "<div class=\"top\"><div class=\"level\"><p class=\"kn\">");
  html_label(p->out, f->level_title);
  buf_printf(p->out, "</p>\n");
  html_element(p->out, "p", "big", svg_figure(p->d, f->level.value));
  buf_printf(p->out, "<p class=\"kn\">");
  html_text(p->out, f->level.title);
  buf_printf(p->out, " ");
  html_text(p->out, f->level.interval);
  buf_printf(p->out, "</p></div>\n");
  put_strip(p, f);
  buf_printf(p->out, "</div>\n");
}

/* ---- Columns ------------------------------------------------------------------------------------- */

typedef void column(const html_page *p, const findings *f);

static void put_parts(const html_page *p, const findings *f) {
  put_bars(p, WORD_PAGE_PARTS, &f->parts, "bar");
  put_bars(p, WORD_PAGE_BEST, &f->best, "bar");
}

static void put_weakest(const html_page *p, const findings *f) {
  put_bars(p, WORD_PAGE_WEAKEST, &f->weakest, "low");
}

static void put_drivers(const html_page *p, const findings *f) {
  put_bars(p, WORD_PAGE_DRIVERS, &f->drivers, "whole");
}

static void put_priorities(const html_page *p, const findings *f) {
  put_said(p, WORD_PAGE_PRIORITIES, &f->priorities);
  put_said(p, WORD_PAGE_BEHIND, &f->behind);
}

static void put_warnings(const html_page *p, const findings *f) {
  if (f->warnings.count > 0) {
    put_heading(p, WORD_PAGE_CARE, NULL);
    html_list(p, "warn", &f->warnings);
  }
}

/* Those columns that have something in them, side by side. */
static void put_columns(const html_page *p, const findings *f, column *const *columns, size_t count) {
  buf all;
  size_t used = 0;
  buf_init(&all);
  for (size_t i = 0; i < count; i++) {
    buf own;
    buf_init(&own);
    html_page inner = *p;
    inner.out = &own;
    columns[i](&inner, f);
    if (own.length > 0) {
      buf_printf(&all, "<div>");
      buf_put(&all, own.data, own.length);
      buf_printf(&all, "</div>\n");
      used++;
    }
    all.failed = all.failed || own.failed;
    buf_fini(&own);
  }
  if (used > 0) {
    buf_printf(p->out, "<div class=\"cols c%zu\">\n", used);
    buf_put(p->out, all.data, all.length);
    buf_printf(p->out, "</div>\n");
  }
  p->out->failed = p->out->failed || all.failed;
  buf_fini(&all);
}

void html_summary(const html_page *p) {
  static column *const upper[] = {put_parts, put_weakest, put_drivers};
  static column *const lower[] = {put_priorities, put_warnings};
  const findings *f = findings_make(p->o);
  if (f == NULL) {
    return; /* memory is used up: layout_write says so */
  }
  put_level(p, f);
  put_columns(p, f, upper, 3);
  put_columns(p, f, lower, 2);
}

/* The page around its chapters: head, cover, list of chapters, end. */
#include "report/html_page.h"

#include <string.h>

#include "base/digest.h"
#include "report/html_assets.h"
#include "report/svg.h"
#include "stats/plan/plan.h"

slice html_said(const html_page *p, word w) {
  return document_word(p->d, w);
}

slice html_numbered(const html_page *p, word w, size_t n) {
  const sentence_place place = {"n", figure_count(p->d, (int64_t)n)};
  return sentence_fill(p->d, word_text(w, p->d->language), &place, 1);
}

void html_list(const html_page *p, const char *class_name, const layout_texts *texts) {
  if (texts->count > 0) {
    buf_printf(p->out, "<ul class=\"%s\">\n", class_name);
    for (size_t i = 0; i < texts->count; i++) {
      html_element(p->out, "li", "", texts->at[i]);
    }
    buf_printf(p->out, "</ul>\n");
  }
}

void html_remarks(const html_page *p, const char *class_name, const layout_remarks *remarks) {
  layout_texts texts = {ARENA_ARRAY(p->d->memory, slice, remarks->count), 0, remarks->count};
  for (size_t i = 0; texts.at != NULL && i < remarks->count; i++) {
    texts.at[texts.count++] = remarks->at[i].text;
  }
  html_list(p, class_name, &texts);
}

/* ---- Head ---------------------------------------------------------------------------------------- */

/* "'sha256-...'": the browser takes a style or a script of exactly these bytes, and no other. */
static status put_source(buf *out, const char *directive, const char *bytes, size_t length, error *err) {
  digest d;
  TRY(digest_of(bytes, length, &d, err));
  buf_printf(out, "; %s 'sha256-", directive);
  html_base64(out, d.bytes, sizeof d.bytes);
  buf_printf(out, "'");
  return STATUS_OK;
}

static status put_policy(buf *out, error *err) {
  buf_printf(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'");
  TRY(put_source(out, "style-src", html_style, html_style_length, err));
  TRY(put_source(out, "script-src", html_script, html_script_length, err));
  buf_printf(out, "; base-uri 'none'; form-action 'none'\"/>\n");
  return STATUS_OK;
}

/* The script's words are attributes of the root: the script is the same in every language. */
static void put_root(const html_page *p) {
  static const struct {
    const char *name;
    word w;
  } words[] = {{"data-dark", WORD_PAGE_DARK}, {"data-light", WORD_PAGE_LIGHT},
               {"data-copy", WORD_PAGE_COPY}, {"data-done", WORD_PAGE_COPIED},
               {"data-find", WORD_PAGE_FIND}, {"data-none", WORD_PAGE_NONE}};
  buf_printf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\"", plan_languages[p->d->language]);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    html_attribute(p->out, words[i].name, html_said(p, words[i].w));
  }
  buf_printf(p->out, ">\n");
}

static status put_head(const html_page *p, error *err) {
  buf *out = p->out;
  put_root(p);
  buf_printf(out, "<head>\n<meta charset=\"utf-8\"/>\n");
  TRY(put_policy(out, err));
  buf_printf(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n<title>");
  svg_escape(out, text_fit(p->l->title, HTML_LABEL_COLUMNS));
  buf_printf(out, "</title>\n<style>");
  buf_put(out, html_style, html_style_length);
  buf_printf(out, "</style>\n</head>\n");
  return STATUS_OK;
}

/* ---- Cover --------------------------------------------------------------------------------------- */

static void put_chapters(const html_page *p) {
  buf_printf(p->out, "<nav");
  html_attribute(p->out, "aria-label", html_said(p, WORD_PAGE_CHAPTERS));
  buf_printf(p->out, "><ul>\n");
  for (size_t i = 0; i < p->o->chapters_count; i++) {
    buf_printf(p->out, "<li><a href=\"#%s\">", p->o->chapters[i].name);
    html_label(p->out, p->o->chapters[i].title);
    buf_printf(p->out, "</a></li>\n");
  }
  buf_printf(p->out, "</ul></nav>\n");
}

static void put_fact(const html_page *p, slice title, slice value) {
  if (value.length > 0) {
    buf_printf(p->out, "<div>");
    html_element(p->out, "dt", "", title);
    html_element(p->out, "dd", "", value);
    buf_printf(p->out, "</div>\n");
  }
}

static void put_cover(const html_page *p) {
  buf *out = p->out;
  buf_printf(out, "<header>\n");
  html_element(out, "p", "eyebrow", html_said(p, WORD_REPORT));
  html_element(out, "h1", "", p->l->title);
  buf_printf(out, "<dl class=\"facts\">\n");
  for (size_t i = 0; i < p->l->facts_count; i++) {
    put_fact(p, p->l->facts[i].title, figure_count(p->d, p->l->facts[i].n));
  }
  put_fact(p, html_said(p, WORD_PAGE_ANALYSES), figure_count(p->d, (int64_t)p->l->sections_count));
  put_fact(p, html_said(p, WORD_PAGE_SPECIFICATION),
           text_fit(document_display(p->d, json_as_text(json_get(p->d->root, "specification"))), 8));
  buf_printf(out, "</dl>\n</header>\n");
}

status html_begin(const html_page *p, error *err) {
  TRY(put_head(p, err));
  buf_printf(p->out, "<body>\n<a class=\"skip\" href=\"#%s\">",
             p->o->chapters_count > 0 ? p->o->chapters[0].name : "end");
  html_text(p->out, html_said(p, WORD_PAGE_SKIP));
  buf_printf(p->out, "</a>\n<div class=\"page\">\n");
  put_chapters(p);
  buf_printf(p->out, "<div>\n");
  put_cover(p);
  buf_printf(p->out, "<main>\n");
  return STATUS_OK;
}

void html_end(const html_page *p) {
  buf_printf(p->out, "</main>\n<footer id=\"end\">");
  html_element(p->out, "p", "", html_said(p, WORD_PAGE_MADE_BY));
  buf_printf(p->out, "</footer>\n</div>\n</div>\n<script>");
  buf_put(p->out, html_script, html_script_length);
  buf_printf(p->out, "</script>\n</body>\n</html>\n");
}

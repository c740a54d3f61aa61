/* The chapters about the study, its data, and the appendix: methods, codebook, digests, what was left out. */
#include "report/html_page.h"

static void put_heading(const html_page *p, word w) {
  html_element(p->out, "h3", "", html_said(p, w));
}

void html_study(const html_page *p) {
  put_heading(p, WORD_PAGE_FILES);
  html_counts(p, &p->l->data.files, html_said(p, WORD_PAGE_FILES));
}

void html_quality(const html_page *p) {
  put_heading(p, WORD_PAGE_ANSWERS);
  html_counts(p, &p->l->data.variables, html_said(p, WORD_PAGE_ANSWERS));
  if (p->l->data.troubles.count > 0) {
    put_heading(p, WORD_PAGE_TROUBLES);
    html_list(p, "warn", &p->l->data.troubles);
  }
}

/* ---- Codebook ------------------------------------------------------------------------------------ */

static void put_values(const html_page *p, slice name, const json *variable) {
  const json *values = json_get(variable, "values");
  for (size_t i = 0; i < json_count(values); i++) {
    const json *key = json_get(json_at(values, i), "key");
    buf code;
    buf_init(&code);
    json_write(key, &code);
    const slice written =
        json_kind_of(key) == JSON_TEXT ? json_as_text(key) : (slice){(const char *)code.data, code.length};
    const slice label = document_value(p->d, name, key);
    buf_printf(p->out, "%s", i > 0 ? "; " : "");
    html_text(p->out, document_display(p->d, written));
    if (!slice_equal(label, document_display(p->d, written))) {
      buf_printf(p->out, " = ");
      html_text(p->out, label);
    }
    buf_fini(&code);
  }
}

/* Whole labels, however long: elsewhere they are cut. */
static void put_codebook(const html_page *p) {
  const json *variables = json_get(p->d->root, "variables");
  if (json_count(variables) == 0) {
    return;
  }
  put_heading(p, WORD_PAGE_CODEBOOK);
  buf_printf(p->out, "<dl class=\"book\">\n");
  for (size_t i = 0; i < json_count(variables); i++) {
    const char *name = "";
    const json *variable = json_member(variables, i, &name);
    buf_printf(p->out, "<dt><code>");
    html_text(p->out, document_display(p->d, slice_of(name)));
    buf_printf(p->out, "</code></dt><dd>");
    html_text(p->out, document_item(p->d, slice_of(name)));
    if (json_count(json_get(variable, "values")) > 0) {
      buf_printf(p->out, "<br/><small>");
      put_values(p, slice_of(name), variable);
      buf_printf(p->out, "</small>");
    }
    buf_printf(p->out, "</dd>\n");
  }
  buf_printf(p->out, "</dl>\n");
}

/* ---- The rest ------------------------------------------------------------------------------------ */

static void put_bases(const html_page *p) {
  put_heading(p, WORD_PAGE_BASES);
  buf_printf(p->out, "<dl class=\"book\">\n");
  for (size_t i = 0; i < p->l->sections_count; i++) {
    const layout_section *s = &p->l->sections[i];
    html_element(p->out, "dt", "", s->title);
    buf_printf(p->out, "<dd>");
    for (size_t k = 0; k < s->settings.count; k++) {
      buf_printf(p->out, "%s", k > 0 ? " · " : "");
      html_label(p->out, s->settings.at[k]);
    }
    buf_printf(p->out, "</dd>\n");
  }
  buf_printf(p->out, "</dl>\n");
}

static void put_digests(const html_page *p) {
  put_heading(p, WORD_SHA256);
  buf_printf(p->out, "<dl class=\"book\">\n");
  for (size_t i = 0; i < p->l->data.digests_count; i++) {
    html_element(p->out, "dt", "", p->l->data.digests[i].name);
    html_element(p->out, "dd", "digest", p->l->data.digests[i].sha256);
  }
  buf_printf(p->out, "</dl>\n");
}

void html_appendix(const html_page *p) {
  if (p->o->left_out.count > 0) {
    put_heading(p, WORD_PAGE_LEFT_OUT);
    html_list(p, "plain", &p->o->left_out);
  }
  put_bases(p);
  put_codebook(p);
  put_digests(p);
}

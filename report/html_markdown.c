/* What a person wrote in a specification, as Markdown: paragraphs, headings, lists, quotes, emphasis, links.
 *
 * The parser is md4c (CommonMark) with HTML switched off: what looks like an element is text.  Everything
 * goes through the same escaping as labels.  Links lead to the page itself, to https, http or mailto; others
 * are text.  Pictures are their description: the page fetches nothing. */
#include <md4c.h>
#include <string.h>

#include "report/html_page.h"

typedef struct writing {
  buf *out;
  unsigned pictures; /* whose description is being written */
} writing;

/* ---- Elements ------------------------------------------------------------------------------------ */

/* A chapter's title is h2: headings of a text begin below it. */
static const char *heading_of(const void *detail) {
  const MD_BLOCK_H_DETAIL *h = detail;
  return h->level <= 1 ? "h3" : "h4";
}

static const char *block_name(MD_BLOCKTYPE type, const void *detail) {
  switch (type) {
    case MD_BLOCK_QUOTE:
      return "blockquote";
    case MD_BLOCK_UL:
      return "ul";
    case MD_BLOCK_OL:
      return "ol";
    case MD_BLOCK_LI:
      return "li";
    case MD_BLOCK_H:
      return heading_of(detail);
    case MD_BLOCK_CODE:
      return "pre";
    case MD_BLOCK_P:
      return "p";
    default:
      return NULL; /* the document itself, rules, and what extensions know */
  }
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *to) {
  writing *w = to;
  const char *name = block_name(type, detail);
  if (name != NULL) {
    buf_printf(w->out, "<%s>", name);
  } else if (type == MD_BLOCK_HR) {
    buf_printf(w->out, "<hr/>\n");
  }
  return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *to) {
  writing *w = to;
  const char *name = block_name(type, detail);
  if (name != NULL) {
    buf_printf(w->out, "</%s>\n", name);
  }
  return 0;
}

static bool is_allowed(slice target) {
  static const char *const beginnings[] = {"#", "https://", "http://", "mailto:"};
  for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
    const size_t length = strlen(beginnings[i]);
    if (target.length > length && memcmp(target.bytes, beginnings[i], length) == 0) {
      return true;
    }
  }
  return false;
}

static slice target_of(const void *detail) {
  const MD_SPAN_A_DETAIL *a = detail;
  return (slice){a->href.text, a->href.size};
}

static const char *span_name(MD_SPANTYPE type) {
  return type == MD_SPAN_EM ? "em" : type == MD_SPAN_STRONG ? "strong" : type == MD_SPAN_CODE ? "code" : NULL;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *to) {
  writing *w = to;
  if (w->pictures == 0 && type == MD_SPAN_A && is_allowed(target_of(detail))) {
    buf_printf(w->out, "<a rel=\"noreferrer\"");
    html_attribute(w->out, "href", target_of(detail));
    buf_printf(w->out, ">");
  } else if (w->pictures == 0 && span_name(type) != NULL) {
    buf_printf(w->out, "<%s>", span_name(type));
  }
  w->pictures += type == MD_SPAN_IMG ? 1 : 0;
  return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *to) {
  writing *w = to;
  w->pictures -= type == MD_SPAN_IMG ? 1 : 0;
  if (w->pictures == 0 && type == MD_SPAN_A && is_allowed(target_of(detail))) {
    buf_printf(w->out, "</a>");
  } else if (w->pictures == 0 && span_name(type) != NULL) {
    buf_printf(w->out, "</%s>", span_name(type));
  }
  return 0;
}

/* An entity stays what it was written as: the text says "&nbsp;" and not what a table of entities knows. */
static int put_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *to) {
  writing *w = to;
  if (type == MD_TEXT_BR) {
    buf_printf(w->out, "<br/>\n");
  } else if (type == MD_TEXT_SOFTBR) {
    buf_printf(w->out, "\n");
  } else {
    html_text(w->out, (slice){text, size});
  }
  return 0;
}

void html_markdown(const html_page *p, slice text) {
  static const MD_PARSER parser = {.flags = MD_FLAG_NOHTML,
                                   .enter_block = enter_block,
                                   .leave_block = leave_block,
                                   .enter_span = enter_span,
                                   .leave_span = leave_span,
                                   .text = put_text};
  writing w = {.out = p->out};
  if (text.length == 0 || text.length > UINT32_MAX) {
    return;
  }
  buf_printf(p->out, "<div class=\"text\">\n");
  if (md_parse(text.bytes, (MD_SIZE)text.length, &parser, &w) != 0) {
    p->out->failed = true; /* it fails only when memory is used up */
  }
  buf_printf(p->out, "</div>\n");
}

#include "specification/proposal/page.h"

#include <string.h>

#include "specification/proposal/words.h"
#include "specification/proposal/yaml_text.h"

enum {
  LINE_COLUMNS = 110,
  CORRELATE_MAX = 30, /* items whose pairs somebody would still read */
  BY_MAX = 8,         /* the most groups of a suggested breakdown */
};

/* ---- Before the codebook ------------------------------------------------------------------------- */

static void put_files(const manifest *m, uint64_t rows, buf *page) {
  char text[TEXT_COUNT_BYTES];
  buf_printf(page, "# Proposed by 'canvass init' from all %s rows of ", text_of_count(rows, text));
  yaml_text_comment(
      page, slice_equal(m->files[0].name, slice_of("-")) ? slice_of("standard input") : m->files[0].name);
  if (m->files_count > 1) {
    buf_printf(page, " and %u more", m->files_count - 1);
  }
  buf_printf(
      page,
      ".  Every type is a guess: look it over.\n"
      "# Behind each variable stands what was found; above it, where there is one, the other reading.\n");
  for (uint32_t i = 0; i < m->files_count; i++) {
    const file_reading *r = &m->files[i].reading;
    if (r->format.length > 0) {
      buf_printf(page, "# ");
      yaml_text_comment(page, m->files[i].name);
      buf_printf(page, " is read as: %.*s, %u header row%s\n", SLICE_ARG(r->format), r->header_rows,
                 r->header_rows == 1 ? "" : "s");
    }
  }
}

static void put_data(const guesses *g, const proposal_options *o, buf *page) {
  if (o->encoding == NULL && o->format == NULL && !g->decimal_comma) {
    return;
  }
  const char *comma = "";
  buf_printf(page, "\ndata: {");
  if (o->format != NULL) {
    buf_printf(page, "format: ");
    yaml_text_put(page, slice_of(o->format));
    comma = ", ";
  }
  if (o->encoding != NULL) {
    buf_printf(page, "%sencoding: ", comma);
    yaml_text_put(page, slice_of(o->encoding));
    comma = ", ";
  }
  buf_printf(page, "%s", g->decimal_comma ? comma : "");
  buf_printf(page, "%s}", g->decimal_comma ? "decimal: \",\"" : "");
  buf_printf(page, "%s", o->encoding != NULL ? "  # not UTF-8: the encoding is a guess" : "");
  buf_printf(page, "%s\n", g->decimal_comma ? "  # numbers have a decimal comma, and never a point" : "");
}

/* ---- Lists --------------------------------------------------------------------------------------- */

typedef bool (*item_test)(const guesses *g, uint32_t index, uint32_t of);

static uint32_t count_items(const guesses *g, item_test is_item, uint32_t of) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < g->count; i++) {
    count += page_has(&g->at[i]) && is_item(g, i, of);
  }
  return count;
}

/* Puts "[a, b, c]", in as many lines as needed. */
static void put_items(const guesses *g, item_test is_item, uint32_t of, size_t indent, buf *page) {
  size_t line = page->length;
  bool any = false;
  buf_printf(page, "[");
  for (uint32_t i = 0; i < g->count; i++) {
    if (!page_has(&g->at[i]) || !is_item(g, i, of)) {
      continue;
    }
    if (any && page->length - line + indent > LINE_COLUMNS) {
      buf_printf(page, ",\n%*s", (int)indent + 1, "");
      line = page->length;
    } else if (any) {
      buf_printf(page, ", ");
    }
    yaml_text_put(page, slice_of(g->at[i].name));
    any = true;
  }
  buf_printf(page, "]");
}

static bool is_item_of(const guesses *g, uint32_t index, uint32_t of) {
  return guess_is_item(g, &g->constructs[of], index);
}

/* ---- Constructs ---------------------------------------------------------------------------------- */

static void put_constructs(const guesses *g, buf *page) {
  for (uint32_t i = 0; i < g->constructs_count; i++) {
    const guess_construct *c = &g->constructs[i];
    buf_printf(page, "%s  ", i == 0 ? "\nconstructs:\n" : "");
    yaml_text_put(page, slice_of(c->name));
    buf_printf(page, ":\n    items: ");
    put_items(g, is_item_of, i, 11, page);
    buf_printf(page, "  # %u items of one scale, titles that begin alike\n", c->count);
    if (c->label.length > 0 && !slice_equal(c->label, slice_of(c->name))) {
      buf_printf(page, "    label: ");
      yaml_text_put(page, text_cut(c->label, 900));
      buf_printf(page, "\n");
    }
  }
}

/* ---- Analyses ------------------------------------------------------------------------------------ */

static bool has_answers(const guess *at) {
  for (uint32_t i = 0; i < at->options_count; i++) {
    if (facts_answers(at[i].facts) > 0) {
      return true;
    }
  }
  return facts_answers(at->facts) > 0;
}

static bool is_described(const guesses *g, uint32_t index, uint32_t of) {
  (void)of;
  const guess *at = &g->at[index];
  return has_answers(at) && at->type != GUESS_TEXT && at->type != GUESS_ID && at->type != GUESS_WEIGHT;
}

static bool is_anything(const guesses *g, uint32_t index, uint32_t of) {
  (void)of;
  return has_answers(&g->at[index]);
}

static bool is_recommendation(const guesses *g, uint32_t index, uint32_t of) {
  (void)of;
  return g->at[index].is_recommendation;
}

static bool is_satisfaction(const guesses *g, uint32_t index, uint32_t of) {
  const guess *at = &g->at[index];
  return at->type == GUESS_SCALE && at->scale == of && at->is_satisfaction && !at->is_direction_open &&
         !at->is_recommendation && at->high - at->low >= 2;
}

static bool has_scale(const guesses *g, uint32_t index, uint32_t of) {
  return g->at[index].type == GUESS_SCALE && g->at[index].scale == of;
}

static void put_satisfied(const guesses *g, buf *page) {
  for (uint32_t i = 0; i < g->scales_count; i++) {
    if (count_items(g, is_satisfaction, i) == 0) {
      continue;
    }
    const guess *first = &g->at[g->scales[i].first];
    const int boxes = first->high - first->low < 3 ? 1 : 2;
    buf_printf(page, "  - csat:  # satisfied: the best %d of %lld codes\n      items: ", boxes,
               (long long)(first->high - first->low + 1));
    put_items(g, is_satisfaction, i, 13, page);
    buf_printf(page, "\n      boxes: %d\n", boxes);
  }
}

static void put_correlations(const guesses *g, buf *page) {
  for (uint32_t i = 0; i < g->scales_count; i++) {
    const uint32_t count = count_items(g, has_scale, i);
    if (count >= 3 && count <= CORRELATE_MAX) {
      buf_printf(page, "  - correlate:\n      items: ");
      put_items(g, has_scale, i, 13, page);
      buf_printf(page, "\n");
    }
  }
}

/* Suggests `csat` for scales that no title calls satisfaction. */
static void put_perhaps_satisfied(const guesses *g, buf *page) {
  for (uint32_t i = 0; i < g->scales_count; i++) {
    const guess *first = &g->at[g->scales[i].first];
    const bool is_asked = first->is_satisfaction && first->is_direction_open && !first->is_recommendation;
    if (first->ladder == NULL && first->high - first->low >= 3 &&
        (count_items(g, has_scale, i) >= 3 || is_asked) && count_items(g, is_satisfaction, i) == 0) {
      buf_printf(page, "# If the high end of ");
      yaml_text_put(page, slice_of(guess_is_labelled(first->facts->codes) ? first->name : g->scales[i].name));
      buf_printf(page, " is the good one:\n# - csat: {items: ");
      yaml_text_put(page, slice_of(first->name));
      buf_printf(page, ", boxes: 2}\n");
    }
  }
}

/* Suggests groups for breakdowns and the weight, for the user to decide. */
static void put_suggestions(const guesses *g, buf *page) {
  put_perhaps_satisfied(g, page);
  for (uint32_t i = 0; i < g->count; i++) {
    const guess *at = &g->at[i];
    const uint32_t distinct = facts_distinct(at->facts);
    if (at->type == GUESS_NOMINAL && distinct >= 2 && distinct <= BY_MAX) {
      buf_printf(page, "# Any analysis can be broken down: by: ");
      yaml_text_put(page, slice_of(at->name));
      buf_printf(page, "\n");
      break;
    }
  }
  for (uint32_t i = 0; i < g->count; i++) {
    if (g->at[i].type == GUESS_WEIGHT) {
      buf_printf(page, "# To weight all analyses:\n# weight: ");
      yaml_text_put(page, slice_of(g->at[i].name));
      buf_printf(page, "\n");
    }
  }
}

static void put_analyses(const guesses *g, buf *page) {
  const item_test described = count_items(g, is_described, 0) > 0 ? is_described : is_anything;
  buf_printf(page, "\nanalyses:\n  - describe:\n      items: ");
  put_items(g, described, 0, 13, page);
  buf_printf(page, "\n");
  put_satisfied(g, page);
  if (count_items(g, is_recommendation, 0) > 0) {
    buf_printf(page, "  - nps:\n      items: ");
    put_items(g, is_recommendation, 0, 13, page);
    buf_printf(page, "\n");
  }
  for (uint32_t i = 0; i < g->constructs_count; i++) {
    buf_printf(page, "  - index: {construct: ");
    yaml_text_put(page, slice_of(g->constructs[i].name));
    buf_printf(page, "}\n");
  }
  put_correlations(g, page);
  put_suggestions(g, page);
}

void page_put(const guesses *g, const manifest *dataset, const proposal_options *options, buf *page) {
  put_files(dataset, g->facts.rows, page);
  put_data(g, options, page);
  page_put_scales(g, page);
  page_put_variables(g, page);
  put_constructs(g, page);
  put_analyses(g, page);
}

#include "specification/proposal/page.h"

#include <string.h>

#include "specification/proposal/words.h"
#include "specification/proposal/yaml_text.h"

enum {
  LINE_COLUMNS = 110,
  CORRELATE_MAX = 30, /* items whose pairs somebody would still read */
  BY_MAX = 8,         /* the most groups of a suggested breakdown */
};

void page_comment(const guesses *g, buf *page, const char *indent, phrase p, const char *const *texts,
                  size_t count) {
  buf line;
  buf_init(&line);
  phrase_put(p, g->language, texts, count, &line);
  buf_printf(page, "%s# ", indent);
  yaml_text_comment(page, (slice){(const char *)line.data, line.length});
  buf_printf(page, "\n");
  buf_fini(&line);
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
    char count[TEXT_COUNT_BYTES];
    PAGE_SAY(g, page, "  ", PHRASE_CONSTRUCT, text_of_count(c->count, count));
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
  const bool is_constant = at->type == GUESS_NOMINAL && facts_distinct(at->facts) < 2 &&
                           at->facts->rows >= GUESS_ROW_MANY && at->facts->absent == 0;
  return has_answers(at) && !is_constant && at->type != GUESS_TEXT && at->type != GUESS_ID &&
         at->type != GUESS_WEIGHT;
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

/* Nothing but totals lacks what all respondents have. */
static void put_where(const guesses *g, buf *page) {
  if (g->guard != NULL) {
    buf_printf(page, "      where: not missing(%s)\n", g->guard->name);
  }
}

/* Something says of all items which end is the good one. */
static bool is_told(const guesses *g, uint32_t scale) {
  bool told = true;
  for (uint32_t i = 0; i < g->count; i++) {
    const bool is_item = page_has(&g->at[i]) && is_satisfaction(g, i, scale);
    told =
        told && (!is_item || g->at[i].is_direction_told || (g->at[i].ladder != NULL && !g->at[i].is_mixed));
  }
  return told;
}

static void put_satisfied(const guesses *g, buf *page) {
  for (uint32_t i = 0; i < g->scales_count; i++) {
    if (count_items(g, is_satisfaction, i) == 0) {
      continue;
    }
    const guess *first = &g->at[g->scales[i].first];
    const uint32_t boxes = first->high - first->low < 3 ? 1 : 2;
    char best[TEXT_COUNT_BYTES];
    char codes[TEXT_COUNT_BYTES];
    (void)text_of_count(boxes, best);
    (void)text_of_count((uint64_t)(first->high - first->low + 1), codes);
    buf_printf(page, "  - csat:");
    PAGE_SAY(g, page, "  ", is_told(g, i) ? PHRASE_SATISFIED : PHRASE_SATISFIED_ASSUMED, best, codes);
    buf_printf(page, "      items: ");
    put_items(g, is_satisfaction, i, 13, page);
    buf_printf(page, "\n      boxes: %u\n", boxes);
    put_where(g, page);
  }
}

static void put_correlations(const guesses *g, buf *page) {
  for (uint32_t i = 0; i < g->scales_count; i++) {
    const uint32_t count = count_items(g, has_scale, i);
    if (count >= 3 && count <= CORRELATE_MAX) {
      buf_printf(page, "  - correlate:\n      items: ");
      put_items(g, has_scale, i, 13, page);
      buf_printf(page, "\n");
      put_where(g, page);
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
      PAGE_SAY(g, page, "", PHRASE_PERHAPS_SATISFIED,
               guess_is_labelled(first->facts->codes) || g->scales[i].count == 1 ? first->name
                                                                                 : g->scales[i].name);
      buf_printf(page, "# - csat: {items: ");
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
      PAGE_SAY(g, page, "", PHRASE_BY, at->name);
      break;
    }
  }
  for (uint32_t i = 0; i < g->count; i++) {
    if (g->at[i].type == GUESS_WEIGHT) {
      PAGE_SAY(g, page, "", PHRASE_WEIGHTED, "");
      buf_printf(page, "# weight: ");
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
  put_where(g, page);
  put_satisfied(g, page);
  if (count_items(g, is_recommendation, 0) > 0) {
    buf_printf(page, "  - nps:\n      items: ");
    put_items(g, is_recommendation, 0, 13, page);
    buf_printf(page, "\n");
    put_where(g, page);
  }
  for (uint32_t i = 0; i < g->constructs_count; i++) {
    buf_printf(page, "  - index: {construct: ");
    yaml_text_put(page, slice_of(g->constructs[i].name));
    if (g->guard != NULL) {
      buf_printf(page, ", where: not missing(%s)", g->guard->name);
    }
    buf_printf(page, "}\n");
  }
  put_correlations(g, page);
  put_suggestions(g, page);
}

void page_put(const guesses *g, const manifest *dataset, const proposal_source *source, buf *page) {
  page_put_head(g, dataset, source, page);
  page_put_scales(g, page);
  page_put_variables(g, page);
  put_constructs(g, page);
  put_analyses(g, page);
}

/* The figure at the top of the summary: the whole of an index, else an item that says it is overall, else the
 * first figure of satisfaction. */
#include <string.h>

#include "report/findings_parts.h"
#include "report/layout_build.h"
#include "report/svg_frame.h"

/* What labels of overall items contain, in lower case. */
static const char *const overall[] = {"overall", "all in all", "in general", "总体", "整体", "总的",
                                      "综合",    "總體",       "整體",       "總的", "綜合"};

static bool is_in(slice text, const char *part) {
  const size_t length = strlen(part);
  for (size_t i = 0; i + length <= text.length; i++) {
    size_t k = 0;
    while (k < length && (text.bytes[i + k] | (part[k] >= 'a' && part[k] <= 'z' ? 0x20 : 0)) == part[k]) {
      k++;
    }
    if (k == length) {
      return true;
    }
  }
  return false;
}

static bool is_overall(slice label) {
  for (size_t i = 0; i < sizeof overall / sizeof overall[0]; i++) {
    if (is_in(label, overall[i])) {
      return true;
    }
  }
  return false;
}

/* ---- Candidates ---------------------------------------------------------------------------------- */

typedef enum candidate {
  CANDIDATE_WHOLE, /* of a tree */
  CANDIDATE_OVERALL,
  CANDIDATE_FIRST,
  CANDIDATES,
} candidate;

static bool is_total(const json *row) {
  return json_kind_of(json_get(row, "group")) == JSON_NULL;
}

static bool is_candidate(candidate wanted, const json *row, const headline_figure *f) {
  const json *level = json_get(row, "level");
  const bool is_whole = json_kind_of(level) == JSON_INTEGER && json_as_integer(level) == 0;
  return wanted == CANDIDATE_WHOLE ? is_whole : wanted == CANDIDATE_OVERALL ? is_overall(f->name) : true;
}

/* Takes the first row of S that is WANTED. */
static bool take(const document *d, const layout_section *s, candidate wanted, findings *out) {
  const layout_table *t = s->headline_table;
  if (t == NULL || s->told.scale.kind != FIGURE_SCALE_FIXED) {
    return false;
  }
  for (size_t r = 0; r < t->rows_count; r++) {
    const json *row = json_at(t->rows, r);
    if (!is_total(row)) {
      continue;
    }
    const headline_figure f = layout_headline_figure(d, s, row);
    if (f.has_scale && f.interval.length > 0 && is_candidate(wanted, row, &f)) {
      out->level = f;
      out->level_title = s->title;
      out->has_level = true;
      return true;
    }
  }
  return false;
}

static const layout_section *find(const layout *l, findings *out) {
  static const report_chapter chapters[] = {CHAPTER_SATISFACTION, CHAPTER_ITEMS, CHAPTER_LOYALTY};
  for (candidate wanted = 0; wanted < CANDIDATES; wanted++) {
    for (size_t k = 0; k < sizeof chapters / sizeof chapters[0]; k++) {
      for (size_t i = 0; i < l->sections_count; i++) {
        if (l->sections[i].chapter == chapters[k] && take(l->document, &l->sections[i], wanted, out)) {
          return &l->sections[i];
        }
      }
    }
  }
  return NULL;
}

static bool is_share(const document *d, const layout_section *s) {
  const layout_table *t = s->headline_table;
  for (size_t c = 0; c < t->columns_count; c++) {
    if (strcmp(t->keys[c], s->headline_column) == 0) {
      return layout_columns(d, t)[c].format == TERM_PERCENT;
    }
  }
  return false;
}

void findings_level(const outline *o, findings *out, layout_texts *head) {
  const document *d = o->l->document;
  const layout_section *s = find(o->l, out);
  if (s == NULL) {
    return;
  }
  char most[32];
  const int length = json_format_number(out->level.scale_high, most);
  const sentence_place places[] = {{"item", out->level.name},
                                   {"title", out->level.title},
                                   {"value", svg_figure(d, out->level.value)},
                                   {"most", (slice){most, (size_t)length}}};
  const rule_id said = is_share(d, s)             ? RULE_level_share
                       : out->level.scale_low < 0 ? RULE_level_net
                                                  : RULE_level;
  layout_texts_add(d, head, rule_say(d, said, true, places, 4));
}

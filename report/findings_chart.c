/* The titles of figures: what a chart says, by the rules. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/findings.h"
#include "report/svg_frame.h"

static bool has_interval(const chart_row *r) {
  return !isnan(r->value) && !isnan(r->low) && !isnan(r->high);
}

/* ---- Bars: the highest and the lowest ------------------------------------------------------------ */

/* Rows that are compared: parts of a tree, or all. */
static bool is_compared(const layout_chart *chart, const chart_row *row) {
  return !row->is_part && (!chart->is_tree || row->level == 1) && has_interval(row) && row->label.length > 0;
}

static slice range_of(const document *d, const layout_chart *chart) {
  const chart_row *highest = NULL;
  const chart_row *lowest = NULL;
  size_t count = 0;
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    if (is_compared(chart, row)) {
      highest = highest == NULL || row->value > highest->value ? row : highest;
      lowest = lowest == NULL || row->value < lowest->value ? row : lowest;
      count++;
    }
  }
  if (count < 2) {
    return slice_of("");
  }
  const bool is_certain = lowest->high < highest->low;
  const sentence_place places[] = {{"item", highest->label},
                                   {"value", svg_figure(d, highest->value_text)},
                                   {"other", lowest->label},
                                   {"other_value", svg_figure(d, lowest->value_text)},
                                   {"count", figure_count(d, (int64_t)count)}};
  return rule_say(d, RULE_figure_range, is_certain, places, 5);
}

/* ---- Dots: the largest certain difference between two groups -------------------------------------- */

typedef struct widest {
  const chart_row *row;
  size_t above, below; /* series */
  double gap;
} widest;

static void compare_groups(const layout_chart *chart, const chart_row *row, widest *w) {
  for (size_t a = 0; a < chart->series_count; a++) {
    for (size_t b = 0; b < chart->series_count; b++) {
      const double gap = row->dots[a].value - row->dots[b].value;
      if (row->dots[a].low > row->dots[b].high && gap > w->gap) {
        *w = (widest){row, a, b, gap};
      }
    }
  }
}

static bool any_interval(const layout_chart *chart) {
  for (size_t i = 0; i < chart->rows_count; i++) {
    for (size_t k = 0; k < chart->series_count; k++) {
      if (!isnan(chart->rows[i].dots[k].low)) {
        return true;
      }
    }
  }
  return false;
}

static slice groups_of(const document *d, const layout_chart *chart) {
  widest w = {NULL, 0, 0, 0};
  for (size_t i = 0; i < chart->rows_count; i++) {
    compare_groups(chart, &chart->rows[i], &w);
  }
  if (w.row == NULL) {
    return any_interval(chart) ? rule_say(d, RULE_figure_groups, false, NULL, 0) : slice_of("");
  }
  char gap[64];
  (void)snprintf(gap, sizeof gap, "%.*f", svg_decimals(w.row->dots[w.above].text),
                 w.gap < 1e15 ? w.gap : 1e15);
  const sentence_place places[] = {{"group", chart->series[w.above]},
                                   {"other", chart->series[w.below]},
                                   {"gap", arena_slice(d->memory, slice_of(gap))},
                                   {"item", w.row->label}};
  return rule_say(d, RULE_figure_groups, true, places, 4);
}

slice finding_begun(const document *d, slice text) {
  if (text.length == 0 || text.bytes[0] < 'a' || text.bytes[0] > 'z') {
    return text;
  }
  char *copy = arena_copy(d->memory, text);
  if (copy == NULL) {
    return text;
  }
  copy[0] = (char)(copy[0] - 'a' + 'A');
  return (slice){copy, text.length};
}

slice finding_of_chart(const document *d, const layout_chart *chart) {
  return chart->kind == CHART_BARS   ? finding_begun(d, range_of(d, chart))
         : chart->kind == CHART_DOTS ? finding_begun(d, groups_of(d, chart))
                                     : slice_of("");
}

/* The kinds of charts and what draws them. */
#include "report/svg_frame.h"

static svg_drawing *const drawings[] = {
    [CHART_BARS] = svg_bars_draw,      [CHART_SHARES] = svg_shares_draw, [CHART_DOTS] = svg_dots_draw,
    [CHART_FOREST] = svg_forest_draw,  [CHART_NET] = svg_net_draw,       [CHART_RANKS] = svg_ranks_draw,
    [CHART_POINTS] = svg_quadrant_draw};

void svg_chart_draw(const svg_request *asked, buf *out) {
  drawings[asked->chart->kind](asked, out);
}

/* What should be known of the data before figures are trusted, without the figures. */
#include "client/report/render.h"
#include "client/report/sentence.h"

enum { INDENT = 3 };

/* What rounding changes in a weight is told with the weights. */
static bool is_weight(const document *d, const json *variable) {
  const json *weights = json_get(json_get(d->root, "data"), "weights");
  const slice name = json_as_text(json_get(variable, "name"));
  for (size_t i = 0; i < json_count(weights); i++) {
    const json *weight = json_at(weights, i);
    if (slice_equal(json_as_text(json_get(weight, "name")), name)) {
      return json_as_integer(json_get(weight, "rounded")) == json_as_integer(json_get(variable, "rounded"));
    }
  }
  return false;
}

static void write_rounded(const document *d, const pen *p, const json *variable) {
  const int64_t rounded = json_as_integer(json_get(variable, "rounded"));
  if (rounded > 0 && !is_weight(d, variable)) {
    const sentence_place places[] = {
        {"item", document_item(d, json_as_text(json_get(variable, "name")))},
        {"n", figure_count(d, rounded)},
        {"answered", figure_count(d, json_as_integer(json_get(variable, "answered")))}};
    pen_paragraph(p, PEN_PLAIN, INDENT, "! ",
                  sentence_fill(d, word_text(WORD_ROUNDED_NUMBERS, d->language), places, 3));
  }
}

void text_findings_write(const document *d, const pen *p) {
  text_troubles_write(d, p);
  const json *variables = json_get(json_get(d->root, "data"), "variables");
  for (size_t i = 0; i < json_count(variables); i++) {
    write_rounded(d, p, json_at(variables, i));
  }
  const json *sections = json_get(d->root, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    text_warnings_write(d, p, json_at(sections, i));
  }
}

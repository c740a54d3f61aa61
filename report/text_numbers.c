/* How numbers were kept: which were rounded, with the first places, and why declared decimals gave way. */
#include "report/render.h"
#include "report/sentence.h"

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

static void write_rounded(const document *d, const pen *p, const json *variable, slice item) {
  const int64_t rounded = json_as_integer(json_get(variable, "rounded"));
  const json *first = json_get(variable, "rounded_places");
  if (rounded <= 0 || is_weight(d, variable)) {
    return;
  }
  buf places;
  buf_init(&places);
  text_places_put(d, first, &places);
  const sentence_place filled[] = {
      {"item", item},
      {"n", figure_count(d, rounded)},
      {"answered", figure_count(d, json_as_integer(json_get(variable, "answered")))},
      {"places", {(const char *)places.data, places.length}}};
  const word sentence = json_count(first) > 0 ? WORD_ROUNDED_NUMBERS_AT : WORD_ROUNDED_NUMBERS;
  pen_paragraph(p, PEN_PLAIN, INDENT, "! ", sentence_fill(d, word_text(sentence, d->language), filled, 4));
  buf_fini(&places);
}

static void write_decimals(const document *d, const pen *p, const json *decimals, slice item) {
  if (json_kind_of(decimals) == JSON_OBJECT) {
    const sentence_place filled[] = {
        {"item", item},
        {"declared", figure_count(d, json_as_integer(json_get(decimals, "declared")))},
        {"kept", figure_count(d, json_as_integer(json_get(decimals, "kept")))},
        {"largest", figure_alone(d, "largest", json_get(decimals, "largest"), decimals)}};
    pen_paragraph(p, PEN_PLAIN, INDENT, "! ",
                  sentence_fill(d, word_text(WORD_DECIMALS_DISPLACED, d->language), filled, 4));
  }
}

void text_numbers_write(const document *d, const pen *p, const json *variable, slice item) {
  write_decimals(d, p, json_get(variable, "decimals"), item);
  write_rounded(d, p, variable, item);
}

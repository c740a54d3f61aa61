/* How weights were read: which cannot be used, with the first places, and what rounding changed. */
#include <string.h>

#include "report/layout_build.h"
#include "report/sentence.h"

static const struct {
  const char *cause;
  word sentence;
} troubles[] = {
    {"missing", WORD_WEIGHT_MISSING},       {"no_number", WORD_WEIGHT_NO_NUMBER},
    {"too_large", WORD_WEIGHT_TOO_LARGE},   {"negative", WORD_WEIGHT_NEGATIVE},
    {"fractional", WORD_WEIGHT_FRACTIONAL}, {"few_digits", WORD_WEIGHT_FEW_DIGITS},
};

static void tell_trouble(const document *d, slice item, const json *trouble, layout_texts *out) {
  const char *cause = json_as_cstring(json_get(trouble, "cause"));
  for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
    if (strcmp(troubles[i].cause, cause) != 0) {
      continue;
    }
    const sentence_place filled[] = {{"item", item},
                                     {"n", figure_count(d, json_as_integer(json_get(trouble, "n")))},
                                     {"places", layout_places(d, json_get(trouble, "places"))}};
    layout_texts_add(d, out, sentence_fill(d, word_text(troubles[i].sentence, d->language), filled, 3));
  }
}

static void tell_rounded(const document *d, slice item, const json *weight, layout_texts *out) {
  const int64_t rounded = json_as_integer(json_get(weight, "rounded"));
  const double change = json_as_number(json_get(weight, "rounding_error"));
  if (rounded > 0) {
    const word sentence = change < 1 ? WORD_WEIGHT_ROUNDED : WORD_WEIGHT_ROUNDED_AWAY;
    const int64_t parts = change < 1 && change > 1e-18 ? (int64_t)(1 / change) : INT64_C(1000000000000000000);
    const sentence_place filled[] = {
        {"item", item},
        {"n", figure_count(d, rounded)},
        {"answered", figure_count(d, json_as_integer(json_get(weight, "above_zero")))},
        {"parts", figure_count(d, parts)}};
    layout_texts_add(d, out, sentence_fill(d, word_text(sentence, d->language), filled, 4));
  }
}

void layout_weights_tell(const document *d, layout_texts *out) {
  const json *weights = json_get(json_get(d->root, "data"), "weights");
  for (size_t i = 0; i < json_count(weights); i++) {
    const json *weight = json_at(weights, i);
    const slice item = document_item(d, json_as_text(json_get(weight, "name")));
    tell_rounded(d, item, weight, out);
    for (size_t k = 0; k < json_count(json_get(weight, "troubles")); k++) {
      tell_trouble(d, item, json_at(json_get(weight, "troubles"), k), out);
    }
  }
}

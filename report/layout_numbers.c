/* How cells were read and numbers kept: which are not read as they were written, which were rounded, with the
 * first places, and why fewer decimals are kept than declared. */
#include "report/layout_build.h"
#include "report/sentence.h"

/* What rounding changes in a weight is reported with the weights. */
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

static void tell_rounded(const document *d, const json *variable, slice item, layout_texts *out) {
  const int64_t rounded = json_as_integer(json_get(variable, "rounded"));
  const json *first = json_get(variable, "rounded_places");
  if (rounded <= 0 || is_weight(d, variable)) {
    return;
  }
  const sentence_place filled[] = {
      {"item", item},
      {"n", figure_count(d, rounded)},
      {"answered", figure_count(d, json_as_integer(json_get(variable, "answered")))},
      {"places", layout_places(d, first)}};
  const word sentence = json_count(first) > 0 ? WORD_ROUNDED_NUMBERS_AT : WORD_ROUNDED_NUMBERS;
  layout_texts_add(d, out, sentence_fill(d, word_text(sentence, d->language), filled, 4));
}

static void tell_decimals(const document *d, const json *decimals, slice item, layout_texts *out) {
  if (json_kind_of(decimals) == JSON_OBJECT) {
    const sentence_place filled[] = {
        {"item", item},
        {"declared", figure_count(d, json_as_integer(json_get(decimals, "declared")))},
        {"kept", figure_count(d, json_as_integer(json_get(decimals, "kept")))},
        {"largest", figure_alone(d, "largest", json_get(decimals, "largest"), decimals)}};
    layout_texts_add(d, out, sentence_fill(d, word_text(WORD_DECIMALS_DISPLACED, d->language), filled, 4));
  }
}

static void tell_tidied(const document *d, const json *variable, slice item, layout_texts *out) {
  const int64_t tidied = json_as_integer(json_get(variable, "tidied"));
  if (tidied > 0) {
    const sentence_place filled[] = {{"item", item},
                                     {"n", figure_count(d, tidied)},
                                     {"places", layout_places(d, json_get(variable, "tidied_places"))}};
    layout_texts_add(d, out, sentence_fill(d, word_text(WORD_TIDIED, d->language), filled, 3));
  }
}

static void tell_percents(const document *d, const json *variable, slice item, layout_texts *out) {
  const int64_t percents = json_as_integer(json_get(variable, "percents"));
  const int64_t answered = json_as_integer(json_get(variable, "answered"));
  if (percents > 0) {
    const sentence_place filled[] = {{"item", item},
                                     {"n", figure_count(d, percents)},
                                     {"others", figure_count(d, answered - percents)},
                                     {"places", layout_places(d, json_get(variable, "percent_places"))}};
    layout_texts_add(d, out, sentence_fill(d, word_text(WORD_PERCENTS, d->language), filled, 4));
  }
}

void layout_numbers_tell(const document *d, const json *variable, slice item, layout_texts *out) {
  tell_decimals(d, json_get(variable, "decimals"), item, out);
  tell_rounded(d, variable, item, out);
  tell_tidied(d, variable, item, out);
  tell_percents(d, variable, item, out);
}

/* ---- Computed results ---------------------------------------------------------------------------- */

static void tell_result(const document *d, const json *result, const char *count, const char *places,
                        word sentence, layout_texts *out) {
  const int64_t n = json_as_integer(json_get(result, count));
  if (n <= 0) {
    return;
  }
  const sentence_place filled[] = {
      {"item", document_item(d, json_as_text(json_get(result, "name")))},
      {"n", figure_count(d, n)},
      {"rows", figure_count(d, json_as_integer(json_get(result, "rows")))},
      {"answered", figure_count(d, json_as_integer(json_get(result, "answered")))},
      {"decimals", figure_count(d, json_as_integer(json_get(result, "decimals")))},
      {"places", layout_rows(d, json_get(result, places))}};
  layout_texts_add(d, out, sentence_fill(d, word_text(sentence, d->language), filled, 6));
}

void layout_results_tell(const document *d, const json *results, layout_texts *out) {
  for (size_t i = 0; i < json_count(results); i++) {
    const json *result = json_at(results, i);
    tell_result(d, result, "invalid", "places", WORD_INVALID_RESULTS, out);
    tell_result(d, result, "vanished", "vanished_places", WORD_VANISHED_RESULTS, out);
  }
}

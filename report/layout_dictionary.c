/* What the codebook left to the dictionaries of the files: one sentence for each setting. */
#include "report/layout_build.h"
#include "report/sentence.h"

enum { ITEMS_SHOWN = 20 };

static const struct {
  const char *setting;
  word sentence;
} settings[] = {
    {"range", WORD_DICTIONARY_RANGE},     {"values", WORD_DICTIONARY_VALUES},
    {"missing", WORD_DICTIONARY_MISSING}, {"format", WORD_DICTIONARY_FORMAT},
    {"columns", WORD_DICTIONARY_COLUMNS}, {"texts", WORD_DICTIONARY_TEXTS},
};

static bool has_taken(const json *variable, const char *setting) {
  const json *list = json_get(variable, "from_dictionary");
  for (size_t i = 0; i < json_count(list); i++) {
    if (slice_equal(json_as_text(json_at(list, i)), slice_of(setting))) {
      return true;
    }
  }
  return false;
}

static slice item_of(const document *d, const json *variable) {
  return document_item(d, json_as_text(json_get(variable, "name")));
}

static void tell_setting(const document *d, const json *variables, const char *setting, word sentence,
                         layout_texts *out) {
  layout_texts items = {.count = 0};
  int64_t more = 0;
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    if (!has_taken(variable, setting)) {
      continue;
    }
    const bool is_shown = items.count < ITEMS_SHOWN;
    more += !is_shown;
    if (is_shown) {
      layout_texts_add(d, &items, item_of(d, variable));
    }
  }
  if (more > 0) {
    const sentence_place n = {"n", figure_count(d, more)};
    layout_texts_add(d, &items, sentence_fill(d, word_text(WORD_MORE, d->language), &n, 1));
  }
  if (items.count > 0) {
    const sentence_place place = {"items", layout_texts_joined(d, &items, document_word(d, WORD_COMMA))};
    layout_texts_add(d, out, sentence_fill(d, word_text(sentence, d->language), &place, 1));
  }
}

void layout_dictionary_tell(const document *d, const json *data, layout_texts *out) {
  const json *variables = json_get(data, "variables");
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
    tell_setting(d, variables, settings[i].setting, settings[i].sentence, out);
  }
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    const json *other = json_get(variable, "other_dictionary");
    if (other != NULL) {
      const sentence_place places[] = {{"item", item_of(d, variable)},
                                       {"file", document_display(d, json_as_text(other))}};
      layout_texts_add(d, out, sentence_fill(d, word_text(WORD_DICTIONARY_OTHER, d->language), places, 2));
    }
  }
  const json *weight = json_get(data, "weight_offered");
  if (weight != NULL) {
    const sentence_place place = {"item", document_display(d, json_as_text(weight))};
    layout_texts_add(d, out, sentence_fill(d, word_text(WORD_WEIGHT_OFFERED, d->language), &place, 1));
  }
}

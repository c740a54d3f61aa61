/* Which files lack which columns: one sentence for all columns of which it is the same. */
#include "report/layout_build.h"
#include "report/sentence.h"

enum { COLUMNS_SHOWN = 20 };

/* A column that some files lack. */
typedef struct absence {
  slice item;
  const json *entry;
  bool was_told;
} absence;

typedef struct absences {
  absence *list;
  size_t count;
} absences;

static bool is_option(const absence *a) {
  return slice_equal(json_as_text(json_get(a->entry, "as")), slice_of("not_chosen"));
}

static int64_t files_of(const absence *a) {
  return json_as_integer(json_get(a->entry, "n"));
}

static bool is_alike(const absence *a, const absence *b) {
  const json *files = json_get(a->entry, "files");
  const json *others = json_get(b->entry, "files");
  bool alike =
      is_option(a) == is_option(b) && files_of(a) == files_of(b) && json_count(files) == json_count(others);
  for (size_t i = 0; alike && i < json_count(files); i++) {
    alike = slice_equal(json_as_text(json_at(files, i)), json_as_text(json_at(others, i)));
  }
  return alike;
}

static void collect(const document *d, const json *variables, absences *out) {
  size_t most = 0;
  for (size_t i = 0; i < json_count(variables); i++) {
    most += json_count(json_get(json_at(variables, i), "absent"));
  }
  out->list = ARENA_ARRAY(d->memory, absence, most + 1);
  for (size_t i = 0; out->list != NULL && i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    const json *all = json_get(variable, "absent");
    for (size_t k = 0; k < json_count(all); k++) {
      out->list[out->count++] =
          (absence){document_item(d, json_as_text(json_get(variable, "name"))), json_at(all, k), false};
    }
  }
}

/* What is listed ends with how many more there are. */
static slice joined(const document *d, layout_texts *list, int64_t more) {
  if (more > 0) {
    const sentence_place n = {"n", figure_count(d, more)};
    layout_texts_add(d, list, sentence_fill(d, word_text(WORD_MORE, d->language), &n, 1));
  }
  return layout_texts_joined(d, list, document_word(d, WORD_COMMA));
}

static slice file_names(const document *d, const absence *a) {
  const json *files = json_get(a->entry, "files");
  layout_texts names = {.count = 0};
  for (size_t i = 0; i < json_count(files); i++) {
    layout_texts_add(d, &names, document_display(d, json_as_text(json_at(files, i))));
  }
  return joined(d, &names, files_of(a) - (int64_t)json_count(files));
}

/* Of all columns like A, from A on: the columns of options, otherwise the variables. */
static slice like(const document *d, absences *all, size_t first) {
  layout_texts names = {.count = 0};
  int64_t more = 0;
  const absence *a = &all->list[first];
  for (size_t i = first; i < all->count; i++) {
    absence *other = &all->list[i];
    if (!other->was_told && is_alike(a, other)) {
      other->was_told = true;
      const bool is_shown = names.count < COLUMNS_SHOWN;
      more += !is_shown;
      if (is_shown) {
        layout_texts_add(
            d, &names,
            is_option(a) ? document_display(d, json_as_text(json_get(other->entry, "column"))) : other->item);
      }
    }
  }
  return joined(d, &names, more);
}

void layout_absent_tell(const document *d, const json *variables, layout_texts *out) {
  absences all = {.count = 0};
  collect(d, variables, &all);
  for (size_t i = 0; i < all.count; i++) {
    const absence *a = &all.list[i];
    if (a->was_told) {
      continue;
    }
    const word sentence = is_option(a) ? WORD_ABSENT_OPTIONS : WORD_ABSENT;
    const sentence_place places[] = {{"file", file_names(d, a)}, {"items", like(d, &all, i)}};
    layout_texts_add(d, out, sentence_fill(d, word_text(sentence, d->language), places, 2));
  }
}

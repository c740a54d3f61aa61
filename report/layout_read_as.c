/* As what files were read: one sentence for all files of which it is the same. */
#include "report/layout_build.h"
#include "report/sentence.h"

enum { NAMES_SHOWN = 5 };

static const json *read_as(const json *files, size_t index) {
  return json_get(json_at(files, index), "read_as");
}

/* What a sentence says of a file; 0: nothing. */
typedef struct aspect {
  word sentence;
  bool (*is_of)(const json *read_as);
  bool (*is_same)(const json *a, const json *b); /* NULL: always */
} aspect;

static int64_t header_rows(const json *r) {
  return json_as_integer(json_get(r, "header_rows"));
}

static slice format_of(const json *r) {
  return json_as_text(json_get(r, "format"));
}

static bool has_format(const json *r) {
  return format_of(r).length > 0;
}

static bool is_format_of_a_row(const json *r) {
  return has_format(r) && header_rows(r) == 1;
}

static bool is_format_of_rows(const json *r) {
  return has_format(r) && header_rows(r) != 1;
}

static bool has_rows(const json *r) {
  return !has_format(r) && header_rows(r) > 1;
}

static bool has_skipped(const json *r) {
  return json_as_integer(json_get(r, "skipped_lines")) > 0;
}

static bool has_notice(const json *r, const char *notice) {
  const json *list = json_get(r, "notices");
  for (size_t i = 0; i < json_count(list); i++) {
    if (slice_equal(json_as_text(json_at(list, i)), slice_of(notice))) {
      return true;
    }
  }
  return false;
}

static bool has_sep_line(const json *r) {
  return has_notice(r, "sep_line");
}

static bool has_tie(const json *r) {
  return has_notice(r, "delimiter_tied");
}

static bool is_utf16(const json *r) {
  return has_notice(r, "utf16");
}

static bool is_utf8_already(const json *r) {
  return has_notice(r, "utf8_already");
}

static bool has_other_sheets(const json *r) {
  return has_notice(r, "other_sheets");
}

static bool has_merged_cells(const json *r) {
  return has_notice(r, "merged_cells");
}

static bool has_formulas(const json *r) {
  return has_notice(r, "formulas");
}

static slice sheet_of(const json *r) {
  return json_as_text(json_get(r, "sheet"));
}

static bool has_sheet(const json *r) {
  return sheet_of(r).length > 0;
}

static bool same_sheet(const json *a, const json *b) {
  return slice_equal(sheet_of(a), sheet_of(b));
}

static bool same_format(const json *a, const json *b) {
  return slice_equal(format_of(a), format_of(b)) && header_rows(a) == header_rows(b);
}

static bool same_skipped(const json *a, const json *b) {
  return json_as_integer(json_get(a, "skipped_lines")) == json_as_integer(json_get(b, "skipped_lines"));
}

static const aspect aspects[] = {
    {WORD_READ_AS_ROW, is_format_of_a_row, same_format},
    {WORD_READ_AS_ROWS, is_format_of_rows, same_format},
    {WORD_HEADER_ROWS, has_rows, same_format},
    {WORD_SHEET, has_sheet, same_sheet},
    {WORD_OTHER_SHEETS, has_other_sheets, NULL},
    {WORD_SKIPPED_LINES, has_skipped, same_skipped},
    {WORD_SEP_LINE, has_sep_line, NULL},
    {WORD_UTF16, is_utf16, NULL},
    {WORD_UTF8_ALREADY, is_utf8_already, NULL},
    {WORD_DELIMITER_TIED, has_tie, NULL},
    {WORD_MERGED_CELLS, has_merged_cells, NULL},
    {WORD_FORMULAS, has_formulas, NULL},
};

static bool is_alike(const aspect *a, const json *first, const json *other) {
  return a->is_of(other) && (a->is_same == NULL || a->is_same(first, other));
}

static bool was_told(const aspect *a, const json *files, size_t index) {
  for (size_t i = 0; i < index; i++) {
    if (is_alike(a, read_as(files, index), read_as(files, i))) {
      return true;
    }
  }
  return false;
}

/* "a.csv, b.csv", or of many files the first ones and "… (24)". */
static slice names_from(const document *d, const aspect *a, const json *files, size_t first) {
  layout_texts names = {.count = 0};
  int64_t count = 0;
  for (size_t i = first; i < json_count(files); i++) {
    if (is_alike(a, read_as(files, first), read_as(files, i)) && count++ < NAMES_SHOWN) {
      layout_texts_add(d, &names, document_display(d, json_as_text(json_get(json_at(files, i), "name"))));
    }
  }
  if (count > NAMES_SHOWN) {
    const sentence_place all = {"n", figure_count(d, count)};
    layout_texts_add(d, &names, sentence_fill(d, "… ({n})", &all, 1));
  }
  return layout_texts_joined(d, &names, document_word(d, WORD_COMMA));
}

static int64_t number_of(const aspect *a, const json *r) {
  return a->sentence == WORD_SKIPPED_LINES ? json_as_integer(json_get(r, "skipped_lines")) : header_rows(r);
}

void layout_read_as_tell(const document *d, const json *files, layout_texts *out) {
  for (size_t k = 0; k < sizeof aspects / sizeof aspects[0]; k++) {
    const aspect *a = &aspects[k];
    for (size_t i = 0; i < json_count(files); i++) {
      const json *r = read_as(files, i);
      if (json_kind_of(r) != JSON_OBJECT || !a->is_of(r) || was_told(a, files, i)) {
        continue;
      }
      const sentence_place places[] = {{"file", names_from(d, a, files, i)},
                                       {"format", document_display(d, format_of(r))},
                                       {"sheet", document_display(d, sheet_of(r))},
                                       {"n", figure_count(d, number_of(a, r))}};
      layout_texts_add(d, out, sentence_fill(d, word_text(a->sentence, d->language), places, 4));
    }
  }
}

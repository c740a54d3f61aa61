/* One analysis: heading, settings, tables, warnings and notes. */
#include <stdio.h>

#include "report/render.h"
#include "report/sentence.h"
#include "report/text_table.h"

enum { INDENT = 3, SETTINGS_MAX = 8, TERM_BYTES = 128, ALIKE_MAX = 8, ALIKE_SHOWN = 5 };

slice section_kind_title(const document *d, const json *section) {
  slice kind = json_as_text(json_get(section, "analysis"));
  char key[TERM_BYTES];
  (void)snprintf(key, sizeof key, "analysis_%.*s", SLICE_ARG(kind));
  return term_find(key) != NULL ? figure_title(d, key) : document_display(d, kind);
}

slice section_title(const document *d, const json *section) {
  slice label = document_label(d, json_get(section, "label"));
  if (label.length > 0) {
    return label;
  }
  const char *kind = json_as_cstring(json_get(section, "analysis"));
  slice name = json_as_text(json_get(section, "name"));
  bool is_named = !slice_equal(name, slice_of(kind)) && name.length > 0;
  return is_named ? document_display(d, name) : section_kind_title(d, section);
}

static void write_heading(const document *d, const pen *p, const json *section, size_t number) {
  char lead[16];
  int length = snprintf(lead, sizeof lead, "%zu", number);
  size_t width = (size_t)length < INDENT ? INDENT - (size_t)length : 1;
  slice title = section_title(d, section);
  slice kind = section_kind_title(d, section);
  pen_words(p, PEN_BOLD, lead);
  pen_blanks(p, width);
  pen_text(p, PEN_BOLD, text_fit(title, p->columns > 10 ? p->columns - 10 : 10));
  if (!slice_equal(title, kind)) {
    pen_words(p, PEN_DIM, " · ");
    pen_text(p, PEN_DIM, kind);
  }
  pen_line_end(p);
  pen_repeat(p, PEN_DIM, "─", p->columns);
  pen_line_end(p);
}

/* ---- Settings ------------------------------------------------------------------------------------ */

typedef struct settings {
  const document *d;
  slice parts[SETTINGS_MAX];
  size_t count;
} settings;

static void add_setting(settings *s, word pattern, const sentence_place *places, size_t count) {
  if (s->count < SETTINGS_MAX) {
    s->parts[s->count++] = sentence_fill(s->d, word_text(pattern, s->d->language), places, count);
  }
}

static void add_counted(settings *s, word pattern, const json *count) {
  if (json_as_integer(count) > 0) {
    add_setting(s, pattern, &(sentence_place){"n", figure_count(s->d, json_as_integer(count))}, 1);
  }
}

static void add_weight(settings *s, const json *given) {
  slice weight = json_as_text(json_get(given, "weight"));
  slice kind = json_as_text(json_get(given, "weight_kind"));
  if (weight.length == 0) {
    add_setting(s, WORD_UNWEIGHTED, NULL, 0);
    return;
  }
  const char *kind_name = json_as_cstring(json_get(given, "weight_kind"));
  const sentence_place places[] = {
      {"weight", document_item(s->d, weight)},
      {"kind", document_display(s->d, slice_of(word_for_name(kind_name, s->d->language)))}};
  add_setting(s, kind.length > 0 ? WORD_WEIGHTED_AS : WORD_WEIGHTED, places, 2);
}

static void write_settings(const document *d, const pen *p, const json *given) {
  settings s = {.d = d};
  const json *base = json_get(given, "base");
  if (json_kind_of(base) == JSON_OBJECT) {
    const sentence_place places[] = {{"used", figure_count(d, json_as_integer(json_get(base, "used")))},
                                     {"rows", figure_count(d, json_as_integer(json_get(base, "rows")))}};
    add_setting(&s, WORD_BASE, places, 2);
  }
  add_weight(&s, given);
  slice where = json_as_text(json_get(given, "where"));
  if (where.length > 0) {
    add_setting(&s, WORD_WHERE, &(sentence_place){"where", document_display(d, where)}, 1);
  }
  add_counted(&s, WORD_FILTERED_OUT, json_get(base, "filtered_out"));
  add_counted(&s, WORD_FILTER_UNKNOWN, json_get(base, "filter_unknown"));
  add_counted(&s, WORD_WEIGHT_ZERO, json_get(base, "weight_zero"));
  add_counted(&s, WORD_WEIGHT_UNUSABLE, json_get(base, "weight_unusable"));
  double confidence = json_as_number(json_get(given, "confidence"));
  if (confidence > 0 && confidence < 1) {
    char percent[32];
    (void)snprintf(percent, sizeof percent, "%.6g", confidence * 100);
    add_setting(&s, WORD_CONFIDENCE, &(sentence_place){"percent", slice_of(percent)}, 1);
  }
  buf line;
  buf_init(&line);
  for (size_t i = 0; i < s.count; i++) {
    buf_put(&line, " · ", i > 0 ? 4 : 0);
    buf_put(&line, s.parts[i].bytes, s.parts[i].length);
  }
  pen_paragraph(p, PEN_DIM, INDENT, "", (slice){(const char *)line.data, line.length});
  buf_fini(&line);
}

/* ---- Remarks ------------------------------------------------------------------------------------- */

/* Remarks of one code: of more than ALIKE_MAX, the first ALIKE_SHOWN are written. */
typedef struct remark_kind {
  slice code;
  size_t count, seen;
} remark_kind;

/* The kind of that code among KINDS, which end with one without a code: that one when it is new. */
static remark_kind *kind_of(remark_kind *kinds, slice code) {
  size_t i = 0;
  while (kinds[i].count > 0 && !slice_equal(kinds[i].code, code)) {
    i++;
  }
  return &kinds[i];
}

static remark_kind *count_kinds(const document *d, const json *remarks) {
  size_t count = json_count(remarks);
  remark_kind *kinds = ARENA_ARRAY(d->memory, remark_kind, count + 1);
  for (size_t i = 0; kinds != NULL && i < count; i++) {
    slice code = json_as_text(json_get(json_at(remarks, i), "code"));
    remark_kind *kind = kind_of(kinds, code);
    kind->code = code;
    kind->count++;
  }
  return kinds;
}

static void write_remark_lines(const document *d, const pen *p, const json *remarks, const char *lead) {
  remark_kind *kinds = count_kinds(d, remarks);
  for (size_t i = 0; kinds != NULL && i < json_count(remarks); i++) {
    const json *remark = json_at(remarks, i);
    remark_kind *kind = kind_of(kinds, json_as_text(json_get(remark, "code")));
    size_t shown = kind->count > ALIKE_MAX ? ALIKE_SHOWN : kind->count;
    kind->seen++;
    if (kind->seen <= shown) {
      pen_paragraph(p, PEN_PLAIN, INDENT, lead, sentence_remark(d, remark));
    }
    if (kind->seen == shown && kind->count > shown) {
      const sentence_place place = {"n", figure_count(d, (int64_t)(kind->count - shown))};
      slice more = sentence_fill(d, word_text(WORD_MORE_LIKE_IT, d->language), &place, 1);
      pen_paragraph(p, PEN_DIM, INDENT, lead, more);
    }
  }
}

static void write_remarks(const document *d, const pen *p, const json *remarks, const char *lead) {
  if (json_count(remarks) > 0) {
    pen_line_end(p);
  }
  write_remark_lines(d, p, remarks, lead);
}

void text_warnings_write(const document *d, const pen *p, const json *section) {
  const json *warnings = json_get(section, "warnings");
  if (json_count(warnings) == 0) {
    return;
  }
  pen_blanks(p, INDENT);
  pen_text(p, PEN_BOLD, section_title(d, section));
  pen_line_end(p);
  write_remark_lines(d, p, warnings, "! ");
}

void text_section_write(const document *d, const pen *p, const json *section, size_t number) {
  const json *tables = json_get(section, "tables");
  write_heading(d, p, section, number);
  write_settings(d, p, json_get(section, "settings"));
  for (size_t i = 0; i < json_count(tables); i++) {
    pen_line_end(p);
    text_table_write(d, p, INDENT, section, json_at(tables, i));
  }
  write_remarks(d, p, json_get(section, "warnings"), "! ");
  write_remarks(d, p, json_get(section, "notes"), "· ");
}

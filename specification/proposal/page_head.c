/* The top of a proposed page: where it comes from, what the reader found and left out, and `data`. */
#include <string.h>

#include "specification/proposal/page.h"
#include "specification/proposal/yaml_text.h"

enum { PLACES_SHOWN = 5, TITLE_BYTES = 300 };

static const char *name_of(const guesses *g, const manifest *m, uint32_t file, char room[HEADER_TEXT_BYTES]) {
  const slice name = m->files[file].name;
  buf out;
  buf_init(&out);
  if (slice_equal(name, slice_of("-"))) {
    phrase_put(PHRASE_STANDARD_INPUT, g->language, NULL, 0, &out);
  } else {
    buf_put(&out, name.bytes, name.length);
  }
  const slice shown = text_cut((slice){(const char *)out.data, out.length}, HEADER_TEXT_BYTES - 1);
  memcpy(room, shown.bytes, shown.length);
  room[shown.length] = '\0';
  buf_fini(&out);
  return room;
}

static void put_head(const guesses *g, const manifest *m, buf *page) {
  char rows[TEXT_COUNT_BYTES];
  char more[TEXT_COUNT_BYTES];
  char name[HEADER_TEXT_BYTES];
  buf files;
  buf_init(&files);
  (void)text_of_count(g->facts.rows, rows);
  (void)name_of(g, m, 0, name);
  if (m->files_count > 1) {
    /* Chinese counts the first one, too. */
    (void)text_of_count(m->files_count - (g->language == 0), more);
    phrase_put(PHRASE_AND_MORE, g->language, (const char *const[]){name, more}, 2, &files);
  } else {
    buf_printf(&files, "%s", name);
  }
  buf_put_u8(&files, '\0');
  PAGE_SAY(g, page, "", PHRASE_HEAD, rows, (const char *)files.data);
  PAGE_SAY(g, page, "", PHRASE_HEAD_LEGEND, "");
  buf_fini(&files);
}

/* ---- What the reader found ----------------------------------------------------------------------- */

/* "3, 17, 40, …" */
static void put_lines(const uint64_t *lines, uint32_t shown, uint64_t count, buf *out) {
  for (uint32_t i = 0; i < shown && i < PLACES_SHOWN; i++) {
    char line[TEXT_COUNT_BYTES];
    buf_printf(out, "%s%s", i > 0 ? ", " : "", text_of_count(lines[i], line));
  }
  buf_printf(out, "%s", count > PLACES_SHOWN ? ", …" : "");
  buf_put_u8(out, '\0');
}

static void put_quarantined(const guesses *g, const char *name, const file_facts *f, buf *page) {
  char count[TEXT_COUNT_BYTES];
  buf places;
  buf_init(&places);
  for (uint32_t i = 0; i < f->places_count && i < PLACES_SHOWN; i++) {
    char line[TEXT_COUNT_BYTES];
    buf_printf(&places, "%s", i > 0 ? ", " : "");
    buf problem;
    buf_init(&problem);
    buf_put(&problem, f->places[i].problem.bytes, f->places[i].problem.length);
    buf_put_u8(&problem, '\0');
    phrase_put(PHRASE_PLACE, g->language,
               (const char *const[]){text_of_count(f->places[i].line, line), (const char *)problem.data}, 2,
               &places);
    buf_fini(&problem);
  }
  buf_printf(&places, "%s", f->quarantined > PLACES_SHOWN ? ", …" : "");
  buf_put_u8(&places, '\0');
  PAGE_SAY(g, page, "", PHRASE_QUARANTINED, name, text_of_count(f->quarantined, count),
           (const char *)places.data);
  buf_fini(&places);
}

static void put_places(const guesses *g, const char *name, phrase p, const file_skipped *s, buf *page) {
  if (s->count > 0) {
    char count[TEXT_COUNT_BYTES];
    buf lines;
    buf_init(&lines);
    put_lines(s->lines, s->lines_count, s->count, &lines);
    PAGE_SAY(g, page, "", p, name, text_of_count(s->count, count), (const char *)lines.data);
    buf_fini(&lines);
  }
}

static void put_skipped(const guesses *g, const char *name, const file_facts *f, buf *page) {
  static const phrase skips[FILE_SKIPS] = {[FILE_BLANK_ROWS] = PHRASE_BLANK_ROWS,
                                           [FILE_REPEATED_HEADERS] = PHRASE_REPEATED_HEADERS,
                                           [FILE_TOTALS] = PHRASE_TOTALS};
  static const phrase remarks[FILE_REMARKS] = {[FILE_HIDDEN_ROWS] = PHRASE_HIDDEN_ROWS,
                                               [FILE_LONG_NUMBERS] = PHRASE_LONG_NUMBERS,
                                               [FILE_FAR_CELLS] = PHRASE_FAR_CELLS,
                                               [FILE_MAYBE_TOTALS] = PHRASE_MAYBE_TOTALS};
  for (int i = 0; i < FILE_SKIPS; i++) {
    put_places(g, name, skips[i], &f->skipped[i], page);
  }
  for (int i = 0; i < FILE_REMARKS; i++) {
    put_places(g, name, remarks[i], &f->reading.remarks[i], page);
  }
}

static void put_notices(const guesses *g, const char *name, const file_reading *r, buf *page) {
  static const phrase phrases[FILE_NOTICES] = {
      [FILE_NOTICE_SEP_LINE] = PHRASE_NOTICE_SEP_LINE,
      [FILE_NOTICE_UTF16] = PHRASE_NOTICE_UTF16,
      [FILE_NOTICE_UTF8_ALREADY] = PHRASE_NOTICE_UTF8_ALREADY,
      [FILE_NOTICE_DELIMITER_TIED] = PHRASE_NOTICE_DELIMITER_TIED,
      [FILE_NOTICE_OTHER_SHEETS] = PHRASE_NOTICE_OTHER_SHEETS,
      [FILE_NOTICE_MERGED_CELLS] = PHRASE_NOTICE_MERGED_CELLS,
      [FILE_NOTICE_FORMULAS] = PHRASE_NOTICE_FORMULAS,
  };
  char sheet[HEADER_TEXT_BYTES];
  const slice shown = text_cut(r->sheet, sizeof sheet - 1);
  memcpy(sheet, shown.length > 0 ? shown.bytes : "", shown.length);
  sheet[shown.length] = '\0';
  for (int i = 0; i < FILE_NOTICES; i++) {
    if ((r->notices >> i & 1) != 0) {
      PAGE_SAY(g, page, "", phrases[i], name, sheet);
    }
  }
}

static void put_header(const guesses *g, const manifest *m, const proposal_source *s, buf *page) {
  const header_finding *h = &s->header;
  char name[HEADER_TEXT_BYTES];
  char other[HEADER_TEXT_BYTES];
  char count[TEXT_COUNT_BYTES];
  (void)name_of(g, m, 0, name);
  if (s->sheet != NULL) {
    PAGE_SAY(g, page, "", PHRASE_SHEET_FOUND, name, s->sheet);
  }
  if (h->lines > 0) {
    PAGE_SAY(g, page, "", PHRASE_TITLE_LINES, name, text_of_count(h->lines, count), h->above);
  }
  if (h->rows > 0) {
    PAGE_SAY(g, page, "", PHRASE_HEADER_ROWS, name, text_of_count(h->rows, count), h->over, h->below);
  }
  if (h->is_ambiguous) {
    PAGE_SAY(g, page, "", h->rows > 0 ? PHRASE_HEADER_AMBIGUOUS : PHRASE_HEADER_MAYBE, h->below);
  }
  if (s->differs > 0) {
    PAGE_SAY(g, page, "", PHRASE_HEADER_ELSEWHERE, name_of(g, m, s->differs - 1, other), name);
  }
}

static void put_totals(const guesses *g, const manifest *m, buf *page) {
  for (uint32_t i = 0; i < g->facts.totals_count; i++) {
    const total_row *t = &g->facts.totals[i];
    char name[HEADER_TEXT_BYTES];
    char line[TEXT_COUNT_BYTES];
    char word[HEADER_TEXT_BYTES];
    const slice shown = text_cut(t->word, sizeof word - 1);
    memcpy(word, shown.bytes, shown.length);
    word[shown.length] = '\0';
    buf kind;
    buf_init(&kind);
    phrase_put(t->is_note ? PHRASE_A_NOTE : PHRASE_A_TOTAL, g->language, NULL, 0, &kind);
    buf_put_u8(&kind, '\0');
    PAGE_SAY(g, page, "", g->guard != NULL ? PHRASE_TOTAL_ROW : PHRASE_TOTAL_ROW_COUNTED,
             name_of(g, m, t->file, name), text_of_count(t->line, line), word, (const char *)kind.data);
    buf_fini(&kind);
  }
}

static void put_files(const guesses *g, const manifest *m, buf *page) {
  for (uint32_t i = 0; i < m->files_count; i++) {
    const file_facts *f = &m->files[i];
    char name[HEADER_TEXT_BYTES];
    char rows[TEXT_COUNT_BYTES];
    char format[HEADER_TEXT_BYTES];
    (void)name_of(g, m, i, name);
    if (f->reading.format.length > 0) {
      const slice shown = text_cut(f->reading.format, sizeof format - 1);
      memcpy(format, shown.bytes, shown.length);
      format[shown.length] = '\0';
      PAGE_SAY(g, page, "", PHRASE_READ_AS, name, format, text_of_count(f->reading.header_rows, rows));
    }
    put_notices(g, name, &f->reading, page);
    put_skipped(g, name, f, page);
    if (f->quarantined > 0) {
      put_quarantined(g, name, f, page);
    }
  }
}

/* ---- `title` and `data` -------------------------------------------------------------------------- */

static void put_key(buf *page, bool *any, const char *key, const char *value) {
  if (value != NULL) {
    buf_printf(page, "%s%s: ", *any ? ", " : "\ndata: {", key);
    yaml_text_put(page, slice_of(value));
    *any = true;
  }
}

static void put_number(buf *page, bool *any, const char *key, uint32_t value) {
  if (value > 0) {
    buf_printf(page, "%s%s: %u", *any ? ", " : "\ndata: {", key, value);
    *any = true;
  }
}

static void put_data(const guesses *g, const proposal_source *s, buf *page) {
  const header_finding *h = &s->header;
  const char delimiter[] = {s->stated.delimiter, '\0'};
  bool any = false;
  put_key(page, &any, "format", s->stated.format);
  put_key(page, &any, "sheet", s->sheet != NULL ? s->sheet : s->stated.sheet);
  put_key(page, &any, "encoding", s->encoding != NULL ? s->encoding : s->stated.encoding);
  put_key(page, &any, "delimiter", delimiter[0] == '\t' ? "tab" : delimiter[0] != '\0' ? delimiter : NULL);
  put_key(page, &any, "decimal", g->decimal_comma ? "," : NULL);
  put_number(page, &any, "skip", h->skip > 0 ? h->skip : s->stated.header.skip);
  put_number(page, &any, "header", h->rows > 0 ? h->rows : s->stated.header.rows);
  put_number(page, &any, "labels", h->is_labels ? 2 : 0);
  if (any) {
    buf_printf(page, "}\n");
  }
}

static void put_evidence(const guesses *g, const proposal_source *s, buf *page) {
  if (s->encoding != NULL) {
    PAGE_SAY(g, page, "", PHRASE_NOT_UTF8, "");
  }
  if (g->decimal_comma) {
    PAGE_SAY(g, page, "", PHRASE_COMMA, "");
  }
}

static void put_title(const header_finding *h, buf *page) {
  if (h->title[0] != '\0') {
    buf_printf(page, "\ntitle: ");
    yaml_text_put(page, text_cut(slice_of(h->title), TITLE_BYTES));
    buf_printf(page, "\n");
  }
}

void page_put_head(const guesses *g, const manifest *m, const proposal_source *s, buf *page) {
  put_head(g, m, page);
  put_files(g, m, page);
  put_header(g, m, s, page);
  put_totals(g, m, page);
  put_evidence(g, s, page);
  put_title(&s->header, page);
  put_data(g, s, page);
}

/* xlsx: a workbook, a sheet for each chapter, with real numbers and Excel's own charts.
 *
 * libxlsxwriter writes to a path: that of a file without a name, of which the bytes are read back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "report/formats.h"
#include "report/layout_build.h"
#include "report/sentence.h"
#include "report/xlsx_chart.h"
#include "report/xlsx_table.h"

enum { LONG_CELLS = 400000, WORKBOOK_BYTES_MAX = 1 << 30, CHAPTER_SHEETS = 32 };

typedef struct book_writer {
  xlsx_book *b;
  const layout *l;
  const document *d;
  const outline *o;
  xlsx_charts *charts;
  xlsx_sheet *contents;
} book_writer;

static size_t cells_of(const layout *l) {
  size_t cells = 0;
  for (size_t i = 0; i < l->sections_count; i++) {
    for (size_t t = 0; t < l->sections[i].tables_count; t++) {
      cells += l->sections[i].tables[t].rows_count * l->sections[i].tables[t].columns_count;
    }
  }
  return cells;
}

/* ---- Contents ------------------------------------------------------------------------------------ */

static void put_headline(const book_writer *w, const headline_figure *f) {
  xlsx_sheet *s = w->contents;
  xlsx_put(w->b, s, 1, f->name, XLSX_KEY);
  xlsx_put(w->b, s, 2, f->title, XLSX_PLAIN);
  if (f->value.length > 0 && f->value.bytes[0] == '<') { /* a p that is shown as a bound */
    xlsx_put(w->b, s, 3, f->value, XLSX_PLAIN);
  } else {
    xlsx_put_number(w->b, s, 3, f->at, xlsx_book_number(w->b, "#,##0.0##"));
  }
  xlsx_put(w->b, s, 4, f->interval, XLSX_PLAIN);
  s->row++;
}

/* What the summary says of a section, beside the link to it. */
static void put_entry(const book_writer *w, const outline_section *section, const xlsx_sheet *to,
                      lxw_row_t row) {
  const layout_headline headline = layout_headline_of(w->d, section->section);
  xlsx_sheet *s = w->contents;
  xlsx_put_link(w->b, s, 0, section->section->title, to, row);
  for (size_t i = 0; i < headline.count; i++) {
    put_headline(w, &headline.at[i]);
  }
  s->row += headline.count == 0 ? 1 : 0;
  if (headline.more > 0) {
    const sentence_place place = {"n", figure_count(w->d, (int64_t)headline.more)};
    xlsx_put(w->b, s, 1, sentence_fill(w->d, word_text(WORD_MORE, w->d->language), &place, 1), XLSX_NOTE);
    s->row++;
  }
}

static void begin_contents(const book_writer *w) {
  xlsx_sheet *s = w->contents;
  xlsx_put_line(w->b, s, w->l->title, XLSX_TITLE);
  xlsx_put_line(w->b, s, w->l->files, XLSX_NOTE);
  s->row++;
  for (size_t i = 0; i < w->l->facts_count; i++) {
    xlsx_put(w->b, s, 0, w->l->facts[i].title, XLSX_KEY);
    xlsx_put_number(w->b, s, 1, (double)w->l->facts[i].n, xlsx_book_number(w->b, "#,##0"));
    s->row++;
  }
}

/* ---- Chapters ------------------------------------------------------------------------------------ */

static void put_remarks(const book_writer *w, xlsx_sheet *s, const layout_remarks *remarks,
                        xlsx_style style) {
  for (size_t i = 0; i < remarks->count; i++) {
    xlsx_put_line(w->b, s, remarks->at[i].text, style);
  }
}

static slice numbered(const book_writer *w, const outline_figure *f) {
  const sentence_place places[] = {{"n", figure_count(w->d, (int64_t)f->number)}, {"subject", f->subject}};
  const word pattern = f->chart != NULL ? WORD_FIGURE_NUMBER : WORD_TABLE_NUMBER;
  return sentence_fill(w->d, word_text(pattern, w->d->language), places, 2);
}

static void put_figure(const book_writer *w, xlsx_sheet **sheet, const outline_figure *f) {
  const slice caption = numbered(w, f);
  if (f->chart != NULL) {
    xlsx_charts_add(w->charts, *sheet, f->chart, caption);
  }
  if (f->chart == NULL || f->has_data) {
    xlsx_table_write(w->b, sheet, f->table, f->chart == NULL ? caption : f->table->title);
  }
  if (*sheet != NULL) {
    (*sheet)->row++;
  }
}

static void put_section(const book_writer *w, xlsx_sheet **sheet, const outline_section *section) {
  const layout_section *s = section->section;
  put_entry(w, section, *sheet, (*sheet)->row);
  xlsx_put_line(w->b, *sheet, s->title, XLSX_SECTION);
  xlsx_put_line(w->b, *sheet, layout_texts_joined(w->d, &s->settings, slice_of(" · ")), XLSX_NOTE);
  put_remarks(w, *sheet, &s->warnings, XLSX_WARNING);
  (*sheet)->row++;
  for (size_t i = 0; i < section->figures_count && *sheet != NULL; i++) {
    put_figure(w, sheet, &section->figures[i]);
  }
  if (*sheet != NULL) {
    put_remarks(w, *sheet, &s->notes, XLSX_NOTE);
    (*sheet)->row += 2;
  }
}

static void begin_chapter(const book_writer *w, xlsx_sheet *s, slice title) {
  w->contents->row++;
  xlsx_put_line(w->b, w->contents, title, XLSX_SECTION);
  xlsx_put_line(w->b, s, title, XLSX_CHAPTER);
  const sentence_place place = {"title", w->l->title};
  const char *pattern = word_text(WORD_BACK_TO, w->d->language);
  xlsx_put_link(w->b, s, 0, sentence_fill(w->d, pattern, &place, 1), w->contents, 0);
  s->row += 2;
  worksheet_freeze_panes(s->at, 2, 0);
}

static void put_chapter(const book_writer *w, const outline_chapter *c) {
  xlsx_sheet *sheet = c->sections_count == 0 && c->text.length == 0 ? NULL : xlsx_book_sheet(w->b, c->title);
  if (sheet == NULL) {
    return;
  }
  begin_chapter(w, sheet, c->title);
  if (c->text.length > 0) {
    xlsx_put_line(w->b, sheet, c->text, XLSX_PLAIN);
    sheet->row++;
  }
  for (size_t i = 0; i < c->sections_count && sheet != NULL; i++) {
    put_section(w, &sheet, &c->sections[i]);
  }
  if (sheet != NULL) {
    xlsx_sheet_finish(w->b, sheet);
  }
}

/* ---- The data ------------------------------------------------------------------------------------ */

static void put_counts(const book_writer *w, xlsx_sheet *s, const layout_counts *counts) {
  const size_t figures = counts->titles.count;
  if (counts->names.count == 0) {
    return;
  }
  xlsx_put(w->b, s, 0, counts->corner, XLSX_HEAD);
  for (size_t c = 0; c < figures; c++) {
    xlsx_put(w->b, s, (lxw_col_t)(c + 1), counts->titles.at[c], XLSX_HEAD_FIGURE);
  }
  s->row++;
  for (size_t i = 0; i < counts->names.count; i++, s->row++) {
    xlsx_put(w->b, s, 0, counts->names.at[i], XLSX_KEY);
    for (size_t c = 0; c < figures; c++) {
      xlsx_put_number(w->b, s, (lxw_col_t)(c + 1), (double)counts->cells[i * figures + c],
                      xlsx_book_number(w->b, "#,##0"));
    }
  }
  s->row++;
}

static void put_data(const book_writer *w) {
  const layout_data *data = &w->l->data;
  xlsx_sheet *s = xlsx_book_sheet(w->b, document_word(w->d, WORD_DATA));
  if (s == NULL) {
    return;
  }
  begin_chapter(w, s, document_word(w->d, WORD_DATA));
  put_counts(w, s, &data->files);
  put_counts(w, s, &data->variables);
  for (size_t i = 0; i < data->troubles.count; i++) {
    xlsx_put_line(w->b, s, data->troubles.at[i], XLSX_WARNING);
  }
  s->row++;
  for (size_t i = 0; i < data->digests_count; i++) {
    xlsx_put(w->b, s, 0, data->digests[i].name, XLSX_KEY);
    xlsx_put(w->b, s, 1, data->digests[i].sha256, XLSX_NOTE);
    s->row++;
  }
  xlsx_sheet_finish(w->b, s);
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static void put_all(book_writer *w) {
  w->contents = xlsx_book_sheet(w->b, document_word(w->d, WORD_CONTENTS));
  w->charts = xlsx_charts_begin(w->b);
  if (w->contents == NULL || w->charts == NULL || w->o == NULL) {
    return;
  }
  begin_contents(w);
  for (size_t i = 0; i < w->o->chapters_count; i++) {
    put_chapter(w, &w->o->chapters[i]);
  }
  put_data(w);
  xlsx_charts_finish(w->charts);
  xlsx_sheet_finish(w->b, w->contents);
}

static status write_book(const layout *l, const char *path, error *err) {
  book_writer w = {.l = l, .d = l->document, .o = outline_make(l)};
  w.b = xlsx_book_open(l->document, path, cells_of(l) > LONG_CELLS);
  if (w.b == NULL) {
    return error_no_memory(err, "workbook");
  }
  put_all(&w);
  return xlsx_book_close(w.b, err);
}

static status write_workbook(const layout *l, const report_options *options, slice part, buf *out,
                             error *err) {
  (void)options;
  (void)part;
  int fd = -1;
  char path[64];
  TRY(file_open_unlinked(&fd, err));
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  status st = write_book(l, path, err);
  if (st == STATUS_OK && lseek(fd, 0, SEEK_SET) < 0) {
    st = error_set(err, STATUS_IO, "the workbook cannot be read back: %s", strerror(errno));
  }
  if (st == STATUS_OK) {
    st = file_read_whole(fd, path, "a workbook", WORKBOOK_BYTES_MAX, out, err);
  }
  (void)close(fd);
  return st;
}

status format_xlsx_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, write_workbook, out, err);
}

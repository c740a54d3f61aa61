/* The summary: the facts of the data, then each analysis in its headline figures. */
#include "report/grid.h"
#include "report/render.h"
#include "report/sentence.h"
#include "report/strip.h"

enum { INDENT = 2 };
enum { PART_NAME, PART_FIGURE, PART_VALUE, PART_INTERVAL, PART_STRIP, PARTS };

/* The headlines being laid out: first counted, then set, then set again with strips. */
typedef struct headlines {
  const layout *l;
  const document *d;
  const layout_headline *figures; /* of each section */
  grid *g;                        /* NULL while counting */
  size_t at;
  size_t name_columns;  /* that a name may take on the line of its figure */
  size_t strip_columns; /* 0: none */
} headlines;

static void set(headlines *h, size_t part, slice text) {
  grid_set(h->g, h->at, part, text);
}

static void set_figure(headlines *h, const headline_figure *f) {
  set(h, PART_FIGURE, f->title);
  set(h, PART_VALUE, f->value);
  set(h, PART_INTERVAL, f->interval);
  if (h->strip_columns > 0 && f->has_scale) {
    const strip_scale scale = {f->scale_low, f->scale_high};
    set(h, PART_STRIP, strip_interval(h->d->memory, h->strip_columns, scale, f->from, f->at, f->to));
  }
}

static slice indented(const document *d, slice text) {
  return sentence_fill(d, "\xC2\xA0\xC2\xA0{text}", &(sentence_place){"text", text}, 1);
}

/* "Description: Age": a label says what its one figure is about, the title of a kind needs the item.  Empty
 * when it is too long for the column of names. */
static slice joined_name(const headlines *h, const layout_section *s, slice name) {
  const sentence_place places[] = {
      {"title", s->title}, {"colon", document_word(h->d, WORD_COLON)}, {"row", name}};
  slice joined = sentence_fill(h->d, "{title}{colon}{row}", places, 3);
  return text_width(joined) <= h->name_columns ? joined : slice_of("");
}

/* Sets the section's title; whether its figures are on separate lines below. */
static bool set_title(headlines *h, const layout_section *s, const layout_headline *figures) {
  const size_t totals = figures->count + figures->more;
  const sentence_place title = {"title", s->title};
  const bool wants_item = totals == 1 && !s->names_items && figures->at[0].name.length > 0;
  slice joined = wants_item ? joined_name(h, s, figures->at[0].name) : slice_of("");
  const char *pattern = totals == 0 ? word_text(WORD_SEE_BELOW, h->d->language) : "{title}";
  set(h, PART_NAME, joined.length > 0 ? joined : sentence_fill(h->d, pattern, &title, 1));
  return totals > 1 || (wants_item && joined.length == 0);
}

/* One line for one figure; more figures, or one with a long name, stand under the section's title, each with
 * its item. */
static void add_section(headlines *h, const layout_section *s, const layout_headline *figures) {
  const bool is_list = set_title(h, s, figures);
  h->at += is_list || figures->count == 0 ? 1 : 0;
  for (size_t i = 0; i < figures->count; i++) {
    if (is_list) {
      set(h, PART_NAME, indented(h->d, figures->at[i].name));
    }
    set_figure(h, &figures->at[i]);
    h->at++;
  }
  if (figures->more > 0) {
    const sentence_place place = {"n", figure_count(h->d, (int64_t)figures->more)};
    set(h, PART_NAME, indented(h->d, sentence_fill(h->d, word_text(WORD_MORE, h->d->language), &place, 1)));
    h->at++;
  }
}

static void add_sections(headlines *h) {
  h->at = 0;
  for (size_t i = 0; i < h->l->sections_count; i++) {
    add_section(h, &h->l->sections[i], &h->figures[i]);
  }
}

static void write_headlines(const layout *l, const pen *p) {
  static const grid_column columns[PARTS] = {
      [PART_NAME] = {.align = GRID_TEXT, .is_key = true, .lines_max = 1},
      [PART_FIGURE] = {.align = GRID_TEXT},
      [PART_VALUE] = {.align = GRID_FIGURE, .is_bold = true},
      [PART_INTERVAL] = {.align = GRID_TEXT},
      [PART_STRIP] = {.align = GRID_TEXT},
  };
  layout_headline *figures = ARENA_ARRAY(l->document->memory, layout_headline, l->sections_count);
  for (size_t i = 0; figures != NULL && i < l->sections_count; i++) {
    figures[i] = layout_headline_of(l->document, &l->sections[i]);
  }
  if (figures == NULL) {
    return;
  }
  headlines h = {.l = l, .d = l->document, .figures = figures, .name_columns = p->columns * 2 / 5};
  add_sections(&h);
  h.g = grid_new(h.d->memory, columns, PARTS, h.at);
  add_sections(&h);
  /* A fifth of the page is for the strips, if the figures leave it. */
  pen narrow = *p;
  narrow.columns = p->columns - p->columns / 5;
  size_t used = INDENT + grid_width(h.g, &narrow, INDENT, false);
  size_t left = p->columns > used ? p->columns - used : 0;
  if (used <= narrow.columns + INDENT && left >= STRIP_INTERVAL_MIN) {
    h.strip_columns = left < STRIP_INTERVAL_MAX ? left : STRIP_INTERVAL_MAX;
    add_sections(&h);
  }
  grid_write(h.g, p, INDENT, false, slice_of(""));
}

static void write_facts(const layout *l, const pen *p) {
  static const grid_column columns[] = {
      {.align = GRID_TEXT, .is_key = true}, {.align = GRID_FIGURE}, {.align = GRID_TEXT}};
  grid *g = grid_new(l->document->memory, columns, 3, l->facts_count);
  for (size_t i = 0; i < l->facts_count; i++) {
    grid_set(g, i, 0, l->facts[i].title);
    grid_set(g, i, 1, figure_count(l->document, l->facts[i].n));
  }
  grid_set(g, 0, 2, l->files);
  grid_write(g, p, INDENT, false, slice_of(""));
}

void text_summary_write(const layout *l, const pen *p) {
  pen_paragraph(p, PEN_BOLD, 0, "", l->title);
  pen_repeat(p, PEN_DIM, "═", text_width(l->title) < p->columns ? text_width(l->title) : p->columns);
  pen_line_end(p);
  pen_line_end(p);
  pen_text(p, PEN_BOLD, document_word(l->document, WORD_SUMMARY));
  pen_line_end(p);
  write_facts(l, p);
  pen_line_end(p);
  write_headlines(l, p);
}

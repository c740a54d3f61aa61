/* The outline of a report: its chapters, the analyses in each, and their figures and tables with numbers.
 *
 * What a reader turns the pages of is the same in every form: a page, a workbook and the summary refer to
 * "Figure 3" by this outline.  Chapters come from stats/analyses/chapters.def; what the specification says of
 * them
 * (`report:`) is in the document.  A chapter that has nothing to say is not in the outline. */
#ifndef CANVASS_REPORT_OUTLINE_H
#define CANVASS_REPORT_OUTLINE_H

#include "report/layout.h"

/* What stands in a chapter besides analyses. */
typedef enum chapter_part {
  CHAPTER_PART_NONE,
  CHAPTER_PART_SUMMARY,  /* the whole on one page */
  CHAPTER_PART_STUDY,    /* who was asked, what was read */
  CHAPTER_PART_QUALITY,  /* what of the data is missing or cannot be used */
  CHAPTER_PART_MEASURES, /* room for what a person writes */
  CHAPTER_PART_APPENDIX, /* methods, codebook, digests, what was left out */
} chapter_part;

/* A chart with the table of its figures, or a table alone. */
typedef struct outline_figure {
  size_t number;             /* from 1 over the whole report, of charts and of tables apart */
  const layout_chart *chart; /* NULL: the table alone */
  const layout_table *table;
  bool has_data; /* a chart that is the first of its table: the table is shown with it */
  slice subject; /* what it shows: "Satisfied with each item · Mean" */
} outline_figure;

typedef struct outline_section {
  const layout_section *section;
  size_t index; /* among the sections of the layout */
  outline_figure *figures;
  size_t figures_count;
} outline_section;

typedef struct outline_chapter {
  const char *name; /* of its list: also its anchor */
  slice title;
  chapter_part part;
  slice text; /* what a person wrote, as Markdown; may be empty */
  outline_section *sections;
  size_t sections_count;
} outline_chapter;

typedef struct outline {
  const layout *l;
  outline_chapter *chapters;
  size_t chapters_count;
  layout_texts left_out; /* titles of analyses that the specification puts into no chapter */
} outline;

/* The outline of L, in its memory; NULL when that is used up. */
const outline *outline_make(const layout *l);
/* The same with the chapter NAME alone, whose figures keep their numbers; all of it where NAME is NULL.
 * STATUS_USAGE says which chapters the report has. */
status outline_of(const layout *l, const char *name, const outline **out, error *err) MUST_USE;

/* The INDEX-th chapter's name; NULL after the last. */
const char *outline_chapter_name(size_t index);

#endif

/* What the figures of a report say: the page of the summary, and the titles of figures.
 *
 * Everything here is said by a rule of rules.def and rests on figures of the document; nothing is claimed
 * that the rule's condition does not carry, and where nothing can be claimed, that is said. */
#ifndef CANVASS_REPORT_FINDINGS_H
#define CANVASS_REPORT_FINDINGS_H

#include "report/outline.h"
#include "report/rules.h"

enum { FINDINGS_ROWS_MAX = 5, FINDINGS_FEW = 3 };

/* A line of a list: a name and its figure. */
typedef struct finding_row {
  slice name, value;
  slice remark; /* an interval, a reason; may be empty */
  double share; /* 0 to 1: the figure on the scale of its list */
} finding_row;

typedef struct finding_list {
  finding_row rows[FINDINGS_ROWS_MAX];
  size_t count;
  const outline_figure *figure; /* where all of them are; NULL: the list has nothing to rest on */
  slice plain;                  /* said where nothing is certain; else empty */
} finding_list;

typedef struct findings {
  slice head; /* the summary in a sentence; may be empty */
  bool has_level;
  headline_figure level;      /* the figure of overall satisfaction */
  slice level_title;          /* of its analysis */
  finding_list parts;         /* of the index, from the highest to the lowest */
  finding_list weakest, best; /* items */
  finding_list drivers, priorities;
  finding_list behind; /* groups: name is the whole sentence */
  layout_texts warnings;
} findings;

/* NULL: memory is used up. */
const findings *findings_make(const outline *o);

/* The title of a figure: what its chart says; empty when no rule is for such a chart. */
slice finding_of_chart(const document *d, const layout_chart *chart);

/* TEXT with a capital at its beginning. */
slice finding_begun(const document *d, slice text);

#endif

/* The parts of the text report; private to report. */
#ifndef CANVASS_REPORT_RENDER_H
#define CANVASS_REPORT_RENDER_H

#include "report/layout_build.h"
#include "report/outline.h"
#include "report/pen.h"

void text_summary_write(const layout *l, const pen *p);
/* What the figures say, by the rules (report/findings.h). */
void text_evaluation_write(const outline *o, const pen *p);
void text_section_write(const document *d, const pen *p, const layout_section *s, size_t number);
void text_data_write(const layout *l, const pen *p);
/* What of the data could not be read or used, with counts and places: a paragraph each; nothing when all
 * could. */
void text_troubles_write(const layout *l, const pen *p);
/* A section's warnings below its title; nothing when there are none. */
void text_warnings_write(const pen *p, const layout_section *s);
/* What should be known of the data before figures are trusted, without the figures. */
layout_writer text_findings_write;

#endif

/* The parts of the text report; private to report. */
#ifndef CANVASS_REPORT_RENDER_H
#define CANVASS_REPORT_RENDER_H

#include "report/document.h"
#include "report/pen.h"

void text_summary_write(const document *d, const pen *p);
void text_section_write(const document *d, const pen *p, const json *section, size_t number);
void text_data_write(const document *d, const pen *p);
/* What of the data could not be read or used, with counts and places: a paragraph each; nothing when all
 * could. */
void text_troubles_write(const document *d, const pen *p);
/* How the numbers of a variable were kept, as far as it is not as they are written; part of the troubles. */
void text_numbers_write(const document *d, const pen *p, const json *variable, slice item);
/* How weights were read, as far as it is not as they are written; part of the troubles. */
void text_weights_write(const document *d, const pen *p);
/* A list of places in files, as sentences show them. */
void text_places_put(const document *d, const json *places, buf *out);
/* A section's warnings below its title; nothing when there are none. */
void text_warnings_write(const document *d, const pen *p, const json *section);
/* What should be known of the data before figures are trusted, without the figures. */
document_writer text_findings_write;

/* The title of an analysis' kind: the term "analysis_KIND", else KIND itself. */
slice section_kind_title(const document *d, const json *section);
/* The name of an analysis for people: its label, else its own name, else the title of its kind. */
slice section_title(const document *d, const json *section);

#endif

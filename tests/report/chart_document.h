/* Documents with one analysis, for tests of charts; and its charts drawn. */
#ifndef CANVASS_TESTS_REPORT_CHART_DOCUMENT_H
#define CANVASS_TESTS_REPORT_CHART_DOCUMENT_H

#include "report/report.h"

/* The document of an analysis KIND called "x" with the members TABLES ("[...]"); VARIABLES: members of an
 * object. */
void chart_document(buf *out, const char *kind, const char *tables, const char *variables);
/* The picture NAME of it, ended with a zero; fails the test when it is not drawn or not well-formed XML. */
void chart_picture(const buf *document, const char *name, report_language language, buf *out);

/* The N-th number (from 0) of the N-th attribute ... of elements of CLASS: "x", "y", "width", "x1" ...; NAN
 * when there is no such element. */
double chart_attribute(const buf *picture, const char *class_name, size_t n, const char *attribute);
size_t chart_count(const buf *picture, const char *part);
/* Where VALUE of the axis is, from the places of its ticks LOW and HIGH. */
double chart_place(const buf *picture, const char *low_text, double low, const char *high_text, double high,
                   double value);

#endif

/* The parts of findings_make; private to it. */
#ifndef CANVASS_REPORT_FINDINGS_PARTS_H
#define CANVASS_REPORT_FINDINGS_PARTS_H

#include "report/findings.h"

void findings_level(const outline *o, findings *out, layout_texts *head);
void findings_drivers(const outline *o, finding_list *out);
void findings_priorities(const outline *o, finding_list *out);
void findings_behind(const outline *o, finding_list *out);
void findings_warnings(const outline *o, layout_texts *out);

#endif

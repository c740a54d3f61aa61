/* Whether the texts of pictures stand apart: their boxes are estimated as the pictures themselves estimate
 * them. */
#ifndef CANVASS_TESTS_REPORT_SVG_OVERLAP_H
#define CANVASS_TESTS_REPORT_SVG_OVERLAP_H

#include "base/buf.h"

/* Looks at every <svg> in PAGE (terminated).  Fails the test with the two texts that overlap, or with the one
 * that sticks out of its picture.  Returns the number of texts that it looked at. */
size_t svg_overlap_check(const char *page);

#endif

/* Whether a text is well-formed XML: what the XML 1.0 grammar demands of elements, attributes and character
 * data, for documents without declarations, comments and CDATA, which the pictures do not use. */
#ifndef CANVASS_TESTS_REPORT_XML_CHECK_H
#define CANVASS_TESTS_REPORT_XML_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* NULL when TEXT is; else where it is not, within TEXT. */
const char *xml_check(const char *text, size_t length);

#endif

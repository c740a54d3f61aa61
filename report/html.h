/* Writes HTML: texts and attributes that no label can break out of.
 *
 * The page is also well-formed XML: every element is closed and every attribute quoted.  A text that has its
 * own direction (Arabic, Hebrew, marks that turn text round) is isolated, so that it turns round nothing but
 * itself. */
#ifndef CANVASS_REPORT_HTML_H
#define CANVASS_REPORT_HTML_H

#include "base/buf.h"
#include "base/text.h"

/* TEXT, whatever it holds, as the content of an element. */
void html_text(buf *out, slice text);
/* The same, of at most HTML_LABEL_COLUMNS columns, with an ellipsis where there is more. */
void html_label(buf *out, slice text);
enum { HTML_LABEL_COLUMNS = 240 };
/* " NAME="TEXT"" */
void html_attribute(buf *out, const char *name, slice text);
/* "<NAME class="CLASS">TEXT</NAME>" and a line end; nothing when TEXT is empty.  CLASS may be "". */
void html_element(buf *out, const char *name, const char *class_name, slice text);
/* Bytes as base64 (RFC 4648, padded). */
void html_base64(buf *out, const void *bytes, size_t length);

#endif

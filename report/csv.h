/* CSV after RFC 4180. */
#ifndef CANVASS_REPORT_CSV_H
#define CANVASS_REPORT_CSV_H

#include "base/buf.h"

/* A field, in quotes where it needs them. */
void csv_put(buf *out, slice text);

#endif

/* The rows of formats.c. */
#ifndef CANVASS_READING_FORMATS_H
#define CANVASS_READING_FORMATS_H

#include "reading/reader.h"

extern const input_format input_csv;
extern const input_format input_ndjson;

#endif

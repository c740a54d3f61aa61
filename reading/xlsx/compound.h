/* Compound files (OLE): old Excel workbooks, and what Excel writes when a new one has a password. */
#ifndef CANVASS_READING_XLSX_COMPOUND_H
#define CANVASS_READING_XLSX_COMPOUND_H

#include "base/status.h"
#include "base/text.h"

bool compound_recognise(slice head);
/* STATUS_DATA; the message says what the file FD is and what to do. */
status compound_refuse(int fd, const char *title, error *err) MUST_USE;

#endif

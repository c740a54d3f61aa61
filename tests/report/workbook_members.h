/* The members of a workbook, as unpacked by minizip. */
#ifndef CANVASS_TESTS_REPORT_WORKBOOK_MEMBERS_H
#define CANVASS_TESTS_REPORT_WORKBOOK_MEMBERS_H

#include "base/buf.h"

/* The text of member NAME of the workbook, ended with a zero; false: there is no such member. */
bool workbook_member(const buf *workbook, const char *name, buf *out);
/* All members whose names begin with PREFIX, one after the other, ended with a zero; how many there are. */
size_t workbook_members(const buf *workbook, const char *prefix, buf *out);
/* The cells of sheet NUMBER (from 1), a row a line, between '|'; texts as they are, numbers as written. */
void workbook_cells(const buf *workbook, unsigned number, buf *out);

#endif

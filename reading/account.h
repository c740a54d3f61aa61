/* How a file was read, in one sentence, for messages about columns that it lacks. */
#ifndef CANVASS_READING_ACCOUNT_H
#define CANVASS_READING_ACCOUNT_H

#include "reading/reader.h"

/* Appends "its header, line 1, is cut at ';' (...) into 3 columns: 'a', 'b', 'c'; the line as read: a;b;c",
 * without the file's name: how the names were found, how many there are, all of them or the first. */
void input_account(const input_file *f, buf *out);

#endif

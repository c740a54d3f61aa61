/* Standard input as data: the header is read first and everything afterwards, so what comes through a
 * pipe is kept in an unlinked temporary file. */
#ifndef CANVASS_READING_STANDARD_INPUT_H
#define CANVASS_READING_STANDARD_INPUT_H

#include "reading/reading.h"

/* Makes descriptor 0 a file that can be read from its start again.  Of OPTIONS only `progress` and `context`
 * count: STATUS_INTERRUPTED when it says so, which it is asked after each block and each signal. */
status standard_input_keep(const reading_options *options, error *err) MUST_USE;
/* Back to the start.  Only after standard_input_keep. */
status standard_input_rewind(error *err) MUST_USE;

#endif

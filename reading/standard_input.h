/* Standard input as a data file: since the header is read before the rest, what comes through a pipe is
 * copied to an unlinked temporary file. */
#ifndef CANVASS_READING_STANDARD_INPUT_H
#define CANVASS_READING_STANDARD_INPUT_H

#include "reading/reading.h"

/* Makes descriptor 0 a file that can be rewound.  Of OPTIONS only progress and context are used: progress is
 * called after each block and each signal, with the bytes so far and no total, and when it returns false the
 * result is STATUS_INTERRUPTED. */
status standard_input_keep(const reading_options *options, error *err) MUST_USE;
/* Rewinds it; only after standard_input_keep. */
status standard_input_rewind(error *err) MUST_USE;

#endif

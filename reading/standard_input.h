/* Standard input as data: the header is read first and everything afterwards, so what comes through a
 * pipe is kept in an unlinked temporary file. */
#ifndef CANVASS_CLI_STANDARD_INPUT_H
#define CANVASS_CLI_STANDARD_INPUT_H

#include "base/status.h"

/* Makes descriptor 0 a file that can be read from its start again.  STATUS_INTERRUPTED after a signal. */
status standard_input_keep(error *err) MUST_USE;
/* Back to the start.  Only after standard_input_keep. */
status standard_input_rewind(error *err) MUST_USE;

#endif

/* Ctrl-C and similar signals: the first one asks the program to stop cleanly, the second one ends it. */
#ifndef CANVASS_CLI_INTERRUPT_H
#define CANVASS_CLI_INTERRUPT_H

#include <stdbool.h>

#include "base/status.h"

/* From now on SIGINT, SIGTERM and SIGHUP set a flag, and SIGPIPE is an error of writing. */
void interrupt_prepare(void);
bool interrupt_requested(void);
/* The program's: 128 and the signal's number where one ended it, as shells have it, else that of ST. */
int interrupt_exit_code(status st);

#endif

/* Waits in tests have no limit of their own, and what never happens would end, without a word, with ctest's
 * limit.  Some minutes before that limit a program that has announced its waits ends with status 1 and says
 * which one was its last.  CANVASS_WAIT_SECONDS=N makes that N seconds, to look at a hang by hand. */
#ifndef CANVASS_TESTS_WAITING_H
#define CANVASS_TESTS_WAITING_H

/* Before each wait that depends on others. */
void waiting_for(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

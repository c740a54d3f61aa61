/* Reading hostile files: the same outcome for 1 and 3 threads, and every record is told of. */
#ifndef CANVASS_TESTS_FUZZ_READ_TWICE_H
#define CANVASS_TESTS_FUZZ_READ_TWICE_H

#include "reading/reading.h"

/* The file of these bytes, called NAME, which tells its format. */
void read_twice(const reading_options *options, const char *name, const uint8_t *bytes, size_t length);
/* The same for files of statistical programs, after two bytes that are how the file is read: blank rows and
 * the stated encoding; rows of a shard. */
void read_twice_statistics(const char *name, const uint8_t *bytes, size_t length);

#endif

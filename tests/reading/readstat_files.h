/* Files of statistical programs, written by ReadStat, so that the writer is not the program under test. */
#ifndef CANVASS_TESTS_READING_READSTAT_FILES_H
#define CANVASS_TESTS_READING_READSTAT_FILES_H

#include <readstat.h>

#include "base/buf.h"

typedef enum written_as {
  WRITTEN_SAV, /* compressed by codes */
  WRITTEN_SAV_PLAIN,
  WRITTEN_ZSAV,
  WRITTEN_DTA_110,
  WRITTEN_DTA_111,
  WRITTEN_DTA_113,
  WRITTEN_DTA_114,
  WRITTEN_DTA_117,
  WRITTEN_DTA_118,
  WRITTEN_DTA_119,
  WRITTEN_AS,
} written_as;

/* A writer; its variables are added with ReadStat's own functions. */
readstat_writer_t *readstat_file_new(void);
/* After the variables: ROWS rows follow, and the file comes to OUT. */
void readstat_file_begin(readstat_writer_t *w, written_as as, buf *out, long rows);
void readstat_file_end(readstat_writer_t *w);
/* Fails the test unless RESULT is that all is well. */
void readstat_well(readstat_error_t result);

#endif

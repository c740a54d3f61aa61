/* One line on standard error that shows how far the work is: a bar, rows, rate and time left.  Nothing
 * is written unless standard error is a terminal, and not a dumb one. */
#ifndef CANVASS_CLI_PROGRESS_H
#define CANVASS_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/language.h"

typedef struct progress {
  bool is_shown;
  bool is_drawn;        /* the line shows something */
  const char *activity; /* of the line shown */
  uint32_t stage;
  uint64_t total;
  int64_t begun_ms; /* when that activity began */
  int64_t begun_rows, begun_done;
  int64_t drawn_ms;
} progress;

/* QUIET: never show anything. */
void progress_init(progress *p, bool quiet);
/* ACTIVITY (language_say("Reading", ..)), followed by STAGE when not 0.  DONE of TOTAL (bytes or rows; TOTAL
 * 0: unknown) moves the bar, ROWS are counted; without both DONE are bytes, and with none of them the
 * activity stands alone.  Rate and time left (of the stage) are those since the activity was first shown, so
 * that they are right for a watcher that joins in the middle; stages of the same TOTAL count as one activity,
 * because one alone may be too short for a rate. Omitted while nothing is known.  Redrawn at most ten times a
 * second. */
void progress_show(progress *p, const char *activity, uint32_t stage, uint64_t rows, uint64_t done,
                   uint64_t total);
/* The same of a job's stage, from 1, that has evaluated or merges. */
void progress_evaluating(progress *p, bool finishing, uint32_t stage, uint64_t rows_done,
                         uint64_t rows_total);
void progress_clear(progress *p);

typedef struct progress_figures {
  const char *activity;
  uint32_t stage;
  uint64_t rows, done, total;
  int64_t begun_rows, begun_done; /* when we began to watch; below 0: in an earlier stage */
  int64_t elapsed_ms;             /* since then */
} progress_figures;
/* The line itself, without the escapes around it: for tests.  OUT holds at least 256 bytes. */
void progress_line(char *out, const progress_figures *f, unsigned columns);

#endif

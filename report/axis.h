/* An axis: what it spans and its round ticks. */
#ifndef CANVASS_REPORT_AXIS_H
#define CANVASS_REPORT_AXIS_H

#include <stddef.h>

enum { AXIS_TICKS_MAX = 24, AXIS_TEXT_BYTES = 32 };

typedef struct axis {
  double low, high; /* low < high */
  double ticks[AXIS_TICKS_MAX];
  size_t ticks_count;
  int decimals; /* of the ticks */
} axis;

/* What an axis does at its ends. */
typedef enum axis_ends {
  AXIS_EXACT, /* LOW and HIGH are its ends */
  AXIS_ROUND, /* it goes on to the next tick */
} axis_ends;

/* About WANTED steps of 1, 2, 2.5 or 5 times a power of ten.  LOW > HIGH are exchanged, equal ones and what
 * is not finite get an axis around them or from 0 to 1. */
axis axis_make(double low, double high, axis_ends ends, unsigned wanted);
/* Where V is, 0 at the low and 1 at the high end; what is outside is at the end. */
double axis_share(const axis *a, double v);
/* "−0.5" */
void axis_text(const axis *a, double tick, char out[AXIS_TEXT_BYTES]);

#endif

/* An axis: its range and round ticks. */
#ifndef CANVASS_REPORT_AXIS_H
#define CANVASS_REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TICKS_MAX = 24, AXIS_TEXT_BYTES = 32 };

typedef struct axis {
  double low, high; /* low < high */
  double ticks[AXIS_TICKS_MAX];
  size_t ticks_count;
  int decimals;  /* of the ticks */
  bool is_ratio; /* twice is as far from 1 as half; low > 0 */
} axis;

/* Where an axis ends. */
typedef enum axis_ends {
  AXIS_EXACT, /* at LOW and HIGH */
  AXIS_ROUND, /* at the next tick beyond them */
} axis_ends;

/* An axis with about WANTED (above 0) steps of 1, 2, 2.5 or 5 times a power of ten.  LOW and HIGH are
 * exchanged when LOW > HIGH; equal or non-finite ones give an axis that begins at them, or goes from 0 to 1.
 */
axis axis_make(double low, double high, axis_ends ends, unsigned wanted);
/* An axis of ratios with at most about WANTED (above 0) ticks such as 0.5, 1, 2, 5.  Bounds are exchanged as
 * above; those that are not above 0, or are not finite, count as 1. */
axis axis_make_ratio(double low, double high, unsigned wanted);
/* The position of V, from 0 at the low end to 1 at the high end; values outside are at the nearer end. */
double axis_share(const axis *a, double v);
/* "−0.5" */
void axis_text(const axis *a, double tick, char out[AXIS_TEXT_BYTES]);

#endif

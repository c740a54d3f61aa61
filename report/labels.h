/* Places for the names of points, so that they stand on no other name, mark or line.
 *
 * Each name tries 16 directions at 5 distances; the farther, the dearer, as is standing on something, going
 * over a dividing line, or having a leader through another name.  Every name takes its cheapest place in turn
 * until nothing changes; of four orders the cheapest is kept.  The same points give the same places
 * everywhere. */
#ifndef CANVASS_REPORT_LABELS_H
#define CANVASS_REPORT_LABELS_H

#include "base/arena.h"

typedef struct label_box {
  double left, top, right, bottom; /* px; left <= right, top <= bottom */
} label_box;

typedef struct label_point {
  double x, y;
  double width; /* of the name */
} label_point;

typedef struct label_field {
  label_box inside;        /* where names must be */
  const label_box *blocks; /* where they should not be */
  size_t blocks_count;
  double divide_x, divide_y; /* a name stays on its point's side; NAN: not divided */
  double height;             /* of names */
  double radius;             /* of marks */
} label_field;

typedef struct label_place {
  label_box box;
  bool has_leader; /* it is so far away that a line leads to it */
  bool is_free;    /* it stands on nothing; otherwise there is no room for it */
} label_place;

/* Fills OUT, one for each of the COUNT points.  MEMORY is for work; when it is used up, nothing is free. */
void labels_place(const label_field *field, const label_point *points, size_t count, arena *memory,
                  label_place *out);

/* Where the leader of a name in BOX ends. */
void labels_leader(const label_box *box, double x, double y, double *end_x, double *end_y);

#endif

/* Which values an answer can have: a condition that none can meet is a mistake.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_WHERE_REACH_H
#define CANVASS_SPECIFICATION_WHERE_REACH_H

#include "specification/compile.h"

/* Whether an answer of S can be NUMBER (of a date: days), as far as its range says; reported at AT when not.
 */
bool where_reaches(const compilation *c, const symbol *s, decimal number, place at);
/* Whether an answer of S can be SIGN (<, <=, >, >=) NUMBER; reported at AT when not. */
bool where_can_hold(const compilation *c, const symbol *s, const char *sign, decimal number, place at);

/* NULL where TEXT is written as the values of the period S are ("2025", "2025-Q3", "2025-07", "1".."7"): only
 * such texts have the order of their periods.  Otherwise what a message says that it expected. */
const char *where_period_expected(const symbol *s, slice text);

#endif

/* What a ratio is made of, for base/ alone: everything else uses base/exact.h. */
#ifndef CANVASS_BASE_RATIO_VALUE_H
#define CANVASS_BASE_RATIO_VALUE_H

#include <gmp.h>

#include "base/exact.h"

struct ratio {
  mpq_t value;
};

#endif

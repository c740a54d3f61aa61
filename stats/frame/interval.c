/* Comparisons of decimal numbers as intervals of mantissas, so that rows compare integers. */
#include "base/exact.h"
#include "stats/frame/state.h"

/* Past every valid mantissa, with room for one more on either side. */
#define BEYOND (NUMBER_MAX + 1)

static int64_t clamp(i128 v) {
  return v > (i128)BEYOND ? BEYOND : v < -(i128)BEYOND ? -BEYOND : (int64_t)v;
}

/* The largest mantissa not above V, and whether it is V. */
static i128 floor_at(decimal v, unsigned decimals, bool *exact_value) {
  i128 scaled = (i128)v.mantissa * decimal_power10(decimals);
  i128 divisor = decimal_power10(v.scale);
  i128 quotient = scaled / divisor;
  i128 rest = scaled % divisor;
  *exact_value = rest == 0;
  return rest < 0 ? quotient - 1 : quotient;
}

number_interval number_interval_of(filter_kind kind, decimal v, unsigned decimals) {
  bool exact_value;
  i128 at = floor_at(v, decimals, &exact_value);
  number_interval all = {-BEYOND, BEYOND};
  switch (kind) {
    case FILTER_EQ:
      return exact_value ? (number_interval){clamp(at), clamp(at)} : (number_interval){1, 0};
    case FILTER_LT:
      return (number_interval){all.low, clamp(exact_value ? at - 1 : at)};
    case FILTER_LE:
      return (number_interval){all.low, clamp(at)};
    case FILTER_GT:
      return (number_interval){clamp(at + 1), all.high};
    case FILTER_GE:
      return (number_interval){clamp(exact_value ? at : at + 1), all.high};
    default:
      return all;
  }
}

number_interval number_interval_of_range(const program_range *g, unsigned decimals) {
  number_interval all = {-BEYOND, BEYOND};
  if (g->has_low) {
    all.low = number_interval_of(g->low_open ? FILTER_GT : FILTER_GE, g->low, decimals).low;
  }
  if (g->has_high) {
    all.high = number_interval_of(g->high_open ? FILTER_LT : FILTER_LE, g->high, decimals).high;
  }
  return all;
}

/* Numbers of the codebook: the decimals that they keep, and their range.
 *
 * Mantissas have 18 digits.  Decimals get what the largest number of the column leaves of them, so that no
 * cell is lost because another has many decimals: those are rounded and counted. */
#include "specification/codebook.h"
#include "specification/stack.h"

enum {
  DECIMALS_MAX = PROGRAM_DECIMALS_MAX,
  DIGITS_MAX = DECIMAL_SCALE_MAX,
  DECIMALS_UNSEEN = 6, /* where reading could not see what a number is */
};

/* Of a stacked variable: what all loops' columns have, as one column; NULL when one is not known. */
static const manifest_column *measured_together(const compilation *c, const symbol *s) {
  manifest_column *all = ARENA_NEW(c->memory, manifest_column);
  for (uint32_t i = 0; all != NULL && i < s->stack->loops; i++) {
    const manifest_column *one = codebook_find_column(c, slice_of(s->loop_columns[i]));
    if (one == NULL) {
      return NULL;
    }
    const manifest_column so_far = *all;
    *all = i == 0 ? *one : so_far;
    all->decimals_max =
        i > 0 && one->decimals_max > so_far.decimals_max ? one->decimals_max : all->decimals_max;
    all->largest_known = one->largest_known && (i == 0 || so_far.largest_known);
    if (i > 0 && all->largest_known) {
      all->largest = decimal_magnitude_max(so_far.largest, one->largest);
    }
  }
  return all;
}

const manifest_column *codebook_measured(const compilation *c, const symbol *s) {
  if (c->decimals_known && s->loop_columns != NULL) {
    return measured_together(c, s);
  }
  return c->decimals_known ? codebook_find_column(c, slice_of(s->variable.column)) : NULL;
}

static bool read_declared(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "decimals");
  int64_t decimals = 0;
  if (n != NULL && !field_whole(c, n, "decimals", 0, DECIMALS_MAX, &decimals)) {
    return false;
  }
  s->decimals_given = n != NULL;
  s->decimals_declared = (uint8_t)decimals;
  return true;
}

static bool read_range(compilation *c, symbol *s, const node *n) {
  node **ends = codebook_range_ends(c, n);
  if (ends == NULL || !field_decimal(c, ends[0], "range", &s->range_low) ||
      !field_decimal(c, ends[1], "range", &s->range_high)) {
    return false;
  }
  if (decimal_compare(s->range_low, s->range_high) >= 0) {
    return codebook_range_is_empty(c, n, ends);
  }
  s->variable.has_range = true;
  return true;
}

static decimal_magnitude magnitude_of(decimal d) {
  return decimal_magnitude_of(d.mantissa < 0 ? 0 - (uint64_t)d.mantissa : (uint64_t)d.mantissa, d.scale);
}

/* The largest number that can be an answer; false when nothing bounds it. */
static bool largest_answer(const symbol *s, const manifest_column *column, decimal_magnitude *largest) {
  const bool seen = column != NULL && column->largest_known;
  if (seen) {
    *largest = column->largest;
  }
  if (s->variable.has_range) {
    const decimal_magnitude range =
        decimal_magnitude_max(magnitude_of(s->range_low), magnitude_of(s->range_high));
    *largest = seen && decimal_magnitude_compare(*largest, range) < 0 ? *largest : range;
  }
  return seen || s->variable.has_range;
}

static uint8_t least(uint8_t a, uint8_t b) {
  return a < b ? a : b;
}

/* As many as are declared, or else as the column has and the range needs, if the largest number leaves room;
 * but the range always keeps its own. */
static void choose_decimals(symbol *s, const manifest_column *column, uint8_t needed) {
  uint8_t seen = column != NULL ? least(column->decimals_max, DECIMALS_MAX) : 0;
  seen = notation_is_declared(&s->variable) && seen < DECIMALS_UNSEEN ? DECIMALS_UNSEEN : seen;
  uint8_t wanted = s->decimals_given ? s->decimals_declared : seen;
  decimal_magnitude largest = {0, 0};
  if (largest_answer(s, column, &largest)) {
    const unsigned whole = decimal_magnitude_whole_digits(largest);
    wanted = least(wanted, whole < DIGITS_MAX ? (uint8_t)(DIGITS_MAX - whole) : 0);
  }
  s->variable.decimals = wanted > needed ? wanted : needed;
  s->largest = largest;
}

static int64_t within_units(int64_t mantissa) {
  return mantissa > NUMBER_MAX ? NUMBER_MAX : mantissa < -NUMBER_MAX ? -NUMBER_MAX : mantissa;
}

/* An end beyond the range of mantissas bounds nothing: no cell reaches it. */
static int64_t end_of_range(decimal end, uint8_t decimals) {
  int64_t mantissa;
  if (decimal_rescale(end, decimals, &mantissa, NULL)) {
    return within_units(mantissa);
  }
  return end.mantissa < 0 ? -NUMBER_MAX : NUMBER_MAX;
}

static bool range_fits(decimal end, uint8_t decimals) {
  int64_t mantissa;
  return decimal_rescale(end, decimals, &mantissa, NULL) && mantissa == within_units(mantissa);
}

bool codebook_number(compilation *c, symbol *s) {
  const bool all_well =
      notation_read(c, s) && read_declared(c, s) && answers_of_numbers(c, s, INT64_MIN, INT64_MAX);
  const node *n = node_get(s->body, "range");
  if (n != NULL && !read_range(c, s, n)) {
    return false;
  }
  const uint8_t needed = s->range_low.scale > s->range_high.scale ? s->range_low.scale : s->range_high.scale;
  const uint8_t most = s->decimals_given ? s->decimals_declared : DECIMALS_MAX;
  if (all_well && needed > most) {
    problem_at(c->problems, n->at, "range: has more decimals (%u) than the variable keeps (%u)", needed,
               most);
    return false;
  }
  if (n != NULL && (!range_fits(s->range_low, needed) || !range_fits(s->range_high, needed))) {
    problem_at(c->problems, n->at, "range: the numbers are too large for %u decimals", needed);
    return false;
  }
  choose_decimals(s, codebook_measured(c, s), needed);
  if (n != NULL) {
    s->variable.low = end_of_range(s->range_low, s->variable.decimals);
    s->variable.high = end_of_range(s->range_high, s->variable.decimals);
  }
  return all_well;
}

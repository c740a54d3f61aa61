/* Bounds: what integers the arithmetic of MEAN and CLUSTER needs, from what is declared.
 *
 * A MEAN is sum(w_i x_i) / sum(w_i) over the answered inputs, x_i being mantissas m_i at d_i decimals,
 * or 100 (x - low) / (high - low).  Each x_i is (a_i m_i + b_i) / q_i in lowest terms; over the least
 * common multiple Q of all q_i the numerator of a row is an integer.  The value at 12 decimals is
 * numerator * P / (D * sum(w_i)) with P / D = 10^12 / Q in lowest terms, rounded half to even once.
 */
#include <assert.h>

#include "stats/program/item.h"

/* Products of two things below this are below 2^126: sums of two of them fit. */
#define I128_LIMIT ((i128)1 << 126)

static i128 absolute(i128 v) {
  return v < 0 ? -v : v;
}

static i128 common_divisor(i128 a, i128 b) {
  while (b != 0) {
    i128 rest = a % b;
    a = b;
    b = rest;
  }
  return absolute(a);
}

static bool is_within(i128 v) {
  return v > -I128_LIMIT && v < I128_LIMIT;
}

static bool multiply(i128 a, i128 b, i128 *product) {
  return !__builtin_mul_overflow(a, b, product) && is_within(*product);
}

static bool add(i128 a, i128 b, i128 *sum) {
  return !__builtin_add_overflow(a, b, sum) && is_within(*sum);
}

typedef struct fraction {
  i128 slope, offset, divisor;
} fraction;

/* D at SCALE, which is at least D's own. */
static bool decimal_at(decimal d, unsigned scale, i128 *mantissa) {
  return multiply(d.mantissa, decimal_power10(scale - d.scale), mantissa);
}

static bool fraction_of_input(const program *p, const program_variable *v, uint32_t i, fraction *out) {
  uint8_t decimals = p->variables[v->inputs[i]].decimals;
  if (v->rescaled == NULL || !v->rescaled[i]) {
    *out = (fraction){.slope = 1, .offset = 0, .divisor = decimal_power10(decimals)};
    return true;
  }
  decimal low = decimal_normalise(v->rescale_low[i]);
  decimal high = decimal_normalise(v->rescale_high[i]);
  unsigned scale = decimals;
  scale = low.scale > scale ? low.scale : scale;
  scale = high.scale > scale ? high.scale : scale;
  i128 low_at;
  i128 high_at;
  if (!decimal_at(low, scale, &low_at) || !decimal_at(high, scale, &high_at) ||
      !multiply(low_at, -100, &out->offset)) {
    return false;
  }
  out->slope = (i128)100 * decimal_power10(scale - decimals);
  out->divisor = high_at - low_at;
  i128 divisor = common_divisor(common_divisor(out->slope, out->divisor), out->offset);
  *out = (fraction){out->slope / divisor, out->offset / divisor, out->divisor / divisor};
  return true;
}

/* The largest |slope * m + offset|. */
static bool fraction_bound(const program *p, uint32_t input, fraction f, i128 *bound) {
  return multiply(f.slope, program_variable_bound(p, input), bound) && add(*bound, absolute(f.offset), bound);
}

static bool common_multiple(i128 *multiple, i128 divisor) {
  return multiply(*multiple / common_divisor(*multiple, divisor), divisor, multiple);
}

/* The value is a mean of its terms, so it is within the largest of them. */
static void bound_value(i128 term_bound, i128 divisor, mean_terms *out) {
  i128 value;
  if (!multiply(term_bound / divisor + 1, decimal_power10(PROGRAM_MEAN_DECIMALS), &value) ||
      value > (i128)NUMBER_MAX) {
    out->may_overflow = true;
    out->bound = NUMBER_MAX;
  } else if (value > (i128)out->bound) {
    out->bound = (int64_t)value;
  }
}

static bool terms_fill(const program *p, const program_variable *v, mean_terms *out) {
  i128 multiple = 1;
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    fraction f;
    i128 bound;
    if (!fraction_of_input(p, v, i, &f) || !common_multiple(&multiple, f.divisor) ||
        !fraction_bound(p, v->inputs[i], f, &bound)) {
      return false;
    }
    bound_value(bound, f.divisor, out);
  }
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    fraction f;
    i128 factor;
    i128 bound;
    int64_t weight = v->weights != NULL ? v->weights[i] : 1;
    if (!fraction_of_input(p, v, i, &f) || !multiply(weight, multiple / f.divisor, &factor) ||
        !multiply(f.slope, factor, &out->slopes[i]) || !multiply(f.offset, factor, &out->offsets[i]) ||
        !fraction_bound(p, v->inputs[i], (fraction){out->slopes[i], out->offsets[i], 1}, &bound) ||
        !add(out->terms_bound, bound, &out->terms_bound)) {
      return false;
    }
    out->weights[i] = weight;
    out->weights_sum += weight;
  }
  i128 power = decimal_power10(PROGRAM_MEAN_DECIMALS);
  i128 divisor = common_divisor(power, multiple);
  out->scale = power / divisor;
  out->unit = multiple / divisor;
  i128 top;
  i128 bottom;
  return multiply(out->terms_bound, out->scale, &top) && multiply(out->unit, out->weights_sum, &bottom);
}

status mean_terms_make(const program *p, const program_variable *v, arena *a, mean_terms *out, error *err) {
  *out = (mean_terms){
      .count = v->inputs_count,
      .slopes = ARENA_ARRAY(a, i128, v->inputs_count),
      .offsets = ARENA_ARRAY(a, i128, v->inputs_count),
      .weights = ARENA_ARRAY(a, int64_t, v->inputs_count),
  };
  if (arena_failed(a)) {
    return error_no_memory(err, "mean");
  }
  if (!terms_fill(p, v, out)) {
    return error_set(
        err, STATUS_LIMIT,
        "variable '%s': its mean does not fit 128 bits; give its inputs ranges, fewer decimals or "
        "smaller weights",
        v->name != NULL ? v->name : "");
  }
  return STATUS_OK;
}

bool cluster_is_narrow(const program *p, const program_variable *v) {
  for (uint32_t d = 0; v->shifts != NULL && d <= v->inputs_count; d++) {
    if (v->shifts[d] > 0) {
      return false;
    }
  }
  for (uint32_t j = 0; j < v->clusters; j++) {
    const int64_t *row = v->coefficients + (size_t)j * (1 + (size_t)v->inputs_count);
    i128 sum = absolute(row[0]);
    for (uint32_t d = 0; d < v->inputs_count; d++) {
      i128 term;
      if (!multiply(absolute(row[1 + d]), program_variable_bound(p, v->inputs[d]), &term) ||
          !add(sum, term, &sum)) {
        return false;
      }
    }
    if (sum > NUMBER_MAX) {
      return false;
    }
  }
  return true;
}

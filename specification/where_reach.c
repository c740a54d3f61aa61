/* Ranges as decimals: those of scales, numbers and dates as declared, 0 and 1 of flags. */
#include "specification/where_reach.h"

#include <stdio.h>

#include "stats/program/date.h"

typedef struct reach {
  decimal low, high;
  bool is_whole; /* and nothing between whole numbers */
} reach;

static bool reach_of(const symbol *s, reach *out) {
  const program_variable *v = &s->variable;
  const bool is_flag = v->kind == VARIABLE_TOP || v->kind == VARIABLE_OPTION;
  if (is_flag) {
    *out = (reach){{0, 0}, {1, 0}, true};
  } else if (v->kind == VARIABLE_NUMBER) {
    *out = (reach){s->range_low, s->range_high, false};
  } else {
    *out = (reach){{v->low, 0}, {v->high, 0}, true};
  }
  return is_flag || (v->has_range &&
                     (v->kind == VARIABLE_SCALE || v->kind == VARIABLE_NUMBER || v->kind == VARIABLE_DATE));
}

/* "1", "2025-07-31" */
static const char *shown(const compilation *c, const symbol *s, decimal number) {
  char text[64];
  if (s->variable.kind == VARIABLE_DATE) {
    int64_t year, month, day;
    date_to_civil(number.mantissa, &year, &month, &day);
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
  } else {
    (void)decimal_format(number, text);
  }
  return problem_quote(c->problems, slice_of(text));
}

bool where_reaches(const compilation *c, const symbol *s, decimal number, place at) {
  reach r;
  if (!reach_of(s, &r)) {
    return true;
  }
  if (decimal_compare(number, r.low) < 0 || decimal_compare(number, r.high) > 0) {
    problem_at(c->problems, at,
               "where: %s is outside the range [%s, %s] of '%s'; missing answers are found with missing(..)",
               shown(c, s, number), shown(c, s, r.low), shown(c, s, r.high),
               problem_quote(c->problems, slice_of(s->name)));
    return false;
  }
  if (r.is_whole && decimal_normalise(number).scale > 0) {
    problem_at(c->problems, at, "where: no answer of '%s' is %s: its codes are whole numbers",
               problem_quote(c->problems, slice_of(s->name)), shown(c, s, number));
    return false;
  }
  return true;
}

bool where_can_hold(const compilation *c, const symbol *s, const char *sign, decimal number, place at) {
  reach r;
  if (!reach_of(s, &r)) {
    return true;
  }
  const int order = sign[0] == '<' ? decimal_compare(r.low, number) : decimal_compare(number, r.high);
  const bool can_hold = sign[1] == '=' ? order <= 0 : order < 0;
  if (!can_hold) {
    problem_at(c->problems, at,
               "where: no answer of '%s' is %s %s: its range is [%s, %s]; missing answers are found with "
               "missing(..)",
               problem_quote(c->problems, slice_of(s->name)), sign, shown(c, s, number), shown(c, s, r.low),
               shown(c, s, r.high));
  }
  return can_hold;
}

/* ---- Periods ------------------------------------------------------------------------------------- */

/* How each period is written: 0 is a digit, the rest stands for itself.  The digits behind PREFIX are a
 * number from 1 to MOST. */
static const struct period_form {
  const char *form;
  size_t prefix;
  int most;
  const char *expected;
} period_forms[] = {
    [PERIOD_YEAR] = {"0000", 4, 0, "a year such as '2025'"},
    [PERIOD_QUARTER] = {"0000-Q0", 6, 4, "a quarter such as '2025-Q3'"},
    [PERIOD_MONTH] = {"0000-00", 5, 12, "a month such as '2025-07'"},
    [PERIOD_WEEKDAY] = {"0", 0, 7, "a weekday from '1' (Monday) to '7'"},
};

const char *where_period_expected(const symbol *s, slice text) {
  const struct period_form *f = &period_forms[s->variable.period];
  int number = 0;
  size_t i = 0;
  for (; i < text.length && f->form[i] != '\0'; i++) {
    const bool is_digit = text.bytes[i] >= '0' && text.bytes[i] <= '9';
    if (f->form[i] == '0' ? !is_digit : text.bytes[i] != f->form[i]) {
      return f->expected;
    }
    number = i >= f->prefix ? number * 10 + (text.bytes[i] - '0') : 0;
  }
  const bool is_whole = i == text.length && f->form[i] == '\0';
  const bool is_in_range = f->most == 0 || (number >= 1 && number <= f->most);
  return is_whole && is_in_range ? NULL : f->expected;
}

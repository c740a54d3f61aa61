/* The order of periods in `compute`: that of their days.
 *
 * A year, quarter or month is compared through its date, month < '2025-09' as date < 2025-09-01; a weekday,
 * of which there are seven, by naming those that fit. */
#include "specification/compute.h"
#include "specification/where_reach.h"
#include "stats/program/date.h"

enum { WEEKDAYS = 7 };

static int64_t digits_value(slice text) {
  int64_t value = 0;
  for (size_t i = 0; i < text.length; i++) {
    value = 10 * value + (text.bytes[i] - '0');
  }
  return value;
}

/* Days are those of the years 1 to 9999; a period before or after all of them begins beyond their end. */
static int64_t day_of_month(int64_t months) {
  int64_t days = 0;
  const int64_t year = months / 12;
  return date_from_civil(year, months % 12 + 1, 1, &days) ? days
         : year < 1                                       ? -(int64_t)DATE_DAYS_MAX
                                                          : (int64_t)DATE_DAYS_MAX + 1;
}

/* The first days of the period TEXT, which is well-formed, and of the one after it. */
static void days_of_period(program_period period, slice text, int64_t days[2]) {
  const int64_t year = digits_value((slice){text.bytes, 4});
  const int64_t length = period == PERIOD_YEAR ? 12 : period == PERIOD_QUARTER ? 3 : 1;
  const int64_t number = period == PERIOD_YEAR      ? 0
                         : period == PERIOD_QUARTER ? text.bytes[6] - '1'
                                                    : digits_value((slice){text.bytes + 5, 2}) - 1;
  const int64_t first = 12 * year + length * number;
  days[0] = day_of_month(first);
  days[1] = day_of_month(first + length);
}

static symbol *date_behind(const compute_parser *p, const symbol *period) {
  for (uint32_t i = 0; i < p->c->symbols_count; i++) {
    symbol *s = p->c->symbols[i];
    if (s->state == SYMBOL_READY && symbol_program_index(p->c, s) == period->variable.inputs[0]) {
      return s;
    }
  }
  return NULL;
}

static void compare_days(compute_parser *p, symbol *period, compute_op op, slice text) {
  int64_t days[2];
  days_of_period(period->variable.period, text, days);
  const bool is_from_next = op == COMPUTE_LE || op == COMPUTE_GT;
  const bool is_below = op == COMPUTE_LT || op == COMPUTE_LE;
  compute_emit(p, (compute_node){.op = COMPUTE_INPUT, .input = compute_input_of(p, date_behind(p, period))});
  compute_emit(p, (compute_node){.op = COMPUTE_CONSTANT, .number = {days[is_from_next], 0}});
  compute_emit(p, (compute_node){.op = is_below ? COMPUTE_LT : COMPUTE_GE});
}

static bool weekday_fits(compute_op op, int day, int wanted) {
  switch (op) {
    case COMPUTE_LT:
      return day < wanted;
    case COMPUTE_LE:
      return day <= wanted;
    case COMPUTE_GT:
      return day > wanted;
    default:
      return day >= wanted;
  }
}

/* Where none fits: not any of all seven, so that a missing day stays missing. */
static void compare_weekdays(compute_parser *p, symbol *period, compute_op op, slice text) {
  static const char names[] = "1234567";
  const uint32_t input = compute_input_of(p, period);
  uint32_t fitting = 0;
  for (int day = 0; day < WEEKDAYS; day++) {
    fitting += weekday_fits(op, names[day], text.bytes[0]);
  }
  for (int day = 0; day < WEEKDAYS; day++) {
    if (fitting == 0 || weekday_fits(op, names[day], text.bytes[0])) {
      compute_emit(p, (compute_node){.op = COMPUTE_IS_TEXT, .input = input, .text = {&names[day], 1}});
    }
  }
  const uint32_t count = fitting == 0 ? WEEKDAYS : fitting;
  if (count > 1) {
    compute_emit(p, (compute_node){.op = COMPUTE_OR, .count = count});
  }
  if (fitting == 0) {
    compute_emit(p, (compute_node){.op = COMPUTE_NOT});
  }
}

bool compute_period(compute_parser *p, const operand *left, compute_op op, const operand *o) {
  symbol *period = left->s;
  const char *expected = o->text.length == 0 && o->kind != OPERAND_TEXT
                             ? "a text in quotes"
                             : where_period_expected(period, o->text);
  if (expected != NULL) {
    (void)compute_wrong(p, &o->at, "'%s' is a period; expected %s, found %s",
                        problem_quote(p->c->problems, slice_of(period->name)), expected,
                        compute_shown(p, &o->at));
    return false;
  }
  if (o->kind == OPERAND_NUMBER) { /* 2025 is the text "2025" here, and its node is taken back */
    p->count--;
  }
  if (period->variable.period == PERIOD_WEEKDAY) {
    compare_weekdays(p, period, op, o->text);
  } else {
    compare_days(p, period, op, o->text);
  }
  return true;
}

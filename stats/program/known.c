/* What is known of a variable's values before any row is read: the largest magnitude, and decimals. */
#include <string.h>
#include "stats/program/date.h"
#include "stats/program/item.h"
#include "stats/program/long_score.h"

static int64_t magnitude(int64_t v) {
  return v < 0 ? -v : v; /* checked to be within +-2^62 */
}

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

static int64_t recode_bound(const program_variable *v) {
  int64_t bound = v->has_else ? magnitude(v->else_code) : 0;
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    bound = larger(bound, v->ranges[i].missing ? 0 : magnitude(v->ranges[i].code));
  }
  return bound;
}

/* |a| + |b| at the larger of the two scales; what does not fit is made invalid row by row. */
static int64_t difference_bound(const program *p, const program_variable *v, uint8_t decimals) {
  i128 bound = 0;
  for (uint32_t i = 0; i < 2; i++) {
    uint8_t own = p->variables[v->inputs[i]].decimals;
    bound += (i128)program_variable_bound(p, v->inputs[i]) * decimal_power10((unsigned)(decimals - own));
  }
  return bound > (i128)NUMBER_MAX ? NUMBER_MAX : (int64_t)bound;
}

static status mean_known(const program *p, const program_variable *v, variable_facts_known *known,
                         error *err) {
  arena *a = arena_new();
  if (a == NULL) {
    return error_no_memory(err, "variable");
  }
  mean_terms terms;
  status st = mean_terms_make(p, v, a, &terms, err);
  known->decimals = PROGRAM_MEAN_DECIMALS;
  known->bound = st == STATUS_OK ? terms.bound : 0;
  arena_destroy(a);
  return st;
}

status variable_known(const program *p, const program_variable *v, variable_facts_known *known, error *err) {
  switch (v->kind) {
    case VARIABLE_SCALE:
      known->bound = larger(magnitude(v->low), magnitude(v->high));
      break;
    case VARIABLE_NUMBER:
      known->decimals = v->decimals;
      known->bound = v->has_range ? larger(magnitude(v->low), magnitude(v->high)) : NUMBER_MAX;
      break;
    case VARIABLE_DATE:
      known->bound = DATE_DAYS_MAX;
      break;
    case VARIABLE_TOP:
    case VARIABLE_OPTION:
    case VARIABLE_CONDITION:
      known->bound = 1;
      break;
    case VARIABLE_RANK:
      known->bound = PROGRAM_RANKED_MAX;
      break;
    case VARIABLE_REPLICATE:
      known->bound = (int64_t)v->groups - 1;
      break;
    case VARIABLE_COMPUTE:
    case VARIABLE_SCORE:
    case VARIABLE_DISTANCE:
      known->decimals = v->decimals;
      known->bound = NUMBER_MAX; /* what does not fit is made invalid row by row */
      break;
    case VARIABLE_CLUSTER:
      known->bound = v->clusters;
      break;
    case VARIABLE_RECODE:
      known->bound = v->keys_are_texts ? 0 : recode_bound(v);
      break;
    case VARIABLE_MEAN:
      return mean_known(p, v, known, err);
    case VARIABLE_DIFFERENCE:
      known->decimals = p->variables[v->inputs[0]].decimals > p->variables[v->inputs[1]].decimals
                            ? p->variables[v->inputs[0]].decimals
                            : p->variables[v->inputs[1]].decimals;
      known->bound = difference_bound(p, v, known->decimals);
      break;
    default:
      break;
  }
  return STATUS_OK;
}

/* The grid of pairs by groups, as it grows when states of different groups are merged. */
#include "stats/accumulators/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"

static status spread(void *at, uint32_t pairs, size_t size, grouping *groups, grouping_union *u,
                     const char *who, error *err) {
  uint64_t places = grouping_places(&u->groups), count = places * pairs;
  if (count > ACCUMULATOR_BYTES_MAX / size) {
    return error_set(err, STATUS_LIMIT,
                     "%s: %llu groups of %u pairs need more than %d MiB; use fewer groups (bands, recodes) "
                     "or fewer items",
                     who, (unsigned long long)places, pairs, ACCUMULATOR_BYTES_MAX >> 20);
  }
  uint8_t *grown = calloc(count > 0 ? count : 1, size);
  if (grown == NULL) {
    return error_no_memory(err, who);
  }
  uint8_t *from;
  memcpy(&from, at, sizeof from);
  uint32_t old = grouping_places(groups);
  for (uint32_t place = 0; place < old; place++) {
    memcpy(grown + (size_t)u->left_places[place] * pairs * size, from + (size_t)place * pairs * size,
           pairs * size);
  }
  free(from);
  grouping_fini(groups);
  memcpy(at, &grown, sizeof grown);
  *groups = u->groups;
  u->groups = (grouping){0};
  return STATUS_OK;
}

status pairs_unite(void *at, uint32_t pairs, size_t size, grouping *groups, const grouping *others,
                   const char *who, uint32_t **places, error *err) {
  *places = NULL;
  if (grouping_equal(groups, others)) {
    return STATUS_OK;
  }
  grouping_union u;
  TRY(grouping_unite(groups, others, &u, err));
  const status st = spread(at, pairs, size, groups, &u, who, err);
  if (st == STATUS_OK) {
    *places = u.right_places;
    u.right_places = NULL;
  }
  grouping_union_fini(&u);
  return st;
}

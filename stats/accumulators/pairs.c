/* The grid of pairs by groups, as it grows when states of different groups are merged. */
#include "stats/accumulators/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"

status pairs_spread(void **at, uint32_t pairs, size_t size, grouping *groups, grouping_union *u,
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
  const uint8_t *from = *at;
  uint32_t old = grouping_places(groups);
  for (uint32_t place = 0; place < old; place++) {
    memcpy(grown + (size_t)u->left_places[place] * pairs * size, from + (size_t)place * pairs * size,
           pairs * size);
  }
  free(*at);
  grouping_fini(groups);
  *at = grown;
  *groups = u->groups;
  u->groups = (grouping){0};
  return STATUS_OK;
}

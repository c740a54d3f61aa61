/* A group by its keys: for analyses that go through several stages group by group.
 *
 * A state knows its groups by place, and another stage's state by other places; keys stay the same.
 */
#ifndef CANVASS_STATS_ANALYSES_GROUP_KEY_H
#define CANVASS_STATS_ANALYSES_GROUP_KEY_H

#include "stats/analyses/groups.h"

typedef struct group_key {
  uint32_t breakdown; /* of the request, from 1; 0: the total */
  struct {
    bool missing, is_text; /* of a multiple choice the option, a text */
    int64_t number;
    slice text;
  } keys[PROGRAM_BY_MAX];
} group_key;

/* The group at hand; texts are borrowed from the walk's results. */
group_key group_key_of(const group_walk *w);
/* Adds a filter to the program being built that holds for the request's rows of the group in which ANSWERED,
 * COUNT of the program's variables, are all answered. */
status group_key_filter(analysis_run *run, const group_key *key, const uint32_t *answered, uint32_t count,
                        uint32_t *filter, error *err) MUST_USE;
/* As group_json. */
json *group_key_json(analysis_run *run, const group_key *key);
void group_key_encode(analysis_run *run, const group_key *key, buf *out);
/* Texts in the section's arena.  A failure of the bytes stays in R. */
group_key group_key_decode(analysis_run *run, reader *r);

#endif

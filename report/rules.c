/* The table of rules. */
#include "report/rules.h"

#include <assert.h>

static const rule rules[] = {
#define RULE(name, threshold, condition, en, hans, hant, plain_en, plain_hans, plain_hant) \
  {#name, (threshold), (condition), {en, hans, hant}, {plain_en, plain_hans, plain_hant}},
#include "report/rules.def"
#undef RULE
};

const rule *rule_of(rule_id id) {
  assert(id < RULES);
  return &rules[id];
}

slice rule_say(const document *d, rule_id id, bool holds, const sentence_place *places, size_t count) {
  const rule *r = rule_of(id);
  return sentence_fill(d, (holds ? r->holds : r->fails)[d->language], places, count);
}

/* The rules by which a report says what its figures mean: the rows of rules.def. */
#ifndef CANVASS_REPORT_RULES_H
#define CANVASS_REPORT_RULES_H

#include "report/sentence.h"

typedef enum rule_id {
#define RULE(name, threshold, condition, en, hans, hant, plain_en, plain_hans, plain_hant) RULE_##name,
#include "report/rules.def"
#undef RULE
  RULES
} rule_id;

typedef struct rule {
  const char *name;
  double threshold;
  const char *condition; /* English, for the documentation */
  const char *holds[3];  /* what is said where the condition holds */
  const char *fails[3];  /* and where it does not; "": nothing */
} rule;

const rule *rule_of(rule_id id);
/* What the rule says, with PLACES filled. */
slice rule_say(const document *d, rule_id id, bool holds, const sentence_place *places, size_t count);

#endif

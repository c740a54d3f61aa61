/* The catalogue of terms: shared ones here, those of one analysis beside it (<name>.terms). */
#include "stats/analyses/terms.h"

#include <string.h>

static const term terms[] = {
#define TERM(key, format, en, hans, hant) {key, format, {en, hans, hant}},
#include "stats/analyses/common.terms"
#include "stats/analyses/compare.terms"
#include "stats/analyses/correlate.terms"
#include "stats/analyses/crosstab.terms"
#include "stats/analyses/describe.terms"
#include "stats/analyses/index.terms"
#include "stats/analyses/segment.terms"
#include "stats/analyses/shares.terms"
#undef TERM
};

size_t term_count(void) {
  return sizeof terms / sizeof terms[0];
}

const term *term_at(size_t index) {
  return index < term_count() ? &terms[index] : NULL;
}

const term *term_find(const char *key) {
  for (size_t i = 0; i < term_count(); i++) {
    if (strcmp(terms[i].key, key) == 0) {
      return &terms[i];
    }
  }
  return NULL;
}

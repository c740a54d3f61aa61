/* The catalogue of terms: the shared ones, then those of each analysis, in the order of the analyses. */
#include "stats/analyses/terms.h"

#include <string.h>

#include "stats/analyses/analysis.h"

static const term common[] = {
#include "stats/analyses/common.terms"
};
enum { COMMON_COUNT = sizeof common / sizeof common[0] };

size_t term_count(void) {
  size_t count = COMMON_COUNT;
  for (size_t i = 0; i < analysis_count(); i++) {
    count += analysis_at(i)->terms_count;
  }
  return count;
}

const term *term_at(size_t index) {
  if (index < COMMON_COUNT) {
    return &common[index];
  }
  index -= COMMON_COUNT;
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    if (index < kind->terms_count) {
      return &kind->terms[index];
    }
    index -= kind->terms_count;
  }
  return NULL;
}

static const term *find_in(const term *terms, size_t count, const char *key) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(terms[i].key, key) == 0) {
      return &terms[i];
    }
  }
  return NULL;
}

const term *term_find(const char *key) {
  const term *found = find_in(common, COMMON_COUNT, key);
  for (size_t i = 0; found == NULL && i < analysis_count(); i++) {
    found = find_in(analysis_at(i)->terms, analysis_at(i)->terms_count, key);
  }
  return found;
}

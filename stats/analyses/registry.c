/* The list of analyses, and what is looked up in it. */
#include "stats/analyses/registry.h"

#include <assert.h>
#include <string.h>

static const analysis_kind *const analyses[] = {
#define ANALYSIS(name) &analysis_##name,
#include "stats/analyses/analyses.def"
#undef ANALYSIS
};

size_t analysis_count(void) {
  return sizeof analyses / sizeof analyses[0];
}

const analysis_kind *analysis_at(size_t index) {
  return index < analysis_count() ? analyses[index] : NULL;
}

const analysis_kind *analysis_find(const char *name) {
  for (size_t i = 0; i < analysis_count(); i++) {
    if (strcmp(analyses[i]->name, name) == 0) {
      return analyses[i];
    }
  }
  return NULL;
}

/* Whether NAME is SCORE's, of a numbered one with its number. */
static bool is_score(const analysis_score *score, const char *name) {
  const size_t length = strlen(score->name);
  if (score->numbered == 0 || strncmp(score->name, name, length) != 0) {
    return score->numbered == 0 && strcmp(score->name, name) == 0;
  }
  uint64_t number = 0;
  const char *digits = name + length;
  for (size_t i = 0; digits[i] >= '0' && digits[i] <= '9' && number <= score->numbered; i++) {
    number = number * 10 + (uint64_t)(digits[i] - '0');
  }
  return digits[0] != '0' && strspn(digits, "0123456789") == strlen(digits) && number >= 1 &&
         number <= score->numbered;
}

const analysis_score *analysis_score_find(const analysis_kind *kind, const char *name) {
  for (uint32_t i = 0; kind != NULL && i < kind->scores_count; i++) {
    if (is_score(&kind->scores[i], name)) {
      return &kind->scores[i];
    }
  }
  return NULL;
}

const argument_value *request_argument(const plan_analysis *request, const char *name) {
  const analysis_kind *kind = analysis_find(request->kind);
  for (uint32_t i = 0; kind != NULL && i < kind->arguments_count; i++) {
    if (strcmp(kind->arguments[i].name, name) == 0) {
      return &request->arguments[i];
    }
  }
  assert(false && "an argument that the analysis' own table lacks");
  return NULL;
}

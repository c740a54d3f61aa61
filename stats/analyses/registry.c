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

const analysis_score *analysis_score_find(const analysis_kind *kind, const char *name) {
  for (uint32_t i = 0; kind != NULL && i < kind->scores_count; i++) {
    if (strcmp(kind->scores[i].name, name) == 0) {
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

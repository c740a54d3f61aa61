/* Built in a copy of the sources by adding_an_analysis_test: checks that the analysis of
 * docs/adding-an-analysis.md there, with its words and its place in a report, and does it give the figures of
 * its golden?  The first argument is that. */
#include <stdio.h>
#include <string.h>

#include "stats/analyses/analysis.h"
#include "stats/analyses/terms.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

static int fail(const char *what) {
  (void)fprintf(stderr, "adding_probe: %s\n", what);
  return 1;
}

static unsigned differences(const char *path) {
  arena *a = arena_new();
  const json *golden = report_file(a, path);
  char data[1024];
  (void)snprintf(data, sizeof data, CANVASS_SOURCE_DIR "/%s", json_as_cstring(json_get(golden, "data")));
  plan *p = build_plan();
  (void)build_nominal(p, "region");
  (void)build_scale(p, "recommend", 0, 10);
  build_by(p, build_analysis(p, "nonresponse", "nonresponse", "recommend"), "region");
  fixture *survey = fixture_from_csv(data);
  const json *report = build_report(p, survey, 97, a);
  const unsigned count = report_differences(report, json_get(golden, "figures"), 1e-12);
  fixture_destroy(survey);
  plan_destroy(p);
  arena_destroy(a);
  return count;
}

int main(int count, char **arguments) {
  if (count != 2) {
    return fail("give the golden");
  }
  if (analysis_find("nonresponse") == NULL) {
    return fail("the analysis is not in the registry");
  }
  if (analysis_at(analysis_count() - 1) != analysis_find("nonresponse")) {
    return fail("the analysis is not the last of the list");
  }
  if (term_find("analysis_nonresponse") == NULL || term_find("note_nonresponse") == NULL) {
    return fail("its terms are not in the catalogue");
  }
  const analysis_presentation *p = analysis_presentation_of(slice_of("nonresponse"));
  if (p == NULL || p->chapter != CHAPTER_DETAILS) {
    return fail("its presentation is not found");
  }
  return differences(arguments[1]) == 0 ? 0 : fail("figures differ from the golden");
}

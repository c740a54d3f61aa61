/* Looks up how analyses appear in a report. */
#include "stats/analyses/presentation.h"

#include "stats/analyses/analysis.h"

const analysis_presentation *analysis_presentation_of(slice analysis_name) {
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    if (slice_equal(slice_of(kind->name), analysis_name)) {
      return &kind->presentation;
    }
  }
  return NULL;
}

const presentation_headline *presentation_headline_of(const analysis_presentation *p, slice table) {
  for (size_t i = 0; p != NULL && i < PRESENTATION_HEADLINES_MAX && p->headlines[i].table != NULL; i++) {
    if (slice_equal(slice_of(p->headlines[i].table), table)) {
      return &p->headlines[i];
    }
  }
  return NULL;
}

const presentation_table *presentation_table_of(const analysis_presentation *p, slice table) {
  for (size_t i = 0; p != NULL && i < PRESENTATION_TABLES_MAX && p->tables[i].name != NULL; i++) {
    if (slice_equal(slice_of(p->tables[i].name), table)) {
      return &p->tables[i];
    }
  }
  return NULL;
}

const presentation_drawing *presentation_drawing_of(const analysis_presentation *p, slice table) {
  for (size_t i = 0; p != NULL && i < PRESENTATION_DRAWINGS_MAX && p->drawings[i].table != NULL; i++) {
    if (slice_equal(slice_of(p->drawings[i].table), table)) {
      return &p->drawings[i];
    }
  }
  return NULL;
}

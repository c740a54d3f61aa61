/* What should be known of the data before figures are trusted, without the figures. */
#include "report/render.h"

void text_findings_write(const document *d, const pen *p) {
  text_troubles_write(d, p);
  const json *sections = json_get(d->root, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    text_warnings_write(d, p, json_at(sections, i));
  }
}

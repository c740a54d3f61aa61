#include "reading/xlsx/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/xlsx/relationships.h"
#include "reading/xlsx/xml.h"

typedef struct finding {
  xml_part *xml;
  arena *memory;
  tables *out;
  size_t capacity;
} finding;

static void take_table(finding *f, const char *const *attributes) {
  const char *count = xml_attribute(attributes, "totalsRowCount");
  const uint64_t rows = count != NULL ? strtoull(count, NULL, 10) : 0;
  sheet_range range;
  if (rows == 0 || !sheet_parse_range(slice_of(xml_attribute(attributes, "ref")), &range) ||
      rows > range.last_row - range.first_row) {
    return;
  }
  if (!ARRAY_ROOM_IN(f->memory, f->out->totals, f->out->totals_count, f->capacity)) {
    xml_out_of_memory(f->xml);
    return;
  }
  range.first_row = range.last_row - rows + 1;
  f->out->totals[f->out->totals_count++] = range;
}

static void take_element(void *context, const char *name, const char *const *attributes) {
  if (strcmp(name, "table") == 0) {
    take_table(context, attributes);
  }
}

static void ignore_end(void *context, const char *name) {
  (void)context, (void)name;
}

status tables_read(package *p, slice part, arena *memory, tables *out, error *err) {
  static const xml_handlers handlers = {take_element, ignore_end, NULL, NULL};
  finding f = {.memory = memory, .out = out};
  relationships parts;
  *out = (tables){0};
  TRY(relationships_read(p, part, memory, &parts, err));
  for (size_t i = 0; i < parts.count; i++) {
    if (slice_equal(parts.list[i].kind, slice_of("table")) && package_has(p, parts.list[i].part)) {
      TRY(xml_read(p, parts.list[i].part, &handlers, &f, &f.xml, err));
    }
  }
  return arena_failed(memory) ? error_no_memory(err, package_title(p)) : STATUS_OK;
}

bool tables_are_totals(const tables *t, uint64_t row, uint32_t first, uint32_t last) {
  bool found = false;
  for (size_t i = 0; i < t->totals_count && !found; i++) {
    const sheet_range *r = &t->totals[i];
    found = row >= r->first_row && row <= r->last_row && first >= r->first_column && last <= r->last_column;
  }
  return found;
}

/* Follows the package's relationships to the parts of the workbook (ECMA-376, part 1, clauses 12.3 and
 * 18.2). */
#include "reading/xlsx/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/buf.h"
#include "reading/foreign.h"
#include "reading/xlsx/relationships.h"
#include "reading/xlsx/xml.h"

enum { SHEETS_MAX = 10000 };

/* ---- The workbook -------------------------------------------------------------------------------- */

static void ignore_end(void *context, const char *name) {
  (void)context, (void)name;
}

static slice part_of_sheet(const relationships *r, slice id) {
  for (size_t i = 0; i < r->count; i++) {
    if (slice_equal(r->list[i].id, id)) {
      const bool is_table = slice_equal(r->list[i].kind, slice_of("worksheet"));
      return is_table ? r->list[i].part : (slice){NULL, 0};
    }
  }
  return (slice){NULL, 0};
}

typedef struct reading_workbook {
  xml_part *xml;
  arena *memory;
  workbook *out;
  size_t capacity;
} reading_workbook;

static void take_sheet(reading_workbook *r, const char *const *attributes) {
  const char *name = xml_attribute(attributes, "name");
  const char *state = xml_attribute(attributes, "state");
  const char *id = NULL;
  for (const char *const *a = attributes; a[0] != NULL; a += 2) {
    id = strchr(a[0], ':') != NULL && strcmp(strrchr(a[0], ':'), ":id") == 0 ? a[1] : id;
  }
  if (name == NULL || id == NULL) {
    return;
  }
  if (r->out->count == SHEETS_MAX) {
    xml_refuse(r->xml, "has more than %d sheets", SHEETS_MAX);
    return;
  }
  if (!ARRAY_ROOM_IN(r->memory, r->out->sheets, r->out->count, r->capacity)) {
    xml_out_of_memory(r->xml);
    return;
  }
  r->out->sheets[r->out->count++] =
      (workbook_sheet){.name = arena_slice(r->memory, slice_of(name)),
                       .id = arena_slice(r->memory, slice_of(id)),
                       .is_hidden = state != NULL && strcmp(state, "visible") != 0};
}

static void take_element(void *context, const char *name, const char *const *attributes) {
  reading_workbook *r = context;
  if (strcmp(name, "sheet") == 0) {
    take_sheet(r, attributes);
  } else if (strcmp(name, "workbookPr") == 0) {
    r->out->from_1904 = xml_is_true(attributes, "date1904");
  }
}

/* Refuses an archive that is something else, which it recognises by one of its members. */
static status refuse_other(package *p, error *err) {
  static const struct {
    const char *member, *what, *advice;
  } others[] = {
      {"xl/workbook.bin", "a binary Excel workbook (.xlsb)", "save it as .xlsx or as CSV"},
      {"word/document.xml", "a Word document", "save its table as .xlsx or as CSV"},
      {"ppt/presentation.xml", "a PowerPoint presentation", "save its table as .xlsx or as CSV"},
      {"META-INF/manifest.xml", "an OpenDocument file",
       "save its table as .xlsx or as CSV (libreoffice --headless --convert-to xlsx FILE)"},
      {"Index/Document.iwa", "a Numbers or Pages document", "export its table as .xlsx or as CSV"},
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if (package_has(p, slice_of(others[i].member))) {
      return foreign_refuse(package_title(p), others[i].what, others[i].advice, err);
    }
  }
  return foreign_refuse(package_title(p), "a ZIP archive of other files",
                        "unpack it (unzip FILE) and name the file in it", err);
}

static status read_sheets(package *p, slice part, arena *memory, workbook *out, error *err) {
  static const xml_handlers handlers = {take_element, ignore_end, NULL, NULL};
  reading_workbook r = {.memory = memory, .out = out};
  relationships parts;
  TRY(xml_read(p, part, &handlers, &r, &r.xml, err));
  TRY(relationships_read(p, part, memory, &parts, err));
  out->strings = relationships_part(&parts, "sharedStrings");
  out->styles = relationships_part(&parts, "styles");
  for (uint32_t i = 0; i < out->count; i++) {
    out->sheets[i].part = part_of_sheet(&parts, out->sheets[i].id);
  }
  return arena_failed(memory) ? error_no_memory(err, package_title(p)) : STATUS_OK;
}

status workbook_read(package *p, arena *memory, workbook *out, error *err) {
  static const char usual[] = "xl/workbook.xml";
  relationships parts;
  *out = (workbook){0};
  TRY(relationships_read(p, (slice){"", 0}, memory, &parts, err));
  slice part = relationships_part(&parts, "officeDocument");
  part = part.length > 0 && package_has(p, part) ? part : slice_of(usual);
  const size_t binary = sizeof ".bin" - 1;
  if (!package_has(p, part) || part.length < binary ||
      memcmp(part.bytes + part.length - binary, ".bin", binary) == 0 ||
      package_has(p, slice_of("word/document.xml")) || package_has(p, slice_of("ppt/presentation.xml"))) {
    return refuse_other(p, err);
  }
  return read_sheets(p, part, memory, out, err);
}

/* ---- Choosing ------------------------------------------------------------------------------------ */

static status refuse_sheet(const workbook *w, const char *wanted, const char *title, error *err) {
  enum { SHOWN = 20 };
  buf names;
  uint32_t tables = 0;
  buf_init(&names);
  for (uint32_t i = 0; i < w->count; i++) {
    if (w->sheets[i].part.length > 0 && tables++ < SHOWN) {
      buf_printf(&names, "%s'", tables > 1 ? ", " : "");
      buf_put_shown(&names, w->sheets[i].name);
      buf_put(&names, "'", 1);
    }
  }
  buf_printf(&names, "%s", tables > SHOWN ? ", ..." : "");
  const slice shown = text_cut((slice){(const char *)names.data, names.length}, 400);
  const status st =
      tables == 0 ? error_set(err, STATUS_DATA, "%s: the workbook has no sheet with cells", title)
                  : error_set(err, STATUS_DATA, "%s: has no sheet '%s' (data: {sheet: ...}); it has %.*s",
                              title, wanted, SLICE_ARG(shown));
  buf_fini(&names);
  return st;
}

static const workbook_sheet *sheet_named(const workbook *w, const char *wanted) {
  for (uint32_t i = 0; i < w->count; i++) {
    const workbook_sheet *s = &w->sheets[i];
    if (s->part.length > 0 && s->name.length == strlen(wanted) &&
        strncasecmp(s->name.bytes, wanted, s->name.length) == 0) {
      return s;
    }
  }
  return NULL;
}

static const workbook_sheet *sheet_numbered(const workbook *w, uint64_t number) {
  for (uint32_t i = 0; i < w->count; i++) {
    if (w->sheets[i].part.length > 0 && --number == 0) {
      return &w->sheets[i];
    }
  }
  return NULL;
}

static const workbook_sheet *first_visible(const workbook *w) {
  for (uint32_t i = 0; i < w->count; i++) {
    if (w->sheets[i].part.length > 0 && !w->sheets[i].is_hidden) {
      return &w->sheets[i];
    }
  }
  return sheet_numbered(w, 1);
}

status workbook_find_sheet(const workbook *w, const char *wanted, const char *title,
                           const workbook_sheet **out, error *err) {
  if (wanted == NULL) {
    *out = first_visible(w);
  } else {
    *out = sheet_named(w, wanted);
    char *end = NULL;
    const uint64_t number = strtoull(wanted, &end, 10);
    if (*out == NULL && wanted[0] >= '1' && wanted[0] <= '9' && *end == '\0') {
      *out = sheet_numbered(w, number);
    }
  }
  return *out != NULL ? STATUS_OK : refuse_sheet(w, wanted != NULL ? wanted : "", title, err);
}

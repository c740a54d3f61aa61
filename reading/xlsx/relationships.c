#include "reading/xlsx/relationships.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "reading/xlsx/xml.h"

enum { RELATIONSHIPS_MAX = 10000 };

typedef struct finding {
  xml_part *xml;
  arena *memory;
  slice base; /* the folder of the part that has them, with its slash */
  relationships *out;
  size_t capacity;
} finding;

/* TARGET, which may be absolute or relative to BASE, as the name of a member. */
static slice resolve(slice base, const char *target, arena *memory) {
  char joined[PACKAGE_NAME_BYTES];
  size_t length = 0;
  if (target[0] == '/') {
    target++;
  } else if (base.length < sizeof joined) {
    memcpy(joined, base.bytes, base.length);
    length = base.length;
  }
  while (*target != '\0') {
    const size_t step = strcspn(target, "/");
    if (step == 2 && memcmp(target, "..", 2) == 0) {
      length -= length > 0;
      while (length > 0 && joined[length - 1] != '/') {
        length--;
      }
    } else if (!(step == 1 && target[0] == '.') && step > 0) {
      if (length + step + 1 >= sizeof joined) {
        return (slice){NULL, 0};
      }
      memcpy(joined + length, target, step);
      length += step;
      joined[length] = '/';
      length += target[step] == '/';
    }
    target += step + (target[step] == '/');
  }
  return arena_slice(memory, (slice){joined, length});
}

static void take_relationship(void *context, const char *name, const char *const *attributes) {
  finding *f = context;
  const char *id = xml_attribute(attributes, "Id");
  const char *type = xml_attribute(attributes, "Type");
  const char *target = xml_attribute(attributes, "Target");
  const char *mode = xml_attribute(attributes, "TargetMode");
  if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL ||
      (mode != NULL && strcasecmp(mode, "External") == 0)) {
    return;
  }
  if (f->out->count == RELATIONSHIPS_MAX) {
    xml_refuse(f->xml, "has more than %d parts", RELATIONSHIPS_MAX);
    return;
  }
  if (!ARRAY_ROOM_IN(f->memory, f->out->list, f->out->count, f->capacity)) {
    xml_out_of_memory(f->xml);
    return;
  }
  const char *slash = strrchr(type, '/');
  f->out->list[f->out->count++] =
      (relationship){arena_slice(f->memory, slice_of(id)),
                     arena_slice(f->memory, slice_of(slash != NULL ? slash + 1 : type)),
                     resolve(f->base, target, f->memory)};
}

static void ignore_end(void *context, const char *name) {
  (void)context, (void)name;
}

status relationships_read(package *p, slice part, arena *memory, relationships *out, error *err) {
  static const xml_handlers handlers = {take_relationship, ignore_end, NULL, NULL};
  size_t folder = part.length;
  while (folder > 0 && part.bytes[folder - 1] != '/') {
    folder--;
  }
  finding f = {.memory = memory, .base = {part.bytes, folder}, .out = out};
  *out = (relationships){0};
  char member[PACKAGE_NAME_BYTES];
  const int length = snprintf(member, sizeof member, "%.*s_rels/%.*s.rels", SLICE_ARG(f.base),
                              (int)(part.length - folder), part.bytes + folder);
  const slice name = {member, (size_t)length};
  if (length < 0 || (size_t)length >= sizeof member || !package_has(p, name)) {
    return STATUS_OK;
  }
  TRY(xml_read(p, name, &handlers, &f, &f.xml, err));
  return arena_failed(memory) ? error_no_memory(err, package_title(p)) : STATUS_OK;
}

slice relationships_part(const relationships *r, const char *kind) {
  for (size_t i = 0; i < r->count; i++) {
    if (slice_equal(r->list[i].kind, slice_of(kind))) {
      return r->list[i].part;
    }
  }
  return (slice){NULL, 0};
}

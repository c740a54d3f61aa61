/* See svg_overlap.h. */
#include "tests/report/svg_overlap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "tests/check.h"

enum { TEXTS_MAX = 4000, CLASS_BYTES = 32 };
static const double tolerated = 2; /* px: the estimate is up to 12 per cent too large */

typedef struct box {
  double left, right, top, bottom;
  slice text;
} box;

static double attribute_of(const char *element, const char *name) {
  const char *at = strstr(element, name);
  return at == NULL ? 0 : strtod(at + strlen(name), NULL);
}

static bool has_class(const char *element, const char *end, const char *name) {
  char classes[CLASS_BYTES + 2] = " ";
  const char *at = strstr(element, " class=\"");
  if (at == NULL || at > end) {
    return false;
  }
  at += strlen(" class=\"");
  const size_t length = strcspn(at, "\"");
  assert_true(length < CLASS_BYTES);
  memcpy(classes + 1, at, length);
  strcpy(classes + 1 + length, " ");
  char wanted[CLASS_BYTES];
  (void)snprintf(wanted, sizeof wanted, " %s ", name);
  return strstr(classes, wanted) != NULL;
}

/* The text of ELEMENT, without its tooltip; entities count as what they stand for, roughly. */
static slice content_of(const char *element) {
  const char *begin = strchr(element, '>') + 1;
  if (strncmp(begin, "<title>", 7) == 0) {
    begin = strstr(begin, "</title>") + strlen("</title>");
  }
  return (slice){begin, (size_t)(strstr(begin, "</text>") - begin)};
}

/* The width of TEXT, each of whose entities is one character. */
static double width_of(slice text, double size, bool is_bold) {
  double width = 0;
  while (text.length > 0) {
    const char *entity = memchr(text.bytes, '&', text.length);
    const size_t before = entity == NULL ? text.length : (size_t)(entity - text.bytes);
    width += svg_text_width((slice){text.bytes, before}, size, is_bold);
    text = (slice){text.bytes + before, text.length - before};
    if (text.length > 0) {
      const size_t length = strcspn(text.bytes, ";") + 1;
      width += svg_text_width(slice_of("<"), size, is_bold);
      text = (slice){text.bytes + length, text.length - length};
    }
  }
  return width;
}

static box box_of(const char *element) {
  const char *end = strchr(element, '>');
  const double size = has_class(element, end, "sm") ? SVG_SMALL : SVG_FONT;
  const slice text = content_of(element);
  const double width = width_of(text, size, has_class(element, end, "b")) / 1.04;
  const double x = attribute_of(element, " x=\"");
  const double y = attribute_of(element, " y=\"");
  const double left = has_class(element, end, "e")   ? x - width
                      : has_class(element, end, "m") ? x - width / 2
                                                     : x;
  return (box){left, left + width, y - 0.75 * size, y + 0.1 * size, text};
}

static bool overlap(const box *a, const box *b) {
  return a->left + tolerated < b->right && b->left + tolerated < a->right && a->top < b->bottom &&
         b->top < a->bottom;
}

static size_t check_picture(const char *picture, const char *end) {
  static box boxes[TEXTS_MAX];
  size_t count = 0;
  const double width = attribute_of(picture, " width=\"");
  const double height = attribute_of(picture, " height=\"");
  for (const char *at = strstr(picture, "<text"); at != NULL && at < end; at = strstr(at + 1, "<text")) {
    assert_true(count < TEXTS_MAX);
    const box *own = &boxes[count];
    boxes[count++] = box_of(at);
    if (own->left < -tolerated || own->right > width + tolerated || own->top < 0 || own->bottom > height) {
      fail_msg("'%.*s' sticks out of a picture of %g x %g: x %g to %g, y %g to %g", SLICE_ARG(own->text),
               width, height, own->left, own->right, own->top, own->bottom);
    }
    for (size_t i = 0; i + 1 < count; i++) {
      if (overlap(&boxes[i], own)) {
        fail_msg("'%.*s' (x %g to %g) stands on '%.*s' (x %g to %g), y %g", SLICE_ARG(own->text), own->left,
                 own->right, SLICE_ARG(boxes[i].text), boxes[i].left, boxes[i].right, own->bottom);
      }
    }
  }
  return count;
}

size_t svg_overlap_check(const char *page) {
  size_t count = 0;
  for (const char *at = strstr(page, "<svg"); at != NULL; at = strstr(at + 1, "<svg")) {
    count += check_picture(at, strstr(at, "</svg>"));
  }
  return count;
}

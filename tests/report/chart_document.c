/* Making documents, reading pictures. */
#include "tests/report/chart_document.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/report/xml_check.h"

void chart_document(buf *out, const char *kind, const char *tables, const char *variables) {
  buf_init(out);
  buf_printf(out,
             "{\"analyses\":[{\"analysis\":\"%s\",\"label\":{\"en\":\"Section\"},\"name\":\"x\",\"notes\":[],"
             "\"settings\":{\"confidence\":0.95},\"tables\":%s,\"warnings\":[]}],\"canvass\":{\"report\":1},"
             "\"data\":{\"files\":[],\"invalid\":0,\"quarantined\":0,\"rows\":9,\"variables\":[]},"
             "\"specification\":\"ab\",\"title\":{},\"variables\":{%s}}",
             kind, tables, variables);
  assert_false(out->failed);
}

void chart_picture(const buf *document, const char *name, report_language language, buf *out) {
  char format[128];
  error err = {STATUS_OK, ""};
  (void)snprintf(format, sizeof format, "svg:%s", name);
  buf_init(out);
  const report_options options = {.format = format, .language = language};
  if (report_render(document->data, document->length, &options, out, &err) != STATUS_OK) {
    fail_msg("%s: %s", format, err.message);
  }
  const char *wrong = xml_check((const char *)out->data, out->length);
  if (wrong != NULL) {
    fail_msg("%s is not well-formed at: %.80s", format, wrong);
  }
  buf_put_u8(out, 0);
}

double chart_attribute(const buf *picture, const char *class_name, size_t n, const char *attribute) {
  char pattern[64];
  const char *at = (const char *)picture->data;
  (void)snprintf(pattern, sizeof pattern, "class=\"%s\"", class_name);
  for (size_t i = 0; i <= n && at != NULL; i++) {
    at = strstr(at + (i > 0 ? 1 : 0), pattern);
  }
  (void)snprintf(pattern, sizeof pattern, " %s=\"", attribute);
  const char *end = at == NULL ? NULL : strchr(at, '>');
  const char *value = at == NULL ? NULL : strstr(at, pattern);
  return value == NULL || value > end ? NAN : strtod(value + strlen(pattern), NULL);
}

size_t chart_count(const buf *picture, const char *part) {
  size_t count = 0;
  for (const char *at = strstr((const char *)picture->data, part); at != NULL; at = strstr(at + 1, part)) {
    count++;
  }
  return count;
}

/* The position of the tick with that text. */
static double tick_x(const buf *picture, const char *text) {
  char pattern[64];
  (void)snprintf(pattern, sizeof pattern, ">%s</text>", text);
  const char *at = (const char *)picture->data;
  while ((at = strstr(at, "<text class=\"k2 sm m\" x=\"")) != NULL) {
    at += strlen("<text class=\"k2 sm m\" x=\"");
    const char *end = strchr(at, '>');
    if (end != NULL && strncmp(end, pattern, strlen(pattern)) == 0) {
      return strtod(at, NULL);
    }
  }
  fail_msg("there is no tick %s", text);
  return NAN;
}

double chart_place(const buf *picture, const char *low_text, double low, const char *high_text, double high,
                   double value) {
  const double from = tick_x(picture, low_text);
  const double to = tick_x(picture, high_text);
  return from + (to - from) * (value - low) / (high - low);
}

/* A Stata file of format 118 put together field by field, from Stata's `help dta`: with what ReadStat does
 * not write, the other byte order, characteristics and binary texts.
 *
 *   q (byte, labels: 1 no, .a refused)  day (%td, long)  x (double)  t (str8)  l (strL)
 *   1                                   14669            0.1         süd       a text of any length
 *   .a                                  .                -2.5        (empty)   (binary, 3 bytes) */
#ifndef CANVASS_TESTS_READING_DTA_BY_HAND_H
#define CANVASS_TESTS_READING_DTA_BY_HAND_H

#include <string.h>

#include "base/buf.h"

typedef struct dta_hand {
  buf *out;
  bool is_big;
} dta_hand;

static inline void dta_put(const dta_hand *h, uint64_t v, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++) {
    buf_put_u8(h->out, (uint8_t)(v >> 8 * (h->is_big ? bytes - 1 - i : i)));
  }
}

static inline void dta_put_double(const dta_hand *h, double v) {
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  dta_put(h, bits, sizeof bits);
}

/* WIDTH bytes: TEXT and NULs. */
static inline void dta_put_field(const dta_hand *h, const char *text, size_t width) {
  const size_t length = strlen(text) < width ? strlen(text) : width;
  buf_put(h->out, text, length);
  for (size_t i = length; i < width; i++) {
    buf_put_u8(h->out, 0);
  }
}

enum { HAND_VARIABLES = 5, HAND_NAME = 129, HAND_FORMAT = 57, HAND_LABEL = 321 };

static inline void dta_put_fields(const dta_hand *h, const char *tag, const char *const *texts,
                                  size_t width) {
  buf_printf(h->out, "<%s>", tag);
  for (int i = 0; i < HAND_VARIABLES; i++) {
    dta_put_field(h, texts[i], width);
  }
  buf_printf(h->out, "</%s>", tag);
}

static inline void dta_put_description(const dta_hand *h) {
  static const uint16_t types[HAND_VARIABLES] = {65530, 65528, 65526, 8, 32768};
  static const char *const names[] = {"q", "day", "x", "t", "l"};
  static const char *const formats[] = {"%8.0g", "%td", "%10.0g", "%8s", "%9s"};
  static const char *const sets[] = {"answers", "", "", "", ""};
  static const char *const labels[] = {"A question", "", "", "", ""};
  buf_printf(h->out, "<variable_types>");
  for (int i = 0; i < HAND_VARIABLES; i++) {
    dta_put(h, types[i], 2);
  }
  buf_printf(h->out, "</variable_types>");
  dta_put_fields(h, "varnames", names, HAND_NAME);
  buf_printf(h->out, "<sortlist>");
  dta_put_field(h, "", 2 * (HAND_VARIABLES + 1));
  buf_printf(h->out, "</sortlist>");
  dta_put_fields(h, "formats", formats, HAND_FORMAT);
  dta_put_fields(h, "value_label_names", sets, HAND_NAME);
  dta_put_fields(h, "variable_labels", labels, HAND_LABEL);
  buf_printf(h->out, "<characteristics><ch>");
  dta_put(h, 2 * HAND_NAME + 5, 4);
  dta_put_field(h, "_dta", HAND_NAME);
  dta_put_field(h, "note1", HAND_NAME);
  dta_put_field(h, "note", 5);
  buf_printf(h->out, "</ch></characteristics>");
}

static inline void dta_put_rows(const dta_hand *h) {
  static const uint64_t missing_byte = 101, missing_long = 2147483621;
  buf_printf(h->out, "<data>");
  dta_put(h, 1, 1);
  dta_put(h, 14669, 4);
  dta_put_double(h, 0.1);
  dta_put_field(h,
                "s\xc3\xbc"
                "d",
                8);
  dta_put(h, HAND_VARIABLES, 2);
  dta_put(h, 1, 6);
  dta_put(h, missing_byte + 1, 1);
  dta_put(h, missing_long, 4);
  dta_put_double(h, -2.5);
  dta_put_field(h, "", 8);
  dta_put(h, HAND_VARIABLES, 2);
  dta_put(h, 2, 6);
  buf_printf(h->out, "</data>");
}

static inline void dta_put_long_text(const dta_hand *h, uint64_t row, uint8_t kind, const char *bytes,
                                     size_t length) {
  buf_printf(h->out, "GSO");
  dta_put(h, HAND_VARIABLES, 4);
  dta_put(h, row, 8);
  dta_put(h, kind, 1);
  dta_put(h, length, 4);
  buf_put(h->out, bytes, length);
}

static inline void dta_put_labels(const dta_hand *h) {
  static const uint64_t missing_long = 2147483621;
  static const char texts[] = "no\0refused"; /* and the NUL at its end */
  buf_printf(h->out, "<value_labels><lbl>");
  dta_put(h, 8 + 2 * 8 + sizeof texts, 4);
  dta_put_field(h, "answers", HAND_NAME);
  dta_put_field(h, "", 3);
  dta_put(h, 2, 4);
  dta_put(h, sizeof texts, 4);
  dta_put(h, 0, 4);
  dta_put(h, 3, 4);
  dta_put(h, 1, 4);
  dta_put(h, missing_long + 1, 4);
  buf_put(h->out, texts, sizeof texts);
  buf_printf(h->out, "</lbl></value_labels></stata_dta>");
}

static inline void dta_by_hand(buf *out, bool is_big) {
  static const char text[] = "a text of any length";
  const dta_hand h = {out, is_big};
  buf_printf(out, "<stata_dta><header><release>118</release><byteorder>%s</byteorder><K>",
             is_big ? "MSF" : "LSF");
  dta_put(&h, HAND_VARIABLES, 2);
  buf_printf(out, "</K><N>");
  dta_put(&h, 2, 8);
  buf_printf(out, "</N><label>");
  dta_put(&h, 4, 2);
  buf_printf(out, "data</label><timestamp>");
  dta_put(&h, 17, 1);
  buf_printf(out, "29 Nov 2026 19:30</timestamp></header><map>");
  dta_put_field(&h, "", 14 * 8);
  buf_printf(out, "</map>");
  dta_put_description(&h);
  dta_put_rows(&h);
  buf_printf(out, "<strls>");
  dta_put_long_text(&h, 1, 130, text, sizeof text);
  dta_put_long_text(&h, 2, 129, "\1\2\3", 3);
  buf_printf(out, "</strls>");
  dta_put_labels(&h);
}

#endif

/* cmocka, after the headers that it needs, and assertions that it lacks. */
#ifndef CANVASS_TESTS_CHECK_H
#define CANVASS_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

/* PART stands somewhere in TEXT. */
static inline void assert_contains(const char *text, const char *part) {
  if (strstr(text, part) == NULL) {
    fail_msg("'%s' is not in:\n%s", part, text);
  }
}

static inline void assert_slice_equal(slice text, slice expected) {
  if (text.length != expected.length ||
      (text.length > 0 && memcmp(text.bytes, expected.bytes, text.length) != 0)) {
    fail_msg("'%.*s' instead of '%.*s'", SLICE_ARG(text), SLICE_ARG(expected));
  }
}

#endif

/* cmocka, after the headers that it needs, and an assertion that it lacks. */
#ifndef CANVASS_TESTS_CHECK_H
#define CANVASS_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* PART stands somewhere in TEXT. */
static inline void assert_contains(const char *text, const char *part) {
  if (strstr(text, part) == NULL) {
    fail_msg("'%s' is not in:\n%s", part, text);
  }
}

#endif

/* cmocka, after the headers that it wants before it. */
#ifndef CANVASS_TESTS_CHECK_H
#define CANVASS_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif

/* How many bytes the process has from malloc, under the address sanitizer as well. */
#ifndef CANVASS_TESTS_ALLOCATED_H
#define CANVASS_TESTS_ALLOCATED_H

#include <malloc.h>
#include <stddef.h>

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

static inline size_t allocated(void) {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

#endif

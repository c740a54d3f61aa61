/* SPSS system files put together field by field, from PSPP's description of the format. */
#ifndef CANVASS_TESTS_READING_SAV_BY_HAND_H
#define CANVASS_TESTS_READING_SAV_BY_HAND_H

#include <string.h>

#include "base/buf.h"

typedef struct by_hand {
  buf file;
  bool is_big; /* the file's byte order */
} by_hand;

static inline void put_u32(by_hand *h, uint32_t v) {
  buf_put_u32(&h->file, h->is_big ? __builtin_bswap32(v) : v);
}

static inline void put_double(by_hand *h, double v) {
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  buf_put_u64(&h->file, h->is_big ? __builtin_bswap64(bits) : bits);
}

static inline void put_padded(by_hand *h, const char *text, size_t width) {
  const size_t length = strlen(text);
  buf_put(&h->file, text, length < width ? length : width);
  for (size_t i = length; i < width; i++) {
    buf_put(&h->file, " ", 1);
  }
}

static inline by_hand begin_by_hand(bool is_big, uint32_t compression, int32_t cases) {
  by_hand h = {.is_big = is_big};
  buf_init(&h.file);
  put_padded(&h, "$FL2", 4);
  put_padded(&h, "@(#) SPSS DATA FILE by hand", 60);
  put_u32(&h, 2);            /* layout */
  put_u32(&h, (uint32_t)-1); /* elements of a case: a number that is not relied upon */
  put_u32(&h, compression);
  put_u32(&h, 0); /* weight */
  put_u32(&h, (uint32_t)cases);
  put_double(&h, 100);
  put_padded(&h, "1 Mrz 26", 9); /* a month that is not English */
  put_padded(&h, "9:1", 8);
  put_padded(&h, "", 64 + 3);
  return h;
}

/* WIDTH 0: a number. */
static inline void put_variable(by_hand *h, const char *name, uint32_t width) {
  const uint32_t format = width > 0 ? 1U << 16 | width << 8 : 5U << 16 | 8U << 8;
  put_u32(h, 2);
  put_u32(h, width);
  put_u32(h, 0);
  put_u32(h, 0);
  put_u32(h, format);
  put_u32(h, format);
  put_padded(h, name, 8);
  for (uint32_t i = 8; i < width; i += 8) {
    put_u32(h, 2);
    put_u32(h, (uint32_t)-1);
    put_u32(h, 0);
    put_u32(h, 0);
    put_u32(h, 0);
    put_u32(h, 0);
    put_padded(h, "", 8);
  }
}

static inline void put_information_bytes(by_hand *h, uint32_t subtype, const void *bytes, size_t length) {
  put_u32(h, 7);
  put_u32(h, subtype);
  put_u32(h, 1);
  put_u32(h, (uint32_t)length);
  buf_put(&h->file, bytes, length);
}

static inline void put_information(by_hand *h, uint32_t subtype, const char *text) {
  put_information_bytes(h, subtype, text, strlen(text));
}

static inline void end_dictionary(by_hand *h) {
  put_u32(h, 999);
  put_u32(h, 0);
}

#endif

/* A compound file's directory names its streams ([MS-CFB] 2.6); that of an encrypted workbook has
 * "EncryptedPackage" ([MS-OFFCRYPTO] 2.3.4). */
#include "reading/xlsx/compound.h"

#include <string.h>

#include "base/file_bytes.h"

enum {
  HEADER_BYTES = 512,
  SHIFT_AT = 30,
  DIRECTORY_AT = 48, /* the directory's first sector */
  TABLE_AT = 76,     /* where the first 109 sectors of the allocation table are listed */
  TABLE_SECTORS = 109,
  ENTRY_BYTES = 128,
  NAME_LENGTH_AT = 64,
  SECTORS_LOOKED_AT = 1000,
};

static const char magic[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

bool compound_recognise(slice head) {
  return head.length >= sizeof magic - 1 && memcmp(head.bytes, magic, sizeof magic - 1) == 0;
}

static uint32_t number_at(const uint8_t *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Whether ENTRY is called NAME, in ASCII. */
static bool is_called(const uint8_t *entry, const char *name) {
  const size_t length = strlen(name);
  bool is_same = entry[NAME_LENGTH_AT] == 2 * (length + 1);
  for (size_t i = 0; is_same && i < length; i++) {
    is_same = entry[2 * i] == (uint8_t)name[i] && entry[2 * i + 1] == 0;
  }
  return is_same;
}

typedef struct compound {
  int fd;
  unsigned shift;
  const uint8_t *header;
} compound;

static bool read_at(const compound *c, uint32_t sector, uint64_t within, void *out, size_t length) {
  const uint64_t offset = (((uint64_t)sector + 1) << c->shift) + within;
  return file_read_at(c->fd, offset, out, length) == 0;
}

/* The sector after SECTOR in its stream; false: SECTOR is the last. */
static bool next_sector(const compound *c, uint32_t *sector) {
  const uint32_t each = (UINT32_C(1) << c->shift) / 4;
  uint8_t next[4];
  if (*sector / each >= TABLE_SECTORS) {
    return false;
  }
  const uint32_t table = number_at(c->header + TABLE_AT + 4 * (*sector / each));
  if (!read_at(c, table, 4 * (uint64_t)(*sector % each), next, sizeof next)) {
    return false;
  }
  *sector = number_at(next);
  return *sector < UINT32_C(0xfffffffa);
}

static bool has_stream(const compound *c, const char *name) {
  uint32_t sector = number_at(c->header + DIRECTORY_AT);
  for (int i = 0; i < SECTORS_LOOKED_AT; i++) {
    for (uint64_t at = 0; at < UINT64_C(1) << c->shift; at += ENTRY_BYTES) {
      uint8_t entry[ENTRY_BYTES];
      if (!read_at(c, sector, at, entry, sizeof entry)) {
        return false;
      }
      if (is_called(entry, name)) {
        return true;
      }
    }
    if (!next_sector(c, &sector)) {
      return false;
    }
  }
  return false;
}

status compound_refuse(int fd, const char *title, error *err) {
  enum { SHIFT_MIN = 9, SHIFT_MAX = 12 };
  uint8_t header[HEADER_BYTES];
  const char *what =
      "an old Office document (.xls, .doc), which cannot be read; save its table as .xlsx or CSV";
  if (file_read_at(fd, 0, header, sizeof header) == 0) {
    const compound c = {fd, header[SHIFT_AT], header};
    const bool is_known = c.shift >= SHIFT_MIN && c.shift <= SHIFT_MAX;
    if (is_known && has_stream(&c, "EncryptedPackage")) {
      what =
          "a workbook with a password, which cannot be read; save it without (File > Info > Protect "
          "Workbook)";
    } else if (is_known && (has_stream(&c, "Workbook") || has_stream(&c, "Book"))) {
      what = "an old Excel workbook (.xls), which cannot be read; save it as .xlsx or CSV";
    }
  }
  return error_set(err, STATUS_DATA, "%s: is %s", title, what);
}

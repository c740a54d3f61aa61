#include "reading/xlsx/merges.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { CHUNK_BYTES = 256 << 10, TAG_BYTES = 256, MERGES_MAX = 1 << 20 };

static const char tag[] = "mergeCell ";

typedef struct finding {
  uint64_t rows;
  arena *memory;
  merges *out;
  size_t capacity;
  bool failed;
} finding;

/* The range in the attribute `ref` of the tag that ends at END. */
static bool parse_range(const char *at, const char *end, sheet_range *m) {
  static const char attribute[] = "ref=";
  const char *ref = memmem(at, (size_t)(end - at), attribute, sizeof attribute - 1);
  if (ref == NULL || end - ref < (ptrdiff_t)sizeof attribute + 1) {
    return false;
  }
  ref += sizeof attribute - 1;
  const char *close = memchr(ref + 1, *ref, (size_t)(end - ref - 1));
  return close != NULL && sheet_parse_range((slice){ref + 1, (size_t)(close - ref - 1)}, m);
}

static void take(finding *f, const sheet_range *m) {
  merges *out = f->out;
  if (m->first_row > f->rows) {
    out->first_row = out->below == 0 || m->first_row < out->first_row ? m->first_row : out->first_row;
    out->below++;
  } else if (out->count < MERGES_MAX) {
    f->failed = f->failed || !ARRAY_ROOM_IN(f->memory, out->list, out->count, f->capacity);
    if (!f->failed) {
      out->list[out->count++] = *m;
    }
  }
}

/* Looks for tags in the LENGTH bytes; returns how many bytes need not be looked at again. */
static size_t scan(finding *f, const char *bytes, size_t length) {
  size_t at = 0;
  while (true) {
    const char *found = memmem(bytes + at, length - at, tag, sizeof tag - 1);
    if (found == NULL) {
      return length < sizeof tag ? at : length - sizeof tag + 1 > at ? length - sizeof tag + 1 : at;
    }
    const size_t begin = (size_t)(found - bytes);
    const char *end = memchr(found, '>', length - begin);
    if (end == NULL && length - begin < TAG_BYTES) {
      return begin;
    }
    sheet_range m;
    const bool is_tag = begin > 0 && (found[-1] == '<' || found[-1] == ':');
    if (is_tag && end != NULL && parse_range(found, end, &m)) {
      take(f, &m);
    }
    at = begin + sizeof tag - 1;
  }
}

static status scan_all(package *p, finding *f, char *chunk, error *err) {
  size_t held = 0;
  size_t got = 1;
  while (got > 0) {
    TRY(package_read(p, chunk + held, (unsigned)(CHUNK_BYTES - held), &got, err));
    held += got;
    size_t done = scan(f, chunk, held);
    done -= done > 0; /* the byte before a tag's name tells whether it is a tag */
    memmove(chunk, chunk + done, held - done);
    held -= done;
    if (f->failed) {
      return error_no_memory(err, package_title(p));
    }
  }
  return STATUS_OK;
}

status merges_read(package *p, slice part, uint64_t rows, arena *memory, merges *out, error *err) {
  finding f = {.rows = rows, .memory = memory, .out = out};
  *out = (merges){0};
  TRY(package_open_member(p, part, err));
  char *chunk = malloc(CHUNK_BYTES);
  const status st = chunk != NULL ? scan_all(p, &f, chunk, err) : error_no_memory(err, package_title(p));
  free(chunk);
  return st;
}

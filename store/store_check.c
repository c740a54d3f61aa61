/* Walks through an index's pages and through the files of blobs. */
#include "store/store_check.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/index_pages.h"
#include "store/kept.h"
#include "store/place.h"

enum { WHERE_BYTES = 160, CHECKSUM_BYTES = 8 };

bool store_findings_are_whole(const store_findings *f) {
  return f->damaged_records == 0 && f->damaged_blobs == 0 && f->missing == 0;
}

void store_findings_record(store_findings *f, const char *where, const char *what) {
  f->damaged_records++;
  f->tell(f->context, where, what);
}

void store_findings_page(void *findings, uint64_t page, const char *what) {
  char where[WHERE_BYTES];
  snprintf(where, sizeof where, "index, page %" PRIu64, page);
  store_findings_record(findings, where, what);
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

static void tell_blob(store_findings *f, const digest *name, const char *what) {
  char hex[DIGEST_HEX_BYTES];
  char where[WHERE_BYTES];
  digest_hex(name, hex);
  snprintf(where, sizeof where, "blob %s", hex);
  f->damaged_blobs++;
  f->tell(f->context, where, what);
}

static status check_one(int directory, const digest *name, store_findings *f, blob_names *whole, error *err) {
  uint64_t bytes = 0;
  error why;
  const status st = blob_check(directory, name, &bytes, &why);
  if (st == STATUS_NO_MEMORY) {
    return error_set(err, st, "%s", why.message);
  }
  if (st != STATUS_OK) {
    tell_blob(f, name, why.message);
    return STATUS_OK;
  }
  f->blobs++;
  f->blob_bytes += bytes;
  whole->at[whole->count++] = *name; /* of all names, so there is room */
  return STATUS_OK;
}

status store_check_blobs(int directory, store_findings *f, blob_names *whole, error *err) {
  TRY(blob_names_read(directory, whole, err));
  const size_t count = whole->count;
  status st = STATUS_OK;
  whole->count = 0;
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    const digest name = whole->at[i];
    st = check_one(directory, &name, f, whole, err);
  }
  return st;
}

/* ---- A cache's index ----------------------------------------------------------------------------- */

static const char *kind_name(uint8_t letter) {
  return letter == KEPT_PARTIAL ? "partial" : letter == KEPT_RECORD ? "record of a file" : NULL;
}

/* Values begin with the XXH3 of the rest (docs/store-format.md). */
static void check_value(void *context, slice table, slice key, slice value) {
  store_findings *f = context;
  if (!slice_equal(table, slice_of("values"))) {
    return;
  }
  const char *kind = key.length > DIGEST_BYTES ? kind_name((uint8_t)key.bytes[0]) : NULL;
  uint64_t checksum = 0;
  if (value.length >= CHECKSUM_BYTES) {
    memcpy(&checksum, value.bytes, sizeof checksum);
  }
  if (kind != NULL && value.length >= CHECKSUM_BYTES &&
      checksum == digest_xxh3(value.bytes + CHECKSUM_BYTES, value.length - CHECKSUM_BYTES)) {
    f->records++;
    return;
  }
  char hex[DIGEST_HEX_BYTES] = "";
  char where[WHERE_BYTES];
  digest name = {{0}};
  memcpy(name.bytes, key.bytes + (key.length > 0), key.length > DIGEST_BYTES ? DIGEST_BYTES : 0);
  digest_hex(&name, hex);
  snprintf(where, sizeof where, "%s %s", kind != NULL ? kind : "entry", hex);
  store_findings_record(f, where, kind != NULL ? "its checksum does not match" : "is of an unknown kind");
}

static status check_index(const char *directory, store_findings *f, error *err) {
  char index[PATH_MAX];
  const pages_visitor visitor = {check_value, store_findings_page, f};
  const int length = snprintf(index, sizeof index, "%s/index", directory);
  if (length < 0 || (size_t)length >= sizeof index) {
    return error_set(err, STATUS_IO, "the path of the store %s is too long", directory);
  }
  bool found = false;
  return index_pages_salvage(index, &visitor, &found, err); /* a cache without one is whole */
}

static status check_locked(const char *directory, int descriptor, store_findings *f, error *err) {
  blob_names whole = {.at = NULL};
  TRY(check_index(directory, f, err));
  const status st = store_check_blobs(descriptor, f, &whole, err);
  free(whole.at);
  return st;
}

status store_check_cache(const char *directory, store_findings *f, error *err) {
  place p;
  TRY(place_open(directory, PLACE_CACHE, true, &p, err));
  const status st = check_locked(directory, p.directory, f, err);
  place_close(&p);
  return st;
}

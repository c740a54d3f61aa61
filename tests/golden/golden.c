/* See golden.h. */
#include "tests/golden/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

enum { ENTRIES_MAX = 128, LINE_BYTES = 4096, NAME_BYTES = 64 };

typedef struct entry {
  char name[NAME_BYTES];
  unsigned version;
  buf bytes;
} entry;

struct golden {
  char file[256];
  entry entries[ENTRIES_MAX];
  size_t count;
};

/* ---- Reading ------------------------------------------------------------------------------------- */

static void begin_entry(golden *g, const char *line) {
  assert_true(g->count < ENTRIES_MAX);
  entry *e = &g->entries[g->count++];
  buf_init(&e->bytes);
  if (sscanf(line, "[%63[^]]] version %u", e->name, &e->version) != 2) {
    fail_msg("%s: '%s' does not begin an entry", g->file, line);
  }
}

static void read_digits(golden *g, const char *line) {
  for (const char *at = line; *at != '#' && *at != '\0' && *at != '\n';) {
    unsigned byte = 0;
    if (*at == ' ') {
      at++;
    } else if (g->count > 0 && sscanf(at, "%2x", &byte) == 1) {
      buf_put_u8(&g->entries[g->count - 1].bytes, (uint8_t)byte);
      at += 2;
    } else {
      fail_msg("%s: '%s' is not in hexadecimal digits", g->file, line);
    }
  }
}

golden *golden_open(const char *name) {
  golden *g = calloc(1, sizeof *g);
  char line[LINE_BYTES];
  assert_non_null(g);
  snprintf(g->file, sizeof g->file, "tests/golden/%s.hex", name);
  snprintf(line, sizeof line, "%s/%s", CANVASS_SOURCE_DIR, g->file);
  FILE *file = fopen(line, "r");
  if (file == NULL) {
    fail_msg("%s is not there; run tests/golden/write", g->file);
  }
  while (fgets(line, sizeof line, file) != NULL) {
    if (line[0] == '[') {
      begin_entry(g, line);
    } else {
      read_digits(g, line);
    }
  }
  fclose(file);
  return g;
}

void golden_close(golden *g) {
  for (size_t i = 0; i < g->count; i++) {
    buf_fini(&g->entries[i].bytes);
  }
  free(g);
}

static const entry *find(const golden *g, const char *name) {
  for (size_t i = 0; i < g->count; i++) {
    if (strcmp(g->entries[i].name, name) == 0) {
      return &g->entries[i];
    }
  }
  return NULL;
}

static const entry *find_or_fail(const golden *g, const char *name) {
  const entry *e = find(g, name);
  if (e == NULL) {
    fail_msg(
        "%s has no '%s': add it to the file's writer (.py), run tests/golden/write and read what it wrote",
        g->file, name);
  }
  return e;
}

size_t golden_count(const golden *g) {
  return g->count;
}

const char *golden_name(const golden *g, size_t index) {
  return g->entries[index].name;
}

slice golden_bytes(const golden *g, const char *name) {
  const entry *e = find_or_fail(g, name);
  return (slice){(const char *)e->bytes.data, e->bytes.length};
}

digest golden_digest(uint8_t first) {
  digest d;
  for (size_t i = 0; i < DIGEST_BYTES; i++) {
    d.bytes[i] = (uint8_t)(first + i);
  }
  return d;
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

void golden_expect(const golden *g, const char *name, const buf *written, golden_version version) {
  assert_false(written->failed);
  golden_expect_slice(g, name, (slice){(const char *)written->data, written->length}, version);
}

void golden_expect_slice(const golden *g, const char *name, slice got, golden_version version) {
  const entry *e = find_or_fail(g, name);
  if (version.number != e->version) {
    fail_msg(
        "%s: '%s' is of version %u, and the program's is %u by now: describe the new form in the file's "
        "writer (.py), run tests/golden/write and read the difference; what was stored by version %u must "
        "stay readable, or be refused by name",
        g->file, name, e->version, version.number, e->version);
  }
  size_t at = 0;
  while (at < got.length && at < e->bytes.length && (uint8_t)got.bytes[at] == e->bytes.data[at]) {
    at++;
  }
  if (at < got.length || at < e->bytes.length) {
    fail_msg(
        "%s: '%s' is written otherwise from byte %zu on (%zu bytes, golden %zu), and its version is still "
        "%u: raise %s, or write it as it was",
        g->file, name, at, got.length, e->bytes.length, e->version, version.where);
  }
}

/* ---- Refusals ------------------------------------------------------------------------------------ */

/* In a block of exactly that size, so that a sanitizer sees any step past it. */
static status decode_exactly(const char *name, slice bytes, error *err,
                             status (*decode)(const char *entry, slice bytes, error *err)) {
  char *exact_room = malloc(bytes.length + (bytes.length == 0));
  assert_non_null(exact_room);
  if (bytes.length > 0) {
    memcpy(exact_room, bytes.bytes, bytes.length);
  }
  const status st = decode(name, (slice){exact_room, bytes.length}, err);
  free(exact_room);
  return st;
}

static void alter(const golden *g, const golden_refusal *r, buf *b) {
  const slice whole = golden_bytes(g, r->entry);
  buf_put(b, whole.bytes, whole.length);
  assert_true(r->change == GOLDEN_MORE || r->at < b->length);
  if (r->change == GOLDEN_BYTE) {
    b->data[r->at] = r->byte;
  } else if (r->change == GOLDEN_CUT) {
    b->length = r->at;
  } else {
    buf_put_u8(b, r->byte);
  }
}

void golden_refuse(const golden *g, const golden_refusal *refusals, size_t count,
                   status (*decode)(const char *entry, slice bytes, error *err),
                   void (*repair)(const char *entry, buf *bytes)) {
  for (size_t i = 0; i < count; i++) {
    const golden_refusal *r = &refusals[i];
    error err = {STATUS_OK, ""};
    buf b;
    buf_init(&b);
    alter(g, r, &b);
    if (repair != NULL) {
      repair(r->entry, &b);
    }
    const status st = decode_exactly(r->entry, (slice){(const char *)b.data, b.length}, &err, decode);
    buf_fini(&b);
    if (st != r->code || strcmp(err.message, r->message) != 0) {
      fail_msg("%s: '%s', refusal %zu: %s: \"%s\" instead of %s: \"%s\"", g->file, r->entry, i,
               status_name(st), err.message, status_name(r->code), r->message);
    }
  }
}

void golden_refuse_beginnings(const golden *g, const char *name,
                              status (*decode)(const char *entry, slice bytes, error *err),
                              void (*repair)(const char *entry, buf *bytes)) {
  const slice whole = golden_bytes(g, name);
  for (size_t length = 0; length < whole.length; length++) {
    for (int repaired = 0; repaired <= (repair != NULL); repaired++) {
      error err = {STATUS_OK, ""};
      buf b;
      buf_init(&b);
      buf_put(&b, whole.bytes, length);
      if (repaired) {
        repair(name, &b);
      }
      const status st = decode_exactly(name, (slice){(const char *)b.data, b.length}, &err, decode);
      buf_fini(&b);
      if (st == STATUS_OK || err.message[0] == '\0') {
        fail_msg("%s: the first %zu bytes of '%s' are accepted", g->file, length, name);
      }
    }
  }
}

/* See fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void fuzz_require(bool holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
  }
}

void fuzz_require_ok(status result, const error *err, const char *what) {
  if (result != STATUS_OK) {
    fprintf(stderr, "does not hold: %s (%s: %s)\n", what, status_name(result), err->message);
    abort();
  }
}

void fuzz_require_told(status result, const error *err) {
  fuzz_require(result == err->code, "a failure's error has its status");
  fuzz_require(err->message[0] != '\0', "a failure has a message");
  fuzz_require(text_utf8_check(err->message, strlen(err->message)) == strlen(err->message),
               "messages are UTF-8");
}

void fuzz_require_same(slice a, slice b, const char *what) {
  if (!slice_equal(a, b)) {
    fprintf(stderr, "does not hold: %s: %zu bytes and %zu bytes differ\n", what, a.length, b.length);
    abort();
  }
}

slice fuzz_slice(const buf *b) {
  fuzz_require(!b->failed, "there is memory");
  return (slice){(const char *)b->data, b->length};
}

/* ---- Corpora ------------------------------------------------------------------------------------- */

void fuzz_corpus_add(fuzz_corpus *c, const void *bytes, size_t length) {
  if (c->count == c->capacity) {
    c->capacity = c->capacity > 0 ? c->capacity * 2 : 64;
    c->inputs = realloc(c->inputs, c->capacity * sizeof *c->inputs);
    fuzz_require(c->inputs != NULL, "there is memory");
  }
  buf *input = &c->inputs[c->count++];
  buf_init(input);
  buf_put(input, bytes, length);
}

void fuzz_corpus_add_text(fuzz_corpus *c, const char *terminated) {
  fuzz_corpus_add(c, terminated, strlen(terminated));
}

static void read_whole(const char *path, buf *out) {
  uint8_t block[4096];
  size_t got = 0;
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(2);
  }
  while ((got = fread(block, 1, sizeof block, file)) > 0) {
    buf_put(out, block, got);
  }
  fclose(file);
}

void fuzz_corpus_add_file(fuzz_corpus *c, const char *name) {
  char path[4096];
  buf whole;
  buf_init(&whole);
  snprintf(path, sizeof path, "%s%s%s", name[0] == '/' ? "" : CANVASS_SOURCE_DIR, name[0] == '/' ? "" : "/",
           name);
  read_whole(path, &whole);
  fuzz_corpus_add(c, whole.data, whole.length);
  buf_fini(&whole);
}

void fuzz_corpus_fini(fuzz_corpus *c) {
  for (size_t i = 0; i < c->count; i++) {
    buf_fini(&c->inputs[i]);
  }
  free(c->inputs);
  *c = (fuzz_corpus){0};
}

void fuzz_corpus_write(const fuzz_corpus *c, const char *folder) {
  if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
    fprintf(stderr, "%s: %s\n", folder, strerror(errno));
    exit(2);
  }
  for (size_t i = 0; i < c->count; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/seed-%04zu", folder, i);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(c->inputs[i].data, 1, c->inputs[i].length, file) != c->inputs[i].length ||
        fclose(file) != 0) {
      fprintf(stderr, "%s: %s\n", path, strerror(errno));
      exit(2);
    }
  }
}

/* ---- Files in memory ----------------------------------------------------------------------------- */

fuzz_file fuzz_file_new(const void *bytes, size_t length) {
  fuzz_file f = {.descriptor = memfd_create("canvass fuzz", 0)};
  fuzz_require(f.descriptor >= 0 && fchmod(f.descriptor, 0600) == 0, "a file in memory can be made");
  for (size_t done = 0; done < length;) {
    const ssize_t put = write(f.descriptor, (const char *)bytes + done, length - done);
    fuzz_require(put > 0, "a file in memory can be written");
    done += (size_t)put;
  }
  snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.descriptor);
  return f;
}

void fuzz_file_close(fuzz_file *f) {
  close(f->descriptor);
}

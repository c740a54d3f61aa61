/* The pages of an index (store/index_pages.h): any bytes are refused or read, and what is found whole has
 * nothing damaged in it. */
#include "store/index_pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_index.h"
#include "tests/fuzz/fuzz.h"

enum { SEED_ENTRIES = 60, SEED_BYTES_MAX = 6000 };

typedef struct scratch {
  char directory[64], data[96], lock[96];
} scratch;

static scratch scratch_new(void) {
  scratch s = {.directory = "/tmp/canvass-fuzz-XXXXXX"};
  fuzz_require(mkdtemp(s.directory) != NULL, "there is room for a directory");
  snprintf(s.data, sizeof s.data, "%s/data.mdb", s.directory);
  snprintf(s.lock, sizeof s.lock, "%s/lock.mdb", s.directory);
  return s;
}

static void scratch_remove(const scratch *s) {
  unlink(s->data);
  unlink(s->lock);
  rmdir(s->directory);
}

typedef struct seen {
  size_t records, damages, bytes;
} seen;

/* Every byte is looked at, for the sanitizers. */
static void see_record(void *context, slice table, slice key, slice value) {
  seen *s = context;
  const slice all[] = {table, key, value};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    for (size_t j = 0; j < all[i].length; j++) {
      s->bytes += (uint8_t)all[i].bytes[j];
    }
  }
  s->records++;
}

static void see_damage(void *context, uint64_t page, const char *what) {
  (void)page;
  fuzz_require(what != NULL && what[0] != '\0', "damage is named");
  ((seen *)context)->damages++;
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  const scratch dir = scratch_new();
  const int file = open(dir.data, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  fuzz_require(file >= 0 && write(file, bytes, length) == (ssize_t)length, "there is room for a file");
  close(file);
  error err = {STATUS_OK, ""};
  seen s = {0};
  const pages_visitor visitor = {see_record, see_damage, &s};
  const status checked = index_pages_check(dir.directory, &err);
  if (checked != STATUS_OK) {
    fuzz_require(checked == STATUS_CORRUPT, "what is not whole is corrupt");
    fuzz_require_told(checked, &err);
  }
  bool found = false;
  fuzz_require_ok(index_pages_salvage(dir.directory, &visitor, &found, &err), &err,
                  "any file can be visited");
  fuzz_require(found == (length > 0), "a file with bytes is found");
  fuzz_require((s.damages == 0) == (checked == STATUS_OK), "both find damage in the same files");
  scratch_remove(&dir);
  return 0;
}

static void add_seed(fuzz_corpus *out, size_t entries) {
  static const char *const names[] = {"first", "second"};
  static const index_options options = {
      .tables = names, .tables_count = 2, .when_damaged = "", .when_full = ""};
  static const uint8_t value[SEED_BYTES_MAX];
  const scratch dir = scratch_new();
  store_index *x = NULL;
  error err;
  fuzz_require_ok(store_index_open(dir.directory, &options, &x, &err), &err, "an index is made");
  for (size_t i = 0; i < entries; i++) {
    const index_change c = {
        i % 2, {(const char *)&i, sizeof i}, {(const char *)value, i * 997 % SEED_BYTES_MAX}};
    fuzz_require_ok(store_index_write(x, &c, 1, &err), &err, "an entry is put");
  }
  store_index_close(x);
  buf bytes;
  buf_init(&bytes);
  struct stat info;
  const int file = open(dir.data, O_RDONLY | O_CLOEXEC);
  fuzz_require(file >= 0 && fstat(file, &info) == 0 && buf_reserve(&bytes, (size_t)info.st_size) &&
                   read(file, bytes.data, (size_t)info.st_size) == info.st_size,
               "an index can be read");
  close(file);
  fuzz_corpus_add(out, bytes.data, (size_t)info.st_size);
  buf_fini(&bytes);
  scratch_remove(&dir);
}

void fuzz_seeds(fuzz_corpus *out) {
  add_seed(out, 0);
  add_seed(out, 3);
  add_seed(out, SEED_ENTRIES);
}

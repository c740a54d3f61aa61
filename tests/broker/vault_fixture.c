#include "tests/broker/vault_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/blob_files.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

void vault_setup(vault_fixture *f) {
  *f = (vault_fixture){0};
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(f->path, sizeof f->path, "%s/vault", f->directory);
}

void vault_fixture_close(vault_fixture *f) {
  vault_close(f->open);
  f->open = NULL;
}

void vault_teardown(vault_fixture *f) {
  vault_fixture_close(f);
  process_directory_remove(f->directory);
}

int vault_setup_state(void **state) {
  vault_fixture *f = malloc(sizeof *f);
  *state = f;
  if (f != NULL) {
    vault_setup(f);
  }
  return f != NULL ? 0 : -1;
}

int vault_teardown_state(void **state) {
  vault_teardown(*state);
  free(*state);
  return 0;
}

static void keep_warning(void *context, const char *message) {
  vault_fixture *f = context;
  snprintf(f->warning, sizeof f->warning, "%s", message);
  f->warnings++;
}

vault_options vault_fixture_options(vault_fixture *f) {
  return (vault_options){.warn = keep_warning, .context = f};
}

vault *vault_fixture_open(vault_fixture *f) {
  const vault_options options = vault_fixture_options(f);
  error err;
  vault_fixture_close(f);
  if (vault_open(f->path, &options, &f->open, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return f->open;
}

size_t vault_blob(uint64_t index, uint8_t *bytes, digest *name) {
  seeded r = {index};
  const size_t length = index == 0 ? 0 : 1 + seeded_below(&r, FIXTURE_BLOB_BYTES_MAX - 1);
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_next(&r);
  }
  assert_int_equal(digest_of(bytes, length, name, NULL), STATUS_OK);
  return length;
}

size_t vault_put_blob(vault *v, uint64_t index, uint8_t *bytes, digest *name) {
  const size_t length = vault_blob(index, bytes, name);
  assert_int_equal(vault_put(v, bytes, length, name, NULL), STATUS_OK);
  return length;
}

uint64_t vault_begin(vault *v, const digest *name, uint64_t bytes) {
  uint64_t next = 0;
  error err;
  if (vault_receive(v, name, bytes, &next, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return next;
}

uint64_t vault_take(vault *v, const digest *name, uint64_t bytes, uint64_t at, const void *chunk,
                    size_t length) {
  uint64_t next = 0;
  error err;
  if (vault_chunk(v, name, bytes, at, chunk, length, &next, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return next;
}

void vault_path(const vault_fixture *f, const char *part, const digest *name, char path[FIXTURE_PATH_BYTES]) {
  char below[BLOB_PATH_BYTES];
  blob_files_path(part, name, below);
  snprintf(path, FIXTURE_PATH_BYTES, "%s/%s", f->path, below);
}

bool vault_file_is_there(const vault_fixture *f, const char *part, const digest *name) {
  char path[FIXTURE_PATH_BYTES];
  vault_path(f, part, name, path);
  return access(path, F_OK) == 0;
}

void vault_partly_at(const vault_fixture *f, const digest *name, uint64_t length,
                     char path[FIXTURE_PATH_BYTES]) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  snprintf(path, FIXTURE_PATH_BYTES, "%s/partly/%s-%llu", f->path, hex, (unsigned long long)length);
}

size_t vault_partly_files(const vault_fixture *f) {
  char path[FIXTURE_PATH_BYTES];
  size_t count = 0;
  snprintf(path, sizeof path, "%s/partly", f->path);
  DIR *listing = opendir(path);
  assert_non_null(listing);
  for (const struct dirent *e = NULL; (e = readdir(listing)) != NULL;) {
    count += e->d_name[0] != '.';
  }
  closedir(listing);
  return count;
}

void vault_write_at(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

void vault_assert_there(vault *v, uint64_t index) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  store_blob blob;
  error err;
  const size_t length = vault_blob(index, bytes, &name);
  if (vault_get(v, &name, &blob, &err) != STATUS_OK) {
    fail_msg("blob %u: %s", (unsigned)index, err.message);
  }
  assert_int_equal(blob.length, length);
  assert_memory_equal(blob.bytes, bytes, length);
  store_release(&blob);
}

void vault_send(vault *v, uint64_t index, size_t chunk) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t length = vault_blob(index, bytes, &name);
  uint64_t at = vault_begin(v, &name, length);
  while (at < length) {
    const size_t some = length - at < chunk ? length - (size_t)at : chunk;
    at = vault_take(v, &name, length, at, bytes + at, some);
  }
}

uint64_t vault_now(void) {
  return (uint64_t)time(NULL);
}

uint64_t vault_tidy_all(vault *v, uint64_t now_s) {
  uint64_t removed = 0;
  while (vault_tidy(v, now_s, UINT64_MAX, &removed)) {
  }
  return removed;
}

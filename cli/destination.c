/* Comparing the destination with what is read. */
#include "cli/destination.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/link.h"
#include "cli/output.h"

static bool is_same(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* ---- Files that are read ------------------------------------------------------------------------- */

static status refuse(const settings *s, const char *what, const char *path, error *err) {
  if (output_is_standard(s->output)) {
    return error_set(err, STATUS_USAGE,
                     "standard output goes to %s %s, which is read; send it to another file ('>' empties a "
                     "file before canvass can refuse)",
                     what, path);
  }
  return error_set(err, STATUS_USAGE,
                   "cannot write to %s: it is %s %s, which would be lost; name another file with --output",
                   s->output, what, path);
}

static status check_file(const settings *s, const struct stat *destination, const char *what,
                         const char *path, error *err) {
  struct stat facts;
  const bool is_input = strcmp(path, "-") == 0;
  const int failed = is_input ? fstat(STDIN_FILENO, &facts) : stat(path, &facts);
  if (failed != 0 || !is_same(destination, &facts)) {
    return STATUS_OK; /* what cannot be read is reported when it is read */
  }
  return refuse(s, what, is_input ? "on standard input" : path, err);
}

/* ---- The store ----------------------------------------------------------------------------------- */

/* Whether DIRECTORY, a resolved path, or one above it is the store.  Shortens DIRECTORY on its way up. */
static bool is_inside(char *directory, const struct stat *whole) {
  for (;;) {
    struct stat facts;
    if (stat(directory, &facts) == 0 && is_same(&facts, whole)) {
      return true;
    }
    char *slash = strrchr(directory, '/');
    if (slash == NULL || directory[1] == '\0') {
      return false;
    }
    slash[slash == directory ? 1 : 0] = '\0';
  }
}

/* A file among its own would be overwritten, and with any other the store would no longer be recognised. */
static status check_store(const settings *s, error *err) {
  struct stat whole;
  if (s->store == NULL || s->output == NULL || stat(s->store, &whole) != 0) {
    return STATUS_OK;
  }
  char *resolved = output_resolve(s->output);
  if (resolved == NULL) {
    return error_no_memory(err, s->output);
  }
  char directory[PATH_MAX];
  const bool is_known = realpath(dirname(resolved), directory) != NULL;
  free(resolved);
  if (!is_known || !is_inside(directory, &whole)) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_USAGE,
                   "cannot write to %s: the store %s can hold only its own files; name another file, outside "
                   "of it, with --output",
                   s->output, s->store);
}

/* ---- All of it ----------------------------------------------------------------------------------- */

/* What everything that writes must not overwrite, and whether it can be written at all. */
static status check_place(const settings *s, const struct stat *destination, error *err) {
  const char *keys[LINK_FILES_MAX];
  const size_t keys_count = destination != NULL ? link_files(s, keys) : 0;
  for (size_t i = 0; i < keys_count; i++) {
    TRY(check_file(s, destination, "the file of keys", keys[i], err));
  }
  TRY(check_store(s, err));
  return output_check(s->output, err);
}

/* False when the destination is not a file that could be lost. */
static bool find_destination(const settings *s, struct stat *out) {
  return output_stat(s->output, out) && S_ISREG(out->st_mode);
}

status destination_check(const settings *s, const char *const *read, size_t count, error *err) {
  struct stat destination;
  const bool is_file = find_destination(s, &destination);
  for (size_t i = 0; is_file && i < count; i++) {
    TRY(check_file(s, &destination, i == 0 ? "the specification" : "the data file", read[i], err));
  }
  if (is_file && s->codebook != NULL) {
    TRY(check_file(s, &destination, "the codebook", s->codebook, err));
  }
  return check_place(s, is_file ? &destination : NULL, err);
}

status destination_check_file(const settings *s, const char *what, const char *path, error *err) {
  struct stat destination;
  const bool is_file = find_destination(s, &destination);
  if (is_file) {
    TRY(check_file(s, &destination, what, path, err));
  }
  return check_place(s, is_file ? &destination : NULL, err);
}

/* The names of the files of one call in a dataset: their base names, and where several have the same base
 * name (apart from .gz and .zst) with as many parent directories as distinguish them: "a/2026-01.csv",
 * "b/2026-01.csv".  Both `run` and `put` name files here, so that their reports are the same. */
#ifndef CANVASS_READING_NAMES_H
#define CANVASS_READING_NAMES_H

#include "reading/reading.h"

typedef struct reading_names reading_names;

/* PATHS are borrowed; no file is opened.  STATUS_USAGE for two paths of the same file, or that cannot be
 * distinguished by name; STATUS_DATA for a name that reading_name_check refuses. */
status reading_names_new(const char *const *paths, size_t count, reading_names **out, error *err) MUST_USE;
void reading_names_destroy(reading_names *n);
/* Sets the names and places of OPTIONS, which borrows them. */
void reading_names_give(const reading_names *n, reading_options *options);
/* The path, as it was given, of the file that is called NAME in the dataset; NULL: no file of this call. */
const char *reading_names_path(const reading_names *n, slice name);

/* Names appear in reports: STATUS_DATA for one that is not UTF-8, has control characters or is
 * empty.  TITLE is what the message calls the file. */
status reading_name_check(const char *name, const char *title, error *err) MUST_USE;

#endif

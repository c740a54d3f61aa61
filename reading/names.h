/* What the files of one call are called in a dataset: by their base names, and where several have the same
 * one
 * (.gz and .zst do not count) by as many of the directories above as distinguish them: "a/2026-01.csv",
 * "b/2026-01.csv".  `run` and `put` name files here and nowhere else, so that their reports are the same. */
#ifndef CANVASS_READING_NAMES_H
#define CANVASS_READING_NAMES_H

#include "reading/reading.h"

typedef struct reading_names reading_names;

/* PATHS are borrowed.  STATUS_USAGE for two that are one file or can have but one name, STATUS_DATA for a
 * name that reading_name_check refuses.  Nothing is opened. */
status reading_names_new(const char *const *paths, size_t count, reading_names **out, error *err) MUST_USE;
void reading_names_destroy(reading_names *n);
/* Names and places into OPTIONS, which borrow them. */
void reading_names_give(const reading_names *n, reading_options *options);
/* The path, as it was given, of the file that a dataset has as NAME; NULL when it is none of these. */
const char *reading_names_path(const reading_names *n, slice name);

/* Names appear in reports: STATUS_DATA for one that is not UTF-8, has control characters or is
 * empty.  TITLE is what the message calls the file. */
status reading_name_check(const char *name, const char *title, error *err) MUST_USE;

#endif

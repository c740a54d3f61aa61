/* Reading files into a store that lasts: each file once. */
#ifndef CANVASS_READING_DATASET_H
#define CANVASS_READING_DATASET_H

#include "reading/reading.h"

/* As reading_read, with these differences.  All columns are read, so that another codebook needs no new
 * shards; those of OPTIONS (which must name them) have their hints.  A file that INTO knows by what it
 * unpacks to, at the same place of the dataset and read by the same rules, is hashed but not parsed again,
 * unless a column is now wanted as text that was kept as numbers, or a shard is gone.  Standard input and
 * pipes are always parsed.  *PARSED (may be NULL): how many files were. */
status dataset_read(const reading_options *options, const char *const *paths, size_t paths_count, store *into,
                    uint32_t *parsed, manifest **out, error *err) MUST_USE;

/* The dataset BEFORE (NULL: nothing) followed by the files that it lacks: exactly what reading all of them at
 * once gives, whatever was read into INTO earlier.  Files that are already there (known.h) are left out;
 * one whose name exists with other content is STATUS_DATA.  *ADDED (may be NULL): how many were not left
 * out. */
status dataset_append(const reading_options *options, const manifest *before, const char *const *paths,
                      size_t paths_count, store *into, uint32_t *added, manifest **out, error *err) MUST_USE;

#endif

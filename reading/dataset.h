/* Reads files into a durable store, each file once. */
#ifndef CANVASS_READING_DATASET_H
#define CANVASS_READING_DATASET_H

#include "reading/reading.h"

/* Like reading_read, except that all columns are read, so that another codebook needs no new shards; the
 * columns that OPTIONS names (it must name some) are read with their hints.  A file is hashed but not parsed
 * again if INTO has a record of the same unpacked bytes, at the same position in the dataset and read by the
 * same rules, unless a column is now wanted as text that was kept as numbers, or a shard is gone.  Standard
 * input and pipes are always parsed.  *PARSED (may be NULL): the number of files that were parsed. */
status dataset_read(const reading_options *options, const char *const *paths, size_t paths_count, store *into,
                    uint32_t *parsed, manifest **out, error *err) MUST_USE;

/* Appends to the dataset BEFORE (NULL: an empty one) the files that it does not have (known.h); the result is
 * the same as if all of them had been read at once, whatever was read into INTO earlier.  A file whose name
 * exists with different content is STATUS_DATA.  *ADDED (may be NULL): the number of files appended. */
status dataset_append(const reading_options *options, const manifest *before, const char *const *paths,
                      size_t paths_count, store *into, uint32_t *added, manifest **out, error *err) MUST_USE;

#endif

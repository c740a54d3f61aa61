/* Blobs as files of a directory: blobs/ab/abcdef..., named by the SHA-256 of their bytes.
 *
 * A file appears under its name complete and on disk, or not at all: it is written in incoming/, synced and
 * renamed.  (The renaming itself is not synced: after a power cut a blob may be gone, and is then made
 * anew.)  DIRECTORY is an open descriptor.  Nothing here looks into the bytes.
 */
#ifndef CANVASS_STORE_BLOB_FILES_H
#define CANVASS_STORE_BLOB_FILES_H

#include "store/store.h"

/* STATUS_IO tells of a full disk and what to do. */
status blob_files_write(int directory, const digest *name, const void *bytes, size_t length,
                        error *err) MUST_USE;
/* *FOUND is false when there is no such file. */
status blob_files_map(int directory, const digest *name, store_blob *out, bool *found, error *err) MUST_USE;
/* The size of the file; false when there is none. */
bool blob_files_size(int directory, const digest *name, uint64_t *bytes);
void blob_files_remove(int directory, const digest *name);
/* Moves it to aside/, for whoever wants to know what happened to it. */
void blob_files_set_aside(int directory, const digest *name);
/* Removes what a crash left in incoming/. */
void blob_files_tidy(int directory);
void blob_files_each(int directory, void (*visit)(void *context, const digest *name, uint64_t bytes),
                     void *context);

#endif

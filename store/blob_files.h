/* Blobs as files of a directory: blobs/ab/abcdef..., named by the SHA-256 of their bytes.
 *
 * With blob_files_write a file appears under its name complete and on disk, or not at all: it is written in
 * incoming/, synced and renamed.  (The renaming itself is not synced: after a power cut a blob may be gone,
 * and is then made again.)  DIRECTORY is an open descriptor.  Nothing here examines the bytes.
 */
#ifndef CANVASS_STORE_BLOB_FILES_H
#define CANVASS_STORE_BLOB_FILES_H

#include "store/store.h"

enum { BLOB_PATH_BYTES = 96 };

/* The path of NAME below the directory: "blobs/ab/abcd...", in any other part "PART/abcd...". */
void blob_files_path(const char *part, const digest *name, char out[BLOB_PATH_BYTES]);

/* STATUS_IO reports a full disk and what to do. */
status blob_files_write(int directory, const digest *name, const void *bytes, size_t length,
                        error *err) MUST_USE;
/* The same without the sync: the file may be anything after a power cut until blob_files_sync.  Returns 0, or
 * errno; so do the two below. */
int blob_files_write_unsynced(int directory, const digest *name, const void *bytes, size_t length);
/* The file FROM (a path below the directory) takes its place in blobs/. */
int blob_files_adopt(int directory, const char *from, const digest *name);
/* The bytes and the name are on disk; AND_FAN: also the name of the directory that the name is in, which many
 * blobs share. */
int blob_files_sync(int directory, const digest *name, bool and_fan);
/* *FOUND is false when there is no such file. */
status blob_files_map(int directory, const digest *name, store_blob *out, bool *found, error *err) MUST_USE;
/* A descriptor for reading; STATUS_NOT_FOUND when there is no such file. */
status blob_files_open(int directory, const digest *name, int *file, error *err) MUST_USE;
/* The size of the file; false when there is none. */
bool blob_files_size(int directory, const digest *name, uint64_t *bytes);
void blob_files_remove(int directory, const digest *name);
/* Moves it to aside/, for anyone who wants to examine what happened to it. */
void blob_files_set_aside(int directory, const digest *name);
/* Removes what a crash left in incoming/. */
void blob_files_tidy(int directory);
void blob_files_each(int directory, void (*visit)(void *context, const digest *name, uint64_t bytes),
                     void *context);
/* The same of those whose names begin with the byte FIRST. */
void blob_files_each_of(int directory, uint8_t first,
                        void (*visit)(void *context, const digest *name, uint64_t bytes), void *context);

#endif

/* A file without a name: its bytes are freed with the last descriptor, however the process ends. */
#ifndef CANVASS_STORE_UNLINKED_FILE_H
#define CANVASS_STORE_UNLINKED_FILE_H

/* A descriptor for reading and writing, or -1 with errno.  DIRECTORY: where it lives; NULL: $TMPDIR, else
 * /var/tmp, else /tmp.  *USED is the directory, or the last one that was tried. */
int unlinked_file_open(const char *directory, const char **used);

#endif

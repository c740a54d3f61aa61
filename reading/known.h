/* Finds out whether a dataset already has a file. */
#ifndef CANVASS_READING_KNOWN_H
#define CANVASS_READING_KNOWN_H

#include "store/manifest.h"

typedef struct known_file {
  slice name;
  slice place; /* absolute path, without .gz and .zst like the name; empty: unknown */
  const digest *sha256;
} known_file;

typedef enum known_is { KNOWN_NOT, KNOWN_THERE, KNOWN_OTHERWISE } known_is;

/* KNOWN_THERE: M has a file of this content and this name, or of a name that the file's path ends with (which
 * directories a name includes depends on the other files of its call).  KNOWN_OTHERWISE: M has a file of this
 * name with different content.  TAKEN: a flag for each file of M, kept for the whole call (NULL if F has no
 * place): a file of M is matched by path at most once, so that two files of equal content stay two. */
known_is known_look(const manifest *m, bool *taken, const known_file *f);

#endif

/* Is a file in a dataset already? */
#ifndef CANVASS_READING_KNOWN_H
#define CANVASS_READING_KNOWN_H

#include "store/manifest.h"

typedef struct known_file {
  slice name;
  slice place; /* absolute path, without .gz and .zst like the name; empty: unknown */
  const digest *sha256;
} known_file;

typedef enum known_is { KNOWN_NOT, KNOWN_THERE, KNOWN_OTHERWISE } known_is;

/* KNOWN_THERE: M has this content under this name, or under one that the file's path ends with: which
 * directories a name has depends on what else was read in the same call.  By its path a file is found only
 * among what is not TAKEN yet (a flag for each file of M, to be kept for the call; NULL with an empty
 * place), so that two branches of
 * equal content are never one.  KNOWN_OTHERWISE: M has other content under this name. */
known_is known_look(const manifest *m, bool *taken, const known_file *f);

#endif

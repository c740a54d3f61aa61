/* The probable encoding of a file that is not UTF-8. */
#ifndef CANVASS_READING_PROBABLE_H
#define CANVASS_READING_PROBABLE_H

/* Reads the file at PATH, packed or not, up to the first byte that is not UTF-8 and a sample after it.
 * Returns a static name; NULL when the file is UTF-8, cannot be read, or is not text. */
const char *probable_encoding_of(const char *path);

#endif

/* In which encoding a file that is not UTF-8 probably is. */
#ifndef CANVASS_READING_PROBABLE_H
#define CANVASS_READING_PROBABLE_H

/* Reads the file at PATH, packed or not, up to the first byte that is not UTF-8 and on for a while.  A static
 * name; NULL: it is UTF-8, or cannot be read, or is no text. */
const char *probable_encoding_of(const char *path);

#endif

/* Wanted columns and the columns of a file. */
#ifndef CANVASS_READING_MATCHING_H
#define CANVASS_READING_MATCHING_H

#include "reading/encode.h"
#include "reading/reader.h"

/* STATUS_DATA when two columns of F have the same name. */
status matching_check_names(const input_file *f, error *err) MUST_USE;

/* The wanted columns of OPTIONS, or all, each once, in the order of the file F, which CALLED is what messages
 * call; those that F lacks and may lack come last.  Hints are the wanted ones' own, or what the types of F's
 * columns tell; *OPEN: some are not known yet.  In MEMORY. */
status matching_choose(const reading_options *options, const input_file *f, const char *called, arena *memory,
                       encoder_schema *out, bool *open, error *err) MUST_USE;

/* Where each column of SCHEMA is in F: CELLS, in MEMORY.  STATUS_DATA names all that are missing, with
 * the nearest name of F. */
status matching_find(const encoder_schema *schema, const input_file *f, const char *called, arena *memory,
                     uint32_t **cells, error *err) MUST_USE;

#endif

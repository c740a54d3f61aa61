/* Matches the wanted columns with the columns of a file. */
#ifndef CANVASS_READING_MATCHING_H
#define CANVASS_READING_MATCHING_H

#include "reading/encode.h"
#include "reading/reader.h"

/* STATUS_DATA when two columns of F have the same name. */
status matching_check_names(const input_file *f, error *err) MUST_USE;

/* The wanted columns of OPTIONS, or all, each once and in the order of the file F; columns that F may lack,
 * and does, come last.  Their hints are those of OPTIONS, or follow from the types of F's columns; *OPEN:
 * some types are not known.  CALLED: F's name in messages.  OUT lives in MEMORY. */
status matching_choose(const reading_options *options, const input_file *f, const char *called, arena *memory,
                       encoder_schema *out, bool *open, error *err) MUST_USE;

/* Sets *CELLS, in MEMORY, to the number of each column of SCHEMA in F, INPUT_ABSENT for one that F may lack,
 * and does.  Otherwise STATUS_DATA names all columns that are missing, each with the most similar name in
 * F. */
status matching_find(const encoder_schema *schema, const input_file *f, const char *called, arena *memory,
                     uint32_t **cells, error *err) MUST_USE;

#endif

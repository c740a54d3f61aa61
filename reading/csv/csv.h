/* CSV as an input format: its grammar, and its row in csv.c. */
#ifndef CANVASS_READING_CSV_CSV_H
#define CANVASS_READING_CSV_CSV_H

#include "reading/csv/header.h"
#include "reading/csv/records.h"
#include "reading/csv/split.h"

/* What an open file is to CSV. */
typedef struct csv_file {
  csv_splitter splitter; /* its kernels are those of the decoders too */
  csv_file_header header;
} csv_file;

/* Turns pieces into rows; of one thread, and keeps its memory from piece to piece (csv/decode.c). */
typedef struct csv_decoder csv_decoder;
csv_decoder *csv_decoder_new(void); /* NULL: out of memory */
void csv_decoder_destroy(csv_decoder *d);
/* TITLE is what messages call the file. */
status csv_decoder_run(csv_decoder *d, const csv_file *file, const char *title, const csv_piece *piece,
                       const input_sink *sink, error *err) MUST_USE;
/* The text of a cell of the last piece. */
bool csv_decoder_find(csv_decoder *d, uint32_t row, uint32_t cell, slice *text);

#endif

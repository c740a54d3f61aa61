/* CSV as an input format; its row is in csv.c.
 *
 * RFC 4180 with quotes, embedded delimiters and line breaks, lines that end with LF, CRLF or CR; comma,
 * semicolon, tab, bar or any other ASCII delimiter.  Exactly:
 *
 * 1. The whole file is one automaton: what is a record never depends on where parallel readers cut.
 * 2. A quote opens a quoted cell as the first byte of a cell, and behind blanks when its closing quote stands
 * on the same line with nothing but blanks up to the end of the cell; elsewhere it is a letter.
 * 3. Empty lines are not records.  Cells are unquoted, then trimmed.
 * 4. A record of one line with another number of cells than the header, or with text after a closing quote,
 * is quarantined.
 * 5. A record that spans lines is given up when (i) a closing quote is followed by anything but blanks and
 * the end of its cell; (ii) its number of cells is not the header's; (iii) the header has at least three
 * columns and every line after the first looks like a record with a first cell of the same kind (see
 * spans.h); or when it does not end before the file does, or within 16 MiB of its first byte, its newline
 * included.  Given up, it is quarantined as the line on which its first quoted cell with a newline opens;
 * reading goes on with the next line.  A record of more than 16 MiB that is not inside a quoted cell there,
 * or whose quote opened on a line that is itself longer, is STATUS_DATA.  These rules do not apply to the
 * header.
 * 6. The header is the first record, or the first ones (header.h): where options say so, or the signs of a
 * platform.  Lines that options skip, and a line `sep=;`, stand before it.  Empty names become "column_N"
 * (N from 1), a name that stands twice becomes "NAME #1", "NAME #2"; a file without a header is STATUS_DATA.
 * 7. Records that repeat a row of the file's header cell by cell (with or without a byte-order mark) belong
 * to no respondent: they are left out and counted.
 */
#ifndef CANVASS_READING_CSV_CSV_H
#define CANVASS_READING_CSV_CSV_H

#include "reading/csv/header.h"
#include "reading/csv/records.h"
#include "reading/csv/split.h"

/* The state of an open file. */
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

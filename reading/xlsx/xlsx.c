/* The format's row, and cutting into pieces, which includes the parsing because a sheet must be parsed in
 * order. */
#include "reading/xlsx/xlsx.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "reading/xlsx/compound.h"

enum { BLOCK_BYTES = 256 << 10, PATH_BYTES = 64 };

/* ---- The file's bytes ---------------------------------------------------------------------------- */

/* Reads the source to its end, so that its digest is known, and copies it to COPY unless that is NULL. */
static status drain(const input_file *f, const input_watch *watch, FILE *copy, error *err) {
  uint8_t *block = malloc(BLOCK_BYTES);
  size_t got = 1;
  status st = block != NULL ? STATUS_OK : error_no_memory(err, f->title);
  while (st == STATUS_OK && got > 0) {
    st = source_read(f->source, block, BLOCK_BYTES, &got, err);
    if (st == STATUS_OK && copy != NULL && fwrite(block, 1, got, copy) != got) {
      st = error_set(err, STATUS_IO, "%s: cannot be copied to a temporary file: %m", f->title);
    }
    if (st == STATUS_OK && watch != NULL && !watch->go_on(watch->context, f)) {
      st = error_set(err, STATUS_INTERRUPTED, "reading was stopped");
    }
  }
  free(block);
  if (st == STATUS_OK && copy != NULL && fflush(copy) != 0) {
    st = error_set(err, STATUS_IO, "%s: cannot be copied to a temporary file: %m", f->title);
  }
  return st;
}

/* Whether the file is on disk, not packed once more, and can be read at any position. */
static bool can_seek(const input_file *f) {
  struct stat info;
  const char *path = source_path(f->source);
  const int got = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &info) : stat(path, &info);
  return got == 0 && S_ISREG(info.st_mode) && !source_is_packed(f->source);
}

/* Copies what comes through a pipe, or is packed once more, to a temporary file.  *OUT is what to open; PATH
 * may hold it. */
static status make_seekable(input_file *f, const input_watch *watch, char path[PATH_BYTES], const char **out,
                            error *err) {
  xlsx_file *x = f->self;
  *out = source_path(f->source);
  if (can_seek(f)) {
    *out = strcmp(*out, "-") == 0 ? "/dev/fd/0" : *out;
    return drain(f, watch, NULL, err);
  }
  int fd = -1;
  TRY(file_open_unlinked(&fd, err));
  x->copy = fdopen(fd, "w+b");
  if (x->copy == NULL) {
    (void)close(fd);
    return error_no_memory(err, f->title);
  }
  snprintf(path, PATH_BYTES, "/dev/fd/%d", fileno(x->copy));
  *out = path;
  return drain(f, watch, x->copy, err);
}

static status refuse_compound(const input_file *f, const char *path, error *err) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, STATUS_DATA, "%s: cannot be read: %m", f->title);
  }
  const status st = compound_refuse(fd, f->title, err);
  (void)close(fd);
  return st;
}

/* ---- Opening ------------------------------------------------------------------------------------- */

/* Notes which sheet was taken, and that there are others. */
static void tell_sheet(input_file *f, const workbook_sheet *taken) {
  const xlsx_file *x = f->self;
  uint32_t visible = 0;
  for (uint32_t i = 0; i < x->workbook.count; i++) {
    visible += x->workbook.sheets[i].part.length > 0 && !x->workbook.sheets[i].is_hidden;
  }
  f->header.reading.sheet = taken->name;
  if (f->options->sheet == NULL && visible > 1) {
    f->header.reading.notices |= 1U << FILE_NOTICE_OTHER_SHEETS;
  }
}

static status open_sheet(input_file *f, const char *path, const atomic_bool *stop, error *err) {
  xlsx_file *x = f->self;
  const workbook_sheet *found;
  merges merged;
  TRY(package_open(path, f->title, stop, &x->package, err));
  TRY(workbook_read(x->package, f->memory, &x->workbook, err));
  TRY(workbook_find_sheet(&x->workbook, f->options->sheet, f->title, &found, err));
  tell_sheet(f, found);
  TRY(styles_read(x->package, x->workbook.styles, f->memory, &x->styles, err));
  x->has_strings = true;
  TRY(strings_read(x->package, x->workbook.strings, STRINGS_IN_MEMORY, &x->strings, err));
  const uint64_t header_rows = (uint64_t)f->options->header.skip + READING_HEADER_ROWS_MAX;
  TRY(merges_read(x->package, found->part, header_rows, f->memory, &merged, err));
  if (merged.below > 0) {
    f->header.reading.notices |= 1U << FILE_NOTICE_MERGED_CELLS;
  }
  TRY(tables_read(x->package, found->part, f->memory, &x->tables, err));
  const sheet_options options = {.part = found->part,
                                 .strings = &x->strings,
                                 .styles = &x->styles,
                                 .from_1904 = x->workbook.from_1904,
                                 .rows_left_out = f->options->header.skip};
  TRY(sheet_open(x->package, &options, &x->sheet, err));
  return xlsx_header_read(f, &merged, err);
}

static status open_xlsx(input_file *f, const input_watch *watch, error *err) {
  char copied[PATH_BYTES];
  const char *path;
  const slice head = source_first_bytes(f->source);
  const bool is_compound = compound_recognise(head);
  xlsx_file *x = calloc(1, sizeof *x);
  if (x == NULL) {
    return error_no_memory(err, f->title);
  }
  f->self = x;
  x->ordinal = f->first_ordinal;
  if (head.length == 0) {
    return error_set(err, STATUS_DATA, "%s: is empty", f->title);
  }
  TRY(make_seekable(f, watch, copied, &path, err));
  return is_compound ? refuse_compound(f, path, err) : open_sheet(f, path, source_stop(f->source), err);
}

static void close_xlsx(input_file *f) {
  xlsx_file *x = f->self;
  if (x == NULL) {
    return;
  }
  sheet_close(x->sheet);
  package_close(x->package);
  if (x->has_strings) {
    strings_fini(&x->strings);
  }
  if (x->copy != NULL) {
    (void)fclose(x->copy);
  }
  sheet_rows_fini(&x->ahead);
  free(x);
  f->self = NULL;
}

static uint64_t position(const input_file *f) {
  const xlsx_file *x = f->self;
  const uint64_t size = source_size(f->source);
  const uint64_t at = x->package != NULL ? package_position(x->package) : 0;
  return at < size ? at : size;
}

/* ---- Pieces -------------------------------------------------------------------------------------- */

static void *piece_new(void) {
  return calloc(1, sizeof(sheet_rows));
}

static void piece_free(void *content) {
  sheet_rows_fini(content);
  free(content);
}

/* Moves up to RECORDS rows, a piece at most, from AHEAD to ROWS, which is empty. */
static bool take_ahead(xlsx_file *x, uint32_t records, sheet_rows *rows) {
  size_t taken = x->ahead.count < records ? x->ahead.count : records;
  while (taken > 1 && x->ahead.ends[taken - 2] >= INPUT_PIECE_BYTES_MAX) {
    taken--;
  }
  sheet_rows rest = {0};
  sheet_rows_clear(rows, x->ahead.first_number);
  sheet_rows_clear(&rest, x->ahead.first_number + taken);
  const bool well = sheet_rows_append(rows, &x->ahead, 0, taken) &&
                    sheet_rows_append(&rest, &x->ahead, taken, x->ahead.count - taken);
  sheet_rows_fini(&x->ahead);
  x->ahead = rest;
  return well;
}

/* Returns the rows beyond RECORDS, which blank rows may have added, to AHEAD. */
static bool give_back(xlsx_file *x, uint32_t records, sheet_rows *rows) {
  if (rows->count <= records) {
    x->ahead.first_number = rows->first_number + rows->count;
    return true;
  }
  sheet_rows_clear(&x->ahead, rows->first_number + records);
  if (!sheet_rows_append(&x->ahead, rows, records, rows->count - records)) {
    return false;
  }
  sheet_rows_cut(rows, records);
  return true;
}

static status cut(input_file *f, uint32_t records, input_piece *piece, error *err) {
  xlsx_file *x = f->self;
  sheet_rows *rows = piece->content;
  if (!take_ahead(x, records, rows)) {
    return error_no_memory(err, f->title);
  }
  if (rows->count < records && rows->bytes.length < INPUT_PIECE_BYTES_MAX) {
    TRY(sheet_next(x->sheet, records - rows->count, INPUT_PIECE_BYTES_MAX, rows, err));
    if (!give_back(x, records, rows)) {
      return error_no_memory(err, f->title);
    }
  }
  if (!piece_bytes_reserve(&rows->bytes, INPUT_MARGIN)) {
    return error_no_memory(err, f->title);
  }
  memset(rows->bytes.data + rows->bytes.length, 0, INPUT_MARGIN);
  if (sheet_formulas_without_result(x->sheet) > 0) {
    f->header.reading.notices |= 1U << FILE_NOTICE_FORMULAS;
  }
  memcpy(f->header.reading.remarks, sheet_remarks(x->sheet), sizeof f->header.reading.remarks);
  piece->first_ordinal = x->ordinal;
  piece->first_line = rows->first_number;
  piece->records = (uint32_t)rows->count;
  piece->is_end = rows->count == 0;
  x->ordinal += rows->count;
  return STATUS_OK;
}

static status undo(input_file *f, const input_piece *piece, error *err) {
  xlsx_file *x = f->self;
  const sheet_rows *rows = piece->content;
  sheet_rows all = {0};
  sheet_rows_clear(&all, rows->first_number);
  const bool well =
      sheet_rows_append(&all, rows, 0, rows->count) && sheet_rows_append(&all, &x->ahead, 0, x->ahead.count);
  sheet_rows_fini(&x->ahead);
  x->ahead = all;
  x->ordinal -= rows->count;
  return well ? STATUS_OK : error_no_memory(err, f->title);
}

/* ---- The row ------------------------------------------------------------------------------------- */

static bool recognise(slice head) {
  static const char zip[] = "PK\x03\x04";
  return (head.length >= sizeof zip - 1 && memcmp(head.bytes, zip, sizeof zip - 1) == 0) ||
         compound_recognise(head);
}

static const char *const endings[] = {".xlsx", ".xlsm", NULL};

const input_format input_xlsx = {
    .name = "xlsx",
    .endings = endings,
    .recognise = recognise,
    .of_bytes = true,
    .names_stand = "in the header of the sheet",
    .open = open_xlsx,
    .close = close_xlsx,
    .position = position,
    .piece_new = piece_new,
    .piece_free = piece_free,
    .cut = cut,
    .undo = undo,
    .decoder_new = xlsx_decoder_new,
    .decoder_free = xlsx_decoder_free,
    .decode = xlsx_decode,
    .find = xlsx_find,
};

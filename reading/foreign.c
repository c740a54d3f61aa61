/* One row for each kind; a row goes when its format becomes readable.  In advice FILE stands for the file's
 * name. */
#include "reading/foreign.h"

#include <string.h>

#include "base/buf.h"
#include "reading/raw.h"

enum { SEARCH_BYTES = 64 << 10 };

typedef struct foreign {
  const char *bytes; /* expected at OFFSET; NULL: the function below decides */
  size_t length, offset;
  bool (*is)(slice head);
  const char *what, *advice;
} foreign;

/* ---- Kinds that need a closer look --------------------------------------------------------------- */

static bool begins_with(slice text, const char *word) {
  const size_t length = strlen(word);
  return text.length >= length && strncasecmp(text.bytes, word, length) == 0;
}

static bool has(slice text, const char *word) {
  const size_t length = text.length < SEARCH_BYTES ? text.length : SEARCH_BYTES;
  return memmem(text.bytes, length, word, strlen(word)) != NULL;
}

/* What follows a byte-order mark and blanks. */
static slice text_of(slice head) {
  static const char mark[] = "\xef\xbb\xbf";
  if (head.length >= 3 && memcmp(head.bytes, mark, 3) == 0) {
    head = (slice){head.bytes + 3, head.length - 3};
  }
  while (head.length > 0 && strchr(" \t\r\n", head.bytes[0]) != NULL && head.bytes[0] != '\0') {
    head = (slice){head.bytes + 1, head.length - 1};
  }
  return head;
}

static bool is_html(slice head) {
  static const char *const tags[] = {"<!doctype html", "<html",  "<head", "<body",
                                     "<table",         "<meta ", "<div",  "<script"};
  const slice text = text_of(head);
  for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
    if (begins_with(text, tags[i])) {
      return true;
    }
  }
  return begins_with(text, "<?xml") && has(text, "<html");
}

static bool is_xml(slice head) {
  return begins_with(text_of(head), "<?xml");
}

static bool is_workbook_xml(slice head) {
  return is_xml(head) && (has(head, "Excel.Sheet") || has(head, "office:spreadsheet"));
}

/* What follows WORD and blanks; empty: TEXT does not begin with it. */
static slice text_after(slice text, const char *word) {
  const size_t length = strlen(word);
  return begins_with(text, word) ? text_of((slice){text.bytes + length, text.length - length})
                                 : (slice){"", 0};
}

/* "[{", with which no title begins. */
static bool is_json_array(slice head) {
  return begins_with(text_after(text_of(head), "["), "{");
}

/* "[[" and a text or a number; titles in brackets have other characters there. */
static bool is_json_rows(slice head) {
  const slice first = text_after(text_after(text_of(head), "["), "[");
  return first.length > 0 && first.bytes[0] != '\0' && strchr("\"-0123456789", first.bytes[0]) != NULL;
}

/* "[]" and no more. */
static bool is_empty_json_array(slice head) {
  const slice rest = text_after(text_of(head), "[");
  return begins_with(rest, "]") && text_after(rest, "]").length == 0;
}

/* The mark WORD, followed by a byte that no title has. */
static bool is_binary(slice head, const char *word) {
  const size_t length = strlen(word);
  return head.length > length && memcmp(head.bytes, word, length) == 0 &&
         (unsigned char)head.bytes[length] < ' ' && strchr("\t\r\n", head.bytes[length]) == NULL;
}

static bool is_parquet(slice head) {
  return is_binary(head, "PAR1");
}

static bool is_orc(slice head) {
  return is_binary(head, "ORC");
}

static bool is_tar(slice head) {
  enum { MARK_AT = 257, NEXT_AT = 262 };
  return head.length > NEXT_AT && memcmp(head.bytes + MARK_AT, "ustar", 5) == 0 &&
         (head.bytes[NEXT_AT] == '\0' || head.bytes[NEXT_AT] == ' ') &&
         memchr(head.bytes, '\0', MARK_AT) != NULL;
}

static bool is_pickle(slice head) {
  return head.length > 2 && (unsigned char)head.bytes[0] == 0x80 && head.bytes[1] >= 2 && head.bytes[1] <= 5;
}

/* ---- The table ----------------------------------------------------------------------------------- */

#define BYTES(bytes)        bytes, sizeof(bytes) - 1, 0, NULL
#define BYTES_AT(at, bytes) bytes, sizeof(bytes) - 1, at, NULL
#define LOOK(is)            NULL, 0, 0, is
#define AS_CSV              "save the sheet with the answers as CSV (libreoffice --headless --convert-to csv FILE)"

static const foreign kinds[] = {
    /* Tables of other programs. */
    {LOOK(is_workbook_xml), "an Excel workbook in XML", AS_CSV},
    {BYTES("ASCII SPSS PORT FILE"), "an SPSS portable file",
     "save it as .sav, or let PSPP do it: pspp-convert FILE FILE.sav"},
    {BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60"), "a SAS data set",
     "export it as .sav, .dta or CSV, or in R: haven::write_sav(haven::read_sas(\"FILE\"), \"FILE.sav\")"},
    {BYTES("HEADER RECORD*******LIB"), "a SAS transport file",
     "export it as .sav, .dta or CSV, or in R: haven::write_sav(haven::read_xpt(\"FILE\"), \"FILE.sav\")"},
    {BYTES("RDX2\nX"), "an R workspace", "in R: load(\"FILE\"), then write.csv(...) of the table in it"},
    {BYTES("RDX3\nX"), "an R workspace", "in R: load(\"FILE\"), then write.csv(...) of the table in it"},
    {BYTES("X\n\0\0\0"), "a table of R",
     "in R: write.csv(readRDS(\"FILE\"), \"FILE.csv\", row.names = FALSE)"},
    {LOOK(is_parquet), "a Parquet file", "duckdb -c \"COPY (FROM 'FILE') TO 'FILE.csv'\" makes CSV of it"},
    {BYTES("ARROW1\0"), "an Arrow or Feather file", "convert it to CSV"},
    {LOOK(is_orc), "an ORC file", "convert it to CSV"},
    {LOOK(is_pickle), "a pickled object of Python",
     "in Python: pandas.read_pickle(\"FILE\").to_csv(\"FILE.csv\")"},
    {BYTES("Obj\x01"), "an Avro file", "convert it to CSV"},
    {BYTES("\x89HDF\r\n"), "an HDF5 file", "export the table in it as CSV"},
    {BYTES("MATLAB 5.0 MAT"), "a MATLAB file", "export the table in it as CSV"},
    {BYTES("SQLite format 3"), "an SQLite database",
     "sqlite3 -header -csv FILE 'SELECT * FROM answers' makes CSV of the table `answers`"},
    {LOOK(is_json_array), "a JSON array",
     "write one object on each line: jq -c '.[]' FILE > FILE.ndjson (sqlite3 and duckdb write CSV with -csv "
     "-header in place of -json)"},
    {LOOK(is_json_rows), "a JSON array of arrays", "make CSV of it: jq -r '.[] | @csv' FILE > FILE.csv"},
    {LOOK(is_empty_json_array), "an empty JSON array", "name a file with answers"},
    /* Pages and pictures. */
    {LOOK(is_html), "an HTML page",
     "it may be a login page in place of the export, or a table that was saved as a web page: export the "
     "answers "
     "again, as CSV"},
    {LOOK(is_xml), "an XML document", "export the answers as CSV"},
    {BYTES("%PDF-"), "a PDF document", "export the data as CSV"},
    {BYTES("{\\rtf"), "a word processor's document", "save the table of answers as CSV"},
    {BYTES("\x89PNG"), "a picture", "export the answers as CSV"},
    {BYTES("\xff\xd8\xff"), "a picture", "export the answers as CSV"},
    {BYTES("GIF87a"), "a picture", "export the answers as CSV"},
    {BYTES("GIF89a"), "a picture", "export the answers as CSV"},
    {BYTES("\x7f"
           "ELF"),
     "a program", "name the file with the answers"},
    {BYTES("version https://git-lfs"), "a pointer of Git LFS and not the file", "git lfs pull fetches it"},
    /* Archives, and ways of packing. */
    {BYTES("PK\x05\x06"), "an empty ZIP archive", "name the file with the answers"},
    {BYTES("7z\xbc\xaf\x27\x1c"), "a 7z archive", "unpack it (7z x FILE) and name the file in it"},
    {BYTES("Rar!\x1a\x07"), "a RAR archive", "unpack it (unrar x FILE) and name the file in it"},
    {LOOK(is_tar), "a tar archive", "unpack it (tar -xf FILE) and name the file in it"},
    {BYTES("\xfd"
           "7zXZ"),
     "packed with xz", "unpack it (xz -d FILE), or pack it with gzip or zstd"},
    {BYTES_AT(4, "1AY&SY"), "packed with bzip2", "unpack it (bzip2 -d FILE), or pack it with gzip or zstd"},
    {BYTES("\x04\x22\x4d\x18"), "packed with lz4", "unpack it (lz4 -dm FILE), or pack it with gzip or zstd"},
    {BYTES("\x1f\x9d"), "packed with compress", "unpack it (gzip -d FILE), or pack it with gzip or zstd"},
    {BYTES("\x1f\x8b"), "packed with gzip twice", "unpack it once (gzip -d)"},
    {BYTES("\x28\xb5\x2f\xfd"), "packed with zstd twice", "unpack it once (zstd -d)"},
};

static bool is_kind(const foreign *f, slice head) {
  if (f->is != NULL) {
    return f->is(head);
  }
  return head.length >= f->offset + f->length && memcmp(head.bytes + f->offset, f->bytes, f->length) == 0;
}

/* Puts the name as a shell needs it; after a quote, as it is. */
static void put_name(buf *out, const char *title) {
  const char before = out->length > 0 ? (char)out->data[out->length - 1] : '\0';
  const bool is_plain =
      strspn(title, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == strlen(title);
  const char *quote = is_plain || before == '"' || before == '\'' || strchr(title, '\'') != NULL ? "" : "'";
  buf_put_text(out, quote);
  buf_put_text(out, title);
  buf_put_text(out, quote);
}

/* Puts the advice with the file's name in place of FILE. */
static void put_advice(buf *out, const char *advice, const char *title) {
  static const char mark[] = "FILE";
  if (strcmp(title, raw_title("-")) == 0) {
    title = mark; /* standard input has no name */
  }
  for (const char *at = advice; *at != '\0';) {
    const char *found = strstr(at, mark);
    const size_t length = found != NULL ? (size_t)(found - at) : strlen(at);
    buf_put(out, at, length);
    if (found != NULL) {
      put_name(out, title);
    }
    at += length + (found != NULL ? sizeof mark - 1 : 0);
  }
}

static const foreign *find(slice head) {
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (is_kind(&kinds[i], head)) {
      return &kinds[i];
    }
  }
  return NULL;
}

const char *foreign_name(slice head) {
  const foreign *found = find(head);
  return found != NULL ? found->what : NULL;
}

status foreign_refuse(const char *title, const char *what, const char *advice, error *err) {
  buf text;
  buf_init(&text);
  put_advice(&text, advice, title);
  const status st = error_set(err, STATUS_DATA, "%s: is %s, which cannot be read; %.*s", title, what,
                              (int)text.length, (const char *)text.data);
  buf_fini(&text);
  return st;
}

status foreign_check(slice head, const char *title, error *err) {
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (is_kind(&kinds[i], head)) {
      return foreign_refuse(title, kinds[i].what, kinds[i].advice, err);
    }
  }
  return STATUS_OK;
}

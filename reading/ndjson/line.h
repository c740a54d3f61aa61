/* A line of newline-delimited JSON as the members of one flat object.
 *
 * RFC 8259, bounded in depth (64), one pass, no tree.  A member of an object inside is named by its path:
 * {"a": {"b": 1}} has the member a.b.  Values are given as they are written, for the caller to interpret
 * those that it needs.  The text is well-formed UTF-8.
 */
#ifndef CANVASS_READING_NDJSON_LINE_H
#define CANVASS_READING_NDJSON_LINE_H

#include "base/arena.h"
#include "base/buf.h"

enum { LINE_DEPTH_MAX = 64, LINE_PROBLEM_BYTES = 160 };

typedef enum line_kind {
  LINE_NULL,
  LINE_WORD, /* true or false */
  LINE_NUMBER,
  LINE_TEXT, /* without its quotes */
  LINE_LIST, /* an array of the above, with its brackets */
  LINE_JSON, /* an array with arrays or objects in it */
} line_kind;

typedef struct line_value {
  line_kind kind;
  bool has_escapes; /* of a text */
  slice written;
} line_value;

typedef enum line_result {
  LINE_WELL,
  LINE_BROKEN,  /* the line is not an object */
  LINE_REFUSED, /* it has a NUL, which is not text */
  LINE_STOPPED, /* by the caller */
  LINE_NO_MEMORY
} line_result;

/* Takes a member; KEY is trimmed, and valid during the call.  False: stop. */
typedef bool (*line_member)(void *context, slice key, const line_value *value);

/* Zeroed at first; keeps its memory from line to line. */
typedef struct line_reader {
  const char *start, *at, *end;
  unsigned depth;
  buf path; /* of the current object, a point after each key */
  line_member member;
  void *context;
  char problem[LINE_PROBLEM_BYTES]; /* of a broken or refused line: its byte, and what is wrong there */
} line_reader;

void line_reader_fini(line_reader *r);
/* Gives the members of LINE, in order. */
line_result line_read(line_reader *r, slice line, line_member member, void *context);

/* Removes the first value from REST, which is initially a whole LIST.  False: it is empty. */
bool line_list_next(slice *rest, line_value *out);
/* The value of a TEXT, trimmed: within WRITTEN, or in MEMORY with 16 readable bytes after it.  False: out of
 * memory. */
bool line_text(const line_value *v, arena *memory, slice *text);
/* Spaces, tabs and carriage returns alone. */
bool line_is_blank(slice line);

#endif

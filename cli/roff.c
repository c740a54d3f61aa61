/* Escapes, and lines that stay short. */
#include "cli/roff.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

enum { LINE_BYTES = 78 };

/* One character of UTF-8 at TEXT, so that no macro, hyphenation or encoding changes it; its length. */
static size_t put_character(buf *out, const char *text) {
  static const struct {
    char character;
    const char *escape;
  } escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"},
                 {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}};
  for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
    if (*text == escapes[i].character) {
      buf_put_text(out, escapes[i].escape);
      return 1;
    }
  }
  const unsigned char first = (unsigned char)*text;
  if (first < 0x80) {
    buf_put_u8(out, first);
    return 1;
  }
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  unsigned point = first & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    point = point << 6 | ((unsigned char)text[i] & 0x3Fu);
  }
  buf_printf(out, "\\[u%04X]", point);
  return length;
}

static void put_escaped(buf *out, slice text) {
  for (size_t i = 0; i < text.length;) {
    i += put_character(out, text.bytes + i);
  }
}

void roff_title(buf *out, const char *name, unsigned section, const char *summary) {
  buf_printf(out, ".TH ");
  for (const char *c = name; *c != '\0'; c++) {
    buf_put_u8(out, (uint8_t)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c));
  }
  buf_printf(out, " %u \"%s\" \"canvass %s\" \"Canvass\"\n", section, CANVASS_DATE, CANVASS_VERSION);
  roff_heading(out, "NAME");
  put_escaped(out, slice_of(name));
  buf_printf(out, " \\- ");
  put_escaped(out, slice_of(summary));
  buf_printf(out, "\n");
}

void roff_heading(buf *out, const char *text) {
  buf_printf(out, ".SH %s\n", text);
}

void roff_subheading(buf *out, const char *text) {
  buf_printf(out, ".SS %s\n", text);
}

void roff_paragraph(buf *out) {
  const slice text = {(const char *)out->data, out->length > 0 ? out->length - 1 : 0};
  const char *end = text.length > 0 ? memrchr(text.bytes, '\n', text.length) : NULL;
  const char *line = end != NULL ? end + 1 : text.bytes;
  if (text.length == 0 || strncmp(line, ".S", 2) != 0) {
    buf_printf(out, ".PP\n");
  }
}

void roff_term(buf *out, const char *bold, const char *italic) {
  buf_printf(out, ".TP\n");
  if (bold[0] != '\0') {
    buf_printf(out, "\\fB");
    put_escaped(out, slice_of(bold));
    buf_printf(out, "\\fR");
  }
  if (italic[0] != '\0') {
    buf_printf(out, "%s\\fI", bold[0] != '\0' ? " " : "");
    put_escaped(out, slice_of(italic));
    buf_printf(out, "\\fR");
  }
  buf_printf(out, "\n");
}

void roff_lines(buf *out, const char *text) {
  roff_paragraph(out);
  buf_printf(out, ".EX\n");
  while (*text != '\0') {
    const size_t length = strcspn(text, "\n");
    if (length == 0) {
      buf_printf(out, "\\&");
    } else if (text[0] == '.') {
      buf_printf(out, "\\&");
    }
    put_escaped(out, (slice){text, length});
    buf_printf(out, "\n");
    text += length + (text[length] == '\n' ? 1 : 0);
  }
  buf_printf(out, ".EE\n");
}

/* ---- Filled text --------------------------------------------------------------------------------- */

typedef struct filling {
  buf *out;
  size_t used; /* bytes of the line */
  bool is_bold;
  bool is_in_term;
} filling;

static void end_line(filling *f) {
  if (f->used > 0) {
    buf_printf(f->out, "\n");
    f->used = 0;
  }
}

static void put_word(filling *f, slice word) {
  buf escaped;
  buf_init(&escaped);
  for (size_t i = 0; i < word.length;) {
    if (word.bytes[i] == '`') {
      f->is_bold = !f->is_bold;
      buf_printf(&escaped, f->is_bold ? "\\fB" : "\\fR");
      i++;
    } else {
      i += put_character(&escaped, word.bytes + i);
    }
  }
  if (f->used > 0 && f->used + 1 + escaped.length > LINE_BYTES) {
    end_line(f);
  }
  buf_printf(f->out, "%s%s", f->used > 0 ? " " : "", f->used == 0 && word.bytes[0] == '.' ? "\\&" : "");
  buf_put(f->out, escaped.data, escaped.length);
  f->used += escaped.length + 1;
  buf_fini(&escaped);
}

static void put_words(filling *f, slice line) {
  while (line.length > 0) {
    size_t length = 0;
    while (length < line.length && line.bytes[length] != ' ') {
      length++;
    }
    if (length > 0) {
      put_word(f, (slice){line.bytes, length});
    }
    length += length < line.length;
    line = (slice){line.bytes + length, line.length - length};
  }
}

/* How long the term is with which the line begins; 0: with none.  Behind the end of a sentence two blanks are
 * usual. */
static size_t term_of(slice line) {
  size_t length = 0;
  while (length < line.length && line.bytes[length] >= 'a' && line.bytes[length] <= 'z') {
    length++;
  }
  const bool is_term = length > 0 && length + 2 < line.length && memcmp(line.bytes + length, "  ", 2) == 0;
  return is_term ? length : 0;
}

static void put_line(filling *f, slice line) {
  const size_t term = term_of(line);
  if (line.length == 0 || (f->is_in_term && line.bytes[0] != ' ' && term == 0)) {
    end_line(f);
    roff_paragraph(f->out);
    f->is_in_term = false;
  }
  if (term > 0) {
    end_line(f);
    buf_printf(f->out, ".TP\n\\fB%.*s\\fR\n", (int)term, line.bytes);
    line = (slice){line.bytes + term, line.length - term};
    f->is_in_term = true;
  }
  put_words(f, line);
}

void roff_text(buf *out, const char *text) {
  filling f = {.out = out};
  while (*text != '\0') {
    const size_t length = strcspn(text, "\n");
    put_line(&f, (slice){text, length});
    text += length + (text[length] == '\n' ? 1 : 0);
  }
  end_line(&f);
}

/* The pen: styles, folding, paragraphs. */
#include "report/pen.h"

#include <string.h>

static const char *const style_codes[] = {[PEN_PLAIN] = "", [PEN_BOLD] = "\x1b[1m", [PEN_DIM] = "\x1b[2m"};

static void style_begin(const pen *p, pen_style style) {
  if (p->color) {
    buf_put(p->out, style_codes[style], strlen(style_codes[style]));
  }
}

static void style_end(const pen *p, pen_style style) {
  if (p->color && style != PEN_PLAIN) {
    buf_put(p->out, "\x1b[0m", 4);
  }
}

void pen_text(const pen *p, pen_style style, slice text) {
  if (text.length > 0) {
    style_begin(p, style);
    buf_put(p->out, text.bytes, text.length);
    style_end(p, style);
  }
}

void pen_words(const pen *p, pen_style style, const char *text) {
  pen_text(p, style, slice_of(text));
}

void pen_blanks(const pen *p, size_t count) {
  for (size_t i = 0; i < count; i++) {
    buf_put(p->out, " ", 1);
  }
}

void pen_repeat(const pen *p, pen_style style, const char *mark, size_t count) {
  style_begin(p, style);
  for (size_t i = 0; i < count; i++) {
    buf_put(p->out, mark, strlen(mark));
  }
  style_end(p, style);
}

void pen_line_end(const pen *p) {
  buf_put(p->out, "\n", 1);
}

static slice without_first_blanks(slice s) {
  while (s.length > 0 && s.bytes[0] == ' ') {
    s.bytes++;
    s.length--;
  }
  return s;
}

static size_t character_bytes(slice s) {
  size_t n = 1;
  while (n < s.length && ((unsigned char)s.bytes[n] & 0xC0) == 0x80) {
    n++;
  }
  return n;
}

/* CJK text breaks between any two characters: those from U+3000 on, whose first byte is 0xE3 or more. */
static bool breaks_after(const char *bytes, size_t at) {
  if (bytes[at - 1] == ' ') {
    return true;
  }
  size_t first = at - 1;
  while (first > 0 && ((unsigned char)bytes[first] & 0xC0) == 0x80) {
    first--;
  }
  return (unsigned char)bytes[first] >= 0xE3;
}

slice pen_fold(slice *rest, size_t columns) {
  *rest = without_first_blanks(*rest);
  if (rest->length == 0) {
    return *rest;
  }
  slice line = text_fit(*rest, columns);
  if (line.length == 0) {
    line = (slice){rest->bytes, character_bytes(*rest)};
  }
  if (line.length < rest->length && rest->bytes[line.length] != ' ') {
    size_t at = line.length;
    while (at > 0 && !breaks_after(line.bytes, at)) {
      at--;
    }
    line.length = at > 0 ? at : line.length;
  }
  rest->bytes += line.length;
  rest->length -= line.length;
  *rest = without_first_blanks(*rest);
  while (line.length > 0 && line.bytes[line.length - 1] == ' ') {
    line.length--;
  }
  return line;
}

size_t pen_fold_count(slice text, size_t columns) {
  size_t lines = 0;
  do {
    (void)pen_fold(&text, columns);
    lines++;
  } while (text.length > 0);
  return lines;
}

size_t pen_word_width(slice text) {
  size_t widest = 0;
  size_t begin = 0;
  for (size_t i = 0; i < text.length;) {
    i += character_bytes((slice){text.bytes + i, text.length - i});
    if (i == text.length || breaks_after(text.bytes, i)) {
      size_t width = text_width(slice_trim((slice){text.bytes + begin, i - begin}));
      widest = width > widest ? width : widest;
      begin = i;
    }
  }
  return widest;
}

void pen_paragraph(const pen *p, pen_style style, size_t indent, const char *lead, slice text) {
  size_t hang = indent + text_width(slice_of(lead));
  size_t width = p->columns > hang + 20 ? p->columns - hang : 20;
  bool is_first = true;
  do {
    slice line = pen_fold(&text, width);
    pen_blanks(p, is_first ? indent : hang);
    pen_words(p, style, is_first ? lead : "");
    pen_text(p, style, line);
    pen_line_end(p);
    is_first = false;
  } while (text.length > 0);
}

/* Places inside a text: the value that YAML read is followed along the page, character by character, so
 * that quotes, escapes and folded lines do not shift the columns of messages. */
#include "specification/node.h"

typedef struct cursor {
  slice page;
  size_t byte;
  place at;
} cursor;

static char here(const cursor *c) {
  return c->byte < c->page.length ? c->page.bytes[c->byte] : '\0';
}

static bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void advance(cursor *c) {
  if (c->byte >= c->page.length) {
    return;
  }
  if (here(c) == '\n') {
    c->at = (place){.line = c->at.line + 1, .column = 1};
  } else {
    c->at.column++;
  }
  do {
    c->byte++;
  } while (((unsigned char)here(c) & 0xC0) == 0x80);
}

static void skip_blanks(cursor *c) {
  while (is_blank(here(c))) {
    advance(c);
  }
}

/* Characters that the escape at the cursor takes; 0: it is a line that goes on. */
static unsigned escape_length(const cursor *c) {
  char code = c->byte + 1 < c->page.length ? c->page.bytes[c->byte + 1] : '\0';
  switch (code) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    case '\n':
    case '\r':
      return 0;
    default:
      return 2;
  }
}

/* To where the character BYTE of the text is written. */
static void seek(cursor *c, node_style style, char byte) {
  if (!is_blank(byte)) {
    skip_blanks(c);
  }
  while (style == STYLE_DOUBLE_QUOTED && here(c) == '\\' && escape_length(c) == 0) {
    advance(c);
    skip_blanks(c);
  }
}

static void pass(cursor *c, node_style style, char byte) {
  unsigned characters = 1;
  if (style == STYLE_DOUBLE_QUOTED && here(c) == '\\') {
    characters = escape_length(c);
  } else if (style == STYLE_SINGLE_QUOTED && byte == '\'') {
    characters = 2;
  } else if (byte == ' ' && here(c) != ' ') {
    skip_blanks(c); /* a folded line */
    return;
  }
  while (characters-- > 0) {
    advance(c);
  }
}

place node_place(const node *n, slice page, size_t offset) {
  if (n->at.source != NULL) {
    return n->at; /* a cell of a table */
  }
  cursor c = {.page = page, .at = n->at};
  for (size_t i = 0; i < n->start && c.byte < page.length; i++) {
    do {
      c.byte++;
    } while (((unsigned char)here(&c) & 0xC0) == 0x80);
  }
  if (n->style == STYLE_BLOCK) {
    while (here(&c) != '\n' && c.byte < page.length) {
      advance(&c);
    }
  } else if (n->style != STYLE_PLAIN) {
    advance(&c);
  }
  for (size_t i = 0; i < n->text.length; i++) {
    char byte = n->text.bytes[i];
    if (((unsigned char)byte & 0xC0) == 0x80) {
      continue;
    }
    seek(&c, n->style, byte);
    if (i >= offset) {
      break;
    }
    pass(&c, n->style, byte);
  }
  return c.at;
}

place node_item_place(const node *n, uint32_t index, uint32_t count) {
  return n->kind == NODE_LIST && n->count == count ? n->items[index]->at : n->at;
}

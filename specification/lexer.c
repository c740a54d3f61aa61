/* Words of `where`, `by` and `compute`.  An identifier is made of letters, digits, _ and . (no digit or .
 * first); every character outside ASCII is a letter. */
#include "specification/lexer.h"

#include <string.h>

static bool is_letter(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || (byte & 0x80) != 0;
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* Signs of arithmetic, as keyboards and as print have them. */
static const struct {
  const char *written, *meant;
} arithmetic_signs[] = {{"+", "+"}, {"-", "-"}, {"*", "*"}, {"/", "/"}, {"−", "-"}, {"×", "*"}, {"÷", "/"}};

static char at(const lexer *l, size_t offset) {
  return l->at + offset < l->text.length ? l->text.bytes[l->at + offset] : '\0';
}

static token make(const lexer *l, token_kind kind, size_t bytes) {
  return (token){.kind = kind, .text = {l->text.bytes + l->at, bytes}, .start = l->at, .bytes = bytes};
}

/* The sign of arithmetic OFFSET bytes on; its bytes in *BYTES, or 0. */
static const char *arithmetic_sign(const lexer *l, size_t offset, size_t *bytes) {
  *bytes = 0;
  for (size_t i = 0; l->arithmetic && i < sizeof arithmetic_signs / sizeof arithmetic_signs[0]; i++) {
    const size_t length = strlen(arithmetic_signs[i].written);
    if (l->text.length - l->at >= offset + length &&
        memcmp(l->text.bytes + l->at + offset, arithmetic_signs[i].written, length) == 0) {
      *bytes = length;
      return arithmetic_signs[i].meant;
    }
  }
  return NULL;
}

static token wrong(const lexer *l, size_t bytes, const char *what) {
  return (token){.kind = TOKEN_WRONG, .text = slice_of(what), .start = l->at, .bytes = bytes};
}

static token quoted(const lexer *l, token_kind kind, char quote) {
  char *text = arena_alloc(l->memory, l->text.length - l->at);
  size_t length = 0;
  size_t i = 1;
  if (text == NULL) {
    return wrong(l, 1, "out of memory");
  }
  for (; l->at + i < l->text.length; i++) {
    if (at(l, i) == quote) {
      if (at(l, i + 1) != quote) {
        break;
      }
      i++;
    }
    text[length++] = at(l, i);
  }
  if (l->at + i >= l->text.length) {
    return wrong(l, 1, "this quote is not closed");
  }
  return (token){.kind = kind, .text = {text, length}, .start = l->at, .bytes = i + 1};
}

static token word(const lexer *l) {
  static const char *const keywords[] = {"and", "or", "not", "in", "missing", "has"};
  size_t bytes = 1;
  size_t other;
  while ((is_letter(at(l, bytes)) || is_digit(at(l, bytes)) || at(l, bytes) == '.') &&
         arithmetic_sign(l, bytes, &other) == NULL) {
    bytes++;
  }
  token t = make(l, TOKEN_NAME, bytes);
  for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
    if (slice_equal(t.text, slice_of(keywords[i]))) {
      t.kind = TOKEN_KEYWORD;
    }
  }
  return t;
}

static token number(const lexer *l) {
  size_t bytes = 1;
  while (is_digit(at(l, bytes)) || at(l, bytes) == '.') {
    bytes++;
  }
  size_t other;
  return is_letter(at(l, bytes)) && arithmetic_sign(l, bytes, &other) == NULL
             ? wrong(l, bytes, "write a name that begins with a digit in backquotes")
             : make(l, TOKEN_NUMBER, bytes);
}

static token sign(const lexer *l) {
  /* Longer ones first. */
  static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">", "(", ")", ",", "*"};
  static const char *const slips[][2] = {
      {"=", "write == to compare"},
      {"&", "write and"},
      {"|", "write or"},
      {"!", "write not"},
      {"-", "write a name with - in backquotes, and a date in quotes"},
  };
  for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
    size_t bytes = strlen(signs[i]);
    if (l->text.length - l->at >= bytes && memcmp(l->text.bytes + l->at, signs[i], bytes) == 0) {
      return at(l, 0) == '<' && at(l, 1) == '>' ? wrong(l, 2, "write != for not equal")
                                                : make(l, TOKEN_SIGN, bytes);
    }
  }
  for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
    if (at(l, 0) == slips[i][0][0]) {
      return wrong(l, 1, slips[i][1]);
    }
  }
  return wrong(l, 1, "this character has no meaning here");
}

token lexer_next(lexer *l) {
  while (at(l, 0) == ' ' || at(l, 0) == '\t' || at(l, 0) == '\n' || at(l, 0) == '\r') {
    l->at++;
  }
  token t;
  char first = at(l, 0);
  size_t bytes;
  const char *meant = arithmetic_sign(l, 0, &bytes);
  if (l->at >= l->text.length) {
    t = make(l, TOKEN_END, 0);
  } else if (meant != NULL) {
    t = make(l, TOKEN_SIGN, bytes);
    t.text = slice_of(meant);
  } else if (first == '`') {
    t = quoted(l, TOKEN_NAME, first);
  } else if (first == '\'' || first == '"') {
    t = quoted(l, TOKEN_TEXT, first);
  } else if (is_digit(first) || ((first == '-' || first == '.' || first == '+') && is_digit(at(l, 1))) ||
             (first == '-' && at(l, 1) == '.' && is_digit(at(l, 2)))) {
    t = number(l);
  } else {
    t = is_letter(first) ? word(l) : sign(l);
  }
  l->at += t.bytes;
  return t;
}

token lexer_extend(lexer *l, const token *t) {
  l->at = t->start;
  token all = *t;
  while (is_digit(at(l, all.bytes)) ||
         (strchr("-/.:", at(l, all.bytes)) != NULL && is_digit(at(l, all.bytes + 1)))) {
    all.bytes++;
  }
  all.text = (slice){l->text.bytes + l->at, all.bytes};
  l->at += all.bytes;
  return all;
}

bool token_is(const token *t, const char *text) {
  return (t->kind == TOKEN_KEYWORD || t->kind == TOKEN_SIGN) && slice_equal(t->text, slice_of(text));
}

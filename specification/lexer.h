/* Words of the small languages inside texts (`where`, `by`, `compute`): names, numbers, quoted texts, signs.
 * Private to specification. */
#ifndef CANVASS_SPECIFICATION_LEXER_H
#define CANVASS_SPECIFICATION_LEXER_H

#include "base/arena.h"

typedef enum token_kind {
  TOKEN_END,
  TOKEN_NAME,    /* an identifier, or anything in backquotes */
  TOKEN_KEYWORD, /* and or not in missing has */
  TOKEN_NUMBER,
  TOKEN_TEXT, /* in ' or "; a doubled quote stands for itself */
  TOKEN_SIGN, /* ( ) , * == != < <= > >=, and in arithmetic + - / and the signs of print */
  TOKEN_WRONG,
} token_kind;

typedef struct token {
  token_kind kind;
  slice text;          /* of names and quoted texts: without quotes; of wrong ones: what to do */
  size_t start, bytes; /* in the text */
} token;

typedef struct lexer {
  arena *memory;
  slice text;
  size_t at;
  bool arithmetic; /* `compute`: a - is a sign of its own, and − × ÷ are - * / */
} lexer;

token lexer_next(lexer *l);
/* T, a number that was read last, with what follows it as in 2025-07-31, 31.7.2025 or 14:30; the lexer goes
 * on after it. */
token lexer_extend(lexer *l, const token *t);
bool token_is(const token *t, const char *text); /* a keyword or a sign */

#endif

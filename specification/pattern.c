/* Patterns over names: * is any run of characters, ? any one character. */
#include <string.h>

#include "base/buf.h"
#include "base/tidy.h"
#include "specification/compile.h"

bool pattern_is(slice text) {
  return memchr(text.bytes, '*', text.length) != NULL || memchr(text.bytes, '?', text.length) != NULL;
}

static size_t character_bytes(slice text, size_t at) {
  size_t end = at + 1;
  while (end < text.length && ((unsigned char)text.bytes[end] & 0xC0) == 0x80) {
    end++;
  }
  return end - at;
}

static bool matches(slice wanted, slice text) {
  size_t p = 0;
  size_t t = 0;
  bool starred = false;
  size_t star_p = 0;
  size_t star_t = 0;
  while (t < text.length) {
    if (p < wanted.length && wanted.bytes[p] == '*') {
      starred = true;
      star_p = ++p;
      star_t = t;
    } else if (p < wanted.length && wanted.bytes[p] == '?') {
      p++;
      t += character_bytes(text, t);
    } else if (p < wanted.length && wanted.bytes[p] == text.bytes[t]) {
      p++;
      t++;
    } else if (starred) {
      star_t += character_bytes(text, star_t);
      p = star_p;
      t = star_t;
    } else {
      return false;
    }
  }
  while (p < wanted.length && wanted.bytes[p] == '*') {
    p++;
  }
  return p == wanted.length;
}

/* WANTED and TEXT as titles look (base/tidy.h). */
typedef struct looks {
  slice wanted, text;
  char rooms[2][TIDY_GROWTH * TIDY_ALIKE_BYTES];
} looks;

/* False: they look as they are written, or are too long. */
static bool look_at(looks *l, slice wanted, slice text) {
  if (wanted.length > TIDY_ALIKE_BYTES || text.length > TIDY_ALIKE_BYTES) {
    return false;
  }
  l->wanted = tidy_title(wanted, l->rooms[0]);
  l->text = tidy_title(text, l->rooms[1]);
  return l->wanted.bytes != wanted.bytes || l->text.bytes != text.bytes;
}

bool pattern_matches(slice wanted, slice text) {
  looks l;
  return matches(wanted, text) || (look_at(&l, wanted, text) && matches(l.wanted, l.text));
}

uint32_t pattern_stars(slice text) {
  uint32_t stars = 0;
  for (size_t i = 0; i < text.length; i++) {
    stars += text.bytes[i] == '*';
  }
  return stars;
}

/* The next piece of a pattern, up to its next * or its end. */
static slice next_piece(slice *rest) {
  const char *star = memchr(rest->bytes, '*', rest->length);
  const size_t length = star != NULL ? (size_t)(star - rest->bytes) : rest->length;
  const slice piece = {rest->bytes, length};
  const size_t taken = star != NULL ? length + 1 : length;
  *rest = (slice){rest->bytes + taken, rest->length - taken};
  return piece;
}

static const char *find_piece(slice text, slice piece) {
  return piece.length == 0 ? text.bytes : memmem(text.bytes, text.length, piece.bytes, piece.length);
}

/* TOOK, which may be NULL, has room for the * of COLUMNS. */
static bool match_stars(slice columns, slice title, slice *took) {
  const uint32_t stars = pattern_stars(columns);
  slice rest = columns;
  slice first = next_piece(&rest);
  if (title.length < first.length || memcmp(title.bytes, first.bytes, first.length) != 0) {
    return false;
  }
  title = (slice){title.bytes + first.length, title.length - first.length};
  for (uint32_t i = 0; i < stars; i++) {
    const slice piece = next_piece(&rest);
    const bool is_last = i + 1 == stars;
    const char *at = is_last && title.length >= piece.length ? title.bytes + title.length - piece.length
                     : is_last                               ? NULL
                                                             : find_piece(title, piece);
    if (at == NULL || memcmp(at, piece.bytes, piece.length) != 0) {
      return false;
    }
    const size_t length = (size_t)(at - title.bytes);
    if (took != NULL) {
      took[i] = (slice){title.bytes, length};
    }
    title = (slice){at + piece.length, title.length - length - piece.length};
  }
  return title.length == 0;
}

pattern pattern_of_entry(const node *key, const node *body) {
  const node *column = node_get(body, "column");
  return (pattern){.key = key,
                   .body = body,
                   .columns = column != NULL ? column->text : key->text,
                   .renames = column != NULL};
}

/* The rests that the * took are of TITLE, or of it as it looks, in A. */
static bool match_looks(arena *a, slice columns, slice title, slice *took) {
  looks l;
  if (match_stars(columns, title, took)) {
    return true;
  }
  if (!look_at(&l, columns, title)) {
    return false;
  }
  const slice kept = took != NULL ? arena_slice(a, l.text) : l.text;
  return match_stars(l.wanted, kept, took);
}

bool pattern_has(const pattern *p, slice title) {
  return p->renames ? match_looks(NULL, p->columns, title, NULL) : pattern_matches(p->columns, title);
}

bool pattern_check(compilation *c, const pattern *p) {
  const bool all_mean_something = !p->renames || pattern_stars(p->key->text) <= pattern_stars(p->columns);
  if (!all_mean_something) {
    problem_at(c->problems, p->key->at,
               "'%s' has more * than its column '%s', so not all of them mean something",
               problem_quote(c->problems, p->key->text), problem_quote(c->problems, p->columns));
  }
  return all_mean_something;
}

static void put_piece(buf *out, slice piece) {
  buf_put(out, piece.bytes, piece.length);
}

const char *pattern_renamed(arena *a, slice name, slice columns, slice title) {
  const uint32_t stars = pattern_stars(columns);
  const uint32_t wanted = pattern_stars(name);
  slice *took = ARENA_ARRAY(a, slice, (size_t)stars + 1);
  if (took == NULL || !match_looks(a, columns, title, took)) {
    return NULL;
  }
  buf made;
  buf_init(&made);
  slice rest = name;
  put_piece(&made, next_piece(&rest));
  for (uint32_t i = 0; i < wanted; i++) {
    const uint32_t end = i + 1 == wanted ? stars : i + 1;
    for (uint32_t k = i; k < end; k++) {
      buf_printf(&made, "%s%.*s", k > i ? "_" : "", SLICE_ARG(took[k]));
    }
    put_piece(&made, next_piece(&rest));
  }
  const char *copy = made.failed ? NULL : arena_copy(a, (slice){(const char *)made.data, made.length});
  buf_fini(&made);
  return copy;
}

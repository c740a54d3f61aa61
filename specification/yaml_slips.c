/* Looks for slips: in the page's text where it is not YAML, in the tree where YAML gives it another meaning.
 */
#include "specification/yaml_slips.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "specification/slips.h"

static const char *kept(const problem_list *p, const buf *text) {
  const char *copy =
      text->failed ? NULL : arena_copy(p->memory, (slice){(const char *)text->data, text->length});
  return copy != NULL ? copy : "";
}

const char *yaml_slip_of_text(const problem_list *p, slice text) {
  size_t at = 0;
  const wide_sign *wide = slip_wide(text, &at);
  if (wide == NULL) {
    return "";
  }
  buf advice;
  buf_init(&advice);
  buf_printf(&advice, "; write %s for '%s'", wide->meant, wide->shown);
  const char *copy = kept(p, &advice);
  buf_fini(&advice);
  return copy;
}

/* ---- Where it is not YAML ------------------------------------------------------------------------ */

/* A line of a page, up to its end or a comment. */
typedef struct line {
  slice text;
  size_t begin; /* in the page */
  uint32_t number;
} line;

static line line_at(slice page, size_t byte) {
  line l = {.number = 1};
  for (size_t i = 0; i < byte && i < page.length; i++) {
    if (page.bytes[i] == '\n') {
      l.begin = i + 1;
      l.number++;
    }
  }
  const char *end = memchr(page.bytes + l.begin, '\n', page.length - l.begin);
  l.text = (slice){page.bytes + l.begin,
                   end != NULL ? (size_t)(end - page.bytes) - l.begin : page.length - l.begin};
  return l;
}

static bool is_blank(slice text) {
  return slice_trim(text).length == 0;
}

/* The last line before L that is not blank; L itself when there is none. */
static line line_before(slice page, line l) {
  line before = l;
  while (before.begin > 0) {
    before = line_at(page, before.begin - 1);
    if (!is_blank(before.text)) {
      return before;
    }
  }
  return l;
}

static size_t byte_of(slice page, size_t character) {
  size_t byte = 0;
  for (size_t i = 0; i < character && byte < page.length; i++) {
    do {
      byte++;
    } while (byte < page.length && ((unsigned char)page.bytes[byte] & 0xC0) == 0x80);
  }
  return byte;
}

static place place_in(const line *l, size_t byte) {
  place at = {.line = l->number, .column = 1};
  for (size_t i = 0; i < byte; i++) {
    at.column += ((unsigned char)l->text.bytes[i] & 0xC0) != 0x80;
  }
  return at;
}

/* Whether the sign at BYTE, outside quotes, is part of the structure rather than of a text: a colon stands
 * after a key, which is at the beginning of the line or after a brace or a comma. */
static bool is_structural(slice text, size_t byte, const wide_sign *wide) {
  if (strcmp(wide->sign.bytes, "：") != 0) {
    return true;
  }
  const slice before = {text.bytes, byte};
  for (size_t i = before.length; i-- > 0;) {
    if (strchr("{,[", before.bytes[i]) != NULL ||
        (before.bytes[i] == ' ' && i > 0 && before.bytes[i - 1] == '-')) {
      return true;
    }
    if (before.bytes[i] == ' ' && i > 0 && before.bytes[i - 1] == ':') {
      return false;
    }
  }
  return true;
}

/* The first such sign in the line, outside quotes and comments; NULL: there is none. */
static const wide_sign *wide_in(const line *l, size_t *at) {
  char quote = '\0';
  for (size_t i = 0; i < l->text.length; i++) {
    const char byte = l->text.bytes[i];
    const bool begins = i == 0 || strchr(" {[,:", l->text.bytes[i - 1]) != NULL;
    if (quote != '\0') {
      quote = byte == quote ? '\0' : quote;
    } else if ((byte == '"' || byte == '\'') && begins) {
      quote = byte;
    } else if (byte == '#' && begins) {
      return NULL;
    } else if ((unsigned char)byte >= 0xC2) {
      const wide_sign *wide = slip_wide_at((slice){l->text.bytes + i, l->text.length - i});
      if (wide != NULL && is_structural(l->text, i, wide)) {
        *at = i;
        return wide;
      }
    }
  }
  return NULL;
}

/* Where a space is missing after a colon, as in "q1:{type: scale}"; the line's length when nowhere. */
static size_t find_tight_colon(const line *l) {
  const slice t = l->text;
  for (size_t i = 1; i + 1 < t.length; i++) {
    const bool is_key = strchr(" {},[]\"'", t.bytes[i - 1]) == NULL;
    if (t.bytes[i] == ':' && is_key && strchr("{[\"'", t.bytes[i + 1]) != NULL) {
      return i;
    }
  }
  return t.length;
}

static bool has_condition(const line *l) {
  static const char key[] = "where:";
  for (size_t i = 0; i + sizeof key <= l->text.length; i++) {
    if (memcmp(l->text.bytes + i, key, sizeof key - 1) == 0) {
      return true;
    }
  }
  return false;
}

static const char *plain_advice(slice page, size_t byte, const char *what) {
  if (strstr(what, "cannot start any token") != NULL) {
    return byte < page.length && page.bytes[byte] == '\t' ? "; indent with spaces, not with tabs"
                                                          : "; put the text in quotes";
  }
  return strstr(what, "mapping values") != NULL || strstr(what, "expected ','") != NULL
             ? "; a text with ':' or ',' in it needs quotes, and every bracket its other half"
             : "";
}

const char *yaml_slip_of_error(const problem_list *p, slice page, size_t character, const char *what,
                               place *at) {
  const size_t byte = byte_of(page, character);
  const line here = line_at(page, byte);
  const line lines[] = {here, line_before(page, here)};
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    size_t in_line = 0;
    const wide_sign *wide = wide_in(&lines[i], &in_line);
    if (wide != NULL) {
      *at = place_in(&lines[i], in_line);
      return yaml_slip_of_text(p, wide->sign);
    }
  }
  const size_t colon = find_tight_colon(&here);
  if (colon < here.text.length) {
    *at = place_in(&here, colon);
    return "; write a space after ':'";
  }
  return has_condition(&here) ? "; put the whole condition in quotes, where: \"...\""
                              : plain_advice(page, byte, what);
}

/* ---- Where it has another meaning ---------------------------------------------------------------- */

/* Whether TEXT is like "type:scale". */
static bool is_tight_pair(slice text) {
  size_t i = 0;
  while (i < text.length && ((text.bytes[i] >= 'a' && text.bytes[i] <= 'z') || text.bytes[i] == '_')) {
    i++;
  }
  return i > 0 && i + 1 < text.length && text.bytes[i] == ':';
}

bool yaml_slip_in_key(problem_list *p, const node *key, bool has_value) {
  static const char *const dashes[] = {"－ ", "— ", "– "};
  size_t at = 0;
  for (size_t i = 0; key->style == STYLE_PLAIN && i < sizeof dashes / sizeof dashes[0]; i++) {
    const size_t length = strlen(dashes[i]);
    if (key->text.length > length && memcmp(key->text.bytes, dashes[i], length) == 0) {
      problem_at(p, key->at, "'%s' begins no list; write '-' and a space",
                 problem_quote(p, (slice){dashes[i], length - 1}));
      return true;
    }
  }
  if (has_value || key->style != STYLE_PLAIN) {
    return false;
  }
  for (slice rest = key->text; rest.length > 0;) {
    const wide_sign *wide = slip_wide(rest, &at);
    if (wide == NULL) {
      break;
    }
    if (strcmp(wide->sign.bytes, "：") == 0) {
      problem_at(p, key->at, "'%s' has no value; write ':' and a space for '：'",
                 problem_quote(p, key->text));
      return true;
    }
    rest = (slice){rest.bytes + at + wide->sign.length, rest.length - at - wide->sign.length};
  }
  if (is_tight_pair(key->text)) {
    problem_at(p, key->at, "'%s' has no value; write a space after ':'", problem_quote(p, key->text));
    return true;
  }
  return false;
}

/* Whether TEXT opens a parenthesis or a quote that it does not close. */
static bool is_open(slice text) {
  size_t depth = 0;
  char quote = '\0';
  for (size_t i = 0; i < text.length; i++) {
    const char byte = text.bytes[i];
    if (quote != '\0') {
      quote = byte == quote ? '\0' : quote;
    } else if (byte == '"' || byte == '\'') {
      const bool is_apostrophe = i > 0 && strchr(" (=<>,", text.bytes[i - 1]) == NULL; /* "Don't know" */
      quote = is_apostrophe ? '\0' : byte;
    } else if (byte == '(') {
      depth++;
    } else if (byte == ')' && depth > 0) {
      depth--;
    }
  }
  return depth > 0 || quote != '\0';
}

/* The page from the beginning of FROM to the end of TO, both plain. */
static slice span_of(slice page, const node *from, const node *to) {
  const size_t begin = byte_of(page, from->start);
  const size_t end = byte_of(page, to->start) + to->text.length;
  return end <= page.length && begin < end ? (slice){page.bytes + begin, end - begin} : from->text;
}

/* TEXT in quotes of the kind that it does not contain. */
static const char *in_quotes(const problem_list *p, slice text) {
  const bool has_double = memchr(text.bytes, '"', text.length) != NULL;
  const bool has_single = memchr(text.bytes, '\'', text.length) != NULL;
  const char *quote = has_double ? "'" : "\"";
  buf out;
  buf_init(&out);
  buf_put_text(&out, quote);
  for (size_t i = 0; i < text.length; i++) {
    if (has_double && has_single && text.bytes[i] == '\'') {
      buf_put_text(&out, "'");
    }
    buf_put(&out, &text.bytes[i], 1);
  }
  buf_put_text(&out, quote);
  const char *copy = kept(p, &out);
  buf_fini(&out);
  return copy;
}

static bool is_plain(const node *n) {
  return n->kind == NODE_TEXT && n->style == STYLE_PLAIN;
}

/* Whether key INDEX may be the rest of a text that a comma has cut. */
static bool is_rest(const node *map, uint32_t index) {
  return index > 0 && index < map->count && map->items[index]->kind == NODE_EMPTY &&
         is_plain(map->keys[index]);
}

void yaml_slip_join(arena *a, problem_list *p, slice page, node *map) {
  for (uint32_t i = 0; i < map->count; i++) {
    node *value = map->items[i];
    uint32_t last = i;
    slice whole = value->text;
    while (is_plain(value) && is_open(whole) && is_rest(map, last + 1)) {
      whole = span_of(page, value, map->keys[++last]);
    }
    if (last == i || is_open(whole)) {
      continue;
    }
    value->text = arena_slice(a, whole);
    problem_at(p, value->at, "%s: in braces a comma ends the value; put it in quotes: %s: %s",
               problem_quote(p, map->keys[i]->text), problem_quote(p, map->keys[i]->text),
               in_quotes(p, whole));
    const uint32_t taken = last - i;
    for (uint32_t k = i + 1; k + taken < map->count; k++) {
      map->keys[k] = map->keys[k + taken];
      map->items[k] = map->items[k + taken];
    }
    map->count -= taken;
  }
}

const char *yaml_slip_of_key(const problem_list *p, const node *map, uint32_t index) {
  const char *advice = yaml_slip_of_text(p, map->keys[index]->text);
  if (advice[0] != '\0' || !is_rest(map, index) || !is_plain(map->items[index - 1])) {
    return advice;
  }
  buf out;
  buf whole;
  buf_init(&out);
  buf_init(&whole);
  buf_printf(&whole, "%.*s, %.*s", SLICE_ARG(map->items[index - 1]->text), SLICE_ARG(map->keys[index]->text));
  buf_printf(&out, "; in braces a comma ends the value: write %s: %s",
             problem_quote(p, map->keys[index - 1]->text),
             in_quotes(p, (slice){(const char *)whole.data, whole.length}));
  const char *copy = whole.failed ? "" : kept(p, &out);
  buf_fini(&whole);
  buf_fini(&out);
  return copy;
}

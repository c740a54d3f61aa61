#include "specification/proposal/edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

typedef struct addition {
  size_t at;     /* bytes from the start of the page */
  size_t indent; /* of new lines; of several at one place those further in belong to what is above them */
  uint32_t made; /* in this order */
  slice text;
  const node *holder; /* the map or list that it is in; NULL: lines of their own */
  slice item;
} addition;

struct edit {
  slice page;
  const node *root;
  arena *memory;
  addition *list;
  uint32_t count;
  size_t capacity;
  const char *line_end;
  bool failed;
};

edit *edit_new(slice page, const node *root) {
  edit *e = calloc(1, sizeof *e);
  arena *memory = arena_new();
  if (e == NULL || memory == NULL) {
    free(e);
    arena_destroy(memory);
    return NULL;
  }
  const char *newline = page.length > 0 ? memchr(page.bytes, '\n', page.length) : NULL;
  const bool has_return = newline != NULL && newline > page.bytes && newline[-1] == '\r';
  *e = (edit){.page = page, .root = root, .memory = memory, .line_end = has_return ? "\r\n" : "\n"};
  return e;
}

void edit_destroy(edit *e) {
  if (e != NULL) {
    free(e->list);
    arena_destroy(e->memory);
    free(e);
  }
}

/* TEXT before byte AT, with the page's ends of lines. */
static void add(edit *e, size_t at, size_t indent, slice text) {
  buf out;
  buf_init(&out);
  for (size_t i = 0; i < text.length; i++) {
    if (text.bytes[i] == '\n') {
      buf_printf(&out, "%s", e->line_end);
    } else {
      buf_put(&out, text.bytes + i, 1);
    }
  }
  const bool well = ARRAY_ROOM(e->list, e->count, e->capacity) && !out.failed;
  e->failed = e->failed || !well;
  if (well) {
    const slice kept = arena_slice(e->memory, (slice){(const char *)out.data, out.length});
    e->list[e->count] = (addition){.at = at, .indent = indent, .made = e->count, .text = kept};
    e->count++;
  }
  buf_fini(&out);
}

/* ---- Places -------------------------------------------------------------------------------------- */

size_t edit_place(const edit *e, const node *n) {
  size_t at = 0;
  for (size_t i = 0; i < n->start && at < e->page.length; i++) {
    at++;
    while (at < e->page.length && ((unsigned char)e->page.bytes[at] & 0xC0) == 0x80) {
      at++;
    }
  }
  return at;
}

static size_t line_start(const edit *e, size_t at) {
  while (at > 0 && e->page.bytes[at - 1] != '\n') {
    at--;
  }
  return at;
}

/* Before the line break, if there is one. */
static size_t line_close(const edit *e, size_t at) {
  while (at < e->page.length && e->page.bytes[at] != '\n') {
    at++;
  }
  return at > 0 && at < e->page.length && e->page.bytes[at - 1] == '\r' ? at - 1 : at;
}

static size_t next_line(const edit *e, size_t at) {
  while (at < e->page.length && e->page.bytes[at] != '\n') {
    at++;
  }
  return at < e->page.length ? at + 1 : at;
}

static size_t indent_at(const edit *e, size_t line) {
  size_t indent = 0;
  while (line + indent < e->page.length && e->page.bytes[line + indent] == ' ') {
    indent++;
  }
  return indent;
}

/* Nothing, or a comment. */
static bool is_bare(const edit *e, size_t line) {
  const size_t at = line + indent_at(e, line);
  return at >= e->page.length || strchr("#\r\n", e->page.bytes[at]) != NULL;
}

bool edit_is_flow(const edit *e, const node *n) {
  const size_t at = edit_place(e, n);
  return at < e->page.length && strchr("{[", e->page.bytes[at]) != NULL;
}

/* Behind a text in quotes that opens at AT. */
static size_t quoted_end(const edit *e, size_t at) {
  const char quote = e->page.bytes[at++];
  while (at < e->page.length) {
    const char byte = e->page.bytes[at];
    const bool is_doubled = quote == '\'' && at + 1 < e->page.length && e->page.bytes[at + 1] == '\'';
    if (byte == quote && !is_doubled) {
      return at + 1;
    }
    at += (byte == '\\' && quote == '"') || (byte == quote && is_doubled) ? 2 : 1;
  }
  return at;
}

/* The closing bracket of what opens at AT; *BEHIND: after the last thing in it. */
static size_t flow_close(const edit *e, size_t at, size_t *behind) {
  unsigned depth = 0;
  char before = '\0'; /* the last byte that shows */
  for (; at < e->page.length; at++) {
    const char byte = e->page.bytes[at];
    const bool begins = strchr("{[,:", before) != NULL;
    if (byte == '#' && strchr(" \t\n", e->page.bytes[at - 1]) != NULL) {
      at = line_close(e, at);
    } else if ((byte == '"' || byte == '\'') && begins) {
      at = quoted_end(e, at) - 1;
      before = 'x';
      *behind = at + 1;
    } else if (byte == '{' || byte == '[') {
      depth++;
      before = byte;
      *behind = at + 1;
    } else if (byte == '}' || byte == ']') {
      if (--depth == 0) {
        return at;
      }
      before = byte;
      *behind = at + 1;
    } else if (strchr(" \t\r\n", byte) == NULL) {
      before = byte;
      *behind = at + 1;
    }
  }
  return at;
}

/* The end of the last line of what brackets hold in N and below. */
static size_t brackets_end(const edit *e, const node *n) {
  size_t end = 0;
  if (n->kind != NODE_MAP && n->kind != NODE_LIST) {
    return 0;
  }
  if (edit_is_flow(e, n)) {
    size_t behind = 0;
    return line_close(e, flow_close(e, edit_place(e, n), &behind));
  }
  for (uint32_t i = 0; i < n->count; i++) {
    const size_t inner = brackets_end(e, n->items[i]);
    end = inner > end ? inner : end;
  }
  return end;
}

/* The end of the last line of the entry, or item, that begins at AT, INDENT columns in, and has VALUE. */
static size_t entry_end(const edit *e, size_t at, size_t indent, const node *value) {
  size_t end = line_close(e, at);
  const size_t least = brackets_end(e, value);
  for (size_t line = next_line(e, at); line < e->page.length; line = next_line(e, line)) {
    if (line <= least) {
      end = line_close(e, line);
    } else if (!is_bare(e, line)) {
      if (indent_at(e, line) <= indent) {
        break;
      }
      end = line_close(e, line);
    }
  }
  return least > end ? least : end;
}

/* ---- Additions ----------------------------------------------------------------------------------- */

static void put_blanks(buf *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    buf_put(out, " ", 1);
  }
}

static bool has_comment(const edit *e, size_t line, slice comment) {
  for (uint32_t i = 0; i < e->count; i++) {
    const slice text = slice_trim(e->list[i].text);
    if (e->list[i].at == line && text.length >= comment.length &&
        memmem(text.bytes, text.length, comment.bytes, comment.length) != NULL) {
      return true;
    }
  }
  while (line > 0) {
    line = line_start(e, line - 1);
    const size_t at = line + indent_at(e, line);
    if (at >= e->page.length || e->page.bytes[at] != '#') {
      return false;
    }
    const size_t end = line_close(e, at);
    const slice text = slice_trim((slice){e->page.bytes + at + 1, end - at - 1});
    if (slice_equal(text, comment)) {
      return true;
    }
  }
  return false;
}

bool edit_has_comment(const edit *e, const node *key, slice comment) {
  return has_comment(e, line_start(e, edit_place(e, key)), comment);
}

void edit_comment(edit *e, const node *key, slice comment) {
  const size_t at = edit_place(e, key);
  const size_t line = line_start(e, at);
  buf out;
  if (has_comment(e, line, comment)) {
    return;
  }
  buf_init(&out);
  put_blanks(&out, indent_at(e, line));
  buf_printf(&out, "# %.*s\n", SLICE_ARG(comment));
  add(e, line, 0, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
}

static bool has_addition(const edit *e, size_t at) {
  for (uint32_t i = 0; i < e->count; i++) {
    if (e->list[i].at == at) {
      return true;
    }
  }
  return false;
}

/* Into what is written in brackets. */
static void add_to_flow(edit *e, const node *n, slice text) {
  size_t behind = 0;
  buf out;
  buf_init(&out);
  (void)flow_close(e, edit_place(e, n), &behind);
  const char before = e->page.bytes[behind - 1];
  const bool is_first = strchr("{[", before) != NULL && n->count == 0 && !has_addition(e, behind);
  const bool is_divided = before == ',' && !has_addition(e, behind);
  buf_printf(&out, "%s%.*s", is_first ? "" : is_divided ? " " : ", ", SLICE_ARG(text));
  add(e, behind, 0, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
}

/* A line below the last of N, whose items begin INDENT columns in. */
static void add_line(edit *e, size_t last, size_t indent, const node *value, slice text) {
  buf out;
  buf_init(&out);
  buf_printf(&out, "\n");
  put_blanks(&out, indent);
  buf_printf(&out, "%.*s", SLICE_ARG(text));
  add(e, entry_end(e, last, indent, value), indent, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
}

/* What HOLDER, which several variables may share, has been given already. */
static addition *find_item(const edit *e, const node *holder, slice item) {
  for (uint32_t i = 0; i < e->count; i++) {
    if (e->list[i].holder == holder && slice_equal(e->list[i].item, item)) {
      return &e->list[i];
    }
  }
  return NULL;
}

static void note_item(edit *e, const node *holder, slice item) {
  if (e->count > 0) {
    e->list[e->count - 1].holder = holder;
    e->list[e->count - 1].item = arena_slice(e->memory, item);
  }
}

bool edit_add_pair(edit *e, const node *map, slice key, slice value) {
  if (map == NULL || map->kind != NODE_MAP) {
    return false;
  }
  if (find_item(e, map, key) != NULL) {
    return true;
  }
  buf pair;
  buf_init(&pair);
  buf_printf(&pair, "%.*s: %.*s", SLICE_ARG(key), SLICE_ARG(value));
  const slice text = {(const char *)pair.data, pair.length};
  const bool is_flow = edit_is_flow(e, map);
  if (is_flow) {
    add_to_flow(e, map, text);
  } else if (map->count > 0) {
    const size_t last = edit_place(e, map->keys[map->count - 1]);
    add_line(e, last, last - line_start(e, last), map->items[map->count - 1], text);
  }
  e->failed = e->failed || pair.failed;
  buf_fini(&pair);
  if (is_flow || map->count > 0) {
    note_item(e, map, key);
  }
  return is_flow || map->count > 0;
}

bool edit_add_code(edit *e, const node *map, const char *key, slice code, const char *value) {
  addition *known = find_item(e, map, slice_of(key));
  bool well = true;
  buf text;
  buf_init(&text);
  buf_printf(&text, "%.*s: %s", SLICE_ARG(code), value);
  if (known == NULL) {
    buf braces;
    buf_init(&braces);
    buf_printf(&braces, "{%.*s}", (int)text.length, (const char *)text.data);
    well = edit_add_pair(e, map, slice_of(key), (slice){(const char *)braces.data, braces.length});
    e->failed = e->failed || braces.failed;
    buf_fini(&braces);
  } else if (memmem(known->text.bytes, known->text.length, text.data, text.length) == NULL) {
    buf longer;
    buf_init(&longer);
    buf_printf(&longer, "%.*s, %.*s}", (int)known->text.length - 1, known->text.bytes, (int)text.length,
               (const char *)text.data);
    known->text = arena_slice(e->memory, (slice){(const char *)longer.data, longer.length});
    e->failed = e->failed || longer.failed;
    buf_fini(&longer);
  }
  e->failed = e->failed || text.failed;
  buf_fini(&text);
  return well;
}

bool edit_add_item(edit *e, const node *list, slice item) {
  if (list == NULL || list->kind != NODE_LIST) {
    return false;
  }
  if (find_item(e, list, item) != NULL) {
    return true;
  }
  if (edit_is_flow(e, list)) {
    add_to_flow(e, list, item);
    note_item(e, list, item);
    return true;
  }
  if (list->count == 0) {
    return false;
  }
  const size_t last = edit_place(e, list->items[list->count - 1]);
  const size_t line = line_start(e, last);
  buf text;
  buf_init(&text);
  buf_printf(&text, "- %.*s", SLICE_ARG(item));
  add_line(e, last, indent_at(e, line), list->items[list->count - 1],
           (slice){(const char *)text.data, text.length});
  note_item(e, list, item);
  e->failed = e->failed || text.failed;
  buf_fini(&text);
  return true;
}

void edit_add_lines(edit *e, const node *key, const node *value, slice lines) {
  const size_t at = edit_place(e, key);
  const size_t indent = at - line_start(e, at);
  buf out;
  buf_init(&out);
  while (lines.length > 0) {
    const char *end = memchr(lines.bytes, '\n', lines.length);
    const size_t length = end != NULL ? (size_t)(end - lines.bytes) : lines.length;
    const size_t cut = length >= 2 ? 2 : length;
    buf_printf(&out, "\n");
    put_blanks(&out, indent);
    buf_put(&out, lines.bytes + cut, length - cut);
    const size_t used = length + (end != NULL);
    lines = (slice){lines.bytes + used, lines.length - used};
  }
  add(e, entry_end(e, at, indent, value), indent, (slice){(const char *)out.data, out.length});
  e->failed = e->failed || out.failed;
  buf_fini(&out);
}

bool edit_is_empty(const edit *e) {
  return e->count == 0;
}

static int by_place(const void *left, const void *right) {
  const addition *a = left;
  const addition *b = right;
  if (a->at != b->at) {
    return a->at > b->at ? 1 : -1;
  }
  if (a->indent != b->indent) {
    return a->indent < b->indent ? 1 : -1;
  }
  return (a->made > b->made) - (a->made < b->made);
}

status edit_write(edit *e, buf *out, error *err) {
  size_t at = 0;
  if (e->failed || arena_failed(e->memory)) {
    return error_no_memory(err, "the page");
  }
  if (e->count > 0) {
    qsort(e->list, e->count, sizeof *e->list, by_place);
  }
  for (uint32_t i = 0; i < e->count; i++) {
    buf_put(out, e->page.bytes + at, e->list[i].at - at);
    buf_put(out, e->list[i].text.bytes, e->list[i].text.length);
    at = e->list[i].at;
  }
  buf_put(out, e->page.bytes + at, e->page.length - at);
  return buf_status(out, "the page", err);
}

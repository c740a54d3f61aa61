/* Reading a codebook's table: one row for each value of a variable, in columns that its first row names.
 *
 * A row without a variable goes on with the one above.  Quotes as in RFC 4180; the delimiter is the one of
 * `,` `;` and tab that the first line has most of. */
#include "specification/table.h"

#include <strings.h>

#include "base/array.h"

enum { COLUMNS_MAX = 256, TABLE_ROWS_MAX = 200000 };

typedef enum column { VARIABLE, LABEL, VALUE, VALUE_LABEL, MISSING, COLUMNS } column;

static const struct title {
  const char *text; /* in small letters, with blanks for _ */
  column column;
} titles[] = {
    {"variable", VARIABLE},
    {"name", VARIABLE},
    {"label", LABEL},
    {"variable label", LABEL},
    {"value", VALUE},
    {"code", VALUE},
    {"value label", VALUE_LABEL},
    {"value labels", VALUE_LABEL},
    {"missing", MISSING},
};

typedef struct cell {
  slice text;
  place at;
} cell;

typedef struct table {
  arena *memory;
  problem_list *problems;
  const char *name;
  slice bytes;
  size_t at;
  place here;
  char delimiter;
  int places[COLUMNS]; /* of the columns in a row; -1: there is none */
  node *all;           /* what has been read */
  size_t capacity;
  node *variable; /* the body that is added to */
} table;

/* ---- Cells ---------------------------------------------------------------------------------------- */

static char next_byte(table *t) {
  const char byte = t->bytes.bytes[t->at++];
  if (byte == '\n') {
    t->here.line++;
    t->here.column = 1;
  } else if (((unsigned char)byte & 0xC0) != 0x80) {
    t->here.column++;
  }
  return byte;
}

static bool at_end(const table *t) {
  return t->at >= t->bytes.length;
}

static bool ends_cell(const table *t) {
  const char byte = at_end(t) ? '\n' : t->bytes.bytes[t->at];
  return byte == t->delimiter || byte == '\n' || byte == '\r';
}

/* After the opening quote.  False: it is never closed. */
static bool read_quoted(table *t, char *text, size_t *length) {
  while (!at_end(t)) {
    const char byte = next_byte(t);
    if (byte != '"') {
      text[(*length)++] = byte;
    } else if (!at_end(t) && t->bytes.bytes[t->at] == '"') {
      text[(*length)++] = next_byte(t);
    } else {
      return true;
    }
  }
  return false;
}

static bool read_cell(table *t, cell *out) {
  out->at = t->here;
  char *text = arena_alloc(t->memory, t->bytes.length - t->at + 1);
  size_t length = 0;
  bool is_closed = true;
  if (text == NULL) {
    return false;
  }
  if (!at_end(t) && t->bytes.bytes[t->at] == '"') {
    (void)next_byte(t);
    is_closed = read_quoted(t, text, &length);
  }
  while (!ends_cell(t)) {
    text[length++] = next_byte(t);
  }
  if (!is_closed) {
    problem_at(t->problems, out->at, "codebook: this quote is not closed");
  }
  out->text = slice_trim(arena_slice(t->memory, (slice){text, length}));
  return is_closed && !arena_failed(t->memory);
}

/* False: no row, or a mistake. */
static bool read_row(table *t, cell *cells, uint32_t *count) {
  *count = 0;
  if (at_end(t)) {
    return false;
  }
  while (true) {
    cell one;
    if (!read_cell(t, &one)) {
      return false;
    }
    if (*count < COLUMNS_MAX) {
      cells[(*count)++] = one;
    }
    if (at_end(t)) {
      return true;
    }
    const char byte = next_byte(t);
    if (byte == '\r' && !at_end(t) && t->bytes.bytes[t->at] == '\n') {
      (void)next_byte(t);
    }
    if (byte != t->delimiter) {
      return true;
    }
  }
}

/* ---- The first row -------------------------------------------------------------------------------- */

static char find_delimiter(slice bytes) {
  static const char candidates[] = {',', ';', '\t'};
  size_t counts[sizeof candidates] = {0};
  size_t best = 0;
  for (size_t i = 0; i < bytes.length && bytes.bytes[i] != '\n'; i++) {
    for (size_t k = 0; k < sizeof candidates; k++) {
      counts[k] += bytes.bytes[i] == candidates[k];
    }
  }
  for (size_t k = 1; k < sizeof candidates; k++) {
    best = counts[k] > counts[best] ? k : best;
  }
  return candidates[best];
}

static bool is_title(slice text, const char *title) {
  for (size_t i = 0; i < text.length; i++) {
    const char byte = text.bytes[i] == '_' ? ' ' : text.bytes[i];
    if (title[i] == '\0' || strncasecmp(&byte, &title[i], 1) != 0) {
      return false;
    }
  }
  return title[text.length] == '\0';
}

static bool read_titles(table *t, cell *cells) {
  uint32_t count;
  const place first = t->here;
  for (int k = 0; k < COLUMNS; k++) {
    t->places[k] = -1;
  }
  if (!read_row(t, cells, &count)) {
    count = 0;
  }
  for (uint32_t i = 0; i < count; i++) {
    for (size_t k = 0; k < sizeof titles / sizeof titles[0]; k++) {
      int *taken = &t->places[titles[k].column];
      *taken = *taken < 0 && is_title(cells[i].text, titles[k].text) ? (int)i : *taken;
    }
  }
  const bool says_something = t->places[LABEL] >= 0 || t->places[VALUE] >= 0;
  if (t->places[VARIABLE] < 0 || !says_something) {
    problem_at(
        t->problems, first,
        "codebook: the first row has to name the columns: variable, label, value, value label, missing");
  }
  return t->places[VARIABLE] >= 0 && says_something;
}

/* ---- The tree ------------------------------------------------------------------------------------- */

static node *new_node(table *t, node_kind kind, slice text, place at) {
  node *n = ARENA_NEW(t->memory, node);
  if (n != NULL) {
    *n = (node){.kind = kind, .style = STYLE_DOUBLE_QUOTED, .text = text, .at = at};
  }
  return n;
}

/* Maps grow by doubling: the room that is used up is a power of two. */
static bool put(table *t, node *map, node *key, node *item) {
  if (key == NULL || item == NULL) {
    return false;
  }
  if ((map->count & (map->count - 1)) == 0) {
    const size_t room = map->count == 0 ? 1 : 2 * (size_t)map->count;
    node **keys = (node **)arena_array(t->memory, room, sizeof(node *));
    node **items = (node **)arena_array(t->memory, room, sizeof(node *));
    if (keys == NULL || items == NULL) {
      return false;
    }
    for (uint32_t i = 0; i < map->count; i++) {
      keys[i] = map->keys[i];
      items[i] = map->items[i];
    }
    map->keys = keys;
    map->items = items;
  }
  map->keys[map->count] = key;
  map->items[map->count++] = item;
  return true;
}

static node *find(const node *map, slice key) {
  for (uint32_t i = map->count; i-- > 0;) { /* rows of one variable stand together */
    if (slice_equal(map->keys[i]->text, key)) {
      return map->items[i];
    }
  }
  return NULL;
}

/* The map KEY in the variable, made when it is not there. */
static node *part_of(table *t, const char *key, place at) {
  node *part = find(t->variable, slice_of(key));
  if (part == NULL) {
    part = new_node(t, NODE_MAP, (slice){"", 0}, at);
    if (!put(t, t->variable, new_node(t, NODE_TEXT, slice_of(key), at), part)) {
      return NULL;
    }
  }
  return part;
}

static bool add_code(table *t, const char *part, const cell *code, slice meaning, place at) {
  node *map = part_of(t, part, code->at);
  if (map == NULL) {
    return false;
  }
  if (find(map, code->text) != NULL) {
    problem_at(t->problems, code->at, "codebook: the value '%s' stands twice",
               problem_quote(t->problems, code->text));
    return true;
  }
  const node_kind kind = meaning.length > 0 ? NODE_TEXT : NODE_EMPTY;
  return put(t, map, new_node(t, NODE_TEXT, code->text, code->at), new_node(t, kind, meaning, at));
}

/* Exports repeat the label in each row; a second one is a mistake in one of them. */
static bool add_label(table *t, const cell *label) {
  const node *known = find(t->variable, slice_of("label"));
  if (known == NULL) {
    return put(t, t->variable, new_node(t, NODE_TEXT, slice_of("label"), label->at),
               new_node(t, NODE_TEXT, label->text, label->at));
  }
  if (!slice_equal(known->text, label->text)) {
    problem_at(t->problems, label->at,
               "codebook: the variable has a second label, '%s'; the first, in line %u, is '%s'",
               problem_quote(t->problems, label->text), known->at.line,
               problem_quote(t->problems, known->text));
  }
  return true;
}

/* "yes" and the like say no reason. */
static slice reason_of(slice text) {
  static const char *const marks[] = {"yes", "true", "1", "x", "y"};
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    text = is_title(text, marks[i]) ? slice_of("other") : text;
  }
  return text;
}

static bool is_no(slice text) {
  return text.length == 0 || is_title(text, "no") || is_title(text, "false") || is_title(text, "0");
}

static bool add_row(table *t, const cell *cells, uint32_t count) {
  cell of[COLUMNS];
  for (int k = 0; k < COLUMNS; k++) {
    const bool is_there = t->places[k] >= 0 && (uint32_t)t->places[k] < count;
    of[k] = is_there ? cells[t->places[k]] : (cell){{"", 0}, cells[0].at};
  }
  if (of[VARIABLE].text.length > 0) {
    t->variable = find(t->all, of[VARIABLE].text);
    if (t->variable == NULL) {
      t->variable = new_node(t, NODE_MAP, (slice){"", 0}, of[VARIABLE].at);
      if (!put(t, t->all, new_node(t, NODE_TEXT, of[VARIABLE].text, of[VARIABLE].at), t->variable)) {
        return false;
      }
    }
  }
  if (t->variable == NULL) {
    const bool is_blank = of[LABEL].text.length == 0 && of[VALUE].text.length == 0;
    if (!is_blank) {
      problem_at(t->problems, of[VARIABLE].at, "codebook: no variable, and none above it");
    }
    return true;
  }
  if (of[LABEL].text.length > 0 && !add_label(t, &of[LABEL])) {
    return false;
  }
  if (of[VALUE].text.length == 0) {
    return true;
  }
  return is_no(of[MISSING].text)
             ? add_code(t, "values", &of[VALUE], of[VALUE_LABEL].text, of[VALUE_LABEL].at)
             : add_code(t, "missing", &of[VALUE], reason_of(of[MISSING].text), of[MISSING].at);
}

node *table_read(arena *a, problem_list *p, const char *name, slice bytes) {
  static const char byte_order_mark[] = "\xEF\xBB\xBF";
  table t = {.memory = a, .problems = p, .name = name, .bytes = bytes};
  const size_t before = p->count;
  t.here = (place){.line = 1, .column = 1, .source = name};
  if (bytes.length >= 3 && slice_equal((slice){bytes.bytes, 3}, slice_of(byte_order_mark))) {
    t.bytes = (slice){bytes.bytes + 3, bytes.length - 3};
  }
  if (text_utf8_check(t.bytes.bytes, t.bytes.length) != t.bytes.length) {
    problem_at(p, t.here, "codebook: the text is not UTF-8; save it as UTF-8");
    return NULL;
  }
  t.delimiter = find_delimiter(t.bytes);
  cell *cells = ARENA_ARRAY(a, cell, COLUMNS_MAX);
  t.all = new_node(&t, NODE_MAP, (slice){"", 0}, t.here);
  if (cells == NULL || t.all == NULL || !read_titles(&t, cells)) {
    return NULL;
  }
  uint32_t count;
  uint32_t rows = 0;
  while (read_row(&t, cells, &count)) {
    if (++rows > TABLE_ROWS_MAX) {
      problem_at(p, t.here, "codebook: more than %d rows", TABLE_ROWS_MAX);
      return NULL;
    }
    if (!add_row(&t, cells, count)) {
      return NULL;
    }
  }
  return p->count == before && !arena_failed(a) ? t.all : NULL;
}

/* What titles of columns have in common, and names for variables. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "specification/proposal/kinds.h"

enum { NAME_COLUMNS = 36, NAME_ROOM = 400 };

/* ---- Stems --------------------------------------------------------------------------------------- */

/* Where a title is divided: at the last OPEN in it, if, with a CLOSE, it ends with that.  The first row that
 * fits is used. */
typedef struct stem_mark {
  const char *open, *close; /* NULL: the part extends to the end */
  const char *begin;        /* how the stem begins; NULL: in any way */
  bool is_question;         /* the stem is a text for readers */
} stem_mark;

static const stem_mark marks[] = {
    {" | ", NULL, NULL, true}, {"[", "]", NULL, true},     {"(", ")", "第", true},
    {"（", "）", "第", true},  {"___", NULL, NULL, false}, {"—", NULL, NULL, true},
    {" - ", NULL, NULL, true}, {"/", NULL, NULL, false},   {"_", NULL, NULL, false},
};

/* The same where the title beside it has the same stem: otherwise what stands there is a remark, such as a
 * unit. */
static const stem_mark shared_marks[] = {
    {"(", ")", NULL, true},   {"（", "）", NULL, true}, {"：", NULL, NULL, true}, {": ", NULL, NULL, true},
    {":", NULL, NULL, true},  {"–", NULL, NULL, true},  {"-", NULL, NULL, true},  {"】", NULL, NULL, true},
    {NULL, NULL, NULL, true}, /* a number in brackets inside */
};

static const char *find_last(slice s, const char *text) {
  const size_t length = strlen(text);
  for (size_t at = s.length; at >= length && at > 0; at--) {
    if (memcmp(s.bytes + at - length, text, length) == 0) {
      return s.bytes + at - length;
    }
  }
  return NULL;
}

/* The OPEN that the CLOSE behind S belongs to. */
static const char *find_open(slice s, const char *open, const char *close) {
  uint32_t depth = 1;
  while (depth > 0) {
    const char *last = find_last(s, open);
    const char *closed = find_last(s, close);
    if (last == NULL) {
      return NULL;
    }
    depth += closed != NULL && closed > last ? 1U : -1U;
    s.length = (size_t)((closed != NULL && closed > last ? closed : last) - s.bytes);
  }
  return s.bytes + s.length;
}

static bool begins_with(slice s, const char *text) {
  return s.length >= strlen(text) && memcmp(s.bytes, text, strlen(text)) == 0;
}

/* A hyphen between Latin letters: "in-flight". */
static bool joins_words(const stem_mark *m, slice stem, slice part) {
  const bool is_hyphen = strcmp(m->open, "-") == 0 || strcmp(m->open, "–") == 0;
  return is_hyphen && (unsigned char)stem.bytes[stem.length - 1] < 0x80 &&
         (unsigned char)part.bytes[0] < 0x80;
}

static bool divide(slice title, const stem_mark *m, slice *stem, slice *part) {
  const size_t close = m->close != NULL ? strlen(m->close) : 0;
  if (title.length <= close || (m->begin != NULL && !begins_with(title, m->begin)) ||
      (close > 0 && memcmp(title.bytes + title.length - close, m->close, close) != 0)) {
    return false;
  }
  const slice open_part = {title.bytes, title.length - close};
  const char *open = close > 0 ? find_open(open_part, m->open, m->close) : find_last(open_part, m->open);
  if (open == NULL) {
    return false;
  }
  const size_t before = (size_t)(open - title.bytes);
  const size_t after = before + strlen(m->open);
  *stem = slice_trim((slice){title.bytes, before});
  *part = slice_trim((slice){title.bytes + after, open_part.length - after});
  return stem->length > 0 && part->length > 0 && !joins_words(m, *stem, *part);
}

/* "Q4(1)价格": Q4 and 价格. */
static bool divide_inside(slice title, slice *stem, slice *part) {
  for (size_t at = 1; at + 2 < title.length; at++) {
    size_t end = at + 1;
    while (end < title.length && isdigit((unsigned char)title.bytes[end])) {
      end++;
    }
    if (title.bytes[at] == '(' && end > at + 1 && end + 1 < title.length && title.bytes[end] == ')') {
      *stem = slice_trim((slice){title.bytes, at});
      *part = slice_trim((slice){title.bytes + end + 1, title.length - end - 1});
      return stem->length > 0 && part->length > 0;
    }
  }
  return false;
}

static bool divide_by(slice title, const stem_mark *m, slice *stem, slice *part) {
  return m->open != NULL ? divide(title, m, stem, part) : divide_inside(title, stem, part);
}

/* Divides the titles from FIRST on that have one stem by M; how many there are, when there are several. */
static uint32_t divide_shared(guesses *g, uint32_t first, const stem_mark *m) {
  slice stem;
  slice part;
  uint32_t end = first + 1;
  if (g->at[first].stem.length > 0 || !divide_by(g->facts.columns[first].title, m, &stem, &part)) {
    return 0;
  }
  for (slice other; end < g->count && g->at[end].stem.length == 0; end++) {
    if (!divide_by(g->facts.columns[end].title, m, &other, &part) || !slice_equal(other, stem)) {
      break;
    }
  }
  for (uint32_t i = first; end - first > 1 && i < end; i++) {
    (void)divide_by(g->facts.columns[i].title, m, &g->at[i].stem, &g->at[i].part);
    g->at[i].stem_is_question = m->is_question;
  }
  return end - first > 1 ? end - first : 0;
}

static void divide_neighbours(guesses *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    for (size_t k = 0; k < sizeof shared_marks / sizeof shared_marks[0]; k++) {
      if (divide_shared(g, i, &shared_marks[k]) > 0) {
        break;
      }
    }
  }
}

/* Divides "IMAG3" into IMAG and 3. */
static bool divide_number(slice title, slice *stem, slice *part) {
  size_t digits = 0;
  while (digits < title.length && isdigit((unsigned char)title.bytes[title.length - 1 - digits])) {
    digits++;
  }
  *stem = (slice){title.bytes, title.length - digits};
  *part = (slice){title.bytes + stem->length, digits};
  return digits > 0 && digits <= 3 && stem->length > 0;
}

void guess_stems(guesses *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    const slice title = g->facts.columns[i].title;
    bool is_divided = false;
    for (size_t k = 0; k < sizeof marks / sizeof marks[0] && !is_divided; k++) {
      is_divided = divide(title, &marks[k], &at->stem, &at->part);
      at->stem_is_question = is_divided && marks[k].is_question;
    }
    if (!is_divided) {
      at->stem = (slice){"", 0};
      at->part = (slice){"", 0};
    }
  }
  divide_neighbours(g);
  for (uint32_t i = 0; i < g->count; i++) {
    guess *at = &g->at[i];
    if (at->stem.length == 0 && !divide_number(g->facts.columns[i].title, &at->stem, &at->part)) {
      at->stem = (slice){"", 0};
      at->part = (slice){"", 0};
    }
  }
}

/* ---- Names --------------------------------------------------------------------------------------- */

/* Signs and blanks beyond ASCII: general punctuation, arrows and symbols, East Asian punctuation. */
static bool is_mark(uint32_t point) {
  return (point >= 0x80 && point <= 0xBF) || (point >= 0x2000 && point <= 0x2BFF) ||
         (point >= 0x3000 && point <= 0x3020) || (point >= 0xFE10 && point <= 0xFE6F) ||
         (point >= 0xFF00 && point <= 0xFF20) || (point >= 0xFF3B && point <= 0xFF65) || point >= 0xFFE0;
}

/* The code point at S, which is UTF-8 and not ASCII; *LENGTH: its bytes. */
static uint32_t point_at(slice s, size_t *length) {
  const unsigned char first = (unsigned char)s.bytes[0];
  *length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  *length = *length <= s.length ? *length : s.length;
  uint32_t point = first & (0xFFU >> (*length + 1));
  for (size_t i = 1; i < *length; i++) {
    point = point << 6 | ((unsigned char)s.bytes[i] & 0x3F);
  }
  return point;
}

/* The letters and digits of TEXT, with a _ for whatever lies between; at most NAME_COLUMNS wide. */
static slice simple_name(slice text, char room[NAME_ROOM]) {
  size_t length = 0;
  text = text_fit(text, 2 * (size_t)NAME_COLUMNS);
  if (text.length > 0 && isdigit((unsigned char)text.bytes[0])) {
    room[length++] = 'q';
  }
  for (size_t i = 0, used; i < text.length; i += used) {
    const unsigned char byte = (unsigned char)text.bytes[i];
    used = 1;
    bool is_letter = byte < 0x80 && isalnum(byte);
    if (byte >= 0x80) {
      is_letter = !is_mark(point_at((slice){text.bytes + i, text.length - i}, &used));
    }
    if (length + used + 1 >= NAME_ROOM) {
      break;
    }
    if (!is_letter) {
      room[length] = '_';
      length += length > 0 && room[length - 1] != '_';
      continue;
    }
    for (size_t k = 0; k < used; k++) {
      room[length++] = byte < 0x80 ? (char)tolower(byte) : text.bytes[i + k];
    }
  }
  slice name = text_fit((slice){room, length}, NAME_COLUMNS);
  while (name.length > 0 && name.bytes[name.length - 1] == '_') {
    name.length--;
  }
  return name;
}

bool guess_is_name(slice title) {
  bool well = title.length > 0 && title.length <= NAME_COLUMNS &&
              (isalpha((unsigned char)title.bytes[0]) || title.bytes[0] == '_');
  for (size_t i = 0; well && i < title.length; i++) {
    well = isalnum((unsigned char)title.bytes[i]) || title.bytes[i] == '_';
  }
  return well;
}

static bool is_taken(const guesses *g, slice name, uint64_t hash) {
  hash_search s = hash_table_search(&g->names, hash);
  while (hash_table_next(&s)) {
    if (slice_equal(slice_of(g->names_at[s.place]), name)) {
      return true;
    }
  }
  return false;
}

bool guess_name_taken(guesses *g, slice name) {
  const uint64_t hash = digest_xxh3(name.bytes, name.length);
  if (is_taken(g, name, hash)) {
    return false;
  }
  if (!ARRAY_ROOM_IN(g->facts.memory, g->names_at, g->names_count, g->names_capacity) ||
      !hash_table_add(&g->names, hash, g->names_count)) {
    g->out_of_memory = true;
    return true;
  }
  g->names_at[g->names_count++] = guess_slice(g, name);
  return true;
}

const char *guess_name(guesses *g, slice wanted) {
  char room[NAME_ROOM];
  slice base = guess_is_name(wanted) ? wanted : simple_name(wanted, room);
  base = base.length > 0 ? base : slice_of("column");
  const char *name = guess_text(g, "%.*s", SLICE_ARG(base));
  for (uint32_t i = 2; !guess_name_taken(g, slice_of(name)); i++) {
    name = guess_text(g, "%.*s_%u", SLICE_ARG(base), i);
  }
  return g->out_of_memory ? "" : name;
}

/* For a row of a matrix the row's text, otherwise the title. */
static slice called(const guess *at) {
  static const char *const empty[] = {"Response", "Open-Ended Response"};
  const slice title = at->facts->title;
  if (at->options_count > 0) {
    return at->stem;
  }
  for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
    if (slice_equal(at->part, slice_of(empty[i]))) {
      return at->stem;
    }
  }
  const bool has_word = at->part.length > 2 && !isdigit((unsigned char)at->part.bytes[0]);
  return at->stem_is_question && has_word ? at->part : title;
}

void guess_names(guesses *g) {
  for (int turn = 0; turn < 2; turn++) { /* first, titles that are names become their variables' names */
    for (uint32_t i = 0; i < g->count; i++) {
      guess *at = &g->at[i];
      const bool is_variable = at->type != GUESS_MULTI_OPTION || at->options_count > 0;
      const bool is_first = guess_is_name(at->facts->title) && at->options_count == 0;
      if (at->name == NULL && is_variable && is_first == (turn == 0)) {
        at->name = guess_name(g, is_first ? at->facts->title : called(at));
      }
    }
  }
}

/* Several options in one cell: a multiple choice, or a ranking. */
#include <stdlib.h>
#include <string.h>

#include "specification/proposal/kinds.h"
#include "specification/proposal/yaml_text.h"

enum {
  OPTIONS_MAX = 80,
  PLACES_MAX = 32,
  OPTION_BYTES_MAX = 60,     /* on average */
  REPEATED_PERCENT = 70,     /* of all options in all rows, those that stand in several rows */
  REPEATED_PERCENT_FEW = 50, /* of few rows */
  JOINED_PERCENT = 3,        /* rows with several options */
  RARE_ROWS = 3,             /* an option of so few rows at most may have been written in */
  RARE_DISTANCE = 5,         /* where each of the others has so many times more */
};

typedef struct cell_option {
  slice text;
  uint64_t rows;
  uint32_t texts;  /* different cells that have it */
  uint32_t places; /* bit I: it stands in place I of some cell */
} cell_option;

typedef struct cell_options {
  cell_option at[OPTIONS_MAX];
  uint32_t count;
  bool too_many;
  uint64_t joined; /* rows with several */
  uint64_t rows, all, bytes;
  uint32_t least, most; /* options in a cell */
} cell_options;

static void add_option(cell_options *o, slice text, uint32_t place, uint64_t rows) {
  const uint32_t bit = 1U << (place < PLACES_MAX ? place : PLACES_MAX - 1);
  o->all += rows;
  o->bytes += text.length * rows;
  for (uint32_t i = 0; i < o->count; i++) {
    if (slice_equal(o->at[i].text, text)) {
      o->at[i].rows += rows;
      o->at[i].texts++;
      o->at[i].places |= bit;
      return;
    }
  }
  o->too_many = o->too_many || o->count == OPTIONS_MAX;
  if (!o->too_many) {
    o->at[o->count++] = (cell_option){text, rows, 1, bit};
  }
}

static void split_cell(cell_options *o, slice cell, slice delimiter, uint64_t rows) {
  uint32_t count = 0;
  while (cell.length > 0) {
    const char *end = memmem(cell.bytes, cell.length, delimiter.bytes, delimiter.length);
    const slice option =
        slice_trim((slice){cell.bytes, end != NULL ? (size_t)(end - cell.bytes) : cell.length});
    if (option.length > 0) {
      add_option(o, option, count, rows);
      count++;
    }
    const size_t used = end != NULL ? (size_t)(end - cell.bytes) + delimiter.length : cell.length;
    cell = (slice){cell.bytes + used, cell.length - used};
  }
  o->joined += count > 1 ? rows : 0;
  o->rows += rows;
  o->least = o->rows == rows || count < o->least ? count : o->least;
  o->most = count > o->most ? count : o->most;
}

static void split_all(const column_facts *c, slice delimiter, cell_options *o) {
  *o = (cell_options){.count = 0};
  for (uint32_t i = 0; i < c->texts_count && !o->too_many; i++) {
    if (c->texts[i].reason == NULL && c->texts[i].text.length > 0) {
      split_cell(o, c->texts[i].text, delimiter, c->texts[i].count);
    }
  }
}

/* All options in every cell, in one order or another. */
static bool is_ranking(const cell_options *o) {
  bool is_full = o->rows > 1 && o->count > 2 && o->least == o->count && o->most == o->count;
  for (uint32_t i = 0; i < o->count; i++) {
    is_full = is_full && o->at[i].rows == o->rows;
  }
  return is_full;
}

/* "1,3,12": codes of options. */
static bool are_numbers(const cell_options *o) {
  bool all = true;
  for (uint32_t i = 0; all && i < o->count; i++) {
    const slice text = o->at[i].text;
    all = text.length <= 3;
    for (size_t k = 0; all && k < text.length; k++) {
      all = text.bytes[k] >= '0' && text.bytes[k] <= '9';
    }
  }
  return all;
}

/* Who chooses several options chooses some of them without those before: one stands in several places of its
 * cells. In "yes, cheap" and "no, too late" each part has its own place. */
static bool are_chosen(const cell_options *o) {
  uint32_t moved = 0;
  for (uint32_t i = 0; i < o->count; i++) {
    moved += (o->at[i].places & (o->at[i].places - 1)) != 0;
  }
  return moved >= 2 || (moved == 1 && o->count <= 3);
}

static bool are_options(const cell_options *o, bool is_sure, bool is_in_phrases) {
  uint64_t repeated = 0;
  uint32_t shared = 0;
  for (uint32_t i = 0; i < o->count; i++) {
    repeated += o->at[i].rows > 1 ? o->at[i].rows : 0;
    shared += o->at[i].texts > 1;
  }
  if (o->too_many || o->joined == 0 || o->count < 2) {
    return false;
  }
  const uint64_t percent = o->rows < GUESS_ROW_MANY ? REPEATED_PERCENT_FEW : REPEATED_PERCENT;
  return is_sure || are_numbers(o) ||
         ((!is_in_phrases || are_chosen(o)) && repeated * 100 >= o->all * percent &&
          o->bytes <= o->all * OPTION_BYTES_MAX && o->joined * 100 >= o->rows * JOINED_PERCENT &&
          shared >= (o->rows < GUESS_ROW_MANY && o->joined < o->rows ? 1U : 2U));
}

static bool ends_with_delimiter(const column_facts *c, slice delimiter) {
  for (uint32_t i = 0; i < c->texts_count; i++) {
    const slice text = c->texts[i].text;
    if (c->texts[i].reason == NULL &&
        (text.length < delimiter.length ||
         memcmp(text.bytes + text.length - delimiter.length, delimiter.bytes, delimiter.length) != 0)) {
      return false;
    }
  }
  return true;
}

static const struct cell_delimiter {
  const char *text;
  bool is_sure;         /* it stands in no other texts */
  bool is_in_phrases;   /* it also divides the parts of an answer: "yes, often" */
  const char *platform; /* only in its files; NULL: anywhere */
} delimiters[] = {
    {"┋", true, false, NULL},    {"→", true, false, NULL},   {">", false, false, NULL},
    {"＞", false, false, NULL},  {"\n", false, false, NULL}, {";", false, true, NULL},
    {"|", false, false, NULL},   {"；", false, true, NULL},  {"、", false, true, NULL},
    {", ", false, true, NULL},   {",", false, true, NULL},   {"，", false, true, NULL},
    {" ", false, false, "kobo"},
};

static int by_natural(const void *left, const void *right) {
  return text_compare_natural(*(const slice *)left, *(const slice *)right);
}

/* What is written behind an option, as 问卷星 does it: 其他〖...〗.  Empty: nothing is. */
static slice before_writing(slice option) {
  static const char open[] = "〖";
  const char *at = memmem(option.bytes, option.length, open, strlen(open));
  return at != NULL && at > option.bytes ? slice_trim((slice){option.bytes, (size_t)(at - option.bytes)})
                                         : (slice){"", 0};
}

/* Different options of at least ROWS rows, those with something written behind them as one, in natural order.
 */
static slice *list_options(guesses *g, const cell_options *o, uint64_t rows, uint32_t *count) {
  slice *list = ARENA_ARRAY(g->facts.memory, slice, OPTIONS_MAX);
  *count = 0;
  for (uint32_t i = 0; list != NULL && i < o->count; i++) {
    const slice base = before_writing(o->at[i].text);
    const slice option = base.length > 0 ? base : o->at[i].text;
    bool is_new = base.length > 0 || o->at[i].rows >= rows;
    for (uint32_t k = 0; k < *count && is_new; k++) {
      is_new = !slice_equal(list[k], option);
    }
    if (is_new) {
      list[(*count)++] = option;
    }
  }
  if (list != NULL && *count > 0) {
    qsort(list, *count, sizeof *list, by_natural);
  }
  return list;
}

static slice find_write_in(const cell_options *o) {
  slice found = {"", 0};
  for (uint32_t i = 0; i < o->count && found.length == 0; i++) {
    found = before_writing(o->at[i].text);
  }
  return found;
}

/* Options that next to nobody has, beside others that many have. */
static void tell_rare(guesses *g, guess *at, const cell_options *o) {
  uint32_t rare = 0;
  uint64_t least = UINT64_MAX;
  slice other = {"", 0};
  for (uint32_t i = 0; i < o->count; i++) {
    const bool is_rare = o->at[i].rows <= RARE_ROWS;
    rare += is_rare;
    least = !is_rare && o->at[i].rows < least ? o->at[i].rows : least;
    other = !is_rare && words_have(WORD_OTHER, o->at[i].text) ? o->at[i].text : other;
  }
  if (rare == 0 || rare + 2 > o->count || least < (uint64_t)RARE_ROWS * RARE_DISTANCE) {
    return;
  }
  uint32_t count;
  const slice *list = list_options(g, o, RARE_ROWS + 1, &count);
  buf values;
  buf_init(&values);
  for (uint32_t i = 0; list != NULL && i < count; i++) {
    buf_printf(&values, "%s", i > 0 ? ", " : "");
    yaml_text_put(&values, list[i]);
  }
  const char *const names[] = {"Other", "其他", "其他"};
  const char *called = other.length > 0 ? guess_slice(g, other) : names[g->language];
  const char *shown = guess_slice(g, (slice){(const char *)values.data, values.length});
  guess_note(at, GUESS_SAY(g, PHRASE_WRITE_INS, guess_count(g, rare), shown, called));
  buf_fini(&values);
}

/* A cell may rank none twice. */
static bool has_twice(const column_facts *c, slice delimiter) {
  bool twice = false;
  for (uint32_t i = 0; i < c->texts_count && !twice; i++) {
    cell_options o = {.count = 0};
    if (c->texts[i].reason == NULL && c->texts[i].text.length > 0) {
      split_cell(&o, c->texts[i].text, delimiter, 1);
    }
    for (uint32_t k = 0; k < o.count; k++) {
      twice = twice || o.at[k].rows > 1;
    }
  }
  return twice;
}

/* Whether a cell has DELIMITER within brackets: there it divides nothing. */
static bool has_inside(const column_facts *c, slice delimiter) {
  static const char *const opens[] = {"(", "（", "[", "【", "〖", "《", "“"};
  static const char *const closes[] = {")", "）", "]", "】", "〗", "》", "”"};
  for (uint32_t i = 0; i < c->texts_count; i++) {
    const slice text = c->texts[i].reason == NULL ? c->texts[i].text : (slice){"", 0};
    for (size_t k = 0; k < sizeof opens / sizeof opens[0] && text.length > 0; k++) {
      const char *open = memmem(text.bytes, text.length, opens[k], strlen(opens[k]));
      const size_t from = open != NULL ? (size_t)(open - text.bytes) : text.length;
      const char *close = memmem(text.bytes + from, text.length - from, closes[k], strlen(closes[k]));
      const size_t length = close != NULL ? (size_t)(close - text.bytes) - from : 0;
      if (length > 0 && memmem(open, length, delimiter.bytes, delimiter.length) != NULL) {
        return true;
      }
    }
  }
  return false;
}

/* The beginning that an option which was written in has in common with one that many chose: "其他" of
 * "其他（报纸". */
static slice find_other(const cell_options *o) {
  static const char *const opens[] = {"(", "（", "[", "【", ":", "："};
  for (uint32_t i = 0; i < o->count; i++) {
    const slice text = o->at[i].text;
    for (size_t k = 0; k < sizeof opens / sizeof opens[0]; k++) {
      const char *open = memmem(text.bytes, text.length, opens[k], strlen(opens[k]));
      const slice base = {text.bytes, open != NULL ? (size_t)(open - text.bytes) : 0};
      if (base.length > 0 && words_have(WORD_OTHER, base)) {
        return slice_trim(base);
      }
    }
  }
  return (slice){"", 0};
}

/* Options that occur whole, without brackets, are those of the question; all else is written in. */
static void gather_written(guesses *g, guess *at, const cell_options *o) {
  static const char *const marks[] = {"(", "（", "[", "【", ")", "）", "]", "】"};
  const char *const names[] = {"Other", "其他", "其他"};
  const slice other = find_other(o);
  uint32_t written = 0;
  at->options = ARENA_ARRAY(g->facts.memory, slice, OPTIONS_MAX);
  for (uint32_t i = 0; at->options != NULL && i < o->count; i++) {
    bool is_whole = o->at[i].rows > RARE_ROWS && !slice_equal(o->at[i].text, other);
    for (size_t k = 0; k < sizeof marks / sizeof marks[0] && is_whole; k++) {
      is_whole = memmem(o->at[i].text.bytes, o->at[i].text.length, marks[k], strlen(marks[k])) == NULL;
    }
    written += !is_whole && !slice_equal(o->at[i].text, other);
    if (is_whole) {
      at->options[at->ranked_count++] = o->at[i].text;
    }
  }
  if (at->ranked_count > 0) {
    qsort(at->options, at->ranked_count, sizeof *at->options, by_natural);
  }
  at->write_in = other.length > 0 ? other : slice_of(names[g->language]);
  guess_note(at, GUESS_SAY(g, PHRASE_WRITE_INS_CUT, guess_count(g, written), guess_slice(g, at->write_in)));
}

static void take_options(guesses *g, guess *at, const cell_options *o, const char *delimiter) {
  at->delimiter = delimiter;
  at->write_in = find_write_in(o);
  if ((strcmp(delimiter, "→") == 0 || is_ranking(o)) && !at->facts->many &&
      !has_twice(at->facts, slice_of(delimiter))) {
    at->type = GUESS_RANKING;
    at->options = list_options(g, o, 0, &at->ranked_count);
    kinds_take_absences(at, true);
    at->evidence =
        GUESS_SAY(g, PHRASE_RANKING, guess_count(g, at->ranked_count), delimiter, kinds_rows(g, at));
    if (strcmp(delimiter, "→") != 0) {
      guess_note(at, GUESS_SAY(g, PHRASE_RANKED_OR_CHOSEN, delimiter));
    }
    return;
  }
  at->type = GUESS_MULTI;
  kinds_take_absences(at, true);
  uint32_t count;
  (void)list_options(g, o, 0, &count);
  at->evidence =
      GUESS_SAY(g, PHRASE_OPTIONS, guess_count(g, count), guess_count(g, o->joined), kinds_rows(g, at));
  if (has_inside(at->facts, slice_of(delimiter)) && !o->too_many) {
    gather_written(g, at, o);
  } else if (at->write_in.length == 0) {
    tell_rare(g, at, o);
  }
}

bool guess_cell_options(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  for (size_t i = 0; i < sizeof delimiters / sizeof delimiters[0]; i++) {
    const slice delimiter = slice_of(delimiters[i].text);
    const char *only = delimiters[i].platform;
    cell_options o;
    if (only != NULL && (g->facts.platform == NULL || strcmp(g->facts.platform->name, only) != 0)) {
      continue;
    }
    split_all(c, delimiter, &o);
    const bool is_closed = strcmp(delimiters[i].text, ";") == 0 && ends_with_delimiter(c, delimiter);
    if (are_options(&o, delimiters[i].is_sure || is_closed, delimiters[i].is_in_phrases)) {
      take_options(g, at, &o, delimiters[i].text);
      return true;
    }
  }
  return false;
}

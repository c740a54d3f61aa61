/* Columns of words: ordered answers, and several options in one cell. */
#include <string.h>

#include "specification/proposal/kinds.h"

enum {
  OPTIONS_MAX = 80,
  OPTION_BYTES_MAX = 60,     /* average length */
  REPEATED_PERCENT = 70,     /* how many of all mentions are of options that occur in several rows */
  REPEATED_PERCENT_FEW = 50, /* the same with few rows */
  JOINED_PERCENT = 3,        /* how many rows have several options */
  LADDER_TEXTS_MAX = 14,
};

/* ---- Ladders ------------------------------------------------------------------------------------- */

static bool is_same_answer(slice a, slice b) {
  char room_a[WORD_BYTES];
  char room_b[WORD_BYTES];
  return slice_equal(words_answer(a, room_a), words_answer(b, room_b));
}

static bool ladder_fits(const column_facts *c, const ladder *l) {
  slice found[LADDER_RUNGS_MAX] = {{NULL, 0}};
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->texts_count; i++) {
    if (c->texts[i].reason != NULL) {
      continue;
    }
    const int rung = ladder_rung(l, c->texts[i].text);
    if (rung < 0 || (found[rung].length > 0 && !is_same_answer(found[rung], c->texts[i].text))) {
      return false; /* or two of its answers would be the same rung */
    }
    count += found[rung].length == 0;
    found[rung] = c->texts[i].text;
  }
  return count >= 2 && (!l->needs_all || (count == ladder_rungs(l) && facts_answers(c) >= GUESS_ROW_MANY));
}

bool guess_ladder(guesses *g, guess *at) {
  const column_facts *c = at->facts;
  if (c->many || facts_distinct(c) > LADDER_TEXTS_MAX) {
    return false;
  }
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    const ladder *l = ladder_at(i);
    if (ladder_fits(c, l)) {
      at->type = GUESS_SCALE;
      at->ladder = l;
      at->is_direction_open = false;
      at->low = l->low;
      at->high = l->low + (int64_t)ladder_rungs(l) - 1;
      at->is_satisfaction = l->satisfaction || kinds_title_has(at, WORD_SATISFACTION);
      kinds_take_absences(at, false);
      at->evidence = guess_text(g, "%u texts for %u answers in order, %s", facts_distinct(c), ladder_rungs(l),
                                kinds_rows(g, at));
      return true;
    }
  }
  return false;
}

/* ---- Options in one cell ------------------------------------------------------------------------- */

typedef struct cell_option {
  slice text;
  uint64_t rows;
  uint32_t texts; /* distinct cells that have it */
} cell_option;

typedef struct cell_options {
  cell_option at[OPTIONS_MAX];
  uint32_t count;
  bool too_many;
  uint64_t joined; /* rows with several */
  uint64_t rows, all, bytes;
  uint32_t least, most; /* options in one cell */
} cell_options;

static void add_option(cell_options *o, slice text, uint64_t rows) {
  o->all += rows;
  o->bytes += text.length * rows;
  for (uint32_t i = 0; i < o->count; i++) {
    if (slice_equal(o->at[i].text, text)) {
      o->at[i].rows += rows;
      o->at[i].texts++;
      return;
    }
  }
  o->too_many = o->too_many || o->count == OPTIONS_MAX;
  if (!o->too_many) {
    o->at[o->count++] = (cell_option){text, rows, 1};
  }
}

static void split_cell(cell_options *o, slice cell, slice delimiter, uint64_t rows) {
  uint32_t count = 0;
  while (cell.length > 0) {
    const char *end = memmem(cell.bytes, cell.length, delimiter.bytes, delimiter.length);
    const slice option =
        slice_trim((slice){cell.bytes, end != NULL ? (size_t)(end - cell.bytes) : cell.length});
    if (option.length > 0) {
      add_option(o, option, rows);
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

/* Whether every cell has all options, in some order. */
static bool is_ranking(const cell_options *o) {
  bool is_full = o->rows > 1 && o->count > 2 && o->least == o->count && o->most == o->count;
  for (uint32_t i = 0; i < o->count; i++) {
    is_full = is_full && o->at[i].rows == o->rows;
  }
  return is_full;
}

/* Whether the options are codes, as in "1,3,12". */
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

static bool are_options(const cell_options *o, bool is_sure) {
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
         (repeated * 100 >= o->all * percent && o->bytes <= o->all * OPTION_BYTES_MAX &&
          o->joined * 100 >= o->rows * JOINED_PERCENT &&
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
  bool is_sure;         /* it does not occur in other texts */
  const char *platform; /* only in this platform's files; NULL: in any */
} delimiters[] = {
    {"┋", true, NULL},   {"→", true, NULL},   {";", false, NULL}, {"|", false, NULL},  {"；", false, NULL},
    {"、", false, NULL}, {", ", false, NULL}, {",", false, NULL}, {"，", false, NULL}, {" ", false, "kobo"},
};

static void take_options(guesses *g, guess *at, const cell_options *o, const char *delimiter) {
  if (strcmp(delimiter, "→") == 0 || is_ranking(o)) {
    at->type = GUESS_TEXT;
    at->evidence =
        guess_text(g, "%s; a ranking of %u with \"%s\" between them", kinds_rows(g, at), o->count, delimiter);
    at->other = guess_text(g, "rankings are not evaluated; type: multi would count who named each");
    return;
  }
  at->type = GUESS_MULTI;
  at->delimiter = delimiter;
  kinds_take_absences(at, true);
  char joined[TEXT_COUNT_BYTES];
  at->evidence = guess_text(g, "%u options, several in %s of %s", o->count, text_of_count(o->joined, joined),
                            kinds_rows(g, at));
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
    if (are_options(&o, delimiters[i].is_sure || is_closed)) {
      take_options(g, at, &o, delimiters[i].text);
      return true;
    }
  }
  return false;
}

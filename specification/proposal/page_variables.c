/* The codebook of a proposal: a line for each variable, followed by the evidence. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "specification/compile.h"
#include "specification/proposal/page.h"
#include "specification/proposal/words.h"
#include "specification/proposal/yaml_text.h"

enum {
  TITLE_BYTES_MAX = NAME_BYTES_MAX, /* columns with longer titles are given by position */
  LABEL_BYTES_MAX = 900,
  OPTION_BYTES_MAX = 200,
  ABSENT_COLUMNS = 30,
  ABSENT_BYTES = 130, /* of so many columns at most */
};

static const double REST_R_LOW = -0.1; /* below, an item may be worded the other way round */

static const char *const type_names[] = {
    [GUESS_TEXT] = "text",       [GUESS_NOMINAL] = "nominal",
    [GUESS_SCALE] = "scale",     [GUESS_POINTS] = "nominal",
    [GUESS_NUMBER] = "number",   [GUESS_DATE] = "date",
    [GUESS_ID] = "id",           [GUESS_WEIGHT] = "weight",
    [GUESS_MULTI] = "multi",     [GUESS_MULTI_OPTION] = "multi",
    [GUESS_RANKING] = "ranking",
};

static void put_name(buf *page, const char *name) {
  yaml_text_put(page, slice_of(name));
}

static void put_column(const guess *at, buf *page) {
  if (at->facts->title.length > TITLE_BYTES_MAX) {
    buf_printf(page, "%u", at->column + 1);
  } else {
    yaml_text_put(page, at->facts->title);
  }
}

/* A position counts in the first file only. */
static bool can_be_named(const guess *at) {
  return at->facts->title.length <= TITLE_BYTES_MAX || !at->facts->lacking;
}

bool page_has(const guess *at) {
  return can_be_named(at) && (at->type != GUESS_MULTI_OPTION || at->options_count > 0);
}

/* ---- What scales and variables have in common ---------------------------------------------------- */

/* Puts a word that no cell has, capitalised as the others are. */
static void put_word(const guess *first, const char *words, buf *page) {
  char room[WORD_BYTES];
  const slice word = {words, strcspn(words, "|")};
  bool has_capitals = false;
  for (uint32_t i = 0; i < first->facts->texts_count; i++) {
    has_capitals = has_capitals || isupper((unsigned char)first->facts->texts[i].text.bytes[0]);
  }
  memcpy(room, word.bytes, word.length);
  room[0] = has_capitals ? (char)toupper((unsigned char)room[0]) : room[0];
  yaml_text_put(page, (slice){room, word.length});
}

/* Puts the texts as the files spell them in any variable of the scale; for a rung that nobody chose, its
 * first word. */
static void put_texts(const guesses *g, uint32_t scale, buf *page) {
  const guess *first = &g->at[g->scales[scale].first];
  const ladder *l = first->ladder;
  const fact_text *put[64];
  buf_printf(page, ", texts: {");
  for (uint32_t rung = 0; l->rungs[rung] != NULL; rung++) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->count; i++) {
      const column_facts *c = g->at[i].facts;
      for (uint32_t k = 0; g->at[i].scale == scale && k < c->texts_count; k++) {
        bool is_new =
            c->texts[k].reason == NULL && ladder_rung(l, c->texts[k].text) == (int)rung && count < 64;
        for (uint32_t j = 0; is_new && j < count; j++) {
          is_new = !slice_equal(put[j]->text, c->texts[k].text);
        }
        if (is_new) {
          put[count++] = &c->texts[k];
        }
      }
    }
    for (uint32_t j = 0; j < count || j == 0; j++) {
      buf_printf(page, "%s", rung == 0 && j == 0 ? "" : ", ");
      if (count > 0) {
        yaml_text_put(page, put[j]->text);
      } else {
        put_word(first, l->rungs[rung], page);
      }
      buf_printf(page, ": %lld", (long long)(l->low + rung));
    }
  }
  buf_printf(page, "}");
}

static void put_scale(const guesses *g, uint32_t scale, const char *before, buf *page) {
  const guess *at = &g->at[g->scales[scale].first];
  if (!at->from_labels) {
    buf_printf(page, "%srange: [%lld, %lld]", before, (long long)at->low, (long long)at->high);
  }
  if (at->ladder != NULL) {
    put_texts(g, scale, page);
  }
  if (at->leading_number && (at->ladder == NULL || at->is_mixed)) {
    buf_printf(page, ", leading_number: true");
  }
  buf_printf(page, "%s", at->is_reversed ? ", reverse: true" : "");
  page_put_missing(at, g->scales[scale].absent, g->scales[scale].absent_count, page);
}

static void put_zero_note(const guesses *g, const guess *at, buf *page) {
  char high[TEXT_COUNT_BYTES];
  if (at->zero_is_absent) {
    PAGE_SAY(g, page, "  ", PHRASE_ZERO_ABSENT, text_of_count((uint64_t)at->high, high));
  }
}

/* What a file's dictionary says holds for its own variable only. */
static bool is_shared(const guesses *g, const guess *at) {
  return at->type == GUESS_SCALE && g->scales[at->scale].count > 1 && !guess_is_labelled(at->facts->codes);
}

void page_put_scales(const guesses *g, buf *page) {
  bool any = false;
  for (uint32_t i = 0; i < g->scales_count; i++) {
    const guess *first = &g->at[g->scales[i].first];
    if (!is_shared(g, first)) {
      continue;
    }
    buf_printf(page, "%s", any ? "" : "\nscales:\n");
    any = true;
    put_zero_note(g, first, page);
    buf_printf(page, "  ");
    put_name(page, g->scales[i].name);
    buf_printf(page, ": {");
    put_scale(g, i, "", page);
    char count[TEXT_COUNT_BYTES];
    buf_printf(page, "}");
    PAGE_SAY(g, page, "  ", PHRASE_SHARED, text_of_count(g->scales[i].count, count));
  }
}

/* ---- Variables ----------------------------------------------------------------------------------- */

static void put_format(const guess *at, buf *page) {
  if (at->formats_count == 1 && strcmp(at->formats[0], "%Y-%m-%d") == 0) {
    return;
  }
  buf_printf(page, ", format: %s", at->formats_count > 1 ? "[" : "");
  for (uint32_t i = 0; i < at->formats_count; i++) {
    buf_printf(page, "%s", i > 0 ? ", " : "");
    yaml_text_put(page, slice_of(at->formats[i]));
  }
  buf_printf(page, "%s", at->formats_count > 1 ? "]" : "");
}

static void put_notation(const guess *at, buf *page) {
  for (uint32_t i = 0; i < at->zeros_count; i++) {
    buf_printf(page, "%s", i == 0 ? ", texts: {" : ", ");
    yaml_text_put(page, at->zeros[i]);
    buf_printf(page, ": 0");
  }
  buf_printf(page, "%s", at->zeros_count > 0 ? "}" : "");
  if (at->thousands) {
    buf_printf(page, ", thousands: \",\"");
  }
  if (at->prefix != NULL) {
    buf_printf(page, ", prefix: ");
    yaml_text_put(page, slice_of(at->prefix));
  }
  if (at->suffix != NULL) {
    buf_printf(page, ", suffix: ");
    yaml_text_put(page, slice_of(at->suffix));
  }
}

static void put_options(const guess *at, buf *page) {
  buf_printf(page, ", delimiter: ");
  yaml_text_put(page, slice_of(at->delimiter));
  for (uint32_t i = 0; i < at->ranked_count; i++) {
    buf_printf(page, "%s", i == 0 ? ", values: [" : ", ");
    yaml_text_put(page, at->options[i]);
  }
  buf_printf(page, "%s", at->ranked_count > 0 ? "]" : "");
  if (at->write_in.length > 0) {
    buf_printf(page, ", other: ");
    yaml_text_put(page, at->write_in);
  }
}

static void put_type(const guesses *g, const guess *at, buf *page) {
  if (is_shared(g, at)) {
    buf_printf(page, "scale: ");
    put_name(page, g->scales[at->scale].name);
    return;
  }
  buf_printf(page, "type: %s", type_names[at->type]);
  if (at->type == GUESS_SCALE) {
    put_scale(g, at->scale, ", ", page);
    return;
  }
  if (at->type == GUESS_DATE) {
    put_format(at, page);
  } else if (at->type == GUESS_NUMBER) {
    put_notation(at, page);
  } else if (at->type == GUESS_WEIGHT) {
    buf_printf(page, ", kind: sampling");
  } else if ((at->type == GUESS_MULTI && at->set == NULL) || at->type == GUESS_RANKING) {
    put_options(at, page);
  }
  page_put_missing(at, at->absent, at->absent_count, page);
}

/* The question without what a platform adds to a question with a single answer. */
static slice question_of(const guess *at) {
  const bool is_single =
      slice_equal(at->part, slice_of("Response")) || slice_equal(at->part, slice_of("Open-Ended Response"));
  if (at->options_count > 0 || is_single) {
    return at->stem;
  }
  return at->facts->label.length > 0 ? at->facts->label : at->facts->title;
}

/* An item whose construct has the question for its label, and whose part no other column has. */
static bool is_of_construct(const guesses *g, const guess *at) {
  bool is_item = false;
  for (uint32_t i = 0; i < g->constructs_count && !is_item; i++) {
    is_item = g->constructs[i].label.length > 0 && guess_is_item(g, &g->constructs[i], at->column);
  }
  for (uint32_t i = 0; i < g->count && is_item; i++) {
    is_item = &g->at[i] == at || !slice_equal(g->at[i].part, at->part);
  }
  return is_item && at->facts->label.length == 0;
}

/* Titles may have line breaks where a cell was too narrow. */
static void put_on_a_line(buf *page, slice text) {
  char line[LABEL_BYTES_MAX];
  for (size_t i = 0; i < text.length; i++) {
    line[i] = text.bytes[i] == '\n' || text.bytes[i] == '\r' ? ' ' : text.bytes[i];
  }
  yaml_text_put(page, (slice){line, text.length});
}

static void put_label(const guesses *g, const guess *at, buf *page, const char *before, const char *after) {
  const slice label = is_of_construct(g, at) ? at->part : question_of(at);
  if (!slice_equal(label, slice_of(at->name))) {
    buf_printf(page, "%slabel: ", before);
    put_on_a_line(page, text_cut(label, LABEL_BYTES_MAX));
    buf_printf(page, "%s", after);
  }
}

static void put_notes(const guesses *g, const guess *at, const char *indent, buf *page) {
  for (uint32_t i = 0; i < at->notes_count; i++) {
    buf_printf(page, "%s# ", indent);
    yaml_text_comment(page, slice_of(at->notes[i]));
    buf_printf(page, "\n");
  }
  if (at->rest_r < REST_R_LOW) {
    char r[32];
    (void)snprintf(r, sizeof r, "%.2f", at->rest_r);
    PAGE_SAY(g, page, indent, PHRASE_REST, r);
  }
}

static void put_absent(const guesses *g, const guess_absent *absent, buf *page) {
  char count[TEXT_COUNT_BYTES];
  char text[ABSENT_BYTES];
  const slice shown = text_cut(text_fit(absent->text, ABSENT_COLUMNS), sizeof text - 1);
  buf said;
  buf_init(&said);
  memcpy(text, shown.bytes, shown.length);
  text[shown.length] = '\0';
  phrase_put(PHRASE_ABSENT, g->language, (const char *const[]){text, text_of_count(absent->count, count)}, 2,
             &said);
  buf_printf(page, "; ");
  yaml_text_comment(page, (slice){(const char *)said.data, said.length});
  buf_fini(&said);
}

static void put_evidence(const guesses *g, const guess *at, buf *page) {
  buf_printf(page, "  # ");
  yaml_text_comment(page, slice_of(at->evidence));
  for (uint32_t i = 0; i < at->absent_count; i++) {
    if (at->absent[i].count > 0) {
      put_absent(g, &at->absent[i], page);
    }
  }
  buf_printf(page, "\n");
}

static void put_variable(const guesses *g, const guess *at, buf *page) {
  put_notes(g, at, "  ", page);
  if (at->type == GUESS_SCALE && !is_shared(g, at)) {
    put_zero_note(g, at, page);
  }
  buf_printf(page, "  ");
  put_name(page, at->name);
  buf_printf(page, ": {");
  if (at->set == NULL && !slice_equal(at->facts->title, slice_of(at->name))) {
    buf_printf(page, "column: ");
    put_column(at, page);
    buf_printf(page, ", ");
  }
  put_type(g, at, page);
  buf_printf(page, "%s", at->facts->lacking ? ", optional: true" : "");
  if (at->set == NULL) {
    put_label(g, at, page, ", ", "");
  }
  buf_printf(page, "}");
  put_evidence(g, at, page);
}

/* ---- Questions of several columns ---------------------------------------------------------------- */

/* What follows the stem: in the label, if the title has only a number there. */
static slice option_text(const guess *at) {
  const slice label = at->facts->label;
  static const char *const joints[] = {" - ", " | ", "—"};
  const bool is_number = strspn(at->part.bytes, "0123456789") >= at->part.length;
  for (size_t i = 0; is_number && i < sizeof joints / sizeof joints[0]; i++) {
    const char *last = NULL;
    for (const char *next = label.bytes; label.length > 0 && next != NULL;) {
      next = memmem(next, label.length - (size_t)(next - label.bytes), joints[i], strlen(joints[i]));
      last = next != NULL ? next : last;
      next = next != NULL ? next + 1 : NULL;
    }
    if (last != NULL) {
      const size_t begin = (size_t)(last - label.bytes) + strlen(joints[i]);
      return slice_trim((slice){label.bytes + begin, label.length - begin});
    }
  }
  return at->part;
}

static bool is_earlier_option(const guess *head, uint32_t index, slice text) {
  for (uint32_t i = 0; i < index; i++) {
    if (slice_equal(text_cut(option_text(&head[i]), OPTION_BYTES_MAX), text)) {
      return true;
    }
  }
  return false;
}

/* An export joined with another has "1" beside its word. */
static uint64_t count_chosen(const guess *head, const guess *at) {
  uint64_t count = 0;
  for (uint32_t i = 0; i < at->facts->texts_count; i++) {
    const slice text = at->facts->texts[i].text;
    const bool is_word = head->chosen_text != NULL && slice_equal(text, slice_of(head->chosen_text));
    count += is_word || slice_equal(text, slice_of("1")) ? at->facts->texts[i].count : 0;
  }
  return count;
}

static void put_option(const guesses *g, const guess *head, uint32_t index, buf *page) {
  const guess *at = &head[index];
  const slice text = text_cut(option_text(at), OPTION_BYTES_MAX);
  buf numbered;
  buf_init(&numbered);
  buf_printf(&numbered, "%.*s", SLICE_ARG(text));
  if (text.length == 0 || is_earlier_option(head, index, text)) {
    buf_printf(&numbered, " (%u)", index + 1);
  }
  buf_printf(page, "      ");
  yaml_text_put(page, (slice){(const char *)numbered.data, numbered.length});
  buf_printf(page, ": ");
  put_column(at, page);
  char count[TEXT_COUNT_BYTES];
  if (head->any_is_chosen) {
    PAGE_SAY(g, page, "  ", PHRASE_NOT_BLANK, text_of_count(at->facts->rows - at->facts->blank, count));
  } else {
    PAGE_SAY(g, page, "  ", PHRASE_CHOSEN, text_of_count(count_chosen(head, at), count));
  }
  buf_fini(&numbered);
}

static void put_marks(const guess *at, buf *page) {
  const char *chosen = at->chosen_text;
  if (at->any_is_chosen) {
    buf_printf(page, "    chosen: any\n");
  } else if ((chosen != NULL && strcmp(chosen, "1") != 0) || at->not_chosen_text != NULL) {
    buf_printf(page, "    texts: {");
    if (chosen != NULL) {
      yaml_text_put(page, slice_of(chosen));
      buf_printf(page, ": 1");
    }
    if (at->not_chosen_text != NULL) {
      buf_printf(page, "%s", chosen != NULL ? ", " : "");
      yaml_text_put(page, slice_of(at->not_chosen_text));
      buf_printf(page, ": 0");
    }
    buf_printf(page, "}\n");
  }
}

static void put_question(const guesses *g, const guess *at, buf *page) {
  bool lacking = false;
  put_notes(g, at, "  ", page);
  buf_printf(page, "  ");
  put_name(page, at->name);
  buf_printf(page, ":");
  put_evidence(g, at, page);
  buf_printf(page, "    type: multi\n    columns:\n");
  for (uint32_t i = 0; i < at->options_count; i++) {
    put_option(g, at, i, page);
    lacking = lacking || at[i].facts->lacking;
  }
  put_marks(at, page);
  if (at->absent_count > 0) {
    buf missing;
    buf_init(&missing);
    page_put_missing(at, at->absent, at->absent_count, &missing);
    buf_printf(page, "    %.*s\n", (int)missing.length - 2, (const char *)missing.data + 2);
    buf_fini(&missing);
  }
  buf_printf(page, "%s", lacking ? "    optional: true\n" : "");
  put_label(g, at, page, "    ", "\n");
}

static void put_left_out(const guesses *g, const guess *at, buf *page) {
  buf titles;
  buf_init(&titles);
  buf_printf(&titles, "%.*s", SLICE_ARG(at->facts->title));
  buf_put_u8(&titles, '\0');
  const size_t set = titles.length;
  buf_printf(&titles, "%.*s", SLICE_ARG(at->set->name));
  buf_put_u8(&titles, '\0');
  if (!titles.failed) {
    PAGE_SAY(g, page, "  ", PHRASE_LEFT_OUT_SET, (const char *)titles.data, (const char *)titles.data + set);
  }
  buf_fini(&titles);
}

void page_put_entry(const guesses *g, const guess *at, buf *page) {
  if (at->options_count > 0) {
    put_question(g, at, page);
  } else {
    put_variable(g, at, page);
  }
}

void page_put_variables(const guesses *g, buf *page) {
  buf_printf(page, "\nvariables:\n");
  for (uint32_t i = 0; i < g->count; i++) {
    const guess *at = &g->at[i];
    if (!can_be_named(at)) {
      char number[TEXT_COUNT_BYTES];
      PAGE_SAY(g, page, "  ", PHRASE_LEFT_OUT_LONG, text_of_count(i + 1, number));
    } else if (at->set != NULL && at->type == GUESS_MULTI_OPTION) {
      put_left_out(g, at, page);
    } else if (page_has(at)) {
      page_put_entry(g, at, page);
    }
  }
}

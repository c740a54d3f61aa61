/* What only the reader of a codebook can decide: which code a word means, whether a code is an answer.  By
 * kind of variable, with a line in which CODE, NUMBER, VALUE or FLAG stand for what has to be written there.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/census_finding.h"

/* Of any length: 1e30 is one. */
static bool is_number(slice text) {
  return decimal_equal_texts(text, '.', text, '.');
}

void finding_quote(const finding *f, slice text, buf *out) {
  json_write(json_text(f->memory, text), out);
}

static bool is_numeric(const program_variable *v) {
  return v->kind == VARIABLE_SCALE || v->kind == VARIABLE_NUMBER;
}

void finding_ask(finding *f, slice text, slice guess) {
  if (finding_is_dressed(f, text)) {
    return; /* one line serves them all */
  }
  if (guess.length == 0 && f->item->variable->kind == VARIABLE_NUMBER) {
    guess = finding_number_meant(f, text);
  }
  questions *q = is_numeric(f->item->variable) && is_number(text) ? &f->numbers : &f->words;
  for (uint32_t i = 0; i < q->count; i++) {
    if (slice_equal(q->texts[i], text)) {
      return; /* of another loop */
    }
  }
  if (q->count == ASKED) {
    q->more++;
    return;
  }
  q->guesses[q->count] = guess;
  q->texts[q->count++] = text;
}

/* ---- Lines ---------------------------------------------------------------------------------------- */

/* One decision. */
static json *add_question(json *list, const char *why) {
  json *o = json_object(json_arena(list));
  json_set_text(o, "why", why);
  json_push(list, o);
  return o;
}

/* `texts: {"Good": 4, "great": CODE}`: what is declared or clear, and then the texts of Q. */
static void set_line(const finding *f, json *question, const char *key, const paste_line *before,
                     const questions *q, const char *fill) {
  buf line;
  buf_init(&line);
  buf_printf(&line, "%s: {%.*s", key, (int)before->pairs.length, (const char *)before->pairs.data);
  bool has_fill = false;
  for (uint32_t i = 0; i < q->count; i++) {
    buf_printf(&line, "%s", before->count > 0 || i > 0 ? ", " : "");
    finding_quote(f, q->texts[i], &line);
    buf_printf(&line, ": ");
    const slice meant = q->guesses[i].length > 0 ? q->guesses[i] : slice_of(fill);
    has_fill = has_fill || q->guesses[i].length == 0;
    buf_put(&line, meant.bytes, meant.length);
  }
  buf_printf(&line, "}");
  json_set(question, "line",
           json_text(f->memory, (slice){(const char *)line.data, line.failed ? 0 : line.length}));
  if (has_fill && fill[0] >= 'A' && fill[0] <= 'Z') {
    json_set_text(question, "fill", fill);
  }
  if (q->more > 0) {
    json_set_integer(question, "more", (int64_t)q->more);
  }
  buf_fini(&line);
}

static void ask_meaning(const finding *f, json *list, const char *why, const char *fill) {
  if (f->words.count > 0) {
    set_line(f, add_question(list, why), "texts", &f->meant, &f->words, fill);
  }
}

/* Whether Q are answers after all is asked of ranges as well. */
static void ask_reason(const finding *f, json *list, const char *why, const questions *q) {
  if (q->count == 0) {
    return;
  }
  json *question = add_question(list, why);
  const program_variable *v = f->item->variable;
  questions as_missing = *q;
  memset(as_missing.guesses, 0, sizeof as_missing.guesses);
  set_line(f, question, "missing", &f->missing, &as_missing, missing_name(MISSING_OTHER));
  if (v->has_range || v->kind == VARIABLE_SCALE) {
    char low[DECIMAL_TEXT_BYTES];
    char high[DECIMAL_TEXT_BYTES];
    (void)decimal_format(decimal_normalise((decimal){v->low, v->decimals}), low);
    (void)decimal_format(decimal_normalise((decimal){v->high, v->decimals}), high);
    buf range;
    buf_init(&range);
    buf_printf(&range, "[%s, %s]", low, high);
    json_set(question, "range", json_text(f->memory, (slice){(const char *)range.data, range.length}));
    buf_fini(&range);
  }
}

/* ---- By kind -------------------------------------------------------------------------------------- */

static void ask_scale(const finding *f, json *list) {
  if (f->percents > 0) {
    (void)add_question(list, "percents_beside_codes");
  }
  ask_meaning(f, list, "words_are_codes", "CODE");
  ask_reason(f, list, "codes_are_missing", &f->numbers);
}

static void ask_number(const finding *f, json *list) {
  if (f->percents > 0) {
    json_set_text(add_question(list, "percents_beside_numbers"), "line", "suffix: \"%\"");
  }
  if (f->undressed > 0) {
    finding_ask_dressed(f, add_question(list, "numbers_are_dressed"));
  }
  ask_meaning(f, list, "words_are_numbers", "NUMBER");
  ask_reason(f, list, "numbers_are_missing", &f->numbers);
}

static void ask_values(const finding *f, json *list) {
  const bool is_ranking = f->item->variable->is_ranking;
  ask_meaning(f, list, is_ranking ? "options_are_values" : "texts_are_values", "VALUE");
  if (f->has_repeated) {
    (void)add_question(list, "options_repeated");
  }
}

/* As it stands on the page: one, or a list. */
static void ask_date(const finding *f, json *list) {
  const program_variable *v = f->item->variable;
  if (f->words.count == 0) {
    return;
  }
  json *question = add_question(list, v->has_range ? "dates_in_range" : "dates");
  buf formats;
  buf_init(&formats);
  buf_printf(&formats, "%s", v->other_formats_count > 0 ? "[" : "");
  finding_quote(f, slice_of(v->format), &formats);
  for (uint32_t i = 0; i < v->other_formats_count; i++) {
    buf_printf(&formats, ", ");
    finding_quote(f, slice_of(v->other_formats[i]), &formats);
  }
  buf_printf(&formats, "%s", v->other_formats_count > 0 ? "]" : "");
  json_set(question, "format", json_text(f->memory, (slice){(const char *)formats.data, formats.length}));
  buf_fini(&formats);
}

static void ask_flags(const finding *f, json *list) {
  ask_meaning(f, list, "texts_are_flags", "FLAG");
}

/* The codebook has no texts for weights. */
static void ask_weight(const finding *f, json *list) {
  ask_reason(f, list, "weights_are_missing", &f->words);
  if (f->numbers.count > 0) {
    (void)add_question(list, "weights_wrong");
  }
}

static const struct {
  variable_kind kind;
  void (*ask)(const finding *f, json *list);
} kinds[] = {
    {VARIABLE_SCALE, ask_scale}, {VARIABLE_NUMBER, ask_number},     {VARIABLE_NOMINAL, ask_values},
    {VARIABLE_DATE, ask_date},   {VARIABLE_MULTI_CELL, ask_values}, {VARIABLE_MULTI_FLAGS, ask_flags},
};

static bool is_weight(const finding *f) {
  const program *p = f->e->plan->program;
  for (uint32_t i = 0; i < p->weights_count; i++) {
    const uint32_t variable = p->weights[i].variable;
    const char *name = p->variables[variable].name;
    if (variable == f->item->planned->variable ||
        (name != NULL && strcmp(name, f->item->planned->name) == 0)) {
      return true;
    }
  }
  return false;
}

void finding_set_questions(const finding *f) {
  json *list = json_array(f->memory);
  const bool weight = is_weight(f);
  if (weight) {
    ask_weight(f, list);
  }
  for (size_t i = 0; !weight && i < sizeof kinds / sizeof kinds[0]; i++) {
    if (kinds[i].kind == f->item->variable->kind) {
      kinds[i].ask(f, list);
    }
  }
  json_set(f->out, "ask", list);
}

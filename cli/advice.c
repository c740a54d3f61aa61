/* Advice by kind of variable. */
#include "cli/advice.h"

#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "cli/reasons.h"

enum { TEXTS_SHOWN = 3 };

/* One variable: its definition in the plan, and what was found. */
typedef struct subject {
  const plan_variable *planned;
  const program_variable *variable;
  const json *texts; /* the document's */
  buf *out;
} subject;

static slice text_at(const subject *s, size_t i) {
  return json_as_text(json_get(json_at(s->texts, i), "value"));
}

static bool is_number(slice text) {
  decimal ignored;
  return decimal_parse(text, '.', &ignored);
}

/* As YAML and JSON alike write it. */
static void put_quoted(buf *out, slice text) {
  static const char digits[] = "0123456789abcdef";
  buf_put_u8(out, '"');
  for (size_t i = 0; i < text.length; i++) {
    const unsigned char byte = (unsigned char)text.bytes[i];
    if (byte < ' ' || byte == 0x7F) {
      buf_printf(out, "\\x%c%c", digits[byte >> 4], digits[byte & 15]);
      continue;
    }
    buf_put(out, "\\", byte == '"' || byte == '\\' ? 1 : 0);
    buf_put_u8(out, byte);
  }
  buf_put_u8(out, '"');
}

/* ---- Which texts --------------------------------------------------------------------------------- */

typedef bool chooser(const subject *s, slice text);

static bool choose_words(const subject *s, slice text) {
  (void)s;
  return !is_number(text) && reason_of_text(text) == NULL;
}

/* Words for no answer. */
static bool choose_reasons(const subject *s, slice text) {
  (void)s;
  return !is_number(text) && reason_of_text(text) != NULL;
}

static bool choose_no_numbers(const subject *s, slice text) {
  (void)s;
  return !is_number(text);
}

static bool choose_numbers(const subject *s, slice text) {
  (void)s;
  return is_number(text);
}

static bool choose_all(const subject *s, slice text) {
  (void)s;
  (void)text;
  return true;
}

static size_t count_chosen(const subject *s, chooser *choose) {
  size_t count = 0;
  for (size_t i = 0; i < json_count(s->texts); i++) {
    count += choose(s, text_at(s, i));
  }
  return count;
}

/* `{"Very satisfied": 5, "n/a": CODE}`: what PUT_MEANING writes after each of the first texts. */
static void put_map(const subject *s, const char *key, chooser *choose,
                    void (*put_meaning)(const subject *s, slice text)) {
  size_t shown = 0;
  buf_printf(s->out, "%s: {", key);
  for (size_t i = 0; i < json_count(s->texts) && shown < TEXTS_SHOWN; i++) {
    const slice text = text_at(s, i);
    if (choose(s, text)) {
      buf_printf(s->out, "%s", shown++ > 0 ? ", " : "");
      put_quoted(s->out, text);
      buf_printf(s->out, ": ");
      put_meaning(s, text);
    }
  }
  buf_printf(s->out, "%s}", count_chosen(s, choose) > shown ? ", ..." : "");
}

/* ---- What they mean ------------------------------------------------------------------------------ */

static bool is_label(const plan_label *label, slice text) {
  for (int i = 0; i < LANGUAGES; i++) {
    const char *known = label->text[i];
    if (known != NULL && strlen(known) == text.length && strncasecmp(known, text.bytes, text.length) == 0) {
      return true;
    }
  }
  return false;
}

/* The code whose label is the text, as the file would have it. */
static void put_code(const subject *s, slice text) {
  const program_variable *v = s->variable;
  for (uint32_t i = 0; i < s->planned->values_count; i++) {
    const plan_value_label *value = &s->planned->values[i];
    if (!value->is_text && is_label(&value->label, text)) {
      buf_printf(s->out, "%lld", (long long)(v->reversed ? v->low + v->high - value->number : value->number));
      return;
    }
  }
  buf_printf(s->out, "CODE");
}

static void put_reason(const subject *s, slice text) {
  const char *reason = reason_of_text(text);
  buf_printf(s->out, "%s", reason != NULL ? reason : "dont_know");
}

static void put_number(const subject *s, slice text) {
  (void)text;
  buf_printf(s->out, "NUMBER");
}

static void put_flag(const subject *s, slice text) {
  (void)text;
  buf_printf(s->out, "FLAG");
}

/* The declared value of which it is a spelling. */
static void put_value(const subject *s, slice text) {
  const program_variable *v = s->variable;
  for (uint32_t i = 0; i < v->keys_count; i++) {
    if (reason_is_spelling(text, v->keys[i])) {
      put_quoted(s->out, v->keys[i]);
      return;
    }
  }
  buf_printf(s->out, "VALUE");
}

/* ---- By kind ------------------------------------------------------------------------------------- */

static void advise_scale(const subject *s) {
  const char *before = "";
  if (count_chosen(s, choose_words) > 0) {
    buf_printf(s->out, "words that are answers need their codes, ");
    put_map(s, "texts", choose_words, put_code);
    before = "; ";
  }
  if (count_chosen(s, choose_reasons) > 0) {
    buf_printf(s->out, "%swords that are not answers a reason, ", before);
    put_map(s, "missing", choose_reasons, put_reason);
    before = "; ";
  }
  if (count_chosen(s, choose_numbers) > 0) {
    buf_printf(s->out, "%scodes that are not answers a reason, ", before);
    put_map(s, "missing", choose_numbers, put_reason);
    buf_printf(s->out, "; or is the range [%lld, %lld] wrong?", (long long)s->variable->low,
               (long long)s->variable->high);
  }
}

static void advise_number(const subject *s) {
  if (count_chosen(s, choose_words) > 0) {
    buf_printf(s->out, "words that stand for numbers need their numbers, ");
    put_map(s, "texts", choose_words, put_number);
    buf_printf(s->out, "; others a reason, ");
    put_map(s, "missing", choose_no_numbers, put_reason);
  } else if (count_chosen(s, choose_reasons) > 0) {
    buf_printf(s->out, "words that are not answers need a reason, ");
    put_map(s, "missing", choose_reasons, put_reason);
  } else {
    buf_printf(s->out, "numbers that are not answers need a reason, ");
    put_map(s, "missing", choose_numbers, put_reason);
    buf_printf(s->out, s->variable->has_range ? "; or is the range wrong?" : "");
  }
}

static void advise_values(const subject *s) {
  buf_printf(s->out, "other spellings need their value, ");
  put_map(s, "texts", choose_all, put_value);
  buf_printf(s->out, "; or add to values, or write closed: false");
}

static void advise_date(const subject *s) {
  buf_printf(s->out, "%s; is the format %s correct?",
             s->variable->has_range ? "not a date of that format, or outside the range"
                                    : "not a date of that format",
             s->variable->format);
}

static void advise_flags(const subject *s) {
  buf_printf(s->out, "each column holds 0 and 1; other texts need one of these, ");
  put_map(s, "texts", choose_all, put_flag);
}

/* The codebook has no texts for weights. */
static void advise_weight(const subject *s) {
  buf_printf(s->out, "a weight is a number above 0, and rows without one are not used; ");
  if (count_chosen(s, choose_no_numbers) > 0) {
    buf_printf(s->out, "name those that are intentional, ");
    put_map(s, "missing", choose_no_numbers, put_reason);
  } else {
    buf_printf(s->out, "correct those in the file");
  }
}

static const struct {
  variable_kind kind;
  void (*advise)(const subject *s);
} kinds[] = {
    {VARIABLE_SCALE, advise_scale},       {VARIABLE_NUMBER, advise_number},
    {VARIABLE_NOMINAL, advise_values},    {VARIABLE_DATE, advise_date},
    {VARIABLE_MULTI_CELL, advise_values}, {VARIABLE_MULTI_FLAGS, advise_flags},
};

static bool is_weight(const plan *p, const plan_variable *planned) {
  for (uint32_t i = 0; i < p->program->weights_count; i++) {
    const uint32_t variable = p->program->weights[i].variable;
    const char *name = p->program->variables[variable].name;
    if (variable == planned->variable || (name != NULL && strcmp(name, planned->name) == 0)) {
      return true;
    }
  }
  return false;
}

static void advise(const plan *p, const subject *s) {
  void (*advise_kind)(const subject *s) = is_weight(p, s->planned) ? advise_weight : NULL;
  for (size_t i = 0; advise_kind == NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
    advise_kind = kinds[i].kind == s->variable->kind ? kinds[i].advise : NULL;
  }
  if (advise_kind != NULL) {
    buf_printf(s->out, "%s: ", s->planned->name);
    advise_kind(s);
    buf_printf(s->out, "\n");
  }
}

void advice_put(const plan *p, const json *document, buf *out) {
  const json *variables = json_get(json_get(document, "data"), "variables");
  size_t at = 0;
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const plan_variable *planned = &p->variables[i];
    if (!planned->in_codebook) {
      continue;
    }
    const json *texts = json_get(json_at(variables, at++), "invalid_texts");
    if (json_count(texts) > 0) {
      advise(p, &(subject){planned, &p->program->variables[planned->variable], texts, out});
    }
  }
}

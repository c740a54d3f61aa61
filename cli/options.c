/* The parser of options. */
#include "cli/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "report/report.h"
#include "stats/plan/plan.h"

enum { OPTIONS_MAX = 32 };

static const option help_option = {.letter = 'h', .name = "help", .kind = OPTION_FLAG};

typedef struct parsing {
  const option *table;
  size_t count;
  const char *const *arguments;
  size_t arguments_count;
  size_t at; /* the argument being read */
  char *settings;
  option_result *out;
} parsing;

static const option *find_letter(const parsing *p, char letter) {
  for (size_t i = 0; i < p->count; i++) {
    if (p->table[i].letter == letter) {
      return &p->table[i];
    }
  }
  return letter == help_option.letter ? &help_option : NULL;
}

static const option *find_name(const parsing *p, slice name) {
  for (size_t i = 0; i < p->count; i++) {
    if (slice_equal(slice_of(p->table[i].name), name)) {
      return &p->table[i];
    }
  }
  return slice_equal(name, slice_of(help_option.name)) ? &help_option : NULL;
}

static status unknown_name(const parsing *p, slice name, error *err) {
  const char *names[OPTIONS_MAX + 1];
  size_t count = 0;
  for (size_t i = 0; i < p->count && i < OPTIONS_MAX; i++) {
    names[count++] = p->table[i].name;
  }
  names[count++] = help_option.name;
  const char *nearest = text_nearest(name, names, count);
  if (nearest != NULL) {
    return error_set(err, STATUS_USAGE, "unknown option '--%.*s'; did you mean '--%s'?", SLICE_ARG(name),
                     nearest);
  }
  return error_set(err, STATUS_USAGE, "unknown option '--%.*s'", SLICE_ARG(name));
}

static bool parse_count(const char *text, unsigned low, unsigned high, unsigned *out) {
  uint64_t v = 0;
  for (const char *c = text; *c != '\0'; c++) {
    if (*c < '0' || *c > '9') {
      return false;
    }
    v = v * 10 + (uint64_t)(*c - '0');
    if (v > high) {
      return false;
    }
  }
  *out = (unsigned)v;
  return text[0] != '\0' && v >= low;
}

/* "1048576", "500M", "20G": powers of 1024. */
static bool parse_bytes(const char *text, uint64_t low, uint64_t *out) {
  static const char units[] = "KMGT";
  uint64_t v = 0;
  const char *c = text;
  for (; *c >= '0' && *c <= '9'; c++) {
    if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(*c - '0'), &v)) {
      return false;
    }
  }
  if (c == text) {
    return false;
  }
  const char *unit = *c != '\0' ? strchr(units, *c) : NULL;
  const uint64_t scale = unit != NULL ? (uint64_t)1 << (10 * (unit - units + 1)) : 1;
  c += unit != NULL;
  if (*c != '\0' || __builtin_mul_overflow(v, scale, &v) || v < low) {
    return false;
  }
  *out = v;
  return true;
}

static status bad_choice(const option *o, const char *value, error *err) {
  buf list;
  buf_init(&list);
  for (size_t i = 0; o->choices[i] != NULL; i++) {
    buf_printf(&list, "%s%s", i > 0 ? ", " : "", o->choices[i]);
  }
  status st = error_set(err, STATUS_USAGE, "option '--%s': '%s' is not one of %.*s", o->name, value,
                        (int)list.length, (const char *)list.data);
  buf_fini(&list);
  return st;
}

static status set_text(const option *o, const char *value, void *place, error *err) {
  memcpy(place, &value, sizeof value);
  return value[0] != '\0' ? STATUS_OK : error_set(err, STATUS_USAGE, "option '--%s': empty value", o->name);
}

static status set_format(const option *o, const char *value, void *place, error *err) {
  memcpy(place, &value, sizeof value);
  const status st = report_format_check(value, err);
  return st == STATUS_OK ? st : error_context(err, st, "option '--%s'", o->name);
}

static status set_texts(const option *o, const char *value, void *place, error *err) {
  option_texts *texts = place;
  if (texts->count == OPTION_TEXTS_MAX) {
    return error_set(err, STATUS_USAGE, "option '--%s' is given more than %d times", o->name,
                     (int)OPTION_TEXTS_MAX);
  }
  return set_text(o, value, &texts->at[texts->count++], err);
}

static status set_count(const option *o, const char *value, void *place, error *err) {
  unsigned count = 0;
  if (!parse_count(value, o->low, o->high, &count)) {
    return error_set(err, STATUS_USAGE, "option '--%s': '%s' is not a whole number from %u to %u", o->name,
                     value, o->low, o->high);
  }
  memcpy(place, &count, sizeof count);
  return STATUS_OK;
}

static status set_bytes(const option *o, const char *value, void *place, error *err) {
  uint64_t bytes = 0;
  if (!parse_bytes(value, (uint64_t)o->low << 20, &bytes)) {
    return error_set(err, STATUS_USAGE,
                     "option '--%s': '%s' is not a size of at least %uM, such as 500M or 20G", o->name, value,
                     o->low);
  }
  memcpy(place, &bytes, sizeof bytes);
  return STATUS_OK;
}

static status set_choice(const option *o, const char *value, void *place, error *err) {
  for (int i = 0; o->choices[i] != NULL; i++) {
    if (strcmp(o->choices[i], value) == 0) {
      memcpy(place, &i, sizeof i);
      return STATUS_OK;
    }
  }
  return bad_choice(o, value, err);
}

static status set_language(const option *o, const char *value, void *place, error *err) {
  const int index = plan_language_of(value);
  if (index == LANGUAGES) {
    return error_set(err, STATUS_USAGE,
                     "option '--%s': '%s' is not one of en, zh-Hans (zh, zh-CN), zh-Hant (zh-TW, zh-HK)",
                     o->name, value);
  }
  memcpy(place, &index, sizeof index);
  return STATUS_OK;
}

static status (*const setters[])(const option *o, const char *value, void *place, error *err) = {
    [OPTION_COUNT] = set_count,       [OPTION_BYTES] = set_bytes,   [OPTION_CHOICE] = set_choice,
    [OPTION_LANGUAGE] = set_language, [OPTION_FORMAT] = set_format, [OPTION_TEXT] = set_text,
    [OPTION_TEXTS] = set_texts,
};

/* GIVEN is the value written with the option, NULL when it must be the next argument. */
static status take_option(parsing *p, const option *o, const char *given, error *err) {
  if (o == &help_option) {
    p->out->wants_help = true;
    return STATUS_OK;
  }
  if (o->kind == OPTION_FLAG) {
    bool on = true;
    memcpy(p->settings + o->offset, &on, sizeof on);
    return given == NULL ? STATUS_OK : error_set(err, STATUS_USAGE, "option '--%s' takes no value", o->name);
  }
  if (given == NULL && p->at + 1 >= p->arguments_count) {
    return error_set(err, STATUS_USAGE, "option '--%s' needs a value: %s", o->name, o->argument);
  }
  return setters[o->kind](o, given != NULL ? given : p->arguments[++p->at], p->settings + o->offset, err);
}

static status take_long(parsing *p, const char *text, error *err) {
  const char *equals = strchr(text, '=');
  slice name = {text, equals == NULL ? strlen(text) : (size_t)(equals - text)};
  const option *o = find_name(p, name);
  return o == NULL ? unknown_name(p, name, err) : take_option(p, o, equals == NULL ? NULL : equals + 1, err);
}

/* "-q", "-o FILE", "-oFILE", "-qo FILE" */
static status take_letters(parsing *p, const char *letters, error *err) {
  for (const char *c = letters; *c != '\0'; c++) {
    const option *o = find_letter(p, *c);
    if (o == NULL) {
      return error_set(err, STATUS_USAGE, "unknown option '-%c'", *c);
    }
    if (o->kind != OPTION_FLAG) {
      return take_option(p, o, c[1] != '\0' ? c + 1 : NULL, err);
    }
    TRY(take_option(p, o, NULL, err));
  }
  return STATUS_OK;
}

status options_parse(const option *table, size_t count, const char *const *arguments, size_t arguments_count,
                     void *settings, option_result *out, error *err) {
  *out = (option_result){.operands = calloc(arguments_count + 1, sizeof(const char *))};
  if (out->operands == NULL) {
    return error_no_memory(err, "the command line");
  }
  parsing p = {table, count, arguments, arguments_count, 0, settings, out};
  bool only_operands = false;
  for (; p.at < arguments_count; p.at++) {
    const char *text = arguments[p.at];
    if (only_operands || text[0] != '-' || text[1] == '\0') {
      out->operands[out->operands_count++] = text;
    } else if (strcmp(text, "--") == 0) {
      only_operands = true;
    } else if (text[1] == '-') {
      TRY(take_long(&p, text + 2, err));
    } else {
      TRY(take_letters(&p, text + 1, err));
    }
  }
  return STATUS_OK;
}

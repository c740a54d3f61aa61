/* The plan's life and its canonical bytes.  Reading them back is stats/plan/decode.c; the two go through the
 * fields in the same order, and a change in one is a change in both and in PLAN_VERSION. */
#include "stats/plan/plan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stats/plan/codec.h"

const char *const plan_languages[LANGUAGES + 1] = {"en", "zh-Hans", "zh-Hant", NULL};

/* By subtags (RFC 5646): a script goes before a region, and Chinese without either is simplified. */
static const struct {
  const char *language, *other; /* OTHER: a script or a region; NULL: whatever follows */
  int index;
} tags[] = {
    {"en", NULL, 0},  {"zh", "hans", 1},  {"zh", "hant", 2}, {"zh", "tw", 2},
    {"zh", "hk", 2},  {"zh", "mo", 2},    {"zh", NULL, 1},   {"cmn", "hant", 2},
    {"cmn", NULL, 1}, {"yue", "hans", 1}, {"yue", NULL, 2},
};

/* Is SUBTAG one of those of TAG, the first or another one? */
static bool has_subtag(const char *tag, const char *subtag, bool is_first) {
  const size_t length = strlen(subtag);
  size_t from = 0;
  for (bool first = true; tag[from] != '\0' && strchr(".@", tag[from]) == NULL; first = false) {
    const size_t bytes = strcspn(tag + from, "-_.@");
    if (first == is_first && bytes == length && strncasecmp(tag + from, subtag, length) == 0) {
      return true;
    }
    from += bytes;
    from += tag[from] == '-' || tag[from] == '_';
  }
  return false;
}

int plan_language_of(const char *tag) {
  for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
    if (has_subtag(tag, tags[i].language, true) &&
        (tags[i].other == NULL || has_subtag(tag, tags[i].other, false))) {
      return tags[i].index;
    }
  }
  return LANGUAGES;
}

json *plan_label_json(const plan_label *label, arena *a) {
  json *o = json_object(a);
  for (int i = 0; i < LANGUAGES; i++) {
    if (label->text[i] != NULL) {
      json_set_text(o, plan_languages[i], label->text[i]);
    }
  }
  return o;
}

plan *plan_new(void) {
  plan *p = calloc(1, sizeof *p);
  if (p == NULL) {
    return NULL;
  }
  p->memory = arena_new();
  p->program = program_new();
  p->rows = (plan_rows){.key = PROGRAM_NONE, .key_title = ""};
  p->replicates = (plan_replicates){.groups = PROGRAM_REPLICATES_MAX, .seed = 1, .unit = PROGRAM_NONE};
  if (p->memory == NULL || p->program == NULL) {
    plan_destroy(p);
    return NULL;
  }
  return p;
}

slice plan_file_name(const plan *p, uint32_t file) {
  return file < p->files_count ? p->files[file].name : slice_of(NULL);
}

void plan_destroy(plan *p) {
  if (p != NULL) {
    program_destroy(p->program);
    arena_destroy(p->memory);
    free(p);
  }
}

static void put_double(buf *out, double v) {
  uint64_t bits = 0;
  memcpy(&bits, &v, sizeof bits);
  buf_put_u64(out, bits);
}

static void put_decimal(buf *out, decimal d) {
  buf_put_signed(out, d.mantissa);
  buf_put_u8(out, d.scale);
}

static void put_text(buf *out, const char *text) {
  buf_put_slice(out, slice_of(text));
}

/* A text that may be absent: 0, or 1 and the text. */
static void put_optional(buf *out, const char *text) {
  buf_put_u8(out, text != NULL ? 1 : 0);
  if (text != NULL) {
    put_text(out, text);
  }
}

static void put_label(buf *out, const plan_label *label) {
  for (int i = 0; i < LANGUAGES; i++) {
    put_optional(out, label->text[i]);
  }
}

static void put_absence(buf *out, const plan_absence *a) {
  put_text(out, a->column);
  buf_put_varint(out, a->files_count);
  for (uint32_t i = 0; i < a->files_count && i < PLAN_ABSENCE_FILES; i++) {
    buf_put_varint(out, a->files[i]);
  }
}

static void put_variable(buf *out, const plan_variable *v) {
  put_text(out, v->name);
  buf_put_varint(out, v->variable);
  put_label(out, &v->label);
  buf_put_u8(out, v->in_codebook);
  buf_put_u8(out, v->decimals_declared);
  buf_put_varint(out, v->largest.mantissa);
  buf_put_signed(out, v->largest.exponent);
  buf_put_varint(out, v->values_count);
  for (uint32_t i = 0; i < v->values_count; i++) {
    const plan_value_label *value = &v->values[i];
    buf_put_u8(out, value->is_text);
    if (value->is_text) {
      buf_put_slice(out, value->text);
    } else {
      buf_put_signed(out, value->number);
    }
    put_label(out, &value->label);
  }
  buf_put_varint(out, v->absences_count);
  for (uint32_t i = 0; i < v->absences_count; i++) {
    put_absence(out, &v->absences[i]);
  }
  buf_put_u8(out, v->taken);
  buf_put_varint(out, v->codes_differ);
}

static void put_construct(buf *out, const plan_construct *c) {
  put_text(out, c->name);
  put_label(out, &c->label);
  buf_put_varint(out, c->variable);
  buf_put_varint(out, c->valid_min);
  buf_put_u8(out, c->weights != NULL ? 1 : 0);
  buf_put_varint(out, c->children_count);
  for (uint32_t i = 0; i < c->children_count; i++) {
    buf_put_u8(out, c->child_is_construct[i]);
    buf_put_varint(out, c->children[i]);
    if (c->weights != NULL) {
      put_decimal(out, c->weights[i]);
    }
  }
}

static void put_net(buf *out, const plan_net *net) {
  put_text(out, net->name);
  buf_put_u8(out, net->texts != NULL ? 1 : 0);
  buf_put_varint(out, net->count);
  for (uint32_t i = 0; i < net->count; i++) {
    if (net->texts != NULL) {
      buf_put_slice(out, net->texts[i]);
    } else {
      buf_put_signed(out, net->codes[i]);
    }
  }
}

static void put_question(buf *out, const plan_question *q) {
  buf_put_varint(out, q->variables_count);
  for (uint32_t i = 0; i < q->variables_count; i++) {
    buf_put_varint(out, q->variables[i]);
  }
  put_label(out, &q->label);
  buf_put_u32(out, q->base);
  put_optional(out, q->base_text);
  buf_put_varint(out, q->nets_count);
  for (uint32_t i = 0; i < q->nets_count; i++) {
    put_net(out, &q->nets[i]);
  }
  buf_put_u8(out, q->top);
  buf_put_u8(out, q->bottom);
  buf_put_u8(out, q->nps);
}

static uint8_t lists_of(const argument_value *a) {
  return (uint8_t)((a->integers != NULL ? PLAN_HAS_INTEGERS : 0) |
                   (a->numbers != NULL ? PLAN_HAS_NUMBERS : 0) | (a->texts != NULL ? PLAN_HAS_TEXTS : 0) |
                   (a->questions != NULL ? PLAN_HAS_QUESTIONS : 0));
}

static void put_argument(buf *out, const argument_value *a) {
  buf_put_u8(out, a->given);
  buf_put_varint(out, a->variables_count);
  for (uint32_t i = 0; i < a->variables_count; i++) {
    buf_put_varint(out, a->variables[i]);
  }
  buf_put_signed(out, a->integer);
  put_double(out, a->number);
  buf_put_u8(out, lists_of(a));
  buf_put_varint(out, a->list_count);
  buf_put_varint(out, a->rows_count);
  for (uint32_t i = 0; a->integers != NULL && i < a->list_count; i++) {
    buf_put_signed(out, a->integers[i]);
  }
  for (uint32_t i = 0; a->numbers != NULL && i < a->list_count; i++) {
    put_decimal(out, a->numbers[i]);
  }
  for (uint32_t i = 0; a->texts != NULL && i < a->list_count; i++) {
    buf_put_slice(out, a->texts[i]);
  }
  for (uint32_t i = 0; a->questions != NULL && i < a->list_count; i++) {
    put_question(out, &a->questions[i]);
  }
}

static void put_analysis(buf *out, const plan_analysis *a) {
  put_text(out, a->kind);
  put_text(out, a->name);
  put_label(out, &a->label);
  buf_put_varint(out, a->arguments_count);
  for (uint32_t i = 0; i < a->arguments_count; i++) {
    put_argument(out, &a->arguments[i]);
  }
  buf_put_varint(out, a->breakdowns_count);
  for (uint32_t i = 0; i < a->breakdowns_count; i++) {
    buf_put_u8(out, (uint8_t)a->breakdowns[i].count);
    for (uint32_t k = 0; k < a->breakdowns[i].count; k++) {
      buf_put_varint(out, a->breakdowns[i].variables[k]);
    }
  }
  buf_put_u32(out, a->filter);
  put_optional(out, a->filter_text);
  buf_put_u32(out, a->weight);
  put_double(out, a->confidence);
  buf_put_varint(out, a->small_base);
  buf_put_u64(out, a->seed);
  buf_put_varint(out, a->loops);
  if (a->loops > 0) {
    put_text(out, a->stack);
  }
}

static void put_report(buf *out, const json *report) {
  buf text;
  buf_init(&text);
  if (report != NULL) {
    json_write(report, &text);
  }
  buf_put_slice(out, (slice){(const char *)text.data, text.length});
  out->failed = out->failed || text.failed;
  buf_fini(&text);
}

static void put_rows(buf *out, const plan_rows *rows) {
  buf_put_u8(out, rows->wanted);
  buf_put_u32(out, rows->key);
  put_text(out, rows->key_title);
  buf_put_u8(out, rows->reasons);
  buf_put_u8(out, rows->guards_formulas);
  buf_put_varint(out, rows->columns_count);
  for (uint32_t i = 0; i < rows->columns_count; i++) {
    const plan_column *c = &rows->columns[i];
    put_text(out, c->title);
    buf_put_u32(out, c->variable);
    if (c->variable == PROGRAM_NONE) {
      buf_put_varint(out, c->analysis);
      put_text(out, c->score);
    }
  }
}

void plan_encode(const plan *p, buf *out) {
  buf_put_u8(out, PLAN_VERSION);
  put_label(out, &p->title);
  buf_put(out, p->specification.bytes, DIGEST_BYTES);
  program_encode(p->program, out);
  buf_put_varint(out, p->variables_count);
  for (uint32_t i = 0; i < p->variables_count; i++) {
    put_variable(out, &p->variables[i]);
  }
  buf_put_varint(out, p->constructs_count);
  for (uint32_t i = 0; i < p->constructs_count; i++) {
    put_construct(out, &p->constructs[i]);
  }
  buf_put_varint(out, p->analyses_count);
  for (uint32_t i = 0; i < p->analyses_count; i++) {
    put_analysis(out, &p->analyses[i]);
  }
  buf_put_varint(out, p->replicates.groups);
  buf_put_u64(out, p->replicates.seed);
  buf_put_u32(out, p->replicates.unit);
  buf_put_varint(out, p->files_count);
  for (uint32_t i = 0; i < p->files_count; i++) {
    file_facts_encode(&p->files[i], out);
  }
  put_optional(out, p->weight_offered);
  put_report(out, p->report);
  buf_put_u8(out, p->may_lose);
  put_rows(out, &p->rows);
}

const char *plan_taken_name(plan_taken what) {
  static const char *const names[PLAN_TAKEN] = {"range", "values", "missing", "format", "columns", "texts"};
  return names[what];
}

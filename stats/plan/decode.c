/* Reading a plan back.  Bytes are hostile: every count, index and number is checked before it is used, so
 * that a decoded plan need not be checked again. */
#include <math.h>
#include <string.h>

#include "stats/analyses/analysis.h"
#include "stats/plan/codec.h"
#include "stats/plan/getters.h"
#include "stats/program/item.h"

static decimal_magnitude get_magnitude(reader *r) {
  decimal_magnitude m = {.mantissa = reader_varint(r)};
  const int64_t exponent = reader_signed(r);
  m.exponent = (int16_t)exponent;
  if (m.exponent != exponent || !decimal_magnitude_valid(m)) {
    reader_fail(r, "a number that is not in its only form");
    return (decimal_magnitude){0, 0};
  }
  return m;
}

static void get_absence(reader *r, const plan *p, plan_absence *a) {
  a->column = plan_get_text(r, p->memory);
  a->files_count = (uint32_t)reader_count(r, UINT32_MAX);
  for (uint32_t i = 0; i < a->files_count && i < PLAN_ABSENCE_FILES; i++) {
    a->files[i] = (uint32_t)reader_count(r, UINT32_MAX);
  }
}

static void get_variable(reader *r, const plan *p, plan_variable *v) {
  v->name = plan_get_text(r, p->memory);
  v->variable = plan_get_index(r, p->program->variables_count);
  plan_get_label(r, p->memory, &v->label);
  v->in_codebook = reader_flag(r);
  v->decimals_declared = reader_u8(r);
  v->largest = get_magnitude(r);
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 2 + LANGUAGES);
  v->values = plan_get_array(r, p->memory, &count, sizeof *v->values);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    plan_value_label *value = &v->values[i];
    value->is_text = reader_flag(r);
    if (value->is_text) {
      value->text = slice_of(plan_get_text(r, p->memory));
    } else {
      value->number = reader_signed(r);
    }
    plan_get_label(r, p->memory, &value->label);
  }
  v->values_count = (uint32_t)count;
  count = reader_count_of(r, PLAN_LIST_MAX, 2);
  v->absences = plan_get_array(r, p->memory, &count, sizeof *v->absences);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_absence(r, p, &v->absences[i]);
  }
  v->absences_count = (uint32_t)count;
  v->taken = reader_u8(r);
  if (v->taken >= 1U << PLAN_TAKEN) {
    reader_fail(r, "a variable has something unknown from a dictionary");
  }
  v->codes_differ = (uint32_t)reader_count(r, UINT32_MAX);
}

static void get_construct(reader *r, const plan *p, uint32_t own_index, plan_construct *c) {
  c->name = plan_get_text(r, p->memory);
  plan_get_label(r, p->memory, &c->label);
  c->variable = plan_get_index(r, p->variables_count);
  c->valid_min = (uint32_t)reader_count(r, PLAN_LIST_MAX);
  const bool weighted = reader_flag(r);
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 2);
  c->child_is_construct = plan_get_array(r, p->memory, &count, sizeof *c->child_is_construct);
  c->children = plan_get_array(r, p->memory, &count, sizeof *c->children);
  c->weights = weighted ? plan_get_array(r, p->memory, &count, sizeof *c->weights) : NULL;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    c->child_is_construct[i] = reader_flag(r);
    c->children[i] = plan_get_index(r, c->child_is_construct[i] ? own_index : p->variables_count);
    if (weighted) {
      c->weights[i] = item_get_decimal(r);
      if (c->weights[i].mantissa < 0) {
        reader_fail(r, "a negative weight");
      }
    }
  }
  c->children_count = (uint32_t)count;
}

/* What an argument that takes V has to accept. */
static unsigned accepted_as(const program_variable *v) {
  switch (program_variable_form(v)) {
    case FORM_NUMBER:
      return ACCEPT_NUMBER;
    case FORM_SET:
      return ACCEPT_SET;
    case FORM_TEXT:
      return ACCEPT_TEXT;
    default:
      return program_variable_is_numeric_coded(v) ? ACCEPT_NUMERIC_CODED : ACCEPT_TEXT_CODED;
  }
}

/* The variables (or the construct) of an argument: all there, and of a form that it accepts. */
static void get_references(reader *r, const plan *p, const analysis_argument *table, argument_value *a) {
  const bool construct = table->type == ARGUMENT_CONSTRUCT;
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 1);
  a->variables = plan_get_array(r, p->memory, &count, sizeof *a->variables);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    a->variables[i] = plan_get_index(r, construct ? p->constructs_count : p->variables_count);
    if (r->problem == NULL && !construct && table->accepts != 0 &&
        !(table->accepts & accepted_as(&p->program->variables[p->variables[a->variables[i]].variable]))) {
      reader_fail(r, "an argument with a variable of the wrong form");
    }
  }
  a->variables_count = (uint32_t)count;
  const bool one = construct || table->type == ARGUMENT_VARIABLE;
  if (r->problem == NULL && a->given &&
      ((one && count != 1) || (table->type == ARGUMENT_VARIABLES && count == 0))) {
    reader_fail(r, "an argument without its variable");
  }
}

static bool in_bounds(const analysis_argument *table, int64_t v) {
  return table->low >= table->high || (v >= table->low && v <= table->high);
}

static int64_t choices_count(const analysis_argument *table) {
  int64_t count = 0;
  while (table->choices != NULL && table->choices[count] != NULL) {
    count++;
  }
  return count;
}

/* Values that the specification gives, or the table's default. */
static void check_value(reader *r, const analysis_argument *table, const argument_value *a) {
  bool good = a->given || !table->required;
  switch (table->type) {
    case ARGUMENT_INTEGER:
      good = good && (!a->given || in_bounds(table, a->integer));
      break;
    case ARGUMENT_BOOLEAN:
      good = good && (a->integer == 0 || a->integer == 1);
      break;
    case ARGUMENT_CHOICE:
      good = good && a->integer >= 0 && a->integer < choices_count(table);
      break;
    case ARGUMENT_INTEGERS:
      good = good && (!a->given || a->integers != NULL);
      for (uint32_t i = 0; good && a->integers != NULL && i < a->list_count; i++) {
        good = in_bounds(table, a->integers[i]);
      }
      break;
    case ARGUMENT_NUMBERS:
      good = good && (!a->given || a->numbers != NULL);
      break;
    case ARGUMENT_TEXTS:
      good = good && (!a->given || a->texts != NULL);
      break;
    case ARGUMENT_TEXT_MAP:
      good = good && (!a->given ||
                      (a->texts != NULL && (a->variables_count == 0 || a->variables_count == a->list_count)));
      break;
    case ARGUMENT_NUMBER_MAP:
      good = good && (!a->given || (a->numbers != NULL && a->list_count == a->variables_count));
      break;
    case ARGUMENT_QUESTIONS:
      good = good && (!a->given || (a->questions != NULL && a->list_count > 0));
      break;
    default:
      break;
  }
  if (!good) {
    reader_fail(r, "an argument with a value that it does not allow");
  }
}

/* An index below LIMIT, or PROGRAM_NONE. */

static void get_net(reader *r, const plan *p, plan_net *net) {
  net->name = plan_get_text(r, p->memory);
  const bool are_texts = reader_flag(r);
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 1);
  net->texts = are_texts ? plan_get_array(r, p->memory, &count, sizeof *net->texts) : NULL;
  net->codes = are_texts ? NULL : plan_get_array(r, p->memory, &count, sizeof *net->codes);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    if (are_texts) {
      net->texts[i] = reader_text(r, PROGRAM_TEXT_MAX, p->memory);
    } else {
      net->codes[i] = reader_signed(r);
    }
  }
  net->count = (uint32_t)count;
}

/* Whether the variable is of a form that the argument accepts, and suits the others of its grid, and the
 * question's nets and boxes. */
static void check_asked(reader *r, const plan *p, const analysis_argument *table, const plan_question *q,
                        uint32_t i) {
  const unsigned as = accepted_as(&p->program->variables[p->variables[q->variables[i]].variable]);
  bool good = (table->accepts & as) != 0 && (q->variables_count == 1 || as == ACCEPT_NUMERIC_CODED) &&
              (!q->nps || as == ACCEPT_NUMERIC_CODED);
  for (uint32_t k = 0; k < q->nets_count; k++) {
    good = good && (as == ACCEPT_NUMERIC_CODED ? q->nets[k].codes : (void *)q->nets[k].texts) != NULL &&
           as != ACCEPT_NUMBER;
  }
  if (!good) {
    reader_fail(r, "a question with a variable of the wrong form");
  }
}

static void get_question(reader *r, const plan *p, const analysis_argument *table, plan_question *q) {
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 1);
  q->variables = plan_get_array(r, p->memory, &count, sizeof *q->variables);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    q->variables[i] = plan_get_index(r, p->variables_count);
  }
  q->variables_count = (uint32_t)count;
  plan_get_label(r, p->memory, &q->label);
  q->base = plan_get_optional_index(r, p->program->filters_count);
  q->base_text = plan_get_optional(r, p->memory);
  count = reader_count_of(r, PLAN_LIST_MAX, 3);
  q->nets = plan_get_array(r, p->memory, &count, sizeof *q->nets);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_net(r, p, &q->nets[i]);
  }
  q->nets_count = (uint32_t)count;
  q->top = reader_u8(r);
  q->bottom = reader_u8(r);
  q->nps = reader_flag(r);
  if (q->variables_count == 0 || (q->top > PLAN_BOXES_MAX && q->top != PLAN_BOXES_AS_ALL) ||
      (q->bottom > PLAN_BOXES_MAX && q->bottom != PLAN_BOXES_AS_ALL)) {
    reader_fail(r, "a question without a variable, or with too many boxes");
  }
  for (uint32_t i = 0; i < q->variables_count && r->problem == NULL; i++) {
    check_asked(r, p, table, q, i);
  }
}

static void get_argument(reader *r, const plan *p, const analysis_argument *table, argument_value *a) {
  a->given = reader_flag(r);
  get_references(r, p, table, a);
  a->integer = reader_signed(r);
  a->number = plan_get_double(r);
  const uint8_t lists = reader_u8(r);
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 1);
  if (lists > PLAN_HAS_ALL || (!lists && count > 0)) {
    reader_fail(r, "an unknown kind of list");
  }
  a->rows_count = (uint32_t)reader_count(r, PLAN_LIST_MAX);
  if (r->problem == NULL && a->rows_count > 0 && count % a->rows_count != 0) {
    reader_fail(r, "rows of unequal length");
  }
  a->integers = lists & PLAN_HAS_INTEGERS ? plan_get_array(r, p->memory, &count, sizeof *a->integers) : NULL;
  a->numbers = lists & PLAN_HAS_NUMBERS ? plan_get_array(r, p->memory, &count, sizeof *a->numbers) : NULL;
  for (uint64_t i = 0; a->integers != NULL && i < count && r->problem == NULL; i++) {
    a->integers[i] = reader_signed(r);
  }
  for (uint64_t i = 0; a->numbers != NULL && i < count && r->problem == NULL; i++) {
    a->numbers[i] = item_get_decimal(r);
  }
  a->texts = lists & PLAN_HAS_TEXTS ? plan_get_array(r, p->memory, &count, sizeof *a->texts) : NULL;
  for (uint64_t i = 0; a->texts != NULL && i < count && r->problem == NULL; i++) {
    a->texts[i] = reader_text(r, PROGRAM_TEXT_MAX, p->memory);
  }
  a->questions =
      lists & PLAN_HAS_QUESTIONS ? plan_get_array(r, p->memory, &count, sizeof *a->questions) : NULL;
  for (uint64_t i = 0; a->questions != NULL && i < count && r->problem == NULL; i++) {
    get_question(r, p, table, &a->questions[i]);
  }
  a->list_count = (uint32_t)count;
  if (r->problem == NULL) {
    check_value(r, table, a);
  }
}

static void get_breakdowns(reader *r, const plan *p, plan_analysis *a) {
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 2);
  a->breakdowns = plan_get_array(r, p->memory, &count, sizeof *a->breakdowns);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    plan_breakdown *b = &a->breakdowns[i];
    b->count = reader_u8(r);
    if (b->count < 1 || b->count > PROGRAM_BY_MAX) {
      reader_fail(r, "a breakdown by none or too many variables");
      return;
    }
    for (uint32_t k = 0; k < b->count; k++) {
      b->variables[k] = plan_get_index(r, p->variables_count);
    }
  }
  a->breakdowns_count = (uint32_t)count;
}

static void get_analysis(reader *r, const plan *p, plan_analysis *a) {
  a->kind = plan_get_text(r, p->memory);
  a->name = plan_get_text(r, p->memory);
  plan_get_label(r, p->memory, &a->label);
  const analysis_kind *kind = analysis_find(a->kind);
  uint64_t count = reader_count_of(r, PLAN_LIST_MAX, 1);
  if (r->problem == NULL && (kind == NULL || kind->arguments_count != count)) {
    reader_fail(
        r,
        "an analysis that this version of canvass does not have; install the same version on clients and "
        "workers, and submit the job again");
  }
  a->arguments = plan_get_array(r, p->memory, &count, sizeof *a->arguments);
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_argument(r, p, &kind->arguments[i], &a->arguments[i]);
  }
  a->arguments_count = (uint32_t)count;
  get_breakdowns(r, p, a);
  a->filter = plan_get_optional_index(r, p->program->filters_count);
  a->filter_text = plan_get_optional(r, p->memory);
  a->weight = plan_get_optional_index(r, p->program->weights_count);
  a->confidence = plan_get_double(r);
  if (r->problem == NULL && !(a->confidence > 0 && a->confidence < 1)) {
    reader_fail(r, "a confidence level that is not between 0 and 1");
  }
  a->small_base = (uint32_t)reader_count(r, UINT32_MAX);
  a->seed = reader_u64(r);
  a->loops = (uint32_t)reader_count(r, PROGRAM_LOOPS_MAX);
  a->stack = a->loops > 0 ? plan_get_text(r, p->memory) : NULL;
}

static void get_head(reader *r, plan *p) {
  item_check_version(r, reader_u8(r), PLAN_VERSION);
  plan_get_label(r, p->memory, &p->title);
  reader_copy(r, p->specification.bytes, DIGEST_BYTES);
}

static void get_replicates(reader *r, plan *p) {
  const uint64_t groups = reader_count(r, PROGRAM_REPLICATES_MAX);
  p->replicates.groups = (uint32_t)groups;
  p->replicates.seed = reader_u64(r);
  p->replicates.unit = plan_get_optional_index(r, p->variables_count);
  if (groups < PROGRAM_REPLICATES_MIN || (groups & (groups - 1)) != 0) {
    reader_fail(r, "a number of random groups that cannot be");
  }
}

static void get_report(reader *r, plan *p) {
  const slice text = reader_slice(r, PLAN_REPORT_MAX);
  json *report = NULL;
  if (r->problem == NULL && text.length > 0) {
    if (json_parse(p->memory, text, "report", &report, NULL) != STATUS_OK ||
        json_kind_of(report) != JSON_OBJECT) {
      reader_fail(r, "chapters of the report that are not an object");
    }
    p->report = report;
  }
}

static void get_body(reader *r, plan *p) {
  uint64_t count = reader_count_of(r, PLAN_VARIABLES_MAX, 4);
  p->variables = plan_get_array(r, p->memory, &count, sizeof *p->variables);
  p->variables_count = (uint32_t)count;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_variable(r, p, &p->variables[i]);
  }
  count = reader_count_of(r, PLAN_CONSTRUCTS_MAX, 4);
  p->constructs = plan_get_array(r, p->memory, &count, sizeof *p->constructs);
  p->constructs_count = (uint32_t)count;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_construct(r, p, (uint32_t)i, &p->constructs[i]);
  }
  count = reader_count_of(r, PLAN_ANALYSES_MAX, 8);
  p->analyses = plan_get_array(r, p->memory, &count, sizeof *p->analyses);
  p->analyses_count = (uint32_t)count;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    get_analysis(r, p, &p->analyses[i]);
  }
  get_replicates(r, p);
  count = reader_count_of(r, PLAN_FILES_MAX, DIGEST_BYTES);
  p->files = plan_get_array(r, p->memory, &count, sizeof *p->files);
  p->files_count = (uint32_t)count;
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    file_facts_decode(r, INT64_MAX, FILE_FACTS_ALL, p->memory, &p->files[i]);
  }
  p->weight_offered = plan_get_optional(r, p->memory);
  get_report(r, p);
  p->may_lose = reader_flag(r);
  plan_get_rows(r, p);
}

static status decode(reader *r, plan *p, error *err) {
  get_head(r, p);
  TRY(reader_status(r, "plan", err));
  program_destroy(p->program);
  p->program = NULL;
  TRY(program_decode(r, &p->program, err));
  get_body(r, p);
  if (arena_failed(p->memory)) {
    return error_no_memory(err, "plan");
  }
  return reader_finish(r, "plan", err);
}

/* Equal plans have equal bytes: what a decoded plan writes has to be what it was read from. */
static status check_canonical(const plan *p, const void *bytes, size_t length, error *err) {
  buf again = {0};
  plan_encode(p, &again);
  return buf_finish_canonical(&again, bytes, length, "plan", err);
}

status plan_decode(const void *bytes, size_t length, plan **out, error *err) {
  plan *p = plan_new();
  if (p == NULL) {
    return error_no_memory(err, "plan");
  }
  reader r;
  reader_init(&r, bytes, length);
  status st = decode(&r, p, err);
  if (st == STATUS_OK) {
    st = check_canonical(p, bytes, length, err);
  }
  if (st != STATUS_OK) {
    plan_destroy(p);
    return st;
  }
  *out = p;
  return STATUS_OK;
}

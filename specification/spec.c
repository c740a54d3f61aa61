/* The specification's three uses: the page alone, with a header, with a dataset. */
#include "specification/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "specification/columns.h"
#include "specification/options.h"
#include "specification/table.h"

struct spec {
  arena *memory; /* of the page and its tree */
  const char *name;
  slice page;
  node *root;
  const node *table; /* the codebook as a table; NULL: none */
  slice waits_for;
  arena *columns; /* of the last spec_reading_options */
  /* The columns of the last header: a dataset may hold only those that are wanted, and has no places of
   * others. */
  slice *titles;
  uint32_t titles_count;
  arena *header; /* of the titles */
};

static const char *const page_keys[] = {"title",    "data",   "variables",  "constructs", "derived",
                                        "weight",   "seed",   "confidence", "small_base", "design",
                                        "analyses", "scales", "stack",      "replicates", "on_lost_shard",
                                        "report",   "rows"};

/* The default leaves no trace: it is older than the key. */
static void read_on_lost_shard(compilation *c, const node *root) {
  static const char *const choices[] = {"fail", "report"};
  const node *n = node_get(root, "on_lost_shard");
  size_t choice = 0;
  if (n != NULL && field_choice(c, n, "on_lost_shard", choices, 2, &choice) && choice == 1) {
    c->plan->may_lose = true;
    json_set_text(c->normal, "on_lost_shard", choices[choice]);
  }
}

static void read_page(compilation *c, const node *root) {
  if (!field_is_map(c, root, "the specification", "title, data, variables, analyses")) {
    return;
  }
  field_check_keys(c, root, "the specification", page_keys, sizeof page_keys / sizeof page_keys[0]);
  const node *design = node_key(root, "design");
  if (design != NULL) {
    problem_at(
        c->problems, design->at,
        "design (strata, clusters, finite population) is not yet supported; weights are: type: weight");
  }
  const node *title = node_get(root, "title");
  if (title != NULL) {
    (void)field_label(c, title, "title", &c->plan->title);
  }
  json_set(c->normal, "title", plan_label_json(&c->plan->title, c->memory));
  data_read(c, root);
  scales_declare(c, root);
  codebook_declare(c, root);
  stacks_declare(c, root);
  constructs_declare(c, root);
  derived_declare(c, root);
  symbols_resolve(c);
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    const symbol *s = c->symbols[i];
    if (s->origin != SYMBOL_CODEBOOK) {
      normal_push(c, s->origin == SYMBOL_CONSTRUCT ? "constructs" : "derived", s->normal);
    }
  }
  (void)options_read(c, root, &c->defaults);
  replicates_read(c, root);
  read_on_lost_shard(c, root);
  analyses_compile(c, root);
  report_read(c, root);
  rows_read(c, root);
}

static status digest_normal(compilation *c, error *err) {
  buf text;
  buf_init(&text);
  json_write(c->normal, &text);
  status st = buf_status(&text, "the normalised specification", err);
  if (st == STATUS_OK) {
    st = digest_of(text.data, text.length, &c->plan->specification, err);
  }
  buf_fini(&text);
  return st;
}

static const platform *platform_of(const manifest *m) {
  uint32_t first;
  uint32_t other;
  return platform_of_files(m->files, m->files_count, &first, &other);
}

static void compilation_close(compilation *c) {
  plan_destroy(c->plan);
  c->plan = NULL;
  hash_table_fini(&c->places);
  hash_table_fini(&c->header_places);
}

/* The first of columns that have one title. */
static bool place_columns(compilation *c) {
  const uint32_t count = c->header != NULL ? c->header->columns_count : 0;
  for (uint32_t i = 0; i < count; i++) {
    const slice name = c->header->columns[i].name;
    if (!hash_table_add(&c->header_places, digest_xxh3(name.bytes, name.length), i)) {
      return false;
    }
  }
  return true;
}

/* FOUND: mistakes so far, or NULL.  C is to be closed whatever the status. */
static status compile(const spec *s, const manifest *header, bool decimals_known, problem_list *found,
                      compilation *c, spec_problems *problems, error *err) {
  *c = (compilation){.page = s->page,
                     .table = s->table,
                     .header = header,
                     .decimals_known = decimals_known,
                     .places_of_columns = s->titles,
                     .places_count = s->titles_count,
                     .platform = header != NULL ? platform_of(header) : NULL};
  c->plan = plan_new();
  if (c->plan == NULL || c->plan->memory == NULL || c->plan->program == NULL) {
    return error_no_memory(err, "the plan");
  }
  c->memory = c->plan->memory;
  c->problems = found != NULL ? found : problems_new(c->memory, s->name);
  c->normal = json_object(c->memory);
  c->defaults = (analysis_defaults){.weight = PROGRAM_NONE, .confidence = 0.95, .small_base = 30, .seed = 1};
  if (c->problems == NULL || !place_columns(c)) {
    return error_no_memory(err, "the plan");
  }
  read_page(c, s->root);
  if (header != NULL && s->table != NULL && c->tabled == 0 && c->problems->count == 0) {
    problem_at(c->problems, s->table->at, "codebook: it says nothing of any variable of the specification");
  }
  if (decimals_known) {
    columns_check_kept(c);
  }
  if (c->failure != STATUS_OK || arena_failed(c->memory)) {
    return error_no_memory(err, "the specification");
  }
  return problems_finish(c->problems, problems, err);
}

static status open_table(spec *s, const spec_text *codebook, problem_list *found, error *err) {
  const char *name = arena_copy(s->memory, slice_of(codebook->name));
  if (name == NULL) {
    return error_no_memory(err, "the codebook");
  }
  s->table = table_read(s->memory, found, name, codebook->bytes);
  return arena_failed(s->memory) ? error_no_memory(err, "the codebook") : STATUS_OK;
}

static status open_spec(spec *s, const char *name, slice page, const spec_text *codebook,
                        spec_problems *problems, error *err) {
  s->memory = arena_new();
  if (s->memory == NULL) {
    return error_no_memory(err, "the specification");
  }
  s->name = arena_copy(s->memory, slice_of(name));
  s->page = page.length <= NODE_PAGE_BYTES_MAX ? arena_slice(s->memory, page) : page;
  if (s->name == NULL || arena_failed(s->memory)) {
    return error_no_memory(err, "the specification");
  }
  problem_list *found = problems_new(s->memory, s->name);
  if (found == NULL) {
    return error_no_memory(err, "the specification");
  }
  TRY(node_read(s->memory, found, s->page, &s->root, err));
  if (codebook != NULL) {
    TRY(open_table(s, codebook, found, err));
  }
  if (s->root == NULL || (codebook != NULL && s->table == NULL)) {
    return problems_finish(found, problems, err);
  }
  compilation c;
  status st = compile(s, NULL, false, found, &c, problems, err);
  s->waits_for = c.waits_for_data != NULL ? c.waits_for_data->text : (slice){"", 0};
  compilation_close(&c);
  return st;
}

slice spec_waits_for(const spec *s) {
  return s->waits_for;
}

status spec_parse(const char *name, const char *bytes, size_t length, spec **out, spec_problems *problems,
                  error *err) {
  return spec_parse_with((spec_text){name, {bytes, length}}, NULL, out, problems, err);
}

status spec_parse_with(spec_text text, const spec_text *codebook, spec **out, spec_problems *problems,
                       error *err) {
  static const char byte_order_mark[] = "\xEF\xBB\xBF";
  *out = NULL;
  spec *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, "the specification");
  }
  slice page = text.bytes;
  if (page.length >= 3 && memcmp(page.bytes, byte_order_mark, 3) == 0) {
    page = (slice){page.bytes + 3, page.length - 3};
  }
  status st = open_spec(s, text.name, page, codebook, problems, err);
  if (st != STATUS_OK) {
    spec_destroy(s);
    return st;
  }
  *out = s;
  return STATUS_OK;
}

void spec_destroy(spec *s) {
  if (s == NULL) {
    return;
  }
  arena_destroy(s->columns);
  arena_destroy(s->header);
  arena_destroy(s->memory);
  free(s);
}

bool spec_is_id(const spec *s, const char *name) {
  const node *section = node_get(s->root, "variables");
  const node *body = section != NULL ? node_get(section, name) : NULL;
  for (uint32_t i = section != NULL && section->kind == NODE_MAP ? section->count : 0;
       body == NULL && i-- > 0;) {
    body = pattern_matches(section->keys[i]->text, slice_of(name)) ? section->items[i] : NULL;
  }
  const node *type = body != NULL ? node_get(body, "type") : NULL;
  return type != NULL && type->kind == NODE_TEXT && slice_equal(type->text, slice_of("id"));
}

static status keep_titles(spec *s, const manifest *header, error *err) {
  arena_destroy(s->header);
  s->titles = NULL;
  s->titles_count = 0;
  s->header = arena_new();
  if (s->header == NULL) {
    return error_no_memory(err, "the columns");
  }
  s->titles = ARENA_ARRAY(s->header, slice, (size_t)header->columns_count + 1);
  for (uint32_t i = 0; s->titles != NULL && i < header->columns_count; i++) {
    s->titles[i] = arena_slice(s->header, header->columns[i].name);
  }
  s->titles_count = header->columns_count;
  return arena_failed(s->header) ? error_no_memory(err, "the columns") : STATUS_OK;
}

status spec_reading_options(spec *s, const manifest *header, reading_options *out, spec_problems *problems,
                            error *err) {
  if (header != NULL) {
    TRY(keep_titles(s, header, err));
  }
  compilation c;
  arena *memory = arena_new();
  status st = memory != NULL ? compile(s, header, false, NULL, &c, problems, err)
                             : error_no_memory(err, "the columns");
  if (memory == NULL) {
    return st;
  }
  if (st == STATUS_OK && header != NULL) {
    /* Analyses that ask for too much are refused before the data are read. */
    st = plan_finish(c.plan, err);
  }
  if (st == STATUS_OK) {
    out->encoding = c.data.encoding != NULL ? arena_copy(memory, slice_of(c.data.encoding)) : NULL;
    out->format = c.data.format;
    out->sheet = c.data.sheet != NULL ? arena_copy(memory, slice_of(c.data.sheet)) : NULL;
    out->header = c.data.header;
    out->delimiter = c.data.delimiter;
    out->decimal_mark = c.data.decimal_mark;
    out->keeps_blank_rows = c.data.keeps_blank_rows;
    out->totals = c.data.totals;
    out->columns_count = 0;
    out->columns = header != NULL ? columns_wanted(&c, memory, &out->columns_count) : NULL;
    st = arena_failed(memory) ? error_no_memory(err, "the columns") : STATUS_OK;
  }
  compilation_close(&c);
  arena_destroy(s->columns);
  s->columns = memory;
  return st;
}

/* What was found while reading is repeated in the report. */
static void copy_files(plan *p, const manifest *dataset) {
  p->files = ARENA_ARRAY(p->memory, file_facts, (size_t)dataset->files_count + 1);
  for (uint32_t i = 0; p->files != NULL && i < dataset->files_count; i++) {
    p->files[p->files_count++] = file_facts_copy(&dataset->files[i], p->memory);
  }
}

/* Is the column one of a variable that is a weight? */
static bool is_weight(const compilation *c, slice column) {
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    const symbol *s = c->symbols[i];
    if (s->weight != 0 && s->variable.column != NULL && slice_equal(slice_of(s->variable.column), column)) {
      return true;
    }
  }
  return false;
}

/* A weight that the data name is not applied in silence, nor left out in silence. */
static void offer_weight(compilation *c, const manifest *dataset) {
  for (uint32_t i = 0; i < dataset->columns_count; i++) {
    const manifest_column *column = &dataset->columns[i];
    if (column->codes.is_weight && !is_weight(c, column->name)) {
      c->plan->weight_offered = arena_copy(c->memory, column->name);
      return;
    }
  }
}

status spec_plan(spec *s, const manifest *dataset, plan **out, spec_problems *problems, error *err) {
  compilation c;
  *out = NULL;
  status st = compile(s, dataset, true, NULL, &c, problems, err);
  if (st == STATUS_OK) {
    st = digest_normal(&c, err);
  }
  if (st == STATUS_OK) {
    copy_files(c.plan, dataset);
    offer_weight(&c, dataset);
    st = arena_failed(c.memory) ? error_no_memory(err, "the plan") : plan_finish(c.plan, err);
  }
  if (st == STATUS_OK) {
    *out = c.plan;
    c.plan = NULL;
  }
  compilation_close(&c);
  return st;
}

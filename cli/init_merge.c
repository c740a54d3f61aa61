/* The page is compiled over the newer files as if all its columns were optional; the census of their cells
 * says what it does not know. */
#include "cli/init_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cli/census.h"
#include "cli/output.h"
#include "cli/words.h"
#include "specification/proposal/merge.h"

typedef struct finding_list {
  merge_column *columns;
  size_t columns_count, columns_capacity;
  merge_cells *cells;
  size_t cells_count, cells_capacity;
  bool failed;
} finding_list;

static void list_fini(finding_list *l) {
  free(l->columns);
  free(l->cells);
}

/* ---- What the page has --------------------------------------------------------------------------- */

static void add_column(finding_list *l, const char *column, const plan_variable *planned) {
  if (!ARRAY_ROOM(l->columns, l->columns_count, l->columns_capacity)) {
    l->failed = true;
    return;
  }
  bool is_lacking = false;
  for (uint32_t i = 0; i < planned->absences_count; i++) {
    is_lacking = is_lacking || strcmp(planned->absences[i].column, column) == 0;
  }
  l->columns[l->columns_count++] = (merge_column){column, planned->name, is_lacking};
}

static void list_columns(finding_list *l, const plan *p) {
  for (uint32_t i = 0; i < p->variables_count; i++) {
    const plan_variable *planned = &p->variables[i];
    const program_variable *v = &p->program->variables[planned->variable];
    for (uint32_t k = 0; k < v->columns_count; k++) {
      add_column(l, v->columns[k], planned);
    }
    if (v->columns_count == 0 && v->column != NULL) {
      add_column(l, v->column, planned);
    }
  }
}

/* ---- What it does not know ----------------------------------------------------------------------- */

static void add_cells(finding_list *l, const census_item *item, slice text, bool is_invalid, uint64_t n) {
  if (!ARRAY_ROOM(l->cells, l->cells_count, l->cells_capacity)) {
    l->failed = true;
    return;
  }
  l->cells[l->cells_count++] =
      (merge_cells){.variable = item->planned->name,
                    .column = item->variable->columns_count == 0 ? item->variable->column : NULL,
                    .text = text,
                    .is_invalid = is_invalid,
                    .n = n};
}

static bool is_declared(const plan_variable *planned, slice value) {
  for (uint32_t i = 0; i < planned->values_count; i++) {
    const plan_value_label *v = &planned->values[i];
    if (v->is_text && slice_equal(v->text, value)) {
      return true;
    }
  }
  return false;
}

static int by_text(const void *left, const void *right) {
  const merge_cells *a = left;
  const merge_cells *b = right;
  return text_compare_natural(a->text, b->text);
}

static void list_cells(finding_list *l, const census *c) {
  for (uint32_t i = 0; i < c->count; i++) {
    const census_item *item = &c->items[i];
    const size_t first = l->cells_count;
    for (uint32_t k = 0; k < item->texts_count; k++) {
      if (item->texts[k].reason == MISSING_INVALID) {
        add_cells(l, item, item->texts[k].text, true, item->texts[k].n);
      }
    }
    for (uint32_t k = 0; item->planned->values_count > 0 && k < item->values.count; k++) {
      if (!is_declared(item->planned, item->values.list[k].value)) {
        add_cells(l, item, item->values.list[k].value, false, item->values.list[k].n);
      }
    }
    if (l->cells_count > first + 1) {
      qsort(l->cells + first, l->cells_count - first, sizeof *l->cells, by_text);
    }
  }
}

/* ---- Reading ------------------------------------------------------------------------------------- */

/* How files are written is the page's business. */
static status check_options(const settings *s, error *err) {
  const bool any = s->format != NULL || s->encoding != NULL || s->sheet != NULL || s->delimiter != NULL ||
                   s->skip > 0 || s->header > 0;
  return any ? error_set(err, STATUS_USAGE,
                         "--merge reads files as `data:` of %s says; write there how they are written",
                         s->output)
             : STATUS_OK;
}

static status read_files(evaluation *e, const char *const *paths, size_t count, proposal_source *source,
                         error *err) {
  spec_problems problems = {.count = 0};
  reading_options reading = {.threads = evaluation_workers(e), .progress = init_on_reading, .context = e};
  status st = spec_reading_options(e->specification, NULL, &reading, &problems, err);
  TRY(evaluation_say_problems(&problems, st, err));
  TRY(evaluation_name_files(e, paths, count, err));
  reading_names_give(e->names, &reading);
  TRY(store_new_temporary(NULL, &e->shards, err));
  st = proposal_read(&reading, paths, count, e->shards, &e->dataset, source, err);
  progress_clear(&e->progress);
  TRY(st);
  return evaluation_judge_files(e, 0, err);
}

/* The plan over the newer files, whatever columns they lack. */
static status make_plan(evaluation *e, slice page, error *err) {
  buf relaxed;
  spec *whole = NULL;
  spec_problems problems = {.count = 0};
  buf_init(&relaxed);
  status st = merge_relaxed(page, &relaxed, err);
  if (st == STATUS_OK) {
    st = spec_parse(e->settings->output, (const char *)relaxed.data, relaxed.length, &whole, &problems, err);
  }
  if (st == STATUS_OK) {
    st = spec_plan(whole, e->dataset, &e->plan, &problems, err);
  }
  spec_destroy(whole);
  buf_fini(&relaxed);
  return evaluation_say_problems(&problems, st, err);
}

/* ---- The page ------------------------------------------------------------------------------------ */

/* Without a byte-order mark, which has no place in it. */
static slice text_of(const buf *page) {
  static const char mark[] = "\xEF\xBB\xBF";
  const size_t bytes = sizeof mark - 1;
  const bool has_mark = page->length >= bytes && memcmp(page->data, mark, bytes) == 0;
  return (slice){(const char *)page->data + (has_mark ? bytes : 0), page->length - (has_mark ? bytes : 0)};
}

/* Nobody's page is replaced by one that is not valid. */
static status check_page(const evaluation *e, const buf *page, error *err) {
  spec *parsed = NULL;
  spec_problems problems = {.count = 0};
  const status st =
      spec_parse(e->settings->output, (const char *)page->data, page->length, &parsed, &problems, err);
  spec_destroy(parsed);
  spec_problems_fini(&problems);
  return st == STATUS_OK
             ? STATUS_OK
             : error_context(err, st, "what is new cannot be added to this page, which stays as it is");
}

static void say_done(const evaluation *e, const merge_counts *counts, const char *first) {
  char rows[WORDS_BYTES];
  if (e->settings->quiet) {
    return;
  }
  words_of_count(manifest_rows(e->dataset), rows);
  if (counts->variables + counts->values + counts->remarks == 0) {
    output_complain(language_say("%s: nothing new in %s (%s rows)", "%s：%s（%s 行）中没有新内容",
                                 "%s：%s（%s 列）中沒有新內容"),
                    e->settings->output, first, rows);
  } else {
    output_complain(
        language_say("%s: added from %s rows: variables %u, values and codes %u, remarks %u; look them over",
                     "%s：根据 %s 行添加：变量 %u 个，取值和代码 %u 个，说明 %u 条；请核对",
                     "%s：根據 %s 列添加：變數 %u 個，取值和代碼 %u 個，說明 %u 條；請核對"),
        e->settings->output, rows, counts->variables, counts->values, counts->remarks);
  }
}

static status add_findings(evaluation *e, const proposal_source *source, finding_list *l, buf *page,
                           merge_counts *counts, error *err) {
  const slice text = text_of(&e->page);
  const census none = {.count = 0};
  census taken = none;
  TRY(census_take(e, &taken, err));
  list_columns(l, e->plan);
  list_cells(l, &taken);
  const merge_view view = {l->columns, l->columns_count, l->cells, l->cells_count};
  buf_put(page, e->page.data, e->page.length - text.length);
  const status st = l->failed ? error_no_memory(err, "the page")
                              : proposal_merge(text, &view, e->dataset, e->shards, source,
                                               (int)language_now(), page, counts, err);
  census_fini(&taken);
  return st;
}

status init_merge(evaluation *e, const char *const *paths, size_t count, buf *page, error *err) {
  proposal_source source;
  merge_counts counts;
  finding_list list = {.failed = false};
  TRY(check_options(e->settings, err));
  TRY(evaluation_load_spec(e, e->settings->output, err));
  TRY(read_files(e, paths, count, &source, err));
  TRY(make_plan(e, text_of(&e->page), err));
  const status st = add_findings(e, &source, &list, page, &counts, err);
  list_fini(&list);
  TRY(st);
  const bool is_same = page->length == e->page.length;
  if (!is_same) {
    TRY(check_page(e, page, err));
    TRY(output_write(e->settings->output, page, err));
  }
  if (is_same) {
    counts = (merge_counts){.variables = 0};
  }
  say_done(e, &counts, paths[0]);
  return STATUS_OK;
}

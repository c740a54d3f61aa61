#include "specification/proposal/merge.h"

#include <stdlib.h>
#include <string.h>

#include "specification/compile.h"
#include "specification/proposal/merging.h"
#include "specification/proposal/page.h"
#include "specification/proposal/yaml_text.h"

enum { NAME_BYTES = 300 };

/* ---- The page ------------------------------------------------------------------------------------ */

static status open_page(arena *memory, slice page, const node **root, const node **variables, error *err) {
  node *tree = NULL;
  problem_list *problems = problems_new(memory, "the page");
  if (problems == NULL) {
    return error_no_memory(err, "the page");
  }
  TRY(node_read(memory, problems, page, &tree, err));
  const node *found = tree != NULL ? node_get(tree, "variables") : NULL;
  if (found == NULL || found->kind != NODE_MAP || found->count == 0) {
    return error_set(err, STATUS_SPECIFICATION, "the page has no variables to which others could be added");
  }
  *root = tree;
  *variables = found;
  return STATUS_OK;
}

uint32_t merging_entry(const merging *m, const char *variable, const char *column) {
  const node *list = m->variables;
  uint32_t found = list->count;
  for (uint32_t i = 0; i < list->count; i++) {
    if (slice_equal(list->keys[i]->text, slice_of(variable))) {
      return i;
    }
    const node *body = list->items[i];
    const pattern p = pattern_of_entry(list->keys[i], body);
    const bool is_pattern =
        p.renames || (pattern_is(list->keys[i]->text) && node_get(body, "column") == NULL);
    if (is_pattern && column != NULL && pattern_has(&p, slice_of(column))) {
      found = i;
    }
  }
  return found;
}

slice merging_yaml(merging *m, slice text) {
  buf out;
  buf_init(&out);
  yaml_text_put(&out, text);
  m->g.out_of_memory = m->g.out_of_memory || out.failed;
  const slice kept = arena_slice(m->memory, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
  return kept;
}

/* The remark in LANGUAGE, as it stands in the page. */
static slice remark_in(merging *m, int language, phrase p, const char *first, const char *second) {
  const int own = m->g.language;
  m->g.language = language;
  const char *said = guess_fill(&m->g, p, (const char *const[]){m->files[language], first, second}, 3);
  m->g.language = own;
  buf clean;
  buf_init(&clean);
  yaml_text_comment(&clean, slice_of(said));
  m->g.out_of_memory = m->g.out_of_memory || clean.failed;
  const slice kept = arena_slice(m->memory, slice_trim((slice){(const char *)clean.data, clean.length}));
  buf_fini(&clean);
  return kept;
}

bool merging_remark(merging *m, const node *key, phrase p, const char *first, const char *second) {
  for (int i = 0; i < LANGUAGES; i++) {
    if (edit_has_comment(m->page, key, remark_in(m, i, p, first, second))) {
      return false;
    }
  }
  edit_comment(m->page, key, remark_in(m, m->g.language, p, first, second));
  return true;
}

/* ---- Columns ------------------------------------------------------------------------------------- */

static bool is_optional(const node *entry) {
  const node *given = node_get(entry, "optional");
  return given != NULL && slice_equal(given->text, slice_of("true"));
}

static void tell_lacking(merging *m) {
  for (size_t i = 0; i < m->view->columns_count; i++) {
    const merge_column *c = &m->view->columns[i];
    const uint32_t entry_at = c->is_lacking ? merging_entry(m, c->variable, c->column) : m->variables->count;
    if (entry_at == m->variables->count || is_optional(m->variables->items[entry_at])) {
      continue;
    }
    m->counts->remarks +=
        merging_remark(m, m->variables->keys[entry_at], PHRASE_MERGE_LACKING, c->column, "");
  }
}

static void find_claims(merging *m) {
  for (uint32_t i = 0; i < m->g.count; i++) {
    for (size_t k = 0; k < m->view->columns_count && m->claims[i] == NULL; k++) {
      if (slice_equal(m->g.facts.columns[i].title, slice_of(m->view->columns[k].column))) {
        m->claims[i] = &m->view->columns[k];
      }
    }
  }
}

/* The columns of a question some of whose options the page has: the others become options, too. */
static bool add_options(merging *m, uint32_t first, uint32_t count) {
  const merge_column *known = NULL;
  for (uint32_t i = first; i < first + count && known == NULL; i++) {
    known = m->claims[i];
  }
  const uint32_t entry_at =
      known != NULL ? merging_entry(m, known->variable, known->column) : m->variables->count;
  const node *entry = entry_at < m->variables->count ? m->variables->items[entry_at] : NULL;
  const node *columns = entry != NULL ? node_get(entry, "columns") : NULL;
  if (columns == NULL) {
    return false;
  }
  bool any = false;
  for (uint32_t i = first; i < first + count; i++) {
    const guess *at = &m->g.at[i];
    if (m->claims[i] != NULL) {
      continue;
    }
    const slice title = merging_yaml(m, at->facts->title);
    const slice option = merging_yaml(m, at->part.length > 0 ? at->part : at->facts->title);
    if (edit_add_item(m->page, columns, title) || edit_add_pair(m->page, columns, option, title)) {
      (void)merging_remark(m, m->variables->keys[entry_at], PHRASE_MERGE_OPTION,
                           guess_slice(&m->g, at->facts->title), "");
      m->counts->values++;
      any = true;
    }
  }
  if (any && node_get(entry, "optional") == NULL) {
    (void)edit_add_pair(m->page, entry, slice_of("optional"), slice_of("true"));
  }
  return any;
}

/* Below the entry of the nearest column before it that the page has; else below the last one. */
static void add_variable(merging *m, uint32_t index) {
  guess *at = &m->g.at[index];
  uint32_t entry_at = m->variables->count;
  for (uint32_t i = index; i > 0 && entry_at == m->variables->count; i--) {
    const merge_column *c = m->claims[i - 1];
    entry_at = c != NULL ? merging_entry(m, c->variable, c->column) : entry_at;
  }
  entry_at = entry_at == m->variables->count ? m->variables->count - 1 : entry_at;
  for (uint32_t i = 0; i < (at->options_count > 0 ? at->options_count : 1); i++) {
    m->g.facts.columns[index + i].lacking = true; /* by the files that the page was written for */
  }
  buf lines;
  buf_init(&lines);
  PAGE_SAY(&m->g, &lines, "  ", PHRASE_MERGE_NEW, m->files[m->g.language]);
  page_put_entry(&m->g, at, &lines);
  while (lines.length > 0 && lines.data[lines.length - 1] == '\n') {
    lines.length--;
  }
  edit_add_lines(m->page, m->variables->keys[entry_at], m->variables->items[entry_at],
                 (slice){(const char *)lines.data, lines.length});
  m->g.out_of_memory = m->g.out_of_memory || lines.failed;
  m->counts->variables++;
  buf_fini(&lines);
}

static void add_columns(merging *m) {
  for (uint32_t i = 0, next; i < m->g.count; i = next) {
    const guess *at = &m->g.at[i];
    next = i + (at->options_count > 0 ? at->options_count : 1);
    bool all_new = true;
    for (uint32_t k = i; k < next; k++) {
      all_new = all_new && m->claims[k] == NULL;
    }
    if (!all_new) {
      (void)(next - i > 1 && add_options(m, i, next - i));
    } else if (page_has(at)) {
      add_variable(m, i);
    }
  }
}

/* ---- All of it ----------------------------------------------------------------------------------- */

/* Names that the page has are taken. */
static void take_names(merging *m) {
  static const char *const sections[] = {"variables", "constructs", "derived", "stack"};
  for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
    const node *section = node_get(m->root, sections[i]);
    for (uint32_t k = 0; section != NULL && section->kind == NODE_MAP && k < section->count; k++) {
      (void)guess_name_taken(&m->g, section->keys[k]->text);
    }
  }
  for (size_t i = 0; i < m->view->columns_count; i++) {
    (void)guess_name_taken(&m->g, slice_of(m->view->columns[i].variable));
  }
}

static void name_files(merging *m, const manifest *dataset) {
  const slice first = text_cut(dataset->files[0].name, NAME_BYTES);
  const int own = m->g.language;
  for (int i = 0; i < LANGUAGES; i++) {
    m->g.language = i;
    m->files[i] = dataset->files_count == 1 ? guess_slice(&m->g, first)
                                            : GUESS_SAY(&m->g, PHRASE_AND_MORE, guess_slice(&m->g, first),
                                                        guess_count(&m->g, dataset->files_count - (i == 0)));
  }
  m->g.language = own;
}

static status merge(merging *m, slice page, const manifest *dataset, store *shards,
                    const proposal_source *source, buf *out, error *err) {
  TRY(open_page(m->memory, page, &m->root, &m->variables, err));
  m->page = edit_new(page, m->root);
  if (m->page == NULL) {
    return error_no_memory(err, "the page");
  }
  if (edit_is_flow(m->page, m->variables)) {
    return error_set(err, STATUS_SPECIFICATION,
                     "its variables are written in braces; put each on a line of its own, then merge again");
  }
  TRY(facts_gather(&m->g.facts, dataset, shards, err));
  take_names(m);
  TRY(guess_all(&m->g, dataset, shards, err));
  m->claims = (const merge_column **)arena_array(m->memory, (size_t)m->g.count + 1, sizeof(merge_column *));
  if (m->claims == NULL) {
    return error_no_memory(err, "the page");
  }
  for (uint32_t i = 0; i < m->g.scales_count; i++) {
    m->g.scales[i].count = 1; /* scales that the page has are its writer's */
  }
  name_files(m, dataset);
  find_claims(m);
  if (source->header.skip > 0 || source->header.rows > 0) {
    m->counts->remarks +=
        merging_remark(m, m->root->keys[0], PHRASE_MERGE_HEADER, guess_count(&m->g, source->header.skip),
                       guess_count(&m->g, source->header.rows > 0 ? source->header.rows : 1));
  }
  TRY(merging_cells(m, err));
  merging_totals(m);
  tell_lacking(m);
  add_columns(m);
  if (m->g.out_of_memory || arena_failed(m->g.facts.memory) || arena_failed(m->memory)) {
    return error_no_memory(err, "the page");
  }
  return edit_write(m->page, out, err);
}

status proposal_merge(slice page, const merge_view *view, const manifest *dataset, store *shards,
                      const proposal_source *source, int language, buf *out, merge_counts *counts,
                      error *err) {
  merging m = {.view = view, .g = {.language = language}, .memory = arena_new(), .counts = counts};
  *counts = (merge_counts){.variables = 0};
  const status st = m.memory == NULL ? error_no_memory(err, "the page")
                                     : merge(&m, page, dataset, shards, source, out, err);
  edit_destroy(m.page);
  hash_table_fini(&m.g.names);
  facts_fini(&m.g.facts);
  arena_destroy(m.memory);
  return st;
}

/* `optional: true` in each entry; of the few that deny it, COPY, which has the page's bytes, is changed. */
static void relax(edit *e, const node *variables, char *copy) {
  static const char no[] = "false";
  for (uint32_t i = 0; i < variables->count; i++) {
    const node *given = node_get(variables->items[i], "optional");
    if (given == NULL) {
      (void)edit_add_pair(e, variables->items[i], slice_of("optional"), slice_of("true"));
    } else if (slice_equal(given->text, slice_of(no)) && given->style == STYLE_PLAIN) {
      memcpy(copy + edit_place(e, given), "true ", sizeof no - 1);
    }
  }
}

status merge_relaxed(slice page, buf *out, error *err) {
  arena *memory = arena_new();
  const node *root;
  const node *variables = NULL;
  edit *e = NULL;
  status st =
      memory == NULL ? error_no_memory(err, "the page") : open_page(memory, page, &root, &variables, err);
  char *copy = st == STATUS_OK ? arena_copy(memory, page) : NULL;
  if (st == STATUS_OK) {
    e = copy != NULL ? edit_new((slice){copy, page.length}, root) : NULL;
    st = e == NULL ? error_no_memory(err, "the page") : STATUS_OK;
  }
  if (st == STATUS_OK) {
    relax(e, variables, copy);
    st = edit_write(e, out, err);
  }
  edit_destroy(e);
  arena_destroy(memory);
  return st;
}

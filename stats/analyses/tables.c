/* tables: questions down, banner variables across, as agencies deliver them. */
#include <math.h>

#include "stats/analyses/registry.h"
#include "stats/analyses/tables_parts.h"
#include "stats/analyses/terms.h"

static const char *const letter_choices[] = {"unadjusted", "holm", "bonferroni", "none", NULL};
/* What the choices mean to stats/analyses/letters.h. */
static const int64_t letter_ways[] = {LETTERS_UNADJUSTED, LETTERS_HOLM, LETTERS_BONFERRONI, LETTERS_NONE};

static const analysis_argument arguments[] = {
    {.name = "questions",
     .type = ARGUMENT_QUESTIONS,
     .required = true,
     .accepts = ACCEPT_CODED | ACCEPT_SET | ACCEPT_NUMBER,
     .help = "names; grids [a, b]; {items: a, base: .., nets: ..}"},
    {.name = "top",
     .type = ARGUMENT_INTEGER,
     .fallback = "2",
     .low = 0,
     .high = PLAN_BOXES_MAX,
     .help = "codes in the top box of scales; 0: none"},
    {.name = "bottom",
     .type = ARGUMENT_INTEGER,
     .fallback = "2",
     .low = 0,
     .high = PLAN_BOXES_MAX,
     .help = "codes in the bottom box of scales; 0: none"},
    {.name = "means",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "true",
     .help = "a line of means, of scales and numbers"},
    {.name = "deviations", .type = ARGUMENT_BOOLEAN, .fallback = "false", .help = "also lines of SD and SE"},
    {.name = "counts",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also a line of counts per answer"},
    {.name = "letters",
     .type = ARGUMENT_CHOICE,
     .choices = letter_choices,
     .fallback = "unadjusted",
     .help = "of the columns of a block that are lower"},
    {.name = "lower_confidence",
     .type = ARGUMENT_NUMBER,
     .fallback = "0.9",
     .low = 0,
     .high = 1,
     .help = "of small letters, below `confidence`; 0: none"},
    {.name = "mark_base",
     .type = ARGUMENT_INTEGER,
     .fallback = "100",
     .low = 0,
     .high = 1000000000,
     .help = "bases below it are marked °; below small_base hidden"},
};

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *questions = request_argument(a, "questions");
  const double lower = request_argument(a, "lower_confidence")->number;
  for (uint32_t i = 0; i < questions->list_count; i++) {
    const plan_question *q = &questions->questions[i];
    if (variable_of(p, q->variables[0])->kind == VARIABLE_DATE) {
      return error_set(
          err, STATUS_SPECIFICATION,
          "questions: '%s' is a date, which has no share and no mean; derive a period or bands of it",
          p->variables[q->variables[0]].name);
    }
  }
  if (lower >= a->confidence) {
    return error_set(
        err, STATUS_SPECIFICATION,
        "lower_confidence: %g is not below the confidence of capitals, %g; 0 for no small letters", lower,
        a->confidence);
  }
  return STATUS_OK;
}

/* ---- The section ------------------------------------------------------------------------------------------
 */

static void write_questions(const tabling *t) {
  const argument_value *questions = run_argument(t->run, "questions");
  table *out = table_new(t->run, "banner_questions", "question item variables label base_condition");
  for (uint32_t i = 0; i < questions->list_count; i++) {
    const plan_question *q = &questions->questions[i];
    json *items = json_array(t->memory);
    for (uint32_t k = 0; k < q->variables_count; k++) {
      json_push(items, json_text(t->memory, slice_of(run_plan(t->run)->variables[q->variables[k]].name)));
    }
    table_row(out);
    table_integer(out, "question", i + 1);
    if (q->variables_count == 1) {
      table_item(out, "item", q->variables[0]);
    }
    table_json(out, "variables", items);
    json *label = plan_label_json(&q->label, t->memory);
    if (json_count(label) > 0) {
      table_json(out, "label", label);
    }
    if (q->base_text != NULL) {
      table_json(out, "base_condition", json_text(t->memory, slice_of(q->base_text)));
    }
  }
}

static bool asks_sets(const tabling *t) {
  const argument_value *questions = run_argument(t->run, "questions");
  bool any = false;
  for (uint32_t i = 0; i < questions->list_count; i++) {
    const program_variable *v = variable_of(run_plan(t->run), questions->questions[i].variables[0]);
    any = any || program_variable_form(v) == FORM_SET;
  }
  return any;
}

static void note_letters(const tabling *t) {
  static const char *const notes[] = {[LETTERS_HOLM] = "note_banner_holm",
                                      [LETTERS_BONFERRONI] = "note_banner_bonferroni",
                                      [LETTERS_UNADJUSTED] = "note_banner_unadjusted"};
  const double lower = run_argument(t->run, "lower_confidence")->number;
  bool any = false, any_overlap = false;
  for (uint32_t j = 1; j < t->banner.count; j++) {
    any = any || !t->banner.at[j].overlaps;
    any_overlap = any_overlap || t->banner.at[j].overlaps;
  }
  if (t->letters == LETTERS_NONE) {
    return;
  }
  if (any) {
    json *detail = run_detail(t->run);
    json_set_number(detail, "percent", round(100 * 100 * t->options.confidence) / 100);
    run_note(t->run, notes[t->letters], detail);
  }
  if (any && lower > 0) {
    json *detail = run_detail(t->run);
    json_set_number(detail, "percent", round(100 * 100 * lower) / 100);
    run_note(t->run, "note_banner_lower", detail);
  }
  if (any && t->weighting == WEIGHTING_SAMPLING) {
    run_note(t->run, "note_banner_sampling", NULL);
  }
  if (any_overlap) {
    run_note(t->run, "note_banner_overlap", NULL);
  }
}

static void note_all(const tabling *t) {
  const int64_t small = run_request(t->run)->small_base, mark = run_argument(t->run, "mark_base")->integer;
  note_letters(t);
  if (small > 0 || mark > small) {
    json *detail = run_detail(t->run);
    json_set_integer(detail, "n", small);
    json_set_integer(detail, "threshold", mark > small ? mark : small);
    run_note(t->run, mark > small ? "note_banner_marks" : "note_banner_hidden", detail);
  }
  run_note(t->run, t->weighting == WEIGHTING_NONE ? "note_banner_base" : "note_banner_base_weighted", NULL);
  if (asks_sets(t)) {
    run_note(t->run, "note_banner_sets", NULL);
  }
}

static status step(analysis_run *run, error *err) {
  const argument_value *questions = run_argument(run, "questions");
  const plan_analysis *request = run_request(run);
  const program *p = run_plan(run)->program;
  tabling t = {.run = run,
               .memory = json_arena(run_section(run)),
               .weighting = run_weighting(run),
               .options = run_estimate_options(run),
               .letters = letter_ways[run_argument(run, "letters")->integer],
               .decimals = request->weight == PROGRAM_NONE
                               ? 0
                               : p->variables[p->weights[request->weight].variable].decimals};
  TRY(banner_make(&t, err));
  write_questions(&t);
  t.lines = table_new(run, "banner",
                      t.weighting == WEIGHTING_NONE
                          ? "question item line value group n figure letters mark"
                          : "question item line value group n weighted_n figure letters mark");
  uint32_t first = banner_results(run);
  for (uint32_t i = 0; i < questions->list_count; i++) {
    const plan_question *q = &questions->questions[i];
    t.question = i + 1;
    TRY(tables_write_question(&t, q, first, err));
    first += tables_results(run, q);
  }
  note_all(&t);
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/tables.terms"
};

const analysis_kind analysis_tables = {
    .name = "tables",
    .summary = "banner tables: questions down, groups across, with letters",
    .about =
        "One wide table per question set: bases, per cent of every answer, nets, top and bottom boxes, NPS "
        "and\n"
        "means, in the total and in every column of the banner (region; sex > age nests).  Letters name the\n"
        "columns of the same block that are significantly lower: z tests of shares, t tests of means, with\n"
        "effective bases where there are sampling weights.  Bases below mark_base are marked °, figures of\n"
        "bases below small_base are not given.  --format sheet:NAME is the table for a spreadsheet.\n",
    .example =
        "analyses:\n"
        "  - tables:\n"
        "      questions: [satisfaction, channels, {items: recommend, nps: true}]\n"
        "      banner: region\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .breakdowns_also = "banner",
    .presentation =
        {
            .chapter = CHAPTER_DETAILS,
            .tables = {{"banner_columns", VIEW_HEAD},
                       {"banner_questions", VIEW_HEAD},
                       {"banner", VIEW_BANNER}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = tables_need,
    .step = step,
};

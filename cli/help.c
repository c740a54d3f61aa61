/* canvass help: screens made from the tables of subcommands and analyses. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/output.h"
#include "cli/subcommand.h"
#include "stats/analyses/analysis.h"

enum { NAMES_MAX = 64, SYNOPSIS_BYTES = 64, SCREEN_COLUMNS = 80 };

/* TEXT's lines, each after INDENT blanks. */
static void put_lines(buf *out, const char *text, int indent) {
  while (text != NULL && *text != '\0') {
    size_t length = strcspn(text, "\n");
    buf_printf(out, "%*s%.*s\n", length == 0 ? 0 : indent, "", (int)length, text);
    text += length + (text[length] == '\n' ? 1 : 0);
  }
}

void help_bare(buf *out) {
  buf_printf(out,
             "canvass evaluates satisfaction surveys: a survey file and a page of YAML in,\n"
             "an evaluation report out.\n"
             "\n"
             "  canvass run survey.yaml answers.csv\n"
             "  canvass run survey.yaml answers.csv.gz --format json -o report.json\n"
             "\n"
             "On a cluster (CANVASS_BROKER names the broker):\n"
             "\n"
             "  canvass put airline survey.yaml answers.csv.gz\n"
             "  canvass submit survey.yaml --dataset airline --wait\n"
             "\n"
             "See 'canvass --help'.\n");
}

static void put_analyses(buf *out) {
  size_t used = 0;
  for (size_t i = 0; i < analysis_count(); i++) {
    const char *name = analysis_at(i)->name;
    if (used == 0 || used + 1 + strlen(name) > SCREEN_COLUMNS) {
      buf_printf(out, "%s", used == 0 ? "Analyses:" : "\n ");
      used = used == 0 ? strlen("Analyses:") : 1;
    }
    buf_printf(out, " %s", name);
    used += 1 + strlen(name);
  }
  buf_printf(out, "\n");
}

/* From FIRST on, those that share a line; how many there are. */
static size_t put_summary(size_t first, buf *out) {
  const char *summary = subcommand_at(first)->summary;
  char names[SYNOPSIS_BYTES] = "";
  size_t count = 0;
  for (; first + count < subcommand_count(); count++) {
    const subcommand *s = subcommand_at(first + count);
    if (strcmp(s->summary, summary) != 0) {
      break;
    }
    const size_t used = strlen(names);
    (void)snprintf(names + used, sizeof names - used, "%s%s", count > 0 ? ", " : "", s->name);
  }
  buf_printf(out, "  %-23s %s\n", names, summary);
  return count;
}

void help_overview(buf *out) {
  buf_printf(out, "Usage: canvass SUBCOMMAND [OPTIONS] ...\n");
  for (size_t i = 0; i < subcommand_count();) {
    const char *heading = subcommand_heading(subcommand_at(i));
    if (heading != NULL) {
      buf_printf(out, "%s:\n", heading);
    }
    i += put_summary(i, out);
  }
  put_analyses(out);
  buf_printf(out,
             "Example:\n"
             "  canvass run survey.yaml answers.csv\n"
             "Exit codes: 0 done, 1 failed, 2 usage or invalid specification,\n"
             "            3 broker unreachable, 4 unusable data, 130 and 143 interrupted\n");
}

static void put_option(buf *out, const option *o) {
  char synopsis[SYNOPSIS_BYTES];
  char letter[8] = "    ";
  if (o->letter != 0) {
    (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
  }
  (void)snprintf(synopsis, sizeof synopsis, "%s--%s%s%s", letter, o->name, o->argument == NULL ? "" : " ",
                 o->argument == NULL ? "" : o->argument);
  buf_printf(out, "  %-23s %s", synopsis, o->help);
  if (o->kind == OPTION_FORMAT) {
    report_formats_list(out);
  }
  buf_printf(out, "\n");
}

void help_subcommand(const subcommand *s, buf *out) {
  static const option help = {.letter = 'h', .name = "help", .help = "this text"};
  buf_printf(out, "Usage: canvass %s%s%s\n\n", s->name, s->usage[0] == '\0' ? "" : " ", s->usage);
  put_lines(out, s->about, 0);
  buf_printf(out, "\nOptions:\n");
  for (size_t i = 0; i < s->options_count; i++) {
    put_option(out, &s->options[i]);
  }
  put_option(out, &help);
  buf_printf(out, "\nExample:\n");
  put_lines(out, s->example, 2);
}

/* ---- Analyses ------------------------------------------------------------------------------------ */

static void put_argument(buf *out, const analysis_argument *a) {
  buf_printf(out, "  %-16s %s", a->name, a->help == NULL ? "" : a->help);
  if (a->choices != NULL) {
    buf_printf(out, " (");
    for (size_t i = 0; a->choices[i] != NULL; i++) {
      buf_printf(out, "%s%s", i > 0 ? ", " : "", a->choices[i]);
    }
    buf_printf(out, ")");
  }
  if (a->required) {
    buf_printf(out, "; required");
  } else if (a->fallback != NULL) {
    buf_printf(out, "; default: %s", a->fallback);
  }
  buf_printf(out, "\n");
}

static void help_analysis(const analysis_kind *kind, buf *out) {
  buf_printf(out, "%s: %s\n\n", kind->name, kind->summary == NULL ? "" : kind->summary);
  put_lines(out, kind->about, 0);
  buf_printf(out, "\nArguments:\n");
  for (uint32_t i = 0; i < kind->arguments_count; i++) {
    put_argument(out, &kind->arguments[i]);
  }
  buf_printf(out, "Besides: name, label, where%s%s, confidence, small_base, seed\n",
             kind->takes_breakdowns ? ", by" : "", kind->takes_weight ? ", weight" : "");
  buf_printf(out, "\nExample:\n");
  put_lines(out, kind->example, 2);
}

static status unknown_topic(const char *topic, error *err) {
  const char *names[NAMES_MAX];
  size_t count = 0;
  for (size_t i = 0; i < subcommand_count() && count < NAMES_MAX; i++) {
    names[count++] = subcommand_at(i)->name;
  }
  for (size_t i = 0; i < analysis_count() && count < NAMES_MAX; i++) {
    names[count++] = analysis_at(i)->name;
  }
  const char *nearest = text_nearest(slice_of(topic), names, count);
  if (nearest != NULL) {
    return error_set(err, STATUS_USAGE, "'%s' is not a subcommand, analysis or format; did you mean '%s'?",
                     topic, nearest);
  }
  return error_set(err, STATUS_USAGE, "'%s' is not a subcommand, analysis or format; see 'canvass help'",
                   topic);
}

static status put_topic(const char *topic, buf *out, error *err) {
  const subcommand *s = subcommand_find(topic);
  const analysis_kind *kind = analysis_find(topic);
  if (s != NULL) {
    help_subcommand(s, out);
  } else if (kind != NULL) {
    help_analysis(kind, out);
  } else if (!report_format_describe(topic, out)) {
    return unknown_topic(topic, err);
  }
  return STATUS_OK;
}

static status help(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)s;
  buf text;
  buf_init(&text);
  status st = STATUS_OK;
  if (count == 0) {
    help_overview(&text);
  } else {
    st = put_topic(operands[0], &text, err);
  }
  if (st == STATUS_OK) {
    st = buf_status(&text, "help", err);
  }
  if (st == STATUS_OK) {
    st = output_write(NULL, &text, err);
  }
  buf_fini(&text);
  return st;
}

const subcommand subcommand_help = {
    .name = "help",
    .summary = "the release; help on a subcommand, analysis or format",
    .usage = "[SUBCOMMAND|ANALYSIS|FORMAT]",
    .about = "Without a name: an overview.\n",
    .example =
        "canvass help run\n"
        "canvass help nps\n"
        "canvass help csv\n",
    .operands_max = 1,
    .run = help,
};
